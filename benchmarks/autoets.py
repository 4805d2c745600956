"""The peer: statsforecast's AutoETS on each area's cumulative share. Runs in the peers' own environment.

``python autoets.py SERIES.csv ORIGIN,ORIGIN,... HORIZON OUT.csv``: quantiles at the horizon and CPU seconds.
"""

import sys
import time

import numpy as np
import pandas as pd
from statsforecast import StatsForecast
from statsforecast.models import AutoETS

CENTRAL = [98, 95, *range(90, 0, -10)]


def main(series: str, origins: str, horizon: str, out: str) -> None:
    """Forecast each origin with what was known then."""
    table = pd.read_csv(series, dtype={"area": str}, parse_dates=["date"])
    table["y"] = table["cumulative"] / table["eligible"]
    rows = []
    start = time.process_time()
    for origin in pd.to_datetime(origins.split(",")):
        known = table[table["date"] <= origin].rename(columns={"area": "unique_id", "date": "ds"})
        model = StatsForecast([AutoETS(season_length=7)], freq="D", n_jobs=1)
        ahead = model.forecast(df=known[["unique_id", "ds", "y"]], h=int(horizon), level=CENTRAL)
        last = ahead.groupby("unique_id").tail(1).set_index("unique_id")
        for level in CENTRAL:
            for side, tail in (("lo", (1 - level / 100) / 2), ("hi", (1 + level / 100) / 2)):
                values = last[f"AutoETS-{side}-{level}"]
                rows.append(
                    pd.DataFrame({"origin": origin, "area": values.index, "level": tail, "value": values})
                )
        rows.append(
            pd.DataFrame({"origin": origin, "area": last.index, "level": 0.5, "value": last["AutoETS"]})
        )
    seconds = time.process_time() - start
    pd.concat(rows).assign(value=lambda one: np.clip(one["value"], 0, 1), seconds=seconds).to_csv(
        out, index=False
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
