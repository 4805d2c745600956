"""What a sceptic asks of an estimate next, by the name and type under which each estimator answers."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from analysis.compare.design import Matrix, Vector

Interval = tuple[float, float] | list[float] | None
Row = Mapping[str, object]


class AreaChange(TypedDict):
    """One compared area's change in log points, and on which side it is."""

    log_rate_change: float
    treated: bool


class ExtraPersons(TypedDict):
    """Persons counted by the end of the window who would not have been without mobilising."""

    total: float
    interval: list[float] | None
    together: bool
    percent: float | None


class Permutation(TypedDict, total=False):
    """``(R,)`` over the choices of areas, the observed one first; empty where they are too many to keep."""

    difference: Vector
    t: Vector


class ConstantEffect(TypedDict):
    """The same exact test on differences of rates."""

    unit: str
    estimate: float
    interval: Interval
    p_value: float
    p_coefficient: float


class Cohort(TypedDict):
    """One synthetic comparison of areas treated together."""

    treated_from: str
    estimate: float
    n_treated: int
    area_weights: dict[str, float]
    time_weights: dict[str, float]
    pre_rmse: float
    gap: dict[str, float]


class Violation(TypedDict):
    """The interval where violations after are up to so many times the largest before."""

    mbar: float
    interval: list[float] | None


class Bounds(TypedDict, total=False):
    """An effect under violations of parallel trends, and the largest violations that it survives."""

    estimate: float
    se: float
    relative_magnitudes: Sequence[Violation]
    smoothness: Sequence[Row]
    breakdown_mbar: float | None
    breakdown_m: float | None


class Details(Bounds, total=False):
    """All that any estimator adds to its estimate; a key is there where the estimator gives it."""

    unit: str
    window: str
    warning: str
    not_applicable: str
    # headline and its exact twin
    percent: float
    percent_interval: list[float] | None
    by_area: Mapping[str, AreaChange] | Mapping[str, float]
    left_out: list[str]
    base_days: int
    halves_added_for_zeros: bool
    extra_persons: ExtraPersons
    area_spread: float | None
    p_coefficient: float
    permutation: Permutation
    constant_effect: ConstantEffect
    # regressions and their bootstrap
    t: float | None
    dof: int
    clusters: int
    left_out_all_zero: list[str]
    null: float
    p_unrestricted: float
    disagree: bool
    p_webb: float
    interval_webb: Interval
    # synthetic comparisons
    weights: dict[str, float]
    time_weights: dict[str, float]
    by_cohort: Sequence[Cohort] | Sequence[Row]
    placebo: Vector
    refits: Vector | list[float]
    se_ddof0: float | None
    se_ddof1: float | None
    leave_one_donor_out: dict[str, float]
    # waves
    controls: str
    simple: Row
    not_yet_treated: Row
    dynamic: Row
    by_event: Sequence[Row]
    by_time: Sequence[Row]
    group_time: Sequence[Row]
    treated_cells: int
    rows: Sequence[Row]
    by_type: Mapping[str, Row]
    # honest
    event_study: Sequence[Row]
    covariance: Matrix
    average: Bounds
