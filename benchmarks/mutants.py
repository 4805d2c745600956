"""Whether tests notice a changed program: a file's code is changed place by place while its tests run.

What is changed: comparisons, ``and`` and ``or``, ``not``, conditions, arithmetic, constants, returns,
arguments, assignments, calls made for their effect, ``break`` and ``continue``; in functions of every kind,
and in the constants of the module. Each change is tried in a process of its own, with the tests that reach
its line, until one fails: first those that noticed most changes so far, then the shortest. Docstrings,
annotations, and the texts of f-strings stay. What nobody notices is printed with its number, by which
``--only`` tries it again; ``--budget`` ends the tests of one change early, so that what is left is only a
candidate, to be tried again without it.

    python -m benchmarks.mutants FILE --tests TEST… [--sample 60] [--seed 14] [--only 12 45] [--budget 5]
"""

import argparse
import ast
import copy
import importlib
import os
import random
import resource
import signal
import sys
import time
import types
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from _pytest.nodes import Node
from _pytest.runner import runtestprotocol

SECONDS = 120
CPU_SECONDS = 30
"""A changed program that works longer than this in one test hangs, and is noticed."""
_SWAPPED = (
    (ast.Eq, ast.NotEq), (ast.Lt, ast.LtE), (ast.Gt, ast.GtE), (ast.In, ast.NotIn), (ast.Is, ast.IsNot),
    (ast.And, ast.Or), (ast.Add, ast.Sub), (ast.Mult, ast.Div), (ast.BitOr, ast.BitAnd),
    (ast.Break, ast.Continue),
)  # fmt: skip
OTHER: dict[type[ast.AST], type[ast.AST]] = {
    **dict(_SWAPPED), **{after: before for before, after in _SWAPPED},
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
}  # fmt: skip
FIXED = {"annotation", "returns", "decorator_list", "bases", "format_spec"}
"""What of the code is not changed."""


class Mutant(NamedTuple):
    """One change: what stands in the place of a node, which is a field of another, or at a position there."""

    parent: ast.AST
    name: str
    at: int | None
    node: ast.AST
    new: ast.AST

    @property
    def line(self) -> int:
        """Where it is."""
        return next(one.lineno for one in ast.walk(self.node) if hasattr(one, "lineno"))

    def __str__(self) -> str:
        return f"{_text(self.node)}  ->  {_text(self.new)}"

    def changed(self, tree: ast.Module) -> ast.Module:
        """Return a tree, of which the parent is a part, with the change."""
        _put(self.parent, self.name, self.at, self.new)
        changed = ast.fix_missing_locations(copy.deepcopy(tree))
        _put(self.parent, self.name, self.at, self.node)
        return changed


