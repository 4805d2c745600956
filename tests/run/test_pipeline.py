"""A run publishes a whole report or nothing, never over one that is there."""

import errno
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filelock import FileLock

from analysis.artifacts import read_json, write_json
from analysis.errors import AnalysisError, InputError
from analysis.run.folders import LockedError
from analysis.run.kernels import MEMORY_LIMIT, warm_kernels
from analysis.run.notebooks import execute
from analysis.run.pipeline import run
from analysis.run.plan import Plan
from analysis.run.publish import damage
from tests.conftest import PROJECT
from tests.run.house import AS_OF, CAMPAIGN, CELLS, LABEL, PARAMETERS, STEPS, write_notebook

ALL = tuple(step.notebook for step in STEPS)


def reports(house: Path) -> list[str]:
    return sorted(path.name for path in (house / "reports" / CAMPAIGN).iterdir())


def own_folders(house: Path) -> list[str]:
    return [path.name for path in (house / "data" / "processed" / ".runs").iterdir() if path.is_dir()]


def test_the_same_again_is_a_no_op_that_says_so(house, publish, published):
    first = published
    assert first.fresh
    assert first.reused == ()
    assert damage(first.path) == []
    before = {path: path.read_bytes() for path in first.path.rglob("*") if path.is_file()}
    second, forced = publish(), publish(force=True)
    assert (second.path, second.fresh, second.reused) == (first.path, False, ALL)
    assert (forced.path, forced.fresh, forced.reused) == (first.path, False, ())
    assert {path: path.read_bytes() for path in first.path.rglob("*") if path.is_file()} == before
    assert own_folders(house) == []


def test_only_what_changed_is_run_again(house, publish, published):
    write_notebook(house / "notebooks" / "03_right.ipynb", [*CELLS["03_right"], "'another cell'"])
    again = publish()
    # what 03 wrote is the same as before, so 04, which reads it, need not run
    assert again.reused == ("01_clean", "02_left", "04_page")
    assert not again.fresh


def test_another_result_for_the_same_instant_is_a_numbered_revision(house, publish, published):
    first = published
    path = house / "notebooks" / "04_page.ipynb"
    write_notebook(path, [cell.replace("<p>", "<h1>") for cell in CELLS["04_page"]])
    second = publish()
    assert second.reused == ("01_clean", "02_left", "03_right")
    assert reports(house) == [LABEL, f"{LABEL}.r2"]
    assert damage(first.path) == []
    # going back is another result than the latest, and is told as such
    write_notebook(path, CELLS["04_page"])
    assert publish().path.name == f"{LABEL}.r3"


def test_what_arrives_later_leaves_an_old_week_as_it_was(house, publish, published):
    received = house / "data" / "raw" / CAMPAIGN / "received.csv"
    lines = received.read_text(encoding="utf-8").splitlines(keepends=True)
    received.write_text("".join(lines[:-1]), encoding="utf-8")  # the late file was never known
    again = publish()
    assert again.reused == ALL
    assert not again.fresh


def test_a_changed_tally_is_never_reused(house, publish, published):
    tally = next((house / "data" / "raw" / CAMPAIGN / "tallies").iterdir())
    tally.write_bytes(tally.read_bytes() + b"\n")
    assert publish().reused == ()


@pytest.mark.parametrize("name", ["count.csv", ".run/report/notebooks/01_clean.ipynb"])
def test_processed_data_that_were_touched_are_made_again(house, publish, published, name):
    path = house / "data" / "processed" / CAMPAIGN / LABEL / name
    kept = path.read_bytes()
    path.write_bytes(b"files\n999\n")
    again = publish()
    assert "01_clean" not in again.reused
    assert not again.fresh
    if name == "count.csv":
        assert path.read_bytes() == kept


@pytest.mark.parametrize("record", ['{"01_clean": []}', '{"01_clean": {"fingerprint": 1}}', "[" * 100_000])
def test_a_record_of_steps_that_is_broken_reuses_nothing(house, publish, published, record):
    path = published.path
    (house / "data" / "processed" / CAMPAIGN / LABEL / ".run" / "steps.json").write_text(record)
    again = publish()
    assert (again.path, again.fresh, again.reused) == (path, False, ())


