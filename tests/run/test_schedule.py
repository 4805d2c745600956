"""The files that a scheduler is given are ones that it takes."""

import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from analysis.run.schedule import KINDS, schedule
from analysis.workspace import open_campaign

NOW = datetime(2023, 9, 1, tzinfo=UTC)


@pytest.fixture
def files(tmp_path):
    """Return the files of one kind for a project whose path has a space and a per cent sign in it."""
    root = tmp_path / "my 100% project"
    command = root / ".venv" / "bin" / "analysis"
    command.parent.mkdir(parents=True)
    shutil.copy("/bin/true", command)
    return lambda kind: schedule(kind, open_campaign("quang_nam_2023"), root, NOW)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_left_to_fill_in(files, kind):
    for name, text in files(kind).items():
        assert "CAMPAIGN" not in name
        assert "quang_nam_2023" in text
        assert not any(line.strip().startswith("$") for line in text.splitlines())
        assert "--week last" in text or "timer" in name or "watch" in name


def test_systemd_takes_its_files_and_knows_the_next_monday(files, tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not on this machine")
    paths = []
    for name, text in files("systemd").items():
        paths.append(tmp_path / name)
        paths[-1].write_text(text, encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", *paths], capture_output=True, text=True)
    own = [line for line in done.stderr.splitlines() if "analysis-" in line]
    assert not own, own
    assert "OnCalendar=Mon *-*-* 06:00:00 Asia/Ho_Chi_Minh" in paths[1].read_text(encoding="utf-8")
    calendar = subprocess.run(
        ["systemd-analyze", "calendar", "Mon *-*-* 06:00:00 Asia/Ho_Chi_Minh"], capture_output=True, text=True
    )
    assert calendar.returncode == 0, calendar.stderr


@pytest.mark.parametrize("unit", ["analysis-quang_nam_2023.service", "analysis-quang_nam_2023-watch.service"])
def test_a_unit_runs_as_a_user_of_its_own_and_is_exposed_to_little(files, tmp_path, unit):
    text = files("systemd")[unit]
    assert "\nUser=analysis\n" in text
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not on this machine")
    (tmp_path / unit).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=30", "--no-pager", tmp_path / unit],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-1500:] + done.stderr


def test_cron_lines_have_five_fields_and_a_command_the_shell_takes(files, tmp_path):
    text = files("cron")["analysis-quang_nam_2023.cron"]
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert len(lines) == 2
    for line in lines:
        command = line.split(maxsplit=5)[5].replace("\\%", "%")
        assert subprocess.run(["sh", "-c", command], capture_output=True).returncode == 0


def test_windows_gets_a_task_that_catches_up_and_runs_once_at_a_time(files):
    (text,) = files("windows").values()
    task = ET.fromstring(text.encode())  # noqa: S314
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    assert task.findtext(".//t:StartWhenAvailable", namespaces=space) == "true"
    assert task.findtext(".//t:Principal/t:UserId", namespaces=space) == "S-1-5-19"  # LOCAL SERVICE
    assert task.find(".//t:Actions", space).get("Context") == task.find(".//t:Principal", space).get("id")
    for name in ("Command", "WorkingDirectory"):
        assert "/" not in task.findtext(f".//t:{name}", namespaces=space)
    assert task.findtext(".//t:Command", namespaces=space).endswith(r"\.venv\Scripts\analysis.exe")
    assert task.findtext(".//t:MultipleInstancesPolicy", namespaces=space) == "IgnoreNew"
    assert task.findtext(".//t:StartBoundary", namespaces=space) == "2023-09-04T06:00:00+07:00"


def test_the_workflow_that_ships_is_the_one_that_is_printed(project, files):
    (text,) = files("github").values()
    assert text == (project / ".github" / "workflows" / "weekly.yml").read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    assert workflow[True]["schedule"] == [{"cron": "0 23 * * 0"}]  # Sunday 23:00 UTC; YAML reads `on` as true
    assert workflow["permissions"] == {}
    for step in workflow["jobs"]["report"]["steps"]:
        assert "uses" not in step or len(step["uses"].partition("@")[2]) == 40


def test_the_workflows_pass_their_linter(project):
    paths = sorted((project / ".github" / "workflows").glob("*.yml"))
    linter = Path(sys.executable).with_name("zizmor")
    done = subprocess.run([linter, "--offline", *paths], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
