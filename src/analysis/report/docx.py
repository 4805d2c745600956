"""The report as a Word document that an office finishes by hand, in the form its issuer has.

The form is a Word file that an office can open and change: ``templates/<form>.docx``, or ``report.docx`` in
the campaign's folder. Words in double braces are filled in; the text goes where the file says ``[[text]]``.
The main part is what an official signs: results, assessment, forecast, proposals. Tables and figures follow
as annexes on the form's own paper.
"""

import io
import zipfile
from collections.abc import Collection, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from analysis import say
from analysis.campaign import Campaign, Issuer, Language, Text
from analysis.errors import InputError
from analysis.inert import inert
from analysis.report.document import Block, Caution, Document, Grid, Laid, Paragraph, Picture
from analysis.report.edition import Edition
from analysis.report.words.phrases import word

_TEXT = "[[text]]"
_MAIN = (  # heading, the question whose answer leads, the section whose paragraphs follow
    ("results", "where", "areas"),
    ("assessment", "worked", "worked"),
    ("forecast", "make_it", "make_it"),
)
_STYLES = ("Heading 1", "Heading 2", "Caption", "Table Grid")
_ROMAN = ("I", "II", "III", "IV")
_TYPE, _SMALL = 10, 8  # points of a table's type, and of one that has no room at that size
_PICTURE = 150, 170  # millimetres that a picture is wide and high at most
_WHOLE = 12  # rows of a table that stays on one page
_LONG, _LONGEST = 24, 60  # letters of a word that is kept whole, and of a line that has room


def document_of(edition: Edition) -> bytes:
    """Fill the issuer's form with the document; InputError where the campaign's own form cannot be filled."""
    document, campaign = edition.document, edition.workspace.campaign
    around, path = _around(document, campaign.issuer, edition.workspace.as_of.year), _form(campaign)
    form = _filled(path, around)
    if lacking := [one for one in _STYLES if one not in {style.name for style in form.styles}]:
        raise InputError(
            f"{path}: has no style {', '.join(lacking)}; begin with a copy of one that is shipped"
        )
    marks = [paragraph for paragraph in form.paragraphs if paragraph.text.strip() == _TEXT]
    if not marks:
        raise InputError(f"{path}: no paragraph {_TEXT}; write it where the report's text goes")
    body = form.element.body
    before = len(body)
    _main(form, document)
    for element in list(body)[before - 1 : -1]:  # the section's own properties come last
        marks[0]._p.addprevious(element)
    body.remove(marks[0]._p)
    _annexes(form, document)
    for spoken in form.styles.element.iter(qn("w:lang")):  # else its words are spelt and read out as English
        spoken.set(qn("w:val"), say.tag(document.language))
    properties = form.core_properties
    properties.title, properties.author, properties.language = document.title, "", document.language
    properties.comments = document.banner
    return settled(form)


def _form(campaign: Campaign) -> Path:
    own = campaign.folder / "report.docx"
    shipped = files("analysis.report").joinpath("templates", f"{campaign.issuer.form}.docx")
    return own if own.exists() else Path(str(shipped))


def _filled(path: Path, around: Mapping[str, Any]) -> Any:
    """Fill in the words of a form; what it is given is text and nothing else, and it can call nothing."""
    try:
        template = DocxTemplate(str(path))
        environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
        template.render(dict(around), environment, autoescape=True)
    except (
        TemplateError,
        PackageNotFoundError,
        KeyError,
        ValueError,
        SyntaxError,
        zipfile.BadZipFile,
    ) as error:
        raise InputError(f"{path}: cannot be filled: {str(error)[:200]}; mend it, or take it away") from None
    return template.docx


def _around(document: Document, issuer: Issuer, year: int) -> dict[str, Any]:
    """Return what a form may name, by its name."""
    language = document.language

    def said(text: Text | None, otherwise: str) -> str:
        return inert(text(language)) if text else word(otherwise, language)

    place = inert(issuer.place(language)) if issuer.place else "………"
    return {
        "mark": document.data_mark.upper() if document.banner else "",
        "letterhead": _each(issuer.letterhead, language),
        "body": said(issuer.body, "word_body"),
        "nation": word("word_nation", language),
        "motto": word("word_motto", language),
        "number": said(issuer.number, "word_number"),
        "place_and_date": word("word_place", language).format(place=place, year=year),
        "kind": word("word_kind", language),
        "title": document.title,
        "kicker": document.kicker,
        "as_of": document.as_of,
        "banner": document.banner,
        "recipients_head": word("word_recipients", language),
        "recipients": _each(issuer.recipients, language) or [word("word_recipient", language)] * 2,
        "signatures": _each(issuer.signatures, language) or [word("word_signature", language)],
        "seal": word("word_seal", language),
        "signatory": word("word_signatory", language),
    }


