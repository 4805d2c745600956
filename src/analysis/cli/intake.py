"""The commands ``check`` and ``receive``: what would become of tally files, and taking them in."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analysis.cli.printing import say
from analysis.errors import InputError
from analysis.workspace import campaign_folder

if TYPE_CHECKING:
    # The room itself is opened by the commands, so that the front door's help does not wait for it.
    from analysis.tallies import Intake, Register, SentFile

EXIT = {"accept": 0, "accept_with_warning": 10, "reject": 20}


def campaign_at(name: str) -> Path:
    """Return the folder of a campaign by its name; any other text is a path."""
    return Path(name) if Path(name).is_dir() or not re.fullmatch(r"[\w-]+", name) else campaign_folder(name)


Files = Annotated[list[Path], typer.Argument(help="Tally files, in the order in which they were sent.")]
Folder = Annotated[
    Path,
    typer.Option(
        "--campaign", "-c", parser=campaign_at, metavar="NAME|FOLDER",
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
) -> None:
    """Say what would become of tally files, without storing anything.

    Exit status 0: accepted; 10: accepted with warnings; 20: refused.
    """
    from analysis.tallies import Register, read_files

    register = Register.load(campaign)
    known_at = _instant(as_of, register) if as_of else None
    sent = [_sent(path, known_at) for path in files]
    _tell(read_files(sent, register, now=datetime.now(register.zone)), as_json)


def receive(
    files: Files,
    campaign: Folder,
    received_at: Annotated[
        str | None, typer.Option(help="When the files arrived (ISO); now if left out.")
    ] = None,
    sender: Annotated[str, typer.Option(help="Who sent them.")] = "",
    as_json: AsJson = False,
) -> None:
    """Check tally files and store those that are not refused, as sent, in the campaign's folder.

    Exit status 0: accepted; 10: accepted with warnings; 20: at least one was refused and not stored.
    """
    from analysis.tallies import Register, keep, read_files

    register = Register.load(campaign)
    arrived = _instant(received_at, register) if received_at else datetime.now(register.zone)
    arrived = arrived.replace(microsecond=0)
    sent = [_sent(path, arrived) for path in files]
    intake = read_files(sent, register)
    good = [one for one, refused in zip(sent, intake.files["refused"], strict=True) if not refused]
    keep(campaign, good, sender)
    _tell(intake, as_json)


def release(
    file: Annotated[str, typer.Argument(help="Name of a received file, as in received.csv and held.csv.")],
    row: Annotated[int, typer.Option("--row", help="Row of that file, as held.csv has it.")],
    why: Annotated[str, typer.Option("--why", help="Who confirmed it, and how; one line, kept.")],
    campaign: Folder,
) -> None:
    """Let a fall that was held through, from now on; earlier reports stay as they were.

    Recorded in the campaign's released.csv, which is an input of every later report.
    """
    from analysis.tallies import Register
    from analysis.tallies.released import release as let_through

    zone = Register.load(campaign).zone
    done = let_through(campaign, Path(file).name, row, why, datetime.now(zone))
    say(f"{done.name}, row {done.row}: let through from {done.released_at.isoformat()} on: {done.why}")


def _instant(text: str, register: "Register") -> datetime:
    """Read an ISO instant: without an offset in the campaign's zone, without a time at the day's end."""
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InputError(
            f"{text[:60]!r} is no ISO instant; write 2023-09-18 or 2023-09-18T08:00+07:00"
        ) from None
    if len(text.strip()) <= len("2023-09-18"):
        instant = instant.replace(hour=23, minute=59)
    instant = instant if instant.tzinfo else instant.replace(tzinfo=register.zone)
    try:
        instant.astimezone(register.zone)
    except OverflowError:
        raise InputError(f"{text[:60]!r} is beyond every calendar; write 2023-09-18") from None
    return instant


def _sent(path: Path, known_at: datetime | None) -> "SentFile":
    from analysis.tallies import SentFile
    from analysis.tallies.container import MOST_BYTES

    try:
        if not path.is_file():  # a pipe would be waited for, and a device has no end
            what = "no such file" if not path.exists() else "a folder, a pipe or a device"
            raise InputError(f"{path}: {what}; give the path of a tally file")
        with path.open("rb") as stream:
            # One byte more than allowed is enough to know that it is too much.
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror}); give the path of a tally file"
        ) from None
    return SentFile(path.name, data, known_at)


def _tell(intake: "Intake", as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(as_contract(intake), ensure_ascii=False, allow_nan=False))
    else:
        for line in _lines(intake):
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


def _lines(intake: "Intake") -> list[str]:
    said = {"accept": "accepted", "accept_with_warning": "accepted with warnings", "reject": "refused"}
    lines = []
    for one in _plain(intake.files):
        taken = f"{one['taken']} rows taken, {one['held']} held, {one['ignored']} ignored"
        lines.append(f"{one['file']}: {'refused' if one['refused'] else taken}")
    for one in _plain(intake.findings):
        where = f", row {one['row']}" if one["row"] else ""
        lines += [
            f"  {one['severity']}: {one['file']}{where}: {one['message_vi']}",
            f"    {one['message_en']}",
        ]
    return [*lines, f"{said[intake.verdict]}: {len(intake.tallies)} numbers"]


app = typer.Typer(add_completion=False)
app.command()(check)
app.command()(receive)
