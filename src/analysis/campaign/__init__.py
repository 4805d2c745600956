"""The facts of one drive: areas, targets, mobilisations, published figures, calendar."""

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
    Text,
)
from analysis.campaign.load import load_areas, load_campaign

__all__ = [
    "Area",
    "Assumption",
    "Border",
    "Campaign",
    "ColumnOfMeasure",
    "Event",
    "Holiday",
    "Layout",
    "Measure",
    "Mobilisation",
    "PublishedFigure",
    "Qualifier",
    "Target",
    "Text",
    "load_areas",
    "load_campaign",
]
