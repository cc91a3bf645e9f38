"""Reading the reference ERP: one way for every list; what differs is data, and three shapes that are more than a row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from hub.connectors.reference import mapping as tables
from hub.connectors.reference.api import Api, Row
from hub.connectors.reference.settings import Settings
from hub.erp import values
from hub.erp.connector import Incoming, Page
from hub.erp.incoming import incoming, quiet
from hub.erp.mapping import Mapping as FieldMapping
from hub.erp.mapping import problem
from hub.errors import ErpUnexpected

Scope = Mapping[str, str]
Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """One list. `key` are the ERP's fields that name a record; `refs`: our name of another record -> the same for it."""

    collection: str
    table: FieldMapping
    key: Names
    refs: Mapping[str, Names] = field(default_factory=dict)
    lines: FieldMapping | None = None
    per_job: bool = False


_JOB: Mapping[str, Names] = {"project": ("job",)}
SOURCES: Mapping[str, Source] = {
    "company": Source("vendors", tables.COMPANY, ("code",)),
    "project": Source("jobs", tables.PROJECT, ("code",)),
    "sub_job": Source("sub-jobs", tables.SUB_JOB, ("job", "code"), _JOB, per_job=True),
    "cost_code": Source("cost-codes", tables.COST_CODE, ("code",)),
    "cost_type": Source("cost-types", tables.COST_TYPE, ("code",)),
    "project_cost_code": Source(
        "job-cost-codes",
        tables.PROJECT_COST_CODE,
        ("job", "code"),
        {"cost_code": ("code",), **_JOB},
        per_job=True,
    ),
    "budget_line": Source("budgets", tables.BUDGET_LINE, ("job",), _JOB, per_job=True),
    "subcontractor_invoice": Source(
        "invoices",
        tables.INVOICE,
        ("vendor", "number"),
        {"company": ("vendor",), "commitment": ("job", "contract"), **_JOB},
        per_job=True,
    ),
    "payment": Source(
        "payments",
        tables.PAYMENT,
        ("id",),
        {"subcontractor_invoice": ("vendor", "invoice"), "commitment": ("job", "contract"), **_JOB},
        per_job=True,
    ),
    "prime_contract": Source(
        "prime-contracts", tables.PRIME, ("job", "number"), _JOB, tables.PRIME_LINE, per_job=True
    ),
    "direct_cost": Source(
        "direct-costs",
        tables.DIRECT_COST,
        ("id",),
        {"company": ("vendor",), "commitment": ("job", "contract"), **_JOB},
        tables.DIRECT_COST_LINE,
        per_job=True,
    ),
    "accounting_period": Source("accounting-periods", tables.PERIOD, ("code",)),
    "gl_account": Source("gl-accounts", tables.GL_ACCOUNT, ("code",)),
    "entity": Source("entities", tables.ENTITY, ("code",)),
    "bank": Source("banks", tables.BANK, ("code",)),
}


class Reader:
    """Reads a page of a list: all of it, one project's, or what has changed since a moment."""

    def __init__(self, api: Api, settings: Settings) -> None:
        self._api, self._settings = api, settings
        self._shapes: Mapping[str, Callable[[Row, Source], list[Incoming]]] = {
            "project_cost_code": _job_cost_code,
            "budget_line": _budget_lines,
            "direct_cost": self._direct_cost,
        }

    async def fetch(self, object_key: str, scope: Scope, cursor: str | None) -> Page:
        source = SOURCES[object_key]
        query = {"limit": str(self._settings.page_size), **_scoped(source, scope)}
        if cursor is not None:
            query["cursor"] = cursor
        rows, following = await self._api.page(source.collection, query)
        shape = self._shapes.get(object_key, _one)
        return Page([record for row in rows for record in shape(row, source)], following)

    def _direct_cost(self, row: Row, source: Source) -> list[Incoming]:
        """A payable is an invoice, one with a contract a subcontractor's; an entry of the journal is an expense."""
        found = _record(row, source)
        kinds = {
            "payable": "SUBCONTRACTOR_INVOICE" if row.get("contract") else "INVOICE",
            "journal": "EXPENSE",
        }
        kind = quiet(values.text, row.get("kind")) or "payable"
        word = quiet(values.text, row.get("status")) or "posted"
        status = self._settings.cost_statuses.get(word.lower())
        if row.get("void") and self._settings.follows_deletes:
            status = "DRAFT"
        problems = [
            *found.problems,
            *([] if kind in kinds else [problem("kind", kind, ValueError("is not a known kind of cost"))]),
            *([] if status else [problem("status", word, ValueError("is not a known status of a cost"))]),
        ]
        made = {**found.values, "kind": kinds.get(kind), "status": status}
        return [replace(found, values=made, problems=problems)]


