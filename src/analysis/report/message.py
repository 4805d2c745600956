"""The message: 500 characters at most for a messenger, and the same as a mail with the brief inside."""

import os
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

from analysis import say
from analysis.report.document import Document
from analysis.report.edition import Edition
from analysis.report.words.voice import Voice

MOST = 500
_TITLE = 120  # letters of the title in a subject
LINKS = "ANALYSIS_LINK_BASE"  # where reports can be read, such as https://example.org/reports


def text(edition: Edition) -> str:
    """Return the message as a file."""
    workspace = edition.workspace
    where = f"{workspace.campaign.code}/{workspace.label}/report.{edition.language}.html"
    return f"{message(edition.document, where)}\n"


def mail(edition: Edition, brief: bytes, picture: bytes) -> bytes:
    """Return the message as a mail that an office sends on: the brief in its text and attached, no address.

    The number is in the subject. Equal reports are equal bytes, so the boundaries between parts are ours.
    """
    made, said = EmailMessage(policy=SMTP), text(edition)
    made["Subject"] = subject(edition)
    made["Date"] = edition.workspace.as_of
    made.set_content(said)
    lines = "".join(f"<p>{escape(line)}</p>" for line in said.splitlines())
    alt = escape(edition.document.title)
    made.add_alternative(f'{lines}<p><img src="cid:brief" alt="{alt}" width="540"></p>', subtype="html")
    page = made.get_payload()[1]  # type: ignore[index]
    page.add_related(picture, "image", "png", cid="<brief>")  # type: ignore[union-attr]
    name = f"brief.{edition.language}.pdf"
    made.add_attachment(brief, maintype="application", subtype="pdf", filename=name)
    for at, part in enumerate(one for one in made.walk() if one.is_multipart()):
        part.set_boundary(f"=_report_{at}")
    return made.as_bytes()


def subject(edition: Edition) -> str:
    """Return the subject of the mail: whose report, of which day, the share, and the pace it takes."""
    voice, numbers = Voice(edition.language, edition.numbers), edition.numbers
    day = say.short_day(numbers["share"].day, edition.language) if numbers["share"].day else ""
    share = numbers["share"].text(edition.language)
    said = say.headed(f"{edition.document.title[:_TITLE]} {day}", share, edition.language)
    open_yet = edition.atlas.evidence.standing.phase in ("early", "running")
    pace = f", {voice.say('mail_pace')}" if open_yet and numbers["pace_ratio"].known else ""
    mark = f"[{edition.document.data_mark}] " if edition.document.banner else ""
    return " ".join(f"{mark}{said}{pace}".split())


def message(document: Document, where: str) -> str:
    """Return the message in the language of the document: the number, verdicts, proposals, a link.

    Parameters
    ----------
    where
        The report's address below the reports, linked where the environment says where those can be read.
    """
    first, *others = document.answers
    head = say.headed(document.title, first.said, document.language)
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
