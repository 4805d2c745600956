"""Every form in every language: made, in words, with the same numbers."""

import re
import shutil
from dataclasses import replace

import pandas as pd
import pytest

from analysis.campaign import load_campaign
from analysis.report.evidence import read_evidence
from analysis.report.tables import sensitivity_table
from tests.conftest import PROJECT
from tests.report.languages import faults, unworded


@pytest.mark.parametrize("name", ["quang_nam", "united_states"])
def test_of_a_report_made_here(name, request):
    assert faults(request.getfixturevalue(name).folder) == []


def test_a_key_a_missing_form_and_another_number_are_found(quang_nam, tmp_path):
    """The reader is not blind."""
    folder = tmp_path / "report"
    shutil.copytree(quang_nam.folder, folder)
    page = folder / "report.fr.html"
    text = page.read_text(encoding="utf-8")
    changed = re.sub(r"(<td[^>]*>)(\d)", lambda found: f"{found[1]}{(int(found[2]) + 1) % 10}", text, count=1)
    assert changed != text
    text = changed.replace("</main>", "<p>sheet_areas in Asia/Ho_Chi_Minh (standing.parquet)</p></main>")
    page.write_text(text, encoding="utf-8")
    (folder / "brief.fr.png").unlink()
    said = " | ".join(faults(folder))
    assert "brief.fr.png: not made" in said
    for code in ("sheet_areas", "Asia/Ho_Chi_Minh", "standing.parquet"):
        assert f"{code} stands for words" in said
    assert "report.fr.html: cell" in said


@pytest.mark.parametrize(("language", "said"), [("vi", "25%"), ("en", "25%"), ("fr", "25\u00a0%")])
def test_a_share_among_words_is_written_as_the_language_writes_it(quang_nam, language, said):
    evidence = read_evidence(quang_nam.workspace)
    leaks = pd.DataFrame([{"check": "leak", "detail": "25%", "estimate": 0.7, "holds": None}])
    made = leaks.reindex(columns=["check", "detail", "estimate", "p_value", "holds"])
    written = sensitivity_table(replace(evidence, sensitivity=made)).written(language)
    assert said in [cell for row in written for cell in row]


@pytest.mark.parametrize(
    "path", sorted(PROJECT.glob("data/raw/*/campaign.toml")), ids=lambda one: one.parent.name
)
def test_no_fact_of_a_campaign_that_ships_is_said_by_its_code(path):
    """Every measure, unit and kind of push has words in every language, and every source."""
    campaign = load_campaign(path.parent)
    codes = {
        campaign.measure,
        *(one.code for one in campaign.measures),
        *(one.kind for one in campaign.mobilisations),
    }
    printed = [figure for figure in campaign.published if figure.area is not None]
    codes |= {one for figure in printed for one in (figure.metric, figure.unit)}
    words = {code: campaign.word_of(code) for code in codes}
    assert not [code for code, said in words.items() if "_" in code and isinstance(said, str)]
    told = [said(to) for said in words.values() if not isinstance(said, str) for to in ("vi", "en", "fr")]
    told += [one.source for one in (*campaign.published, *campaign.mobilisations, *campaign.events)]
    assert not [fault for text in told for fault in unworded(text)]
