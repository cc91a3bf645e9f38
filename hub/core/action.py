"""What a person may do to an item."""

from enum import StrEnum


class Action(StrEnum):
    """The actions an item explains in `viewerCan`."""

    SEND = "SEND"
    RETRIEVE = "RETRIEVE"
    ACCEPT = "ACCEPT"
    REJECT = "REJECT"
    UNLINK = "UNLINK"
    LINK = "LINK"
    ADD = "ADD"
    REFRESH = "REFRESH"
