"""Tasks side by side in copies of a process: the results in their order, and what goes wrong is raised."""

import gc
import os
from functools import partial

import pandas as pd
import pytest

from analysis import artifacts, forked
from analysis.errors import AnalysisError, InputError


@pytest.fixture(autouse=True)
def two_cores(monkeypatch):
    monkeypatch.setattr(forked, "_WITH_THREADS", set())
    monkeypatch.delenv(forked.CORES, raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)


def refuse() -> int:
    raise InputError("areas.csv: no such file")


def here(number: int) -> tuple[int, int]:
    return number, os.getpid()


@pytest.mark.parametrize("many", [0, 1, 2, 5])
def test_results_come_in_the_order_of_the_tasks(many):
    made = forked.side_by_side([partial(here, number) for number in range(many)])
    assert [number for number, _ in made] == list(range(many))
    if forked.can_fork():
        assert len({process for _, process in made}) == min(many, 2)


def test_what_is_not_worth_a_copy_is_done_here():
    made = forked.side_by_side([partial(here, number) for number in range(3)], worth=False)
    assert made == [(number, os.getpid()) for number in range(3)]


@pytest.mark.parametrize("before", [True, False])
def test_what_a_process_had_frozen_before_its_copies_stays_so(before):
    """A kernel thawed all that was imported for it, and looked through it again and again."""
    if before:
        gc.freeze()
    try:
        forked.side_by_side([partial(here, number) for number in range(2)])
        forked.begun(partial(here, 3))()
        assert (gc.get_freeze_count() > 0) == before
    finally:
        gc.unfreeze()


@pytest.mark.parametrize("tasks", [[refuse, partial(int, 1)], [partial(int, 1), refuse]])
def test_what_a_task_raises_is_raised(tasks):
    with pytest.raises(InputError, match=r"areas\.csv: no such file"):
        forked.side_by_side(tasks)


class OfTwoError(Exception):
    """An error that cannot be made again from its message alone, as some libraries have."""

    def __init__(self, place: str, what: object) -> None:
        super().__init__(f"{place}: wrong")
        self.what = what


@pytest.mark.parametrize("what", [1, lambda: 1])
def test_what_is_raised_and_cannot_be_sent_is_said(what):
    def fail() -> int:
        raise OfTwoError("page 3", what)

    with pytest.raises((OfTwoError, AnalysisError), match="page 3: wrong"):
        forked.side_by_side([partial(here, 0), fail])


def test_a_task_that_is_begun_is_done_in_a_copy_and_waited_for():
    number, process = forked.begun(partial(here, 3))()
    assert number == 3
    assert (process != os.getpid()) == forked.can_fork()
    assert forked.begun(partial(here, 3), worth=False)() == (3, os.getpid())


def test_what_goes_wrong_with_a_task_that_is_begun_is_raised_when_it_is_waited_for():
    if not forked.can_fork():
        pytest.skip("nothing is forked here")
    for task, says in (
        (refuse, r"areas\.csv: no such file"),
        (partial(os._exit, 9), "a copy of the process died"),
    ):
        wait = forked.begun(task)
        with pytest.raises(AnalysisError, match=says):
            wait()


def test_tables_written_beside_are_those_written_here(monkeypatch, tmp_path):
    monkeypatch.setattr(artifacts, "MANY", 1)
    table = pd.DataFrame({"location": ["01"] * 10, "value": [0.1] * 10})
    artifacts.write_table(table, tmp_path / "here.csv")
    artifacts.write_beside({"fan.csv": table, "completion.csv": table}, tmp_path)()
    for name in ("fan.csv", "completion.csv"):
        assert (tmp_path / name).read_bytes() == (tmp_path / "here.csv").read_bytes()


def test_a_copy_that_dies_is_one_clear_line():
    if not forked.can_fork():
        pytest.skip("nothing is forked here")
    with pytest.raises(AnalysisError, match="a copy of the process died"):
        forked.side_by_side([partial(int, 1), partial(os._exit, 9)])


def test_nothing_is_copied_where_a_library_keeps_threads_or_kernels_are_cold(monkeypatch):
    tasks = [partial(here, number) for number in range(2)]
    monkeypatch.setenv("ANALYSIS_KERNELS", "cold")
    assert {process for _, process in forked.side_by_side(tasks)} == {os.getpid()}
    monkeypatch.delenv("ANALYSIS_KERNELS")
    forked.uses_threads("typst")
    assert {process for _, process in forked.side_by_side(tasks)} == {os.getpid()}
