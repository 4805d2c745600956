"""What an earlier run left, taken over where nothing it depends on has changed."""

import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from analysis.artifacts import read_json, sha256, write_json
from analysis.errors import InputError
from analysis.run.steps import Step
from analysis.workspace import Workspace

KEPT = ".run"  # beside the data artifacts: the steps' records, and copies of what they put into the report


@dataclass(frozen=True)
class Taken:
    """A step that is done: its fingerprint, the hashes of its files by name, and how it came about."""

    fingerprint: str
    data: dict[str, str]
    report: dict[str, str]
    reused: bool = field(default=False, compare=False)
    seconds: float = field(default=0.0, compare=False)


def taken(step: Step, own: Workspace, fingerprint: str, seconds: float) -> Taken:
    """Record what a step that just ran has written."""
    data = [name for name in (*step.data, *step.may) if (own.processed / name).exists()]
    report = [f"notebooks/{step.notebook}.ipynb"]
    if step.report:
        report += [name for name in _names(own.report) if not name.startswith("notebooks/")]
    made = {name: sha256(own.processed / name) for name in data}
    put = {name: sha256(own.report / name) for name in report}
    return Taken(fingerprint, made, put, seconds=round(seconds, 2))


def remember(own: Workspace, steps: Mapping[str, Taken]) -> None:
    """Keep the records of all steps, and their part of the report, beside the data artifacts."""
    shutil.copytree(own.report, own.processed / KEPT / "report")
    records = {
        name: {key: value for key, value in asdict(one).items() if key in {"fingerprint", "data", "report"}}
        for name, one in steps.items()
    }
    write_json(records, own.processed / KEPT / "steps.json")


def recall(target: Workspace, step: Step, fingerprint: str) -> Taken | None:
    """Return what an earlier run made of this step, if its fingerprint and every byte are as they were."""
    try:
        record: dict[str, Any] = read_json(target.processed / KEPT / "steps.json")[step.notebook]
        found = Taken(record["fingerprint"], record["data"], record["report"], reused=True)
        if found.fingerprint != fingerprint or not _is_whole(found, step):
            return None
        for folder, files in _places(target, found):
            if any(sha256(folder / name) != digest for name, digest in files.items()):
                return None
    except (InputError, OSError, LookupError, TypeError, ValueError, AttributeError, RecursionError):
        return None  # no record, or one that cannot be trusted: the step runs
    return found


def _is_whole(found: Taken, step: Step) -> bool:
    """Say whether a record names all that the step declares, and nothing outside its own folders."""
    data = set(step.data) <= set(found.data) <= {*step.data, *step.may}
    strays = (name for name in found.report if Path(name).is_absolute() or ".." in Path(name).parts)
    return data and set(step.report) <= set(found.report) and not any(strays)


def take_over(target: Workspace, own: Workspace, found: Taken) -> None:
    """Copy what an earlier run made of a step into this run's folder."""
    into = (own.processed, own.report)
    for (folder, files), place in zip(_places(target, found), into, strict=True):
        for name in files:
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(folder / name, place / name)


def _places(target: Workspace, found: Taken) -> list[tuple[Path, dict[str, str]]]:
    return [(target.processed, found.data), (target.processed / KEPT / "report", found.report)]


def _names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
