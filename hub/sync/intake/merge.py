"""One page of records into our tables, their lines, links, conflicts and events: a fixed number of statements.

The page is judged first (`pick`, `fate`, ...), then the records that would change are locked; if one of them changed
since it was judged, the page is judged again. So nobody's work is overwritten, and what does not change is not touched."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from db.events import Event
from db.session import Connection
from hub.codes import ErrorCode
from hub.core.spec import ErpObject, table_of
from hub.erp.connector import Incoming
from hub.sync.images import image
from hub.sync.intake import admission, disputes, identity, issues, judging, lines, linking, unlisted, waiting
from hub.sync.intake.absorbing import absorb
from hub.sync.intake.batch import Batch, Part, prepare
from hub.sync.intake.columns import columns_of, server_default
from hub.sync.intake.fate import fate, names
from hub.sync.intake.found import Found, counted
from hub.sync.intake.issues import Issue
from hub.sync.intake.merged import ACTION, Merged
from hub.sync.intake.named import PLAN_FOR_ANY, execute, fetch
from hub.sync.intake.newids import new_id, seed
from hub.sync.intake.site import Site
from hub.sync.intake.staging import Names, Row, declared, fill
from hub.sync.intake.tables import Tables

_MESSAGES = {
    ErrorCode.ERP_ID_TAKEN: "Another record stands for it already.",
    ErrorCode.ALREADY_LINKED: "The project tool says it is linked to another record than the hub does.",
    ErrorCode.UNRESOLVED_REFERENCE: "The project tool says it is linked to a record that the hub does not know.",
}


class Page:
    """One page of one object, from staging to events, in the caller's transaction."""

    def __init__(
        self,
        connection: Connection,
        site: Site,
        spec: ErpObject,
        batch: Batch,
        records: Sequence[Incoming],
        *,
        erp_read: bool,
    ) -> None:
        self._connection, self._site, self._spec, self._batch = connection, site, spec, batch
        self._records = records
        self._issues: list[Issue] = list(batch.issues)
        self._unresolved: list[Issue] = []
        self._tables = Tables(self._queries())
        self.kept_out: set[str] = set()
        self._values: dict[str, Any] = {
            "account": site.account,
            "connection": site.connection,
            "erp": site.erp,
            "erps": list(site.erps),
            "erp_read": erp_read,
            "leads": site.erp_leads(spec),
            "tool_makes": site.tool_makes(spec),
            "type": spec.name,
            "run": site.run,
            "action": ACTION,
            **seed(),
        }

    @property
    def _has_lines(self) -> bool:
        return self._batch.lines is not None

    @property
    def _stages(self) -> dict[str, tuple[Names, list[Row]]]:
        batch = self._batch
        head = {"stage": (batch.head.stage, batch.rows)}
        return head if batch.lines is None else head | {"stage_line": (batch.lines.stage, batch.line_rows)}

    def _queries(self) -> dict[str, str]:
        """What the page's tables are filled by."""
        spec, batch, from_erp = self._spec, self._batch, self._site.from_erp
        queries = {
            "pick": identity.pick(spec, from_erp=from_erp),
            "fate": fate(spec, batch.head, from_erp=from_erp),
            "before": _before(spec),
        }
        if batch.lines is not None and spec.lines is not None:
            queries["line_fate"] = lines.line_fate(spec, spec.lines, batch.lines, from_erp=from_erp)
        if self._admits:
            queries["outcast"] = admission.outcast(spec, batch.head, batch.lines)
        if self._may_lock:
            queries["dispute"] = disputes.dispute(spec, batch.head, batch.lines)
        return queries

    async def _open(self) -> None:
        stages = self._stages
        made = [declared(name, columns) for name, (columns, _) in stages.items()]
        alone = _ONE_AT_A_TIME.format(account=self._site.account, type=self._spec.name)
        await self._tables.open(self._connection, (PLAN_FOR_ANY, alone, *made))
        for name, (columns, rows) in stages.items():
            await fill(self._connection, name, columns, rows)

    @property
    def _admits(self) -> bool:
        return self._site.from_erp and self._spec.admission is not None

    @property
    def _may_lock(self) -> bool:
        return not self._site.from_erp and bool(self._spec.locked_after_send or self._spec.locked_after_sync)

    async def merge(self) -> Merged:
        batch, spec = self._batch, self._spec
        found = Found()
        if batch.rows:
            await self._open()
            while (judged := await self._judge()) is None:
                await self._tables.empty(self._connection)
            found = judged
            await self._tell_issues(found)
            await self._write(found)
        items = [] if self._site.from_erp else await self._items()
        await issues.keep(self._connection, self._site, spec.name, self._with_details())
        if batch.rows:
            await self._tables.close(self._connection, *self._stages)
        counts = (found.created, found.updated, found.unchanged)
        return Merged(batch.read, *counts, len(self._issues), items)

    def _with_details(self) -> list[Issue]:
        """The unsyncable report shows what each record was about."""
        if not self._admits:
            return self._issues
        known = {record.external_id: record for record in self._records}
        return [
            replace(issue, details=waiting.details(known[issue.external_id]))
            if issue.external_id in known
            else issue
            for issue in self._issues
        ]

    async def _run(self, *statements: str) -> None:
        for statement in statements:
            await execute(self._connection, statement, self._values)

    async def _judge(self) -> Found | None:
        """What the page holds, once the records that change are locked; None where the judgement no longer holds then."""
        spec, batch = self._spec, self._batch
        await self._keep("pick")
        await self._keep("fate")
        if self._admits:
            await self._run(*admission.inherited(spec))
        self._unresolved = await self._drop_unresolved()
        if self._has_lines:
            await self._keep("line_fate")
        if self._admits:
            await self._admit()
        if batch.lines is not None:
            await self._run(lines.changed_parents(spec))
        if self._may_lock:
            await self._keep("dispute")
            await self._run(*judging.taken_over(spec, batch.head), disputes.CHANGED_ITEMS)
        [row] = await fetch(self._connection, counted(with_lines=self._has_lines), self._values)
        found = Found(**row)
        if not found.updated and not found.absorbs:
            return found
        stale = await fetch(self._connection, _lock(spec), self._values)
        return None if stale else found

    async def _admit(self) -> None:
        """What the ERP has to bring besides fitting values: without it a record stays out, and is remembered."""
        await self._keep("outcast")
        rows = await fetch(self._connection, admission.REASONS, self._values)
        if rows:
            await self._run(*(admission.OUT if self._has_lines else admission.OUT[:1]))
        self.kept_out = {row["their_id"] for row in rows}
        self._unresolved += [
            Issue(row["their_id"], ErrorCode(row["code"]), row["message"], row["field"], row["value"])
            for row in rows
            if row["code"] is not None
        ]

    async def _keep(self, table: str) -> None:
        await self._tables.fill(self._connection, table, self._values)

    async def _drop_unresolved(self) -> list[Issue]:
        """References that name nothing we know: a record that cannot do without stays out."""
        if not self._batch.head.references:
            return []
        rows = await fetch(self._connection, _unresolved(self._batch.head), self._values)
        known = columns_of(self._spec)
        needed = [name for name in self._batch.head.references if known[name].required]
        if rows and needed:
            await self._run(f"delete from fate where {' or '.join(f'v_{name} is null' for name in needed)}")
        told = set(self._batch.head.references.values()) - {
            self._spec.references[name] for name in (admission.untold(self._spec) if self._admits else ())
        }
        return [_missing(row["their_id"], row["field"], row["value"]) for row in rows if row["field"] in told]

    async def _tell_issues(self, found: Found) -> None:
        self._issues += self._unresolved
        rows = await fetch(self._connection, _CLAIM_ISSUES, self._values) if found.issues else []
        for row in rows:
            code = ErrorCode(row["issue"])
            self._issues.append(
                Issue(
                    row["their_id"],
                    code,
                    _MESSAGES[code],
                    "origin_id",
                    row["their_claim"] or row["their_code"],
                )
            )

    async def _write(self, found: Found) -> None:
        """Each statement only where there is something for it to do."""
        spec, batch, from_erp = self._spec, self._batch, self._site.from_erp
        if found.updated:
            await self._keep("before")
        if found.absorbs:
            await self._absorb()
        if found.updated:
            await self._run(_update(spec, batch.head, from_erp=from_erp))
        if found.created:
            await self._run(_insert(spec, batch.head, from_erp=from_erp))
        if found.created or found.updated:
            await self._run(*self._line_writes(found), *self._link_writes(found))
        if self._may_lock:
            await self._run(*disputes.WRITES, *judging.explained(spec))
        if spec.editable_flag is not None and not from_erp and found.updated:
            await self._run(_EDITED)
        if found.created or found.updated:
            await self._run(_events(spec, with_before=found.updated > 0))
        await self._run(*unlisted.statements(spec, batch.head, from_erp=from_erp))

    def _line_writes(self, found: Found) -> list[str]:
        spec, part = self._spec.lines, self._batch.lines
        if spec is None or part is None:
            return []
        told = {"DELETE": found.lines_gone, "UPDATE": found.lines_changed, "INSERT": found.lines_new}
        return [statement for act, statement in lines.writes(self._spec, spec, part).items() if told[act]]

    def _link_writes(self, found: Found) -> list[str]:
        from_erp = self._site.from_erp
        writes = [*(linking.FROM_ERP if from_erp else linking.FROM_TOOL)]
        if from_erp and found.of_others:
            writes.append(linking.OF_OTHERS)
        if found.links:
            writes += linking.FROM_ERP_LINKED if from_erp else linking.FROM_TOOL_LINKED
        return writes

    async def _absorb(self) -> None:
        rows = await fetch(
            self._connection, "select id, absorbs from fate where absorbs is not null", self._values
        )
        if rows:
            pairs = [(row["id"], row["absorbs"]) for row in rows]
            await absorb(
                self._connection, self._site.account, self._spec, pairs, action=ACTION, run=self._site.run
            )

    async def _items(self) -> list[UUID]:
        """Ours that the page holds, those that did not fit among them."""
        items: list[UUID] = []
        if self._batch.rows:
            items += [row["id"] for row in await fetch(self._connection, "select id from fate", self._values)]
        if self._batch.unfit:
            unfit = {**self._values, "unfit": list(self._batch.unfit)}
            items += [row["id"] for row in await fetch(self._connection, _known(self._spec), unfit)]
        return items


