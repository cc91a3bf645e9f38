"""What MRI Platform X can do for the hub and how it differs, as data that the rules read."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from hub.connectors.mri import cost_mapping as costs
from hub.connectors.mri import mapping as tables
from hub.connectors.mri.settings import Settings, follows_deletes, listed
from hub.connectors.mri.writing.limits import count
from hub.erp.capabilities import (
    Behaviour,
    Capabilities,
    Direction,
    FieldCapability,
    Identity,
    IdSource,
    ObjectCapability,
    RateLimit,
    Schedule,
    Trigger,
    WriteClass,
    exported,
    imported,
)
from hub.erp.mapping import Mapping as Table
from hub.erp.revision import ENTRIES

# What the accept screen lets an approver type, by object.
_TYPED: Mapping[str, tuple[str, ...]] = {
    "budget": ENTRIES,
    "budget_change": ENTRIES,
    "commitment": ("erp_id",),
    "commitment_change_order": ("erp_id", "description"),
    "subcontractor_invoice": ("erp_id", "expense_period", "attachment_url"),
}
_REVISION_FIELDS = frozenset(ENTRIES)
_INVOICE_STATUSES = ("APPROVED", "APPROVED_AS_NOTED", "PENDING_OWNER_APPROVAL")
_CODED = frozenset({"cost_code", "cost_type", "amount"})


def capabilities(settings: Mapping[str, Any]) -> Capabilities:
    known = Settings.read(settings)
    return Capabilities(
        identity=_identity(settings),
        objects={
            **_structure(known, settings),
            **_documents(known, settings),
            **_money(settings),
            **_absent(),
        },
        behaviour=_behaviour(known, settings),
        write_classes={
            "budget.export": WriteClass.K2 if known.budget_verb == "PUT" else WriteClass.K3,
            "budget_change.create": WriteClass.K3,
            "commitment.create": WriteClass.K3,
            "purchase_order.create": WriteClass.K3,
            "commitment_change_order.create": WriteClass.K3,
            "subcontractor_invoice.create": WriteClass.K3,
        },
        incremental=_incremental(known),
    )


def _identity(settings: Mapping[str, Any]) -> Identity:
    """A partner key makes 1,000 calls in five minutes; a developer key fewer, so the figure is a setting."""
    return Identity(
        key="mri",
        display_name="MRI Platform X",
        auth_kind="basic",
        min_version="5",
        required_modules=("JC", "AP", "GL"),
        optional_modules=("PO",),
        multi_entity="many",
        rate_limits=(RateLimit(count(settings, "calls_per_5_minutes", 1000), 300),),
        page_style="next_link",
    )


def _at(settings: Mapping[str, Any], time: str) -> Schedule:
    """The manual says EST; whether daylight time was meant nobody knows."""
    return Schedule(time, str(settings.get("schedule_zone") or "EST"))


def _structure(known: Settings, settings: Mapping[str, Any]) -> Mapping[str, ObjectCapability]:
    nightly = _at(settings, "01:00")
    vendor_max = known.lengths["commitment"]["vendor_id"]
    linked: dict[str, Any] = {"schedule": nightly, "id_source": IdSource.ERP, "allows_link_existing": True}
    return {
        "company": imported(**linked, id_max_len=vendor_max, fields=_read(tables.COMPANY)),
        "project": imported(**linked, requires_synced=("cost_code",), fields=_read(tables.PROJECT)),
        "cost_code": imported(schedule=nightly, id_source=IdSource.ERP, fields=_read(tables.COST_CODE)),
        "cost_type": imported(schedule=nightly, id_source=IdSource.ERP, fields=_read(tables.COST_TYPE)),
        "project_cost_code": imported(
            schedule=nightly, id_source=IdSource.ERP, fields=_read(tables.PROJECT_COST_CODE)
        ),
    }


def _documents(known: Settings, settings: Mapping[str, Any]) -> Mapping[str, ObjectCapability]:
    direct = (Trigger.ACCEPT, Trigger.DIRECT_EXPORT)
    longest = known.lengths
    return {
        "budget": exported(
            reads_back=True,
            requires_synced=("project", "cost_code", "cost_type"),
            requires_locked=True,
            fields=_sent("budget_line", known, tables.BUDGET, required=_CODED | {"job_code"}),
        ),
        "budget_change": exported(
            reads_back=True,
            requires_synced=("budget",),
            requires_status=("APPROVED",),
            id_source=IdSource.APPROVER,
            locked_after_send=("status", "amount", "lines"),
            fields=_sent(
                "budget_change",
                known,
                tables.REVISION,
                tables.REVISION_LINE,
                required=frozenset({"job_code", *_REVISION_FIELDS} - {"description"}),
                typed=_REVISION_FIELDS,
                words={
                    "revision_type": known.revisions.types,
                    "revision_status": known.revisions.statuses,
                },
            ),
        ),
        "commitment": exported(
            *direct,
            reads_back=True,
            requires_synced=("company", "project", "cost_code"),
            requires_status=tuple(known.contract_statuses),
            id_source=IdSource.APPROVER,
            id_max_len=longest["commitment"]["number"],
            locked_after_send=("company", "title", "status", "retainage_percent"),
            fields=_sent(
                "commitment",
                known,
                tables.CONTRACT,
                tables.PURCHASE_ORDER_LINE if known.po_module else tables.CONTRACT_LINE,
                required=frozenset(
                    {"job_code", "number", "title", "vendor_id", "status", "original_amount", "contract_date"}
                    | ({"start_date"} if known.start_date_required else set())
                ),
                typed={"number"},
            ),
        ),
        "commitment_change_order": exported(
            *direct,
            reads_back=True,
            requires_synced=("commitment",),
            requires_status=("APPROVED",),
            id_source=IdSource.APPROVER,
            id_max_len=longest["commitment_change_order"]["number"],
            locked_after_send=("company", "title", "status", "amount"),
            fields=_sent(
                "commitment_change_order",
                known,
                tables.ORDER,
                tables.ORDER_LINE,
                required={"job_code", "contract_number", "number", "title", "created_on", "amount"},
                typed={"number", "description"},
            ),
        ),
        "subcontractor_invoice": exported(
            *direct,
            reads_back=True,
            requires_synced=("commitment",),
            requires_status=listed(settings, "sendable_invoice_statuses", _INVOICE_STATUSES),
            default_schedule=_at(settings, "01:00"),
            id_source=IdSource.PROJECT_TOOL,
            id_max_len=longest["subcontractor_invoice"]["invoice_number"],
            fields=_sent(
                "subcontractor_invoice",
                known,
                tables.INVOICE,
                tables.INVOICE_LINE,
                required={"vendor_id", "invoice_number", "amount", "billing_date", "expense_period"}
                | {"job_code", "contract_number"},
                typed={"invoice_number", "expense_period", "attachment_url"},
            ),
        ),
    }


def _money(settings: Mapping[str, Any]) -> Mapping[str, ObjectCapability]:
    nightly = _at(settings, "01:00")
    own: dict[str, Any] = {"schedule": nightly, "id_source": IdSource.ERP}
    return {
        "direct_cost": imported(**own, requires_synced=("project",), fields=_read(costs.PAYABLE)),
        "payment": imported(
            schedule=_at(settings, "03:00"),
            id_source=IdSource.ERP,
            requires_synced=("subcontractor_invoice",),
            fields=_read(costs.PAYMENT),
        ),
        "accounting_period": imported(**own, fields=_read(costs.PERIOD)),
        "gl_account": imported(**own, fields=_read(costs.GL_ACCOUNT)),
        "entity": imported(**own, fields=_read(costs.ENTITY)),
        "bank": imported(**own, fields=_read(costs.BANK)),
    }


def _absent() -> Mapping[str, ObjectCapability]:
    """Named here so that a list of objects shows them: every action on one is refused before a call."""
    names = ("sub_job", "prime_contract", "prime_contract_change_order", "owner_invoice")
    return dict.fromkeys(names, ObjectCapability())


def _read(table: Table) -> tuple[FieldCapability, ...]:
    return tuple(FieldCapability(row.field, row.theirs, Direction.IMPORT) for row in table.incoming)


def _sent(
    key: str,
    known: Settings,
    *listed: Table,
    required: Collection[str],
    typed: Collection[str] = (),
    words: Mapping[str, Sequence[str]] | None = None,
) -> tuple[FieldCapability, ...]:
    """The fields of the tables, with the limits that a connection has for them. A line's stand behind `lines.`."""
    header, *lines = listed
    longest = known.lengths
    head = [
        FieldCapability(
            row.field,
            row.theirs,
            Direction.EXPORT,
            longest[key].get(row.field),
            required=row.field in required,
            editable_at_accept=row.field in typed,
            words=tuple((words or {}).get(row.field, ())),
        )
        for row in header.outgoing
    ]
    below = [
        FieldCapability(
            f"lines.{row.field}",
            row.theirs,
            Direction.EXPORT,
            longest[f"{key}_line"].get(row.field),
            required=row.field in _CODED,
        )
        for table in lines
        for row in table.outgoing
    ]
    return (*head, *below)


