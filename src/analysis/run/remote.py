"""A project at an address such as ``s3://bucket/folder``: a copy to work in, locks there, reports sent whole.

An object store has no rename and no lock that ends with its holder. So a command takes a lock for each
campaign, an object that one of many can create; fetches into a copy on this machine what is new; runs there
as ever; and sends each report, its ``SHA256SUMS`` last. What has none is no report: nobody lists or reads it.
So it does with what is received, the register that names the files last. A command that only reads takes no
lock, and has a copy of its own.
"""

import hashlib
import json
import os
import secrets
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from analysis.artifacts import read_json, write_json
from analysis.errors import AnalysisError, InputError
from analysis.received import receipts
from analysis.run.folders import PATIENCE, PUBLISHING_LIMIT, LockedError, locked, publishing
from analysis.run.publish import SUMS

PROTOCOLS = ("s3", "file", "memory")
"""Where creating an object that is there already is known to be refused, in one step, by the store itself."""
RAW, REPORTS, STATUS = "data/raw", ("reports", "public"), "reports/status.json"
REGISTERS = ("received.csv", "released.csv")
DEPTH = 3  # folders above a campaign's own files, and above those of a report


@dataclass(frozen=True)
class Remote:
    """A project at an address, and the copy of it on this machine; ``reads`` for the one that is only read.

    Raises
    ------
    InputError
        If the address is none, or one at which no lock would hold.
    AnalysisError
        From every method: what the store's library says, where it cannot be reached or refuses.
    """

    url: str
    reads: bool = False

    @cached_property
    def copy(self) -> Path:
        """Folder of the copy, below the user's cache; it may be deleted while no run is under way."""
        import pooch

        name = hashlib.sha256(self.url.encode()).hexdigest()[:16]
        return Path(pooch.os_cache("analysis")) / (f"{name}-read" if self.reads else name)

    @cached_property
    def _locks(self) -> Path:
        (folder := self.copy / "locks").mkdir(parents=True, exist_ok=True)
        return folder

    @cached_property
    def _there(self) -> tuple[Any, str]:
        protocol, _, path = self.url.partition("://")
        if protocol not in PROTOCOLS or not path:
            known = ", ".join(f"{one}://…" for one in PROTOCOLS)
            raise InputError(f"address {self.url[:60]!r}: locks are known to hold at {known} alone")
        try:
            from fsspec.core import url_to_fs

            store, root = url_to_fs(self.url, **({"auto_mkdir": True} if protocol == "file" else {}))
        except ImportError:
            raise AnalysisError(
                f"{protocol}:// takes s3fs; install requirements/cluster.txt (pip install analysis[cluster])"
            ) from None
        return store, root.rstrip("/")

    def campaigns(self) -> list[str]:
        """Return the names of the campaigns there."""
        with self._reached() as (store, root):
            return sorted(path.split("/")[-2] for path in store.glob(f"{root}/{RAW}/*/campaign.toml"))

    @contextmanager
    def held(self, name: str, patience: float = PATIENCE) -> Iterator[None]:
        """Hold a lock of the address: an object that only one can create, and that its holder removes.

        One that a dead run of this copy left is taken over, since its lock on this machine ended with it.

        Raises
        ------
        LockedError
            If somebody else still holds it after so many seconds; says who, and what to remove if he is dead.
        """
        place, ends = f"locks/{name}", time.monotonic() + patience
        with locked(self._locks, name, patience):
            since = datetime.now(UTC).isoformat(timespec="seconds")
            data = json.dumps([own := self._identity(), socket.gethostname(), since]).encode()
            while not self._create(place, data):
                holder, host, since = self._json(place, ["?", "another machine", "a moment ago"])
                if holder == own:
                    break
                if time.monotonic() > ends:
                    which = f"{self.url}/{place}: held by {host} since {since}"
                    raise LockedError(f"{which}; wait, or remove it if that run is dead")
                time.sleep(PATIENCE)
            if self._create(place, data):
                raise AnalysisError(
                    f"{self.url}: creates anew what is there, so no lock holds; nothing was run"
                )
            try:
                yield
            finally:
                with self._reached() as (store, root):
                    store.rm_file(f"{root}/{place}")

    def on_record(self) -> list[str]:
        """Return the names of the campaigns whose jobs have a record there; AnalysisError if none has."""
        if not (found := self._json(STATUS, {})):
            raise AnalysisError(f"{self.url}/{STATUS}: tells of no run; name a campaign")
        return sorted(found)

    def fetch(self, campaign: str, *, facts: bool = False) -> None:
        """Make the copy hold what is there of a campaign: facts, tallies, whole reports, its job's record.

        Or the ``facts`` and the record alone.
        """
        folders = [f"{one}/{campaign}" for one in (RAW, *(() if facts else REPORTS))]
        listed = self._listed(folders)
        wanted = [name for name in listed if not facts or "/tallies/" not in name]
        self._bring(self.copy, folders, listed, wanted, f"{campaign}.json")
        if self._listed(folders) != listed:
            raise AnalysisError(f"{self.url}: {campaign} changed while it was fetched; run again")
        if (told := self._json(STATUS, {}).get(campaign)) is not None:
            with publishing(self.copy):
                write_json(_read(self.copy / STATUS) | {campaign: told}, self.copy / STATUS)

    def send_received(self, campaign: str) -> None:
        """Put there what was received or let through in the copy since it was fetched.

        The files come first, and last the register that names them: one that a command which died has half
        sent is sent whole. Where the register changed there meanwhile, it stands.
        """
        raw, known = f"{RAW}/{campaign}", _read(self.copy / "fetched" / f"{campaign}.json")
        there = self._listed([raw])
        for register in (f"{raw}/{name}" for name in REGISTERS):
            own = self.copy / register
            if not own.is_file() or there.get(register) != known.get(register):
                continue
            with self._reached() as (store, root):
                if register in there and store.cat_file(f"{root}/{register}") == own.read_bytes():
                    continue
                named = [f"{raw}/tallies/{one.name}" for one in receipts(self.copy / raw)]
                new = [name for name in named if name not in known]
                store.put([str(self.copy / name) for name in new], [f"{root}/{name}" for name in new])
                store.pipe_file(draft := f"{root}/locks/.draft.{campaign}", own.read_bytes())
                store.mv(draft, f"{root}/{register}")  # a file is replaced in one step, as any object is

    def send(self, report: Path) -> str:
        """Put a report of the copy there, so that it is seen whole or not at all; return its address."""
        name = report.relative_to(self.copy).as_posix()
        seal = (report / SUMS).read_bytes()
        with self._reached() as (store, root):
            place = f"{root}/{name}"
            store.invalidate_cache()
            if not store.exists(f"{place}/{SUMS}"):
                if store.exists(place):
                    store.rm(place, recursive=True)  # what a run that died had sent
                files = [path for path in report.rglob("*") if path.is_file() and path != report / SUMS]
                to = [f"{place}/{path.relative_to(report).as_posix()}" for path in files]
                store.put([str(path) for path in files], to)
            if not self._create(f"{name}/{SUMS}", seal) and store.cat_file(f"{place}/{SUMS}") != seal:
                raise AnalysisError(f"{self.url}/{name}: published by another run; run again")
        return f"{self.url}/{name}"

    def tell(self, campaign: str) -> tuple[str, ...]:
        """List all reports there in their index, and record there how the campaign's job does.

        What is published is published: a failure is a warning, and the next run does it.
        """
        try:
            with self.held(".index", PUBLISHING_LIMIT), self._reached() as (store, root):
                for folder in REPORTS:
                    self._list(folder)
                if (own := _read(self.copy / STATUS).get(campaign)) is not None:
                    told = self._json(STATUS, {}) | {campaign: own}
                    store.pipe_file(f"{root}/{STATUS}", json.dumps(told, indent=2).encode())
        except AnalysisError as error:
            return (f"index not written: {error}",)
        return ()

    def _list(self, folder: str) -> None:
        """Write the index of a folder from the summaries there; of other files it wants the names alone."""
        from analysis.report import write_index  # not needed where nothing is sent

        listed, own = self._listed([folder]), self.copy / "listed"
        if not listed:
            return
        forms = [name for name in listed if name.count("/") == DEPTH]
        summaries = [name for name in forms if name.endswith("/summary.json")]
        self._bring(own, [folder], listed, summaries, f"{folder}.json")
        for name in set(forms) - set(summaries):
            (own / name).touch()
        write_index(own / folder)
        pages = [path for path in (own / folder).iterdir() if path.is_file()]
        store, root = self._there
        store.put([str(path) for path in pages], [f"{root}/{folder}/{path.name}" for path in pages])

    def _listed(self, folders: Iterable[str]) -> dict[str, str]:
        """Return the files below folders, each with what tells of a change; of reports the whole ones."""
        found: dict[str, str] = {}
        with self._reached() as (store, root):
            store.invalidate_cache()
            for folder in folders:
                with suppress(FileNotFoundError):
                    for path, facts in store.find(f"{root}/{folder}", detail=True).items():
                        facts = repr(sorted((key, repr(value)) for key, value in facts.items()))
                        found[path.removeprefix(f"{root}/")] = hashlib.sha256(facts.encode()).hexdigest()
        if wrong := next((name for name in found if ".." in name.split("/")), None):
            raise InputError(f"{self.url}: the name {wrong[:80]!r} leads elsewhere; remove it")
        whole = {_top(name) for name in found if name == f"{_top(name)}/{SUMS}"}
        return {name: sign for name, sign in found.items() if name.startswith(RAW) or _top(name) in whole}

    def _bring(
        self, into: Path, folders: Iterable[str], listed: dict[str, str], wanted: Iterable[str], record: str
    ) -> None:
        """Fetch those of the wanted files that are new or changed; remove what is not listed any more."""
        known = _read(into / "fetched" / record)
        held = {name: listed[name] for name in wanted}
        new = [name for name in held if known.get(name) != held[name] or not (into / name).is_file()]
        for folder in folders:
            for path in sorted((into / folder).rglob("*"), reverse=True):
                name = path.relative_to(into).as_posix()
                if path.is_dir():
                    with suppress(OSError):
                        path.rmdir()  # it goes where it is empty
                elif name.count("/") >= DEPTH and name not in listed:
                    path.unlink()
        for name in listed:
            (into / name).parent.mkdir(parents=True, exist_ok=True)
        with self._reached() as (store, root):
            store.get([f"{root}/{name}" for name in new], [str(into / name) for name in new])
        # Of what is there and was not wanted, the file that is here is still the one it was.
        write_json({name: known[name] for name in listed if name in known} | held, into / "fetched" / record)

    def _create(self, name: str, data: bytes) -> bool:
        """Create an object in one step; say whether it was not there: of several who try, one did."""
        with self._reached() as (store, root):
            path = f"{root}/{name}"
            try:
                if getattr(store, "local_file", False):
                    _link(Path(path), data, Path(root, "locks"))
                else:
                    with store.open(path, "xb") as stream:
                        stream.write(data)
            except FileExistsError:
                return False
        return True

    def _json(self, name: str, otherwise: Any) -> Any:
        """Read an object; one that is not there, or is broken, is something else."""
        with self._reached() as (store, root), suppress(FileNotFoundError, ValueError):
            read = json.loads(store.cat_file(f"{root}/{name}"))
            return read if type(read) is type(otherwise) else otherwise
        return otherwise

    def _identity(self) -> str:
        """Return what this copy is known by, made once."""
        path = self.copy / "identity.json"
        with locked(self._locks, "identity", PUBLISHING_LIMIT):
            if not path.exists():
                write_json(secrets.token_hex(16), path)
            return str(read_json(path))

    @contextmanager
    def _reached(self) -> Iterator[tuple[Any, str]]:
        """Give the store and the project's place in it; whatever its library raises is one line."""
        try:
            yield self._there
        except AnalysisError:
            raise
        except Exception as error:
            said = " ".join(str(error).split())[:300]
            raise AnalysisError(f"{self.url}: {type(error).__name__}: {said}") from error


