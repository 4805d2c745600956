"""Every word of the word tables does its work: the table beside this file says which, in which language.

The table is kept apart from the words themselves, so that one that is dropped or changed is noticed.
"""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis import campaign
from analysis.tallies.words import headings, vocabulary
from analysis.tallies.words.headings import is_heading_word, role_of, wide_manner, words_of, words_of_kind
from analysis.tallies.words.labels import is_total
from analysis.tallies.words.titles import Claim, claim_of_line

SUM, DAY = "activated_cumulative", "activated_on_day"
STRANGE = "zzzzzz"
"""A word of no language."""
COUNTED = {"vi": "số công dân {} căn cước kích hoạt", "en": "number of citizens {} passports activated"}
COUNTED["fr"] = "nombre de citoyens {} passeports activés"

HELPED = {
    "vi": "kích hoạt của học sinh, {}",
    "en": "accounts activated by students, {}",
    "fr": "comptes activés par élèves, {}",
}


def claim(line: str, *, tab: bool = False) -> Claim:
    return claim_of_line(line, vocabulary.default().names.lexicon, tab=tab)


def denies(phrase: str) -> bool:
    said = claim(f"{phrase} kích hoạt")
    return said.final and said.words[0] == phrase.casefold()


EFFECTS: dict[str, Callable[[str, str], bool]] = {
    "other": lambda phrase, _: (
        claim_of_line(phrase, vocabulary.default().names.lexicon, tab=True).words == (phrase,)
    ),
    "negation": lambda phrase, _: denies(phrase),
    "plan": lambda phrase, _: denies(phrase),
    "share": lambda phrase, _: denies(phrase),
    "expected": lambda phrase, _: claim(f"kết quả {phrase} kích hoạt").final,
    "phase": lambda phrase, _: role_of(f"lũy kế {phrase} 2") == "unclear",
    "amended": lambda phrase, _: role_of(f"lũy kế {phrase}") == SUM,
    "no_negation": lambda phrase, _: claim(f"kích hoạt ({phrase})").verdict == "own",
    "link": lambda phrase, language: claim(COUNTED[language].format(phrase)).verdict == "own",
    "about": lambda phrase, _: claim(f"báo cáo của tổ công tác {phrase} kích hoạt").verdict == "own",
    "join": lambda phrase, _: claim(f"kích hoạt tài khoản {phrase} căn cước").verdict == "several",
    "counting": lambda phrase, _: claim(f"{phrase} {STRANGE}").words == (STRANGE,),
    "reporting": lambda phrase, _: claim(f"{phrase} {STRANGE}").words == (STRANGE,),
    "result": lambda phrase, _: claim(f"kế hoạch {phrase} kích hoạt").verdict == "own",
    "office": lambda phrase, _: claim(f"{phrase}: báo cáo {STRANGE}").verdict == "silent",
    "helper": lambda phrase, language: claim(HELPED[language].format(phrase)).verdict == "own",
    "remark": lambda phrase, _: claim(f"{phrase}: số {STRANGE}").verdict == "silent",
    "neutral": lambda phrase, _: claim(f"báo cáo {phrase}").verdict == "silent",
    "index": lambda phrase, _: role_of(phrase) == "index",
    "area": lambda phrase, _: role_of(phrase) == "area",
    "code": lambda phrase, _: role_of(phrase) == "code",
    "date": lambda phrase, _: role_of(phrase) == "date",
    "aside": lambda phrase, _: role_of(phrase) == "other",
    "content": lambda phrase, _: role_of(phrase) == "content",
    "part": lambda phrase, _: role_of(phrase) == "part",
    "target": lambda phrase, _: role_of(f"{phrase} kích hoạt") == "target",
    "daily": lambda phrase, _: role_of(f"kích hoạt {phrase}") == DAY,
    "by_day": lambda phrase, _: role_of(f"kích hoạt {phrase}") == DAY,
    "laid_out": lambda phrase, _: wide_manner(f"kích hoạt {phrase}") == "unclear",
    "running": lambda phrase, _: role_of(f"kích hoạt {phrase}", manner="daily") == SUM,
    "together": lambda phrase, _: role_of(f"kích hoạt {phrase}", manner="daily") == SUM,
    "count": lambda phrase, _: role_of(phrase) == SUM,
    "ratio": lambda phrase, _: role_of(phrase) == "rate_printed",
    "no_tally": lambda phrase, _: role_of(f"kích hoạt {phrase}") == "other",
    "heading": lambda phrase, _: words_of(phrase) in _plain(),
    "area_word": lambda phrase, _: role_of(f"huyện {phrase}") == "area",
    "accented": lambda phrase, _: is_heading_word(phrase),
    "total": lambda phrase, _: is_total(phrase),
    "total_word": lambda phrase, _: is_total(f"tổng {phrase}"),
    **{
        kind: lambda phrase, _, kind=kind: words_of(phrase) in words_of_kind(kind)
        for kind in ("whole", "weak_part", "part_value")
    },
}


