"""What the report is measured by: length, text in pictures, nothing twice, sorting, paper, many areas."""

import email
import html
import re
from collections import Counter
from dataclasses import replace
from email import policy

import openpyxl
import pandas as pd
import pytest

from analysis.report import compose, make_tables, read_evidence, summarise, write_report
from analysis.report.areas import level_tables
from analysis.report.html import render_page
from analysis.report.suppress import hidden_names
from analysis.report.words.checked import finding_words, reason_words
from analysis.standing import Standing
from analysis.tallies.checks import CHECKS
from tests.report.conftest import LANGUAGES, open_workspace, write_artifacts
from tests.report.test_page import axe, browser, opened  # noqa: F401 (fixtures)

SCREEN, SCREENS, CELLS = 740, 8, 350
MAIN_PAGE, AREA_PAGE, MANY = 2_000_000, 120_000, 4_000_000

MEASURE = """() => {
  const luminance = (colour) => {
    const part = colour.map((one) => one / 255)
      .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2] + 0.05;
  };
  const read = (text) => (text.match(/[\\d.]+/g) || [255, 255, 255]).slice(0, 3).map(Number);
  document.querySelectorAll("details").forEach((one) => { one.open = true; });
  const found = [];
  for (const text of document.querySelectorAll("figure svg text")) {
    if (!text.getBoundingClientRect().width) continue;
    const svg = text.ownerSVGElement, style = getComputedStyle(text);
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    text.scrollIntoView({ block: "center", inline: "center" });
    const box = text.getBoundingClientRect();
    const below = document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2)
      .filter((one) => svg.contains(one) && ["path", "rect", "polygon"].includes(one.tagName))
      .map((one) => getComputedStyle(one))
      .find((one) => one.fill !== "none" && one.fillOpacity >= 0.5);
    const paper = getComputedStyle(document.body).backgroundColor;
    const [one, other] = [luminance(read(style.fill)), luminance(read(below ? below.fill : paper))];
    const contrast = Math.max(one, other) / Math.min(one, other);
    found.push([text.textContent, parseFloat(style.fontSize) * scale, contrast]);
  }
  return found;
}"""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["quang_nam", "united_states"])
def test_a_phone_needs_eight_screens_and_few_cells(name, language, opened, request):  # noqa: F811
    path = request.getfixturevalue(name).folder / f"report.{language}.html"
    assert path.stat().st_size < MAIN_PAGE
    page, _ = opened(path, 360)
    assert page.evaluate("document.documentElement.scrollHeight") <= SCREENS * SCREEN
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    unfolded = "(one) => one.checkVisibility() && !one.closest('details')"
    cells = page.evaluate(f"[...document.querySelectorAll('td, th')].filter({unfolded}).length")
    assert 50 < cells <= CELLS


SHIPPED = {
    "quang_nam_2023": "2023-09-18T08:00+07:00",
    "quang_nam_communes_2023": "2023-09-18T08:00+07:00",
    "us_vaccination_2021": "2021-06-14",
    "measles_2024": "2024-03-13",
}


@pytest.fixture(scope="module", params=SHIPPED)
def shipped_page(request, project, tmp_path_factory):
    """The page of a campaign that ships, from small artifacts."""
    folder = tmp_path_factory.mktemp(request.param)
    campaign = project / "data" / "raw" / request.param
    workspace = open_workspace(campaign, SHIPPED[request.param], folder, ("fr",))
    write_artifacts(workspace)
    evidence = read_evidence(workspace)
    numbers = summarise(evidence)
    path = folder / "page.html"
    document = compose(evidence, numbers, make_tables(evidence, numbers), "fr")
    path.write_text(render_page(document, ()), encoding="utf-8")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_text_in_pictures_is_large_and_stands_out(width, scheme, opened, shipped_page):  # noqa: F811
    page, _ = opened(shipped_page, width)
    page.emulate_media(color_scheme=scheme)
    found = page.evaluate(MEASURE)
    assert len(found) > 40
    assert [one for one in found if one[1] < 11] == []
    assert [one for one in found if one[2] < 4.5] == []


def test_dark_pages_of_every_kind_pass_axe(opened, quang_nam):  # noqa: F811
    for name in ("report.en.html", "areas/513.en.html"):
        page, heard = opened(quang_nam.folder / name, 1280)
        page.emulate_media(color_scheme="dark")
        assert axe.Axe().run(page).violations_count == 0
        assert heard == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["quang_nam", "united_states"])
def test_no_sentence_stands_twice(name, language, request):
    made = request.getfixturevalue(name)
    page = re.sub(r"<(style|svg|script|nav)\b.*?</\1>", " ", made.page(language), flags=re.S)
    parts = re.findall(r"<(p|li|caption|figcaption|dd)\b[^>]*>(.*?)</\1>", page, re.S)
    texts = [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split()) for _, text in parts]
    sentences = Counter(one for text in texts for one in re.split(r"(?<=[.!?])\s", text) if len(one) > 40)
    assert [one for one, times in sentences.items() if times > 1] == []


