"""pyproject.toml, the locks and environment.yml tell one story."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+?)(?: ;.*)? \\$", re.MULTILINE)


def declared(project: Path, group: str | None) -> list[Requirement]:
    facts = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    lines = facts["project"]["dependencies"] if group is None else facts["dependency-groups"][group]
    return [Requirement(line) for line in lines]


def locked(project: Path, name: str) -> dict[str, set[str]]:
    pins: dict[str, set[str]] = {}
    text = (project / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    for package, version in PINNED.findall(text):
        pins.setdefault(canonicalize_name(package), set()).add(version)
    return pins


@pytest.mark.parametrize(
    ("group", "lock"),
    [(None, "runtime"), (None, "dev"), ("dev", "dev"), ("bench", "bench"), ("setup", "setup")],
)
def test_every_declared_range_is_met_by_the_lock(project, group, lock):
    pins = locked(project, lock)
    for requirement in declared(project, group):
        versions = pins.get(canonicalize_name(requirement.name))
        assert versions, f"{requirement.name} is not in {lock}.txt; run make lock"
        assert all(version in requirement.specifier for version in versions), requirement


def test_dev_pins_what_runtime_pins(project):
    runtime, dev = locked(project, "runtime"), locked(project, "dev")
    assert {name: dev.get(name) for name in runtime} == runtime


@pytest.mark.parametrize("name", ["setup", "runtime", "dev", "bench"])
def test_locks_hold_hashes_and_no_addresses(project, name):
    text = (project / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text)
    assert all("--hash=sha256:" in block for block in blocks if "==" in block.splitlines()[0])


def test_what_slows_every_jupyter_process_is_left_out(project):
    assert "rfc3987-syntax" not in locked(project, "dev")


def test_environment_yml_is_what_pyproject_says(project, tmp_path):
    made = tmp_path / "environment.yml"
    arguments = ["--group", "dev", "--name", "analysis", "--python-include", "python>=3.11,<3.14"]
    arguments += ["--pip-dep=--editable .", "--no-header", "--output", str(made)]
    subprocess.run(
        [sys.executable, "-m", "pyproject2conda", "yaml", *arguments],
        cwd=project,
        check=True,
        capture_output=True,
    )
    committed = yaml.safe_load((project / "environment.yml").read_text(encoding="utf-8"))
    assert committed == yaml.safe_load(made.read_text(encoding="utf-8"))


def test_a_conda_user_is_sent_only_to_names_that_were_read_there(project):
    """No test can ask conda-forge: a name that is new here has to be looked up there by somebody."""
    text = (project / "tests" / "conda_forge_names.txt").read_text(encoding="utf-8")
    there = {line for line in text.splitlines() if not line.startswith("#")}
    wanted = yaml.safe_load((project / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    (by_pip,) = [one["pip"] for one in wanted if isinstance(one, dict)]
    named = {re.split(r"[<>=]", one)[0] for one in wanted if isinstance(one, str)}
    assert named == there, "look the names up on conda-forge, and say the day in conda_forge_names.txt"
    assert not {re.split(r"[<>=]", one)[0] for one in by_pip} & there
    assert not named & {"playwright", "tzdata", "typst", "types-defusedxml"}  # other things there, or nothing


def test_given_packages_are_all_declared(project):
    names = {r.name for group in (None, "dev") for r in declared(project, group)}
    given = {"jupyterlab", "pandas", "seaborn", "statsmodels", "papermill", "nbval", "pytest"}
    assert given <= names
