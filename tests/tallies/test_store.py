# ruff: noqa: E501 - a table of cases reads best with one case a line
"""Receiving: stored as sent, once, whole, under a lock; and what was known when."""

import csv
import hashlib
import json
import locale
import multiprocessing
import os
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from filelock import FileLock
from typer.testing import CliRunner, Result

from analysis.artifacts import sha256
from analysis.campaign import load_campaign
from analysis.cli import app
from analysis.errors import AnalysisError, InputError
from analysis.received import lock_of, receipts, storing
from analysis.tallies import Register, SentFile, as_of_view, keep, read_files, read_received
from analysis.tallies.asof import revisions, stands
from analysis.tallies.released import release
from analysis.tallies.store import received
from tests.tallies.making import AS_OF, one_row, text


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def lines(folder: Path) -> list[dict[str, str]]:
    with (folder / "received.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    path = tmp_path / "sent" / "báo cáo 10-9.csv"
    path.parent.mkdir()
    path.write_bytes(one_row("24.333"))
    return path


def test_check_stores_nothing_and_says_what_would_happen(campaign_folder: Path, sent: Path) -> None:
    before = sorted(campaign_folder.rglob("*"))
    done = run("check", sent, "--campaign", campaign_folder, "--as-of", "2023-09-18T08:00:00+07:00", "--json")
    assert done.exit_code == 0
    answer = json.loads(done.output)
    assert list(answer) == ["verdict", "records", "held", "ignored", "findings"]
    assert answer["verdict"] == "accept"
    assert answer["records"][0] == {
        "file": "báo cáo 10-9.csv",
        "sheet": None,
        "row": 2,
        "area_code": "509",
        "date": "2023-09-10",
        "measure": "activated_cumulative",
        "value": 20001,
        "qualifier": "exact",
    }
    assert answer["ignored"] == [
        {"file": "báo cáo 10-9.csv", "sheet": None, "row": 1, "reason": "header_row"}
    ]
    assert sorted(campaign_folder.rglob("*")) == before


def test_what_was_found_is_said_in_the_languages_of_the_campaign(project: Path, tmp_path: Path) -> None:
    for name, line in (("a.csv", "1;Hội An;10/03/2024;5"), ("b.csv", "1;Buea;10/03/2024;5")):
        (tmp_path / name).write_text(f"STT;Unit;Date;Cumulative\n{line}\n", encoding="utf-8")
    done = run("check", tmp_path, "--campaign", project / "data" / "raw" / "measles_2024")
    assert "Aucun territoire ne porte le nom “Hội An”." in done.output
    assert "No area is called “Hội An”" in done.output
    assert "Không" not in done.output


def test_the_last_line_says_how_many_of_several_files_are_refused(campaign_folder: Path, sent: Path) -> None:
    (sent.parent / "bad.csv").write_text("nothing\n", encoding="utf-8")
    done = run("check", sent.parent, "--campaign", campaign_folder)
    assert done.exit_code == 20
    assert done.output.splitlines()[-1] == "refused: 1 of 2 files; 2 numbers in the others"


@pytest.mark.parametrize(
    ("cell", "status", "verdict"),
    [("24.333", 0, "accept"), ("12.60", 10, "accept_with_warning")],
)
def test_the_exit_status_is_the_verdict(
    cell: str, status: int, verdict: str, campaign_folder: Path, sent: Path
) -> None:
    sent.write_bytes(one_row(cell))
    done = run("check", sent, "--campaign", campaign_folder, "--as-of", "2023-09-18", "--json")
    assert (done.exit_code, json.loads(done.output)["verdict"]) == (status, verdict)
    held = json.loads(done.output)["held"]
    assert all(list(one) == ["file", "sheet", "row", "measure", "reason", "text"] for one in held)


def test_a_refused_file_among_good_ones(campaign_folder: Path, sent: Path) -> None:
    bad = sent.with_name("bad.xlsx")
    bad.write_bytes(b"PK\x03\x04 not really")
    done = run(
        "receive",
        sent,
        bad,
        "--campaign",
        campaign_folder,
        "--received-at",
        "2023-09-18T08:00:00+07:00",
        "--json",
    )
    assert (done.exit_code, json.loads(done.output)["verdict"]) == (20, "reject")
    assert [one["name"] for one in lines(campaign_folder)] == ["báo cáo 10-9.csv"]


def test_receive_keeps_the_bytes_and_a_line(campaign_folder: Path, sent: Path) -> None:
    done = run(
        "receive",
        sent,
        "--campaign",
        campaign_folder,
        "--received-at",
        "2023-09-18T08:00:00+07:00",
        "--sender",
        "CA Hội An",
    )
    assert done.exit_code == 0
    assert lines(campaign_folder) == [
        {
            "sha256": hashlib.sha256(sent.read_bytes()).hexdigest(),
            "name": "báo cáo 10-9.csv",
            "received_at": "2023-09-18T08:00:00+07:00",
            "sender": "CA Hội An",
        }
    ]
    assert (campaign_folder / "tallies" / "báo cáo 10-9.csv").read_bytes() == sent.read_bytes()


def test_receiving_twice_is_receiving_once(campaign_folder: Path, sent: Path) -> None:
    other = sent.with_name("b.csv")
    other.write_bytes(sent.read_bytes())
    told = [
        run("receive", path, "--campaign", campaign_folder, "--received-at", "2023-09-18T08:00+07:00").output
        for path in (sent, other, sent)
    ]
    assert len(lines(campaign_folder)) == 1
    again = "received before, as báo cáo 10-9.csv on 2023-09-18 08:00; not stored again"
    assert [again in one for one in told] == [False, True, True]


def test_another_file_of_the_same_name_replaces_nothing(campaign_folder: Path, sent: Path) -> None:
    for count in ("24.333", "24.343"):
        sent.write_bytes(one_row(count))
        assert (
            run("receive", sent, "--campaign", campaign_folder, "--received-at", "2023-09-18").exit_code == 0
        )
    names = [one["name"] for one in lines(campaign_folder)]
    assert names[0] == "báo cáo 10-9.csv"
    assert names[1].startswith("báo cáo 10-9~")
    for one in lines(campaign_folder):
        assert sha256(campaign_folder / "tallies" / one["name"]) == one["sha256"]


@pytest.mark.parametrize(
    "name", ["../../evil.csv", "/etc/passwd", "..", "a\\..\\b.csv", "\n.csv", "=cmd().csv", "a" * 300]
)
def test_a_hostile_name_stays_inside_the_folder(name: str, campaign_folder: Path) -> None:
    kept = keep(campaign_folder, [SentFile(name, one_row("24.333"), AS_OF)], "")
    path = campaign_folder / "tallies" / kept[0].name
    assert path.resolve().parent == (campaign_folder / "tallies").resolve()
    assert path.read_bytes() == one_row("24.333")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a.csv", "a.csv"),
        ("C:\\mail\\báo cáo 10-9 (2).csv", "báo cáo 10-9 (2).csv"),
        ("thư/mục/a.csv", "a.csv"),
        ("a:b?*.csv", "a_b_.csv"),
        (" ..a.csv. ", "a.csv"),
        ("Xa.XLSX", "Xa.XLSX"),
        ("...", "file"),
        ("0123456789" * 12 + ".csv", "456789" + "0123456789" * 9 + ".csv"),
        ("Ba\u0301o ca\u0301o.csv", "Báo cáo.csv"),
    ],
)
def test_a_file_keeps_what_it_can_of_its_name(sent: str, kept: str, campaign_folder: Path) -> None:
    (receipt,) = keep(campaign_folder, [SentFile(sent, one_row("24.333"), AS_OF)], "CA Hội An")
    assert receipt.name == kept
    assert receipts(campaign_folder) == [receipt]
    assert receipts(campaign_folder)[0].sender == "CA Hội An"


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ("a.b.csv", "a.b.csv", "a.b~{}.csv"),
        ("A.CSV", "a.csv", "a~{}.csv"),
        ("báo cáo", "báo cáo", "báo cáo~{}"),
    ],
)
def test_a_name_that_is_taken_gets_the_beginning_of_the_hash(
    first: str, second: str, kept: str, campaign_folder: Path
) -> None:
    files = [SentFile(first, one_row("24.333"), AS_OF), SentFile(second, one_row("24.334"), AS_OF)]
    names = [one.name for one in keep(campaign_folder, files, "")]
    assert names == [first, kept.format(hashlib.sha256(one_row("24.334")).hexdigest()[:8])]


