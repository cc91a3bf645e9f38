"""GraphQL types of what stands beside the items: people, systems, links, runs, attempts, events, conflicts."""

from datetime import datetime
from decimal import Decimal  # noqa: F401  derived annotations name it
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from db.accounts import Connection as ConnectionRow
from db.events import Event as EventRow
from db.jobs import Attempt as AttemptRow
from db.jobs import Job as JobRow
from db.links import Conflict as ConflictRow
from db.people import Member as MemberRow
from db.people import ProjectMember as ProjectMemberRow
from db.requests import ErpRequest as ErpRequestRow
from db.requests import ErpRequestDetail as ErpRequestDetailRow
from db.runs import SyncIssue as SyncIssueRow
from db.runs import SyncRun as SyncRunRow
from db.runs import SyncRunItem as SyncRunItemRow
from hub.api import systems
from hub.api.derive import connection, page_arguments, planned, row, word
from hub.api.plan.fields import Column, Many, Named, One, Order, Paged
from hub.api.run_lists import SyncRunList
from hub.api.scalars import Json
from hub.codes import ErrorCode
from hub.core.level import Level
from hub.core.link import LinkState
from hub.core.rule import RuleKind, Scope

HERE = __name__
if TYPE_CHECKING:
    from hub.api.item import ErpItem
    from hub.api.items import Project
else:
    ErpItem = Annotated["ErpItem", strawberry.lazy("hub.api.item")]
    Project = Annotated["Project", strawberry.lazy("hub.api.items")]
READER = systems.READER
RUN_VISIBLE = f"({READER} or {{t}}.requested_by = {{member}})"
KNOWS_PEOPLE = "({v}.directory_level >= 1 or {v}.erp_level >= 1 or {t}.id = {member})"
ID = "Global id."


strawberry.enum(Level, name="ToolLevel", description="A tool level, as the project tool grants them.")
for _words in (ErrorCode, LinkState, RuleKind, Scope):
    word(_words)


def level(column: str, tool: str) -> Any:
    words = ", ".join(f"'{known.name}'" for known in Level)
    return planned(Column(f"(array[{words}])[{{t}}.{column} + 1]"), description=f"Level on {tool}.")


def member(column: str, description: str) -> Any:
    return planned(One(on=f"{{t}}.id = {{pt}}.{column}"), description=description)


def id_of(tag: str) -> Any:
    return planned(Column(f"'{tag}_' || {{t}}.id"), description=ID)


@strawberry.interface(description="Anything with a global id.")
class Node:
    id: strawberry.ID = strawberry.field(description="Global id.")


@row(
    MemberRow,
    "Member",
    tag="mbr",
    alone=KNOWS_PEOPLE,
    shown=("is_active", "can_push_to_accounting", "is_bulk_reader", "rights_imported_at"),
)
class Member(Node):
    id: strawberry.ID = id_of("mbr")
    name: str = planned(Column("{t}.name"), description="Full name.")
    email: str | None = planned(
        Column("case when {v}.directory_level >= 1 or {t}.id = {v}.id then {t}.email end"),
        description="E-mail; shown with Read Only on the Directory.",
    )
    is_active: bool = planned(Column("{t}.is_active"), description="Whether the person may sign in.")
    is_accounting_approver: bool = planned(
        Column("({t}.erp_level >= 2 and {t}.can_push_to_accounting)"),
        description="Level Standard or Admin on ERP Integrations and the privilege 'Can Push to Accounting'.",
    )
    erp_level: Level = level("erp_level", "ERP Integrations")
    directory_level: Level = level("directory_level", "the company Directory")
    admin_level: Level = level("admin_level", "company Admin")
    projects: list["ProjectRights"] = planned(
        Many(on="{t}.member_id = {pt}.id", order="{t}.project_id"), description="Levels on projects."
    )


@row(ProjectMemberRow, "ProjectRights", shown=(), id_sql="{t}.project_id")
class ProjectRights:
    project: Project | None = planned(One(on="{t}.id = {pt}.project_id"), description="The project.")
    admin_level: Level = level("admin_level", "the project's Admin tool")
    commitments_level: Level = level("commitments_level", "Commitments")
    change_orders_level: Level = level("change_orders_level", "Change Orders")
    budget_level: Level = level("budget_level", "Budget")


@row(
    ErpRequestDetailRow,
    "ErpRequestDetail",
    visible=READER,
    shown=("item_type", "item_id", "state", "told_at"),
    id_sql="{t}.external_id",
)
class ErpRequestDetail:
    """One item of a request: it stays in progress in the project tool until that is told how it ended."""

    messages: Json = planned(
        Column("{t}.messages"), description="What the project tool is told, a list of texts."
    )


