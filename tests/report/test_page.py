"""The page in a real browser: accessible, quiet, alone, and whole from a phone to a wall."""

import json
import re
import shutil
import subprocess
from dataclasses import replace

import pandas as pd
import pytest

from analysis import contract
from analysis.report import compose, make_tables, read_evidence, summarise
from analysis.report.html import render_page
from analysis.report.words.phrases import phrase, word
from tests.report.conftest import LANGUAGES

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")


@pytest.fixture(scope="module")
def browser():
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not path:
        pytest.skip("no Chromium; on Debian: apt-get install chromium")
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def opened(browser, request):
    """Open a page with the network off, and keep what it logs and asks for."""

    def open_page(path, width=1280):
        context = browser.new_context(viewport={"width": width, "height": 800}, offline=True)
        request.addfinalizer(context.close)
        page = context.new_page()
        heard: list[str] = []
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on(
            "request", lambda asked: heard.append(asked.url) if not asked.url.startswith("file:") else None
        )
        page.goto(path.as_uri())
        return page, heard

    return open_page


@pytest.mark.parametrize("name", ["quang_nam", "united_states", "hostile"])
@pytest.mark.parametrize("language", ["vi", "en", "fr"])
def test_axe_finds_nothing_and_the_console_is_quiet(name, language, opened, request):
    made = request.getfixturevalue(name)
    page, heard = opened(made.folder / f"report.{language}.html", 390 if language == "vi" else 1280)
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found = axe.Axe().run(page, options=options)
    assert found.violations_count == 0, json.dumps(found.response["violations"], ensure_ascii=False)[:3000]
    assert heard == []


