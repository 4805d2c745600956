"""Many reports at once: in this process, in several, on a cluster; the same bytes, whoever dies meanwhile."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import cloudpickle
import psutil
import pytest

from analysis import forked
from analysis.artifacts import read_json
from analysis.errors import AnalysisError, InputError
from analysis.run import backfill, kernels, work
from analysis.run.backfill import _outcome, make_all
from analysis.run.earlier import KEPT, PREFIX
from analysis.run.plan import Plan
from analysis.run.provenance import recorded
from analysis.run.publish import Published, damage
from tests.run import house as small

LIMIT = 60


@pytest.fixture
def campaigns(house: Path) -> dict[str, list[tuple[str, str]]]:
    """Two campaigns of the small project, and two as-ofs of one of them."""
    raw = house / "data" / "raw"
    shutil.copytree(raw / small.CAMPAIGN, raw / "other")
    facts = (raw / "other" / "campaign.toml").read_text(encoding="utf-8").splitlines()
    kept = "\n".join(line for line in facts if not line.startswith("code ="))
    (raw / "other" / "campaign.toml").write_text(kept + "\n", encoding="utf-8")
    weeks = [("first", small.AS_OF), ("second", "2023-09-19T08:00+07:00")]
    return {small.CAMPAIGN: weeks, "other": weeks[:1]}


@pytest.fixture
def cluster(house: Path, tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Start a scheduler and two worker processes, as on two machines; give its address and the workers."""
    known = tmp_path / "scheduler.json"
    dask = [sys.executable, "-m", "distributed.cli"]
    scheduler = [f"{dask[0]}", "-m", "distributed.cli.dask_scheduler"]
    worker = [f"{dask[0]}", "-m", "distributed.cli.dask_worker"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    alone = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(known)]
    with ExitStack() as stack:
        first = stack.enter_context(subprocess.Popen([*scheduler, *alone], **quiet))
        stack.callback(first.terminate)
        ends = time.monotonic() + LIMIT
        while not (told := known.read_text(encoding="utf-8") if known.exists() else "").endswith("}"):
            assert time.monotonic() < ends, "the scheduler has not said where it is"
            time.sleep(0.1)  # the file is there before it is whole
        address = json.loads(told)["address"]
        two = [*worker, address, "--nworkers", "2", "--nthreads", "1", "--no-dashboard"]
        second = stack.enter_context(subprocess.Popen(two, **quiet))
        stack.callback(second.terminate)
        yield address, second


def outputs(made) -> dict[str, dict[str, str]]:
    assert [type(one.outcome) for one in made] == [Published] * len(made), [one.line for one in made]
    assert not any(damage(one.outcome.path) for one in made)
    return {f"{one.campaign} {one.name}": recorded(one.outcome.path).outputs for one in made}


def test_reports_are_the_same_bytes_wherever_they_are_made(house, campaigns, cluster):
    plan, found = Plan(steps=small.STEPS), {}
    for name, jobs, where in (
        ("here", 1, ""),
        ("two", 2, ""),
        ("local", 1, "local:2"),
        ("tcp", 1, cluster[0]),
    ):
        found[name] = outputs(make_all(campaigns, jobs, plan, where))
        for folder in ("reports", "data/processed"):
            shutil.rmtree(house / folder)
    assert len(found["here"]) == 3
    assert all(found["here"].values())
    assert found["two"] == found["local"] == found["tcp"] == found["here"]


def test_a_report_waits_for_what_the_one_before_it_keeps(house, campaigns):
    kept = [*small.CELLS["04_page"], *(f"(here.report / {name!r}).write_text(as_of)" for name in KEPT)]
    small.write_notebook(house / "notebooks" / "04_page.ipynb", kept)
    steps = [replace(one, published=one.notebook == "03_right") for one in small.STEPS]
    read = {}
    for again in range(2):
        for one in make_all(campaigns, 2, Plan(steps=steps)):
            inputs = read_json(one.outcome.path / "provenance.json")["inputs"]
            read[one.campaign, one.name] = [name for name in inputs if name.startswith(PREFIX)]
            assert one.outcome.fresh is not again
        assert read.pop((small.CAMPAIGN, "second")) == [
            f"{PREFIX}{small.LABEL}/{name}" for name in sorted(KEPT)
        ]
        assert set(map(len, read.values())) == {0}
    shutil.rmtree(house / "reports" / small.CAMPAIGN / small.LABEL)  # of the first, but not of the second
    first, second, _ = make_all(campaigns, 2, Plan(steps=steps))
    assert first.outcome.fresh
    assert not second.outcome.fresh


