"""The parent's side of reading workbooks in a process with limits of time and memory."""

import json
import os
import subprocess
import sys
import threading
from types import TracebackType
from typing import Any, NamedTuple, Self

from analysis.tallies.files.container import Content
from analysis.tallies.files.limits import SECONDS
from analysis.tallies.files.records import Records
from analysis.tallies.files.text import Unreadable
from analysis.workbook import __main__ as program

_PROGRAM = program.__name__.removesuffix(".__main__")
"""Imported for its name, so that whoever follows imports finds the code a tally depends on."""


LONGEST_NAME = 200
"""Letters of a sheet's name that are read; Excel allows 31."""


class Sheet(NamedTuple):
    """One sheet as records of text; positions count from 0; ``name`` is None for text files.

    ``far`` are cells so far from all others that no record holds them: row, column and text.
    """

    name: str | None
    records: Records
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    epoch: Any = None
    notes: tuple[str, ...] = ()
    far: tuple[tuple[int, int, str], ...] = ()
    struck_rows: frozenset[int] = frozenset()


class WorkbookReader:
    """Reads workbooks in one process after another; use it as a context so that the last one ends too."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def read(self, data: bytes, content: Content) -> list[Sheet]:
        """Read all sheets of a workbook; raises Unreadable if it cannot be, or takes too much."""
        fresh = self._process is None
        reply = self._ask(data, content)
        if reply is None or reply.get("refused", ("",))[0] == "too_large":
            # What earlier files left behind must never cost a good file its place.
            self._end()
            reply = reply if fresh else self._ask(data, content)
        if reply is None:
            self._end()
            raise Unreadable("damaged_file", "reader_stopped")
        if "refused" in reply:
            raise Unreadable(*reply["refused"])
        return [_sheet(one) for one in reply["sheets"]]

    def _ask(self, data: bytes, content: Content) -> dict[str, Any] | None:
        """Send one file and wait for the answer; None if the process died of it."""
        process = self._process = self._process or _start()
        assert process.stdin is not None  # noqa: S101 - for the type checker: both are pipes
        assert process.stdout is not None  # noqa: S101
        request = content._asdict() | {"far": dict(content.far), "size": len(data)}
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()  # what waits for its answer gets its end instead, on every system

        alarm = threading.Timer(self._seconds, end)
        alarm.start()
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n" + data)
            process.stdin.flush()
            head = process.stdout.read(12)
            body = process.stdout.read(int(head)) if len(head) == 12 else b""
        except OSError:  # the pipe is closed at its other end
            head = body = b""
        except BaseException:
            self._end()  # it still has an answer to give, which would be taken for that of the next file
            raise
        finally:
            alarm.cancel()
        if late.is_set():
            self._end()
            raise Unreadable("too_slow", f"{self._seconds:.0f} s")
        if not head or len(body) < int(head):
            return None
        reply: dict[str, Any] = json.loads(body.decode("utf-8", "surrogatepass"))
        return reply

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _start() -> subprocess.Popen[bytes]:
    quiet = {"OPENPYXL_LXML": "False", "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"}
    return subprocess.Popen(  # noqa: S603 - our own program, no shell
        [sys.executable, "-P", "-m", _PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **quiet},
    )


def _sheet(one: dict[str, Any]) -> Sheet:
    return Sheet(
        one["name"][:LONGEST_NAME],
        Records.of(one["records"]),
        one["hidden"],
        frozenset(one["hidden_rows"]),
        frozenset(one["hidden_columns"]),
        tuple(tuple(box) for box in one["merged"]),
        one["epoch"],
        tuple(one["notes"]),
        tuple((row, column, text) for row, column, text in one.get("far", ())),
        frozenset(one.get("struck_rows", ())),
    )