async def merge_page(
    connection: Connection, site: Site, spec: ErpObject, records: Sequence[Incoming], *, erp_read: bool
) -> Merged:
    """Take in one page. `erp_read`: the ERP's list of this object has been read to its end before."""
    batch = prepare(spec, records, from_erp=site.from_erp)
    page = Page(connection, site, spec, batch, records, erp_read=erp_read)
    merged = await page.merge()
    if spec.admission is not None and site.from_erp:
        await waiting.remember(connection, site, spec, records, page.kept_out)
    return merged


def _missing(external_id: str, field: str, value: str) -> Issue:
    return Issue(
        external_id,
        ErrorCode.UNRESOLVED_REFERENCE,
        "It names a record that the hub does not know.",
        field,
        value,
    )


# Two imports of one object would meet on its unique keys; one page at a time, they find each other's records.
_ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended('import {account}{type}', 0))"
_CLAIM_ISSUES = """
    select s.their_id, s.their_claim, s.their_code, p.issue from pick p join stage s on s.n = p.n where p.issue is not null order by p.n"""
# What was carried does not stand there any more: it is carried again once the ERP has its say.
_EDITED = """update carried c set digest = '' from fate f
    where f.record_changes and c.account_id = $account and c.connection_id = $connection and c.object_id = f.id"""
