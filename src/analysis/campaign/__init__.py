"""The facts of one drive: areas, targets, mobilisations, published figures, calendar."""

from analysis.campaign.areas import Area, Border, type_words
from analysis.campaign.boundaries import Boundaries, load_boundaries
from analysis.campaign.facts import Campaign
from analysis.campaign.faults import Fault, nearest
from analysis.campaign.issuer import Issuer
from analysis.campaign.layouts import Layout
from analysis.campaign.load import load_areas, load_campaign, survey
from analysis.campaign.measures import Measure, pairs_of, vocabulary, vocabulary_names
from analysis.campaign.record import TOTAL, file_name
from analysis.campaign.rhythm import Rhythm, Rhythms, last_whole_day, monday_after
from analysis.campaign.stated import Member, Mobilisation, PublishedFigure, Qualifier, Target
from analysis.campaign.text import Language, Text
from analysis.campaign.tree import Tree, lineages
