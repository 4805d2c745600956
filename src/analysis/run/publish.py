"""From a run's own folder to the public one: in one step, and never over a report that is there."""

import shutil
from pathlib import Path

from analysis.artifacts import read_json, replacing, sha256
from analysis.errors import AnalysisError
from analysis.workspace import Workspace


def publish(run: Workspace, target: Workspace) -> tuple[Path, bool]:
    """Publish a finished run.

    A report already there is never changed: if its data artifacts are the same nothing is published, else the
    new one becomes the next numbered revision beside it.

    Returns
    -------
    path, fresh
        The report's folder, and whether it was made now.
    """
    seal(run.report)
    published = sorted(target.report.parent.glob(f"{target.label}*"))
    outputs = read_json(run.report / "provenance.json")["outputs"]
    for earlier in published:
        if read_json(earlier / "provenance.json")["outputs"] == outputs:
            _replace_folder(run.processed, target.processed)
            return earlier, False
    name = target.label if not published else f"{target.label}.r{len(published) + 1}"
    path = target.report.parent / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace_folder(run.processed, target.processed)
        run.report.replace(path)
    except OSError as error:
        raise AnalysisError(
            f"{path}: not published: {error.strerror}; the last report is untouched"
        ) from error
    return path, True


def seal(report: Path) -> None:
    """Write ``SHA256SUMS`` over every file of the report, as ``sha256sum --check`` reads it."""
    files = sorted(path for path in report.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    lines = [f"{sha256(path)}  {path.relative_to(report).as_posix()}\n" for path in files]
    with replacing(report / "SHA256SUMS") as draft:
        draft.write_text("".join(lines), encoding="utf-8")


def _replace_folder(new: Path, old: Path) -> None:
    """Put ``new`` where ``old`` is; the old one, derived from raw, goes with the run's folder."""
    old.parent.mkdir(parents=True, exist_ok=True)
    if old.exists():
        old.replace(new.with_name(new.name + ".replaced"))
    new.replace(old)


def discard(folder: Path) -> None:
    """Remove a run's own folder with all that is in it."""
    shutil.rmtree(folder, ignore_errors=True)
