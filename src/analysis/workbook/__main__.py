"""Answers a parent that asks for workbooks, one after another.

Where the system can, the process has a limit of memory and may write no file; its parent kills it when a file
takes too long. It speaks a small protocol on its standard streams: a line of JSON and the bytes of the file
come in, twelve digits of length and a JSON document go out.
"""

import contextlib
import io
import json
import os
import sys
from typing import Any

from analysis.workbook.cells import Refused, Sheet

MEMORY = 1 << 30
"""Bytes of address space."""


def answer(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    """Read one workbook; a failure of any kind is an answer too."""
    try:
        return {"sheets": _read(request, data)}
    except Refused as refused:
        return {"refused": refused.args}
    except MemoryError:
        return {"refused": ("too_large", "memory")}
    except Exception as error:  # noqa: BLE001 - hostile files raise anything, and the parent must hear of it
        return {"refused": ("damaged_file", type(error).__name__)}


def _read(request: dict[str, Any], data: bytes) -> list[Sheet]:
    # Each reader is loaded when its kind is asked for: most processes only ever see one.
    from analysis.workbook.agree import agree

    if request["kind"] == "xlsx":
        from analysis.workbook.xlsx import read_xlsx, without

        sheets = read_xlsx(data, formulas=request["formulas"])
        agree(sheets, without(data, request["far"]) if request["far"] else data)
        return sheets
    if request["kind"] == "xls":
        from analysis.workbook.xls import read_xls as read
    else:
        from analysis.workbook.ods import read_ods as read
    sheets = read(data)
    agree(sheets, data)
    return sheets


def _limit() -> None:
    """Take on limits where the system knows them; none may exceed those that this process was given."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows: the limit of time is the parent's, and holds there too
        return
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, 0)):
        hard = resource.getrlimit(kind)[1]
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with contextlib.suppress(ValueError, OSError):  # some versions of macOS refuse the first
            resource.setrlimit(kind, (allowed, allowed))


def serve() -> None:
    """Answer requests until the parent closes the stream."""
    _limit()
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not end up in the protocol.
    sys.stdout = sys.stderr = io.StringIO()
    while line := source.readline():
        request = json.loads(line)
        data = source.read(request["size"])
        reply = json.dumps(answer(request, data), ensure_ascii=False).encode("utf-8", "surrogatepass")
        sink.write(b"%12d" % len(reply) + reply)
        sink.flush()


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        serve()
