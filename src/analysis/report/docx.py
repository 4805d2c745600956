"""The report as a Word document that an office finishes by hand, laid out as Decree 30/2020/NĐ-CP asks.

A4, margins 20/20/30/15 mm, Times New Roman; national title and motto, issuing body, number, place and date,
title, numbered body, recipients and signature. What only the office knows is left as dots.
"""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docx import Document as NewDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from analysis.artifacts import replacing
from analysis.report.document import Block, Caution, Document, Grid, Links, Paragraph, Picture
from analysis.report.words.phrases import word

_FONT = "Times New Roman"
_DOTS = "………"
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_TEXT_WIDTH = 165  # millimetres between the margins
_LEAST = 0.5  # of the room it wants, for a column of text beside many numbers
_LONG = 20  # letters; longer text is broken
_NARROW = 7  # columns; a wider table is set smaller


def write_docx(document: Document, place: str, year: int, path: Path) -> Path:
    """Write the document with real Word styles and tables.

    Parameters
    ----------
    document
        The report in Vietnamese.
    place, year
        For the line of place and date, which the office completes.
    path
        File to make, whole or not at all.
    """
    word_file = NewDocument()
    _styles(word_file)
    _page(word_file, document)
    _head(word_file, document, place, year)
    _title(word_file, document)
    for number, section in enumerate(document.sections):
        word_file.add_heading(f"{_ROMAN[number]}. {section.heading}", level=1)
        for block in section.blocks:
            _block(word_file, block, document)
    _foot(word_file)
    properties = word_file.core_properties
    properties.title, properties.author, properties.language = document.title, "", "vi-VN"
    properties.comments = document.banner
    stream = io.BytesIO()
    word_file.save(stream)
    with replacing(path) as draft:
        _settle(stream, draft)
    return path


def _settle(stream: io.BytesIO, path: Path) -> None:
    """Copy the package with one date for every part, so that equal documents are equal bytes."""
    with zipfile.ZipFile(stream) as made, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in made.namelist():
            kept.writestr(zipfile.ZipInfo(name), made.read(name), compress_type=zipfile.ZIP_DEFLATED)


def _styles(word_file: Any) -> None:
    normal = word_file.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(13)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), _FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    normal.element.get_or_add_rPr().append(language)
    normal.paragraph_format.space_after = Pt(6)
    for level, size in ((1, 13), (2, 13)):
        heading = word_file.styles[f"Heading {level}"]
        heading.font.name, heading.font.size, heading.font.bold = _FONT, Pt(size), True
        heading.font.color.rgb = RGBColor(0, 0, 0)
        heading.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:asciiTheme"), _FONT)
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            heading.element.rPr.rFonts.attrib.pop(qn(theme), None)
        heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(12), Pt(6)
    caption = word_file.styles["Caption"]
    caption.font.name, caption.font.size, caption.font.bold, caption.font.italic = _FONT, Pt(11), False, True
    caption.font.color.rgb = RGBColor(0x3A, 0x3A, 0x3A)


def _page(word_file: Any, document: Document) -> None:
    section = word_file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _field(number, "PAGE")
    if document.banner:
        for header in (section.header, section.first_page_header):
            mark = header.add_paragraph() if header is section.header else header.paragraphs[0]
            mark.alignment = WD_ALIGN_PARAGRAPH.CENTER
            mark.add_run(document.data_mark.upper()).bold = True


