"""Whether a published report can be made again: in a fresh folder, compared number by number."""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256 as sha256_of
from pathlib import Path
from typing import Any

import nbformat

from analysis.artifacts import read_json, read_table, sha256
from analysis.errors import InputError
from analysis.received import FACTS
from analysis.run.derive import derive
from analysis.run.earlier import PREFIX, earlier_forecasts, hashes
from analysis.run.plan import Plan, kernels_for
from analysis.run.provenance import PROVENANCE, Recorded, input_hashes, provenance, recorded
from analysis.run.publish import damage, reports_in, strays
from analysis.workspace import Workspace

SHOWN = 20  # differing numbers listed for one artifact; the count says how many there are
OURS = {"run-end", "injected-parameters"}


@dataclass(frozen=True)
class Difference:
    """One place where the report and what is made now are not the same."""

    where: str
    published: str
    now: str


@dataclass(frozen=True)
class Verification:
    """What came of verifying a report; ``identical`` if nothing differs."""

    report: Path
    compared: int
    differences: tuple[Difference, ...]
    causes: tuple[str, ...]

    @property
    def identical(self) -> bool:
        """Whether the files are as sealed and everything made again is the same."""
        return not self.differences


def verify(report: Path, plan: Plan | None = None) -> Verification:
    """Derive a published report anew from raw data, as of its instant, and compare.

    Compared are the seal, every input's hash, every data artifact and every form of the report (pages, PDF,
    Word, Excel, figures) by its bytes, every number of ``summary.json``, and what every cell of the executed
    notebooks printed and drew.

    Raises
    ------
    InputError
        If ``report`` is no published report.
    AnalysisError
        If it cannot be made at all any more.
    """
    said = _recorded(report)
    target = replace(Workspace.open(said.campaign, said.as_of.isoformat()), public=said.public)
    earlier = [name for name in said.inputs if name.startswith(PREFIX)]
    inputs = input_hashes(target) | hashes(earlier_forecasts(target, earlier))
    differences = [Difference(line, "as sealed", "not") for line in (*damage(report), *strays(report))]
    differences += _hashes("input", _read_by_loader(said.inputs), inputs)
    with tempfile.TemporaryDirectory(prefix="analysis-verify-") as folder:
        own, _ = derive(target, Path(folder), replace(plan or Plan(), force=True, earlier=earlier))
        made = read_json(own.report / PROVENANCE)
        # What the files are now, not what is said of them: a seal can be made anew over an edited file.
        files = {name: sha256(report / name) for name in made["outputs"] if (report / name).is_file()}
        differences += _hashes("artifact", said.outputs | files, made["outputs"])
        before, now = (dict(_leaves(_json(one / "summary.json"))) for one in (report, own.report))
        differences += _listed("summary.json", before, now)
        differences += _tables(target, own, said.outputs, made["outputs"])
        for notebook in sorted((own.report / "notebooks").glob("*.ipynb")):
            printed = _printed(report / "notebooks" / notebook.name)
            differences += _listed(notebook.stem, printed, _printed(notebook))
        causes = _causes(said, Recorded.model_validate(provenance(own, inputs, {}, {})), differences)
    return Verification(
        report, len(made["outputs"]) + len(now), tuple(differences), causes if differences else ()
    )


def verify_all(reports: Iterable[Path], plan: Plan | None = None) -> Iterator[Verification]:
    """Verify reports one after another, all with kernels forked from one process."""
    named = list(reports)
    for report in named:
        _recorded(report)  # a wrong name is refused before anything runs
    with kernels_for(plan or Plan()) as kernel:
        for report in named:
            yield verify(report, replace(plan or Plan(), kernel=kernel))


def published_reports(folder: Path) -> list[Path]:
    """Return every published report under ``reports/``, by campaign and as-of."""
    found = (path for campaign in sorted(folder.glob("*/")) for path in reports_in(campaign))
    return [path for path in found if (path / PROVENANCE).exists()]


def _recorded(report: Path) -> Recorded:
    if (found := recorded(report)) is None:
        raise InputError(
            f"{report / PROVENANCE}: no provenance of a published report; "
            "name a folder reports/<campaign>/<as-of>"
        )
    return found


