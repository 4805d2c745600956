"""From a run's own folder to the public one: in one step, and never over a report that is there."""

import errno
import os
import re
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from analysis.artifacts import read_json, replacing, sha256
from analysis.errors import AnalysisError, why
from analysis.received import is_litter
from analysis.run.folders import publishing
from analysis.run.provenance import PROVENANCE, recorded
from analysis.workspace import Workspace

SUMS = "SHA256SUMS"
_REPORT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{4}(\.r\d+)?")


@dataclass(frozen=True)
class Published:
    """Where the report is, how it came there, and what the reader must be warned of.

    ``silent`` if this was the weekly job and nothing new had come since the report at ``path``.
    ``address`` is where readers have it, if that is another place.
    """

    path: Path
    fresh: bool
    reused: tuple[str, ...]
    warnings: tuple[str, ...]
    silent: bool = False
    address: str = ""

    @cached_property
    def summary(self) -> dict[str, Any]:
        """What ``summary.json`` holds; nothing where the report has none."""
        path = self.path / "summary.json"
        return dict(read_json(path)) if path.exists() else {}

    @property
    def page(self) -> Path:
        """The file to open first: the page in the first language."""
        named = [f"report.{language}.html" for language in self.summary.get("languages", [])]
        pages = (*(self.path / name for name in named), *sorted(self.path.glob("report.*.html")))
        return next((page for page in pages if page.exists()), self.path)


def publish(run: Workspace, target: Workspace) -> tuple[Path, bool]:
    """Publish a finished run.

    A report already there is never changed: if the latest one for this as-of is intact and its results are
    the same nothing is published, else the new one becomes the next numbered revision beside it.

    Returns
    -------
    path, fresh
        The report's folder, and whether it was made now.
    """
    seal(run.report)
    try:
        with publishing(target.folder):
            there, outputs = revisions(target), read_json(run.report / PROVENANCE)["outputs"]
            if there and not damage(there[-1]) and same_outputs(there[-1], outputs):
                _replace_folder(run.processed, target.processed)
                return there[-1], False
            name = target.label if not there else f"{target.label}.r{revision(there[-1]) + 1}"
            path = target.report.parent / name
            _replace_folder(run.processed, target.processed)  # what follows it is published: the last to fail
            path.parent.mkdir(parents=True, exist_ok=True)
            _move(run.report, path)
    except OSError as error:
        raise AnalysisError(
            f"{target.report}: not published: {why(error)}; the last report is untouched"
        ) from error
    return path, True


def list_report(target: Workspace, report: Path) -> tuple[str, ...]:
    """Put a published report into ``reports/index.html`` unless it is there; a failure is a warning.

    The index comes last: what is published is published, and the next run lists what is not listed.
    """
    index = target.reports / "index.html"
    link = f"{target.campaign.code}/{report.name}/{target.campaign.page}"
    try:
        if index.exists() and f'"{link}"'.encode() in index.read_bytes():
            return ()
        from analysis.report import write_index  # not needed where nothing changed

        with publishing(target.folder):
            broken = write_index(index.parent)
    except (AnalysisError, OSError, LookupError, TypeError, ValueError) as error:
        return (f"{index.name} not written: {type(error).__name__}: {error}",)
    return tuple(f"{name}: its summary.json is broken; the index leaves it out" for name in broken)


def revisions(target: Workspace) -> list[Path]:
    """Return the published folders of this campaign and as-of, oldest first."""
    return [path for path in reports_in(target.report.parent) if label_of(path) == target.label]


def reports_in(folder: Path) -> list[Path]:
    """Return every report published in a campaign's folder, by as-of and then by revision, oldest first."""
    found = [path for path in folder.glob("*/") if _REPORT.fullmatch(path.name)]
    return sorted(found, key=lambda path: (label_of(path), revision(path)))


def label_of(report: Path) -> str:
    """Return the as-of of a report as its folder's name has it, whichever revision it is."""
    return report.name.partition(".")[0]


def revision(report: Path) -> int:
    """Return the number of a report's revision; the first has none in its name."""
    return int(report.name.partition(".r")[2] or 1)


def same_outputs(report: Path, outputs: dict[str, str]) -> bool:
    """Say whether a report was made of files with these hashes; of a broken one it is not known, so no."""
    return (said := recorded(report)) is not None and said.outputs == outputs


def seal(report: Path) -> None:
    """Write ``SHA256SUMS`` over every file of the report, as ``sha256sum --check`` reads it."""
    files = _files(report)
    for path in files:
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
    lines = [f"{sha256(path)}  {path.relative_to(report).as_posix()}\n" for path in files]
    with replacing(report / SUMS) as draft:
        draft.write_text("".join(lines), encoding="utf-8")


def damage(report: Path) -> list[str]:
    """Return what is wrong with a published report's files: one line each, none if they are as sealed.

    What lies there besides changes no result: see `strays`.
    """
    try:
        lines = (report / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return [f"{SUMS} cannot be read"]
    sealed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    there = {path.relative_to(report).as_posix(): path for path in _files(report)}
    changed = [name for name in sealed if name in there and sha256(there[name]) != sealed[name]]
    return [
        *(f"{name}: changed since it was published" for name in changed),
        *(f"{name}: missing" for name in sealed if name not in there),
    ]


def strays(report: Path) -> list[str]:
    """Return a line for each file that somebody put into a published report; litter does not count."""
    try:
        text = (report / SUMS).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return []
    sealed = {line.partition("  ")[2] for line in text.splitlines()}
    there = (path.relative_to(report).as_posix() for path in _files(report) if not is_litter(path.name))
    return [f"{name}: was not in it when it was published" for name in there if name not in sealed]


def _files(report: Path) -> list[Path]:
    return sorted(path for path in report.rglob("*") if path.is_file() and path.name != SUMS)


def _move(new: Path, path: Path) -> None:
    """Put a finished folder in its public place in one step, also from another file system."""
    try:
        new.rename(path)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = path.with_name(f".{path.name}.new")
        shutil.rmtree(beside, ignore_errors=True)
        try:
            shutil.copytree(new, beside)
            beside.rename(path)
        except OSError:
            shutil.rmtree(beside, ignore_errors=True)
            raise
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(folder)
        os.close(folder)


def _replace_folder(new: Path, old: Path) -> None:
    """Put ``new`` where ``old`` is; the old one, derived from raw, goes with the run's folder."""
    old.parent.mkdir(parents=True, exist_ok=True)
    if old.exists():
        old.replace(new.with_name(new.name + ".replaced"))
    new.replace(old)
