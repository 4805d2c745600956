"""Every column that a run writes is in the data dictionary, under the file that has it."""

import re

import pandas as pd
import pyarrow.parquet as pq
import pytest

from analysis.panel import SCHEMA
from analysis.run.steps import STEPS
from analysis.tallies.schema import TALLIES


def described(project) -> dict[str, set[str]]:
    """Return the code words of each file's section."""
    text = (project / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    parts = re.split(r"^\*\*`([^`]+)`\*\*", text, flags=re.MULTILINE)[1:]
    return {
        name: set(re.findall(r"`([^`]+)`", part)) for name, part in zip(parts[::2], parts[1::2], strict=True)
    }


@pytest.mark.parametrize("name", [name for step in STEPS for name in (*step.data, *step.may)])
def test_every_artifact_has_a_section(project, name):
    assert name in described(project)


@pytest.mark.parametrize(("name", "schema"), [("panel.parquet", SCHEMA), ("tallies.parquet", TALLIES)])
def test_every_column_of_a_schema_is_described(project, name, schema):
    assert set(schema.columns) <= described(project)[name]


def test_every_column_of_a_made_file_is_described(project):
    folder = project / "data" / "processed" / "quang_nam_2023" / "2023-09-18T0800"
    files = (
        [path for path in folder.glob("*.*") if path.suffix in (".csv", ".parquet")]
        if folder.exists()
        else []
    )
    if not files:
        pytest.skip("no run of this campaign here yet; make report makes one")
    for path in files:
        names = (
            pq.read_schema(path).names if path.suffix == ".parquet" else pd.read_csv(path, nrows=0).columns
        )
        assert set(names) <= described(project)[path.name], path.name
