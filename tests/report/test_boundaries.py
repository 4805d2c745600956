"""Boundaries from GeoJSON: right shapes, holes open, and one clear line for what is broken or hostile."""

import json
import shutil
from io import BytesIO

import numpy as np
import pytest
from matplotlib.image import imread

from analysis.campaign import Area, load_boundaries, load_campaign
from analysis.errors import InputError
from analysis.report.figures import style
from analysis.report.figures.choropleth import choropleth

SQUARE = [[0, 0], [0, 4], [4, 4], [4, 0], [0, 0]]  # clockwise, which is the wrong way round
HOLE = [[1, 1], [3, 1], [3, 3], [1, 3], [1, 1]]
ISLAND = [[6, 0], [6.2, 0], [6.2, 0.2], [6, 0]]


def feature(code="a", kind="MultiPolygon", coordinates=None):
    shape = [[SQUARE, HOLE], [ISLAND]] if coordinates is None else coordinates
    return {"type": "Feature", "properties": {"code": code}, "geometry": {"type": kind, "coordinates": shape}}


def collection(*features, **other):
    about = {"metadata": {"attribution": "Drawn for this test"}}
    return {"type": "FeatureCollection", "features": list(features)} | about | other


def load(folder, content, codes=("a",)):
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / "areas.geojson").write_text(text, encoding="utf-8")
    return load_boundaries(folder, codes)


def turns(ring):
    """Twice the signed area: positive where a ring runs counter-clockwise."""
    x, y = ring[:, 0], ring[:, 1]
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def test_outer_rings_run_one_way_and_holes_the_other(tmp_path):
    main, island = load(tmp_path, collection(feature())).polygons["a"]
    assert turns(main[0]) == 32
    assert turns(main[1]) == -8
    assert turns(island[0]) > 0


def colour_at(figure, drawn, x, y):
    column, row = figure.axes[0].transData.transform((x, y))
    return tuple(float(part) for part in drawn[round(len(drawn) - row), round(column)][:3])


def test_no_file_is_no_map(tmp_path):
    assert load_boundaries(tmp_path, ["a"]) is None


def test_a_hole_is_not_filled_and_a_small_area_is_named_beside_the_map(tmp_path):
    small = feature("b", "Polygon", [ISLAND])
    main = feature("a", "Polygon", [SQUARE, HOLE])
    boundaries = load(tmp_path, collection(main, small), ("a", "b"))
    areas = [Area(code="a", name="Lớn", type="H"), Area(code="b", name="Đảo nhỏ xa", type="H")]
    figure = choropleth(boundaries, areas, {"a": 0.5, "b": 0.9}, {"b"}, "vi")
    drawn = imread(BytesIO(style.to_png(figure, dpi=100)))
    inside, hole = (colour_at(figure, drawn, x, 1.6) for x in (0.3, 1.6))
    assert hole == (1.0, 1.0, 1.0)
    assert inside != hole
    said = {text.get_text(): text for text in figure.axes[0].texts}
    assert set(said) == {"Lớn\n50%", "Đảo nhỏ xa\n▲ 90%"}
    assert said["Đảo nhỏ xa\n▲ 90%"].get_position()[0] > 6.2
    assert "Đảo nhỏ xa" in style.to_svg(figure, "map", "alt")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ([], "no features"),
        (collection(), "no features"),
        (collection(7), "no area of areas.csv"),
        (collection(feature("../etc")), "no area of areas.csv"),
        (collection(feature(), feature()), "second time"),
        (collection(feature(), metadata={}), "whose shapes"),
        (collection(feature(kind="Point", coordinates=[0, 0])), "Polygon or MultiPolygon"),
        (collection(feature(kind="Polygon", coordinates=[[]])), "not closed"),
        (collection(feature(kind="Polygon", coordinates=[[["x", 1]] * 4])), "no pair of numbers"),
        (collection(feature(kind="Polygon", coordinates=[[[0, 0], [1, 1], [1, 0], [0, 1]]])), "not closed"),
        (collection(feature(kind="Polygon", coordinates=[[[1e9, 0], [1, 1], [1, 0], [1e9, 0]]])), "outside"),
        (collection(feature(kind="Polygon", coordinates=[[[0, 0]] * 4])), "no area"),
        ('{"features": [{"properties": {"code": "a"}, "geometry": {"type": "Polygon", '
         '"coordinates": [[[NaN, 0], [1, 1], [1, 0], [NaN, 0]]]}}]}', "not closed"),
    ],
)  # fmt: skip
def test_what_is_broken_is_one_clear_line(tmp_path, content, said):
    with pytest.raises(InputError, match=said) as caught:
        load(tmp_path, content)
    assert "\n" not in str(caught.value)
    assert "areas.geojson" in str(caught.value)


def test_an_area_without_a_shape_is_named(tmp_path):
    with pytest.raises(InputError, match="no shape for area b"):
        load(tmp_path, collection(feature()), ("a", "b"))


@pytest.mark.real_data
def test_the_eighteen_districts_are_drawn_and_named(project, shared, tmp_path):
    shutil.copy(shared / "data" / "quang_nam_districts.geojson", tmp_path / "areas.geojson")
    campaign = load_campaign(project / "data/raw/quang_nam_2023")
    boundaries = load_boundaries(tmp_path, {area.code for area in campaign.areas})
    assert "MIT" in boundaries.attribution
    shares = {area.code: 0.7 for area in campaign.areas}
    text = style.to_svg(choropleth(boundaries, campaign.areas, shares, {"503"}, "vi"), "map", "alt")
    assert all(area.name in text for area in campaign.areas)
    assert text.count("▲") == 1
    assert len(text) < 200_000
