"""Prerequisites that many objects share, as rules over an object's record and lines.

Sources: the project tool's pages on sending each object to ERP Integrations; limits are flags of the connection."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, exists, false, func, literal, or_, select

from db.links import Link
from hub.codes import ErrorCode as Code
from hub.core.expression import comes_in, cuts, flag, goes_out, limit, sendable, setting
from hub.core.link import Event, LinkState, sources
from hub.core.rule import Rule, RuleKind
from hub.core.spec import ErpObject, LineSpec, table_of
from hub.objects.project import Project, ProjectCostCode

_on_project = table_of(ProjectCostCode).c
_other = table_of(Link).alias("other_link").c
Flag = ColumnElement[bool]


def need(
    code: Code,
    holds: Flag,
    message: str | ColumnElement[str],
    remedy: str,
    field: str | None = None,
) -> Rule:
    """A prerequisite in the item's content; unknown counts as failed."""
    return Rule(
        code=code, kind=RuleKind.PREREQUISITE, holds=holds, message=message, remedy=remedy, field=field
    )


def unable(holds: Flag, message: str, remedy: str, field: str | None = None) -> Rule:
    """Something that the ERP cannot do, whatever is done to the item."""
    return Rule(
        code=Code.CAPABILITY_NOT_SUPPORTED,
        kind=RuleKind.CAPABILITY,
        holds=holds,
        message=message,
        remedy=remedy,
        field=field,
    )


def taken(spec: ErpObject) -> Rule:
    """The item's ERP takes such objects at all."""
    return unable(
        goes_out(spec.key),
        f"This ERP takes no {words(spec.plural)} from the project tool.",
        "Keep them on their own side; the connection's capabilities say what travels.",
    )


def given(spec: ErpObject) -> Rule:
    """The item's ERP gives such objects at all."""
    return unable(
        comes_in(spec.key),
        f"This ERP gives no {words(spec.plural)}.",
        "Keep them on their own side; the connection's capabilities say what travels.",
    )


def alive(spec: ErpObject) -> Rule:
    plural = words(spec.plural)
    return need(
        Code.DELETED_AT_ORIGIN,
        spec.table.c.origin_deleted_at.is_(None),
        "It was deleted in the project tool.",
        f"Restore it there, then import {plural}.",
    )


def has_link(row: Table, item: ColumnElement[Any], *states: LinkState) -> Flag:
    """Whether the item that a column of `row` names stands at one of the states, under an id of the ERP."""
    return exists(
        select(1).where(
            _other.account_id == row.c.account_id,
            _other.object_id == item,
            _other.state.in_([state.value for state in states]),
            _other.external_id.is_not(None),
        )
    )


def erp_id(row: Table, item: ColumnElement[Any]) -> ColumnElement[str]:
    """The ERP's id of the item that a column of `row` names; null where it is not linked."""
    return (
        select(_other.external_id)
        .where(
            _other.account_id == row.c.account_id,
            _other.object_id == item,
            _other.state.in_([LinkState.LINKED.value, LinkState.SYNCED.value]),
        )
        .scalar_subquery()
    )


def project_linked(spec: ErpObject) -> Rule:
    return need(
        Code.PROJECT_NOT_LINKED,
        has_link(spec.table, spec.table.c.project_id, LinkState.LINKED),
        "Its project is not linked to a job of the ERP.",
        "Link or add the project's job first.",
        "project",
    )


def company_linked(spec: ErpObject, noun: str = "contract company") -> tuple[Rule, ...]:
    """A company is named, it is linked to a vendor, and the vendor is active and its id fits."""
    table = spec.table
    vendor = erp_id(table, table.c.company_id)
    return (
        need(
            Code.VENDOR_MISSING,
            table.c.company_id.is_not(None),
            f"It has no {noun}.",
            f"Choose the {noun} in the project tool, then import {words(spec.plural)}.",
            "company",
        ),
        need(
            Code.VENDOR_NOT_LINKED,
            or_(table.c.company_id.is_(None), has_link(table, table.c.company_id, LinkState.LINKED)),
            f"Its {noun} is not linked to a vendor of the ERP.",
            "Link the company to its vendor first.",
            "company",
        ),
        need(
            Code.VENDOR_ID_TOO_LONG,
            func.coalesce(func.char_length(vendor) <= limit("vendor_id_max"), True),
            func.concat(
                "The vendor id ",
                vendor,
                " is longer than the ",
                limit("vendor_id_max"),
                " characters the ERP takes.",
            ),
            "Link the company to a vendor with a shorter id, or raise the connection's limit.",
            "company",
        ),
        need(
            Code.VENDOR_INACTIVE,
            ~_inactive_in_erp(spec),
            f"The vendor that its {noun} is linked to is not active in the ERP.",
            "Activate the vendor in the ERP, then import companies from there.",
            "company",
        ),
    )


