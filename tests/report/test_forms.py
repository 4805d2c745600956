"""Every form says the same numbers: those of ``summary.json``, read back from the finished files."""

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from babel.numbers import parse_decimal
from defusedxml import ElementTree
from docx import Document

from analysis import say
from analysis.report import write_report
from analysis.report.words.phrases import phrases, word
from tests.report.conftest import LANGUAGES, Made

FIRST_SCREEN = ("total", "target", "share", "missing", "week", "pace", "pace_needed", "completion", "extra",
                "probability", "deadline")  # fmt: skip
MONTHS = "janv|févr|mars|avr|mai|juin|juil|août|sept|oct|nov|déc"
DATE = {"vi": r"\d{1,2}/\d{1,2}/\d{4}", "en": r"\d{1,2} (?:[A-Z][a-z]+) \d{4}",
        "fr": rf"\d{{1,2}}(?:er)? (?:{MONTHS})[a-zé]*\.? \d{{4}}"}  # fmt: skip
LOCALES = {"vi": "vi_VN", "en": "en_GB"}
# in French the groups of a number are set apart by spaces, which paper and pages do not keep apart
NUMBER = {"vi": r"\d+(?:\.\d{3})*(?:,\d+)?", "en": r"\d+(?:,\d{3})*(?:\.\d+)?", "fr": r"\d+(?:,\d+)?"}


