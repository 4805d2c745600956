"""The whole argument on one push, from balance to sentence, as the notebook walks through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.campaign import Border
from analysis.compare.balance import BALANCE_COLUMNS, balance
from analysis.compare.contrasts import headline
from analysis.compare.design import NEVER, Design, Matrix, Window, read_design
from analysis.compare.estimators import Request, attempt
from analysis.compare.power import smallest_effect
from analysis.compare.regression import restrict
from analysis.compare.result import Effect, effects_table
from analysis.compare.sensitivity import (
    contamination,
    data_breaks,
    leave_one_out,
    medians,
    placebo_dates,
    regression_to_the_mean,
    tilt,
    without_neighbours,
)
from analysis.compare.verdict import Verdict, checks, verdict
from analysis.errors import InputError

WINDOWS = (Window(0, 0), Window(0, 6), Window(0, 27), Window(0, 56))
"""Fixed in advance: the push day, its week, four weeks, and eight weeks, net of what was pulled forward."""

WEEK = Window(0, 6)
DAILY = ("did", "ri", "wcb", "collapsed", "bjs")
WEEKLY = ("cs", "sc", "sdid", "honest")
RATE = "new per 1,000 remaining"


@dataclass(frozen=True)
class Study:
    """Everything the notebook shows; without a push every table is empty and the sentence says so.

    Attributes
    ----------
    counts
        The panel as a design of counts among people not yet activated; ``None`` before any push.
    headlines
        The headline for each window that the panel reaches.
    opinions
        The other estimators on the push's week; those that do not suit say why.
    effects
        The rows of ``effects.csv``.
    main
        The window that the checks are about: the push's week, or the longest shorter one.
    """

    counts: Design | None
    main: Window
    headlines: tuple[Effect, ...]
    opinions: tuple[Effect, ...]
    effects: pd.DataFrame
    balance: pd.DataFrame
    power: pd.DataFrame
    placebo_dates: pd.DataFrame
    leave_one_out: pd.DataFrame
    twins: pd.DataFrame
    leaks: pd.DataFrame
    breaks: pd.DataFrame
    tilt: float | None
    verdicts: tuple[Verdict, ...]

    @property
    def main_headline(self) -> Effect:
        """The headline on the main window; an effect without numbers before any push."""
        named = {effect.details["window"]: effect for effect in self.headlines}
        return named.get(str(self.main), self.headlines[0] if self.headlines else _NO_EFFECT)

    @property
    def opinion_table(self) -> pd.DataFrame:
        """Every estimator beside the headline, those that do not suit with their reason."""
        rows = [
            (
                effect.estimator,
                effect.estimate,
                *(effect.interval or (None, None)),
                effect.p_value,
                _note(effect),
            )
            for effect in self.opinions
        ]
        columns = ["estimator", "estimate", "low", "high", "p_value", "note"]
        return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[1:5], float))

    @property
    def left_out_table(self) -> pd.DataFrame:
        """Smallest and largest estimate, and largest p, when one area of a side is left out."""
        return (
            self.leave_one_out.groupby("side", as_index=False)
            .agg(
                areas=("left_out", "size"),
                smallest=("estimate", "min"),
                largest=("estimate", "max"),
                largest_p=("p_value", "max"),
            )
            .rename(columns={"side": "one_left_out"})
        )

    @property
    def odds(self) -> str:
        """The assignment-tilt bound in words."""
        if self.counts is None:
            return "no push yet"
        if self.tilt is None:
            return "no odds of being chosen up to 100 times as high would bring p above 5 %"
        if self.tilt == 1:
            return "p is above 5 % with equal odds of being chosen"
        return f"odds of being chosen {self.tilt:.2g} times as high would bring p above 5 %"

    @property
    def sentences(self) -> str:
        """The verdicts, Vietnamese and English, a line each."""
        return "\n".join(line for said in self.verdicts for line in (said.vi, said.en))


_NO_EFFECT = Effect(
    "headline",
    "not estimated",
    None,
    None,
    None,
    None,
    "none",
    None,
    0,
    0,
    details={"not_applicable": "no push yet"},
)


def _note(effect: Effect) -> str:
    if effect.details.get("not_applicable"):
        return "does not suit: " + str(effect.details["not_applicable"]).split(";")[0]
    if effect.details.get("disagree"):
        return f"restricted and unrestricted disagree (p {effect.details['p_unrestricted']:.2g})"
    if "breakdown_mbar" in effect.details:
        broken = effect.details["breakdown_mbar"]
        return "zero is inside even without violations" if broken is None else f"breakdown Mbar {broken:.2g}"
    return ""


def study_push(panel: pd.DataFrame, borders: Sequence[Border] = (), *, seed: int) -> Study:
    """Study the first push in a panel.

    Parameters
    ----------
    panel
        ``area``, ``date``, ``new``, ``remaining``, ``rate``, ``treated_from``; as :mod:`analysis.panel`
        makes it.
    borders
        The campaign's borders between areas; may be empty.
    seed
        For what must be sampled.
    """
    if panel["treated_from"].isna().all():
        return _nothing()
    panel = _usable(panel)
    counts = read_design(panel, "new", exposure="remaining")
    headlines = _headlines(counts)
    if not headlines:
        return _nothing()
    main = max((window for window in _reached(counts) if window.last <= WEEK.last), key=lambda w: w.last)
    rates = read_design(panel.assign(**{RATE: 1000 * panel["rate"]}), RATE, exposure="remaining")
    opinions = _opinions(counts, rates, main, seed)
    rng = np.random.default_rng(seed)
    power = smallest_effect(counts, _reached(counts), rng)
    told = [effect for effect in (*headlines, *opinions) if effect.estimate is not None]
    seen = dict(zip(power["window"], power["percent"], strict=True))
    named = {str(window): window for window in _reached(counts)}
    shown = {effect.details["window"]: effect for effect in headlines}
    tried = {window: _overturn(counts, named[window]) for window in {**shown, str(main): None}}
    about = tried[str(main)]
    return Study(
        counts=counts,
        main=main,
        headlines=headlines,
        opinions=opinions,
        effects=effects_table(told),
        balance=balance(rates, main),
        power=power,
        placebo_dates=about.placebo_dates,
        leave_one_out=about.leave_one_out,
        twins=_twins(counts, main, borders),
        leaks=contamination(_main_effect(headlines, main)),
        breaks=data_breaks(counts),
        tilt=about.tilt,
        verdicts=tuple(
            verdict(
                effect,
                checks(
                    tried[window].leave_one_out,
                    tried[window].placebo_dates,
                    tried[window].tilt,
                    seen.get(window),
                ),
            )
            for window, effect in shown.items()
        ),
    )


def push_headlines(panel: pd.DataFrame) -> pd.DataFrame:
    """Return the headline's rows of ``effects.csv`` alone, for whoever need not wait for the rest.

    Parameters
    ----------
    panel
        As `study_push` takes it.
    """
    if panel["treated_from"].isna().all():
        return effects_table([])
    counts = read_design(_usable(panel), "new", exposure="remaining")
    return effects_table([effect for effect in _headlines(counts) if effect.estimate is not None])


def _usable(panel: pd.DataFrame) -> pd.DataFrame:
    return panel.assign(remaining=panel["remaining"].clip(lower=0))  # eligible people can be counted too low


@dataclass(frozen=True)
class _Overturn:
    """What might overturn the headline on one window."""

    leave_one_out: pd.DataFrame
    placebo_dates: pd.DataFrame
    tilt: float | None


def _overturn(counts: Design, window: Window) -> _Overturn:
    return _Overturn(leave_one_out(counts, window), placebo_dates(counts, window), tilt(counts, window))


def _reached(counts: Design) -> list[Window]:
    """Cut the fixed windows at the panel's last day, each once."""
    days = int(counts.times[-1]) - counts.first_start
    return list(dict.fromkeys(Window(window.first, min(window.last, days)) for window in WINDOWS))


