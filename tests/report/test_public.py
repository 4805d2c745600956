"""A public report: what it hides is in none of its finished files."""

import json
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analysis.report import make_tables, read_evidence, summarise, write_index, write_report
from analysis.report.numbers import Number, Numbers
from analysis.report.suppress import hidden_cells, small_groups, suppress_numbers
from tests.report.conftest import write_artifacts

THRESHOLD = 20_000  # of counts so large that none of them can stand in a file by chance


@pytest.fixture(scope="module")
def workspace(quang_nam, tmp_path_factory):
    campaign = quang_nam.workspace.campaign.model_copy(update={"public_threshold": THRESHOLD})
    made = replace(quang_nam.workspace, campaign=campaign, folder=tmp_path_factory.mktemp("public"))
    write_artifacts(made)
    return made


@pytest.fixture(scope="module")
def folder(workspace) -> Path:
    return write_report(workspace, public=True).parent


@pytest.fixture(scope="module")
def hidden(workspace) -> set[int]:
    """The counts and weeks that must not be found: those of the areas, as they are in the artifacts."""
    evidence = read_evidence(workspace)
    table = make_tables(evidence, summarise(evidence))["areas"]
    rows = hidden_cells(table, THRESHOLD)
    counts = {
        int(value)
        for key in ("count", "week")
        for row in rows[key]
        if isinstance(value := table.column(key)[row], float)
    }
    return {count for count in counts if count >= 1000}  # a shorter one may stand anywhere by chance


def texts_of(folder: Path):
    """Everything that can be read out of every file, office documents and PDF included."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".docx", ".xlsx"):
            with zipfile.ZipFile(path) as package:
                for name in package.namelist():
                    if name.endswith(".xml"):
                        text = package.read(name).decode("utf-8")
                        yield f"{path.name}/{name}", re.sub(r"<[^>]+>", " ", text)
        elif path.suffix == ".pdf":
            if shutil.which("pdftotext"):
                done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True)
                yield path.name, done.stdout.decode("utf-8")
        elif path.suffix == ".parquet":
            yield path.name, pd.read_parquet(path).to_csv()
        elif path.is_file() and path.suffix != ".png":  # drawn from the same figure as the SVG
            yield path.name, path.read_text(encoding="utf-8")


def test_no_file_of_a_public_report_holds_a_hidden_count(workspace, folder, hidden):
    assert len(hidden) > 10
    write_index(workspace.folder / "public")
    read = dict(texts_of(workspace.folder / "public"))
    expected = {"index.html", "summary.json", "report.vi.html", "areas.csv", "tiles.vi.svg"}
    assert expected | {"report.vi.docx/word/document.xml", "tables.vi.xlsx/xl/worksheets/sheet3.xml"} <= set(
        read
    )
    for count in hidden:
        digits = f"{count:,}".replace(",", "[.,]?")
        pattern = re.compile(rf"(?<![\w.,]){digits}(?![\w]|[.,][1-9])")
        found = [name for name, text in read.items() if pattern.search(text)]
        assert not found, (count, found)


def test_the_search_would_find_a_count_that_is_shown(quang_nam, hidden):
    text = dict(texts_of(quang_nam.folder))
    assert sum(str(count) in text["areas.csv"] for count in hidden) == len(hidden)


def test_a_public_report_lies_apart_and_says_that_it_hides(workspace, folder):
    assert folder.relative_to(workspace.folder).parts[0] == "public"
    tables = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["tables"]
    assert not any(tables[key]["rows"]["vi"] for key in ("held", "findings", "revisions"))
    page = (folder / "report.vi.html").read_text(encoding="utf-8")
    assert 'class="spark"' not in page
    assert "ẩn kèm để không suy ra" in page
    assert "Bản công khai: không nêu các số dưới 20.000" in page  # what it is


def test_no_other_table_gives_it_away(folder):
    tables = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["tables"]
    hidden = {
        key: {
            row[0]
            for row in tables[key]["rows"]["en"]
            if row[tables[key]["columns"].index(column)] == "hidden"
        }
        for key, column in (("areas", "count"), ("last_week", "actual"), ("risk", "shortfall"))
    }
    assert hidden["areas"]
    assert hidden["areas"] == hidden["last_week"] == hidden["risk"]


def number(key: str, value: float) -> Number:
    return Number(key, value, "count", "test")


def test_a_small_total_hides_itself_and_what_tells_it():
    panel = pd.DataFrame({"date": [], "treated_from": [], "new": []})
    given = Numbers.of(
        number("total", 500.0), number("week", 7.0), number("pace", 1.0), number("target", 900.0)
    )
    made = suppress_numbers(given, panel, 10)
    assert {key for key, one in made.items() if one.hidden} == {"week", "pace"}
    assert made["week"].value is None
    assert made["week"].text("vi") == "ẩn"
    assert made["total"].value == 500.0


@pytest.mark.parametrize(
    ("counts", "small"), [((40.0, 50.0), False), ((40.0, 3.0), True), ((0.0, 50.0), False)]
)
def test_a_picture_of_two_groups_is_kept_back_if_one_of_them_is_small(counts, small):
    day = pd.Timestamp("2023-09-10")
    panel = pd.DataFrame({"date": [day, day], "treated_from": [day, pd.NaT], "new": counts})
    assert small_groups(panel, 10) is small
