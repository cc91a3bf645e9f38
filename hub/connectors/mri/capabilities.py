"""What MRI Platform X can do for the hub and how it differs, as data that the rules read."""

from collections.abc import Mapping
from typing import Any

from hub.connectors.mri.settings import Settings
from hub.erp.connector import Capabilities, WriteClass

_IMPORTS = frozenset({"company", "project", "cost_code", "cost_type", "project_cost_code"})
_EXPORTS = frozenset({"commitment"})

# Fixed by what MRI is, whatever the site.
_BEHAVIOUR: Mapping[str, Any] = {
    "supports_sub_jobs": False,
    "supports_custom_wbs": False,
    "supports_project_cost_codes": False,
    "cost_codes_origin": "erp",
    "copy_codes_from_template": True,
    "in_progress_projects": False,
    "phases_per_project_max": 1,
    "po_mode": "by_module",
    "co_on_po": False,
    "zero_amount_co": False,
    "commitment_uniform_cost_type": False,
    "commitment_id_source": "approver",
    "commitment_locked_after_send": ("company", "title", "status", "retainage_percent"),
    "vendor_id_required": True,
    "unlink_requires_erp_delete": True,
    "reset": False,
    "tax": "none",
    "attachments": "url",
    "attachments_max": 1,
    "direct_export_objects": ("commitment", "commitment_change_order", "subcontractor_invoice"),
    "supports_webhooks": False,
}


def capabilities(settings: Mapping[str, Any]) -> Capabilities:
    known = Settings.read(settings)
    return Capabilities(
        imports=_IMPORTS,
        exports=_EXPORTS,
        write_classes={"commitment.create": WriteClass.K3},
        flags={
            **_BEHAVIOUR,
            "commitment_title_max": known.title_max,
            "commitment_number_max": known.number_max,
            "start_date_required": known.start_date_required,
            "vendor_id_max": known.vendor_id_max,
            "use_procore_contract_number": known.use_procore_contract_number,
            "po_module": bool(settings.get("po_module", False)),
            "vendor_address_refresh": bool(settings.get("vendor_address_refresh", False)),
            "sendable_statuses": {
                "SUBCONTRACT": tuple(
                    settings.get("sendable_subcontract_statuses") or ("APPROVED", "COMPLETE")
                ),
                "PURCHASE_ORDER": tuple(settings.get("sendable_purchase_order_statuses") or ("APPROVED",)),
            },
            "rate_limit": {"count": 1000, "window_s": 300},
            "time_zone": str(known.zone),
        },
    )
