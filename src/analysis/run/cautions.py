"""What a published report must be read with care for: problems with the files of its own week."""

import csv
from collections import Counter
from datetime import UTC, datetime, timedelta

from analysis.artifacts import read_json
from analysis.received import receipts, unlisted
from analysis.run.provenance import git_state, received_files, recorded
from analysis.workspace import Workspace, project_root

FRESH = timedelta(days=7)
NEVER = datetime.max.replace(tzinfo=UTC)


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
    lines += [*of_register(workspace), *_of_code()]
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
    by_why: dict[str, dict[str, None]] = {}
    for one in left:  # an area may have had several pushes
        by_why.setdefault(one["why"], {})[one["area"]] = None
    return tuple(f"mobilised but not compared ({why}): {', '.join(areas)}" for why, areas in by_why.items())


def of_register(workspace: Workspace) -> list[str]:
    """Say where the register is not as it should be: a file that nobody listed, a line that vanished.

    A line that now has other bytes or a later time of receipt has vanished, too: what some report of the
    campaign read is not read any more, and it cannot be verified until the line is back.
    """
    folder = workspace.campaign.folder
    lines = []
    if stray := unlisted(folder):
        lines.append(
            f"{_named(stray)} in tallies/ and in no line of received.csv, so not read; give it to "
            "'analysis receive', or bring its line back"
        )
    listed = {(f"tallies/{one.name}", one.sha256): one.received_at for one in receipts(folder)}
    read = _read_by_reports(workspace)
    vanished = {name for (name, sha), as_of in read.items() if listed.get((name, sha), NEVER) > as_of}
    if gone := sorted(name.removeprefix("tallies/") for name in vanished):
        lines.append(
            f"{_named(gone)} no more in received.csv as an earlier report was made from; bring the line back"
        )
    return lines


def _named(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{', '.join(names[:3])}{more}: {len(names)} file{'s'[: len(names) > 1]}"


def _read_by_reports(workspace: Workspace) -> dict[tuple[str, str], datetime]:
    """Return the tally files, by name and hash, that reports were made from, each with its first instant."""
    read: dict[tuple[str, str], datetime] = {}
    for report in (project_root() / "reports" / workspace.campaign.code).glob("*/"):
        if said := recorded(report):  # `verify` tells of a broken one
            for one in said.inputs.items():
                if one[0].startswith("tallies/"):
                    read[one] = min(read.get(one, said.as_of), said.as_of)
    return read


def _of_code() -> list[str]:
    unknown = git_state(project_root()).get("unknown")
    return [f"the commit of the code is unknown: {unknown}"] if unknown else []
