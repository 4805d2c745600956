"""Whether numbers agree with each other: from row to row, day to day and file to file."""

import tracemalloc
from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from analysis import contract
from analysis.campaign import Area
from analysis.tallies import Register, SentFile, as_of_view, gathered, read, read_files
from analysis.tallies.review import flat
from analysis.tallies.words.places import Gazetteer
from tests.tallies.making import AS_OF, HEADING, checked, codes, one_row, text, values, workbook

DAYS = [f"{day:02d}/09/2023" for day in range(1, 16)]


def series(sums: Sequence[object], on_day: Sequence[object] | None = None, area: str = "Hội An") -> bytes:
    heading = ["Đơn vị", "Ngày", "Lũy kế", *(["Trong ngày"] if on_day else [])]
    rows = [
        [area, day, total, *([on_day[n]] if on_day else [])]
        for n, (day, total) in enumerate(zip(DAYS, sums, strict=False))
        if total is not None
    ]
    return text([heading, *rows]).encode()


def day_of(*rows: tuple[str, object, object], day: str = "10/09/2023") -> bytes:
    body = [[area, day, on_day, total] for area, on_day, total in rows]
    return text([["Đơn vị", "Ngày", "Trong ngày", "Lũy kế"], *body]).encode()


def kept(answer: dict) -> list[int]:
    return [value for _, value in sorted(values(answer).items())]


def test_a_small_fall_is_a_correction_that_is_kept_and_said(register: Register) -> None:
    answer = checked(series([20000, 20100, 20050, 20200]), register)
    assert kept(answer) == [20000, 20100, 20050, 20200]
    assert codes(answer) == ["sum_fell"]


def test_a_day_typed_into_the_sum_is_held(register: Register) -> None:
    answer = checked(series([20000, 20100, 150, 20400]), register)
    assert kept(answer) == [20000, 20100, 20400]
    assert [(one["row"], one["reason"]) for one in answer["held"]] == [(4, "sum_out_of_line")]


def test_days_typed_into_the_sum_from_then_on_are_held(register: Register) -> None:
    answer = checked(series([20000, 20100, 20200, 150, 160, 140]), register)
    assert kept(answer) == [20000, 20100, 20200]


@pytest.mark.parametrize("at", [0, 1, 2, 3])
def test_a_digit_too_many_takes_only_itself_out(at: int, register: Register) -> None:
    sums = [7000, 7100, 7200, 7300]
    sums[at] = sums[at] * 10 + 3
    answer = checked(series(sums), register)
    if at < 3:
        assert kept(answer) == [one for n, one in enumerate([7000, 7100, 7200, 7300]) if n != at]
    else:
        # Nothing comes after it yet: it is kept with a warning until something does.
        assert codes(answer) == ["sum_jumped"] or kept(answer) == [7000, 7100, 7200]


def test_a_sum_that_days_and_neighbours_contradict_is_held(register: Register) -> None:
    answer = checked(series([62618, 63343, 61406, 64782], ["", 725, 763, 676], area="Điện Bàn"), register)
    assert kept(answer) == [62618, 63343, 64782]
    assert [(one["row"], one["reason"]) for one in answer["held"]] == [(4, "sum_contradicted")]


def test_a_day_and_a_sum_that_differ_are_kept_and_said(register: Register) -> None:
    answer = checked(series([20000, 20100, 20300], [90, 100, 150]), register)
    assert (kept(answer), codes(answer)) == ([20000, 20100, 20300], ["day_and_sum_differ"])


def test_more_on_the_day_than_ever_is_impossible(register: Register) -> None:
    answer = checked(day_of(("Hội An", "24.333", "3.041"), ("Thăng Bình", "6.627", "50.019")), register)
    assert values(answer) == {("513", "2023-09-10"): 50019}
    assert codes(answer) == ["day_above_sum", "day_above_sum"]


