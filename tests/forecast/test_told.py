"""What the command can be told: holidays, pushes, a deadline, late reports, the rhythm, joint samples."""

import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from analysis.cli.forecast import forecast
from analysis.errors import InputError
from analysis.forecast import (
    TOTAL,
    Deadline,
    Push,
    Told,
    ensemble,
    forecast_series,
    history_from_table,
    remarks,
    simulate,
)
from analysis.forecast.nowcast import history_from_vintages, read_vintages
from analysis.forecast.weekly import to_weeks
from tests.forecast.conftest import alone, of

ORIGIN = "2023-06-05"
KNOWN = np.array([0.55, 0.78, 0.88, 0.94, 0.97, 0.99, 1.0])
"""Part of a day known after so many days."""


def vintages(table, known=KNOWN):
    """Every version that was received when of each day's people so much is known after so many days."""
    wide = table.pivot(index="date", columns="area", values="cumulative")
    new = wide.diff().fillna(wide)
    eligible = table.groupby("area")["eligible"].first()
    frames = []
    for delay in range(len(known)):
        lacking = sum(
            (1 - known[min(age + delay, len(known) - 1)]) * new.shift(age, fill_value=0)
            for age in range(len(known))
        )
        long = (wide - lacking).round().stack().rename("cumulative").reset_index()
        frames.append(long.assign(received=long["date"] + pd.Timedelta(days=delay)))
    every = pd.concat(frames, ignore_index=True)
    return every.assign(eligible=every["area"].map(eligible))


def test_late_reports_are_completed_from_what_came_late_before(table):
    origin = pd.Timestamp(ORIGIN)
    history = history_from_vintages(read_vintages(vintages(table)), origin)
    truth = table[table["date"] == origin].set_index("area")["cumulative"].reindex(history.areas)
    reported = history.cumulative[-1] - history.coming.people
    lacking = truth.sum() - reported.sum()
    assert lacking > 0
    assert history.coming.people.sum() == pytest.approx(lacking, rel=0.1)
    paths = simulate(history, ensemble, 7, 300, np.random.default_rng(1))
    assert alone(paths, TOTAL).start[0] == pytest.approx(reported.sum())  # the headline stays what is counted
    assert np.median(of(paths, TOTAL)[:, 0]) > truth.sum() - 0.2 * lacking
    assert (paths.course >= paths.start).all()
    assert (np.diff(paths.course, axis=1) >= 0).all()


def test_a_drive_on_time_is_not_touched_and_one_of_which_nothing_is_told_may_be_late(table):
    history = history_from_vintages(read_vintages(vintages(table, np.ones(1))), pd.Timestamp(ORIGIN))
    assert history.coming is None
    asked = {"target_share": 0.6, "seed": 1, "draws": 1000}
    untold = forecast_series(table, [ORIGIN], (7, 28), **asked)
    on_time = forecast_series(vintages(table, np.ones(1)), [ORIGIN], (7, 28), told=Told(late=True), **asked)
    wide, plain = (
        one[(one["horizon"] == "7") & (one["location"] == TOTAL)].set_index("output_type_id")["value"]
        for one in (untold, on_time)
    )
    assert (wide >= plain).all()  # what is late can only be more
    assert wide["0.95"] - wide["0.05"] > 1.01 * (plain["0.95"] - plain["0.05"])
    assert wide["0.5"] - plain["0.5"] < 0.1 * (plain["0.95"] - plain["0.05"])


def test_versions_received_after_the_origin_are_not_used(table):
    every = vintages(table)
    later = every["received"] > ORIGIN
    lied = every.assign(cumulative=every["cumulative"].where(~later, every["eligible"]))
    asked = {"target_share": 0.6, "draws": 50, "told": Told(late=True)}
    one, other = (forecast_series(table, [ORIGIN], (7,), **asked) for table in (every, lied))
    pd.testing.assert_frame_equal(one, other)


def test_the_size_of_a_holiday_is_learnt_from_this_drives_holidays(table):
    sundays = [day for day in table["date"].unique() if day.day_of_week == 0][3:9]
    counts = table.pivot(index="date", columns="area", values="cumulative")
    new = counts.diff()
    new.loc[sundays] *= 0.05  # hardly anybody on these days
    quiet = (counts.iloc[0] + new.fillna(0).cumsum()).stack().rename("cumulative").reset_index()
    quiet["eligible"] = quiet["area"].map(table.groupby("area")["eligible"].first())
    told, none = (to_weeks(history_from_table(quiet, holidays=days)) for days in (sundays, []))
    assert none.holiday_share == 0.5
    assert told.holiday_share < 0.25


