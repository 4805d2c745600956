"""From nothing to a campaign's folder: by the commands, and from a built wheel in an empty folder."""

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analysis.cli import app
from analysis.errors import InputError
from analysis.received import receipts
from analysis.workspace import Workspace, campaign_folder, enter, open_campaign

FILL = {
    'name = "measles"': 'name = "School measles drive"',
    'vocabulary = "general"': 'vocabulary = "vaccination"\ntimezone = "Africa/Accra"',
    "# [[targets]]\n# value = 100000": "[[targets]]\nvalue = 900",
    "# deadline = 2024-03-31\n": "deadline = 2024-03-31\n",
}
AREAS = "code,name,eligible\nBOL,Bolgatanga,600\nBON,Bongo,500\n"


@pytest.fixture
def house(tmp_path, monkeypatch) -> Path:
    """Return an empty project, the current folder."""
    assert run("init", str(tmp_path / "office")) == 0
    monkeypatch.setenv("ANALYSIS_ROOT", "")  # whatever a command sets is taken back
    monkeypatch.chdir(tmp_path / "office")
    return tmp_path / "office"


def run(*arguments: str) -> int:
    """Run a command in this process and return its exit status; what goes wrong is raised."""
    result = CliRunner().invoke(app, list(arguments))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    run.said = result.output
    return result.exit_code


def filled(folder: Path) -> None:
    """Say what a person would say."""
    text = (folder / "campaign.toml").read_text(encoding="utf-8")
    for old, new in FILL.items():
        assert old in text, old
        text = text.replace(old, new)
    (folder / "campaign.toml").write_text(text, encoding="utf-8")
    (folder / "areas.csv").write_text(AREAS, encoding="utf-8")


def test_a_new_campaign_needs_what_check_says_and_nothing_else(house):
    assert run("new", "measles") == 0
    assert run("campaigns", "check", "measles", "--json") == 20
    errors = [one for one in json.loads(run.said)["measles"] if one["severity"] == "error"]
    assert [Path(one["file"]).name for one in errors] == ["campaign.toml", "areas.csv"]
    assert [one["found"].partition(",")[0] for one in errors] == ["targets: none", "no area"]
    filled(house / "data" / "raw" / "measles")
    assert run("campaigns", "check", "measles") == 0, run.said
    assert run("campaigns") == 0
    assert "School measles drive" in run.said


def test_what_came_today_can_be_reported_today_without_saying_as_of(house):
    assert run("new", "measles") == 0
    filled(house / "data" / "raw" / "measles")
    file = house / "today.csv"
    file.write_text("Area;Date;Total to date\nBOL;01/03/2024;120\nBON;01/03/2024;80\n", encoding="utf-8")
    assert run("receive", "-c", "measles", str(file)) == 0, run.said
    campaign = open_campaign("measles")
    [came] = receipts(campaign.folder)
    assert came.received_at <= campaign.as_of <= datetime.now(UTC)


def test_tally_files_propose_areas_vocabulary_languages_and_rhythm(house, project):
    raw = project / "data" / "raw" / "measles_2024" / "tallies"
    files = [str(path) for week in ("W09", "W10") for path in sorted(raw.glob(f"2024-{week}_*"))]
    assert run("new", "drive", "--from", *files) == 0
    folder = house / "data" / "raw" / "drive"
    areas = (folder / "areas.csv").read_text(encoding="utf-8").splitlines()
    assert {line.split(",")[1] for line in areas[1:]} == {
        "Buea", "Limbe", "Tiko", "Muyuka", "Kumba", "Mamfe",
        "Dschang", "Bafoussam", "Mbouda", "Bangangté", "Bafang", "Foumban",
    }  # fmt: skip
    toml = tomllib.loads((folder / "campaign.toml").read_text(encoding="utf-8"))
    assert (toml["vocabulary"], set(toml["languages"])) == ("vaccination", {"en", "fr"})
    assert toml["rhythm"] == {"counts": "week", "sent": "week", "on": "tuesday"}
    assert "to say: the campaign's name, its zone, the target and its deadline" in run.said


def test_files_without_areas_propose_nothing(house, tmp_path):
    (tmp_path / "note.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="no table with a column of areas"):
        run("new", "drive", "--from", str(tmp_path / "note.csv"))
    assert not (house / "data" / "raw" / "drive").exists()


def test_a_name_and_a_path_are_the_same_campaign(house, tmp_path, monkeypatch):
    run("new", "measles")
    filled(house / "data" / "raw" / "measles")
    by_name = open_campaign("measles")
    assert open_campaign(str(house / "data" / "raw" / "measles")).code == by_name.code
    assert Workspace.open("data/raw/measles", "2024-03-01").campaign.code == "measles"
    monkeypatch.chdir(tmp_path)
    assert enter(str(house / "data" / "raw" / "measles")) == "measles"
    assert campaign_folder("measles") == house / "data" / "raw" / "measles"


def test_a_misspelt_name_is_answered_with_the_nearest(house):
    run("new", "measles")
    with pytest.raises(InputError, match="'measles', perhaps"):
        campaign_folder("mesles")
    (house / "loose").mkdir()
    with pytest.raises(InputError, match="not in the data/raw of a project"):
        enter(str(house / "loose"))


def test_nothing_is_written_over(house):
    run("new", "measles")
    with pytest.raises(InputError, match="there already"):
        run("new", "measles")
    with pytest.raises(InputError, match="not empty"):
        run("init", str(house))
    with pytest.raises(InputError, match="write letters, digits"):
        run("new", "../measles")


def test_an_unknown_language_has_its_line(house):
    run("new", "measles")
    folder = house / "data" / "raw" / "measles"
    filled(folder)
    toml = (folder / "campaign.toml").read_text(encoding="utf-8").replace('["en"]', '["en", "sw"]')
    (folder / "campaign.toml").write_text(toml, encoding="utf-8")
    assert run("campaigns", "check", "measles") == 20
    assert "no words in 'sw'" in run.said


def test_a_built_wheel_works_alone_in_an_empty_folder(project, tmp_path):
    """What a wheel brings is enough to make a project and to run its first notebook."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    subprocess.run(build, cwd=project, check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    environment.pop("ANALYSIS_ROOT", None)
    office = tmp_path / "office"

    def call(*arguments: str) -> str:
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    assert str(tmp_path / "site") in call("-c", "import analysis; print(analysis.__file__)")
    call("-m", "analysis", "init", "office")
    assert {path.name for path in (office / "notebooks").glob("0*.ipynb")} == {
        "01_clean.ipynb", "02_compare.ipynb", "03_forecast.ipynb", "04_report.ipynb",
    }  # fmt: skip
    environment["ANALYSIS_ROOT"] = str(office)
    call("-m", "analysis", "new", "measles")
    filled(office / "data" / "raw" / "measles")
    tally = tmp_path / "week.csv"
    tally.write_text(
        "Area,Date,Cumulative\nBolgatanga,05/03/2024,120\nBongo,05/03/2024,90\n", encoding="utf-8"
    )
    received = ("--received-at", "2024-03-05T18:00:00+00:00")
    call("-m", "analysis", "receive", str(tally), "--campaign", "measles", *received)
    packed = tmp_path / "site" / "analysis" / "_project" / "notebooks" / "01_clean.ipynb"
    given = ("-p", "campaign", "measles", "-p", "as_of", "2024-03-06")
    call("-m", "papermill", str(packed), str(tmp_path / "done.ipynb"), *given, "--no-progress-bar")
    assert (office / "data" / "processed" / "measles" / "2024-03-06T2359" / "panel.parquet").exists()
