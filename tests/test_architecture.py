"""Lower floors know nothing of higher ones."""

import ast
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import PROJECT

SOURCE = PROJECT / "src" / "analysis"
FLOORS = {
    "errors": 0,
    "inert": 0,
    "forked": 1,
    "progress": 1,
    "received": 1,
    "contract": 1,
    "artifacts": 2,
    "workbook": 2,
    "campaign": 2,
    "parameters": 2,
    "say": 3,
    "workspace": 3,
    "tallies": 3,
    "panel": 3,
    "simulation": 3,
    "standing": 3.5,
    "published": 3.5,
    "compare": 4,
    "forecast": 4,
    "validation": 4.5,
    "report": 5,
    "run": 6,
    "cli": 7,
    "__main__": 8,
}
FILES = sorted(path for path in SOURCE.rglob("*.py") if path != SOURCE / "__init__.py")


def room_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Read a file's syntax once for all tests."""
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def imported_rooms(path: Path) -> set[str]:
    rooms = set()
    for node in nodes_of(path):
        if isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "analysis":
                rooms |= {alias.name for alias in node.names}
            elif node.module.startswith("analysis."):
                rooms.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            rooms |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("analysis.")}
    return rooms


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_a_room_imports_only_rooms_below(path):
    own = room_of(path)
    # compare and forecast, and panel and tallies, stand side by side: neither knows the other
    higher = {room for room in imported_rooms(path) - {own} if FLOORS[room] >= FLOORS[own]}
    assert not higher, f"{own} (floor {FLOORS[own]}) imports {higher}"


INTAKE = ("files", "words", "layouts", "review")
"""The rooms inside tallies, from the lowest to the highest."""


@pytest.mark.parametrize("room", INTAKE)
def test_inside_the_intake_too_a_room_imports_only_rooms_below(room):
    higher = {f"analysis.tallies.{one}" for one in INTAKE[INTAKE.index(room) + 1 :]}
    for path in (SOURCE / "tallies" / room).rglob("*.py"):
        found = {
            node.module
            for node in nodes_of(path)
            if isinstance(node, ast.ImportFrom) and node.module is not None
        }
        assert not [name for name in found if any(name.startswith(one) for one in higher)], path


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")


def imported_modules(path: Path, known: set[str]) -> set[str]:
    found = set()
    for node in nodes_of(path):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found & known - {module_of(path)}


def test_no_module_imports_itself_by_way_of_others():
    # A package's own front door may be imported by those inside it; that is no circle of ideas.
    known = {module_of(path): path for path in FILES if path.name != "__init__.py"}
    waits = {name: imported_modules(path, set(known)) for name, path in known.items()}
    order = TopologicalSorter(waits)
    order.prepare()  # CycleError names the circle


def test_only_run_knows_papermill():
    for path in FILES:
        names = {
            alias.name if isinstance(node, ast.Import) else node.module
            for node in nodes_of(path)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        assert room_of(path) == "run" or not any("papermill" in str(name) for name in names), path


@pytest.mark.parametrize("name", ["quang_nam", "Quảng Nam", "Thăng Bình", "us_vaccination", "Ohio", "738"])
def test_nothing_about_a_campaign_stands_in_code(name):
    found = [path.name for path in FILES if any(name in text for text in texts_in_code(path))]
    assert not found


@cache
def texts_in_code(path: Path) -> list[str]:
    """Return the string constants of a file that are no docstrings."""
    nodes = nodes_of(path)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {ast.get_docstring(node, clean=False) for node in nodes if isinstance(node, documented)}
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [text for text in texts if text not in docs]


def test_the_index_is_written_without_libraries_that_draw():
    """Every run writes it at its end: what it imports there, each run waits for."""
    asked = "import sys, analysis.report.index; print(*{'pandas', 'matplotlib', 'scipy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
