"""From the table of evidence to one sentence, by written rules: the same evidence gets the same words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from analysis.compare.result import Effect

Finding = Literal["raised", "raised_fragile", "lowered", "lowered_fragile", "cannot_tell", "cannot_be_told"]

RULES = """\
1. ``cannot_be_told``: the smallest p that the design could give is above 5 %, or no interval has an end.
2. ``cannot_tell``: p is above 5 %, or the interval holds zero.
3. ``raised`` / ``lowered``: p is at most 5 %, the interval lies on one side of zero, and no doubt of 4 holds.
4. ``raised_fragile`` / ``lowered_fragile``: as 3, but without one of the areas p is above 5 %, or an earlier
   placebo date gave an estimate as large, or odds of being chosen less than twice as high would undo it.
"""

FRAGILE_TILT = 2.0
MUCH = 200.0


@dataclass(frozen=True)
class Checks:
    """What the robustness checks found.

    Attributes
    ----------
    worst_p
        Largest p when one area is left out.
    placebos, placebos_as_large
        How many earlier dates were tried, and how many gave an estimate at least as large as the real one.
    tilt
        Ratio of the odds of being chosen at which p passes 5 %; ``None`` when none up to 100 does.
    smallest_percent
        Smallest lift in percent that the design would see four times in five; ``None`` when unknown.
    """

    worst_p: float
    placebos: int
    placebos_as_large: int
    tilt: float | None
    smallest_percent: float | None


@dataclass(frozen=True)
class Verdict:
    """A finding with its reasons and its sentence in both languages."""

    finding: Finding
    reasons: tuple[str, ...]
    vi: str
    en: str


def checks(
    leave_one_out: pd.DataFrame,
    placebo_dates: pd.DataFrame,
    tilt: float | None,
    smallest_percent: float | None,
) -> Checks:
    """Gather the tables of :mod:`analysis.compare.sensitivity` and one row of ``smallest_effect``."""
    real = placebo_dates["real"].to_numpy(dtype=bool)
    size = placebo_dates["estimate"].abs().to_numpy()
    return Checks(
        worst_p=float(leave_one_out["p_value"].max()) if len(leave_one_out) else 1.0,
        placebos=int((~real).sum()),
        placebos_as_large=int((size[~real] >= size[real][0]).sum()),
        tilt=tilt,
        smallest_percent=None
        if smallest_percent is None or smallest_percent != smallest_percent
        else smallest_percent,
    )


def verdict(effect: Effect, found: Checks) -> Verdict:
    """Say what the headline and its checks allow to be said, by :data:`RULES`."""
    alpha = 1 - effect.level
    floor = effect.p_min if effect.p_min is not None else 0.0
    if effect.estimate is None or effect.p_value is None or effect.interval is None or floor > alpha:
        return _write("cannot_be_told", ("floor",), effect, found)
    low, high = effect.interval
    if effect.p_value > alpha or low <= 0 <= high:
        return _write("cannot_tell", ("p",), effect, found)
    doubts = [
        reason
        for reason, holds in (
            ("leave_one_out", found.worst_p > alpha),
            ("placebo", found.placebos_as_large > 0),
            ("tilt", found.tilt is not None and found.tilt < FRAGILE_TILT),
        )
        if holds
    ]
    sides: tuple[Finding, Finding] = (
        ("raised_fragile", "lowered_fragile") if doubts else ("raised", "lowered")
    )
    return _write(sides[0] if effect.estimate > 0 else sides[1], tuple(doubts), effect, found)


DOUBTS = {
    "leave_one_out": (
        "bỏ một địa bàn ra thì không còn chắc chắn",
        "without one of the areas it is no longer sure",
    ),
    "placebo": (
        "có ngày trước đó chênh lệch cũng lớn như vậy",
        "an earlier date shows as large a difference",
    ),
    "tilt": (
        "chỉ cần khả năng được chọn chênh nhau chưa đến 2 lần là đủ xoá kết quả",
        "odds of being chosen less than twice as high would undo it",
    ),
}


def _write(finding: Finding, reasons: tuple[str, ...], effect: Effect, found: Checks) -> Verdict:
    window = str(effect.details.get("window", ""))
    span_vi = window.replace("days", "các ngày").replace("day", "ngày")
    span_en = window
    numbers = _numbers(effect)
    if finding == "cannot_be_told":
        vi = (
            f"Không thể kết luận ({span_vi}): với {effect.n_treated} địa bàn huy động trong "
            f"{effect.n_treated + effect.n_control}, giá trị p nhỏ nhất có thể là {_vi(effect.p_min)}."
        )
        en = (
            f"It cannot be told ({span_en}): with {effect.n_treated} mobilised areas of "
            f"{effect.n_treated + effect.n_control}, the smallest possible p is {_en(effect.p_min)}."
        )
        return Verdict(finding, reasons, vi, en)
    if finding == "cannot_tell":
        least_vi = "" if found.smallest_percent is None else (
            _least(found.smallest_percent)[0]
        )  # fmt: skip
        least_en = "" if found.smallest_percent is None else (
            _least(found.smallest_percent)[1]
        )  # fmt: skip
        vi = f"Chưa thể khẳng định huy động làm thay đổi kết quả ({span_vi}): {numbers[0]}.{least_vi}"
        en = f"Whether mobilising changed the result cannot be told ({span_en}): {numbers[1]}.{least_en}"
        return Verdict(finding, reasons, vi, en)
    up = finding.startswith("raised")
    verb_vi = "làm tăng" if up else "đi cùng mức giảm của"
    verb_en = "raised" if up else "went with a fall in"
    vi = f"Huy động {verb_vi} số đạt được ({span_vi}): {numbers[0]}"
    en = f"Mobilising {verb_en} the count ({span_en}): {numbers[1]}"
    if reasons:
        vi += "; nhưng " + ", ".join(DOUBTS[reason][0] for reason in reasons)
        en += "; but " + ", ".join(DOUBTS[reason][1] for reason in reasons)
    return Verdict(finding, reasons, vi + ".", en + ".")


def _least(percent: float) -> tuple[str, str]:
    """Say what the design could have seen; far above doubling the number itself means nothing."""
    if percent > MUCH:
        return (
            " Với số liệu này, mức tăng gấp ba cũng khó nhận ra.",
            " With these data even a tripling would be hard to see.",
        )
    return (
        f" Thiết kế này chỉ thấy được mức tăng từ khoảng {_vi(percent)} % trở lên.",
        f" This design could only see a rise of about {_en(percent)} % or more.",
    )


def _numbers(effect: Effect) -> tuple[str, str]:
    """Effect, interval and p in both languages, persons first where they are known."""
    extra = effect.details.get("extra_persons") or {}
    p_vi, p_en = f"p = {_vi(effect.p_value)}", f"p = {_en(effect.p_value)}"
    if extra.get("total") is not None and extra.get("interval"):
        low, high = extra["interval"]
        return (
            f"thêm khoảng {_vi(extra['total'])} người "
            f"(khoảng tin cậy 95 %: {_vi(low)} đến {_vi(high)}), {p_vi}",
            f"about {_en(extra['total'])} extra persons (95 % interval {_en(low)} to {_en(high)}), {p_en}",
        )
    estimate = float(effect.estimate or 0.0)
    if effect.interval is None:
        return f"ước lượng {_vi(estimate)}, {p_vi}", f"estimate {_en(estimate)}, {p_en}"
    low, high = effect.interval
    return (
        f"ước lượng {_vi(estimate)} (khoảng tin cậy 95 %: {_vi(low)} đến {_vi(high)}), {p_vi}",
        f"estimate {_en(estimate)} (95 % interval {_en(low)} to {_en(high)}), {p_en}",
    )


def _en(value: float | None) -> str:
    """Two significant digits below 100, whole tens above."""
    if value is None:
        return "?"
    if abs(value) >= 100:
        return f"{round(value, -1):,.0f}".replace("-", "−")
    return f"{value:.2g}".replace("-", "−")


def _vi(value: float | None) -> str:
    return _en(value).translate(str.maketrans(",.", ".,"))
