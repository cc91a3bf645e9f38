"""GraphQL types of the objects: columns are derived, relations stand here."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime  # noqa: F401  derived annotations name them
from decimal import Decimal
from typing import TypeVar

import strawberry

from hub import objects
from hub.api import amounts
from hub.api.derive import KINDS, belongs_to, connection, item, line, planned, row, word
from hub.api.item import ErpItem, exported_preview, item_id
from hub.api.plan.fields import Column, Many, One
from hub.api.preview import Preview
from hub.api.relations import amount_of, lines_of, named, paid
from hub.api.scalars import Json  # noqa: F401
from hub.core.spec import ErpObject
from hub.objects.project import ProjectCostCode as ProjectCostCodeRow
from hub.sync import matching
from hub.sync.facts.budget import AMOUNT_AFTER_IMPORT, ERP_AMOUNT, NEXT_NUMBER
from hub.sync.matching import MatchReason
from hub.sync.templates import USUAL_TEMPLATE

C = TypeVar("C", bound=type)
HERE = __name__
_PROJECT = "The project it belongs to; null where you may not see it."
_VENDOR = "The company; null where there is none, or you may not see it."


@item(objects.COST_TYPE)
class CostType(ErpItem):
    id: strawberry.ID = item_id(objects.COST_TYPE.tag)


@item(objects.COST_CODE)
class CostCode(ErpItem):
    id: strawberry.ID = item_id(objects.COST_CODE.tag)
    default_cost_types: list[CostType] = planned(
        Many(
            on="{t}.id in (select d.cost_type_id from default_cost_type d where d.account_id = {account} and d.cost_code_id = {pt}.id)",
            order="{t}.code, {t}.id",
        ),
        description="The cost types that it has wherever the ERP names none.",
    )
    preview: Preview | None = exported_preview(objects.COST_CODE)


def coded(spec: ErpObject) -> Callable[[C], C]:
    """Makes a GraphQL type of an object's lines, which stand on a cost code and a cost type."""

    def make(cls: C) -> C:
        cls.cost_code = belongs_to(  # type: ignore[attr-defined]  # a field that Strawberry finds on the class
            "cost_code_id", "The ERP's cost code; null where the line stands on none."
        )
        cls.cost_type = belongs_to(  # type: ignore[attr-defined]  # a field that Strawberry finds on the class
            "cost_type_id", "The ERP's cost type; null where the line has none."
        )
        cls.__annotations__ = {"cost_code": CostCode | None, "cost_type": CostType | None}
        return line(spec)(cls)

    return make


SubJobConnection = connection("SubJob", HERE)
BudgetChangeConnection = connection("BudgetChange", HERE)
PrimeContractConnection = connection("PrimeContract", HERE)
PrimeContractChangeOrderConnection = connection("PrimeContractChangeOrder", HERE)
OwnerInvoiceConnection = connection("OwnerInvoice", HERE)
CommitmentConnection = connection("Commitment", HERE)
CommitmentChangeOrderConnection = connection("CommitmentChangeOrder", HERE)
SubcontractorInvoiceConnection = connection("SubcontractorInvoice", HERE)
PaymentConnection = connection("Payment", HERE)
DirectCostConnection = connection("DirectCost", HERE)


@item(objects.COMPANY)
class Company(ErpItem):
    id: strawberry.ID = item_id(objects.COMPANY.tag)
    preview: Preview | None = exported_preview(objects.COMPANY)
    is_active_in_erp: bool | None = planned(
        Column("({l}.snapshot ->> 'is_active')::boolean"),
        description="Whether the ERP lists the vendor as active, when last read; one that is not stays here until somebody archives it.",
    )
    suggestions: list["CompanySuggestion"] = planned(
        Many(on=matching.SUGGESTED, order=matching.ORDER, limit=10),
        description="Companies of the directory that a vendor of the ERP may be, the likeliest first. Empty unless it is ready to import.",
    )
    commitments: CommitmentConnection = named("company_id", "Its commitments.")  # type: ignore[valid-type]  # made at run time


word(MatchReason)


