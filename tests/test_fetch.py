"""Fetching brings exactly the bytes that were promised, goes on where it stopped, and never half-writes."""

import hashlib
import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis.campaign import load_campaign
from analysis.errors import AnalysisError, InputError
from analysis.tallies.fetch import fetch

FILES = {"2021-03-01.csv": b"Date,Location\n", "2021-03-02.csv": b"Date,Location\n2021-03-02,AK\n"}


@pytest.fixture
def campaign(project, tmp_path):
    folder = tmp_path / "us_vaccination_2021"
    folder.mkdir()
    for path in (project / "data" / "raw" / "us_vaccination_2021").glob("*.*"):
        if path.name != "received.csv":
            shutil.copy(path, folder)
    rows = [
        f"{name},{name[:10]},CDC,https://localhost:1/{name},{hashlib.sha256(data).hexdigest()}"
        for name, data in FILES.items()
    ]
    (folder / "sources.csv").write_text(
        "name,date,sender,url,sha256\n" + "\n".join(rows) + "\n", encoding="utf-8"
    )
    return load_campaign(folder)


@pytest.fixture
def local(tmp_path) -> Path:
    folder = tmp_path / "copies"
    folder.mkdir()
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    return folder


def test_local_copies_are_taken_once_and_registered(campaign, local):
    assert fetch(campaign, local) == 2
    assert fetch(campaign, local) == 0
    received = pd.read_csv(campaign.folder / "received.csv")
    assert received["name"].tolist() == list(FILES)
    # the evening of the file's date, US Eastern
    assert received["received_at"].tolist() == ["2021-03-01T20:00:00-05:00", "2021-03-02T20:00:00-05:00"]


def test_it_goes_on_where_it_stopped(campaign, local):
    (local / "2021-03-02.csv").rename(local / "elsewhere")
    with pytest.raises(InputError, match=r"2021-03-02\.csv: not there"):
        fetch(campaign, local)
    assert not (campaign.folder / "received.csv").exists()
    (local / "elsewhere").rename(local / "2021-03-02.csv")
    assert fetch(campaign, local) == 1


def test_other_bytes_are_refused_and_nothing_is_left(campaign, local):
    (local / "2021-03-01.csv").write_bytes(b"Date,Location\nchanged")
    with pytest.raises(InputError, match="SHA-256"):
        fetch(campaign, local)
    assert list((campaign.folder / "tallies").iterdir()) == []


def test_an_unreachable_address_is_one_line_that_says_how_to_go_on(campaign):
    with pytest.raises(AnalysisError, match="run the same command again") as caught:
        fetch(campaign)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("CDC,https", "CDC,http", "url"),
        ("2021-03-02.csv,", "../x.csv,", "name"),
        (",2021-03-01,", ",soon,", "date"),
    ],
)
def test_a_bad_source_is_named_with_its_line(campaign, local, old, new, says):
    path = campaign.folder / "sources.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=rf"line \d: {says}"):
        fetch(campaign, local)


@pytest.mark.real_data
def test_the_real_files_are_the_pinned_ones(project, shared):
    sources = pd.read_csv(project / "data" / "raw" / "us_vaccination_2021" / "sources.csv")
    assert len(sources) == 254
    for one in sources.itertuples():
        data = (shared / "data" / "us_vaccination" / "raw_csv" / one.name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == one.sha256
