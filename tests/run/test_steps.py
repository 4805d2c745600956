"""The order of the notebooks: whatever one reads of another is declared, or it might run too early."""

import pytest

from analysis.run.source import code_cells
from analysis.run.steps import STEPS, Step, waves


def test_compare_and_forecast_run_side_by_side():
    names = [[step.notebook for step in wave] for wave in waves(STEPS)]
    assert names == [["01_clean"], ["02_compare", "03_forecast"], ["04_report"]]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.notebook)
def test_a_notebook_names_no_file_of_a_step_that_it_does_not_come_after(project, step):
    code = "\n".join(cell.source for cell in code_cells(project / "notebooks" / f"{step.notebook}.ipynb"))
    strangers = [other for other in STEPS if other is not step and other.notebook not in step.after]
    assert not [name for other in strangers for name in (*other.data, *other.may) if name in code]


def test_steps_that_wait_for_each_other_are_refused():
    with pytest.raises(ValueError, match="nodes are in a cycle"):
        waves([Step("a", after=("b",)), Step("b", after=("a",))])
