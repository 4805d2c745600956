"""The commands ``check`` and ``receive``: what would become of tally files, and taking them in."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analysis.cli.options import AT
from analysis.cli.printing import say
from analysis.errors import InputError
from analysis.received import instant_of
from analysis.workspace import campaign_folder, enter

if TYPE_CHECKING:
    # The room itself is opened by the commands, so that the front door's help does not wait for it.
    from analysis.campaign import Language
    from analysis.tallies import Intake, Register, SentFile

MANY = 10
"""From so many files on their progress is shown."""
EXIT = {"accept": 0, "accept_with_warning": 10, "reject": 20}


def campaign_at(name: str) -> Path:
    """Return the folder of a campaign by its name; any other text is a path."""
    return Path(name) if Path(name).is_dir() or not re.fullmatch(r"[\w-]+", name) else campaign_folder(name)


Files = Annotated[list[Path], typer.Argument(help="Tally files, in the order in which they were sent.")]
Folder = Annotated[
    str,
    typer.Option(
        "--campaign", "-c", metavar="NAME|FOLDER",
        help="Campaign: its name, or its folder's path; areas.csv is enough.",
    ),
]  # fmt: skip
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]


def check(
    files: Files,
    campaign: Folder,
    as_of: Annotated[
        str | None, typer.Option(help="When the files were known (ISO); no date in them can be later.")
    ] = None,
    as_json: AsJson = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show how each sheet was understood, column by column.")
    ] = False,
    html: Annotated[Path | None, typer.Option(help="With --explain: write it as a page, too.")] = None,
    findings: Annotated[Path | None, typer.Option(help="Write every finding to this CSV file.")] = None,
) -> None:
    """Say what would become of tally files, folders or zips of them, without storing anything.

    Exit status 0: accepted; 10: accepted with warnings; 20: refused.
    """
    from analysis.tallies import Register, read_files
    from analysis.tallies.delivery import sent_files

    register = Register.load(campaign_at(campaign))
    known_at = _instant(as_of, register) if as_of else None
    sent = sent_files(files, known_at)
    now = datetime.now(register.zone)
    if explain:
        _explain(sent, register, now, html)
    intake = read_files(sent, register, now=now)
    if findings is not None:
        from analysis.artifacts import write_table

        write_table(intake.findings, findings)
    _tell(intake, as_json, register.languages)


def _explain(sent: "list[SentFile]", register: "Register", now: datetime, html: Path | None) -> None:
    from analysis.artifacts import replacing
    from analysis.tallies.explain import as_html, as_text, explain

    views = [view for one in sent for view in explain(one, register, now)]
    for line in as_text(views).splitlines():
        say(line)
    if html is not None:
        with replacing(html) as draft:
            draft.write_text(as_html(views), encoding="utf-8")


def layout(
    files: Files,
    campaign: Folder,
    as_of: Annotated[str | None, typer.Option(help="When the files were known (ISO).")] = None,
) -> None:
    """Propose the block `layouts` of campaign.toml for files that cannot be read as they are.

    What it could not know stands behind "# ?". Below each block: what would become of the file with it.
    """
    from analysis.tallies import Register
    from analysis.tallies.delivery import sent_files
    from analysis.tallies.layouts.proposed import proposals

    register = Register.load(campaign_at(campaign))
    known_at = _instant(as_of, register) if as_of else None
    worst = "accept"
    for one in sent_files(files, known_at):
        for block, intake in proposals(one, register, datetime.now(register.zone)):
            for line in (
                f"# {one.name}",
                *block.splitlines(),
                *(f"# {line}" for line in _lines(intake, register.languages)),
            ):
                say(line)
            worst = max(worst, intake.verdict, key=EXIT.__getitem__)
    raise typer.Exit(EXIT[worst])


def receive(
    files: Files,
    campaign: Folder,
    received_at: Annotated[
        str | None, typer.Option(help="When the files arrived (ISO); now if left out.")
    ] = None,
    sender: Annotated[str, typer.Option(help="Who sent them.")] = "",
    index: Annotated[
        Path | None, typer.Option(help="A CSV file name,received_at,sender that dates each file.")
    ] = None,
    by_content: Annotated[
        bool, typer.Option("--by-content", help="Date each file by the newest day in it.")
    ] = False,
    as_json: AsJson = False,
    at: Annotated[str, AT] = "",
) -> None:
    """Check tally files, folders or zips of them, and store those that are not refused, as sent.

    Exit status 0: accepted; 10: accepted with warnings; 20: at least one was refused and not stored.
    """
    from tqdm import tqdm

    from analysis.tallies import Register, delivery, keep, read_files

    if sum((received_at is not None, index is not None, by_content)) > 1:
        raise InputError("say when the files arrived in one way: --received-at, --index or --by-content")
    with _folder_at(at, campaign) as folder:
        register = Register.load(folder)
        now = datetime.now(register.zone).replace(second=0, microsecond=0)  # no as-of is finer
        arrived = _instant(received_at, register).replace(microsecond=0) if received_at else now
        sent = delivery.sent_files(files, arrived, sender)
        if index is not None:
            sent = delivery.by_index(sent, index, register.zone)
        elif by_content:
            sent = delivery.by_content(sent, register, now)
        _require_past(sent, now)
        intake = read_files(
            tqdm(sent, unit="file", desc="receive", disable=len(sent) < MANY, leave=False), register
        )
        good = [one for one, refused in zip(sent, intake.files["refused"], strict=True) if not refused]
        again = _received_before(folder, good)
        keep(folder, good, sender)
    _tell(intake, as_json, register.languages, again)


def _require_past(sent: "list[SentFile]", now: datetime) -> None:
    """Refuse files that are said to arrive after today: no report would read them, and nobody would know."""
    for one in sent:
        if one.received_at and one.received_at > now.replace(hour=23, minute=59):
            arrival = one.received_at.isoformat()
            raise InputError(f"{one.name}: received at {arrival}, which is to come; give the day it arrived")


def _received_before(folder: Path, files: "list[SentFile]") -> list[str]:
    """Return a line for each file whose very bytes were received before: nothing of it is stored again."""
    from analysis.received import receipts

    there = (folder / "received.csv").exists()
    known = {one.sha256: one for one in receipts(folder)} if there else {}
    return [
        f"{one.name}: received before, as {before.name} on {before.received_at:%Y-%m-%d %H:%M}; "
        "not stored again, and what came later stands"
        for one in files
        if (before := known.get(one.sha256))
    ]


def release(
    files: Annotated[
        list[str], typer.Argument(help="Names of received files, as in received.csv and held.csv.")
    ],
    why: Annotated[str, typer.Option("--why", help="Who confirmed it, and how; one line, kept.")],
    campaign: Folder,
    row: Annotated[
        list[int] | None,
        typer.Option(
            "--row",
            help="Row of that file, as held.csv has it; can be given again. Without: all its held falls.",
        ),
    ] = None,
    at: Annotated[str, AT] = "",
) -> None:
    """Let falls that were held through, from now on; earlier reports stay as they were.

    Recorded in the campaign's released.csv, which is an input of every later report.
    """
    from analysis.tallies import Register
    from analysis.tallies.released import release as let_through

    names = list(dict.fromkeys(Path(one).name for one in files))
    if row and len(names) > 1:
        raise InputError(
            "--row is of one file; name that one alone, or leave --row out to let all held falls through"
        )
    with _folder_at(at, campaign) as folder:
        register = Register.load(folder)
        rows = _with_numbers(folder, register, names[0], row) if row else _falls(folder, register, names)
        done = let_through(folder, rows, why, datetime.now(register.zone))
    since, last = done[-1].released_at.isoformat(), done[-1]
    one = f"{last.name}, row {last.row}"
    many = f"{len(done)} rows of {', '.join(names[:3])}{f' and {len(names) - 3} more' if names[3:] else ''}"
    say(f"{one if len(done) == 1 else many}: let through from {since} on: {last.why}")


def _with_numbers(folder: Path, register: "Register", name: str, rows: list[int]) -> list[tuple[str, int]]:
    """Return the rows of a file that were asked for; InputError where no number was read in one."""
    from analysis.tallies import read_files
    from analysis.tallies.store import received

    there = read_files([one for one in received(folder) if one.name == name], register)
    strange = sorted({*rows} - {*there.tallies["row"]}) if len(there.files) else []
    if strange:
        said = ", ".join(map(str, strange))
        raise InputError(f"--row {said}: no number was read in that row of {name[:100]}; see held.csv")
    return [(name, row) for row in dict.fromkeys(rows)]


def _falls(folder: Path, register: "Register", names: list[str]) -> list[tuple[str, int]]:
    """Return the rows of each file held for a fall that nobody confirmed; InputError where it has none."""
    from analysis.tallies import read_files
    from analysis.tallies.released import receipts_of, released_by
    from analysis.tallies.store import received

    receipts_of(folder, names)
    already = released_by(folder, datetime.now(register.zone))
    held = read_files(received(folder), register, released=already).held
    held = held[held["reason"] == "fall_unconfirmed"]
    for name in names:
        if name not in set(held["file"]):
            raise InputError(f"{name[:100]}: no fall is held in it; see held.csv, or name a row with --row")
    rows = held.loc[held["file"].isin(names), ["file", "row"]].drop_duplicates()
    return [(str(file), int(row)) for file, row in rows.itertuples(index=False)]


@contextmanager
def _folder_at(at: str, campaign: str) -> Iterator[Path]:
    """Give a campaign's folder to change; with an address that of its copy, which is sent at the end."""
    from analysis.run.remote import working_at

    name = enter(campaign) if at else campaign
    with working_at(at, [name]):
        yield campaign_folder(name) if at else campaign_at(name)


