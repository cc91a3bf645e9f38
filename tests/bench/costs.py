"""A contractor's direct costs as an ERP lists them: the account they belong to, and pages that are made when asked for."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import asyncpg

from db.clock import new_id
from db.session import WritePool
from hub.access.sealing import Place
from hub.access.vault import Vault
from hub.erp.connector import Incoming, Page
from hub.settings import Settings

PROJECTS, VENDORS, CODES, TYPES, COMMITMENTS = 20, 500, 60, 4, 2000
_DAY = date(2025, 1, 1)
_MORNING = datetime(2026, 3, 1, 6, tzinfo=UTC)
_LINKED = """
    with made as (
        insert into {table} (account_id, id, {columns}) select $1, uuidv7(), {values} from generate_series(1, $3::int) n
        returning id, {name} as name)
    insert into link (account_id, id, connection_id, object_type, object_id, state, external_id, external_code, snapshot, snapshot_at)
    select $1, uuidv7(), $2, '{kind}', id, 'READY_TO_IMPORT', name, name, '{{}}', hub_now() from made"""
_WORLD = (
    ("project", "Project", "number, name, is_active", "'J' || lpad(n::text, 4, '0'), 'Project ' || n, true", "number", PROJECTS),
    ("company", "Company", "name, is_active", "'V' || lpad(n::text, 5, '0'), true", "name", VENDORS),
    ("cost_code", "CostCode", "code, name", "lpad(n::text, 2, '0') || '-300', 'Code ' || n", "code", CODES),
    ("cost_type", "CostType", "code, name", "substr('LMSO', n::int, 1), 'Type ' || n", "code", TYPES),
)  # fmt: skip
_COMMITMENTS = f"""
    with made as (
        insert into commitment (account_id, id, kind, number, title, status, is_executed, currency, original_amount, project_id, company_id)
        select $1, uuidv7(), 'SUBCONTRACT', 'SC-' || lpad(n::text, 5, '0'), 'Works of lot ' || n, 'APPROVED', true, 'USD', 1000,
            p.id, c.id
        from generate_series(1, $3::int) n
        join project p on p.account_id = $1 and p.number = 'J' || lpad((n % {PROJECTS} + 1)::text, 4, '0')
        join company c on c.account_id = $1 and c.name = 'V' || lpad((n % {VENDORS} + 1)::text, 5, '0')
        returning id, number)
    insert into link (account_id, id, connection_id, object_type, object_id, state, external_id, external_code)
    select $1, uuidv7(), $2, 'Commitment', id, 'NOT_SENT', number, number from made"""

_ON_PROJECTS = """
    insert into project_cost_code (account_id, id, project_id, cost_code_id, cost_type_id, in_erp)
    select $1, uuidv7(), p.id, c.id, y.id, true
    from project p join cost_code c on c.account_id = $1 join cost_type y on y.account_id = $1 where p.account_id = $1"""


@dataclass(frozen=True)
class Books:
    """The account, and the connection to the ERP whose costs are read."""

    account: UUID
    erp: UUID


async def found(settings: Settings) -> Books:
    """An account with everything that a direct cost names."""
    books = Books(new_id(), new_id())
    pool = await WritePool.open(settings.url_of("app"), 1)
    try:
        async with pool.transaction(books.account) as connection:
            await connection.execute(
                "insert into account (account_id, name, currency, time_zone) values ($1, 'Large & Sons', 'USD', 'UTC')",
                books.account,
            )
            await connection.execute(
                "insert into connection (account_id, id, name, kind, role, base_url)"
                " values ($1, $2, 'Books', 'mri', 'ERP', 'https://erp.example')",
                *(books.account, books.erp),
            )
            await Vault.of(settings).put(connection, Place(books.account, books.erp), {"password": "hunter2"})
    finally:
        await pool.close()
    owner = await asyncpg.connect(settings.database_url)
    try:
        for table, kind, columns, values, name, count in _WORLD:
            text = _LINKED.format(table=table, kind=kind, columns=columns, values=values, name=name)
            await owner.execute(text, books.account, books.erp, count)
        await owner.execute(_COMMITMENTS, books.account, books.erp, COMMITMENTS)
        await owner.execute(_ON_PROJECTS, books.account)
        await owner.execute(
            "analyze account, connection, project, company, cost_code, cost_type, commitment, link"
        )
    finally:
        await owner.close()
    return books


@dataclass
class Costs:
    """An ERP with `count` direct costs. Half of them are `new` in the second edition, and a quarter is changed then.

    Nothing is kept: a page is made when it is fetched. `seconds` and `cpu` are what that took, the second reading of a
    list included, so that both can be taken off what an import is charged with."""

    count: int
    page_size: int
    edition: int
    kind = "memory"
    seconds: float = 0.0
    cpu: float = 0.0
    read: int = 0
    total: Decimal = Decimal(0)
    _read: set[str] = field(default_factory=set)
    _again: tuple[float, float] | None = None

    async def fetch(self, resource: str, scope: Mapping[str, str], cursor: str | None) -> Page:
        began = time.perf_counter(), time.process_time()
        key = scope.get("project", "")
        if cursor is None and key in self._read:
            self._again = began
        self._read.add(key)
        start = int(cursor or 0)
        mine = self.count // PROJECTS if key else self.count
        end = min(start + self.page_size, mine)
        numbers = (int(key[1:]) - 1 + place * PROJECTS if key else place for place in range(start, end))
        page = Page(
            [self._cost(number) for number in numbers if self._is_there(number)],
            str(end) if end < mine else None,
        )
        if self._again is None:
            self.read += len(page.records)
            self.total += sum(record.values["amount"] for record in page.records)
            self._charge(began)
        elif page.cursor is None:
            self._charge(self._again)
            self._again = None
        return page

    def _charge(self, began: tuple[float, float]) -> None:
        self.seconds += time.perf_counter() - began[0]
        self.cpu += time.process_time() - began[1]

    def _is_there(self, number: int) -> bool:
        return self.edition > 1 or _lot(number) >= 2

    def _cost(self, number: int) -> Incoming:
        changed = self.edition > 1 and _lot(number) == 2
        project = number % PROJECTS
        vendor = number * 7 % VENDORS
        amounts = [
            Decimal(number * 37 % 900_000 + place * 1000) / 100 + 10 for place in range(number % 3 + 1)
        ]
        if changed and number % 8 == 2:
            amounts[0] += 10
        day = _DAY + timedelta(days=number % 400)
        external_id = f"V{vendor + 1:05}/INV-{number:07}"
        refs: dict[str, str | None] = {"project": f"J{project + 1:04}", "company": f"V{vendor + 1:05}"}
        if number % 5 == 0:
            refs["commitment"] = f"SC-{number % COMMITMENTS + 1:05}"
        return Incoming(
            object_key="direct_cost",
            external_id=external_id,
            external_code=f"INV-{number:07}",
            values={
                "kind": "SUBCONTRACTOR_INVOICE" if number % 5 == 0 else "INVOICE",
                "invoice_number": f"INV-{number:07}",
                "description": f"Materials and hire for lot {number % 997}, week {number % 53}",
                "status": "APPROVED",
                "cost_date": day,
                "received_date": day + timedelta(days=3),
                "paid_date": day + timedelta(days=30) if changed or _lot(number) == 1 else None,
                "amount": sum(amounts, Decimal("0.00")),
            },
            refs=refs,
            lines=[self._line(external_id, number, place, amount) for place, amount in enumerate(amounts, 1)],
            updated_at=_MORNING + timedelta(seconds=number % 80_000),
        )

    @staticmethod
    def _line(external_id: str, number: int, place: int, amount: Decimal) -> Incoming:
        return Incoming(
            object_key="direct_cost_line",
            external_id=f"{external_id}/{place}",
            values={
                "line_number": place,
                "description": f"Item {place} of invoice {number}",
                "amount": amount,
                "quantity": Decimal(1),
                "unit_cost": amount,
            },
            refs={
                "cost_code": f"{(number + place) % CODES + 1:02}-300",
                "cost_type": "LMSO"[(number + place) % TYPES],
            },
        )

    async def close(self) -> None: ...


def _lot(number: int) -> int:
    """0 and 1 are new in the second edition, 2 is changed, 3 is as it was; costs of one project are of every lot."""
    return number // PROJECTS % 4
