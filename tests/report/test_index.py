"""The archive: reports by campaign, newest first, two side by side, and a feed."""

import json
import re
from datetime import datetime, timedelta

import pytest
from defusedxml import ElementTree

from analysis.report import write_index
from analysis.report.message import LINKS
from tests.report.conftest import HOSTILE
from tests.report.test_page import axe, browser, opened  # noqa: F401 (fixtures)

ATOM = "{http://www.w3.org/2005/Atom}"


def publish(folder, summary, campaign, weeks, **changed):
    """Lay out a report a week, as old ones are: only what the archive reads."""
    for week in range(weeks):
        as_of = datetime.fromisoformat(summary["as_of"]) + timedelta(days=7 * week)
        made = {**summary, "campaign": campaign, "as_of": as_of.isoformat(), **changed}
        path = folder / campaign / as_of.strftime("%Y-%m-%dT%H%M")
        path.mkdir(parents=True)
        (path / "summary.json").write_text(json.dumps(made), encoding="utf-8")


@pytest.fixture
def archive(quang_nam, united_states, tmp_path):
    publish(tmp_path, quang_nam.summary, "first", 3)
    publish(tmp_path, united_states.summary, "second", 2, languages=["en"])
    return tmp_path


def test_reports_stand_by_campaign_newest_first(archive):
    assert write_index(archive) == []
    page = (archive / "index.html").read_text(encoding="utf-8")
    linked = re.findall(r'<th scope="row"><a href="([^"]+)"', page)
    assert [one.split("/")[0] for one in linked] == ["first"] * 3 + ["second"] * 2
    assert linked[:3] == sorted(linked[:3], reverse=True)
    assert linked[3].endswith("report.en.html")
    assert page.count('class="line"') == 2


def test_two_reports_stand_side_by_side(archive, quang_nam, opened):  # noqa: F811
    write_index(archive)
    pages = sorted((archive / "compare").iterdir())
    assert len(pages) == 3  # the oldest of each campaign has none before it
    text = pages[0].read_text(encoding="utf-8")
    assert text.count(quang_nam.summary["numbers"]["share"]["text"]["vi"]) >= 2
    for path in (archive / "index.html", pages[0]):
        for width in (360, 1280):
            page, heard = opened(path, width)
            assert axe.Axe().run(page).violations_count == 0
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert heard == []


def test_the_feed_is_atom_and_links_where_reports_can_be_read(archive, monkeypatch):
    monkeypatch.setenv(LINKS, "https://example.org/reports/")
    write_index(archive)
    feed = ElementTree.parse(archive / "feed.xml").getroot()
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 5
    dates = [entry.findtext(f"{ATOM}updated") for entry in entries]
    assert dates == sorted(dates, key=datetime.fromisoformat, reverse=True)
    links = [entry.find(f"{ATOM}link").get("href") for entry in entries]
    assert all(link.startswith("https://example.org/reports/") for link in links)


def test_hostile_names_are_text(hostile, tmp_path):
    bad = {"name": dict.fromkeys(("vi", "en", "fr"), f"{HOSTILE['script']} & <b>")}
    publish(tmp_path, hostile.summary, "hostile", 2, **bad)
    write_index(tmp_path)
    feed = ElementTree.parse(tmp_path / "feed.xml").getroot()
    assert HOSTILE["script"] in feed.find(f"{ATOM}entry").findtext(f"{ATOM}title")
    for path in (tmp_path / "index.html", *(tmp_path / "compare").iterdir()):
        assert "<script" not in path.read_text(encoding="utf-8")


def test_two_hundred_reports_are_a_page_that_opens(quang_nam, tmp_path):
    publish(tmp_path, quang_nam.summary, "long", 200)
    assert write_index(tmp_path) == []
    assert (tmp_path / "index.html").stat().st_size < 400_000
    assert len(list((tmp_path / "compare").iterdir())) == 199


def test_no_report_at_all_is_said(tmp_path):
    write_index(tmp_path)
    assert "There is no report yet" in (tmp_path / "index.html").read_text(encoding="utf-8")
    assert ElementTree.parse(tmp_path / "feed.xml").getroot().findall(f"{ATOM}entry") == []