def _instant(text: str, register: "Register") -> datetime:
    """Read an ISO instant: without an offset in the campaign's zone, without a time at the day's end."""
    try:
        instant = instant_of(text)
    except ValueError:
        raise InputError(
            f"{text[:60]!r} is no ISO instant; write 2023-09-18 or 2023-09-18T08:00+07:00"
        ) from None
    if len(text.strip()) <= len("2023-09-18"):
        instant = instant.replace(hour=23, minute=59)
    return instant if instant.tzinfo else instant.replace(tzinfo=register.zone)


def _tell(intake: "Intake", as_json: bool, languages: "Sequence[Language]", more: Sequence[str] = ()) -> None:
    if as_json:
        typer.echo(json.dumps(as_contract(intake), ensure_ascii=False, allow_nan=False))
    else:
        for line in (*_lines(intake, languages), *more):
            say(line)
    raise typer.Exit(EXIT[intake.verdict])


def as_contract(intake: "Intake") -> dict[str, Any]:
    """Return what was read as the JSON object that other programs rely on."""
    from analysis.tallies.result import current_records

    records, superseded = current_records(intake)
    return {
        "verdict": intake.verdict,
        "records": records,
        "held": _plain(intake.held),
        "ignored": _plain(intake.ignored.drop(columns="measure")) + superseded,
        "findings": _plain(intake.findings.drop(columns=["kind", "sheet"])),
    }


