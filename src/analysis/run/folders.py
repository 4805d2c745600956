"""A folder of its own for each run, a lock on what it will publish, and the sweeping of what died."""

import json
import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from analysis.errors import AnalysisError
from analysis.workspace import Workspace

FREE_SPACE = 64 << 20  # bytes; a run of the shipped campaigns writes some five million
PATIENCE = 0.5  # seconds to wait for a lock: another run may look for a moment whether it is free
RUNS = Path("data/processed/.runs")
DEAD = ".dead"  # marks the folder of a run that is over
PUBLISHING_LIMIT = 60  # seconds to wait while another run, of another week, publishes


class LockedError(AnalysisError):
    """Another run of the same report is under way."""

    exit_status = 75


@contextmanager
def own_folder(target: Workspace, *, keep: bool) -> Iterator[Path]:
    """Give the run a folder beside the processed data, under the lock of the report it makes.

    The operating system frees the lock whatever happens to this process. A folder whose lock is free belongs
    to a run that died, and is swept away.

    Parameters
    ----------
    target
        Where the run will publish.
    keep
        Keep the folder when the run fails, and name it in the error, for whoever mends it.
    """
    runs = runs_folder(target.folder)
    key = f"{target.campaign.code}.{target.label}"
    with locked(runs, key):
        _sweep(runs, key)
        if (free := shutil.disk_usage(runs).free) < FREE_SPACE:
            raise AnalysisError(f"{runs}: {free >> 20} MiB free, {FREE_SPACE >> 20} are needed; make room")
        folder = runs / f"{key}.{secrets.token_hex(4)}"
        folder.mkdir()
        kept = False
        try:
            yield folder
        except AnalysisError as error:
            if not keep:
                raise
            kept = True
            raise type(error)(f"{error} (kept for inspection: {folder})") from error
        finally:
            if not kept:
                discard(folder)


def sweep(target: Workspace) -> None:
    """Remove what dead runs left, where no run is to be made that would."""
    runs = target.folder / RUNS
    if runs.is_dir():
        with suppress(OSError):  # not worth a failure: the next run tries again
            _sweep(runs, "")


def runs_folder(root: Path) -> Path:
    """Return the folder of a project's runs under way, made if need be."""
    folder = root / RUNS
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(13, "read-only")
    except OSError as error:
        raise AnalysisError(f"{folder}: cannot be written: {error.strerror}; nothing was run") from error
    return folder


@contextmanager
def publishing(root: Path) -> Iterator[None]:
    """Hold the lock under which reports of a project appear, and the index and the status are written."""
    try:
        with FileLock(runs_folder(root) / "publish.lock", timeout=PUBLISHING_LIMIT):
            yield
    except Timeout:
        raise LockedError(f"another run has been publishing for {PUBLISHING_LIMIT} s; run again") from None


def discard(folder: Path) -> None:
    """Remove a run's own folder with all that is in it; what a dying kernel still writes is swept later."""
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def locked(runs: Path, key: str, patience: float = PATIENCE) -> Iterator[None]:
    """Hold a lock on this machine, which ends with this process; who holds it is said to others."""
    holder = runs / f"{key}.holder"
    lock = FileLock(runs / f"{key}.lock", timeout=patience)
    try:
        lock.acquire()
    except Timeout:
        raise LockedError(f"{key}: another run is under way{_who(holder)}; wait for it to end") from None
    except OSError as error:
        raise AnalysisError(f"{runs}: cannot be written: {error.strerror}; nothing was run") from error
    try:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        holder.write_text(json.dumps([os.getpid(), socket.gethostname(), now]), encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _who(holder: Path) -> str:
    with suppress(OSError, ValueError):
        pid, host, since = json.loads(holder.read_text(encoding="utf-8"))
        return f" (process {pid} on {host}, since {since})"
    return ""


def _sweep(runs: Path, own: str) -> None:
    """Remove the folders of runs that are over: those of this report, and those whose lock is free."""
    for folder in [path for path in runs.iterdir() if path.is_dir()]:
        key, _, run = folder.name.rpartition(".")
        if key != own and not key.endswith(DEAD):
            # Held only to see that nobody has it, and not while files are removed: its owner may be starting.
            with suppress(Timeout, OSError), FileLock(runs / f"{key}.lock", timeout=0):
                folder = folder.rename(folder.with_name(f"{key}{DEAD}.{run}"))
        if key == own or folder.name.rpartition(".")[0].endswith(DEAD):
            discard(folder)
