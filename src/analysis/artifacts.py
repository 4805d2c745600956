"""Writing what a step made: whole or not at all, and the same bytes for the same values."""

import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.contract import artifacts, columns, reading
from analysis.errors import AnalysisError, InputError
from analysis.forked import begun

if TYPE_CHECKING:
    import pandas as pd

MANY = 10_000
"""Rows from which a table is large."""

LARGE = 1 << 23
"""Bytes from which a table is read by Arrow."""

DAYS = ("datetime64[us]", "datetime64[ns]")
"""Types of a column of days."""

GROUP = 1 << 20
"""Rows of a parquet file that stand together."""

UMASK = os.umask(0o077)
os.umask(UMASK)


def write_table(table: "pd.DataFrame", path: Path) -> None:
    """Write a table as CSV or parquet, by the ending of ``path``; the index is not written.

    CSV has Unix line ends, ISO dates and empty cells for missing values; floats are written in the
    shortest form that reads back to the same value, so equal tables are equal bytes.
    """
    with replacing(path) as draft:
        if path.suffix == ".parquet":
            _write_parquet(table, draft)
        else:
            _write_csv(table, draft)


def write_beside(tables: "Mapping[str, pd.DataFrame]", folder: Path) -> Callable[[], None]:
    """Begin to write tables by the names of their files; return what waits until all are there.

    Large ones are written in a copy of this process, beside what it does meanwhile.
    """

    def write() -> None:
        for name, table in tables.items():
            write_table(table, folder / name)

    return begun(write, worth=sum(map(len, tables.values())) >= 10 * MANY)


