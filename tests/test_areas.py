"""Areas of any code, type and name; the tree they form; what a merged area becomes."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.campaign import Area, Tree, file_name, lineages, load_areas
from analysis.campaign.tree import loops, strange_parents
from analysis.errors import InputError

DAY = date(2024, 3, 1)


def written(folder: Path, text: str) -> Path:
    (folder / "areas.csv").write_text(text, encoding="utf-8")
    return folder


def area(code: str, parent: str | None = None, **more: object) -> Area:
    return Area(**{"code": code, "name": code, "parent": parent} | more)


@pytest.mark.parametrize("code", ["40.412", "VN.QM.TK", "MY-13", "Bồ Đào", "№ 7", "A#1", "~"])
def test_any_printable_code_is_a_code(tmp_path, code):
    (one,) = load_areas(written(tmp_path, f"code,name\n{code},Somewhere\n"))
    assert one.code == code


@pytest.mark.parametrize("code", ["a/b", "a\\b", "..", ".", "total", "Total", "x" * 65, "a\tb"])
def test_a_code_that_could_leave_its_folder_is_refused(tmp_path, code):
    with pytest.raises(InputError, match=r"areas.csv, line 2: code"):
        load_areas(written(tmp_path, f"code,name\n{code},Somewhere\n"))


@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8), unique=True))
@settings(deadline=None)
def test_file_names_are_safe_and_each_codes_own(codes):
    names = [file_name(code) for code in codes]
    assert len(set(names)) == len(set(codes))
    assert all(name.isascii() and not set(name) & set('/\\:*?"<>|. ') - {"."} for name in names)
    assert not any(name.startswith(".") or name.endswith(".") or name.upper() == "CON" for name in names)


def test_types_are_any_word_and_aliases_are_listed(tmp_path):
    rows = ["1,W.P. Putrajaya,county,Putrajaya; FT Putrajaya", "2,Hội An,Thành phố,", "3,Ray,Ranch,"]
    table = "\n".join(["code,name,type,also_called", *rows])
    first, second, third = load_areas(written(tmp_path, table))
    assert first.also_called == ("Putrajaya", "FT Putrajaya")
    assert [one.type for one in (first, second, third)] == ["county", "TP", "Ranch"]


def test_the_tree_has_levels_children_and_leaves():
    tree = Tree.on([area("P"), area("D1", "P"), area("D2", "P"), area("C1", "D1"), area("C2", "D1")], DAY)
    assert tree.level == {"P": 1, "D1": 2, "D2": 2, "C1": 3, "C2": 3}
    assert tree.levels == 3
    assert tree.children == {"P": ("D1", "D2"), "D1": ("C1", "C2")}
    assert tree.leaves == ("D2", "C1", "C2")
    assert tree.leaves_of("P") == ("C1", "C2", "D2")
    assert tree.above("C1") == ("D1", "P")
    assert tree.at(2) == ("D1", "D2")


def test_a_parent_that_is_no_area_stands_for_all_of_them_together():
    tree = Tree.on([area("502", "49"), area("503", "49")], DAY)
    assert tree.tops == tree.leaves == ("502", "503")
    assert strange_parents([area(str(code), "49") for code in range(500, 518)]) == ([], True)


def test_a_slip_in_the_parents_is_told_from_an_excerpt():
    assert strange_parents([area("1"), area("2", "1"), area("3", "l")]) == ([2], True)
    assert strange_parents([area(c, p) for c, p in ("aA", "bB", "cC", "dD")]) == ([0, 1, 2, 3], False)


def test_rings_are_found_once():
    assert loops({"a": "b", "b": "c", "c": "a", "d": "a", "e": "f"}) == [("a", "b", "c")]
    assert loops({"a": "a"}) == [("a",)]


def codes_of(areas: list[Area], day: date) -> dict[str, list[tuple[str, date | None]]]:
    return {
        code: [(one.code, one.valid_to) for one in several] for code, several in lineages(areas, day).items()
    }


def test_a_merged_area_lives_on_in_its_successor():
    end, before = date(2024, 12, 31), date(2022, 1, 1)
    merged = area("519", valid_to=end, successor="509")
    renamed = area("500", valid_to=before, successor="519")
    areas = [area("509"), merged, renamed]
    assert codes_of(areas, date(2025, 1, 1)) == {"509": [("519", end), ("500", before), ("509", None)]}
    assert codes_of(areas, date(2024, 1, 1)) == {"519": [("500", before), ("519", end)]}
    assert codes_of([merged], date(2025, 1, 1)) == {}


def test_a_code_used_again_is_another_area_unless_it_says_so():
    end, later = date(2024, 12, 31), date(2025, 2, 1)
    old, new = {"valid_to": end}, {"valid_from": date(2025, 1, 1)}
    town = area("791", name="Ha Lam", **old)
    assert codes_of([town, area("791", name="Thang Binh", **new)], later) == {"791": [("791", None)]}
    same = {"791": [("791", end), ("791", None)]}
    assert codes_of([town, area("791", name="Ha Lam", **new)], later) == same
    itself = area("791", name="Ha Lam", successor="791", **old)
    assert codes_of([itself, area("791", name="Thang Binh", **new)], later) == same
