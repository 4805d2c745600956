"""A campaign's folder to begin with: what is known of it, and a line for everything a person has to say."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from string import Template

from analysis.campaign.rhythm import Rhythm

AREA_COLUMNS = ("code", "name", "type", "parent", "also_called", "eligible", "target")


@dataclass(frozen=True)
class Draft:
    """What a new campaign's folder says at first.

    Attributes
    ----------
    code
        Name of the folder.
    languages
        Of its reports, the first one first.
    vocabulary
        That names what is counted.
    areas
        Code and name of each area.
    rhythm
        How often files come; ``None`` where nothing is known of it.
    known
        What was found in files, and by what, one line each.
    unknown
        What a person has to say, one line each.
    """

    code: str
    languages: tuple[str, ...] = ("en",)
    vocabulary: str = "general"
    areas: tuple[tuple[str, str], ...] = ()
    rhythm: Rhythm | None = None
    known: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    def files(self) -> dict[str, str]:
        """Return the text of each file of the folder, by its name."""
        template = Template((files("analysis.campaign") / "draft.toml").read_text(encoding="utf-8"))
        toml = template.substitute(
            code=self.code,
            languages=", ".join(f'"{one}"' for one in self.languages),
            vocabulary=self.vocabulary,
            rhythm=_rhythm(self.rhythm),
            found="".join(f"# Found: {line}\n" for line in self.known),
            missing="".join(f"# To say: {line}\n" for line in self.unknown),
        )
        return {
            "campaign.toml": toml,
            "areas.csv": _table(AREA_COLUMNS, [(code, name) for code, name in self.areas]),
            "mobilisations.csv": _table(("area", "first_day", "last_day", "kind", "note", "source"), []),
        }


def _rhythm(rhythm: Rhythm | None) -> str:
    if rhythm is None:
        return '# [rhythm]\n# counts = "day"\n# sent = "week"\n# on = "sunday"\n'
    lines = ["[rhythm]", f'counts = "{rhythm.counts}"', f'sent = "{rhythm.sent}"']
    if rhythm.on is not None:
        lines.append(f"on = {rhythm.on}" if isinstance(rhythm.on, int) else f'on = "{rhythm.on}"')
    return "\n".join(lines) + "\n"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([*row, *[""] * (len(columns) - len(row))] for row in rows)
    return stream.getvalue()
