"""What is forwarded and what a chief opens: pages of areas, the brief, the message."""

import email
import re
import subprocess
from dataclasses import replace
from datetime import date
from email import policy

import pandas as pd
import pytest
from PIL import Image

from analysis import forked
from analysis.campaign import file_name
from analysis.report import brief, write
from analysis.report.areas import ranks
from analysis.report.content import compose, in_a_line
from analysis.report.document import Answer, Document, Grid
from analysis.report.edition import Edition
from analysis.report.evidence import read_evidence
from analysis.report.message import MOST, mail, message
from analysis.report.numbers import Numbers
from analysis.report.places.course import course_of, drawn
from analysis.report.places.facts import Atlas
from analysis.report.places.said import how_to_read
from analysis.report.summary import summarise
from analysis.report.words.phrases import word
from analysis.report.words.sentences import where_line
from analysis.report.words.voice import Voice
from analysis.report.write import make_tables, write_report
from analysis.standing import Standing
from analysis.workspace import LINKS, address
from tests.report.conftest import LANGUAGES, Made, write_artifacts
from tests.report.test_page import axe, browser, opened  # noqa: F401 (fixtures)


def area_page(made: Made, code: str, language: str) -> str:
    return (made.folder / "areas" / f"{file_name(code)}.{language}.html").read_text(encoding="utf-8")


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<(style|svg).*?</\1>|<[^>]+>", " ", page, flags=re.S))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_area_has_a_page_that_says_what_the_table_says(quang_nam, language):
    table = quang_nam.summary["tables"]["areas"]
    at = {key: position for position, key in enumerate(table["columns"])}
    rows = {row[at["area"]]: row for row in table["rows"][language]}
    for area in quang_nam.workspace.campaign.areas:
        text = words_of(area_page(quang_nam, area.code, language))
        assert area.name in text
        for key in ("share", "target"):
            assert re.sub(r"\s", " ", rows[area.name][at[key]]) in text, (area.code, key)


def test_the_numbers_of_a_page_are_the_same_in_every_language(quang_nam):
    def digits(language: str) -> list[str]:
        facts = re.findall(r"<li>(.*?)</li>", area_page(quang_nam, "513", language), re.S)
        counts = [re.sub(r"\D", "", one) for one in facts[:1]]
        share = re.search(r'class="share"><strong>(.*?)</strong>', area_page(quang_nam, "513", language))
        return [*counts, re.sub(r"\D", "", share[1])]

    assert digits("vi") == digits("en") == digits("fr")


def test_the_table_links_to_the_pages(quang_nam):
    page = quang_nam.page("fr")
    linked = set(re.findall(r'href="(areas/[^"]+)"', page))
    assert len(linked) == 18
    assert all((quang_nam.folder / name).exists() for name in linked)


