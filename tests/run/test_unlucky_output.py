"""What was published stays published, and told, whatever becomes of the lines that say so."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import PROJECT
from tests.run.house import CAMPAIGN


@pytest.fixture
def running(house):
    """Make the small project's drive one that has not ended."""
    facts = house / "data" / "raw" / CAMPAIGN / "campaign.toml"
    end = datetime.now(UTC).date() + timedelta(days=60)
    text = facts.read_text(encoding="utf-8").replace("last_day = 2023-12-31", f"last_day = {end}")
    facts.write_text(text, encoding="utf-8")
    areas = facts.with_name("areas.csv")
    in_force = re.sub(r",20\d\d-\d\d-\d\d,", ",,", areas.read_text(encoding="utf-8"))
    areas.write_text(in_force, encoding="utf-8")
    return house


def start(house, *arguments, redirect="", module="tests.run.house", **settings):
    """Run the small project's weekly job through a shell, its output sent where a test says."""
    where = f"{house} " if module != "analysis" else ""
    line = f"{sys.executable} -m {module} {where}{' '.join(arguments)} {redirect}"
    environment = {**os.environ, "ANALYSIS_ROOT": str(house), **settings}
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line], cwd=PROJECT, env=environment, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    ("redirect", "settings", "made_now"),
    [
        ("", {"PYTHONIOENCODING": "cp1258"}, True),
        ("", {"PYTHONIOENCODING": "latin-1", "LC_ALL": "C"}, False),
        ("> /dev/full", {}, False),
        ("| true", {}, False),
        (">&- 2>&-", {}, True),
    ],
    ids=["cp1258", "latin-1", "full", "pipe", "closed"],
)
def test_output_that_cannot_be_printed_changes_no_status_and_stops_no_message(
    house, request, redirect, settings, made_now
):
    if not made_now:  # the same lines are printed of a report that is there
        request.getfixturevalue("published")
    done = start(house, "--notify", redirect=redirect, **settings)
    assert done.returncode == 10, done.stderr
    assert len(list((house / "reports" / CAMPAIGN).iterdir())) == 1
    if "2>&-" not in redirect:
        assert "nobody told" in done.stderr  # it was tried, and no way is set up
        assert "Traceback" not in done.stderr
        assert "Exception ignored" not in done.stderr


def test_an_analysts_run_leaves_the_due_week_to_the_job(running):
    assert start(running).returncode == 10
    asked = ["run", "--campaign", CAMPAIGN, "--week", "last", "--if-due"]
    job = start(running, *asked)
    assert job.returncode == 10, job.stderr
    assert len(list((running / "reports" / CAMPAIGN).iterdir())) == 2
    again = start(running, *asked)
    assert again.returncode == 0
    assert "good: last good run" in again.stdout
    status = start(running, "status", module="analysis")
    assert status.returncode == 0, status.stderr
    other = start(running, "run", "--campaign", CAMPAIGN, "--week", "2023-W30", "--if-due")
    assert other.returncode == 20
    assert "--if-due is for the weekly job" in other.stderr


def test_the_job_of_a_drive_that_has_ended_publishes_its_last_week_and_then_says_so(house):
    asked = ["run", "--campaign", CAMPAIGN, "--week", "last"]
    assert start(house, *asked, "--if-due").returncode == 10
    assert (house / "reports" / CAMPAIGN / "2024-01-01T0000").is_dir()
    for more in ([], ["--if-due", "--notify"]):
        again = start(house, *asked, *more)
        assert again.returncode == 0
        assert "ended on 2023-12-31" in again.stdout
        assert again.stderr == ""
    assert len(list((house / "reports" / CAMPAIGN).iterdir())) == 1


def test_a_campaign_whose_folder_is_gone_is_a_line_and_the_others_are_judged(running):
    assert start(running, "run", "--campaign", CAMPAIGN, "--week", "last").returncode == 10
    path = running / "reports" / "status.json"
    text = path.read_text(encoding="utf-8")
    own = text.partition("{")[2].rpartition("}")[0]
    other = own.replace(CAMPAIGN, "a_gone")
    path.write_text("{" + other.rstrip() + "," + own + "}", encoding="utf-8")
    done = start(running, "status", module="analysis")
    assert done.returncode == 0, done.stderr
    gone, good = done.stdout.splitlines()
    assert gone.startswith("a_gone: gone: ")
    assert good.startswith(f"{CAMPAIGN}: good: ")
    (running / "data" / "raw" / CAMPAIGN / "campaign.toml").write_text("x", encoding="utf-8")
    broken = start(running, "status", module="analysis")
    assert broken.returncode == 30
    assert f"{CAMPAIGN}: BROKEN: cannot be judged" in broken.stdout


def test_a_line_about_a_hostile_file_name_is_one_line_and_obeyed_by_no_terminal(house, tmp_path):
    name = "a\n  error: b.csv\naccepted: 999 \x1b[2J\x1b]0;pwned\x07\u202etxt.csv"
    (tmp_path / name).write_text("x", encoding="utf-8")
    campaign = house / "data" / "raw" / CAMPAIGN
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "check", str(tmp_path / name), "--campaign", str(campaign)],
        capture_output=True, text=True, cwd=PROJECT,
    )  # fmt: skip
    assert done.returncode == 20
    assert not [letter for letter in done.stdout if letter in "\x1b\x07\u202e"]
    assert not [line for line in done.stdout.splitlines() if line.startswith(("accepted:", "  error: b.csv"))]


def test_a_run_under_a_hard_limit_of_memory_and_without_a_home_is_a_run(house):
    """`ulimit -v` without privileges, as on shared hosts; a home that is nowhere, as jobs often have."""
    limit = f"ulimit -v 6000000; exec {sys.executable} -m tests.run.house {house}"
    settings = {name: value for name, value in os.environ.items() if not name.startswith(("MPL", "XDG"))}
    done = subprocess.run(["bash", "-c", limit], cwd=PROJECT, capture_output=True, text=True,
                          env={**settings, "ANALYSIS_ROOT": str(house), "HOME": "/proc/none"})  # fmt: skip
    assert done.returncode == 10, done.stderr
    assert [line[:9] for line in done.stderr.splitlines()] == ["analysis:"]
