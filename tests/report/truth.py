"""Reads every form of a finished report and says where two of them print different values for one fact."""

import html
import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import nbformat
import openpyxl
import pandas as pd
from docx import Document

from analysis import say
from analysis.report.words.phrases import phrase, phrases

_DAY = r"(?:\d{1,2}(?:er)? [^\W\d_]+ \d{4}|\d{1,2}/\d{1,2}/\d{4})"
_AFTER = r"(?:later than|sau ngày|après le)"
_SIZE = r"(?:dưới |trên |below |above |moins de |plus de )?[+−]?\d+(?:[.,]\d+)*(?: ?%)?"
NUMBER = rf"(?<![\w.,])(?:{_AFTER} {_DAY}|{_DAY}|{_SIZE}|–|hidden|ẩn|masqué)(?![\w%])"
"""What a number, a share or a day is written with."""
LITERAL = 25
"""Letters that a sentence must have beside its numbers to be known again."""
INSTEAD = {
    key: (key, key.replace("extra", "extra_day")) for key in ("extra", "extra_p", "extra_p_min")
}  # sentences on an effect are said of the push or of its week
TABLES = {"areas": {"count": "total", "share": "share", "week": "week", "target": "target"}}


def differences(folder: Path) -> tuple[int, list[str]]:
    """Return how many printed facts were compared with ``summary.json``, and each that differs from it."""
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    compared, found = 0, []
    facts = (
        *_in_words(folder, summary), *_in_tables(folder, summary), *_in_pages(folder, summary),
        *_in_figures(folder), *_dated(folder, summary),
    )  # fmt: skip
    for where, key, said, wanted in facts:
        compared += 1
        if said not in wanted:
            found.append(f"{where}: {key} is {said!r}, summary.json has {wanted}")
    return compared, found


def _in_words(folder: Path, summary: Mapping[str, Any]) -> Iterator[tuple[str, str, str, set[str]]]:
    """Find again every sentence that names numbers, in every form, and take the numbers from it."""
    keys = frozenset(summary["numbers"])
    for where, language, written in _texts(folder, summary["languages"]):
        # a space between thousands is any kind of space once a form has been laid out
        text = re.sub(r"(?<=\d) (?=\d{3}(?!\d))", "", written) if language == "fr" else written
        for pattern, fields in _patterns(language, keys):
            for match in pattern.finditer(text):
                for at, (key, part) in enumerate(fields):
                    wanted = {
                        _part(summary["numbers"][one], part, language)
                        for one in INSTEAD.get(key, (key,))
                        if one in summary["numbers"]
                    }
                    if wanted:
                        yield where, f"{key}.{part}".rstrip("."), _plain(match[at + 1]), wanted


@cache
def _patterns(language: str, keys: frozenset[str]) -> list[tuple[re.Pattern[str], list[tuple[str, str]]]]:
    """Turn each wording that names numbers into a pattern with a group for every number."""
    made = []
    for text in phrases().values():
        if language not in text:
            continue
        pattern, fields, literal = "", [], 0
        for before, field, form, _ in Formatter().parse(text(language)):
            pattern += r"\s+".join(map(re.escape, _plain(before, ends=True).split(" ")))
            literal += len(before.strip())
            if field is None:
                continue
            key, _, part = field.partition(".")
            if form or part == "unit":
                pattern += r"[^.;:,\d]{1,40}?"
            elif part == "bare" or key not in keys:
                pattern += r"[^.;]{0,120}?"
            else:
                pattern += f"({NUMBER})"
                fields.append((key, part))
        if fields and literal >= LITERAL:
            made.append((re.compile(pattern), fields))
    return made


def _part(number: Mapping[str, Any], part: str, language: str) -> str:
    if part in ("low", "high", "level"):
        interval = number["interval"]
        at = ("low", "high", "level").index(part)
        return _plain(interval["text"][language][at]) if interval else ""
    if part == "day":
        return _plain(_day(number["date"], language)) if number["date"] else ""
    return _plain(number["text"][language])


def _day(iso: str, language: str) -> str:
    return say.day(date.fromisoformat(iso), language)


