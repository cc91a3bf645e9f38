"""The ids under which the hub marks a record on the project side as belonging to a record of the ERP.

`PREFIX:KIND:key`, for example `MRI:VEND:OKAF01`. A contract's key is its job and its number."""

from dataclasses import dataclass
from enum import StrEnum


class OriginKind(StrEnum):
    VENDOR = "VEND"
    JOB = "JOB"
    COST_CODE = "CODE"
    COST_TYPE = "CAT"
    CONTRACT = "CONT"
    CONTRACT_LINE = "LINE"


@dataclass(frozen=True, slots=True)
class OriginIds:
    """Makes and reads origin ids. The prefix is the connection's, so two ERPs never read each other's."""

    prefix: str

    def make(self, kind: OriginKind, *key: str) -> str:
        """An origin id. Only the last part of a key may hold a colon, or it could not be read back."""
        if not key or not all(key) or any(":" in part for part in key[:-1]):
            raise ValueError("is not a key that an origin id can hold")
        return ":".join((self.prefix, kind, *key))

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
        """The line's number stands before the contract's, which may hold a colon."""
        return self.make(OriginKind.CONTRACT_LINE, job, str(line), number)

    def key(self, kind: OriginKind, origin_id: str | None) -> str | None:
        """The ERP's own id, or None where the mark is absent, foreign or of another kind."""
        head = f"{self.prefix}:{kind}:"
        if not origin_id or not origin_id.startswith(head) or origin_id == head:
            return None
        key = origin_id[len(head) :]
        if kind is OriginKind.CONTRACT:
            job, _, number = key.partition(":")
            return contract_key(job, number) if job and number else None
        return key


def contract_key(job: str, number: str) -> str:
    """How a contract is named where one id is wanted: numbers are unique within a job only."""
    return f"{job}/{number}"
