"""A small project for each test, and one process to fork all their kernels from."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.run.kernels import warm_kernels
from analysis.run.pipeline import run
from analysis.run.plan import Plan
from analysis.run.publish import Published
from tests.conftest import PROJECT
from tests.run import house as small

IMPORTED = ["analysis.workspace", "analysis.run.gate", "analysis.run.provenance", "pandas", "pandera.pandas"]
"""What the small project's kernels need; each would import it anew."""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = small.build(tmp_path / "house")
    monkeypatch.setenv("ANALYSIS_ROOT", str(folder))
    return folder


@pytest.fixture(scope="session")
def kernel() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENBLAS_NUM_THREADS", "2")  # which no kernel keeps to
        with warm_kernels(IMPORTED, [], PROJECT) as kernel:
            yield kernel


@pytest.fixture
def plan(kernel: str) -> Callable[..., Plan]:
    """Give the small project's plan, with what a test wants different."""
    return lambda **changes: Plan(**{"steps": small.STEPS, "kernel": kernel, "progress": False} | changes)


@pytest.fixture
def publish(house: Path, plan: Callable[..., Plan]) -> Callable[..., Published]:
    """Run the small project's pipeline here, with what a test wants different."""

    return lambda **changes: run(small.CAMPAIGN, small.AS_OF, plan(**changes))


@pytest.fixture(scope="session")
def first_run(kernel: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Published]:
    """Run the pipeline once for all tests that begin with what it leaves."""
    folder = small.build(tmp_path_factory.mktemp("first") / "house")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANALYSIS_ROOT", str(folder))
        made = run(small.CAMPAIGN, small.AS_OF, Plan(steps=small.STEPS, kernel=kernel))
    return folder, made


@pytest.fixture
def published(house: Path, first_run: tuple[Path, Published]) -> Published:
    """Give this project what the first run of one like it left: its processed data and its report."""
    folder, made = first_run
    for name in ("data/processed", "reports"):
        shutil.copytree(folder / name, house / name)
    return replace(made, path=house / made.path.relative_to(folder))
