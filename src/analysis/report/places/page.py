"""One area's page in one language, and the names of its files."""

from collections.abc import Iterator
from typing import Any

from analysis.campaign import Language, file_name
from analysis.progress import watched
from analysis.report.edition import Edition
from analysis.report.pages import rendered
from analysis.report.places.facts import Atlas, Place
from analysis.report.typeset import compiled
from analysis.report.words.phrases import word

FOLDER = "areas"


def page_name(code: str, language: Language) -> str:
    """Return the file of an area's page, in the folder of the areas."""
    return f"{file_name(code)}.{language}.html"


def links(atlas: Atlas, language: Language) -> dict[str, str]:
    """Return the address of each area's page from the report's, by its code."""
    return {code: f"{FOLDER}/{page_name(code, language)}" for code in atlas.places}


def pages(edition: Edition) -> Iterator[tuple[str, str]]:
    """Make the pages of areas one by one, each with the name of its file."""
    places = edition.atlas.places
    for code, place in watched(places.items(), f"pages, {edition.language}", "area", len(places)):
        yield f"{FOLDER}/{page_name(code, edition.language)}", render_place(edition, place)


def render_place(edition: Edition, place: Place) -> str:
    """Lay out an area's page: one file, no script, nothing from the network."""
    language, atlas, code = edition.language, edition.atlas, place.area.code

    def linked(codes: tuple[str, ...]) -> list[dict[str, Any]]:
        found = [(one, edition.listed(one)) for one in codes]
        return [
            {"said": said, "href": page_name(one, language) if one in edition.said else ""}
            for one, said in found
            if said
        ]

    return rendered(
        "place.html.j2",
        language,
        document=edition.document,
        said=edition.said[code],
        children=linked(place.children),
        above=linked(atlas.tree.above(code)),
        others=[(one, page_name(code, one), word("other_language", one)) for one in edition.others],
    )


def paper(edition: Edition) -> bytes:
    """Set the pages of areas into one PDF, highest level first."""
    drawings, places = dict[str, str](), []
    for at, code in enumerate(edition.atlas.on_paper):
        said = edition.said[code]
        if said.course:
            drawings[f"{at}.svg"] = said.course
        name, course = f"{said.name} ▲" if said.mark else said.name, f"{at}.svg" if said.course else ""
        alt = word("place_course", edition.language)
        places.append({**vars(said), "name": name, "course": course, "alt": alt})
    return compiled("areas.typ", edition, {"places": places}, drawings)
