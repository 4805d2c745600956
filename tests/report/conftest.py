"""A report of each campaign, made once from small artifacts with known numbers."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from filelock import FileLock

from analysis import contract
from analysis.artifacts import write_json, write_table
from analysis.campaign import Campaign, load_campaign
from analysis.panel import build_panel
from analysis.report import write_report
from analysis.report.document import Block, Document, Picture, Row
from analysis.standing import stand
from analysis.workspace import Workspace, parse_as_of

QUANTILES = ("0.01", "0.025", "0.1", "0.25", "0.5", "0.75", "0.9", "0.975", "0.99")
DAYS = 49


@dataclass(frozen=True)
class Made:
    """A report and what it was made in."""

    workspace: Workspace
    folder: Path

    @property
    def summary(self) -> dict[str, Any]:
        return json.loads((self.folder / "summary.json").read_text(encoding="utf-8"))

    def page(self, language: str) -> str:
        return (self.folder / f"report.{language}.html").read_text(encoding="utf-8")


def tallies_of(campaign: Campaign, last_day: date, never: str = "") -> pd.DataFrame:
    """Every area counts a known share of its eligible people: 30 % at first, then a little more each day.

    The second area by code has not sent the last three days; the first one has corrected one day of the week
    before this one; ``never`` has sent nothing.
    """
    rows = []
    codes = sorted(area.code for area in campaign.areas if area.valid_on(last_day) and area.code != never)
    eligible = {area.code: area.eligible or 1000 for area in campaign.areas}
    for number, code in enumerate(codes):
        for back in range(DAYS):
            day = last_day - timedelta(days=back)
            if number == 1 and back < 3:
                continue
            share = 0.3 + 0.004 * (DAYS - back) + 0.002 * number
            received = pd.Timestamp(day, tz="UTC") + pd.Timedelta(hours=5)
            rows.append((code, day, campaign.measure, float(round(eligible[code] * share)), received))
    first = next(row for row in rows if row[1] == last_day - timedelta(days=10))
    late = first[4] + pd.Timedelta(days=8)
    rows.append((*first[:3], first[3] + 7, late))
    frame = pd.DataFrame(rows, columns=["area_code", "date", "measure", "value", "received_at"])
    frame["date"] = pd.to_datetime(frame["date"]).astype("datetime64[us]")
    return frame.assign(qualifier="exact", file="báo cáo.xlsx", sheet="T10", row=7, sha256="0" * 64)


def write_artifacts(workspace: Workspace, *, held: pd.DataFrame | None = None, never: str = "") -> None:
    """Write artifacts as the earlier steps would, with few rows and round numbers."""
    folder, campaign, last = workspace.processed, workspace.campaign, workspace.last_day
    tallies = tallies_of(campaign, last, never)
    known = tallies.sort_values("received_at").groupby(["area_code", "date", "measure"]).tail(1)
    panel = build_panel(known, campaign, workspace.today)
    write_table(tallies, folder / "tallies.parquet")
    write_table(panel, folder / "panel.parquet")
    write_table(stand(panel, campaign, workspace.as_of).areas, folder / "standing.parquet")
    nothing_held = pd.DataFrame(columns=["file", "sheet", "row", "measure", "reason", "text"])
    write_table(nothing_held if held is None else held, folder / "held.csv")
    columns = ["code", "kind", "severity", "file", "sheet", "row", "message_vi", "message_en"]
    finding = ["late", "timeliness", "warning", "báo cáo.xlsx", "T10", 7, "Gửi muộn", "Sent late"]
    write_table(pd.DataFrame([finding], columns=columns), folder / "findings.csv")
    write_table(effects(), folder / "effects.csv")
    draws = pd.DataFrame(
        {"draw": np.linspace(-0.9, 0.9, 816), "first_day": 0, "last_day": 6, "estimator": "headline"}
    )
    write_table(draws.assign(observed=draws.index == 815), folder / "permutation.csv")
    mobilised = sorted({one.area for one in campaign.mobilisations if one.first_day <= last})
    windows = [
        {
            "first_day": 0,
            "last_day": day,
            "finding": "raised",
            "reasons": [],
            "clean": True,
            "odds": 5.9,
            "p_in_time": 0.08,
            "odds_exact": True,
            "quarter_leaked": 1.2,
        }
        for day in (0, 6)
    ]
    own = {
        "finding": "raised",
        "reasons": [],
        "first_day": 0,
        "last_day": 6,
        "push_day": None,
        "compared": mobilised,
        "against": 15,
        "within": 0,
        "not_compared": [],
        "told_day": None,
        "daily": True,
        "windows": windows,
        "unlike": None,
        "yield": [],
        "registered": [],
        "elsewhere": [],
        "skipped": [],
    }
    write_json(own, folder / "verdict.json")
    _write_forecast(workspace, panel)


def effects() -> pd.DataFrame:
    shared = {"first_day": 0, "unit": "log points", "level": 0.95, "n_treated": 3, "n_control": 15}
    rows = [
        {
            "last_day": 0,
            "estimator": "headline",
            "estimate": 4.4,
            "p_value": 1 / 816,
            "p_min": 1 / 816,
            "extra_persons": 11_512.3,
            "extra_low": 11_209.0,
            "extra_high": 11_801.0,
        },
        {
            "last_day": 6,
            "estimator": "headline",
            "estimate": 0.9,
            "p_value": 1 / 816,
            "p_min": 1 / 816,
            "extra_persons": 9_893.0,
            "extra_low": 8_104.0,
            "extra_high": 11_702.0,
        },
        {"last_day": 6, "estimator": "did", "estimate": 0.0061, "se": 0.0004, "p_value": 0.00003},
    ]
    return pd.DataFrame([shared | row for row in rows]).reindex(columns=contract.columns("effects.csv"))


def _write_forecast(workspace: Workspace, panel: pd.DataFrame) -> None:
    campaign, last = workspace.campaign, workspace.last_day
    target = campaign.target_on(last)
    final = panel.groupby("area").agg(count=("cumulative", "last"), target=("target", "last"))
    goal = float(campaign.target_count(target)) if target else np.nan
    total = {"count": final["count"].sum(), "target": goal}
    table = pd.concat([final, pd.DataFrame([total], index=["total"])]).reset_index(names="location")
    days = [last + timedelta(days=ahead) for ahead in (20, 30, 40, 50, 60)]
    for name, day in zip(("p10", "p25", "p50", "p75", "p90"), days, strict=True):
        table[f"date_{name}"] = day.isoformat()
    table["probability_by_deadline"] = 0.004
    table["probability_not_within_horizon"] = 0.03
    table["horizon_end"] = days[-1].isoformat()
    table["expected_shortfall"] = (table["target"] - table["count"]).clip(lower=0) * 0.8
    write_table(table if target else table[:0], workspace.processed / "completion.csv")
    rows = []
    eligible = panel.groupby("area")["eligible"].last().sum()
    for ahead in (7, 14, 28):
        for at, level in enumerate(QUANTILES):
            share = total["count"] / eligible + 0.004 * ahead * (1 + 0.05 * (at - 4))
            rows.append(
                ("cumulative share", str(ahead), last + timedelta(days=ahead), "quantile", level, share)
            )
    for at, ahead in enumerate(range(10, 61) if target else ()):
        rows.append(("completion date", "NA", "NA", "cdf", last + timedelta(days=ahead), at / 51))
    names = ["target", "horizon", "target_end_date", "output_type", "output_type_id", "value"]
    forecasts = pd.DataFrame(rows, columns=names).assign(origin_date=last, location="total")
    write_table(forecasts.astype({"output_type_id": str}), workspace.processed / "forecasts.csv")
    shares = forecasts[forecasts["output_type"] == "quantile"]
    people = shares.assign(value=shares["value"].astype(float) * eligible)
    fan = people.pivot(index="target_end_date", columns="output_type_id", values="value")
    fan = fan.rename(columns=lambda level: f"p{100 * float(level):g}").rename_axis("date").reset_index()
    write_table(fan.assign(location="total"), workspace.processed / "fan.csv")
    said = pd.DataFrame({"location": table["location"], "origin_date": last - timedelta(days=7),
                         "target_end_date": last, "actual": table["count"]})  # fmt: skip
    for name, factor in (("p10", 0.9), ("p50", 0.95), ("p90", 1.02)):
        said[name] = table["count"] * factor
    said.loc[0, ["p10", "p50", "p90"]] *= 2  # one area did far worse than forecast
    said.loc[1, "actual"] = np.nan  # and one has not reported
    write_table(said, workspace.processed / "last_week.csv")
    score = {"scope": "total", "horizon": 7, "model": "structural", "crps": 0.326, "wis": 0.305,
             "covered_50": 0.5, "covered_80": 0.75, "covered_95": 1.0, "skill": 0.06}  # fmt: skip
    write_table(pd.DataFrame([score]), workspace.processed / "scores.csv")


LANGUAGES = ("vi", "en", "fr")


def open_workspace(
    campaign: Path, as_of: str, folder: Path, languages: tuple[str, ...] = LANGUAGES
) -> Workspace:
    facts = load_campaign(campaign).model_copy(update={"languages": languages})
    return Workspace(facts, parse_as_of(as_of, facts.zone), folder)


Once = Callable[[str, Callable[[Path], None]], Path]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Make a folder once for all processes that share the tests between them."""
    root = tmp_path_factory.getbasetemp()
    shared = root.parent if "PYTEST_XDIST_WORKER" in os.environ else root

    def make(name: str, fill: Callable[[Path], None]) -> Path:
        folder, done = shared / f"once-{name}", shared / f"once-{name}.done"
        with FileLock(shared / f"once-{name}.lock"):
            if not done.exists():
                fill(folder)
                done.touch()
        return folder

    return make


