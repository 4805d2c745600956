"""Bringing a campaign's tally files from their public addresses, each checked against its hash.

Third-party files are not kept in the repository; ``sources.csv`` holds where each lies, at a pinned revision,
and what its bytes must hash to.
"""

import logging
import shutil
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated

import pandas as pd
import pooch
from pydantic import StringConstraints
from requests import RequestException
from tqdm import tqdm

from analysis.artifacts import replacing, sha256, write_table
from analysis.campaign import Campaign
from analysis.campaign.faults import refusal
from analysis.campaign.record import Record
from analysis.campaign.tables import read_rows
from analysis.campaign.text import Line
from analysis.errors import AnalysisError, InputError
from analysis.received import COLUMNS

TRIES = 3


class Source(Record):
    """One file: its name, the day it was published, by whom, where it lies and its hash."""

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    date: date
    sender: Line
    url: Annotated[str, StringConstraints(pattern=r"^https://")]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def fetch(campaign: Campaign, local: Path | None = None) -> int:
    """Bring every file of ``sources.csv`` into the campaign's ``tallies/`` and write ``received.csv``.

    Files already there with the right hash are kept, so an interrupted fetch goes on where it stopped.

    Parameters
    ----------
    campaign
        With a ``sources.csv`` in its folder.
    local
        A folder that holds copies of the files; ``None`` downloads them.

    Returns
    -------
    int
        How many files were not there before.
    """
    sources = read_sources(campaign)
    folder = campaign.folder / "tallies"
    folder.mkdir(exist_ok=True)
    there = {one.name for one in sources if (folder / one.name).exists()}
    missing = [one for one in sources if one.name not in there or sha256(folder / one.name) != one.sha256]
    bring = _copier(folder, local) if local else _downloader(folder, missing)
    for one in tqdm(missing, desc=f"fetch {campaign.code}", unit="file", disable=None if missing else True):
        bring(one)
    register = [
        (one.sha256, one.name, _received_at(campaign, one).isoformat(), one.sender)
        for one in sorted(sources, key=lambda one: (one.date, one.name))
    ]
    write_table(pd.DataFrame(register, columns=list(COLUMNS)), campaign.folder / "received.csv")
    return len(missing)


def read_sources(campaign: Campaign) -> list[Source]:
    """Read ``sources.csv`` strictly."""
    path = campaign.folder / "sources.csv"
    if not path.exists():
        raise InputError(f"{path}: not there; campaign {campaign.code} has no files to fetch")
    rows = read_rows(path, Source)
    if fault := refusal(rows.faults, campaign.folder):
        raise fault
    return list(rows.records)


def _received_at(campaign: Campaign, one: Source) -> datetime:
    """Take a file as known from the evening of the day it bears, in the campaign's zone."""
    hour = campaign.layouts[0].received_hour if campaign.layouts else 20
    return datetime.combine(one.date, time(hour), campaign.zone)


def _copier(folder: Path, local: Path) -> Callable[[Source], None]:
    def bring(one: Source) -> None:
        found = local / one.name
        if not found.is_file():
            raise InputError(f"{found}: not there; --from names a folder with every file of sources.csv")
        if sha256(found) != one.sha256:
            raise InputError(f"{found}: its SHA-256 is not the one in sources.csv; take the pinned revision")
        with replacing(folder / one.name) as draft:
            shutil.copyfile(found, draft)

    return bring


def _downloader(folder: Path, wanted: list[Source]) -> Callable[[Source], None]:
    pooch.get_logger().setLevel(logging.WARNING)
    store = pooch.create(
        path=folder,
        base_url="",
        registry={one.name: f"sha256:{one.sha256}" for one in wanted},
        urls={one.name: one.url for one in wanted},
        retry_if_failed=TRIES,
    )

    def bring(one: Source) -> None:
        try:
            store.fetch(one.name)
        except (RequestException, OSError) as error:
            raise AnalysisError(
                f"{one.url}: not fetched ({type(error).__name__}); run the same command again to go on, "
                "or give a folder that has the files with --from"
            ) from None
        except ValueError as error:
            raise InputError(f"{one.url}: what came has another SHA-256 than sources.csv: {error}") from None

    return bring