def test_the_table_sorts_and_finds_and_is_whole_without_script(opened, browser, united_states):  # noqa: F811
    path = united_states.folder / "report.en.html"
    page, heard = opened(path)
    rows = "[...document.querySelectorAll('#areas tbody tr')]"
    shown = f"{rows}.filter((one) => one.checkVisibility()).map((one) => one.cells[0].innerText)"
    first = page.evaluate(shown)
    assert len(first) == 21  # twenty areas and all together
    page.click("#areas thead th:first-child button")
    names = page.evaluate(shown)[:-1]
    assert names == sorted(names)
    page.fill("#areas input[type=search]", "NEW h")
    assert page.evaluate(shown)[0].startswith("New Hampshire")
    assert len(page.evaluate(shown)) == 2
    page.fill("#areas input[type=search]", "")
    page.check("#areas .all input")
    assert len(page.evaluate(shown)) == len(united_states.workspace.campaign.areas) + 1
    assert heard == []
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(path.as_uri())
    assert plain.locator("#areas tbody tr").count() == len(united_states.workspace.campaign.areas) + 1
    assert plain.locator("#areas button").count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_prints_on_a_dozen_pages(quang_nam, language):
    book = openpyxl.load_workbook(quang_nam.folder / f"tables.{language}.xlsx")
    assert len(book.sheetnames) <= 12
    assert all(len(name) <= 31 for name in book.sheetnames)
    assert all(sheet.sheet_properties.pageSetUpPr.fitToPage for sheet in book)
    assert all((sheet.page_setup.fitToHeight or 1) == 1 for sheet in book)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_note_of_the_workbook_runs_into_the_next(quang_nam, language):
    notes = openpyxl.load_workbook(quang_nam.folder / f"tables.{language}.xlsx").worksheets[0]
    width = notes.column_dimensions["B"].width
    long = {
        at: row[1].value for at, row in enumerate(notes.iter_rows(), 1) if len(row[1].value or "") > width
    }
    assert long
    short = [at for at, text in long.items() if notes.row_dimensions[at].height < 15 * -(-len(text) // width)]
    assert short == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mail_has_the_number_in_its_subject_and_the_brief_inside(quang_nam, language):
    path = quang_nam.folder / f"message.{language}.eml"
    mail = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    share = quang_nam.summary["numbers"]["share"]["text"][language].split()
    assert " ".join(share) in " ".join(mail["Subject"].split())
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds.count("image/png") == 1
    assert kinds.count("application/pdf") == 2  # the brief, and the report where no address of it is known
    assert mail.get_body(("plain",)).get_content().splitlines()[0] in (
        (quang_nam.folder / f"message.{language}.txt").read_text(encoding="utf-8").splitlines()
    )
    assert "To" not in mail


def test_a_hostile_name_is_no_header(hostile):
    mail = email.message_from_bytes((hostile.folder / "message.en.eml").read_bytes(), policy=policy.default)
    assert set(mail.keys()) == {"Subject", "Date", "MIME-Version", "Content-Type"}
    assert "<script" not in mail.get_body(("html",)).get_content()


def test_every_picture_has_its_numbers_and_its_file_beside_it(quang_nam):
    links = re.findall(r'href="((?:figures|tables)/[^"]+)"', quang_nam.page("en"))
    assert len(links) > 8
    assert all((quang_nam.folder / name).stat().st_size > 20 for name in links)
    assert quang_nam.page("en").count("How to read:") == quang_nam.page("en").count("<figcaption>")


@pytest.mark.parametrize("code", CHECKS)
def test_a_finding_in_french_keeps_its_particulars(code):
    names = set(re.findall(r"{(\w+)}", CHECKS[code].en + CHECKS[code].vi))
    vi, en = CHECKS[code].say({name: f"<{name}>" for name in names})
    said = finding_words({"code": code, "message_vi": vi, "message_en": en})
    assert "…" not in said("fr")
    assert "{" not in said("fr")
    assert "{" not in reason_words(code)("vi")
    for language in LANGUAGES:  # commands, keys of files and codes are for who sits at the machine
        assert not re.search(r"analysis [a-z]|\.toml|\[\[?\w|<found_en>", said(language))


@pytest.mark.parametrize("code", CHECKS)
def test_a_particular_of_several_words_is_repeated_whole_with_nothing_behind_it(code):
    """Its own words, in English as they were written, with what to do at the machine said there."""
    names = dict.fromkeys(re.findall(r"{(\w+)}", CHECKS[code].en))
    seen = {name: "“Hội An”" if at == 0 else "" for at, name in enumerate(names)}
    vi, en = CHECKS[code].say(seen)
    said = finding_words({"code": code, "message_vi": vi, "message_en": en}, at_machine=True)
    assert (said("vi"), said("en")) == (vi, en)
    if names and next(iter(names)) in re.findall(r"{(\w+)}", CHECKS[code].fr):
        assert "“Hội An”" in said("fr")
    assert CHECKS[code].do_fr in said("fr")


def test_no_code_is_printed(hostile):
    said = hostile.summary["tables"]["held"]
    at = said["columns"].index("reason")
    for language in LANGUAGES:
        assert all("area_unknown" not in row[at] and row[at] != "–" for row in said["rows"][language])


@pytest.fixture(scope="module")
def communes(project, tmp_path_factory):
    path = project / "data/raw/quang_nam_communes_2023"
    workspace = open_workspace(path, "2023-09-18T08:00+07:00", tmp_path_factory.mktemp("communes"), ("vi",))
    write_artifacts(workspace)
    return workspace


@pytest.mark.parametrize(("language", "noun"), [("vi", "đơn vị cấp xã"), ("en", "communes")])
def test_a_shortfall_spread_over_communes_is_said_to_be_and_of_communes(communes, language, noun):
    evidence = read_evidence(communes)
    open_yet = Standing(evidence.standing.areas.assign(phase="running"))
    evidence = replace(evidence, standing=open_yet)
    numbers = summarise(evidence)
    said = compose(evidence, numbers, make_tables(evidence, numbers), language).proposals
    (spread,) = [line for line in said if noun in line]
    assert re.search(r"\b12\b.*\b55\b", spread)
    assert ":" not in spread.partition(": ")[2]  # nobody is named


def test_what_is_hidden_of_a_district_is_hidden_of_its_communes(communes):
    evidence = read_evidence(communes)
    areas = make_tables(evidence, summarise(evidence))["areas"]
    threshold = int(sorted(one for one in areas.column("count")[:-1] if isinstance(one, float))[2])
    names = hidden_names([areas, *level_tables(evidence)], threshold)["count"]
    counts = evidence.standing.areas.set_index("location")["count"]
    tree = communes.campaign.tree(communes.last_day)
    by_name = {area.code: area.name for area in communes.campaign.areas}
    small = [code for code in tree.leaves if 0 < counts.get(code, 0) < threshold]
    assert small
    assert {by_name[code] for code in small} <= names
    for parent, below in tree.children.items():
        hidden = [one for one in below if by_name[one] in names]
        assert len(hidden) != 1
        assert by_name[parent] not in names or len(hidden) == len(below)


def test_a_public_report_of_communes_holds_no_small_count(communes):
    workspace = replace(communes, campaign=communes.campaign.model_copy(update={"public_threshold": 3000}))
    folder = write_report(workspace, public=True).parent
    risk = pd.read_csv(folder / "tables" / "risk.csv")
    counts = read_evidence(workspace).standing.areas.set_index("location")["count"]
    small = {area.name for area in workspace.campaign.areas if 0 < counts.get(area.code, 0) < 3000}
    shown = set(risk.loc[risk[risk.columns[1]] != "hidden", "area"])
    assert small
    assert not small & shown
    for code, count in counts.items():
        path = folder / "areas" / f"{code}.vi.html"
        if path.exists() and 1000 <= count < 3000:
            assert f"{int(count):,}".replace(",", ".") not in path.read_text(encoding="utf-8")


def nation(workspace, many):
    """The same campaign with so many areas."""
    first = workspace.campaign.areas[0]
    nowhere = {"parent": None, "tile_row": None, "tile_col": None}
    areas = tuple(
        first.model_copy(update={"code": f"A{at:03}", "name": f"Area {at:03}", **nowhere})
        for at in range(many)
    )
    facts = {"areas": areas, "mobilisations": (), "published": (), "languages": ("en",)}
    return replace(workspace, campaign=workspace.campaign.model_copy(update=facts))


@pytest.mark.parametrize("many", [1, 700])
def test_one_area_and_seven_hundred(quang_nam, tmp_path, many, opened):  # noqa: F811
    workspace = replace(nation(quang_nam.workspace, many), folder=tmp_path)
    write_artifacts(workspace)
    evidence = read_evidence(workspace)
    numbers = summarise(evidence)
    page = render_page(compose(evidence, numbers, make_tables(evidence, numbers), "en"), ())
    assert len(page.encode()) < MANY
    path = tmp_path / "page.html"
    path.write_text(page, encoding="utf-8")
    shown, heard = opened(path, 360)
    assert shown.evaluate("document.documentElement.scrollHeight") <= SCREENS * SCREEN
    assert shown.locator("#areas tbody tr").count() == many + 1
    assert shown.locator("#areas tbody tr:visible").count() == min(many, 20) + 1
    assert heard == []


def test_a_drive_without_push_map_or_published_figures_has_no_empty_part(quang_nam, tmp_path):
    workspace = replace(nation(quang_nam.workspace, 3), folder=tmp_path)
    vars(workspace.campaign).pop("pushes", None)  # a copy keeps what the original has worked out
    write_artifacts(workspace)
    page = write_report(workspace).read_text(encoding="utf-8")
    assert page.count('<div class="answer ') == 2
    for absent in ("worked", "published", "figure-tiles", "figure-map", "figure-groups"):
        assert f'id="{absent}"' not in page
        assert f"#{absent}" not in page.split("<main", 1)[1]
    sections = re.findall(r'<section id="(\w+)".*?</section>', page, re.S)
    assert sections == ["areas", "make_it", "reviewers", "data", "method"]
    assert "uses real figures" not in page
