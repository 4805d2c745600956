"""A stale reuse is a defect: everything a notebook can reach counts."""

import json
import subprocess
import sys

import pytest

from analysis.run.fingerprint import PACKAGE, environment, fingerprint, imported, imported_in_lines, reachable
from analysis.run.source import code_cells
from tests.run.house import AS_OF, CAMPAIGN, write_notebook

ASKED = {"campaign": CAMPAIGN, "as_of": AS_OF}


def names(source: str) -> set[str]:
    return {path.relative_to(PACKAGE).as_posix() for path in reachable(source)}


@pytest.mark.parametrize("notebook", ["01_clean", "02_compare", "03_forecast", "04_report"])
def test_every_file_that_importing_loads_was_found_by_reading(project, notebook):
    source = "\n".join(cell.source for cell in code_cells(project / "notebooks" / f"{notebook}.ipynb"))
    lines = "\n".join(line for line in source.splitlines() if line.startswith(("from ", "import ")))
    ask = (
        f"{lines}\nimport json, sys\n"
        "files = [m.__file__ for n, m in sys.modules.items() if n.split('.')[0] == 'analysis']\n"
        "print(json.dumps([file for file in files if file]))"
    )
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    loaded = {str(path) for path in reachable(source)}
    assert set(json.loads(done.stdout)) <= loaded
    assert not any(name.startswith(("run/", "cli/")) for name in names(source))


def test_an_import_inside_a_function_counts_and_so_does_what_lies_beside_the_code():
    found = names("def later():\n    from analysis.tallies import read_received")
    assert {"__init__.py", "tallies/__init__.py", "tallies/store.py", "tallies/checks.csv"} <= found


def test_the_process_that_reads_workbooks_counts(project):
    room = {path.relative_to(PACKAGE).as_posix() for path in (PACKAGE / "workbook").glob("*.py")}
    assert room <= names("from analysis.tallies import read_received")


def test_a_name_computed_below_its_own_package_counts_that_package():
    lazy = 'from importlib import import_module\nimport_module(f"{__name__}.{part}")'
    assert imported(lazy, "analysis.report") == {"analysis.report.*"}
    assert imported(lazy) == {"*"}
    assert imported(lazy.replace('f"', 'f"x'), "analysis.report") == {"*"}


def test_lines_hold_every_import_that_parsing_finds_in_this_package():
    files = {path.relative_to(PACKAGE): path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
    rooms = {file: ".".join([PACKAGE.name, *file.parent.parts]) for file in files}
    found = [
        (imported(text, rooms[file]), imported_in_lines(text, rooms[file])) for file, text in files.items()
    ]
    assert all(parsed <= lines for parsed, lines in found)
    assert sum(map(len, (parsed for parsed, _ in found))) > len(files)


@pytest.mark.parametrize(
    "source",
    [
        "import analysis.panel, analysis.say as words",
        "from analysis import (\n    panel,  # why\n    say as words,\n)",
        "from analysis import (\n    panel,  # (why)\n    say)",
        "if True: import analysis.panel; from analysis import say",
        "from analysis import panel, \\\n    say",
        "def later():\n\tfrom analysis import panel, say  # why, then",
        "from analysis.say import *",
        "from . import panel",
        "from importlib import import_module\nimport_module(name)",
        "f = __import__",
    ],
)
def test_lines_hold_every_import_however_it_is_written(source):
    assert imported(source)
    assert imported(source) <= imported_in_lines(source)


@pytest.mark.parametrize(
    "source", ["import importlib\nimportlib.import_module(name)", "%matplotlib inline", "__import__(name)"]
)
def test_where_an_import_cannot_be_known_everything_counts(source):
    assert imported(source) == {"*"}
    assert "cli/run.py" in names(source)


def test_what_counts_and_what_does_not(tmp_path):
    path = tmp_path / "01_clean.ipynb"

    def print_of(cells=("1 + 1",), asked=ASKED, inputs=None, where="here"):
        write_notebook(path, list(cells))
        return fingerprint(path, asked, inputs or {"a.csv": "1"}, where)

    base = print_of()
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][0]["source"] = "# Other prose"
    notebook["cells"][-1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "2"}]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert fingerprint(path, ASKED, {"a.csv": "1"}, "here") == base
    others = [
        print_of(cells=("1 + 2",)),
        print_of(asked=ASKED | {"as_of": "2023-09-11"}),
        print_of(inputs={"a.csv": "2"}),
        print_of(inputs={"a.csv": "1", "b.csv": "1"}),
        print_of(where="there"),
        print_of(cells=("1 + 1\nimport analysis.errors",)),
    ]
    assert len({base, *others}) == 7


def test_the_lock_counts(tmp_path):
    lock = tmp_path / "runtime.txt"
    lock.write_text("pandas==3.1.1")
    before = environment(lock)
    lock.write_text("pandas==3.1.2")
    assert environment(lock) != before
