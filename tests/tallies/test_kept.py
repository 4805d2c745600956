"""No file is read twice, and nobody can tell."""

import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import forked
from analysis.campaign import load_campaign
from analysis.run.fingerprint import PACKAGE, reachable
from analysis.tallies import kept, read, read_received
from analysis.tallies.files.limits import Allowance
from analysis.tallies.kept import CODE, Kept, fingerprint
from analysis.tallies.register import Register
from analysis.tallies.store import received

LATE, EARLY = datetime(2023, 7, 3, tzinfo=UTC), datetime(2023, 6, 26, tzinfo=UTC)


@pytest.fixture
def folder(project, tmp_path) -> Path:
    raw = tmp_path / "data" / "raw" / "quang_nam_2023"
    shutil.copytree(project / "data" / "raw" / "quang_nam_2023", raw)
    return raw


@pytest.fixture
def opened(monkeypatch) -> list[str]:
    """The names of the files that are really read."""
    monkeypatch.setenv(forked.CORES, "1")
    names: list[str] = []
    real = read.read_file

    def noting(sent, **rest):
        names.append(sent.name)
        return real(sent, **rest)

    monkeypatch.setattr(read, "read_file", noting)
    return names


@pytest.fixture
def shares(monkeypatch) -> list[int]:
    """How many shares of files are read side by side, each time; two cores are there."""
    seen: list[int] = []

    def noting(tasks):
        seen.append(len(tasks))
        return forked.side_by_side(tasks)

    monkeypatch.setattr(read, "WORTH", 3)
    monkeypatch.setattr(read, "AT_ONCE", 7)
    monkeypatch.setattr(read, "side_by_side", noting)
    monkeypatch.delenv(forked.CORES, raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    return seen


def bytes_of(intake) -> dict[str, str]:
    tables = {name: getattr(intake, name) for name in ("tallies", "held", "ignored", "findings", "files")}
    return {name: table.to_json(orient="split", date_format="iso") for name, table in tables.items()}


def segments(folder: Path) -> list[Path]:
    return sorted((folder.parents[1] / "processed" / ".read").rglob("*.arrow"))


def test_a_warm_run_reads_nothing_and_says_the_same(folder, opened):
    campaign = load_campaign(folder)
    cold = read_received(campaign, LATE)
    assert len(opened) == len(cold.files)
    opened.clear()
    warm = read_received(campaign, LATE)
    refused = int(warm.files["refused"].sum())
    assert len(opened) == refused
    assert bytes_of(warm) == bytes_of(cold)
    pd.testing.assert_frame_equal(warm.tallies, cold.tallies)


def test_a_later_week_reads_only_what_is_new_and_says_what_a_cold_run_says(folder, opened, tmp_path):
    campaign = load_campaign(folder)
    early = read_received(campaign, EARLY)
    opened.clear()
    later = read_received(campaign, LATE)
    assert 0 < len(opened) <= len(later.files) - len(early.files) + int(later.files["refused"].sum())
    shutil.rmtree(tmp_path / "data" / "processed")
    assert bytes_of(read_received(campaign, LATE)) == bytes_of(later)
    assert bytes_of(read_received(campaign, EARLY)) == bytes_of(early)


def test_what_is_not_as_it_was_written_is_not_believed(folder, opened):
    campaign = load_campaign(folder)
    cold = read_received(campaign, LATE)
    (segment,) = segments(folder)
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(data)
    opened.clear()
    assert bytes_of(read_received(campaign, LATE)) == bytes_of(cold)
    assert len(opened) == len(cold.files)


@pytest.mark.parametrize("change", ["alias", "sender", "code"])
def test_other_facts_another_sender_or_other_code_are_read_anew(folder, opened, monkeypatch, change):
    before = read_received(load_campaign(folder), LATE)
    opened.clear()
    if change == "alias":
        areas = folder / "areas.csv"
        table = pd.read_csv(areas, dtype=str)
        table["also_called"] = np.where(table.index == 0, "Somewhere Else", "")
        table.to_csv(areas, index=False)
    elif change == "sender":
        received = folder / "received.csv"
        table = pd.read_csv(received, dtype=str)
        table["sender"] = table["sender"].fillna("") + " x"
        table.to_csv(received, index=False)
    else:
        monkeypatch.setattr(kept, "_of_code", lambda: ["other code"])
    read_received(load_campaign(folder), LATE)
    assert len(opened) == len(before.files)


def test_the_code_that_a_reading_depends_on_lies_where_it_is_hashed():
    reached = {
        path.relative_to(PACKAGE).parts[0]
        for path in reachable("from analysis.tallies.read import read_files")
    }
    assert reached - {"__init__.py"} <= set(CODE)


def test_a_folder_outside_of_a_project_keeps_nothing(project, tmp_path):
    alone = tmp_path / "quang_nam_2023"
    shutil.copytree(project / "data" / "raw" / "quang_nam_2023", alone)
    campaign = load_campaign(alone)
    assert Kept.of(campaign.folder, Register.of(campaign)) is None


def test_the_order_of_a_campaigns_areas_is_a_fact(folder):
    campaign = load_campaign(folder)
    turned = campaign.model_copy(update={"areas": campaign.areas[::-1]})
    assert fingerprint(Register.of(campaign)) != fingerprint(Register.of(turned))
    again = campaign.model_copy(update={"areas": tuple(campaign.areas)})
    assert fingerprint(Register.of(campaign)) == fingerprint(Register.of(again))


@pytest.mark.skipif(not forked.can_fork(), reason="nothing is forked here")
def test_many_files_are_read_side_by_side_and_nobody_can_tell(folder, shares, monkeypatch):
    campaign = load_campaign(folder)
    beside = read_received(campaign, LATE)
    assert set(shares) == {2}
    assert len(shares) == len(beside.files) // 7
    shutil.rmtree(segments(folder)[0].parent)
    shares.clear()
    monkeypatch.setenv(forked.CORES, "1")
    in_turn = read_received(campaign, LATE)
    assert not shares
    assert bytes_of(beside) == bytes_of(in_turn)


def test_the_files_of_an_archive_share_its_time_and_are_read_in_turn(shares, folder):
    campaign = load_campaign(folder)
    files, one = list(received(folder))[:5], Allowance(60.0)
    read.read_files([replace(sent, allowance=one) for sent in files], Register.of(campaign))
    assert not shares
    assert one.left < 60