def test_the_day_typed_twice_in_one_row(register: Register) -> None:
    rows = [
        ("Hội An", 3041, 3041),
        ("Thăng Bình", 6627, 50019),
        ("Quế Sơn", 50, 20000),
        ("Tam Kỳ", 90, 40000),
    ]
    answer = checked(day_of(*rows), register)
    assert ("503", "2023-09-10") not in values(answer)
    assert [one["reason"] for one in answer["held"]] == ["day_typed_as_sum"]


def test_on_the_first_day_of_a_drive_the_sum_is_the_day(register: Register) -> None:
    """Everybody's, and that of an area which begins later, behind rows that say it had nothing."""
    begun = [("Hội An", "Tam Kỳ"), (("09", 5, 5), ("10", 6, 11), ("11", 9, 20), ("12", 9, 29), ("13", 8, 37))]
    rows = [HEADING] + [
        [1, area, f"{day}/09/2023", new, total] for area in begun[0] for day, new, total in begun[1]
    ]
    late = [("09", 0, 0), ("10", 0, 0), ("11", 7, 7), ("12", 6, 13), ("13", 5, 18)]
    rows += [[1, "Quế Sơn", f"{day}/09/2023", new, total] for day, new, total in late]
    answer = checked([("a.csv", text(rows).encode())], register)
    assert (len(values(answer)), answer["held"]) == (15, [])


def test_a_day_typed_twice_is_held_after_an_area_has_begun(register: Register) -> None:
    days = [("09", 5, 5), ("10", 6, 31), ("11", 9, 9), ("12", 9, 49)]
    rows = [HEADING, *([1, "Hội An", f"{day}/09/2023", new, total] for day, new, total in days)]
    answer = checked([("a.csv", text(rows).encode())], register)
    assert [(one["reason"], one["row"]) for one in answer["held"]] == [("day_typed_as_sum", 4)]


def test_a_stale_copy_of_yesterday_is_held(register: Register) -> None:
    rows = [("Hội An", 41, 24333), ("Thăng Bình", 27, 50019), ("Quế Sơn", 50, 20000)]
    answer = checked(
        [("a.csv", day_of(*rows, day="10/09/2023")), ("b.csv", day_of(*rows, day="11/09/2023"))], register
    )
    assert {date for _, date in values(answer)} == {"2023-09-10"}
    assert set(codes(answer)) == {"stale_copy"}


def test_a_quiet_day_is_no_stale_copy(register: Register) -> None:
    first = [("Hội An", 41, 24333), ("Thăng Bình", 27, 50019), ("Quế Sơn", 50, 20000)]
    quiet = [(area, 0, total) for area, _, total in first]
    answer = checked([("a.csv", day_of(*first)), ("b.csv", day_of(*quiet, day="11/09/2023"))], register)
    assert (len(values(answer)), answer["verdict"]) == (6, "accept")


def test_the_same_area_and_day_twice(register: Register) -> None:
    same = checked(day_of(("Hội An", 41, 24333), ("TP. Hội An", 41, 24333)), register)
    assert values(same) == {("503", "2023-09-10"): 24333}
    assert (len(same["records"]), same["verdict"]) == (2, "accept_with_warning")
    assert [one["reason"] for one in same["ignored"]].count("said_again") == 2
    other = checked(day_of(("Hội An", 41, 24333), ("TP. Hội An", 41, 24343), ("Quế Sơn", 1, 20000)), register)
    assert values(other) == {("509", "2023-09-10"): 20000}
    assert [one["reason"] for one in other["held"]] == ["said_twice", "said_twice"]


