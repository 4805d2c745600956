"""One table of checks feeds messages, the page and the report; it must be whole."""

import re
from pathlib import Path

import pytest

from analysis.tallies.checks import CHECKS
from analysis.tallies.guide import KINDS, page

SOURCE = Path(__file__).resolve().parents[2] / "src" / "analysis" / "tallies"


def test_the_page_is_made_from_the_table(project: Path) -> None:
    assert (project / "docs" / "checks.md").read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("code", CHECKS)
def test_every_check_is_said_in_every_language(code: str) -> None:
    check = CHECKS[code]
    assert check.kind in KINDS
    assert check.severity in ("info", "warning", "error")
    for texts in (check.says, check.asks):
        assert len({bool(text) for text in texts.values()}) == 1
        names = {to: set(re.findall(r"{(\w+)}", text.replace(f"_{to}}}", "}"))) for to, text in texts.items()}
        assert names["vi"] == names["en"] >= names["fr"]
    assert bool(check.do_en) or check.severity == "info"
    vi, en = check.say({})
    assert "{" not in vi + en


def test_every_check_is_used_and_every_code_is_in_the_table() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.parent.rglob("*.py"))
    unused = [name for name in CHECKS if f'"{name}"' not in code]
    assert unused == []


def test_each_language_writes_computed_numbers_its_own_way() -> None:
    vi, en = CHECKS["sum_fell"].say({"found": 12600.0, "before": 1234567.5, "area": "Hội An"})
    assert ("12.600" in vi, "1.234.567,50" in vi) == (True, True)
    assert ("12,600" in en, "1,234,567.50" in en) == (True, True)


def test_an_ending_keeps_its_blank_and_an_empty_hint_leaves_none() -> None:
    assert all(" .xlsx, .xls" in message for message in CHECKS["not_a_tally_file"].say({"found": "PDF"}))
    assert all(
        "Alpha" in said and " . " not in said for said in CHECKS["area_unknown"].say({"found": "Alpha"})
    )
    assert all("  " not in message for message in CHECKS["no_table"].say({}))


def test_what_a_team_typed_is_repeated_as_typed_in_both_languages() -> None:
    assert all("12.60" in message for message in CHECKS["not_a_number"].say({"found": "“12.60”"}))


def test_no_check_speaks_to_a_reader_in_words_of_another_language():
    """An office that counts in English was asked for a column "Ngày"."""
    letters = {"en": "", "fr": "àâçéèêëîïôùûüœÀÂÇÉÈÊËÎÏÔÙÛÜŒ"}
    for one in CHECKS.values():
        for language, own in letters.items():
            said = f"{one.says[language]} {one.asks[language]}"
            strange = {mark for mark in said if mark.isalpha() and not mark.isascii()} - set(own)
            assert not strange, (one.code, language, said)
