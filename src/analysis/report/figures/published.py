"""The day of a push as it was printed, beside the pace that was needed."""

from matplotlib.figure import Figure

from analysis.campaign import Language
from analysis.report.figures import style
from analysis.report.numbers import Numbers
from analysis.report.words.voice import Voice


@style.look()
def push_day(numbers: Numbers, language: Language, *, finding: str = "", width: float = style.WIDE) -> Figure:
    """Draw between which counts both groups lie (``published_day_pushed``, ``published_day_rest``)."""
    figure, axes = style.canvas(2.2, width=width)
    voice = Voice(language, numbers)
    rows = (
        ("published_day_rest", "bar_rest", "", style.OTHERS),
        ("published_day_pushed", "bar_pushed", f"{style.MARK} ", style.MOBILISED),
    )
    for at, (key, phrase, mark, colour) in enumerate(rows):
        low, high = (float(one) for one in (numbers[key].low, numbers[key].high))  # type: ignore[arg-type]
        axes.barh(at, low, height=0.42, color=colour)
        axes.barh(at, high - low, left=low, height=0.42, color=colour, alpha=0.4)
        ends = numbers[key].interval_text(language)
        said = voice.say("bar_range", low=ends[0], high=ends[1])
        over = {"facecolor": style.PAPER, "linewidth": 0, "pad": 1.0}
        axes.text(0, at + 0.28, f"{mark}{voice.say(phrase)}: {said}", color=colour, va="bottom", bbox=over)
    needed = numbers.amount("published_pace")
    axes.axvline(needed, color=style.INK, linewidth=1, linestyle=":")
    axes.annotate(
        voice.say("bar_needed"), (needed, -0.25), xytext=(4, 0), textcoords="offset points", va="center"
    )
    axes.set_ylim(-0.45, 1.75)
    axes.set_yticks([])
    axes.grid(visible=False)
    style.count_axis(axes.xaxis, language)
    style.head(figure, finding)
    return figure
