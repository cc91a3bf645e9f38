"""What a request of a project tool asks of the hub: sending, unlinking, importing, or nothing it can do."""

from dataclasses import dataclass
from enum import StrEnum


class Wish(StrEnum):
    """What is asked for."""

    SEND = "SEND"
    UNLINK = "UNLINK"
    IMPORT = "IMPORT"  # from the ERP
    READ_AGAIN = "READ_AGAIN"  # from the project tool, whose own links changed
    MERGE = "MERGE"  # of companies that are one in the project tool from now on
    NOTHING = "NOTHING"  # nothing for the hub to do
    NOT_SUPPORTED = "NOT_SUPPORTED"


@dataclass(frozen=True, slots=True)
class Meaning:
    """`lists` are read before or as the answer; `words` tell people why nothing is done.

    `along` are objects that go with it: all of the item's project that may be sent and was not yet.

    `item` is what the request's data calls the things it is about, and `object` which of our objects they are. With
    `reset` the tool has taken their marks away already, whatever becomes of it."""

    wish: Wish
    lists: tuple[str, ...] = ()
    words: str = ""
    item: str = ""
    object: str = ""
    reset: bool = False
    along: str = ""