def _plain() -> frozenset[str]:
    return headings._plain()


def is_known(phrase: str, kind: str) -> bool:
    """Whether a phrase is read as one, of that kind; only single words stand in headings."""
    if kind in ("heading", "area_word"):
        return True
    read = vocabulary.default().names.lexicon.read(phrase)
    return len(read) == 1 and (kind in read[0].kinds or bool({"own", "unit"} & read[0].kinds))


def table() -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    with Path(__file__).with_name("words.csv").open(encoding="utf-8", newline="") as stream:
        for one in csv.DictReader(stream, strict=True):
            found.setdefault((one["language"], one["kind"]), []).append(one["phrase"])
    return found


@pytest.mark.parametrize(("language", "kind"), table())
def test_every_word_does_its_work(language: str, kind: str) -> None:
    phrases = table()[language, kind]
    assert [phrase for phrase in phrases if not EFFECTS[kind](phrase, language)] == []
    assert [phrase for phrase in phrases if not is_known(phrase, kind)] == []


FRESH = {
    "area": (
        "Health facility",
        "School district",
        "Catchment area",
        "Polling district",
        "Municipal district",
        "Sub-prefecture",
        "Name of ward",
        "Circonscription",
        "Sous-préfecture",
        "Nom de la commune",
        "Arrondissement",
        "Province / District",
        "Tên xã",
        "Khu phố",
        "Thôn",
    ),
    "date": (
        "Date of count",
        "Reporting period end",
        "Date de saisie",
        "Situation au",
        "Ngày báo cáo",
    ),
    "vaccinated_cumulative": (
        "Vaccinated since launch",
        "Total vaccinated until today",
        "Cumulative doses administered",
        "Cumul des vaccinés",
        "Enfants vaccinés depuis le lancement",
        "Tổng số mũi đã tiêm",
        "Lũy kế từ đầu chiến dịch",
    ),
    "vaccinated_on_day": (
        "Vaccinations (daily)",
        "Newly vaccinated",
        "Doses administered today",
        "Vaccinés ce jour",
        "Số trẻ đã tiêm trong ngày",
    ),
    "rate_printed": (
        "Vaccination coverage (%)",
        "Taux de couverture",
        "Tỷ lệ đạt",
    ),
    "target": (
        "Target children",
        "Population cible",
        "Chỉ tiêu giao",
    ),
    "other": (
        "Doses in stock",
        "Children missed",
    ),
}
"""Headings that offices type, in three languages, in a vaccination drive."""
OF_A_WEEK = {
    "vaccinated_on_day": (
        "Vaccinated this week",
        "Vaccinés de la semaine",
        "Số đã tiêm trong tuần",
    ),
    "other": (
        "Vaccinated last week",
        "Semaine précédente",
    ),
}
"""Where areas count weeks."""


@pytest.mark.parametrize(("headings_of", "span"), [(FRESH, "day"), (OF_A_WEEK, "week")])
def test_headings_nobody_listed_before_mean_what_they_say(headings_of: dict, span: str) -> None:
    given = campaign.vocabulary("vaccination")
    words = [word for some in given.beside.values() for word in some]
    own = vocabulary.Vocabulary.of(given.measures, words, frozenset({span}))
    asked = {heading: role for role, some in headings_of.items() for heading in some}
    assert {heading: role_of(heading, own) for heading in asked} == asked


def test_of_this_week_is_nothing_where_days_are_counted() -> None:
    assert {role_of(f"kích hoạt {words}") for words in ("trong tuần", "this week")} == {"other"}
