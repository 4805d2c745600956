"""Hiding small counts in public forms, so that no hidden count can be had by one subtraction.

A count from 1 to one less than the threshold is hidden. Where exactly one count of a column with a visible
sum is hidden, the next smallest is hidden with it; where the sum itself is that small, the whole column is.
What is computed from a hidden count is hidden too. Tables of single rows (held
cells, findings, corrections) are left out of public forms: they quote counts as somebody typed them; so is
each area's own gain, which can give its count away.

It protects within one report. Two reports of different weeks still differ by a week's count, so a campaign
that publishes weekly and has areas this small should publish groups of areas.
"""

import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files

import pandas as pd

from analysis.campaign import Text
from analysis.report.numbers import Numbers
from analysis.report.table import Cell, Table
from analysis.report.words.phrases import phrase

TELLS = tomllib.loads(files("analysis.report").joinpath("suppress.toml").read_text(encoding="utf-8"))
"""What gives counts away: in the areas' table, in other tables, among headline numbers, on an area's page."""
_COUNTS: Mapping[str, Sequence[str]] = TELLS["areas"]


def suppress(
    tables: Mapping[str, Table], threshold: int, hidden: Mapping[str, Collection[str]] | None = None
) -> dict[str, Table]:
    """Return the tables as a public form may show them; ``hidden`` as `hidden_names` gives it."""
    areas = tables["areas"]
    cells = hidden_cells(areas, threshold)
    by_area = hidden_names([areas], threshold) if hidden is None else hidden
    made = {
        key: replace(table, rows=()) if key in TELLS["row_level"] else table for key, table in tables.items()
    }
    made["areas"] = _hide(areas, cells)
    for key, columns in TELLS["elsewhere"].items():
        names = [str(name) for name in tables[key].column("area")]
        found: dict[str, set[int]] = {}
        for column, others in columns.items():
            rows = {row for row, name in enumerate(names) if name in by_area.get(column, ())}
            for given in others:
                found[given] = found.get(given, set()) | rows
        made[key] = _hide(tables[key], found)
    return made


def hidden_names(tables: Iterable[Table], threshold: int) -> dict[str, set[str]]:
    """Return by column the names of the areas whose cell is hidden, on every level.

    The areas' table comes first, then a table for each parent from the top down, whose last row is its own.
    Where that is hidden already, its areas are too: they add up to it.
    """
    made: dict[str, set[str]] = {}
    for table in tables:
        names = [str(name) for name in table.column("area")]
        above = "" if table.strong is None else names[table.strong]
        for column, rows in hidden_cells(table, threshold).items():
            known = made.setdefault(column, set())
            known |= set(names) if above in known else {names[row] for row in rows}
    return made


def suppress_numbers(numbers: Numbers, panel: pd.DataFrame, threshold: int) -> Numbers:
    """Return the headline numbers as a public form may show them: small totals, and what tells them, gone."""
    hidden = {
        other
        for key, others in TELLS["headline"].items()
        if key in numbers and _small(numbers.amount(key), threshold)
        for other in (key, *others)
    }
    if small_groups(panel, threshold):
        hidden |= {"push_rate_mobilised", "push_rate_others"}
    return Numbers.of(
        *(number.without_value() if key in hidden else number for key, number in numbers.items())
    )


def small_groups(panel: pd.DataFrame, threshold: int) -> bool:
    """Whether a day's count of the mobilised areas, or of the others, is small: a picture would tell it."""
    known = panel.dropna(subset=["new"])
    sums = known.groupby(["date", known["treated_from"].notna()])["new"].sum().abs()
    return bool(((sums > 0) & (sums < threshold)).any())


def hidden_cells(table: Table, threshold: int) -> dict[str, set[int]]:
    """Return by column the rows to hide: small counts, a second beside a lone one, what they imply."""
    rows = [row for row in range(len(table.rows)) if row != table.strong]
    values = {column: table.column(column) for column in _COUNTS}
    hidden = {column: {row for row in rows if _small(values[column][row], threshold)} for column in _COUNTS}
    hidden["change"] = {row for row in rows if _small(_less(values, "week", "change", row), threshold)}
    hidden["week"] |= {row for row in rows if _small(_less(values, "count", "week", row), threshold)}
    if table.strong is not None:
        sums = {**{column: values[column][table.strong] for column in ("count", "week")},
                "change": _less(values, "week", "change", table.strong)}  # fmt: skip
        for column, value in sums.items():
            if _small(value, threshold):
                hidden[column] = set(range(len(table.rows)))
    hidden |= {given: set[int]() for others in _COUNTS.values() for given in others if given not in hidden}
    while True:
        before = {column: set(found) for column, found in hidden.items()}
        for column, others in _COUNTS.items():
            hidden[column] |= _second(values[column], hidden[column], rows)
            for given in others:
                hidden[given] |= hidden[column]
        if hidden == before:
            return hidden


def _small(value: Cell, threshold: int) -> bool:
    return isinstance(value, float) and 0 < abs(value) < threshold


def _less(values: Mapping[str, list[Cell]], this: str, other: str, row: int) -> float | None:
    """Return what one subtraction gives: the week before from the change, last week's count from the week."""
    one, two = values[this][row], values[other][row]
    return one - two if isinstance(one, float) and isinstance(two, float) else None


def _second(values: list[Cell], hidden: set[int], rows: Iterable[int]) -> set[int]:
    if len(hidden) != 1:
        return set()
    sizes = {row: abs(value) for row in rows if row not in hidden and isinstance(value := values[row], float)}
    candidates = {row: size for row, size in sizes.items() if size > 0} or sizes
    return {min(candidates, key=lambda row: (candidates[row], row))} if candidates else set()


def _hide(table: Table, hidden: Mapping[str, set[int]]) -> Table:
    mark: Text = phrase("hidden")
    at = {number: hidden.get(column.key, set()) for number, column in enumerate(table.columns)}
    if not any(at.values()):
        return table
    rows = tuple(
        tuple(mark if row in at[number] else cell for number, cell in enumerate(cells))
        for row, cells in enumerate(table.rows)
    )
    more = phrase("hidden_note")
    note = Text({language: f"{table.note(language)} {said}" for language, said in more.items()})
    return replace(table, rows=rows, note=note)
