"""What Jupyter starts and watches as a kernel: it has one forked, lives as long as that, and takes it along.

Run as ``python -I -S standin.py ADDRESS MEMORY ARGUMENT...``, as a script that imports next to nothing. Where
nobody listens at ADDRESS it becomes an ordinary kernel instead, with MEMORY bytes of address space.
"""

import json
import os
import resource
import signal
import socket
import sys


def limit_memory(size: int) -> None:
    """Let this process map so many bytes, or fewer where a hard limit says so."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    most = size if hard == resource.RLIM_INFINITY else min(size, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    address, memory, *arguments = sys.argv[1:]
    line = socket.socket(socket.AF_UNIX)
    try:
        line.connect(address)
    except OSError:
        limit_memory(int(memory))
        os.execv(sys.executable, [sys.executable, "-m", "ipykernel_launcher", *arguments])  # noqa: S606
    asked = {"argv": arguments, "memory": int(memory), "cwd": os.getcwd(), "env": dict(os.environ)}  # noqa: PTH109
    line.sendall(json.dumps(asked).encode() + b"\n")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Jupyter interrupts a kernel before it kills it
    line.recv(1)  # nothing ever comes: the line closes when the kernel has ended
