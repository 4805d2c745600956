"""Re-execute the committed notebooks in order, so that their stored outputs are those of the code as it is.

Run it after a change that moves a number (``make docs``), and read the difference before committing it.
What is kept of a notebook is the same here and in JupyterLab's save (``jupyter_server_config.py``), so that
running a notebook at the screen and saving it changes nothing but what changed.
"""

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
WIDGET = "application/vnd.jupyter.widget-view+json"


def notebooks() -> list[Path]:
    """List all notebooks in the order in which they run: the four, those to explore and plan, validation."""
    return [*sorted(FOLDER.glob("[0-9]*.ipynb")), *sorted(FOLDER.glob("[a-z]*.ipynb")), *sorted(FOLDER.glob("*/*.ipynb"))]


def missing_data(path: Path) -> str:
    """Say what is to be fetched before a notebook can run, where its campaign's tallies are not here."""
    named = re.search(r'campaign: str = \\"(\w+)\\"', path.read_text(encoding="utf-8"))
    if named and not (FOLDER.parent / "data" / "raw" / named[1] / "received.csv").exists():
        return f"the tallies of {named[1]} are not here; run: analysis fetch {named[1]}"
    return ""


def tidy(notebook: dict[str, Any]) -> None:
    """Drop, in place, what varies from one run or machine to the next and says nothing of the content."""
    notebook["metadata"] = {"kernelspec": dict(KERNEL), "language_info": {"name": "python"}}
    for cell in notebook["cells"]:
        cell["metadata"] = {key: value for key, value in cell["metadata"].items() if key == "tags"}
        if cell["cell_type"] == "code":
            cell["outputs"] = without_widgets(cell["outputs"])


def without_widgets(outputs: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Leave out controls, which live only as long as their kernel: stored, they are an error message."""
    return [output for output in outputs if WIDGET not in output.get("data", {})]


def refresh(path: Path) -> None:
    """Execute one notebook in its own folder, as nbval does, and keep only what does not vary."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": path.parent}}
    )
    client.execute()
    tidy(notebook)
    nbformat.write(notebook, path)


def main() -> None:
    """Refresh the notebooks named on the command line, or all of them."""
    for path in [Path(name).resolve() for name in sys.argv[1:]] or notebooks():
        reason = missing_data(path)
        if not reason:
            refresh(path)
        print(path.relative_to(FOLDER), reason and f"left as it is: {reason}")


if __name__ == "__main__":
    main()
