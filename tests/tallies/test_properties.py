"""What must hold for any files: nothing is lost, nothing depends on the order of rows, sheets or files."""

import random
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.campaign import Campaign, load_campaign
from analysis.cli.intake import as_contract
from analysis.tallies import Register, SentFile, as_of_view, keep, read_files, read_received
from analysis.tallies.store import received
from tests.tallies.making import AS_OF, HEADING, checked, text, workbook

CELLS = st.sampled_from(
    [
        "",
        "-",
        "12.600",
        "12.60",
        "hơn 6.600",
        "1e5",
        "0",
        "=1",
        "24.333",
        "x",
        "10/9",
        "99.999.999",
        "Tổng cộng",
    ]
) | st.text(max_size=6)
NAMES = st.sampled_from(
    [
        "Hội An",
        "TP. Hội An",
        "Thăng Bình",
        "Quế Sơn",
        "Tam Kì",
        "",
        "Tổng cộng",
        "I. Khu vực núi",
        "513",
        "Núi Thành",
    ]
) | st.text(max_size=6)
DAYS = st.sampled_from(["10/09/2023", "11/09/2023", "9/13/2023", "", "10/09/2033", "tuần 36"]) | st.text(
    max_size=4
)
ROWS = st.lists(st.tuples(st.sampled_from(["", "1", "II"]), NAMES, DAYS, CELLS, CELLS), max_size=8)


def key(answer: dict[str, Any], part: str) -> list[tuple[object, ...]]:
    names = {
        "records": ("area_code", "date", "measure", "value", "qualifier"),
        "held": ("measure", "reason", "text"),
    }
    return sorted(tuple(map(str, (one[name] for name in names[part]))) for one in answer[part])


@given(ROWS)
@settings(deadline=None, max_examples=150)
def test_every_row_is_taken_held_or_ignored(register: Register, rows: list[tuple[str, ...]]) -> None:
    data = text([HEADING, *rows]).encode("utf-8", "replace")
    # `read_files` itself raises where a row is lost; what it counts is the records with content.
    intake = read_files([SentFile("a.csv", data, AS_OF)], register)
    counted = intake.files.loc[0, ["taken", "held", "ignored"]].sum()
    assert counted == intake.files.loc[0, "rows"]
    answer = as_contract(intake)
    seen = {one["row"] for part in ("records", "held", "ignored") for one in answer[part]}
    assert (
        seen <= set(range(1, len(rows) + 2))
        or "\n" in "".join(map("".join, rows))
        or "\r" in "".join(map("".join, rows))
    )


clean = st.lists(
    st.tuples(
        st.sampled_from(["Hội An", "Thăng Bình", "Quế Sơn", "Tam Kỳ"]),
        st.integers(1, 17),
        st.integers(0, 60000),
    ),
    max_size=12,
    unique_by=lambda one: one[:2],
)


def as_rows(tallies: list[tuple[str, int, int]]) -> list[list[str]]:
    return [
        ["", area, f"{day:02d}/09/2023", "", f"{total:,}".replace(",", ".")] for area, day, total in tallies
    ]


