"""One look for every figure: palette, type and lines, and the same bytes for the same picture.

Colours keep apart for the common kinds of colour blindness and on a grey printer, and each has a contrast
of at least 4.5 to 1 on paper, so that a label may take its line's colour. Colour is never the only carrier:
lines are labelled where they end, and mobilised areas have a mark of their own.
"""

import io
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
from defusedxml.ElementTree import fromstring
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.dates import AutoDateLocator, num2date
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from analysis.report import words
from analysis.report.words import Language

INK = "#16202b"  # text, targets and deadlines
MUTED = "#566270"  # axis labels, notes
RULE = "#d5dbe2"  # grid, frames
PAPER = "#ffffff"

MAIN = "#0b5c94"  # what was counted; all areas together
FORECAST = "#0b5c94"  # what is expected: the same hue, dashed, with bands
MOBILISED = "#b3430b"  # areas that mobilised
OTHERS = "#5f6f80"  # areas to compare with
GOOD = "#00705a"  # a scenario, a plan
BANDS = {0.5: "#8fb8d6", 0.8: "#b8d2e5", 0.95: "#dce9f3"}  # intervals, innermost darkest

SHARES = LinearSegmentedColormap.from_list("shares", ["#eef4f9", "#a9cbe3", "#4d8fbd", "#0b5c94", "#083552"])

MARK = "\u25b2"  # the mark of a mobilised area, in text as in pictures

WIDTH = 5.4  # inches: type of 9 points stays readable where the page is a phone's width

_RC: Any = {
    "axes.axisbelow": True,
    "axes.edgecolor": MUTED,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.labelcolor": MUTED,
    "axes.labelsize": 9,
    "axes.linewidth": 0.8,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.unicode_minus": True,
    "figure.dpi": 100,
    "figure.facecolor": PAPER,
    "font.family": ["DejaVu Sans"],
    "font.size": 9,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "patch.linewidth": 0,
    "savefig.dpi": 150,
    "savefig.facecolor": PAPER,
    "svg.fonttype": "none",
    "svg.hashsalt": "analysis",
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": MUTED,
    "xtick.labelsize": 9,
    "xtick.major.size": 3,
    "ytick.color": MUTED,
    "ytick.labelsize": 9,
    "ytick.major.size": 0,
}

# A reader's own sans-serif that has every Vietnamese letter; DejaVu, with which the figure is laid out, is
# wider than the others, so labels never run into each other.
FONTS = "'Be Vietnam Pro','Inter','Segoe UI','Roboto','Noto Sans','Helvetica Neue','DejaVu Sans',sans-serif"

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"


@contextmanager
def look() -> Iterator[None]:
    """Draw inside this: matplotlib's settings are the project's until it ends, the caller's afterwards.

    Every function that draws a figure is decorated with ``@style.look()``.
    """
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_RC)
        yield


def canvas(
    height: float = 3.6, *, rows: int = 1, columns: int = 1, width: float = WIDTH, **options: Any
) -> tuple[Figure, Any]:
    """Make an empty figure in the project's look, without pyplot's global state.

    Parameters
    ----------
    height, width
        Inches.
    rows, columns
        Panels; with more than one, ``axes`` is an array of that shape.
    options
        Passed to `Figure.subplots`, such as ``sharex``, ``width_ratios``.

    Returns
    -------
    figure, axes
    """
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(rows, columns, **options)


def share_ends(shares: Sequence[float]) -> tuple[float, float]:
    """Return the ends of a colour scale: the lowest and highest known share, outward to ten percent."""
    known = [share for share in shares if math.isfinite(share)]
    if not known:
        return 0.0, 1.0
    low, high = math.floor(10 * min(known)) / 10, math.ceil(10 * max(known)) / 10
    return low, max(high, low + 0.1)


