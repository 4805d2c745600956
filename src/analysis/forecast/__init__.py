"""When the target will be met, said so that it can be trusted."""

from analysis.forecast.backtest import backtest, past_origins, summarise
from analysis.forecast.completion import Goal, completion_cdf, completion_table, goal_for, holidays_of
from analysis.forecast.history import History, history_from_panel, history_from_table
from analysis.forecast.hub import date_rows, share_rows
from analysis.forecast.models import naive, simulate, structural
from analysis.forecast.outlook import Outlook, forecast_campaign, standing
from analysis.forecast.paths import TOTAL, Paths

__all__ = [
    "TOTAL",
    "Goal",
    "History",
    "Outlook",
    "Paths",
    "backtest",
    "completion_cdf",
    "completion_table",
    "date_rows",
    "forecast_campaign",
    "goal_for",
    "history_from_panel",
    "history_from_table",
    "holidays_of",
    "naive",
    "past_origins",
    "share_rows",
    "simulate",
    "standing",
    "structural",
    "summarise",
]
