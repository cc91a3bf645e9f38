"""An account with one job, one vendor and people of every right, and the actions as these people ask for them."""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from account_rows import AccountRows
from factories import Books, Ids

from db.clock import new_id
from db.session import Row, WritePool
from hub.actions import (
    accept,
    add,
    answer,
    archive,
    assign,
    bring,
    configure,
    costs,
    import_budget,
    link,
    matches,
    send,
    unlink,
    verify,
    watch,
)
from hub.actions.ask import Ask, ItemAsk, Outcome
from hub.actions.perform import perform
from hub.core.link import LinkState
from hub.objects import BY_TAG, OBJECTS
from hub.settings import Settings
from hub.sync import payload
from hub.sync.facts import FACTS

BODIES = {
    "sendItems": send.send,
    "retrieveItems": answer.retrieve,
    "acceptItems": accept.accept,
    "rejectItems": answer.reject,
    "unlinkItems": unlink.unlink,
    "linkItems": link.link,
    "addItems": add.add,
    "refreshItems": add.refresh,
    "archiveItems": archive.archive,
    "restoreItems": archive.restore,
    "refuseSuggestions": matches.refuse,
    "allowSuggestions": matches.take_back,
    "linkAll": matches.link_all,
    "assignCostTypes": assign.assign,
    "setJobCostSync": costs.set_job_cost_sync,
    "importRecords": bring.bring,
    "importBudgets": import_budget.import_budgets,
    "verifySystem": verify.verify,
    "watchSystem": watch.watch,
    "configureSchedule": configure.configure_schedule,
}
# Company levels (0 none, 1 read only, 2 standard, 3 admin) and levels on the one project of each caller.
PEOPLE: dict[str, tuple[dict[str, Any], dict[str, int]]] = {
    "nobody": ({}, {}),
    "reader": ({"erp_level": 1, "directory_level": 1}, {"commitments_level": 1, "admin_level": 1}),
    "privileged reader": ({"erp_level": 1, "can_push_to_accounting": True}, {"commitments_level": 1}),
    "standard": ({"erp_level": 2, "directory_level": 2}, {"commitments_level": 2, "admin_level": 2}),
    "approver": (
        {"erp_level": 2, "directory_level": 2, "can_push_to_accounting": True},
        {"commitments_level": 3},
    ),
    "visiting approver": ({"erp_level": 2, "can_push_to_accounting": True}, {"commitments_level": 2}),
    "other approver": ({"erp_level": 3, "can_push_to_accounting": True}, {"commitments_level": 3}),
    "administrator": ({"erp_level": 3, "directory_level": 1}, {"commitments_level": 2, "admin_level": 1}),
    "manager": ({"directory_level": 1}, {"commitments_level": 3, "admin_level": 2}),
    "project administrator": ({"directory_level": 1}, {"commitments_level": 1, "admin_level": 3}),
    "directory administrator": ({"erp_level": 2, "directory_level": 3}, {"commitments_level": 1}),
}
LINE = {"code": "03-100", "type": "L", "amount": "40000.00"}


@dataclass
class Rings:
    """A bell that remembers which jobs it was rung for."""

    rung: list[UUID] = field(default_factory=list)

    async def ring(self, account_id: UUID, job_id: UUID, **_: Any) -> bool:
        self.rung.append(job_id)
        return True

    async def close(self) -> None: ...


@dataclass(frozen=True)
class Item:
    """A record of the account under its global id."""

    tag: str
    id: UUID

    @property
    def name(self) -> str:
        return f"{self.tag}_{self.id}"


TABLES = {spec.tag: spec.table.name for spec in OBJECTS}
TYPES = {spec.tag: spec.name for spec in OBJECTS}