@strawberry.type(
    description="A company of the directory that a vendor of the ERP may be, and what speaks for and against it."
)
class CompanySuggestion:
    company: Company | None = planned(One(on="{t}.id = {pt}.id"), description="The company.")
    score: int = planned(
        Column(matching.SCORE),
        description="How near the names are, in percent of what they share; 100 only where they are equal.",
    )
    is_exact: bool = planned(
        Column(matching.EXACT),
        description="Whether the names are equal, letter case ignored: that is certain.",
    )
    reasons_for: list[MatchReason] = planned(Column(matching.FOR), description="What speaks for it.")
    reasons_against: list[MatchReason] = planned(
        Column(matching.AGAINST), description="What speaks against it."
    )


KINDS["CompanySuggestion"] = replace(
    KINDS["Company"], type_name="CompanySuggestion", tag=None, orders={}, filters={}
)


@line(objects.PROJECT_TEMPLATE)
class ProjectTemplateCode:
    pass


@item(objects.PROJECT_TEMPLATE)
class ProjectTemplate(ErpItem):
    id: strawberry.ID = item_id(objects.PROJECT_TEMPLATE.tag)
    cost_codes: list[ProjectTemplateCode] = lines_of(objects.PROJECT_TEMPLATE)


@row(ProjectCostCodeRow, "ProjectCostCode", shown=("in_erp",))
class ProjectCostCode:
    cost_code: CostCode | None = belongs_to("cost_code_id", "The code.")
    cost_type: CostType | None = belongs_to("cost_type_id", "The type.")


@item(objects.PROJECT)
class Project(ErpItem):
    id: strawberry.ID = item_id(objects.PROJECT.tag)
    preview: Preview | None = exported_preview(objects.PROJECT)
    usual_template: ProjectTemplate | None = planned(
        One(on=USUAL_TEMPLATE),
        description="The template that a job starts from unless another is named when it is added.",
    )
    cost_codes: list[ProjectCostCode] = planned(
        Many(on="{t}.project_id = {pt}.id", order="{t}.id"),
        description="The codes and types that may be booked on; the first 1000.",
    )
    budget: "Budget | None" = planned(One(on="{t}.project_id = {pt}.id"), description="Its budget.")
    sub_jobs: SubJobConnection = named("project_id", "Its sub jobs.")  # type: ignore[valid-type]  # made at run time
    budget_changes: BudgetChangeConnection = named("project_id", "Changes of its budget.")  # type: ignore[valid-type]  # made at run time
    prime_contracts: PrimeContractConnection = named("project_id", "Its prime contracts.")  # type: ignore[valid-type]  # made at run time
    owner_invoices: OwnerInvoiceConnection = named("project_id", "Its owner invoices.")  # type: ignore[valid-type]  # made at run time
    commitments: CommitmentConnection = named("project_id", "Its commitments.")  # type: ignore[valid-type]  # made at run time
    change_orders: CommitmentChangeOrderConnection = named("project_id", "Change orders of its commitments.")  # type: ignore[valid-type]  # made at run time
    invoices: SubcontractorInvoiceConnection = named("project_id", "Its subcontractors' invoices.")  # type: ignore[valid-type]  # made at run time
    payments: PaymentConnection = named("project_id", "Payments to its subcontractors.")  # type: ignore[valid-type]  # made at run time
    direct_costs: DirectCostConnection = named("project_id", "Its direct costs.")  # type: ignore[valid-type]  # made at run time


@item(objects.SUB_JOB)
class SubJob(ErpItem):
    id: strawberry.ID = item_id(objects.SUB_JOB.tag)
    project: Project | None = belongs_to("project_id", _PROJECT)
    preview: Preview | None = exported_preview(objects.SUB_JOB)


@coded(objects.BUDGET)
class BudgetLine:
    pass


@item(objects.BUDGET)
class Budget(ErpItem):
    id: strawberry.ID = item_id(objects.BUDGET.tag)
    project: Project | None = belongs_to("project_id", _PROJECT)
    lines: list[BudgetLine] = lines_of(objects.BUDGET)
    next_revision_number: str = planned(
        Column(f"{NEXT_NUMBER}::text"), description="The number that its next revision would have in the ERP."
    )
    erp_amount: Decimal | None = planned(
        Column(ERP_AMOUNT),
        description="What the ERP's budget of the job came to when it was last read; null where none was read.",
    )
    amount_after_import: Decimal | None = planned(
        Column(AMOUNT_AFTER_IMPORT),
        description="What it would come to if `importBudgets` overwrote its lines: the ERP's lines with an amount.",
    )
    preview: Preview | None = exported_preview(objects.BUDGET)


