"""The documentation names files that are there, and its prose can be read in a diff."""

import re

import pytest

from tests.conftest import PROJECT

PAGES = sorted([*(PROJECT / "docs").rglob("*.md"), *(PROJECT / "data" / "raw").glob("*.md")])
PAGES = [page for page in PAGES if page.name != "data-dictionary.md"]  # generated, an artifact a line
PROSE = 120


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_a_line_of_prose_fits_beside_its_change(page):
    fenced = False
    for line in page.read_text(encoding="utf-8").splitlines():
        fenced ^= line.startswith("```")
        if not fenced and not line.startswith(("|", "    ")) and " " in line.strip():
            assert len(line) <= PROSE, line


def test_every_item_of_the_self_assessment_is_shown_by_something_that_is_there():
    lines = (PROJECT / "docs" / "rap.md").read_text(encoding="utf-8").splitlines()
    items = [line.split("|") for line in lines if line.startswith(("| baseline", "| silver", "| gold"))]
    assert len(items) == 18
    for *_, shown, _ in items:
        named = re.findall(r"`([\w./-]+/[\w./-]*|[\w-]+\.(?:toml|yml))`", shown)
        for path in named:
            assert (PROJECT / path).exists(), path
        for link in re.findall(r"\]\(([\w./-]+)\)", shown):
            assert (PROJECT / "docs" / link).exists(), link
        assert shown.strip()
