"""Every way in which papermill was seen to call a failure done, and what the gate says to it."""

import nbformat
import pytest

from analysis.errors import AnalysisError, InputError
from analysis.run.gate import require_complete
from analysis.run.kernels import MEMORY_LIMIT
from analysis.run.notebooks import execute
from tests.run.house import AS_OF, CAMPAIGN, write_notebook

ASKED = {"campaign": CAMPAIGN, "as_of": AS_OF, "workspace": "x"}


@pytest.fixture
def attempt(tmp_path, kernel):
    """Run a notebook of these cells; return its executed copy."""

    def go(*cells, asked=ASKED, files=(), limit=60, **options):
        source = write_notebook(tmp_path / "in" / "05_case.ipynb", list(cells), **options)
        output = tmp_path / "05_case.ipynb"
        names = [tmp_path / name for name in files]
        execute(source, output, asked, tmp_path, files=names, time_limit=limit, progress=False, kernel=kernel)
        return output

    return go


def test_a_notebook_that_ran_passes_and_names_no_folder_of_this_machine(attempt, tmp_path):
    output = attempt("from pathlib import Path\nPath('a.csv').write_text('n\\n1\\n')", files=["a.csv"])
    cells = nbformat.read(output, as_version=4).cells
    assert '"rows": {"a.csv": 1}' in cells[-1].outputs[0].text
    assert "input_path" not in output.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (["1 / 0"], "05_case.ipynb, cell 3: ZeroDivisionError"),
        (["import sys\nsys.exit(0)", "1"], "has an error output|was not run|did not live"),
        (["import os\nos._exit(0)", "1"], "Kernel|kernel"),
        (["import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "1"], "Kernel|kernel"),
        ([f"x = bytearray({MEMORY_LIMIT})"], "MemoryError"),
        (["as_of = '2023-09-11'"], "a cell changed its parameters"),
        (["print = lambda *a: None"], "did not report this run"),
        (["from analysis.errors import AnalysisError\nraise AnalysisError('no good')"], "no good"),
    ],
)
def test_what_did_not_really_run_is_a_failure(attempt, cells, says):
    with pytest.raises(AnalysisError, match=says) as caught:
        attempt(*cells)
    assert caught.value.exit_status == 30
    assert "\n" not in str(caught.value)


def test_a_cell_that_hangs_is_ended(attempt):
    with pytest.raises(AnalysisError, match=r"CellTimeoutError|TimeoutError"):
        attempt("import time\ntime.sleep(60)", limit=1)


def test_a_file_that_was_not_written_or_is_empty_is_a_failure(attempt):
    with pytest.raises(AnalysisError, match=r"ended without writing a.csv"):
        attempt("1", files=["a.csv"])
    with pytest.raises(AnalysisError, match=r"page.html is empty"):
        attempt("open('page.html', 'w').close()", files=["page.html"])


def test_a_table_that_breaks_its_schema_is_a_failure(attempt):
    write = "import pandas as pd\npd.DataFrame({'area': ['1']}).to_parquet('panel.parquet')"
    with pytest.raises(AnalysisError, match=r"panel.parquet has the columns"):
        attempt(write, files=["panel.parquet"])


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("effects.csv", "estimand,p\\n1,2\\n", "effects.csv has the columns"),
        ("verdict.json", "{", "JSONDecodeError"),
        ("verdict.json", "{}", "verdict.json has the keys"),
    ],
)
def test_an_artifact_of_another_shape_is_a_failure(attempt, name, text, says):
    with pytest.raises(AnalysisError, match=says):
        attempt(f"open({name!r}, 'w').write('{text}')", files=[name])


def test_a_parameter_of_a_kind_that_papermill_garbles_is_refused(attempt, tmp_path):
    parameters = 'campaign: str = ""\nas_of: date = None\nworkspace: str = ""'
    with pytest.raises(AnalysisError, match=r"as_of is declared as date; declare str, int, float, bool"):
        attempt("open('ran', 'w').close()", parameters=parameters)
    assert not (tmp_path / "ran").exists()


def test_a_refusal_by_a_cell_is_a_refusal(attempt):
    with pytest.raises(InputError, match=r"send it again") as caught:
        attempt("from analysis.errors import InputError\nraise InputError('send it again')")
    assert caught.value.exit_status == 20


@pytest.mark.parametrize(
    "asked",
    [
        {"wek": "2023-W37"},
        {"campaign=__import__('os').system('touch owned')#": "x"},
        {"campaign": 40},
        {"as_of": ["2023"]},
        {"workspace": None},
        {"workspace": True},
    ],
)
def test_a_hostile_parameter_is_refused_before_anything_runs(attempt, tmp_path, asked):
    with pytest.raises(InputError, match=r"is not declared|not of type str"):
        attempt("open('ran', 'w').close()", asked=ASKED | asked)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in"]


def test_a_hostile_value_is_text_and_nothing_else(attempt, tmp_path):
    value = "'''\\n\"; open('owned', 'w').close() #{x}%s"
    attempt("print(workspace)", asked=ASKED | {"workspace": value})
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("parameters", ["", "this is no python"])
def test_a_notebook_without_usable_parameters_is_refused(attempt, tmp_path, parameters):
    with pytest.raises(AnalysisError, match=r"cells tagged 'parameters'|is no Python"):
        attempt("open('ran', 'w').close()", parameters=parameters)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"cells": 1, "nbformat": 4}'])
def test_a_file_that_is_no_notebook_is_named(tmp_path, text):
    path = tmp_path / "01.ipynb"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AnalysisError, match=r"01.ipynb: is no notebook"):
        execute(path, tmp_path / "out.ipynb", {}, tmp_path)


def test_a_notebook_altered_after_it_ran_does_not_pass(attempt):
    """The gate reads the file, not what papermill says of it."""
    output = attempt("1 + 1")
    notebook = nbformat.read(output, as_version=4)
    said = notebook.cells[-1].outputs[0].text
    run_id = said.partition('"run": "')[2].partition('"')[0]
    require_complete(output, run_id, ASKED)
    with pytest.raises(AnalysisError, match=r"did not report this run"):
        require_complete(output, "another", ASKED)
    notebook.cells[2].source = notebook.cells[2].source.replace(AS_OF, "2023-09-11")
    nbformat.write(notebook, output)
    with pytest.raises(AnalysisError, match=r"not with the parameters asked for"):
        require_complete(output, run_id, ASKED)
    del notebook.cells[2]
    nbformat.write(notebook, output)
    with pytest.raises(AnalysisError, match=r"not run in its turn|not injected"):
        require_complete(output, run_id, ASKED)
