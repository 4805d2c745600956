"""Where reports are made: in this process, or on a Dask cluster; behind one `concurrent.futures.Executor`.

Every notebook runs in a kernel of its own process, so ``--jobs`` needs no more than threads that wait for
kernels. A cluster's workers make whole reports; they share the project's folder, code, lock and Python with
whoever sends the work, which is checked when connecting and again by each task, or refuse.
"""

import atexit
import hashlib
import logging
import os
import platform
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from analysis.artifacts import sha256
from analysis.errors import AnalysisError, InputError
from analysis.run.fingerprint import PACKAGE
from analysis.run.plan import Plan, kernels_for
from analysis.run.remote import Remote
from analysis.run.steps import Step
from analysis.workspace import own_or_carried, project_root

CONNECT_LIMIT = 15  # seconds until a scheduler answers, and until it has a worker
LOCAL = re.compile(r"local:([1-9]\d?)")
REMOTE = re.compile(r"(tcp|tls)://\S+:\d+")
QUIET = {
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.monitor-interval": "1s",
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
}
"""What Dask measures of itself up to a hundred times a second and nobody reads here: with two workers on
this machine some three in a hundred of the processor time."""
KERNELS = ExitStack()
"""What this process, a worker, has started; it ends with it."""
atexit.register(KERNELS.close)


@contextmanager
def workers(jobs: int, cluster: str, at: str = "") -> Iterator[tuple[Executor, int]]:
    """Open what work is submitted to; yield it, and how many tasks one machine does at once.

    Parameters
    ----------
    jobs
        Reports made at once on this machine.
    cluster
        Empty for this machine, ``local:4`` for a cluster of four processes on it, or a scheduler's address.
    at
        Address of the project, from which each worker has a copy; empty for one folder that they share.

    Raises
    ------
    InputError
        If the address is none, or the workers have other code, another lock, Python or folder.
    AnalysisError
        If no cluster answers within `CONNECT_LIMIT` seconds, or what it takes is not installed.
    """
    if not cluster:
        pool = ThreadPoolExecutor(jobs)
        try:
            yield pool, jobs
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        return
    with _client(cluster) as client:
        _require_alike(client, at)
        machines = Counter(address.rpartition(":")[0] for address in client.nthreads())
        yield client.get_executor(), max(machines.values())
        if client.status == "running":
            client.run(end_kernels)


@contextmanager
def _client(cluster: str) -> Iterator[Any]:
    local = LOCAL.fullmatch(cluster)
    if not local and not REMOTE.fullmatch(cluster):
        raise InputError(f"cluster {cluster[:60]!r}: write local:4 or tcp://scheduler:8786")
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError:
        raise AnalysisError(
            "a cluster takes distributed; install requirements/cluster.txt (pip install analysis[cluster])"
        ) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what is lost is named, without tracebacks
    with ExitStack() as stack:
        try:
            address: Any = cluster
            if local:
                stack.enter_context(dask.config.set(QUIET))
                here = LocalCluster(n_workers=int(local[1]), threads_per_worker=1, dashboard_address=":0")  # type: ignore[no-untyped-call]
                address = stack.enter_context(here)
            client = stack.enter_context(Client(address, timeout=CONNECT_LIMIT, set_as_default=False))  # type: ignore[no-untyped-call]
            client.wait_for_workers(1, timeout=CONNECT_LIMIT)
        except (OSError, TimeoutError) as error:
            raise AnalysisError(
                f"cluster {cluster}: no scheduler with a worker answered within {CONNECT_LIMIT} s "
                f"({type(error).__name__}); see docs/operating.md"
            ) from None
        yield client


def _require_alike(client: Any, at: str = "") -> None:
    root = str(project_root())
    try:
        found = client.run(there_at, root, at)
    except OSError as error:
        raise AnalysisError(
            f"a worker or the scheduler went while asked for its code ({type(error).__name__}); run again"
        ) from None
    for worker, there in sorted(found.items()):
        if difference := unlike(here_at(root), there):
            raise InputError(f"worker {worker}: {difference}")
    for worker, many in client.nthreads().items():
        if many > 1:  # Python 3.11 fails where two threads parse code while Dask looks at what is collected
            raise InputError(f"worker {worker}: has {many} threads; start it with --nthreads 1")


@cache
def here_at(root: str) -> dict[str, str]:
    """Say what has to be the same wherever a report of this project is made."""
    code = sorted(path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix != ".pyc")
    digest = hashlib.sha256(
        "".join(f"{path.relative_to(PACKAGE)} {sha256(path)}\n" for path in code).encode()
    )
    lock = Path(root) / "requirements" / "runtime.txt"
    return {
        "code": digest.hexdigest()[:12],
        "lock": sha256(lock if lock.exists() else own_or_carried("requirements/runtime.txt"))[:12],
        "Python": platform.python_version(),
        "machine": platform.machine(),
    }


def there_at(root: str, at: str = "") -> dict[str, str]:
    """As `here_at`, in a worker that may not see the folder; or of its own copy of what is at an address."""
    seen = bool(Remote(at).campaigns()) if at else (Path(root) / "data" / "raw").is_dir()
    if not seen:
        return {"folder": "not there"}
    root = str(Remote(at).copy) if at else root
    os.environ["ANALYSIS_ROOT"] = root
    return here_at(root)


def unlike(here: Mapping[str, str], there: Mapping[str, str]) -> str:
    """Say in a line what is not the same; empty if nothing is."""
    if "folder" in there:
        return "does not see the project's folder; it must lie where it does here, on a shared file system"
    found = [f"{name} {there.get(name)} is not {one}" for name, one in here.items() if there.get(name) != one]
    return f"{', '.join(found)}; install there what is here" if found else ""


@cache
def warm_kernel(steps: tuple[Step, ...], notebooks: Path | None, beside: int) -> str:
    """Start, once in a worker, what its kernels are forked from; a plan that is sent is another each time."""
    return KERNELS.enter_context(kernels_for(Plan(steps, notebooks, beside=beside)))


def end_kernels() -> None:
    """End, in a worker, what its kernels are forked from."""
    warm_kernel.cache_clear()
    KERNELS.close()