def test_a_gap_is_said_and_regular_weeks_are_none(register: Register) -> None:
    assert codes(checked(series([20000, 20100, 20200, None, None, 20300]), register)) == ["days_missing"]
    weekly = series(
        [20000, None, None, None, None, None, None, 20700, None, None, None, None, None, None, 21400]
    )
    assert codes(checked(weekly, register)) == []


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ("31/07 31/08 30/09 31/10 31/12", "tallies missing after 31/10/2022: 1."),
        ("31/01 28/02 31/03 30/04 31/05 30/06", ""),
        ("04/09 11/09 18/09 26/09 02/10", ""),  # one a day late
        ("04/09 11/09 18/09 09/10 16/10", "tallies missing after 18/09/2022: 2."),
        ("05/09 08/09 12/09 15/09 19/09 26/09 29/09 03/10", "tallies missing after 19/09/2022: 1."),
    ],
)
def test_a_month_or_week_left_out_is_one_tally(days: str, said: str, register: Register) -> None:
    rows = [["Đơn vị", "Ngày", "Lũy kế"]]
    rows += [["Hội An", f"{day}/2022", str(20_000 + 10 * at)] for at, day in enumerate(days.split())]
    found = [one["message_en"] for one in checked(text(rows).encode(), register)["findings"]]
    gaps = [one for one in found if "missing" in one]
    assert len(gaps) == bool(said), found
    assert said in "".join(gaps)


def test_a_few_days_between_the_only_two_are_said_and_no_more(register: Register) -> None:
    for days, found in ((1, []), (2, ["days_between"]), (5, ["days_between"]), (7, []), (14, [])):
        answer = checked(series([20000, *[None] * (days - 1), 20100]), register)
        assert (codes(answer), answer["verdict"]) == (found, "accept")


def test_more_than_there_are_people_is_held(register: Register) -> None:
    answer = checked(day_of(("Hội An", 41, 80419), ("Quế Sơn", 1, 65918)), register)
    assert values(answer) == {("509", "2023-09-10"): 65918}
    assert [one["reason"] for one in answer["held"]] == ["above_eligible"]


def test_over_the_target_is_real(register: Register) -> None:
    rows = [
        ["Đơn vị", "Ngày", "Chỉ tiêu", "Lũy kế", "Tỷ lệ"],
        ["Hội An", "10/09/2023", "48.666", "60.618", "124,56%"],
    ]
    assert checked(text(rows).encode(), register)["verdict"] == "accept"


@pytest.mark.parametrize(
    ("rate", "found"),
    [
        ("50,00", []),
        ("50", []),
        ("49,99", []),
        ("30,26", []),
        ("24,37", ["rate_differs"]),
        ("5,00", ["rate_differs"]),
    ],
)
def test_a_printed_percentage_is_recomputed_with_every_denominator(
    rate: str, found: list[str], register: Register
) -> None:
    rows = [["Đơn vị", "Ngày", "Lũy kế", "Tỷ lệ (%)"], ["Hội An", "10/09/2023", "24.333", rate]]
    answer = checked(text(rows).encode(), register)
    assert codes(answer) == found
    assert values(answer) == {("503", "2023-09-10"): 24333}


def test_a_correction_stands_and_earlier_answers_do_not_change(register: Register) -> None:
    wrong, right = day_of(("Hội An", 41, 24333)), day_of(("Hội An", 41, 24343))
    answer = checked([("a.csv", wrong), ("b.csv", right)], register)
    assert values(answer) == {("503", "2023-09-10"): 24343}
    assert (codes(answer), answer["verdict"]) == (["revised"], "accept")
    assert [one["reason"] for one in answer["ignored"]].count("superseded") == 1
    files = [SentFile("a.csv", wrong, AS_OF), SentFile("b.csv", right, AS_OF + timedelta(hours=1))]
    for known, total in ((1, 24333), (2, 24343)):
        view = as_of_view(read_files(files[:known], register).tallies)
        assert view[view["measure"] == "activated_cumulative"]["value"].tolist() == [total]


def test_a_later_blank_takes_nothing_back(register: Register) -> None:
    answer = checked(
        [("a.csv", day_of(("Hội An", 41, 24333))), ("b.csv", day_of(("Hội An", "-", "-")))], register
    )
    assert values(answer) == {("503", "2023-09-10"): 24333}


