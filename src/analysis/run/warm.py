"""The process that kernels are forked from: it has imported what the notebooks import, once.

Started as ``python -m analysis.run.warm FOLDER SOCKET FIRST MODULE...``: the first FIRST modules are imported
before any kernel is forked, the others in idle moments after. Each client of the listening SOCKET, a number
that this process was given, sends one line of JSON (``argv``, ``memory``, ``cwd``, ``env``) and has a kernel
until its line closes. A client that hangs up, or the end of standard input, kills the kernel: whatever
happens to the run, none of its kernels lives on.
"""

import contextlib
import gc
import json
import os
import pkgutil
import select
import shutil
import signal
import socket
import sys
from typing import Any

from analysis.run.standin import limit_memory

KERNEL = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "matplotlib_inline.backend_inline",
    # What every notebook's artifacts are written, checked and read back with, imported when first used.
    "analysis.run.gate",
    "pandera.pandas",
    "pandera.backends.pandas.builtin_checks",
    "pyarrow.dataset",
)


def serve(listener: socket.socket, first: list[str], later: list[str]) -> None:
    """Import the first modules, then fork a kernel for each client until standard input ends."""
    # What ipykernel sets before a notebook imports matplotlib; here matplotlib comes first.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    for module in (*KERNEL, *first):
        _import(module)
    waiting = list(later)
    gc.freeze()
    kernels: dict[socket.socket, int] = {}
    while True:
        ready, _, _ = select.select([sys.stdin, listener, *kernels], [], [], 0 if waiting else 0.05)
        if sys.stdin in ready:
            break
        if listener in ready:
            client, _ = listener.accept()
            kernels[client] = _fork(client, [listener, *kernels])
        for client, pid in list(kernels.items()):
            if client in ready:
                _kill(pid)
            if client in ready or os.waitpid(pid, os.WNOHANG)[0]:
                client.close()
                del kernels[client]
        if waiting and not ready:
            _import(waiting.pop(0))
            gc.freeze()
    for pid in kernels.values():
        _kill(pid)


def _import(module: str) -> None:
    # What cannot be imported is the notebook's to report, in its own cell. A name may be a value that a
    # package imports when it is asked for.
    with contextlib.suppress(Exception):
        pkgutil.resolve_name(module)


def _fork(client: socket.socket, others: list[socket.socket]) -> int:
    with client.makefile("r", encoding="utf-8") as stream:
        asked = json.loads(stream.readline())
    if pid := os.fork():
        return pid
    for one in (client, *others):
        one.close()
    _become_kernel(asked)
    os._exit(0)


def _become_kernel(asked: dict[str, Any]) -> None:
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    limit_memory(asked["memory"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    from ipykernel.kernelapp import IPKernelApp

    sys.argv = ["ipykernel_launcher", *asked["argv"]]
    # The kernel watches for the end of its parent, which is the process it was forked from.
    IPKernelApp.launch_instance([*asked["argv"], f"--IPKernelApp.parent_handle={os.getppid()}"])


def _kill(pid: int) -> None:
    """Kill a kernel with all it started, and see it dead."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


if __name__ == "__main__":
    folder, inherited, number, *modules = sys.argv[1:]
    serve(socket.socket(fileno=int(inherited)), modules[: int(number)], modules[int(number) :])
    # Whoever started this may have been killed, so its folder is removed here as well.
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)  # nothing is left to put in order, and taking the imports apart takes a while
