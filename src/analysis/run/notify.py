"""Telling people how a run ended, by mail or any service that apprise knows, after the fact.

Nothing here can undo or hold up a publication: every attempt is a process with a time limit, and one that
fails for good is a line for the log that names no secret.
"""

import json
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from analysis.run.messenger import FOR_GOOD

PAUSES = (0.0, 2.0, 8.0)  # seconds before each attempt
TIME_LIMIT = 10.0  # seconds an attempt may take, whatever the other side does meanwhile
LONGEST_SUBJECT = 200
UNSET = "nobody told: ANALYSIS_NOTIFY is not set"


@dataclass(frozen=True)
class Message:
    """What people are told: how the run of which campaign ended and why, and where the report is.

    ``line`` is the headline in one line, for the subject; ``attach`` a file for those who read mail.
    """

    campaign: str
    state: str
    exit_status: int
    text: str
    line: str = ""
    headline: tuple[str, ...] = ()
    report: str = ""
    attach: Path | None = None
    language: str = "en"

    @property
    def subject(self) -> str:
        """One line for a mail box or a phone."""
        what = self.line or word(self.state, self.language)
        return " ".join(f"[{self.campaign}] {what} ({self.exit_status})".split())[:LONGEST_SUBJECT]

    @property
    def body(self) -> str:
        """The message itself."""
        state, text = word(self.state, self.language), self.text
        if self.exit_status == 10:
            text = f"{word('warnings', self.language)}: {text}"
        where = [f"{word('report', self.language)}: {self.report}"] if self.report else []
        return "\n".join([f"{self.campaign}: {state}", "", *self.headline, "", text, *where]).strip()


def word(state: str, language: str) -> str:
    """Return how a state is called in a language; in English where nobody has translated it."""
    known = _words()
    return known.get(language, known["en"]).get(state, known["en"].get(state, state))


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "messages.toml").read_text(encoding="utf-8"))


def notify(
    message: Message,
    settings: Mapping[str, str] = os.environ,
    pauses: Sequence[float] = PAUSES,
    sleep: Callable[[float], None] = time.sleep,
    seconds: float = TIME_LIMIT,
) -> list[str]:
    """Send a message by every way that is set up, and return one line for each that failed.

    Settings: ``ANALYSIS_NOTIFY``, addresses as apprise writes them, with blanks or line breaks between; and
    ``ANALYSIS_NOTIFY_PLAIN=yes`` where one of them may go unencrypted.
    """
    addresses = settings.get("ANALYSIS_NOTIFY", "").split()
    if not addresses:
        return [UNSET]
    plain = settings.get("ANALYSIS_NOTIFY_PLAIN", "") == "yes"
    attach = str(message.attach) if message.attach and message.attach.exists() else None
    lines = []
    for number, address in enumerate(addresses, start=1):
        request = {"address": address, "title": message.subject, "body": message.body, "plain": plain}
        why, tries = _attempt(json.dumps(request | {"attach": attach}), pauses, sleep, seconds)
        if why:
            # Which of them, and never the address: it holds a token or a password.
            said = f"{tries} attempt{'s'[: tries != 1]} ({why})"
            lines.append(f"message {number} of {len(addresses)} not sent after {said}")
    return lines


def _attempt(
    request: str, pauses: Sequence[float], sleep: Callable[[float], None], seconds: float
) -> tuple[str, int]:
    """Try until it is sent, or cannot be; return why it was not (nothing if it was), and after how many."""
    why, tries = "", 0
    for pause in pauses:
        sleep(pause)
        tries += 1
        try:
            done = subprocess.run(
                [sys.executable, "-P", "-m", "analysis.run.messenger"],
                input=request,
                capture_output=True,
                encoding="utf-8",
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            why = f"no answer in {seconds:.0f} s"
        except OSError as error:
            why = type(error).__name__
        else:
            why = done.stdout.strip() if done.returncode else ""
            if done.returncode in (0, FOR_GOOD):
                break
            why = why or "the messenger failed"
    return why, tries
