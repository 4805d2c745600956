"""Kernels that start warm, forked from one process that has imported the stack; or ordinary ones."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

START_LIMIT = 60  # seconds the first kernel may wait for the imports


@contextmanager
def warm_kernels(modules: Iterable[str], folder: Path) -> Iterator[dict[str, Any]]:
    """Start a process that imports ``modules``; yield what papermill's engine needs to fork kernels from it.

    Where forking is not safe (only Linux is known to be) or ``ANALYSIS_KERNELS=cold``, nothing is yielded and
    the engine starts each kernel as ever; the results are the same, only later. All kernels end with the
    block, or with this process if it is killed.
    """
    if sys.platform != "linux" or os.environ.get("ANALYSIS_KERNELS") == "cold":
        yield {}
        return
    place = tempfile.mkdtemp(prefix="analysis-")
    command = [sys.executable, "-P", "-m", "analysis.run.warm", f"{place}/socket", *sorted(set(modules))]
    server = subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, cwd=folder, start_new_session=True
    )
    try:
        yield {"kernel_manager_class": _manager_class(f"{place}/socket", server)}
    finally:
        if server.stdin:
            server.stdin.close()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(place, ignore_errors=True)


def _manager_class(address: str, server: "subprocess.Popen[bytes]") -> type:
    """Make the class of kernel managers that fork from the server at ``address``."""
    from jupyter_client.manager import AsyncKernelManager
    from jupyter_client.provisioning.local_provisioner import LocalProvisioner

    class ForkProvisioner(LocalProvisioner):
        async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
            if server.poll() is not None:  # it could not start: an ordinary kernel does as well
                return await super().launch_kernel(cmd, **kwargs)
            arguments = cmd[cmd.index("ipykernel_launcher") :]
            process = ForkedKernel(address, arguments, str(kwargs["cwd"]), dict(kwargs["env"]))
            self.process = process  # type: ignore[assignment]  # what is used of Popen, it has
            self.pid = self.pgid = process.pid
            self.cwd = kwargs["cwd"]
            return self.connection_info

    class ForkingManager(AsyncKernelManager):
        async def _async_pre_start_kernel(self, **kwargs: Any) -> Any:
            if self.provisioner is None:
                self.kernel_id = self.kernel_id or os.urandom(8).hex()
                self.provisioner = ForkProvisioner(
                    kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
                )
            return await super()._async_pre_start_kernel(**kwargs)

    return ForkingManager


class ForkedKernel:
    """A kernel forked by the server, with the part of `subprocess.Popen` that a provisioner asks for."""

    stdin = stdout = stderr = None

    def __init__(self, address: str, argv: list[str], cwd: str, env: dict[str, str]) -> None:
        self.returncode: int | None = None
        self._line = socket.socket(socket.AF_UNIX)
        self._line.settimeout(START_LIMIT)
        self._connect(address)
        self._line.sendall(json.dumps({"argv": argv, "cwd": cwd, "env": env}).encode() + b"\n")
        self._replies = self._line.makefile("r", encoding="utf-8")
        self.pid = int(self._replies.readline())

    def _connect(self, address: str) -> None:
        """Connect as soon as the server listens, which it does before it imports anything."""
        for _ in range(START_LIMIT * 20):
            with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
                return self._line.connect(address)
            time.sleep(0.05)
        raise RuntimeError(f"no process to fork kernels from within {START_LIMIT} s")

    def poll(self) -> int | None:
        """Return the exit status, or None while the kernel runs."""
        if self.returncode is None:
            self._line.settimeout(0)
            try:
                said = self._line.recv(64)
            except BlockingIOError:
                return None
            except OSError:
                said = b""
            self.returncode = int(said) if said.strip() else -signal.SIGKILL
        return self.returncode

    def wait(self) -> int:
        """Wait for the end and return the exit status."""
        if self.returncode is None:
            self._line.settimeout(None)
            said = self._line.recv(64)
            self.returncode = int(said) if said.strip() else -signal.SIGKILL
        self._replies.close()
        self._line.close()
        return self.returncode

    def send_signal(self, signum: int) -> None:
        """Signal the kernel's process."""
        os.kill(self.pid, signum)

    def kill(self) -> None:
        """Kill the kernel's process."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel's process to end."""
        self.send_signal(signal.SIGTERM)
