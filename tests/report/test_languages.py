"""Every form in every language: made, in words, with the same numbers."""

import re
import shutil

import pytest

from tests.report.languages import faults


@pytest.mark.parametrize("name", ["quang_nam", "united_states"])
def test_of_a_report_made_here(name, request):
    assert faults(request.getfixturevalue(name).folder) == []


def test_a_key_a_missing_form_and_another_number_are_found(quang_nam, tmp_path):
    """The reader is not blind."""
    folder = tmp_path / "report"
    shutil.copytree(quang_nam.folder, folder)
    page = folder / "report.fr.html"
    text = page.read_text(encoding="utf-8")
    changed = re.sub(r"(<td[^>]*>)(\d)", lambda found: f"{found[1]}{(int(found[2]) + 1) % 10}", text, count=1)
    assert changed != text
    text = changed.replace("</main>", "<p>sheet_numbers</p></main>")
    page.write_text(text, encoding="utf-8")
    (folder / "brief.fr.png").unlink()
    said = " | ".join(faults(folder))
    assert "brief.fr.png: not made" in said
    assert "the key sheet_numbers stands for words" in said
    assert "report.fr.html: cell" in said