@coded(objects.BUDGET_CHANGE)
class BudgetChangeLine:
    pass


@item(objects.BUDGET_CHANGE)
class BudgetChange(ErpItem):
    id: strawberry.ID = item_id(objects.BUDGET_CHANGE.tag)
    project: Project | None = belongs_to("project_id", _PROJECT)
    lines: list[BudgetChangeLine] = lines_of(objects.BUDGET_CHANGE)
    next_revision_number: str = planned(
        Column(f"{NEXT_NUMBER}::text"), description="The number that is proposed for it in the ERP."
    )
    preview: Preview | None = exported_preview(objects.BUDGET_CHANGE)


@coded(objects.PRIME_CONTRACT)
class PrimeContractLine:
    pass


@item(objects.PRIME_CONTRACT)
class PrimeContract(ErpItem):
    id: strawberry.ID = item_id(objects.PRIME_CONTRACT.tag)
    project: Project | None = belongs_to("project_id", _PROJECT)
    company: Company | None = belongs_to("company_id", _VENDOR)
    lines: list[PrimeContractLine] = lines_of(objects.PRIME_CONTRACT)
    change_orders: PrimeContractChangeOrderConnection = named("prime_contract_id", "Its change orders.")  # type: ignore[valid-type]  # made at run time
    invoices: OwnerInvoiceConnection = named("prime_contract_id", "Invoices to the owner.")  # type: ignore[valid-type]  # made at run time
    preview: Preview | None = exported_preview(objects.PRIME_CONTRACT)


@coded(objects.PRIME_CONTRACT_CHANGE_ORDER)
class PrimeContractChangeOrderLine:
    pass


@item(objects.PRIME_CONTRACT_CHANGE_ORDER)
class PrimeContractChangeOrder(ErpItem):
    id: strawberry.ID = item_id(objects.PRIME_CONTRACT_CHANGE_ORDER.tag)
    project: Project | None = belongs_to("project_id", _PROJECT)
    prime_contract: PrimeContract | None = belongs_to("prime_contract_id", "The contract that it changes.")
    lines: list[PrimeContractChangeOrderLine] = lines_of(objects.PRIME_CONTRACT_CHANGE_ORDER)
    preview: Preview | None = exported_preview(objects.PRIME_CONTRACT_CHANGE_ORDER)


@coded(objects.OWNER_INVOICE)
class OwnerInvoiceLine:
    pass


@item(objects.OWNER_INVOICE)
class OwnerInvoice(ErpItem):
    id: strawberry.ID = item_id(objects.OWNER_INVOICE.tag)
    project: Project | None = belongs_to("project_id", _PROJECT)
    prime_contract: PrimeContract | None = belongs_to("prime_contract_id", "The contract that it bills.")
    lines: list[OwnerInvoiceLine] = lines_of(objects.OWNER_INVOICE)
    preview: Preview | None = exported_preview(objects.OWNER_INVOICE)


@coded(objects.COMMITMENT)
class CommitmentLine:
    pass


@item(objects.COMMITMENT)
class Commitment(ErpItem):
    id: strawberry.ID = item_id(objects.COMMITMENT.tag)
    project: Project | None = belongs_to("project_id", _PROJECT)
    company: Company | None = belongs_to("company_id", "The contract company.")
    lines: list[CommitmentLine] = lines_of(objects.COMMITMENT)
    change_orders: CommitmentChangeOrderConnection = named("commitment_id", "Its change orders.")  # type: ignore[valid-type]  # made at run time
    invoices: SubcontractorInvoiceConnection = named("commitment_id", "The subcontractor's invoices.")  # type: ignore[valid-type]  # made at run time
    paid_amount: Decimal = paid("commitment_id")
    payments: PaymentConnection = named("commitment_id", "What was paid for it.")  # type: ignore[valid-type]  # made at run time
    approved_changes_amount: Decimal = amount_of(
        amounts.APPROVED_CHANGES, "What its approved change orders add."
    )
    current_amount: Decimal = amount_of(
        amounts.CURRENT,
        "Original amount plus the change orders that are in the ERP: its current amount there.",
    )
    billed_amount: Decimal = amount_of(
        amounts.BILLED, "Work completed less retainage held on its invoices that are in the ERP."
    )
    preview: Preview | None = exported_preview(objects.COMMITMENT)


