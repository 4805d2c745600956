"""From any file a team can send to trusted tallies."""

from analysis.tallies.read import Register, SentFile, read_files
from analysis.tallies.result import TALLIES, Intake
from analysis.tallies.store import as_of_view, keep, read_received

__all__ = [
    "TALLIES",
    "Intake",
    "Register",
    "SentFile",
    "as_of_view",
    "keep",
    "read_files",
    "read_received",
]
