"""All that is wrong with a campaign's folder in one list: file, line, what was found, what to write."""

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import contract
from analysis.campaign import load_campaign, survey
from analysis.errors import InputError
from analysis.tallies import SentFile, keep, read_received
from analysis.tallies.rhythm import settle_rhythm

SMALLEST = """name = "School measles drive"
languages = ["en"]
vocabulary = "vaccination"
timezone = "Africa/Accra"

[[targets]]
value = 900
deadline = 2024-03-29
"""
AREAS = "code,name,eligible,target\nBOL,Bolgatanga,600,500\nBON,Bongo,500,400\n"


def written(folder: Path, toml: str = SMALLEST, areas: str = AREAS, **more: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "campaign.toml").write_text(toml, encoding="utf-8")
    (folder / "areas.csv").write_text(areas, encoding="utf-8")
    for name, text in more.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def told(folder: Path, severity: str = "error") -> list[tuple[str, int | None, str]]:
    return [
        (fault.file.name, fault.line, f"{fault.found}; {fault.write}")
        for fault in survey(folder).faults
        if fault.severity == severity
    ]


def test_the_smallest_campaign_has_nothing_wrong_and_everything_else_by_default(tmp_path):
    folder = written(tmp_path / "drive_2024")
    campaign = load_campaign(folder)
    assert survey(folder).faults == ()
    assert campaign.code == "drive_2024"
    assert campaign.measure == "vaccinated_cumulative"
    assert campaign.unit("en") == "people vaccinated"
    assert (campaign.first_day, campaign.last_day) == (date(2023, 3, 30), date(2024, 4, 29))
    assert campaign.target_on(campaign.first_day).value == 900
    assert not campaign.simulated
    assert campaign.seed == load_campaign(folder).seed


def test_a_share_of_the_eligible_is_what_it_says_and_no_person_more(tmp_path):
    """0.55 x 100 is 55, and of floats 55.00000000000001: a target nobody had set, and none had reached."""
    areas = "code,name,eligible\nBOL,Bolgatanga,100\nBON,Bongo,1000\n"
    campaign = load_campaign(written(tmp_path, SMALLEST.replace("value = 900", "share = 0.55"), areas))
    (target,) = campaign.targets
    assert campaign.target_count(target) == 605
    assert [campaign.target_of(area, target) for area in campaign.areas] == [55, 550]


@pytest.mark.parametrize("eligible", ["", "0"])
def test_a_share_of_nobody_is_no_target(tmp_path, eligible):
    areas = f"code,name,eligible\nBOL,Bolgatanga,{eligible}\nBON,Bongo,{eligible}\n"
    toml = SMALLEST.replace("value = 900", 'share = 0.55\nsource = "plan"')
    assert told(written(tmp_path, toml, areas)) == [
        (
            "campaign.toml",
            7,
            "a share of the eligible people, and areas.csv says of no area how many there are; "
            "write eligible there, or value, a count, in the place of share",
        )
    ]


@pytest.mark.parametrize("zone", ["America", "America/Argentina", "Africa/Nowhere", ""])
def test_a_zone_that_is_none_is_told_also_where_the_days_follow_from_files(tmp_path, zone):
    line = f"{'0' * 64},a.csv,2024-03-01T08:00+00:00,x\n"
    toml = SMALLEST.replace("Africa/Accra", zone)
    (found,) = told(written(tmp_path, toml, received=f"sha256,name,received_at,sender\n{line}"))
    assert "is no IANA time zone" in found[2]


def test_as_of_is_the_day_of_the_newest_file(tmp_path):
    lines = "sha256,name,received_at,sender\n" + "".join(
        f"{day:064d},{day}.csv,2024-03-{day:02d}T18:00:00+00:00,\n" for day in (5, 12, 10)
    )
    campaign = load_campaign(written(tmp_path / "drive", received=lines))
    assert campaign.as_of == datetime(2024, 3, 12, 23, 59, tzinfo=campaign.zone)
    assert campaign.first_day == date(2024, 3, 5)


def test_an_as_of_may_be_a_day(tmp_path):
    campaign = load_campaign(written(tmp_path / "drive", "as_of = 2024-03-10\n" + SMALLEST))
    assert campaign.as_of.isoformat() == "2024-03-10T23:59:00+00:00"


