"""A small project of its own: real facts, a handful of tally files, four notebooks that run in moments.

``python -m tests.run.house FOLDER [backfill] [OPTION...]`` runs its pipeline as a process of its own, which a
test may kill.
"""

import io
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import nbformat

from analysis.cli import main
from analysis.run import plan
from analysis.run.steps import Step
from tests.conftest import PROJECT

CAMPAIGN = "quang_nam_2023"
AS_OF = "2023-09-18T08:00+07:00"
LABEL = "2023-09-18T0800"
FILES = 6  # of the tally files are enough

STEPS = (
    Step("01_clean", data=("count.csv",)),
    Step("02_left", after=("01_clean",), data=("left.csv",), may=("extra.csv",)),
    Step("03_right", after=("01_clean",), data=("right.csv",)),
    Step("04_page", after=("01_clean", "02_left", "03_right"), report=("report.vi.html", "summary.json")),
)

PARAMETERS = f'campaign: str = "{CAMPAIGN}"\nas_of: str = "{AS_OF}"\nworkspace: str = ""'
OPEN = "from analysis.workspace import Workspace\n\nhere = Workspace.open(campaign, as_of, workspace)"
CELLS = {
    "01_clean": [
        "from analysis.run.provenance import received_files",
        OPEN,
        "names = [row['name'] for row in received_files(here)]",
        "(here.processed / 'count.csv').write_text(f'files\\n{len(names)}\\n')",
    ],
    "02_left": [OPEN, "(here.processed / 'left.csv').write_text((here.processed / 'count.csv').read_text())"],
    "03_right": [OPEN, "(here.processed / 'right.csv').write_text('share\\n0.25\\n')"],
    "04_page": [
        "from analysis.artifacts import write_json",
        OPEN,
        "count = (here.processed / 'left.csv').read_text().split()[1]\nprint(count, 'files')",
        "(here.report / 'report.vi.html').write_text(f'<p>{count}</p>')",
        "lines = {'vi': f'{count} tệp', 'en': f'{count} files'}\n"
        "summary = {'as_of': here.as_of.isoformat(), 'last_day': here.last_day.isoformat()}\n"
        "summary |= {'languages': ['vi', 'en'], 'simulated': True}\n"
        "summary |= {'name': lines, 'line': lines, 'headline': {'en': [lines['en']]}}",
        "write_json(summary, here.report / 'summary.json')",
    ],
}


def build(folder: Path) -> Path:
    """Lay the small project out in ``folder``."""
    for step, cells in CELLS.items():
        write_notebook(folder / "notebooks" / f"{step}.ipynb", cells)
    raw, own = PROJECT / "data" / "raw" / CAMPAIGN, folder / "data" / "raw" / CAMPAIGN
    (own / "tallies").mkdir(parents=True)
    for path in raw.iterdir():
        if path.is_file() and path.name != "received.csv":
            shutil.copy(path, own)
    lines = (raw / "received.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    late = next(line for line in lines if "2023-10" in line.split(",")[2])
    kept = [*lines[: FILES + 1], late]
    (own / "received.csv").write_text("".join(kept), encoding="utf-8")
    for line in kept[1:]:
        shutil.copy(raw / "tallies" / line.split(",")[1], own / "tallies")
    return folder


def write_notebook(path: Path, cells: list[str], parameters: str = PARAMETERS) -> Path:
    """Write a notebook with a parameters cell and these code cells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_markdown_cell("# Small"), *map(nbformat.v4.new_code_cell, cells)]
    if parameters:
        notebook.cells.insert(1, nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)
    return path


def front_door(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Call a command as `analysis` does, in this process: what it ends with and prints, without the start."""
    said, complained, status = io.StringIO(), io.StringIO(), 0
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    with (
        patch.object(sys, "argv", ["analysis", *arguments]),
        patch.dict(os.environ),
        redirect_stdout(said),
        redirect_stderr(complained),
    ):
        try:
            main()
        except SystemExit as ended:
            status = int(ended.code or 0)
    for number, handler in handlers.items():
        signal.signal(number, handler)
    return subprocess.CompletedProcess(list(arguments), status, said.getvalue(), complained.getvalue())


@dataclass(frozen=True)
class SmallPlan(plan.Plan):
    """The plan of the commands, with the small project's steps."""

    steps: Sequence[Step] = STEPS


if __name__ == "__main__":
    os.environ["ANALYSIS_ROOT"] = sys.argv[1]
    plan.Plan = SmallPlan  # which the commands import when they are called
    asked = sys.argv[2:]
    one = ["run", "--campaign", CAMPAIGN, "--as-of", AS_OF, *asked]
    if asked[:1] == ["backfill"]:
        one = [*asked, "--campaign", CAMPAIGN]
    sys.argv = ["analysis", *(asked if asked[:1] == ["run"] else one)]
    main()
