"""What Procore can do for the hub, as data."""

from collections.abc import Mapping
from typing import Any

from hub.connectors.procore.mapping import MAPPINGS
from hub.connectors.procore.operations import OPERATIONS
from hub.connectors.procore.resources import RESOURCES
from hub.connectors.procore.writing import WRITES
from hub.erp.capabilities import (
    Behaviour,
    Capabilities,
    Direction,
    FieldCapability,
    Identity,
    ObjectCapability,
    RateLimit,
    Trigger,
    Verb,
)
from hub.erp.mapping import Row

_IDENTITY = Identity(
    key="procore",
    display_name="Procore",
    auth_kind="oauth2",
    rate_limits=(RateLimit(3600, 3600), RateLimit(25, 10)),
    supports_webhooks=True,
    page_style="link_header",
)
_MADE = {"sync": (Verb.CREATE, Verb.UPDATE), "create": (Verb.CREATE,), "update": (Verb.UPDATE,)}
_CHANGED = {"close": (Verb.UPDATE,), "free": (Verb.UPDATE,), "delete": (Verb.DELETE,)}
# What must be there before a record can be written.
_REQUIRES: Mapping[str, tuple[str, ...]] = {
    "sub_job": ("project",),
    "project_cost_code": ("project", "cost_code"),
    "project_cost_code_type": ("project_cost_code", "cost_type"),
    "wbs_code": ("project",),
    "budget_line": ("project", "wbs_code"),
    "commitment": ("project", "company"),
    "commitment_line": ("commitment", "wbs_code"),
    "commitment_change_order_line": ("commitment_change_order", "wbs_code"),
    "prime_contract_line": ("prime_contract", "wbs_code"),
    "payment": ("commitment",),
    "invoice_payment": ("subcontractor_invoice",),
    "direct_cost": ("project",),
    "direct_cost_line": ("direct_cost", "wbs_code"),
    "job_cost": ("project",),
}
# With an origin id they can't be edited in Procore any more, but for what the lock leaves open.
_LOCKED: Mapping[str, tuple[str, ...]] = {
    "commitment": ("company", "title", "status", "retainage_percent"),
    "commitment_change_order": ("company", "title", "status", "amount"),
    "subcontractor_invoice": ("*",),
    "payment": ("*",),
    "direct_cost": ("*",),
}


def capabilities(settings: Mapping[str, Any]) -> Capabilities:
    del settings
    return Capabilities(
        identity=_IDENTITY,
        objects={key: _object(key) for key in dict.fromkeys((*RESOURCES, *WRITES))},
        behaviour=Behaviour(
            cost_codes_origin="either",
            supports_sub_jobs=True,
            supports_custom_wbs=True,
            supports_project_cost_codes=True,
            co_on_po=True,
            retainage_release=True,
            stored_materials=True,
            tax="code",
            attachments="file",
            direct_cost_types=("INVOICE", "EXPENSE", "PAYROLL", "SUBCONTRACTOR_INVOICE"),
            payment_import=True,
            payment_export=True,
            unlink_requires_erp_delete=False,
        ),
        write_classes={name: operation.write_class for name, operation in OPERATIONS.items()},
        incremental=tuple(
            key for key, found in RESOURCES.items() if all(each.changes for each in found.lists)
        ),
    )


def _object(key: str) -> ObjectCapability:
    read, written = key in RESOURCES, WRITES.get(key, {})
    verbs = [verb for name in written for verb in {**_MADE, **_CHANGED}[name]]
    return ObjectCapability(
        direction=_direction(read, bool(written)),
        imports=(Verb.CREATE, Verb.UPDATE) if read else (),
        exports=tuple(dict.fromkeys(verbs)),
        triggers=(
            *((Trigger.SCHEDULE, Trigger.ON_DEMAND) if read else ()),
            *((Trigger.ON_USE,) if written else ()),
        ),
        requires_synced=_REQUIRES.get(key, ()) if written else (),
        fields=_fields(key),
        locked_after_send=_LOCKED.get(key, ()),
        unlink_requires_erp_delete=False,
        allows_link_existing=key in ("company", "project"),
    )


def _direction(read: bool, written: bool) -> Direction:
    if read and written:
        return Direction.BOTH
    return Direction.IMPORT if read else Direction.EXPORT


def _fields(key: str) -> tuple[FieldCapability, ...]:
    rows = [row for mapping in MAPPINGS if mapping.object_key == key for row in mapping.rows]
    return tuple(FieldCapability(row.field, row.theirs, _way(row)) for row in rows)


def _way(row: Row) -> Direction:
    if row.comes_in and row.goes_out:
        return Direction.BOTH
    return Direction.IMPORT if row.comes_in else Direction.EXPORT
