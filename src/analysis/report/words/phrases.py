"""Every fixed wording of the report: one TOML file a language beside this one, all with the same keys."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from analysis.campaign import Campaign, Language, Text
from analysis.errors import InputError


@cache
def catalogues() -> Mapping[Language, Mapping[str, str]]:
    """Return the wordings of every language that has a file, by language and key."""
    found = [one for one in files("analysis.report.words").iterdir() if one.name.endswith(".toml")]
    return {
        one.name.removesuffix(".toml"): tomllib.loads(one.read_text(encoding="utf-8"))
        for one in sorted(found, key=lambda one: one.name)
    }


@cache
def phrases() -> Mapping[str, Text]:
    """Return every wording by its key."""
    keys = dict.fromkeys(key for catalogue in catalogues().values() for key in catalogue)
    return {
        key: Text({language: said[key] for language, said in catalogues().items() if key in said})
        for key in keys
    }


def languages_of(campaign: Campaign) -> tuple[Language, ...]:
    """Return the languages of a campaign's reports, the first one first; InputError without words for one."""
    missing = [language for language in campaign.languages if language not in catalogues()]
    if missing:
        raise InputError(
            f"{campaign.folder / 'campaign.toml'}: languages: no report can be written in {missing[0]!r}; "
            f"the languages with words are {', '.join(catalogues())} (docs/campaign.md says how to add one)"
        )
    return campaign.languages


def phrase(key: str) -> Text:
    """Return one wording in every language; KeyError where there is none."""
    return phrases()[key]


def word(key: str, language: Language, **given: str) -> str:
    """Return a wording, with what it is ``given`` filled in."""
    return phrase(key)(language).format(**given) if given else phrase(key)(language)


def named(prefix: str, name: str) -> Text | str:
    """Return a name of the artifacts in words where the report knows it, else as it is."""
    return phrases().get(f"{prefix}_" + re.sub(r"[^a-z0-9]+", "_", name.lower().replace(",", "")), name)


def source_words(source: str) -> Text:
    """Name a source shortly: of an address its site and the number of the article, in the reader's words."""
    found = re.match(r"https?://(?:www\.)?([^/]+)/(?:.*?(\d{4,}))?[^/]*$", source)
    parts = found.groups() if found else (source,)
    said = ", article ".join(part for part in parts if part)
    return Text({to: re.sub(r"\barticle(?= \d)", word, said) for to, word in phrase("article_word").items()})
