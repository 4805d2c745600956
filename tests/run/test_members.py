"""A campaign that consists of others: what they published is received as tallies of its areas."""

import shutil
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from analysis.artifacts import sha256, write_json, write_table
from analysis.cli import main
from analysis.panel import build_panel
from analysis.received import receipts
from analysis.run.remote import Remote
from analysis.tallies import as_of_view, read_received
from analysis.workspace import open_campaign
from tests.conftest import PROJECT
from tests.run.house import front_door

AREAS = "code,name,type,parent,eligible,target\nA,North,district,,5000,4000\nB,South,district,,{south},4000\n"
FACTS = """
name = {{ en = "Drive" }}
vocabulary = "eid"
languages = ["en"]
timezone = "Asia/Ho_Chi_Minh"
simulated = {simulated}
first_day = 2024-01-01
last_day = 2024-03-31
"""
WHOLE = "code,name,type,parent,eligible,target\n1,First,province,,10000,8000\n2,Second,province,,10000,8000\n"
MEMBERS = '[[members]]\ncampaign = "first"\narea = "1"\n[[members]]\ncampaign = "second"\narea = "2"\n'
DAYS = pd.date_range("2024-01-02", periods=4)


@pytest.fixture
def nation(tmp_path, monkeypatch):
    monkeypatch.setenv("ANALYSIS_ROOT", str(tmp_path))
    (tmp_path / "notebooks").symlink_to(PROJECT / "notebooks")
    for code in ("first", "second"):
        facts(tmp_path, code, AREAS.format(south=5000))
    facts(tmp_path, "nation", WHOLE, MEMBERS)
    return tmp_path


def facts(root: Path, code: str, areas: str, more: str = "", simulated: str = "true") -> None:
    folder = root / "data" / "raw" / code
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "areas.csv").write_text(areas, encoding="utf-8")
    (folder / "campaign.toml").write_text(FACTS.format(simulated=simulated) + more, encoding="utf-8")


def report(root: Path, code: str, as_of: str, counts: dict[str, list[float]], name: str = "") -> None:
    """Leave what a published report leaves: its panel, and a provenance that vouches for it."""
    label = f"{as_of}T0800"
    rows = [
        (area, day, "activated_cumulative", value)
        for area, values in counts.items()
        for day, value in zip(DAYS, values, strict=False)
        if value == value
    ]
    tallies = pd.DataFrame(rows, columns=["area_code", "date", "measure", "value"])
    panel = root / "data" / "processed" / code / label / "panel.parquet"
    panel.parent.mkdir(parents=True, exist_ok=True)
    write_table(build_panel(tallies, open_campaign(code), date.fromisoformat(as_of)), panel)
    told = {
        "campaign": code,
        "inputs": {},
        "as_of": f"{as_of}T08:00:00+07:00",
        "outputs": {"panel.parquet": sha256(panel)},
    }
    (root / "reports" / code / (name or label)).mkdir(parents=True, exist_ok=True)
    write_json(told, root / "reports" / code / (name or label) / "provenance.json")


