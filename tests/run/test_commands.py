"""The commands as their users type them: exit status, and one line on stderr."""

import os
import shutil
import subprocess
import sys
from importlib.metadata import version

import pytest

from analysis.artifacts import read_json
from analysis.cli import main
from analysis.run.steps import STEPS
from tests.conftest import PROJECT
from tests.run.house import CAMPAIGN, front_door, write_notebook


@pytest.fixture
def call(house):
    """Give a command: in this process, or that of the small project in one of its own."""

    def go(*arguments: str, module: str = "analysis") -> subprocess.CompletedProcess[str]:
        if module == "analysis":
            return front_door(*arguments)
        return subprocess.run(
            [sys.executable, "-m", module, str(house), *arguments],
            cwd=PROJECT,
            env={**os.environ, "ANALYSIS_ROOT": str(house)},
            capture_output=True,
            text=True,
        )

    return go


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "-c", CAMPAIGN, "--week", "2023-W53"), "not in 2023, which has W01 to W52"),
        (("run", "-c", CAMPAIGN, "--week", "2023-W37", "--as-of", "2023-09-18"), "not both"),
        (("run", "-c", "../no such folder"), "is not in"),
        (("run", "-c", CAMPAIGN, "--week", "9999-W52"), "beyond every calendar"),
        (("backfill", "-c", CAMPAIGN, "--from", "2023-W37", "--to", "2023-W36"), "is after"),
        (("backfill", "-c", CAMPAIGN, "--from", "2023-W37", "--to", "9990-W01"), "give one that is over"),
        (("verify",), "name a report"),
        (("verify", "data"), "no provenance"),
        (("schedule", "-c", CAMPAIGN, "-k", "at"), "there is systemd, cron, github, windows"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line_and_leaves_nothing(call, house, arguments, says):
    before = sorted(house.rglob("*"))
    done = call(*arguments)
    assert done.returncode == 20
    (line,) = done.stderr.splitlines()
    assert line.startswith("analysis: ")
    assert says in line
    assert sorted(house.rglob("*")) == before


def test_a_campaign_file_that_is_a_bomb_is_refused_in_one_line(call, house):
    path = house / "data" / "raw" / CAMPAIGN / "campaign.toml"
    path.write_text("a = " + "[" * 100_000, encoding="utf-8")
    before = sorted(house.rglob("*"))
    done = call("run", "-c", CAMPAIGN)
    assert done.returncode == 20
    assert done.stderr == f"analysis: {path}: nested too deep to be a campaign; write it anew\n"
    assert sorted(house.rglob("*")) == before


def test_people_are_told_also_of_what_goes_wrong_before_anything_runs(call, house):
    (house / "data" / "raw" / CAMPAIGN / "campaign.toml").write_text("a = ", encoding="utf-8")
    for more in (("--week", "last"), ("--at", "ftp://host/x")):
        done = call("run", "-c", CAMPAIGN, "--notify", *more)
        assert done.returncode == 20
        assert done.stderr.splitlines()[0] == "analysis: nobody told: ANALYSIS_NOTIFY is not set"


def test_people_are_told_also_of_what_nobody_foresaw(call, monkeypatch):
    def burst(*given: str) -> None:
        raise LookupError(*given)

    monkeypatch.setattr("analysis.cli.run.instant", burst)
    done = call("run", "-c", CAMPAIGN, "--notify")
    assert done.returncode == 30
    told, line = done.stderr.splitlines()
    assert told == "analysis: nobody told: ANALYSIS_NOTIFY is not set"
    assert line.startswith("analysis: LookupError: ")


def test_the_version_is_the_packages_and_stands_in_every_provenance(call, publish):
    done = call("--version")
    assert done.returncode == 0
    version = read_json(publish().path / "provenance.json")["version"]
    assert done.stdout == f"analysis {version}\n"


def test_provenance_lists_the_public_holidays_used_and_where_they_come_from(house, publish):
    with (house / "data" / "raw" / CAMPAIGN / "campaign.toml").open("a", encoding="utf-8") as stream:
        stream.write('\n[calendar]\ncountry = "VN"\nwithout = [2023-09-01]\n')
    own, *days = read_json(publish().path / "provenance.json")["holidays"]
    assert (own["first"], own["last"], own["source"][:17]) == (
        "2023-09-01",
        "2023-09-04",
        "National calendar",
    )
    assert [(one["first"], one["last"]) for one in days if one["first"] < "2023-09-04"] == [
        ("2023-09-02", "2023-09-02")
    ]
    assert days[0]["name"]["vi"].startswith("Quốc khánh")
    assert days[0]["source"] == f"holidays {version('holidays')}, VN"


def test_what_nobody_foresaw_is_one_line_and_a_failure(monkeypatch, capsys):
    """The last door: an exception with a line break in its text, which no command expects."""

    def burst() -> None:
        raise LookupError("first\nsecond")

    monkeypatch.setattr("analysis.cli.app", burst)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 30
    assert (
        capsys.readouterr().err
        == "analysis: LookupError: first second; this is a defect, --debug shows where\n"
    )


def test_every_command_shows_where_a_fault_arose_if_asked(call):
    for command in (("campaigns", "check", "nowhere"), ("schedule", "-c", "nowhere", "-k", "cron")):
        *traceback, line = call(*command, "--debug").stderr.splitlines()
        assert traceback[0].startswith("Traceback")
        assert [line] == call(*command).stderr.splitlines()


def test_a_kernel_that_dies_is_one_line(call, house):
    write_notebook(house / "notebooks" / "01_clean.ipynb", ["import os", "os.abort()"])
    done = call(module="tests.run.house")
    assert done.returncode == 30
    (line,) = done.stderr.splitlines()
    assert line.startswith("analysis: 01_clean.ipynb: DeadKernelError")


def test_a_run_that_is_no_job_is_not_on_record(call, house):
    assert "tells of no run" in call("status").stderr
    done = call(module="tests.run.house")
    assert done.returncode == 10
    assert "published with warnings: no file was received" in done.stderr
    assert all(line.startswith("analysis: ") for line in done.stderr.splitlines())
    assert "tells of no run" in call("status").stderr
    assert call("status", "-c", CAMPAIGN).stdout.startswith(f"{CAMPAIGN}: ended: ")


def test_the_weeks_of_a_backfill_that_cannot_be_made_are_named(call, house):
    for step in STEPS[1:]:
        shutil.copy(house / "notebooks" / "01_clean.ipynb", house / "notebooks" / f"{step.notebook}.ipynb")
    done = call("backfill", "-c", CAMPAIGN, "--from", "2023-W20", "--to", "2023-W21", "--jobs", "2")
    assert done.returncode == 20, done.stderr
    assert "2023-W20: not published: campaign" in done.stderr
    assert "2023-W21: not published: campaign" in done.stderr
    assert not (house / "reports").exists()
