"""What files came to when they were read, kept so that no file is read twice.

A reading is a pure function of a file's bytes, name, time of receipt and sender, of what the campaign says of
areas, words and layouts, and of the code; all of these are in the key, so what is kept is never stale, only
unused. Each run adds one Arrow file of the readings that are new, named by its own hash; one that is not as
it was written is not believed. It is made and read batch by batch, only one of them not compressed. Review
across files and the as-of view always see all readings anew.
"""

import hashlib
import json
import platform
import shutil
import sys
from datetime import datetime
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import ipc

import analysis
from analysis.artifacts import installed, replacing, sha256
from analysis.received import kept_in
from analysis.tallies.register import Register
from analysis.tallies.result import Block, FileReading, Finding, Held, Ignored

CODE = (
    "artifacts.py", "campaign", "contract", "errors.py", "forked.py", "inert.py", "progress.py",
    "received.py", "tallies", "workbook",
)  # fmt: skip
"""What of this package a reading can depend on; a test holds it to the imports."""
CELLS = {"rows": "i4", "areas": "i4", "days": "i4", "values": "f8", "qualifiers": "i1"}
SCHEMA = pa.schema(
    [("key", pa.string()), ("rest", pa.string())]
    + [(name, pa.list_(pa.from_numpy_dtype(np.dtype(kind)))) for name, kind in CELLS.items()]
)
AT_ONCE = 1 << 16
"""Tallies of so many make a batch."""
VERSIONS = 2
"""Fingerprints whose readings stay: the present one, and one to go back to."""


class Kept:
    """The readings kept of one campaign, as its facts and the code are now."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._new: list[dict[str, Any]] = []
        self._waiting = 0
        self._written = pa.BufferOutputStream()
        self._writer = ipc.new_file(self._written, SCHEMA, options=ipc.IpcWriteOptions(compression="zstd"))
        self._place: dict[str, tuple[Path, int, int]] = {}
        for path in sorted(folder.glob("*.arrow")):
            if _whole(path):
                named = ipc.open_file(str(path), options=ipc.IpcReadOptions(included_fields=[0]))
                for at in range(named.num_record_batches):
                    keys = named.get_batch(at)["key"].to_pylist()
                    self._place |= {key: (path, at, row) for row, key in enumerate(keys)}
        # Files come in the order in which they came when they were kept: one batch serves many of them.
        self._batch = lru_cache(maxsize=1)(_batch)

    @classmethod
    def of(cls, campaign: Path, register: Register) -> Self | None:
        """Open what is kept of the campaign in a folder; None where that is not in a project."""
        place = kept_in(campaign)
        return None if place is None else cls(place / fingerprint(register))

    def get(self, key: str) -> FileReading | None:
        """Return the reading of that key, without its time of receipt and sender, if it is kept."""
        if key not in self._place:
            return None
        *place, row = self._place[key]
        rests, columns, starts = self._batch(*place)
        return _reading(json.loads(rests[row]), columns, starts[row])

    def add(self, key: str, reading: FileReading) -> None:
        """Keep a reading; one that was refused is not kept, because it may have been for want of time."""
        if reading.refused:
            return
        cells = {}
        for name, kind in CELLS.items():
            columns = [getattr(block, name) for block in reading.blocks] or [np.empty(0)]
            cells[name] = np.concatenate(columns, dtype=kind, casting="unsafe")
        self._new.append({"key": key, "rest": json.dumps(_rest(reading)), **cells})
        self._waiting += len(cells["rows"])
        if self._waiting >= AT_ONCE:
            self._write()

    def _write(self) -> None:
        """Put what waits into a batch, compressed."""
        self._writer.write_batch(pa.RecordBatch.from_pylist(self._new, SCHEMA))
        self._new, self._waiting = [], 0

    def save(self) -> None:
        """Write what is new, and forget what older facts and code made of these files."""
        if self._new:
            self._write()
        self._writer.close()
        if not self._writer.stats.num_record_batches:
            return
        data = self._written.getvalue()
        with replacing(self._folder / f"{hashlib.sha256(data).hexdigest()}.arrow") as draft:
            draft.write_bytes(data)
        others = [path for path in self._folder.parent.iterdir() if path != self._folder]
        for old in sorted(others, key=lambda path: path.stat().st_mtime)[: 1 - VERSIONS]:
            shutil.rmtree(old, ignore_errors=True)


def _batch(path: Path, at: int) -> tuple[list[str], list[NDArray[Any]], list[int]]:
    """Return what of a batch is no cell, its columns of cells, and where those of each reading begin."""
    batch = ipc.open_file(str(path)).get_batch(at)
    columns = [batch[name].values.to_numpy() for name in CELLS]
    return batch["rest"].to_pylist(), columns, batch[next(iter(CELLS))].offsets.to_pylist()


def key_of(sha256: str, name: str, received_at: datetime | None, sender: str) -> str:
    """Return what one reading is known by, among those of the same facts and code."""
    said = [sha256, name, received_at.isoformat() if received_at else None, sender]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def fingerprint(register: Register) -> str:
    """Hash the code of reading, the installed packages, and all that the campaign says to it."""
    records = (*register.places.areas, *register.layouts, *register.measures)
    facts = [one.model_dump_json() for one in records]
    facts += [register.zone.key, str(register.first_day), *register.beside, "|", *register.title]
    return hashlib.sha256(json.dumps([_of_code(), facts]).encode()).hexdigest()


@cache
def _of_code() -> list[str]:
    package = Path(analysis.__file__).parent
    files = sorted(
        path for name in CODE for path in (package / name, *(package / name).rglob("*")) if path.is_file()
    )
    code = [f"{path.relative_to(package)} {sha256(path)}" for path in files if path.suffix != ".pyc"]
    return [*code, *installed(), sys.version, platform.machine()]


def _whole(path: Path) -> bool:
    """Whether a file is as it was written, by its name."""
    try:
        return sha256(path) == path.stem
    except OSError:
        return False


def _rest(reading: FileReading) -> dict[str, Any]:
    """Return what of a reading is no cell, without the name of the file in every line."""
    return {
        "file": reading.file,
        "sha256": reading.sha256,
        "rows": reading.rows,
        "machine": reading.machine,
        "orders": sorted(reading.orders),
        "either": [(sheet, rows.tolist()) for sheet, rows in reading.either],
        "blocks": [(block.sheet, block.measure, len(block.rows)) for block in reading.blocks],
        "held": [one[1:] for one in reading.held],
        "ignored": [one[1:] for one in reading.ignored],
        "findings": [(one.code, *one[2:]) for one in reading.findings],
    }


def _reading(rest: dict[str, Any], columns: list[NDArray[Any]], start: int) -> FileReading:
    """Make a reading of what is kept; its cells begin at ``start`` of each column."""
    file, blocks = rest["file"], rest["blocks"]
    ends = list(accumulate((size for _, _, size in blocks), initial=start))
    return FileReading(
        file,
        rest["sha256"],
        rows=rest["rows"],
        machine=rest["machine"],
        orders=set(rest["orders"]),
        either=[(sheet, np.array(rows)) for sheet, rows in rest["either"]],
        blocks=[
            Block(sheet, measure, *(column[ends[at] : ends[at + 1]] for column in columns))
            for at, (sheet, measure, _) in enumerate(blocks)
        ],
        held=[Held(file, *one) for one in rest["held"]],
        ignored=[Ignored(file, *one) for one in rest["ignored"]],
        findings=[Finding(code, file, *one) for code, *one in rest["findings"]],
    )
