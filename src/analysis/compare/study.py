"""The whole argument on the first push, from balance to finding, as the notebook walks through it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.campaign import Campaign, Mobilisation
from analysis.campaign.rhythm import WEEK
from analysis.compare.balance import balance
from analysis.compare.breaks import data_breaks
from analysis.compare.checks import Case, run_checks
from analysis.compare.contrasts import Tested, effect_of, exact_test
from analysis.compare.counted import Counts, read_counts
from analysis.compare.design import NEVER, Contrast, Design, NotComparable, Window
from analysis.compare.gains import area_gains, lasting
from analysis.compare.opinions.estimators import Request, attempt, not_asked
from analysis.compare.opinions.regression import restrict
from analysis.compare.planning.kept import judge
from analysis.compare.planning.registration import Registration, registrations
from analysis.compare.pooled import pool
from analysis.compare.power import smallest_effect
from analysis.compare.result import Effect, effects_table
from analysis.compare.studied import Examined, NotCompared, Push, Study, main_of
from analysis.compare.verdict import own_days, verdict
from analysis.compare.waves import Wave, study_waves
from analysis.compare.wholes import by_whole, undivided, wholes_of
from analysis.panel import pushes_of

LAST_DAYS = (0, 6, 27, 56)
"""Fixed in advance: the push day, its week, four weeks, and eight weeks, net of what was pulled forward."""

DAILY = ("did", "ri", "wcb", "collapsed", "bjs")
WEEKLY = ("cs", "sc", "sdid", "honest")
RATE = "new per 1,000 remaining"

MANY = 200
"""Areas above which no estimator of :data:`REFITTED` is asked: it would take minutes."""

REFITTED = ("sc", "sdid")
"""Opinions that fit weights on every donor anew for each of hundreds of choices."""
SET_ASIDE = ("partly", "nothing_before", "nothing_after", "no_eligible")
"""Why an area is named before anything is compared; one that nobody counted is named with its wave."""


def push_of(campaign: Campaign, last_day: date) -> Push:
    """Return what is known on a day of the campaign's first push, and of those that began later."""
    known = [one for one in campaign.mobilisations if one.first_day <= last_day]
    registered = tuple(registrations(campaign.folder, last_day))
    by_day = {first: _began(campaign, [one for one in known if one.first_day == first], registered, last_day)
              for first in sorted({one.first_day for one in known})}  # fmt: skip
    if not by_day:
        return Push(registered=registered)
    return replace(by_day[min(by_day)], later={day: by_day[day] for day in [*by_day][1:]})


def _began(
    campaign: Campaign,
    wave: Sequence[Mobilisation],
    registered: tuple[tuple[Registration, bool], ...],
    last_day: date,
) -> Push:
    """Return what is known on a day of the pushes that began together."""
    first, tree = wave[0].first_day, campaign.tree(last_day)
    lasts = [one.last_day for one in wave if one.last_day is not None]
    told = [event.date for event in campaign.events if event.contaminates and first < event.date <= last_day]
    divided = (one for one in campaign.areas if one.divided_into)
    drawn = any(one.days[0] == first.isoformat() for one, _ in registered)  # the lot dealt with areas
    return Push(
        (max(lasts) - first).days + 1 if len(lasts) == len(wave) else None,
        campaign.touching,
        strata_of(campaign, wave, last_day),
        min(told, default=None),
        tuple(one.people for one in wave),
        tuple(one.cost for one in wave),
        tuple(one.currency for one in wave),
        registered,
        {} if drawn else {code: tree.above(code) for code in tree.leaves},
        {part: (one.code, one.valid_to) for one in divided if one.valid_to for part in one.divided_into},
    )


def strata_of(campaign: Campaign, wave: Sequence[Mobilisation], last_day: date) -> dict[str, str]:
    """Return who could have been chosen: the list that the wave names, else the campaign's column of strata.

    Areas that could have been chosen together have the same name; without a column ``terrain`` is taken.
    """
    listed = {code for one in wave for code in (one.among or "").split()}
    if listed:
        listed |= {one.area for one in wave}
        first, tree = wave[0].first_day, campaign.tree(wave[0].first_day)
        leaves = {leaf for code in listed for leaf in tree.leaves_of(code)}
        listed |= {heir for code in leaves for heir in campaign.became(code, first, last_day)}
        return dict.fromkeys(listed | leaves, "listed")
    values = {area.code: getattr(area, campaign.strata or "terrain") for area in campaign.areas}
    return {code: str(value) for code, value in values.items() if value is not None}


