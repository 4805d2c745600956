"""Re-execute the committed notebooks in order, so that their stored outputs are those of the code as it is.

Run it after a change that moves a number (``make docs``), and read the difference before committing it.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent
KEPT = ("kernelspec", "language_info")


def refresh(path: Path) -> None:
    """Execute one notebook in its own folder, as nbval does, and keep only metadata that does not vary."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": FOLDER}}
    ).execute()
    notebook.metadata = {key: notebook.metadata[key] for key in KEPT}
    notebook.metadata["language_info"] = {"name": "python"}
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number:02d}"
        cell.metadata = {key: value for key, value in cell.metadata.items() if key == "tags"}
    nbformat.write(notebook, path)


def main() -> None:
    """Refresh the notebooks named on the command line, or all numbered ones in their order."""
    named = [Path(name) for name in sys.argv[1:]]
    for path in named or sorted(FOLDER.glob("0*.ipynb")):
        refresh(path)
        print(path.name)


if __name__ == "__main__":
    main()
