"""What an official reads: one content in several forms, in every language that the campaign has.

`write_report` is the door. Behind it `evidence` reads the artifacts, `summary` makes the numbers, `tables`
the tables, `words` the sentences and `figures` the pictures; `content` composes them into a document once for
each language, and one function makes one form of it (`analysis.report.write.FORMS`). `write_index` lists
reports.
"""

from importlib import import_module
from typing import Any

# Opened only when asked for: the index is written by runs that need neither pandas nor matplotlib.
_HOMES = {
    "Evidence": "evidence", "Table": "table", "compose": "content", "headline": "content",
    "make_tables": "write", "read_evidence": "evidence", "summarise": "summary", "write_index": "index",
    "write_report": "write",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
