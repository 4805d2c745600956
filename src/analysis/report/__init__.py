"""What an official reads: one content in several forms, Vietnamese first and English beside it.

`write_report` is the door. Behind it `evidence` reads the artifacts, `summary` makes the numbers, `tables`
the tables, `words` the sentences and `figures` the pictures; `content` composes them into a document once for
each language, and one file a form (`html`, `pdf`, `docx`, `xlsx`) lays it out.
"""

from analysis.report.content import compose, headline
from analysis.report.evidence import Evidence, read_evidence
from analysis.report.index import write_index
from analysis.report.summary import summarise
from analysis.report.table import Table, show_table
from analysis.report.write import make_tables, write_report

__all__ = [
    "Evidence",
    "Table",
    "compose",
    "headline",
    "make_tables",
    "read_evidence",
    "show_table",
    "summarise",
    "write_index",
    "write_report",
]
