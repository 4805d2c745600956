"""What an official reads: one content in several forms, Vietnamese first and English beside it.

`write_report` is the door. Behind it `evidence` reads the artifacts, `summary` makes the numbers, `tables`
the tables, `words` the sentences and `figures` the pictures; `content` composes them into a document once for
each language, and one file a form (`html`, `pdf`, `docx`, `xlsx`) lays it out. `write_index` lists reports.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.report.content import compose, headline
    from analysis.report.evidence import Evidence, read_evidence
    from analysis.report.index import write_index
    from analysis.report.summary import summarise
    from analysis.report.table import Table
    from analysis.report.write import make_tables, write_report

__all__ = [
    "Evidence",
    "Table",
    "compose",
    "headline",
    "make_tables",
    "read_evidence",
    "summarise",
    "write_index",
    "write_report",
]

# Opened only when asked for: the index is written by runs that need neither pandas nor matplotlib.
_HOMES = {
    "Evidence": "evidence",
    "Table": "table",
    "compose": "content",
    "headline": "content",
    "make_tables": "write",
    "read_evidence": "evidence",
    "summarise": "summary",
    "write_index": "index",
    "write_report": "write",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
