"""Prints ``docs/data-dictionary.md``, which is made from the contract: ``python -m analysis.contract``."""

import sys
from importlib.resources import files

from analysis.contract import Artifact, Column, parts


def page() -> str:
    """Return the data dictionary as Markdown: a section a notebook, a table an artifact."""
    made = [part for part in parts() if part.artifacts]
    sections = (f"\n## From `{part.step}`\n" + "".join(map(_section, part.artifacts)) for part in made)
    frame = (files("analysis.contract") / "dictionary.md").read_text(encoding="utf-8")
    return frame.replace("{sections}", "".join(sections))


def _section(artifact: Artifact) -> str:
    key = f" Key: {', '.join(f'`{name}`' for name in artifact.key)}." if artifact.key else ""
    head = f"\n**`{artifact.name}`**: {artifact.meaning}.{key}\n\n"
    what = "key" if artifact.name.endswith(".json") else "column"
    rows = "".join(map(_row, artifact.columns))
    return f"{head}| {what} | type | unit | meaning |\n|---|---|---|---|\n{rows}"


def _row(column: Column) -> str:
    kind = f"{column.type}, may be empty" if column.empty else column.type
    among = f": {', '.join(f'`{one}`' for one in column.among)}" if column.among else ""
    return f"| `{column.name}` | {kind} | {column.unit} | {column.meaning}{among} |\n"


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.stdout.write(page())
