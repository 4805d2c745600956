"""Whether the numbers of one table agree: totals with parts, a day with its sum, percentages with counts."""

import re
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from analysis.campaign import pairs_of
from analysis.tallies.layouts.outcome import EPOCH, HELD, Cells, Outcome
from analysis.tallies.layouts.page import Page
from analysis.tallies.review.flat import EXACT, MISSING
from analysis.tallies.words.headings import is_note
from analysis.tallies.words.labels import is_total
from analysis.tallies.words.values import Number, read_count, read_counts

BEGINNING, LEAST_ALIKE = timedelta(days=31), 3
"""From then on the sum of that many areas is more than what came on one day."""


def check_table(page: Page, outcome: Outcome) -> None:
    """Check one table against itself: hold what cannot be, find what does not agree."""
    _check_slid(page, outcome)
    _check_split_by_comma(outcome)
    _check_day_within_sum(page, outcome)
    _check_day_for_sum(page, outcome)
    for cells in outcome.cells:
        if page.register.kinds[cells.measure] != "rate":
            _check_totals(page, cells, outcome)
    _check_rates(page, outcome)


def _pairs(page: Page, outcome: Outcome) -> list[tuple[Cells, Cells]]:
    """Columns of one day's count and of the sum that stand side by side."""
    pairs = pairs_of(page.register.measures)
    return [
        (one, whole)
        for one in outcome.cells
        for whole in outcome.cells
        if (whole.measure, one.measure) in pairs
        and len(one.places) == len(whole.places)
        and np.array_equal(one.places, whole.places)
        and np.array_equal(one.days, whole.days)
    ]


def _both_exact(one: Cells, other: Cells) -> NDArray[np.bool_]:
    both: NDArray[np.bool_] = (one.qualifiers == EXACT) & (other.qualifiers == EXACT)
    return both


def _check_day_within_sum(page: Page, outcome: Outcome) -> None:
    """More on the day than ever: one of the two is not what its heading says."""
    for one, whole in _pairs(page, outcome):
        impossible = _both_exact(one, whole) & (one.values > whole.values)
        if impossible.any():
            outcome.hold_cells(one, impossible, "day_above_sum")
            outcome.hold_cells(whole, impossible, "day_above_sum")


def _check_day_for_sum(page: Page, outcome: Outcome) -> None:
    """Hold a sum equal to its day's count, typed twice, where others are well above theirs.

    So are all of some areas together, weeks after the drive began.
    """
    began = page.register.first_day if page.register.begins else None
    for one, whole in _pairs(page, outcome):
        both = _both_exact(one, whole)
        same = both & (one.values == whole.values) & (one.values > 0)
        usual = both & (whole.values > 2 * one.values)
        late = began is not None and whole.days > (began + BEGINNING).toordinal() - EPOCH
        everywhere = np.array_equal(same & late, both) and len(np.unique(whole.areas[both])) >= LEAST_ALIKE
        same &= everywhere | ~_begins(whole, usual)
        if same.any() and (everywhere or usual.sum() >= max(2, 2 * same.sum())):
            outcome.hold_cells(whole, same, "day_typed_as_sum")


