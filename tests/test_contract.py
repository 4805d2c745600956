"""Every artifact is declared once; page, steps, gate and reader say the same."""

import ast
import errno
import os

import numpy as np
import pandas as pd
import pytest

from analysis import contract
from analysis.artifacts import read_table, write_table
from analysis.contract.__main__ import page
from analysis.errors import AnalysisError
from analysis.run.gate import last_words
from analysis.run.steps import STEPS

ALL = tuple(contract.artifacts())
TABLES = [name for name in ALL if not name.endswith(".json")]
GOOD = {"text": "040", "number": 1.5, "whole": 7, "yes/no": True, "day": "2023-09-10"}


def a_row(name: str) -> pd.DataFrame:
    """One row of the declared types, as the step that makes it would have it."""
    stored = {"day": pd.Timestamp("2023-09-10"), "instant": pd.Timestamp("2023-09-10", tz="UTC")}
    good = GOOD | (stored if name.endswith(".parquet") else {})
    fields = contract.artifacts()[name].columns
    table = pd.DataFrame({one.name: [one.among[0] if one.among else good[one.type]] for one in fields})
    times = table.select_dtypes(["datetime", "datetimetz"]).columns
    table[times] = table[times].apply(lambda column: column.dt.as_unit("us"))
    return table.astype({one.name: "Int64" for one in fields if one.type == "whole" and one.empty})


def test_the_page_is_what_the_contract_says(project):
    """If this fails: python -m analysis.contract > docs/data-dictionary.md."""
    assert (project / "docs" / "data-dictionary.md").read_text(encoding="utf-8") == page()


def test_every_step_leaves_what_is_declared_and_nothing_else_in_its_notebook(project):
    assert [step.notebook for step in STEPS] == [part.step for part in contract.parts()]
    for part in contract.parts():
        text = (project / "notebooks" / f"{part.step}.ipynb").read_text(encoding="utf-8")
        assert all(one.name in text for one in part.artifacts), part.step


@pytest.mark.parametrize("name", TABLES)
def test_what_is_as_declared_passes_and_is_read_back_the_same(tmp_path, name):
    table = contract.check(name, a_row(name))
    write_table(table, tmp_path / name)
    back = read_table(tmp_path / name)
    contract.check(name, back)
    pd.testing.assert_frame_equal(back, table, check_dtype=False)
    write_table(table.iloc[:0], tmp_path / name)
    contract.check(name, read_table(tmp_path / name))


@pytest.mark.parametrize("name", [one for one in TABLES if one.endswith(".csv")])
def test_a_large_table_is_read_as_a_small_one(tmp_path, name, monkeypatch):
    full, path = a_row(name), tmp_path / name
    may = [one.name for one in contract.artifacts()[name].columns if one.empty]
    empty, numbers = full.astype(dict.fromkeys(may, object)), full.select_dtypes("number").columns
    empty[may] = None
    odd = full.assign(**{one: full[one] * (1 if full[one].dtype != float else 1e-7 / 3) for one in numbers})
    write_table(pd.concat([full, odd, empty.astype(full.dtypes.to_dict(), errors="ignore")]), path)
    small = read_table(path)
    monkeypatch.setattr("analysis.artifacts.LARGE", 0)
    pd.testing.assert_frame_equal(read_table(path), small, check_exact=True)
    path.write_text(path.read_text(encoding="utf-8").partition(",")[2], encoding="utf-8")
    with pytest.raises(AnalysisError, match=r"columns|not as declared"):
        contract.check(name, read_table(path))


@pytest.mark.parametrize("large", [False, True])
def test_a_text_that_other_programs_take_for_missing_is_that_text(tmp_path, monkeypatch, large):
    if large:
        monkeypatch.setattr("analysis.artifacts.LARGE", 0)
    codes = ["NA", "None", "nan", "NULL", "null", "n/a", "<NA>", "#N/A"]
    table = pd.concat([a_row("completion.csv").assign(location=code) for code in codes])
    write_table(table, tmp_path / "completion.csv")
    back = contract.check("completion.csv", read_table(tmp_path / "completion.csv"))
    assert back["location"].to_list() == codes


def test_a_large_table_that_is_declared_nowhere_is_read_too(tmp_path, monkeypatch):
    monkeypatch.setattr("analysis.artifacts.LARGE", 0)
    table = pd.DataFrame({"area": ["one", "other"], "count": [1, 2]})
    write_table(table, tmp_path / "own.csv")
    pd.testing.assert_frame_equal(read_table(tmp_path / "own.csv"), table)


