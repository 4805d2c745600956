"""Headline numbers against a panel whose numbers are known, and what published figures alone can tell."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from analysis.artifacts import read_table, write_table
from analysis.campaign import Campaign
from analysis.compare import EFFECT_COLUMNS
from analysis.errors import InputError
from analysis.published import Bounds, bounds_of, printed_otherwise, push_day, push_day_table, rounding_of
from analysis.report import make_tables, read_evidence, summarise, write_report
from analysis.report.numbers import Number
from analysis.report.table import table_of
from analysis.workspace import Workspace, parse_as_of
from tests.report.conftest import effects, write_artifacts


@pytest.fixture(scope="module")
def numbers(quang_nam):
    return summarise(read_evidence(quang_nam.workspace))


def test_total_week_and_change_are_those_of_the_panel(quang_nam, numbers):
    workspace = quang_nam.workspace
    panel = read_table(workspace.processed / "panel.parquet")
    wide = panel[~panel["interpolated"]].pivot(index="area", columns="date", values="cumulative")
    last = pd.Timestamp(workspace.last_day)
    now, week, two = (wide[last - pd.Timedelta(days=back)] for back in (0, 7, 14))
    total = wide.ffill(axis="columns")[last].sum()
    assert numbers.amount("total") == total
    assert numbers.amount("older") == total - now.sum() > 0
    assert (numbers.amount("week"), numbers.amount("week_areas")) == ((now - week).sum(), 17)
    assert numbers.amount("change") == ((now - week) - (week - two)).sum()
    alone = [code for code in wide.index if code not in ("503", "513", "517")]
    changed = (now - week)[alone].sum() / (week - two)[(now - week).notna()][alone].sum() - 1
    assert numbers.amount("unpushed_change") == pytest.approx(changed)
    assert numbers.amount("share") == pytest.approx(total / 738_291)
    assert numbers.amount("pace_needed") == pytest.approx((738_291 - total) / 13)


def test_every_number_has_its_source_and_every_share_its_denominator(numbers):
    for number in numbers.values():
        assert number.source
        if number.kind == "share":
            assert number.denominator


def test_texts_of_the_tallies_sort_as_texts_do(quang_nam):
    texts = read_evidence(quang_nam.workspace).tallies.select_dtypes("category")
    assert "file" in texts
    for name in texts:
        assert texts[name].cat.categories.is_monotonic_increasing


def test_an_area_without_figures_for_the_day_is_named_and_has_no_week(quang_nam):
    evidence = read_evidence(quang_nam.workspace)
    table = make_tables(evidence, summarise(evidence))["areas"]
    row = dict(
        zip([c.key for c in table.columns], table.rows[table.column("area").index("Hội An")], strict=True)
    )
    assert row["week"] is None
    assert row["count"] > 0
    assert "Hội An" in quang_nam.summary["headline"]["vi"][-1]


def test_the_sum_under_the_areas_is_the_headline(quang_nam, numbers):
    evidence = read_evidence(quang_nam.workspace)
    table = make_tables(evidence, numbers)["areas"]
    assert table.strong is not None
    assert table.column("count")[table.strong] == numbers.amount("total")
    assert sum(table.column("count")[: table.strong]) == numbers.amount("total")


def test_a_correction_of_this_week_is_listed(quang_nam):
    evidence = read_evidence(quang_nam.workspace)
    (row,) = make_tables(evidence, summarise(evidence))["revisions"].rows
    day = quang_nam.workspace.last_day - timedelta(days=10)
    assert (row[0], row[1], row[5]) == ("Tam Kỳ", day, 7.0)


class TestPublishedFigures:
    def test_the_pace_needed_since_june(self, numbers):
        assert numbers.amount("published_count") == 186_568
        assert numbers.amount("published_days") == 115
        assert numbers["published_pace"].text("vi") == "4.798"
        assert numbers["published_ratio"].text("vi") == "2,6"

    def test_the_day_of_the_push_is_bounded_by_its_qualifiers(self, numbers):
        pushed, rest = numbers["published_day_pushed"], numbers["published_day_rest"]
        assert (pushed.low, pushed.high) == (11_700, 11_997)
        assert (rest.low, rest.high) == (603, 999)
        assert numbers["published_rate_pushed"].interval_text("en") == ["27.9", "28.6", "100%"]
        assert numbers["published_rate_rest"].interval_text("en") == ["0.6", "0.9", "100%"]

    def test_the_notebook_reads_the_same_bounds(self, quang_nam, numbers):
        workspace = quang_nam.workspace
        table = push_day_table(workspace.campaign, workspace.last_day).set_index(["quantity", "unit"])
        for key, row in (
            ("published_day_pushed", ("mobilised areas", "accounts")),
            ("published_day_total", ("all areas", "accounts")),
            ("published_day_rest", ("other areas", "accounts")),
            ("published_rate_rest", ("other areas", "per 1,000 residents")),
        ):
            assert tuple(table.loc[row]) == (numbers[key].low, numbers[key].high)

    def test_a_share_that_the_source_prints_otherwise_is_said(self, quang_nam, numbers):
        assert numbers["published_printed"].text("en") == "24.4%"
        assert "The source prints 24.4%; its own numerator and denominator give 25.3%" in quang_nam.page("en")

    def test_what_was_not_yet_printed_is_not_known(self, united_states):
        dates = {row[0] for row in united_states.summary["tables"]["published"]["rows"]["en"]}
        assert dates == {"14\xa0Jun 2021"}

    def test_a_qualifier_is_a_bound(self, quang_nam):
        figures = [one for one in quang_nam.workspace.campaign.published if one.metric == "activated_on_day"]
        assert rounding_of(figures) == 100
        assert bounds_of(figures[0], 100) == Bounds(12_600, 12_699)
        exact = replace_qualifier(figures[0], "exact")
        assert bounds_of(exact, 100) == Bounds(12_600, 12_600)
        assert bounds_of(replace_qualifier(figures[0], "almost"), 100) == Bounds(12_500, 12_600)
        assert bounds_of(replace_qualifier(figures[0], "missing"), 100) == Bounds(0, None)

    def test_a_share_that_is_printed_whole_or_ends_in_a_half_is_what_it_is_rounded_from(self, quang_nam):
        printed = next(one for one in quang_nam.workspace.campaign.published if one.printed_percent)
        for value, percent, otherwise in (
            (453, 45, False),
            (455, 46, False),
            (455, 45, False),
            (456, 45, True),
            (453, 45.3, False),
            (453, 45.4, True),
            (404, 40, False),
            (406, 40, True),
        ):
            update = {"value": value, "denominator": 1000, "printed_percent": percent}
            assert printed_otherwise(printed.model_copy(update=update)) is otherwise

    def test_the_day_is_the_newest_one_printed_with_its_areas(self, quang_nam):
        campaign = quang_nam.workspace.campaign
        before = push_day(campaign, date(2023, 9, 18))
        later = before.whole.model_copy(update={"date": date(2023, 9, 12), "value": 7000})
        after = campaign.model_copy(update={"published": (*campaign.published, later)})
        assert push_day(after, date(2023, 9, 18)) == before

    def test_residents_of_areas_above_others_are_not_counted_twice(self, quang_nam):
        campaign = quang_nam.workspace.campaign
        before = push_day(campaign, date(2023, 9, 18))
        everybody = before.named_people + before.other_people
        province = campaign.areas[0].model_copy(
            update={"code": "49", "name": "Quảng Nam", "parent": None, "population": everybody}
        )
        below = [area.model_copy(update={"parent": "49"}) for area in campaign.areas]
        facts = {name: getattr(campaign, name) for name in Campaign.model_fields}
        above = Campaign.model_validate(facts | {"areas": (province, *below)})
        assert push_day(above, date(2023, 9, 18)) == before


def replace_qualifier(figure, qualifier):
    return figure.model_copy(update={"qualifier": qualifier})


def test_the_comparison_still_writes_what_the_report_reads():
    assert set(effects().columns) == set(EFFECT_COLUMNS)


@pytest.mark.parametrize(
    ("as_of", "target", "said"),
    [
        ("2023-08-01", 738_291, "Có kịp thời hạn không?"),
        ("2023-10-05", 738_291, "Đã quá hạn, chưa đạt"),
        ("2023-09-18", 100, "Đã đạt"),
    ],
    ids=["before any push", "after the deadline", "target met"],
)
def test_every_stage_of_a_drive_has_its_words(quang_nam, tmp_path, as_of, target, said):
    campaign = quang_nam.workspace.campaign
    targets = tuple(one.model_copy(update={"value": target}) for one in campaign.targets)
    campaign = campaign.model_copy(update={"targets": targets, "languages": ("vi",)})
    workspace = Workspace(campaign, parse_as_of(as_of, campaign.zone), tmp_path)
    write_artifacts(workspace)
    if as_of == "2023-08-01":
        path = workspace.processed / "effects.csv"
        write_table(read_table(path).iloc[:0], path)
    page = write_report(workspace).read_text(encoding="utf-8")
    assert said in page
    assert ("Huy động có hiệu quả không?" in page) == (as_of != "2023-08-01")
    assert not re.search(r"\b(nan|None|NaT|inf)\b", page)


class TestNoHalfReports:
    @pytest.fixture
    def workspace(self, quang_nam, tmp_path):
        campaign = quang_nam.workspace.campaign.model_copy(update={"languages": ("vi",)})
        made = replace(quang_nam.workspace, folder=tmp_path, campaign=campaign)
        write_artifacts(made)
        return made

    @pytest.mark.parametrize(
        "name", ["panel.parquet", "effects.csv", "completion.csv", "scores.csv", "held.csv"]
    )
    def test_a_missing_artifact_is_named_and_nothing_is_made(self, workspace, name):
        (workspace.processed / name).unlink()
        with pytest.raises(InputError, match=name):
            write_report(workspace)
        assert not workspace.report.exists()

    def test_an_error_the_checks_found_stops_the_report(self, workspace):
        path = workspace.processed / "findings.csv"
        write_table(read_table(path).assign(severity="error"), path)
        with pytest.raises(InputError, match="severity error"):
            write_report(workspace)
        assert not workspace.report.exists()

    def test_a_report_without_an_estimate_says_so(self, workspace):
        path = workspace.processed / "effects.csv"
        write_table(read_table(path).iloc[:0], path)
        page = write_report(workspace).read_text(encoding="utf-8")
        assert "Chưa thể kết luận" in page
        assert "bằng chứng tương đối rõ" not in page


def test_an_estimate_beside_a_narrow_interval_reads_alike_in_a_sentence_and_in_a_table():
    ends = {"extra_persons": 11432.0, "extra_low": 11389.0, "extra_high": 11470.0}
    row = ends | {"area": "Alpha", "estimate": 0.5, "interval_low": 0.1, "interval_high": 0.9}
    (written,) = table_of("gains", [row]).written("en")
    number = Number("extra", 11432.0, "estimate", "", low=11389.0, high=11470.0, level=0.95)
    said = [number.text("en"), *number.interval_text("en")[:2]]
    assert written[1:4] == said == ["11,430", "11,390", "11,470"]
    assert written[4:] == ["0.500", "0.100", "0.900"]