def test_a_form_of_the_offices_own_that_changed_is_no_reason_to_keep_what_was_made_in_the_old_one(
    house, publish, published
):
    assert publish().reused
    (house / "data" / "raw" / CAMPAIGN / "report.docx").write_bytes(b"another")
    assert publish().reused == ()


def test_a_record_that_names_files_elsewhere_is_not_taken_over(house, publish, published):
    path = house / "data" / "processed" / CAMPAIGN / LABEL / ".run" / "steps.json"
    (path.parents[1] / "secret").write_bytes(b"")
    record = read_json(path)
    record["04_page"]["report"]["../../secret"] = hashlib.sha256(b"").hexdigest()
    write_json(record, path)
    assert publish().reused == ("01_clean", "02_left", "03_right")


@pytest.mark.parametrize("name", ["../../../secret", "..", ".", ""])
def test_a_file_name_with_a_path_in_the_register_is_refused_before_anything_runs(house, name):
    path = house / "data" / "raw" / CAMPAIGN / "received.csv"
    line = f"{'0' * 64},{name},2023-06-12T08:00:00+07:00,x\n"
    path.write_text(path.read_text(encoding="utf-8") + line, encoding="utf-8")
    with pytest.raises(InputError, match=r"received.csv, line 9: .* no plain SHA-256 and file name"):
        run(CAMPAIGN, AS_OF, Plan(steps=STEPS))
    assert not (house / "data" / "processed").exists()


def test_a_report_edited_by_hand_is_left_alone_and_a_good_one_put_beside_it(house, publish, published):
    path = published.path / "report.vi.html"
    path.write_text("<p>999</p>", encoding="utf-8")
    again = publish()
    assert again.path.name == f"{LABEL}.r2"
    assert path.read_text(encoding="utf-8") == "<p>999</p>"


def test_a_report_whose_data_cannot_be_kept_is_not_published(house, publish):
    (house / "data" / "processed").mkdir()
    (house / "data" / "processed" / CAMPAIGN).write_text("in the way")
    with pytest.raises(AnalysisError, match="not published: File exists"):
        publish()
    assert not list((house / "reports").glob("*/*"))


def test_a_failing_step_publishes_nothing_and_leaves_nothing(house, publish, published):
    write_notebook(house / "notebooks" / "02_left.ipynb", ["1 / 0"])
    with pytest.raises(AnalysisError, match=r"02_left.ipynb, cell 3: ZeroDivisionError"):
        publish()
    assert reports(house) == [LABEL]
    assert own_folders(house) == []
    assert not (house / "reports" / "status.json").exists()  # it was not the weekly job


def test_a_full_disk_elsewhere_is_named_and_leaves_nothing(house, publish, published, monkeypatch):
    path, rename, copy = house / "notebooks" / "04_page.ipynb", Path.rename, shutil.copy2

    def elsewhere(new: Path, there: Path) -> Path:
        if Path(there).is_relative_to(house / "reports"):
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        return rename(new, there)

    def full(new: str, there: str) -> str:
        if Path(there).is_relative_to(house / "reports"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), there)
        return copy(new, there)

    write_notebook(path, [cell.replace("<p>", "<h1>") for cell in CELLS["04_page"]])
    monkeypatch.setattr(Path, "rename", elsewhere)
    monkeypatch.setattr(shutil.copytree, "__defaults__", (False, None, full, False, False))
    with pytest.raises(AnalysisError, match="not published: No space left on device"):
        publish()
    assert reports(house) == [LABEL]


@pytest.mark.parametrize(
    "spoil", [lambda path: path.unlink(), lambda path: write_notebook(path, ["1"], parameters="")]
)
def test_a_notebook_that_cannot_be_run_is_refused_before_another_runs(house, publish, tmp_path, spoil):
    ran = tmp_path / "ran"
    write_notebook(house / "notebooks" / "01_clean.ipynb", [f"open({str(ran)!r}, 'w').close()"])
    spoil(house / "notebooks" / "04_page.ipynb")
    with pytest.raises(AnalysisError, match=r"04_page.ipynb: (no such notebook|0 cells tagged 'parameters')"):
        publish()
    assert not ran.exists()
    assert own_folders(house) == []
    assert not (house / "reports").exists()


