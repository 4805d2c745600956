"""When the target will be met, said so that it can be trusted."""

from analysis.forecast.backtest import backtest, past_origins, summarise
from analysis.forecast.blocks import simulate
from analysis.forecast.completion import Goal
from analysis.forecast.ensemble import ensemble
from analysis.forecast.facts import VERSIONS, goal_for, history_of, jump_findings
from analysis.forecast.history import (
    TOTAL,
    Deadline,
    History,
    Push,
    history_from_panel,
    history_from_table,
)
from analysis.forecast.last_week import last_week
from analysis.forecast.models import naive, structural
from analysis.forecast.outlook import ANSWER, STANDS, Outlook, forecast_campaign
from analysis.forecast.paths import Paths
from analysis.forecast.pooled import pooled
from analysis.forecast.record import Said, drift_table, read_said
from analysis.forecast.reduced import fan_table
from analysis.forecast.scenario import (
    Scenario,
    compare_scenarios,
    effect_of_push,
    plan_pushes,
    push,
    scenarios_for,
    totals_with,
)
from analysis.forecast.series import Told, forecast_series, remarks, series_blocks
