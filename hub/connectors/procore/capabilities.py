"""What Procore can do for the hub, as data."""

from collections.abc import Mapping
from typing import Any

from hub.erp.capabilities import (
    Behaviour,
    Capabilities,
    Identity,
    RateLimit,
    Trigger,
    WriteClass,
    both,
    exported,
    imported,
)

# Sync endpoints update or insert by origin id; closing a request and marking an item set what is named.
_WRITES = {
    "company.sync": WriteClass.K2,
    "project.sync": WriteClass.K2,
    "cost_code.sync": WriteClass.K2,
    "cost_type.sync": WriteClass.K2,
    "project_cost_code.sync": WriteClass.K2,
    "project_cost_code_type.sync": WriteClass.K2,
    "external_data.sync": WriteClass.K2,
    "request_detail.close": WriteClass.K2,
}
_IMPORTS = (
    "company",
    "project",
    "cost_code",
    "cost_type",
    "project_cost_code",
    "commitment",
    "member",
    "project_member",
)
_IDENTITY = Identity(
    key="procore",
    display_name="Procore",
    auth_kind="oauth2",
    rate_limits=(RateLimit(3600, 3600), RateLimit(25, 10)),
    supports_webhooks=True,
    page_style="link_header",
)


def capabilities(settings: Mapping[str, Any]) -> Capabilities:
    del settings
    written = dict.fromkeys((name.split(".")[0] for name in _WRITES), exported(Trigger.ON_USE))
    read = {name: both() if name in written else imported() for name in _IMPORTS}
    return Capabilities(
        identity=_IDENTITY,
        objects={**written, **read},
        behaviour=Behaviour(cost_codes_origin="either", supports_sub_jobs=True),
        write_classes=_WRITES,
        incremental=("company", "project", "commitment"),
    )
