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
        here = np.arange(first, last)
        either = {(codes.get(sheet), row) for sheet, row in reading.either}
        places = zip(flat.sheet[here].tolist(), flat.row[here].tolist(), strict=True)
        pass_.hold(here[[place in either for place in places]], "month_first")
