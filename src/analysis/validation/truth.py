"""Where a campaign's tallies are simulated, its known truth beside the estimates."""

import json
from datetime import date

import pandas as pd

from analysis.campaign import Campaign

TRUTH_COLUMNS = ["first_day", "last_day", "truth", "extra_persons", "extra_low", "extra_high", "inside"]


def beside_truth(effects: pd.DataFrame, campaign: Campaign) -> pd.DataFrame:
    """Set the headline's extra persons beside the truth that the simulation wrote down of the same areas.

    Parameters
    ----------
    effects
        The rows of ``effects.csv``.
    campaign
        Its folder holds ``truth.json`` when its tallies are simulated.

    Returns
    -------
    DataFrame
        :data:`TRUTH_COLUMNS`, one row a window whose truth is known; empty for a real campaign, and where not
        all areas of the first wave were compared.
    """
    path = campaign.folder / "truth.json"
    if not campaign.simulated or not path.is_file():
        return pd.DataFrame(columns=TRUTH_COLUMNS)
    told = json.loads(path.read_text(encoding="utf-8"))
    push = date.fromisoformat(told["push_day"])
    first = {one.area for one in campaign.pushes_on(push) if one.first_day == push}
    areas = [area for code, area in told["areas"].items() if code in first]  # those that the headline is of
    days = {int(day) for area in areas for day in area["extra_by_day"]}
    truth = {day: sum(area["extra_by_day"][str(day)] for area in areas) for day in sorted(days)}
    known = (effects["first_day"] == 0) & effects["last_day"].isin(list(truth))
    known &= effects["n_treated"] == len(areas)
    rows = effects[(effects["estimator"] == "headline") & known]
    beside = rows[["first_day", "last_day", "extra_persons", "extra_low", "extra_high"]].assign(
        truth=rows["last_day"].map(truth).astype(float)
    )
    # an interval without ends rules nothing out, so it holds the truth
    inside = beside["truth"].between(beside["extra_low"], beside["extra_high"]) | beside["extra_low"].isna()
    beside["inside"] = inside
    return beside[TRUTH_COLUMNS].reset_index(drop=True)