@row(
    ErpRequestRow,
    "ErpRequest",
    tag="req",
    visible=READER,
    shown=("name", "state", "message", "asked_at", "received_at", "finished_at"),
    orders={"NEWEST_FIRST": Order("{t}.id", "uuid", descending=True)},
)
class ErpRequest(Node):
    """What somebody asked of the ERP in the project tool."""

    id: strawberry.ID = id_of("req")
    requested_by: Member | None = planned(
        One(on="{t}.origin_id = {pt}.requested_by"), description="Who asked, where the hub knows the person."
    )
    details: list[ErpRequestDetail] = planned(
        Many(on="{t}.request_id = {pt}.id", order="{t}.external_id"),
        description="The items that wait for an answer there; the first 1000.",
    )


ErpRequestConnection = connection("ErpRequest", HERE)


@row(
    ConnectionRow,
    "System",
    tag="sys",
    shown=("name", "kind", "role", "state", "go_live_on", "version", "created_at"),
)
class System(Node):
    id: strawberry.ID = id_of("sys")
    capabilities: Json = planned(Column("{t}.capabilities"), description="What it can do and how it differs.")
    traffic: systems.Traffic | None = planned(
        One(on="{t}.connection_id = {pt}.id"),
        description="How the calls to it stand; null before the first job. Read Only on ERP Integrations sees it.",
    )
    checks: list[systems.SystemCheck] = planned(
        Many(on="{t}.connection_id = {pt}.id", order="{t}.position"),
        description="What the last test of the connection found, from `verifySystem`.",
    )
    schedules: list[systems.Schedule] = planned(
        Many(on="{t}.connection_id = {pt}.id", order=systems.IN_ORDER),
        description="When its objects are imported by themselves, from `configureSchedule`.",
    )
    requests: ErpRequestConnection = planned(  # type: ignore[valid-type]  # made at run time
        Paged(on="{t}.connection_id = {pt}.id"),
        description="What people asked of the ERP in this project tool, newest first.",
        arguments=page_arguments(),
    )


@row(
    JobRow,
    "Job",
    tag="job",
    visible=READER,
    shown=(
        "kind",
        "state",
        "tries",
        "deaths",
        "error_code",
        "error_message",
        "due_at",
        "created_at",
        "started_at",
        "finished_at",
    ),
)
class Job(Node):
    """One piece of background work."""

    id: strawberry.ID = id_of("job")


@row(
    AttemptRow,
    "Attempt",
    tag="att",
    visible=READER,
    shown=(
        "step",
        "operation",
        "state",
        "request_digest",
        "external_id",
        "error_code",
        "erp_message",
        "read_backs",
        "created_at",
        "sent_at",
        "finished_at",
    ),
)
class Attempt(Node):
    id: strawberry.ID = id_of("att")
    export_revision: int = planned(
        Column("{t}.export_revision"), description="Which export of the item it belongs to."
    )
    system: System | None = planned(
        One(on="{t}.id = {pt}.connection_id"), description="The system it wrote to."
    )


@row(ConflictRow, "Conflict", shown=("field", "code", "message", "ours", "theirs", "seen_at", "resolved_at"))
class Conflict:
    pass


@row(
    EventRow,
    "Event",
    tag="evt",
    shown=("at", "action", "cause"),
    orders={"NEWEST_FIRST": Order("{t}.id", "uuid", descending=True)},
)
class Event(Node):
    id: strawberry.ID = id_of("evt")
    actor: Member | None = member("member_id", "Who did it; null for the hub itself.")
    before: Json | None = planned(Column("{t}.before"), description="The whole record and link before.")
    after: Json | None = planned(Column("{t}.after"), description="The whole record and link after.")
    position: int | None = planned(
        Column(
            "(select s.position from event_seal s where s.account_id = {account} and s.event_id = {t}.id)"
        ),
        description="Place in the account's sealed log; null until sealed, within about a second.",
    )


@row(
    SyncIssueRow,
    "SyncIssue",
    tag="iss",
    visible=READER,
    shown=("object_type", "external_id", "code", "field", "value", "message", "created_at"),
)
class SyncIssue(Node):
    id: strawberry.ID = id_of("iss")
    details: Json = planned(
        Column("{t}.details"),
        description="What is known of a cost or payment: kind, date, project, vendor, number, amount, and codes of its lines.",
    )


@row(
    SyncRunItemRow,
    "SyncRunItem",
    shown=("outcome", "code", "message", "erp_message", "finished_at"),
    id_sql="{t}.object_id",
)
class SyncRunItem:
    position: int = planned(Column("{t}.position"), description="Place in the input, from 0.")
    item: ErpItem | None = planned(Named("{t}.object_type", "{t}.object_id"), description="The item.")


