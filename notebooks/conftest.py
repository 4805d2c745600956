"""nbval runs every cell again; here its outputs are compared: in order, text by lines, pictures by pixels.

nbval by itself takes no look at pictures, does not mind the order of unlike outputs, and marks what is new as
missing. It is loaded by pytest whenever a notebook of this folder is tested.
"""

import base64
import difflib
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import MethodType
from typing import Any

import numpy as np
import pytest
from matplotlib.image import imread
from nbval.plugin import IPyNbCell
from refresh import missing_data, without_widgets

LEVELS = 24
"""A pixel differs when a channel of it is off by more than this, of 255: edges are smoothed a little
differently from one processor to the next."""
PIXELS = 0.001
"""Share of pixels that may differ: 0.1 %, about what a moved letter covers in a figure of this size."""


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, IPyNbCell):
            item.compare_outputs = MethodType(compare_outputs, item)
            item.repr_failure = MethodType(repr_failure, item)
            if reason := missing_data(Path(item.path)):
                item.add_marker(pytest.mark.skip(reason=reason))


def compare_outputs(cell: Any, got: Sequence[Any], expected: Sequence[Any], **_: Any) -> bool:
    """Compare what a cell put out now with what is stored; nbval calls it and raises where it is false."""
    cell.comparison_traceback = list(differences(expected, got, cell.sanitize))
    return not cell.comparison_traceback


def repr_failure(cell: Any, excinfo: pytest.ExceptionInfo[Any]) -> str:
    """Say which cell failed, what it holds, and what was expected and got, none of it cut."""
    error = excinfo.value
    place = f"{Path(cell.path).name}, code cell {cell.cell_num + 1} (id {cell.cell.get('id', '?')})"
    source = "\n".join(f"    {line}" for line in cell.cell.source.splitlines())
    return f"{place}: {error}\n\n{source}\n\n{getattr(error, 'inner_traceback', '')}".rstrip()


def differences(expected: Sequence[Any], got: Sequence[Any], clean: Any = str) -> Iterator[str]:
    """Yield how what a cell puts out now differs from what is stored, one paragraph a difference.

    Parameters
    ----------
    expected, got
        Outputs as a notebook holds them.
    clean
        Takes out of a text what may vary between two right runs.
    """
    stored, computed = (list(_forms(without_widgets(outputs))) for outputs in (expected, got))
    if [kind for kind, _ in stored] != [kind for kind, _ in computed]:
        yield (
            f"expected outputs (stored in the notebook): {', '.join(kind for kind, _ in stored) or 'none'}\n"
            f"got outputs (computed now):                {', '.join(kind for kind, _ in computed) or 'none'}"
        )
    for number, ((kind, old), (other, new)) in enumerate(zip(stored, computed, strict=False), start=1):
        if kind != other:
            break
        said = _pictures_differ(old, new) if kind.startswith("image/png") else _texts_differ(clean(old), clean(new))
        if said:
            yield f"output {number}, {kind}:\n{said}"


def _forms(outputs: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """Yield every form of every output with its kind, in order; an error is nbval's own business."""
    for output in outputs:
        if output["output_type"] == "stream":
            yield output["name"], "".join(output["text"])
        for kind, value in sorted(output.get("data", {}).items()):
            yield kind, "".join(value) if isinstance(value, list) else str(value)


def _texts_differ(old: str, new: str) -> str:
    if old == new:
        return ""
    lines = (old.splitlines(), new.splitlines())
    names = ("expected (stored in the notebook)", "got (computed now)")
    return "\n".join(difflib.unified_diff(*lines, *names, n=1, lineterm="")) or "they differ in line ends only"


def _pictures_differ(old: str, new: str) -> str:
    """Compare two PNG images, given in base64, by what is seen."""
    one, other = (imread(io.BytesIO(base64.b64decode(text)), format="png") for text in (old, new))
    if one.shape != other.shape:
        sizes = [f"{picture.shape[1]} x {picture.shape[0]}" for picture in (one, other)]
        return f"expected a picture of {sizes[0]} pixels, got one of {sizes[1]}"
    share = float(np.mean(np.abs(one - other).max(axis=-1) > LEVELS / 255))
    return f"expected the stored picture, got one of which {share:.2%} of the pixels differ" if share > PIXELS else ""