_TRANSACTION = server_default(table_of(Event), "transaction")


def _known(spec: ErpObject) -> str:
    return f"select t.id from {spec.table.name} t where t.account_id = $account and t.origin_id = any($unfit::text[])"


def _unresolved(part: Part) -> str:
    named = ", ".join(f"('{key}', s.r_{name}, f.v_{name} is null)" for name, key in part.references.items())
    return f"""select s.their_id, c.field, c.value from fate f join stage s on s.n = f.n
        cross join lateral (values {named}) c(field, value, unknown)
        where f.unresolved and c.unknown and c.value is not null order by f.n"""


def _lock(spec: ErpObject) -> str:
    """Locks, in one order, all records that change; returns those that changed since they were judged."""
    return f"""with locked as (
        select t.id, t.version from {spec.table.name} t
        where t.account_id = $account and t.id in (
            select f.id from fate f where f.changed union all select f.absorbs from fate f where f.absorbs is not null)
        order by t.id for update)
    select f.id from fate f left join locked x on x.id = f.id left join locked a on a.id = f.absorbs
    where f.changed and x.version is distinct from f.version or f.absorbs is not null and a.id is null"""


def _before(spec: ErpObject) -> str:
    return f"""select f.id, {image(spec)} as image
        from fate f join {spec.table.name} t on t.account_id = $account and t.id = f.id where f.changed"""


def _update(spec: ErpObject, part: Part, *, from_erp: bool) -> str:
    values = ", ".join(f"{name} = f.v_{name}" for name in names(part))
    tool = "" if from_erp else ", origin_updated_at = f.their_time, origin_deleted_at = null"
    return f"""update {spec.table.name} t set {values}, origin_id = f.origin_id{tool},
            version = t.version + 1, updated_at = hub_now()
        from fate f where f.changed and t.account_id = $account and t.id = f.id"""


def _insert(spec: ErpObject, part: Part, *, from_erp: bool) -> str:
    """Columns that the page does not fill start with their declared default."""
    filled = names(part)
    rest = {c.name: c.default for c in columns_of(spec).values() if c.default and c.name not in filled}
    listed = [
        "account_id",
        "id",
        "created_at",
        "updated_at",
        "origin_id",
        "origin_updated_at",
        *filled,
        *rest,
    ]
    values = [
        "$account",
        "f.id",
        *("(select hub_now())", "(select hub_now())"),  # told once, not for each row
        "f.origin_id",
        "null" if from_erp else "f.their_time",
        *(f"f.v_{name}" for name in filled),
        *rest.values(),
    ]
    return f"insert into {spec.table.name} ({', '.join(listed)}) select {', '.join(values)} from fate f where f.is_new"


def _events(spec: ErpObject, *, with_before: bool) -> str:
    before, joined = ("b.image", "left join before b on b.id = f.id") if with_before else ("null", "")
    return f"""insert into event (account_id, id, at, transaction, action, object_type, object_id, run_id, before, after)
        select $account, {new_id("event", "f.n")}, (select hub_now()), (select {_TRANSACTION}), $action, $type, t.id, $run,
            {before}, {image(spec)}
        from fate f join {spec.table.name} t on t.account_id = $account and t.id = f.id
        {joined}
        where f.is_new or f.changed"""