def _inactive_in_erp(spec: ErpObject) -> Flag:
    """As far as the last import of the ERP's vendors shows."""
    return exists(
        select(1).where(
            _other.account_id == spec.table.c.account_id,
            _other.object_id == spec.table.c.company_id,
            _other.snapshot["is_active"].astext == "false",
        )
    )


def parent_synced(spec: ErpObject, column: str, noun: str) -> Rule:
    """What the item hangs on is in the ERP; for one that waits for its answer it is enough that it is on its way there.

    Source: the order of dependence of the project tool's ERP pages."""
    parent, own = spec.table.c[column], table_of(Link).c
    waits = own.state.in_([state.value for state in sources(Event.ACCEPT)])
    coming = exists(
        select(1).where(
            _other.account_id == spec.table.c.account_id,
            _other.object_id == parent,
            _other.state == LinkState.EXPORTING.value,
        )
    )
    return need(
        Code.PARENT_NOT_SYNCED,
        or_(has_link(spec.table, parent, LinkState.SYNCED, LinkState.LINKED), and_(waits, coming)),
        f"Its {noun} is not in the ERP.",
        f"Send the {noun} and have it accepted first.",
        column.removesuffix("_id"),
    )


def tool_active(spec: ErpObject, tool: str) -> Rule:
    """The tool that the object lives in is open on its project. What nobody has met closed counts as open.

    Source: the project tool's page on project set-up for ERP Integrations."""
    name = tool.replace("_", " ").title()
    project = table_of(Project)
    closed = exists(
        select(1)
        .where(
            project.c.account_id == spec.table.c.account_id,
            project.c.id == spec.table.c.project_id,
            literal(tool) == func.any(project.c.inactive_tools),
        )
        .correlate_except(project)
    )
    return need(
        Code.TOOL_INACTIVE,
        ~closed,
        f"The tool {name} is not active on the project, or not open to the hub.",
        f"Switch {name} on for the project in the project tool, then import {words(spec.plural)}.",
        "project",
    )


def status_sendable(spec: ErpObject, allowed: str, usual: Sequence[str] = ()) -> Rule:
    """`allowed`: the statuses in words, for the remedy. `usual`: those that an ERP takes which names none; any where empty."""
    status = spec.table.c.status
    return need(
        Code.STATUS_NOT_SENDABLE,
        sendable(spec.key, status, status.in_(usual) if usual else None),
        func.concat("Status ", status, " cannot be sent."),
        f"Set the status to {allowed} in the project tool, then import {words(spec.plural)}.",
        "status",
    )


# Where a workflow that ends in approval leaves an item.
_APPROVED = ("APPROVED", "APPROVED_AS_NOTED", "COMPLETE")


def workflow_ended(spec: ErpObject) -> Rule:
    """Where the connection exports directly with a workflow, that has ended in approval before the item is sent.

    What waits for an approver all the same is theirs to judge. Source: the project tool's page on direct exports."""
    status = spec.table.c.status
    waits = table_of(Link).c.state.in_([state.value for state in sources(Event.ACCEPT)])
    return need(
        Code.STATUS_NOT_SENDABLE,
        or_(func.coalesce(setting("direct_export"), "off") != "with_workflow", status.in_(_APPROVED), waits),
        func.concat("Status ", status, ": its workflow has not ended in approval."),
        f"End the workflow in the project tool, then import {words(spec.plural)}.",
        "status",
    )


def never() -> Flag:
    """For what is refused to everybody."""
    return false()


def present(spec: ErpObject, code: Code, field: str, noun: str) -> Rule:
    """A value is there; a text is more than blanks."""
    column = spec.table.c[field]
    there: Flag = (
        func.btrim(column) != ""
        if spec.record.model_fields[field].annotation in (str, str | None)
        else column.is_not(None)
    )
    return need(
        code,
        there,
        f"It has no {noun}.",
        f"Enter the {noun} in the project tool, then import {words(spec.plural)}.",
        _camel(field),
    )


