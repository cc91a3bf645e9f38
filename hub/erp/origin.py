"""The ids under which the hub marks a record on the project side as belonging to a record of the ERP.

`PREFIX:KIND:key`, for example `MRI:VEND:OKAF01`. A key of several parts, such as a contract's job and number,
has them joined by colons; a colon within any part but the last is written `%3A`."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

USUAL_PREFIX = "MRI"


class OriginKind(StrEnum):
    VENDOR = "VEND"
    JOB = "JOB"
    SUB_JOB = "SUBJ"
    COST_CODE = "CODE"
    COST_TYPE = "CAT"
    BUDGET = "BUDG"
    REVISION = "REV"
    CONTRACT = "CONT"
    CONTRACT_LINE = "LINE"
    ORDER = "ORDR"
    PRIME_CONTRACT = "PRIM"
    PRIME_LINE = "PLIN"
    PRIME_ORDER = "PORD"
    INVOICE = "INV"
    OWNER_INVOICE = "OINV"
    PAYMENT = "PAY"
    DIRECT_COST = "COST"
    DIRECT_COST_LINE = "CLIN"


# The kind of each object that is marked.
OF_OBJECT: Mapping[str, OriginKind] = {
    "company": OriginKind.VENDOR,
    "project": OriginKind.JOB,
    "sub_job": OriginKind.SUB_JOB,
    "cost_code": OriginKind.COST_CODE,
    "cost_type": OriginKind.COST_TYPE,
    "budget": OriginKind.JOB,  # a job has one
    "budget_change": OriginKind.REVISION,
    "prime_contract": OriginKind.PRIME_CONTRACT,
    "prime_contract_change_order": OriginKind.PRIME_ORDER,
    "owner_invoice": OriginKind.OWNER_INVOICE,
    "commitment": OriginKind.CONTRACT,
    "commitment_change_order": OriginKind.ORDER,
    "subcontractor_invoice": OriginKind.INVOICE,
    "payment": OriginKind.PAYMENT,
    "direct_cost": OriginKind.DIRECT_COST,
}

# Kinds whose key has more than one part, and how many.
_PARTS = {
    OriginKind.SUB_JOB: 2,  # job, code
    OriginKind.BUDGET: 3,  # job, cost code, cost type
    OriginKind.REVISION: 2,  # job, number
    OriginKind.CONTRACT: 2,  # job, number
    OriginKind.CONTRACT_LINE: 3,  # job, line, number: the number may hold a colon
    OriginKind.ORDER: 3,  # job, contract, number
    OriginKind.PRIME_CONTRACT: 2,  # job, number
    OriginKind.PRIME_LINE: 3,  # job, line, number
    OriginKind.PRIME_ORDER: 3,  # job, contract, number
    OriginKind.INVOICE: 2,  # vendor, number
    OriginKind.OWNER_INVOICE: 2,  # job, number
}


@dataclass(frozen=True, slots=True)
class OriginIds:
    """Makes and reads origin ids. The prefix is the connection's, so two ERPs never read each other's."""

    prefix: str

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "OriginIds":
        """By the setting `origin_prefix` of a connection."""
        return cls(str(settings.get("origin_prefix") or USUAL_PREFIX))

    def make(self, kind: OriginKind, *key: str) -> str:
        """An origin id of all parts of the key."""
        if len(key) != _PARTS.get(kind, 1) or not all(key):
            raise ValueError("is not a key that an origin id can hold")
        return ":".join((self.prefix, kind, *map(_escaped, key[:-1]), key[-1]))

    def mark(self, object_key: str, external_id: str) -> str:
        """The mark of an item by the ERP's own id of it, whose parts are joined by slashes; a number may hold one."""
        kind = OF_OBJECT[object_key]
        return self.make(kind, *external_id.split("/", _PARTS.get(kind, 1) - 1))

    def vendor(self, vendor_id: str) -> str:
        return self.make(OriginKind.VENDOR, vendor_id)

    def job(self, code: str) -> str:
        return self.make(OriginKind.JOB, code)

    def cost_code(self, code: str) -> str:
        return self.make(OriginKind.COST_CODE, code)

    def cost_type(self, code: str) -> str:
        return self.make(OriginKind.COST_TYPE, code)

    def contract(self, job: str, number: str) -> str:
        return self.make(OriginKind.CONTRACT, job, number)

    def contract_line(self, job: str, number: str, line: int) -> str:
        return self.make(OriginKind.CONTRACT_LINE, job, str(line), number)

    def prime_line(self, job: str, number: str, line: int) -> str:
        return self.make(OriginKind.PRIME_LINE, job, str(line), number)

    def parts(self, kind: OriginKind, origin_id: str | None) -> tuple[str, ...] | None:
        """The parts of the ERP's key, or None where the mark is absent, foreign or of another kind."""
        head = f"{self.prefix}:{kind}:"
        if not origin_id or not origin_id.startswith(head):
            return None
        wanted = _PARTS.get(kind, 1)
        found = origin_id[len(head) :].split(":", wanted - 1)
        if len(found) != wanted or not all(found):
            return None
        return (*map(_unescaped, found[:-1]), found[-1])

    def key(self, kind: OriginKind, origin_id: str | None) -> str | None:
        """The ERP's own id as one text, None where `parts` is."""
        found = self.parts(kind, origin_id)
        return None if found is None else "/".join(found)


def contract_key(job: str, number: str) -> str:
    """How a contract is named where one id is wanted: numbers are unique within a job only."""
    return f"{job}/{number}"


def invoice_key(vendor: str, number: str) -> str:
    """How an invoice is named: numbers are unique within a vendor only."""
    return f"{vendor}/{number}"


def _escaped(part: str) -> str:
    return part.replace("%", "%25").replace(":", "%3A")


def _unescaped(part: str) -> str:
    return part.replace("%3A", ":").replace("%25", "%")