def study_campaign(panel: pd.DataFrame, campaign: Campaign, last_day: date) -> Study:
    """Study the first push of a campaign, with what its folder says of it by ``last_day``."""
    study = study_push(panel, seed=campaign.seed, push=push_of(campaign, last_day))
    study = replace(study, not_compared=(*study.not_compared, *_again(campaign, last_day)))
    rng = np.random.default_rng(campaign.seed)
    counts = study.counts
    if study.wholes and study.push.registered:  # a lot deals with areas, whatever was pushed before
        counts = read_counts(_comparable(undivided(panel, study.push.divided)[0])[0])
    kept = (judge(one, intact, counts, campaign, rng) for one, intact in study.push.registered)
    return replace(study, kept=tuple(kept))


def _again(campaign: Campaign, last_day: date) -> tuple[NotCompared, ...]:
    """Name areas pushed again after a pause: what that added is not told apart from what the first left."""
    known = sorted((code, one.first_day, one.last_day) for one in campaign.mobilisations
                   if one.last_day is not None and one.first_day <= last_day
                   for code in campaign.became(one.area, one.first_day, last_day))  # fmt: skip
    return tuple(
        NotCompared(area, first, "mobilised_before")
        for (before, _, ended), (area, first, _) in pairwise(known)
        if area == before and (first - ended).days > 1
    )


def study_push(panel: pd.DataFrame, *, seed: int, push: Push | None = None) -> Study:
    """Study the first push in a panel.

    Parameters
    ----------
    panel
        ``area``, ``date``, ``new``, ``remaining``, ``rate``, ``treated_from``; as :mod:`analysis.panel`
        makes it.
    seed
        For what must be sampled.
    push
        How long it lasted, when the others were told and which areas touch; one day, never and none, when
        not given. Of several what is known of the first that can be compared is taken.
    """
    panel, push, wholes, aside = _units(panel, push or Push())
    if panel["treated_from"].isna().all():
        return Study(push=push, not_compared=aside)
    counts = read_counts(panel)
    examined, skipped = _examine(counts, push, seed)
    rng = np.random.default_rng(seed)
    main = main_of(examined)
    week = counts.in_times(Window(0, WEEK - 1))
    last = main.tested.groups.window.last if main else week.last if week else 0
    waves = study_waves(counts, last, rng)
    not_compared = (*aside, *_left_behind(panel, waves))
    if main is None:
        return Study(counts, push, (), skipped, not_compared, waves, pool(waves, rng), wholes=wholes)
    window = main.tested.groups.window
    rates = _as_rates(counts.design)
    return Study(
        counts, push, examined, skipped, not_compared, waves, pool(waves, rng),
        gains=area_gains(counts.design, main.tested),
        lasting=lasting(counts.design, rng),
        opinions=_opinions(counts, rates, main.tested.groups, seed),
        balance=balance(rates, window, counts.lengths),
        power=_power(counts, examined, seed),
        breaks=data_breaks(counts.design),
        wholes=wholes,
    )  # fmt: skip


def push_headlines(panel: pd.DataFrame, push: Push | None = None, *, seed: int = 0) -> pd.DataFrame:
    """Return the headline's rows of ``effects.csv`` alone, for whoever need not wait for the rest.

    Parameters
    ----------
    panel, push, seed
        As `study_push` takes them.
    """
    panel, push, _, _ = _units(panel, push or Push())
    if panel["treated_from"].isna().all():
        return effects_table([])
    counts = read_counts(panel)
    tried = (_tested(counts, window, seed) for window in _windows(counts, push))
    return effects_table([_effect(counts, one) for one in tried if isinstance(one, Tested)])