def fits(spec: ErpObject, code: Code, field: str, noun: str, most: str) -> Rule:
    """A text is no longer than the connection's flag says, in characters, unless the ERP cuts what is."""
    length: ColumnElement[int] = func.char_length(spec.table.c[field])
    return need(
        code,
        or_(func.coalesce(length <= limit(most), True), cuts(spec.key, field)),
        func.concat(f"The {noun} has ", length, " characters; the ERP takes ", limit(most), "."),
        f"Shorten the {noun} in the project tool, then import {words(spec.plural)}.",
        _camel(field),
    )


# --- lines -----------------------------------------------------------------------------------------------------------


def lines_of(spec: ErpObject) -> LineSpec:
    assert spec.lines is not None, spec.key
    return spec.lines


def own_lines(spec: ErpObject) -> Flag:
    """Lines that belong to the item."""
    lines, table = lines_of(spec), spec.table
    return and_(lines.table.c.account_id == table.c.account_id, lines.table.c[lines.parent] == table.c.id)


def any_line(spec: ErpObject, *conditions: Flag) -> Flag:
    return exists(select(1).where(own_lines(spec), *conditions))


def line_sum(spec: ErpObject, column: str = "amount") -> ColumnElement[Any]:
    return (
        select(func.coalesce(func.sum(lines_of(spec).table.c[column]), 0))
        .where(own_lines(spec))
        .scalar_subquery()
    )


def has_amounts(spec: ErpObject, noun: str, column: str = "amount") -> Rule:
    return need(
        Code.NO_NONZERO_LINE,
        any_line(spec, lines_of(spec).table.c[column] != 0),
        f"{noun} has no line with an amount.",
        f"Add at least one line with an amount in the project tool, then import {words(spec.plural)}.",
        "lines",
    )


def sums_up(spec: ErpObject, amount: str, column: str = "amount") -> Rule:
    total, whole = line_sum(spec, column), spec.table.c[amount]
    return need(
        Code.AMOUNT_NOT_SUM_OF_LINES,
        whole == total,
        func.concat("The amount is ", whole, ", its lines sum to ", total, "."),
        f"Import {words(spec.plural)} again; if it stays, correct the lines in the project tool.",
        _camel(amount),
    )


def off_code(spec: ErpObject) -> Flag:
    """A line stands on no combination of code and type that the ERP's job carries."""
    line = lines_of(spec).table.c
    booked = exists(
        select(1)
        .where(
            _on_project.account_id == line.account_id,
            _on_project.project_id == spec.table.c.project_id,
            _on_project.cost_code_id == line.cost_code_id,
            _on_project.cost_type_id == line.cost_type_id,
            _on_project.in_erp,
        )
        .correlate_except(table_of(ProjectCostCode))
    )
    return or_(line.cost_code_id.is_(None), line.cost_type_id.is_(None), ~booked)


def lines_on_codes(spec: ErpObject, *only: Flag) -> Rule:
    """Every line, or each for which `only` holds, stands on a code and type of the ERP's job."""
    line = lines_of(spec).table.c
    conditions: Sequence[Flag] = (*only, off_code(spec))
    named: ColumnElement[str] = (
        select(
            func.string_agg(
                func.concat(line.line_number, " (", func.coalesce(line.cost_code_text, "no code"), ")"),
                literal(", "),
            )
        )
        .where(own_lines(spec), *conditions)
        .scalar_subquery()
    )
    return need(
        Code.LINE_CODE_UNKNOWN,
        ~any_line(spec, *conditions),
        func.concat("Lines on no cost code and type of the ERP's job: ", named, "."),
        f"Put every line on a cost code and cost type of the job in the project tool, then import {words(spec.plural)}.",
        "lines",
    )


def off_segments(spec: ErpObject) -> Rule:
    """No line stands on a custom segment of the work breakdown, unless the ERP knows such."""
    line = lines_of(spec).table.c
    named: ColumnElement[str] = (
        select(func.string_agg(line.custom_segment.distinct(), literal(", ")))
        .where(own_lines(spec))
        .scalar_subquery()
    )
    return need(
        Code.CUSTOM_SEGMENT_NOT_SUPPORTED,
        or_(~any_line(spec, line.custom_segment.is_not(None)), flag("supports_custom_wbs")),
        func.concat("Lines stand on a custom segment that the ERP does not know: ", named, "."),
        f"Put these lines on codes of cost code and cost type alone in the project tool, then import {words(spec.plural)}.",
        "lines.customSegment",
    )


def words(plural: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in plural)


def _camel(field: str) -> str:
    head, *rest = field.split("_")
    return head + "".join(part.title() for part in rest)
