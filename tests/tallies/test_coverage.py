"""Who reported when, as a table and as a picture."""

import io
from datetime import date, timedelta

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib import colors

from analysis.campaign import load_campaign
from analysis.report.figures import style
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


def test_the_counts_of_very_many_areas_are_not_hidden_by_the_rules_between_them(campaign) -> None:
    areas = [campaign.areas[0].model_copy(update={"code": f"X{at:03d}"}) for at in range(800)]
    days = pd.date_range("2023-09-11", periods=7)
    cells = pd.MultiIndex.from_product([[one.code for one in areas], days], names=["area", "date"])
    picture = reported(cells.to_frame(index=False).assign(state="counted"), areas, "en")
    pixels = plt.imread(io.BytesIO(to_png(picture)))[..., :3]
    of_counts = np.abs(pixels - colors.to_rgb(style.BANDS[0.8])).max(axis=-1) < 0.02
    assert of_counts.mean() > 0.5


def test_what_became_of_the_rows(intake) -> None:
    table = fates(intake)
    assert table.loc["files read", ["rows", "taken", "held", "ignored"]].tolist() == [6, 3, 1, 2]
    assert by_reason(intake.held)["reason"].tolist() == ["area_unknown"]
    assert by_reason(intake.ignored)["meaning"].tolist() == ["A heading of columns."]
    assert set(by_kind(intake.findings)["code"]) == {"area_unknown", "revised"}


def test_corrections_are_listed_with_what_they_correct(intake) -> None:
    table = revisions(intake.tallies)
    assert table[["before", "value"]].to_numpy().tolist() == [[24000, 24010]]