@dataclass
class Desk(AccountRows):
    """Writes rows with the factories' builders, asks as one of the people, reads what came of it."""

    pool: WritePool
    settings: Settings
    account: UUID
    ids: Ids = field(default_factory=lambda: Ids(11))
    bell: Rings = field(default_factory=Rings)
    people: dict[str, UUID] = field(default_factory=dict)
    erp: UUID = field(init=False)
    job: Item = field(init=False)
    vendor: Item = field(init=False)
    codes: dict[str, UUID] = field(default_factory=dict)
    types: dict[str, UUID] = field(default_factory=dict)

    @classmethod
    async def open(cls, pool: WritePool, settings: Settings) -> "Desk":
        """Job J100, vendor V000123, codes 03-100 and 03-200 with types L and M on the job, and the people."""
        desk = cls(pool, settings, new_id())
        async with desk.books(fresh=True) as books:
            await books.open("Brick & Sons")
            desk.erp = books.erp
            desk.job = Item(
                "prj", await books.project("J100", LinkState.LINKED, link={"external_id": "J100"})
            )
            vendor = {"external_id": "V000123", "external_code": "V000123"}
            desk.vendor = Item("com", await books.company("Acme Concrete", LinkState.LINKED, link=vendor))
            for code in ("03-100", "03-200"):
                desk.codes[code] = await books.cost_code(code, code)
            for kind in ("L", "M"):
                desk.types[kind] = await books.cost_type(kind, kind)
            for code in desk.codes.values():
                for kind in desk.types.values():
                    pair = {"cost_code_id": code, "cost_type_id": kind, "in_erp": True}
                    await books.row("project_cost_code", project_id=desk.job.id, **pair)
            for name, (levels, on) in PEOPLE.items():
                places = {desk.job.id: on} if on else {}
                desk.people[name] = await books.member(on=places, name=name.title(), **levels)
        return desk

    @asynccontextmanager
    async def books(self, *, fresh: bool = False) -> AsyncIterator[Books]:
        async with self.pool.transaction(self.account) as connection:
            books = Books(connection, self.account, self.ids)
            if not fresh:
                books.erp = self.erp
            yield books

    async def subcontract(
        self,
        number: str = "SC-001",
        state: LinkState = LinkState.NOT_SENT,
        *,
        lines: Sequence[Mapping[str, Any]] = (LINE,),
        link: Mapping[str, Any] | None = None,
        **values: Any,
    ) -> Item:
        """A commitment that breaks no rule unless `values` or `lines` say so."""
        given = {
            "title": "Concrete works",
            "contract_date": date(2026, 3, 1),
            "start_date": date(2026, 3, 15),
            "original_amount": sum((Decimal(line["amount"]) for line in lines), Decimal("0.00")),
            "project": self.job.id,
            "company": self.vendor.id,
            **values,
        }
        async with self.books() as books:
            made = await books.commitment(
                number, given.pop("project"), given.pop("company"), state, link=dict(link or {}), **given
            )
            for place, line in enumerate(lines, 1):
                await books.line(
                    made,
                    place,
                    line["amount"],
                    cost_code_id=self.codes.get(line.get("code", "")),
                    cost_type_id=self.types.get(line.get("type", "")),
                    cost_code_text=line.get("code"),
                )
        return Item("cmt", made)

    async def company(self, name: str, state: LinkState, **values: Any) -> Item:
        async with self.books() as books:
            return Item("com", await books.company(name, state, **values))

    async def project(self, number: str, state: LinkState, **values: Any) -> Item:
        async with self.books() as books:
            return Item("prj", await books.project(number, state, **values))

    # --- asking ------------------------------------------------------------------------------------------------------

    async def ask(
        self,
        who: str,
        mutation: str,
        *items: Item | ItemAsk,
        key: str | None = None,
        version: int | None = None,
        extra: Mapping[str, Any] | None = None,
        **each: Any,
    ) -> Outcome:
        """As the API would ask it. The versions are the current ones unless told."""
        asks = [
            item
            if isinstance(item, ItemAsk)
            else ItemAsk(item.name, version or await self.version(item), each)
            for item in items
        ]
        given = uuid4().hex if key is None else key
        ask = Ask(self.account, self.people[who], mutation, given, asks, extra or {})
        return await perform(self.pool, self.bell, ask, BODIES[mutation])

    async def asked(self, item: Item, **each: Any) -> ItemAsk:
        """One item of a request, at its current version."""
        return ItemAsk(item.name, await self.version(item), each)

    async def send(self, who: str, *items: Item, **more: Any) -> Outcome:
        return await self.ask(who, "sendItems", *items, **more)

    async def accept(
        self,
        who: str,
        item: Item,
        *,
        erp_id: str | None = None,
        entries: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Outcome:
        """With the digest of what these entries make, unless another is given."""
        if "digest" not in more:
            more["digest"] = await self.digest(item, erp_id, entries)
        return await self.ask(who, "acceptItems", item, entries={"erp_id": erp_id, **(entries or {})}, **more)

    async def sent(self, **values: Any) -> Item:
        item = await self.subcontract(**values)
        outcome = await self.send("manager", item)
        assert said(outcome) == [], said(outcome)
        return item

    async def digest(
        self, item: Item, erp_id: str | None = None, entries: Mapping[str, Any] | None = None
    ) -> str:
        """What a preview would show: the digest of the payload that the facts and entries make now."""
        return (await self.payload(item, erp_id=erp_id, **(entries or {}))).digest

    async def payload(self, item: Item, **entries: Any) -> payload.Payload:
        row = await self.one(
            "select c.kind, c.base_url, c.settings from connection c where c.id = $1", self.erp
        )
        facts = await self.facts(item)
        typed = {name: value for name, value in entries.items() if value}
        return payload.compute(
            row["kind"], row["base_url"], json.loads(row["settings"]), BY_TAG[item.tag].key, facts, typed
        )

    async def facts(self, item: Item) -> Any:

        spec = BY_TAG[item.tag]
        text = FACTS[spec.key].format(t="t")
        return json.loads(
            await self.value(f"select {text} from {spec.table.name} t where t.id = $1", item.id)
        )

    # --- reading -----------------------------------------------------------------------------------------------------

    async def version(self, item: Item) -> int:
        found: int = await self.value(f"select version from {TABLES[item.tag]} where id = $1", item.id) or 1
        return found

    async def link(self, item: Item) -> Row:
        return await self.one("select * from link where object_id = $1", item.id)

    async def state(self, item: Item) -> str | None:
        found: str | None = await self.value("select state from link where object_id = $1", item.id)
        return found

    async def history(self, item: Item) -> list[tuple[str, str | None]]:
        """Actions and causes, oldest first."""
        rows = await self.rows("select action, cause from event where object_id = $1 order by id", item.id)
        return [(row["action"], row["cause"]) for row in rows]

    async def jobs(self) -> list[tuple[str, UUID | None]]:
        return [(row["kind"], row["object_id"]) for row in await self.rows("select * from job order by id")]

    async def run(self, run_id: UUID | None) -> tuple[str, str, list[tuple[str, str | None]]]:
        """A run's action and state, and outcome and code of each of its items."""
        row = await self.one("select action, state from sync_run where id = $1", run_id)
        items = await self.rows(
            "select outcome, code from sync_run_item where run_id = $1 order by position", run_id
        )
        return row["action"], row["state"], [(item["outcome"], item["code"]) for item in items]

    async def trace(self) -> dict[str, Any]:
        """Everything that an action leaves behind: equal before and after means that nothing happened."""
        tables = ("job", "attempt", "event", "idempotent_answer", "sync_run", "sync_run_item")
        found = {table: await self.value(f"select count(*) from {table}") for table in tables}
        for table in TABLES.values():
            rows = await self.rows(f"select id, version from {table} order by id")
            found[table] = [(row["id"], row["version"]) for row in rows]
        found["link"] = [dict(row) for row in await self.rows("select * from link order by id")]
        return found

    async def move(self, item: Item, *states: LinkState) -> None:
        for state in states:
            await self.change("update link set state = $2 where object_id = $1", item.id, state.value)


def said(outcome: Outcome) -> list[str]:
    """The codes of all that stood against the request and its items, in order."""
    each = [refused for item in outcome.items for refused in item.errors]
    return [refused.code.value for refused in (*outcome.errors, *each)]


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
