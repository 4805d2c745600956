"""Tables of the comparison: every estimate of what mobilising brought, and what was tried to overturn it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from analysis.campaign import Text
from analysis.report.areas import area_names, area_of
from analysis.report.cells import as_float, as_text
from analysis.report.evidence import Evidence
from analysis.report.summary import main_effect
from analysis.report.table import Cell, Table, table_of
from analysis.report.words.phrases import named, phrase
from analysis.report.words.voice import LISTED
from analysis.standing import as_date

OF_OTHER_DAYS = {"placebo_dates", "base_length"}
"""Checks whose rows each rest on counts of days of their own, which there may not be."""


def effect_table(evidence: Evidence) -> Table:
    """Every estimate of what mobilising brought, as the comparison wrote it."""
    return table_of("effects", evidence.effects, window=window_words)


def window_words(row: Mapping[Any, Any]) -> Text | None:
    """Say a window of days from the push, one day as one."""
    first, last = row["first_day"], row["last_day"]
    if as_float(first) is None or as_float(last) is None:
        return None
    if first == last == 0:
        return Text({to: text.capitalize() for to, text in phrase("window_short_day").items()})
    short = phrase("window_short_days")
    return Text(
        {to: text.format(first=int(first), last=int(last)).capitalize() for to, text in short.items()}
    )


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
        window=window_words,
        why=lambda row: named("why", as_text(row["why"]) or "") or None,
    )


def gains_table(evidence: Evidence) -> Table:
    """Each mobilised area's own gain, with a prediction interval."""
    return table_of("gains", evidence.gains, area=area_of(evidence, "area"))


def lasting_table(evidence: Evidence) -> Table:
    """Show how the gain adds up, and how much of the first day's is left."""
    return table_of("lasting", evidence.lasting)


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
    if row["check"] in OF_OTHER_DAYS and as_float(row["estimate"]) is None:
        return phrase("holds_no_counts")
    return phrase(f"holds_{str(row['holds']).lower()}") if as_text(row["holds"]) else None


def design_table(evidence: Evidence) -> Table:
    """Say how alike the groups were, what so many areas could show, and how unequal odds may have been."""
    bound = {"True": "exact", "False": "at_least"}
    return table_of(
        "design",
        evidence.design,
        window=window_words,
        exact=lambda row: phrase(f"odds_{bound[exact]}") if (exact := as_text(row["exact"])) else None,
    )


def _detail(check: str, detail: str | None, names: Mapping[str, str]) -> Cell:
    """Say what a check was about: a day, an area, a share."""
    if check == "placebo_dates":
        return as_date(detail) or phrase("placebo_all")
    if detail is None:
        return None
    if check == "base_length":
        weeks = phrase("base_all" if detail == "all" else "base_weeks")
        return Text({language: said.format(weeks=detail) for language, said in weeks.items()})
    return phrase(f"odds_{detail}") if check == "odds" else names.get(detail, detail)