def _field(paragraph: Any, code: str) -> None:
    for kind, text in (("begin", None), (None, code), ("end", None)):
        run = paragraph.add_run()
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _head(word_file: Any, document: Document, place: str, year: int) -> None:
    """Issuing body and number on the left; national title, motto, place and date on the right."""
    table = word_file.add_table(rows=2, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    left, right = table.rows[0].cells
    _lines(left, (_DOTS.upper(), False, 12), (f"CƠ QUAN BAN HÀNH {_DOTS}", True, 12))
    _ruled(left.paragraphs[-1], 20)
    _lines(
        right,
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", True, 12),
        ("Độc lập - Tự do - Hạnh phúc", True, 13),
    )
    _ruled(right.paragraphs[-1], 19)
    left, right = table.rows[1].cells
    for cell in (left, right):
        cell.paragraphs[0].paragraph_format.space_before = Pt(6)
    _lines(left, (f"Số: {_DOTS}/BC-{_DOTS}", False, 13))
    _lines(right, (f"{place}, ngày {_DOTS} tháng {_DOTS} năm {year}", False, 13))
    right.paragraphs[0].runs[0].italic = True
    _widths(table, (63, 102))


def _ruled(paragraph: Any, indent: float) -> None:
    """Draw a rule under a line, as long as the cell less ``indent`` millimetres on either side."""
    rule = paragraph.insert_paragraph_before()
    paragraph._p.addnext(rule._p)  # moved: python-docx can only insert before
    layout = rule.paragraph_format
    layout.left_indent = layout.right_indent = Mm(indent)
    layout.space_after, layout.line_spacing = Pt(0), Pt(4)
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("w:val", "single"), ("w:sz", "6"), ("w:space", "1"), ("w:color", "auto")):
        line.set(qn(name), value)
    borders.append(line)
    rule._p.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _widths(table: Any, millimetres: Sequence[float]) -> None:
    """Fix the widths of a table's columns, in the grid as in the cells, since readers go by either."""
    table.autofit = False
    for column, width in zip(table.columns, millimetres, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _fitting(texts: list[list[str]], right: list[bool], size: float) -> list[float]:
    """Give numbers the room they need, in millimetres, and share what is left among the columns of text."""
    letters = [
        max(*(len(cell) for cell in cells), *map(len, heading.split()), 5)
        for heading, *cells in zip(*texts, strict=True)
    ]
    wanted = [0.19 * size * (count if number else min(count, _LONG)) + 4.5
              for count, number in zip(letters, right, strict=True)]  # fmt: skip
    spare = _TEXT_WIDTH - sum(width for width, number in zip(wanted, right, strict=True) if number)
    text = sum(wanted) - (_TEXT_WIDTH - spare)
    share = max(spare / text, _LEAST) if text else 1.0
    widths = [width if number else width * share for width, number in zip(wanted, right, strict=True)]
    return [width * _TEXT_WIDTH / sum(widths) for width in widths]


def _lines(cell: Any, *lines: tuple[str, bool, int]) -> None:
    for number, (text, bold, size) in enumerate(lines):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = Pt(0)
        run = paragraph.add_run(text)
        run.bold, run.font.size = bold, Pt(size)


def _title(word_file: Any, document: Document) -> None:
    for text, size, before in (("BÁO CÁO", 14, 18), (document.title, 14, 0), (document.kicker, 13, 0)):
        paragraph = word_file.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_before = Pt(before)
        paragraph.paragraph_format.space_after = Pt(2)
        run = paragraph.add_run(text)
        run.bold, run.font.size = True, Pt(size)
    when = word_file.add_paragraph(document.as_of)
    when.alignment = WD_ALIGN_PARAGRAPH.CENTER
    when.runs[0].italic = True
    if document.banner:
        _shaded(word_file, document.banner)
    for answer in document.answers:
        paragraph = word_file.add_paragraph()
        paragraph.add_run(f"{answer.question} {answer.verdict}: ").bold = True
        paragraph.add_run(f"{answer.figure} {answer.of_what}".strip() + ".")
    for point in document.points:
        word_file.add_paragraph(point, style="List Bullet")


def _shaded(word_file: Any, text: str) -> None:
    paragraph = word_file.add_paragraph()
    paragraph.add_run(text).bold = True
    shade = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", "FFF4E0")):
        shade.set(qn(name), value)
    paragraph._p.get_or_add_pPr().append(shade)


def _block(word_file: Any, block: Block, document: Document) -> None:
    match block:
        case Paragraph():
            paragraph = word_file.add_paragraph()
            paragraph.paragraph_format.first_line_indent = Mm(10)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
            if block.lead:
                paragraph.add_run(f"{block.lead} ").bold = True
            paragraph.add_run(block.text)
        case Links():
            names = ", ".join(f"docs/methods/{name}" for name, _ in block.targets)
            word_file.add_paragraph(f"{block.text} {names}")
        case Caution():
            _shaded(word_file, block.text)
        case Picture():
            _picture(word_file, block)
        case Grid():
            _grid(word_file, block, document)


def _picture(word_file: Any, block: Picture) -> None:
    paragraph = word_file.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True
    shape = paragraph.add_run().add_picture(io.BytesIO(block.png), width=Mm(140))
    shape._inline.docPr.set("descr", block.alt)
    shape._inline.docPr.set("name", block.name)
    word_file.add_paragraph(block.caption, style="Caption").alignment = WD_ALIGN_PARAGRAPH.CENTER


def _grid(word_file: Any, block: Grid, document: Document) -> None:
    table, language = block.table, document.language
    shown = [at for at in table.shown(block.columns) if table.columns[at].kind != "trend"]
    rows = table.written(language)
    kept = rows[: block.most]
    word_file.add_heading(table.title(language), level=2)
    note = word_file.add_paragraph(table.note(language), style="Caption")
    note.paragraph_format.keep_with_next = True
    size = Pt(11 if len(shown) <= _NARROW else 8.5)
    made = word_file.add_table(rows=1 + len(kept), cols=len(shown), style="Table Grid")
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    texts = [[table.columns[at].heading(language) for at in shown]]
    texts += [[row[at] for at in shown] for row in kept]
    strong = {0} if table.strong is None or len(kept) < len(rows) else {0, 1 + table.strong}
    right = [table.columns[at].numeric or table.columns[at].kind == "day" for at in shown]
    for number, (row, cells) in enumerate(zip(made.rows, texts, strict=True)):
        for cell, text, numeric in zip(row.cells, cells, right, strict=True):
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            if numeric:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            run = paragraph.add_run(text)
            run.font.size, run.bold = size, number in strong
    _widths(made, _fitting(texts, right, size.pt))
    header = OxmlElement("w:tblHeader")
    header.set(qn("w:val"), "true")
    made.rows[0]._tr.get_or_add_trPr().append(header)
    if len(kept) < len(rows):
        word_file.add_paragraph(word("rest_in_workbook", language), style="Caption")
    word_file.add_paragraph().paragraph_format.space_after = Pt(0)


def _foot(word_file: Any) -> None:
    """Recipients on the left, signature block on the right, both left to fill."""
    table = word_file.add_table(rows=1, cols=2)
    _widths(table, (75, 90))
    left, right = table.rows[0].cells
    head = left.paragraphs[0].add_run("Nơi nhận:")
    head.bold, head.italic, head.font.size = True, True, Pt(12)
    for text in (f"- {_DOTS};", f"- {_DOTS};", f"- Lưu: VT, {_DOTS}."):
        run = left.add_paragraph().add_run(text)
        run.font.size = Pt(11)
    _lines(
        right, ("QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ", True, 13), ("(Chữ ký, dấu)", False, 12), ("", False, 13),
        ("", False, 13), ("Họ và tên", True, 13),
    )  # fmt: skip
