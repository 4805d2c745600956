"""A run reads what earlier reports keep of their forecasts, and nothing else of them."""

import json
import shutil
from dataclasses import replace

import pytest

from analysis.artifacts import read_json
from analysis.run.earlier import KEPT, earlier_forecasts
from analysis.run.pipeline import run
from analysis.run.verify import verify
from analysis.workspace import Workspace
from tests.run import house as small

READS = [
    small.OPEN,
    "said = sorted((here.folder / 'reports' / here.campaign.code).glob('*/completion.csv'))",
    "text = ''.join(f'{one.parent.name},{one.read_text()}\\n' for one in said)",
    "(here.processed / 'right.csv').write_text(f'as_of,said\\n{text}')",
]


@pytest.fixture
def plan(plan, house):
    small.write_notebook(house / "notebooks" / "03_right.ipynb", READS)
    steps = [replace(one, published=one.notebook == "03_right") for one in small.STEPS]
    return lambda **changes: plan(steps=steps, **changes)


def kept(house, label, said):
    folder = house / "reports" / small.CAMPAIGN / label
    folder.mkdir(parents=True)
    for name in KEPT:
        (folder / name).write_text(said)
    return folder


def read_by(published, house):
    return (house / "data" / "processed" / small.CAMPAIGN / published.path.name / "right.csv").read_text()


def test_what_was_said_first_for_earlier_as_ofs_is_read(house, plan):
    kept(house, "2023-09-11T0800", "first")
    kept(house, "2023-09-11T0800.r2", "mended")
    kept(house, "2023-09-25T0800", "later")
    kept(house, "draft", "nobody's")
    made = run(small.CAMPAIGN, small.AS_OF, plan())
    assert read_by(made, house) == "as_of,said\n2023-09-11T0800,first\n"
    inputs = read_json(made.path / "provenance.json")["inputs"]
    assert [name for name in inputs if name.startswith("published/")] == [
        f"published/2023-09-11T0800/{name}" for name in sorted(KEPT)
    ]


def test_a_new_earlier_forecast_runs_only_the_step_that_reads_it_and_what_follows(house, plan):
    first = run(small.CAMPAIGN, small.AS_OF, plan())
    assert not run(small.CAMPAIGN, small.AS_OF, plan()).fresh
    kept(house, "2023-09-11T0800", "first")
    again = run(small.CAMPAIGN, small.AS_OF, plan())
    assert again.fresh
    assert again.path != first.path
    assert again.reused == ("01_clean", "02_left")


def test_a_report_is_verified_with_the_forecasts_it_was_made_from(house, plan):
    folder = kept(house, "2023-09-04T0800", "said")
    made = run(small.CAMPAIGN, small.AS_OF, plan())
    kept(house, "2023-09-11T0800", "published afterwards")
    assert verify(made.path, plan()).identical
    shutil.rmtree(folder)
    gone = verify(made.path, plan())
    assert {one.where for one in gone.differences if one.where.startswith("input")} == {
        f"input published/2023-09-04T0800/{name}" for name in KEPT
    }


def test_a_report_without_kept_forecasts_is_passed_over(house):
    folder = house / "reports" / small.CAMPAIGN / "2023-09-04T0800"
    folder.mkdir(parents=True)
    (folder / "provenance.json").write_text(json.dumps({}))
    assert earlier_forecasts(Workspace.open(small.CAMPAIGN, small.AS_OF)) == {}
