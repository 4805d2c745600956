"""Sends one message by one address of apprise, in a process of its own that can be killed.

The request comes as JSON on standard input, so that no secret stands among a process's arguments. Ends with 0
if the message was sent; else a word on standard output says why, and it holds nothing of the address. It ends
with `FOR_GOOD` where trying again would end alike.
"""

import json
import logging
import re
import sys
from typing import Any

MAIL = ("mailto", "mailtos")
FOR_GOOD = 2
WRONG = {"no address of a service", "not encrypted", "refused the credentials", "refused for good"}
UNAUTHORISED = re.compile(r"error=40[13]\b|Socket Exception: \(53[045],")
"""What apprise logs where a web service, or a mail server, does not accept who asks."""
REFUSED = re.compile(r"error=4(?!08|25|29)\d\d\b|Socket Exception: .*\(5\d\d,")
"""... or what is asked, such as an address of nobody. 408, 425, 429 and a mail server's 4xx may pass."""


class _Heard(logging.Handler):
    """Keeps why a message was refused, and nothing of what is logged: it names addresses."""

    why = "refused by the service"

    def emit(self, record: logging.LogRecord) -> None:
        if UNAUTHORISED.search(record.getMessage()):
            self.why = "refused the credentials"
        elif REFUSED.search(record.getMessage()):
            self.why = "refused for good"


def send(request: dict[str, Any]) -> str:
    """Send a message; return why it could not be, in a word or two, or nothing.

    Redirects are refused, since a moved address would be told nothing, and so is what is not encrypted unless
    ``plain`` allows it.
    """
    import apprise

    heard, log = _Heard(), logging.getLogger("apprise")
    log.addHandler(heard)
    log.setLevel(logging.DEBUG)
    log.propagate = False
    asset = apprise.AppriseAsset(storage_mode=apprise.PersistentStoreMode.MEMORY)
    asset.http_redirects = False
    way = apprise.Apprise.instantiate(request["address"], asset=asset)
    if way is None:
        return "no address of a service"
    if not request["plain"] and (_is_plain(way) or not way.verify_certificate):
        return "not encrypted"
    attached = request["attach"] if way.schema in MAIL else None
    sender = apprise.Apprise(asset=asset)
    sender.add(way)
    done = sender.notify(
        body=request["body"], title=request["title"], attach=attached, body_format=apprise.NotifyFormat.TEXT
    )
    return "" if done else heard.why


def _is_plain(way: Any) -> bool:
    """Say whether an address is of the kind of a service that has an encrypted one beside it."""
    secure = way.secure_protocol or ()
    secure = (secure,) if isinstance(secure, str) else secure
    return way.schema not in secure


if __name__ == "__main__":
    why = send(json.load(sys.stdin))
    sys.stdout.write(why)
    sys.exit(FOR_GOOD if why in WRONG else bool(why))