def _behaviour(known: Settings, settings: Mapping[str, Any]) -> Behaviour:
    longest = known.lengths
    orders, invoices = longest["commitment_change_order"], longest["subcontractor_invoice"]
    return Behaviour(
        supports_sub_jobs=False,
        supports_custom_wbs=False,
        supports_project_cost_codes=False,
        min_code_tiers=settings.get("min_code_tiers"),
        code_delimiters=listed(settings, "code_delimiters", ()),
        code_max_len=longest["commitment_line"]["cost_code"],
        cost_codes_origin="erp",
        copy_codes_from_template=True,
        in_progress_projects=False,
        phases_per_project_max=1,
        vendor_id_required=True,
        vendor_id_max=longest["commitment"]["vendor_id"],
        vendor_address_refresh=bool(settings.get("update_vendors", True)),
        job_id_max=longest["commitment"]["job_code"],
        po_mode="by_module",
        po_module=known.po_module,
        commitment_title_max=longest["commitment"]["title"],
        commitment_number_max=longest["commitment"]["number"],
        start_date_required=known.start_date_required,
        commitment_uniform_cost_type=False,
        use_procore_contract_number=known.use_procore_contract_number,
        sendable_statuses={
            "SUBCONTRACT": listed(settings, "sendable_subcontract_statuses", ("APPROVED", "COMPLETE")),
            "PURCHASE_ORDER": listed(settings, "sendable_purchase_order_statuses", ("APPROVED",)),
        },
        co_on_po=False,
        zero_amount_co=False,
        co_new_line_creates_contract_line=False,
        co_merge_same_line=False,
        # The title of an order there is the change order's number: no other title travels.
        co_number_max=min(orders["number"], orders["title"]),
        co_description_max=orders["description"],
        budget_import_closed_after_export=True,
        budget_unlock_requires_posting=True,
        budget_zero_lines=known.budget_zero_lines,
        budget_units=False,
        revision_types=tuple(known.revisions.types),
        revision_fields_at_accept=ENTRIES,
        zero_invoice=False,
        negative_invoice=known.negative_invoice,
        invoice_number_max=invoices["invoice_number"],
        retainage_hold=True,
        retainage_release=False,
        stored_materials=False,
        invoice_arrival_status=("pending", "approved"),
        tax="none",
        attachments="url",
        attachments_max=1,
        direct_cost_types=("invoice", "subcontractor_invoice", "expense"),
        direct_cost_follow_deletes=follows_deletes(settings),
        direct_cost_editable=bool(settings.get("direct_cost_editable", False)),
        payment_import=True,
        payment_export=False,
        check_number_max=invoices["check_number"],
        direct_export_objects=("commitment", "commitment_change_order", "subcontractor_invoice"),
        accept_extra_fields=_TYPED,
        unlink_requires_erp_delete=True,
        reset=False,
        time_zone=str(known.zone),
    )


# A list is asked for changes only where every API behind it can be.
_BEHIND: Mapping[str, tuple[str, ...]] = {
    "company": ("company",),
    "project": ("project",),
    "cost_code": ("cost_code",),
    "cost_type": ("cost_type",),
    "direct_cost": ("payable", "journal"),
    "payment": ("payment",),
}


def _incremental(known: Settings) -> tuple[str, ...]:
    return tuple(
        key
        for key, names in _BEHIND.items()
        if all("since" in known.sources[name].parameters for name in names)
    )
