"""What a step's result depends on, as one hash: while it is equal, running again would change nothing."""

import ast
import hashlib
import json
import platform
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import analysis
from analysis.artifacts import installed, sha256
from analysis.run.source import code_cells

PACKAGE = Path(analysis.__file__).parent
BY_NAME = {"import_module", "__import__"}
WORD = re.compile(r"import(?:\b|_)")
PLAIN = re.compile(
    r"^[ \t]*(?:from[ \t]+(\w[\w.]*)[ \t]+)?import[ \t]+(\([^()]*\)|[^\n();\\]+)$", re.MULTILINE
)
"""A statement that imports and stands alone on its lines, as nearly all do."""
COMMENT = re.compile("#.*")


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
    found: set[str] = set()
    names, seen = set(imported(source)), set[str]()
    while names:
        if "*" in names:
            found = set(_listing())
            break
        new = {file for name in names for file in _files_of(name)} - found
        found |= new
        seen |= names
        names = {name for file in new for name in _imported_by(file)} - seen
    rooms = tuple({f"{room}/" for file in found if (room := file.rpartition("/")[0])})
    beside = {file for file in _listing() if not file.endswith(".py") and file.startswith(rooms)}
    return frozenset(PACKAGE / file for file in found | beside)


@cache
def _listing() -> frozenset[str]:
    """Name every file of this package by its path in it, but those that Python makes of others."""
    every = (path for path in PACKAGE.rglob("*") if path.suffix != ".pyc" and path.is_file())
    return frozenset(path.relative_to(PACKAGE).as_posix() for path in every)


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


def imported_in_lines(source: str, package: str = "") -> frozenset[str]:
    """As `imported` of code that runs, parsed only where a pattern may not do: a fifth of the time.

    A line of a text can be taken for a statement. One is missed only where it shares its lines with something
    else, and then the word for it is left over.
    """
    if WORD.search(PLAIN.sub("", source)):
        return imported(source, package)
    names: set[str] = set()
    for module, listed in PLAIN.findall(source):
        parts = (part.split() for part in COMMENT.sub("", listed.strip("()")).split(","))
        named = {part[0] for part in parts if part}
        names |= {module, *(f"{module}.{name}" for name in named)} if module else named
    return frozenset(name for name in names if name.split(".")[0] == PACKAGE.name)


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
def _imported_by(file: str) -> frozenset[str]:
    room, _, name = f"{PACKAGE.name}/{file}".rpartition("/")
    source = (PACKAGE / file).read_text(encoding="utf-8")
    return imported_in_lines(source, room.replace("/", ".") if name == "__init__.py" else "")


@cache
def _hash(path: Path) -> str:
    return sha256(path)


@cache
def _files_of(name: str) -> tuple[str, ...]:
    """Return the files run by importing a dotted name: each package on the way, and the module itself."""
    there, place = _listing(), ""
    candidates = ["__init__.py"]
    for part in name.split(".")[1:]:
        if part == "*":
            candidates += (file for file in there if file.startswith(place) and file.endswith(".py"))
            break
        candidates += [f"{place}{part}.py", f"{place}{part}/__init__.py"]
        place += f"{part}/"
    return tuple(file for file in candidates if file in there)
