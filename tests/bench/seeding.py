"""One account of a large contractor, put into the database by COPY."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import asyncpg

from db.clock import new_id
from hub.access.door import issue_key
from hub.settings import Settings

COMPANIES, PROJECTS, CODES, LINES = 500, 100, 60, 3
CAPABILITIES = {
    "behaviour": {
        "commitment_title_max": 35,
        "commitment_number_max": 15,
        "start_date_required": True,
        "sendable_statuses": {"SUBCONTRACT": ["APPROVED", "COMPLETE"], "PURCHASE_ORDER": ["APPROVED"]},
    }
}
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Seeded:
    """What the bench asks with and for."""

    account: UUID
    approver: UUID
    reader: UUID
    key: str
    bulk_key: str
    commitment: str
    project: str


class Seeder:
    """Rows of one account, made by chance from one seed."""

    def __init__(self, connection: asyncpg.Connection, commitments: int) -> None:
        self._connection, self._count = connection, commitments
        self.account, self.erp = new_id(), new_id()
        self._dice = Random(20_260_301)
        self._ids: dict[str, list[UUID]] = {}

    async def put(self, table: str, rows: Rows) -> None:
        """COPY into a table beside it, then over: row-level security admits no COPY of its own."""
        names = list(rows[0])
        columns = ", ".join(names)
        await self._connection.execute(
            f"create temp table stage on commit drop as select {columns} from {table} limit 0"
        )
        await self._connection.copy_records_to_table(
            "stage", records=[tuple(row.values()) for row in rows], columns=names
        )
        await self._connection.execute(f"insert into {table} ({columns}) select {columns} from stage")
        await self._connection.execute("drop table stage")

    def made(self, table: str, count: int) -> Iterator[tuple[int, dict[str, Any]]]:
        self._ids[table] = [new_id() for _ in range(count)]
        for number, id_ in enumerate(self._ids[table]):
            yield number, {"account_id": self.account, "id": id_}

    def one(self, table: str) -> UUID:
        return self._dice.choice(self._ids[table])

    # --- what there is ------------------------------------------------------------------------------------------------

    async def account_and_erp(self) -> None:
        self._ids["account"] = [self.account]
        await self.put(
            "account",
            [{"account_id": self.account, "name": "Large & Sons", "currency": "USD", "time_zone": "UTC"}],
        )
        erp = {
            "name": "MRI",
            "kind": "mri",
            "role": "ERP",
            "base_url": "https://erp.example",
            "capabilities": json.dumps(CAPABILITIES),
        }
        await self.put("connection", [{"account_id": self.account, "id": self.erp, **erp}])

    async def master_data(self) -> None:
        for table, count, words in (
            (
                "company",
                COMPANIES,
                lambda n: {
                    "name": f"Company {n:04} Construction",
                    "city": f"City {n % 40}",
                    "is_active": n % 50 > 0,
                },
            ),
            (
                "project",
                PROJECTS,
                lambda n: {"number": f"24-{n:04}", "name": f"Project {n}", "is_active": True},
            ),
            ("cost_code", CODES, lambda n: {"code": f"{n:02}-300", "name": f"Code {n}"}),
            (
                "cost_type",
                4,
                lambda n: {"code": "LMSO"[n], "name": ("Labor", "Material", "Subcontract", "Other")[n]},
            ),
        ):
            rows = [{**base, "origin_id": str(n), **words(n)} for n, base in self.made(table, count)]
            await self.put(table, rows)
            await self.links(
                table,
                {
                    "company": "Company",
                    "project": "Project",
                    "cost_code": "CostCode",
                    "cost_type": "CostType",
                }[table],
            )
        rows = [
            {
                "account_id": self.account,
                "id": new_id(),
                "project_id": project,
                "cost_code_id": code,
                "cost_type_id": type_,
                "in_erp": True,
            }
            for project in self._ids["project"]
            for code in self._ids["cost_code"][:30]
            for type_ in self._ids["cost_type"][:2]
        ]
        await self.put("project_cost_code", rows)
        await self.move("Company", "LINKED", 0.8)
        await self.move("Project", "LINKED", 0.9)

    async def commitments(self) -> None:
        rows, lines = [], []
        for number, base in self.made("commitment", self._count):
            amounts = [Decimal(self._dice.randrange(100_000, 20_000_000)) / 100 for _ in range(LINES)]
            rows.append({**base, **self._commitment(number, sum(amounts, Decimal(0)))})
            lines += [
                self._line(base["id"], position, amount) for position, amount in enumerate(amounts, start=1)
            ]
        await self.put("commitment", rows)
        await self.put("commitment_line", lines)
        await self.links("commitment", "Commitment")
        await self.move("Commitment", "READY_TO_EXPORT", 0.5)
        await self.move("Commitment", "EXPORTING", 0.6, of="READY_TO_EXPORT")
        await self.move("Commitment", "SYNCED", 0.9, of="EXPORTING")

    def _commitment(self, number: int, amount: Decimal) -> dict[str, Any]:
        dice = self._dice
        return {
            "origin_id": str(number),
            "kind": "PURCHASE_ORDER" if number % 5 == 0 else "SUBCONTRACT",
            "number": f"SC-{dice.randrange(100_000):05}",
            "title": f"Works of lot {dice.randrange(1000)}",
            "status": dice.choice(("APPROVED", "APPROVED", "COMPLETE", "DRAFT", "VOID")),
            "project_id": self.one("project"),
            "company_id": self.one("company"),
            "original_amount": amount,
            "currency": "USD",
            "is_executed": True,
            "start_date": date(2025, 1, 1) + timedelta(days=dice.randrange(700)),
        }

    def _line(self, commitment: UUID, position: int, amount: Decimal) -> dict[str, Any]:
        return {
            "account_id": self.account,
            "id": new_id(),
            "commitment_id": commitment,
            "origin_id": f"{position}",
            "line_number": position,
            "cost_code_id": self._ids["cost_code"][self._dice.randrange(30)],
            "cost_type_id": self._ids["cost_type"][self._dice.randrange(2)],
            "description": f"Line {position}",
            "quantity": Decimal("1.0000"),
            "unit_cost": amount,
            "amount": amount,
        }

    async def links(self, table: str, object_type: str) -> None:
        rows = [
            {
                "account_id": self.account,
                "id": new_id(),
                "connection_id": self.erp,
                "object_type": object_type,
                "object_id": id_,
                "state": "NOT_SENT",
            }
            for id_ in self._ids[table]
        ]
        await self.put("link", rows)

    async def move(self, object_type: str, state: str, share: float, *, of: str = "NOT_SENT") -> None:
        """Moves a share of the links on; the choice follows from their ids."""
        await self._connection.execute(
            "update link set state = $3, external_id = coalesce(external_id, object_type || right(object_id::text, 12)),"
            " digest = repeat('a', 64)"
            " where account_id = $1 and object_type = $2 and state = $4 and abs(hashtext(object_id::text)) % 1000 < $5",
            *(self.account, object_type, state, of, int(share * 1000)),
        )

    async def people(self, settings: Settings) -> Seeded:
        approver, reader = new_id(), new_id()
        levels = {
            "erp_level": 2,
            "directory_level": 2,
            "can_push_to_accounting": True,
            "is_bulk_reader": False,
        }
        nothing = {
            "erp_level": 0,
            "directory_level": 0,
            "can_push_to_accounting": False,
            "is_bulk_reader": True,
        }
        people = [
            {"account_id": self.account, "id": approver, "name": "Ana", **levels},
            {"account_id": self.account, "id": reader, "name": "BI", **nothing},
        ]
        await self.put("member", people)
        on = [
            {"account_id": self.account, "member_id": approver, "project_id": project, "commitments_level": 3}
            for project in self._ids["project"]
        ]
        await self.put("project_member", on)
        key = await issue_key(self._connection, settings, self.account, approver, "bench")
        bulk = await issue_key(self._connection, settings, self.account, reader, "bench", bulk=True)
        commitment = f"cmt_{self._ids['commitment'][self._count // 2]}"
        return Seeded(self.account, approver, reader, key, bulk, commitment, f"prj_{self._ids['project'][0]}")


async def seed(settings: Settings, commitments: int) -> Seeded:
    connection = await asyncpg.connect(settings.database_url)
    try:
        async with connection.transaction():
            seeder = Seeder(connection, commitments)
            await connection.execute("select set_config('app.account', $1, true)", str(seeder.account))
            await seeder.account_and_erp()
            await seeder.master_data()
            await seeder.commitments()
            seeded = await seeder.people(settings)
        await connection.execute("vacuum analyze")
    finally:
        await connection.close()
    return seeded