def _write_csv(table: "pd.DataFrame", path: Path) -> None:
    """Write a table as pandas does; a large one of texts, floats and days by Arrow, ten times as fast."""
    if len(table) < MANY or not _written_by_arrow(table, path):
        table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def _written_by_arrow(table: "pd.DataFrame", path: Path) -> bool:
    """Write a table part by part, and say whether all is there: not where a cell is for pandas to write."""
    from pyarrow import ArrowInvalid, csv

    with suppress(ArrowInvalid), path.open("wb") as stream:  # a text needs quotes
        stream.write(table.iloc[:0].to_csv(index=False, lineterminator="\n").encode())
        for at in range(0, len(table), GROUP // 8):
            rows = _as_text(table[at : at + GROUP // 8])
            if rows is None:
                return False
            csv.write_csv(rows, stream, csv.WriteOptions(include_header=False, quoting_style="none"))
        return True
    return False


def _as_text(table: "pd.DataFrame") -> Any:
    """Return an Arrow table of a table's cells as pandas writes them; None where it has other types."""
    import numpy as np
    import pyarrow as pa

    made = {}
    for name, column in table.items():
        if column.dtype == "str":
            made[name] = pa.array(column)
        elif str(column.dtype) in DAYS and (column.dt.normalize() == column).all():
            made[name] = pa.array(column).cast(pa.date32()).cast(pa.string())
        elif column.dtype == "float64":
            numbers = column.to_numpy()
            # Arrow writes whole, tiny and huge numbers otherwise than Python does: 1, 0.00001, 1e+10
            other = (numbers == np.rint(numbers)) | (np.abs(numbers) < 1e-4) | (np.abs(numbers) >= 1e10)
            text = pa.array(numbers, from_pandas=True).cast(pa.string())
            own = pa.array([repr(one) for one in numbers[other].tolist()], pa.string())
            made[name] = pa.compute.replace_with_mask(text, pa.array(other), own)
        else:
            return None
    return pa.table(made)


def _write_parquet(table: "pd.DataFrame", path: Path) -> None:
    """Write a table group by group; a text that is held once, as a category, is written in every row."""
    import pandas as pd
    import pyarrow as pa
    from pyarrow import parquet

    held_once = [str(name) for name, kind in table.dtypes.items() if kind == "category"]

    def written(at: int) -> pa.Table:
        part = table[at : at + GROUP]
        texts = {name: pa.array(part[name]).cast(pa.large_string()) for name in held_once}
        whole = part.assign(**{name: pd.array(text, dtype="str") for name, text in texts.items()})
        return pa.Table.from_pandas(whole, preserve_index=False)

    first = written(0)
    with parquet.ParquetWriter(path, first.schema, compression="zstd") as writer:
        writer.write_table(first, GROUP)
        for at in range(GROUP, len(table), GROUP):
            writer.write_table(written(at).cast(first.schema), GROUP)


def write_json(value: Any, path: Path) -> None:
    """Write JSON with sorted keys, readable diacritics, and no NaN (which JSON does not have)."""
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False)
    with replacing(path) as draft:
        draft.write_text(text + "\n", encoding="utf-8")


def read_table(path: Path, *, held_once: bool = False, **options: Any) -> "pd.DataFrame":
    """Read a table of an earlier step, with the types its contract declares.

    Texts of a parquet file that are to be `held_once` are categories: a nation's table has some in millions
    of rows.
    """
    if not path.exists():
        raise InputError(f"{path}: not there; run the earlier notebooks first, in the order of their numbers")
    import pandas as pd  # half a second that reading or hashing a file does not need

    if path.suffix == ".parquet":
        declared = artifacts()[path.name].columns if held_once else ()
        texts = [one.name for one in declared if one.type == "text"]
        return pd.DataFrame(pd.read_parquet(path, read_dictionary=texts or None, **options))
    try:
        how = reading(path.name)
        types = how.get("dtype", {})
        typed = types and not options and len(types) == len(columns(path.name))
        if typed and path.stat().st_size > LARGE:
            return _read_large(path, types, how["na_values"])
        return pd.DataFrame(pd.read_csv(path, **(how | options)))
    except ValueError as error:
        raise AnalysisError(f"{path}: not as declared: {error}; run the notebook that makes it") from None


def _read_large(path: Path, types: Mapping[str, str], missing: Mapping[str, list[str]]) -> "pd.DataFrame":
    """Read CSV as pandas does, by Arrow, several times as fast; numbers are those nearest to their digits."""
    import pandas as pd
    import pyarrow as pa
    from pyarrow import compute, csv

    as_arrow = {
        "str": "large_string",
        "float64": "float64",
        "int64": "int64",
        "Int64": "int64",
        "bool": "bool",
    }
    convert = csv.ConvertOptions(
        column_types={name: as_arrow[kind] for name, kind in types.items()}, strings_can_be_null=False
    )
    rows = csv.read_csv(path, convert_options=convert)
    made = {}
    for name in rows.column_names:  # which those are is for the contract's check to say
        kind, cells = pd.api.types.pandas_dtype(types.get(name, object)), rows[name]
        if kind == "str":
            nothing = pa.array(missing[name], type=cells.type)
            cells = compute.if_else(compute.is_in(cells, value_set=nothing), None, cells)
        made[name] = kind.__from_arrow__(cells) if hasattr(kind, "__from_arrow__") else cells.to_numpy()
    return pd.DataFrame(made)


def read_json(path: Path) -> Any:
    """Read a JSON file of an earlier step; the error says what to run."""
    if not path.exists():
        raise InputError(f"{path}: not there; run the earlier notebooks first, in the order of their numbers")
    return json.loads(path.read_text(encoding="utf-8"))


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as stream:
        while part := stream.read(1 << 16):  # most files are smaller than what `file_digest` sets aside
            digest.update(part)
    return digest.hexdigest()


def installed() -> list[str]:
    """Return every package on the path with its version, by the names of their folders."""
    return sorted({place.name for folder in sys.path if folder for place in Path(folder).glob("*.dist-info")})


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a draft beside ``path`` to write, and put it in place in one step once it is safely on disk.

    Whatever fails meanwhile, ``path`` is as it was and the draft is gone.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix)
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
        draft.chmod(0o666 & ~UMASK)
        with draft.open("rb") as stream:
            os.fsync(stream.fileno())
        draft.replace(path)
    except OSError as error:
        error.filename = error.filename or str(path)  # a full disk says no name of itself
        raise
    finally:
        draft.unlink(missing_ok=True)
