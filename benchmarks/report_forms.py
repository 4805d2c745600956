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
from analysis.report.docx import write_docx
from analysis.report.html import render_page
from analysis.report.pdf import write_pdf
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
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        document, seconds = timed(lambda: compose(evidence, numbers, tables, "vi"))
        rows.append(("compose and draw, one language", seconds))
        page, seconds = timed(lambda: render_page(document))
        rows.append((f"HTML, one language ({len(page.encode()) / 1e6:.2f} MB)", seconds))
        rows.append(
            ("PDF, one language", timed(lambda: write_pdf(document, workspace.as_of, folder / "r.pdf"))[1])
        )
        rows.append(("Word", timed(lambda: write_docx(document, "", 2023, folder / "r.docx"))[1]))
        copy = folder / "data" / "processed" / workspace.campaign.code / workspace.label
        copy.parent.mkdir(parents=True)
        copy.symlink_to(workspace.processed)
        elsewhere = replace(workspace, folder=folder)
        rows.append(("all forms, both languages", timed(lambda: write_report(elsewhere))[1]))
    for form, seconds in rows:
        print(f"{seconds:6.2f} s  {form}")


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["quang_nam_2023", "2023-09-18T08:00+07:00"]))
