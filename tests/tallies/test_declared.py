# ruff: noqa: E501 - a file of a case reads best with one line a line
"""Files that a campaign's ``[[layouts]]`` say how to read: reduced from real ones that people published."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from analysis.campaign import load_campaign
from analysis.campaign.layouts import NumberStyle, taken
from analysis.errors import InputError
from analysis.tallies import Register
from analysis.tallies.layouts.proposed import as_layout
from analysis.tallies.layouts.styles import restyled_number
from tests.conftest import PROJECT
from tests.tallies.making import checked, codes, saved, values, workbook

CAMPAIGN = """
code = "{code}"
vocabulary = "vaccination"
timezone = "Europe/Berlin"
simulated = false
first_day = 2021-01-01
last_day = 2023-12-31
as_of = 2023-09-18T08:00:00+00:00
seed = 1
languages = ["en"]

[name]
en = "Anything"

[[targets]]
known_from = 2021-01-01
deadline = 2023-12-01
value = 1000000
source = "a test"
"""
AREAS = """code,name,type,eligible
A,Alpha,state,900000
B,Beta,state,900000
C,W.P. Gamma,state,900000
"""
Load = Callable[[str], Register]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def loaded(layouts: str) -> Register:
        (tmp_path / "areas.csv").write_text(AREAS, encoding="utf-8")
        text = CAMPAIGN.format(code=tmp_path.name) + layouts
        (tmp_path / "campaign.toml").write_text(text, encoding="utf-8")
        return Register.of(load_campaign(tmp_path))

    return loaded


def sums(answer: dict[str, Any]) -> dict[tuple[str, str], Any]:
    return values(answer, "vaccinated_cumulative")


def days(answer: dict[str, Any]) -> dict[tuple[str, str], Any]:
    return values(answer, "vaccinated_on_day")


# One file a row: name, its text, its layout, the sums it gives.
FILES = {
    "census, month first, a decimal dot (natalieoshea/nyccensus)": (
        "rr.csv", "date,borough,people\n4/1/2021,Alpha,28.0\n4/13/2021,Alpha,1300.0\n",
        'area = "borough"\nday = { heading = "date", order = "month_first" }\nnumbers = { decimal = ".", thousands = "," }\n[[layouts.measures]]\nmeasure = "vaccinated_cumulative"\ncolumn = "people"\n',
        {("A", "2021-04-01"): 28, ("A", "2021-04-13"): 1300},
    ),
    "an instant with its offset (edsu/md-covid-vaccination-data)": (
        "md.csv", "OBJECTID,ReportDate,County,FullyVaccinated\n1,2021/02/20 15:00:00+00,Alpha,5512\n2,2021/02/20 23:30:00+00,Beta,77\n",
        'area = "County"\nday = { heading = "ReportDate", zone = "Europe/Berlin" }\n[[layouts.measures]]\nmeasure = "vaccinated_cumulative"\ncolumn = "FullyVaccinated"\n',
        {("A", "2021-02-20"): 5512, ("B", "2021-02-21"): 77},
    ),
    "the area only in the file's name (opendatakerala/Covid-Vaccination)": (
        "Archive-Alpha.csv", "Date,Dose1,Dose2\n2021-03-04,\"1,204\",0\n2021-03-05,\"1,300\",12\n",
        'file = "Archive-*.csv"\narea = { file = "Archive-{area}" }\nday = "Date"\nnumbers = { decimal = ".", thousands = "," }\n[[layouts.measures]]\nmeasure = "vaccinated_cumulative"\ncolumns = ["Dose1", "Dose2"]\n',
        {("A", "2021-03-04"): 1204, ("A", "2021-03-05"): 1312},
    ),
    "the day only in the file's name (tomwhite/covid-19-uk-data)": (
        "NHSR-2021-03-30.csv", 'GSS,Board,Total\nS1,Alpha,"6,521"\nS2, Beta ,12\n',
        'area = "Board"\nday = { file = "*-2021-{day}" }\nnumbers = { decimal = ".", thousands = "," }\n[[layouts.measures]]\nmeasure = "vaccinated_cumulative"\ncolumn = "Total"\n',
        None,
    ),
    "the day only in the file's name, all of it": (
        "NHSR_2021-03-30.csv", 'GSS,Board,Total\nS1,Alpha,"6,521"\nS2, Beta ,12\n',
        'area = "Board"\nday = { file = "NHSR_{day}" }\nnumbers = { decimal = ".", thousands = "," }\n[[layouts.measures]]\nmeasure = "vaccinated_cumulative"\ncolumn = "Total"\n',
        {("A", "2021-03-30"): 6521, ("B", "2021-03-30"): 12},
    ),
    "which rows count, and parts that make the whole (RKI by maker and dose)": (
        "rki.csv", "Date,Land,Vaccine,Dose,Count\n2021-05-17,Alpha,X,1,100\n2021-05-17,Alpha,Y,1,50\n2021-05-17,Alpha,X,2,7\n2021-05-17,Beta,Y,1,11\n",
        'area = "Land"\nday = "Date"\nwhere = { Dose = "1" }\nsum_over = "Vaccine"\n[[layouts.measures]]\nmeasure = "vaccinated_on_day"\ncolumn = "Count"\n',
        {("A", "2021-05-17"): 150, ("B", "2021-05-17"): 11},
    ),
    "days as columns, dose rows (juancri/covid19-vaccination)": (
        "chile.csv", "Region,Dose,2021-01-01,2021-01-02,2021-01-03\nAlpha,First,10,20,30\nAlpha,Second,1,2,3\nTotal,First,10,20,30\n",
        'area = "Region"\nwhere = { Dose = ["First"] }\nacross = "days"\nmeasure = "vaccinated_cumulative"\ntotals = ["Total"]\n',
        {("A", "2021-01-01"): 10, ("A", "2021-01-02"): 20, ("A", "2021-01-03"): 30},
    ),
    "areas as columns, two columns of days, suppressed (dsfsi/covid19za, Public Health Scotland)": (
        "za.csv", "date,YYYYMMDD,Alpha,Beta,Unknown,total\n05-03-2021,20210305,12,*,0,12\n06-03-2021,20210306,13,NR,0,13\n",
        'day = "YYYYMMDD"\nacross = "areas"\nmeasure = "vaccinated_cumulative"\nsuppressed = { "*" = 4 }\nmissing = ["NR"]\n',
        {("A", "2021-03-05"): 12, ("A", "2021-03-06"): 13, ("B", "2021-03-05"): 4, ("B", "2021-03-06"): None},
    ),
    "totals and outsiders by name (econandrew/census2020_progress)": (
        "progress.csv", "as_of;place;people\n2021-04-01;Alpha;12\n2021-04-01;U.S. Total;12\n2021-04-01;Federal bodies;3\n",
        'area = "place"\nday = "as_of"\ntotals = "U.S. Total"\noutside = ["Federal bodies"]\n[[layouts.measures]]\nmeasure = "vaccinated_cumulative"\ncolumn = "people"\n',
        {("A", "2021-04-01"): 12},
    ),
    "a column that changes its meaning (CDC)": (
        "cdc.csv", "Date,Location,Old,New\n2021-02-01,A,5,7\n2021-03-01,A,6,9\n2021-01-01,A,1,1\n",
        'machine = true\narea = "Location"\nday = "Date"\n[[layouts.measures]]\nmeasure = "vaccinated_cumulative"\ncolumn = "Old"\nfirst_day = 2021-02-01\nlast_day = 2021-02-28\n[[layouts.measures]]\nmeasure = "vaccinated_cumulative"\ncolumn = "New"\nfirst_day = 2021-03-01\n',
        {("A", "2021-02-01"): 5, ("A", "2021-03-01"): 9},
    ),
    "thousands, an older encoding, another mark between cells": (
        "k.txt", "Région|Jour|Milliers\nAlpha|05/03/2021|12,5\n".encode("windows-1252"),
        'encoding = "windows-1252"\ndelimiter = "|"\narea = "Région"\nday = "Jour"\nnumbers = { decimal = ",", thousands = " ", unit = 1000 }\n[[layouts.measures]]\nmeasure = "vaccinated_cumulative"\ncolumn = "Milliers"\n',
        {("A", "2021-03-05"): 12500},
    ),
    "a fixed area and only a number style": (
        "one.csv", 'Date,Vaccinated to date\n05/03/2021,"1,250"\n06/03/2021,"1,300"\n',
        'area = { fixed = "W.P. Gamma" }\nnumbers = { decimal = ".", thousands = "," }\n',
        {("C", "2021-03-05"): 1250, ("C", "2021-03-06"): 1300},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FILES)
def test_a_real_file_with_a_block_of_ten_lines(case: str, load: Load) -> None:
    name, text, block, right = FILES[case]
    assert len(block.splitlines()) <= 12
    data = text if isinstance(text, bytes) else text.encode()
    answer = checked(data, load(f'[[layouts]]\nname = "it"\n{block}'), name=name)
    if right is None:
        assert answer["records"] == []
        return
    assert sums(answer) or days(answer) == right
    assert {**sums(answer), **days(answer)} == right, answer
    assert answer["held"] == []


def test_a_suppressed_count_is_at_most(load: Load) -> None:
    _, text, block, _ = FILES[
        "areas as columns, two columns of days, suppressed (dsfsi/covid19za, Public Health Scotland)"
    ]
    answer = checked(text.encode(), load(f'[[layouts]]\nname = "it"\n{block}'), name="za.csv")
    assert [(one["value"], one["qualifier"]) for one in answer["records"] if one["area_code"] == "B"] == [
        (4, "at_most"),
        (None, "missing"),
    ]


def test_the_history_of_a_drive_is_not_too_old(load: Load) -> None:
    """The files of Kerala since 2022 tell each day since March 2021 (opendatakerala/Covid-Vaccination)."""
    block = 'area = { file = "{area}" }\nday = "date"\n[[layouts.measures]]\nmeasure = "vaccinated_cumulative"\ncolumn = "Total dose 1"\n'
    lines = "date,daily,Total dose 1\n2020-03-08,1,5\n2021-03-08,1,52737\n2024-10-20,0,774713\n"
    register = load(f'[[layouts]]\nname = "Kerala"\nmachine = true\n{block}')
    answer = checked(lines.encode(), register, name="Alpha.csv", as_of=datetime(2024, 12, 1, tzinfo=UTC))
    assert sums(answer) == {("A", "2021-03-08"): 52737, ("A", "2024-10-20"): 774713}
    assert [one["reason"] for one in answer["held"]] == ["date_too_old"]


def test_three_heading_rows_merged_and_the_day_in_the_tab(load: Load) -> None:
    """The workbooks of the RKI: ard-data/2020-rki-impf-archive."""
    book = openpyxl.Workbook()
    book.active.title = "Hinweise"
    book.active.append(["Alpha: see below"])
    sheet = book.create_sheet("Stand_10.09.23")
    for row in (["RS", "Land", "Erstimpfung", None, None], [None, None, "kumulativ", None, "Vortag"],
                [None, None, "gesamt", "mobil", "neu"], [1, "Alpha", 900, 20, 11], [2, "Beta*", 70, 5, 1], [None, "Gesamt", 970, 25, 12]):  # fmt: skip
        sheet.append(row)
    for cells in ("A1:A3", "B1:B3", "C1:E1", "C2:D2"):
        sheet.merge_cells(cells)
    block = 'sheet = "Stand_*"\nheading_rows = [1, 3]\narea = "Land"\nday = { tab = "Stand_{day}" }\ntotals = ["Gesamt"]\n'
    block += '[[layouts.measures]]\nmeasure = "vaccinated_cumulative"\ncolumn = "Erstimpfung kumulativ gesamt"\n[[layouts.measures]]\nmeasure = "vaccinated_on_day"\ncolumn = "Erstimpfung Vortag neu"\n'
    answer = checked(saved(book), load(f'[[layouts]]\nname = "RKI"\n{block}'), name="rki.xlsx")
    assert sums(answer) == {("A", "2023-09-10"): 900, ("B", "2023-09-10"): 70}
    assert days(answer) == {("A", "2023-09-10"): 11, ("B", "2023-09-10"): 1}


def test_the_day_in_another_cell(load: Load) -> None:
    rows = [["Report of", "09/10/2023"], [], ["Region", "People"], ["Alpha", 900]]
    block = 'area = "Region"\nday = { cell = "B1", order = "month_first" }\n[[layouts.measures]]\nmeasure = "vaccinated_cumulative"\ncolumn = "People"\n'
    answer = checked(workbook({"x": rows}), load(f'[[layouts]]\nname = "it"\n{block}'), name="a.xlsx")
    assert sums(answer) == {("A", "2023-09-10"): 900}


def test_the_day_in_a_cell_of_another_sheet(load: Load) -> None:
    sheets = {
        "About": [["Current as of", "10/09/2023"]],
        "By region": [["Region", "People"], ["Alpha", 900], ["* see note"]],
    }
    block = 'sheet = "By region"\narea = "Region"\nday = { cell = "about!B1" }\n[[layouts.measures]]\nmeasure = "vaccinated_cumulative"\ncolumn = "People"\n'
    answer = checked(workbook(sheets), load(f'[[layouts]]\nname = "it"\n{block}'), name="a.xlsx")
    assert sums(answer) == {("A", "2023-09-10"): 900}
    assert answer["held"] == []
    answer = checked(
        workbook(sheets),
        load(f'[[layouts]]\nname = "it"\n{block.replace("about!", "cover!")}'),
        name="a.xlsx",
    )
    assert codes(answer) == ["layout_column_missing"]
    assert "“cover!B1” ([[layouts]] “it”); it has: About, By region" in answer["findings"][0]["message_en"]


SAID = 'area = "Region"\nday = "Day"\n[[layouts.measures]]\nmeasure = "vaccinated_cumulative"\ncolumn = "People"\n'


@pytest.mark.parametrize(
    ("block", "text", "code", "found"),
    [
        (SAID.replace("People", "Peopel"), "Region,Day,People\nAlpha,2021-03-05,5\n", "layout_column_missing", "“Peopel” ([[layouts]] “it”); it has: Region, Day, People"),
        (SAID.replace('"Day"', '"Date"'), "Region,Day,People\nAlpha,2021-03-05,5\n", "layout_column_missing", "“Date”"),
        ('where = { Dose = "1" }\n' + SAID, "Region,Day,People\nAlpha,2021-03-05,5\n", "layout_column_missing", "“Dose”"),
        (SAID + '[[layouts]]\nname = "two"\nmachine = true\n', "Region,Day,People\nAlpha,2021-03-05,5\n", "layouts_conflict", "“it”, “two”"),
        ('day = { file = "counts-{day}" }\n' + SAID.replace('day = "Day"\n', ""), "Region,People\nAlpha,5\n", "layout_name_differs", "“a”"),
        ("heading_rows = [9]\n" + SAID, "Region,Day,People\nAlpha,2021-03-05,5\n", "layout_heading_missing", "9"),
    ],
)  # fmt: skip
def test_a_layout_that_does_not_fit_is_an_error_and_loses_nothing_in_silence(
    block: str, text: str, code: str, found: str, load: Load
) -> None:
    answer = checked(text.encode(), load(f'[[layouts]]\nname = "it"\n{block}'), name="a.csv")
    assert (answer["verdict"], codes(answer)) == ("reject", [code])
    assert found in answer["findings"][0]["message_en"]


@pytest.mark.parametrize(
    ("block", "said"),
    {
        'file = "(a+)+$"\nmachine = true': "is a regular expression; write *", 'machine = true\ncolour = "red"': "colour",
        'area = { file = "counts" }\nmachine = true': "takes no {area} out of the name", 'file = "a*b*c*d*e*f"\nmachine = true': "more than 4 places",
        'across = "days"': "say 'measure'", 'file = "*.csv"': "says nothing of how to read", 'numbers = { decimal = ",", thousands = "," }': "different marks",
        'area = { fixed = "Alpha", file = "{area}" }': "says one of", 'day = { heading = "Day", zone = "Mars" }': "IANA", SAID.replace("vaccinated_cumulative", "doses"): "is no measure",
        'machine = true\n[[layouts]]\nname = "it"\nmachine = true': "two layouts are called 'it'", 'file = "{month}"\nmachine = true': "{area} and {day}",
    }.items(),
)  # fmt: skip
def test_a_layout_that_cannot_be_is_one_line(block: str, said: str, load: Load) -> None:
    with pytest.raises(InputError) as error:
        load(f'[[layouts]]\nname = "it"\n{block}\n')
    assert said in str(error.value)


def test_parts_that_are_not_all_there_are_held(load: Load) -> None:
    text = "Region,Day,Sex,People\nAlpha,2021-03-05,f,5\nAlpha,2021-03-05,m,\nBeta,2021-03-05,f,5\nBeta,2021-03-05,f,6\n"
    block = SAID.replace('day = "Day"\n', 'day = "Day"\nsum_over = "Sex"\n')
    answer = checked(text.encode(), load(f'[[layouts]]\nname = "it"\n{block}'), name="a.csv")
    assert (answer["records"], [one["reason"] for one in answer["held"]]) == ([], ["not_a_number"] * 2)


@pytest.mark.parametrize(
    ("title", "counts"),
    {
        "Children vaccinated by district, to date": True, "Doses administered per day": True, "Enfants vaccinés, cumul": True, "KẾT QUẢ TIÊM CHỦNG": True,
        "Bilan de la vaccination contre la rougeole": True, "Measles cases": False, "Unvaccinated children": False, "Vaccine doses in stock": False,
        "Vaccination sites": False, "Target population for vaccination": False, "Enfants non vaccinés": False, "Teams vaccinating children": False,
    }.items(),
)  # fmt: skip
def test_the_campaigns_own_words_say_what_is_counted(title: str, counts: bool, load: Load) -> None:
    data = f"{title}\nDate;District;Today\n05/03/2023;Alpha;7\n".encode()
    answer = checked(data, load(""), name="a.csv")
    assert days(answer) == ({("A", "2023-03-05"): 7} if counts else {})


def test_the_blocks_of_the_page_are_layouts() -> None:
    page = (PROJECT / "docs" / "layouts.md").read_text(encoding="utf-8")
    blocks = page.partition("```toml\n")[2].partition("```")[0].split("\n\n")
    assert len(blocks) == 13
    for block in blocks:
        assert len(block.splitlines()) <= 11
        assert as_layout(block).name


def test_a_number_of_another_style_is_never_read_in_ours(load: Load) -> None:
    style = NumberStyle(decimal=".", thousands=",")
    read = {
        "1,234": "1234",
        "1,234.5": "1234,5",
        "21292.0": "21292",
        "12": "12",
        "< 5": "< 5",
        "12%": "12%",
        "0.5": "0,5",
    }
    assert {text: restyled_number(text, style) for text in read} == read
    for text in ("1.234.567", "12,34", "1 234", "1,2345", "x1"):
        assert restyled_number(text, style) == "\u2060" + text


def test_what_a_pattern_takes_out_of_a_name() -> None:
    assert taken("counts-{day}.csv", "Counts-2021-03-05.CSV") == {"day": "2021-03-05"}
    assert taken("{area}_{day}.xlsx", "Núi Thành_2021-03-05.xlsx") == {
        "area": "Núi Thành",
        "day": "2021-03-05",
    }
    assert taken("*.xlsx", "a.csv") is None


def test_the_old_single_layout_is_still_read(load: Load) -> None:
    old = '[layout]\narea = "Region"\ndate = "Day"\ntotal = "US"\noutside = ["LTC"]\n[[layout.measures]]\nmeasure = "vaccinated_cumulative"\ncolumn = "People"\nfirst_day = 2021-01-01\n'
    answer = checked(
        b"Region,Day,People\nA,2021-03-05,5\nUS,2021-03-05,5\nLTC,2021-03-05,1\n", load(old), name="a.csv"
    )
    assert sums(answer) == {("A", "2021-03-05"): 5}
    assert [one["reason"] for one in answer["ignored"]] == ["header_row", "total_row", "outside_area"]
