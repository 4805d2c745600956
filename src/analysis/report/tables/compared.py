"""Tables of the comparison: every estimate of what mobilising brought, and what was tried to overturn it."""

from collections.abc import Mapping
from typing import Any

from analysis.campaign import Text
from analysis.report.areas import area_names
from analysis.report.cells import as_day, as_float, as_text
from analysis.report.evidence import Evidence
from analysis.report.table import Cell, Table, columns, rows_of, table
from analysis.report.words.phrases import named, phrase

_EFFECTS = columns(
    "estimator window extra:estimate=extra_persons extra_low:estimate extra_high:estimate estimate:estimate"
    " unit low:estimate=interval_low high:estimate=interval_high p_value:p_value p_min:p_value"
)
_SENSITIVITY = columns("check detail estimate:estimate p_value:p_value holds")
_DESIGN = columns(
    "fact>measure window mobilised:estimate others:estimate=comparison value:estimate exact>detail"
)
_WAVES = columns(
    "wave areas window n_treated:count n_control:count extra:estimate=extra_persons extra_low:estimate"
    " extra_high:estimate estimate:estimate low:estimate=interval_low high:estimate=interval_high"
    " p_value:p_value p_min:p_value why"
)
_GAINS = columns(
    "area extra:estimate=extra_persons extra_low:estimate extra_high:estimate estimate:estimate"
    " low:estimate=interval_low high:estimate=interval_high"
)
_LASTING = columns(
    "last_day:count extra:estimate=extra_persons extra_low:estimate extra_high:estimate all_low:estimate"
    " all_high:estimate share_left:percent"
)


def effect_table(evidence: Evidence) -> Table:
    """Every estimate of what mobilising brought, as the comparison wrote it."""
    rows = rows_of(
        evidence.effects,
        _EFFECTS,
        estimator=lambda row: named("estimator", str(row["estimator"])),
        window=lambda row: window_name(row["first_day"], row["last_day"]),
        unit=lambda row: named("unit", str(row["unit"])),
    )
    return table("effects", "effects.csv", _EFFECTS, rows)


def window_name(first: Any, last: Any) -> Text | None:
    """Return a window of days from the push in words."""
    if as_float(first) is None or as_float(last) is None:
        return None
    if first == last == 0:
        return phrase("window_short_day")
    short = phrase("window_short_days")
    return Text({code: text.format(first=int(first), last=int(last)) for code, text in short.items()})


def waves_table(evidence: Evidence) -> Table:
    """Every wave against the areas not yet mobilised, and what they come to together."""
    names = area_names(evidence)

    def who(row: Mapping[str, Any]) -> Cell:
        codes = (as_text(row["areas"]) or "").split()
        return ", ".join(names.get(code, code) for code in codes) or None

    rows = rows_of(
        evidence.waves,
        _WAVES,
        wave=lambda row: as_day(row["wave"]) if who(row) else phrase(f"wave_{row['wave']}"),
        areas=who,
        window=lambda row: window_name(row["first_day"], row["last_day"]),
        why=lambda row: named("why", as_text(row["why"]) or "") or None,
    )
    return table("waves", "waves.csv", _WAVES, rows)


def gains_table(evidence: Evidence) -> Table:
    """Each mobilised area's own gain, with a prediction interval."""
    names = area_names(evidence)
    rows = rows_of(evidence.gains, _GAINS, area=lambda row: names.get(str(row["area"]), str(row["area"])))
    return table("gains", "gains.csv", _GAINS, rows)


def lasting_table(evidence: Evidence) -> Table:
    """Show how the gain adds up, and how much of the first day's is left."""
    return table("lasting", "lasting.csv", _LASTING, rows_of(evidence.lasting, _LASTING))


def sensitivity_table(evidence: Evidence) -> Table:
    """List what was tried to overturn the main estimate, one row a check."""
    names = area_names(evidence)
    rows = rows_of(
        evidence.sensitivity,
        _SENSITIVITY,
        check=lambda row: named("check", str(row["check"])),
        detail=lambda row: _detail(str(row["check"]), as_text(row["detail"]), names),
        holds=lambda row: phrase(f"holds_{str(row['holds']).lower()}") if as_text(row["holds"]) else None,
    )
    no = phrase("holds_false")
    rows.sort(key=lambda row: row[-1] != no)
    return table("sensitivity", "sensitivity.csv", _SENSITIVITY, rows)


def design_table(evidence: Evidence) -> Table:
    """Say how alike the groups were, what so many areas could show, and how unequal odds may have been."""
    rows = rows_of(
        evidence.design,
        _DESIGN,
        fact=lambda row: named("fact", str(row["fact"])),
        window=lambda row: window_name(row["first_day"], row["last_day"]),
        exact=lambda row: phrase(f"odds_{_BOUND[exact]}") if (exact := as_text(row["exact"])) else None,
    )
    return table("design", "design.csv", _DESIGN, rows)


_BOUND = {"True": "exact", "False": "at_least"}


def _detail(check: str, detail: str | None, names: Mapping[str, str]) -> Cell:
    """Say what a check was about: a day, an area, a share."""
    if detail is None:
        return None
    if check == "placebo_dates":
        return as_day(detail)
    if check == "base_length":
        weeks = phrase("base_all" if detail == "all" else "base_weeks")
        return Text({language: said.format(weeks=detail) for language, said in weeks.items()})
    return phrase(f"odds_{detail}") if check == "odds" else names.get(detail, detail)