def make_report(workspace: Workspace, **given: pd.DataFrame) -> None:
    write_artifacts(workspace, **given)
    write_report(workspace)


def undrawn(document: Document) -> Document:
    """Leave a document's pictures empty, where only what the page says is read: drawing is most of a page."""

    def block(one: Block) -> Block:
        if not isinstance(one, Picture):
            return one
        empty = replace(one)
        vars(empty).update(svg="<svg></svg>", narrow_svg="<svg></svg>")
        return empty

    def part(one: Block | Row) -> Block | Row:
        if not isinstance(one, Row):
            return block(one)
        return replace(one, left=tuple(map(block, one.left)), right=tuple(map(block, one.right)))

    sections = (replace(one, parts=tuple(map(part, one.parts))) for one in document.sections)
    return replace(document, sections=tuple(sections))


@pytest.fixture(scope="session")
def quang_nam(project: Path, once: Once) -> Made:
    def there(folder: Path) -> Workspace:
        return open_workspace(project / "data/raw/quang_nam_2023", "2023-09-18T08:00+07:00", folder)

    workspace = there(once("quang_nam", lambda folder: make_report(there(folder))))
    return Made(workspace, workspace.report)


@pytest.fixture(scope="session")
def united_states(project: Path, once: Once) -> Made:
    def there(folder: Path) -> Workspace:
        return open_workspace(project / "data/raw/us_vaccination_2021", "2021-06-14", folder)

    workspace = there(once("united_states", lambda folder: make_report(there(folder))))
    return Made(workspace, workspace.report)