def _begins(whole: Cells, usual: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark sums that are their own day's count because nothing was counted before, here or anywhere."""
    order = np.lexsort((whole.days, whole.areas))
    follows = np.diff(whole.areas[order]) == 0
    before = np.full(len(order), np.nan)
    before[order[1:][follows]] = whole.values[order[:-1][follows]]
    begins: NDArray[np.bool_] = (before == 0) | (np.isnan(before) & ~np.isin(whole.days, whole.days[usual]))
    return begins


def _check_slid(page: Page, outcome: Outcome) -> None:
    """Hold a row with more on one day than its own target: its cells stand one column too far to a side."""
    targets = outcome.table.holding("target")
    if len(targets) != 1:
        return
    for one in (cells for cells in outcome.cells if page.register.kinds[cells.measure] == "period"):
        texts = outcome.table.records.column(targets[0].at, one.places)
        target = read_counts(texts.different)[0][texts.codes]
        slid = (one.qualifiers == EXACT) & (target > 0) & (one.values > target)
        for cells in (cells for cells in outcome.cells if slid.any() and len(cells.places)):
            outcome.hold_cells(cells, np.isin(cells.places, one.places[slid]), "row_slid")


def _check_split_by_comma(outcome: Outcome) -> None:
    """Hold a number that an unquoted comma may have split: 6 beside 600 where nothing is counted."""
    if outcome.table.sheet.name is not None:
        return
    loose = {column.at for column in outcome.table.columns if column.role in ("unknown", "unnamed")}
    loose |= {column.at for column in outcome.table.columns if is_note(column.heading)}
    loose -= {column.at for column in outcome.table.columns if is_total(column.heading)}
    for cells in outcome.cells:
        if cells.column + 1 not in loose:
            continue
        here, after = (
            outcome.table.records.column(at, cells.places) for at in (cells.column, cells.column + 1)
        )
        short = np.array([bool(re.fullmatch(r"[1-9][0-9]{0,2}", text.strip())) for text in here.different])
        rest = np.array([bool(re.fullmatch(r"[0-9]{3}", text.strip())) for text in after.different])
        if len(cells.places):
            outcome.hold_cells(cells, short[here.codes] & rest[after.codes], "comma_thousands")


def _check_totals(page: Page, cells: Cells, outcome: Outcome) -> None:
    """Compare every total and section row with the rows it can be the sum of."""
    records, exact = outcome.table.records, cells.qualifiers == EXACT
    breaks = sorted(outcome.sums)
    for row in breaks:
        number = read_count(records.cell(row, cells.column))
        if not isinstance(number, Number) or number.qualifier != "exact":
            continue
        before = max((place for place in breaks if place < row), default=-1)
        after = min((place for place in breaks if place > row), default=len(records))
        groups = (
            np.ones(len(cells.places), dtype=bool),
            (cells.places > before) & (cells.places < row),
            (cells.places > row) & (cells.places < after),
            cells.places < row,
            cells.places > row,
        )
        judged = [
            float(cells.values[group & exact].sum())
            for group in groups
            if group.any() and (exact | (cells.qualifiers == MISSING))[group].all()
        ]
        if page.register.kinds[cells.measure] == "cumulative" and exact.any():
            judged.extend(_sums_of_last(cells, exact))
        if judged and number.value not in judged:
            outcome.find("total_differs", row, found=number.value, sum=judged[0])


def _sums_of_last(cells: Cells, exact: NDArray[np.bool_]) -> list[float]:
    """Return what a total over several days can say of sums: the last, or the largest, of each area."""
    last: dict[int, float] = {}
    most: dict[int, float] = {}
    for area, value in zip(cells.areas[exact].tolist(), cells.values[exact].tolist(), strict=True):
        last[area], most[area] = value, max(value, most.get(area, 0.0))
    return [sum(last.values()), sum(most.values())]


def _check_rates(page: Page, outcome: Outcome) -> None:
    """Recompute each printed percentage with every denominator it can have; above 100 is real."""
    for rate in (cells for cells in outcome.cells if page.register.kinds[cells.measure] == "rate"):
        counts = [
            cells
            for cells in outcome.cells
            if page.register.kinds[cells.measure] != "rate"
            and np.array_equal(cells.places, rate.places)
            and np.array_equal(cells.days, rate.days)
        ]
        if not counts or not len(rate.places):
            continue
        known = [np.where(cells.qualifiers == EXACT, cells.values, np.nan) for cells in counts]
        explained = np.zeros(len(rate.places), dtype=bool)
        comparable = np.zeros(len(rate.places), dtype=bool)
        for number, count in enumerate(known):
            over = known[:number] + known[number + 1 :] + _denominators(page, outcome, rate, counts)
            for whole in over:
                share = 100 * count / np.where(whole > 0, whole, np.nan)
                comparable |= np.isfinite(share)
                explained |= np.abs(share - rate.values) <= _near(rate.values)
        doubtful = np.any([cells.qualifiers == HELD for cells in counts], axis=0)
        wrong = (rate.qualifiers == EXACT) & comparable & ~explained & ~doubtful
        for position in np.flatnonzero(wrong):
            outcome.find("rate_differs", int(rate.places[position]), found=float(rate.values[position]))


def _denominators(
    page: Page, outcome: Outcome, rate: Cells, counts: list[Cells]
) -> list[NDArray[np.float64]]:
    """Everything a printed percentage may be a percentage of, row by row: (n,) each, NaN where unknown."""
    found = []
    for column in outcome.table.holding("target", "other"):
        texts = outcome.table.records.column(column.at, rate.places)
        found.append(read_counts(texts.different)[0][texts.codes])
    for cells in counts:
        whole = np.full(len(cells.places), np.nan)
        for position, number in cells.out_of.items():
            whole[position] = number
        found.append(whole)
    areas = page.places.areas
    for name in ("target", "eligible", "population"):
        of_area = np.array([getattr(area, name) or np.nan for area in areas], dtype=float)
        found.append(of_area[rate.areas])
    return found


def _near(rate: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far a percentage may lie from the truth: a unit of its last decimal, for it may be cut."""
    tenths = np.isclose(rate * 10, np.round(rate * 10))
    return np.where(np.isclose(rate, np.round(rate)), 1.0, np.where(tenths, 0.1, 0.01)) * 1.01
