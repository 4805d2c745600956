"""What nbval does not look at: that notebooks were run whole, say what they take, and hold no logic.

nbval passes a cell that was never run and a notebook without outputs; here those fail. That the comparison of
outputs is awake is seen by planting a wrong number, sentence, picture and order.
"""

import ast
import base64
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.parameters import is_yes
from analysis.report.figures import style
from analysis.run.notebooks import execute
from analysis.run.source import parameter_types
from analysis.say.tables import as_html, write_cells
from tests.conftest import PROJECT

FOLDER = PROJECT / "notebooks"
STEPS = ["01_clean", "02_compare", "03_forecast", "04_report"]
NOTEBOOKS = sorted(FOLDER.rglob("*.ipynb"))
sys.path.append(str(FOLDER))  # as pytest does for a folder's own conftest
_spec = importlib.util.spec_from_file_location("notebooks_conftest", FOLDER / "conftest.py")
reviewed = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(reviewed)
LOGIC = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Try, ast.Lambda)


def code_cells(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def test_the_notebooks_are_there():
    found = {path.relative_to(FOLDER).with_suffix("").as_posix() for path in NOTEBOOKS}
    assert found >= {
        *STEPS,
        "design",
        "explore",
        "validation/chosen",
        "validation/coverage",
        "validation/ohio",
        "validation/size_and_power",
    }


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
class TestNotebook:
    def test_every_cell_was_run_in_order_without_error(self, path):
        cells = code_cells(path)
        assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
        assert not any(output.output_type == "error" for cell in cells for output in cell.outputs)
        assert sum(bool(cell.outputs) for cell in cells) >= 2

    def test_each_parameter_has_a_type_a_value_and_a_word_on_it(self, path):
        (cell,) = (cell for cell in code_cells(path) if "parameters" in cell.metadata.get("tags", []))
        for line in cell.source.splitlines():
            assert re.fullmatch(r"\w+: [\w\[\]]+ = [^#]+  # \w.+", line), line
        if path.stem in STEPS:
            forms = {"public"} if path.stem == "04_report" else set()  # only a report can be for everyone
            assert set(parameter_types(path)) == {"campaign", "as_of", "workspace"} | forms

    def test_it_refuses_parameters_that_it_does_not_declare(self, path):
        lines = [line for cell in code_cells(path) for line in cell.source.splitlines()]
        assert "check_parameters()" in lines

    def test_no_logic_lives_in_a_cell(self, path):
        for cell in code_cells(path):
            found = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, LOGIC)]
            assert not found, cell.source

    def test_it_has_one_title_and_is_short(self, path):
        notebook = nbformat.read(path, as_version=4)
        prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
        assert len(re.findall(r"^# ", prose, re.MULTILINE)) == 1
        assert len(code_cells(path)) <= 15

    def test_nothing_in_it_belongs_to_one_machine(self, path):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r'"/(?:home|root|work|tmp|Users)/', text)
        assert nbformat.read(path, as_version=4).metadata.kernelspec.name == "python3"

    def test_nothing_is_hidden_from_nbval(self, path):
        text = path.read_text(encoding="utf-8")
        assert "nbval-ignore-output" not in text
        assert "NBVAL_IGNORE" not in text
        assert "nbval-skip" not in text

    def test_tables_and_pictures_are_for_people_and_for_comparison(self, path):
        for cell in code_cells(path):
            for output in cell.outputs:
                assert output.output_type != "stream", f"show_text for print in {cell.source!r}"
                assert "text/plain" in output.data
                assert not output.data.keys() & {"application/vnd.jupyter.widget-view+json"}
                if "image/png" in output.data:
                    assert output.metadata["image/png"]["alt"] == output.data["text/plain"] != ""

    def test_saving_it_would_change_nothing(self, path):
        from refresh import tidy

        notebook = json.loads(path.read_text(encoding="utf-8"))
        tidy(notebook)
        assert notebook == json.loads(path.read_text(encoding="utf-8"))


SOURCE = """
from analysis.say.tables import show_text
from analysis.report.figures import style
figure, axes = style.canvas(1.5)
line = axes.plot([0, 1], [0, 1])
style.show(figure, "A line that rises.")
show_text("186,568 accounts")
"""
RUN = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval", "--nbval-current-env", "--color=no"]


def drawn(height: float) -> str:
    """Draw a line that ends at a height, as a cell would show it."""
    with style.look():
        figure, axes = style.canvas(1.5)
        axes.plot([0, 1], [0, height])
        axes.set_ylim(-0.05, 1.05)
    return base64.b64encode(style.to_png(figure, dpi=100)).decode()


def outputs() -> list[dict[str, Any]]:
    picture = {"image/png": drawn(1), "text/plain": ["A line that rises."]}
    said = {"text/markdown": ["186,568 accounts"], "text/plain": ["186,568 accounts"]}
    return [{"output_type": "display_data", "data": data, "metadata": {}} for data in (picture, said)]


def replace(number: int, kind: str, value: Any) -> Callable[[list[Any]], None]:
    return lambda stored: stored[number]["data"].__setitem__(kind, value)