def _units(
    panel: pd.DataFrame, push: Push
) -> tuple[pd.DataFrame, Push, Mapping[str, str], tuple[NotCompared, ...]]:
    """Return what is compared, one row a unit and day, what is said of its push, and who is set aside."""
    panel, parts = undivided(panel, push.divided)
    push = push.on(panel).of_wholes(parts)
    wholes = wholes_of(panel, push.above)
    kept, aside = _comparable(by_whole(panel, wholes) if wholes else panel)
    return kept, push, wholes, aside


def _comparable(panel: pd.DataFrame) -> tuple[pd.DataFrame, tuple[NotCompared, ...]]:
    """Set aside areas that mobilised and are in no comparison, by the reason."""
    every = pushes_of(panel)
    by_why = {why: every.loc[every["why"] == why, "first_day"] for why in SET_ASIDE}
    named = [
        NotCompared(str(area), pd.Timestamp(day).date(), why)
        for why, those in by_why.items()
        for area, day in those.items()
    ]
    kept = panel[~panel["area"].isin([*by_why["nothing_before"].index, *by_why["no_eligible"].index])]
    touched = kept["area"].isin(by_why["partly"].index)  # untouched till then, and no longer
    after = touched & (kept["date"] >= kept["treated_from"])
    kept = kept.assign(
        treated_from=kept["treated_from"].mask(touched | kept["area"].isin(by_why["nothing_after"].index)),
        new=kept["new"].mask(after),
    )
    if "days" in kept:
        kept["days"] = kept["days"].mask(after, 0)
    starts = kept.groupby("area")["treated_from"].first()
    if len(starts) and starts.eq(starts.iloc[0]).all():
        named += [NotCompared(str(area), day.date(), "nobody_to_compare") for area, day in starts.items()]
        kept = kept.assign(treated_from=pd.Series(pd.NaT, index=kept.index))
    return kept, tuple(named)


def _left_behind(panel: pd.DataFrame, waves: Sequence[Wave]) -> tuple[NotCompared, ...]:
    """Name the areas that mobilised and are on the mobilised side of no wave."""
    starts = panel.groupby("area")["treated_from"].first().dropna()
    why = {area: wave.why for wave in waves for area in wave.areas}
    for wave in waves:
        if wave.tested is not None:
            groups = wave.tested.groups
            left = dict.fromkeys(groups.left_out, "nobody_counted") | dict.fromkeys(groups.fallen, "negative")
            why |= {area: left.get(area, "") for area in wave.areas}
    return tuple(
        NotCompared(str(area), day.date(), why.get(str(area), "nobody_counted"))
        for area, day in starts.items()
        if why.get(str(area), "nobody_counted")
    )


def _windows(counts: Counts, push: Push) -> list[Window]:
    """Cut the fixed windows at the last day counted and where the others were told, in times, each once."""
    last = int(counts.closes[-1])
    own = 0 if push.days is None else push.days - 1
    ends = {min(max(day, own), last) for day in LAST_DAYS}
    first = counts.push_day.isoformat()
    ends |= {min(one.window[1], last) for one, _ in push.registered if one.days[0] == first}
    if push.told is not None and push.told > counts.push_day:
        ends.add(min((push.told - counts.push_day).days - 1, last))
    found = [
        counts.in_times(Window(0, end))
        for end in sorted(ends)
        if end + 1 >= counts.period  # a day inside a period that was counted whole is not known
    ]
    return list(dict.fromkeys(window for window in found if window is not None))


def _tested(counts: Counts, window: Window, seed: int) -> Tested | str:
    """Test one window; the code of why not where it cannot be compared."""
    try:
        return exact_test(counts.design, window, rng=np.random.default_rng(seed))
    except NotComparable as fault:
        return fault.code


def _effect(counts: Counts, tested: Tested) -> Effect:
    days = counts.in_days(tested.groups.window)
    effect = effect_of(counts.design, tested)
    return replace(effect, window=days, details={**effect.details, "window": str(days)})


