"""One press of a button in the ERP Integrations tool, as the makers of its payload see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.sandboxes.procore.records import Record, Records


@dataclass(frozen=True, slots=True)
class Press:
    """`items` are what it is about, all of one kind; `given` what the script of the press says besides."""

    records: Records
    company_id: int
    event: str
    user: Record
    item_type: str | None = None
    items: tuple[Record, ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def item(self) -> Record:
        return self.items[0]
