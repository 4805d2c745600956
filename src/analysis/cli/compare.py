"""``analysis compare``: every estimator on any long table of areas and times."""

import json
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from analysis.compare import Window, read_design
from analysis.compare import compare as estimate
from analysis.compare.result import Effect
from analysis.errors import InputError


def compare(
    panel: Annotated[
        Path, typer.Argument(help="CSV file: area,time,OUTCOME[,EXPOSURE],treated_from (empty = never).")
    ],
    outcome: Annotated[str, typer.Option(help="Column to compare.")],
    exposure: Annotated[
        str | None, typer.Option(help="Column of the people who could still be counted.")
    ] = None,
    treated_from: Annotated[str, typer.Option(help="Column of the first treated time.")] = "treated_from",
    window: Annotated[
        str | None, typer.Option(help="Times from treatment on, A,B; default to the end.")
    ] = None,
    estimators: Annotated[str, typer.Option(help="all, or ids separated by commas.")] = "all",
    cluster: Annotated[str | None, typer.Option(help="Column to cluster by; default the area.")] = None,
    null: Annotated[float, typer.Option(help="Value that the wild bootstrap tests.")] = 0.0,
    seed: Annotated[int, typer.Option(help="For whatever must be sampled.", min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the effects as JSON.")] = False,
) -> None:
    """Compare treated areas with the others: effects, intervals, p values and what they rest on."""
    table = _read(panel)
    try:
        design = read_design(table, outcome, exposure=exposure, treated_from=treated_from, cluster=cluster)
    except InputError as fault:
        raise InputError(f"{panel}: {fault}") from fault
    ids = [name.strip() for name in estimators.split(",") if name.strip()]
    effects = estimate(design, read_window(window), ids, null=null, seed=seed)
    typer.echo(_as_json(effects) if as_json else _as_text(effects))


def _read(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path, dtype_backend="numpy_nullable", encoding="utf-8-sig").astype(object)
    except FileNotFoundError as fault:
        raise InputError(
            f"{path}: no such file; give a CSV file with columns area, time, treated_from"
        ) from fault
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as fault:
        first = str(fault).splitlines()[0] if str(fault) else type(fault).__name__
        raise InputError(
            f"{path}: cannot be read as a CSV table ({first}); give UTF-8 with commas"
        ) from fault


def read_window(text: str | None) -> Window | None:
    """Read a window of days, A,B."""
    if text is None:
        return None
    try:
        first, last = (int(part) for part in text.split(","))
    except ValueError as fault:
        raise InputError(f"window {text!r}: give two whole numbers A,B, as in 0,6") from fault
    return Window(first, last)


def _as_json(effects: list[Effect]) -> str:
    return json.dumps([effect.to_dict() for effect in effects], ensure_ascii=False, indent=2, allow_nan=False)


def _as_text(effects: list[Effect]) -> str:
    form = "{:<10} {:>12} {:>11} {:>27} {:>8} {:>11}".format
    lines = [form("estimator", "estimate", "se", "95 % interval", "p", "smallest p")]
    for effect in effects:
        if effect.estimate is None:
            lines.append(f"{effect.estimator:<10} not estimated: {effect.details.get('not_applicable', '')}")
            continue
        low, high = effect.interval or (None, None)
        interval = "none" if low is None else f"{low:.4g} to {high:.4g}"
        numbers = (effect.estimate, effect.se, effect.p_value, effect.p_min)
        estimate, se, p, p_min = ("-" if one is None else f"{one:.4g}" for one in numbers)
        lines.append(form(effect.estimator, estimate, se, interval, p, p_min))
    return "\n".join(lines)
