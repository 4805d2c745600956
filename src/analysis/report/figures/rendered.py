"""A figure as bytes: the same picture gives the same ones, and what a reader cannot see is said in it."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet
from xml.etree import ElementTree

import matplotlib as mpl
from defusedxml.ElementTree import fromstring
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

LABEL = "says: "
"""How the id of a mark begins that holds a text to be said of it."""

# A reader's own sans-serif that has every Vietnamese letter; DejaVu, with which the figure is laid out, is
# wider than the others, so labels never run into each other.
FONTS = "'Be Vietnam Pro','Inter','Segoe UI','Roboto','Noto Sans','Helvetica Neue','DejaVu Sans',sans-serif"

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_SETTINGS: Any = {"svg.fonttype": "none", "svg.hashsalt": "analysis", "text.parse_math": False}


def to_png(figure: Figure, dpi: int = 150) -> bytes:
    """Render as PNG on white; nothing of date or software is written."""
    stream = io.BytesIO()
    with _laid_out(figure):
        figure.savefig(stream, format="png", dpi=dpi, metadata={"Software": None}, facecolor="white")
    return stream.getvalue()


def to_svg(figure: Figure, name: str, alt: str) -> str:
    """Render as one SVG element to stand in a page or alone: text stays text, no style attribute, no date.

    Parameters
    ----------
    figure
        The picture.
    name
        Identifier of the picture in its page; every id inside begins with it, so that no two pictures clash.
    alt
        Text alternative: what a reader who cannot see the picture should know. Becomes ``<title>``.
    """
    stream = io.StringIO()
    with _laid_out(figure):
        figure.savefig(
            stream, format="svg", metadata={"Date": None, "Creator": None}, facecolor="none", edgecolor="none"
        )
    root = fromstring(stream.getvalue())
    _settle(root, name)
    title = ElementTree.Element(f"{{{_SVG}}}title", {"id": f"{name}-title"})
    title.text = alt
    root.insert(0, title)
    root.attrib.update({"role": "img", "aria-labelledby": f"{name}-title", "font-family": FONTS})
    for unwanted in ("width", "height", "version"):
        root.attrib.pop(unwanted, None)
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    return ElementTree.tostring(root, encoding="unicode")


def show(figure: Figure, alt: str) -> None:
    """Show a figure in a notebook with its text alternative, which is compared as text."""
    from IPython.display import display  # a notebook has it; nothing else of the report needs it

    display(  # type: ignore[no-untyped-call]
        {"image/png": to_png(figure, dpi=100), "text/plain": alt},
        raw=True,
        metadata={"image/png": {"alt": alt}},
    )


@contextmanager
def _laid_out(figure: Figure) -> Iterator[None]:
    """Lay the figure out once and for all, so that saving it again cannot move anything."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        if figure not in _SETTLED:
            for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
                if not axis.get_label_text():  # else a place for nothing is sought at every drawing
                    axis.set_label_coords(0, 0)
            ConstrainedLayoutEngine().execute(figure)
            _SETTLED.add(figure)
        yield


_SETTLED: WeakSet[Figure] = WeakSet()
"""Figures that are laid out. None has an engine of its own: saving one that has draws it three times."""


def _settle(root: ElementTree.Element, name: str) -> None:
    """Make marks say their texts, styles presentation attributes, and keep only ids something refers to."""
    text = ElementTree.tostring(root, encoding="unicode")
    wanted = set(re.findall(r"url\(#([^)]+)\)", text)) | set(re.findall(r'href="#([^"]+)"', text))
    _without(root, f"{{{_SVG}}}metadata", f"{{{_SVG}}}style")
    for element in list(root.iter()):
        for key, value in _declarations(element.attrib.pop("style", "")):
            element.set(key, value)
        identity = element.attrib.pop("id", "")
        if identity in wanted:
            element.set("id", f"{name}-{identity}")
        elif identity.startswith(LABEL):
            said = ElementTree.Element(f"{{{_SVG}}}title")
            said.text = identity.removeprefix(LABEL)
            element.insert(0, said)
        for key, value in list(element.attrib.items()):
            if key in ("d", "points", "transform", "x", "y"):
                element.set(key, re.sub(r"-?\d+\.\d{3,}", _short, value).strip())
            elif "url(#" in value:
                element.set(key, value.replace("url(#", f"url(#{name}-"))
            elif key.endswith("href") and value.startswith("#"):
                element.set(key, f"#{name}-{value[1:]}")
    _without(root, f"{{{_SVG}}}defs", full=False)


def _without(root: ElementTree.Element, *tags: str, full: bool = True) -> None:
    """Take elements out: all with these tags, or those of them that have nothing in them."""
    for parent in root.iter():
        for child in list(parent):
            if child.tag in tags and (full or not len(child)):
                parent.remove(child)


def _declarations(style: str) -> Iterator[tuple[str, str]]:
    """Split a style attribute; the font family is the page's, so it is left out."""
    for declaration in filter(None, (part.strip() for part in style.split(";"))):
        key, value = (part.strip() for part in declaration.split(":", 1))
        if key != "font-family":
            yield key, value


def _short(match: re.Match[str]) -> str:
    return f"{float(match[0]):.2f}".rstrip("0").rstrip(".")
