"""From nothing to a campaign's folder: by the commands, and from a built wheel in an empty folder."""

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from compileall import compile_dir
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analysis.cli import app
from analysis.cli.run import instant
from analysis.errors import InputError
from analysis.received import receipts
from analysis.tallies import read_received
from analysis.workspace import Workspace, campaign_folder, enter, open_campaign, parse_as_of

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


def test_a_list_of_campaigns_says_which_report_could_not_be_read(house):
    assert run("new", "measles") == 0
    filled(house / "data" / "raw" / "measles")
    for name, text in (("2024-03-05T0800.r2", '{"phase": "running"}'), ("2024-03-05T0800.r10", "{")):
        (house / "reports" / "measles" / name).mkdir(parents=True)
        (house / "reports" / "measles" / name / "summary.json").write_text(text)
    assert run("campaigns") == 0
    assert "  running; " in run.said
    assert "summary.json of 2024-03-05T0800.r10 cannot be read; this is of 2024-03-05T0800.r2" in run.said


def test_what_came_today_can_be_reported_today_without_saying_as_of(house):
    assert run("new", "measles") == 0
    filled(house / "data" / "raw" / "measles")
    file = house / "today.csv"
    file.write_text("Area;Date;Total to date\nBOL;01/03/2024;120\nBON;01/03/2024;80\n", encoding="utf-8")
    assert run("receive", "-c", "measles", str(file)) == 0, run.said
    campaign = open_campaign("measles")
    [came] = receipts(campaign.folder)
    assert came.received_at <= campaign.as_of <= datetime.now(UTC)
    assert parse_as_of(instant("measles", "", ""), campaign.zone) == campaign.as_of


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


def test_a_file_of_which_nothing_was_read_is_named_in_the_proposal(house, tmp_path):
    good, broken = tmp_path / "good.csv", tmp_path / "broken.xlsx"
    good.write_text("Area,Date,Enrolled today,Enrolled total\nAlpha,2024-03-05,12,12\n", encoding="utf-8")
    broken.write_bytes(b"x")
    assert run("new", "drive", "--from", str(good), str(broken)) == 0
    assert "to say: what broken.xlsx holds: nothing was read from it" in run.said
    assert "what good.csv holds" not in run.said
    assert "1 area, by their names in 1 table" in run.said


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


def test_the_zone_to_write_is_that_of_the_country_whose_holidays_count(house):
    run("new", "measles")
    folder = house / "data" / "raw" / "measles"
    filled(folder)
    text = (folder / "campaign.toml").read_text(encoding="utf-8").replace('timezone = "Africa/Accra"', "")
    for calendar, says in (("", '"Continent/City"'), ('[calendar]\ncountry = "CH"\n', '"Europe/Zurich"')):
        (folder / "campaign.toml").write_text(f"{text}\n{calendar}", encoding="utf-8")
        assert run("campaigns", "check", "measles") == 10
        assert f"timezone = {says}" in " ".join(run.said.split())


@pytest.fixture(scope="module")
def site(project, tmp_path_factory) -> Path:
    """Return the folder of an installed wheel."""
    made = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(made)]
    subprocess.run(build, cwd=project, check=True, capture_output=True)
    (wheel,) = made.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(made / "site")
    compile_dir(made / "site", quiet=1)  # as an installer does
    return made / "site"


def test_a_built_wheel_works_alone_in_an_empty_folder(site, tmp_path):
    """From nothing to a published report that is verified: what the wheel brings is enough."""
    environment = {**os.environ, "PYTHONPATH": str(site)}
    environment.pop("ANALYSIS_ROOT", None)
    office = tmp_path / "office"

    def call(*arguments: str, folder: Path = office, status: tuple[int, ...] = (0,)) -> str:
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        assert done.returncode in status, done.stderr + done.stdout
        return done.stdout

    assert str(site) in call("-c", "import analysis; print(analysis.__file__)", folder=tmp_path)
    call("-m", "analysis", "init", "office", folder=tmp_path)
    assert {path.name for path in (office / "notebooks").glob("*.ipynb")} == {
        "01_clean.ipynb", "02_compare.ipynb", "03_forecast.ipynb", "04_report.ipynb",
        "design.ipynb", "explore.ipynb",
    }  # fmt: skip
    call("-m", "analysis", "new", "measles")
    filled(office / "data" / "raw" / "measles")
    rows = [
        f"{name},{day:02d}/03/2024,{people * (20 + day)}"
        for day in range(1, 16)
        for name, people in (("Bolgatanga", 4), ("Bongo", 3))
    ]
    (tmp_path / "week.csv").write_text("\n".join(["Area,Date,Cumulative", *rows, ""]), encoding="utf-8")
    came = ("--received-at", "2024-03-15T18:00:00+00:00")
    call("-m", "analysis", "receive", str(tmp_path / "week.csv"), "--campaign", "measles", *came)
    as_of = ("--as-of", "2024-03-15T20:00+00:00")
    assert "published:" in call("-m", "analysis", "run", "-c", "measles", *as_of, status=(0, 10))
    report = office / "reports" / "measles" / "2024-03-15T2000"
    numbers = json.loads((report / "summary.json").read_text(encoding="utf-8"))["numbers"]
    assert numbers["total"]["value"] == 245
    assert {path.name for path in (report / "notebooks").iterdir()} == {
        "01_clean.ipynb", "02_compare.ipynb", "03_forecast.ipynb", "04_report.ipynb",
    }  # fmt: skip
    assert "identical" in call("-m", "analysis", "verify", str(report))
    packed = site / "analysis" / "_project" / "notebooks" / "01_clean.ipynb"
    given = ("-p", "campaign", "measles", "-p", "as_of", "2024-03-16")
    call("-m", "papermill", str(packed), str(tmp_path / "done.ipynb"), *given, "--no-progress-bar")
    assert (office / "data" / "processed" / "measles" / "2024-03-16T2359" / "panel.parquet").exists()