@pytest.mark.parametrize(
    ("rhythm", "often"), [("month", "ME"), ("month", "MS"), ("week", "9D"), ("week", "W")]
)
def test_tallies_that_have_no_days_between_them_are_all_counts(rhythm, often):
    dates = pd.date_range("2023-01-01", "2023-12-31", freq=often)
    if often == "W":  # two of them came on another day
        dates = dates.delete([5, -1]).union(
            [dates[5] + pd.Timedelta(days=1), dates[-1] - pd.Timedelta(days=1)]
        )
    counts = {area: 1000.0 * np.arange(1, len(dates) + 1) for area in ("01", "02")}
    table = pd.DataFrame(counts, index=dates).rename_axis("date").reset_index()
    table = table.melt("date", var_name="area", value_name="cumulative").assign(eligible=100_000)
    asked = ([dates[-1]], (28,))
    told = forecast_series(table, *asked, draws=50, told=Told(rhythm=rhythm))
    pd.testing.assert_frame_equal(told, forecast_series(table, *asked, draws=50))


@pytest.mark.parametrize("days", [5, 6])
def test_a_long_holiday_is_no_quicker_than_the_few_ordinary_days_of_its_week(days):
    dates, people, counts = pd.date_range("2023-01-02", periods=57), 100_000, [1000.0]
    holiday = dates[22 : 22 + days]
    for day in dates[1:]:
        counts.append(counts[-1] + 0.004 * (people - counts[-1]) * (0.5 if day in holiday else 1))
    table = pd.DataFrame({"area": "01", "date": dates, "cumulative": np.round(counts), "eligible": people})
    assert to_weeks(history_from_table(table, holidays=holiday)).holiday_share == pytest.approx(0.5, abs=0.02)


def test_joint_samples_add_up_and_have_the_quantiles_of_their_rows(table):
    rows = forecast_series(table, [ORIGIN], (28,), seed=1, draws=200, told=Told(samples=200))
    with pytest.raises(InputError, match="there are only 1000 draws"):  # as many as there are unless told
        forecast_series(table, [ORIGIN], (28,), told=Told(samples=1001))
    drawn = rows[rows["output_type"] == "sample"]
    wide = drawn.pivot(index="output_type_id", columns="location", values="value")
    eligible = table.groupby("area")["eligible"].first()
    total = (wide[eligible.index] * eligible).sum(axis=1) / eligible.sum()
    np.testing.assert_allclose(total, wide[TOTAL], atol=1e-9)
    said = rows[(rows["output_type"] == "quantile") & (rows["location"] == "03")]
    levels = said["output_type_id"].astype(float)
    np.testing.assert_allclose(np.quantile(wide["03"], levels), said["value"], atol=1e-9)


def test_days_filled_between_weekly_tallies_are_no_counts_where_the_rhythm_says_so(table):
    weekly = table[table["date"].dt.day_of_week == 0]
    filled = (
        weekly.pivot(index="date", columns="area", values="cumulative")
        .resample("D")
        .interpolate()
        .stack()
        .rename("cumulative")
        .reset_index()
    )
    filled["eligible"] = filled["area"].map(table.groupby("area")["eligible"].first())
    asked = {"target_share": 0.6, "draws": 50}
    as_sent = forecast_series(weekly, [ORIGIN], (28,), **asked)
    told = forecast_series(filled, [ORIGIN], (28,), told=Told(rhythm="week"), **asked)
    pd.testing.assert_frame_equal(told, as_sent)


def test_each_area_to_be_read_with_care_is_named_once(table):
    odd = table[table["date"] <= ORIGIN].copy()
    newest = odd["date"] == ORIGIN
    odd.loc[newest & (odd["area"] == "01"), "cumulative"] *= 1.6
    odd.loc[odd["area"] == "02", "eligible"] = 10
    odd.loc[odd["area"] == "03", "eligible"] = np.nan
    odd = odd[~((odd["area"] == "04") & (odd["date"] > "2023-05-20"))]
    spike = (odd["area"] == "05") & (odd["date"] == "2023-05-10")
    odd.loc[spike, "cumulative"] *= 1.5
    lines = remarks(odd, [ORIGIN])
    expected = {
        "01": "jumped",
        "02": "exceed",
        "03": "left out",
        "04": "silent since 2023-05-20",
        "05": "left out",
    }
    assert len(lines) == len(expected)
    for area, words in expected.items():
        (line,) = [line for line in lines if line.startswith(f"area {area}:")]
        assert words in line
        assert "\n" not in line


