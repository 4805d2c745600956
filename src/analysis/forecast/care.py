"""Areas whose forecast must be read with care, each with why, in words for the command and the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.campaign.rhythm import WEEK
from analysis.forecast.clean import drop_impossible, newest_day
from analysis.forecast.doubt import find_jumps

if TYPE_CHECKING:
    from analysis.forecast.history import History


def care_of(history: History) -> dict[str, str]:
    """Return for each area that is past its eligible people, silent, corrected or under a jump what it is."""
    kept = drop_impossible(history.reported)
    newest = newest_day(kept)
    blanked = (np.isfinite(history.reported) & np.isnan(kept)).sum(axis=0)
    found: dict[str, list[str]] = {}
    jumps = {jump.area: jump for jump in find_jumps(history)}
    for place, area in enumerate(history.areas):
        said = found.setdefault(area, [])
        count = kept[newest[place], place]
        if count > history.eligible[place]:
            said.append(f"{count:g} counted exceed its {history.eligible[place]:g} eligible people")
        if len(kept) - 1 - newest[place] >= WEEK:
            said.append(f"silent since {history.dates[newest[place]].date()}; forecast from that day")
        if (jump := jumps.get(place)) is not None:
            day = history.dates[jump.day].date()
            said.append(
                f"its count jumped from {jump.before:g} to {jump.after:g} on {day}; "
                f"believed with probability {jump.real:.2f} until another comes"
            )
        elif dropped := int(blanked[place]):
            said.append(f"{dropped} of its counts are above a later one or no count; left out")
    return {area: "; ".join(said) for area, said in found.items() if said}