def _headlines(counts: Design) -> tuple[Effect, ...]:
    found = []
    for window in _reached(counts):
        try:
            found.append(headline(counts, window))
        except InputError:
            continue  # an area that mobilised has not reported on these days yet
    return tuple(found)


def _main_effect(headlines: Sequence[Effect], main: Window) -> float:
    named = {effect.details["window"]: effect for effect in headlines}
    effect = named.get(str(main), headlines[0])
    return float(effect.estimate or 0.0)


def _opinions(counts: Design, rates: Design, main: Window, seed: int) -> tuple[Effect, ...]:
    ask = Request(main, seed=seed)
    gathered = weeks(rates, main)
    weekly = [attempt(name, gathered, Request(seed=seed)) for name in WEEKLY]
    return (
        *(attempt(name, rates, ask) for name in DAILY),
        attempt("ppml", counts, ask),
        *(replace(effect, details={**effect.details, "window": str(main)}) for effect in weekly),
    )


def weeks(design: Design, window: Window) -> Design:
    """Gather a daily design in whole weeks from the push: means over each week, numbered from the push."""
    cells = restrict(design, window)
    week = (cells.times - cells.first_start) // 7
    numbers = [number for number in np.unique(week) if (week == number).sum() == 7 or number == 0]
    outcome = np.stack([_mean(cells.outcome[:, week == number]) for number in numbers], axis=1)
    starts = np.where(cells.starts == cells.first_start, 0, NEVER)
    return replace(
        cells,
        times=np.array(numbers, dtype=np.int64),
        dated=False,
        outcome=outcome,
        exposure=None,
        starts=starts,
        outcome_name=f"{cells.outcome_name}, weekly mean",
    )