def _plain(table: Any) -> list[dict[str, Any]]:
    """Return a table as plain records, with None for what is missing."""
    rows: list[dict[str, Any]] = table.astype(object).where(table.notna(), None).to_dict("records")
    return rows


def _lines(intake: "Intake", languages: "Sequence[Language]") -> list[str]:
    from analysis.report.words.checked import finding_words
    from analysis.tallies.summary import by_cause

    said = {"accept": "accepted", "accept_with_warning": "accepted with warnings", "reject": "refused"}
    lines, refused = [], int(intake.files["refused"].sum())
    for one in _plain(intake.files):
        taken = f"{one['taken']} rows taken, {one['held']} held, {one['ignored']} ignored"
        lines.append(f"{one['file']}: {'refused' if one['refused'] else taken}")
    for one in _plain(by_cause(intake)):
        where = f", row {one['row']}" if one["row"] else ""
        often = f" ×{one['count']}" if one["count"] > 1 else ""
        areas = f" [{one['areas']}]" if one["areas"] and one["count"] > 1 else ""
        words = finding_words(one, at_machine=True)
        first, *others = (words(language) for language in languages)
        lines.append(f"  {one['severity']}{often}: {one['file']}{where}{areas}: {first}")
        lines += [f"    {other}" for other in others]
    numbers = f"{len(intake.tallies)} numbers"
    if 0 < refused < len(intake.files):
        return [*lines, f"refused: {refused} of {len(intake.files)} files; {numbers} in the others"]
    return [*lines, f"{said[intake.verdict]}: {numbers}"]