@given(clean, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
def test_the_order_of_rows_changes_nothing(register: Register, tallies: list, shuffle: random.Random) -> None:
    rows = as_rows(tallies)
    mixed = rows.copy()
    shuffle.shuffle(mixed)
    one, other = (checked(text([HEADING, *some]).encode(), register) for some in (rows, mixed))
    for part in ("records", "held"):
        assert key(one, part) == key(other, part)


@given(clean, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
def test_the_order_of_files_that_do_not_overlap_changes_nothing(
    register: Register, tallies: list, shuffle: random.Random
) -> None:
    days = sorted({day for _, day, _ in tallies})
    files = [
        (f"{day}.csv", text([HEADING, *as_rows([one for one in tallies if one[1] == day])]).encode())
        for day in days
    ]
    mixed = files.copy()
    shuffle.shuffle(mixed)
    one, other = checked(files, register), checked(mixed, register)
    for part in ("records", "held"):
        assert key(one, part) == key(other, part)


@given(clean, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=3)
def test_the_order_of_sheets_changes_nothing(
    register: Register, tallies: list, shuffle: random.Random
) -> None:
    days = sorted({day for _, day, _ in tallies}) or [1]
    sheets = {str(day): [HEADING, *as_rows([one for one in tallies if one[1] == day])] for day in days}
    names = list(sheets)
    shuffle.shuffle(names)
    one, other = (
        checked(workbook({name: sheets[name] for name in order}), register, name="a.xlsx")
        for order in (sheets, names)
    )
    for part in ("records", "held"):
        assert key(one, part) == key(other, part)


@given(clean)
@settings(deadline=None, max_examples=40)
def test_reading_twice_is_reading_once(register: Register, tallies: list) -> None:
    data = text([HEADING, *as_rows(tallies)]).encode()
    once, twice = checked(data, register), checked([("a.csv", data), ("b.csv", data)], register)
    assert key(once, "records") == key(twice, "records")


@given(clean, clean)
@settings(deadline=None, max_examples=40)
def test_the_view_has_one_value_for_each_area_day_and_measure(
    register: Register, first: list, second: list
) -> None:
    files = [
        SentFile(f"{n}.csv", text([HEADING, *as_rows(one)]).encode(), AS_OF)
        for n, one in enumerate((first, second))
    ]
    view = as_of_view(read_files(files, register).tallies)
    assert not view.duplicated(["area_code", "date", "measure"]).any()
    assert (view["date"].dt.date <= date(2023, 9, 18)).all()


@pytest.fixture(scope="module")
def facts(project: Path) -> Campaign:
    return load_campaign(project / "data" / "raw" / "quang_nam_2023")


@given(clean, clean, st.lists(CELLS, max_size=3))
@settings(deadline=None, max_examples=40)
def test_a_later_file_never_changes_an_earlier_answer(
    facts: Campaign, first: list, second: list, odd: list[str]
) -> None:
    early = SentFile("1.csv", text([HEADING, *as_rows(first)]).encode(), AS_OF - timedelta(days=1))
    rows = [*as_rows(second), *(["", "Hội An", "11/09/2023", "", cell] for cell in odd)]
    late = SentFile("2.csv", text([HEADING, *rows]).encode("utf-8", "replace"), AS_OF)
    with tempfile.TemporaryDirectory() as name:
        campaign = facts.model_copy(update={"folder": Path(name)})
        keep(campaign.folder, [early], "first")
        before = read_received(campaign, AS_OF - timedelta(hours=1))
        keep(campaign.folder, [late], "second")
        after = read_received(campaign, AS_OF - timedelta(hours=1))
        for part in ("tallies", "held", "ignored", "findings", "files"):
            pd.testing.assert_frame_equal(getattr(before, part), getattr(after, part))


@given(st.lists(st.binary(min_size=1, max_size=20), min_size=1, max_size=5), st.data())
@settings(deadline=None, max_examples=60)
def test_receiving_twice_is_receiving_once(files: list[bytes], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(files)))
    with tempfile.TemporaryDirectory() as name:
        for number, sent in enumerate([*files, *again]):
            keep(Path(name), [SentFile(f"{number % 3}.csv", sent, AS_OF)], "")
        kept = [one.data for one in received(Path(name))]
        assert sorted(kept) == sorted(set(files))
        assert len(list((Path(name) / "tallies").iterdir())) == len(set(files))


@given(ROWS)
@settings(deadline=None, max_examples=60)
def test_a_row_of_an_unknown_area_changes_no_number(register: Register, rows: list[tuple[str, ...]]) -> None:
    strange = ["9", "Tam Kì", "10/09/2023", "5", "500"]
    one = checked(text([HEADING, *rows]).encode("utf-8", "replace"), register)
    other = checked(text([HEADING, *rows, strange]).encode("utf-8", "replace"), register)
    assert key(one, "records") == key(other, "records")
