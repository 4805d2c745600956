"""The look of figures: readable colours, the same bytes for the same picture, nothing that acts."""

import re
from datetime import date, timedelta
from importlib.resources import files
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from defusedxml.ElementTree import fromstring
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.dates import date2num
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from PIL import Image

from analysis.campaign import Area
from analysis.compare.checks import Result
from analysis.report.curves import QUANTILES
from analysis.report.document import Picture
from analysis.report.figures import course, effect, style
from analysis.report.figures.tiles import tiles
from analysis.report.words.phrases import word


def contrast(one: str, other: str) -> float:
    dark, light = sorted((style.luminance(one), style.luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_mobilised_and_others_differ_without_colour():
    assert abs(style.luminance(style.MOBILISED) - style.luminance(style.MAIN)) > 0.02
    assert style.MARK


@style.look()
def picture(label: str = "Thăng Bình"):
    figure, axes = style.canvas(2.0)
    axes.plot(np.arange(5), np.arange(5))
    style.label(axes, 4, 4, label, style.MAIN, -5)
    style.count_axis(axes.yaxis, "vi")
    return figure


def test_the_same_picture_is_the_same_bytes():
    assert style.to_svg(picture(), "a", "alt") == style.to_svg(picture(), "a", "alt")
    assert style.to_png(picture()) == style.to_png(picture())


def test_a_picture_is_drawn_once_a_width_for_all_forms_and_its_png_is_its_svg_seen():
    widths = []

    def draw(width):
        widths.append(width)
        return picture()

    shown = Picture("p", draw, "caption", "alt", pd.DataFrame())
    assert "-narrow" in shown.narrow_svg
    with Image.open(BytesIO(shown.png)) as seen:
        assert seen.size == (1080, round(1080 * 2 / 7.2))
        assert seen.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
        assert style.MAIN in {
            to_hex(np.divide(one, 255)) for _, one in seen.convert("RGB").getcolors(1 << 20)
        }
    assert sorted(widths) == [style.NARROW, style.WIDE]


def test_a_picture_says_what_it_shows_and_obeys_a_strict_policy():
    root = fromstring(style.to_svg(picture("<b>&"), "a", "Đi lên <script>"))
    assert root.attrib["role"] == "img"
    assert root[0].text == "Đi lên <script>"
    assert not [one for one in root.iter() if "style" in one.attrib or one.tag.endswith(("script", "style"))]
    ids = [one.attrib["id"] for one in root.iter() if "id" in one.attrib]
    assert len(ids) == len(set(ids))
    assert all(one.startswith("a-") for one in ids)


def test_two_pictures_in_a_page_share_no_id():
    first, second = (
        {one.attrib.get("id") for one in fromstring(style.to_svg(picture(), name, "x")).iter()}
        for name in ("a", "b")
    )
    assert first & second <= {None}


def test_settings_of_the_caller_are_left_alone():
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    picture()
    assert dict(mpl.rcParams) == before


def test_a_tile_map_has_every_placed_area_and_marks_the_mobilised():
    areas = [
        Area(code=f"{number}", name=f"Nơi {number}", type="H", tile_row=0, tile_col=number)
        for number in range(3)
    ]
    shares = {"0": 0.5, "1": 1.2}
    text = style.to_svg(tiles(areas, shares, {"1"}, "vi"), "tiles", "alt")
    assert [f"Nơi {number}" in text for number in range(3)] == [True, True, True]
    assert "▲120%" in text
    assert "▲50%" not in text


@pytest.mark.parametrize("name", ["INK", "MUTED", "MAIN", "MOBILISED", "OTHERS", "NEEDED"])
def test_a_label_may_take_any_colour_of_the_palette_on_a_page_of_either_kind(name):
    light = getattr(style, name)
    assert contrast(light, style.PAPER) >= 4.5
    assert contrast(style.DARK[light], style.DARK_PAPER) >= 4.5


def test_type_on_any_shade_of_the_map_can_be_read():
    for share in np.linspace(0, 1, 101):
        fill = to_hex(style.SHARES(share))
        assert contrast(style.ink_on(fill), fill) >= 4.5


def dark_rules():
    """The style rules that give figures the palette of a dark page."""
    swaps = (
        f'svg [{kind}="{light}"]{{{kind}:{dark}}}'
        for light, dark in style.DARK.items()
        for kind in ("fill", "stroke")
    )
    return "".join([*swaps, f'svg [fill="{style.PAPER}"]{{fill:{style.DARK_PAPER}}}'])


def test_the_page_has_the_palette_for_the_dark():
    css = (files("analysis.report") / "templates" / "report.css").read_text(encoding="utf-8")
    assert dark_rules() in css
    assert f"--paper:{style.DARK_PAPER}" in css


DAYS = pd.date_range("2023-06-07", "2023-09-17")
FAN = pd.DataFrame({"date": pd.date_range("2023-09-18", "2023-11-29")}).assign(
    **{name: 542_000 + k * 1000.0 * np.arange(1, 74) for k, name in enumerate(QUANTILES, start=1)}
)


def all_figures(language, width):
    """Draw every figure of the report from plain frames."""
    totals = pd.DataFrame({"date": DAYS, "cumulative": np.linspace(180_000, 542_000, len(DAYS))})
    deadline, push = date(2023, 9, 30), date(2023, 9, 10)
    rates = pd.DataFrame({"date": DAYS, "mobilised": 5.0, "others": 4.0})
    rates["expected"] = rates["others"].where(rates["date"] >= pd.Timestamp(push))
    draws = pd.DataFrame({"draw": np.linspace(-1, 1, 101), "observed": [False] * 100 + [True]})
    table = pd.DataFrame({"detail": [f"{day:%Y-%m-%d}" for day in DAYS[::14]], "estimate": 0.1})
    found = Result("placebo_dates", 0.7, 0.1, None, table=table)
    areas = [Area(code=f"{at}", name=f"Nơi {at}", type="H", tile_row=at, tile_col=at) for at in range(3)]
    past = pd.DataFrame({"model": ["naive"] * 50 + ["ensemble"] * 50, "pit": np.linspace(0, 1, 100)})
    given = {"width": width}
    yield course.course(
        totals, FAN, 738_291, deadline, "tài khoản", language, as_of=date(2023, 9, 20),
        events=[(date(2023, 9, 5), "Khai giảng")], finding="Chưa kịp " * 12, **given,
    )  # fmt: skip
    cdf = pd.DataFrame({"date": FAN["date"], "value": np.linspace(0, 0.8, len(FAN))})
    yield course.completion(cdf, deadline, language, **given)
    yield course.completion(cdf, deadline - timedelta(days=90), language, **given)  # it has passed
    yield course.models(totals, {"naive": FAN, "ensemble": FAN}, 738_291, deadline, language, **given)
    yield course.calibration(past, language, **given)
    yield effect.groups(rates, push, language, told=push + timedelta(days=1), **given)
    yield effect.chance(draws, language, **given)
    yield effect.placebos(found, push, language, **given)
    yield tiles(areas, {"0": 0.5, "1": 1.2}, {"1"}, language, **given)


def test_the_day_on_which_the_others_were_told_is_marked_and_no_other():
    """Drawn from the day after the push on; where nobody was told there is one line less and no word."""
    days = pd.date_range("2023-08-01", "2023-09-17")
    rates = pd.DataFrame({"date": days, "mobilised": 5.0, "others": 4.0, "expected": np.nan})
    push, told = date(2023, 9, 10), date(2023, 9, 11)
    marked, plain = effect.groups(rates, push, "en", told=told), effect.groups(rates, push, "en")
    said = [text.get_text() for text in marked.axes[0].texts]
    assert any("others told, 11\xa0Sep" in one for one in said)
    assert not any("told" in text.get_text() for text in plain.axes[0].texts)
    assert len(marked.axes[0].lines) == len(plain.axes[0].lines) + 1


@pytest.mark.parametrize("language", ["vi", "en", "fr"])
def test_a_deadline_that_a_picture_does_not_reach_is_not_named_in_it(language):
    """After the deadline its name stood at the edge of the picture, with no line."""
    curve = pd.DataFrame({"date": pd.date_range("2023-10-02", periods=30), "value": np.linspace(0, 0.8, 30)})
    before, inside = (
        course.completion(curve, day, language).axes[0] for day in (date(2023, 9, 30), date(2023, 10, 9))
    )
    name = word("deadline_word", language)
    assert not any(name in text.get_text() for text in before.texts)
    assert any(name in text.get_text() for text in inside.texts)
    assert len(inside.lines) == len(before.lines) + 1


@pytest.mark.parametrize(("width", "shown"), [(style.WIDE, 576), (style.NARROW, 328)])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_type_is_eleven_pixels_tall_where_a_figure_is_shown_and_stays_inside(width, shown, language):
    for figure in all_figures(language, width):
        root = fromstring(style.to_svg(figure, "a", "alt"))
        wide = float(root.attrib["viewBox"].split()[2])
        shown_texts = {"".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text")}
        assert wide == pytest.approx(72 * width)
        for text in root.iter("{http://www.w3.org/2000/svg}text"):
            given = text.attrib.get("font", text.attrib.get("font-size", ""))
            size = float(re.search(r"([\d.]+)px", given)[1])
            assert size * shown / wide >= 11, "".join(text.itertext())
        renderer = FigureCanvasAgg(figure).get_renderer()
        for drawn in figure.findobj(Text):
            if drawn.get_text().strip() in shown_texts:  # a tick beyond the ends of its axis is not
                box = drawn.get_window_extent(renderer)
                assert box.x0 >= -2, drawn.get_text()
                assert box.x1 <= figure.bbox.width + 2, drawn.get_text()


@pytest.mark.parametrize("width", [style.WIDE, style.NARROW])
@pytest.mark.parametrize("language", ["vi", "fr"])
@pytest.mark.parametrize(
    ("target", "least", "days"),
    [(738_291, 180_000, 103), (738_291, 347_000, 48), (660_000, 180_000, 103), (560_000, 180_000, 103)],
)
@pytest.mark.parametrize("as_of", [None, date(2023, 9, 25)])
def test_no_name_in_the_course_lies_on_another_or_on_the_count(width, language, target, least, days, as_of):
    """Also where the target is the highest line, the count begins at the foot, or nothing came of late."""
    fan = FAN.assign(**{name: np.minimum(FAN[name], 0.99 * target) for name in QUANTILES})
    totals = pd.DataFrame({"date": DAYS[-days:], "cumulative": np.linspace(least, 542_000, days)})
    figure = course.course(
        totals, fan, target, date(2023, 9, 30), "tài khoản", language, as_of=as_of, width=width
    )
    axes, renderer = figure.axes[0], FigureCanvasAgg(figure).get_renderer()
    named = [one for one in [*axes.texts, axes._left_title] if one.get_text()]
    boxes = {one.get_text(): Bbox(one.get_window_extent(renderer)) for one in named}
    count = axes.transData.transform(list(zip(date2num(totals["date"]), totals["cumulative"], strict=True)))
    for one, box in boxes.items():
        assert not [other for other in boxes if other != one and box.overlaps(boxes[other])], one
        assert not any(box.contains(*point) for point in count), one


def test_names_of_lines_hide_nothing_that_is_drawn():
    """They stand above the picture; on a phone they covered the highest days."""
    days = pd.date_range("2023-08-01", "2023-09-17")
    rates = pd.DataFrame({"date": days, "mobilised": 5.0, "others": 4.0, "expected": np.nan})
    push = date(2023, 9, 10)
    for width in (style.WIDE, style.NARROW):
        figure = effect.groups(rates, push, "vi", told=push + timedelta(days=1), width=width)
        axes, renderer = figure.axes[0], FigureCanvasAgg(figure).get_renderer()
        assert len(axes.texts) > 2
        assert all(text.get_window_extent(renderer).y0 >= axes.bbox.y1 - 1 for text in axes.texts)


def test_marks_say_their_values_and_the_course_what_happened():
    figure = next(all_figures("vi", style.WIDE))
    root = fromstring(style.to_svg(figure, "a", "alt"))
    said = [one.text for one in root.iter("{http://www.w3.org/2000/svg}title")]
    assert "17/9/2023: 542.000" in said
    assert "Khai giảng" in said
    text = "".join(root.itertext())
    assert "mức cần đạt" in text


def test_a_share_in_a_picture_is_written_as_the_language_writes_it():
    text = "".join(fromstring(style.to_svg(next(all_figures("fr", style.WIDE)), "a", "alt")).itertext())
    assert "95\N{NO-BREAK SPACE}%" in text
    assert "95%" not in text


@pytest.mark.parametrize("language", ["vi", "fr"])
@pytest.mark.parametrize("width", [style.WIDE, style.NARROW])
def test_what_a_tile_says_stays_in_the_tile(width, language):
    names = ("Nam Giang", "Thăng Bình", "Quế Sơn", "Hội An", "Núi Thành")
    areas = [Area(code=str(at), name=one, type="H", tile_row=0, tile_col=at) for at, one in enumerate(names)]
    shares, older = {one.code: 0.6655 for one in areas}, {one.code: "10 sept." for one in areas[:1]}
    figure = tiles(areas, shares, {"1", "4"}, language, older=older, width=width)
    axes, renderer = figure.axes[0], FigureCanvasAgg(figure).get_renderer()
    boxes = [patch.get_window_extent(renderer) for patch in axes.patches]
    assert len(boxes) == len(areas)
    for text in axes.texts:
        box, (x, _) = text.get_window_extent(renderer), text.get_position()
        tile = boxes[int(x)]
        assert tile.x0 <= box.x0, text.get_text()
        assert box.x1 <= tile.x1, text.get_text()
        assert tile.y0 <= box.y0, text.get_text()
        assert box.y1 <= tile.y1, text.get_text()


@pytest.mark.parametrize(("width", "told"), [(style.WIDE, 12), (style.NARROW, 0)])
def test_shares_stand_in_all_tiles_of_a_map_or_in_none(width, told):
    codes = [f"{letter}Y" for letter in "ABCDEFGHIJKL"]
    areas = [Area(code=one, name=one, tile_row=0, tile_col=at) for at, one in enumerate(codes)]
    shares = dict.fromkeys(codes, 0.66) | {"AY": 1.41}
    figure = tiles(areas, shares, {"BY"}, "en", width=width)
    axes, renderer = figure.axes[0], FigureCanvasAgg(figure).get_renderer()
    assert sum("%" in one.get_text() for one in axes.texts) == told
    assert sum(one.get_text() in codes for one in axes.texts) == len(codes)
    boxes = [patch.get_window_extent(renderer) for patch in axes.patches]
    for text in axes.texts:
        box, tile = text.get_window_extent(renderer), boxes[int(text.get_position()[0])]
        assert tile.x0 <= box.x0, text.get_text()
        assert box.x1 <= tile.x1, text.get_text()


def test_rates_that_one_day_towers_over_are_on_a_scale_that_says_so_and_holds_the_least_of_them():
    days = pd.date_range("2023-08-21", "2023-09-14")
    rates = pd.DataFrame({"date": days, "mobilised": 5.0, "others": 4.0, "expected": np.nan})
    rates.loc[20, "mobilised"], rates.loc[13, ["mobilised", "others"]] = 60.0, 0.46
    figure = effect.groups(rates, days[20].date(), "fr")
    assert any(word("log_scale", "fr") in one.get_text() for one in figure.findobj(Text))
    assert figure.axes[0].get_ylim()[0] < 0.46
    flat = effect.groups(rates.assign(mobilised=5.0), days[20].date(), "fr")
    assert not any(word("log_scale", "fr") in one.get_text() for one in flat.findobj(Text))


def test_no_two_ticks_of_chance_say_the_same_ratio():
    draws = pd.DataFrame({"draw": np.linspace(-4.0, 3.2, 59), "observed": np.arange(59) == 30})
    figure = effect.chance(draws, "en")
    FigureCanvasAgg(figure).draw()
    axes = figure.axes[0]
    said = [one.get_text() for one in axes.get_xticklabels() if one.get_text()]
    assert len(set(said)) == len(said) > 4
    meant = np.exp(axes.get_xticks()[: len(said)])
    assert [float(one.removeprefix("× ")) for one in said] == pytest.approx(meant, rel=0.06)


def test_the_same_share_has_the_same_colour_on_every_map():
    area = Area(code="1", name="Nơi", type="H", tile_row=0, tile_col=0)
    other = Area(code="2", name="Khác", type="H", tile_row=0, tile_col=1)
    colours = [
        next(patch for patch in tiles([area, other], {"1": 0.7, "2": beside}, (), "vi").axes[0].patches)
        for beside in (0.2, 0.71)
    ]
    assert colours[0].get_facecolor() == colours[1].get_facecolor()
