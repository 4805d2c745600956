"""A small project for each test, and one process to fork all their kernels from."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analysis.run.kernels import warm_kernels
from analysis.run.pipeline import Plan, Published, run
from tests.conftest import PROJECT
from tests.run import house as small


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = small.build(tmp_path / "house")
    monkeypatch.setenv("ANALYSIS_ROOT", str(folder))
    return folder


@pytest.fixture(scope="session")
def kernel() -> Iterator[str]:
    with warm_kernels(["analysis.workspace"], [], PROJECT) as kernel:
        yield kernel


@pytest.fixture
def plan(kernel: str) -> Callable[..., Plan]:
    """Give the small project's plan, with what a test wants different."""
    return lambda **changes: Plan(**{"steps": small.STEPS, "kernel": kernel, "progress": False} | changes)


@pytest.fixture
def publish(house: Path, plan: Callable[..., Plan]) -> Callable[..., Published]:
    """Run the small project's pipeline here, with what a test wants different."""

    return lambda **changes: run(small.CAMPAIGN, small.AS_OF, plan(**changes))
