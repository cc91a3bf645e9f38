"""What Procore's webhooks are to tell of, and what they post, in any of their versions: numbers as ids or texts, flat or with metadata."""

from collections.abc import Mapping
from typing import Any

from hub.erp import values
from hub.erp.incoming import quiet
from hub.erp.notice import News, NotNews, Triggers

_REQUESTS = "erp requests"
# What Procore calls the thing that changed, in lower case -> the lists to read again, in order of dependency.
_READ_AGAIN: Mapping[str, tuple[str, ...]] = {
    "company vendors": ("company",),
    "project vendors": ("company",),
    "vendors": ("company",),
    "projects": ("project",),
    "project cost codes": ("project_cost_code",),
    "cost codes": ("project_cost_code",),
    "commitments": ("commitment",),
    "work order contracts": ("commitment",),
    "purchase order contracts": ("commitment",),
    "commitment contracts": ("commitment",),
    "work order contract line items": ("commitment",),
    "purchase order contract line items": ("commitment",),
    "change orders": ("commitment_change_order",),
    "commitment change orders": ("commitment_change_order",),
    "change order packages": ("commitment_change_order",),
    "potential change orders": ("commitment_change_order",),
    "requisitions": ("subcontractor_invoice",),
    "subcontractor invoices": ("subcontractor_invoice",),
    "company users": ("member",),
    "project users": ("member", "project_member"),
}
# Names differ between sites; one that is refused is left out, as the lists are read by schedule all the same.
TRIGGERS = Triggers(
    requests=("ERP Requests", "create"),
    changes=tuple(
        (name, event)
        for name in (
            "Company Vendors",
            "Company Users",
            "Projects",
            "Work Order Contracts",
            "Purchase Order Contracts",
            "Change Orders",
            "Requisitions",
        )
        for event in ("create", "update")
    ),
)
_LONGEST = 64  # letters of an id
_SOURCES = ("source_application_id", "source_user_id")


def news(body: Any) -> News:
    """Raises `NotNews` for everything that lacks an id, a resource or what happened to it."""
    if not isinstance(body, Mapping):
        raise NotNews("The body is not an object.")
    # Version 4 names the kind of event first and has ids of 26 letters; versions 2 and 3 carry such a one beside a number.
    named = _text(body, "ulid") or _text(body, "id")
    resource = _text(body, "resource_name") or _text(body, "resource_type")
    resource_id = _text(body, "resource_id")
    event = _text(body, "event_type") or _text(body, "reason")
    if not (named and resource and resource_id and event):
        raise NotNews("The body lacks an id, a resource, or what happened to it.")
    metadata = body.get("metadata")
    known = " ".join(resource.lower().replace("_", " ").split())
    caused = metadata if isinstance(metadata, Mapping) else {}
    project_id = _text(body, "project_id") or _text(caused, "source_project_id")
    if any(len(each) > _LONGEST for each in (named, resource_id, project_id or "")):
        raise NotNews("An id is longer than any of Procore's.")
    return News(
        id=named,
        resource=resource[:100],
        event=event.lower()[:40],
        resource_id=resource_id,
        company_id=_text(body, "company_id") or _text(caused, "source_company_id"),
        project_id=project_id,
        occurred_at=quiet(values.instant, body.get("timestamp")),
        asks=known == _REQUESTS,
        lists=_READ_AGAIN.get(known, ()),
        source=frozenset(found for name in _SOURCES if (found := _text(caused, name))),
    )


def _text(body: Mapping[str, Any], name: str) -> str | None:
    return quiet(values.identifier, body.get(name))