def test_a_failure_does_not_wait_for_the_notebook_beside_it(house, publish, tmp_path):
    write_notebook(house / "notebooks" / "02_left.ipynb", ["import time\ntime.sleep(0.5)", "1 / 0"])
    late = tmp_path / "late"
    waits = f"import time\ntime.sleep(4)\nopen({str(late)!r}, 'w').close()"
    write_notebook(house / "notebooks" / "03_right.ipynb", [waits])
    with pytest.raises(AnalysisError, match=r"02_left.ipynb, cell 4: ZeroDivisionError"):
        publish(kernel="")  # kernels of this run's own, which end with it
    assert not late.exists()
    assert own_folders(house) == []


def test_a_file_that_no_step_declares_is_a_fault(house, publish):
    write_notebook(
        house / "notebooks" / "02_left.ipynb",
        [*CELLS["02_left"], "(here.processed / 'surprise.csv').write_text('x')"],
    )
    with pytest.raises(AnalysisError, match=r"surprise.csv: written by a notebook but declared by no step"):
        publish()


def test_the_future_and_the_time_before_the_first_file_are_refused(house):
    plan = Plan(steps=STEPS)
    with pytest.raises(InputError, match=r"in the future"):
        run(CAMPAIGN, "2999-01-01", plan)
    with pytest.raises(InputError, match=r"no file had been received by .* later as-of"):
        run(CAMPAIGN, "2023-06-08", plan)
    with pytest.raises(InputError, match=r"in the future"):
        run(CAMPAIGN, AS_OF, plan, now=datetime(2023, 9, 17, tzinfo=UTC))
    assert not (house / "reports").exists()
    assert not (house / "data" / "processed").exists()


def test_a_day_on_which_no_area_is_in_force_any_more_is_refused_before_anything_runs(house):
    with pytest.raises(InputError, match=r"areas.csv: no area is in force on 2025-07-01"):
        run(CAMPAIGN, "2025-07-02T00:00+07:00", Plan(steps=STEPS))
    assert not (house / "data" / "processed").exists()


def test_the_second_of_two_runs_is_told_who_has_the_first(house, publish):
    runs = house / "data" / "processed" / ".runs"
    runs.mkdir(parents=True)
    (runs / f"{CAMPAIGN}.{LABEL}.holder").write_text('[4711, "office", "2023-09-18T01:00:00+00:00"]')
    with (
        FileLock(runs / f"{CAMPAIGN}.{LABEL}.lock"),
        pytest.raises(LockedError, match=r"4711 on office") as told,
    ):
        publish()
    assert told.value.exit_status == 75
    assert not (house / "reports").exists()


def test_a_lock_that_is_only_looked_at_for_a_moment_stops_nobody(house, publish):
    """As the sweep of another run does, to see whether a folder's run is dead."""
    runs = house / "data" / "processed" / ".runs"
    (runs / f"{CAMPAIGN}.{LABEL}.0badcafe").mkdir(parents=True)
    lock = FileLock(runs / f"{CAMPAIGN}.{LABEL}.lock", thread_local=False)
    lock.acquire()
    threading.Timer(0.1, lock.release).start()
    assert publish().fresh
    assert own_folders(house) == []


def test_the_folder_of_another_week_is_swept_if_its_run_is_dead(house, publish):
    runs = house / "data" / "processed" / ".runs"
    for name in ("2023-06-19T0000.0badcafe", "2023-06-26T0000.0badcafe", "2023-06-26T0000.dead.0badcafe"):
        (runs / f"{CAMPAIGN}.{name}").mkdir(parents=True)
    with FileLock(runs / f"{CAMPAIGN}.2023-06-19T0000.lock"):
        publish()
    assert own_folders(house) == [f"{CAMPAIGN}.2023-06-19T0000.0badcafe"]
    (runs / f"{CAMPAIGN}.{LABEL}.0badcafe").mkdir()  # killed after it had published
    assert publish().reused == ALL
    assert own_folders(house) == []


