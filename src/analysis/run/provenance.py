"""What a report was made from: inputs, code, packages, and what came out, each by its hash."""

import csv
import platform
import subprocess
from datetime import datetime
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from analysis.artifacts import sha256
from analysis.campaign import Campaign
from analysis.workspace import Workspace

FACTS = ("campaign.toml", "areas.csv", "borders.csv", "mobilisations.csv", "published.csv")


def provenance(workspace: Workspace, timings: dict[str, float], made: dict[str, Path]) -> dict[str, Any]:
    """Gather the provenance of one run.

    Parameters
    ----------
    workspace
        The run's workspace; its campaign's folder holds the inputs.
    timings
        Seconds each notebook took.
    made
        Data artifacts by name; equal hashes mean an equal result.
    """
    campaign, root = workspace.campaign, campaign_root(workspace.campaign)
    return {
        "campaign": campaign.code,
        "as_of": workspace.as_of.isoformat(),
        "simulated": campaign.simulated,
        "seed": campaign.seed,
        "inputs": input_hashes(workspace),
        "outputs": {name: sha256(path) for name, path in sorted(made.items())},
        "code": git_state(root),
        "lock": sha256(root / "requirements" / "runtime.txt"),
        "packages": {
            dist.name: dist.version for dist in sorted(distributions(), key=lambda d: d.name.lower())
        },
        "python": platform.python_version(),
        "platform": platform.platform(),
        "seconds": {name: round(value, 2) for name, value in timings.items()},
    }


def campaign_root(campaign: Campaign) -> Path:
    """Return the project folder a campaign lies in: ``data/raw/<campaign>`` is three levels down."""
    return campaign.folder.resolve().parents[2]


def input_hashes(workspace: Workspace) -> dict[str, str]:
    """SHA-256 of each file the as-of view can have read, by its path in the campaign folder."""
    folder = workspace.campaign.folder
    facts = {name: sha256(folder / name) for name in FACTS if (folder / name).exists()}
    with (folder / "received.csv").open(encoding="utf-8", newline="") as stream:
        received = {
            f"tallies/{row['name']}": row["sha256"]
            for row in csv.DictReader(stream)
            if datetime.fromisoformat(row["received_at"]) <= workspace.as_of
        }
    return {**facts, **dict(sorted(received.items()))}


def git_state(root: Path) -> dict[str, Any]:
    """Return the commit of the code and whether the tree differed from it; unknown outside a checkout."""

    def git(*arguments: str) -> str | None:
        try:
            done = subprocess.run(  # noqa: S603
                ["git", "-C", str(root), *arguments],  # noqa: S607
                capture_output=True,
                text=True,
                check=True,
            )
        except (OSError, subprocess.CalledProcessError):
            return None
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no")
    return {"commit": git("rev-parse", "HEAD"), "changed": None if changed is None else bool(changed)}
