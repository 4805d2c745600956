"""``analysis forecast``: hubverse rows that hang together, or one clear line."""

import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from analysis.cli.forecast import forecast, read_series
from analysis.errors import InputError
from analysis.forecast import ensemble, forecast_series, history_from_table, simulate
from analysis.forecast.nowcast import with_doubt
from analysis.forecast.scores import HUB_LEVELS

ORIGIN = "2023-06-05"
COLUMNS = [
    "origin_date", "location", "target", "horizon",
    "target_end_date", "output_type", "output_type_id", "value",
]  # fmt: skip


@pytest.fixture(scope="module")
def rows(table):
    return forecast_series(table, [ORIGIN], (7, 14, 28), target_share=0.6, seed=1, draws=300)


def quantiles(rows):
    shares = rows[rows["output_type"] == "quantile"]
    return shares.assign(level=shares["output_type_id"].astype(float), horizon=shares["horizon"].astype(int))


def test_rows_are_those_of_the_contract(rows, table):
    assert list(rows.columns) == COLUMNS
    assert rows.notna().all().all()
    places = table["area"].nunique() + 1
    assert len(quantiles(rows)) == places * 3 * 23
    assert sorted(quantiles(rows)["level"].unique()) == pytest.approx(list(HUB_LEVELS))
    dates = rows[rows["output_type"] == "cdf"]
    assert len(dates) == places * 60
    assert (dates["horizon"] == "NA").all()
    assert dates["output_type_id"].min() == "2023-06-06"
    assert dates["output_type_id"].max() == "2023-08-04"


def test_quantiles_never_cross_and_stay_between_count_and_ceiling(rows, table):
    shares = quantiles(rows)
    wide = shares.pivot_table(index=["location", "horizon"], columns="level", values="value")
    assert (np.diff(wide.to_numpy(), axis=1) >= 0).all()
    later = shares.pivot_table(index=["location", "level"], columns="horizon", values="value")
    assert (np.diff(later.to_numpy(), axis=1) >= 0).all()
    now = table[table["date"] == ORIGIN].set_index("area")
    start = (now["cumulative"] / now["eligible"]).reindex(wide.index.get_level_values("location"))
    areas = start.notna().to_numpy()
    assert (wide.to_numpy()[areas] >= start.to_numpy()[areas, None] - 1e-9).all()
    assert wide.to_numpy().max() <= 1


def test_completion_probabilities_never_fall(rows):
    dates = rows[rows["output_type"] == "cdf"]
    for _, one in dates.groupby("location"):
        assert (one["value"].diff().dropna() >= 0).all()
        assert one["value"].between(0, 1).all()


def test_total_is_the_sum_of_the_areas_draw_by_draw(table, rows):
    history = with_doubt(history_from_table(table).until(pd.Timestamp(ORIGIN)))
    rng = np.random.default_rng([1, pd.Timestamp(ORIGIN).toordinal()])
    paths = simulate(history, ensemble, 60, 300, rng)
    assert (np.diff(paths.values, axis=1) >= 0).all()
    total = paths.values.sum(axis=2)[:, 27] / history.eligible.sum()
    said = quantiles(rows).query("location == 'total' and horizon == 28").sort_values("level")["value"]
    assert said.to_numpy() == pytest.approx(np.quantile(total, HUB_LEVELS))


def test_nothing_after_the_origin_is_used(table, rows):
    changed = table.copy()
    later = changed["date"] > ORIGIN
    changed.loc[later, "cumulative"] = changed.loc[later, "eligible"]
    changed.loc[later, "eligible"] *= 2
    again = forecast_series(changed, [ORIGIN], (7, 14, 28), target_share=0.6, seed=1, draws=300)
    pd.testing.assert_frame_equal(again, rows)


def test_an_origin_says_the_same_alone_and_in_company_and_rows_in_any_order(table, rows):
    shuffled = table.sample(frac=1, random_state=3)
    many = forecast_series(shuffled, ["2023-05-01", ORIGIN], (28, 7, 14), target_share=0.6, seed=1, draws=300)
    alone = many[many["origin_date"] == ORIGIN].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, rows)


def test_same_seed_same_bytes_and_codes_keep_their_zeros(table, tmp_path):
    table.to_csv(tmp_path / "series.csv", index=False)
    app = typer.Typer()
    app.command()(forecast)
    for name, seed in (("a", 4), ("b", 4), ("c", 5)):
        done = CliRunner().invoke(
            app,
            f"{tmp_path / 'series.csv'} --origins {ORIGIN} --target-share 0.6 --seed {seed} --draws 100 "
            f"--out {tmp_path / name}.csv",
        )
        assert done.exit_code == 0, done.output
    written = [(tmp_path / f"{name}.csv").read_bytes() for name in "abc"]
    assert written[0] == written[1] != written[2]
    assert pd.read_csv(tmp_path / "a.csv", dtype=str)["location"].iloc[0] == "00"


def test_target_of_each_area_may_be_a_column(table):
    aimed = table.assign(target=lambda one: 0.6 * one["eligible"])
    by_column = forecast_series(aimed, [ORIGIN], (7,), seed=1, draws=100)
    by_share = forecast_series(table, [ORIGIN], (7,), target_share=0.6, seed=1, draws=100)
    pd.testing.assert_frame_equal(by_column, by_share)
    partly = aimed.assign(target=aimed["target"].where(aimed["area"] == "03"))
    said = forecast_series(partly, [ORIGIN], (7,), seed=1, draws=100)
    assert set(said.loc[said["output_type"] == "cdf", "location"]) == {"03"}


