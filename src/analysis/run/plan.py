"""How to run the notebooks: which, from where, with which kernels, and who is told."""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from analysis.run.fingerprint import imported
from analysis.run.kernels import warm_kernels
from analysis.run.source import code_cells
from analysis.run.steps import STEPS, Step
from analysis.workspace import own_or_carried, project_root


@dataclass(frozen=True)
class Plan:
    """How to run: which notebooks, from which folder, with which kernels, and who is told.

    ``beside`` says how many reports are made at once on this machine, this one among them: they share its
    cores.

    ``progress`` draws a bar of cells a notebook; ``each_step`` is called with a line when one is done, and
    ``beforehand`` with what must be said before anything is published.

    ``earlier`` names the published forecasts to read, where not all there are; ``turn`` returns when those
    that are still being made are published, or will not be.

    ``at`` is the address to which reports are sent, as `analysis.run.remote` says, or empty.

    ``public`` hides small counts and publishes no notebook. ``tell`` is off where many
    are made at once: ``status.json`` is about the weekly job.
    """

    steps: Sequence[Step] = STEPS
    notebooks: Path | None = None
    force: bool = False
    keep: bool = False
    beside: int = 1
    progress: bool = False
    each_step: Callable[[str], None] | None = None
    beforehand: Callable[[str], None] = lambda line: None
    tell: bool = True
    public: bool = False
    at: str = ""
    kernel: str = ""
    earlier: Collection[str] | None = None
    turn: Callable[[], object] = lambda: None

    def notebook(self, step: Step) -> Path:
        """Return where a step's notebook is."""
        name = f"{step.notebook}.ipynb"
        return self.notebooks / name if self.notebooks else own_or_carried(f"notebooks/{name}")


def kernels_for(plan: Plan) -> AbstractContextManager[str]:
    """Start what kernels are forked from, with what the plan's notebooks import already imported."""
    by_step = [
        sorted({name for cell in code_cells(plan.notebook(step)) for name in imported(cell.source)} - {"*"})
        for step in plan.steps
    ]
    later = [name for names in by_step[1:] for name in names]
    return warm_kernels(by_step[0], list(dict.fromkeys(later)), project_root(), plan.beside)
