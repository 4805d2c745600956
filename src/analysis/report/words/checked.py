"""What a check saw, in every language: the artifact's own words, and those of a language that it lacks."""

import re
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from string import Formatter
from typing import Any

from analysis import say
from analysis.campaign import Language, Text
from analysis.report.words.phrases import named
from analysis.tallies.checks import CHECKS, PARTICULARS

_NUMBER = re.compile(r"\d{1,3}(,\d{3})*(\.\d+)?")
_DAYS = ("day", "since")  # particulars that are one
_UNKNOWN = "…"


_MACHINE = re.compile(r"\banalysis [a-z]+|\bcampaign\.toml\b")


def finding_words(row: Mapping[Any, Any], *, at_machine: bool = False) -> Text:
    """Say a finding of ``findings.csv``; a language it lacks takes the particulars of the English message.

    What is to be done by a command or in a file of the campaign is said to who is ``at_machine``: who reads a
    report has neither.
    """
    prefix, code = "message_", str(row["code"])
    if not at_machine and isinstance(general := named("found", code), Text):
        return general
    given = {key.removeprefix(prefix): str(row[key]) for key in row if str(key).startswith(prefix)}
    seen = _particulars(code, given.get("en", ""))
    check = CHECKS.get(code)
    if check:
        machine = not at_machine and any(map(_MACHINE.search, check.asks.values()))
        asked = dict.fromkeys(check.asks, "") if machine else check.asks
        given = {
            to: said.removesuffix(check.asks[to]).strip() if machine else said for to, said in given.items()
        }
        whole = {to: f"{said} {asked[to]}".strip() for to, said in check.says.items()}
        filled = {to: _filled(said, _reworded(code, seen, to), to) for to, said in whole.items()}
        if any(seen.values()) and not at_machine:
            given["en"] = filled["en"]  # its days as English writes them
        given = filled | given
    return Text(given)


def reason_words(code: str) -> Text | None:
    """Say why something was held back where no finding of the row says it; nothing for a code of no check."""
    check = CHECKS.get(code)
    if check is None:
        return None
    return Text({language: _filled(text, {}, language) for language, text in check.says.items()})


def _particulars(code: str, message: str) -> dict[str, str]:
    """Read from an English message what its check filled in."""
    check, pattern, names = CHECKS.get(code), "", set[str]()
    for before, name, _, _ in Formatter().parse(check.en if check else ""):
        pattern += re.escape(before)
        if name in names:
            pattern += f"(?P={name})"
        elif name:
            names.add(name)
            pattern += f"(?P<{name}>“.*?”|.*?)"
    said = message.removesuffix(check.do_en if check else "").strip()
    # the last particular may be empty, and the blank before it is gone then
    whole = (re.sub("[.]$", " .", said), said, f"{said} ")
    match = next(filter(None, (re.fullmatch(pattern, one, re.S) for one in whole)), None)
    return {name: seen.strip() for name, seen in match.groupdict().items()} if match and names else {}


def _reworded(code: str, seen: Mapping[str, str], language: Language) -> Mapping[str, str]:
    """Say what was seen in a language, where it is one of the check's particulars in English."""
    for (check, _), words in PARTICULARS.items():
        pattern = re.escape(words["en"]).replace(r"\{most\}", "(?P<most>.*)")
        if check == code and (match := re.fullmatch(pattern, seen.get("found", ""))):
            return {**seen, "found": _filled(words[language], match.groupdict(), language)}
    return seen


def _filled(text: str, seen: Mapping[str, str], language: Language) -> str:
    words = {name: _written(value, language, day=name in _DAYS) for name, value in seen.items() if value}
    said = text.format_map(defaultdict(lambda: _UNKNOWN, words))
    return re.sub(rf"{_UNKNOWN}( {_UNKNOWN})+", _UNKNOWN, said)


def _written(value: str, language: Language, *, day: bool) -> str:
    """Write a number or a day of an English message as the language does; all else was typed by somebody."""
    if day:
        with suppress(ValueError):
            return say.day(datetime.strptime(value, "%d/%m/%Y").date(), language)
    if not _NUMBER.fullmatch(value):
        return value
    number = float(value.replace(",", ""))
    return say.count(number, language) if number.is_integer() else say.decimal(number, language, 2)
