"""What every test shares: where the project is, where the third-party data lie, how properties are tested."""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from analysis.run.kernels import SETTINGS

# As in the kernels of a run, and before anything imports numpy: each process of the tests has its own core.
os.environ.update({name: value for name, value in SETTINGS.items() if value})

PROJECT = Path(__file__).resolve().parents[1]

# No deadline: a busy machine is no fault of the code.
hypothesis.settings.register_profile("project", deadline=None)
hypothesis.settings.load_profile("project")

NOTE_LINES, NOTE_WIDTH = 12, 160
"""What is printed of a falsifying example: enough to see it, not a whole campaign."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Iterator[None]:
    """Shorten what Hypothesis notes on a failure before it is printed."""
    if call.excinfo is not None and (notes := getattr(call.excinfo.value, "__notes__", None)):
        call.excinfo.value.__notes__ = [shortened(note) for note in notes]
    return (yield)


def shortened(note: str) -> str:
    """Cut a note to a dozen lines of a page's width and say what was left out."""
    lines = note.splitlines()
    kept = [line if len(line) <= NOTE_WIDTH else f"{line[:NOTE_WIDTH]}…" for line in lines[:NOTE_LINES]]
    left = len(lines) - len(kept)
    return "\n".join([*kept, f"… {left} more lines"] if left else kept)


@pytest.fixture(scope="session")
def project() -> Path:
    return PROJECT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of third-party data beside the repository, or skip and say so."""
    folder = Path(os.environ.get("ANALYSIS_SHARED", PROJECT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"no third-party data at {folder}; set ANALYSIS_SHARED to their folder")
    return folder
