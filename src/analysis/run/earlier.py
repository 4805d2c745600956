"""What reports of earlier as-ofs keep of their forecasts: an input of the forecast's own record."""

import shutil
from collections.abc import Collection
from pathlib import Path

from analysis.artifacts import sha256
from analysis.run.publish import label_of, reports_in
from analysis.workspace import Workspace, project_root

KEPT = ("forecasts.parquet", "completion.csv")
PREFIX = "published/"


def earlier_forecasts(target: Workspace, only: Collection[str] | None = None) -> dict[str, Path]:
    """Return the files of forecasts published for earlier as-ofs, by ``published/<as-of>/<file>``.

    Of several revisions the first counts: it is what was said then. A public report keeps no forecast of an
    area, so the record is always of the other ones.

    Parameters
    ----------
    target
        Whose as-of they are earlier than.
    only
        Names to leave it at: those that a report was made from.
    """
    folder = project_root() / "reports" / target.campaign.code
    found: dict[str, Path] = {}
    for report in reversed(reports_in(folder)):  # the first one overwrites the others
        label = label_of(report)
        files = {f"{PREFIX}{label}/{name}": report / name for name in KEPT}
        if label < target.label and all(path.is_file() for path in files.values()):
            found |= files
    return {name: path for name, path in sorted(found.items()) if only is None or name in only}


def hashes(files: dict[str, Path]) -> dict[str, str]:
    """SHA-256 of the bytes of each file."""
    return {name: sha256(path) for name, path in files.items()}


def lend(files: dict[str, Path], own: Workspace) -> None:
    """Put the files into a run's own folder, where the notebook looks for the reports of its project."""
    for name, path in files.items():
        place = own.folder / "reports" / own.campaign.code / name.removeprefix(PREFIX)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
