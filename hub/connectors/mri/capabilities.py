"""What MRI Platform X can do for the hub and how it differs, as data that the rules read."""

from collections.abc import Mapping
from typing import Any

from hub.connectors.mri.settings import Settings
from hub.erp.capabilities import (
    Behaviour,
    Capabilities,
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

_IDENTITY = Identity(
    key="mri",
    display_name="MRI Platform X",
    auth_kind="basic",
    min_version="5",
    required_modules=("JC", "AP", "GL"),
    optional_modules=("PO",),
    rate_limits=(RateLimit(1000, 300),),
    page_style="next_link",
)
_NIGHTLY = Schedule("01:00", "EST")
_OBJECTS: Mapping[str, ObjectCapability] = {
    "company": imported(schedule=_NIGHTLY, id_source=IdSource.ERP, allows_link_existing=True),
    "project": imported(schedule=_NIGHTLY, id_source=IdSource.ERP, allows_link_existing=True),
    "cost_code": imported(schedule=_NIGHTLY, id_source=IdSource.ERP),
    "cost_type": imported(schedule=_NIGHTLY, id_source=IdSource.ERP),
    "project_cost_code": imported(schedule=_NIGHTLY, id_source=IdSource.ERP),
    "commitment": exported(
        Trigger.ACCEPT,
        Trigger.DIRECT_EXPORT,
        requires_synced=("company", "project", "cost_code"),
        id_source=IdSource.APPROVER,
        locked_after_send=("company", "title", "status", "retainage_percent"),
    ),
}


def capabilities(settings: Mapping[str, Any]) -> Capabilities:
    known = Settings.read(settings)
    return Capabilities(
        identity=_IDENTITY,
        objects=_OBJECTS,
        behaviour=Behaviour(
            cost_codes_origin="erp",
            copy_codes_from_template=True,
            in_progress_projects=False,
            phases_per_project_max=1,
            vendor_id_max=known.vendor_id_max,
            vendor_address_refresh=bool(settings.get("vendor_address_refresh", False)),
            po_mode="by_module",
            po_module=bool(settings.get("po_module", False)),
            commitment_title_max=known.title_max,
            commitment_number_max=known.number_max,
            start_date_required=known.start_date_required,
            use_procore_contract_number=known.use_procore_contract_number,
            sendable_statuses={
                "SUBCONTRACT": tuple(
                    settings.get("sendable_subcontract_statuses") or ("APPROVED", "COMPLETE")
                ),
                "PURCHASE_ORDER": tuple(settings.get("sendable_purchase_order_statuses") or ("APPROVED",)),
            },
            zero_amount_co=False,
            attachments="url",
            attachments_max=1,
            direct_export_objects=("commitment", "commitment_change_order", "subcontractor_invoice"),
            time_zone=str(known.zone),
        ),
        write_classes={"commitment.create": WriteClass.K3},
    )