def variants(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand in the place of a node."""
    if isinstance(node, ast.Compare):
        for at, op in enumerate(node.ops):
            if type(op) in OTHER:
                yield _with(node, ops=[*node.ops[:at], OTHER[type(op)](), *node.ops[at + 1 :]])
    elif isinstance(node, ast.BoolOp | ast.BinOp) and type(node.op) in OTHER:
        yield _with(node, op=OTHER[type(node.op)]())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield _with(node, value=not node.value)
        elif isinstance(node.value, int | float):
            yield _with(node, value=node.value + 1)
        elif isinstance(node.value, str):
            yield _with(node, value=f"XX{node.value}XX")
    elif (isinstance(node, ast.Return) and not _is_none(node.value)) or (
        isinstance(node, ast.Assign) and not isinstance(node.value, ast.Constant)
    ):
        yield _with(node, value=ast.Constant(None))
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield ast.Pass()
    elif isinstance(node, ast.Break | ast.Continue):
        yield OTHER[type(node)]()
    if isinstance(node, ast.Call):
        for at, argument in enumerate(node.args):
            if not isinstance(argument, ast.Constant | ast.Starred | ast.GeneratorExp):
                yield _with(node, args=[*node.args[:at], ast.Constant(None), *node.args[at + 1 :]])
        for at, named in enumerate(node.keywords):
            if named.arg is not None:
                yield _with(node, keywords=[*node.keywords[:at], *node.keywords[at + 1 :]])
    if isinstance(node, ast.If | ast.IfExp | ast.While) and _is_plain(node.test):
        yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))
    if isinstance(node, ast.comprehension):
        for at, test in enumerate(node.ifs):
            if _is_plain(test):
                yield _with(node, ifs=[*node.ifs[:at], ast.UnaryOp(ast.Not(), test), *node.ifs[at + 1 :]])


def _is_none(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def _is_plain(test: ast.expr) -> bool:
    return not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp)


def _with(node: ast.AST, **fields: object) -> ast.AST:
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def mutants(tree: ast.Module) -> Iterator[Mutant]:
    """Yield every change of a module."""
    for parent, name, at in list(_places(tree)):
        there = getattr(parent, name)
        node = there if at is None else there[at]
        for new in variants(node):
            ast.copy_location(new, node)
            yield Mutant(parent, name, at, node, new)


def _text(node: ast.AST) -> str:
    return " ".join(ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).split("\n")[0].split())[:110]


def _put(parent: ast.AST, name: str, at: int | None, new: ast.AST) -> None:
    if at is None:
        setattr(parent, name, new)
    else:
        getattr(parent, name)[at] = new


def _places(node: ast.AST) -> Iterator[tuple[ast.AST, str, int | None]]:
    """Yield every place of a tree that may be changed, as a node, its field and the position there."""
    for name, value in ast.iter_fields(node):
        if name in FIXED:
            continue
        for at, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or isinstance(child, ast.Import | ast.ImportFrom):
                continue
            if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                continue  # a docstring
            if isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant):
                continue
            yield node, name, at
            yield from _places(child)


def functions(space: dict[str, Any], module: str) -> dict[str, types.FunctionType]:
    """Return the functions and methods of a module by name, whatever wraps them."""
    found: dict[str, types.FunctionType] = {}

    def visit(name: str, thing: Any) -> None:
        for inner in ("__func__", "fget", "func", "__wrapped__"):
            thing = getattr(thing, inner, thing) if not isinstance(thing, types.FunctionType) else thing
        # The function that makes a named tuple is of a module of its own, and has the defaults.
        own = (module, f"namedtuple_{name.partition('.')[0]}")
        if isinstance(thing, types.FunctionType) and thing.__module__ in own:
            found[name] = thing

    for name, thing in list(space.items()):
        if isinstance(thing, type) and thing.__module__ == module:
            for inner, member in vars(thing).items():
                visit(f"{name}.{inner}", member)
        else:
            visit(name, thing)
    return found


def install(module: types.ModuleType, tree: ast.Module) -> None:
    """Put the changed code in the place of the module's, and changed constants wherever they are known."""
    space: dict[str, Any] = {
        "__name__": module.__name__,
        "__file__": module.__file__,
        "__package__": module.__package__,
        "__path__": getattr(module, "__path__", None),
    }
    exec(compile(tree, str(module.__file__), "exec"), space)  # noqa: S102 - the project's own code, changed
    new = functions(space, module.__name__)
    for name, old in functions(vars(module), module.__name__).items():
        old.__code__, old.__defaults__ = new[name].__code__, new[name].__defaults__
        old.__kwdefaults__ = new[name].__kwdefaults__  # type: ignore[assignment]
    for name, value in space.items():
        old_value = vars(module).get(name)
        if name.startswith("__") or callable(value) or isinstance(value, types.ModuleType):
            continue
        if repr(value) == repr(old_value):
            continue
        for other in list(sys.modules.values()):
            for known, thing in list(vars(other).items()) if hasattr(other, "__dict__") else ():
                if thing is old_value and known == name:
                    setattr(other, known, value)


class Trial:
    """A plugin of pytest that runs the tests once, and then each change with those that reach it."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.files = {str(path.resolve()): path for path in given.files}
        self.given = given
        self.noticed: Counter[int] = Counter()
        self.reached: dict[tuple[str, int], set[int]] = {}
        self.took: list[float] = []
        self.out = os.dup(2)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take the place of pytest's own loop."""
        for number, item in enumerate(session.items):
            begun = time.process_time()
            sys.settrace(self._tracer(number))
            passed = _passes(item, (*session.items, session)[number + 1])
            sys.settrace(None)
            self.took.append(time.process_time() - begun)
            if not passed:
                raise pytest.UsageError(f"{item.nodeid} fails by itself")
        for file in self.files:
            self._try(file, session)
        return True

    def _tracer(self, number: int) -> Callable[..., Any]:
        reached, files = self.reached, self.files

        def local(frame: types.FrameType, event: str, argument: object) -> Any:
            if event == "line":
                reached.setdefault((frame.f_code.co_filename, frame.f_lineno), set()).add(number)
            return local

        def called(frame: types.FrameType, event: str, argument: object) -> Any:
            if frame.f_code.co_filename not in files:
                return None
            reached.setdefault((frame.f_code.co_filename, frame.f_lineno), set()).add(number)
            return local

        return called

    def _try(self, file: str, session: pytest.Session) -> None:
        source = Path(file).read_text(encoding="utf-8")
        tree = ast.parse(source)
        every = list(mutants(tree))
        chance = random.Random(self.given.seed)  # noqa: S311
        chosen = sorted(chance.sample(range(len(every)), min(self.given.sample, len(every))))
        chosen = self.given.only or chosen
        name = ".".join(self.files[file].with_suffix("").parts[1:]).removesuffix(".__init__")
        module = importlib.import_module(name)
        left: list[Mutant] = []
        for at in chosen:
            one = every[at]
            if not self._noticed(one, file, module, tree, session):
                left.append(one)
                self._tell(f"  {at} {self.files[file].name}:{one.line}: {one}")
        self._tell(
            f"{self.files[file]}: {len(every)} mutants, {len(chosen)} tried, "
            f"{len(chosen) - len(left)} noticed"
        )

    def _tell(self, line: str) -> None:
        os.write(self.out, f"{line}\n".encode())  # pytest holds what is printed

    def _noticed(
        self, one: Mutant, file: str, module: types.ModuleType, tree: ast.Module, session: pytest.Session
    ) -> bool:
        reaching = {
            test for line in self._lines(one.line, tree) for test in self.reached.get((file, line), ())
        }
        if self._is_constant(one.line, tree):
            reaching = {test for (path, _), tests in self.reached.items() if path == file for test in tests}
            reaching = reaching or set(range(len(session.items)))  # of a module without functions that run
        order = sorted(reaching, key=lambda test: (-self.noticed[test], self.took[test]))
        running, told = os.pipe()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                status = self._run(one.changed(tree), module, order, session, told)
            finally:
                os._exit(status)
        os.close(told)
        with os.fdopen(running, encoding="ascii") as lines:
            met = lines.read().split()
        noticed = os.waitpid(child, 0)[1] != 0
        if noticed and met:
            self.noticed[int(met[-1])] += 1
        return noticed

    @staticmethod
    def _lines(line: int, tree: ast.Module) -> range:
        """Return the lines of the innermost statement around one: any of them reaches a change there."""
        around = [
            node for node in ast.walk(tree)
            if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0)
            and not isinstance(node, ast.FunctionDef | ast.ClassDef)
        ]  # fmt: skip
        if not around:
            inside = [
                n
                for n in ast.walk(tree)
                if isinstance(n, ast.FunctionDef) and n.lineno <= line <= (n.end_lineno or 0)
            ]
            return (
                range(inside[-1].lineno, (inside[-1].end_lineno or 0) + 1)
                if inside
                else range(line, line + 1)
            )
        inner = max(around, key=lambda node: node.lineno)
        if isinstance(inner, ast.If | ast.For | ast.While | ast.With | ast.Try):
            return range(inner.lineno, max(line, inner.body[0].lineno - 1) + 1)
        return range(inner.lineno, (inner.end_lineno or inner.lineno) + 1)

    @staticmethod
    def _is_constant(line: int, tree: ast.Module) -> bool:
        return not any(
            isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or 0)
            for node in ast.walk(tree)
        )

    def _run(
        self, tree: ast.Module, module: types.ModuleType, order: list[int], session: pytest.Session, told: int
    ) -> int:
        """Return 1 as soon as a test fails; the number of each test is told before it begins."""
        try:
            install(module, tree)
        except Exception:  # noqa: BLE001
            return 1  # a module that cannot be imported is noticed by anybody
        begun = time.process_time()
        for number, following in pairwise([*order, None]):
            if number is None or time.process_time() - begun > self.given.budget:
                break
            os.write(told, f"{number} ".encode())
            signal.alarm(SECONDS)
            used = int(time.process_time())
            resource.setrlimit(resource.RLIMIT_CPU, (used + CPU_SECONDS, resource.RLIM_INFINITY))
            if not _passes(session.items[number], session if following is None else session.items[following]):
                return 1
        return 0


def _passes(item: pytest.Item, following: Node) -> bool:
    """Whether a test passes; fixtures that last for the whole session are left for those after it."""
    try:
        return all(not report.failed for report in runtestprotocol(item, log=False, nextitem=following))  # type: ignore[arg-type]
    except BaseException:  # noqa: BLE001 - an exit or a broken fixture is a failure too
        return False


def main() -> None:
    """Try the changes of some files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--tests", nargs="+", required=True)
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--seed", type=int, default=14)
    parser.add_argument("--only", nargs="+", type=int)
    parser.add_argument("--budget", type=float, default=float("inf"))
    given = parser.parse_args()
    pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:xdist", *given.tests], plugins=[Trial(given)])


if __name__ == "__main__":
    main()
