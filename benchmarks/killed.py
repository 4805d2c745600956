"""Run a module, dying at its Nth change of a folder: ``python -m benchmarks.killed FOLDER N MODULE ...``."""

import os
import runpy
import signal
import sys
from typing import Any

CHANGES = {"os.rename", "os.mkdir", "os.remove", "os.rmdir"}


def main() -> None:
    """Count what changes the disk below the folder, and die just before the Nth."""
    folder, last, module = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    seen = 0

    def count(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        writes = (
            event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        )
        if (writes or event in CHANGES) and str(arguments[0]).startswith(folder):
            seen += 1
            if seen == last:
                os.killpg(0, signal.SIGKILL)

    sys.addaudithook(count)
    sys.argv = sys.argv[3:]
    runpy.run_module(module, run_name="__main__")


if __name__ == "__main__":
    main()