@contextmanager
def working_at(url: str, campaigns: Iterable[str]) -> Iterator[None]:
    """Hold the campaigns of an address and work in a copy of them; without one, in the project's folder.

    What was received in the copy is sent at the end, and before anything else what a dead command received.
    """
    with ExitStack() as stack:
        if url:
            remote = Remote(url)
            for campaign in sorted({*campaigns} & {*remote.campaigns()}):  # others are refused where opened
                stack.enter_context(remote.held(campaign))
                remote.send_received(campaign)
                remote.fetch(campaign)
                stack.callback(remote.send_received, campaign)
            os.environ["ANALYSIS_ROOT"] = str(remote.copy)
        yield


@contextmanager
def reading_at(url: str, campaigns: Iterable[str], *, facts: bool = False) -> Iterator[None]:
    """Read the campaigns of an address, also while others work there; without one, the project's folder."""
    with ExitStack() as stack:
        if url:
            remote = Remote(url, reads=True)
            for campaign in sorted({*campaigns}):
                stack.enter_context(locked(remote._locks, campaign))
                remote.fetch(campaign, facts=facts)
            os.environ["ANALYSIS_ROOT"] = str(remote.copy)
        yield


def _link(path: Path, data: bytes, drafts: Path) -> None:
    """Make a file whole in one step, and only where there is none: a name for one that is written already."""
    for folder in (path.parent, drafts):
        folder.mkdir(parents=True, exist_ok=True)
    draft = drafts / f".{secrets.token_hex(8)}"
    try:
        draft.write_bytes(data)
        path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)


def _top(name: str) -> str:
    return "/".join(name.split("/")[:DEPTH])


def _read(path: Path) -> dict[str, Any]:
    return dict(read_json(path)) if path.exists() else {}