def series(values, eligible=1000.0, start="2023-01-01", area="A"):
    dates = pd.date_range(start, periods=len(values))
    return pd.DataFrame({"area": area, "date": dates, "cumulative": values, "eligible": eligible})


def said(table, origin, **options):
    rows = forecast_series(table, [origin], (28,), draws=100, **options)
    shares = quantiles(rows[rows["location"] == "A"])["value"].to_numpy()
    dates = rows[(rows["location"] == "A") & (rows["output_type"] == "cdf")]["value"].to_numpy()
    assert rows["value"].notna().all()
    return shares, dates


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        (np.zeros(40), 0.0, 0.1),  # nothing ever happened
        (np.full(40, 300.0), 0.3, 0.35),  # it stopped long ago
        (np.full(40, 1000.0), 1.0, 1.0),  # everybody is counted
        (np.linspace(1100, 1200, 40), 1.2, 1.5),  # more than are said to be eligible
    ],
)
def test_flat_full_and_overfull_series_get_a_right_answer(values, low, high):
    shares, _ = said(series(values), "2023-02-09")
    assert low - 1e-9 <= shares.min()
    assert shares.max() <= high + 1e-9


def test_target_met_already_is_certain_and_an_impossible_one_never():
    grown = series(np.linspace(0, 500, 40))
    assert (said(grown, "2023-02-09", target_share=0.4)[1] == 1).all()
    assert (said(grown.assign(target=1500.0), "2023-02-09")[1] == 0).all()


def test_gaps_weekly_tallies_and_an_area_that_began_late():
    grown = series(np.linspace(0, 500, 71))
    shares, _ = said(grown.iloc[::7], "2023-03-12")
    daily, _ = said(grown, "2023-03-12")
    assert np.median(shares) == pytest.approx(np.median(daily), abs=0.03)
    late = pd.concat([grown, series([5.0], start="2023-03-12", area="B")])
    rows = forecast_series(late, ["2023-03-12"], (28,), draws=100)
    assert rows.loc[rows["location"] == "B", "value"].min() >= 5 / 1000 - 1e-12


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.iloc[:0], "no count at all"),
        (lambda t: t.drop(columns="cumulative"), "no column cumulative"),
        (lambda t: t.assign(cumulative=np.nan), "no count at all"),
        (lambda t: t.assign(eligible=np.nan), "area A: eligible is missing"),
        (lambda t: t.drop(columns="eligible"), "area A: eligible is missing"),
        (lambda t: t.assign(eligible=0), "area A: eligible is zero"),
        (lambda t: t.assign(cumulative=-t["cumulative"] - 1), "cumulative is '-1.0'"),
        (lambda t: t.assign(cumulative="many"), "area A, 2023-01-01.*'many'"),
        (lambda t: t.assign(date="soon"), "'soon' is no date"),
        (lambda t: t.assign(area="total"), "name of the sum"),
        (lambda t: t.assign(area="Total "), "name of the sum"),
        (lambda t: t.assign(area=None), "no area"),
        (lambda t: t.assign(area=" "), "name is blank"),
        (lambda t: t[t["date"] == "2023-02-09"], "area A: fewer than 8 days"),
        (lambda t: t.assign(cumulative=t["cumulative"].where(t.index == 0)), "area A: fewer than 8 days"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(change, words):
    with pytest.raises(InputError, match=words) as refusal:
        forecast_series(change(series(np.linspace(0, 500, 40))), ["2023-02-09"], draws=20)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"origins": ["2022-12-31"]}, "lies outside the data, 2023-01-01 to 2023-02-09"),
        ({"origins": ["2023-02-10"]}, "lies outside the data"),
        ({"origins": ["2023-02-31"]}, "no date"),
        ({"origins": ["NaT"]}, "no date"),
        ({"origins": []}, "no origin"),
        ({"horizons": [0]}, "whole days from 1"),
        ({"horizons": []}, "whole days from 1"),
        ({"target_share": 1.2}, "share above 0"),
    ],
)
def test_what_cannot_be_asked_is_refused(options, words):
    asked = {"origins": ["2023-02-09"]} | options
    with pytest.raises(InputError, match=words):
        forecast_series(series(np.linspace(0, 500, 40)), draws=20, **asked)


def test_a_file_that_is_no_table_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_series(tmp_path / "none.csv")
    (tmp_path / "empty.csv").write_bytes(b"")
    with pytest.raises(InputError, match="not a CSV file"):
        read_series(tmp_path / "empty.csv")


def test_a_name_with_a_comma_and_quotes_comes_back_as_it_was(tmp_path):
    name = 'Hội An, "phố cổ"'
    series(np.arange(40.0) * 5, area=name).to_csv(tmp_path / "in.csv", index=False)
    app = typer.Typer()
    app.command()(forecast)
    words = [str(tmp_path / "in.csv"), "--origins", "2023-02-09", "--out", str(tmp_path / "out.csv")]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert set(pd.read_csv(tmp_path / "out.csv")["location"]) == {name, "total"}


def test_blanks_about_a_code_and_zones_after_a_clock_make_no_second_area_or_day():
    grown = series(np.linspace(0, 500, 40)).assign(date=lambda t: t["date"].dt.strftime("%Y-%m-%d"))
    odd = np.arange(40) % 2 == 1
    sent = grown.assign(
        area=np.where(odd, "A ", "A"), date=np.where(odd, grown["date"] + "T23:30:00+07:00", grown["date"])
    )
    plain, mixed = (forecast_series(one, ["2023-02-09"], draws=20) for one in (grown, sent))
    pd.testing.assert_frame_equal(mixed, plain)
