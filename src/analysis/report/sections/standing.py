"""Where each area stands: a map beside the table."""

from collections.abc import Iterator
from functools import partial

import pandas as pd

from analysis import say
from analysis.inert import inert
from analysis.report.areas import area_names, mobilised_codes, top_frame
from analysis.report.document import Block, Grid, Picture, Row
from analysis.report.figures.choropleth import choropleth
from analysis.report.figures.tiles import NAMED_COLUMNS, columns_of, tiles
from analysis.report.sections.material import Material
from analysis.standing import as_date


def areas(material: Material) -> Iterator[Block | Row]:
    """Show the map beside the table, or above it where the map is wide."""
    table = Grid(material.tables["areas"])
    shares = _shares(material) if material.evidence.own_targets else {}
    picture = _map(material, shares) if shares else None
    if picture is None:
        yield table
    elif picture.wide:
        yield picture
        yield table
    else:
        yield Row((picture,), (table,), wider="right")


def _shares(material: Material) -> dict[str, float]:
    """Return the shares that this form may show, by area code."""
    shares = material.tables["areas"].column("share")[:-1]  # the last row is all areas together
    codes = top_frame(material.evidence).index
    return {str(code): share for code, share in zip(codes, shares, strict=True) if isinstance(share, float)}


def _map(material: Material, shares: dict[str, float]) -> Picture | None:
    """Draw boundaries where the campaign has them, else tiles where its areas have positions."""
    evidence = material.evidence
    workspace, pushed = evidence.workspace, mobilised_codes(evidence)
    caption = material.say("tiles_caption", day=say.day(evidence.standing.common_day, material.language))
    caption = f"{caption} {material.say('tiles_pushed')}" if material.pushed else caption
    placed = workspace.campaign.tree(workspace.last_day).areas
    drawn = pd.DataFrame({"area": shares.keys(), "share": shares.values()})
    days = top_frame(evidence)["day"].map(as_date).dropna()
    older = {
        str(code): say.short_day(day, material.language)
        for code, day in days.items()
        if day < evidence.standing.common_day
    }
    ends = _extremes(material, shares)
    finding = material.say("map_finding", **ends)
    if evidence.boundaries is not None:
        draw = partial(
            choropleth,
            evidence.boundaries,
            placed,
            shares,
            pushed,
            material.language,
            older=older,
            finding=finding,
        )
        source = material.say("boundary_source", source=inert(evidence.boundaries.attribution))
        return Picture("map", draw, f"{caption} {source}", material.say("map_alt", **ends), drawn)
    if any(area.tile_row is not None for area in placed):
        draw = partial(tiles, placed, shares, pushed, material.language, older=older, finding=finding)
        wide = columns_of(placed) > NAMED_COLUMNS
        return Picture("tiles", draw, caption, material.say("tiles_alt", **ends), drawn, wide)
    return None


def _extremes(material: Material, shares: dict[str, float]) -> dict[str, str]:
    names = area_names(material.evidence)
    worst, best = (choose(shares, key=lambda code: shares[code]) for choose in (min, max))
    return {
        "best": names[best],
        "best_share": say.percent(shares[best], material.language),
        "worst": names[worst],
        "worst_share": say.percent(shares[worst], material.language),
    }
