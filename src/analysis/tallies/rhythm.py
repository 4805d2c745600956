"""What the files themselves say of the rhythm: inferred where nothing is stated, else held against that."""

from collections import Counter
from collections.abc import Iterator
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.campaign import Campaign, Rhythm, Rhythms
from analysis.campaign.draft import rhythm_lines
from analysis.campaign.rhythm import WEEK, WEEKDAYS, AreaRhythm, Often, Weekday
from analysis.tallies.result import Finding, Intake

Days = NDArray[np.int64]
ENOUGH = 4
"""So many days counted, or files received, before an area's rhythm is plain."""
PLAINLY = 0.8
"""Part of the gaps that must be of one length, and of the areas that must agree."""
_GAPS: dict[Often, tuple[int, int]] = {"day": (1, 1), "week": (7, 7), "month": (28, 31)}
_LATEST: dict[Often, int] = {"day": 2, "week": 6, "month": 27}


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
        found = ", ".join(rhythm_lines(seen)) + (f" ({len(seen.areas)} +)" if seen.areas else "")
        note = Finding("rhythm_inferred", "", None, None, {"found": found})
        return intake.with_findings([note]), campaign.model_copy(update={"rhythm": seen})
    if campaign.rhythm.counts != seen.counts:
        declared, found = (f'counts = "{one.counts}"' for one in (campaign.rhythm, seen))
        note = Finding("rhythm_contradicted", "", None, None, {"found": found, "declared": declared})
        return intake.with_findings([note]), campaign
    return intake, campaign


def observed(tallies: pd.DataFrame, campaign: Campaign) -> Rhythms | None:
    """Infer the rhythm from the days counted and from when they came; ``None`` while it is not plain."""
    counted = tallies[(tallies["measure"] == campaign.measure) & tallies["value"].notna()]
    inferred: dict[tuple[bytes, ...], Rhythm | None] = {}  # most areas count and send on the same days
    own = {}
    for code, *dated in _dated(counted, campaign.timezone):
        days = tuple(one.tobytes() for one in dated)
        if days not in inferred:
            inferred[days] = _of_area(*dated)
        if (found := inferred[days]) is not None:
            own[code] = found
    if not own:
        return None
    usual, times = Counter(one.counts for one in own.values()).most_common(1)[0]
    alike = [one for one in own.values() if one.counts == usual]
    shared = Counter((one.sent, one.on) for one in alike).most_common(1)[0][0]
    graces = [one.grace_days for one in alike if (one.sent, one.on) == shared]
    other = {code: AreaRhythm.model_validate(dict(one)) for code, one in own.items() if one.counts != usual}
    if times < PLAINLY * len(own) and not other:
        return None
    sent, on = shared
    return Rhythms(counts=usual, sent=sent, on=on, grace_days=int(np.median(graces)), areas=other)


def _dated(counted: pd.DataFrame, zone: str) -> Iterator[tuple[str, Days, Days, Days]]:
    """Yield for each area the days it counted, the days on which files came, and the newest day each brought.

    Days are since 1970, in order; a day that came more than once came with the first file.
    """
    first = counted.sort_values("received_at", kind="stable").drop_duplicates(["area_code", "date"])
    arrived = first["received_at"].dt.tz_convert(zone).dt.tz_localize(None)
    came = first.assign(arrived=arrived.dt.normalize()).dropna(subset="arrived")
    newest = came.groupby(["area_code", "arrived"], observed=True)["date"].max().reset_index()
    days = first.sort_values(["area_code", "date"], kind="stable")
    every, came_on, brought = (_since_1970(one) for one in (days["date"], newest["arrived"], newest["date"]))
    files = newest.groupby("area_code", observed=True).indices
    for code, those in days.groupby("area_code", observed=True).indices.items():
        mine = files.get(code, np.array([], dtype=np.intp))
        yield str(code), every[those], came_on[mine], brought[mine]


def _since_1970(days: pd.Series) -> Days:
    return days.to_numpy(dtype="datetime64[D]").astype(np.int64)


def _of_area(days: Days, arrived: Days, newest: Days) -> Rhythm | None:
    """Infer one area's rhythm; ``None`` where too little is there, or no length of gap prevails."""
    if len(days) < ENOUGH:
        return None
    gaps = np.diff(days)
    counts = next(
        (span for span, (low, high) in _GAPS.items() if np.mean((gaps >= low) & (gaps <= high)) >= PLAINLY),
        None,
    )
    delay = float(np.median(arrived - newest)) if len(newest) >= ENOUGH else 0.0
    several = weekdays_of(days if counts is None else newest) if counts in (None, "day") else ()
    if several:
        grace = int(np.clip(delay, 0, _LATEST["day"]))
        return Rhythm(counts=counts or "sending", sent="week", on=several, grace_days=grace)
    if counts is None:
        return None
    sent = counts if len(newest) < ENOUGH else _sent(newest, counts)
    ends = days if sent == counts else newest
    return Rhythm(
        counts=counts, sent=sent, on=_on(ends, sent), grace_days=int(np.clip(delay, 0, _LATEST[sent]))
    )


def _sent(newest: Days, counts: Often) -> Often:
    """Infer how often files come from how far each brings the newest day on."""
    steps = np.diff(np.sort(newest))
    usual = float(np.median(steps[steps > 0])) if (steps > 0).any() else 1.0
    sent: Often = "day" if usual < 4 else "week" if usual < 15 else "month"
    return max(sent, counts, key=list(_GAPS).index)


def weekdays_of(days: Days) -> tuple[Weekday, ...]:
    """Return the weekdays, two to four, on which nearly all days counted lie, week after week; else none.

    Days are since 1970, in order.
    """
    if len(days) < ENOUGH:
        return ()
    weekday, weeks = (days + 3) % WEEK, (days + 3) // WEEK  # 1970 began on a Thursday
    of_each = np.bincount(weekday, minlength=WEEK)
    usual = np.flatnonzero(of_each >= max(2, PLAINLY * (np.ptp(weeks) + 1) - 1))
    if not 2 <= len(usual) <= 4 or of_each[usual].sum() < PLAINLY * len(days):
        return ()
    return tuple(WEEKDAYS[one] for one in usual)


def _on(ends: Days, sent: Often) -> Weekday | int | Literal["last"] | None:
    if sent == "day":
        return None
    if sent == "week":
        return WEEKDAYS[int(np.bincount((ends + 3) % 7).argmax())]  # 1970 began on a Thursday
    dates = pd.DatetimeIndex(ends.astype("datetime64[D]"))
    if dates.is_month_end.mean() >= PLAINLY:
        return "last"
    return min(int(np.bincount(dates.day).argmax()), 28)
