"""What a person may do to an item."""

from enum import StrEnum


class Action(StrEnum):
    """The actions an item explains in `viewerCan`."""

    SEND = "SEND"
    RETRIEVE = "RETRIEVE"
    ACCEPT = "ACCEPT"
    REJECT = "REJECT"
    REJECT_ALL = "REJECT_ALL"  # of cost codes, which are rejected together
    UNLINK = "UNLINK"
    LINK = "LINK"
    ADD = "ADD"
    REFRESH = "REFRESH"
    ARCHIVE = "ARCHIVE"
    RESTORE = "RESTORE"
    ASSIGN = "ASSIGN"  # default cost types to a cost code
    IMPORT = "IMPORT"  # of a budget, from the ERP
    SYNC_COSTS = "SYNC_COSTS"  # of a project: whether its costs are taken in
    # What the project tool does; judged when its change arrives.
    EDIT = "EDIT"
    DELETE = "DELETE"
    UNLOCK = "UNLOCK"