EventConnection = connection("Event", HERE)
AttemptConnection = connection("Attempt", HERE)
SyncIssueConnection = connection("SyncIssue", HERE)


@row(
    SyncRunRow,
    "SyncRun",
    tag="run",
    visible=RUN_VISIBLE,
    shown=(
        "action",
        "state",
        "step",
        "items_total",
        "items_done",
        "records_read",
        "records_created",
        "records_updated",
        "records_unchanged",
        "issues_count",
        "proof",
        "error_code",
        "error_message",
        "created_at",
        "started_at",
        "finished_at",
    ),
    orders={"NEWEST_FIRST": Order("{t}.id", "uuid", descending=True)},
)
class SyncRun(Node):
    id: strawberry.ID = id_of("run")
    requested_by: Member | None = member("requested_by", "Who asked; null for the hub itself.")
    trigger: systems.RunTrigger = planned(Column(systems.TRIGGER), description="What set it going.")
    system: System | None = planned(
        One(on="{t}.id = {pt}.connection_id"), description="The system it reads, where it is an import."
    )
    items: list[SyncRunItem] = planned(
        Many(on="{t}.run_id = {pt}.id", order="{t}.position"),
        description="What came of each item, in input order; the first 1000.",
    )
    jobs: list[Job] = planned(
        Many(on="{t}.run_id = {pt}.id", order="{t}.id"), description="The jobs that do it; the first 1000."
    )
    lists: list[SyncRunList] = planned(
        Many(on="{t}.run_id = {pt}.id", order="{t}.resource || ' ' || {t}.scope"),
        description="How complete each list of an import is; the first 1000.",
    )
    issues: SyncIssueConnection = planned(  # type: ignore[valid-type]  # made at run time
        Paged(on="{t}.run_id = {pt}.id"), description="Rows that did not fit.", arguments=page_arguments()
    )


SyncRunConnection = connection("SyncRun", HERE)


@strawberry.type(description="Where an item stands with its ERP.")
class Link:
    state: LinkState = planned(Column("{l}.state"), description="The state.")
    system: System | None = planned(One(on="{t}.id = {pl}.connection_id"), description="The ERP.")
    external_id: str | None = planned(Column("{l}.external_id"), description="The record's id in the ERP.")
    external_code: str | None = planned(
        Column("{l}.external_code"), description="What people call it in the ERP."
    )
    payload: Json | None = planned(
        Column("({l}.payload)::json"),
        description="The exact requests that will leave, or left. Computed when the item is sent, frozen when accepted.",
    )
    digest: str | None = planned(
        Column("{l}.digest"), description="SHA-256 of the payload in hex; an acceptance names it."
    )
    mapping_version: str | None = planned(
        Column("{l}.mapping_version"), description="Version of the mapping that made the payload."
    )
    snapshot: Json | None = planned(Column("{l}.snapshot"), description="What the ERP held when last read.")
    snapshot_at: datetime | None = planned(Column("{l}.snapshot_at"), description="When it was last read.")
    export_revision: int = planned(
        Column("{l}.export_revision"), description="How many documents were asked for so far."
    )
    sent_by: Member | None = planned(One(on="{t}.id = {pl}.sent_by"), description="Who sent it last.")
    sent_at: datetime | None = planned(Column("{l}.sent_at"), description="When it was last sent.")
    answered_by: Member | None = planned(
        One(on="{t}.id = {pl}.answered_by"), description="Who accepted or rejected it last."
    )
    answered_at: datetime | None = planned(
        Column("{l}.answered_at"), description="When it was last accepted or rejected."
    )
    comment: str | None = planned(
        Column("{l}.comment"), description="The approver's comment at the last rejection."
    )
    error_code: str | None = planned(Column("{l}.error_code"), description="Our code of the last failure.")
    error_message: str | None = planned(
        Column("{l}.error_message"), description="Our words for the last failure."
    )
    erp_message: str | None = planned(Column("{l}.erp_message"), description="The ERP's own words for it.")
    synced_at: datetime | None = planned(Column("{l}.synced_at"), description="When the ERP confirmed it.")
    gone_at: datetime | None = planned(
        Column("{l}.gone_at"),
        description="Since when the ERP no longer lists its record; null while it does.",
    )


@strawberry.type(description="The item in the project tool.")
class Origin:
    id: strawberry.ID = planned(Column("{t}.origin_id"), description="Its id there.")
    updated_at: datetime | None = planned(
        Column("{t}.origin_updated_at"), description="When it was last changed there."
    )
    deleted_at: datetime | None = planned(
        Column("{t}.origin_deleted_at"), description="When it was found gone from there."
    )
