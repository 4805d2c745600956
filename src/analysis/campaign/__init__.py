"""The facts of one drive: areas, targets, mobilisations, published figures, calendar."""

from analysis.campaign.boundaries import Boundaries, load_boundaries
from analysis.campaign.facts import (
    Area,
    Assumption,
    Border,
    Campaign,
    ColumnOfMeasure,
    Event,
    Holiday,
    Layout,
    Measure,
    Mobilisation,
    PublishedFigure,
    Qualifier,
    Target,
)
from analysis.campaign.load import load_areas, load_campaign
from analysis.campaign.text import Language, Text

__all__ = [
    "Area",
    "Assumption",
    "Border",
    "Boundaries",
    "Campaign",
    "ColumnOfMeasure",
    "Event",
    "Holiday",
    "Language",
    "Layout",
    "Measure",
    "Mobilisation",
    "PublishedFigure",
    "Qualifier",
    "Target",
    "Text",
    "load_areas",
    "load_boundaries",
    "load_campaign",
]
