"""JupyterLab's settings; ``make`` puts them into the environment, elsewhere set JUPYTER_CONFIG_PATH to this folder.

Saving a notebook writes what ``notebooks/refresh.py`` would: no versions, no ids of controls, nothing that
changes though nobody changed it.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from refresh import tidy  # found by the line above


def before_saving(model, **_):
    """Tidy a notebook of the format in use; other files are left alone."""
    if model["type"] == "notebook" and model["content"] and model["content"]["nbformat"] == 4:
        tidy(model["content"])


c = get_config()  # Jupyter puts it there
c.ContentsManager.pre_save_hook = before_saving
