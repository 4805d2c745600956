"""The message: 500 characters at most for a messenger, and the same as a mail with the brief inside."""

from email.message import EmailMessage
from email.policy import SMTP
from html import escape

from analysis import say
from analysis.report.document import Answer, Document
from analysis.report.edition import Edition
from analysis.report.words.voice import Voice
from analysis.workspace import address

MOST = 500
_TITLE = 120  # letters of the title in a subject


def text(edition: Edition) -> str:
    """Return the message as a file."""
    return f"{message(edition.document, _link(edition))}\n"


def mail(edition: Edition, brief: bytes, picture: bytes, report: bytes) -> bytes:
    """Return the message as a mail that an office sends on: the brief in its text and attached, no address.

    The number is in the subject. The report is linked, or attached where nobody has said where it can be
    read. Equal reports are equal bytes, so the boundaries between parts are ours.
    """
    made, said, link = EmailMessage(policy=SMTP), text(edition), _link(edition)
    made["Subject"] = subject(edition)
    made["Date"] = edition.workspace.as_of
    made.set_content(said)
    shown = {link: f'<a href="{escape(link)}">{escape(link)}</a>'}
    lines = "".join(f"<p>{shown.get(line, escape(line))}</p>" for line in said.splitlines())
    alt = escape(edition.document.title)
    made.add_alternative(f'{lines}<p><img src="cid:brief" alt="{alt}" width="540"></p>', subtype="html")
    page = made.get_payload()[1]  # type: ignore[index]
    page.add_related(picture, "image", "png", cid="<brief>")  # type: ignore[union-attr]
    for name, paper in (("brief", brief), *(() if link else (("report", report),))):
        file = f"{name}.{edition.language}.pdf"
        made.add_attachment(paper, maintype="application", subtype="pdf", filename=file)
    for at, part in enumerate(one for one in made.walk() if one.is_multipart()):
        part.set_boundary(f"=_report_{at}")
    return made.as_bytes()


def subject(edition: Edition) -> str:
    """Return the subject of the mail: whose report, of which day, the share, and the pace it takes."""
    voice, numbers = Voice(edition.language, edition.numbers), edition.numbers
    number = numbers.get("share", numbers["total"])
    day = say.short_day(number.day, edition.language) if number.day else ""
    said = say.headed(
        f"{edition.document.title[:_TITLE]} {day}", number.text(edition.language), edition.language
    )
    open_yet = edition.atlas.evidence.standing.phase in ("early", "running")
    known = open_yet and numbers.amount("pace_ratio") > 0
    pace = f", {voice.say(f'make_it_pace{numbers.enough}')}" if known else ""
    mark = f"[{edition.document.data_mark}] " if edition.document.banner else ""
    # A name that is written as an encoded word would be decoded into a header, with its ends of lines.
    return " ".join(f"{mark}{said}{pace}".replace("=?", "= ?").split())


def _link(edition: Edition) -> str:
    """Return the report's address, where the environment says where reports can be read."""
    workspace = edition.workspace
    return address(f"{workspace.campaign.code}/{workspace.label}/report.{edition.language}.html")


def message(document: Document, link: str = "") -> str:
    """Return the message in the language of the document: the number, verdicts, proposals, a link if any."""
    first, *others = document.answers
    head = say.headed(document.title, first.said, document.language)
    mark = f"[{document.data_mark}] " if document.banner else ""
    lines = [f"{mark}{head}.", *map(_answered, others), *document.proposals]
    return _fitting(lines, link)


def _answered(one: Answer) -> str:
    """Say a verdict, with the share that it is said of."""
    share = f" ({one.figure})" if one.key == "make_it" and one.gauge else ""
    return f"{one.question} {one.verdict}{share}."


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
