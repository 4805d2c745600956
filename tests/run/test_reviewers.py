"""The reviewer's command is awake: one number changed anywhere makes it fail."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CAMPAIGN = "quang_nam_2023"


@pytest.fixture
def review(project, tmp_path):
    """Copy notebook 01, its raw data and the code, plant something, and run nbval as `make test` does."""
    shutil.copytree(project / "src", tmp_path / "src")  # and what is compiled of it: a copy keeps the times
    shutil.copytree(project / "data" / "raw" / CAMPAIGN, tmp_path / "data" / "raw" / CAMPAIGN)
    notebook = tmp_path / "notebooks" / "01_clean.ipynb"
    notebook.parent.mkdir()
    for name in ("01_clean.ipynb", "conftest.py", "refresh.py"):
        shutil.copy(project / "notebooks" / name, notebook.parent)

    def go(name: str, pattern: str, planted: str) -> str:
        path = tmp_path / name
        changed, count = re.subn(pattern, planted, path.read_text(encoding="utf-8"), count=1)
        assert count == 1, f"nothing to change in {name}"
        path.write_text(changed, encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "--nbval",
            "--nbval-current-env",
        ]
        sanitise = ["--nbval-sanitize-with", str(project / "tests" / "nbval.cfg")]
        environment = {**os.environ, "ANALYSIS_ROOT": str(tmp_path), "PYTHONPATH": str(tmp_path / "src")}
        done = subprocess.run(
            [*command, *sanitise, str(notebook)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 1, done.stdout
        return done.stdout

    return go


TALLY = f"data/raw/{CAMPAIGN}/tallies/{{tally}}"


def test_a_planted_number_in_an_output_is_caught_and_everything_else_passes(review):
    said = review("notebooks/01_clean.ipynb", r'("text/plain": \[[^]]*?)2023-09-17', r"\g<1>2023-09-16")
    assert re.search(r"^1 failed, \d{1,2} passed", said.splitlines()[-1]), said


@pytest.mark.parametrize(
    ("name", "pattern", "planted"),
    [
        # a number that a team sent
        (TALLY, r"(\d)(\s*)$", "7654321"),
        # a number in the code: which day is the last whole one
        ("src/analysis/campaign/rhythm.py", r"(local\.date\(\) - timedelta\(days=)1", r"\g<1>2"),
    ],
    ids=["raw data", "code"],
)
def test_a_planted_number_is_caught(review, project, name, pattern, planted):
    tallies = sorted(Path(project / "data" / "raw" / CAMPAIGN / "tallies").glob("2023-W3*.csv"))
    assert "failed" in review(name.format(tally=tallies[0].name), pattern, planted)
