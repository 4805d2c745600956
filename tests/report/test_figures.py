"""The look of figures: readable colours, the same bytes for the same picture, nothing that acts."""

import numpy as np
import pytest
from defusedxml.ElementTree import fromstring

from analysis.campaign import Area
from analysis.report.figures import style
from analysis.report.figures.tiles import tiles


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["INK", "MUTED", "MAIN", "FORECAST", "MOBILISED", "OTHERS", "GOOD"])
def test_a_label_may_take_any_colour_of_the_palette(name):
    assert contrast(getattr(style, name), style.PAPER) >= 4.5


def test_mobilised_and_others_differ_without_colour():
    assert abs(luminance(style.MOBILISED) - luminance(style.MAIN)) > 0.02
    assert style.MARK


@style.look()
def picture(label: str = "Thăng Bình"):
    figure, axes = style.canvas(2.0)
    axes.plot(np.arange(5), np.arange(5))
    style.end_label(axes, 4, 4, label, style.MAIN)
    style.count_axis(axes.yaxis, "vi")
    return figure


def test_the_same_picture_is_the_same_bytes():
    assert style.to_svg(picture(), "a", "alt") == style.to_svg(picture(), "a", "alt")
    assert style.to_png(picture()) == style.to_png(picture())


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
    assert "▲ 120%" in text
    assert "▲ 50%" not in text
