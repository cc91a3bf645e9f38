"""What became of one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

ACTION = "IMPORT"  # of the events that imports write


@dataclass(frozen=True)
class Merged:
    """`items` are ours that a page of the project tool holds, changed or not, those among them that did not fit included."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    issues: int = 0
    items: Sequence[UUID] = ()
