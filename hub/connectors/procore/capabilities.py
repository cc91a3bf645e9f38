"""What Procore can do for the hub, as data."""

from collections.abc import Mapping
from typing import Any

from hub.erp.connector import Capabilities, WriteClass

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
_IMPORTS = frozenset(
    {
        "company",
        "project",
        "cost_code",
        "cost_type",
        "project_cost_code",
        "commitment",
        "member",
        "project_member",
    }
)


def capabilities(settings: Mapping[str, Any]) -> Capabilities:
    return Capabilities(
        imports=_IMPORTS,
        exports=frozenset(name.split(".")[0] for name in _WRITES),
        write_classes=_WRITES,
        flags={
            "origin_prefix": str(settings.get("origin_prefix") or "MRI"),
            "batch_size": int(settings.get("batch_size") or 500),
            "incremental": ("company", "project", "commitment"),
        },
    )
