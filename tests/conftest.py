"""What every test shares: where the project is, and where the third-party data lie, if they do."""

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]


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