def test_what_members_published_is_gathered_at_an_address(nation, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for code in ("first", "second"):
        report(nation, code, "2024-01-05", {"A": [1, 2, 3, 4], "B": [5, 6, 7, 8]})
        (nation / "reports" / code / "2024-01-05T0800" / "SHA256SUMS").touch()
    there, url = tmp_path / "there", f"file://{tmp_path}/there"
    for part in ("data/raw", "reports"):
        shutil.copytree(nation / part, there / part)
    shutil.copytree(nation / "data" / "processed", Remote(url).copy / "data" / "processed")
    for said in ("1 new reports", "nothing new"):
        ended = front_door("gather", "nation", "--at", url)
        assert ended.stdout == f"first: {said}\nsecond: {said}\n", ended.stderr
    received = receipts(there / "data" / "raw" / "nation")
    assert [one.sender for one in received] == ["first", "second"]
    for one in received:
        assert sha256(there / "data" / "raw" / "nation" / "tallies" / one.name) == one.sha256
    assert not (nation / "data" / "raw" / "nation" / "received.csv").exists()


def gather(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.argv", ["analysis", "gather", "nation"])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def known(root: Path, as_of: str) -> dict[tuple[str, str], float]:
    campaign = open_campaign("nation")
    intake = read_received(campaign, datetime.fromisoformat(f"{as_of}T09:00+07:00"))
    assert intake.held.empty
    view = as_of_view(intake.tallies)
    keys = zip(view["area_code"], view["date"].dt.strftime("%m-%d"), strict=True)
    return dict(zip(keys, view["value"], strict=True))


def test_each_member_counts_until_its_own_day_and_as_it_was_known_then(nation, monkeypatch, capsys):
    report(nation, "first", "2024-01-04", {"A": [10, 20], "B": [1, 2]})
    report(nation, "first", "2024-01-06", {"A": [10, 21, 30], "B": [1, 2, 3]})
    report(nation, "second", "2024-01-04", {"A": [100, 200], "B": [5, 6]})
    assert gather(monkeypatch) == 0
    assert capsys.readouterr().out == "first: 2 new reports\nsecond: 1 new reports\n"
    assert known(nation, "2024-01-04") == {
        ("1", "01-02"): 11, ("1", "01-03"): 22, ("2", "01-02"): 105, ("2", "01-03"): 206,
    }  # fmt: skip
    later = known(nation, "2024-01-06")
    assert later["1", "01-03"] == 23, "a member's correction is one here"
    assert later["1", "01-04"] == 33
    assert ("2", "01-04") not in later, "the second says nothing of that day"
    assert {one.sender for one in receipts(nation / "data" / "raw" / "nation")} == {"first", "second"}


def test_the_code_of_a_members_area_may_be_any_text(nation, monkeypatch):
    members = MEMBERS.replace('"2"', '"2, south"')
    facts(nation, "nation", WHOLE.replace("\n2,", '\n"2, south",'), members)
    for code in ("first", "second"):
        report(nation, code, "2024-01-04", {"A": [10, 20], "B": [1, 2]})
    assert gather(monkeypatch) == 0
    assert known(nation, "2024-01-04")["2, south", "01-03"] == 22


def test_what_was_gathered_is_not_gathered_again(nation, monkeypatch, capsys):
    for code in ("first", "second"):
        report(nation, code, "2024-01-04", {"A": [10, 20], "B": [1, 2]})
    assert gather(monkeypatch) == 0
    before = receipts(nation / "data" / "raw" / "nation")
    capsys.readouterr()
    assert gather(monkeypatch) == 0
    assert capsys.readouterr().out == "first: nothing new\nsecond: nothing new\n"
    assert receipts(nation / "data" / "raw" / "nation") == before


def test_a_day_that_some_areas_did_not_count_is_no_day_of_the_whole(nation, monkeypatch):
    report(nation, "first", "2024-01-05", {"A": [10, 20, 30], "B": [1, float("nan"), 3]})
    report(nation, "second", "2024-01-05", {"A": [10, 20], "B": [1, 2]})
    assert gather(monkeypatch) == 0
    assert [day for area, day in known(nation, "2024-01-05") if area == "1"] == ["01-02", "01-04"]


def test_the_newest_revision_is_what_counts_and_a_panel_nobody_vouches_for_is_none(
    nation, monkeypatch, capsys
):
    for code in ("first", "second"):
        report(nation, code, "2024-01-04", {"A": [10, 20], "B": [1, 2]})
    for revision, count in ((9, 21), (10, 25)):
        name = f"2024-01-04T0800.r{revision}"
        report(nation, "first", "2024-01-04", {"A": [10, count], "B": [1, 2]}, name)
    assert gather(monkeypatch) == 0
    assert known(nation, "2024-01-04")["1", "01-03"] == 27
    report(nation, "second", "2024-01-05", {"A": [10, 20, 30], "B": [1, 2, 3]})
    (nation / "reports" / "second" / "2024-01-05T0800" / "provenance.json").write_text("{}", encoding="utf-8")
    capsys.readouterr()
    assert gather(monkeypatch) == 0
    assert "second: nothing new" in capsys.readouterr().out


def test_numbers_that_are_not_the_members_own_are_named(nation, monkeypatch, capsys):
    facts(nation, "first", AREAS.format(south=6000))
    for code in ("first", "second"):
        report(nation, code, "2024-01-04", {"A": [10, 20], "B": [1, 2]})
    assert gather(monkeypatch) == 0
    told = capsys.readouterr().err
    assert "1: eligible 10,000, but the areas of first add up to 11,000" in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda root: None, "member first has no published report; run 'analysis run --campaign first'"),
        (lambda root: facts(root, "nation", WHOLE, MEMBERS, simulated="false"), "never added up"),
        (lambda root: facts(root, "nation", WHOLE), "has no [[members]]"),
        (
            lambda root: facts(root, "nation", WHOLE, MEMBERS.replace('"1"', '"9"')),
            "area '9' is none that is",
        ),
        (lambda root: facts(root, "nation", WHOLE, MEMBERS.replace('"2"', '"1"')), "area 1 is taken"),
        (lambda root: facts(root, "nation", WHOLE, MEMBERS.replace("second", "third")), "'third' is not in"),
        (
            lambda root: facts(root, "first", AREAS.format(south=1), 'measure = "level2_cumulative"'),
            "member first counts level2_cumulative, and nation activated_cumulative",
        ),
    ],
)
def test_what_cannot_be_added_up_is_refused_and_nothing_received(nation, monkeypatch, capsys, change, told):
    if "no published" not in told:
        report(nation, "first", "2024-01-04", {"A": [10, 20], "B": [1, 2]})
    change(nation)
    assert gather(monkeypatch) == 20
    assert told in capsys.readouterr().err
    assert not (nation / "data" / "raw" / "nation" / "received.csv").exists()
