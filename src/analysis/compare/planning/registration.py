"""What was promised before a push was made, in the campaign's folder, and whether it was kept."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from analysis.artifacts import read_json, write_json
from analysis.campaign import Campaign
from analysis.compare.planning.lottery import Lottery
from analysis.compare.verdict import RULES
from analysis.errors import InputError

FOLDER = "registered"
ESTIMATOR = "headline"


@dataclass(frozen=True)
class Registration:
    """A push as it was drawn: areas, days, window, estimator, rule for the words.

    Attributes
    ----------
    weeks
        Codes of the areas that begin in each week; one week for a push of one day.
    days
        First day of each of those weeks.
    known_on
        The last day whose counts were known when it was drawn.
    rule
        Hash of the written rule from evidence to finding.
    """

    campaign: str
    known_on: str
    seed: int
    weeks: tuple[tuple[str, ...], ...]
    days: tuple[str, ...]
    window: tuple[int, int]
    candidates: tuple[str, ...]
    strata: dict[str, str]
    apart: bool
    estimator: str = ESTIMATOR
    rule: str = hashlib.sha256(RULES.encode()).hexdigest()

    @property
    def hash(self) -> str:
        """Of all that is registered, in a fixed order."""
        text = json.dumps(_plain(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def lottery(self, campaign: Campaign) -> Lottery:
        """Return the law by which the areas of the first week were drawn."""
        borders = campaign.touching if self.apart else ()
        return Lottery(self.candidates, len(self.weeks[0]), self.strata, borders)


def _plain(one: Registration) -> dict[str, Any]:
    return json.loads(json.dumps(asdict(one)))  # type: ignore[no-any-return]


def register(one: Registration, folder: Path) -> Path:
    """Write a registration beside the campaign's facts; InputError where its first day has one already."""
    path = folder / FOLDER / f"{one.days[0]}.json"
    if path.exists():
        raise InputError(
            f"{path}: a push of that day is registered already; what was promised is not rewritten"
        )
    path.parent.mkdir(exist_ok=True)
    write_json(_plain(one) | {"hash": one.hash}, path)
    return path


def registrations(folder: Path, last_day: date) -> list[tuple[Registration, bool]]:
    """Read the registrations of pushes that have begun by a day, and whether each is as it was written."""
    found = []
    for path in sorted((folder / FOLDER).glob("*.json")):
        try:
            given = read_json(path)
            stated = given.pop("hash")
            one = TypeAdapter(Registration).validate_python(given)
            date.fromisoformat(one.known_on)
            first = min(date.fromisoformat(day) for day, _ in zip(one.days, one.weeks, strict=True))
        except (KeyError, TypeError, AttributeError, ValueError) as fault:
            why = str(fault).splitlines()[0]
            raise InputError(
                f"{path}: no registration of a push ({why}); it is made by analysis design"
            ) from None
        if first <= last_day:
            found.append((one, stated == one.hash))
    return found


def contradictions(one: Registration, intact: bool, campaign: Campaign) -> list[dict[str, Any]]:
    """Say in what the campaign's facts differ from what was registered: codes with what differs."""
    promised = {code: day for day, codes in zip(one.days, one.weeks, strict=True) for code in codes}
    first, last = min(one.days), max(one.days)
    made = {
        push.area: push.first_day.isoformat()
        for push in campaign.mobilisations
        if push.area in promised or first <= push.first_day.isoformat() <= last
    }
    found: list[dict[str, Any]] = []
    if not intact:
        found.append({"code": "rewritten"})
    if one.known_on >= first:
        found.append({"code": "too_late", "day": one.known_on})
    if extra := sorted(set(made) - set(promised)):
        found.append({"code": "more_areas", "areas": extra})
    if missing := sorted(set(promised) - set(made)):
        found.append({"code": "missing_areas", "areas": missing})
    if moved := sorted(code for code in set(made) & set(promised) if made[code] != promised[code]):
        found.append({"code": "other_days", "areas": moved})
    if one.rule != hashlib.sha256(RULES.encode()).hexdigest():
        found.append({"code": "other_rule"})
    return found