class Text(HTMLParser):
    """The words of a page, without its pictures and its style."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.inside = 0

    def handle_starttag(self, tag, attrs):
        self.inside += tag in ("svg", "style", "script")

    def handle_endtag(self, tag):
        self.inside -= tag in ("svg", "style", "script")
        self.parts.append(" ")

    def handle_data(self, data):
        if not self.inside:
            self.parts.append(data)


def page_text(made: Made, language: str) -> str:
    parser = Text()
    parser.feed(made.page(language))
    return "".join(parser.parts)


def prose(made: Made, language: str) -> str:
    """The sentences of a page: paragraphs and list items, no tables."""
    return " ".join(
        re.sub(r"<[^>]+>", " ", one)
        for one in re.findall(r"<(?:p|li)\b.*?</(?:p|li)>", made.page(language), re.S)
    )


def word_text(made: Made, language: str = "vi") -> str:
    document = Document(str(made.folder / f"report.{language}.docx"))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def word_document(made: Made) -> Any:
    return Document(str(made.folder / "report.en.docx"))


def is_text(one: Any) -> bool:
    return hasattr(one, "runs")


def pdf_pages(made: Made, language: str) -> list[str]:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) is not installed")
    path = made.folder / f"report.{language}.pdf"
    done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True)
    return done.stdout.split("\f")


def pdf_text(made: Made, language: str) -> str:
    return re.sub(r"\s+", " ", " ".join(pdf_pages(made, language)))


def said(made: Made, language: str) -> str:
    """Everything ``summary.json`` and the fixed wordings say, where a number may come from."""
    summary, campaign = made.summary, made.workspace.campaign
    parts = [number["text"][language] for number in summary["numbers"].values()]
    for number in summary["numbers"].values():
        parts += number["interval"]["text"][language] if number["interval"] else []
        parts += [say.day(date.fromisoformat(number["date"]), language)] if number["date"] else []
    for table in summary["tables"].values():
        parts += [cell for row in table["rows"][language] for cell in row]
    parts += [text(language) for text in phrases().values()]
    parts += [one(language) for each in campaign.assumptions for one in (each.text, each.impact)]
    pushes = (day for one in campaign.mobilisations for day in (one.first_day, one.last_day) if day)
    parts += [say.day(day, language) for day in pushes]
    for key in {"extra", "extra_day"} & summary["numbers"].keys():
        ends = (summary["numbers"][f"{key}_{end}"]["value"] for end in ("from", "until"))
        parts += say.days_from_to(*map(date.fromisoformat, ends), language)
    parts += [
        campaign.name(language),
        *say.days_from_to(*(date.fromisoformat(day) for day in summary["period"].values()), language),
        *(
            write(date.fromisoformat(day), language)
            for day in stated_days(summary)
            for write in (say.day, say.short_day)
        ),
        say.instant(made.workspace.as_of, language),
    ]
    parts += [
        say.day(made.workspace.last_day, language),
        made.workspace.label,
        campaign.code,
        "A1",
        "30 2020",
    ]
    return " ".join(parts)


def stated_days(summary: dict) -> list[str]:
    """Every day by which the summary says how far something is known."""
    own = [*summary["period"].values(), summary["known_until"], summary["common_day"]]
    return own + [one["known_until"] for one in summary["late"] if one["known_until"]]


def numbers_in(text: str, language: str) -> set[str]:
    """Dates as they are written, then the numbers of what remains."""
    plain = text.replace("\u00a0", " ").replace("\u202f", " ")
    dates = set(re.findall(DATE[language], plain))
    return dates | set(re.findall(NUMBER[language], re.sub(DATE[language], " ", plain)))


@pytest.fixture(params=["quang_nam", "united_states"])
def made(request) -> Made:
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("language", LANGUAGES)
class TestEveryNumberIsInTheSummary:
    def test_in_the_page(self, made, language):
        strange = numbers_in(page_text(made, language), language) - numbers_in(said(made, language), language)
        assert not strange

    def test_in_the_pdf(self, made, language):
        pages = {f"{page}" for page in range(1, 40)}
        drawn = " ".join(
            "".join(ElementTree.parse(path).getroot().itertext())
            for path in (made.folder / "figures").glob(f"*.{language}.svg")
        )
        allowed = numbers_in(f"{said(made, language)} {drawn}", language) | pages
        assert not numbers_in(pdf_text(made, language), language) - allowed

    def test_what_leads_is_in_the_page_and_the_pdf(self, made, language):
        texts = [re.sub(r"\s+", " ", text) for text in (page_text(made, language), pdf_text(made, language))]
        for key in FIRST_SCREEN:
            number = re.sub(r"\s", " ", made.summary["numbers"][key]["text"][language].lstrip("+−"))
            assert all(number in text for text in texts), key


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_number_is_said_twice_with_two_roundings(made, language):
    """12,000 in one sentence and 12,020 in the next are two numbers to a reader."""
    said_in_text = {
        number: float(parse_decimal(number, locale=LOCALES[language]))
        for number in numbers_in(prose(made, language), language)
        if not re.fullmatch(DATE[language], number)
    }
    for number in made.summary["numbers"].values():
        interval = number["interval"] or {"low": None, "high": None, "text": {language: ["", ""]}}
        for value, text in (
            (number["value"], number["text"][language]),
            (interval["low"], interval["text"][language][0]),
            (interval["high"], interval["text"][language][1]),
        ):
            if not isinstance(value, float) or abs(value) < 1000:
                continue
            near = {one for one, size in said_in_text.items() if abs(size - abs(value)) < 0.005 * abs(value)}
            assert near <= {text.lstrip("+−"), *same_size(made, value, language)}, text


def same_size(made: Made, value: float, language: str) -> set[str]:
    """Texts of all the summary's numbers and ends of intervals that lie this near to a value."""
    found = set()
    for number in made.summary["numbers"].values():
        ends = number["interval"] or {"low": None, "high": None, "text": {language: ["", ""]}}
        for size, text in (
            (number["value"], number["text"][language]),
            (ends["low"], ends["text"][language][0]),
            (ends["high"], ends["text"][language][1]),
        ):
            if isinstance(size, float) and abs(abs(size) - abs(value)) < 0.01 * abs(value):
                found.add(text.lstrip("+−"))
    return found


