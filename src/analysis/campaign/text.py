"""A wording by language, and what a language is."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from babel import Locale, UnknownLocaleError
from pydantic import (
    AfterValidator,
    GetCoreSchemaHandler,
    StringConstraints,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
)
from pydantic_core import CoreSchema, core_schema

Language = str
"""A code such as ``vi`` or ``fr``; which of them a report can be written in is a matter of its words."""

LANGUAGE = "language"
"""Key of the context of a validation: the language of a wording that is written as one text."""

Line = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f]+$")]


def known_language(code: str) -> str:
    """Return the code if it is a language's; ValueError otherwise."""
    try:
        locale = Locale.parse(code)
    except (ValueError, UnknownLocaleError):
        locale = None
    if locale is None or locale.territory or code != code.lower():
        raise ValueError(f"{code!r} is no language; write its code of ISO 639 such as 'vi', 'en' or 'fr'")
    return code


def folded(text: str) -> str:
    """Return a text as it is compared: composed, in small letters, one space between words."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


LanguageCode = Annotated[str, AfterValidator(known_language)]


class Text(Mapping[Language, str]):
    """One wording in one or more languages; it never changes.

    ``text(language)`` is the wording to print: where it was not given in that language, the first one that
    was. The campaign's own wordings are in the order of its languages, so its first one stands in.
    """

    __slots__ = ("_by_language",)

    def __init__(self, wordings: Mapping[Language, str] | None = None, **more: str) -> None:
        self._by_language = dict(wordings or {}) | more
        if not self._by_language:
            raise ValueError("a wording is given in at least one language")

    def __call__(self, language: Language) -> str:
        """Return the wording in that language, or the one that stands in for it."""
        given = self._by_language
        return given[language] if language in given else next(iter(given.values()))

    def __getitem__(self, language: Language) -> str:
        return self._by_language[language]

    def __iter__(self) -> Iterator[Language]:
        return iter(self._by_language)

    def __len__(self) -> int:
        return len(self._by_language)

    def __hash__(self) -> int:
        return hash(frozenset(self._by_language.items()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and self._by_language == other._by_language

    def __repr__(self) -> str:
        return f"Text({', '.join(f'{key}={value!r}' for key, value in self.items())})"

    @property
    def vi(self) -> str:
        """The wording in Vietnamese, or the one that stands in for it."""
        return self("vi")

    @property
    def en(self) -> str:
        """The wording in English, or the one that stands in for it."""
        return self("en")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate as a table of lines by language, at least one; serialise as that table.

        Where the context of a validation names a language, one line alone is a wording in it.
        """
        table = handler.generate_schema(dict[LanguageCode, Line])
        return core_schema.with_info_wrap_validator_function(
            _read, table, serialization=core_schema.plain_serializer_function_ser_schema(dict)
        )


def _read(given: Any, table: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Text:
    if isinstance(given, Text):
        return given
    if isinstance(given, str) and info.context:
        given = {info.context[LANGUAGE]: given}
    return Text(table(given))


def in_order(given: Any, languages: Sequence[Language]) -> Any:
    """Return facts as they are written, with every table of wordings in the order of the languages."""
    if isinstance(given, Mapping) and not isinstance(given, Text):
        ranks = {language: rank for rank, language in enumerate(languages)}
        keys = (
            sorted(given, key=lambda key: ranks.get(key, len(ranks))) if set(given) & ranks.keys() else given
        )
        return {key: in_order(given[key], languages) for key in keys}
    if isinstance(given, tuple):
        return tuple(in_order(one, languages) for one in given)
    return given
