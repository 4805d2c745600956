"""The table of checks as a page: ``python -m analysis.tallies.guide > docs/checks.md``."""

from importlib.resources import files

from analysis.tallies.checks import CHECKS

KINDS = {
    "completeness": "Completeness: is everything there?",
    "consistency": "Consistency: do the numbers agree?",
    "correctness": "Correctness: can it mean what it says?",
    "timeliness": "Timeliness: is it of the day it claims?",
}


def page() -> str:
    """Return the page in Markdown: every check with its severity, its meaning and what to do."""
    parts = [(files("analysis.tallies") / "guide.md").read_text(encoding="utf-8")]
    for kind, title in KINDS.items():
        parts.append(
            f"\n## {title}\n\n| code | severity | Tiếng Việt | English | Français |\n|---|---|---|---|---|\n"
        )
        for check in (one for one in CHECKS.values() if one.kind == kind):
            said = " | ".join(f"{said} {check.asks[to]}" for to, said in check.says.items())
            parts.append(f"| `{check.code}` | {check.severity} | {said} |\n")
    return "".join(parts)


if __name__ == "__main__":
    print(page(), end="")
