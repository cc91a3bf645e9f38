"""Rows of accounts for the tests: builders with defaults, and one whole account of a small contractor."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import cycle
from random import Random
from typing import Any
from uuid import UUID

from documents import documents
from past import history
from roles import ON_PROJECTS, OUTSIDE, ROLES

from db.session import Connection, WritePool
from hub.access.door import issue_key
from hub.core.link import MOVES, LinkState
from hub.settings import Settings

BIRTH = datetime(2026, 1, 5, 12, tzinfo=UTC)
IMPORTS = ["company", "cost_code", "cost_type", "direct_cost", "payment", "project", "project_cost_code"]
CAPABILITIES = {
    "objects": {
        **{key: {"direction": "import"} for key in IMPORTS},
        "commitment": {"direction": "export"},
    },
    "imports": IMPORTS,
    "behaviour": {
        "commitment_title_max": 35,
        "commitment_number_max": 15,
        "start_date_required": True,
        "po_module": False,
        "vendor_id_max": 12,
        "sendable_statuses": {"SUBCONTRACT": ["APPROVED", "COMPLETE"], "PURCHASE_ORDER": ["APPROVED"]},
    },
}


def way_to(state: LinkState) -> list[LinkState]:
    """The states a new link passes through until it stands at `state`: the database lets it take no other way."""
    ways: list[list[LinkState]] = [[after] for (before, _), after in MOVES.items() if before is None]
    for way in ways:
        if way[-1] is state:
            return way
        ways += [
            [*way, after] for (before, _), after in MOVES.items() if before is way[-1] and after not in way
        ]
    raise ValueError(state)


class Ids:
    """UUIDv7s that rise one by one and are the same in every run."""

    def __init__(self, seed: int) -> None:
        self._random, self._moment = Random(seed), BIRTH

    def __call__(self) -> UUID:
        self._moment += timedelta(milliseconds=7)
        millis = int(self._moment.timestamp() * 1000)
        low = self._random.getrandbits(62)
        return UUID(int=millis << 80 | 0x7 << 76 | self._random.getrandbits(12) << 64 | 0x2 << 62 | low)


@dataclass
class Books:
    """Writes rows of one account. Every method returns the id of what it wrote."""

    connection: Connection
    account: UUID
    ids: Ids
    erp: UUID = field(init=False)

    async def insert(self, table: str, **values: Any) -> None:
        given = {"account_id": self.account, **values}
        names, places = ", ".join(given), ", ".join(f"${n + 1}" for n in range(len(given)))
        plain = [json.dumps(value) if isinstance(value, dict) else value for value in given.values()]
        await self.connection.execute(f'insert into "{table}" ({names}) values ({places})', *plain)

    async def row(self, table: str, **values: Any) -> UUID:
        id_ = self.ids()
        await self.insert(table, id=id_, **values)
        return id_

    async def open(self, name: str) -> None:
        await self.insert("account", name=name, currency="USD", time_zone="UTC")
        self.erp = await self.row(
            "connection",
            name="MRI",
            kind="mri",
            role="ERP",
            base_url="https://erp.example",
            capabilities=CAPABILITIES,
        )

    async def link(self, object_type: str, object_id: UUID, state: LinkState, **values: Any) -> UUID:
        first, *rest = way_to(state)
        id_ = await self.row(
            "link",
            connection_id=self.erp,
            object_type=object_type,
            object_id=object_id,
            state=first.value,
            **values,
        )
        for after in rest:
            await self.connection.execute(
                "update link set state = $3 where account_id = $1 and id = $2", self.account, id_, after.value
            )
        return id_

    async def item(
        self,
        table: str,
        object_type: str,
        state: LinkState,
        link: dict[str, Any] | None = None,
        **values: Any,
    ) -> UUID:
        id_ = await self.row(table, **{"origin_id": str(self.ids().int % 10**9), **values})
        await self.link(object_type, id_, state, **(link or {}))
        return id_

    async def company(self, name: str, state: LinkState = LinkState.NOT_SENT, **values: Any) -> UUID:
        return await self.item("company", "Company", state, **{"is_active": True, "name": name, **values})

    async def project(self, number: str, state: LinkState = LinkState.NOT_SENT, **values: Any) -> UUID:
        given = {"is_active": True, "number": number, "name": f"Project {number}", **values}
        return await self.item("project", "Project", state, **given)

    async def cost_code(self, code: str, name: str) -> UUID:
        return await self.item(
            "cost_code", "CostCode", LinkState.LINKED, {"external_id": code}, code=code, name=name
        )

    async def cost_type(self, code: str, name: str) -> UUID:
        return await self.item(
            "cost_type", "CostType", LinkState.LINKED, {"external_id": code}, code=code, name=name
        )

    async def commitment(
        self,
        number: str,
        project: UUID,
        company: UUID | None,
        state: LinkState = LinkState.NOT_SENT,
        **values: Any,
    ) -> UUID:
        given = {
            "kind": "SUBCONTRACT",
            "number": number,
            "title": f"Works {number}",
            "status": "APPROVED",
            "project_id": project,
            "company_id": company,
            "currency": "USD",
            "is_executed": False,
            "contract_date": date(2026, 2, 16),
            "start_date": date(2026, 3, 1),
            "original_amount": Decimal("0.00"),
            **values,
        }
        return await self.item("commitment", "Commitment", state, **given)

    async def line(self, commitment: UUID, number: int, amount: str, **values: Any) -> UUID:
        return await self.row(
            "commitment_line",
            commitment_id=commitment,
            line_number=number,
            origin_id=f"L{number}",
            amount=Decimal(amount),
            **values,
        )

    async def member(self, *, on: dict[UUID, int | dict[str, int]] | None = None, **values: Any) -> UUID:
        id_ = await self.row("member", **{"name": "Somebody", **values})
        for project, level in (on or {}).items():
            levels = level if isinstance(level, dict) else {"commitments_level": level, "admin_level": level}
            await self.insert("project_member", member_id=id_, project_id=project, **levels)
        return id_


@dataclass
class Contractor:
    """A seeded account: what it holds, by kind, oldest first, and the bearer key of each role."""

    account: UUID
    books: Books
    members: dict[str, UUID] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    known: dict[str, list[UUID]] = field(default_factory=dict)

    def ids(self, tag: str) -> list[str]:
        """Global ids of one kind."""
        return [f"{tag}_{id_}" for id_ in self.known[tag]]


STATES = (
    LinkState.NOT_SENT,
    LinkState.READY_TO_EXPORT,
    LinkState.SYNCED,
    LinkState.FAILED,
    LinkState.REJECTED,
    LinkState.RETRIEVED,
    LinkState.UNLINKED,
    LinkState.IN_DOUBT,
    LinkState.ORPHANED,
    LinkState.EXPORTING,
)
NAMES = (
    "Acme Concrete",
    "acme concrete",
    "Bolt & Nail",
    "100% Steel",
    "Under_score Ltd",
    "Émile Père",
    'Quote "Q"',
)


async def contractor(connection: Connection, settings: Settings, account: UUID, *, seed: int) -> Contractor:
    """One account with something of everything. Accounts of two seeds mirror each other: same words, other ids."""
    books = Books(connection, account, Ids(seed))
    made = Contractor(account, books)
    await books.open("Brick & Sons")
    await _codes(made)
    await _places(made)
    await _people(made, settings)
    await _commitments(made)
    await documents(made, STATES)
    await history(made)
    return made


async def _codes(made: Contractor) -> None:
    books = made.books
    made.known["ccd"] = [await books.cost_code(f"0{n}-300", f"Code {n}") for n in range(1, 7)]
    made.known["cty"] = [
        await books.cost_type(code, name) for code, name in (("L", "Labor"), ("M", "Material"))
    ]


async def _places(made: Contractor) -> None:
    books = made.books
    linked: Iterator[LinkState] = cycle((LinkState.LINKED, LinkState.NOT_SENT, LinkState.LINKED))
    made.known["com"] = [
        await books.company(
            name, state := next(linked), link={"external_id": f"V{n}"} if state is LinkState.LINKED else None
        )
        for n, name in enumerate((*NAMES, *NAMES[:3]))
    ]
    made.known["com"].append(
        await books.company(
            "ACME CONCRETE",
            LinkState.READY_TO_IMPORT,
            origin_id=None,
            link={"external_id": "V90", "external_code": "A"},
        )
    )
    made.known["prj"] = [
        await books.project(f"24-{n:03}", LinkState.LINKED, link={"external_id": f"J{n}"}) for n in range(4)
    ]
    made.known["prj"].append(await books.project("25-001"))
    for project in made.known["prj"][:3]:
        for code in made.known["ccd"][:4]:
            await books.row(
                "project_cost_code",
                project_id=project,
                cost_code_id=code,
                cost_type_id=made.known["cty"][0],
                in_erp=code != made.known["ccd"][3],
            )


async def _people(made: Contractor, settings: Settings) -> None:
    books, first, second = made.books, made.known["prj"][:3], made.known["prj"][1]
    for role, levels in ROLES.items():
        on: dict[UUID, int | dict[str, int]] = (
            dict.fromkeys(first, ON_PROJECTS[role]) if role in ON_PROJECTS else {}
        )
        on |= {second: OUTSIDE} if role == "outsider" else {}
        member = await books.member(on=on, email=f"{role}@brick.example", **levels)
        made.members[role] = member
        made.keys[role] = await issue_key(
            books.connection, settings, made.account, member, role, bulk=role == "bi_reader"
        )
    made.known["mbr"] = list(made.members.values())


async def _commitments(made: Contractor) -> None:
    books, dice = made.books, Random(7)
    found = made.known.setdefault("cmt", [])
    for n, state in zip(range(40), cycle(STATES)):
        amounts = [f"{dice.randrange(-50_000, 900_000)}.{dice.randrange(100):02}" for _ in range(n % 4)]
        company = None if n % 11 == 5 else made.known["com"][n % 7]
        ready = n == 30  # nothing stands against sending this one
        commitment = await books.commitment(
            f"SC-{dice.randrange(30):03}",
            made.known["prj"][n % 5],
            company,
            state,
            link={"export_revision": n % 3, "digest": f"{n:064x}", "payload": f'{{"steps":[{n}]}}'},
            title=("" if n % 13 == 6 else f"Works {n}")
            + (" of a length that the ERP will not take" * (n % 9 == 4)),
            kind="PURCHASE_ORDER" if n % 6 == 2 else "SUBCONTRACT",
            status="APPROVED" if ready else dice.choice(("APPROVED", "DRAFT", "COMPLETE", "VOID")),
            original_amount=sum(map(Decimal, amounts), Decimal("0.00")),
            contract_date=None if n % 4 == 1 else date(2026, 1, 1 + n % 28),
            origin_created_at=BIRTH if n % 3 == 1 else None,
            start_date=None if n % 7 == 3 else date(2026, 1 + n % 12, 1 + n % 28),
            retainage_percent=None if n % 3 else Decimal("7.50"),
        )
        for number, amount in enumerate(amounts, start=1):
            coded = number != 3
            await books.line(
                commitment,
                number,
                amount,
                cost_code_id=made.known["ccd"][0 if ready else dice.randrange(6)] if coded else None,
                cost_type_id=made.known["cty"][0] if coded else None,
                quantity=Decimal("12.5000") if number == 2 else None,
            )
        found.append(commitment)


async def seeded(pool: WritePool, settings: Settings, seed: int) -> Contractor:
    """A contractor in an account of its own."""
    account: UUID = Ids(seed + 1000)()
    async with pool.transaction(account) as connection:
        return await contractor(connection, settings, account, seed=seed)