def test_the_command_takes_them_all_and_says_what_must_be_read_with_care(table, tmp_path):
    table.to_csv(tmp_path / "series.csv", index=False)
    (tmp_path / "pushes.csv").write_text("area,first_day,last_day\n03,2023-05-07,2023-05-07\n")
    app = typer.Typer()
    app.command()(forecast)
    done = CliRunner().invoke(
        app,
        f"{tmp_path / 'series.csv'} --origins {ORIGIN} --target-share 0.6 --draws 60 "
        f"--out {tmp_path / 'o.csv'} "
        f"--holidays 2023-05-01,2023-05-08..2023-05-09 --pushes {tmp_path / 'pushes.csv'} "
        "--deadline 2023-07-01,yes --samples 20",
    )
    assert done.exit_code == 0, done.output
    said = pd.read_csv(tmp_path / "o.csv", dtype=str)
    assert set(said["output_type"]) == {"quantile", "cdf", "sample"}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (Told(pushes=(Push("99", pd.Timestamp("2023-05-01"), pd.Timestamp("2023-05-01")),)), "no such area"),
        (
            Told(pushes=(Push("03", pd.Timestamp("2022-05-01"), pd.Timestamp("2022-05-01")),)),
            "push in area 03 on 2022-05-01: outside the series",
        ),
        (Told(holidays=(pd.Timestamp("2022-05-01"),)), "holiday 2022-05-01: outside the series"),
        (Told(holidays=(pd.Timestamp("2024-05-01"),)), "holiday 2024-05-01: outside the series"),
        (Told(deadline=Deadline(pd.Timestamp("2023-07-01"))), "deadline 2023-07-01: area 00 has no target"),
        (Told(rhythm="year"), "day, week, month are meant"),
        (Told(samples=21), "samples 21: there are only 20 draws"),
        (Told(late=True), "no column received"),
    ],
)
def test_what_cannot_be_told_is_refused_in_one_line(table, told, words):
    with pytest.raises(InputError, match=words) as refusal:
        forecast_series(table, [ORIGIN], (7,), draws=20, told=told)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("day", ["05/06/2023", "June 5 2023", "2023-06", "2023", "today", ""])
def test_a_day_that_two_people_may_read_otherwise_is_no_day(table, day):
    with pytest.raises(InputError, match=f"origin '{day}' is no date; write it as 2021-06-14"):
        forecast_series(table, [day], (7,), draws=20)
    with pytest.raises(InputError, match="is no date"):
        forecast_series(table.assign(date=day), [ORIGIN], (7,), draws=20)


def test_a_day_is_the_one_that_is_written_in_whatever_zone(table):
    asked, every = {"draws": 20, "told": Told(late=True)}, vintages(table)
    plain = forecast_series(every, [ORIGIN], (7,), **asked)
    zones = np.where(every["area"] == "03", "T23:30+07:00", " 01:00:00Z")
    zoned = every.assign(received=every["received"].dt.strftime("%Y-%m-%d") + pd.Series(zones, every.index))
    same = forecast_series(zoned, [f"{ORIGIN}T23:59+07:00"], (7,), **asked)
    pd.testing.assert_frame_equal(same, plain)


def test_vintages_that_go_backwards_and_a_deadline_of_no_kind_are_refused(table):
    every = vintages(table).assign(received=table["date"].min() - pd.Timedelta(days=1))
    with pytest.raises(InputError, match="received on 2023-03-05, before the day it counts"):
        forecast_series(every, [ORIGIN], (7,), draws=20, told=Told(late=True))
    with pytest.raises(InputError, match="binding is 'maybe'"):
        Deadline(pd.Timestamp(ORIGIN), "maybe")


@pytest.mark.parametrize(("count", "words"), [("x", "cumulative is 'x'"), (-5, "cumulative is '-5'")])
def test_a_version_that_is_no_count_is_refused_also_where_a_later_one_replaced_it(table, count, words):
    every = vintages(table)
    every["cumulative"] = every["cumulative"].astype(int).astype(object)
    every.loc[100, "cumulative"] = count
    with pytest.raises(InputError, match=f"area 04, 2023-03-14.*{words}"):
        forecast_series(every, [ORIGIN], (7,), draws=20, told=Told(late=True))


def test_versions_that_take_people_back_name_the_area_and_a_moved_target_its_day_of_receipt(table):
    every = vintages(table)
    back = every[(every["area"] == "02") & every["date"].between("2023-05-20", "2023-05-27")]
    back = back.drop_duplicates("date").assign(received="2023-06-05")
    back["cumulative"] //= 2
    every["target"] = every["eligible"].where(every["received"] < "2023-05-08", 0.9 * every["eligible"])
    later = every["received"] > ORIGIN
    every["eligible"] = every["eligible"].where(~later, 2 * every["eligible"])
    lines = remarks(pd.concat([every, back]), [ORIGIN], told=Told(late=True))
    assert sum("days count fewer people" in line for line in lines) == 1
    assert any(line.startswith("area 02: 8 days count fewer people than was received") for line in lines)
    assert sum("its target went from" in line and "on 2023-05-08" in line for line in lines) == 12
    assert not any("its eligible went from" in line for line in lines)


