"""The way in: a project's folders, a new campaign's folder, all campaigns, all that is wrong with one."""

import json
import re
import shutil
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import typer

from analysis.campaign.draft import Draft
from analysis.errors import InputError
from analysis.workspace import campaign_folder, campaign_names, carried, open_campaign, project_root

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
WITH_WARNINGS, WITH_ERRORS = 10, 20


def init(folder: Annotated[Path, typer.Argument(help="Folder to make; empty, or not there yet.")]) -> None:
    """Make a project's folders, with the notebooks that come with the package."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder}: not empty; name a folder that is empty or not there yet")
    for name in ("data/raw", "notebooks", "requirements"):
        (folder / name).mkdir(parents=True)
    for notebook in sorted((carried() / "notebooks").glob("*.ipynb")):
        shutil.copyfile(notebook, folder / "notebooks" / notebook.name)
    shutil.copyfile(carried() / "requirements" / "runtime.txt", folder / "requirements" / "runtime.txt")
    readme = (files("analysis.cli") / "readme.md").read_text(encoding="utf-8")
    (folder / "README.md").write_text(readme.format(name=folder.resolve().name), encoding="utf-8")
    (folder / ".gitignore").write_text("/data/processed/\n/reports/\n/public/\n", encoding="utf-8")
    typer.echo(f"{folder}: a project; next: cd {folder} && analysis new CODE")


def new(
    code: Annotated[str, typer.Argument(help="Name of the campaign's folder: letters, digits, _ and -.")],
    more: Annotated[
        list[Path] | None, typer.Argument(help="More files for --from.", metavar="[FILE...]")
    ] = None,
    from_files: Annotated[
        list[Path] | None,
        typer.Option("--from", metavar="FILE", help="Tally files, or a folder of them, to propose from."),
    ] = None,
    into: Annotated[
        Path | None, typer.Option("--into", help="Folder to make it in. [default: data/raw of the project]")
    ] = None,
) -> None:
    """Write the folder of a new campaign, with a line for everything that a person has to say."""
    if not CODE.fullmatch(code):
        raise InputError(
            f"code {code[:70]!r}: write letters, digits, _ and -, at most 64, such as drive_2024"
        )
    folder = (into or project_root() / "data" / "raw") / code
    if folder.exists():
        raise InputError(f"{folder}: there already; name another code, or go on with that one")
    draft = _drafted(code, [*(from_files or []), *(more or [])])
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{code}.") as made:
        for name, text in draft.files().items():
            (Path(made) / code / name).parent.mkdir(exist_ok=True)
            (Path(made) / code / name).write_text(text, encoding="utf-8")
        (Path(made) / code).rename(folder)
    typer.echo(f"{folder}: campaign.toml, areas.csv with {len(draft.areas)} areas, mobilisations.csv")
    for line in draft.known:
        typer.echo(f"  found: {line}")
    for line in draft.unknown:
        typer.echo(f"  to say: {line}")
    typer.echo(f"next: fill in campaign.toml and areas.csv, then 'analysis campaigns check {code}'")


def _drafted(code: str, given: list[Path]) -> Draft:
    """Return what the folder says at first: by tally files where some are given."""
    sent = [one for path in given for one in (sorted(path.iterdir()) if path.is_dir() else [path])]
    if missing := next((path for path in sent if not path.is_file()), None):
        raise InputError(f"{missing}: no such file; give tally files, or a folder of them")
    if sent:
        from analysis.tallies.propose import propose

        return propose(code, sent, datetime.now(UTC))
    said = "the name, the target and its deadline, the areas (areas.csv), and how often files come"
    return Draft(code, unknown=(said,))


def campaigns(
    what: Annotated[str, typer.Argument(help="list, or check.", metavar="[list|check]")] = "list",
    named: Annotated[
        list[str] | None,
        typer.Argument(help="Campaigns to check, by name or path; all if none.", metavar="CODE"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
) -> None:
    """List the campaigns with phase, newest tally and health; or check all that one says.

    `check` exits with 0 where nothing is wrong, 10 with warnings, 20 with errors.
    """
    if what == "check":
        _check(named or campaign_names(), as_json)
    elif what == "list" and not named:
        rows = [_row(name) for name in campaign_names()]
        if as_json:
            typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
            return
        for row in rows:
            typer.echo(f"{row['campaign']}: {row['name']}")
            typer.echo(f"  {row['phase']}; figures to {row['newest'] or 'no day yet'}; {row['health']}")
            if row["broken"]:
                typer.echo(f"  {row['broken']}")
        if not rows:
            typer.echo(f"no campaign in {project_root() / 'data' / 'raw'}; 'analysis new CODE' makes one")
    else:
        raise InputError(
            f"campaigns {what[:40]!r}: write 'analysis campaigns' or 'analysis campaigns check CODE'"
        )


def _check(names: list[str], as_json: bool) -> None:
    """Print every fault of some campaigns, with file, line, what was found and what to write."""
    from analysis.campaign import survey

    listed = [(name, survey(campaign_folder(name)), languages_without_words(name)) for name in names]
    worst = 0
    found: dict[str, list[dict[str, object]]] = {}
    for name, seen, more in listed:
        faults = (*seen.faults, *more)
        errors = sum(one.severity == "error" for one in faults)
        worst = max(worst, WITH_ERRORS if errors else WITH_WARNINGS if faults else 0)
        found[name] = [asdict(one) | {"file": str(one.file)} for one in faults]
        if as_json:
            continue
        typer.echo(
            f"{name}: {_number(errors, 'error')}, {_number(len(faults) - errors, 'warning')}"
            if faults
            else f"{name}: nothing wrong"
        )
        for one in faults:
            typer.echo(f"  {one.severity}: {one}")
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    raise typer.Exit(worst)


def _number(many: int, of: str) -> str:
    return f"{many} {of}{'s'[: many != 1]}"


def languages_without_words(name: str) -> list[Any]:
    """Return a fault for each language of a campaign that reports cannot be written in."""
    from analysis.campaign import Fault
    from analysis.campaign.faults import perhaps
    from analysis.campaign.written import line_of, read_toml
    from analysis.report.words.phrases import catalogues

    path = campaign_folder(name) / "campaign.toml"
    said = read_toml(path)[0].get("languages", ())
    return [
        Fault(
            path, line_of(path, ("languages",)), f"languages: no words in {one!r}", perhaps(one, catalogues())
        )
        for one in (said if isinstance(said, tuple) else ())
        if isinstance(one, str) and one not in catalogues()
    ]


def _row(name: str) -> dict[str, str]:
    """Return what is to be said of a campaign in the list; of one that cannot be loaded, why."""
    from analysis.campaign.defaults import newest_file
    from analysis.run.status import health_at

    row = {"campaign": name, "name": "", "phase": "cannot be loaded", "newest": "", "broken": ""}
    try:
        campaign = open_campaign(name)
    except InputError as error:
        return row | {"health": str(error)}
    report, row["broken"] = _newest_report(name)
    return row | {
        "name": campaign.name(campaign.languages[0]),
        "phase": _phase(campaign, report),
        "newest": str(report.get("known_until") or newest_file(campaign.folder, campaign.timezone) or ""),
        "health": health_at(project_root(), campaign, datetime.now(UTC)).line.removeprefix(f"{name}: "),
    }


def _newest_report(name: str) -> tuple[dict[str, Any], str]:
    """Return the summary of a campaign's newest report that has one, and which newer ones have none.

    The summary is empty before the first report.
    """
    from analysis.run.publish import reports_in

    broken: list[str] = []
    for folder in reversed(reports_in(project_root() / "reports" / name)):
        try:
            summary = dict(json.loads((folder / "summary.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, RecursionError):
            broken.append(folder.name)
            continue
        return summary, _broken(broken, f"this is of {folder.name}")
    return {}, _broken(broken, "no report tells of it")


def _broken(names: list[str], instead: str) -> str:
    return f"summary.json of {', '.join(names)} cannot be read; {instead}" if names else ""


def _phase(campaign: Any, report: dict[str, Any]) -> str:
    if isinstance(said := report.get("phase"), str):
        return said.replace("_", " ")
    today = datetime.now(UTC).astimezone(campaign.zone).date()
    target = campaign.target_on(today)
    if today < campaign.first_day:
        return f"begins on {campaign.first_day}"
    return "no target" if target is None else f"no report yet; deadline {target.deadline}"
