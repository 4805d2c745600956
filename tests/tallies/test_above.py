"""An area above others may send a tally of its own: compared with their sum, and never counted again."""

from datetime import date, timedelta

import pytest

from analysis.campaign import load_campaign
from analysis.errors import InputError
from analysis.panel import build_panel
from analysis.tallies import Register, SentFile, as_of_view, read_files
from tests.tallies.making import AS_OF, folder, text

AREAS = """code,name,type,parent,valid_from,valid_to,eligible
1,Bắc,H,,,,
2,Nam,H,,,,
11,Một,X,1,,,5000
12,Hai,X,1,,,5000
13,Cũ,X,1,,2023-09-12,5000
21,Ba,X,2,,,5000
22,Bốn,X,2,,,5000
"""
CAMPAIGN = """name = "Đợt thử"
measure = "activated_cumulative"
[[targets]]
share = 0.6
deadline = 2023-12-31
known_from = 2023-01-01
"""


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    return folder(tmp_path_factory.mktemp("levels"), AREAS)


@pytest.fixture(scope="module")
def register(places):
    return Register.load(places)


def sent(*rows: tuple[str, str, int], hours: int = 0) -> SentFile:
    body = [["Đơn vị", "Ngày", "Lũy kế"], *rows]
    return SentFile(f"{hours}.csv", text(body).encode(), AS_OF + timedelta(hours=hours))


def found(register, *files: SentFile):
    table = read_files(list(files), register).findings
    return table[table["code"].isin(["above_differs", "above_alone"])]


def test_a_tally_that_is_the_sum_of_those_below_is_no_finding(register):
    file = sent(("Bắc", "15/09/2023", 3000), ("Một", "15/09/2023", 1000), ("Hai", "15/09/2023", 2000))
    assert found(register, file).empty


def test_a_tally_that_differs_is_found_and_kept_where_it_was_sent(register):
    below = sent(("Một", "15/09/2023", 1000), ("Hai", "15/09/2023", 2000))
    own = sent(("Bắc", "15/09/2023", 3100), ("Nam", "15/09/2023", 7), hours=1)
    later = sent(("Ba", "15/09/2023", 7), hours=2)
    for files in ([below, own, later], [own, below, later]):
        rows = found(register, *files)
        assert rows[["code", "file", "severity"]].to_numpy().tolist() == [
            ["above_differs", "1.csv", "warning"]
        ]
        assert "Bắc" in rows["message_en"].iloc[0]
        assert all(
            one in rows["message_en"].iloc[0] for one in ("3,100", "3,000", "2 of the 2", "15/09/2023")
        )
        assert all(one in rows["message_vi"].iloc[0] for one in ("3.100", "3.000", "2/2", "15/09/2023"))


def test_what_is_known_by_a_day_is_the_newest_count_up_to_it_and_none_after(register):
    below = sent(("Một", "14/09/2023", 1000), ("Một", "16/09/2023", 1500), ("Hai", "15/09/2023", 2000))
    assert found(register, below, sent(("Bắc", "15/09/2023", 3000), hours=1)).empty
    rows = found(register, below, sent(("Bắc", "16/09/2023", 3000), hours=1))
    assert rows["code"].tolist() == ["above_differs"]
    assert "3,500" in rows["message_en"].iloc[0]


def test_an_area_no_longer_in_force_is_part_of_the_sum_as_long_as_it_was(register):
    below = [("Một", "12/09/2023", 1000), ("Hai", "12/09/2023", 2000), ("Cũ", "12/09/2023", 50)]
    after = [("Một", "15/09/2023", 1100), ("Hai", "15/09/2023", 2000)]
    own = [("Bắc", "12/09/2023", 3050), ("Bắc", "15/09/2023", 3100)]
    assert found(register, sent(*below, *after, *own)).empty


def test_a_correction_below_settles_it(register):
    first = sent(("Bắc", "15/09/2023", 3000), ("Một", "15/09/2023", 1000), ("Hai", "15/09/2023", 1999))
    assert found(register, first)["code"].tolist() == ["above_differs"]
    assert found(register, first, sent(("Hai", "15/09/2023", 2000), hours=1)).empty


def test_only_a_tally_from_above_is_said_once_a_file(register):
    below = sent(("Một", "15/09/2023", 1000), ("Hai", "15/09/2023", 2000))
    own = sent(("Nam", "14/09/2023", 400), ("Nam", "15/09/2023", 500), hours=1)
    rows = found(register, below, own)
    assert rows[["code", "file", "severity"]].to_numpy().tolist() == [["above_alone", "1.csv", "info"]]
    assert "Nam" in rows["message_vi"].iloc[0]
    assert "500" in rows["message_en"].iloc[0]


def test_only_tallies_from_above_are_said_unless_areas_below_are_named_and_no_more(register, tmp_path):
    own = sent(("Nam", "15/09/2023", 500))
    assert found(register, own)["code"].tolist() == ["above_alone"]
    names = Register.load(folder(tmp_path, AREAS.replace(",5000", ",")))
    assert found(names, own).empty


def test_a_tally_from_above_is_no_second_count(places):
    (places / "campaign.toml").write_text(CAMPAIGN, encoding="utf-8")
    campaign = load_campaign(places)
    register = Register.of(campaign)
    own = sent(("Bắc", "15/09/2023", 3100), hours=1)
    below = sent(("Một", "15/09/2023", 1000), ("Hai", "15/09/2023", 2000), ("Ba", "15/09/2023", 5))
    panels = [
        build_panel(as_of_view(read_files(files, register).tallies), campaign, date(2023, 9, 18))
        for files in ([below], [below, own])
    ]
    assert panels[0].equals(panels[1])
    assert panels[0]["cumulative"].sum() == 3005
    with pytest.raises(InputError, match="only of areas that are the sum of others"):
        build_panel(as_of_view(read_files([own], register).tallies), campaign, date(2023, 9, 18))


def test_an_areas_own_tally_is_no_part_of_the_headline_that_a_fall_moves(register):
    """Beside 9,000 of those below, twice as many of those above would hide a fall of more than a percent."""
    first = sent(
        ("Một", "15/09/2023", 3000), ("Hai", "15/09/2023", 2000), ("Ba", "15/09/2023", 4000),
        ("Bắc", "15/09/2023", 5000), ("Nam", "15/09/2023", 4000),
    )  # fmt: skip
    second = sent(("Ba", "16/09/2023", 3850), ("Bắc", "16/09/2023", 3000), hours=30)
    held = read_files([first, second], register).held
    assert [(row.reason, row.row) for row in held.itertuples()] == [("fall_unconfirmed", 2)]