@pytest.mark.parametrize("width", [320, 390, 1280, 3840])
def test_nothing_sticks_out_of_the_page(width, opened, united_states):
    page, _ = opened(united_states.folder / "report.vi.html", width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_first_screen_answers_the_three_questions(opened, quang_nam):
    for width, height in ((1280, 800), (390, 780)):
        page, _ = opened(quang_nam.folder / "report.vi.html", width)
        boxes = [one.bounding_box() for one in page.query_selector_all(".answer")]
        assert len(boxes) == 3
        assert max(box["y"] + box["height"] for box in boxes) <= height


def test_every_link_can_be_reached_by_keyboard_and_has_a_place_to_go(opened, quang_nam):
    page, _ = opened(quang_nam.folder / "report.vi.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for link in page.query_selector_all('a[href^="#"]'):
        assert page.query_selector(link.get_attribute("href")), link.inner_text()
    here = [one.get_attribute("href") for one in page.query_selector_all("nav a:not([href^='#'])")]
    assert here
    assert all((quang_nam.folder / name).exists() for name in here)


def test_the_index_lists_the_reports_and_axe_finds_nothing(opened, quang_nam):
    from analysis.report import write_index

    assert write_index(quang_nam.workspace.folder / "reports") == []
    path = quang_nam.workspace.folder / "reports" / "index.html"
    page, heard = opened(path)
    assert axe.Axe().run(page).violations_count == 0
    assert heard == []
    heads = [one.inner_text() for one in page.query_selector_all("thead th")]
    assert [one for one in heads if "(tài khoản)" in one] == heads[
        2:4
    ]  # the paces, and neither shares nor days
    page.click("h2 a")
    assert "VNeID" in page.title()
    beside, heard = opened(path.with_name("quang_nam_2023.html"), 360)
    for scheme in ("light", "dark"):
        beside.emulate_media(color_scheme=scheme)
        assert axe.Axe().run(beside).violations_count == 0
    assert beside.evaluate("document.documentElement.scrollWidth") <= 360
    assert heard == []


def test_the_index_speaks_each_campaigns_language_sets_reports_side_by_side_and_feeds_readers(
    quang_nam, tmp_path
):
    import shutil
    from xml.etree import ElementTree as ET

    from analysis.report import write_index

    for label in ("2023-09-11T0800", "2023-09-18T0800"):
        there = tmp_path / "nurses" / label
        there.mkdir(parents=True)
        shutil.copy(quang_nam.folder / "summary.json", there)
        text = (there / "summary.json").read_text(encoding="utf-8")
        summary = json.loads(text)
        for key in ("name", "line"):
            del summary[key]["vi"]
        summary["languages"] = ["fr", "en"]
        (there / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    (tmp_path / "nurses" / "broken").mkdir()
    (tmp_path / "nurses" / "broken" / "summary.json").write_text('{"as_of": ', encoding="utf-8")
    assert write_index(tmp_path) == ["nurses/broken"]
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert '<html lang="fr">' in page
    assert page.count("report.fr.html") == 3  # the campaign's heading, and a row for each report
    assert "nurses.html" in page
    assert "<thead>" in (tmp_path / "nurses.html").read_text(encoding="utf-8")
    feed = ET.parse(tmp_path / "feed.xml").getroot()  # noqa: S314 (our own file)
    atom = "{http://www.w3.org/2005/Atom}"
    entries = feed.findall(f"{atom}entry")
    assert len(entries) == 2
    for one in entries:  # what RFC 4287 asks of each, its author where the feed has none
        for needed in ("id", "title", "updated", "author", "link", "summary"):
            assert len(one.findall(f"{atom}{needed}")) == 1, needed
        assert one.findtext(f"{atom}author/{atom}name")
        assert one.get("{http://www.w3.org/XML/1998/namespace}lang") == "fr"
    assert len({one.findtext(f"{atom}id") for one in (feed, *entries)}) == 3


def test_a_summary_that_cannot_be_listed_spoils_no_index(quang_nam, tmp_path):
    from analysis.report import write_index

    for label, without in (("2023-09-11T0800", "line"), ("2023-09-18T0800", "")):
        folder = tmp_path / "index" / label  # a campaign may be called as the index is
        folder.mkdir(parents=True)
        summary = {key: value for key, value in quang_nam.summary.items() if key != without}
        (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    assert write_index(tmp_path) == ["index/2023-09-11T0800"]
    assert "index/2023-09-18T0800/report.vi.html" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_a_long_path_makes_no_page_wider_than_a_phone(quang_nam, opened):
    """The command that verifies a report holds its folder's name, which an office chooses."""
    page, _ = opened(quang_nam.folder / "report.vi.html", 360)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    page.evaluate("document.querySelector('#method p').textContent = 'reports/' + 'x'.repeat(80)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phone_shows_the_three_answers_whole_with_a_forecast_and_its_range(
    opened, quang_nam, tmp_path, language
):
    """As long as they become where the deadline is near: a count that is older, a forecast, its range."""
    evidence = read_evidence(quang_nam.workspace)
    numbers = summarise(evidence)
    document = compose(evidence, numbers, make_tables(evidence, numbers), language)
    where, *others = document.answers
    keys = (word(key, language) for key in ("key_now", "key_expected"))
    legend = tuple(re.sub(r"\{[^}]+\}", "81,5 %", one) for one in keys)
    page = tmp_path / f"first.{language}.html"
    long = replace(document, answers=(replace(where, legend=legend), *others), sections=())
    page.write_text(render_page(long, ()), encoding="utf-8")
    shown, _ = opened(page, 360)
    bottoms = shown.evaluate(
        "[...document.querySelectorAll('.answer')].map(e => e.getBoundingClientRect().bottom)"
    )
    assert len(bottoms) == 3
    assert max(bottoms) <= 740
    for width in (360, 768, 1280):  # "moins de 1 %" is one figure, on one line, within its card
        shown.set_viewport_size({"width": width, "height": 800})
        lines = shown.evaluate(
            """[...document.querySelectorAll('.answer .figure')].map(e => {
                const range = document.createRange(); range.selectNodeContents(e);
                const card = e.closest('.answer').getBoundingClientRect().right;
                return [range.getClientRects().length, range.getBoundingClientRect().right - card]})"""
        )
        assert {count for count, _ in lines} == {1}
        assert max(past for _, past in lines) <= 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_areas_is_as_wide_as_a_phone_and_its_bars_begin_in_one_line(opened, quang_nam, language):
    for width in (360, 1280):
        page, _ = opened(quang_nam.folder / f"report.{language}.html", width)
        past = page.evaluate(
            "(e => e.scrollWidth - e.clientWidth)(document.querySelector('[data-find] .scroll'))"
        )
        assert past <= 0
        rows = page.evaluate(
            """[...document.querySelectorAll('[data-find] td:has(.part)')].map(cell => {
                const range = document.createRange(); range.selectNodeContents(cell);
                return [cell.querySelector('.part').getBoundingClientRect().left,
                        range.getBoundingClientRect().right - cell.getBoundingClientRect().right]})"""
        )
        assert len({round(left) for left, _ in rows}) == 1
        assert max(over for _, over in rows) <= 0  # no text runs into the next column


def test_the_mark_of_a_folded_section_is_on_the_page(opened, quang_nam):
    page, _ = opened(quang_nam.folder / "report.vi.html", 360)
    assert page.evaluate("getComputedStyle(document.querySelector('summary')).listStylePosition") == "inside"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_beside_a_picture_is_not_cut_in_a_window_of_any_width(opened, quang_nam, language):
    page, _ = opened(quang_nam.folder / f"report.{language}.html")
    page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    for width in (1000, 1100, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert (
            page.evaluate(
                """[...document.querySelectorAll('.row .scroll')]
                .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.innerText.slice(0, 40))"""
            )
            == []
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_push_so_far_fits_a_tablet_and_no_row_of_it_is_empty(opened, quang_nam, tmp_path, language):
    evidence = read_evidence(quang_nam.workspace)
    codes = [area.code for area in evidence.workspace.campaign.areas]
    both = {"estimate": -0.0856, "interval_low": -0.0449, "interval_high": 0.486}
    wave = {"first_day": 0, "last_day": 6, "n_treated": 3, "n_control": 58, "p_value": 0.0867, **both}
    wave |= {"extra_persons": -132_708, "extra_low": -2_223_249, "extra_high": 102_496}
    rows = [
        {"wave": "2023-09-10", "areas": " ".join(codes[:3]), **wave},
        {"wave": "2023-09-12", "areas": " ".join(codes[3:6]), "why": "negative"},
        {"wave": "pooled", "areas": "", **both},
        {"wave": "random_effects", "areas": "", **both},
    ]
    waves = pd.DataFrame(rows, columns=contract.columns("waves.csv"))
    evidence = replace(evidence, waves=waves)
    numbers = summarise(evidence)
    document = compose(evidence, numbers, make_tables(evidence, numbers), language)
    path = tmp_path / "report.html"
    path.write_text(render_page(document, ()), encoding="utf-8")
    page, _ = opened(path, 768)
    page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    title = phrase("table_waves")(language)
    wide, rows = page.evaluate(
        """title => {
            const frame = [...document.querySelectorAll('.scroll')].find(e => e.innerText.startsWith(title))
            const cells = row => [...row.children].slice(1).map(one => one.innerText.trim())
            return [frame.scrollWidth - frame.clientWidth, [...frame.querySelectorAll('tbody tr')].map(cells)]
        }""",
        title,
    )
    assert wide <= 1
    assert len(rows) == 4
    assert all(any(cell not in ("", "–") for cell in row) for row in rows)


def test_a_name_of_one_long_word_makes_no_phone_scroll_and_hides_no_share(opened, quang_nam, tmp_path):
    path, long = tmp_path / "report.html", "Landeshauptstadtverwaltungsgemeinschaftsbezirk"
    path.write_text(quang_nam.page("en").replace("Thăng Bình", long), encoding="utf-8")
    page, _ = opened(path, 360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    row = page.locator("[data-find] tbody tr", has_text=long)
    assert row.locator("td").first.bounding_box()["x"] < 200


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext (poppler-utils) is not installed")
def test_a_printed_page_holds_what_is_folded_and_every_column_and_heads_a_table_on_each_sheet(
    opened, united_states, tmp_path
):
    """Paper has nothing to click: what a screen folds, and what a phone leaves out, is all there."""
    page, _ = opened(united_states.folder / "report.en.html")
    told = page.evaluate("[...document.querySelectorAll('details p')].map(one => one.textContent.trim())")
    heads, areas = page.evaluate(
        """(grid => [[...grid.querySelectorAll('thead th')], [...grid.querySelectorAll('tbody th')]]
            .map(all => all.map(one => one.textContent.replace('▲', '').trim())))
            (document.querySelector('[data-find]'))"""
    )
    page.pdf(path=tmp_path / "printed.pdf", prefer_css_page_size=True)
    done = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "printed.pdf", "-"], capture_output=True, text=True, check=True
    )
    words = set(done.stdout.split())
    assert told
    assert len(areas) > 50
    assert [one for one in (*told, *heads, *areas) if not words.issuperset(one.split())] == []
    assert word("show_all", "en").partition(" ")[0] not in words
    rows = tuple(areas)
    sheets = [
        one
        for one in done.stdout.split("\f")
        if sum(line.strip().startswith(rows) for line in one.splitlines()) > 5
    ]
    assert len(sheets) > 1
    assert all(heads[0] in one and "Rank" in one for one in sheets)
