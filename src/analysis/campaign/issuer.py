"""Who issues a campaign's documents, and in which form."""

from typing import Literal

from analysis.campaign.record import Record
from analysis.campaign.text import Text


class Issuer(Record):
    """What stands around the text of a document that an office signs; what is not given is left as dots.

    Attributes
    ----------
    form
        ``decree30``: administrative documents of Viet Nam, Decree 30/2020/NĐ-CP; ``plain``: a title and a
        letterhead.
    letterhead
        Lines above the issuing body: the body it answers to.
    body, place, number
        Who issues, where, and the line of the document's number.
    signatures
        Who signs, by office.
    recipients
        Who is sent it, one line each.
    contact
        Whom a reader may ask, and how.
    """

    form: Literal["decree30", "plain"] = "plain"
    letterhead: tuple[Text, ...] = ()
    body: Text | None = None
    place: Text | None = None
    number: Text | None = None
    signatures: tuple[Text, ...] = ()
    recipients: tuple[Text, ...] = ()
    contact: Text | None = None
