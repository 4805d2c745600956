"""The last word on each area, day and measure, and what was revised: the one home of that rule.

Tallies come in the order of receipt. A later number stands for an earlier one; a later "missing" takes
nothing back.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.tallies.files.records import Ints

KEY = ["area_code", "date", "measure"]


def last_words(keys: Ints, missing: NDArray[np.bool_]) -> Ints:
    """Return the position of the last word on each key, in the order of keys: the newest number, if any.

    Parameters
    ----------
    keys
        One number for each area, day and measure, (n,), in the order of receipt.
    missing
        Which tallies say that there is no number, (n,).
    """
    order = np.argsort(keys, kind="stable")
    ordered, many = keys[order], len(keys)
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))[:many]
    # A number is later than all that says that there is none.
    words: Ints = np.maximum.reduceat(order + many * ~missing[order], starts) % max(many, 1)
    return words


def _keys(tallies: pd.DataFrame) -> Ints:
    """Return one number for each tally's area, day and measure, in the order of these."""
    keys = np.zeros(len(tallies), dtype=np.int64)
    for name in KEY:
        codes = tallies[name].astype("category").cat.codes.to_numpy()
        keys = keys * (int(codes.max(initial=0)) + 1) + codes
    return keys


def as_of_view(tallies: pd.DataFrame) -> pd.DataFrame:
    """Keep the last word on each area, date and measure, in their order; rows are in that of receipt."""
    last = last_words(_keys(tallies), tallies["value"].isna().to_numpy())
    return tallies.iloc[last].reset_index(drop=True)


def stands(tallies: pd.DataFrame) -> NDArray[np.bool_]:
    """Whether each tally says what the last word on its area, day and measure says."""
    keys, value, missing = _keys(tallies), tallies["value"].to_numpy(), tallies["value"].isna().to_numpy()
    last = last_words(keys, missing)
    word = last[np.searchsorted(keys[last], keys)]
    qualifier = tallies["qualifier"].astype("category").cat.codes.to_numpy()
    same = (value == value[word]) | (missing & missing[word])
    standing: NDArray[np.bool_] = same & (qualifier == qualifier[word])
    return standing


def revised(keys: Ints, values: NDArray[np.float64]) -> tuple[Ints, Ints]:
    """Return the positions of numbers that changed an earlier one, and of the ones they changed.

    Parameters
    ----------
    keys, values
        Of tallies that say a number, (n,), in the order of receipt.
    """
    order = np.argsort(keys, kind="stable")
    earlier, later = order[:-1], order[1:]
    changed = (keys[earlier] == keys[later]) & (values[earlier] != values[later])
    return later[changed], earlier[changed]


def revisions(tallies: pd.DataFrame) -> pd.DataFrame:
    """List the numbers that a later file changed: the value before and after, and when each was received."""
    keys, value = _keys(tallies), tallies["value"].to_numpy()
    said = np.flatnonzero(tallies["value"].notna())
    said = said[np.argsort(tallies["received_at"].to_numpy(dtype="M8[us]")[said], kind="stable")]
    later, earlier = revised(keys[said], value[said])
    order = np.argsort(later)
    later, earlier = said[later[order]], said[earlier[order]]
    table = tallies.iloc[later][[*KEY, "value", "received_at", "file"]].reset_index(drop=True)
    table.insert(3, "before", value[earlier])
    table.insert(5, "received_before", tallies["received_at"].iloc[earlier].reset_index(drop=True))
    return table


def changed_since(tallies: pd.DataFrame, since: pd.Timestamp, as_of: pd.Timestamp) -> pd.DataFrame:
    """List the numbers whose last word as of an instant is another than it was ``since``, newest first.

    Returns
    -------
    DataFrame
        The tallies that stand, with ``value_before``.
    """
    known = tallies[tallies["received_at"] <= as_of]
    told = known.loc[known["received_at"] > since, KEY].drop_duplicates()
    known = known.merge(told, on=KEY).sort_values("received_at", kind="stable")  # nothing else can change
    now = as_of_view(known[known["value"].notna()])
    before = as_of_view(known[known["value"].notna() & (known["received_at"] <= since)])
    both = now.merge(before[[*KEY, "value"]], on=KEY, suffixes=("", "_before"))
    changed = both[both["value"] != both["value_before"]]
    return changed.sort_values(["received_at", *KEY], ascending=[False, True, True, True])
