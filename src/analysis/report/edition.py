"""One language of a report: what every form of it is made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from analysis.campaign import Language
from analysis.report.document import Document
from analysis.report.numbers import Numbers
from analysis.report.places.facts import Atlas
from analysis.report.places.said import Listed, Said, say_listed, say_place
from analysis.report.table import Table
from analysis.workspace import Workspace


@dataclass(frozen=True)
class Edition:
    """A document with what stands behind it.

    ``tables`` are those with rows; ``raw`` those to search in, none in a public form; ``others`` the other
    languages the report is made in.
    """

    document: Document
    atlas: Atlas
    numbers: Numbers
    tables: Mapping[str, Table]
    raw: tuple[Table, ...] = ()
    others: tuple[Language, ...] = ()

    @property
    def language(self) -> Language:
        """The language it is in."""
        return self.document.language

    @cached_property
    def said(self) -> Mapping[str, Said]:
        """What the page of each area says, by its code, highest level first."""
        return {code: say_place(place, self.language) for code, place in self.atlas.places.items()}

    def listed(self, code: str) -> Said | Listed | None:
        """Say an area in a list, whether or not it has a page; nothing where nothing is known of it."""
        found = None if code in self.said else self.atlas.listed(code)
        return say_listed(*found, self.language) if found else self.said.get(code)

    @property
    def workspace(self) -> Workspace:
        """Whose report it is, and as of when."""
        return self.atlas.evidence.workspace
