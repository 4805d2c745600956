"""Who issues a campaign's documents, and in which form."""

from typing import Literal

from analysis.campaign.record import Record
from analysis.campaign.text import Text


class Issuer(Record):
    """What stands around the text of a document that an office signs; what is not given is left as dots."""

    form: Literal["decree30", "plain"] = "plain"
    letterhead: tuple[Text, ...] = ()
    body: Text | None = None
    place: Text | None = None
    number: Text | None = None
    signatures: tuple[Text, ...] = ()
    recipients: tuple[Text, ...] = ()
    contact: Text | None = None