@pytest.mark.parametrize("name", TABLES)
def test_the_gate_tells_a_text_that_no_row_has_from_another_type(tmp_path, name):
    path, table = tmp_path / name, a_row(name)
    may = [one.name for one in contract.artifacts()[name].columns if one.type == "text" and one.empty]
    write_table(table.assign(**dict.fromkeys(may, pd.array([None], dtype="str"))), path)
    assert f'"{name}": 1' in last_words("run", {}, [str(path)])
    if name.endswith(".parquet"):
        text = next(one.name for one in contract.artifacts()[name].columns if one.type == "text")
        write_table(table.assign(**{text: 1.5}), path)
        with pytest.raises(AnalysisError, match=f"{name} is not as declared"):
            last_words("run", {}, [str(path)])


@pytest.mark.parametrize(
    ("name", "column"), [(name, one) for name in TABLES for one in contract.artifacts()[name].columns],
    ids=lambda part: getattr(part, "name", part),
)  # fmt: skip
def test_a_column_that_is_not_as_declared_is_named(name, column):
    table = a_row(name)
    wrong = {"text": 1.5, "yes/no": "perhaps"}.get(column.type, "later")
    with pytest.raises(AnalysisError, match=rf"^{name} is not as declared") as caught:
        contract.check(name, table.assign(**{column.name: wrong}))
    assert "\n" not in str(caught.value)
    with pytest.raises(AnalysisError, match=rf"^{name} has the columns"):
        contract.check(name, table.drop(columns=column.name))
    if not column.empty and column.type != "yes/no":
        gone = pd.concat([table, table], ignore_index=True).astype({column.name: object})
        gone.loc[1, column.name] = None
        with pytest.raises(AnalysisError, match=rf"^{name} is not as declared"):
            contract.check(name, gone)


def test_two_rows_of_one_key_are_refused():
    twice = pd.concat([a_row("fan.csv")] * 2, ignore_index=True)
    with pytest.raises(AnalysisError, match=r"fan.csv is not as declared"):
        contract.check("fan.csv", twice)


@pytest.mark.parametrize(
    "found",
    [[], {}, {"finding": 1}, {"finding": None, "more": 1}, {"finding": ["raised"], "vi": "x", "en": "x"}],
)
def test_an_object_of_another_shape_is_refused_in_one_line(found):
    with pytest.raises(AnalysisError, match=r"^verdict.json"):
        contract.check_object("verdict.json", found)


def test_no_list_of_an_artifacts_columns_is_written_a_second_time(project):
    """A literal with all columns of an artifact is a second home of the fact."""
    lists = {name: contract.columns(name) for name in TABLES}
    again = []
    for path in (project / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.List | ast.Tuple):
                said = [getattr(one, "value", None) for one in node.elts]
                again += [f"{path.name}: {name}" for name, known in lists.items() if said == known]
    assert not again


@pytest.mark.parametrize("text", ["plain", "a, b", 'a "b"'])
def test_a_large_table_is_written_as_a_small_one(tmp_path, text) -> None:
    draw = np.random.default_rng(1)
    size = 10.0 ** draw.integers(-20, 20, 12_000)
    table = pd.DataFrame(
        {
            "text": draw.choice(["Tam Kỳ", "", text], len(size)),
            "day": pd.Timestamp("2023-09-10") + pd.to_timedelta(draw.integers(0, 9, len(size)), "D"),
            "odd": draw.normal(size=len(size)) * size,
            "whole": draw.choice([0.0, -0.0, 7.0, np.nan, np.inf, 1e10, 0.0001], len(size)),
            "short": draw.normal(size=len(size)).round(2),
        }
    ).astype({"text": "str"})
    write_table(table, tmp_path / "large.csv")
    by_pandas = table.to_csv(index=False, lineterminator="\n")
    assert (tmp_path / "large.csv").read_text(encoding="utf-8") == by_pandas


def test_texts_that_are_held_once_are_the_same_texts(tmp_path):
    path, texts = tmp_path / "tallies.parquet", pd.Series(["b", None, "a", "b"], dtype="str")
    write_table(pd.DataFrame({"area_code": texts, "sheet": texts.where(texts == "z"), "row": 1}), path)
    held = read_table(path, held_once=True)
    assert sorted(held["area_code"].cat.categories) == ["a", "b"]
    pd.testing.assert_frame_equal(held.astype({"area_code": "str", "sheet": "str"}), read_table(path))


def test_a_full_disk_is_told_with_the_file_that_could_not_be_written(tmp_path, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"No space left on device: '.*received\.csv'"):
        write_table(pd.DataFrame({"name": ["a"]}), tmp_path / "received.csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("large", [False, True])
def test_a_day_that_hubs_write_as_na_is_no_day(tmp_path, monkeypatch, large):
    if large:
        monkeypatch.setattr("analysis.artifacts.LARGE", 0)
    table = a_row("forecasts.csv").assign(target_end_date="NA", location="NA")
    write_table(table, tmp_path / "forecasts.csv")
    back = contract.check("forecasts.csv", read_table(tmp_path / "forecasts.csv"))
    assert back["target_end_date"].isna().all()
    assert back["location"].to_list() == ["NA"] * len(table)
