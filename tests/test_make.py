"""What `make` would do: which Python it takes, and that a conda environment is used as it is."""

import shutil
import subprocess

import pytest

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="no make here")


def make(project, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", *arguments], cwd=project, capture_output=True, text=True)


@pytest.mark.parametrize("target", ["test", "report", "lab", "docs", "validation"])
def test_an_activated_conda_environment_is_used_and_none_is_built_beside_it(project, target):
    planned = make(project, "--dry-run", target, "CONDA=1", "CONDA_PREFIX=/opt/analysis")
    assert planned.returncode == 0, planned.stderr
    assert "/opt/analysis/bin/" in planned.stdout
    assert ".venv/bin" not in planned.stdout
    assert "-m venv" not in planned.stdout


def test_without_an_activated_environment_it_says_what_to_do(project):
    refused = make(project, "--dry-run", "test", "CONDA=1", "CONDA_PREFIX=")
    assert refused.returncode == 2
    assert "run: conda activate analysis" in refused.stderr


def test_the_python_found_is_said_and_one_too_old_is_refused(project, tmp_path):
    old = tmp_path / "python"
    old.write_text("#!/bin/sh\necho 'Python 3.9.1 at /usr/bin/python3'\nexit 1\n")
    old.chmod(0o755)
    refused = make(project, ".venv-none/bin/uv", "VENV=.venv-none", f"PYTHON={old}")
    assert refused.returncode == 2
    assert "Python 3.9.1 at" in refused.stdout
    assert "Python 3.11 to 3.13 is needed" in refused.stderr
    assert not (project / ".venv-none").exists()


def test_every_target_is_explained(project):
    said = make(project, "help").stdout
    for target in ("report", "test", "lab", "docs", "validation", "lint"):
        assert f"make {target} " in said
