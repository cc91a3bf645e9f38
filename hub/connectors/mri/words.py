"""MRI's words for states beside ours. Which words a site uses is not published: settings add to these tables."""

from collections.abc import Mapping

# Our status of a commitment -> the word its contract carries.
CONTRACT: Mapping[str, str] = {"APPROVED": "Approved", "COMPLETE": "Approved"}
# MRI's status of a job, in lower case -> whether the project is active.
JOB_IS_ACTIVE: Mapping[str, bool] = {
    "open": True, "active": True, "planned": True, "closed": False, "complete": False,
}  # fmt: skip
# MRI's status of a payable or journal entry, in lower case -> ours. What is void counts in no budget. A reversed
# entry does: the entry that reverses it stands beside it with the opposite amount.
COST: Mapping[str, str] = {
    "approved": "APPROVED",
    "posted": "APPROVED",
    "p": "APPROVED",
    "reversed": "APPROVED",
    "r": "APPROVED",
    "paid": "APPROVED",
    "pending": "PENDING",
    "open": "PENDING",
    "void": "DRAFT",
    "voided": "DRAFT",
}
