"""CPU time of making every form of a report from its artifacts: by form, and all with and without area pages.

Run it as ``python -m benchmarks.report_forms CAMPAIGN AS_OF`` after the first three notebooks have run. The
time of copies of the process, in which the forms of a language are made, counts.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

from analysis.report import compose, make_tables, read_evidence, summarise, write_report
from analysis.report.edition import Edition
from analysis.report.places.facts import Atlas
from analysis.report.write import FORMS
from analysis.workspace import Workspace

LANGUAGES = ("vi", "en", "fr")
OF_AREAS = "areas-{}.pdf"


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """Return what the call returns, and the CPU seconds it took here and in processes that have ended."""
    began = sum(os.times()[:4])
    made = call()
    return made, sum(os.times()[:4]) - began


def whole(workspace: Workspace, count: int, *, areas: bool) -> float:
    """Return the CPU seconds of a whole report in so many languages."""
    forms = {name: make for name, make in FORMS.items() if areas or name != OF_AREAS}
    pages = mock.patch("analysis.report.places.page.pages", return_value=())
    with tempfile.TemporaryDirectory() as name, mock.patch("analysis.report.write.FORMS", forms):
        folder = Path(name)
        copy = folder / "data" / "processed" / workspace.campaign.code / workspace.label
        copy.parent.mkdir(parents=True)
        copy.symlink_to(workspace.processed)
        facts = workspace.campaign.model_copy(update={"languages": LANGUAGES[:count]})
        elsewhere = replace(workspace, campaign=facts, folder=folder)
        if areas:
            return timed(lambda: write_report(elsewhere))[1]
        with pages:
            return timed(lambda: write_report(elsewhere))[1]


def main(campaign: str, as_of: str) -> None:
    """Print CPU seconds by form, and of whole reports in a process that has made one."""
    workspace = Workspace.open(campaign, as_of)
    evidence, reading = timed(lambda: read_evidence(workspace))
    numbers = summarise(evidence)
    tables = make_tables(evidence, numbers)
    rows = [("read", reading)]
    language = workspace.campaign.languages[0]
    document, seconds = timed(lambda: compose(evidence, numbers, tables, language))
    rows.append(("compose", seconds))
    edition = Edition(document, Atlas(evidence), numbers, tables)
    for name, make in FORMS.items():  # the first that shows a figure draws it for all
        made, seconds = timed(lambda make=make: make(edition))
        size = len(made.encode() if isinstance(made, str) else made) / 1e6
        rows.append((f"{name.format(language)} ({size:.2f} MB)", seconds))
    for areas in (False, True):
        for count in (2, 3):
            said = "with" if areas else "without"
            rows.append((f"all, {said} area pages, {count} languages", whole(workspace, count, areas=areas)))
    for form, seconds in rows:
        print(f"{seconds:6.2f} s  {form}")


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["quang_nam_2023", "2023-09-18T08:00+07:00"]))