@coded(objects.COMMITMENT_CHANGE_ORDER)
class CommitmentChangeOrderLine:
    pass


@item(objects.COMMITMENT_CHANGE_ORDER)
class CommitmentChangeOrder(ErpItem):
    id: strawberry.ID = item_id(objects.COMMITMENT_CHANGE_ORDER.tag)
    project: Project | None = belongs_to("project_id", _PROJECT)
    commitment: Commitment | None = belongs_to("commitment_id", "The commitment that it changes.")
    lines: list[CommitmentChangeOrderLine] = lines_of(objects.COMMITMENT_CHANGE_ORDER)
    preview: Preview | None = exported_preview(objects.COMMITMENT_CHANGE_ORDER)


@coded(objects.SUBCONTRACTOR_INVOICE)
class SubcontractorInvoiceLine:
    pass


@item(objects.SUBCONTRACTOR_INVOICE)
class SubcontractorInvoice(ErpItem):
    id: strawberry.ID = item_id(objects.SUBCONTRACTOR_INVOICE.tag)
    project: Project | None = belongs_to("project_id", _PROJECT)
    commitment: Commitment | None = belongs_to("commitment_id", "The commitment that it bills.")
    company: Company | None = belongs_to("company_id", "Who asks to be paid.")
    lines: list[SubcontractorInvoiceLine] = lines_of(objects.SUBCONTRACTOR_INVOICE)
    paid_amount: Decimal = paid("subcontractor_invoice_id")
    payments: PaymentConnection = named("subcontractor_invoice_id", "What was paid for it.")  # type: ignore[valid-type]  # made at run time
    erp_amount: Decimal = amount_of(
        amounts.SENT,
        "What the ERP is asked to pay: work completed this period less the retainage held on it.",
    )
    erp_amount_difference: Decimal = amount_of(
        amounts.DIFFERENCE,
        "What the project tool's form asks less `erpAmount`: released retainage and stored materials do not travel.",
    )
    preview: Preview | None = exported_preview(objects.SUBCONTRACTOR_INVOICE)


@item(objects.PAYMENT)
class Payment(ErpItem):
    id: strawberry.ID = item_id(objects.PAYMENT.tag)
    project: Project | None = belongs_to("project_id", _PROJECT)
    commitment: Commitment | None = belongs_to("commitment_id", "The commitment it pays for.")
    subcontractor_invoice: SubcontractorInvoice | None = belongs_to(
        "subcontractor_invoice_id", "The invoice it pays."
    )


@coded(objects.DIRECT_COST)
class DirectCostLine:
    pass


@item(objects.DIRECT_COST)
class DirectCost(ErpItem):
    id: strawberry.ID = item_id(objects.DIRECT_COST.tag)
    project: Project | None = belongs_to("project_id", _PROJECT)
    company: Company | None = belongs_to("company_id", "The vendor.")
    commitment: Commitment | None = belongs_to("commitment_id", "The commitment a payable was made against.")
    lines: list[DirectCostLine] = lines_of(objects.DIRECT_COST)


CompanyConnection = connection("Company", HERE)
ProjectConnection = connection("Project", HERE)
ProjectTemplateConnection = connection("ProjectTemplate", HERE)
CostCodeConnection = connection("CostCode", HERE)
CostTypeConnection = connection("CostType", HERE)
BudgetConnection = connection("Budget", HERE)
ITEM_TYPES: tuple[type[ErpItem], ...] = (
    CostType,
    CostCode,
    Company,
    ProjectTemplate,
    Project,
    SubJob,
    Budget,
    BudgetChange,
    PrimeContract,
    PrimeContractChangeOrder,
    OwnerInvoice,
    Commitment,
    CommitmentChangeOrder,
    SubcontractorInvoice,
    Payment,
    DirectCost,
)


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
