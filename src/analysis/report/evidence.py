"""What the earlier steps left behind, read once: the report is made from this and from nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.artifacts import read_json, read_table
from analysis.campaign import Boundaries, Target, load_boundaries
from analysis.errors import InputError
from analysis.panel import aimed, compared_from, totals
from analysis.standing import Standing
from analysis.workspace import Workspace


@dataclass(frozen=True, eq=False)  # one is itself alone, so that what is made of it can be kept
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
    nowcast: pd.DataFrame
    record: pd.DataFrame
    drift: pd.DataFrame
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
    def target(self) -> Target | None:
        """The target this report is about; ``None`` where the campaign counts without one."""
        return self.workspace.campaign.target_on(self.workspace.last_day)

    @property
    def deadline(self) -> date | None:
        """The last day of the target; ``None`` without one."""
        return self.target.deadline if self.target else None

    @cached_property
    def own_targets(self) -> bool:
        """Whether any area has a target of its own, beside that of all together."""
        return self.target is not None and bool((self.standing.leaves["target"] > 0).any())

    @cached_property
    def push_day(self) -> date | None:
        """The first day of the push that is compared; where none is, of the first that is known."""
        return compared_from(self.panel)

    @property
    def raised(self) -> bool:
        """Whether mobilising was found to have raised the count; if not, nobody is told what more would."""
        return str(self.verdict.get("finding", "")).startswith("raised")


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
    panel = _in_order(read_table(folder / "panel.parquet", held_once=True))
    standing = Standing(read_table(folder / "standing.parquet"))
    by_then = panel[panel["date"] <= pd.Timestamp(standing.common_day)]
    campaign, verdict = workspace.campaign, folder / "verdict.json"
    read = {"panel", "totals", "tallies", "findings"}
    tables = [one.name for one in fields(Evidence) if one.type is pd.DataFrame and one.name not in read]
    paths = {name: folder / f"{name}.csv" for name in tables}
    return Evidence(
        workspace=workspace,
        panel=panel,
        standing=standing,
        totals=totals(aimed(by_then)),
        findings=findings,
        tallies=_in_order(read_table(folder / "tallies.parquet", held_once=True)),
        **{
            name: read_table(path) if name in _ALWAYS or path.exists() else pd.DataFrame()
            for name, path in paths.items()
        },
        verdict=read_json(verdict) if verdict.exists() else {},
        boundaries=load_boundaries(campaign.folder, {area.code for area in campaign.areas}),
    )


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Give categories the order of their texts, so that rows sort as texts do."""
    for name in table.select_dtypes("category"):
        table[name] = table[name].cat.set_categories(sorted(table[name].cat.categories))
    return table


_ALWAYS = ("held", "effects", "forecasts", "completion", "scores")
"""Tables that every campaign has; any other is empty where it is not there."""
