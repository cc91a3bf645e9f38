"""What all items share in GraphQL: where they stand, what may be done to them, what happened."""

from datetime import datetime
from typing import Any

import strawberry

from hub.api import records
from hub.api.derive import argument, page_arguments, planned
from hub.api.plan.fields import Column, Composite, Computed, Explained, Many, One, Paged, Plan
from hub.api.preview import EntriesInput, Preview, make_preview, preview_needs
from hub.codes import ErrorCode
from hub.core.action import Action
from hub.core.level import Level
from hub.core.link import LinkState
from hub.core.rule import RuleKind, Scope
from hub.core.spec import ErpObject
from hub.objects import EXPORTED


@strawberry.type(description="A grant that somebody lacks.")
class MissingGrant:
    tool: str = strawberry.field(description="The tool or the privilege.")
    scope: Scope = strawberry.field(description="Where it would be given.")
    needed: Level | None = strawberry.field(description="The level it takes; null for a privilege.")
    held: Level | None = strawberry.field(description="The level you have; null for a privilege.")
    granted_by: str = strawberry.field(description="Who can give it.")


@strawberry.type(description="One reason why an action is not open to you now.")
class Reason:
    code: ErrorCode = strawberry.field(description="The code; it never changes its meaning.")
    kind: RuleKind = strawberry.field(
        description="Whether rights, state, content or the ERP stand against it."
    )
    message: str = strawberry.field(description="What is the matter, in words.")
    remedy: str = strawberry.field(description="What to do about it.")
    field: str | None = strawberry.field(description="The field it is about.")
    grant: MissingGrant | None = strawberry.field(
        description="The missing grant, where rights stand against it."
    )


@strawberry.type(
    description="Whether an action is open to you on this item now, and all that stands against it."
)
class ActionPermission:
    allowed: bool = strawberry.field(description="Whether the mutation would be accepted now.")
    reasons: list[Reason] = strawberry.field(description="All that stands against it; empty where allowed.")


def explained(action: Action, words: str = "", name: str | None = None) -> Any:
    return planned(
        Explained(action.value), description=words or f"{action.value.title()} this item.", name=name
    )


@strawberry.type(description="What you may do to an item, each answer with its reasons.")
class ItemActions:
    send: ActionPermission = explained(Action.SEND)
    retrieve: ActionPermission = explained(Action.RETRIEVE)
    accept: ActionPermission = explained(Action.ACCEPT)
    reject: ActionPermission = explained(Action.REJECT)
    reject_all: ActionPermission = explained(
        Action.REJECT_ALL, "Reject this item together with all of its kind that wait."
    )
    unlink: ActionPermission = explained(Action.UNLINK)
    link: ActionPermission = explained(Action.LINK)
    add: ActionPermission = explained(Action.ADD)
    refresh: ActionPermission = explained(Action.REFRESH)
    archive: ActionPermission = explained(Action.ARCHIVE)
    restore: ActionPermission = explained(Action.RESTORE)
    assign: ActionPermission = explained(Action.ASSIGN, "Assign default cost types to this cost code.")
    import_: ActionPermission = explained(Action.IMPORT, "Import this item from the ERP.", name="import")
    sync_costs: ActionPermission = explained(
        Action.SYNC_COSTS, "Have the ERP's costs taken in for this project, or no longer."
    )
    edit: ActionPermission = explained(Action.EDIT, "Change this item in the project tool.")
    delete: ActionPermission = explained(Action.DELETE, "Delete this item in the project tool.")
    unlock: ActionPermission = explained(Action.UNLOCK, "Unlock this item in the project tool.")


def preview_of(plan: Plan) -> Any:
    return planned(
        plan,
        description="What would be sent with these entries: the payload, its digest, and how it differs from what the ERP held. Null where the"
        " object is not exported. Nothing is written.",
        arguments=[argument("entries", EntriesInput | None, "What the approver types.")],
    )


LAST_RUN = "{t}.id = (select i.run_id from sync_run_item i where i.account_id = {account} and i.object_id = {pt}.id order by i.run_id desc limit 1)"


_TAGS = " ".join(f"when '{spec.name}' then '{spec.tag}_'" for spec in EXPORTED)
_WAITED_FOR = f"""(select (case w.object_type {_TAGS} end) || w.object_id
    from job j join link w on w.account_id = {{account}} and j.args -> 'after' ? w.object_id::text
    where j.account_id = {{account}} and j.object_id = {{t}}.id and j.kind = 'export' and j.state in ('QUEUED', 'RUNNING')
        and w.state = 'EXPORTING' order by w.object_id limit 1)"""


@strawberry.interface(
    description="An item of the project tool, the ERP or both, and where it stands between them."
)
class ErpItem(records.Node):
    version: int = planned(
        Column("{t}.version"), description="Rises with any change of the record, its lines or its link."
    )
    created_at: datetime = planned(Column("{t}.created_at"), description="When the hub first saw it.")
    updated_at: datetime = planned(Column("{t}.updated_at"), description="When the hub last changed it.")
    link_state: LinkState = planned(Column("{l}.state"), description="Where it stands with the ERP.")
    link: records.Link = planned(Composite(), description="Its link to the ERP.")
    origin: records.Origin | None = planned(
        Composite(null_when="{t}.origin_id is null"),
        description="The item in the project tool; null where only the ERP knows it.",
    )
    waits_for: strawberry.ID | None = planned(
        Column(_WAITED_FOR),
        description="Global id of the item that has to get into the ERP before this one leaves; null where it waits for none.",
    )
    last_run: records.SyncRun | None = planned(One(on=LAST_RUN), description="The newest run it was part of.")
    history: records.EventConnection = planned(  # type: ignore[valid-type]  # made at run time
        Paged(on="{t}.object_id = {pt}.id"),
        description="All that happened to it, newest first.",
        arguments=page_arguments(),
    )
    attempts: list[records.Attempt] = planned(
        Many(on="{t}.object_id = {pt}.id", order="{t}.id"),
        description="Every try to write it to another system, oldest first.",
    )
    conflicts: list[records.Conflict] = planned(
        Many(on="{t}.object_id = {pt}.id and {t}.resolved_at is null", order="{t}.field"),
        description="Changes of the project tool on locked fields, not taken over while the item is with accounting.",
    )
    viewer_can: ItemActions = planned(Composite(), description="What you may do to it.")
    preview: Preview | None = preview_of(Column("null::json"))


def exported_preview(spec: ErpObject) -> Any:
    """The `preview` of an object that is exported."""
    return preview_of(Computed(preview_needs(spec), make_preview))


def item_id(tag: str) -> Any:
    return planned(Column(f"'{tag}_' || {{t}}.id"), description="Global id.")
