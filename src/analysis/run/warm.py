"""The process that kernels are forked from: it has imported what the notebooks import, once.

Started as ``python -m analysis.run.warm ADDRESS FIRST MODULE...``: the first FIRST modules are imported
before any kernel is forked, the others in idle moments after. A client connects to the socket at ADDRESS and
sends one line of JSON (``argv``, ``cwd``, ``env``). It is answered ``ready PID`` once the kernel listens, and
with the exit status when the kernel has ended. A client that hangs up, or the end of standard input, kills
the kernel: whatever happens to the run, none of its kernels lives on.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import sys
from typing import Any

KERNEL = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "matplotlib_inline.backend_inline",
)


def serve(address: str, first: list[str], later: list[str]) -> None:
    """Import the first modules, then fork a kernel for each request until standard input ends."""
    # What ipykernel sets before a notebook imports matplotlib; here matplotlib comes first.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
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
            kernels[client] = _launch(client, [listener, *kernels])
        for client in [one for one in kernels if one in ready]:
            _end(client, kernels.pop(client))
        for client, pid in list(kernels.items()):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                _tell(client, status)
                del kernels[client]
        if waiting and not ready:
            _import(waiting.pop(0))
            gc.freeze()
    for client, pid in kernels.items():
        _end(client, pid)


def _import(module: str) -> None:
    # A module that cannot be imported is the notebook's to report, in its own cell.
    with contextlib.suppress(Exception):
        importlib.import_module(module)


def _launch(client: socket.socket, others: list[socket.socket]) -> int:
    with client.makefile("r", encoding="utf-8") as stream:
        request = json.loads(stream.readline())
    if pid := os.fork():
        return pid
    for sock in others:
        sock.close()
    _become_kernel(request, client)
    os._exit(0)


def _become_kernel(request: dict[str, Any], client: socket.socket) -> None:
    os.setsid()
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    from ipykernel.kernelapp import IPKernelApp

    sys.argv = request["argv"]
    # The kernel watches for the end of its parent, which is the process it was forked from.
    kernel = IPKernelApp.instance()
    kernel.initialize([*sys.argv[1:], f"--IPKernelApp.parent_handle={os.getppid()}"])  # type: ignore[no-untyped-call]
    client.sendall(b"ready %d\n" % os.getpid())
    client.close()
    kernel.start()  # type: ignore[no-untyped-call]


def _end(client: socket.socket, pid: int) -> None:
    """Kill a kernel with all it started, and forget it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)
    _tell(client, os.waitpid(pid, 0)[1])


def _tell(client: socket.socket, status: int) -> None:
    """Tell the client how its kernel ended, if it still listens."""
    with contextlib.suppress(OSError):
        client.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    client.close()


if __name__ == "__main__":
    number = int(sys.argv[2])
    serve(sys.argv[1], sys.argv[3 : 3 + number], sys.argv[3 + number :])
    # Whoever started this may have been killed, so its folder is removed here as well.
    shutil.rmtree(os.path.dirname(sys.argv[1]), ignore_errors=True)  # noqa: PTH120
    os._exit(0)  # nothing is left to put in order, and taking the imports apart takes a while
