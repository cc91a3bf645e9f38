"""The declared resources, one module for each part of Procore, and the operations that are like no other."""

from collections.abc import Mapping

from hub.sandboxes.procore import resource
from hub.sandboxes.procore.call import Operation
from hub.sandboxes.procore.resource import Resource
from hub.sandboxes.procore.resources import wbs
from hub.sandboxes.procore.resources.budget import BUDGET_OPERATIONS, BUDGET_RESOURCES
from hub.sandboxes.procore.resources.budget_changes import BUDGET_CHANGE_RESOURCES
from hub.sandboxes.procore.resources.change_orders import CHANGE_ORDER_RESOURCES
from hub.sandboxes.procore.resources.codes import CODE_RESOURCES, sync_assignments
from hub.sandboxes.procore.resources.commitments import COMMITMENT_RESOURCES
from hub.sandboxes.procore.resources.contracts_v2 import CONTRACT_OPERATIONS
from hub.sandboxes.procore.resources.costs import COST_OPERATIONS, COST_RESOURCES
from hub.sandboxes.procore.resources.directory import DIRECTORY_RESOURCES
from hub.sandboxes.procore.resources.erp import ERP_RESOURCES
from hub.sandboxes.procore.resources.feeds import FEED_OPERATIONS
from hub.sandboxes.procore.resources.lists import LIST_RESOURCES
from hub.sandboxes.procore.resources.prime import PRIME_OPERATIONS, PRIME_RESOURCES
from hub.sandboxes.procore.resources.projects import PROJECT_RESOURCES
from hub.sandboxes.procore.resources.requisitions import REQUISITION_OPERATIONS, REQUISITION_RESOURCES
from hub.sandboxes.procore.resources.staged import STAGED_OPERATIONS, STAGED_RESOURCES
from hub.sandboxes.procore.resources.uploads import UPLOAD_OPERATIONS

RESOURCES: tuple[Resource, ...] = (
    *DIRECTORY_RESOURCES,
    *PROJECT_RESOURCES,
    *CODE_RESOURCES,
    *wbs.WBS_RESOURCES,
    *COMMITMENT_RESOURCES,
    *CHANGE_ORDER_RESOURCES,
    *PRIME_RESOURCES,
    *REQUISITION_RESOURCES,
    *COST_RESOURCES,
    *BUDGET_RESOURCES,
    *BUDGET_CHANGE_RESOURCES,
    *LIST_RESOURCES,
    *STAGED_RESOURCES,
    *ERP_RESOURCES,
)
KNOWN = resource.by_kind(RESOURCES)

# Operations of these parts that no declared resource covers: path, method.
OPERATIONS: Mapping[str, Mapping[str, Operation]] = {
    "/rest/v1.0/cost_code_line_item_types/sync": {"PATCH": sync_assignments},
    f"{wbs.BASE}/segments": {"GET": wbs.segments},
    f"{wbs.BASE}/patterns": {"GET": wbs.pattern},
    f"{wbs.BASE}/segments/{{segment_id}}/segment_items": {"GET": wbs.segment_items},
    f"{wbs.BASE}/wbs_codes/bulk_create": {"POST": wbs.bulk_create},
    f"{wbs.BASE}/wbs_codes/update_all": {"PATCH": wbs.update_all},
    "/rest/v1.0/companies/{company_id}/work_breakdown_structure/segments": {"GET": wbs.segments},
    **CONTRACT_OPERATIONS,
    **PRIME_OPERATIONS,
    **REQUISITION_OPERATIONS,
    **COST_OPERATIONS,
    **BUDGET_OPERATIONS,
    **STAGED_OPERATIONS,
    **FEED_OPERATIONS,
    **UPLOAD_OPERATIONS,
}


def by_kind(kind: str) -> Resource | None:
    return KNOWN.get(kind)
