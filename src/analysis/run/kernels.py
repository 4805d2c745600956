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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any

START_LIMIT = 60  # seconds the first kernel may wait for the imports
GREETING_LIMIT = 2.0  # seconds; a kernel greets who subscribes to it within milliseconds

# Sums in another order differ in their last digit, and how many threads share a sum depends on the machine:
# the number of its cores must not decide what a report says. It is also faster, the matrices being small.
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


# Bytes of address space a kernel may map: the stack maps some two billion, and threads reserve more a core.
MEMORY_LIMIT = (8 << 30) + (os.cpu_count() or 1) * (256 << 20)


def can_fork() -> bool:
    """Say whether kernels are forked here: on Linux, unless ``ANALYSIS_KERNELS=cold`` forbids it."""
    return sys.platform == "linux" and os.environ.get("ANALYSIS_KERNELS") != "cold"


@contextmanager
def warm_kernels(first: Sequence[str], later: Sequence[str], folder: Path) -> Iterator[dict[str, Any]]:
    """Start a process that imports modules; yield what papermill's engine needs to fork kernels from it.

    Where kernels cannot be forked the engine starts each as ever; the results are the same, only later. In
    either, linear algebra keeps to one thread and, on Linux, memory to `MEMORY_LIMIT`. All forked kernels end
    with the block, or with this process if it is killed.

    Parameters
    ----------
    first
        What the first kernel imports; it is not forked before.
    later
        What others import, got ready while the first one works.
    folder
        Current folder of the process.
    """
    place = tempfile.mkdtemp(prefix="analysis-")
    # Connection files hold a key, and what a user has IPython run at its start is no part of a report.
    own = {"JUPYTER_RUNTIME_DIR": place, "IPYTHONDIR": f"{place}/ipython"}
    try:
        with _environment(ONE_THREAD | own):
            if not can_fork():
                yield {"kernel_manager_class": _manager_class()} if sys.platform == "linux" else {}
                return
            with _server([f"{place}/socket", str(len(first)), *first, *later], folder) as server:
                yield {"kernel_manager_class": _manager_class(f"{place}/socket", server)}
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _server(arguments: list[str], folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the process that kernels are forked from; it ends when its standard input does."""
    command = [sys.executable, "-P", "-Xfrozen_modules=off", "-m", "analysis.run.warm", *arguments]
    server = subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, cwd=folder, start_new_session=True
    )
    try:
        yield server
    finally:
        if server.stdin:
            server.stdin.close()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _limit_memory(pid: int) -> None:
    import resource  # there is none on Windows

    hard = resource.prlimit(pid, resource.RLIMIT_AS)[1]
    most = MEMORY_LIMIT if hard == resource.RLIM_INFINITY else min(MEMORY_LIMIT, hard)
    resource.prlimit(pid, resource.RLIMIT_AS, (most, most))


@contextmanager
def _environment(settings: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _manager_class(address: str = "", server: "subprocess.Popen[bytes] | None" = None) -> type:
    """Make the class of kernel managers that fork from the server, or start ordinary kernels without one."""
    from jupyter_client.asynchronous.client import AsyncKernelClient
    from jupyter_client.manager import AsyncKernelManager
    from jupyter_client.provisioning.local_provisioner import LocalProvisioner

    class PromptClient(AsyncKernelClient):
        async def wait_for_ready(self, timeout: float | None = None) -> None:
            """Wait until the kernel answers and what it prints arrives, without the usual fixed pauses."""
            try:
                await self.get_iopub_msg(timeout=GREETING_LIMIT)
            except Empty:
                await super().wait_for_ready(timeout)
            else:
                self._handle_kernel_info_reply(await self.kernel_info(reply=True, timeout=timeout))

    class ForkProvisioner(LocalProvisioner):
        async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
            if server is None or server.poll() is not None:  # where it could not start: an ordinary kernel
                launched = await super().launch_kernel(cmd, **kwargs)
                _limit_memory(int(str(self.pid)))
                return launched
            arguments = cmd[cmd.index("ipykernel_launcher") :]
            process = ForkedKernel(address, arguments, str(kwargs["cwd"]), dict(kwargs["env"]))
            self.process = process  # type: ignore[assignment]  # what is used of Popen, it has
            self.pid = self.pgid = process.pid
            _limit_memory(process.pid)
            self.cwd = kwargs["cwd"]
            return self.connection_info

        async def kill(self, restart: bool = False) -> None:
            process: Any = self.process
            if isinstance(process, ForkedKernel):
                process.kill()
            else:
                await super().kill(restart)

    class ForkingManager(AsyncKernelManager):
        client_factory = PromptClient

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
        with self._line.makefile("r", encoding="utf-8") as replies:
            said = replies.readline().split()
        if said[:1] != ["ready"]:
            self._line.close()
            raise RuntimeError(f"a kernel ended before it was ready ({' '.join(said) or 'no answer'})")
        self.pid = int(said[1])

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
            with contextlib.suppress(BlockingIOError):
                self._hear()
        return self.returncode

    def wait(self) -> int:
        """Wait for the end and return the exit status."""
        if self.returncode is None:
            self._line.settimeout(None)
            self._hear()
        assert self.returncode is not None  # noqa: S101 - for the type checker: just heard
        return self.returncode

    def _hear(self) -> None:
        """Take the exit status from the server; one that is gone has killed its kernels."""
        said = b""
        with contextlib.suppress(ConnectionError):
            said = self._line.recv(64)
        self.returncode = int(said) if said.strip() else -signal.SIGKILL
        self._line.close()

    def send_signal(self, signum: int) -> None:
        """Signal the kernel's process."""
        os.kill(self.pid, signum)

    def kill(self) -> None:
        """Kill the kernel with all it started, and wait until the server has seen it dead."""
        if self.returncode is None:
            with contextlib.suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)
            with contextlib.suppress(OSError):
                self._line.shutdown(socket.SHUT_WR)
            self.wait()

    def terminate(self) -> None:
        """Ask the kernel's process to end."""
        self.send_signal(signal.SIGTERM)