def test_the_comparisons_own_sentence_is_not_repeated(quang_nam):
    """It rounds its own way; the report takes its finding and says the numbers itself."""
    assert quang_nam.summary["finding"] == "raised"
    for language in ("vi", "en"):
        assert not {"9,893", "9.893", "11,702", "11.702"} & numbers_in(
            page_text(quang_nam, language), language
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_the_word_document_is_in_the_summary(made, language):
    text = numbers_in(word_text(made, language), language)
    counted = {str(number) for number in range(1, 10)}  # proposals and annexes
    assert not text - numbers_in(said(made, language), language) - {str(made.workspace.as_of.year)} - counted


def test_the_word_document_is_all_on_the_forms_own_paper(made):
    """On landscape paper no annex had room for a picture and a table: half of most pages was empty."""
    pages = [(one.page_width, one.page_height) for one in word_document(made).sections]
    assert len(set(pages)) == 1
    assert pages[0][0] < pages[0][1]


def test_a_short_table_of_the_word_document_is_not_cut_over_pages(made):
    short = [
        one for one in word_document(made).tables if one.style.name == "Table Grid" and len(one.rows) < 12
    ]
    kept = [[cell.paragraphs[0].paragraph_format.keep_with_next for cell in row.cells]
            for one in short for row in one.rows]  # fmt: skip
    assert kept
    assert all(map(all, kept))


def test_no_column_of_the_word_document_breaks_a_word_or_is_wider_than_the_page(made):
    document = word_document(made)
    page = document.sections[-1]
    room = page.page_width - page.left_margin - page.right_margin
    for table in (one for one in document.tables if one.style.name == "Table Grid"):
        assert sum(column.width for column in table.columns) <= room * 1.001
        size = table.cell(0, 0).paragraphs[0].runs[0].font.size
        for column in table.columns:
            words = [word for cell in column.cells for word in cell.text.split(" ") if len(word) <= 24]
            assert column.width > 0.45 * size * max(map(len, words))  # a letter is half as wide as high


def test_the_mark_of_a_mobilised_area_is_no_line_of_its_own(quang_nam):
    cells = {cell.text for one in word_document(quang_nam).tables for cell in one.columns[0].cells}
    assert "Thăng Bình\xa0▲" in cells
    assert '<span class="beside">\xa0▲</span>' in quang_nam.page("en")


@pytest.mark.parametrize(("language", "tag"), [("vi", "vi-VN"), ("en", "en-GB")])
def test_the_word_document_says_in_what_language_it_is(made, language, tag):
    """Its words were spelt and read out as American English, in every language."""
    styles = Document(str(made.folder / f"report.{language}.docx")).styles.element
    assert set(styles.xpath(".//w:lang/@w:val")) == {tag}


def test_no_signature_is_alone_on_its_page(made):
    body = list(word_document(made).iter_inner_content())
    signed = max(at for at, one in enumerate(body) if not is_text(one) and one.style.name != "Table Grid")
    before = [one for one in body[:signed] if is_text(one) and one.text.strip()]
    assert before[-1].paragraph_format.keep_with_next


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_the_rest_of_a_table_is_begins_no_page(made, language):
    rest = word("rest_in_workbook", language)
    start, end = rest.split("{title}")
    for page in pdf_pages(made, language):
        opening = [line for line in page.splitlines() if line.strip()][:4]
        assert not [line for line in opening if line.startswith(start[:12]) and line.endswith(end[-12:])]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_holds_the_numbers_themselves(made, language):
    book = openpyxl.load_workbook(made.folder / f"tables.{language}.xlsx")
    headings, *_, total = book[phrases()["sheet_areas"](language)].iter_rows(values_only=True)
    found = dict(zip(headings, total, strict=True))
    for column, key in (
        ("count", "total"),
        ("share", "share"),
        ("target", "target"),
        ("ratio", "pace_ratio"),
    ):
        wanted = made.summary["numbers"][key]["value"]
        assert found[phrases()[f"head_{column}"](language)] == pytest.approx(wanted), key


def test_no_cell_of_the_workbook_is_a_formula(made):
    book = openpyxl.load_workbook(made.folder / "tables.vi.xlsx")
    assert not [
        c.coordinate for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_can_miss_that_the_data_are_simulated(quang_nam, united_states, language):
    mark = {"vi": "mô phỏng", "en": "simulated", "fr": "simulées"}[language]
    for text in (page_text(quang_nam, language), pdf_text(quang_nam, language)):
        assert mark in text[:400].lower()
    assert mark in quang_nam.page(language).split("</title>")[0].lower()
    marks = ("số liệu mô phỏng", "simulated", "données simulées")
    assert quang_nam.summary["headline"][language][0].lower().startswith(marks)
    assert mark not in page_text(united_states, language).lower()
    header = Document(str(quang_nam.folder / "report.vi.docx")).sections[0]
    assert "MÔ PHỎNG" in header.first_page_header.paragraphs[0].text
    assert "MÔ PHỎNG" in "".join(paragraph.text for paragraph in header.header.paragraphs)
    assert "MÔ PHỎNG" in str(
        openpyxl.load_workbook(quang_nam.folder / "tables.vi.xlsx")["Ghi chú"]["B2"].value
    )


def test_the_pdf_keeps_every_diacritic_and_embeds_its_fonts(quang_nam):
    text = pdf_text(quang_nam, "vi")
    for area in quang_nam.workspace.campaign.areas:
        assert area.name in text
    path = str(quang_nam.folder / "report.vi.pdf")
    info = subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Tagged:\s+yes", info)
    fonts = subprocess.run(["pdffonts", path], capture_output=True, text=True, check=True).stdout
    lines = fonts.splitlines()[2:]
    assert lines
    assert all(re.search(r" yes (yes|no)  ?(yes|no) ", line) for line in lines)


@pytest.mark.parametrize("name", ["report.vi.docx", "report.fr.docx", "tables.en.xlsx"])
def test_an_office_suite_opens_it(quang_nam, name, tmp_path):
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if not office:
        pytest.skip("LibreOffice is not installed")
    home = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [office, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(quang_nam.folder / name)], check=True, capture_output=True, timeout=120)
    assert (tmp_path / Path(name).with_suffix(".pdf").name).stat().st_size > 10_000


def test_the_same_evidence_gives_the_same_bytes(quang_nam, tmp_path):
    shutil.copytree(quang_nam.workspace.folder / "data", tmp_path / "data")
    again = write_report(replace(quang_nam.workspace, folder=tmp_path)).parent
    for path in sorted(quang_nam.folder.rglob("*.*")):
        assert (again / path.relative_to(quang_nam.folder)).read_bytes() == path.read_bytes(), path.name


def test_the_report_shows_what_chance_would_give(quang_nam):
    assert (quang_nam.folder / "figures" / "chance.vi.svg").exists()
    assert 'id="figure-chance"' in quang_nam.page("vi")


def test_a_page_is_small_enough_to_send(made):
    for language in ("vi", "en"):
        assert len(made.page(language).encode()) < 2_000_000


def test_a_colon_in_a_figure_stands_as_its_language_writes_it(quang_nam):
    """French has a space before it, also in what a pointer is told of a point."""
    read = {path.name: path.read_text(encoding="utf-8") for path in quang_nam.folder.glob("figures/*.fr.svg")}
    texts = [(name, one) for name, svg in read.items() for one in re.findall(r">([^<]*: [^<]*)<", svg)]
    assert len({name for name, _ in texts}) > 2
    assert [one for one in texts if re.search(r"[^\s\xa0\u202f]: ", one[1])] == []


def test_every_sheet_says_on_paper_what_it_is_of_and_of_when_and_no_title_is_cut(quang_nam):
    book = openpyxl.load_workbook(quang_nam.folder / "tables.vi.xlsx")
    for sheet in book.worksheets:
        assert sheet.oddHeader.left.text.startswith(quang_nam.workspace.campaign.name("vi")[:40])
        assert "mô phỏng" in sheet.oddHeader.right.text
        assert "18/9/2023" in sheet.oddHeader.right.text
    firsts = [row[0] for sheet in book.worksheets for row in sheet.iter_rows()]
    titles = [cell for cell in firsts if cell.font.b and cell.alignment.vertical == "center"]
    assert len(titles) > 3
    for cell in titles:
        assert cell.parent.row_dimensions[cell.row].height >= 1.4 * cell.font.sz
