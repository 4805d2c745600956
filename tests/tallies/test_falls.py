"""A fall that moves the headline is no number to publish on the word of one file."""

from datetime import datetime, timedelta

import pytest
from typer.testing import CliRunner

from analysis.cli import app
from analysis.errors import InputError
from analysis.received import releases
from analysis.tallies import SentFile, as_of_view, keep, read_files
from analysis.tallies.released import release, released_by
from tests.tallies.making import AS_OF, text

AREAS = ["Tam Kỳ", "Hội An", "Điện Bàn", "Thăng Bình"]


def week(day: str, *sums: int, areas=AREAS, days: int = 0, name: str = "") -> SentFile:
    rows = [["Đơn vị", "Ngày", "Lũy kế"], *([area, day, one] for area, one in zip(areas, sums, strict=True))]
    return SentFile(name or f"{day[:2]}-{days}.csv", text(rows).encode(), AS_OF + timedelta(days=days))


FIRST = week("10/09/2023", 40_000, 39_000, 60_000, 50_000)
SECOND = week("17/09/2023", 41_000, 40_000, 61_000, 51_000, days=1)
STRANGER = week("17/09/2023", 35_000, 28_001, areas=AREAS[:2], days=2, name="stranger.csv")


def newest(files, register, released=frozenset()):
    intake = read_files(files, register, released=released)
    view = as_of_view(intake.tallies)
    return intake, view.groupby("area_code")["value"].last().sum()


def test_two_rows_of_a_stranger_do_not_move_the_headline(register):
    intake, total = newest([FIRST, SECOND, STRANGER], register)
    assert total == 193_000
    assert set(intake.held["reason"]) == {"fall_unconfirmed"}
    assert set(intake.held["file"]) == {"stranger.csv"}
    assert "fall_unconfirmed" in set(intake.findings["code"])


def test_a_fall_that_another_file_confirms_counts(register):
    again = week("18/09/2023", 35_100, 28_100, areas=AREAS[:2], days=3)
    _, total = newest([FIRST, SECOND, STRANGER, again], register)
    assert total == 35_100 + 28_100 + 61_000 + 51_000


def test_a_stranger_cannot_confirm_himself(register):
    rows = [["Hội An", "16/09/2023", 28_000], ["Hội An", "17/09/2023", 28_001]]
    both = SentFile(
        "both.csv",
        text([["Đơn vị", "Ngày", "Lũy kế"], *rows]).encode(),
        AS_OF + timedelta(days=2),
    )
    _, total = newest([FIRST, SECOND, both], register)
    assert total == 193_000


def test_a_fall_is_as_large_as_what_the_headline_loses(register):
    """Against the week before it is 500 too few; but the day's own number had been 2,000 higher already."""
    less = week("17/09/2023", 38_500, areas=["Hội An"], days=2, name="stranger.csv")
    more = week("17/09/2023", 41_000, 40_500, 61_000, 51_000, days=1)
    intake, total = newest([FIRST, more, less], register)
    assert total == 193_500
    assert set(intake.held["file"]) == {"stranger.csv"}


def test_a_small_fall_is_said_and_kept(register):
    less = week("17/09/2023", 39_500, areas=["Hội An"], days=2)
    intake, total = newest([FIRST, SECOND, less], register)
    assert total == 192_500
    assert "fall_unconfirmed" not in set(intake.held["reason"])


def test_many_small_falls_that_move_it_together_are_held_down_to_a_percent(register):
    less = week("17/09/2023", 39_300, 38_300, 59_200, 49_200, days=2)
    intake, total = newest([FIRST, SECOND, less], register)
    assert set(intake.held["reason"]) == {"fall_unconfirmed"}
    assert len(intake.held) == 3  # the largest first; what is left of it is less than a percent
    assert total == 41_000 + 38_300 + 61_000 + 51_000


def test_what_a_person_lets_through_counts_from_then_on_and_is_on_record(campaign_folder, register):
    keep(campaign_folder, [FIRST, SECOND, STRANGER], "CA Hội An")
    now = AS_OF + timedelta(days=3)
    rows = [("stranger.csv", 2), ("stranger.csv", 3)]
    done = release(campaign_folder, rows, "Công an tỉnh xác nhận qua điện thoại", now)
    assert released_by(campaign_folder, now - timedelta(minutes=1)) == frozenset()
    let = released_by(campaign_folder, now)
    assert let == {(done[0].sha256, 2), (done[0].sha256, 3)}
    _, total = newest([FIRST, SECOND, STRANGER], register, let)
    assert total == 35_000 + 28_001 + 61_000 + 51_000
    assert [one.why for one in releases(campaign_folder)] == ["Công an tỉnh xác nhận qua điện thoại"] * 2


def test_all_falls_of_files_are_let_through_at_once(campaign_folder, register):
    """A corrected series of forty areas had to be let through row by row."""
    other = week("17/09/2023", 50_000, areas=AREAS[2:3], days=2, name="other.csv")
    keep(campaign_folder, [FIRST, SECOND, STRANGER, other], "CA Hội An")

    def let_through(*words):
        where = ["--why", "the province confirmed it", "--campaign", str(campaign_folder)]
        return CliRunner().invoke(app, ["release", *words, *where])

    for words, says in (
        (["stranger.csv", "other.csv", "--row", "2"], "--row is of one file"),
        (["stranger.csv", "10-0.csv"], "10-0.csv: no fall is held in it"),
        (["stranger.csv", "nobody.csv"], "no line of received.csv names it"),
        (["stranger.csv", "--row", "2", "--row", "99"], "--row 99: no number was read in that row"),
    ):
        refused = let_through(*words)
        assert (refused.exit_code, says in str(refused.exception)) == (1, True), words
    assert not (campaign_folder / "released.csv").exists()
    done = let_through("stranger.csv", "other.csv")
    assert done.output.startswith("3 rows of stranger.csv, other.csv: let through from ")
    assert done.output.count("\n") == 1
    assert [(one.name, one.row) for one in releases(campaign_folder)] == [
        ("stranger.csv", 2), ("stranger.csv", 3), ("other.csv", 2),
    ]  # fmt: skip
    assert let_through("other.csv").exit_code == 1  # nothing is held in it any more


@pytest.mark.parametrize(
    ("name", "row", "why", "says"),
    [
        ("other.csv", 2, "confirmed", "no line of received.csv"),
        ("stranger.csv", 0, "confirmed", "rows count from 1"),
        ("stranger.csv", 2, " ", "give one line"),
        ("stranger.csv", 2, "a\nb", "give one line"),
        ("stranger.csv", 2, "=1+1", "give one line"),
        ("stranger.csv", 2, "ask 0912345678", "give one line"),
    ],
)
def test_a_release_that_cannot_be_is_refused(campaign_folder, name, row, why, says):
    keep(campaign_folder, [STRANGER], "")
    with pytest.raises(InputError, match=says):
        release(campaign_folder, [("stranger.csv", 3), (name, row)], why, datetime.now(AS_OF.tzinfo))
    assert not (campaign_folder / "released.csv").exists()