def test_every_fault_is_in_one_list_with_file_and_line(tmp_path):
    toml = (
        SMALLEST.replace("value", "valu").replace('"Africa/Accra"', '"Africa/Akkra"')
        + 'seed = "7"\n[[targets]]\nvalue = 5\ndeadline = "2024-04-01"\n'
        + '[[measures]]\ncode = "refusals"\nkind = "period"\npairs_with = "refused"\n'
        + '[[measures]]\ncode = "area"\nkind = "period"\n'
    )
    areas = (
        "code,name,parent,eligible,successor,valid_to\nA,One,,600,,\nA,Two,,600,,\nB,Three,C,1.000,,\n"
        "C,Four,D,600,,\nD,Five,C,600,,\nE,Six,A,5,Q,2024-01-01\nF,Seven,X,5,,\n"
    )
    pushes = "area,first_day,kind,source\nA,2024-02-20,teams,x\nZ,2024-02-20,teams,x\nA,20/2/2024,teams,x\n"
    folder = written(tmp_path / "drive", toml, areas, mobilisations=pushes, published="day,place\n1,2\n")
    found = told(folder)
    for file, line, says in [
        ("campaign.toml", 4, "Africa/Akkra"),
        ("campaign.toml", 7, "unknown key 'valu'; write 'value'"),
        ("campaign.toml", 9, "targets.0.seed: unknown key"),
        ("campaign.toml", 12, "targets.1.deadline"),
        ("campaign.toml", 16, "refusals pairs with 'refused'"),
        ("campaign.toml", 17, "'area' is what a column of a file can hold"),
        ("areas.csv", 3, "code A is already 'One'"),
        ("areas.csv", 4, "eligible is '1.000'; write a whole number"),
        ("areas.csv", 5, "ring: C < D < C"),
        ("areas.csv", 7, "successor 'Q' is no area"),
        ("areas.csv", 8, "parent 'X' is no area"),
        ("mobilisations.csv", 3, "area 'Z' is not in areas.csv"),
        ("mobilisations.csv", 4, "first_day is '20/2/2024'; write the date as 2023-09-10"),
        ("published.csv", 1, "unknown column 'day'"),
    ]:
        assert any(one[:2] == (file, line) and says in one[2] for one in found), (file, line, says, found)
    with pytest.raises(InputError, match=rf"and {len(found) - 1} more: 'analysis campaigns check"):
        load_campaign(folder)


def test_a_column_of_strata_that_areas_do_not_have_is_found_with_the_rest(tmp_path):
    folder = written(tmp_path / "drive", 'strata = "terain"\nseed = "7"\n' + SMALLEST)
    assert [one[:2] for one in told(folder)] == [("campaign.toml", 1), ("campaign.toml", 2)]
    assert "strata: 'terain' is no column of areas.csv; write 'terrain'" in told(folder)[0][2]


def test_what_can_be_reported_all_the_same_is_a_warning(tmp_path):
    toml = SMALLEST.replace('languages = ["en"]', 'languages = ["en", "fr"]').replace(
        "value = 900", "value = 2000"
    )
    toml = toml.replace("[[targets]]", "[[targets]]\nknown_from = 2024-04-01").replace(
        'timezone = "Africa/Accra"\n', ""
    )
    areas = (
        "code,name,type,parent,eligible,target\nP,North,region,,900,\nA,Bongo,district,P,600,700\n"
        "B,Bongo,district,P,500,400\nC,Tempane,district,P,,100\n"
    )
    pushes = "area,first_day,last_day,kind,source\nA,2024-04-02,2024-04-05,teams,x\nA,2024-04-04,,teams,x\n"
    folder = written(tmp_path / "drive", toml, areas, mobilisations=pushes)
    found = told(folder, "warning")
    for file, line, says in [
        ("campaign.toml", None, "timezone: not said"),
        ("campaign.toml", 1, "name: no wording in fr"),
        ("campaign.toml", 7, "deadline 2024-03-29 lies before first_day"),
        ("campaign.toml", 6, "add up to 1,200, the target is 2,000"),
        ("areas.csv", 3, "A: target 700 is above its 600 eligible people"),
        ("areas.csv", 4, "B and A are both called 'Bongo'"),
        ("areas.csv", 5, "eligible: not known for 1 of 3 areas: C"),
        ("mobilisations.csv", 3, "area A is mobilised twice on 2024-04-04: line 2 too"),
    ]:
        near = [one for one in found if one[0] == file and says in one[2]]
        assert near, (says, found)
        assert line is None or abs(near[0][1] - line) <= 1, (near, line)
    assert load_campaign(folder).code == "drive"


