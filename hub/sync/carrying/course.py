"""What one carrying job works with: the project tool, how its requests are made, and how a refusal is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hub.codes import ErrorCode
from hub.core.spec import ErpObject
from hub.erp.connector import Connector, Step
from hub.erp.origin import OriginIds
from hub.errors import MappingError
from hub.sync.attempts import Target, write_class
from hub.sync.carrying.pending import Pending
from hub.sync.intake.issues import Issue
from hub.sync.work import Work

NOT_THERE = "The project tool does not know what it names: link or add that first."


@dataclass
class Course:
    """One carrying job: where it goes, and with what."""

    work: Work
    connector: Connector
    spec: ErpObject
    tool: Mapping[str, Any]
    ids: OriginIds

    def target(self, object_type: str, object_id: UUID, operation: str, *, partly: bool = False) -> Target:
        return Target(
            connection_id=self.tool["id"],
            object_type=object_type,
            object_id=object_id,
            export_revision=0,
            write_class=write_class(self.tool["capabilities"], operation),
            partly=partly,
        )

    def steps(self, key: str, facts: Mapping[str, Any]) -> Sequence[Step]:
        return self.connector.steps(key, facts, {})

    def misfit(self, key: str, facts: Mapping[str, Any]) -> MappingError | None:
        """Why no request can be made of these facts; None where one can."""
        try:
            self.steps(key, facts)
        except MappingError as error:
            return error
        return None


def told_of(
    item: Pending, code: ErrorCode, message: str, field: str | None = None, value: str | None = None
) -> Issue:
    """An issue of an item, with what a person needs to find it."""
    shown = ("kind", "invoice_number", "check_number", "description", "cost_date", "paid_on", "amount")
    known = {name: item.facts[name] for name in shown if item.facts.get(name) is not None}
    lines = [
        {"cost_code": line["cost_code_id"], "amount": line["amount"]} for line in item.facts.get("lines", ())
    ]
    return Issue(item.erp_id, code, message, field, value, {**known, "lines": lines[:50]})
