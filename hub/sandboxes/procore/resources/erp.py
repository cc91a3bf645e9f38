"""ERP requests and their details: what people asked the integration to do, and how it ended."""

from hub.sandboxes.procore.fields import Field, NotAcceptedError, choice
from hub.sandboxes.procore.filtering import STAMPS, exact, ids
from hub.sandboxes.procore.resource import COMPANY, READ_ONLY, Resource

IN_PROGRESS = "in_progress"
STATUSES = (IN_PROGRESS, "success", "failed", "stale", "rejected")


def _messages(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(message, str) for message in value):
        raise NotAcceptedError("must be a list of texts")
    return value


ERP_REQUESTS = Resource(
    kind="erp_request",
    path="/rest/v1.0/companies/{company_id}/erp_requests",
    scope=COMPANY,
    operations=READ_ONLY,
    filters={**STAMPS, "id": ids(), "request_name": exact("request_name")},
    linkable=False,
)

ERP_REQUEST_DETAILS = Resource(
    kind="erp_request_detail",
    path="/rest/v1.0/companies/{company_id}/erp_request_details",
    scope=COMPANY,
    operations=frozenset({"list", "show", "update", "replace", "sync_known"}),
    root="request_detail",
    linkable=False,
    fields=(choice("status", *STATUSES), Field("messages", _messages)),
    filters={
        **STAMPS,
        "id": ids(),
        "item_id": exact("item_id"),
        "item_type": exact("item_type"),
        "status": exact("status"),
        "erp_request_id": exact("erp_request_id"),
    },
)

ERP_RESOURCES = (ERP_REQUESTS, ERP_REQUEST_DETAILS)
