"""The front door, as its users knock on it: one command, one clear line when it cannot be done."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.artifacts import read_json, write_json
from tests.run.house import front_door

AS_OF = "2023-09-18T08:00+07:00"


@pytest.fixture
def house(project, tmp_path) -> Path:
    """Return a project of its own: the real notebooks and code, and a raw folder that a test may break."""
    for name in ("notebooks", "requirements"):
        (tmp_path / name).symlink_to(project / name)
    shutil.copytree(project / "data" / "raw" / "quang_nam_2023", tmp_path / "data" / "raw" / "quang_nam_2023")
    return tmp_path


def analysis(house: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "analysis", *arguments],
        cwd=house,
        env={**os.environ, "ANALYSIS_ROOT": str(house)},
        capture_output=True,
        text=True,
    )


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one line on stderr that is no progress bar, and see that it is the only one."""
    lines = [line for line in done.stderr.splitlines() if line.startswith("analysis: ")]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]


def artifacts(house: Path) -> dict[str, bytes]:
    folder = house / "data" / "processed" / "quang_nam_2023" / "2023-09-18T0800"
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_two_runs_give_the_same_bytes_and_publish_once(house):
    first = analysis(house, "run", "--campaign", "quang_nam_2023", "--as-of", AS_OF)
    assert first.returncode in (0, 10), first.stderr
    report = house / "reports" / "quang_nam_2023" / "2023-09-18T0800"
    assert str(report) in first.stdout
    for step in ("01_clean", "02_compare", "03_forecast", "04_report"):
        assert f"{step}: " in first.stdout  # a line for each notebook: nobody watches a bar here
    for name in (
        "report.vi.html",
        "report.en.html",
        "tables.vi.xlsx",
        "summary.json",
        "provenance.json",
        "SHA256SUMS",
    ):
        assert (report / name).stat().st_size > 0
    before = artifacts(house)
    # All but the report is made again; that its forms are the same bytes, tests/report/test_forms.py sees.
    processed = house / "data" / "processed" / "quang_nam_2023" / "2023-09-18T0800"
    kept = {"04_report": read_json(processed / ".run" / "steps.json")["04_report"]}
    write_json(kept, processed / ".run" / "steps.json")

    second = analysis(house, "run", "--campaign", "quang_nam_2023", "--as-of", AS_OF)
    assert second.returncode in (0, 10), second.stderr
    assert "already published" in second.stdout
    steps = {line.partition(":")[0] for line in second.stdout.splitlines() if re.match(r"0\d_", line)}
    assert steps == {"01_clean", "02_compare", "03_forecast"}
    assert artifacts(house) == before
    assert [path.name for path in report.parent.iterdir() if path.is_dir()] == ["2023-09-18T0800"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--campaign", "quang_nam_2032"), "'quang_nam_2023', perhaps?"),
        (("--campaign", "../../etc"), "there is quang_nam_2023"),
        (("--campaign", "quang_nam_2023", "--as-of", "last Monday"), "is no instant; write"),
        (("--campaign", "quang_nam_2023", "--as-of", "2023-09-18T08:00"), "has no time zone; write"),
        (("--campaign", "quang_nam_2023", "--as-of", "2023-06-01"), "later as-of"),
    ],
)
def test_what_cannot_be_run_is_refused_in_one_line(house, monkeypatch, arguments, says):
    monkeypatch.setenv("ANALYSIS_ROOT", str(house))
    monkeypatch.chdir(house)
    done = front_door("run", *arguments)
    assert done.returncode == 20
    assert says in complaint(done)
    assert not (house / "reports").exists()


def test_a_broken_campaign_file_is_named_with_its_line(house):
    path = house / "data" / "raw" / "quang_nam_2023" / "mobilisations.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("2023-09-10", "10/9/2023", 1), encoding="utf-8")
    done = analysis(house, "run", "--campaign", "quang_nam_2023", "--as-of", AS_OF)
    assert done.returncode == 20
    assert "mobilisations.csv, line 2: first_day is '10/9/2023'" in complaint(done)


def test_a_missing_tally_folder_is_named(house):
    shutil.rmtree(house / "data" / "raw" / "quang_nam_2023" / "tallies")
    done = analysis(house, "run", "--campaign", "quang_nam_2023", "--as-of", AS_OF)
    assert done.returncode in (20, 30)
    assert "tallies" in complaint(done)


def test_a_cell_that_raises_publishes_nothing_and_keeps_the_last_report(house, project):
    register = house / "data" / "raw" / "quang_nam_2023" / "received.csv"
    few = register.read_text(encoding="utf-8").splitlines(keepends=True)[:20]
    register.write_text("".join(few), encoding="utf-8")
    for path in (register.parent / "tallies").iterdir():
        if not any(f",{path.name}," in line for line in few):
            path.unlink()
    (house / "notebooks").unlink()
    shutil.copytree(project / "notebooks", house / "notebooks")
    last = house / "reports" / "quang_nam_2023" / "2023-09-11T0800"
    last.mkdir(parents=True)
    (last / "report.vi.html").write_text("last week", encoding="utf-8")
    notebook = house / "notebooks" / "02_compare.ipynb"
    text = notebook.read_text(encoding="utf-8")
    assert "read_table(" in text
    notebook.write_text(text.replace("= read_table(", "= 1 / 0 * read_table(", 1), encoding="utf-8")
    done = analysis(house, "run", "--campaign", "quang_nam_2023", "--as-of", AS_OF)
    assert done.returncode == 30
    assert "02_compare" in complaint(done)
    assert "ZeroDivisionError" in complaint(done)
    assert [path.name for path in last.parent.iterdir()] == ["2023-09-11T0800"]
    assert (last / "report.vi.html").read_text(encoding="utf-8") == "last week"
    runs = house / "data" / "processed" / ".runs"
    assert not any(path.is_dir() for path in runs.iterdir())


def test_help_names_every_command(house):
    done = analysis(house, "--help")
    assert done.returncode == 0
    for command in ("run", "fetch", "simulate"):
        assert command in done.stdout
