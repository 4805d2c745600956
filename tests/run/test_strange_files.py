"""What lies about in the folders of campaigns and reports, and what unlucky hands do to the register."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.contract import artifacts
from analysis.errors import InputError
from analysis.received import FACTS, lock_of, receipts, releases, unlisted
from analysis.run.provenance import git_state, input_hashes
from analysis.run.verify import verify
from analysis.tallies import SentFile, keep
from analysis.workspace import Workspace
from tests.conftest import PROJECT
from tests.run.house import AS_OF, CAMPAIGN, front_door
from tests.tallies.making import AS_OF as ARRIVED
from tests.tallies.making import one_row

LATER = ("--received-at", "2023-09-18T20:00+07:00")
LITTER = (
    ".received.lock",
    ".DS_Store",
    "~$areas.csv",
    "Thumbs.db",
    ".received.csv.x1y2.csv",
    "areas (copy).csv",
)


@pytest.fixture
def raw(house) -> Path:
    return house / "data" / "raw" / CAMPAIGN


def delivered(raw: Path, *arguments: str, name: str = "ha18.csv", data: bytes | None = None):
    path = raw.parents[2] / name
    path.write_bytes(data or one_row("46.100", day="18/09/2023"))
    return front_door("receive", str(path), "--campaign", str(raw), *(arguments or LATER))


def test_only_what_the_loader_reads_is_an_input(raw):
    target = Workspace.open(CAMPAIGN, AS_OF)
    before = input_hashes(target)
    for name in LITTER:
        (raw / name).write_text("x")
    (raw / "secret").symlink_to("/etc/hostname")
    assert input_hashes(target) == before
    assert set(before) <= {*FACTS, "received.csv"} | {name for name in before if name.startswith("tallies/")}


def test_a_delivery_between_report_and_verification_leaves_it_identical(raw, publish, published, plan):
    report = published.path
    assert delivered(raw).returncode in (0, 10)
    assert delivered(raw, name="refused.csv", data=b"\x89PNG").returncode == 20
    for name in LITTER:
        (raw / name).write_text("x")
    for name in (".DS_Store", "Thumbs.db"):
        (report / name).write_text("x")
    checked = verify(report, plan())
    assert checked.differences == ()
    again = publish()
    assert (again.path, again.fresh) == (report, False)


def test_what_somebody_put_into_a_report_is_named_and_makes_no_revision(publish, published, plan):
    report = published.path
    (report / "notes.txt").write_text("x")
    again = publish(force=True)
    assert (again.path, again.fresh) == (report, False)
    assert any("notes.txt: was not in it" in line for line in again.warnings)
    assert "notes.txt: was not in it when it was published" in [
        one.where for one in verify(report, plan()).differences
    ]


def test_the_list_of_inputs_has_every_file_that_the_code_reads_of_a_campaign(project):
    found = set()
    for room in ("campaign", "tallies", "compare", "forecast", "validation", "simulation"):
        for path in (project / "src" / "analysis" / room).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            found |= set(
                re.findall(r'(?<!processed )\bfolder / "([a-z_]+\.(?:csv|toml|json|geojson))"', text)
            )
    assert found <= {*FACTS, "received.csv", "released.csv", *artifacts()}


def test_a_file_put_there_by_hand_is_named_and_never_overwritten(raw, publish):
    by_hand = raw / "tallies" / "ha18.csv"
    by_hand.write_bytes(b"by hand")
    assert unlisted(raw) == ["ha18.csv"]
    assert any("ha18.csv: 1 file in tallies/" in line for line in publish().warnings)
    assert delivered(raw).returncode in (0, 10)
    assert by_hand.read_bytes() == b"by hand"
    assert len(list((raw / "tallies").glob("ha18~*.csv"))) == 1
    (raw / "tallies" / "own.csv").write_bytes(one_row("46.101", day="18/09/2023"))
    keep(raw, [SentFile("own.csv", one_row("46.101", day="18/09/2023"), ARRIVED)], "")
    assert unlisted(raw) == ["ha18.csv"]  # the other one was these very bytes, and has its line now


@pytest.mark.parametrize("altered", [
    lambda line: "",
    lambda line: line.replace(",2023-", ",2024-"),
    lambda line: "0" * 64 + line[64:],
], ids=["gone", "later", "other bytes"])  # fmt: skip
def test_a_line_that_vanished_is_said_before_anything_is_published(raw, publish, published, altered):
    register = raw / "received.csv"
    lines = register.read_text(encoding="utf-8").splitlines(keepends=True)
    register.write_text("".join([lines[0], altered(lines[1]), *lines[2:]]), encoding="utf-8")
    name = lines[1].split(",")[1]
    reports = raw.parents[2] / "reports" / CAMPAIGN
    said: list[tuple[str, int]] = []
    again = publish(beforehand=lambda line: said.append((line, len(list(reports.iterdir())))))
    vanished = [
        one for one in said if one[0].startswith(name) and "an earlier report was made from" in one[0]
    ]
    assert [published for _, published in vanished] == [1]
    assert vanished[0][0] in again.warnings
    # The report made meanwhile did without it; the older one still cannot be verified, and it is said.
    assert any(name in line and "an earlier report" in line for line in publish().warnings)


def test_only_a_row_that_gave_a_number_is_let_through(raw):
    assert delivered(raw).returncode in (0, 10)

    def release(row: int) -> subprocess.CompletedProcess[str]:
        words = ["release", "ha18.csv", "--row", str(row), "--why", "confirmed", "--campaign", str(raw)]
        return front_door(*words)

    refused = release(77)
    assert (refused.returncode, refused.stderr.count("\n")) == (20, 1)
    assert "no number was read in that row of ha18.csv" in refused.stderr
    assert not (raw / "released.csv").exists()
    assert release(2).returncode == 0


@pytest.mark.parametrize("change", [
    lambda text: "\ufeff" + text,
    lambda text: "\ufeff" + text.replace(",", ";").replace("\n", "\r\n"),
    lambda text: text + "\n\n",
])  # fmt: skip
@pytest.mark.parametrize("name", ["received.csv", "released.csv"])
def test_a_register_that_a_spreadsheet_saved_is_read(raw, name, change):
    target, path, row = Workspace.open(CAMPAIGN, AS_OF), raw / name, receipts(raw)[0]
    line = f"{row.sha256},{row.name},3,confirmed,{row.received_at.isoformat()}"
    (raw / "released.csv").write_text(f"sha256,name,row,why,released_at\n{line}\n", encoding="utf-8")
    before, hashes = (receipts(raw), releases(raw)), input_hashes(target)
    assert "released.csv" in hashes
    path.write_bytes(change(path.read_text(encoding="utf-8")).encode())
    assert (receipts(raw), releases(raw)) == before
    assert input_hashes(target) == hashes


@pytest.mark.parametrize("sender", [
    "=cmd|' /C calc'!A0\nx", "CA Hội An\x1b[31m", "a\u202eb", "x" * 300, "A 0912 345 678", "a.b@example.com",
    "STK 0071001234567", "CMND 205123456",
])  # fmt: skip
def test_a_sender_is_one_line_about_an_office(raw, sender):
    before = sorted(raw.rglob("*"))
    done = delivered(raw, *LATER, "--sender", sender)
    assert done.returncode == 20
    assert len(done.stderr.splitlines()) == 1
    assert not any(number in done.stderr for number in ("0912", "2051", "0071", "example"))
    assert sorted(raw.rglob("*")) == before


@pytest.mark.parametrize(
    "name", ["A 0912345678 CCCD 049090001234.csv", "CMND 205123456.csv", "a.b@example.com.csv"]
)
def test_a_file_name_with_a_persons_number_is_refused_and_not_repeated(raw, name):
    before = sorted(raw.rglob("*"))
    done = delivered(raw, name=name)
    assert done.returncode == 20
    assert not any(
        number in done.stderr + done.stdout for number in ("0912345678", "049090001234", "205123456", "@")
    )
    assert sorted(raw.rglob("*")) == before


@pytest.mark.parametrize(
    "name", ["202309180800.csv", "2023-09-18 0800.csv", "20230918.csv", "W37_502_07.csv"]
)
def test_a_day_and_a_time_in_a_name_are_no_persons_number(raw, name):
    assert delivered(raw, name=name).returncode in (0, 10)


@pytest.mark.parametrize(
    "note", ["Nguyễn Văn A số 205123456", "STK 0071001234567", "chuyển khoản số tài khoản: 00710012345678"]
)
def test_a_note_with_a_persons_number_makes_it_no_table_of_counts(raw, note):
    rows = f"Ngày;Đơn vị;Lũy kế\n18/09/2023;Hội An;46.100\nGhi chú;{note};\n"
    done = delivered(raw, data=rows.encode())
    assert done.returncode == 20
    assert "list of people" in done.stdout
    assert not any(digits in done.stdout for digits in ("205123456", "0071001234567", "00710012345678"))


def test_what_is_stored_is_as_private_as_the_umask_says(raw):
    receive = f"{sys.executable} -m analysis receive x.csv --campaign {raw} {' '.join(LATER)}"
    done = subprocess.run(
        ["bash", "-c", f"umask 077; {receive}"], capture_output=True, text=True,
        cwd=_with(raw.parents[2], "x.csv"), env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )  # fmt: skip
    assert done.returncode in (0, 10), done.stderr
    assert (raw / "tallies" / "x.csv").stat().st_mode & 0o077 == 0
    assert (raw / "received.csv").stat().st_mode & 0o077 == 0


def _with(folder: Path, name: str) -> Path:
    (folder / name).write_bytes(one_row("46.100", day="18/09/2023"))
    return folder


def test_a_pipe_and_a_device_are_answered_at_once(raw, tmp_path):
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "fifo", Path("/dev/zero"), tmp_path / "empty"):
        done = subprocess.run([sys.executable, "-m", "analysis", "check", str(path), "--campaign", str(raw)],
                              capture_output=True, text=True, cwd=PROJECT, timeout=60)  # fmt: skip
        assert done.returncode == 20
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", ["campaign.toml", "areas.csv", "received.csv", "truth.json"])
def test_a_pipe_in_the_place_of_a_campaigns_file_is_answered_at_once(raw, name):
    (raw / name).unlink(missing_ok=True)
    os.mkfifo(raw / name)
    with pytest.raises(InputError, match=f"{name}: no ordinary file"):
        input_hashes(Workspace.open(CAMPAIGN, AS_OF))


BEYOND = {"--received-at": "no ISO instant", "--index": "line 2: write name"}


@pytest.mark.parametrize(
    ("arrival", "says"),
    [
        ("9999-12-31T23:59+00:00", BEYOND),
        ("0001-01-01T00:00+00:00", BEYOND),
        ("2123-09-18", dict.fromkeys(BEYOND, "which is to come; give the day it arrived")),
    ],
)
def test_an_arrival_that_cannot_be_is_one_line_and_nothing_is_stored(raw, tmp_path, arrival, says):
    index = tmp_path / "index.csv"
    index.write_text(f"name,received_at\nha18.csv,{arrival}\n")
    before = (raw / "received.csv").read_bytes()
    for ways in (("--received-at", arrival), ("--index", str(index))):
        done = delivered(raw, *ways)
        assert done.returncode == 20
        assert says[ways[0]] in done.stderr
        assert (raw / "received.csv").read_bytes() == before


def test_a_summary_that_is_half_there_is_named_and_stops_no_other(house, publish):
    broken = house / "reports" / "other" / "2023-09-18T0800"
    broken.mkdir(parents=True)
    (broken / "summary.json").write_text('{"as_of": "2023')
    done = publish()
    assert any("other/2023-09-18T0800: its summary.json is broken" in line for line in done.warnings)
    assert f"{CAMPAIGN}/" in (house / "reports" / "index.html").read_text(encoding="utf-8")


def test_an_index_that_cannot_be_read_is_made_anew(house, publish):
    publish()
    index = house / "reports" / "index.html"
    index.write_bytes(b"\xff" + index.read_bytes().replace(CAMPAIGN.encode(), b"other"))
    assert not publish().fresh
    assert f"{CAMPAIGN}/" in index.read_text(encoding="utf-8")


def test_an_index_in_whose_place_something_else_lies_is_a_warning(house, publish):
    (house / "reports" / "index.html").mkdir(parents=True)
    done = publish()
    assert done.fresh
    assert any("index.html not written" in line for line in done.warnings)


def test_a_repository_that_git_will_not_speak_of_is_said(tmp_path, monkeypatch):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    assert "unknown" in git_state(tmp_path)  # no commit yet
    assert "unknown" not in git_state(PROJECT)
    assert "unknown" not in git_state(Path("/proc"))


def test_the_lock_is_never_among_the_inputs(raw, tmp_path):
    assert raw not in lock_of(raw).parents
    assert tmp_path not in lock_of(tmp_path / "c").parents


def test_a_name_in_the_register_that_leads_elsewhere_is_refused(raw):
    path = raw / "received.csv"
    path.write_text(path.read_text(encoding="utf-8") + f"{'a' * 64},../../x,2023-09-01T00:00:00+07:00,x\n")
    with pytest.raises(InputError, match=r"received.csv, line \d+"):
        receipts(raw)


def test_provenance_of_before_with_a_lock_in_it_is_no_difference(published, plan):
    report = published.path
    path = report / "provenance.json"
    recorded = json.loads(path.read_text(encoding="utf-8"))
    recorded["inputs"][".received.lock"] = "0" * 64
    path.write_text(json.dumps(recorded), encoding="utf-8")
    assert not [one for one in verify(report, plan()).differences if one.where.startswith("input")]
