"""The sample report and the pictures of the documentation are of one run, whole, of the committed code."""

import hashlib
import json

import nbformat
import pytest
from PIL import Image

SAMPLE = "reports/sample"


@pytest.fixture(scope="module")
def summary(project):
    return json.loads((project / SAMPLE / "summary.json").read_text(encoding="utf-8"))


def test_the_sample_is_as_it_was_published(project):
    folder = project / SAMPLE
    lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sealed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert there - {"SHA256SUMS"} == set(sealed)
    for name, digest in sealed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name


def test_the_sample_says_what_the_committed_notebook_says(project, summary):
    notebook = nbformat.read(project / "notebooks" / "04_report.ipynb", as_version=4)
    said = "\n".join(
        output.data["text/plain"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "text/plain" in output.get("data", {})
    )
    for language in ("en", "vi"):
        assert "\n\n".join(summary["headline"][language]) in said


def test_the_pictures_of_the_documentation_are_of_the_sample(project):
    page = (project / SAMPLE / "report.en.html").read_bytes()
    pictures = sorted((project / "docs" / "images").glob("*.png"))
    assert pictures
    for picture in pictures:
        with Image.open(picture) as image:
            assert image.info["Source"] == f"sha256 {hashlib.sha256(page).hexdigest()}", "run: make docs"
    assert "](docs/images/report.png)" in (project / "README.md").read_text(encoding="utf-8")


def test_the_page_in_the_picture_shows_the_numbers_of_the_summary(project, summary):
    page = (project / SAMPLE / "report.en.html").read_text(encoding="utf-8")
    for name in ("total", "target", "pace", "pace_needed"):
        assert summary["numbers"][name]["text"]["en"] in page