BOTH = {"sum", "period"}
OFFICES = {
    "trees": (7, "Parish,Date,Trees planted,Trees planted to date", "trees planted", BOTH),
    "sims": (1, "Région,Date,Cartes SIM identifiées (cumul)", "cartes sim identifiées", {"sum"}),
    "subscribers": (7, "Huyện,Ngày,Số thuê bao đã chuẩn hóa (lũy kế)", "thuê bao đã chuẩn hóa", {"sum"}),
    "blood": (7, "Donation centre,Week ending,Units collected this week", "units collected", {"period"}),
    "titles": (30, "Guichet,Date,Titres délivrés dans le mois,Total cumulé", "titres délivrés", BOTH),
    "cards": (1, "Province,Date,National ID cards issued,Running total", "national id cards issued", BOTH),
    "forms": (1, "County,Date,Questionnaires received to date", "questionnaires received", {"sum"}),
}  # fmt: skip
PLACES = ("Ashford", "Brimley", "Dunmore", "Farley")


def office_files(folder: Path, step: int, heading: str) -> list[str]:
    """Write tally files as an office nobody knows would: running sums and counts in the order of headings."""
    months = [date(2023 + month // 12, month % 12 + 1, 1) - timedelta(1) for month in range(5, 13)]
    days = months if step == 30 else [date(2024, 1, 7) + timedelta(step * at) for at in range(20)]
    sums, paths = dict.fromkeys(PLACES, 700), []
    silent = len(heading.split(",")) == 3 and "week" not in heading
    for at in range(0, len(days), 4):
        lines = [heading]
        for day in days[at : at + 4]:
            for number, place in enumerate(PLACES):
                came = 31 + 7 * ((day.toordinal() + number) % 9)
                sums[place] += came
                counts = (
                    [came, sums[place]] if len(heading.split(",")) == 4 else [sums[place] if silent else came]
                )
                lines.append(",".join([place, f"{day:%d/%m/%Y}", *map(str, counts)]))
        paths.append(folder / f"{days[at]:%Y-%m-%d}.csv")
        paths[-1].write_text("\n".join(lines) + "\n", encoding="utf-8")
    return list(map(str, paths))


@pytest.mark.parametrize("office", OFFICES)
def test_files_of_an_office_nobody_knows_are_read_in_its_own_words(office, house, tmp_path):
    step, heading, noun, kinds = OFFICES[office]
    files = office_files(tmp_path, step, heading)
    assert run("new", office, "--from", *files) == 0
    folder = house / "data" / "raw" / office
    given = tomllib.loads((folder / "campaign.toml").read_text(encoding="utf-8"))
    assert given["rhythm"]["counts"] == {1: "day", 7: "week", 30: "month"}[step]
    assert [noun in one["unit"].values() for one in given["measures"]] == [True, True]
    text = (folder / "campaign.toml").read_text(encoding="utf-8")
    for old, new in list(FILL.items())[2:]:
        text = text.replace(old, new)
    (folder / "campaign.toml").write_text(text.replace("# timezone", "timezone"), encoding="utf-8")
    assert run("campaigns", "check", office) in (0, 10), run.said
    assert run("receive", "-c", office, "--by-content", *files) == 0, run.said
    campaign = open_campaign(office)
    tallies = read_received(campaign, campaign.as_of).tallies
    codes = {"counted_cumulative": "sum", "counted_on_day": "period"}
    assert {codes[one] for one in set(tallies["measure"])} == {*kinds, "sum"}
    newest = tallies[(tallies["measure"] == "counted_cumulative")].groupby("area_code")["value"].max()
    assert len(newest) == len(PLACES)


def test_areas_that_send_only_counts_of_a_week_have_the_sum_of_them(house, tmp_path):
    files = office_files(tmp_path, 7, OFFICES["blood"][1])
    run("new", "blood", "--from", *files[:1], *files[2:])
    folder = house / "data" / "raw" / "blood"
    text = (folder / "campaign.toml").read_text(encoding="utf-8")
    for old, new in list(FILL.items())[2:]:
        text = text.replace(old, new)
    (folder / "campaign.toml").write_text(text, encoding="utf-8")
    run("receive", "-c", "blood", "--by-content", *files[:1], *files[2:])
    campaign = open_campaign("blood")
    intake = read_received(campaign, campaign.as_of)
    of_one = intake.tallies[intake.tallies["area_code"] == campaign.areas[0].code]
    sums, came = (of_one[of_one["measure"] == code] for code in ("counted_cumulative", "counted_on_day"))
    assert list(sums["value"]) == list(came["value"].cumsum())
    assert (
        list(sums["qualifier"]) == ["exact"] * 4 + ["at_least"] * 12
    )  # four weeks are missing after the fourth
    assert "sum_added_up" in set(intake.findings["code"])
