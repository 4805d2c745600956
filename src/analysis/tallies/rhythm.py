"""What the files themselves say of the rhythm: inferred where nothing is stated, else held against that."""

from collections import Counter
from typing import Literal

import numpy as np
import pandas as pd

from analysis.campaign import Campaign, Rhythm, Rhythms
from analysis.campaign.rhythm import WEEKDAYS, AreaRhythm, Span, Weekday
from analysis.tallies.result import Finding, Intake

ENOUGH = 4
"""So many days counted, or files received, before an area's rhythm is plain."""
PLAINLY = 0.8
"""Part of the gaps that must be of one length, and of the areas that must agree."""
_GAPS: dict[Span, tuple[int, int]] = {"day": (1, 1), "week": (7, 7), "month": (28, 31)}
_LATEST: dict[Span, int] = {"day": 2, "week": 6, "month": 27}


def settle_rhythm(intake: Intake, campaign: Campaign) -> tuple[Intake, Campaign]:
    """Return the campaign with a rhythm, and what there is to say of it among the findings.

    A campaign that states its rhythm keeps it, with a warning where the files plainly count otherwise. One
    that does not gets the rhythm that its files plainly have, and a note of what to write.
    """
    seen = observed(intake.tallies, campaign)
    if seen is None:
        return intake, campaign
    if campaign.rhythm is None:
        if seen == Rhythms():
            return intake, campaign
        note = Finding("rhythm_inferred", "", None, None, {"found": _as_toml(seen)})
        return intake.with_findings([note]), campaign.model_copy(update={"rhythm": seen})
    if campaign.rhythm.counts != seen.counts:
        declared, found = (f'counts = "{one.counts}"' for one in (campaign.rhythm, seen))
        note = Finding("rhythm_contradicted", "", None, None, {"found": found, "declared": declared})
        return intake.with_findings([note]), campaign
    return intake, campaign


def observed(tallies: pd.DataFrame, campaign: Campaign) -> Rhythms | None:
    """Infer the rhythm from the days counted and from when they came; ``None`` while it is not plain."""
    counted = tallies[(tallies["measure"] == campaign.measure) & tallies["value"].notna()]
    by_area = {str(code): rows for code, rows in counted.groupby("area_code")}
    own = {
        code: one for code, rows in by_area.items() if (one := _of_area(rows, campaign.timezone)) is not None
    }
    if not own:
        return None
    usual, times = Counter(one.counts for one in own.values()).most_common(1)[0]
    alike = [one for one in own.values() if one.counts == usual]
    shared = Counter((one.sent, one.on) for one in alike).most_common(1)[0][0]
    graces = [one.grace_days for one in alike if (one.sent, one.on) == shared]
    other = {
        code: AreaRhythm(counts=one.counts, sent=one.sent, on=one.on, grace_days=one.grace_days)
        for code, one in own.items()
        if one.counts != usual
    }
    if times < PLAINLY * len(own) and not other:
        return None
    sent, on = shared
    return Rhythms(counts=usual, sent=sent, on=on, grace_days=int(np.median(graces)), areas=other)


def _of_area(rows: pd.DataFrame, zone: str) -> Rhythm | None:
    """Infer one area's rhythm; ``None`` where too little is there, or no length of gap prevails."""
    days = pd.DatetimeIndex(np.sort(rows["date"].unique()))
    if len(days) < ENOUGH:
        return None
    gaps = np.diff(days.to_numpy()).astype("timedelta64[D]").astype(int)
    counts = next(
        (span for span, (low, high) in _GAPS.items() if np.mean((gaps >= low) & (gaps <= high)) >= PLAINLY),
        None,
    )
    if counts is None:
        return None
    first = rows.dropna(subset=["received_at"]).sort_values("received_at").drop_duplicates("date")
    arrived = first["received_at"].dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    newest = first["date"].groupby(arrived).max()
    sent = counts if len(newest) < ENOUGH else _sent(newest, counts)
    ends = days if sent == counts else pd.DatetimeIndex(newest)
    lag = (newest.index.to_series() - newest).dt.days
    grace = int(np.clip(np.median(lag), 0, _LATEST[sent])) if len(newest) >= ENOUGH else 0
    return Rhythm(counts=counts, sent=sent, on=_on(ends, sent), grace_days=grace)


def _sent(newest: pd.Series, counts: Span) -> Span:
    """Infer how often files come from how far each brings the newest day on."""
    steps = newest.sort_values().diff().dt.days.dropna()
    usual = float(steps[steps > 0].median()) if (steps > 0).any() else 1.0
    sent: Span = "day" if usual < 4 else "week" if usual < 15 else "month"
    return max(sent, counts, key=list(_GAPS).index)


def _on(ends: pd.DatetimeIndex, sent: Span) -> Weekday | int | Literal["last"] | None:
    if sent == "day":
        return None
    if sent == "week":
        return WEEKDAYS[int(pd.Series(ends.day_of_week).mode().iloc[0])]
    if (ends.is_month_end).mean() >= PLAINLY:
        return "last"
    return min(int(pd.Series(ends.day).mode().iloc[0]), 28)


def _as_toml(rhythm: Rhythms) -> str:
    """Write a rhythm as ``campaign.toml`` would, on one line."""
    on = f", on = {rhythm.on!r}".replace("'", '"') if rhythm.on is not None else ""
    grace = f", grace_days = {rhythm.grace_days}" if rhythm.grace_days else ""
    more = f" ({len(rhythm.areas)} +)" if rhythm.areas else ""
    return f'counts = "{rhythm.counts}", sent = "{rhythm.sent}"{on}{grace}{more}'
