"""What was received survives git, also where git is told to change line ends."""

import os
import subprocess
import sys

import pytest

from analysis.received import receipts
from tests.conftest import PROJECT
from tests.run.house import CAMPAIGN
from tests.tallies.making import one_row


def git(folder, *arguments: str) -> None:
    own = ["-c", "user.name=x", "-c", "user.email=x@localhost", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *own, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize("autocrlf", ["true", "input"])
@pytest.mark.parametrize("ends", [b"\r\n", b"\n"])
def test_a_delivery_survives_clones_that_change_line_ends(house, tmp_path, autocrlf, ends):
    (house / ".gitattributes").write_bytes((PROJECT / ".gitattributes").read_bytes())
    git(house, "init", "-q")
    git(house, "add", "-A")
    git(house, "commit", "-qm", "all")
    first, second = tmp_path / "a", tmp_path / "b"
    setting = f"core.autocrlf={autocrlf}"
    git(tmp_path, "clone", "-q", "--config", setting, str(house), str(first))
    sent = tmp_path / "ha18.csv"
    sent.write_bytes(one_row("46.100", day="18/09/2023").replace(b"\r\n", b"\n").replace(b"\n", ends))
    raw = first / "data" / "raw" / CAMPAIGN
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "receive", str(sent), "--campaign", str(raw),
         "--received-at", "2023-09-18T20:00+07:00"],
        cwd=PROJECT, env={**os.environ, "ANALYSIS_ROOT": str(first)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode in (0, 10), done.stdout
    git(first, "add", "-A", "data")
    git(first, "commit", "-qm", "week")
    git(tmp_path, "clone", "-q", "--config", setting, str(first), str(second))
    theirs = second / "data" / "raw" / CAMPAIGN
    assert receipts(theirs) == receipts(raw)
    for one in receipts(theirs):
        name = theirs / "tallies" / one.name
        assert name.read_bytes() == (raw / "tallies" / one.name).read_bytes(), one.name
    for path in ("campaign.toml", "areas.csv", "received.csv"):
        assert (theirs / path).read_bytes() == (raw / path).read_bytes()
    notebook = "notebooks/01_clean.ipynb"
    assert (second / notebook).read_bytes() == (house / notebook).read_bytes()