def _examine(
    counts: Counts, push: Push, seed: int
) -> tuple[tuple[Examined, ...], tuple[tuple[Window, str], ...]]:
    examined: list[Examined] = []
    skipped = []
    for window in _windows(counts, push):
        tested = _tested(counts, window, seed)
        if isinstance(tested, str):
            skipped.append((counts.in_days(window), tested))
            continue
        times = None if push.days is None else counts.in_times(Window(0, push.days - 1))
        case = Case(
            counts.design, tested, None if times is None else times.last + 1, push.borders, push.strata, seed,
            above={area: line[0] for area, line in push.above.items() if line},
        )  # fmt: skip
        effect, results = _effect(counts, tested), run_checks(case)
        clean = push.told is None or _last_date(counts, effect) < push.told
        examined.append(Examined(effect, tested, results, verdict(effect, results), clean))
    main = main_of(examined)
    if main is not None and main is not examined[0]:
        first = examined[0]
        said = own_days(first.effect, first.results, main.effect, main.results)
        examined[0] = replace(first, verdict=said)
    return tuple(examined), tuple(skipped)


def _last_date(counts: Counts, effect: Effect) -> date:
    assert effect.window is not None  # noqa: S101 - every headline of a study has one
    return counts.push_day + timedelta(days=effect.window.last)


def _power(counts: Counts, examined: Sequence[Examined], seed: int) -> pd.DataFrame:
    windows = [one.tested.groups.window for one in examined]
    found = smallest_effect(counts.design, windows, np.random.default_rng(seed))
    return found.assign(window=[str(one.effect.window) for one in examined])


def _as_rates(design: Design) -> Design:
    """Rates as the other estimators take them, where somebody counted the day."""
    assert design.exposure is not None  # noqa: S101 - the panel's people remaining
    exposure = np.where(design.exposure > 0, design.exposure, np.nan)
    single = True if design.covers is None else design.covers == 1
    rate = np.where(single, 1000 * design.outcome / exposure, np.nan)
    return replace(design, outcome=rate, outcome_name=RATE)


def _opinions(counts: Counts, rates: Design, groups: Contrast, seed: int) -> tuple[Effect, ...]:
    """Ask the other estimators of the areas that the headline compares, on the window's own weekdays."""
    window = groups.window
    of_rates, of_counts = (
        _like_days(restrict(one.keep(groups.used), window), window) for one in (rates, counts.design)
    )
    ask = Request(window, seed=seed)
    gathered = weeks(of_rates, window)
    found = (
        *(attempt(name, of_rates, ask) for name in DAILY),
        attempt("ppml", of_counts, ask),
        *(_scaled(name, gathered, Request(seed=seed)) for name in WEEKLY),
    )
    days = counts.in_days(window)
    return tuple(
        replace(effect, window=days, details={**effect.details, "window": str(days)}) for effect in found
    )


def _scaled(name: str, cells: Design, ask: Request) -> Effect:
    """Ask an estimator whose time grows with the areas; where they are too many, say that it was left out."""
    if name in REFITTED and len(cells.areas) > MANY:
        return not_asked(
            name, cells, ask, f"its refits are too slow above {MANY} areas, here {len(cells.areas)}"
        )
    return attempt(name, cells, ask)


def _like_days(cells: Design, window: Window) -> Design:
    """Keep the weekdays that a window shorter than a week has: a Sunday in levels is set against Sundays."""
    if window.last - window.first + 1 >= cells.cycle:
        return cells
    own = np.arange(window.first, window.last + 1) % cells.cycle
    return cells.during(np.isin((cells.times - cells.first_start) % cells.cycle, own))


def weeks(cells: Design, window: Window) -> Design:
    """Gather the cells of a window in whole weeks from the push: means over each, numbered from the push."""
    week = (cells.times - cells.first_start) // cells.cycle
    full = min(cells.cycle, window.last - window.first + 1)
    numbers = [number for number in np.unique(week) if (week == number).sum() == full or number == 0]
    days = pd.DataFrame(cells.outcome)
    outcome = np.stack([days.loc[:, week == number].mean(axis=1) for number in numbers], axis=1)
    return replace(
        cells,
        times=np.array(numbers, dtype=np.int64),
        dated=False,
        outcome=outcome,
        exposure=None,
        starts=np.where(cells.starts == cells.first_start, 0, NEVER),
        outcome_name=f"{cells.outcome_name}, weekly mean",
        covers=None,
        cycle=1,
    )
