"""Count, sum and digest of what was read, whatever its order: equal tallies mean equal keys and amounts."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hub.erp.connector import Incoming

_MODULUS = 2**128


@dataclass(frozen=True, slots=True)
class Tally:
    """`digest` is the sum of a hash per record, so that pages can be counted in any order and one by one."""

    count: int = 0
    sum: Decimal = Decimal(0)
    digest: int = 0

    def with_page(self, records: Sequence[Incoming], amounts: Sequence[str]) -> "Tally":
        """`amounts` are fields, of which the first that a record has counts."""
        total, digest = self.sum, self.digest
        for record in records:
            stated = (record.values.get(name) for name in amounts)
            value = next((each for each in stated if each is not None), None)
            if isinstance(value, Decimal):
                total += value
            line = f"{record.external_id}\x00{'' if value is None else value}".encode(
                "utf-8", "surrogatepass"
            )
            digest += int.from_bytes(hashlib.blake2b(line, digest_size=16).digest(), "big")
        return Tally(self.count + len(records), total, digest % _MODULUS)

    @property
    def digest_text(self) -> str:
        return f"{self.digest:032x}"

    def stored(self) -> dict[str, Any]:
        return {"count": self.count, "sum": str(self.sum), "digest": self.digest_text}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Tally":
        if "count" not in stored:
            return cls()
        return cls(int(stored["count"]), Decimal(stored["sum"]), int(stored["digest"], 16))
