"""The table of checks as a page: ``python -m analysis.tallies.guide > docs/checks.md``."""

from analysis.tallies.checks import CHECKS

KINDS = {
    "completeness": "Completeness: is everything there?",
    "consistency": "Consistency: do the numbers agree?",
    "correctness": "Correctness: can it mean what it says?",
    "timeliness": "Timeliness: is it of the day it claims?",
}


def page() -> str:
    """Return the page in Markdown: every check with its severity, its meaning and what to do."""
    lines = [
        "# What the checks say",
        "",
        "Made from `src/analysis/tallies/checks.csv`; change it there. Words in braces are filled in.",
        "*error*: the file is refused. *warning*: somebody must look. *info*: for the record.",
    ]
    for kind, title in KINDS.items():
        lines += [
            "",
            f"## {title}",
            "",
            "| code | severity | Tiếng Việt | English | Français |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| `{check.code}` | {check.severity} | "
            + " | ".join(f"{said} {check.asks[to]}" for to, said in check.says.items())
            + " |"
            for check in CHECKS.values()
            if check.kind == kind
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