def _each(texts: Sequence[Text], language: Language) -> list[str]:
    return [inert(text(language)) for text in texts]


def settled(form: Any) -> bytes:
    """Save a form with one date for every part, so that equal documents are equal bytes."""
    saved, kept = io.BytesIO(), io.BytesIO()
    form.save(saved)
    with zipfile.ZipFile(saved) as made, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as package:
        for name in made.namelist():
            package.writestr(zipfile.ZipInfo(name), made.read(name), compress_type=zipfile.ZIP_DEFLATED)
    return kept.getvalue()


def _main(form: Any, document: Document) -> None:
    """Write what is signed: an answer and its paragraphs under each heading, then the proposals."""
    answers = {answer.key: answer for answer in document.answers}
    sections = {section.key: section for section in document.sections}
    numbers = iter(_ROMAN)
    for heading, question, key in _MAIN:
        answer, blocks = answers.get(question), sections[key].blocks if key in sections else ()
        texts = [block for block in blocks if isinstance(block, Paragraph | Caution)]
        if not (answer or texts):  # nobody asks what mobilising changed where nobody mobilised
            continue
        form.add_heading(f"{next(numbers)}. {word(f'word_{heading}', document.language)}", level=1)
        if answer:
            verdict, said = answer.verdict, answer.said
            line = say.headed(verdict, said, document.language) if said else verdict
            _paragraph(form, f"{line}.", bold=True)
        for text in document.points[:1] if question == "where" else ():
            _paragraph(form, text)
        for block in texts:
            _block(form, block, document.language)
    form.add_heading(f"{next(numbers)}. {word('word_proposals', document.language)}", level=1)
    proposed = [f"{at}. {text}" for at, text in enumerate(document.proposals, start=1)]
    for line in proposed or [word("word_no_proposals", document.language)]:
        _paragraph(form, line).paragraph_format.keep_with_next = True  # no signature stands alone on a page


def _annexes(form: Any, document: Document) -> None:
    """Append every section that has more than the main part, with tables and figures, from a new page on."""
    main = {key for _, _, key in _MAIN}
    annexes = {
        one.heading: shown
        for one in document.sections
        if (shown := [it for it in one.blocks if one.key not in main or isinstance(it, Picture | Grid)])
    }
    for number, (heading, shown) in enumerate(annexes.items(), start=1):
        text = word("word_annex", document.language)
        title = form.add_heading(text.format(number=number, heading=heading), level=1)
        title.paragraph_format.page_break_before = number == 1
        for block in shown:
            _block(form, block, document.language)


def _paragraph(form: Any, text: str, lead: str = "", *, bold: bool = False) -> Any:
    paragraph = form.add_paragraph()
    paragraph.paragraph_format.first_line_indent = Mm(10)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    if lead:
        paragraph.add_run(f"{lead} ").bold = True
    paragraph.add_run(text).bold = bold
    return paragraph


def _block(form: Any, block: Block, language: Language) -> None:
    match block:
        case Paragraph():
            _paragraph(form, block.text, block.lead)
        case Caution():
            _paragraph(form, block.text).runs[0].italic = True
        case Picture():
            _picture(form, block)
        case Grid():
            _grid(form, block.laid(language))


def _picture(form: Any, block: Picture) -> None:
    paragraph = form.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True
    shape = paragraph.add_run().add_picture(io.BytesIO(block.png))
    part = min(Mm(most) / one for most, one in zip(_PICTURE, (shape.width, shape.height), strict=True))
    shape.width, shape.height = int(part * shape.width), int(part * shape.height)
    shape._inline.docPr.set("descr", block.alt)
    shape._inline.docPr.set("name", block.name)
    form.add_paragraph(block.caption, style="Caption").alignment = WD_ALIGN_PARAGRAPH.CENTER


