"""The ledger's part of the fictional contractor: vendors, jobs and codes, and no document yet."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from hub.sandboxes import world as worlds
from hub.sandboxes.mri.apis import CATEGORIES, COST_CODES, JOB_COST_CODES, JOBS, VENDORS
from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.declare import Api, Row
from hub.sandboxes.mri.ledger_seed import ledger_rows
from hub.sandboxes.world import CostCode, Job, Vendor, World

_FIRST_CHANGE = datetime(2026, 1, 5, 8, 0)  # noqa: DTZ001 - the site's local time has no zone on the wire


def seed_books(books: Books, seed: int) -> None:
    """The same seed gives the same rows, with the same stamps."""
    with books.bench.store.transaction():
        for api, row in _stamped(seed):
            books.keep(api, row)
        books.bench.store.put("switch", "seed", {"seed": seed})


def complete_books(books: Books, seed: int) -> None:
    """Books of an earlier sandbox get the lists that it did not have; lists that hold a row are left alone."""
    with books.bench.store.transaction():
        rows = list(_stamped(seed))
        seeded = {api.collection for api, _row in rows}
        missing = {name for name in seeded if not books.bench.store.count(name)}
        for api, row in rows:
            if api.collection in missing:
                books.keep(api, row)


def _stamped(seed: int) -> Iterator[tuple[Api, Row]]:
    for number, (api, row) in enumerate(_rows(worlds.build(seed))):
        if api.changed:
            changed = _FIRST_CHANGE + timedelta(minutes=number, microseconds=number * 1234)
            row[api.changed] = changed.isoformat(timespec="microseconds")
        yield api, row


def seed_of(books: Books) -> int | None:
    """The seed that these books were begun with; None for books without a beginning."""
    kept = books.bench.store.get("switch", "seed")
    return int(kept["seed"]) if kept else None


def _rows(world: World) -> Iterator[tuple[Api, Row]]:
    for cost_type in world.cost_types:
        yield CATEGORIES, {"Category": cost_type.category, "Description": cost_type.name}
    names = {cost_type.category: cost_type.name for cost_type in world.cost_types}
    for code in world.cost_codes:
        yield COST_CODES, _cost_code(code, names)
    for vendor in world.vendors:
        if vendor.in_erp:
            yield VENDORS, _vendor(vendor)
    for job in world.jobs:
        if job.in_erp:
            yield JOBS, _job(job, world.company.erp_entity)
            for code in world.cost_codes:
                for category in code.categories:
                    yield JOB_COST_CODES, _job_cost_code(job, code, category)
    yield from ledger_rows(world.company.erp_entity, world.company.name)


def _vendor(vendor: Vendor) -> Row:
    return {
        "VendorID": vendor.code,
        "VendorName": vendor.name,
        "Address1": vendor.address,
        "Address2": None,
        "Address3": None,
        "City": vendor.city,
        "State": vendor.state,
        "ZipCode": vendor.zip,
        "Country": vendor.country,
        "Phone": vendor.phone,
        "Email": vendor.email,
        "TaxID": None,
        "Active": "Y" if vendor.erp_active else "N",
        "Separate1099": "N",
    }


def _job(job: Job, entity: str) -> Row:
    return {
        "JobCode": job.code,
        "Description": job.name,
        "EntityID": entity,
        "Status": job.status,
        "Address1": job.address,
        "City": job.city,
        "State": job.state,
        "ZipCode": job.zip,
        "StartDate": job.start.isoformat(),
        "CompletionDate": job.completion.isoformat(),
    }


def _cost_code(code: CostCode, names: dict[str, str]) -> Row:
    return {
        "CostCode": code.code,
        **_code_fields(code, on_chart=True),
        "Categories": [{"Category": one, "Description": names[one]} for one in code.categories],
    }


def _job_cost_code(job: Job, code: CostCode, category: str) -> Row:
    fields = _code_fields(code, on_chart=code.code in job.chart)
    return {"JobCode": job.code, "CostCode": code.code, "Category": category, **fields}


def _code_fields(code: CostCode, *, on_chart: bool) -> Row:
    return {
        "Description": code.name,
        "ParentCode": code.division,
        "DefaultCategory": code.default_category,
        "InterfaceChart": "Y" if on_chart else "N",
    }
