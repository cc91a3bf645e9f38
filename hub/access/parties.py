"""Rules about companies and jobs that the ERP alone knows: what may be added, put aside, linked or parted."""

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, exists, func, not_, or_, select

from db.accounts import Connection, SystemRole
from db.links import Link
from hub.access.rights import approver
from hub.access.standing import open_for
from hub.codes import ErrorCode as Code
from hub.core.expression import limit
from hub.core.link import Event, LinkState
from hub.core.rule import Rule, RuleKind
from hub.core.spec import ErpObject, table_of
from hub.objects import COMPANY, PROJECT

_link = table_of(Link).c
_PUT_ASIDE = (LinkState.READY_TO_IMPORT, LinkState.LINKED)


NOT_GONE = Rule(
    code=Code.GONE_FROM_ERP,
    kind=RuleKind.STATE,
    holds=_link.gone_at.is_(None),
    message="The ERP no longer lists it.",
    remedy="Restore it in the ERP, then import it; or archive it.",
    field="link",
)


def put_aside() -> tuple[Rule, ...]:
    """Only what stands alone in the ERP can be archived; what is linked is told to be unlinked first."""
    linked = Rule(
        code=Code.UNLINK_FIRST,
        kind=RuleKind.STATE,
        holds=_link.state != LinkState.LINKED.value,
        message="It is linked, so it cannot be put aside.",
        remedy="Unlink it first; archiving changes nothing in the ERP and deletes nothing.",
    )
    return linked, open_for(Event.ARCHIVE, states=_PUT_ASIDE)


def _similar() -> Rule:
    """A vendor whose name or id equals that of a company of the directory is not added unknowingly."""
    vendor, other = COMPANY.table, COMPANY.table.alias("similar")
    theirs = func.lower(func.coalesce(_link.external_code, _link.external_id))
    found = (
        select(
            func.string_agg(
                func.concat(other.c.name, case((other.c.match_code == theirs, " (same id)"), else_="")), ", "
            )
        )
        .where(
            other.c.account_id == vendor.c.account_id,
            other.c.id != vendor.c.id,
            other.c.origin_id.is_not(None),
            other.c.origin_deleted_at.is_(None),
            or_(other.c.match_name == vendor.c.match_name, other.c.match_code == theirs),
        )
        .scalar_subquery()
    )
    return Rule(
        code=Code.SIMILAR_COMPANY,
        kind=RuleKind.PREREQUISITE,
        holds=found.is_(None),
        message=func.concat("The directory has this already: ", found, "."),
        remedy="Link the vendor to it, or add it all the same with `confirm: true`.",
        field="name",
    )


NOT_SIMILAR = _similar()
VENDOR_ID_FITS = Rule(
    code=Code.VENDOR_ID_TOO_LONG,
    kind=RuleKind.PREREQUISITE,
    holds=func.coalesce(func.char_length(_link.external_id) <= limit("vendor_id_max"), True),
    message=func.concat(
        "The vendor id has ", func.char_length(_link.external_id), " characters; at most ",
        limit("vendor_id_max"), " are allowed.",
    ),
    remedy="Give the vendor a shorter id in the ERP, or mend the connection's setting `vendor_id_max`.",
    field="link",
)  # fmt: skip


def _room() -> Rule:
    """The account may have a limit of projects that the hub was told of: the setting `project_limit` of the project tool."""
    tool = table_of(Connection).alias("tool")
    held = PROJECT.table.alias("held")
    most = (
        select(
            cast(
                case(
                    (
                        func.jsonb_typeof(tool.c.settings["project_limit"]) == "number",
                        tool.c.settings["project_limit"].astext,
                    )
                ),
                BigInteger,
            )
        )
        .where(tool.c.account_id == PROJECT.table.c.account_id, tool.c.role == SystemRole.PROJECT_TOOL.value)
        .limit(1)
        .scalar_subquery()
    )
    taken = (
        select(func.count())
        .select_from(held)
        .where(
            held.c.account_id == PROJECT.table.c.account_id,
            held.c.origin_id.is_not(None),
            held.c.origin_deleted_at.is_(None),
        )
        .scalar_subquery()
    )
    return Rule(
        code=Code.PROJECT_LIMIT_REACHED,
        kind=RuleKind.PREREQUISITE,
        holds=or_(most.is_(None), taken < most),
        message=func.concat("The project tool has ", taken, " of at most ", most, " projects."),
        remedy="Close projects there or have the limit raised; then mend the connection's setting `project_limit`.",
    )


PROJECT_LIMIT = _room()


def archived_is_seen(spec: ErpObject) -> ColumnElement[bool]:
    """Archived companies are shown to accounting approvers alone."""
    held = table_of(Link).alias("held")
    return or_(
        approver,
        not_(
            exists(
                select(1).where(
                    and_(
                        held.c.account_id == spec.table.c.account_id,
                        held.c.object_id == spec.table.c.id,
                        held.c.state == LinkState.ARCHIVED.value,
                    )
                )
            )
        ),
    )
