"""What is one witness: areas that were divided, merged or renamed while a drive runs."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from analysis.campaign import load_campaign
from analysis.compare import push_headlines, push_of, study_campaign
from analysis.panel import build_panel, pushes_of

FIRST, PUSH, LAST = date(2024, 3, 1), 30, 40
AREAS = [str(number) for number in range(1, 13)]
NUMBERS = ["estimate", "interval_low", "interval_high", "p_value", "extra_persons", "extra_low", "extra_high"]


def day(number):
    return FIRST + timedelta(days=number)


def counts(pushed, lift=2.0, seed=5, areas=AREAS):
    """Cumulative counts (area, day) of 4,000 people an area; those pushed count ``lift`` times as many."""
    rng, left = np.random.default_rng(seed), np.full(len(areas), 4000.0)
    course = np.zeros((len(areas), LAST + 1))
    for number in range(1, LAST + 1):
        rate = 0.01 * np.exp(rng.normal(0, 0.15, len(areas)))
        rate[np.isin(areas, pushed) & (number >= PUSH)] *= lift
        new = rng.poisson(left * rate)
        course[:, number], left = course[:, number - 1] + new, left - new
    return pd.DataFrame(course, index=list(areas))


def drive(folder, rows, pushes, told):
    """Return a campaign of areas and pushes (area, day), and the panel of what each area counted."""
    (folder / "drive").mkdir(parents=True)
    (folder / "drive" / "campaign.toml").write_text(
        'name = "x"\ntimezone = "UTC"\n[[targets]]\nvalue = 90\ndeadline = 2024-05-31\n', encoding="utf-8"
    )
    names = ["code", "eligible", "valid_from", "valid_to", "successor", "divided_into"]
    table = pd.DataFrame(rows, columns=names)
    table.assign(name="Area " + table["code"]).to_csv(folder / "drive/areas.csv", index=False)
    made = pd.DataFrame(pushes, columns=["area", "first_day"])
    made["first_day"] = made["last_day"] = [day(number).isoformat() for number in made["first_day"]]
    made.assign(kind="students", source="radio").to_csv(folder / "drive/mobilisations.csv", index=False)
    campaign = load_campaign(folder / "drive")
    tallies = told.rename_axis("area_code").reset_index().melt("area_code", var_name="date").dropna()
    tallies["date"] = pd.to_datetime([day(number) for number in tallies["date"]]).astype("datetime64[us]")
    return campaign, build_panel(tallies.assign(measure=campaign.measure), campaign, day(LAST))


def plain(code, **facts):
    return {"code": code, "eligible": 4000, **facts}


def headlines(campaign, panel):
    return push_headlines(panel, push_of(campaign, day(LAST)), seed=1)


def split(told, code, last, shares=(0.1, 0.2, 0.3, 0.4)):
    """Take an area's counts for those of four parts of it from the day after its last."""
    parts = pd.DataFrame([share * told.loc[code] for share in shares], [f"{code}{one}" for one in "ABCD"])
    parts.loc[:, :last] = np.nan
    whole = told.copy()
    whole.loc[code, last + 1 :] = np.nan
    return pd.concat([whole, parts])


def divided(code, last):
    names = [f"{code}{one}" for one in "ABCD"]
    return [plain(one) for one in AREAS if one != code] + [
        plain(code, valid_to=day(last), divided_into="; ".join(names)),
        *(
            plain(one, valid_from=day(last + 1), eligible=eligible)
            for one, eligible in zip(names, (400, 800, 1200, 1600), strict=True)
        ),
    ]


@pytest.mark.parametrize("code", ["1", "7"])
@pytest.mark.parametrize("last", [10, 33, 38])
def test_an_area_that_was_divided_is_one_witness_whenever_that_was(tmp_path, code, last):
    """Its parts have one history: counted as four they would make the comparison surer than it is."""
    pushes, told = [("1", PUSH), ("2", PUSH), ("3", PUSH)], counts(["1", "2", "3"])
    whole = headlines(*drive(tmp_path / "whole", [plain(one) for one in AREAS], pushes, told))
    after = [push if push[1] <= last else (f"{push[0]}{part}", PUSH) for push in pushes
             for part in ("ABCD" if push[0] == code and last < PUSH else " ")]  # fmt: skip
    pushes = [(area.strip(), first) for area, first in after] if code == "1" else pushes
    campaign, panel = drive(tmp_path / "parts", divided(code, last), pushes, split(told, code, last))
    assert panel["area"].nunique() == 15
    found = headlines(campaign, panel)
    assert found[["n_treated", "n_control"]].to_numpy().tolist() == [[3, 9]] * len(found)
    np.testing.assert_allclose(found[NUMBERS], whole[NUMBERS], rtol=1e-6)


