"""How complete an import is, list by list."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from db.runs import SyncRunList as SyncRunListRow
from hub.api.derive import planned, row
from hub.api.plan.fields import One

if TYPE_CHECKING:
    from hub.api.items import Project
else:
    Project = Annotated["Project", strawberry.lazy("hub.api.items")]


@row(
    SyncRunListRow,
    "SyncRunList",
    shown=(
        "resource",
        "since",
        "records",
        "amount",
        "digest",
        "records_again",
        "amount_again",
        "digest_again",
        "proof",
        "finished_at",
    ),
    id_sql="({t}.resource || ' ' || {t}.scope)",
)
class SyncRunList:
    project: Project | None = planned(
        One(on="{t}.id = {pt}.project_id"),
        description="Whose list it is; null where it is that of all projects.",
    )