def _scoped(source: Source, scope: Scope) -> dict[str, str]:
    asked = {}
    if scope.get("project") and source.per_job:
        asked["job"] = scope["project"]
    since = values.instant(scope.get("since"))
    if since is not None:
        asked["updated_since"] = since.isoformat()
    return asked


def _one(row: Row, source: Source) -> list[Incoming]:
    return [_record(row, source)]


def _record(row: Row, source: Source, **more: Any) -> Incoming:
    lines = more.pop("lines", None) or _lines(row, source)
    found = incoming(
        source.table,
        row,
        external_id=_joined(row, source.key),
        external_code=row.get("number") or row.get("code"),
        updated_at=_changed(row),
        refs={name: _joined(row, key) for name, key in source.refs.items()},
        lines=lines,
        **more,
    )
    return replace(found, snapshot=row)


def _lines(row: Row, source: Source) -> list[Incoming]:
    if source.lines is None:
        return []
    found = [
        incoming(
            source.lines,
            line,
            external_id=f"{row.get('id')}/{number}",
            refs=_coded(row, line),
            defaults={
                "line_number": number,
                **({"quantity": Decimal("1.0000")} if source.lines is tables.DIRECT_COST_LINE else {}),
            },
        )
        for number, line in enumerate(_rows(row.get("lines")), start=1)
    ]
    return [_priced(line) for line in found] if source.lines is tables.DIRECT_COST_LINE else found


def _priced(line: Incoming) -> Incoming:
    """The cost of a unit, where the ledger does not say it."""
    amount, quantity = line.values.get("amount"), line.values.get("quantity")
    if line.values.get("unit_cost") is not None or amount is None or not quantity:
        return line
    return replace(line, values={**line.values, "unit_cost": round(amount / quantity, 4)})


def _job_cost_code(row: Row, source: Source) -> list[Incoming]:
    """One code of a job, with a line for each cost type it may be used with."""
    types = row.get("cost_types") or ()
    if not isinstance(types, list):
        raise ErpUnexpected("A cost code names its cost types in a list.")
    pairs = [
        Incoming(
            object_key="cost_type",
            external_id=f"{_joined(row, source.key)}/{one}",
            external_code=str(one),
            values={"code": str(one)},
            refs={"cost_type": str(one)},
        )
        for one in types
    ]
    return [_record(row, source, lines=pairs)]


def _budget_lines(row: Row, source: Source) -> list[Incoming]:
    """A budget is one document there and a record per line here."""
    return [
        incoming(
            source.table,
            line,
            external_id=f"{row.get('job')}/{line.get('cost_code')}/{line.get('cost_type')}",
            updated_at=_changed(row),
            refs=_coded(row, line),
        )
        for line in _rows(row.get("lines"))
    ]


def _coded(row: Row, line: Row) -> dict[str, str | None]:
    names = {
        "cost_code": line.get("cost_code"),
        "cost_type": line.get("cost_type"),
        "project": row.get("job"),
    }
    return {name: quiet(values.identifier, value) for name, value in names.items()}


def _rows(found: Any) -> list[Row]:
    if not isinstance(found, list) or not all(isinstance(line, dict) for line in found):
        raise ErpUnexpected("The lines of a record are not a list.")
    return found


def _joined(row: Row, names: Names) -> str | None:
    """None where a part is missing: such a record has no id, such a reference leads nowhere."""
    parts = [quiet(values.identifier, row.get(name)) for name in names]
    return None if None in parts else "/".join(str(part) for part in parts)


def _changed(row: Row) -> datetime | None:
    return quiet(values.instant, row.get("updated_at"))