def test_parts_that_were_pushed_apart_stand_on_their_own_counts(tmp_path):
    told = counts(["1"])
    pushes = [("1A", PUSH), ("2", PUSH), ("3", PUSH)]
    campaign, panel = drive(tmp_path, divided("1", 12), pushes, split(told, "1", 12))
    study = study_campaign(panel, campaign, day(LAST))
    assert {"1A", "1B", "1C", "1D"} < set(study.design.areas)
    own = study.design.outcome[study.design.areas.index("1A")]
    assert np.isnan(own[:13]).all()  # till the first day that is of it alone
    assert not np.isnan(own[13:]).any()


def merged(*, into="9", last=38):
    return [plain(one, **({"valid_to": day(last), "successor": into} if one == "3" else {})) for one in AREAS]


def merge(told, code="3", into="9", last=38):
    """Add an area's counts to another's from the day after its last."""
    after = told.copy()
    after.loc[into, last + 1 :] += after.loc[code, last + 1 :]
    after.loc[code, last + 1 :] = np.nan
    return after


def test_an_area_of_which_a_part_was_pushed_is_neither_pushed_nor_untouched(tmp_path):
    """Among those untouched it hid a part of what the push brought."""
    pushes, told = [("1", PUSH), ("2", PUSH), ("3", PUSH)], counts(["1", "2", "3"], lift=4.0)
    campaign, panel = drive(tmp_path, merged(), pushes, merge(told))
    assert pushes_of(panel)["why"].to_dict() == {"1": "", "2": "", "9": "partly"}
    study = study_campaign(panel, campaign, day(LAST))
    assert [(one.area, one.first_day, one.why) for one in study.not_compared] == [("9", day(PUSH), "partly")]
    week = study.main.effect
    assert (week.n_treated, week.n_control) == (2, 8)
    assert week.interval[0] < np.log(4) < week.interval[1]
    before = panel[panel["date"] < pd.Timestamp(day(PUSH))]
    assert before.loc[before["area"] == "9", "new"].notna().sum() == PUSH - 1


@pytest.mark.parametrize("also", [True, False])
def test_an_area_of_which_all_was_pushed_or_that_goes_by_another_name_was_pushed(tmp_path, also):
    told = counts(["1", "3", "9"])
    rows = merged() if also else [*merged(into="30")[:], plain("30", valid_from=day(39))]
    if not also:
        told.loc["30"] = told.loc["3"].where(told.columns > 38)
        told.loc["3", 39:] = np.nan
    pushes = [("1", PUSH), ("3", PUSH), *([("9", PUSH)] if also else [])]
    campaign, panel = drive(tmp_path, rows, pushes, merge(told) if also else told)
    week = study_campaign(panel, campaign, day(LAST)).main.effect
    pushed = {"1", "9"} if also else {"1", "30"}
    assert {name for name, one in week.details["by_area"].items() if one["treated"]} == pushed


def test_what_became_of_a_pushed_area_is_found_through_divisions_and_mergers(tmp_path):
    """Parts of a part, and a part that another area took in, which was not pushed."""
    rows = [
        plain("1", valid_to=day(31), divided_into="1A; 1B"),
        plain("1A", valid_from=day(32), valid_to=day(33), divided_into="1C; 1D"),
        plain("1B", valid_from=day(32), valid_to=day(35), successor="2"),
        *(plain(one, valid_from=day(34)) for one in ("1C", "1D")),
        plain("2"),
        plain("4"),
    ]
    campaign, _ = drive(tmp_path, rows, [("1", PUSH)], counts(["1"], areas=["1", "2", "4"]))
    reached = {number: {one.area: (one.area, one.first_day) not in campaign.partly_pushed(day(number))
                        for one in campaign.pushes_on(day(number))}
               for number in (31, 32, 34, 36)}  # fmt: skip
    assert reached == {
        31: {"1": True}, 32: {"1A": True, "1B": True}, 34: {"1C": True, "1D": True, "1B": True},
        36: {"1C": True, "1D": True, "2": False},
    }  # fmt: skip
