"""Who reported when, as a table and as a picture."""

from datetime import date, timedelta

import pandas as pd
import pytest

from analysis.campaign import load_campaign
from analysis.report.figures.clean import reported, reported_in_words
from analysis.report.figures.style import to_png
from analysis.tallies import Register, SentFile, read_files
from analysis.tallies.coverage import coverage
from analysis.tallies.summary import by_kind, by_reason, fates, revisions
from tests.tallies.making import AS_OF, HEADING, text


@pytest.fixture
def campaign(project):
    return load_campaign(project / "data" / "raw" / "quang_nam_2023")


@pytest.fixture
def intake(campaign):
    def sent(hours: int, *rows: tuple[str, str, str]) -> SentFile:
        body = [["", area, day, "", total] for area, day, total in rows]
        return SentFile(f"{hours}.csv", text([HEADING, *body]).encode(), AS_OF + timedelta(hours=hours))

    files = [
        sent(
            0,
            ("Hội An", "15/09/2023", "24.000"),
            ("Hội An", "16/09/2023", "-"),
            ("Tam Kì", "16/09/2023", "5"),
        ),
        sent(24, ("Hội An", "15/09/2023", "24.010")),
    ]
    return read_files(files, Register.of(campaign))


def test_each_area_and_day_has_one_state(campaign, intake) -> None:
    table = coverage(intake.tallies, campaign, date(2023, 9, 17)).set_index(["area", "date"])
    assert len(table) == 18 * 3
    states = table.loc["503"]["state"].tolist()
    assert states == ["corrected", "blank", "nothing"]
    assert table.loc[("503", pd.Timestamp("2023-09-15")), "days_to_receipt"] == pytest.approx(2 + 8 / 24)
    assert set(table.drop(index="503")["state"]) == {"nothing"}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_picture_and_its_words(campaign, intake, language) -> None:
    table = coverage(intake.tallies, campaign, date(2023, 9, 17))
    assert to_png(reported(table, campaign.areas, language)).startswith(b"\x89PNG")
    said = reported_in_words(table, campaign.areas, language)
    assert "18" in said
    assert "52" in said  # area-days without any number


def test_what_became_of_the_rows(intake) -> None:
    table = fates(intake)
    assert table.loc["files read", ["rows", "taken", "held", "ignored"]].tolist() == [6, 3, 1, 2]
    assert by_reason(intake.held)["reason"].tolist() == ["area_unknown"]
    assert by_reason(intake.ignored)["meaning"].tolist() == ["A heading of columns."]
    assert set(by_kind(intake.findings)["code"]) == {"area_unknown", "revised"}


def test_corrections_are_listed_with_what_they_correct(intake) -> None:
    table = revisions(intake.tallies)
    assert table[["before", "value"]].to_numpy().tolist() == [[24000, 24010]]
