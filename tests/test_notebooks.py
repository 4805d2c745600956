"""What nbval does not look at: that notebooks were run whole, say what they take, and hold no logic.

nbval passes a cell that was never run and a notebook without outputs; here those fail, and one test plants a
wrong number to see that nbval itself is awake.
"""

import ast
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from analysis.errors import InputError
from analysis.run.notebooks import execute
from analysis.run.source import declared_parameters
from tests.conftest import PROJECT

NOTEBOOKS = sorted((PROJECT / "notebooks").glob("0*.ipynb"))
LOGIC = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Try, ast.Lambda)


def code_cells(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def test_the_four_notebooks_are_there():
    assert [path.stem for path in NOTEBOOKS] == ["01_clean", "02_compare", "03_forecast", "04_report"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
class TestNotebook:
    def test_every_cell_was_run_in_order_without_error(self, path):
        cells = code_cells(path)
        assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
        assert not any(output.output_type == "error" for cell in cells for output in cell.outputs)
        assert sum(bool(cell.outputs) for cell in cells) >= 3

    def test_it_declares_its_parameters_and_no_other(self, path):
        forms = {"public"} if path.stem == "04_report" else set()  # only a report can be for everyone
        assert declared_parameters(path) == {"campaign", "as_of", "workspace"} | forms

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


def test_nbval_sees_a_wrong_number(tmp_path):
    """Plant one wrong digit in a stored output; the reviewer's command must fail, and pass without it."""
    source = 'total = 186568\nprint(f"{total} accounts")'
    path = tmp_path / "planted.ipynb"
    for stored, status in (("186568 accounts\n", 0), ("186569 accounts\n", 1)):
        cell = nbformat.v4.new_code_cell(source, execution_count=1)
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=stored)]
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "--nbval",
            "--nbval-current-env",
        ]
        done = subprocess.run([*command, str(path)], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == status, done.stdout


def test_an_undeclared_parameter_is_refused_before_anything_runs(project, tmp_path):
    source = project / "notebooks" / "01_clean.ipynb"
    with pytest.raises(InputError, match="'wek' is not declared; it has as_of, campaign, workspace"):
        execute(source, tmp_path / "out.ipynb", {"wek": "2023-W37"}, project)
    assert not (tmp_path / "out.ipynb").exists()
