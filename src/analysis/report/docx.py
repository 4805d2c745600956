"""The report as a Word document that an office finishes by hand, in the form its issuer has.

The form is a Word file that an office can open and change: ``templates/<form>.docx``, or ``report.docx`` in
the campaign's folder. Words in double braces are filled in; the text goes where the file says ``[[text]]``.
The main part is what an official signs: results, assessment, forecast, proposals. Tables and figures follow
as annexes on landscape paper.
"""

import io
import zipfile
from collections.abc import Collection, Mapping, Sequence
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
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
_ROMAN = ("I", "II", "III", "IV")
_LANDSCAPE = 257  # millimetres between the margins of an annex
_LEAST = 0.5  # of the room it wants, for a column of text beside many numbers
_LONG = 24  # letters; longer text is broken
_SHORT = 4  # rows of a table for which a page has room below a picture


def document_of(edition: Edition) -> bytes:
    """Fill the issuer's form with the document; InputError where the campaign's own form cannot be filled."""
    document, campaign = edition.document, edition.workspace.campaign
    around = _around(document, campaign.issuer, edition.workspace.as_of.year)
    form = _filled(_form(campaign), around)
    marks = [paragraph for paragraph in form.paragraphs if paragraph.text.strip() == _TEXT]
    if not marks:
        raise InputError(f"{_form(campaign)}: no paragraph {_TEXT}; write it where the report's text goes")
    body = form.element.body
    before = len(body)
    _main(form, document)
    for element in list(body)[before - 1 : -1]:  # the section's own properties come last
        marks[0]._p.addprevious(element)
    body.remove(marks[0]._p)
    _annexes(form, document)
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
    except (TemplateError, PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile) as error:
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
    for at, text in enumerate(document.proposals, start=1):
        _paragraph(form, f"{at}. {text}")
    if not document.proposals:
        _paragraph(form, word("word_no_proposals", document.language))


def _annexes(form: Any, document: Document) -> None:
    """Append every section that has more than the main part, with tables and figures, on landscape paper."""
    page = form.add_section(WD_SECTION.NEW_PAGE)
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = Mm(297), Mm(210)
    page.left_margin = page.right_margin = Mm(20)
    page.different_first_page_header_footer = False
    main = {key for _, _, key in _MAIN}
    annexes = {
        one.heading: shown
        for one in document.sections
        if (shown := [it for it in one.blocks if one.key not in main or isinstance(it, Picture | Grid)])
    }
    for number, (heading, shown) in enumerate(annexes.items(), start=1):
        text = word("word_annex", document.language)
        title = form.add_heading(text.format(number=number, heading=heading), level=1)
        # LibreOffice leaves a heading behind whose picture goes to the next page.
        title.paragraph_format.page_break_before = number > 1 and isinstance(shown[0], Picture)
        for below, block in pairwise([None, *shown]):
            if block:
                _block(form, block, document.language, below=below)


def _paragraph(form: Any, text: str, lead: str = "", *, bold: bool = False) -> Any:
    paragraph = form.add_paragraph()
    paragraph.paragraph_format.first_line_indent = Mm(10)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    if lead:
        paragraph.add_run(f"{lead} ").bold = True
    paragraph.add_run(text).bold = bold
    return paragraph


def _block(form: Any, block: Block, language: Language, *, below: Block | None = None) -> None:
    match block:
        case Paragraph():
            _paragraph(form, block.text, block.lead)
        case Caution():
            _paragraph(form, block.text).runs[0].italic = True
        case Picture():
            _picture(form, block)
        case Grid():
            _grid(form, block.laid(language), below=below)


def _picture(form: Any, block: Picture) -> None:
    paragraph = form.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True
    shape = paragraph.add_run().add_picture(io.BytesIO(block.png), width=Mm(140))
    if shape.height > Mm(125):  # what is left of a landscape page beside its heading and caption
        shape.width, shape.height = int(shape.width * Mm(125) / shape.height), Mm(125)
    shape._inline.docPr.set("descr", block.alt)
    shape._inline.docPr.set("name", block.name)
    form.add_paragraph(block.caption, style="Caption").alignment = WD_ALIGN_PARAGRAPH.CENTER


