"""Days that read both ways, where another file of the same sender proves that it writes the month first.

Of files without a sender nobody knows whether they are of one: each proves something of itself alone.
"""

import numpy as np

from analysis.tallies.review.flat import Review


def hold_swapped(pass_: Review) -> None:
    """Hold the tallies of days such as 9/8/2023 where the sender wrote 9/13/2023 and never 13/9/2023."""
    proven: dict[str | int, set[str]] = {}
    for number, reading in enumerate(pass_.readings):
        proven.setdefault(reading.sender or number, set()).update(reading.orders)
    flat, codes = pass_.flat, {name: at for at, name in enumerate(pass_.sheets)}
    for number, reading in enumerate(pass_.readings):
        if proven[reading.sender or number] != {"month"} or not reading.either:
            continue
        first, last = np.searchsorted(flat.reading, [number, number + 1])
        sheet, row = flat.sheet[first:last], flat.row[first:last]
        either = np.zeros(last - first, dtype=bool)
        for name, rows in reading.either:
            either |= (sheet == codes.get(name, -1)) & np.isin(row, rows)
        pass_.hold(first + np.flatnonzero(either), "month_first")