def test_a_worker_that_is_killed_loses_no_report(house, campaigns, cluster):
    address, workers = cluster
    killed: list[int] = []

    def kill() -> None:
        ends = time.monotonic() + LIMIT
        while not list(house.glob("data/processed/.runs/*.holder")) and time.monotonic() < ends:
            time.sleep(0.02)  # until a report is being made
        holder = next(house.glob("data/processed/.runs/*.holder"))
        pid = json.loads(holder.read_text(encoding="utf-8"))[0]
        assert pid in {child.pid for child in psutil.Process(workers.pid).children(recursive=True)}
        psutil.Process(pid).kill()
        killed.append(pid)

    thread = threading.Thread(target=kill)
    thread.start()
    made = make_all(campaigns, 1, Plan(steps=small.STEPS), address)
    thread.join()
    assert killed
    assert len(outputs(made)) == 3


def test_a_worker_starts_once_what_its_kernels_are_forked_from(house, campaigns, monkeypatch):
    started: list[int] = []

    @contextmanager
    def kernels(plan: Plan) -> Iterator[str]:
        started.append(plan.beside)
        yield "python3"

    monkeypatch.setattr(work, "kernels_for", kernels)
    monkeypatch.setattr(backfill, "run", lambda *_: Published(house, True, (), ()))
    for code, reports in campaigns.items():
        task = backfill._Work(str(house), Plan(beside=2), work.here_at(str(house)))
        assert len(cloudpickle.loads(cloudpickle.dumps(task))(code, reports)) == len(reports)
    assert started == [2]
    work.end_kernels()


def test_kernels_share_the_cores_and_keep_what_is_free(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setattr(kernels, "_server", lambda *_: nullcontext())
    for name in ("ANALYSIS_KERNELS", forked.CORES):  # the tests' own kernels have their part, too
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "65536")
    with kernels.warm_kernels([], [], tmp_path, beside=3):
        assert forked.cores() == 2
        assert "MALLOC_TRIM_THRESHOLD_" not in os.environ
    assert forked.cores() == 8
    assert os.environ["MALLOC_TRIM_THRESHOLD_"] == "65536"


def test_a_worker_with_other_code_is_refused_in_one_line(house, campaigns, monkeypatch):
    ours = work.here_at(str(house)) | {"code": "other"}
    monkeypatch.setattr(work, "here_at", lambda root: ours)
    with pytest.raises(InputError, match=r"worker tcp://.*: code [0-9a-f]+ is not other; install there"):
        make_all(campaigns, 1, Plan(steps=small.STEPS), "local:1")
    assert not (house / "reports").exists()


def test_a_worker_with_another_lock_or_python_is_named_with_both():
    here = {"code": "1", "lock": "2", "Python": "3.11.7"}
    there = here | {"lock": "5", "Python": "3.12.1"}
    said = "lock 5 is not 2, Python 3.12.1 is not 3.11.7; install there what is here"
    assert work.unlike(here, there) == said
    assert work.unlike(here, here) == ""


def test_a_worker_that_goes_while_it_is_asked_is_one_line():
    class Gone:
        def run(self, *_: object) -> None:
            raise ConnectionResetError("in <TCP (closed) Scheduler Broadcast>: Stream is closed")

    with pytest.raises(AnalysisError, match=r"^a worker or the scheduler went while asked .* run again$"):
        work._require_alike(Gone())


def test_a_worker_of_several_threads_is_refused_in_one_line(house):
    class Two:
        def run(self, *_: object) -> dict[str, dict[str, str]]:
            return {"tcp://10.0.0.1:40001": work.here_at(str(house))}

        def nthreads(self) -> dict[str, int]:
            return {"tcp://10.0.0.1:40001": 2}

    with pytest.raises(InputError, match=r"^worker tcp://\S+: has 2 threads; start it with --nthreads 1$"):
        work._require_alike(Two())


def test_a_worker_that_does_not_see_the_folder_is_said_to(tmp_path):
    difference = work.unlike(work.here_at(str(tmp_path)), work.there_at(str(tmp_path / "nowhere")))
    assert "does not see the project's folder" in difference


@pytest.mark.parametrize(
    ("where", "error", "says"),
    [
        ("tcp://127.0.0.1:9", AnalysisError, "no scheduler with a worker answered within 2 s"),
        ("local:0", InputError, "write local:4 or tcp://scheduler:8786"),
        ("elsewhere", InputError, "write local:4 or tcp://scheduler:8786"),
    ],
)
def test_a_cluster_that_is_none_is_one_line(house, campaigns, monkeypatch, where, error, says):
    monkeypatch.setattr(work, "CONNECT_LIMIT", 2)
    with pytest.raises(error, match=says) as raised:
        make_all(campaigns, 1, Plan(steps=small.STEPS), where)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("error", [RuntimeError("scheduler gone"), None])
def test_what_is_lost_with_a_worker_or_the_scheduler_is_named(error):
    future: Future = Future()
    if error is None:
        future.cancel()
    else:
        future.set_exception(error)
    lost = _outcome(future, "c", [("W1", ""), ("W2", "")])
    assert [one.exit_status for one in lost] == [30, 30]
    assert "lost with its worker or scheduler" in lost[0].line
    assert lost[1].line.startswith("c W2: not published")