HOSTILE = {
    "script": "<script>alert(1)</script>",
    "formula": "=cmd|'/c calc'!A1",
    "path": "../../etc/passwd",
    "bidi": "Hội\u202eAn\u2066",
    "long": "Dài" * 3334,
    "template": "{{ 7*7 }}{% raw %} #set text(red) $x^2$",
}


@pytest.fixture(scope="session")
def hostile(project: Path, once: Once) -> Made:
    """A campaign whose names and held cells are meant to do harm."""
    folder = once("hostile", lambda folder: make_hostile(project, folder))
    workspace = open_workspace(folder / "hostile", "2023-09-18T08:00+07:00", folder)
    return Made(workspace, workspace.report)


def make_hostile(project: Path, folder: Path) -> None:
    campaign = folder / "hostile"
    shutil.copytree(
        project / "data/raw/quang_nam_2023",
        campaign,
        ignore=shutil.ignore_patterns("tallies", "received.csv"),
    )
    text = (campaign / "areas.csv").read_text(encoding="utf-8")
    for name, with_what in (
        ("Tam Kỳ", HOSTILE["script"]),
        ("Hội An", HOSTILE["formula"]),
        ("Tây Giang", HOSTILE["path"]),
        ("Đông Giang", HOSTILE["bidi"]),
        ("Đại Lộc", HOSTILE["template"]),
    ):
        text = text.replace(name, with_what)
    (campaign / "areas.csv").write_text(text, encoding="utf-8")
    facts = (campaign / "campaign.toml").read_text(encoding="utf-8")
    facts = facts.replace('code = "quang_nam_2023"', 'code = "hostile"')
    (campaign / "campaign.toml").write_text(facts, encoding="utf-8")
    workspace = open_workspace(campaign, "2023-09-18T08:00+07:00", folder)
    held = pd.DataFrame(
        {
            "file": list(HOSTILE.values()),
            "sheet": np.nan,
            "row": range(len(HOSTILE)),
            "measure": np.nan,
            "reason": "area_unknown",
            "text": list(HOSTILE.values()),
        }
    )
    make_report(workspace, held=held)
