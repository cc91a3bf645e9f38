"""Every event of the ERP Integrations tool: what causes it, what it carries, where its detail is named."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from hub.sandboxes.procore.erp import payloads
from hub.sandboxes.procore.erp.payloads import Payload

ERP_TOOL = "erp_integrations"
COMMITMENT_TYPES = ("work_order_contract", "purchase_order_contract")


class Detail(Enum):
    """Where the id of the request's detail stands, if the event has one to close."""

    INSIDE = "in request_data"
    BESIDE = "beside request_data"
    EACH = "in each element of request_data"
    UNNAMED = "nowhere, although there is one to close"
    NONE = "there is none"


@dataclass(frozen=True, slots=True)
class Event:
    """`items` are the kinds it may be about; none where it is about the whole company. `tool` is where the
    presser needs Standard. Without a wrapper the payload lies open beside the request's own fields."""

    name: str
    action: str
    payload: Payload
    items: tuple[str, ...] = ()
    detail: Detail = Detail.INSIDE
    tool: str = ERP_TOOL
    wrapped: bool = True


def _bare(name: str, action: str, *items: str, payload: Payload = payloads.ids_only) -> Event:
    """No detail and no wrapper, as the samples of resets and unlinks are printed."""
    return Event(name, action, payload, items, Detail.NONE, wrapped=False)


_EVENTS = (
    Event("sync_standard_cost_codes", "refresh", payloads.code_list, ("standard_cost_code_list",)),
    Event("sync_standard_categories", "refresh", payloads.nothing, ("line_item_type",), Detail.NONE),
    Event("create_standard_cost_codes", "export", payloads.each_item, ("standard_cost_code",), Detail.EACH),
    Event("create_vendor", "export", payloads.one_item, ("vendor",), tool="directory"),
    Event("sync_vendors", "refresh", payloads.nothing, ("vendor",)),
    Event("create_vendor_in_procore", "import", payloads.ids_only, ("vendor",), Detail.NONE),
    Event("link_vendor", "link", payloads.ids_only, ("vendor",), Detail.NONE),
    Event("link_all_vendors", "link_all", payloads.vendors, ("vendor",), Detail.NONE),
    _bare("unlink_vendor", "unlink", "vendor"),
    Event("merge_vendors", "merge", payloads.merged_vendors, ("vendor",), Detail.NONE),
    Event("create_or_update_job", "export", payloads.job, ("project",), Detail.BESIDE),
    Event("sync_jobs", "refresh", payloads.nothing, ("project",)),
    Event("create_job_in_procore", "import", payloads.ids_only, ("project",), Detail.NONE),
    Event("sync_single_job", "refresh_one", payloads.ids_only, ("project",), Detail.NONE),
    _bare("reset_job", "reset", "project"),
    Event("delete_cost_codes", "delete", payloads.each_id, ("cost_code",), Detail.EACH),
    Event("delete_cost_type_assignments", "delete", payloads.each_id, ("line_item_type",), Detail.EACH),
    Event("create_budget", "export", payloads.budget, ("budget",), Detail.UNNAMED, "budget"),
    Event("update_budget", "export_again", payloads.budget, ("budget",), Detail.UNNAMED, "budget"),
    Event("create_commitment", "export", payloads.commitment, COMMITMENT_TYPES, tool="commitments"),
    Event("unlink_commitment", "unlink", payloads.commitment, COMMITMENT_TYPES),
    Event("sync_commitments", "refresh", payloads.nothing, COMMITMENT_TYPES),
    Event(
        "create_commitment_change_order",
        "export",
        payloads.change_order,
        ("change_order",),
        tool="change_orders",
    ),
    Event("unlink_commitment_change_order", "unlink", payloads.change_order, ("change_order",)),
    Event(
        "create_requisitions",
        "export",
        payloads.requisitions,
        ("requisition",),
        Detail.UNNAMED,
        "commitments",
    ),
    _bare("reset_requisition", "reset", "requisition", payload=payloads.id_with_override),
    Event("sync_contract_payments", "refresh", payloads.nothing, ("contract_payment",)),
    Event("create_contract_payment", "export", payloads.one_item, ("contract_payment",), tool="commitments"),
    _bare("reset_payment", "reset", "contract_payment"),
    Event("create_company_level_direct_cost", "export", payloads.one_item, ("item",), tool="direct_costs"),
    Event("unlink_company_level_direct_cost", "unlink", payloads.one_item, ("item",)),
    _bare("reset_company_level_direct_cost", "reset", "item"),
    Event("sync_metadata", "metadata", payloads.nothing, (), Detail.NONE),
)
EVENTS: Mapping[str, Event] = {event.name: event for event in _EVENTS}


def event_of(action: str, item_type: str) -> Event | None:
    """What pressing `action` on an item of the kind causes."""
    return next((event for event in _EVENTS if event.action == action and item_type in event.items), None)
