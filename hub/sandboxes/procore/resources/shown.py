"""What the answers of many resources show alike: briefs of other objects, sums, and dollars."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from hub.sandboxes.procore.records import Record, Records

ZERO = "0.00"
DOLLARS: Record = {"currency_iso_code": "USD"}


def without(record: Record, *names: str) -> Record:
    return {name: value for name, value in record.items() if name not in names}


def known(kind: str, record_id: int | None, records: Records) -> Record | None:
    return records.get(kind, record_id) if record_id else None


def brief(kind: str, record_id: int | None, records: Records, *names: str) -> Record | None:
    """The id and a few more fields of another object; None where there is none."""
    record = known(kind, record_id, records)
    return None if record is None else {name: record.get(name) for name in ("id", *names)}


def total(amounts: Iterable[Any]) -> Decimal:
    return sum((Decimal(amount or ZERO) for amount in amounts), Decimal(ZERO))


def vendor_brief(vendor_id: int | None, records: Records) -> Record | None:
    vendor = brief("vendor", vendor_id, records, "name", "origin_id", "origin_code", "origin_data")
    return None if vendor is None else without(vendor, "name") | {"company": vendor["name"]}


def wbs_brief(wbs_code_id: int | None, records: Records) -> Record | None:
    return brief("wbs_code", wbs_code_id, records, "flat_code", "description")
