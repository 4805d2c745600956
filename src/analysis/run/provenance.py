"""What a report was made from: inputs, public holidays, code and packages; and what came out, by its hash."""

import platform
import subprocess
from datetime import UTC, datetime
from hashlib import sha256 as sha256_of
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, Field

from analysis.artifacts import installed, sha256
from analysis.received import FACTS, receipts, releases
from analysis.workspace import Workspace, project_root

PROVENANCE = "provenance.json"


class Recorded(BaseModel):
    """What is read of a report's ``provenance.json``."""

    # A code, never a path: a report that somebody hands over must not lead out of data/raw.
    campaign: Annotated[str, Field(pattern=r"^[^/\\]+$")]
    as_of: AwareDatetime
    public: bool = False
    inputs: dict[str, str]
    outputs: dict[str, str]
    code: dict[str, str | bool | None] = {}
    lock: str | None = None
    packages: dict[str, str] = {}
    python: str = ""
    platform: str = ""


def recorded(report: Path) -> Recorded | None:
    """Read what a published report was made from; none where that is not there, or broken."""
    try:
        return Recorded.model_validate_json((report / PROVENANCE).read_bytes())
    except (OSError, ValueError):
        return None


def provenance(
    workspace: Workspace, inputs: dict[str, str], steps: dict[str, Any], outputs: dict[str, str]
) -> dict[str, Any]:
    """Gather the provenance of one run.

    Parameters
    ----------
    workspace
        The run's workspace.
    inputs
        As `input_hashes` returns.
    steps
        By notebook: its fingerprint, whether it was reused, and the seconds it took.
    outputs
        SHA-256 of what was made, by name; equal hashes mean an equal result.
    """
    campaign, root = workspace.campaign, project_root()
    return {
        "campaign": campaign.code,
        "as_of": workspace.as_of.isoformat(),
        "public": workspace.public,
        "simulated": campaign.simulated,
        "seed": campaign.seed,
        "inputs": inputs,
        "holidays": [holiday.model_dump(mode="json") for holiday in campaign.holidays],
        "outputs": outputs,
        "steps": steps,
        "version": version("analysis"),
        "code": git_state(root),
        "lock": sha256(lock) if (lock := root / "requirements" / "runtime.txt").exists() else None,
        "packages": versions(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def versions() -> dict[str, str]:
    """Return the version of every package on the path."""
    parted = (name.removesuffix(".dist-info").partition("-") for name in installed())
    return {name.replace("_", "-").lower(): version for name, _, version in parted}


def received_files(workspace: Workspace) -> list[dict[str, str]]:
    """Return the rows of ``received.csv`` known at the as-of instant, in their order."""
    return [
        one._asdict() | {"received_at": one.received_at.isoformat()}
        for one in receipts(workspace.campaign.folder)
        if one.received_at <= workspace.as_of
    ]


def input_hashes(workspace: Workspace) -> dict[str, str]:
    """SHA-256 of the bytes of each file the as-of view can read, by its path in the campaign folder.

    Of ``received.csv`` and ``released.csv`` only the rows known then count: what comes later leaves old weeks
    as they were.
    """
    folder = workspace.campaign.folder
    received = received_files(workspace)
    facts = {name: sha256(folder / name) for name in sorted(FACTS) if (folder / name).is_file()}
    facts["received.csv"] = sha256_of("\n".join(map(_line, received)).encode()).hexdigest()
    released = sorted(
        _line(one._asdict() | {"row": str(one.row), "released_at": one.released_at.isoformat()})
        for one in releases(folder)
        if one.released_at <= workspace.as_of
    )
    if released:
        facts["released.csv"] = sha256_of("\n".join(released).encode()).hexdigest()
    tallies = {f"tallies/{row['name']}": folder / "tallies" / row["name"] for row in received}
    return facts | {
        name: sha256(path) if path.is_file() else "missing" for name, path in sorted(tallies.items())
    }


def _line(row: dict[str, str]) -> str:
    return repr(sorted(row.items(), key=str))


def git_state(root: Path) -> dict[str, Any]:
    """Return the commit of the code and whether the tree differed from it; unknown outside a checkout."""
    why: list[str] = []

    def git(*arguments: str) -> str | None:
        try:
            done = subprocess.run(  # noqa: S603
                ["git", "-C", str(root), *arguments],  # noqa: S607
                capture_output=True,
                text=True,
                check=True,
            )
        except OSError as error:
            why.append(f"git: {error.strerror}")
            return None
        except subprocess.CalledProcessError as error:
            why.append(next(iter(error.stderr.strip().splitlines()), "git failed")[:200])
            return None
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no")
    state = {"commit": git("rev-parse", "HEAD"), "changed": None if changed is None else bool(changed)}
    # A checkout that git will not speak of, such as another user's, is not the same as none.
    return state | ({"unknown": why[0]} if why and (root / ".git").exists() else {})
