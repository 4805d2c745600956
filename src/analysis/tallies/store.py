"""What was received when, and what was known at an instant."""

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from analysis.campaign import Campaign
from analysis.errors import InputError
from analysis.tallies.read import Register, read_file
from analysis.tallies.result import Intake, gather

COLUMNS = ("sha256", "name", "received_at", "sender")


class Receipt(NamedTuple):
    """One line of ``received.csv``: the file ``tallies/<name>`` with these bytes, and when it arrived."""

    sha256: str
    name: str
    received_at: datetime
    sender: str


def read_received(campaign: Campaign, as_of: datetime) -> Intake:
    """Read every file received by ``as_of``, in the order of receipt."""
    register = Register.of(campaign)
    readings = (
        read_file(receipt.name, data, register, receipt.received_at)
        for receipt, data in received(campaign.folder)
        if receipt.received_at <= as_of
    )
    return gather(readings, register.codes)


def received(folder: Path) -> Iterator[tuple[Receipt, bytes]]:
    """Yield the receipts of a campaign folder in the order of receipt, with the bytes of each file."""
    for receipt in sorted(receipts(folder), key=lambda one: one.received_at):
        yield receipt, (folder / "tallies" / receipt.name).read_bytes()


def receipts(folder: Path) -> list[Receipt]:
    """Read ``received.csv`` strictly, in the order of its lines."""
    path = folder / "received.csv"
    if not path.exists():
        raise InputError(f"{path}: no such file; receive tally files first")
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, strict=True))
    return [
        Receipt(row["sha256"], row["name"], datetime.fromisoformat(row["received_at"]), row["sender"])
        for row in rows
    ]


def as_of_view(tallies: pd.DataFrame) -> pd.DataFrame:
    """Keep the latest tally of each area, date and measure; rows come in the order of receipt.

    A later ``missing`` does not take back a number that was given before.
    """
    given = tallies.assign(missing=tallies["value"].isna())
    given = given.sort_values("missing", ascending=False, kind="stable")
    last = given.drop_duplicates(["area_code", "date", "measure"], keep="last").drop(columns="missing")
    return last.sort_values(["area_code", "date", "measure"], ignore_index=True)
