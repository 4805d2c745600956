"""A table in a notebook: the same cells for people and for comparison, names for codes, nothing that acts."""

import re
from html import unescape

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.campaign import load_campaign
from analysis.say import tables


@pytest.fixture
def shown(monkeypatch):
    """Collect what would be displayed."""
    bundles: list[dict[str, str]] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: bundles.append(bundle))
    return bundles


@pytest.fixture(scope="module")
def campaign(project):
    return load_campaign(project / "data" / "raw" / "quang_nam_2023")


def test_both_forms_say_the_same_and_areas_have_names(shown, campaign):
    tables.show_table(
        pd.DataFrame({"location": ["502", "total"], "count": [40531, 542423], "share": [0.6711, np.nan]}),
        campaign,
    )
    (bundle,) = shown
    assert bundle["text/plain"] == (
        "location     count  share\nTam Kỳ      40,531  0.671\nAll areas  542,423      –"
    )
    cells = re.findall(r"<td[^>]*>(.*?)</td>", bundle["text/html"])
    assert cells == ["Tam Kỳ", "40,531", "0.671", "All areas", "542,423", "–"]


def test_whole_numbers_are_exact_and_a_model_s_have_three_digits(shown):
    frame = pd.DataFrame({"n": [1234567], "x": [1234567.8], "small": [0.00012345]})
    tables.show_table(frame)
    tables.show_table(frame, digits=3)
    assert [bundle["text/plain"].splitlines()[1].split() for bundle in shown] == [
        ["1,234,567", "1,234,568", "0.000123"],
        ["1,234,567", "1,230,000", "0.000123"],
    ]


def test_a_table_without_rows_is_a_sentence(shown):
    tables.show_table(pd.DataFrame(columns=["reason", "count"]), empty="Nothing was held.")
    assert shown == [{"text/markdown": "Nothing was held.", "text/plain": "Nothing was held."}]


def test_a_long_table_says_what_is_left_out(shown):
    tables.show_table(pd.DataFrame({"row": range(1000)}))
    assert shown[0]["text/plain"].endswith("\n… 940 more rows")
    assert shown[0]["text/html"].count("<td") == tables.MOST


def test_a_hostile_cell_stays_text(shown):
    tables.show_table(pd.DataFrame({"<b>": ["<script>alert(1)</script>"]}))
    assert "<script" not in shown[0]["text/html"]
    assert "<b>" not in shown[0]["text/html"]


def test_a_mark_of_direction_is_shown_and_not_obeyed(shown):
    tables.show_table(pd.DataFrame({"file": ["a\u202egnp.exe\nb"]}))
    assert shown[0]["text/plain"].splitlines()[1] == "a⟨U+202E⟩gnp.exe b"


def test_a_sentence_keeps_its_lines_and_no_tags(shown):
    tables.show_text("<img src=x onerror=alert(1)>\nnext")
    assert shown[0]["text/markdown"] == "&lt;img src=x onerror=alert(1)&gt;  \nnext"


ROWS = st.lists(
    st.tuples(st.floats(width=32), st.text(max_size=8), st.integers(-(2**63), 2**63 - 1)), max_size=10
)


@given(ROWS)
def test_whatever_the_cells_the_two_forms_agree(rows):
    frame = pd.DataFrame(rows, columns=["a", "b_c", "d"]).astype({"a": float, "b_c": object, "d": int})
    written = tables.write_cells(frame)
    html = re.findall(r"<td[^>]*>(.*?)</td>", tables.as_html(written), re.DOTALL)
    assert [unescape(cell) for cell in html] == [cell for row in written.to_numpy() for cell in row]
    plain = tables.as_text(written)
    for cell in written.to_numpy().ravel():
        assert cell.rstrip() in plain