def test_a_page_fits_one_screen_of_a_phone_and_axe_finds_nothing(quang_nam, opened):  # noqa: F811
    path = quang_nam.folder / "areas" / "513.vi.html"
    assert path.stat().st_size < 120_000
    page, heard = opened(path, 360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.query_selector("figure").bounding_box()["y"] < 740
    assert axe.Axe().run(page).violations_count == 0
    assert heard == []


def test_hostile_names_are_text_and_no_path(hostile):
    pages = list((hostile.folder / "areas").iterdir())
    assert len(pages) == 18 * len(LANGUAGES)
    for path in pages:
        assert re.fullmatch(r"[\w.~-]+\.(vi|en|fr)\.html", path.name)
        page = path.read_text(encoding="utf-8")
        assert "<script" not in page
        assert "\u202e" not in page


def in_one_language(made, folder, language):
    campaign = made.workspace.campaign.model_copy(update={"languages": (language,)})
    return replace(made.workspace, folder=folder, campaign=campaign)


def test_a_workbook_made_beside_the_pages_is_the_same(quang_nam, tmp_path, monkeypatch):
    """A nation's is made in a copy of the process, a province's when its turn comes."""
    workspace = in_one_language(quang_nam, tmp_path, "en")
    write_artifacts(workspace)

    def book():
        path = write_report(workspace).parent / "tables.en.xlsx"
        read = path.read_bytes()
        path.unlink()
        return read

    alone = book()
    monkeypatch.setattr(write, "MANY", 1)
    monkeypatch.setattr(forked, "_WITH_THREADS", set())
    assert book() == alone


def test_a_public_page_draws_no_course(quang_nam, tmp_path):
    workspace = in_one_language(quang_nam, tmp_path, "vi")
    write_artifacts(workspace)
    folder = write_report(workspace, public=True).parent
    page = (folder / "areas" / "513.vi.html").read_text(encoding="utf-8")
    assert 'class="was"' not in page
    assert 'class="was"' in area_page(quang_nam, "513", "vi")


def test_what_a_silent_area_needs_a_day_is_drawn_from_the_day_that_it_is_reckoned_from():
    """A page said 647 a day, from the common day on, beside a line of 358, from its last count on."""
    counted = pd.DataFrame({"date": pd.date_range("2023-09-01", "2023-09-10"), "cumulative": range(10, 20)})
    course = course_of(counted, counted[:0], 40.0, date(2023, 9, 30), date(2023, 9, 20))
    (dot_x, dot_y), (goal_x, _) = ([float(one) for one in course.lines[key]] for key in ("dot", "goal"))
    start_x, start_y = map(float, course.lines["needed"][0].split(","))
    assert start_y == dot_y
    assert start_x == pytest.approx((dot_x + goal_x) / 2, abs=0.1)


def test_how_to_read_a_course_names_the_lines_that_it_draws():
    counted = pd.DataFrame({"date": pd.date_range("2023-09-01", "2023-09-10"), "cumulative": range(10, 20)})
    ahead = pd.DataFrame({"date": pd.date_range("2023-09-11", "2023-09-20")})
    fan = ahead.assign(p10=20.0, p50=22.0, p90=25.0)
    voice, due = Voice("en", Numbers.of()), date(2023, 9, 30)
    expected, needed = "; dashed: expected", "; orange dots: what is needed"
    for course, said in (
        (course_of(counted, fan, 40.0, due), (True, True)),
        (course_of(counted, fan[:0], 40.0, due), (False, True)),
        (course_of(counted, fan, None, None), (True, False)),
        (course_of(counted, fan[:0], None, None), (False, False)),
    ):
        how = how_to_read(voice, course)
        assert how.startswith("Solid: counted")
        assert (expected in how, needed in how) == said
        assert ("stroke-dasharray" in drawn(course, "en")) == any(said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_brief_is_one_page_and_a_picture_for_a_messenger(quang_nam, language):
    path = quang_nam.folder / f"brief.{language}.pdf"
    info = subprocess.run(["pdfinfo", str(path)], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Pages:\s+1\n", info)
    with Image.open(quang_nam.folder / f"brief.{language}.png") as picture:
        assert picture.size == (1080, 1350)
    text = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout
    plain = re.sub(r"\s", "", text)
    for key in ("share", "target"):
        assert re.sub(r"\s", "", quang_nam.summary["numbers"][key]["text"][language]) in plain
    assert re.sub(r"\s", "", word("brief_share", language)) in plain  # what a share in the strip is of


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_message_is_short_and_leads_with_the_number(quang_nam, language):
    text = (quang_nam.folder / f"message.{language}.txt").read_text(encoding="utf-8")
    assert len(text) <= MOST + 1
    numbers = {key: one["text"][language] for key, one in quang_nam.summary["numbers"].items()}
    assert numbers["share"] in text.splitlines()[0]
    assert f"({numbers['probability']})" in text.splitlines()[1]


def document(title: str, proposals: tuple[str, ...] = ()) -> Document:
    answer = Answer("where", "?", "!", "73 %", "of it")
    return Document(
        "en", title, "", "", "Simulated data", "simulated", (answer, answer), "", (), proposals, ()
    )


def test_the_first_line_of_a_message_ends_with_one_point():
    """Where nothing came since, what the number is of ends with a sentence of its own."""
    one = document("A drive")
    first = replace(one.answers[0], of_what="of it, by the end of 30 September. No figures since then.")
    text = message(replace(one, answers=(first, *one.answers[1:])))
    assert text.splitlines()[0].endswith("No figures since then.")
    assert ".." not in text


def test_the_message_keeps_whole_lines_and_its_link():
    link = "https://example.org/reports/a/b/report.en.html"
    text = message(document("A drive", ("x" * 300, "y" * 300)), link)
    assert text.splitlines()[-1] == link
    assert "x" * 300 in text
    assert "y" not in text.replace("y" * 300, "").splitlines()[-2]
    assert len(message(document("T" * 900))) <= MOST


@pytest.mark.parametrize(
    "base", ["javascript:alert(1)", "", "https://example.org/a b", "https://a\nBcc: b@c.d"]
)
def test_an_address_that_is_none_is_not_linked(base, monkeypatch):
    monkeypatch.setenv(LINKS, base)
    assert address("a") == ""


def test_the_mail_links_the_report_where_it_can_be_read_and_attaches_it_elsewhere(quang_nam, monkeypatch):
    evidence = read_evidence(quang_nam.workspace)
    numbers = summarise(evidence)
    edition = Edition(
        compose(evidence, numbers, make_tables(evidence, numbers), "en"), Atlas(evidence), numbers, {}
    )
    where = "quang_nam_2023/2023-09-18T0800/report.en.html"
    for base, attached in (("https://example.org/reports/", ["brief.en.pdf"]),
                           ("", ["brief.en.pdf", "report.en.pdf"])):  # fmt: skip
        monkeypatch.setenv(LINKS, base)
        made = email.message_from_bytes(
            mail(edition, b"%PDF brief", b"PNG", b"%PDF report"), policy=policy.default
        )
        assert [part.get_filename() for part in made.iter_attachments()] == attached
        assert (f'href="{base}{where}"' in made.get_body(("html",)).get_content()) == bool(base)
        assert (f"{base}{where}" in made.get_body(("plain",)).get_content()) == bool(base)


@pytest.mark.parametrize(
    "name", ["=?utf-8?q?A=0D=0ABcc:_b@c.d=0D=0A?=", "Đợt =?utf-8?b?QQ0KQmNjOiBiQGMuZA==?="]
)
def test_a_name_that_would_be_decoded_into_a_header_stays_a_name(name, quang_nam):
    evidence = read_evidence(quang_nam.workspace)
    numbers = summarise(evidence)
    made = replace(compose(evidence, numbers, make_tables(evidence, numbers), "vi"), title=name)
    sent = mail(Edition(made, Atlas(evidence), numbers, {}), b"", b"", b"")
    assert b"\nBcc" not in sent
    found = email.message_from_bytes(sent, policy=policy.default)
    assert "Bcc" not in found
    assert name.rpartition("=?")[2] in found["Subject"]


def test_an_area_without_any_figure_has_a_page_without_one(quang_nam, tmp_path):
    workspace = in_one_language(quang_nam, tmp_path, "en")
    write_artifacts(workspace)
    panel = pd.read_parquet(workspace.processed / "panel.parquet")
    assert panel["date"].max().date() <= date(2023, 9, 18)
    page = (write_report(workspace).parent / "areas" / "502.en.html").read_text(encoding="utf-8")
    assert "nan" not in words_of(page)
    assert "None" not in words_of(page)


def test_an_answer_without_a_figure_has_no_empty_brackets():
    assert (
        in_a_line(Answer("worked", "Did it?", "Nothing to compare", "–", "")) == "Did it? Nothing to compare."
    )
    assert in_a_line(Answer("where", "Where?", "Met", "73%", "of it.")) == "Where? Met (73% of it)."


def test_an_area_is_ranked_among_those_of_its_level(quang_nam):
    workspace = quang_nam.workspace
    first, *others = workspace.campaign.areas
    halves = [first.model_copy(update={"code": code, "name": code, "parent": None}) for code in "NS"]
    below = [one.model_copy(update={"parent": "NS"[at % 2]}) for at, one in enumerate((first, *others))]
    campaign = workspace.campaign.model_copy(update={"areas": (*halves, *below)})
    evidence = replace(read_evidence(workspace), workspace=replace(workspace, campaign=campaign))
    day = pd.Timestamp(evidence.standing.common_day)
    evidence = replace(evidence, standing=Standing(evidence.standing.areas.assign(known_until=day)))
    codes = [area.code for area in below]
    shares = pd.Series({"N": 0.05, "S": 0.04} | {code: 0.9 - at / 100 for at, code in enumerate(codes)})
    found = ranks(shares, evidence)
    assert found.loc[["N", "S"], "rank"].tolist() == [1, 2]
    assert found.loc[codes, "rank"].tolist() == list(range(1, len(codes) + 1))
    assert found.loc[["N", "S"], "ranked"].tolist() == [2, 2]
    assert found.loc[codes, "rank_before"].notna().all()


def test_an_area_that_is_silent_has_no_rank_and_nobody_gains_one_by_it(quang_nam):
    evidence = read_evidence(quang_nam.workspace)
    rows = evidence.standing.areas.copy()
    day = pd.Timestamp(evidence.standing.common_day)
    leaves = rows["level"] == "area"
    rows.loc[leaves, "known_until"] = day
    shares = rows[leaves].set_index("location")["share"]
    silent = shares.idxmin()
    rows.loc[rows["location"] == silent, "known_until"] = day - pd.Timedelta(days=7)
    found = ranks(shares, replace(evidence, standing=Standing(rows)))
    assert silent not in found.index
    others = shares.drop(silent)
    assert found["rank"].to_dict() == others.rank(ascending=False, method="min").to_dict()
    assert found["rank_before"].max() == found["ranked"].max() == len(others)


def test_a_count_in_areas_without_a_target_is_said_beside_the_share(quang_nam):
    evidence = read_evidence(quang_nam.workspace)
    rows = evidence.standing.areas.copy()
    rows.loc[rows.index[-1], "counted_to_target"] -= 12600
    less = replace(evidence, standing=replace(evidence.standing, areas=rows))
    for language, outside in (("vi", "có 12.600 ở"), ("en", "(12,600 of"), ("fr", "total, 12 600 dans")):
        said, plain = (
            re.sub(r"\s", " ", where_line(Voice(language, summarise(one)))) for one in (less, evidence)
        )
        assert outside in said
        assert outside not in plain


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phone_shows_no_word_of_the_picture_smaller_than_eleven_pixels(quang_nam, language, tmp_path):
    """It shows 1080 pixels on 360, so that 33 are 11; a line is as high as its type at least."""
    evidence = read_evidence(quang_nam.workspace)
    numbers = summarise(evidence)
    tables = make_tables(evidence, numbers)
    said = compose(evidence, numbers, tables, language)
    edition = Edition(said, Atlas(evidence, None), numbers, tables)
    path = tmp_path / "picture.pdf"
    path.write_bytes(brief.typeset(edition, picture=True))
    done = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, text=True, check=True)
    words = re.findall(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]+)<', done.stdout)
    assert len(words) > 100
    assert not [word for top, end, word in words if float(end) - float(top) < 33 and word.isalpha()]
    assert f"{said.proposals[0].split()[0]}" in {word for *_, word in words}


def test_a_column_that_only_rows_left_out_would_fill_is_not_shown(quang_nam):
    evidence = read_evidence(quang_nam.workspace)
    table = make_tables(evidence, summarise(evidence))["risk"]
    key = Grid(table).laid("en").columns[-1].key
    at = [column.key for column in table.columns].index(key)
    rows = [(*row[:at], None, *row[at + 1 :]) for row in table.rows[:2]]
    partly = replace(table, rows=(*rows, table.rows[2]), strong=None)
    shown = {most: [one.key for one in Grid(partly, most).laid("en").columns] for most in (2, 3, None)}
    assert key not in shown[2]
    assert key in shown[3]
    assert key in shown[None]