def _mean(days: Matrix) -> NDArray[np.float64]:
    """``(n,)`` mean over the days that an area has; NaN for one that has none."""
    seen = ~np.isnan(days)
    total = np.where(seen, days, 0.0).sum(axis=1)
    return np.asarray(
        np.divide(total, seen.sum(axis=1), out=np.full(len(days), np.nan), where=seen.any(axis=1))
    )


def _twins(counts: Design, main: Window, borders: Sequence[Border]) -> pd.DataFrame:
    """Measure the headline in other ways, one row each: ``measure``, ``estimate``, ``p_value``."""
    rows = [medians(counts, main)]
    if borders:
        pairs = pd.DataFrame({"area": [b.area for b in borders], "neighbour": [b.neighbour for b in borders]})
        near = without_neighbours(counts, main, pairs).rename(columns={"comparison_areas": "measure"})
        near["measure"] = "comparison areas: " + near["measure"]
        rows.append(near[near["measure"] != "comparison areas: all"][["measure", "estimate", "p_value"]])
    drift = regression_to_the_mean(counts, main)
    rows.append(
        pd.DataFrame(
            {"measure": ["level before taken off"], "estimate": drift["adjusted"], "p_value": [np.nan]}
        )
    )
    return pd.concat(rows, ignore_index=True)


def _nothing() -> Study:
    empty = pd.DataFrame
    return Study(
        counts=None,
        main=WEEK,
        headlines=(),
        opinions=(),
        effects=effects_table([]),
        balance=empty(columns=BALANCE_COLUMNS),
        power=empty(columns=["window", "placebo_dates", "percent", "log_points", "power"]),
        placebo_dates=empty(columns=["date", "estimate", "p_value", "real"]),
        leave_one_out=empty(columns=["left_out", "side", "estimate", "p_value"]),
        twins=empty(columns=["measure", "estimate", "p_value"]),
        leaks=empty(columns=["share", "estimate", "percent"]),
        breaks=empty(columns=["area", "date", "value", "deviations", "treated"]),
        tilt=None,
        verdicts=(
            Verdict(
                "cannot_be_told",
                ("no_push",),
                "Đến thời điểm này chưa có địa bàn huy động nào có số liệu để so sánh.",
                "By this date no area that mobilised has figures to compare.",
            ),
        ),
    )
