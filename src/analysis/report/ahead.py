"""For every area at once: its rank, now and a week before, and its share on the deadline."""

from datetime import timedelta

import pandas as pd

from analysis.report.evidence import Evidence
from analysis.standing import as_date

_WEEK = timedelta(days=7)


def shares_before(evidence: Evidence) -> pd.Series:
    """Return shares of target a week before the common day, by area, of those counted on that day."""
    day = pd.Timestamp(evidence.standing.common_day - _WEEK)
    panel = evidence.panel
    row = panel[(panel["date"] == day) & ~panel["interpolated"]].set_index("area")
    return (row["cumulative"] / row["target"]).astype(float)


def ranks(shares: pd.Series, evidence: Evidence) -> pd.DataFrame:
    """Rank areas and parents by their share of target, each among those of its own level of the tree.

    Returns
    -------
    DataFrame
        By code: ``rank``, 1 the highest share, empty for an area alone; ``rank_before``, empty unless all of
        the level were known a week before; ``ranked``, how many are.
    """
    tree = evidence.workspace.campaign.tree(evidence.workspace.today)
    before = shares_before(evidence)
    level = pd.Series({code: tree.level.get(str(code)) for code in shares.index})
    found = [_ranks(shares[level == one], before) for one in range(1, tree.levels + 1)]
    return pd.concat(found) if found else _ranks(shares, before)


def _ranks(shares: pd.Series, before: pd.Series) -> pd.DataFrame:
    known = shares.dropna()
    now = known if len(known) > 1 else known[:0]
    then = before.reindex(now.index)
    earlier = then.rank(ascending=False, method="min") if then.notna().all() else float("nan")
    ranked = now.rank(ascending=False, method="min")
    return pd.DataFrame({"rank": ranked, "rank_before": earlier, "ranked": len(now)})


def expected_shares(evidence: Evidence) -> pd.DataFrame:
    """Return ``p10 p50 p90`` of the share of target on the deadline, by location; none once it is over."""
    fan, deadline = evidence.fan, as_date(evidence.standing.total["deadline"])
    names = ["p10", "p50", "p90"]
    if fan.empty or deadline is None:
        return pd.DataFrame(columns=names, dtype=float)
    there = fan[pd.to_datetime(fan["date"]) == pd.Timestamp(deadline)].set_index("location")
    targets = evidence.completion.set_index("location")["target"].astype(float).reindex(there.index)
    return there[names].astype(float).div(targets.where(targets > 0), axis=0).dropna()
