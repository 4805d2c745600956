"""Names, file names and notes that mean harm come out as text in every form."""

import csv
import re

import openpyxl
from docx import Document

from tests.report.conftest import HOSTILE
from tests.report.test_forms import page_text, pdf_text


def test_the_page_shows_them_and_runs_none(hostile):
    for language in ("vi", "en"):
        page, text = hostile.page(language), page_text(hostile, language)
        assert page.count("<script") == 1  # our own, by its hash
        assert HOSTILE["script"] in text
        assert HOSTILE["formula"] in text
        assert "{{ 7*7 }}" in text
        assert "\u202e" not in page
        assert "Hội⟨U+202E⟩An⟨U+2066⟩" in text
        assert "Dài" * 101 not in text


def test_the_paper_shows_them(hostile):
    text = pdf_text(hostile, "vi")
    assert "alert(1)" in text
    assert "#set text(red) $x^2$" in text.replace("’", "'")
    assert "⟨U+202E⟩" in text


def test_the_word_document_shows_them(hostile):
    document = Document(str(hostile.folder / "report.vi.docx"))
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert HOSTILE["script"] in cells
    assert HOSTILE["formula"] in cells


def test_no_spreadsheet_computes_them(hostile):
    book = openpyxl.load_workbook(hostile.folder / "tables.fr.xlsx")
    cells = [
        cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)
    ]
    assert any(cell.value == HOSTILE["formula"] for cell in cells)
    assert {cell.data_type for cell in cells} == {"s"}
    for path in (hostile.folder / "tables").glob("*.csv"):
        for row in csv.reader(path.read_text(encoding="utf-8").splitlines()):
            assert not [cell for cell in row if re.match(r"[=@]", cell)], path.name


def test_nothing_is_written_outside_the_report(hostile):
    names = {path.name for path in hostile.folder.rglob("*")}
    assert not [name for name in names if ".." in name or "passwd" in name]
