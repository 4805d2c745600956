"""The message: what a messenger or the subject and the text of a mail can carry, 500 characters at most."""

import os

from analysis.report.document import Document
from analysis.report.edition import Edition

MOST = 500
LINKS = "ANALYSIS_LINK_BASE"  # where reports can be read, such as https://example.org/reports


def text(edition: Edition) -> str:
    """Return the message as a file."""
    workspace = edition.workspace
    where = f"{workspace.campaign.code}/{workspace.label}/report.{edition.language}.html"
    return f"{message(edition.document, where)}\n"


def message(document: Document, where: str) -> str:
    """Return the message in the language of the document: the number, verdicts, proposals, a link.

    Parameters
    ----------
    where
        The report's address below the reports, linked where the environment says where those can be read.
    """
    first, *others = document.answers
    head = f"{document.title}: {first.figure} {first.of_what}".strip()
    mark = f"[{document.data_mark}] " if document.banner else ""
    base = os.environ.get(LINKS, "").strip().rstrip("/")
    link = f"{base}/{where}" if base.startswith(("https://", "http://")) else ""
    lines = [f"{mark}{head}.", *(f"{one.question} {one.verdict}." for one in others), *document.proposals]
    return _fitting(lines, link)


def _fitting(lines: list[str], link: str) -> str:
    """Keep as many whole lines as there is room for beside the link; a first line too long is cut."""
    room = MOST - (len(link) + 1 if link and len(link) < MOST else 0)
    kept: list[str] = []
    for line in lines:
        if len("\n".join([*kept, line])) > room:
            break
        kept.append(line)
    text = "\n".join(kept) or f"{lines[0][: room - 1]}…"
    return f"{text}\n{link}" if room < MOST else text
