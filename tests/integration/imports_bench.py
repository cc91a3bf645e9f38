"""Two systems in memory, and a run of the import job against them: what the tests of imports are built with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from account_rows import AccountRows

from db.clock import new_id
from db.session import Row, WritePool
from hub.access.sealing import Place
from hub.access.vault import Vault
from hub.erp.connector import Incoming, Page
from hub.settings import Settings
from hub.sync.enqueue import enqueue
from hub.sync.intake.imports import run_import
from hub.sync.work import JobRow, Work


@dataclass
class System:
    """Holds lists of records, and gives them in pages, or what of them changed since a moment. `fails_at` names the
    fetch that breaks off, `since` has the moments of the fetches."""

    kind = "memory"
    lists: dict[tuple[str, str], list[Incoming]] = field(default_factory=dict)
    page_size: int = 2
    fetched: list[tuple[str, str, str | None]] = field(default_factory=list)
    since: list[str | None] = field(default_factory=list)
    fails_at: int | None = None
    on_fetch: Any = None

    def put(self, resource: str, *records: Incoming, project: str = "") -> None:
        self.lists[resource, project] = list(records)

    async def fetch(self, resource: str, scope: Mapping[str, str], cursor: str | None) -> Page:
        self.fetched.append((resource, scope.get("project", ""), cursor))
        self.since.append(scope.get("since"))
        if self.fails_at == len(self.fetched):
            raise ConnectionResetError("the line went dead")
        if self.on_fetch is not None:
            await self.on_fetch(len(self.fetched))
        rows = self.lists.get((resource, scope.get("project", "")), [])
        if "since" in scope:
            moment = datetime.fromisoformat(scope["since"])
            rows = [row for row in rows if row.updated_at is None or row.updated_at >= moment]
        start = int(cursor or 0)
        end = start + self.page_size
        return Page(rows[start:end], str(end) if end < len(rows) else None)

    async def close(self) -> None: ...


_AROUND = ("refs", "lines", "problems", "external_code", "updated_at", "snapshot")


def record(key: str, external_id: str, /, linked_to: str | None = None, **values: Any) -> Incoming:
    """A record of a system. What is no value of it is told by its own name: `refs`, `lines`, `updated_at`."""
    told = {name: values.pop(name) for name in _AROUND if name in values}
    return Incoming(object_key=key, external_id=external_id, values=values, linked_to=linked_to, **told)


class Bench(AccountRows):
    """One account with a project tool and an ERP."""

    def __init__(
        self, settings: Settings, pool: WritePool, account: UUID, tool_id: UUID, erp_id: UUID
    ) -> None:
        self.settings, self.pool, self.account = settings, pool, account
        self.tool_id, self.erp_id = tool_id, erp_id
        self.tool, self.erp = System(), System()
        self.opener: Callable[..., Any] = self._open

    @classmethod
    async def open(cls, settings: Settings, pool: WritePool, account: UUID) -> "Bench":
        tool, erp = new_id(), new_id()
        async with pool.transaction(account) as connection:
            for name, id_, role in (("Tool", tool, "PROJECT_TOOL"), ("Books", erp, "ERP")):
                await connection.execute(
                    "insert into connection (account_id, id, name, kind, role, base_url)"
                    " values ($1, $2, $3, $3, $4, 'https://example.org')",
                    *(account, id_, name, role),
                )
                await Vault.of(settings).put(connection, Place(account, id_), {"password": "hunter2"})
        return cls(settings, pool, account, tool, erp)

    def _open(self, kind: str, *_: Any, **__: Any) -> Any:
        return {"Tool": self.tool, "Books": self.erp}[kind]

    async def from_tool(self, *objects: str, **scope: str) -> Row:
        return await self.run(await self.ask(self.tool_id, objects, scope))

    async def from_erp(self, *objects: str, **scope: str) -> Row:
        return await self.run(await self.ask(self.erp_id, objects, scope))

    async def in_full(self, connection_id: UUID, *objects: str) -> Row:
        return await self.run(await self.ask(connection_id, objects, full=True))

    async def ask(
        self,
        connection_id: UUID,
        objects: Sequence[str],
        scope: Mapping[str, str] | None = None,
        **more: Any,
    ) -> UUID:
        """A run and its job, taken by nobody yet."""
        run = new_id()
        named = {"connection_id": str(connection_id), "objects": list(objects), "scope": dict(scope or {})}
        args = named | more
        async with self.pool.transaction(self.account) as connection:
            await connection.execute(
                "insert into sync_run (account_id, id, action, connection_id) values ($1, $2, 'IMPORT', $3)",
                *(self.account, run, connection_id),
            )
            return await enqueue(connection, self.account, "import", args=args, run_id=run)

    async def run(self, job: UUID) -> Row:
        """Takes the job, or takes it over, and returns its run."""
        async with self.pool.transaction(self.account) as connection:
            row = await connection.fetchrow(
                "update job set state = 'RUNNING', fence = fence + 1, lease_until = hub_now() + interval '1 minute'"
                " where id = $1 returning *",
                job,
            )
        patient = self.settings.model_copy(update={"lease_seconds": 60.0})  # nobody renews it here
        work = Work(JobRow.read(self.account, row), patient, self.pool, opener=self.opener)
        try:
            await run_import(work)
        finally:
            await work.close()
        return await self.one("select * from sync_run where id = $1", row["run_id"])

    async def events(self) -> int:
        return await self.value("select count(*) from event")

    async def tell(self, connection_id: UUID, **settings: Any) -> None:
        """Give a connection these settings."""
        text = orjson.dumps(settings).decode()
        await self.change(
            "update connection set settings = settings || $2::jsonb where id = $1", connection_id, text
        )

    async def declare(self, connection_id: UUID, **capabilities: Sequence[str]) -> None:
        """Give a connection capabilities: `imports`, `lists`, `incremental`."""
        text = orjson.dumps(capabilities).decode()
        await self.change("update connection set capabilities = $2::jsonb where id = $1", connection_id, text)

    async def links(self, object_type: str = "Company") -> list[tuple[Any, ...]]:
        """State, external id and origin of every item of a type, in order of name, as plain tuples."""
        table = {"Company": "company", "Project": "project", "CostCode": "cost_code", "CostType": "cost_type"}
        rows = await self.rows(
            f"select k.state, k.external_id, t.origin_id from {table.get(object_type, 'commitment')} t"
            " left join link k on k.object_id = t.id"
            " where k.object_type is null or k.object_type = $1 order by t.origin_id, k.external_id",
            object_type,
        )
        return [tuple(row) for row in rows]


def document(value: str | None) -> Any:
    return None if value is None else orjson.loads(value)
