"""GraphQL types of the objects: what all items share, and per object the relations that are not columns."""

from dataclasses import replace
from datetime import date, datetime  # noqa: F401  derived annotations name them
from decimal import Decimal  # noqa: F401
from typing import Any

import strawberry

from hub.api import records
from hub.api.derive import (
    KINDS,
    argument,
    belongs_to,
    connection,
    item,
    page_arguments,
    planned,
    row,
)
from hub.api.plan.fields import Column, Composite, Computed, Explained, Many, One, Paged, Plan
from hub.api.preview import PREVIEW_NEEDS, EntriesInput, Preview, make_preview
from hub.api.scalars import Json  # noqa: F401
from hub.codes import ErrorCode
from hub.core.action import Action
from hub.core.level import Level
from hub.core.link import LinkState
from hub.core.rule import RuleKind, Scope
from hub.objects import COMMITMENT, COMPANY, COST_CODE, COST_TYPE, PROJECT
from hub.objects.commitment import CommitmentLine as CommitmentLineRow
from hub.objects.project import ProjectCostCode as ProjectCostCodeRow
from hub.sync.matching import SUGGESTED

HERE = __name__


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


def explained(action: Action) -> Any:
    return planned(Explained(action.value), description=f"{action.value.title()} this item.")


@strawberry.type(description="What you may do to an item, each answer with its reasons.")
class ItemActions:
    send: ActionPermission = explained(Action.SEND)
    retrieve: ActionPermission = explained(Action.RETRIEVE)
    accept: ActionPermission = explained(Action.ACCEPT)
    reject: ActionPermission = explained(Action.REJECT)
    unlink: ActionPermission = explained(Action.UNLINK)
    link: ActionPermission = explained(Action.LINK)
    add: ActionPermission = explained(Action.ADD)
    refresh: ActionPermission = explained(Action.REFRESH)


def preview_of(plan: Plan) -> Any:
    return planned(
        plan,
        description="What would be sent with these entries: the payload, its digest, and how it differs from what the ERP held. Null where the"
        " object is not exported. Nothing is written.",
        arguments=[argument("entries", EntriesInput | None, "What the approver types.")],
    )


LAST_RUN = "{t}.id = (select i.run_id from sync_run_item i where i.account_id = {account} and i.object_id = {pt}.id order by i.run_id desc limit 1)"


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


def item_id(tag: str) -> Any:
    return planned(Column(f"'{tag}_' || {{t}}.id"), description="Global id.")


@item(COST_TYPE)
class CostType(ErpItem):
    id: strawberry.ID = item_id(COST_TYPE.tag)


@item(COST_CODE)
class CostCode(ErpItem):
    id: strawberry.ID = item_id(COST_CODE.tag)


CommitmentConnection = connection("Commitment", HERE)


@item(COMPANY)
class Company(ErpItem):
    id: strawberry.ID = item_id(COMPANY.tag)
    suggestions: list["Company"] = planned(
        Many(on=SUGGESTED, order="{t}.name, {t}.id", limit=10),
        description="Companies of the directory with the same name, letter case ignored, that a vendor of the ERP could be linked to.",
    )
    commitments: CommitmentConnection = planned(  # type: ignore[valid-type]  # made at run time
        Paged(on="{t}.company_id = {pt}.id"), description="Its commitments.", arguments=page_arguments()
    )


@row(ProjectCostCodeRow, "ProjectCostCode", shown=("in_erp",))
class ProjectCostCode:
    cost_code: CostCode | None = belongs_to("cost_code_id", "The code.")
    cost_type: CostType | None = belongs_to("cost_type_id", "The type.")


@item(PROJECT)
class Project(ErpItem):
    id: strawberry.ID = item_id(PROJECT.tag)
    cost_codes: list[ProjectCostCode] = planned(
        Many(on="{t}.project_id = {pt}.id", order="{t}.id"),
        description="The codes and types that may be booked on; the first 1000.",
    )
    commitments: CommitmentConnection = planned(  # type: ignore[valid-type]  # made at run time
        Paged(on="{t}.project_id = {pt}.id"), description="Its commitments.", arguments=page_arguments()
    )


@row(
    CommitmentLineRow,
    "CommitmentLine",
    shown=(
        "line_number",
        "cost_code_text",
        "description",
        "quantity",
        "unit_of_measure",
        "unit_cost",
        "amount",
    ),
)
class CommitmentLine:
    cost_code: CostCode | None = belongs_to(
        "cost_code_id", "The ERP's cost code; null where the line stands on none."
    )
    cost_type: CostType | None = belongs_to(
        "cost_type_id", "The ERP's cost type; null where the line has none."
    )


@item(COMMITMENT)
class Commitment(ErpItem):
    id: strawberry.ID = item_id(COMMITMENT.tag)
    project: Project | None = belongs_to(
        "project_id", "The project it belongs to; null where you may not see it."
    )
    company: Company | None = belongs_to("company_id", "The contract company.")
    preview: Preview | None = preview_of(Computed(PREVIEW_NEEDS, make_preview))
    lines: list[CommitmentLine] = planned(
        Many(on="{t}.commitment_id = {pt}.id", order="{t}.line_number, {t}.id"),
        description="The schedule of values; the first 1000 lines.",
    )


CompanyConnection = connection("Company", HERE)
ProjectConnection = connection("Project", HERE)
CostCodeConnection = connection("CostCode", HERE)
CostTypeConnection = connection("CostType", HERE)
ITEM_TYPES = (CostType, CostCode, Company, Project, Commitment)


def _of_a_visible_item(type_sql: str, id_sql: str) -> str:
    """Whether the viewer may see the item that two columns of a row name."""
    branches = []
    for made in ITEM_TYPES:
        kind = KINDS[made.__name__]
        visible = kind.visible.replace("{t}", "x").replace("{pm}", "xp")
        rights = (
            "left join project_member xp on xp.account_id = {account} and xp.member_id = {member}"
            f" and xp.project_id = {kind.project.replace('{t}', 'x')}"
            if kind.project
            else ""
        )
        branches.append(
            f"when '{kind.type_name}' then exists (select from {kind.table.name} x {rights}"
            f" where x.account_id = {{account}} and x.id = {id_sql} and {visible})"
        )
    return f"(case {type_sql} {' '.join(branches)} end)"


# An event shows the whole of its item: whoever asks for it by its id must be let see that item.
KINDS["Event"] = replace(KINDS["Event"], alone=_of_a_visible_item("{t}.object_type", "{t}.object_id"))
