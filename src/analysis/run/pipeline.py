"""The four notebooks in their order, from raw tallies to a published report."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from analysis.artifacts import read_json, write_json
from analysis.errors import AnalysisError, InputError
from analysis.run.notebooks import execute
from analysis.run.provenance import provenance
from analysis.run.publish import discard, publish
from analysis.workspace import Workspace, project_root


@dataclass(frozen=True)
class Step:
    """A notebook and the files it must have written when it is done."""

    notebook: str
    data: tuple[str, ...] = ()
    report: tuple[str, ...] = ()


STEPS = (
    Step("01_clean", data=("tallies.parquet", "held.csv", "findings.csv", "panel.parquet")),
    Step("02_compare", data=("effects.csv",)),
    Step("03_forecast", data=("forecasts.csv", "completion.csv", "scores.csv")),
    Step("04_report", report=("report.vi.html", "report.en.html", "tables.xlsx", "summary.json")),
)


@dataclass(frozen=True)
class Published:
    """Where the report is, whether it was made by this run, and its summary."""

    path: Path
    fresh: bool
    summary: dict[str, Any]


class LockedError(AnalysisError):
    """Another run of the same campaign is under way."""

    exit_status = 75


def run(campaign: str, as_of: str, *, keep: bool = False) -> Published:
    """Run every notebook in a folder of its own and publish the report if all went well.

    Parameters
    ----------
    campaign, as_of
        As `Workspace.open` takes them.
    keep
        Keep the run's folder when a step fails, and name it in the error, for whoever mends it.

    Raises
    ------
    AnalysisError
        If a step fails or an artifact is missing; nothing is published and what was there is untouched.
    """
    target = Workspace.open(campaign, as_of)
    require_tallies(target)
    with _one_run_at_a_time(target), _own_folder(target, keep=keep) as folder:
        own = replace(target, folder=folder)
        (own.report / "notebooks").mkdir(parents=True)
        parameters = {"campaign": campaign, "as_of": target.as_of.isoformat(), "workspace": str(folder)}
        timings = {step.notebook: _take(step, own, parameters) for step in STEPS}
        made = {name: own.processed / name for step in STEPS for name in step.data}
        made["summary.json"] = own.report / "summary.json"
        write_json(provenance(own, timings, made), own.report / "provenance.json")
        path, fresh = publish(own, target)
    return Published(path, fresh, read_json(path / "summary.json"))


def require_tallies(workspace: Workspace) -> None:
    """Raise one clear line if the campaign has no tallies to read, before any notebook starts."""
    folder = workspace.campaign.folder
    if not (folder / "received.csv").exists():
        fetchable = (folder / "sources.csv").exists()
        what = (
            f"run 'analysis fetch {workspace.campaign.code}' first" if fetchable else "no file was received"
        )
        raise InputError(f"{folder / 'received.csv'}: not there; {what}")
    if not (folder / "tallies").is_dir():
        raise InputError(
            f"{folder / 'tallies'}: no such folder, though received.csv lists files in it; restore it"
        )


def _take(step: Step, own: Workspace, parameters: dict[str, str]) -> float:
    """Run one step, check that what it declares is there, and return the seconds it took."""
    began = time.perf_counter()
    root = project_root()
    name = f"{step.notebook}.ipynb"
    execute(root / "notebooks" / name, own.report / "notebooks" / name, parameters, root)
    for path in (*(own.processed / file for file in step.data), *(own.report / file for file in step.report)):
        if not path.exists():
            raise AnalysisError(f"{name}: ended without writing {path.name}, which it declares")
    return time.perf_counter() - began


@contextmanager
def _one_run_at_a_time(target: Workspace) -> Iterator[None]:
    """Hold the campaign's lock; the operating system frees it whatever happens to this process."""
    runs = _runs_folder(target)
    try:
        with FileLock(runs / f"{target.campaign.code}.lock", timeout=0):
            yield
    except Timeout:
        raise LockedError(
            f"campaign {target.campaign.code}: another run is under way; wait for it to end"
        ) from None


@contextmanager
def _own_folder(target: Workspace, *, keep: bool) -> Iterator[Path]:
    """Give the run a folder beside the processed data, on the same disk, so that publishing is a rename."""
    folder = Path(tempfile.mkdtemp(dir=_runs_folder(target), prefix=f"{target.campaign.code}-"))
    try:
        yield folder
    except AnalysisError as error:
        if keep:
            raise type(error)(f"{error} (kept for inspection: {folder})") from error
        discard(folder)
        raise
    except BaseException:
        discard(folder)
        raise
    discard(folder)


def _runs_folder(target: Workspace) -> Path:
    folder = target.folder / "data" / "processed" / ".runs"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AnalysisError(f"{folder}: cannot be made: {error.strerror}") from error
    return folder