def test_sockets_have_room_however_long_the_path_of_the_temporary_folder(monkeypatch, tmp_path):
    long = tmp_path / ("a" * 120)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    notebook = write_notebook(tmp_path / "one.ipynb", ["1 + 1"])
    with warm_kernels([], [], tmp_path) as kernel:
        execute(notebook, tmp_path / "out.ipynb", {"campaign": "x"}, tmp_path, progress=False, kernel=kernel)
    assert (tmp_path / "out.ipynb").exists()


def test_cold_and_warm_kernels_give_the_same_report_within_the_same_limits(
    house, publish, monkeypatch, tmp_path
):
    limits = [
        "import os, resource",
        "said = f\"{resource.getrlimit(resource.RLIMIT_AS)[0]}\\n{os.environ['OPENBLAS_NUM_THREADS']}\\n\"",
        "(here.processed / 'extra.csv').write_text('limit\\n' + said)",
    ]
    write_notebook(house / "notebooks" / "02_left.ipynb", [*CELLS["02_left"], *limits])
    warm = publish()
    extra = house / "data" / "processed" / CAMPAIGN / LABEL / "extra.csv"
    assert extra.read_text().split() == ["limit", str(MEMORY_LIMIT), "1"]
    monkeypatch.setenv("ANALYSIS_KERNELS", "cold")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "mine.py").write_text("raise SystemExit('a habit of this machine')")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    cold = publish(kernel="", force=True)
    assert (cold.path, cold.fresh, cold.reused) == (warm.path, False, ())


class TestKilled:
    """Runs as processes of their own, ended from outside."""

    @staticmethod
    def start(house: Path, **environment: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", "tests.run.house", str(house)],
            cwd=PROJECT,
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @pytest.mark.parametrize("seconds", [0.5, 1.8])
    def test_a_killed_run_harms_nothing_and_the_next_one_works(self, house, publish, published, seconds):
        last = published
        sealed = (last.path / "SHA256SUMS").read_bytes()
        shutil.rmtree(house / "data" / "processed" / CAMPAIGN)
        process = self.start(house)
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert damage(last.path) == []
        assert (last.path / "SHA256SUMS").read_bytes() == sealed
        assert not publish().fresh
        assert reports(house) == [LABEL]
        assert own_folders(house) == []

    def test_a_run_that_is_asked_to_stop_cleans_up(self, house):
        first = sorted(CELLS)[0]  # which is at work for longer than it takes to ask
        write_notebook(
            house / "notebooks" / f"{first}.ipynb", [*CELLS[first], "import time\n\ntime.sleep(20)"]
        )
        process = self.start(house)
        while process.poll() is None and not (house / "data" / "processed" / ".runs").exists():
            time.sleep(0.01)
        time.sleep(0.2)
        process.terminate()
        assert process.wait(timeout=30) == 128 + signal.SIGTERM
        assert own_folders(house) == []
        assert not (house / "reports").exists()

    @pytest.mark.parametrize("zone", ["UTC", "Asia/Ho_Chi_Minh"])
    def test_the_clock_of_the_machine_decides_nothing(self, house, zone):
        assert (
            self.start(house, TZ=zone).wait() == 10
        )  # the small project's files are old, which is a warning
        assert reports(house) == [LABEL]


def test_a_public_report_has_its_own_place_and_publishes_no_notebook(house, publish):
    path = house / "notebooks" / "04_page.ipynb"
    cells = [cell.replace("(campaign, as_of, workspace)", "(campaign, as_of, workspace)\n"
             "from dataclasses import replace\nhere = replace(here, public=bool(public))")
             for cell in CELLS["04_page"]]  # fmt: skip
    write_notebook(path, cells, f'{PARAMETERS}\npublic: str = ""')
    made = publish(public=True)
    assert made.path == house / "public" / CAMPAIGN / LABEL
    assert (house / "public" / "index.html").exists()
    assert not (made.path / "notebooks").exists()
    assert read_json(made.path / "provenance.json")["public"] is True
    assert not (house / "reports").exists()
    assert publish(public=True).fresh is False
    internal = publish()
    assert internal.path == house / "reports" / CAMPAIGN / LABEL
    assert (internal.path / "notebooks" / "04_page.ipynb").exists()