def _read_by_loader(inputs: Mapping[str, str]) -> dict[str, str]:
    """Leave out what earlier versions took for inputs because it lay beside them, such as a lock."""
    read = {*FACTS, "received.csv", "released.csv"}
    kept = ("tallies/", PREFIX)
    return {name: digest for name, digest in inputs.items() if name in read or name.startswith(kept)}


def _hashes(kind: str, before: Mapping[str, str], now: Mapping[str, str]) -> list[Difference]:
    return [
        Difference(f"{kind} {name}", before.get(name, "not there")[:12], now.get(name, "not there")[:12])
        for name in sorted(before.keys() | now.keys())
        if before.get(name) != now.get(name)
    ]


def _listed(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    places = [place for place in [*old, *(new.keys() - old.keys())] if old.get(place) != new.get(place)]
    more = [Difference(name, "", f"{len(places) - SHOWN} more differ")] if len(places) > SHOWN else []
    return [
        Difference(f"{name} {place}", f"{old.get(place, 'not there')}", f"{new.get(place, 'not there')}")
        for place in places[:SHOWN]
    ] + more


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def _leaves(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{place}[{index}]")
    else:
        yield place, value


def _tables(
    target: Workspace, own: Workspace, before: Mapping[str, str], now: Mapping[str, str]
) -> list[Difference]:
    """Compare differing tables cell by cell where the processed data still hold the published one."""
    found: list[Difference] = []
    for name in sorted(name for name in before.keys() & now.keys() if before[name] != now[name]):
        path = target.processed / name
        if path.suffix not in {".csv", ".parquet"} or not path.exists() or sha256(path) != before[name]:
            continue
        cells = [
            {
                f"row {row + 1}, {column}": str(value)
                for column in table
                for row, value in enumerate(table[column])
            }
            for table in (read_table(path), read_table(own.processed / name))
        ]
        found += _listed(name, *cells)
    return found


def _printed(path: Path) -> dict[str, str]:
    """Return what each cell of an executed notebook printed and drew."""
    try:
        cells = nbformat.read(path, as_version=4).cells  # type: ignore[no-untyped-call]
    except (OSError, LookupError, TypeError, ValueError, AttributeError, RecursionError):
        return {}
    return {
        f"cell {place}": "".join(_shown(output) for output in cell.outputs)
        for place, cell in enumerate(cells, start=1)
        if cell.cell_type == "code" and not OURS & set(cell.metadata.get("tags", []))
    }


def _shown(output: Mapping[str, Any]) -> str:
    """Return what an output shows: its text, and of anything else a hash of its bytes."""
    data = output.get("data", {})
    text = output.get("text", "") or data.get("text/plain", "")
    drawn = {kind: value for kind, value in data.items() if kind != "text/plain"}
    digest = sha256_of(json.dumps(drawn, sort_keys=True).encode()).hexdigest()[:12]
    return f"{text} [{', '.join(sorted(drawn))} {digest}]" if drawn else text


def _causes(before: Recorded, now: Recorded, found: list[Difference]) -> tuple[str, ...]:
    """Say what is not as it was when the report was made, the likeliest cause first."""
    causes = []
    if any(one.published == "as sealed" for one in found):
        causes.append("the report's own files were changed after it was published")
    if touched := [one.where.removeprefix("input ") for one in found if one.where.startswith("input ")]:
        causes.append(f"raw data touched: {', '.join(touched[:5])}{' ...' if len(touched) > 5 else ''}")
    old, new = before.code, now.code
    if old.get("commit") != new.get("commit"):
        causes.append(f"code: commit {str(old.get('commit'))[:12]} then, {str(new.get('commit'))[:12]} now")
    if old.get("changed") or new.get("changed"):
        causes.append("code: the tree was not as committed " + ("then" if old.get("changed") else "now"))
    if before.lock != now.lock:
        causes.append("lock: requirements/runtime.txt is another one")
    names = before.packages.keys() | now.packages.keys()
    if other := [name for name in names if before.packages.get(name) != now.packages.get(name)]:
        causes.append(f"packages: {', '.join(sorted(other)[:5])}{' ...' if len(other) > 5 else ''}")
    if before.python != now.python:
        causes.append(f"Python: {before.python} then, {now.python} now")
    if before.platform != now.platform:
        causes.append(f"platform: {before.platform} then, {now.platform} now")
    return tuple(causes) or (
        "none that is recorded: a result that varies from run to run, which is a defect",
    )