def _texts(folder: Path, languages: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield every form that is words: its name, its language, its text on one line."""
    for language in languages:
        page = (folder / f"report.{language}.html").read_text(encoding="utf-8")
        page = re.sub(r"<(style|svg|script)\b.*?</\1>", " ", page, flags=re.S)
        yield f"report.{language}.html", language, _plain(html.unescape(re.sub(r"<[^>]+>", " ", page)))
        for path in sorted(folder.glob(f"*.{language}.*")):
            if path.suffix == ".txt":
                yield path.name, language, _plain(path.read_text(encoding="utf-8"))
            elif path.suffix == ".docx":
                document = Document(str(path))
                yield path.name, language, _plain(" \n ".join(one.text for one in document.paragraphs))
            elif path.suffix == ".pdf" and shutil.which("pdftotext"):
                done = subprocess.run(
                    ["pdftotext", str(path), "-"], capture_output=True, text=True, check=True
                )
                yield path.name, language, _plain(done.stdout)
    for path in sorted(folder.glob("notebooks/*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells  # type: ignore[no-untyped-call]
        outputs = [one for cell in cells if cell.cell_type == "code" for one in cell.outputs]
        said = " \n ".join(str(one.get("data", {}).get("text/plain", one.get("text", ""))) for one in outputs)
        yield from ((path.name, language, _plain(said)) for language in languages)


def _in_tables(folder: Path, summary: Mapping[str, Any]) -> Iterator[tuple[str, str, str, set[str]]]:
    """Take from CSV, JSON and Excel what stands for all areas together, as a number with its rounding."""
    numbers = summary["numbers"]
    for name, every in TABLES.items():
        columns = {column: key for column, key in every.items() if key in numbers}  # some have no target
        newest = pd.read_csv(folder / "tables" / f"{name}.csv").iloc[-1]
        for column, key in columns.items():
            yield f"tables/{name}.csv", key, _rounded(newest[column]), {_rounded(numbers[key]["value"])}
        table = summary["tables"][name]
        for language, rows in table["rows"].items():
            total = dict(zip(table["columns"], rows[-1], strict=True))
            for column, key in columns.items():
                said, wanted = _plain(total[column]), _plain(numbers[key]["text"][language])
                yield f"summary.json, table {name}, {language}", key, said, {wanted}
    for path in sorted(folder.glob("tables.*.xlsx")):
        language = path.name.split(".")[1]
        sheet = openpyxl.load_workbook(path)[phrase("sheet_areas")(language)]
        headings, *_, last = sheet.iter_rows(values_only=True)
        total = dict(zip(headings, last, strict=True))
        for column, key in TABLES["areas"].items():
            if (heading := phrase(f"head_{column}")(language)) in total:  # the week's has its days
                said, wanted = _rounded(total[heading]), {_rounded(numbers[key]["value"])}
                yield f"{path.name}, {sheet.title}", key, said, wanted


def _in_pages(folder: Path, summary: Mapping[str, Any]) -> Iterator[tuple[str, str, str, set[str]]]:
    """Take the share in large type from each area's page; it is one of those the table has for that name."""
    table = summary["tables"]["areas"]
    if "share" not in table["columns"]:  # of a campaign without a target
        return
    name, share = (table["columns"].index(one) for one in ("area", "share"))
    for language, rows in table["rows"].items():
        shares: dict[str, set[str]] = {}
        for row in rows:
            shares.setdefault(_plain(row[name]), set()).add(_plain(row[share]))
        pages: dict[str, list[tuple[str, str]]] = {}
        for path in sorted(folder.glob(f"areas/*.{language}.html")):
            page = path.read_text(encoding="utf-8")
            called = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.S)
            large = re.search(r'<p class="share"><strong>(.*?)</strong>', page)
            title = _plain(html.unescape(re.sub(r"<[^>]+>", "", called[1]))).rstrip("▲ ") if called else ""
            pages.setdefault(title, []).append((path.name, _plain(html.unescape(large[1])) if large else "–"))
        for title, found in pages.items():
            named = shares.get(title, {"–"})  # without a target the count leads
            if named != {"–"} and len(found) == 1:  # a district and a town may share a name
                yield f"areas/{found[0][0]}", "share", found[0][1], named


def _in_figures(folder: Path) -> Iterator[tuple[str, str, str, set[str]]]:
    """Take the shares that a map draws; they are those of the table."""
    table = pd.read_csv(folder / "tables" / "areas.csv")
    wanted = {_rounded(one) for one in table.get("share", pd.Series(dtype=float)).dropna()}
    for name in ("tiles", "map"):
        if (path := folder / "figures" / f"{name}.csv").exists():
            for one in pd.read_csv(path)["share"].dropna():
                yield f"figures/{name}.csv", "share", _rounded(one), wanted


def _dated(folder: Path, summary: Mapping[str, Any]) -> Iterator[tuple[str, str, str, set[str]]]:
    """Find the count in every form that prints it: the day it is of stands in the same form."""
    number = summary["numbers"]["total"]
    day = date.fromisoformat(number["date"])
    for where, language, text in _texts(folder, summary["languages"]):
        if where.endswith(".ipynb") or _plain(number["text"][language]) not in text:
            continue
        days = [_plain(say.day(day, language)), _plain(say.long_day(day, language))]
        said = next((one for one in days if one in text), "no day")
        yield where, "day of the count", said, set(days)


def _rounded(value: float) -> str:
    return f"{float(value):.6g}"


def _plain(text: str, *, ends: bool = False) -> str:
    """Write every white space as one space, and none between the thousands of a French number."""
    plain = re.sub(r"\s+", " ", re.sub(r"(?<=\d)[\u202f\xa0](?=\d{3})", "", text))
    return plain if ends else plain.strip()
