"""CPU time of making every form of a report from its artifacts, by form.

Run it as ``python -m benchmarks.report_forms CAMPAIGN AS_OF`` after the first three notebooks have run.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from analysis.report import compose, make_tables, read_evidence, summarise, write_report
from analysis.report.edition import Edition
from analysis.report.places.facts import Atlas
from analysis.report.write import FORMS
from analysis.workspace import Workspace


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """Return what the call returns, and the CPU seconds it took."""
    began = time.process_time()
    made = call()
    return made, time.process_time() - began


def main(campaign: str, as_of: str) -> None:
    """Print CPU seconds by form, and of the whole report in a process that has done it once."""
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
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy = folder / "data" / "processed" / workspace.campaign.code / workspace.label
        copy.parent.mkdir(parents=True)
        copy.symlink_to(workspace.processed)
        facts = workspace.campaign.model_copy(update={"languages": ("vi", "en", "fr")})
        elsewhere = replace(workspace, campaign=facts, folder=folder)
        rows.append(("all forms with area pages, three languages", timed(lambda: write_report(elsewhere))[1]))
    for form, seconds in rows:
        print(f"{seconds:6.2f} s  {form}")


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["quang_nam_2023", "2023-09-18T08:00+07:00"]))
