"""Reads every form of a report in every language: all made, all in words, the same numbers in each.

``python -m tests.report.languages`` (`make languages`) publishes each campaign that ships in every language
there is and reads it back, with axe on its pages: minutes. The tests read reports of small artifacts.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import available_timezones

import openpyxl
from babel import Locale
from babel.numbers import get_decimal_symbol
from docx import Document

from analysis import contract
from analysis.report.words.phrases import catalogues
from tests.conftest import PROJECT
from tests.report.truth import differences

FORMS = (
    "report.{}.html", "report.{}.pdf", "report.{}.docx", "brief.{}.pdf", "brief.{}.png", "message.{}.txt",
    "tables.{}.xlsx",
)  # fmt: skip
CUT = """[document.documentElement, ...document.querySelectorAll('.row .scroll')]
  .filter(one => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
  .map(one => one.innerText.slice(0, 40))"""
_MADE = contract.artifacts().keys() - {"summary.json", "provenance.json"}  # these two are to check it with
AXE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Cells(HTMLParser):
    """The text of a page, and of each cell of its tables in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.cells: list[str] = []
        self._in_cell = self._hidden = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("style", "script")
        if tag in ("td", "th"):
            self._in_cell += 1
            self.cells.append("")
        self.words += [value for name, value in attrs if name in ("alt", "title", "aria-label") and value]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "script")
        self._in_cell -= tag in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        self.words.append(data)
        if self._in_cell:
            self.cells[-1] += data


def faults(folder: Path) -> list[str]:
    """Return what is missing, unworded or different in one language of a finished report."""
    languages = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["languages"]
    found = [
        f"{form.format(language)}: not made"
        for language in languages
        for form in FORMS
        if not (folder / form.format(language)).is_file()
    ]
    pages = {one: _pages(folder, one) for one in languages}
    found += [f"areas: other pages in {one}" for one in languages if pages[one] != pages[languages[0]]]
    for language in languages:
        for where, text in _texts(folder, language):
            found += [f"{where}: {slip}" for slip in unworded(text)]
            if not where.endswith(".pdf"):  # its text has lost some of the spaces
                found += [f"{where}: {slip}" for slip in misprinted(text, language)]
    for form in ("report.{}.html", *(f"areas/{code}.{{}}.html" for code in pages[languages[0]])):
        found += _other_numbers(folder, form, languages)
    return found + list(_other_cells(folder, languages))


def _pages(folder: Path, language: str) -> list[str]:
    end = f".{language}.html"
    return sorted(path.name.removesuffix(end) for path in folder.glob(f"areas/*{end}"))


def unworded(text: str) -> Iterator[str]:
    """Yield codes, zones and artifacts that stand where words should, and what was never filled in."""
    codes = re.findall(r"(?<![\w/.`-])[a-z]+(?:_[a-z0-9]+)+(?![\w/.-])", text)  # a file's name has an ending
    zones = [one for one in re.findall(r"\b[A-Z]\w+/[A-Z]\w+", text) if one in available_timezones()]
    artifacts = [one for one in re.findall(r"(?<![\w/-])[\w-]+\.[a-z]+\b", text) if one in _MADE]
    commands = re.findall(r"\b(?:analysis [a-z]+ \S*/|make [a-z]+\b(?=\)))\S*", text)
    yield from (f"{said} stands for words" for said in (*codes, *zones, *artifacts, *commands))
    yield from (f"{one} is not filled in" for one in re.findall(r"\{\w+[^{}]{0,20}\}", text))
    yield from (
        f"{one} stands for a value" for one in re.findall(r"(?<!\w)(?:nan|NaN|NaT|None|inf)(?!\w)", text)
    )


def misprinted(text: str, language: str) -> Iterator[str]:
    """Yield numbers that are not written as the language writes them: percentages, and what is below zero."""
    if language == "fr":
        yield from (f"{one} has no space" for one in re.findall(r"\d+%", text))
    yield from (f"{one} has no true minus" for one in re.findall(r"(?<![\w.:/+–-])-\d+(?![\w:/-])", text))


def _texts(folder: Path, language: str) -> Iterator[tuple[str, str]]:
    for path in (*folder.glob(f"report.{language}.html"), *folder.glob(f"areas/*.{language}.html")):
        yield path.name, " ".join(Cells(path.read_text(encoding="utf-8")).words)
    for path in folder.glob(f"*.{language}.txt"):
        yield path.name, path.read_text(encoding="utf-8")
    for path in folder.glob(f"*.{language}.docx"):
        document = Document(str(path))
        rows = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        yield path.name, "\n".join([*(one.text for one in document.paragraphs), *rows])
    for path in folder.glob(f"tables.{language}.xlsx"):
        for sheet in openpyxl.load_workbook(path).worksheets:
            cells = (cell for row in sheet.iter_rows(values_only=True) for cell in row)
            yield f"{path.name}, {sheet.title}", "\n".join(one for one in cells if isinstance(one, str))
    for path in folder.glob(f"*.{language}.pdf"):
        if shutil.which("pdftotext"):
            done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True)
            yield path.name, done.stdout


