"""What the reference ERP can do: everything, or what the profile of another system leaves of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hub.connectors.reference.documents import DOCUMENTS
from hub.connectors.reference.settings import Settings
from hub.erp.capabilities import (
    Behaviour,
    Capabilities,
    Direction,
    Identity,
    IdSource,
    ObjectCapability,
    RateLimit,
    Trigger,
    both,
    exported,
    imported,
)
from hub.erp.revision import ENTRIES, TYPES

_IDENTITY = Identity(
    key="reference",
    display_name="Reference ERP",
    auth_kind="client_credentials",
    rate_limits=(RateLimit(600, 60),),
    page_style="cursor",
)
_SENT = (Trigger.ACCEPT, Trigger.DIRECT_EXPORT)
_NAMED = IdSource.APPROVER
_CODED = ("project", "cost_code")
OBJECTS: Mapping[str, ObjectCapability] = {
    "company": both(id_source=_NAMED, allows_link_existing=True),
    "project": both(id_source=_NAMED, allows_link_existing=True),
    "sub_job": both(requires_synced=("project",), id_source=IdSource.PROJECT_TOOL),
    "cost_code": both(id_source=IdSource.PROJECT_TOOL),
    "cost_type": imported(id_source=IdSource.ERP),
    "project_cost_code": both(requires_synced=("project",), id_source=IdSource.PROJECT_TOOL),
    "budget": both(requires_synced=_CODED, requires_locked=True),
    "budget_change": exported(requires_synced=("budget",), requires_status=("APPROVED",)),
    "commitment": exported(*_SENT, requires_synced=("company", *_CODED), id_source=_NAMED),
    "commitment_change_order": exported(*_SENT, requires_synced=("commitment",), id_source=_NAMED),
    "subcontractor_invoice": both(requires_synced=("commitment",), id_source=_NAMED),
    "payment": imported(requires_synced=("subcontractor_invoice",)),
    "prime_contract": both(requires_synced=_CODED, id_source=_NAMED),
    "prime_contract_change_order": exported(requires_synced=("prime_contract",), id_source=_NAMED),
    "owner_invoice": exported(requires_synced=("prime_contract",), id_source=_NAMED),
    "direct_cost": imported(requires_synced=("project",)),
    **{key: imported() for key in ("accounting_period", "gl_account", "entity", "bank")},
}
_BEHAVIOUR = Behaviour(
    supports_sub_jobs=True,
    supports_project_cost_codes=True,
    cost_codes_origin="either",
    co_on_po=True,
    zero_amount_co=False,
    zero_invoice=False,
    budget_units=True,
    budget_import_closed_after_export=True,
    revision_types=TYPES,
    revision_fields_at_accept=ENTRIES,
    sendable_statuses={"SUBCONTRACT": ("APPROVED", "COMPLETE"), "PURCHASE_ORDER": ("APPROVED",)},
    retainage_release=True,
    attachments="url",
    attachments_max=1,
    invoice_arrival_status=("Pending", "Approved", "On Hold"),
    direct_cost_types=("invoice", "subcontractor_invoice", "expense"),
    direct_cost_follow_deletes=True,
    payment_import=True,
    accept_extra_fields={
        "budget": ENTRIES,
        "budget_change": ENTRIES,
        "cost_code": ("income_account", "expense_account"),
        "prime_contract_change_order": ("transaction_date",),
    },
    direct_export_objects=("commitment", "commitment_change_order", "subcontractor_invoice"),
)
_STRUCTURE = ("company", "project", "sub_job", "cost_code", "cost_type", "project_cost_code")
_INCREMENTAL = (
    *_STRUCTURE,
    "budget_line",
    "prime_contract",
    "subcontractor_invoice",
    "payment",
    "direct_cost",
)


def capabilities(settings: Mapping[str, Any]) -> Capabilities:
    return able(Settings.read(settings))


def able(settings: Settings) -> Capabilities:
    """A profile takes away and limits; it adds nothing that the reference ERP has not."""
    profile = settings.profile
    behaviour = replace(
        profile.behaviour if profile else _BEHAVIOUR,
        use_procore_contract_number=settings.use_procore_contract_number,
        po_module=settings.po_module,
        direct_cost_follow_deletes=settings.follows_deletes,
        direct_cost_editable=settings.costs_editable,
        # Never beyond what this connector itself does.
        payment_import=profile.behaviour.payment_import if profile else True,
        payment_export=False,
    )
    objects = OBJECTS
    if profile:
        objects = {key: _narrowed(key, found) for key, found in profile.objects.items() if key in OBJECTS}
    name = f"Reference ERP as {profile.identity.display_name}" if profile else "Reference ERP"
    can = Capabilities(
        identity=replace(_IDENTITY, display_name=name),
        objects=objects,
        behaviour=behaviour,
        write_classes={each.operation: settings.write_class(each.operation) for each in DOCUMENTS.values()},
    )
    return replace(can, incremental=tuple(key for key in _INCREMENTAL if key in can.lists))


def _narrowed(key: str, found: ObjectCapability) -> ObjectCapability:
    """The profile's view of an object, in the directions that both have."""
    own = OBJECTS[key].direction
    comes, goes = (
        found.direction.comes_in and own.comes_in,
        found.direction.goes_out and own.goes_out,
    )
    words = {(True, True): Direction.BOTH, (True, False): Direction.IMPORT, (False, True): Direction.EXPORT}
    return replace(found, direction=words.get((comes, goes), Direction.NONE))