def test_a_target_above_all_eligible_people_and_parents_that_do_not_add_up(tmp_path):
    areas = "code,name,parent,eligible\nP,North,,900\nA,Bongo,P,600\nB,Garu,P,500\n"
    folder = written(tmp_path / "drive", SMALLEST.replace("900", "1200"), areas)
    found = [one[2] for one in told(folder, "warning")]
    assert any("target 1,200 is above all 1,100 eligible people" in one for one in found)
    assert any("P: eligible 900, but the areas below it add up to 1,100" in one for one in found)


def test_a_unit_missing_in_one_language_has_its_line(tmp_path):
    toml = SMALLEST.replace("languages", "unit = { fr = 'enfants' }\nlanguages").replace(
        '["en"]', '["en", "fr"]'
    )
    folder = written(tmp_path / "drive", toml)
    assert ("campaign.toml", 2, "unit: no wording in en; add it; until then the one in fr stands in") in told(
        folder, "warning"
    )


def test_public_holidays_are_a_countrys_with_additions_and_without_removals(tmp_path):
    toml = SMALLEST + (
        '[calendar]\ncountry = "GH"\nwithout = [2024-03-06]\n'
        '[[holidays]]\nfirst = 2024-02-01\nlast = 2024-02-02\nname = { en = "Market" }\n'
        'source = "the office"\n'
    )
    campaign = load_campaign(written(tmp_path / "drive", "first_day = 2024-01-02\n" + toml))
    assert [(one.first.isoformat(), one.name("en")) for one in campaign.holidays] == [
        ("2024-02-01", "Market"),
        ("2024-01-07", "Constitution Day"),
        ("2024-01-08", "Public Holiday"),
        ("2024-03-29", "Good Friday"),
        ("2024-04-01", "Easter Monday"),
        ("2024-04-11", "Eid-ul-Fitr"),
    ]
    assert campaign.holidays[1].source.startswith("holidays ")
    written(tmp_path / "drive", toml.replace('"GH"', '"GHANA"'))
    assert any("country 'GHANA' is unknown" in one[2] for one in told(tmp_path / "drive"))


@pytest.mark.parametrize("mark", ["\u2028", "\x85"])
def test_a_name_pasted_with_a_mark_of_a_web_page_is_one_cell(mark, tmp_path):
    areas = AREAS.replace("Bolgatanga", f"Bolgatanga{mark}East").replace("BON", "bol")
    assert ("areas.csv", 3) in [place[:2] for place in told(written(tmp_path, areas=areas))]
    assert len(told(tmp_path)) == 1  # that code differs from another in capitals only


def test_of_many_areas_the_first_are_listed_in_their_order(tmp_path):
    areas = "code,name,eligible,target\n" + "".join(f"{at},Area {at},600,9\n" for at in range(1000, 9000))
    pushes = "area,first_day,kind,source\nzz,2024-02-01,call,the office\n"
    (said,) = (one for name, _, one in told(written(tmp_path, areas=areas, mobilisations=pushes))
               if name == "mobilisations.csv")  # fmt: skip
    assert said.startswith("area 'zz' is not in areas.csv; there is 1000, 1001, 1002, ")
    assert said.endswith(", 1048, 1049 and 7,950 more")


@pytest.mark.parametrize("key", ["first_day", "last_day"])
def test_a_day_with_an_hour_is_a_fault_also_where_a_country_has_its_holidays(key, tmp_path):
    toml = f'{key} = 2024-01-02T00:00:00\n{SMALLEST}[calendar]\ncountry = "GH"\n'
    assert (1, key) in [(line, said.partition(":")[0]) for _, line, said in told(written(tmp_path, toml))]


@given(st.data())
@settings(deadline=None, max_examples=60)
def test_no_key_of_any_kind_makes_more_than_faults(tmp_path_factory, data):
    """Whatever stands at a key, looking at the folder ends in a list of faults, never in a traceback."""
    key = data.draw(st.sampled_from(
        ["name", "unit", "languages", "measure", "measures", "targets", "holidays", "calendar", "layout",
         "rhythm", "area_types", "words", "assumptions", "timezone", "seed", "as_of", "first_day", "last_day",
         "vocabulary"]
    ))  # fmt: skip
    value = data.draw(st.sampled_from(
        ["1", '"x"', "2024-01-01", "[]", "[1]", "{}", "{ en = 1 }", '{ country = 1 }', "[{ code = 1 }]",
         "[{ deadline = 2024-01-01 }]", "true", "2024-01-01T00:00:00Z", '{ en = { vi = ["x"] } }', "[[1]]"]
    ))  # fmt: skip
    kept = [line for line in SMALLEST.partition("[[targets]]")[0].splitlines() if not line.startswith(key)]
    folder = written(tmp_path_factory.mktemp("drives") / "drive", "\n".join([*kept, f"{key} = {value}"]))
    seen = survey(folder)
    assert (seen.campaign is None) == any(one.severity == "error" for one in seen.faults)