def _other_numbers(folder: Path, form: str, languages: list[str]) -> Iterator[str]:
    """Compare the numbers in the cells of a page's tables; a word may have one in one language alone."""
    read = {one: Cells((folder / form.format(one)).read_text("utf-8")).cells for one in languages}
    first = languages[0]
    for other in languages[1:]:
        name = form.format(other)
        if len(read[other]) != len(read[first]):
            yield f"{name}: {len(read[other])} cells, {len(read[first])} in {first}"
        for at, (cell, same) in enumerate(zip(read[other], read[first], strict=False)):
            here, there = numbers(cell, other), numbers(same, first)
            worded = any(map(str.isalpha, cell)) and any(map(str.isalpha, same)) and not (here and there)
            if here != there and not worded:
                yield f"{name}: cell {at} has {sorted(here)}, in {first} {sorted(there)}"


def _other_cells(folder: Path, languages: list[str]) -> Iterator[str]:
    """Compare the numbers of the workbooks, sheet by sheet and cell by cell."""
    books = {one: openpyxl.load_workbook(folder / f"tables.{one}.xlsx").worksheets for one in languages}
    first = languages[0]
    for other in languages[1:]:
        for here, there in zip(books[other], books[first], strict=True):
            for row, other_row in zip(here.iter_rows(), there.iter_rows(), strict=True):
                for cell, same in zip(row, other_row, strict=True):
                    if isinstance(cell.value, (int, float)) and cell.value != same.value:
                        where = f"tables.{other}.xlsx, {here.title}, {cell.coordinate}"
                        yield f"{where}: {cell.value}, in {first} {same.value}"


def numbers(cell: str, language: str) -> Counter[str]:
    """Return the numbers of a text, those of days among them, written alike in every language."""
    text = cell.casefold()
    for name, number in _months(language):
        text = re.sub(rf"(?<![^\W\d_]){re.escape(name)}\.?(?![^\W\d_])", f" {number} ", text)
    between = "," if get_decimal_symbol(language) == "." else r"\u202f\xa0.\s"
    text = re.sub(rf"(?<=\d)[{between}](?=\d{{3}}(?!\d))", "", text)
    found = re.findall(r"\d+(?:[.,]\d+)?", text)
    return Counter(re.sub(r"^0+(?=\d)", "", one.replace(",", ".")) for one in found)


@cache
def _months(language: str) -> list[tuple[str, int]]:
    named = {
        name.casefold().rstrip("."): number
        for width in ("wide", "abbreviated")
        for number, name in Locale(language).months["format"][width].items()
        if not any(map(str.isdigit, name))
    }
    return sorted(named.items(), key=lambda one: -len(one[0]))


def violations(folder: Path) -> list[str]:
    """Return what axe finds on the page of each language, and on those of two areas."""
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("google-chrome")
    found = []
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1100, "height": 800})
        for one in (*folder.glob("report.*.html"), *sorted(folder.glob("areas/*.html"))[:6]):
            page.goto(one.resolve().as_uri())
            said = Axe().run(page, options={"runOnly": AXE}).response["violations"]
            found += [f"{one.name}: axe: {rule['id']}, {rule['help']}" for rule in said]
            found += [f"{one.name}: cut in a window of 1,100 px: {cut}" for cut in page.evaluate(CUT)]
        browser.close()
    return found


def publish(code: str, office: Path) -> Path:
    """Publish a campaign that ships in every language, in a project of its own; return the report."""
    folder = office / "data" / "raw" / code
    shutil.copytree(PROJECT / "data" / "raw" / code, folder)
    toml = (folder / "campaign.toml").read_text(encoding="utf-8")
    said = ", ".join(f'"{one}"' for one in catalogues())
    toml = re.sub(r"(?m)^languages = .*\n", "", toml)
    (folder / "campaign.toml").write_text(f"languages = [{said}]\n{toml}", encoding="utf-8")
    run = [sys.executable, "-m", "analysis", "run", "--campaign", code]
    done = subprocess.run(run, cwd=office, env=os.environ | {"ANALYSIS_ROOT": str(office)}, check=False)
    if done.returncode not in (0, 10):
        raise SystemExit(f"{code}: analysis run ended with {done.returncode}")
    return max((office / "reports" / code).glob("[0-9]*"))


def main(codes: list[str]) -> int:
    """Publish campaigns, print what is wrong with their reports, and return how much it is."""
    told = 0
    for code in codes or sorted(path.parent.name for path in PROJECT.glob("data/raw/*/campaign.toml")):
        with tempfile.TemporaryDirectory(prefix="languages.") as name:
            report = publish(code, Path(name))
            compared, differ = differences(report)
            found = [*faults(report), *violations(report), *differ]
        print(f"{code}: {compared} printed facts compared, {len(found)} faults", flush=True)
        for one in found[:40]:
            print(f"  {one}")
        told += len(found)
    return told


if __name__ == "__main__":
    raise SystemExit(min(main(sys.argv[1:]), 20))
