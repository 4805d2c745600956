"""Telling people how a run ended: by e-mail and by webhook, as the environment says, after the fact.

Nothing here can undo or hold up a publication: every attempt has a time limit, and one that fails for good is
a line for the log that names no secret.
"""

import json
import os
import smtplib
import ssl
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from http.client import HTTPException
from urllib.parse import urlsplit

PAUSES = (0.0, 2.0, 8.0)  # seconds before each attempt
TIME_LIMIT = 10  # seconds an attempt may wait for the other side
SMTP_OVER_TLS = 465


@dataclass(frozen=True)
class Message:
    """What people are told: which campaign, how the run ended, why, the headline, and where the report is."""

    campaign: str
    state: str
    exit_status: int
    text: str
    headline: tuple[str, ...] = ()
    report: str = ""

    @property
    def subject(self) -> str:
        """One line for a mail box or a phone."""
        return " ".join(f"[analysis] {self.campaign}: {self.state} ({self.exit_status})".split())


def notify(
    message: Message,
    settings: Mapping[str, str] = os.environ,
    pauses: tuple[float, ...] = PAUSES,
    sleep: Callable[[float], None] = time.sleep,
) -> list[str]:
    """Send a message by every way that is set up, and return one line for each that failed.

    Settings: ``ANALYSIS_WEBHOOK`` (address that takes a JSON POST); ``ANALYSIS_MAIL_TO`` (addresses with
    commas), ``ANALYSIS_MAIL_FROM``, ``ANALYSIS_SMTP_HOST``, ``ANALYSIS_SMTP_PORT`` (587; 465 is TLS from
    the start), ``ANALYSIS_SMTP_USER`` and ``ANALYSIS_SMTP_PASSWORD`` (then with STARTTLS).
    """
    ways: dict[str, Callable[[], None]] = {}
    if settings.get("ANALYSIS_WEBHOOK"):
        ways["webhook"] = lambda: _post(message, settings["ANALYSIS_WEBHOOK"])
    if settings.get("ANALYSIS_MAIL_TO"):
        ways["e-mail"] = lambda: _mail(message, settings)
    if not ways:
        return ["nobody told: neither ANALYSIS_WEBHOOK nor ANALYSIS_MAIL_TO is set"]
    failures = (_attempt(name, send, pauses, sleep) for name, send in ways.items())
    return [line for line in failures if line]


def _attempt(
    name: str, send: Callable[[], None], pauses: tuple[float, ...], sleep: Callable[[float], None]
) -> str:
    failure = ""
    for pause in pauses:
        sleep(pause)
        try:
            send()
        except (OSError, smtplib.SMTPException, HTTPException, ValueError, KeyError) as error:
            # Only the kind of error: its text may hold an address with a token, or what a server echoed.
            failure = f"{name} not sent after {len(pauses)} attempts ({type(error).__name__})"
        else:
            return ""
    return failure


def _post(message: Message, address: str) -> None:
    if urlsplit(address).scheme not in {"http", "https"}:
        raise ValueError("a webhook is an http address")
    body = json.dumps({"subject": message.subject, **asdict(message)}, ensure_ascii=False).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=TIME_LIMIT):  # noqa: S310
        pass


def _mail(message: Message, settings: Mapping[str, str]) -> None:
    mail = EmailMessage()
    mail["Subject"], mail["To"] = message.subject, settings["ANALYSIS_MAIL_TO"]
    mail["From"] = settings.get("ANALYSIS_MAIL_FROM", settings["ANALYSIS_MAIL_TO"].split(",")[0])
    mail.set_content("\n".join([message.text, "", *message.headline, "", message.report]))
    host, port = settings["ANALYSIS_SMTP_HOST"], int(settings.get("ANALYSIS_SMTP_PORT", "587"))
    secure = ssl.create_default_context()  # smtplib's own would not look at the server's certificate
    with (
        smtplib.SMTP_SSL(host, port, timeout=TIME_LIMIT, context=secure)
        if port == SMTP_OVER_TLS
        else smtplib.SMTP(host, port, timeout=TIME_LIMIT)
    ) as server:
        if user := settings.get("ANALYSIS_SMTP_USER"):
            if port != SMTP_OVER_TLS:
                server.starttls(context=secure)  # a password never goes out in the clear
            server.login(user, settings["ANALYSIS_SMTP_PASSWORD"])
        server.send_message(mail)
