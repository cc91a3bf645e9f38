"""The ledger's part of the fictional contractor: its directory and structure, books of two years, and no contract yet."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hub.sandboxes import world as worlds
from hub.sandboxes.reference.books import Books
from hub.sandboxes.reference.catalogue import COLLECTIONS
from hub.sandboxes.reference.declare import Row
from hub.sandboxes.reference.values import read_document
from hub.sandboxes.world import Job, Vendor, World

_FIRST_CHANGE = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
_YEARS, _CLOSED_BEFORE = range(2023, 2030), "2024-01"
_CUSTOMERS = (("CITY", "City Works Department"), ("HVH", "Harbor View Hospitals"), ("NEU", "New Era Union"))
_LISTS: dict[str, tuple[tuple[str, str], ...]] = {
    "customers": _CUSTOMERS,
    "gl-accounts": (("5000", "Job cost"), ("2000", "Accounts payable"), ("1200", "Accounts receivable")),
    "entities": (("HV01", "Harbour & Vale Builders"),),
    "banks": (("OPR", "Operating account"), ("PAY", "Payroll account")),
}


def seed_books(books: Books, seed: int) -> None:
    """The same seed gives the same documents, with the same ids and stamps."""
    with books.bench.store.transaction():
        for number, (name, row) in enumerate(_rows(worlds.build(seed))):
            at = _FIRST_CHANGE + timedelta(seconds=number)
            books.add(COLLECTIONS[name], read_document(COLLECTIONS[name], row), at)
        books.set_switch("seed", seed)


def seed_of(books: Books) -> int | None:
    """The seed these books were begun with; None for books without a beginning."""
    found = books.switch("seed", None)
    return None if found is None else int(found)


def _rows(world: World) -> Iterator[tuple[str, Row]]:
    yield from _periods()
    for name, rows in _LISTS.items():
        yield from ((name, {"code": code, "name": text}) for code, text in rows)
    for one in world.cost_types:
        yield "cost-types", {"code": one.category, "name": one.name, "base_type": one.base_type}
    for code in world.cost_codes:
        yield "cost-codes", {"code": code.code, "name": code.name, "cost_types": list(code.categories)}
    yield from (("vendors", _vendor(vendor)) for vendor in world.vendors if vendor.in_erp)
    jobs = [job for job in world.jobs if job.in_erp]
    for job in jobs:
        yield from _job(world, job)
    yield from _books_of(world, jobs[0])


def _periods() -> Iterator[tuple[str, Row]]:
    for year in _YEARS:
        for month in range(1, 13):
            code = f"{year}-{month:02d}"
            days = {"starts_on": f"{code}-01", "ends_on": f"{code}-{monthrange(year, month)[1]}"}
            yield "accounting-periods", {"code": code, "open": code >= _CLOSED_BEFORE, **days}


def _vendor(vendor: Vendor) -> Row:
    return {
        "code": vendor.code,
        "name": vendor.name,
        "address": vendor.address,
        "city": vendor.city,
        "state": vendor.state,
        "zip": vendor.zip,
        "country": vendor.country,
        "phone": vendor.phone,
        "email": vendor.email,
        "active": vendor.erp_active,
    }


def _job(world: World, job: Job) -> Iterator[tuple[str, Row]]:
    yield (
        "jobs",
        {
            "code": job.code,
            "name": job.name,
            "status": "Active" if job.status == "Active" else "Closed",
            "start_date": job.start.isoformat(),
            "completion_date": job.completion.isoformat(),
            "address": job.address,
            "city": job.city,
            "state": job.state,
            "zip": job.zip,
            "country": job.country,
        },
    )
    for code in world.cost_codes:
        if code.code in job.chart:
            kinds = list(code.categories)
            yield (
                "job-cost-codes",
                {"job": job.code, "code": code.code, "name": code.name, "cost_types": kinds},
            )


def _books_of(world: World, job: Job) -> Iterator[tuple[str, Row]]:
    """What stands in the books of the first job before anything is sent."""
    codes = [code for code in world.cost_codes if code.code in job.chart][:4]
    vendor = next(one.code for one in world.vendors if one.linked and one.erp_active)
    lines = [
        {
            "line_number": number,
            "cost_code": code.code,
            "cost_type": code.default_category,
            "description": code.name,
            "amount": format(Decimal(number) * Decimal("12500.00"), "f"),
        }
        for number, code in enumerate(codes, start=1)
    ]
    yield "sub-jobs", {"job": job.code, "code": "A", "name": "Phase A"}
    yield "sub-jobs", {"job": job.code, "code": "B", "name": "Phase B"}
    yield "budgets", {"job": job.code, "amount": "125000.00", "lines": lines}
    prime = {"job": job.code, "number": "PC-1", "customer": "HVH", "title": "Prime contract"}
    yield (
        "prime-contracts",
        {**prime, "amount": "125000.00", "contract_date": "2024-02-01", "lines": lines},
    )
    dated = {"date": "2026-04-03", "received_date": "2026-04-05"}
    cost = {"job": job.code, **dated, "lines": [{**lines[0], "amount": "300.00"}]}
    bill = {"kind": "payable", "vendor": vendor, "number": "B-55", "amount": "300.00"}
    yield "direct-costs", {**cost, **bill, "description": "Permit copies"}
    entry = {"kind": "journal", "number": "JE-7", "amount": "-120.00", "description": "Reclass"}
    yield "direct-costs", {**cost, **entry, "lines": [{**lines[1], "amount": "-120.00"}]}