def _grid(form: Any, laid: Laid, *, below: Block | None) -> None:
    title = form.add_heading(laid.title, level=2)
    # Below a picture a landscape page has room for a short table; a longer one would leave its head there.
    title.paragraph_format.page_break_before = isinstance(below, Picture) and len(laid.texts) > _SHORT
    form.add_paragraph(laid.note, style="Caption").paragraph_format.keep_with_next = True
    texts = [laid.headings, *laid.texts]
    strong = () if laid.strong is None else (1 + laid.strong,)
    made = add_table(form, texts, laid.right, strong, _fitting(texts, laid.right))
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    if laid.rest:
        form.add_paragraph(laid.rest, style="Caption").paragraph_format.space_before = Pt(4)
    form.add_paragraph().paragraph_format.space_after = Pt(0)


_ROW = '<w:tr><w:trPr><w:cantSplit w:val="true"/>{head}</w:trPr>{cells}</w:tr>'
_CELL = (
    '<w:tc><w:tcPr><w:tcW w:type="dxa" w:w="{width}"/></w:tcPr>'
    '<w:p><w:pPr><w:spacing w:before="30" w:after="30"/>{side}</w:pPr>'
    '<w:r><w:rPr><w:b w:val="{bold}"/><w:sz w:val="20"/></w:rPr>'
    '<w:t xml:space="preserve">{text}</w:t></w:r></w:p></w:tc>'
)


def add_table(
    form: Any,
    texts: Sequence[Sequence[str]],
    right: Sequence[bool] = (),
    strong: Collection[int] = (),
    widths: Sequence[float] = (),
) -> Any:
    """Append a table: headings first, which every page repeats; no row is cut over two pages.

    Its rows are parsed as one piece of XML: cell by cell a report's tables took half of its time. ``widths``
    in millimetres stand in the grid as in the cells, since readers go by either.
    """
    made = form.add_table(rows=0, cols=len(texts[0]), style="Table Grid")
    for column, width in zip(made.columns, widths, strict=False):
        made.autofit, column.width = False, Mm(width)
    sides = ['<w:jc w:val="right"/>' if one else "" for one in right or [False] * len(texts[0])]
    twips = [column.width.twips for column in made.columns]
    rows = [
        _ROW.format(
            head="" if number else '<w:tblHeader w:val="true"/>',
            cells="".join(
                _CELL.format(width=width, side=side, bold=int(number in (0, *strong)), text=escape(text))
                for width, side, text in zip(twips, sides, cells, strict=True)
            ),
        )
        for number, cells in enumerate(texts)
    ]
    made._tbl.extend(parse_xml(f"<w:tbl {nsdecls('w')}>{''.join(rows)}</w:tbl>"))
    return made


def _fitting(texts: list[list[str]], right: list[bool], size: float = 10) -> list[float]:
    """Give numbers the room they need, in millimetres, and share what is left among the columns of text."""
    letters = [
        max(*(len(cell) for cell in cells), *(len(one) + 2 for one in heading.split()), 5)  # bold is wider
        for heading, *cells in zip(*texts, strict=True)
    ]
    wanted = [0.22 * size * (count if number else min(count, _LONG)) + 5.0
              for count, number in zip(letters, right, strict=True)]  # fmt: skip
    spare = _LANDSCAPE - sum(width for width, number in zip(wanted, right, strict=True) if number)
    text = sum(wanted) - (_LANDSCAPE - spare)
    share = min(max(spare / text, _LEAST), 1.6) if text else 1.0
    widths = [width if number else width * share for width, number in zip(wanted, right, strict=True)]
    total = sum(widths)
    return [width * min(1.0, _LANDSCAPE / total) for width in widths]