def test_one_call_keeps_the_same_bytes_once_and_passes_over_what_has_no_time(campaign_folder: Path) -> None:
    files = [
        SentFile("untimed.csv", one_row("24.331")),
        SentFile("a.csv", one_row("24.332"), AS_OF),
        SentFile("b.csv", one_row("24.332"), AS_OF),
        SentFile("c.csv", one_row("24.333"), AS_OF),
    ]
    assert [one.name for one in keep(campaign_folder, files, "")] == ["a.csv", "c.csv"]
    assert [one.name for one in receipts(campaign_folder)] == ["a.csv", "c.csv"]


def test_who_finds_another_storing_is_told_to_try_again(
    campaign_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.received.PATIENCE", 0.01)
    told = "another process is storing files here; try again"
    with FileLock(lock_of(campaign_folder)):
        with pytest.raises(AnalysisError, match=told):
            keep(campaign_folder, [SentFile("a.csv", one_row("24.333"), AS_OF)], "")
        with pytest.raises(AnalysisError, match=told):
            release(campaign_folder, [("a.csv", 2)], "the office confirmed it", AS_OF)
    lock_of(campaign_folder).unlink()
    assert not (campaign_folder / "received.csv").exists()
    assert not (campaign_folder / "released.csv").exists()


def _receive_one(folder: Path, number: int) -> None:
    keep(folder, [SentFile(f"{number}.csv", one_row(f"24.{300 + number}"), AS_OF)], str(number))


def test_many_at_once_lose_no_line(campaign_folder: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_receive_one, args=(campaign_folder, n)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sorted(one["sender"] for one in lines(campaign_folder)) == ["0", "1", "2", "3"]


def _count_up(folder: Path, times: int) -> None:
    for _ in range(times):
        with storing(folder):
            count = int((folder / "count").read_text())
            (folder / "count").write_text(str(count + 1))


def test_the_lock_of_a_folder_in_no_project_is_held_by_one_and_leaves_nothing(campaign_folder: Path) -> None:
    (campaign_folder / "count").write_text("0")
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_count_up, args=(campaign_folder, 60)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert (campaign_folder / "count").read_text() == "180"
    assert not lock_of(campaign_folder).exists()


def test_a_lock_that_a_dead_process_left_is_taken_and_removed(campaign_folder: Path) -> None:
    lock_of(campaign_folder).touch()
    keep(campaign_folder, [SentFile("a.csv", one_row("24.333"), AS_OF)], "")
    assert not lock_of(campaign_folder).exists()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_in_an_older_encoding_is_received_with_marks_for_its_letters(
    campaign_folder: Path, tmp_path: Path
) -> None:
    sent = tmp_path / os.fsdecode(b"s\xf4 li\xeau.csv")
    sent.write_bytes(one_row("24.333"))
    for command, when in (("check", "--as-of"), ("receive", "--received-at")):
        done = run(command, sent, "--campaign", campaign_folder, when, "2023-09-18")
        assert (done.exit_code, "2 numbers" in done.output) == (0, True)
    assert [one.name for one in receipts(campaign_folder)] == ["s_ li_u.csv"]


def test_a_file_that_was_changed_or_lost_is_noticed(campaign_folder: Path) -> None:
    keep(campaign_folder, [SentFile("a.csv", one_row("24.333"), AS_OF)], "")
    path = campaign_folder / "tallies" / "a.csv"
    path.write_bytes(one_row("24.334"))
    with pytest.raises(InputError, match=r"a\.csv: its bytes are not those received"):
        list(received(campaign_folder))
    path.unlink()
    with pytest.raises(InputError, match=r"a\.csv: not there"):
        list(received(campaign_folder))


@pytest.mark.parametrize(
    "line",
    ["short,a.csv,2023-09-18T08:00:00+07:00,x", f"{'a' * 64},a.csv,2023-09-18T08:00:00,x", f"{'a' * 64},a.csv,soon,x",
     f"{'a' * 64},../a.csv,2023-09-18T08:00:00+07:00,x", "only-one"],
)  # fmt: skip
def test_a_broken_register_names_its_line(line: str, campaign_folder: Path) -> None:
    (campaign_folder / "received.csv").write_text(
        f"sha256,name,received_at,sender\n{line}\n", encoding="utf-8"
    )
    with pytest.raises(InputError, match=r"received\.csv, line 2"):
        receipts(campaign_folder)
    (campaign_folder / "received.csv").write_text("a,b\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"received\.csv, line 1: .*sha256,name,received_at,sender"):
        receipts(campaign_folder)
    for broken in (b'"a"b,c\n', b"\xff\xfe\n"):
        (campaign_folder / "received.csv").write_bytes(broken)
        with pytest.raises(InputError, match=r"received\.csv: no CSV in UTF-8"):
            receipts(campaign_folder)
    (campaign_folder / "received.csv").unlink()
    with pytest.raises(InputError, match=r"received\.csv: no such file; receive or fetch"):
        receipts(campaign_folder)


def test_the_register_is_utf8_whatever_the_machine_speaks(campaign_folder: Path) -> None:
    kept = keep(campaign_folder, [SentFile("báo cáo.csv", one_row("24.333"), AS_OF)], "CA Hội An")
    before = locale.setlocale(locale.LC_CTYPE)
    locale.setlocale(locale.LC_CTYPE, "C")
    try:
        assert receipts(campaign_folder) == kept
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


def test_a_sender_of_two_lines_in_a_register_of_before_is_read_as_written(campaign_folder: Path) -> None:
    keep(campaign_folder, [SentFile("a.csv", one_row("24.333"), AS_OF)], "CA Hội An")
    path = campaign_folder / "received.csv"
    path.write_bytes(path.read_bytes().replace("CA Hội An".encode(), '"CA Hội An\r\nĐội 1"'.encode()))
    assert receipts(campaign_folder)[0].sender == "CA Hội An\r\nĐội 1"


def test_a_later_file_never_changes_an_earlier_answer(campaign_folder: Path, project: Path) -> None:
    facts = (project / "data" / "raw" / "quang_nam_2023" / "campaign.toml").read_text(encoding="utf-8")
    (campaign_folder / "campaign.toml").write_text(
        facts.replace('code = "quang_nam_2023"', f'code = "{campaign_folder.name}"'), encoding="utf-8"
    )
    earlier = []
    for hours, count in enumerate(("24.333", "24.343", "2.433")):
        keep(campaign_folder, [SentFile(f"{hours}.csv", one_row(count), AS_OF + timedelta(hours=hours))], "")
        campaign = load_campaign(campaign_folder)
        answers = [
            as_of_view(read_received(campaign, AS_OF + timedelta(hours=n)).tallies)["value"].tolist()
            for n in range(hours + 1)
        ]
        assert answers[:-1] == earlier
        earlier = answers
    assert earlier == [[24333, 20001], [24343, 20001], [2433, 20001]]


def test_the_last_number_stands_and_nothing_said_later_takes_it_back(register: Register) -> None:
    said = ["24.333", "-", "24.343", "-"]
    for last, value in ((1, 24333), (2, 24333), (3, 24343), (4, 24343)):
        files = [SentFile(f"{n}.csv", one_row(cell), AS_OF) for n, cell in enumerate(said[:last])]
        view = as_of_view(read_files(files, register).tallies)
        assert view.set_index("area_code")["value"].to_dict() == {"503": value, "509": 20001}
        assert view.index.tolist() == [0, 1]


def test_of_many_tallies_the_last_of_each_stands() -> None:
    many = range(500)
    tallies = pd.DataFrame(
        [
            (f"{area:03d}", date(2023, 9, 10), "activated_cumulative", turn)
            for turn in (1.0, 3.0, 2.0)
            for area in many
        ],
        columns=["area_code", "date", "measure", "value"],
    )
    view = as_of_view(tallies)
    assert view["area_code"].tolist() == [f"{area:03d}" for area in many]
    assert (view["value"] == 2.0).all()


@pytest.mark.parametrize("many", [0, 1, 400])
def test_what_stands_and_what_changed_is_what_a_look_at_one_tally_after_another_finds(many) -> None:
    rng = np.random.default_rng(many)
    tallies = pd.DataFrame(
        {
            "area_code": pd.array(rng.choice(["503", "9", "10"], many), dtype="str"),
            "date": (np.datetime64("2023-09-01") + rng.integers(0, 9, many)).astype("M8[us]"),
            "measure": pd.array(rng.choice(["a_day", "a_sum"], many), dtype="str"),
            "value": rng.choice([1.0, 2.0, np.nan], many),
            "qualifier": pd.array(rng.choice(["exact", "at_least"], many), dtype="str"),
            "received_at": pd.date_range("2023-09-10", periods=many, freq="h", tz="UTC").as_unit("us"),
            "file": pd.array([f"{n}.csv" for n in range(many)], dtype="str"),
        }
    )
    word: dict[tuple[str, ...], int] = {}
    changed = []
    for at, key in enumerate(zip(tallies["area_code"], tallies["date"], tallies["measure"], strict=True)):
        before = word.get(key)
        told, missing = before is not None and tallies["value"].notna()[before], pd.isna(tallies["value"][at])
        if told and not missing and tallies["value"][before] != tallies["value"][at]:
            changed.append((at, tallies["value"][before]))
        if not (told and missing):
            word[key] = at
    view = as_of_view(tallies)
    assert view["file"].tolist() == [f"{word[key]}.csv" for key in sorted(word)]
    found = revisions(tallies)
    assert list(zip(found["file"], found["before"], strict=True)) == [(f"{n}.csv", v) for n, v in changed]
    same = tallies[["value", "qualifier"]].fillna(-1).to_numpy()
    keys = list(zip(tallies["area_code"], tallies["date"], tallies["measure"], strict=True))
    assert stands(tallies).tolist() == [all(same[n] == same[word[key]]) for n, key in enumerate(keys)]


def test_only_files_known_by_then_are_read(campaign_folder: Path, register: Register) -> None:
    assert isinstance(register, Register)
    day = datetime(2023, 9, 10, tzinfo=AS_OF.tzinfo)
    keep(
        campaign_folder,
        [SentFile("b.csv", one_row("24.333"), AS_OF), SentFile("a.csv", one_row("24.334"), day)],
        "",
    )
    assert [one.name for one in received(campaign_folder)] == ["a.csv", "b.csv"]


@pytest.mark.parametrize("words", [["--as-of", "soon"], ["--as-of", "2023-13-01"]])
def test_bad_input_is_one_clear_line(words: list[str], campaign_folder: Path, sent: Path) -> None:
    done = run("check", sent, "--campaign", campaign_folder, *words)
    assert isinstance(done.exception, InputError)
    missing = run("check", sent.with_name("none.csv"), "--campaign", campaign_folder)
    assert isinstance(missing.exception, InputError)
    assert text([]) == ""
