"""Reading workbooks works where a system lacks limits, or has tighter ones, and never waits for ever."""

import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from analysis.campaign import load_campaign
from analysis.errors import InputError
from analysis.tallies import SentFile, read_files
from analysis.tallies.delivery import sent_files
from analysis.tallies.files import child as parent
from analysis.tallies.files.limits import Allowance
from analysis.tallies.read import read_file
from tests.conftest import PROJECT
from tests.tallies.making import AS_OF, one_row, xlsx

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


def test_what_is_given_up_is_never_taken_for_the_next_file(register, monkeypatch):
    """The reader of a file that took too long still has an answer, which is not that of the file after it."""
    slow = xlsx([["Ngày", "Đơn vị", "Lũy kế"], *[["17/09/2023", "Quế Sơn", 1]] * 3])
    code = (
        "import sys, time; from analysis.workbook import __main__ as program; read = program.answer\n"
        "program.answer = lambda request, data:"
        f" (time.sleep(2) if len(data) == {len(slow)} else None) or read(request, data)\n"
        "program.serve()"
    )
    stand_in(monkeypatch, code)
    with parent.WorkbookReader(60) as workbooks:
        late, next_one = (
            read_file(SentFile("x.xlsx", data, AS_OF), register, None, workbooks, seconds)
            for data, seconds in ((slow, 0.5), (BOOK, 60))
        )
    assert [one.code for one in late.findings] == ["too_slow"]
    assert [block.values.tolist() for block in next_one.blocks] == [[26800]]


def test_the_files_of_an_archive_share_what_one_file_may_take(register):
    shared = Allowance(0.0)
    sent = [SentFile(f"{name}.csv", one_row("26.800"), AS_OF, allowance=shared) for name in "ab"]
    assert list(read_files(sent, register).findings["code"]) == ["too_slow", "too_slow"]
    enough = Allowance.of(1)
    intake = read_files([SentFile("a.csv", one_row("26.800"), AS_OF, allowance=enough)], register)
    assert len(intake.tallies) == 2
    assert 0 < enough.left < 10


def archive(path, entries) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in entries:
            made.writestr(name, data)
    return path


def test_a_small_archive_of_very_much_is_refused_before_it_is_unpacked(tmp_path):
    path = archive(tmp_path / "a.zip", [(f"{at}.csv", b"0;" * 4_000_000) for at in range(10)])
    assert path.stat().st_size < 1 << 20
    with pytest.raises(InputError, match=r"a.zip: holds more than 64 MiB; deliver it in parts"):
        sent_files([path])


def test_an_archive_that_is_damaged_is_one_line(tmp_path):
    path = archive(tmp_path / "a.zip", [("a.csv", one_row("26.800"))])
    data = bytearray(path.read_bytes())
    data[45] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"'a.csv' cannot be unpacked \(\w+\); pack it anew"):
        sent_files([path])