def test_tallies_put_together_in_pieces_are_those_put_together_at_once(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    tabs = {
        "B": [HEADING, [1, "Hội An", "10/09/2023", 5, 20]],
        "A": [HEADING, [1, "Quế Sơn", "10/09/2023", 6, 30]],
    }
    files = [
        ("1.xlsx", workbook(tabs)),
        ("2.csv", one_row("21.000")),
        ("3.csv", one_row("22.000", day="11/09/2023")),
    ]
    at_once = checked(files, register)
    assert [one["sheet"] for one in at_once["records"]][:2] == ["A", "B"]
    for size in (1, 3):
        for module in (flat, gathered):
            monkeypatch.setattr(module, "AT_ONCE", size)
        assert checked(files, register) == at_once


def test_no_place_of_a_tally_is_too_large_for_its_narrow_columns() -> None:
    column = np.array([0, 0], dtype=np.int32)
    tallies = flat.Flat(
        column, column, column,
        area=np.array([0, 200_000], dtype=np.int32), day=np.array([-20_000, 20_000], dtype=np.int32),
        measure=np.array([0, 300], dtype=np.int16), value=np.zeros(2), qualifier=np.zeros(2, dtype=np.int8),
    )  # fmt: skip
    pass_ = flat.Review([], [], [], tallies, [None], np.zeros(2, dtype=bool))
    assert pass_.places(np.array([0, 1], dtype=np.int32)).tolist() == [0, 200_000 * 40_001 + 40_000]


def test_what_reading_holds_besides_its_counts_does_not_grow_with_the_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (flat, gathered, contract):
        monkeypatch.setattr(module, "AT_ONCE", 4000)
    monkeypatch.setattr(read, "AT_ONCE", 8)
    areas = tuple(Area(code=f"{n:02}", name=f"Huyện số {n}", type="H") for n in range(45))
    register = Register(Gazetteer(areas), ZoneInfo("Asia/Ho_Chi_Minh"))
    days = [f"{AS_OF - timedelta(days=400 - n):%d/%m/%Y}" for n in range(400)]

    def file(area: Area) -> SentFile:
        rows = [[area.name, day, 700 + at] for at, day in enumerate(days)]
        return SentFile(f"{area.code}.csv", text([["Đơn vị", "Ngày", "Lũy kế"], *rows]).encode(), AS_OF)

    def bytes_of(count: int) -> tuple[float, float]:
        """What the counts of so many files take, and what reading them takes besides at most."""
        tracemalloc.start()
        tallies = read_files(map(file, areas[:count]), register).tallies
        weight, peak = float(tallies.memory_usage(deep=True).sum()), tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(tallies) == len(days) * count
        return weight, peak - weight

    bytes_of(1)  # what is loaded once
    (few, beside_few), (many, beside_many) = bytes_of(15), bytes_of(45)
    counts = 30 * len(days)
    assert many - few < 45 * counts  # no name or hash stands there again for every count
    assert beside_many - beside_few < 10 * counts


def test_the_same_bytes_twice_are_one(register: Register) -> None:
    data = day_of(("Hội An", 41, 24333))
    once, twice = checked(data, register), checked([("a.csv", data), ("b.csv", data)], register)
    assert values(once) == values(twice)
    assert len(once["records"]) == len(twice["records"])
    assert twice["verdict"] == "accept"


def test_only_blanks_are_tallies_too(register: Register) -> None:
    answer = checked(day_of(("Hội An", "", "-"), ("Quế Sơn", "…", "không")), register)
    assert {(one["value"], one["qualifier"]) for one in answer["records"]} == {(None, "missing")}
    assert (len(answer["records"]), answer["verdict"]) == (4, "accept")


def test_a_file_in_which_nothing_stands_is_answered_too(register: Register) -> None:
    rows = [["Ngày 10/9/2023"], ["Đơn vị", "Lũy kế"], ["Thăng Bình", "65.144"], ["Thăng Bình", "65.441"]]
    answer = checked(text(rows).encode(), register)
    assert answer["records"] == []
    assert [(one["row"], one["reason"]) for one in answer["held"]] == [(3, "said_twice"), (4, "said_twice")]
