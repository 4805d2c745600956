"""The command: its fields, its nulls, its faults."""

import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from analysis.cli import app
from analysis.compare import ESTIMATORS
from analysis.errors import InputError
from tests.compare.panels import long_table, noisy

FIELDS = [
    "estimator", "estimand", "estimate", "se", "interval", "level", "p_value", "p_method", "p_min",
    "n_treated", "n_control", "details",
]  # fmt: skip


def ask(tmp_path, table, *words):
    path = tmp_path / "panel.csv"
    table.to_csv(path, index=False)
    result = CliRunner().invoke(app, ["compare", str(path), "--outcome", "y", "--json", *words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return json.loads(result.stdout, parse_constant=lambda name: pytest.fail(f"{name} in the answer"))


def numbers(value):
    if isinstance(value, dict):
        return [x for item in value.values() for x in numbers(item)]
    if isinstance(value, list):
        return [x for item in value for x in numbers(item)]
    return [value] if isinstance(value, float) else []


def counts(rng, n=18, treated=3):
    exposure = rng.uniform(500, 5000, size=(n, 30))
    return long_table(
        rng.poisson(exposure * 0.02), ["2023-09-10" if i < treated else None for i in range(n)],
        exposure=exposure, first_day="2023-08-20",
    )  # fmt: skip


def test_every_estimator_answers_in_the_fields_of_the_contract(tmp_path):
    effects = ask(tmp_path, counts(np.random.default_rng(1)), "--exposure", "e", "--window", "0,6")
    assert [effect["estimator"] for effect in effects] == list(ESTIMATORS)
    for effect in effects:
        assert list(effect) == FIELDS
        assert effect["estimate"] is not None
        assert effect["n_treated"] == 3
        assert effect["n_control"] == 15


def test_same_seed_same_numbers_whatever_else_is_asked(tmp_path):
    table = noisy(np.random.default_rng(2), n=30, treated=6)
    first = ask(tmp_path, table, "--estimators", "wcb,sdid", "--seed", "7")
    second = ask(tmp_path, table, "--estimators", "sdid", "--seed", "7")
    assert first[1] == second[0]
    other = ask(tmp_path, table, "--estimators", "sdid", "--seed", "8")
    assert other[0]["se"] != second[0]["se"]


def bad_tables():
    rng = np.random.default_rng(3)
    good = noisy(rng)
    yield "no area is treated", good.assign(treated_from=None)
    yield "every area is treated", good.assign(treated_from=20)
    yield "before the first day", good.assign(treated_from=good["treated_from"].replace(20, -5))
    yield "no day before", good[good["time"] >= 20]
    yield "is there twice", pd.concat([good, good.head(1)])
    yield "treated_from differs", good.assign(treated_from=good["treated_from"].where(good["time"] > 3))
    yield "column 'y' is not in the table", good.rename(columns={"y": "z"})
    yield "finite number", good.assign(y=good["y"].astype(object).where(good["time"] != 4, "many"))
    yield "time is empty", good.assign(time=good["time"].where(good["time"] != 4))
    yield "no rows", good.head(0)


@pytest.mark.parametrize(
    ("words", "table"), list(bad_tables()), ids=lambda x: x if isinstance(x, str) else ""
)
def test_what_cannot_be_answered_is_one_clear_line(tmp_path, words, table):
    with pytest.raises(InputError, match=words) as fault:
        ask(tmp_path, table)
    assert "\n" not in str(fault.value)


def hard_tables():
    rng = np.random.default_rng(4)
    short = {"days": 13, "start": 7}
    yield "constant outcome", long_table(np.full((18, 13), 5.0), [7 if i < 3 else None for i in range(18)])
    yield "one treated", noisy(rng, treated=1, **short)
    yield "one period before", noisy(rng, days=13, start=1)
    yield (
        "a control copies next day",
        noisy(rng, **short).assign(treated_from=lambda t: t["treated_from"].where(t["area"] != "A09", 8)),
    )
    yield "holes", noisy(rng, **short).drop([3, 50, 150])
    yield "a missing day", noisy(rng, **short).query("time != 4")
    yield "two areas", noisy(rng, n=2, treated=1, **short)
    yield "all but one treated", noisy(rng, n=6, treated=5, days=9, start=5)


@pytest.mark.parametrize(
    ("name", "table"), list(hard_tables()), ids=lambda x: x if isinstance(x, str) else ""
)
def test_hard_tables_give_numbers_or_say_why_not(tmp_path, name, table):
    for effect in ask(tmp_path, table.assign(y=np.exp(table["y"] / 3)), "--window", "0,4"):
        if effect["estimate"] is None:
            assert effect["details"]["not_applicable"]
        assert np.isfinite(numbers(effect)).all()
        if effect["p_value"] is not None:
            assert (effect["p_min"] or 0) <= effect["p_value"] + 1e-12 <= 1 + 1e-9


def test_one_treated_area_says_its_floor(tmp_path):
    (effect,) = ask(tmp_path, noisy(np.random.default_rng(5), treated=1, effect=50.0), "--estimators", "ri")
    assert effect["p_value"] == effect["p_min"] == pytest.approx(1 / 18)
    assert effect["interval"] is None


def test_nothing_changes_where_nothing_varies(tmp_path):
    flat = long_table(np.full((18, 30), 5.0), [20 if i < 3 else None for i in range(18)])
    for effect in ask(tmp_path, flat, "--estimators", "headline,did,ri,wcb,collapsed,sc,sdid"):
        assert effect["estimate"] == pytest.approx(0, abs=1e-12)
        assert effect["p_value"] == 1


def test_zeros_and_people_exhausted(tmp_path):
    table = counts(np.random.default_rng(6))
    table.loc[table["area"].isin(["A01", "A09"]), "y"] = 0
    table.loc[(table["area"] == "A11") & (table["time"] >= "2023-09-08"), ["y", "e"]] = 0
    words = ("--exposure", "e", "--window", "0,6", "--estimators", "headline,ppml")
    top, poisson = ask(tmp_path, table, *words)
    assert top["details"]["halves_added_for_zeros"]
    assert top["details"]["left_out"] == ["A11"]
    assert np.isfinite([top["estimate"], poisson["estimate"]]).all()


def test_an_estimator_asked_for_by_name_must_suit(tmp_path):
    table = noisy(np.random.default_rng(7))
    table.loc[table["area"] == "A01", "treated_from"] = 22
    with pytest.raises(InputError, match="one treatment time"):
        ask(tmp_path, table, "--estimators", "collapsed")
    with pytest.raises(InputError, match="unknown"):
        ask(tmp_path, table, "--estimators", "magic")
    with pytest.raises(InputError, match="window"):
        ask(tmp_path, table, "--window", "6,0")
