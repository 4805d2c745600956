"""No two forms of a finished report print different values for one fact."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.report.truth import differences

PUBLISHED = sorted({path.parent for path in PROJECT.glob("reports/**/summary.json")})


@pytest.mark.parametrize("name", ["quang_nam", "united_states"])
def test_of_a_report_made_here(name, request):
    compared, found = differences(request.getfixturevalue(name).folder)
    assert not found
    assert compared > 100


def test_another_value_anywhere_is_found(quang_nam, tmp_path):
    """The reader is not blind: one figure changed in one form is one difference."""
    folder = tmp_path / "report"
    shutil.copytree(quang_nam.folder, folder)
    page = folder / "report.en.html"
    total = quang_nam.summary["numbers"]["total"]["text"]["en"]
    text = page.read_text(encoding="utf-8")
    page.write_text(
        text.replace(f"stands at {total} accounts", "stands at 1,234 accounts", 1), encoding="utf-8"
    )
    _, found = differences(folder)
    assert len(found) == 1
    assert "report.en.html: total is '1,234'" in found[0]


@pytest.mark.parametrize("folder", PUBLISHED, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_of_every_report_published_here(folder: Path):
    """With its executed notebooks: the sample that ships, and what `make report` made."""
    assert (folder / "notebooks").is_dir()
    compared, found = differences(folder)
    assert not found
    assert compared > 100
