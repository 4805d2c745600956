"""What the campaigns of which this one consists have published: totals, received as tallies of an area each.

No file of theirs is read again. The course of a member's total comes from the panel of each report that it
published, dated by that report's as-of, so that the campaign above knows at any instant what its members had
published by then, each until its own day.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pandas as pd

from analysis.artifacts import read_table, sha256
from analysis.campaign import Campaign, Member
from analysis.campaign.areas import sums_that_differ
from analysis.errors import InputError
from analysis.panel import NEARLY_ALL, totals
from analysis.received import Receipt
from analysis.run.provenance import recorded
from analysis.run.publish import label_of, reports_in
from analysis.tallies import SentFile, keep
from analysis.workspace import open_campaign, project_root

PANEL = "panel.parquet"


def gather(campaign: Campaign) -> dict[str, list[Receipt]]:
    """Receive what every member has published and was not received yet, its oldest report first.

    Returns
    -------
    dict
        By member, one receipt a report that brought something new.

    Raises
    ------
    InputError
        If the campaign has no ``[[members]]``, or one of them counts something else, is simulated where this
        one is real, or has published nothing; nothing is received then.
    """
    if not campaign.members:
        raise InputError(f"campaign {campaign.code} has no [[members]]; name the campaigns it consists of")
    found = {one: _published(campaign, one) for one in campaign.members}
    return {one.campaign: keep(campaign.folder, files, one.campaign) for one, files in found.items()}


def disagreements(campaign: Campaign) -> Iterator[str]:
    """Yield a line for each number of areas.csv that is not the sum that the member itself goes by."""
    for one in campaign.members:
        own = open_campaign(one.campaign)
        leaves = [own.area(code) for code in own.tree(own.last_day).leaves]
        for key, given, below in sums_that_differ(campaign.area(one.area), leaves):
            yield f"{one.area}: {key} {given:,}, but the areas of {own.code} add up to {below:,}"


def _published(campaign: Campaign, member: Member) -> list[SentFile]:
    """Return what each report of a member says of its total, one file a report, oldest first."""
    own = open_campaign(member.campaign)
    if own.measure != campaign.measure:
        found = f"member {own.code} counts {own.measure}, and {campaign.code} {campaign.measure}"
        raise InputError(f"{found}; give both the same headline measure")
    if own.simulated and not campaign.simulated:
        raise InputError(
            f"member {own.code} is simulated and {campaign.code} is not; the two are never added up"
        )
    files = [
        SentFile(f"{own.code}_{label}.csv", _course(panel, campaign, member), as_of, own.code)
        for label, as_of, panel in sorted(_panels(own))
    ]
    if not files:
        raise InputError(
            f"member {own.code} has no published report; run 'analysis run --campaign {own.code}'"
        )
    return files


def _panels(member: Campaign) -> Iterator[tuple[str, datetime, Path]]:
    """Yield label, as-of and panel of each as-of of which a member's report and its panel belong together."""
    root = project_root()
    newest = {label_of(report): report for report in reports_in(root / "reports" / member.code)}
    for label, report in newest.items():
        panel = root / "data" / "processed" / member.code / label / PANEL
        said = recorded(report)
        if said and panel.is_file() and said.outputs.get(PANEL) == sha256(panel):
            yield label, said.as_of, panel


def _course(panel: Path, campaign: Campaign, member: Member) -> bytes:
    """Return the total of a panel by day, as a tally file of the member's area in the campaign above.

    Only days that nearly all areas of the member counted: on any other its total is of an earlier day.
    """
    known = read_table(panel)
    course = totals(known)
    areas = known.loc[known["cumulative"].notna(), "area"].nunique()
    whole = course[course["areas_reported"] >= NEARLY_ALL * areas]
    made = pd.DataFrame({"date": whole["date"], "code": member.area, campaign.measure: whole["cumulative"]})
    text: str = made.to_csv(index=False, date_format="%Y-%m-%d", float_format="%.0f", lineterminator="\n")
    return text.encode()
