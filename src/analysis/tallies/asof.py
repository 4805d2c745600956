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
    """Return for each tally the position of the one that is the last word on its key.

    Parameters
    ----------
    keys
        One number for each area, day and measure, (n,), in the order of receipt.
    missing
        Which tallies say that there is no number, (n,).
    """
    different, at = np.unique(keys, return_inverse=True)
    last = np.zeros(len(different), dtype=np.int64)
    # What comes later overwrites; a number overwrites that there is none.
    for some in (missing, ~missing):
        last[at[some]] = np.flatnonzero(some)
    words: Ints = last[at]
    return words


def _words_of(tallies: pd.DataFrame) -> Ints:
    keys = tallies.groupby(KEY, sort=False).ngroup().to_numpy().astype(np.int64)
    return last_words(keys, tallies["value"].isna().to_numpy())


def as_of_view(tallies: pd.DataFrame) -> pd.DataFrame:
    """Keep the last word on each area, date and measure; rows come in the order of receipt."""
    last = tallies.iloc[np.unique(_words_of(tallies))]
    return last.sort_values(KEY, ignore_index=True)


def stands(tallies: pd.DataFrame) -> NDArray[np.bool_]:
    """Whether each tally says what the last word on its area, day and measure says."""
    word = _words_of(tallies)
    value, missing = tallies["value"].to_numpy(), tallies["value"].isna().to_numpy()
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
    said = tallies[tallies["value"].notna()].sort_values("received_at", kind="stable", ignore_index=True)
    keys = said.groupby(KEY, sort=False).ngroup().to_numpy().astype(np.int64)
    later, earlier = revised(keys, said["value"].to_numpy())
    order = np.argsort(later)
    later, earlier = later[order], earlier[order]
    table = said.iloc[later][[*KEY, "value", "received_at", "file"]].reset_index(drop=True)
    table.insert(3, "before", said["value"].to_numpy()[earlier])
    table.insert(5, "received_before", said["received_at"].iloc[earlier].reset_index(drop=True))
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
