"""Long work shows how far it is where somebody waits at a terminal, and nowhere else."""

import os
import pty
import re
import subprocess
import sys
import time

import nbformat

from analysis.progress import TERMINAL, watched
from tests.conftest import PROJECT
from tests.run import house as small

CELL = """
from analysis import progress
progress.DELAY = 0
print(sum(progress.watched(range(4), 'read', 'file', 4)))
"""


def drawn_on(terminal: int) -> str:
    said = b""
    while True:
        try:
            said += os.read(terminal, 4096)
        except OSError:  # the other side, and all it started, has closed it
            return said.decode()


def test_a_notebook_draws_on_the_terminal_of_its_command_and_prints_nothing_of_it(house):
    small.write_notebook(house / "notebooks" / "01_clean.ipynb", [*small.CELLS["01_clean"], CELL])
    command, (ours, theirs) = [sys.executable, "-m", "tests.run.house", str(house)], pty.openpty()
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=theirs) as child:
        os.close(theirs)
        said = drawn_on(ours)
    os.close(ours)
    assert child.returncode == 10, said  # nothing came in the last seven days
    assert "read:   0%" in said
    assert "/4 [" in said
    (executed,) = (house / "reports").glob("*/*/notebooks/01_clean.ipynb")
    printed = [output for cell in nbformat.read(executed, 4).cells for output in cell.get("outputs", [])]
    assert "6\n" in [one.get("text") for one in printed]
    assert not any("file/s" in str(one) for one in printed)


def test_without_a_terminal_nothing_is_drawn(monkeypatch, capfd):
    monkeypatch.delenv(TERMINAL, raising=False)
    monkeypatch.setattr("analysis.progress.DELAY", 0)
    assert list(watched("abc", "read", "file", 3)) == ["a", "b", "c"]
    assert capfd.readouterr() == ("", "")


def test_a_bar_counts_what_a_piece_holds_and_passes_on_the_pieces(monkeypatch):
    ours, theirs = pty.openpty()
    monkeypatch.setenv(TERMINAL, os.ttyname(theirs))
    monkeypatch.setattr("analysis.progress.DELAY", 0)
    blocks = [[1], [2, 3, 4]]
    for block in watched(iter(blocks), "forecast", "area", 4, len):
        assert block is blocks[0 if block == [1] else 1]
        time.sleep(0.15)  # it draws ten times a second at most
    os.close(theirs)
    assert re.findall(r"[|] (\d/4) \[", drawn_on(ours)) == ["0/4", "1/4", "4/4"]
    os.close(ours)
