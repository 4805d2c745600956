"""Campaigns with known truth: counts from a model, and the files areas would have sent."""

from analysis.simulation.model import Simulation, draw, simulate
from analysis.simulation.parameters import parameters_of
from analysis.simulation.truth import truth
from analysis.simulation.write import write_campaign
