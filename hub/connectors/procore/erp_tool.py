"""Lists around Procore's ERP tool, as data: requests and their tickets, budget transactions, webhooks, the hub's own rights."""

from collections.abc import Mapping

from hub.connectors.procore.lists import List, Resource
from hub.connectors.procore.mapping import directory, erp_tool
from hub.connectors.procore.requests import erp_request
from hub.connectors.procore.shapes import Ref, Shape

_BY_COMPANY = {"company_id": "{company}"}

OF_THE_TOOL: Mapping[str, Resource] = {
    "own_permission": Resource(
        Shape(directory.OWN_PERMISSION, id="name", code="friendly_name", scoped=("project",)),
        (
            List(
                "/rest/{version}/settings/permissions",
                query=_BY_COMPANY,
                within={"project": {"project_id": "{project}"}},
                paged=False,
                root="tools",
            ),
        ),
    ),
    "erp_request": Resource(
        Shape(directory.ERP_REQUEST),
        (List("/rest/{version}/companies/{company}/erp_requests", changes=True),),
        parse=erp_request,
    ),
    "request_detail": Resource(
        Shape(erp_tool.REQUEST_DETAIL, refs={"erp_request": Ref("erp_request_id")}),
        (
            List(
                "/rest/{version}/companies/{company}/erp_request_details",
                within={"item": {"filters[item_id]": "{item}"}},
            ),
        ),
    ),
    "erp_transaction": Resource(
        Shape(erp_tool.ERP_TRANSACTION, code="origin_id", scoped=("project",)),
        (
            List(
                "/rest/{version}/erp_transactions",
                query={**_BY_COMPANY, "project_id": "{project}", "view": "extended"},
            ),
        ),
    ),
    "hook": Resource(
        Shape(erp_tool.HOOK), (List("/rest/{version}/webhooks/hooks", query=_BY_COMPANY, paged=False),)
    ),
    "hook_trigger": Resource(
        Shape(erp_tool.HOOK_TRIGGER, scoped=("hook",)),
        (List("/rest/{version}/webhooks/hooks/{hook}/triggers", query=_BY_COMPANY, paged=False),),
    ),
}
