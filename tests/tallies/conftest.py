from pathlib import Path

import pytest

from analysis.tallies import Register
from tests.tallies.making import folder


@pytest.fixture(scope="session")
def register(tmp_path_factory: pytest.TempPathFactory) -> Register:
    return Register.load(folder(tmp_path_factory.mktemp("campaign")))


@pytest.fixture
def campaign_folder(tmp_path: Path) -> Path:
    return folder(tmp_path)
