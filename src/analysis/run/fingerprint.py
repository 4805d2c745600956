"""What a step's result depends on, as one hash: while it is equal, running again would change nothing."""

import ast
import hashlib
import json
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import analysis
from analysis.artifacts import installed, sha256
from analysis.run.source import code_cells

PACKAGE = Path(analysis.__file__).parent
BY_NAME = {"import_module", "__import__"}


def fingerprint(
    notebook: Path, parameters: Mapping[str, str], inputs: Mapping[str, str], environment: str
) -> str:
    """Hash everything the result of a notebook depends on.

    Parameters
    ----------
    notebook
        Its code cells count, its stored outputs do not.
    parameters
        Campaign and as-of; not the folder it happens to write to.
    inputs
        SHA-256 of every file it can read, by name.
    environment
        As `environment` returns.
    """
    cells = [cell.source for cell in code_cells(notebook)]
    code = {str(path.relative_to(PACKAGE)): _hash(path) for path in reachable("\n".join(cells))}
    parts = [cells, dict(parameters), dict(inputs), code, environment]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def environment(lock: Path) -> str:
    """Hash the lock file, the packages that are really installed, the Python and the kind of machine."""
    parts = [sha256(lock) if lock.exists() else "", installed(), sys.version, platform.machine()]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@cache
def reachable(source: str) -> frozenset[Path]:
    """Return every file of this package that running ``source`` can reach, by following imports.

    Imports inside functions count, and so do the files beside the code that are no code (templates, tables
    of words). Where a reached module imports by a computed name, everything is reachable.
    """
    found: set[Path] = set()
    names = set(imported(source))
    while names:
        if "*" in names:
            return frozenset(file for file in PACKAGE.rglob("*") if file.is_file() and file.suffix != ".pyc")
        new = {file for name in names for file in _files_of(name)} - found
        found |= new
        names = {name for file in new for name in _imported_by(file)}
    rooms = {path.parent for path in found} - {PACKAGE}
    beside = (file for room in rooms for file in room.rglob("*") if file.suffix not in {".py", ".pyc"})
    return frozenset(found | {file for file in beside if file.is_file()})


def imported(source: str, package: str = "") -> frozenset[str]:
    """Return the names of this package that ``source`` imports; ``*`` if one of them is computed.

    ``from analysis.panel import totals`` gives ``analysis.panel`` and ``analysis.panel.totals``: whether the
    last part is a module or a value, `_files_of` knows. A name that is computed below ``package``, the one
    whose source this is (``import_module(f"{__name__}.{part}")``), gives ``package.*``.
    """
    names: set[str] = set()
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a line for IPython: what it does cannot be known from here
        return frozenset("*")
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                names.add("*")
            elif node.module:
                names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    if any(name in source for name in BY_NAME):
        names |= _computed(tree, package)
    return frozenset(name for name in names if name == "*" or name.split(".")[0] == PACKAGE.name)


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield every statement, however deep; imports are among them, and most of a tree is not."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for part in ("body", "orelse", "finalbody", "handlers", "cases"):
            waiting += getattr(node, part, ())


def _computed(tree: ast.Module, package: str) -> set[str]:
    """Return what calls that import by name can reach."""
    nodes = list(ast.walk(tree))
    below = {id(node.func) for node in nodes if isinstance(node, ast.Call) and _is_below(node)}
    calls = (node for node in nodes if {getattr(node, "id", ""), getattr(node, "attr", "")} & BY_NAME)
    return {f"{package}.*" if id(node) in below and package else "*" for node in calls}


def _is_below(call: ast.Call) -> bool:
    """Say whether a call's first argument is an f-string that begins with ``{__name__}.``."""
    parts = call.args[0].values[:2] if call.args and isinstance(call.args[0], ast.JoinedStr) else []
    match parts:
        case [ast.FormattedValue(value=ast.Name(id="__name__")), ast.Constant(value=str(rest))]:
            return rest.startswith(".")
    return False


@cache
def _imported_by(path: Path) -> frozenset[str]:
    package = ".".join([PACKAGE.name, *path.parent.relative_to(PACKAGE).parts])
    return imported(path.read_text(encoding="utf-8"), package if path.name == "__init__.py" else "")


@cache
def _hash(path: Path) -> str:
    return sha256(path)


@cache
def _files_of(name: str) -> Iterable[Path]:
    """Return the files run by importing a dotted name: each package on the way, and the module itself."""
    place = PACKAGE
    candidates = [PACKAGE / "__init__.py"]
    for part in name.split(".")[1:]:
        if part == "*":
            candidates += place.rglob("*.py")
            break
        place /= part
        candidates += [place.with_suffix(".py"), place / "__init__.py"]
    return tuple(path for path in candidates if path.is_file())
