"""From any file a team can send to trusted tallies."""

from analysis.tallies.asof import as_of_view
from analysis.tallies.opening import SentFile
from analysis.tallies.read import read_files
from analysis.tallies.register import Register
from analysis.tallies.result import Intake
from analysis.tallies.store import keep, read_received
