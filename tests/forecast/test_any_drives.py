"""The benchmark's door for any folder of drives: scored by one rule, in the panel's columns."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

PROJECT = Path(__file__).resolve().parents[2]
DAYS, AREAS = 84, 3


def write_drive(path: Path, days: int = DAYS, level: float = 0.5) -> None:
    """Write a drive that slows down toward `level` of the eligible, with noise."""
    rng = np.random.default_rng(days)
    pace = np.exp(-np.arange(days) / 30)[:, None] * rng.gamma(9, 1 / 9, (days, AREAS))
    cumulative = np.round(np.cumsum(pace, axis=0) / pace.sum(axis=0) * level * 10_000)
    table = pd.DataFrame(cumulative, pd.date_range("2021-03-01", periods=days), ["X", "Y", "Z"])
    table = table.rename_axis("date").reset_index().melt("date", None, "area", "cumulative")
    table.assign(eligible=10_000).to_csv(path, index=False)


def run(name: str, *options: Path | str) -> subprocess.CompletedProcess[str]:
    """Run one benchmark by the command that the docs give."""
    command = [sys.executable, "-m", "benchmarks", name, *options]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


def test_any_folder_of_drives_is_scored_by_one_rule(tmp_path: Path) -> None:
    folder, out = tmp_path / "mine", tmp_path / "out"
    folder.mkdir()
    write_drive(folder / "north_doses.csv")
    write_drive(folder / "south_visits.csv", level=0.24)
    write_drive(folder / "short_doses.csv", days=49)
    done = run("forecast_drives", "--from", folder, "--out", out)
    assert not done.returncode, done.stderr
    said = done.stdout
    assert "short_doses: " in said  # 21 days before its first origin and 28 after it are 50
    summary = pd.read_csv(out / "forecast_mine.csv", index_col=["drive", "method"])
    assert set(summary.index.get_level_values("drive")) == {"north_doses", "south_visits"}
    assert (summary["tasks"] == 12 * AREAS).all()  # every third day from the 21st to the 54th
    own = said[said.index("ensemble, burn-up = 1") :]
    rows = {line.split("  ")[0]: line.split() for line in own.splitlines() if line}
    assert float(rows["north_doses"][-1]) == 0.4
    assert float(rows["south_visits"][-1]) == 0.2
    for row in ("all", "all, from", "all, to", "kind: doses", "kind: visits"):
        assert row in rows
    ratio = summary["wis_28"].xs("ensemble", level="method") / summary["wis_28"].xs("burn-up", level="method")
    assert float(rows["all"][2]) == pytest.approx(np.exp(np.log(ratio).mean()), abs=6e-4)
    assert "date worse than burn-up's" in said


def test_a_folder_without_a_drive_is_refused(tmp_path: Path) -> None:
    write_drive(tmp_path / "short_doses.csv", days=49)
    done = run("forecast_drives", "--from", tmp_path)
    assert done.returncode
    assert f"no drives at {tmp_path}" in done.stderr