def _grid(form: Any, laid: Laid) -> None:
    form.add_heading(laid.title, level=2)
    form.add_paragraph(laid.note, style="Caption").paragraph_format.keep_with_next = True
    texts = [laid.headings, *laid.texts]
    strong = () if laid.strong is None else (1 + laid.strong,)
    page = form.sections[-1]
    room = (page.page_width - page.left_margin - page.right_margin) / Mm(1)
    widths = list[float]()
    for size, whole in ((_TYPE, True), (_SMALL, True), (_SMALL, False)):
        widths = _fitting(texts, laid.right, room, size, whole=whole)
        if sum(widths) <= room:
            break
    part = min(1.0, room / sum(widths))
    made = add_table(form, texts, laid.right, strong, [part * width for width in widths], size)
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    if laid.rest:
        form.add_paragraph(laid.rest, style="Caption").paragraph_format.space_before = Pt(4)
    form.add_paragraph().paragraph_format.space_after = Pt(0)


_ROW = '<w:tr><w:trPr><w:cantSplit w:val="true"/>{head}</w:trPr>{cells}</w:tr>'
_CELL = (
    '<w:tc><w:tcPr><w:tcW w:type="dxa" w:w="{width}"/></w:tcPr>'
    '<w:p><w:pPr>{keep}<w:spacing w:before="30" w:after="30"/>{side}</w:pPr>'
    '<w:r><w:rPr><w:b w:val="{bold}"/><w:sz w:val="{size}"/></w:rPr>'
    '<w:t xml:space="preserve">{text}</w:t></w:r></w:p></w:tc>'
)


def add_table(
    form: Any,
    texts: Sequence[Sequence[str]],
    right: Sequence[bool] = (),
    strong: Collection[int] = (),
    widths: Sequence[float] = (),
    size: int = _TYPE,
) -> Any:
    """Append a table: headings first, which every page repeats; no row is cut in two, and no short table.

    Its rows are parsed as one piece of XML: cell by cell a report's tables took half of its time. ``widths``
    in millimetres stand in the grid as in the cells, since readers go by either; ``size`` is in points.
    """
    made = form.add_table(rows=0, cols=len(texts[0]), style="Table Grid")
    for column, width in zip(made.columns, widths, strict=False):
        made.autofit, column.width = False, Mm(width)
    sides = ['<w:jc w:val="right"/>' if one else "" for one in right or [False] * len(texts[0])]
    twips = [column.width.twips for column in made.columns]
    kept = len(texts) if len(texts) <= _WHOLE else 2  # rows that stay with what follows
    rows = [
        _ROW.format(
            head="" if number else '<w:tblHeader w:val="true"/>',
            cells="".join(
                _CELL.format(
                    width=width,
                    side=side,
                    keep="<w:keepNext/>" if number < kept else "",
                    bold=int(number in (0, *strong)),
                    size=2 * size,
                    text=escape(text),
                )
                for width, side, text in zip(twips, sides, cells, strict=True)
            ),
        )
        for number, cells in enumerate(texts)
    ]
    made._tbl.extend(parse_xml(f"<w:tbl {nsdecls('w')}>{''.join(rows)}</w:tbl>"))
    return made


def _fitting(
    texts: list[list[str]], right: list[bool], room: float, size: int, *, whole: bool = True
) -> list[float]:
    """Return the millimetres of each column: as many as a word asks for, and a share of what is left.

    Numbers are kept ``whole`` with what stands in brackets behind them.
    """
    least, wanted = list[float](), list[float]()
    for (heading, *cells), number in zip(zip(*texts, strict=True), right, strict=True):
        words = [word for cell in cells for word in cell.split(" ")]  # a day and its month are one
        longest = max(map(len, cells if number and whole else words), default=0)
        head = max(map(len, heading.split())) + 2  # bold is wider
        least.append(max(head, min(longest, longest if number else _LONG), 5))
        wanted.append(max(least[-1], min(max(map(len, cells), default=0), _LONGEST)))
    letter = 0.2 * size
    more = [letter * (most - few) for few, most in zip(least, wanted, strict=True)]
    widths = [letter * few + 4.5 for few in least]
    share = min(max(room - sum(widths), 0.0) / sum(more), 1.0) if any(more) else 0.0
    return [width + share * one for width, one in zip(widths, more, strict=True)]
