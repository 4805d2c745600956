"""Telling people how a run ended, in the campaign's language."""

from typing import TYPE_CHECKING

from analysis.cli.printing import mention
from analysis.errors import AnalysisError, InputError
from analysis.workspace import address, open_campaign, project_root

if TYPE_CHECKING:
    from analysis.run.notify import Message
    from analysis.run.publish import Published

PUBLISHED_WITH_WARNINGS = 10


def tell_failure(campaign: str, error: AnalysisError, state: str = "") -> None:
    """Send people what went wrong."""
    from analysis.run.notify import Message

    state = state or ("refused" if error.exit_status == InputError.exit_status else "failed")
    _send(Message(campaign, state, error.exit_status, str(error), language=_language(campaign)))


def tell(campaign: str, state: str, published: "Published") -> None:
    """Send people the headline, and the report as PDF to those who read mail."""
    from analysis.run.notify import Message

    language = _language(campaign)
    number = PUBLISHED_WITH_WARNINGS if published.warnings else 0
    place = published.page.relative_to(project_root()).as_posix()
    _send(
        Message(
            campaign,
            state,
            number,
            "; ".join(published.warnings),
            line=str(published.summary.get("line", {}).get(language, "")),
            headline=tuple(published.summary.get("headline", {}).get(language, ())),
            report=address(place.partition("/")[2]) or published.address or place,
            attach=published.path / f"report.{language}.pdf",
            language=language,
        )
    )


def _language(campaign: str) -> str:
    """Return the first language of a campaign; English where even that cannot be known."""
    try:
        return open_campaign(campaign).languages[0]
    except (AnalysisError, OSError):
        return "en"


def _send(message: "Message") -> None:
    """Send a message; that it could not be sent is a line on stderr and nothing more."""
    from analysis.run.notify import notify

    for failure in notify(message):
        mention(f"analysis: {failure}", err=True)