def test_a_push_may_be_in_an_area_first_heard_of_after_an_origin_and_one_that_goes_on_is_said(table):
    every = vintages(table)
    heard = every[(every["area"] != "03") | (every["received"] >= "2023-05-20")]
    push = Push("03", pd.Timestamp("2023-05-25"), pd.Timestamp("2023-06-09"))
    told = Told(late=True, pushes=(push,))
    said = forecast_series(heard, ["2023-05-01", ORIGIN], (7,), draws=20, told=told)
    assert "03" in set(said["location"])
    assert (
        "push in area 03: goes on until 2023-06-09, after 2023-06-05"
        in remarks(heard, [ORIGIN], told=told)[0]
    )


@pytest.mark.parametrize(
    ("row", "words"),
    [("03,,2023-05-07", "push in area 03: day '' is no date"), (",2023-05-07,2023-05-07", "no such area")],
)
def test_a_push_without_a_day_or_an_area_is_refused_in_one_line(table, tmp_path, row, words):
    table.to_csv(tmp_path / "series.csv", index=False)
    (tmp_path / "pushes.csv").write_text(f"area,first_day,last_day\n{row}\n")
    app = typer.Typer()
    app.command()(forecast)
    done = CliRunner().invoke(
        app,
        f"{tmp_path / 'series.csv'} --origins {ORIGIN} --draws 20 --out {tmp_path / 'o.csv'} "
        f"--pushes {tmp_path / 'pushes.csv'}",
    )
    assert isinstance(done.exception, InputError)
    assert words in str(done.exception)


def test_two_versions_received_at_one_time_are_refused(table):
    every = vintages(table)
    twice = pd.concat([every, every.iloc[[700]].assign(cumulative=lambda one: one["cumulative"] + 5)])
    with pytest.raises(InputError, match=r"area \d\d, 2023-\d\d-\d\d: two different counts were received"):
        forecast_series(twice, [ORIGIN], (7,), draws=20, told=Told(late=True))


def test_of_a_day_given_twice_the_later_row_counts_and_the_area_is_named(table):
    wrong = (
        table.loc[table["area"] == "04"].iloc[[40, 41]].assign(cumulative=lambda one: one["cumulative"] + 5)
    )
    twice = pd.concat([wrong, table, table.iloc[[900]]])
    asked = {"seed": 1, "draws": 20, "target_share": 0.5}
    pd.testing.assert_frame_equal(
        forecast_series(twice, [ORIGIN], (7,), **asked), forecast_series(table, [ORIGIN], (7,), **asked)
    )
    first = wrong["date"].min().date()
    line = f"area 04: 2 days have more than one count, {first} first; the later row is taken"
    assert line in remarks(twice, [ORIGIN], target_share=0.5)


def test_eligible_and_targets_that_moved_are_those_of_the_day_and_are_said(table):
    change = pd.Timestamp("2023-05-08")
    now = 1.5 * table["eligible"]
    moved = table.assign(
        eligible=table["eligible"].where(table["date"] < change, now),
        target=(0.5 * table["eligible"]).where(table["date"] < change, 0.6 * now),
    )
    asked = {"seed": 1, "draws": 60}
    said = forecast_series(moved, ["2023-05-01", ORIGIN], (7, 28), **asked)
    for origin, eligible, target in (
        ("2023-05-01", table["eligible"], 0.5 * table["eligible"]),
        (ORIGIN, now, 0.6 * now),
    ):
        plain = forecast_series(table.assign(eligible=eligible, target=target), [origin], (7, 28), **asked)
        mine = said[said["origin_date"] == f"{pd.Timestamp(origin):%Y-%m-%d}"].reset_index(drop=True)
        pd.testing.assert_frame_equal(mine, plain)
    lines = remarks(moved, [ORIGIN])
    assert sum("its eligible went from" in line and "on 2023-05-08" in line for line in lines) == 12
    assert sum("its target went from" in line for line in lines) == 12
    assert not remarks(moved, ["2023-05-01"])


def test_a_deadline_that_has_passed_is_said_to_change_nothing(table):
    over = Told(deadline=Deadline(pd.Timestamp("2023-04-01"), "yes"))
    asked = {"target_share": 0.6, "seed": 1, "draws": 60}
    plain, told = (forecast_series(table, [ORIGIN], (28,), told=one, **asked) for one in (Told(), over))
    pd.testing.assert_frame_equal(plain, told)
    assert remarks(table, [ORIGIN], target_share=0.6, told=over)[0].startswith(
        "deadline 2023-04-01: not after"
    )
