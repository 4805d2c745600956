"""What the earlier steps left behind, read once: the report is made from this and from nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.artifacts import read_json, read_table
from analysis.campaign import Boundaries, Target, load_boundaries
from analysis.errors import InputError
from analysis.panel import totals
from analysis.standing import Standing
from analysis.workspace import Workspace

TOTAL = "total"  # the location that means all areas together


@dataclass(frozen=True)
class Evidence:
    """The artifacts of one campaign as of one instant, as the rooms that made them describe their columns.

    ``verdict`` is what the comparison found (``finding``); empty where it wrote none. ``boundaries``
    are facts of the campaign, ``None`` where it has none.
    """

    workspace: Workspace
    panel: pd.DataFrame
    standing: Standing
    totals: pd.DataFrame
    tallies: pd.DataFrame
    held: pd.DataFrame
    findings: pd.DataFrame
    effects: pd.DataFrame
    forecasts: pd.DataFrame
    completion: pd.DataFrame
    scores: pd.DataFrame
    scenarios: pd.DataFrame
    fan: pd.DataFrame
    last_week: pd.DataFrame
    design: pd.DataFrame
    sensitivity: pd.DataFrame
    permutation: pd.DataFrame
    waves: pd.DataFrame
    gains: pd.DataFrame
    lasting: pd.DataFrame
    verdict: Mapping[str, Any]
    boundaries: Boundaries | None

    @property
    def target(self) -> Target:
        """The target this report is about: the one in force, else the first that will be."""
        campaign = self.workspace.campaign
        target = campaign.target_on(self.workspace.last_day)
        target = target or min(campaign.targets, key=lambda one: one.known_from, default=None)
        if target is None:
            raise InputError(f"{campaign.folder / 'campaign.toml'}: no target; a report needs a [[targets]]")
        return target


def read_evidence(workspace: Workspace) -> Evidence:
    """Read every artifact the report needs.

    Raises
    ------
    InputError
        Where one is missing, or where a check found an error: no report rather than half of one.
    """
    folder = workspace.processed
    findings = read_table(folder / "findings.csv")
    errors = findings[findings["severity"] == "error"]
    if not errors.empty:
        first = errors.iloc[0]
        raise InputError(
            f"{folder / 'findings.csv'}: {len(errors)} finding(s) of severity error, the first in "
            f"{str(first['file'])[:100]!r}: {str(first['message_en'])[:200]}; mend it before reporting"
        )
    panel = read_table(folder / "panel.parquet")
    standing = Standing(read_table(folder / "standing.parquet"))
    by_then = panel[panel["date"] <= pd.Timestamp(standing.common_day)]
    return Evidence(
        workspace=workspace,
        panel=panel,
        standing=standing,
        totals=totals(by_then),
        tallies=read_table(folder / "tallies.parquet"),
        held=read_table(folder / "held.csv"),
        findings=findings,
        effects=read_table(folder / "effects.csv"),
        forecasts=read_table(folder / "forecasts.csv"),
        completion=read_table(folder / "completion.csv"),
        scores=read_table(folder / "scores.csv"),
        scenarios=_read_optional(folder / "scenarios.csv"),
        fan=_read_optional(folder / "fan.csv"),
        last_week=_read_optional(folder / "last_week.csv"),
        design=_read_optional(folder / "design.csv"),
        sensitivity=_read_optional(folder / "sensitivity.csv"),
        permutation=_read_optional(folder / "permutation.csv"),
        waves=_read_optional(folder / "waves.csv"),
        gains=_read_optional(folder / "gains.csv"),
        lasting=_read_optional(folder / "lasting.csv"),
        verdict=read_json(path) if (path := folder / "verdict.json").exists() else {},
        boundaries=load_boundaries(
            workspace.campaign.folder, {area.code for area in workspace.campaign.areas}
        ),
    )


def _read_optional(path: Path) -> pd.DataFrame:
    """Read a table that not every campaign has; empty where it is not there."""
    return read_table(path) if path.exists() else pd.DataFrame()