def test_every_warning_is_a_finding_of_a_run_with_its_file_and_line_and_no_error(tmp_path):
    toml = SMALLEST.replace('timezone = "Africa/Accra"\n', "").replace("2024-03-29", "2024-01-29")
    areas = (
        "code,name,parent,eligible,target\nUE,Upper East,,1000,950\nBOL,Bolgatanga,UE,300,500\n"
        "BON,Bolgatanga,UE,500,400\nNAV,Navrongo,UE,,\n"
    )
    pushes = (
        "area,first_day,last_day,kind,source\nBOL,2024-02-05,2024-02-09,visit,x\nBOL,2024-02-08,,visit,x\n"
    )
    folder = written(
        tmp_path / "drive",
        "first_day = 2024-02-01\nlast_day = 2024-03-31\n" + toml,
        areas,
        mobilisations=pushes,
    )
    campaign = load_campaign(folder)
    arrived = datetime(2024, 2, 6, 18, tzinfo=campaign.zone)
    keep(folder, [SentFile("a.csv", b"Area;Date;Total\nBOL;06/02/2024;120\n", arrived)], "")
    intake, _ = settle_rhythm(read_received(campaign, arrived), campaign)
    found = contract.check("findings.csv", intake.findings)
    listed = found[found["code"] == "campaign_doubtful"]
    told_of = [fault for fault in survey(folder).faults if fault.severity == "warning"]
    assert [(one.file, None if one.row is pd.NA else one.row) for one in listed.itertuples()] == [
        (fault.file.name, fault.line) for fault in told_of
    ]
    for fault, english in zip(told_of, listed["message_en"], strict=True):
        assert f"{fault.found}; {fault.write}" in english
    said = " ".join(listed["message_en"])
    for doubt in ("timezone", "deadline", "mobilised twice", "both called", "eligible: not known", "BOL: "):
        assert doubt in said
    assert set(listed["severity"]) == {"warning"}
    assert set(listed["kind"]) == {"consistency"}
    assert "error" not in set(found["severity"])


def test_a_faulty_key_is_not_a_missing_one_and_hides_nothing_else(tmp_path):
    toml = SMALLEST.replace("Africa/Accra", "Africa/Acra").replace(
        'languages = ["en"]', 'languages = ["en", "fr"]'
    )
    toml = toml.replace('vocabulary = "vaccination"', 'unit = { en = "doses" }\nvocabulary = "vaccination"')
    folder = written(tmp_path / "drive", toml + '\n[rhythm]\ncounts = "week"\nsent = "week"\non = "tusday"\n',
                     AREAS.replace("600,500", "400,500"))  # fmt: skip
    errors, warnings = told(folder), told(folder, "warning")
    assert [line for _, line, _ in errors] == [5, 14]
    assert "'tusday' is nothing that can stand here; write 'tuesday'" in errors[1][2]
    assert not any("not said" in text for *_, text in warnings)
    for doubt in ("unit: no wording in fr", "BOL: target 500 is above its 400"):
        assert any(doubt in text for *_, text in warnings), doubt


@pytest.mark.parametrize(
    ("rhythm", "says"),
    {
        'counts = "week"\nsent = "week"\non = ["monday", "thursday"]': "counts = 'sending'",
        'counts = "sending"\nsent = "week"\non = "monday"': "on = ['monday', 'thursday']",
        'counts = "sending"\nsent = "day"': "on = ['monday', 'thursday']",
        'sent = "month"\non = ["monday", "thursday"]': "goes with 'week'",
        'sent = "week"\non = ["monday", "thirsday"]': "write 'thursday'",
    }.items(),
)
def test_several_weekdays_are_sendings_of_a_week(rhythm, says, tmp_path):
    ((_, _, fault),) = told(written(tmp_path / "drive", f"{SMALLEST}\n[rhythm]\n{rhythm}\n", AREAS))
    assert says in fault


def test_a_unit_that_is_missing_hides_no_other_fault(tmp_path):
    toml = SMALLEST.replace('vocabulary = "vaccination"\n', "")
    toml += '\n[[measures]]\ncode = "doses"\nkind = "cumulative"\n'
    folder = written(tmp_path / "drive", toml, AREAS.replace("600,500", "400,500"))
    assert {text.partition(":")[0] for *_, text in told(folder)} == {"unit", "people"}
    assert any("BOL: target 500" in text for *_, text in told(folder, "warning"))