@pytest.mark.parametrize(
    ("plant", "said"),
    [
        (lambda stored: None, ""),
        (replace(1, "text/plain", "186,569 accounts"), "-186,569 accounts\n+186,568 accounts"),
        (replace(1, "text/markdown", "186,568 people"), "-186,568 people\n+186,568 accounts"),
        (replace(0, "image/png", drawn(1.05)), "of the pixels differ"),
        (lambda stored: stored.reverse(), "got outputs (computed now): "),
        (lambda stored: stored.pop(), "expected outputs (stored in the notebook): image/png, text/plain\n"),
    ],
    ids=["nothing", "number", "word", "picture of another number", "order", "fewer"],
)
def test_what_is_planted_in_a_stored_output_is_caught_and_said(plant, said):
    stored = outputs()
    plant(stored)
    found = "\n".join(reviewed.differences(stored, outputs()))
    assert bool(found) == bool(said)
    assert said in found


def test_a_picture_of_another_size_is_said():
    stored = outputs()
    other = next(
        output.data["image/png"]
        for cell in code_cells(FOLDER / "04_report.ipynb")
        for output in cell.outputs
        if "image/png" in output.data
    )
    replace(0, "image/png", other)(stored)
    assert "expected a picture of" in "".join(reviewed.differences(stored, outputs()))


def test_nbval_compares_by_it_and_the_failure_reads_well(tmp_path):
    """Execute a notebook by the command that refreshes all, plant a number, and run nbval as `make test`."""
    for name in ("conftest.py", "refresh.py"):
        shutil.copy(FOLDER / name, tmp_path)
    right, wrong = tmp_path / "right.ipynb", tmp_path / "wrong.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SOURCE.strip())]), right)
    refresh = [sys.executable, str(tmp_path / "refresh.py"), str(right)]
    subprocess.run(refresh, check=True, capture_output=True)
    text = right.read_text(encoding="utf-8").replace('"186,568 accounts"\n', '"186,569 accounts"\n')
    wrong.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, *RUN, str(right), str(wrong)], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 1, done.stdout
    assert "1 failed, 1 passed" in done.stdout
    assert "wrong.ipynb, code cell 1" in done.stdout
    assert "-186,569 accounts\n+186,568 accounts" in done.stdout
    assert 'show_text("186,568 accounts")' in done.stdout


def test_an_undeclared_parameter_is_refused_before_anything_runs(project, tmp_path):
    source = project / "notebooks" / "01_clean.ipynb"
    with pytest.raises(InputError, match="'wek' is not declared; it has as_of, campaign, workspace"):
        execute(source, tmp_path / "out.ipynb", {"wek": "2023-W37"}, project)
    assert not (tmp_path / "out.ipynb").exists()


def test_plain_papermill_with_a_misspelt_parameter_stops_in_the_notebook_itself(project, tmp_path):
    done = subprocess.run(
        [
            *(sys.executable, "-m", "papermill", "--no-progress-bar"),
            *(str(project / "notebooks" / "01_clean.ipynb"), "out.ipynb"),
            *("-p", "campain", "us_vaccination_2021", "-p", "workspace", str(tmp_path)),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "parameter 'campain' is not declared; this notebook has campaign, as_of, workspace" in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("answer", "meant"),
    [
        *((answer, True) for answer in ("yes", "Yes", "true", True, "1", 1)),
        *((answer, False) for answer in ("no", "No ", "false", False, "0", "")),
    ],
)
def test_yes_and_no_are_read_as_they_are_meant(answer, meant):
    assert is_yes(answer, "public") is meant


@pytest.mark.parametrize("answer", ["maybe", "none", "2", "có thể", None, "yes please"])
def test_what_is_neither_yes_nor_no_is_refused(answer):
    with pytest.raises(InputError, match=r"parameter public is .*; write yes or no"):
        is_yes(answer, "public")


@pytest.mark.skipif(not shutil.which("chromium"), reason="needs a browser")
def test_a_wide_table_is_whole_on_paper(tmp_path):
    from playwright.sync_api import sync_playwright

    row = {f"probability_by_deadline_{at}": "65,465,197 persons" for at in range(12)}
    cell = nbformat.v4.new_code_cell(
        outputs=[
            nbformat.v4.new_output(
                "display_data",
                {"text/html": as_html(write_cells(pd.DataFrame([row]))), "text/plain": "a table"},
            )
        ]
    )
    notebook = tmp_path / "wide.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), notebook)
    config = FOLDER / "config" / "jupyter_nbconvert_config.py"
    convert = ["-m", "nbconvert", "--to", "html", f"--config={config}", str(notebook)]
    subprocess.run([sys.executable, *convert], check=True, capture_output=True)
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1123, "height": 794})  # A4 on its side
        page.goto(notebook.with_suffix(".html").as_uri())
        page.emulate_media(media="print")
        past = page.evaluate(
            "(t => t.scrollWidth - t.parentElement.clientWidth)(document.querySelector('table'))"
        )
        browser.close()
    assert past <= 0
