# ruff: noqa: E501 - a case reads best on one line
# fmt: off
"""What files of an office nobody knows propose: areas, rhythm, the noun that is counted, what nobody could tell."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from analysis.campaign import load_campaign
from analysis.campaign.draft import Draft
from analysis.cli import app
from analysis.errors import InputError
from analysis.panel import build_panel
from analysis.tallies import Register, SentFile, read_files
from analysis.tallies.propose import propose
from tests.tallies.making import workbook

NOW = datetime(2024, 9, 1, tzinfo=UTC)


def drafted(folder: Path, files: Sequence[tuple[str, str | bytes]]) -> Draft:
    paths = []
    for name, data in files:
        paths.append(folder / name)
        paths[-1].write_bytes(data if isinstance(data, bytes) else data.encode())
    return propose("drive", paths, NOW)


class Case(NamedTuple):
    """Files, the code and name of each area, what a tally covers, the noun (none: a vocabulary has it)."""

    files: Sequence[tuple[str, str | bytes]]
    areas: Sequence[tuple[str, str]]
    counts: str | None = None
    noun: str = ""


def csv(*lines: str) -> list[tuple[str, str | bytes]]:
    return [("a.csv", "\n".join(lines))]


TWO = [("A1", "Alpha"), ("A2", "Beta")]
DAYS = ("2024-08-01", "2024-08-02", "2024-08-03")
WIDGETS = [f"{name},{day},{10 * at}" for at, day in enumerate(DAYS) for name in ("Alpha", "Beta")]
CASES: dict[str, Case] = {
    "names and codes": Case(csv("Code,Area,Date,Trees planted to date", "H1,Alpha,2024-08-01,5", "H2,Beta,2024-08-02,7"), [("H1", "Alpha"), ("H2", "Beta")], "day", "trees planted"),
    "codes alone are names": Case(csv("Code,Date,Trees planted to date", "AX,2024-08-01,5", "BX,2024-08-02,7"), [("A1", "AX"), ("A2", "BX")], "day", "trees planted"),
    "a code where one row has none": Case(csv("Area,Code,Date,Trees planted to date", "Alpha,,2024-08-01,5", "Beta,H2,2024-08-02,7"), [("A1", "Alpha"), ("H2", "Beta")], "day", "trees planted"),
    "rows that end before the code": Case(csv("Area,Date,Trees planted to date,Code", "Alpha,2024-08-01,5", "Beta,2024-08-02,7,H2"), [("A1", "Alpha"), ("H2", "Beta")], "day", "trees planted"),
    "the finer of two columns of areas": Case(csv("Region,District,Date,Trees planted to date", "R,Alpha,2024-08-01,5", "R,Beta,2024-08-02,7"), TWO, "day", "trees planted"),
    "names under no heading that is known": Case(csv("Wo,Date,Trees planted to date", *WIDGETS), TWO, "day", "trees planted"),
    "the column with most names": Case(csv("Quelle,Wo,Wer,Date,Trees planted to date", "amt,Alpha,x,2024-08-01,5", "amt,Beta,y,2024-08-02,7", "amt,Gamma,x,2024-08-03,7"), [*TWO, ("A3", "Gamma")], "day", "trees planted"),
    "one name alone": Case(csv("Wo,Date,Trees planted to date", "Alpha,2024-08-01,5", "Alpha,2024-08-02,7"), TWO[:1], "day", "trees planted"),
    "remarks are no names": Case(csv("Note,Wo,Date,Trees planted to date", "x,Alpha,2024-08-01,5", "y,Beta,2024-08-02,7", "z,Beta,2024-08-03,8"), TWO, "day", "trees planted"),
    "totals and numbers are no areas": Case(csv("Area,Date,Trees planted to date", "Alpha,2024-08-01,5", "Total,2024-08-01,12", "17,2024-08-01,3", "Beta,2024-08-02,7"), TWO, "day", "trees planted"),
    "a sentence is no area": Case(csv("Area,Date,Trees planted to date", "Alpha,2024-08-01,5", f"{'b' * 80},2024-08-01,7", f"{'c' * 81},2024-08-01,7"), [("A1", "Alpha"), ("A2", "b" * 80)], None, "trees planted"),
    "ten areas have numbers of two digits": Case(csv("Area,Date,Trees planted to date", *(f"Place {letter},2024-08-01,{at}" for at, letter in enumerate("ABCDEFGHIJ"))), [(f"A{at:02}", f"Place {letter}") for at, letter in enumerate("ABCDEFGHIJ", 1)], None, "trees planted"),
    "the month first": Case(csv("Area,Date,Trees planted to date", "Alpha,8/12/2024,5", "Alpha,8/13/2024,6", "Beta,8/14/2024,7"), TWO, "day", "trees planted"),
    "months": Case(csv("Area,Date,Trees planted to date", "Alpha,2024-05-31,5", "Alpha,2024-06-30,6", "Beta,2024-07-31,7"), TWO, "month", "trees planted"),
    "days in headings": Case(csv("Area,1/8/2024,8/8/2024,15/8/2024", "Alpha,5,6,7", "Beta,7,8,9"), TWO, "week"),
    "Mondays and Thursdays": Case(csv("Area,Date,Trees planted since the last report,Trees planted to date", *(f"{name},2024-{day},{at},{10 * at}" for at, day in enumerate(("07-29", "08-01", "08-05", "08-08", "08-12"), 1) for name in ("Alpha", "Beta"))), TWO, "sending", "trees planted"),
    "days in titles": Case([(f"{at}.csv", f"Trees planted to date,\nAs of {day}/8/2024,\n\nArea,Trees planted to date\nAlpha,{at}\nBeta,7\n") for at, day in enumerate((1, 8, 15))], TWO, "week", "trees planted"),
    "days in names of files": Case([(f"2024-08-{day:02}.csv", "Area,Trees planted to date\nAlpha,5\nBeta,7\n") for day in (1, 8, 15)], TWO, "week", "trees planted"),
    "days in tabs": Case([("a.xlsx", workbook({f"2024-08-{day:02}": [["Area", "Trees planted to date"], ["Alpha", 5], ["Beta", 7]] for day in (1, 8, 15)}))], TWO, "week", "trees planted"),
    "a day of the column is not outranked by a name": Case([("2024-01-01.csv", "Area,Date,Trees planted to date\nAlpha,2024-08-01,5\nBeta,2024-08-02,7\n")], TWO, "day", "trees planted"),
    "what is planned or a share is no noun": Case(csv("No,Area,Date,Target,Rate (%),Cats,Dogs housed to date", "1,Alpha,2024-08-01,9,5%,3,5", "2,Beta,2024-08-02,9,6%,3,7"), TWO, "day", "dogs housed"),
    "what is planned, a share, of everybody or rejected is no noun": Case(csv("No,Area,Date,Target,Rate (%),Population,Rejected,Cats", "1,Alpha,2024-08-01,9,5,90,1,3", "2,Beta,2024-08-02,9,6,80,2,3"), TWO, "day", "cats"),
    "sexes are no names": Case(csv("Wo,Sex,Date,Trees planted to date", "Alpha,F,2024-08-01,5", "Alpha,M,2024-08-02,7"), TWO[:1], "day", "trees planted"),
    "numerals are no names": Case(csv("No,Wo,Date,Trees planted to date", "I,Alpha,2024-08-01,5", "II,Alpha,2024-08-02,7"), TWO[:1], "day", "trees planted"),
    "days in words are no names": Case(csv("Wo,Wann,Trees planted to date", "Alpha,1 August 2024,5", "Alpha,2 August 2024,7"), TWO[:1], "day", "trees planted"),
    "marks among numbers are no names": Case(csv("Wo,n,Date,Trees planted to date", *(f"Alpha,{n},2024-08-0{day},{day}" for day, n in enumerate((1, 2, 3, "NP", "x"), 1))), TWO[:1], "day", "trees planted"),
    "the column that is headed so, though another has more names": Case(csv("Area,Wer,Date,Trees planted to date", "Alpha,x,2024-08-01,5", "Beta,y,2024-08-02,7", "Beta,z,2024-08-03,8"), TWO, "day", "trees planted"),
}


@pytest.mark.parametrize("what", CASES)
def test_files_propose_their_areas_rhythm_and_noun(what: str, tmp_path: Path) -> None:
    files, areas, counts, noun = CASES[what]
    draft = drafted(tmp_path, files)
    assert draft.areas == tuple(areas)
    assert (draft.rhythm and draft.rhythm.counts) == counts
    nouns = {text for one in draft.measures if one.kind != "rate" for text in one.unit.values()}
    assert nouns == ({noun} if noun else set())
    assert not any("/2024" in one for one in draft.unknown)


def test_names_under_no_heading_are_no_column_of_areas(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no table with a column of areas was found"):
        drafted(tmp_path, csv(",Date,Trees planted to date", *WIDGETS))


def test_what_holds_no_table_hides_no_other(tmp_path: Path) -> None:
    book = workbook({"a": [["x"]], "b": [["Area", "Date", "Trees planted to date"], ["Alpha", "2024-08-01", 5], ["Beta", "2024-08-02", 7]]})
    draft = drafted(tmp_path, [("0.xlsx", b"PK\x03\x04"), ("a.xlsx", book)])
    assert draft.areas == tuple(TWO)
    assert [one for one in draft.unknown if "0.xlsx" in one] == ["what 0.xlsx holds: nothing was read from it, and 'analysis check' says why"]


def alpha_and_beta(numbers: Sequence[int]) -> list[str]:
    return [f"{name},{day},{number + more}" for day, number in zip(DAYS, numbers, strict=True) for name, more in (("Alpha", 100), ("Beta", 0))]


@pytest.mark.parametrize(("heading", "numbers", "meant"), [("Number", (5, 7, 9), "counted_cumulative"), ("Number", (0, 5, 5), "counted_cumulative"), ("Number", (5, 7, 6), "counted_on_day"), ("Hats", (5, 7, 6), "counted_on_day")])  # fmt: skip
def test_numbers_that_never_fall_are_running_sums(heading: str, numbers: Sequence[int], meant: str, tmp_path: Path) -> None:
    [block] = drafted(tmp_path, csv(f"Wo,Date,{heading}", *alpha_and_beta(numbers))).layouts
    assert [line for line in block.splitlines() if line][-2:] == [f'measure = "{meant}"', f'column = "{heading}"']


def test_of_percentages_alone_it_is_said_that_no_count_is_made(tmp_path: Path) -> None:
    rows = [f"{name},{day},{at}.5%" for at, day in enumerate(DAYS, 10) for name in ("Alpha", "Beta")]
    draft = drafted(tmp_path, csv("Area,Date,Coverage (%)", *rows))
    assert any("is a guess: only percentages" in one for one in draft.known)
    assert draft.unknown[0].startswith("how many were counted: these files give percentages alone")
    (tmp_path / "campaign.toml").write_text('name = "D"\nlanguages = ["en"]\nvocabulary = "vaccination"\ntimezone = "UTC"\n[[targets]]\nvalue = 9\ndeadline = 2024-08-31\n')
    (tmp_path / "areas.csv").write_text("code,name\nA,Alpha\nB,Beta\n")
    done = CliRunner().invoke(app, ["check", str(tmp_path / "a.csv"), "--campaign", str(tmp_path)])
    assert (done.exit_code, "The file gives percentages alone" in done.output) == (10, True)
    drive = load_campaign(tmp_path)
    read = read_files([SentFile("a.csv", (tmp_path / "a.csv").read_bytes(), NOW)], Register.of(drive))
    with pytest.raises(InputError, match="percentages alone, of which no count is made"):
        build_panel(read.tallies, drive, NOW.date())
    (tmp_path / "a.csv").write_text("Area,Date,Coverage (%),Vaccinated to date\nAlpha,2024-08-01,5%,12\n")
    done = CliRunner().invoke(app, ["check", str(tmp_path / "a.csv"), "--campaign", str(tmp_path)])
    assert "percentages alone" not in done.output


def test_what_is_left_to_say_is_asked_in_the_language_of_the_files(tmp_path: Path) -> None:
    rows = [f"{name};{day};600;{at}" for at, day in enumerate(DAYS, 10) for name in ("Mongo", "Bitkine")]
    draft = drafted(tmp_path, csv("Commune;Date;Population cible;Cumul vaccinés", *rows))
    assert [one for one in draft.unknown if one.startswith("whether")] == ["whether “Population cible” is who is eligible or the target: areas.csv takes both"]
    toml = draft.files()["campaign.toml"]
    assert '# [unit]\n# fr = "personnes vaccinées"\n# [people]\n# fr = "personnes à vacciner"\n' in toml


def test_files_may_lack_a_column_that_others_of_their_kind_have(tmp_path: Path) -> None:
    """There were two layouts of one name, and each refused the files of the other."""
    files = [
        ("a.csv", "Wo,Wer,Date,Hats to date,Hats on the day\nAlpha,x,2024-08-01,5,5\nBeta,x,2024-08-01,7,7"),
        ("b.csv", "Wo,Wer,Date,Hats to date\nAlpha,x,2024-08-02,9\nBeta,x,2024-08-02,8"),
        ("c.csv", "Hats,,,\nWo,Wer,Date,Hats to date\nAlpha,x,2024-08-03,11\nBeta,x,2024-08-03,9"),
    ]
    draft = drafted(tmp_path, files)
    [block] = draft.layouts
    assert "heading_rows" not in block
    assert block.count("optional = true") == 1
    assert 'column = "Hats on the day"\noptional = true' in block
    folder = tmp_path / "drive"
    folder.mkdir()
    target = '[[targets]]\nvalue = 100\ndeadline = 2024-08-31\n'
    for name, text in draft.files().items():
        (folder / name).write_text(text + target * (name == "campaign.toml"), encoding="utf-8")
    done = CliRunner().invoke(app, ["check", *(str(tmp_path / name) for name, _ in files), "--campaign", str(folder)])
    assert done.exit_code in (0, 10)
    assert "8 numbers" in done.output
    (tmp_path / "d.csv").write_text("Wo,Wer,Date,Hats altogether\nAlpha,x,2024-08-04,12\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["check", str(tmp_path / "d.csv"), "--campaign", str(folder)])
    assert done.exit_code == 20
    assert "Hats to date" in done.output


@pytest.mark.parametrize("numbers", [(5, 7, 9), (0, 5, 5)])
def test_running_sums_of_what_the_draft_names_need_no_layout(numbers: Sequence[int], tmp_path: Path) -> None:
    assert drafted(tmp_path, csv("Wo,Date,Hats", *alpha_and_beta(numbers))).layouts == ()


def test_tables_that_look_alike_are_one_kind(tmp_path: Path) -> None:
    head, other = "Wo,Date,Number", "Wo,Number,Date"
    draft = drafted(tmp_path, [("a.csv", f"{head}\nAlpha,2024-08-01,5"), ("b.csv", f"{head}\nBeta,2024-08-02,4"), ("c.csv", f"{other}\nAlpha,9,2024-08-03"), ("d.csv", f"{head}\n")])
    assert len(draft.layouts) == 1
    assert draft.known[0] == "2 areas, by their names in 3 tables"


def test_columns_that_nobody_knows_are_asked_for(tmp_path: Path) -> None:
    rows = [f"{name},{day},{at},{at},{at},{at},7" for at, day in enumerate(DAYS) for name in ("Alpha", "Beta")]
    draft = drafted(tmp_path, csv("Area,Date,Trees planted to date,Cats,No tally,Remark,Target", *rows))
    assert [one for one in draft.unknown if "column" in one] == ["what the column “Cats” holds (1 kind of table)"]


def test_a_name_with_its_type_and_without_is_one_area_unless_two_types_share_it(tmp_path: Path) -> None:
    lines = ("Đơn vị;Ngày;Lũy kế", *(f"{name};10/09/2023;5" for name in ("Đăk Hà", "TT. Plei Kần", "H. ĐĂK HÀ", "H. Plei Kần")))
    draft = drafted(tmp_path, [("a.csv", "\n".join(lines))])
    assert draft.areas == (("A1", "Đăk Hà"), ("A2", "TT. Plei Kần"), ("A3", "H. Plei Kần"))
    assert draft.also_called == {"A1": ("H. ĐĂK HÀ",)}
    assert "A1,Đăk Hà,,,H. ĐĂK HÀ" in draft.files()["areas.csv"]


TITLES = {"en": "Enrolled pupils, {}", "fr": "Élèves inscrits, mois de {}", "vi": "Số học sinh, {}"}
NAMED = {"en": ("January 2024", "February 2024", "March 2024"), "fr": ("janvier 2024", "février 2024", "mars 2024"), "vi": ("tháng 1 năm 2024", "tháng 2/2024", "Tháng 3, 2024")}


@pytest.mark.parametrize("where", ["title", "column", "name"])
@pytest.mark.parametrize("language", TITLES)
def test_of_monthly_files_a_month_is_its_last_day(language: str, where: str, tmp_path: Path) -> None:
    """They were refused: nobody said of which day the numbers are."""
    files: list[tuple[str, str | bytes]] = []
    for at, month in enumerate(NAMED[language], 1):
        title, column = (TITLES[language].format(month) if where == "title" else ""), f';"{month}"' if where == "column" else ""
        head = f"Area{';Month' if column else ''};Enrolled in the month;Enrolled to date"
        name = f"enrolment-2024-{at:02}.csv" if where == "name" else f"{at}.csv"
        files.append((name, f"{title}\n{head}\n" + "".join(f"{place}{column};{at};{10 * at}\n" for place in ("Alpha", "Beta"))))
    if where == "column":
        files = [(name, text.replace("Month", {"en": "Month", "fr": "Mois", "vi": "Tháng"}[language])) for name, text in files]
    draft = drafted(tmp_path, files)
    assert draft.rhythm is not None
    assert (draft.rhythm.counts, draft.layouts) == ("month", ())
    assert "figures from 2024-01-31 to 2024-03-31" in draft.known


@pytest.mark.parametrize("title", ["Pupils enrolled from January 2024", "Enrolled, January 2024 and March 2024", "Enrolled"])
def test_what_is_no_month_of_the_numbers_gives_no_day(title: str, tmp_path: Path) -> None:
    (tmp_path / "campaign.toml").write_text('name = "D"\nlanguages = ["en"]\nvocabulary = "enrolment"\ntimezone = "UTC"\n[rhythm]\ncounts = "month"\nsent = "month"\n[[targets]]\nvalue = 9\ndeadline = 2024-08-31\n')
    (tmp_path / "areas.csv").write_text("code,name\nA,Alpha\nB,Beta\n")
    (tmp_path / "a.csv").write_text(f"{title}\nArea,Enrolled to date\nAlpha,12\nBeta,13\n")
    done = CliRunner().invoke(app, ["check", str(tmp_path / "a.csv"), "--campaign", str(tmp_path)])
    assert done.exit_code == 20
    (tmp_path / "a.csv").write_text("Enrolled, May 2024\nArea,Enrolled to date\nAlpha,12\nBeta,13\n")
    assert CliRunner().invoke(app, ["check", str(tmp_path / "a.csv"), "--campaign", str(tmp_path)]).exit_code in (0, 10)