def test_whom_it_can_reach_is_asked_only_where_somebody_is_eligible(tmp_path):
    toml = SMALLEST.replace('vocabulary = "vaccination"\n', 'unit = "trees"\n')
    toml += '\n[[measures]]\ncode = "trees"\nkind = "cumulative"\n'
    ((_, _, asked),) = told(written(tmp_path / "asked", toml))
    assert asked == (
        "people: not said, and areas.csv says how many are eligible; "
        'write people = "…", what those are, in en; or leave eligible empty'
    )
    folder = written(tmp_path / "none", toml, "code,name,target\nBOL,Bolgatanga,500\nBON,Bongo,400\n")
    assert told(folder) == []
    assert load_campaign(folder).people is None


def test_every_text_may_be_one_in_the_first_language(tmp_path):
    toml = SMALLEST.replace('languages = ["en"]', 'languages = ["fr", "en"]').replace(
        "[[targets]]", 'people = "enfants"\n[words]\nteams = "équipes"\n[issuer]\nbody = "Le ministère"\n'
        'letterhead = ["Santé"]\n[[targets]]'
    )  # fmt: skip
    dated = 'name = "Fête"\nsource = "journal"\n'
    toml += f"[[holidays]]\nfirst = 2024-03-06\nlast = 2024-03-06\n{dated}"
    toml += f"[[events]]\ndate = 2024-03-07\n{dated}"
    toml += '[[assumptions]]\nid = "a"\ntext = "on suppose"\nimpact = "tout"\n'
    campaign = load_campaign(written(tmp_path / "drive", toml))
    said = [campaign.name, campaign.people, campaign.words["teams"], campaign.issuer.body]
    said += [*campaign.issuer.letterhead, campaign.holidays[0].name, campaign.events[0].name]
    said += [campaign.assumptions[0].text, campaign.assumptions[0].impact]
    assert {tuple(text) for text in said} == {("fr",)}
    assert campaign.holidays[0].name("en") == "Fête"
    missing = [text for *_, text in told(campaign.folder, "warning") if "no wording in en" in text]
    assert any("holidays.0.name" in text for text in missing)
    (fault,) = told(written(tmp_path / "wrong", toml.replace('name = "Fête"', "name = 5", 1)))
    assert "holidays" in fault[2] or "name" in fault[2]


def test_what_nothing_is_computed_from_may_be_left_out(tmp_path):
    folder = written(tmp_path / "drive", borders="area,neighbour\nBOL,BON\n",
                     published="date,place,metric,value,unit,qualifier,source\n"
                               "2024-03-01,all,doses,5,doses,exact,radio\n")  # fmt: skip
    assert told(folder) == []
    assert [one.seen_in for one in load_campaign(folder).published] == [None]


def test_a_divided_area_has_a_last_day_no_successor_and_parts_that_are_there(tmp_path):
    areas = (
        "code,name,valid_to,successor,divided_into,eligible\nA,One,2024-03-01,,AA; AB,600\n"
        "AA,Two,,,,300\nB,Three,,,AA,600\nC,Four,2024-03-01,B,AA,600\n"
    )
    found = told(written(tmp_path / "drive", SMALLEST, areas))
    for line, says in [(2, "divided_into 'AB' is no other area"), (4, "no last day"), (5, "a successor")]:
        assert [one for one in found if one[:2] == ("areas.csv", line) and says in one[2]], (line, found)


def test_an_area_that_ends_and_leaves_nobody_its_counts_is_named(tmp_path):
    """One that goes on, in itself or others, is not; nor one whose areas are counted, or that ends later."""
    areas = (
        "code,name,parent,valid_from,valid_to,successor,divided_into,eligible\n"
        "A,One,P,,2024-03-01,,,600\nB,Two,P,,2024-03-01,D,,300\nC,Three,P,,2024-03-01,,D,600\n"
        "D,Four,,,,,,600\nP,Above,,,2024-03-01,,,\nE,Five,,,2024-03-01,,,50\nE,Five,,2024-03-02,,,,50\n"
        "F,Six,,,2031-03-01,,,50\n"
    )
    found = [
        one for one in told(written(tmp_path / "drive", SMALLEST, areas), "warning") if "no sum" in one[2]
    ]
    assert [one[:2] for one in found] == [("areas.csv", 2)]
