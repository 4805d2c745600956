"""The tables of the report, each from one artifact: what was compared, forecast, received."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pandas as pd

from analysis import say
from analysis.artifacts import sha256
from analysis.campaign import TOTAL, Text
from analysis.report.areas import area_names, event_table, push_table, risk_table, table_from
from analysis.report.cells import as_float, as_text
from analysis.report.evidence import Evidence
from analysis.report.published import published_table
from analysis.report.summary import main_effect
from analysis.report.table import Cell, Column, Reader, Table, columns, table_of, window_words
from analysis.report.words.checked import finding_words, reason_words
from analysis.report.words.phrases import named, phrase
from analysis.report.words.voice import LISTED
from analysis.standing import as_date
from analysis.tallies.asof import changed_since

_OF_OTHER_DAYS = {"placebo_dates", "base_length"}
"""Checks whose rows each rest on counts of days of their own, which there may not be."""
_WEEK = timedelta(days=7)
_MOST = 50_000
"""Counts or tallies that a workbook holds at most: writing more takes longer than the rest of a report."""


def waves_table(evidence: Evidence) -> Table:
    """Every wave against the areas not yet mobilised, and what they come to together."""
    names = area_names(evidence)

    def who(row: Mapping[str, Any]) -> Cell:
        codes = (as_text(row["areas"]) or "").split()
        rest = ["…"] * (len(codes) > LISTED)
        return ", ".join([*(names.get(code, code) for code in codes[:LISTED]), *rest]) or None

    return table_of(
        "waves",
        evidence.waves,
        wave=lambda row: as_date(row["wave"]) if who(row) else phrase(f"wave_{row['wave']}"),
        areas=who,
        why=lambda row: named("why", as_text(row["why"]) or "") or None,
    )


def sensitivity_table(evidence: Evidence) -> Table:
    """List what was tried to overturn the main estimate, one row a check, those that do first."""
    made, names = evidence.sensitivity, area_names(evidence)
    row = main_effect(evidence.effects)
    window = None if row.empty else window_words({str(key): cell for key, cell in row.iloc[0].items()})
    found = table_of(
        "sensitivity",
        made.sort_values("holds", key=lambda it: it.astype(str) != "False", kind="stable")
        if len(made)
        else made,
        detail=lambda row: _detail(str(row["check"]), as_text(row["detail"]), names),
        holds=_holds,
    )
    said = {
        to: text.format(window=(window(to) if window else "–").lower()) for to, text in found.note.items()
    }
    return replace(found, note=Text(said))


def _holds(row: Mapping[str, Any]) -> Text | None:
    if row["check"] in _OF_OTHER_DAYS and as_float(row["estimate"]) is None:
        return phrase("holds_no_counts")
    return phrase(f"holds_{str(row['holds']).lower()}") if as_text(row["holds"]) else None


def design_table(evidence: Evidence) -> Table:
    """Say how alike the groups were, what so many areas could show, and how unequal odds may have been."""
    bound = {"True": "exact", "False": "at_least"}
    exact: Reader = lambda row: phrase(f"odds_{bound[one]}") if (one := as_text(row["exact"])) else None  # noqa: E731
    return table_of("design", evidence.design, exact=exact)


def _detail(check: str, detail: str | None, names: Mapping[str, str]) -> Cell:
    """Say what a check was about: a day, an area, a share."""
    if check == "placebo_dates":
        return as_date(detail) or phrase("placebo_all")
    if detail is None:
        return None
    if check == "base_length":
        weeks = phrase("base_all" if detail == "all" else "base_weeks")
        return Text({language: said.format(weeks=detail) for language, said in weeks.items()})
    if check == "leak":
        share = float(detail.removesuffix("%")) / 100
        return Text({language: say.percent(share, language, 0) for language in phrase("odds_exact")})
    return phrase(f"odds_{detail}") if check == "odds" else names.get(detail, detail)


def score_table(evidence: Evidence) -> Table:
    """How the forecasts did on the campaign's own past."""
    return table_of("scores", evidence.scores, scope=lambda row: named("word", str(row["scope"])))


def scenario_table(evidence: Evidence) -> Table:
    """Show what pushes would change, where one was found to: the same sample paths with and without them."""
    made = evidence.scenarios
    rows = made[made["location"] == TOTAL] if len(made) and evidence.raised else made[:0]
    return table_of("scenarios", rows)


def record_table(evidence: Evidence) -> Table:
    """Set what earlier reports said of all areas together beside what came, the newest report first."""
    made = evidence.record[::-1]
    return table_of("record", made, as_of=lambda row: as_date(str(row["as_of"])[:10]), inside=_inside)


def last_week_table(evidence: Evidence) -> Table:
    """Set what last week's forecast said for the newest day beside what came; the largest miss first."""
    said = evidence.last_week
    if not said.empty:
        miss = (said["actual"] - said["p50"]).abs()
        said = said.assign(miss=miss, last=said["location"] == TOTAL)
        said = said.sort_values(["last", "miss", "location"], ascending=[True, False, True])
    made = table_from(evidence, "last_week", said, inside=_inside)
    return replace(made, strong=len(made.rows) - 1 if made.rows else None)


def _inside(row: Mapping[str, Any]) -> Cell:
    """Whether what came lies in the 80 % range; nothing where nothing came."""
    if pd.isna(row["actual"]):
        return None
    return phrase("inside_true" if row["p10"] <= row["actual"] <= row["p90"] else "inside_false")


