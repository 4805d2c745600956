"""Reading workbooks works where a system lacks limits, or has tighter ones, and never waits for ever."""

import subprocess
import sys
import time

import pytest

from analysis.campaign import load_campaign
from analysis.errors import InputError
from analysis.tallies import SentFile, read_files
from analysis.tallies.files import child as parent
from tests.conftest import PROJECT
from tests.tallies.making import AS_OF, xlsx

BOOK = xlsx([["Ngày", "Đơn vị", "Lũy kế"], ["17/09/2023", "Hội An", 26800]])


def stand_in(monkeypatch, code: str) -> None:
    """Let the parent start a program of ours in place of the reader."""

    def start():
        return subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    monkeypatch.setattr(parent, "_start", start)


def test_workbooks_are_read_where_there_is_no_module_of_limits(register, monkeypatch):
    """As on Windows, which has no `resource`; the parent's side uses nothing that Windows lacks either."""
    code = "import sys; sys.modules['resource'] = None; sys.modules['select'] = None\n"
    stand_in(monkeypatch, code + "from analysis.workbook.__main__ import serve; serve()")
    assert len(read_files([SentFile("x.xlsx", BOOK, AS_OF)], register).tallies) == 1


def test_a_tighter_limit_that_was_given_is_kept(register, monkeypatch):
    own = 900 << 20
    code = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({own}, {own}))\n"
    stand_in(monkeypatch, code + "from analysis.workbook.__main__ import serve; serve()")
    assert len(read_files([SentFile("x.xlsx", BOOK, AS_OF)], register).tallies) == 1


ASLEEP = "import time; time.sleep(600)"


@pytest.mark.parametrize("code", [ASLEEP, f"print(' ' * 11, end='', flush=True); input(); {ASLEEP}"])
def test_a_reader_that_never_answers_is_ended(register, monkeypatch, code):
    stand_in(monkeypatch, code)
    intake = read_files([SentFile("x.xlsx", BOOK, AS_OF)], register, seconds=1)
    assert list(intake.findings["code"]) == ["too_slow"]
    time.sleep(0.6)  # no alarm is left behind


def test_a_reader_that_dies_is_named(register, monkeypatch):
    stand_in(monkeypatch, "import sys; sys.stdin.buffer.readline()")
    intake = read_files([SentFile("x.xlsx", BOOK, AS_OF)], register)
    assert list(intake.findings["code"]) == ["damaged_file"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("seed = 20230910", f"seed = {'9' * 5000}"),
        ('timezone = "Asia/Ho_Chi_Minh"', 'timezone = "localtime"'),
        ('timezone = "Asia/Ho_Chi_Minh"', f"{'a.' * 3000}b = 1"),
    ],
    ids=["digits", "localtime", "deep"],
)
def test_facts_that_are_a_trap_are_one_line(tmp_path, before, after):
    raw, own = PROJECT / "data" / "raw" / "quang_nam_2023", tmp_path / "quang_nam_2023"
    own.mkdir()
    for path in raw.glob("*.csv"):
        (own / path.name).write_bytes(path.read_bytes())
    text = (raw / "campaign.toml").read_text(encoding="utf-8")
    assert before in text
    (own / "campaign.toml").write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_campaign(own)
    assert len(str(caught.value)) < 2000