def end_label(axes: Axes, x: Any, y: float, text: str, colour: str, *, dx: float = 5, dy: float = 0) -> None:
    """Name a line where it ends, in its own colour, instead of in a legend; ``dx``, ``dy`` in points."""
    axes.annotate(
        text,
        (x, y),
        xytext=(dx, dy),
        textcoords="offset points",
        color=colour,
        va="center",
        ha="left" if dx >= 0 else "right",
        annotation_clip=False,
        fontsize=9,
    )


def count_axis(axis: Axis, language: Language) -> None:
    """Write an axis of counts as the language writes them, such as 400.000 or 400,000."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: words.count(value, language)))


def share_axis(axis: Axis, language: Language) -> None:
    """Write an axis of shares (1 is everything) as percentages, such as 40% or 40 %."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: words.percent(value, language, 0)))


def day_axis(axis: Axis, language: Language) -> None:
    """Write an axis of dates as the language writes a day, such as 10/9 or 10 Sep."""
    axis.set_major_locator(AutoDateLocator(minticks=3, maxticks=7))  # type: ignore[no-untyped-call]

    def name(value: float, _: int | None) -> str:
        return words.short_day(num2date(value).date(), language)  # type: ignore[no-untyped-call]

    axis.set_major_formatter(FuncFormatter(name))


def to_png(figure: Figure, dpi: int = 150) -> bytes:
    """Render as PNG; the same picture gives the same bytes, nothing of date or software is written."""
    stream = io.BytesIO()
    with _laid_out(figure):
        figure.savefig(stream, format="png", dpi=dpi, metadata={"Software": None})
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
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
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
    """Show a figure in a notebook with its text alternative, which is also what nbval compares."""
    from IPython.display import display  # a notebook has it; nothing else of the report needs it

    display(  # type: ignore[no-untyped-call]
        {"image/png": to_png(figure, dpi=100), "text/plain": alt},
        raw=True,
        metadata={"image/png": {"alt": alt}},
    )


@contextmanager
def _laid_out(figure: Figure) -> Iterator[None]:
    """Lay the figure out once and for all, so that saving it again cannot move anything."""
    with look():
        if figure.get_layout_engine() is not None:
            figure.draw_without_rendering()
            figure.set_layout_engine("none")
        yield


def _settle(root: ElementTree.Element, name: str) -> None:
    """Turn style attributes into presentation attributes, and keep only ids that something refers to."""
    text = ElementTree.tostring(root, encoding="unicode")
    wanted = set(re.findall(r"url\(#([^)]+)\)", text)) | set(re.findall(r'href="#([^"]+)"', text))
    for parent in root.iter():
        for child in list(parent):
            if child.tag == f"{{{_SVG}}}metadata":
                parent.remove(child)
    for element in root.iter():
        for key, value in _declarations(element.attrib.pop("style", "")):
            element.set(key, value)
        if (identity := element.attrib.pop("id", None)) in wanted:
            element.set("id", f"{name}-{identity}")
        for key, value in list(element.attrib.items()):
            if key in ("d", "points", "transform", "x", "y"):
                element.set(key, re.sub(r"-?\d+\.\d{3,}", _short, value).strip())
            elif "url(#" in value:
                element.set(key, value.replace("url(#", f"url(#{name}-"))
            elif key.endswith("href") and value.startswith("#"):
                element.set(key, f"#{name}-{value[1:]}")
        if element.tag == f"{{{_SVG}}}style":
            element.text = ""
    for parent in root.iter():
        for child in list(parent):
            if child.tag == f"{{{_SVG}}}style" or (child.tag == f"{{{_SVG}}}defs" and not len(child)):
                parent.remove(child)


def _declarations(style: str) -> Iterator[tuple[str, str]]:
    """Split a style attribute; the font family is the page's, so it is left out."""
    for declaration in filter(None, (part.strip() for part in style.split(";"))):
        key, value = (part.strip() for part in declaration.split(":", 1))
        if key != "font-family":
            yield key, value


def _short(match: re.Match[str]) -> str:
    return f"{float(match[0]):.2f}".rstrip("0").rstrip(".")