def report_table(evidence: Evidence) -> Table:
    """Who reported: newest day with its file and row, tallies and files by area; furthest behind first."""
    workspace = evidence.workspace
    read = evidence.tallies[["area_code", "date", "received_at", "file", "row"]]
    ordered = read.sort_values(["date", "received_at"], kind="stable")
    grouped = ordered.groupby("area_code")
    newest = ordered.drop_duplicates("area_code", keep="last").set_index("area_code")
    rows = pd.DataFrame({
        "newest": newest["date"],
        "received": grouped["received_at"].max().dt.tz_convert(workspace.campaign.zone),
        "files": grouped["file"].nunique(),
        "tallies": grouped.size(),
        "file": newest["file"],
        "row": newest["row"],
    })  # fmt: skip
    awaited = {*workspace.campaign.tree(workspace.today).leaves, *rows.index}  # of a sum nobody waits for any
    areas = (area for area in workspace.campaign.areas if area.valid_on(workspace.last_day))
    counted = [area.code for area in areas if area.code in awaited]
    rows = rows.reindex(pd.Index(counted, name="area")).fillna({"files": 0, "tallies": 0}).reset_index()
    first = pd.Timestamp(workspace.campaign.first_day)
    rows = rows.sort_values("newest", key=lambda day: day.fillna(first), kind="stable")
    return table_from(evidence, "reports", rows)


def raw_tables(evidence: Evidence) -> tuple[Table, ...]:
    """Return what a workbook has beside the report's tables: every count, and every tally with its place.

    Where there are more than a workbook is for, each is empty and its note says where they are.
    """
    return (
        _series_table(evidence) if len(evidence.panel) <= _MOST else _elsewhere("series", "panel.parquet"),
        _tally_table(evidence)
        if len(evidence.tallies) <= _MOST
        else _elsewhere("tallies", "tallies.parquet"),
    )


def _elsewhere(key: str, source: str) -> Table:
    said = phrase("table_elsewhere_note").items()
    note = Text({language: text.format(file=source) for language, text in said})
    return Table(key, phrase(f"table_{key}"), note, source, columns("date:day"), ())


def _series_table(evidence: Evidence) -> Table:
    """Set every area's cumulative count day by day; nothing where nothing is known of a day."""
    campaign = evidence.workspace.campaign
    names = area_names(evidence)
    wide = evidence.panel.pivot_table(index="date", columns="area", values="cumulative", dropna=False)
    areas = [
        Column(code, Text(dict.fromkeys(campaign.languages, names[code])), "count") for code in map(str, wide)
    ]
    rows = tuple(
        (as_date(day), *(as_float(value) for value in values))
        for day, values in zip(wide.index, wide.to_numpy(), strict=True)
    )
    title, note = phrase("table_series"), phrase("table_series_note")
    return Table("series", title, note, "panel.parquet", (*columns("date:day"), *areas), rows)


def _tally_table(evidence: Evidence) -> Table:
    """List every accepted tally with the file, the sheet and the row it stood in, newest day first."""
    rows = evidence.tallies.sort_values(["date", "area_code", "received_at"], ascending=[False, True, True])
    received = rows["received_at"].dt.tz_convert(evidence.workspace.campaign.zone)
    return table_from(evidence, "tallies", rows.assign(received_at=received))


def held_table(evidence: Evidence) -> Table:
    """List what was held back, and why; the cells as somebody typed them."""

    def place(row: Mapping[Any, Any], code: str) -> tuple[str, ...]:
        return tuple(str(row[key]) for key in (code, "file", "sheet", "row"))

    said = {place(row, "code"): finding_words(row) for row in evidence.findings.to_dict("records")}

    def reason(row: Mapping[str, Any]) -> Cell:
        return said.get(place(row, "reason")) or reason_words(str(row["reason"]))

    return table_from(evidence, "held", evidence.held, reason=reason)


def revision_table(evidence: Evidence) -> Table:
    """List tallies whose accepted value changed in the week before the as-of instant, newest first."""
    as_of = pd.Timestamp(evidence.workspace.as_of)
    rows = changed_since(evidence.tallies, as_of - _WEEK, as_of)
    return table_from(evidence, "revisions", rows.assign(difference=rows["value"] - rows["value_before"]))


def artifact_table(evidence: Evidence) -> Table:
    """List the artifacts the report was made from, by their hash."""
    folder = evidence.workspace.processed
    paths = sorted(path for path in folder.iterdir() if path.suffix in (".csv", ".parquet", ".json"))
    digests = [(path, sha256(path)) for path in paths]
    rows = [{"file": path.name, "bytes": path.stat().st_size, "sha256": f"{one[:16]}…", "sha256_full": one}
            for path, one in digests]  # fmt: skip
    return table_of("artifacts", rows)


FROM_EVIDENCE: tuple[Callable[[Evidence], Table], ...] = (
    lambda evidence: table_of("effects", evidence.effects), sensitivity_table, design_table, waves_table,
    lambda evidence: table_from(evidence, "gains", evidence.gains),
    lambda evidence: table_of("lasting", evidence.lasting), risk_table, push_table, event_table,
    scenario_table, record_table, last_week_table, score_table, published_table, held_table,
    lambda evidence: table_of("findings", evidence.findings.iloc[::-1], message=finding_words),
    revision_table, report_table, artifact_table,
)  # fmt: skip
"""What makes each table of the report but that of the areas, in the order of the summary."""
