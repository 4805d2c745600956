"""From the records of a sheet to a table: which rows are data, which column holds what."""

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from analysis.campaign import Layout, Measure
from analysis.tallies.places import bare
from analysis.tallies.text import Records

Role = str
"""A measure, or one of ``area``, ``date``, ``index``, ``target``, ``other``."""

_HEADINGS: Mapping[str, Role] = {
    "stt": "index", "tt": "index", "so tt": "index",
    "don vi": "area", "dia ban": "area", "dia phuong": "area", "ten don vi": "area", "huyen": "area",
    "huyen thi xa thanh pho": "area", "ma": "area", "ma don vi": "area", "area_code": "area", "area": "area",
    "ngay": "date", "ngay bao cao": "date", "date": "date", "ngay thang": "date", "thoi gian": "date",
    "chi tieu": "target", "chi tieu giao": "target", "chi tieu duoc giao": "target",
    "trong ngay": "activated_on_day", "kich hoat trong ngay": "activated_on_day",
    "activated_on_day": "activated_on_day",
    "luy ke": "activated_cumulative", "kich hoat": "activated_cumulative", "da kich hoat": "activated_cumulative",
    "luy ke kich hoat": "activated_cumulative", "kich hoat luy ke": "activated_cumulative",
    "activated_cumulative": "activated_cumulative",
    "muc 1": "level1_cumulative", "muc 2": "level2_cumulative", "ho so": "dossiers_cumulative",
    "ty le": "rate_printed", "ti le": "rate_printed", "%": "rate_printed", "ty le %": "rate_printed",
    "ghi chu": "other",
}  # fmt: skip
MEASURE_ROLES = (
    "activated_cumulative", "activated_on_day", "level1_cumulative", "level2_cumulative",
    "dossiers_cumulative", "rate_printed",
)  # fmt: skip


class Table(NamedTuple):
    """Where things are: the heading's record (from 0), and the role of each column by position."""

    heading: int
    roles: dict[int, Role]


def find_table(records: Records) -> Table | None:
    """Find the heading row of a sheet as teams type it."""
    for at, record in enumerate(records[:40]):
        roles = {column: role for column, cell in enumerate(record) if (role := role_of(cell)) is not None}
        if "area" in roles.values() and any(role in MEASURE_ROLES for role in roles.values()):
            return Table(at, roles)
    return None


def find_layout(records: Records, layout: Layout) -> Table | None:
    """Find the columns of a machine-made file; measures are added by `measures_on`."""
    if not records or layout.area not in records[0] or layout.date not in records[0]:
        return None
    heading = records[0]
    return Table(0, {heading.index(layout.area): "area", heading.index(layout.date): "date"})


def measures_on(layout: Layout, heading: list[str], day: date) -> dict[int, Measure]:
    """Return which column of a machine-made file holds which measure on ``day``."""
    return {
        heading.index(one.column): one.measure
        for one in layout.measures
        if one.column in heading and one.first_day <= day and (one.last_day is None or day <= one.last_day)
    }


def role_of(heading: str) -> Role | None:
    """Return what a column headed so holds, None if it is not known."""
    words = " ".join(re.sub(r"[^a-z0-9_%]+", " ", bare(heading)).split())
    if words in _HEADINGS:
        return _HEADINGS[words]
    return _HEADINGS.get(words.removesuffix(" %"))


_TOTALS = {"tong cong", "tong", "toan tinh", "tc", "tong so", "total", "toan huyen"}


def is_total(label: str) -> bool:
    """Whether a row so labelled is a total over other rows."""
    return bare(label) in _TOTALS or " ".join(label.casefold().split()) == "cộng"
