"""A campaign folder becomes facts, or one line that names the file, the line and the way out."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from analysis.campaign import load_areas, load_campaign
from analysis.errors import InputError

AREAS = "code,name,type,parent,valid_from,valid_to,successor,population,eligible,target\n"


@pytest.fixture
def folder(project, tmp_path) -> Path:
    """Return a copy of Quảng Nam's facts, to break."""
    copy = tmp_path / "quang_nam_2023"
    copy.mkdir()
    for path in (project / "data" / "raw" / "quang_nam_2023").iterdir():
        if path.is_file():
            shutil.copy(path, copy)
    return copy


def replace(path: Path, old: str, new: str) -> int:
    """Replace a text that stands once and return the line it stands on."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_quang_nam_is_as_published(project):
    campaign = load_campaign(project / "data" / "raw" / "quang_nam_2023")
    assert len(campaign.areas) == 18
    assert sum(area.population for area in campaign.areas) == 1_495_812
    assert sum(area.target for area in campaign.areas) == 738_291
    assert {one.area for one in campaign.mobilisations} == {"503", "513", "517"}
    assert campaign.simulated


def test_a_folder_that_was_changed_is_looked_at_anew(folder):
    before = load_campaign(folder)
    assert load_campaign(folder) is before
    replace(folder / "campaign.toml", f"seed = {before.seed}", "seed = 77")
    assert load_campaign(folder).seed == 77


def test_the_deadline_slipped_and_the_target_did_not(project):
    campaign = load_campaign(project / "data" / "raw" / "quang_nam_2023")
    june, september = campaign.target_on(date(2023, 6, 15)), campaign.target_on(date(2023, 9, 10))
    assert (june.deadline, september.deadline) == (date(2023, 6, 30), date(2023, 9, 30))
    assert campaign.target_count(june) == campaign.target_count(september) == 738_291
    assert campaign.target_on(date(2023, 6, 6)) == june


def test_a_changed_copy_keeps_nothing_that_followed_from_the_former_facts(project):
    campaign = load_campaign(project / "data" / "raw" / "quang_nam_2023")
    day = campaign.last_day
    assert campaign.pushes_on(day)
    assert not campaign.model_copy(update={"mobilisations": ()}).pushes_on(day)


def test_a_share_is_a_count_of_the_eligible_rounded_up(project):
    campaign = load_campaign(project / "data" / "raw" / "us_vaccination_2021")
    assert sum(area.eligible for area in campaign.areas) == 258_260_461
    assert campaign.target_count(campaign.targets[0]) == 180_782_323  # 0.7 x 258,260,461 = 180,782,322.7
    assert not campaign.simulated


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("campaign.toml", "seed = 20230910", "sead = 20230910", "sead"),
        ("campaign.toml", "seed = 20230910", 'seed = "20230910"', "seed"),
        ("campaign.toml", "first_day = 2023-06-07", "first_day = 2024-06-07", "first_day"),
        ("campaign.toml", 'timezone = "Asia/Ho_Chi_Minh"', 'timezone = "Asia/Quang_Nam"', "timezone"),
        ("areas.csv", "122374", "122.374", "population"),
        ("areas.csv", "502,Tam", "../x,Tam", "code"),
        ("areas.csv", "503,Hội An,TP,49", "503,Hội An,TP,94", "94"),
        ("campaign.toml", 'vocabulary = "eid"', 'vocabulary = "eide"', "eide"),
        ("mobilisations.csv", "513,2023-09-10", "613,2023-09-10", "613"),
        ("mobilisations.csv", "513,2023-09-10", "513,2022-09-10", "2022-09-10"),
        ("mobilisations.csv", "513,2023-09-10", "513,10/9/2023", "10/9/2023"),
        ("published.csv", "date,place", "day,place", "day"),
        ("borders.csv", "502,513,9.7", "502,999,9.7", "999"),
    ],
)
def test_a_broken_fact_is_named_with_file_and_line(folder, file, old, new, says):
    line = replace(folder / file, old, new)
    with pytest.raises(InputError) as caught:
        load_campaign(folder)
    message = str(caught.value)
    assert says in message
    assert file in message
    assert "\n" not in message
    if "first_day" not in says:
        assert f"line {line}" in message


def test_an_error_deep_in_a_table_names_its_own_line(folder):
    line = replace(folder / "campaign.toml", "deadline = 2023-09-30", 'deadline = "2023-09-30"')
    with pytest.raises(InputError, match=rf"line {line}: targets\.1\.deadline"):
        load_campaign(folder)


def test_a_target_is_a_count_or_a_share_never_both(folder):
    replace(folder / "campaign.toml", "deadline = 2023-06-30\n", "deadline = 2023-06-30\nshare = 0.7\n")
    with pytest.raises(InputError, match="not both"):
        load_campaign(folder)


def test_areas_alone_are_enough_and_leading_zeros_stay(tmp_path):
    (tmp_path / "areas.csv").write_text(AREAS + "001,Ba Đình,H,,,,,,,\n", encoding="utf-8-sig")
    (area,) = load_areas(tmp_path)
    assert (area.code, area.population) == ("001", None)


def test_the_full_word_of_a_type_is_its_abbreviation(tmp_path):
    (tmp_path / "areas.csv").write_text(AREAS + "502,Tam Kỳ,Thành phố,,,,,,,\n", encoding="utf-8")
    assert load_areas(tmp_path)[0].type == "TP"


def test_a_code_may_change_its_meaning_but_not_have_two(tmp_path):
    path = tmp_path / "areas.csv"
    path.write_text(
        AREAS + "20791,Hà Lam,TT,,,2025-06-30,,,,\n20791,Thăng Bình,X,,2025-07-01,,,,,\n", encoding="utf-8"
    )
    old, new = load_areas(tmp_path)
    assert old.valid_on(date(2025, 6, 30))
    assert not new.valid_on(date(2025, 6, 30))
    path.write_text(AREAS + "20791,Hà Lam,TT,,,,,,,\n20791,Thăng Bình,X,,,,,,,\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 3: code 20791"):
        load_areas(tmp_path)


def test_an_empty_folder_says_what_a_campaign_is(tmp_path):
    with pytest.raises(InputError, match=r"campaign.toml and areas.csv"):
        load_campaign(tmp_path)
