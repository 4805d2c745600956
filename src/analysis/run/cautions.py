"""What a published report must be read with care for: problems with the files of its own week."""

import csv
from collections import Counter
from datetime import datetime, timedelta

from analysis.artifacts import read_json
from analysis.run.provenance import received_files
from analysis.workspace import Workspace

FRESH = timedelta(days=7)


def warnings_of(workspace: Workspace) -> tuple[str, ...]:
    """Return one line for each kind of problem with what was received in the week before the as-of instant.

    Problems of older files were told with the reports of their weeks; telling them for ever would teach
    everybody not to look.
    """
    since = workspace.as_of - FRESH
    fresh = {
        row["name"] for row in received_files(workspace) if datetime.fromisoformat(row["received_at"]) > since
    }
    lines = [] if fresh else ["no file was received in the seven days before: these are older numbers"]
    path = workspace.processed / "findings.csv"
    if path.exists():
        with path.open(encoding="utf-8", newline="") as stream:
            found = [row for row in csv.DictReader(stream) if row["severity"] in {"warning", "error"}]
        told = [row for row in found if not row["file"] or row["file"].rpartition("/")[2] in fresh]
        counts = Counter((row["severity"], row["code"]) for row in told)
        lines += [f"{code}: {count} ({severity})" for (severity, code), count in sorted(counts.items())]
    return (*lines, *_not_compared(workspace))


def _not_compared(workspace: Workspace) -> tuple[str, ...]:
    """Name the areas that mobilised and are in no comparison, one line a reason."""
    path = workspace.processed / "verdict.json"
    left = read_json(path).get("not_compared", []) if path.exists() else []
    return tuple(
        f"mobilised but not compared ({why}): {', '.join(one['area'] for one in left if one['why'] == why)}"
        for why in dict.fromkeys(one["why"] for one in left)
    )
