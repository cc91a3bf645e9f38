"""Job Cost: a job's budget per code and category, and the revisions that change it."""

from decimal import Decimal

from hub.sandboxes.mri.apis.checks import stamp_transaction, total
from hub.sandboxes.mri.apis.rules import code_on_chart, job_exists
from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.declare import Api, Document, Field, Kind, Param, Row
from hub.sandboxes.mri.errors import EntryRefusedError
from hub.sandboxes.mri.settings import JOB_COST

_TRANSFER = "Budget Transfer"


def _reckon(books: Books, row: Row) -> None:
    """A budget is what it was at first and its approved revisions."""
    revisions = books.where(BUDGET_REVISIONS, {**budget_of(row), "RevisionStatus": "Approved"})
    row["CurrentBudget"] = str(Decimal(row["OriginalBudget"]) + total(revisions, "Value"))


def _enter(books: Books, row: Row) -> None:
    """What came through the services waits to be posted."""
    _reckon(books, row)
    row["Posted"] = "N"


def budget_of(row: Row) -> Row:
    return {name: row[name] for name in JOB_BUDGETS.key_fields}


def revise_budgets(books: Books, row: Row) -> None:
    """After a revision has come, changed or gone; a code without a budget gets one of nothing.

    All budgets of the job are looked at, since a changed revision may have left another code."""
    if books.row(JOB_BUDGETS, row) is None:
        books.keep(
            JOB_BUDGETS,
            {
                **budget_of(row),
                "OriginalBudget": "0.00",
                "CurrentBudget": "",
                "Posted": "N",
                "LastUpdate": "",
            },
        )
    for budget in books.where(JOB_BUDGETS, {"JobCode": row["JobCode"]}):
        before = budget["CurrentBudget"]
        _reckon(books, budget)
        if budget["CurrentBudget"] != before:
            books.keep(JOB_BUDGETS, {**budget, "Posted": "N", "LastUpdate": books.now()})


JOB_BUDGETS = Api(
    name="MRI_S-PMJC_JobBudgets",
    collection="JobBudgets",
    verbs=("GET", "POST", "PUT"),
    module=JOB_COST,
    upserts=True,
    fields=(
        Field("JobCode", limit=20, key=True),
        Field("CostCode", limit=20, key=True),
        Field("Category", limit=10, key=True),
        Field("OriginalBudget", Kind.AMOUNT, required=True),
        Field("CurrentBudget", Kind.AMOUNT, made_here=True),
        Field("Posted", Kind.FLAG, made_here=True),
        Field("LastUpdate", Kind.FINE_STAMP, made_here=True),
    ),
    params=(Param("JOBCODE", "JobCode"), Param("COSTCODE", "CostCode"), Param("CATEGORY", "Category")),
    changed="LastUpdate",
    nothing_found="JOBCODE: There is no budget for the specified job.",
    duplicate="CostCode: A budget for cost code {CostCode} with category {Category}"
    " already exists for job {JobCode}.",
    checks=(job_exists, code_on_chart),
    complete=_enter,
    change=_enter,
)


def _transfer_sums_to_zero(books: Books, rows: list[Row]) -> None:
    if not books.site.transfers_sum_to_zero or rows[0]["RevisionType"] != _TRANSFER:
        return
    left = total(rows, "Value")
    if left:
        raise EntryRefusedError(f"Value: The lines of a {_TRANSFER} must add up to zero, not {left}.")


BUDGET_REVISIONS = Api(
    name="MRI_S-PMJC_BudgetRevisions",
    collection="BudgetRevisions",
    verbs=("GET", "POST", "PUT"),
    module=JOB_COST,
    fields=(
        Field("JobCode", limit=20, key=True),
        Field("RevisionNumber", limit=20, key=True),
        Field("LineNumber", Kind.COUNT, key=True),
        Field("TransactionID", made_here=True),
        Field("RevisionDate", Kind.DATE, required=True),
        Field("RevisionType", choices=("Scope Change", _TRANSFER, "Contingency"), required=True),
        Field("RevisionStatus", choices=("Pending", "Approved"), default="Approved"),
        Field("Description", limit=255),
        Field("CostCode", limit=20, required=True),
        Field("Category", limit=10, required=True),
        Field("BudgetType", limit=20),
        Field("Value", Kind.AMOUNT, required=True),
        Field("LastUpdate", Kind.FINE_STAMP, made_here=True),
    ),
    params=(Param("JOBCODE", "JobCode"), Param("REVISIONNUMBER", "RevisionNumber")),
    changed="LastUpdate",
    nothing_found="REVISIONNUMBER: There is no revision for the specified values.",
    document=Document(
        fields=("JobCode", "RevisionNumber"),
        taken="RevisionNumber: Revision {RevisionNumber} already exists for job {JobCode}.",
        checks=(_transfer_sums_to_zero,),
    ),
    checks=(job_exists, code_on_chart),
    complete=stamp_transaction,
    then=revise_budgets,
)
