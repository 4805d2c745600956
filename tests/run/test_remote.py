"""A project at an address: fetched, held by one, and every report sent whole or not at all."""

import json
import shutil
from functools import partial
from pathlib import Path

import fsspec
import pytest

from analysis.errors import AnalysisError, InputError
from analysis.run import plan, remote, work
from analysis.run.folders import LockedError
from analysis.run.publish import SUMS, damage
from analysis.run.remote import Remote
from tests.run import house as small

NAME = f"reports/{small.CAMPAIGN}/{small.LABEL}"
RAW = f"data/raw/{small.CAMPAIGN}"


@pytest.fixture
def store(house, tmp_path, monkeypatch):
    """Put the small project into a store of its own; the copy is not yet there."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("ANALYSIS_ROOT")
    memory = fsspec.filesystem("memory")
    memory.put(str(house / "data"), "/there/data", recursive=True)
    yield memory
    memory.rm("/there", recursive=True)


@pytest.fixture
def there(store):
    return Remote("memory://there")


@pytest.fixture
def report(there, first_run):
    """Give the copy a report that was published in it."""
    shutil.copytree(first_run[1].path, there.copy / NAME)
    return there.copy / NAME


def test_a_report_is_made_in_a_copy_and_sent_whole(house, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(plan, "Plan", partial(small.SmallPlan, notebooks=house / "notebooks"))
    shutil.copytree(house / "data", (there := tmp_path / "there") / "data")
    run = ("run", "--campaign", small.CAMPAIGN, "--as-of", small.AS_OF, "--at", url := f"file://{there}")
    ended = small.front_door(*run)
    assert ended.returncode == 10, ended.stderr
    assert f"published: {url}/{NAME}" in ended.stdout
    assert damage(there / NAME) == []
    assert small.LABEL in (there / "reports" / "index.html").read_text(encoding="utf-8")
    assert not list((there / "locks").iterdir())
    assert f"already published, identical: {url}/{NAME}" in small.front_door(*run).stdout
    assert not (house / "reports").exists()


def test_only_what_is_new_is_fetched_and_what_is_gone_goes(store, there, monkeypatch):
    fetched: list[list[str]] = []
    get = store.get
    monkeypatch.setattr(store, "get", lambda those, to: (fetched.append(those), get(those, to)))
    for _ in range(2):
        there.fetch(small.CAMPAIGN)
    store.pipe_file(f"/there/{RAW}/areas.csv", b"new")
    store.rm_file(f"/there/{RAW}/published.csv")
    there.fetch(small.CAMPAIGN)
    assert len(fetched[0]) == len(store.find(f"/there/{RAW}")) + 1
    assert fetched[1:] == [[], [f"/there/{RAW}/areas.csv"]]
    assert (there.copy / RAW / "areas.csv").read_bytes() == b"new"
    assert not (there.copy / RAW / "published.csv").exists()


def test_a_file_that_changed_while_the_facts_alone_were_fetched_is_fetched_with_the_rest(store, there):
    there.fetch(small.CAMPAIGN)
    place = next(iter(store.find(f"/there/{RAW}/tallies"))).removeprefix("/there/")
    store.pipe_file(f"/there/{place}", b"new")
    there.fetch(small.CAMPAIGN, facts=True)
    there.fetch(small.CAMPAIGN)
    assert (there.copy / place).read_bytes() == b"new"


def test_what_changes_while_it_is_fetched_is_not_used(store, there, monkeypatch):
    get = store.get
    monkeypatch.setattr(
        store, "get", lambda *given: (get(*given), store.pipe_file(f"/there/{RAW}/areas.csv", b"new"))
    )
    with pytest.raises(AnalysisError, match=r"^memory://there: quang_nam_2023 changed while it was fetched"):
        there.fetch(small.CAMPAIGN)


def test_a_name_that_leads_elsewhere_is_refused(store, there, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(store, "find", lambda path, detail: {f"{path}/../../../x": {}})
        with pytest.raises(InputError, match=r"leads elsewhere; remove it$"):
            there.fetch(small.CAMPAIGN)


def test_a_report_half_sent_is_none(store, there, report, monkeypatch):
    put = store.put
    with monkeypatch.context() as patch:
        patch.setattr(store, "put", lambda those, to: (put(those[:2], to[:2]), 1 / 0))
        with pytest.raises(AnalysisError, match="ZeroDivisionError"):
            there.send(report)
    assert len(store.find(f"/there/{NAME}")) == 2
    assert there.tell(small.CAMPAIGN) == ()
    there.fetch(small.CAMPAIGN)
    assert not store.exists("/there/reports/index.html")
    assert not report.exists()


def test_a_report_there_is_as_it_was_made_and_never_changed(store, there, report, tmp_path):
    store.pipe_file(f"/there/{NAME}/stray.html", b"of a run that died")
    for _ in range(2):
        assert there.send(report) == f"memory://there/{NAME}"
    store.get(f"/there/{NAME}/", str(tmp_path / "read"), recursive=True)
    assert damage(tmp_path / "read") == []
    assert not (tmp_path / "read" / "stray.html").exists()
    (report / SUMS).write_text("other\n", encoding="utf-8")
    with pytest.raises(AnalysisError, match=r"published by another run; run again$"):
        there.send(report)


def test_the_index_lists_what_every_machine_sent_and_the_status_keeps_their_records(store, there, report):
    there.send(report)
    store.put(str(report), "/there/reports/other/2023-09-18T0800", recursive=True)
    store.pipe_file("/there/reports/status.json", json.dumps({"other": {"problem": None}}).encode())
    (there.copy / remote.STATUS).write_text('{"quang_nam_2023": {"good": null}}', encoding="utf-8")
    assert there.tell(small.CAMPAIGN) == ()
    index = store.cat_file("/there/reports/index.html").decode()
    assert f"other/{small.LABEL}/report.vi.html" in index
    assert f"{small.CAMPAIGN}/{small.LABEL}/report.vi.html" in index
    assert sorted(json.loads(store.cat_file("/there/reports/status.json"))) == ["other", small.CAMPAIGN]
    there.fetch("other")
    assert json.loads((there.copy / remote.STATUS).read_text(encoding="utf-8"))["other"] == {"problem": None}
    assert (there.copy / "reports/other/2023-09-18T0800/report.vi.html").read_text() != ""


def test_one_machine_holds_a_campaign_until_it_ends(store, there, tmp_path, monkeypatch):
    with there.held(small.CAMPAIGN):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another"))
        known = r"locks/quang_nam_2023: held by \S+ since .* if that run is dead"
        with pytest.raises(LockedError, match=known), Remote(there.url).held(small.CAMPAIGN):
            pass
    with Remote(there.url).held(small.CAMPAIGN):
        left = store.cat_file(f"/there/locks/{small.CAMPAIGN}")
    store.pipe_file(f"/there/locks/{small.CAMPAIGN}", left)  # as that run, killed, would have left it
    with (
        Remote(there.url).held(small.CAMPAIGN),
        pytest.raises(LockedError, match="another run is under way"),
        Remote(there.url).held(small.CAMPAIGN),
    ):
        pass
    assert not store.exists(f"/there/locks/{small.CAMPAIGN}")


def test_an_index_that_another_holds_is_a_warning(store, there, monkeypatch):
    monkeypatch.setattr(remote, "PUBLISHING_LIMIT", 0)
    store.pipe_file("/there/locks/.index", b"?")
    (said,) = there.tell(small.CAMPAIGN)
    assert "index not written: memory://there/locks/.index: held by another machine" in said


def test_a_store_that_creates_what_is_there_is_refused(store, there, monkeypatch):
    opened = store.open
    monkeypatch.setattr(store, "open", lambda path, mode: opened(path, mode.replace("x", "w")))
    known = "creates anew what is there, so no lock holds; nothing was run"
    with pytest.raises(AnalysisError, match=known), there.held(small.CAMPAIGN):
        pass


def test_a_seal_in_a_folder_is_there_whole_or_not_at_all(tmp_path, monkeypatch):
    there = Remote(f"file://{tmp_path}")
    write = Path.write_bytes
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", lambda path, data: (write(path, data[:3]), 1 / 0))
        with pytest.raises(AnalysisError, match="ZeroDivisionError"):
            there._create(f"{NAME}/{SUMS}", b"sealed")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert [there._create(f"{NAME}/{SUMS}", data) for data in (b"sealed", b"other")] == [True, False]
    assert [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()] == [b"sealed"]


@pytest.fixture
def late(house, tmp_path):
    """Give a tally that has not been received."""
    late = tmp_path / "late.csv"
    late.write_bytes(next((house / RAW / "tallies").glob("*.csv")).read_bytes() + b"\n")
    return late


def receive(late, url="memory://there"):
    given = ("--campaign", small.CAMPAIGN, "--received-at", "2023-09-17T20:00+07:00", "--at", url)
    return small.front_door("receive", str(late), *given)


@pytest.mark.parametrize("step", ["put", "mv"])
def test_what_is_received_there_is_whole_after_the_next_command(store, late, monkeypatch, step):
    before = store.cat_file(f"/there/{RAW}/received.csv")
    done = {"put": lambda _, to: store.pipe_file(to[0], b"half"), "mv": lambda *_: None}[step]
    with monkeypatch.context() as patch:
        patch.setattr(store, step, lambda *given: (done(*given), 1 / 0))
        ended = receive(late)
    assert (ended.returncode, ended.stderr.count("\n")) == (30, 1), ended.stderr
    assert store.cat_file(f"/there/{RAW}/received.csv") == before
    wrong = small.front_door(
        *("release", "late.csv", "--row", "9999", "--why", "confirmed"),
        *("--campaign", small.CAMPAIGN, "--at", "memory://there"),
    )
    assert "no number was read in that row of late.csv" in wrong.stderr
    register = store.cat_file(f"/there/{RAW}/received.csv")
    assert register.startswith(before)
    assert register.count(b"late.csv") == 1
    assert store.cat_file(f"/there/{RAW}/tallies/late.csv") == late.read_bytes()
    assert receive(late).returncode in {0, 10}
    assert store.cat_file(f"/there/{RAW}/received.csv") == register
    assert not store.find("/there/locks")


def test_a_register_that_changed_there_meanwhile_stands(store, there, late, monkeypatch):
    register = f"/there/{RAW}/received.csv"
    with monkeypatch.context() as patch:
        patch.setattr(store, "mv", lambda *_: 1 / 0)
        assert receive(late).returncode == 30
    store.pipe_file(register, other := store.cat_file(register) + b"\n")
    with remote.working_at(there.url, [small.CAMPAIGN]):
        assert (there.copy / RAW / "received.csv").read_bytes() == other
    assert store.cat_file(register) == other


def test_a_project_there_is_read_while_somebody_works_at_it(store, there, house, report, kernel, monkeypatch):
    there.send(report)
    store.pipe_file(f"/there/{remote.STATUS}", json.dumps({small.CAMPAIGN: {"good": None}}).encode())
    own = partial(small.SmallPlan, notebooks=house / "notebooks", kernel=kernel)
    monkeypatch.setattr("analysis.run.verify.Plan", own)
    with there.held(small.CAMPAIGN):
        told = small.front_door("status", "--at", there.url)
        for named in ([NAME], ["--all"]):
            verified = small.front_door("verify", *named, "--at", there.url)
            assert (verified.returncode, verified.stderr) == (0, "")
            assert f"{there.url}/{NAME}: identical" in verified.stdout
    assert small.CAMPAIGN in told.stdout
    assert told.returncode in {0, 30}, told.stderr
    assert store.exists(f"/there/{NAME}/{SUMS}")


@pytest.mark.parametrize(
    "command",
    [
        ("receive", "late.csv", "--campaign", small.CAMPAIGN),
        ("release", "late.csv", "--row", "1", "--why", "confirmed", "--campaign", small.CAMPAIGN),
        ("gather", small.CAMPAIGN),
        ("verify", NAME),
        ("verify", "--all"),
        ("status",),
        ("status", "--campaign", small.CAMPAIGN),
    ],
)
def test_a_command_at_no_address_ends_in_one_line(house, tmp_path, monkeypatch, command):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    ended = small.front_door(*command, "--at", "ftp://host/x")
    assert ended.returncode == 20
    assert ended.stderr == "analysis: " + (
        "address 'ftp://host/x': locks are known to hold at s3://…, file://…, memory://… alone\n"
    )


@pytest.mark.parametrize("url", ["ftp://host/x", "s3://", "folder"])
def test_an_address_where_no_lock_is_known_to_hold_is_refused(url):
    with pytest.raises(InputError, match=r"locks are known to hold at s3://…, file://…, memory://… alone$"):
        Remote(url).campaigns()


def test_a_library_that_is_not_there_is_named(monkeypatch):
    def missing(*_: object) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec.core, "url_to_fs", missing)
    with pytest.raises(AnalysisError, match=r"^s3:// takes s3fs; install requirements/cluster.txt"):
        Remote("s3://bucket/x").campaigns()


def test_a_worker_is_asked_whether_it_sees_the_address(store, there, house, monkeypatch):
    monkeypatch.setenv("ANALYSIS_ROOT", str(there.copy))
    assert work.unlike(work.here_at(str(there.copy)), work.there_at("", there.url)) == ""
    there_not = work.unlike(work.here_at(str(there.copy)), work.there_at("", "memory://elsewhere"))
    assert "does not see" in there_not
