"""What mobilising changed in a simulated campaign, to the person."""

import numpy as np

from analysis.campaign import Campaign
from analysis.simulation.model import Simulation
from analysis.simulation.parameters import Drawn, parameters_of

HORIZONS = (0, 6, 13, 20)
"""Days since an area's push by which its extra is told."""


def truth(campaign: Campaign, simulation: Simulation) -> dict[str, object]:
    """Return what mobilising changed, in persons, by area and by days since its own push began."""
    given = parameters_of(campaign)
    rows = np.flatnonzero(simulation.pushed[:, 0] >= 0)
    starts = simulation.pushed[rows, 0]
    first = int(starts.min()) if len(rows) else 0
    gained = (simulation.new - simulation.without_push).cumsum(axis=1)
    left = simulation.new.shape[1] - int(starts.max(initial=0))
    horizons = [day for day in HORIZONS if day < left]
    by_area = {
        simulation.areas[row].code: {
            "new_on_day": int(simulation.new[row, start]),
            "new_on_day_without_push": int(simulation.without_push[row, start]),
            "extra_by_day": {str(day): int(gained[row, start + day]) for day in horizons},
        }
        for row, start in zip(rows.tolist(), starts.tolist(), strict=True)
    }
    told: dict[str, object] = {
        "simulated": True,
        "campaign": campaign.code,
        "seed": campaign.seed,
        "push_day": simulation.days[first].date().isoformat() if len(rows) else None,
    }
    if isinstance(given, Drawn):
        told["share_pulled_forward_within_days"] = {"share": given.pulled_forward, "days": given.pulled_days}
    return told | {
        "areas": by_area,
        "extra_by_day_total": {
            str(day): int(sum(gained[row, start + day] for row, start in zip(rows, starts, strict=True)))
            for day in horizons
        },
        "cumulative_by_day_total": {
            str(day.date()): int(count)
            for day, count in zip(simulation.days, simulation.cumulative.sum(axis=0), strict=True)
        },
    }
