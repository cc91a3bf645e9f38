"""Records of the ERP that were kept out: remembered as they were read, and tried again with each run.

So a cost enters once its code is on the project, although it did not change in the ERP and an incremental list no longer shows it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import orjson

from db.session import Connection
from hub.core.spec import ErpObject, LineSpec
from hub.erp.connector import Incoming
from hub.sync.intake.columns import columns_of
from hub.sync.intake.site import Site

SLICE = 500
_REMEMBER = """
    insert into kept_out as r (account_id, connection_id, object_key, external_id, external_code, record, run_id)
    select $1, $2, $3, i.external_id, i.external_code, i.record::jsonb, $4
    from unnest($5::text[], $6::text[], $7::text[]) i(external_id, external_code, record)
    on conflict (account_id, connection_id, object_key, external_id) do update set external_code = excluded.external_code,
        record = excluded.record, run_id = excluded.run_id, seen_at = hub_now()"""
_FORGET = """
    delete from kept_out r where r.account_id = $1 and r.connection_id = $2 and r.object_key = $3 and r.external_id = any($4::text[])"""
_NEXT = """
    select r.external_id, r.external_code, r.record from kept_out r
    where r.account_id = $1 and r.connection_id = $2 and r.object_key = $3 and r.run_id <> $4 order by r.external_id limit $5"""
_SEEN = """
    update kept_out r set run_id = $4
    where r.account_id = $1 and r.connection_id = $2 and r.object_key = $3 and r.external_id = any($5::text[])"""


async def remember(
    connection: Connection, site: Site, spec: ErpObject, records: Sequence[Incoming], out: Collection[str]
) -> None:
    """Keep what is out, forget the rest of a page."""
    kept = {record.external_id: record for record in records if record.external_id in out}
    let_in = [record.external_id for record in records if record.external_id not in out]
    key = (site.account, site.connection, spec.key)
    if kept:
        await connection.execute(
            _REMEMBER,
            *(*key, site.run, list(kept)),
            [record.external_code for record in kept.values()],
            [orjson.dumps(_written(record), default=str).decode() for record in kept.values()],
        )
    await connection.execute(_FORGET, *key, let_in)


async def remembered(connection: Connection, site: Site, spec: ErpObject) -> list[Incoming]:
    """What earlier runs kept out and this one has not met, a slice at a time."""
    rows = await connection.fetch(_NEXT, site.account, site.connection, spec.key, site.run, SLICE)
    return [
        _read(spec, row["external_id"], row["external_code"], orjson.loads(row["record"])) for row in rows
    ]


async def tried(connection: Connection, site: Site, spec: ErpObject, records: Sequence[Incoming]) -> None:
    """They had their chance in this run."""
    ids = [record.external_id for record in records]
    await connection.execute(_SEEN, site.account, site.connection, spec.key, site.run, ids)


def details(record: Incoming) -> dict[str, Any]:
    """What a person needs to find the record in the ERP; amounts as text."""
    named = ("kind", "invoice_number", "check_number", "description", "cost_date", "paid_on", "amount")
    found = {name: _text(record.values[name]) for name in named if record.values.get(name) is not None}
    whose = {"vendor": record.refs.get("company"), "project": record.refs.get("project")}
    lines = [
        {
            "cost_code": line.refs.get("cost_code"),
            "cost_type": line.refs.get("cost_type"),
            "amount": _text(line.values.get("amount")),
        }
        for line in record.lines[:50]
    ]
    return {**found, **{name: value for name, value in whose.items() if value}, "lines": lines}


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _written(record: Incoming) -> dict[str, Any]:
    return {
        "values": dict(record.values),
        "refs": dict(record.refs),
        "lines": [{"external_id": line.external_id, **_written(line)} for line in record.lines],
    }


def _read(spec: ErpObject | LineSpec, id_: str, code: str | None, kept: Mapping[str, Any]) -> Incoming:
    lines = spec.lines if isinstance(spec, ErpObject) else None
    return Incoming(
        object_key=spec.key if isinstance(spec, ErpObject) else spec.name,
        external_id=id_,
        external_code=code,
        values=_typed(spec, kept["values"]),
        refs=kept["refs"],
        lines=[_read(lines, line["external_id"], None, line) for line in kept["lines"]] if lines else (),
    )


def _typed(spec: ErpObject | LineSpec, values: Mapping[str, Any]) -> dict[str, Any]:
    """Decimals and days as such."""
    known = columns_of(spec)
    return {
        name: _as(known[name].sql_type, value) if name in known else value for name, value in values.items()
    }


def _as(sql_type: str, value: Any) -> Any:
    if value is None:
        return None
    if sql_type.startswith("NUMERIC"):
        return Decimal(value)
    return date.fromisoformat(value) if sql_type == "DATE" else value
