"""What a notebook was given: parameters it does not declare, and answers neither yes nor no, refused.

`analysis run` refuses both before a kernel starts; a notebook that is run by plain papermill, by
jupyter-scheduler or by hand has to see to it itself.
"""

import ast
import sys

from analysis.errors import InputError

YES = frozenset({"yes", "y", "true", "on", "1"})
NO = frozenset({"no", "n", "false", "off", "0", ""})


def check_parameters() -> None:
    """Raise where papermill injected a parameter that the notebook's own parameters do not declare.

    Papermill only warns of it and goes on with the default, so that a report of another campaign is made.
    It writes what it injects into a cell that begins with ``# Parameters`` right behind the declaring one.
    """
    cells = _cells_run()
    for at, cell in enumerate(cells[1:], start=1):
        if cell.startswith("# Parameters\n"):
            known = declared(cells[at - 1])
            for name in declared(cell):
                if name not in known:
                    has = ", ".join(known)
                    raise InputError(f"parameter {name[:60]!r} is not declared; this notebook has {has}")


def is_yes(answer: object, name: str) -> bool:
    """Read a parameter that is yes or no, however it was written; anything else is refused.

    Parameters
    ----------
    answer
        A truth value, or one of `YES` and `NO` in any case: what papermill's ``-p`` hands over is text.
    name
        Of the parameter, for the error.
    """
    said = str(answer).strip().casefold()
    if said in YES or said in NO:
        return said in YES
    raise InputError(f"parameter {name} is {str(answer)[:60]!r}; write yes or no")


def _cells_run() -> list[str]:
    """Return the sources of the cells that this kernel ran, in order; none outside of a notebook."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return [] if shell is None else [str(cell) for cell in shell.user_ns.get("In", [])]


def declared(source: str) -> dict[str, str]:
    """Return the names that a cell of parameters assigns, and the type each is written with or ``nothing``.

    They are read from the syntax tree: papermill runs the name of a parameter as code.
    """
    types: dict[str, str] = {}
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            types[statement.target.id] = ast.unparse(statement.annotation)
        elif isinstance(statement, ast.Assign):
            types |= {target.id: "nothing" for target in statement.targets if isinstance(target, ast.Name)}
    return types
