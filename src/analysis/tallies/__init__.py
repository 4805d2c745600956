"""From any file a team can send to trusted tallies."""

from analysis.tallies.read import Register, read_file
from analysis.tallies.result import TALLIES, Intake
from analysis.tallies.store import as_of_view, read_received

__all__ = ["TALLIES", "Intake", "Register", "as_of_view", "read_file", "read_received"]
