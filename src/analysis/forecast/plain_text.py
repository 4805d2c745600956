"""Tables as a notebook prints them."""

import numpy as np
import pandas as pd

NAME_WIDTH = 12
"""Letters of a column's name on one line: about what the cells below it take."""


def as_text(table: pd.DataFrame) -> str:
    """Write a table as plain text for a notebook: three significant digits, days as ISO dates.

    Fewer digits than differ between processors, so that a strict comparison of the output holds everywhere.
    Long names of columns stand on several lines, so that a row fits on one.
    """
    if table.empty:
        return "nothing yet"
    names = {name: _lines_of(str(name)) for name in table.columns}
    deepest = max(map(len, names.values()))
    heading = pd.DataFrame({name: [""] * (deepest - len(lines)) + lines for name, lines in names.items()})
    return str(pd.concat([heading, table.map(_as_text)]).to_string(index=False, header=False))


def _lines_of(name: str) -> list[str]:
    """Break a name at its underscores into lines of at most `NAME_WIDTH`, or of one word."""
    lines = [""]
    for word in name.split("_"):
        longer = f"{lines[-1]}_{word}" if lines[-1] else word
        lines = [*lines[:-1], longer] if len(longer) <= NAME_WIDTH or not lines[-1] else [*lines, word]
    return lines


def _as_text(value: object) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return "-"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float | np.floating):
        if not np.isfinite(value):
            return "inf"
        number = float(f"{value:.3g}")
        return f"{number:,.0f}" if abs(number) >= 100 else f"{round(number, 3):g}"
    return str(value)
