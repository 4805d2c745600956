"""The page of keys is what the models are, and its examples are campaigns."""

import re

from analysis.campaign import load_campaign, survey
from analysis.campaign.__main__ import SECTIONS, fields_of, page, told


def test_the_page_is_current(project):
    assert (project / "docs" / "campaign.md").read_text(encoding="utf-8") == page()


def test_every_key_has_a_meaning_and_an_example_and_no_other_has(project):
    meanings = told()
    assert set(meanings) == {model.__name__ for _, model, _ in SECTIONS}
    for _, model, _ in SECTIONS:
        keys = [name for name, _ in fields_of(model)]
        assert list(meanings[model.__name__]) == keys, model.__name__
        assert all(len(said.split(" ¦ ")) in (2, 3) for said in meanings[model.__name__].values())


def blocks(text: str, heading: str) -> list[str]:
    """Return the code blocks under a heading."""
    section = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"```(?:toml)?\n(.*?)```", section, flags=re.DOTALL)


def test_the_examples_are_campaigns(tmp_path):
    toml, areas = blocks(page(), "The smallest campaign")
    assert len(toml.splitlines()) + len(areas.splitlines()) <= 12
    (weekly,) = blocks(page(), "Tallies once a week")
    (levels,) = blocks(page(), "Several levels")
    (layout,) = blocks(page(), "Machine-made files")
    head = toml.replace('vocabulary = "vaccination"\n', "")
    cases = {
        "smallest": (toml, areas),
        "weekly": (f"{toml}\n{weekly}", areas),
        "levels": (toml.replace("82400", "9251"), levels),
        "layout": (f"{head}\n{layout}", areas),
    }
    for name, (text, table) in cases.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "campaign.toml").write_text(text, encoding="utf-8")
        (tmp_path / name / "areas.csv").write_text(table, encoding="utf-8")
        wrong = [str(one) for one in survey(tmp_path / name).faults]
        assert wrong == [], name
    assert load_campaign(tmp_path / "weekly").rhythm_of("BOL").counts == "week"
    assert load_campaign(tmp_path / "levels").tree(load_campaign(tmp_path / "levels").last_day).levels == 2
