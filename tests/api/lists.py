"""The lists of documents and costs, described by hand as people are promised them: who sees a row, what can be asked and shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

AMOUNT, DATE, WORD, FLAG, RELATION = "amount", "date", "word", "flag", "relation"


@dataclass(frozen=True)
class Listing:
    """`tools`: levels on the project of which one is enough; none: the project itself is enough, or nothing is needed.
    `filters` and `fields`: name in the API -> what it is and its column. `relations`: name -> table, column and field."""

    table: str
    tag: str
    type: str
    tools: Sequence[str]
    filters: Mapping[str, tuple[str, str]]
    orders: Sequence[str]
    fields: Mapping[str, tuple[str, str]]
    relations: Mapping[str, tuple[str, str, str]]
    search: Sequence[str] = ()
    lines: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    of_project: bool = True

    @property
    def shown(self) -> str:
        """The selection that asks for all of it."""
        relations = " ".join(f"{name} {{ {shown} }}" for name, (_, _, shown) in self.relations.items())
        codes = "costCode { code } costType { code }"
        lines = f"lines {{ lineNumber {' '.join(self.lines)} {codes} }}" if self.lines else ""
        return f"id linkState {' '.join(self.fields)} {relations} {lines}"


_PROJECT = {"project": ("project", "project_id", "number")}
_COMMITMENT = {"commitment": ("commitment", "commitment_id", "number")}
_COMPANY = {"company": ("company", "company_id", "name")}
_PRIME = {"primeContract": ("prime_contract", "prime_contract_id", "number")}
_INVOICE = {
    "subcontractorInvoice": ("subcontractor_invoice", "subcontractor_invoice_id", "invoiceNumber"),
}
_BY_PROJECT = {"project": (RELATION, "project_id")}
_BY_COMMITMENT = {"commitment": (RELATION, "commitment_id")}
_BY_COMPANY = {"company": (RELATION, "company_id")}
_BY_PRIME = {"primeContract": (RELATION, "prime_contract_id")}
_NUMBER = {"number": (WORD, "number")}
_STATUS = {"status": (WORD, "status")}
_AMOUNT = {"amount": (AMOUNT, "amount")}
_AMOUNT_LINE = {"amount": (AMOUNT, "amount")}
_BILLED_LINE = {"completedAmount": (AMOUNT, "completed_amount")}
_AMOUNTS = ("AMOUNT_ASC", "AMOUNT_DESC")
_NUMBERS = ("NUMBER_ASC", "NUMBER_DESC")

LISTINGS: Mapping[str, Listing] = {
    "projectTemplates": Listing(
        "project_template", "tpl", "ProjectTemplate", (),
        {"name": (WORD, "name")},
        ("NAME_ASC", "NAME_DESC"), {"name": (WORD, "name")}, {}, ("name",), of_project=False,
    ),
    "subJobs": Listing(
        "sub_job", "sub", "SubJob", (),
        {"code": (WORD, "code"), "isActive": (FLAG, "is_active"), **_BY_PROJECT},
        ("CODE_ASC", "CODE_DESC"), {"code": (WORD, "code"), "isActive": (FLAG, "is_active")}, _PROJECT, ("code", "name"),
    ),
    "budgets": Listing(
        "budget", "bud", "Budget", ("budget_level",),
        {"isLocked": (FLAG, "is_locked"), "originalAmount": (AMOUNT, "original_amount"), **_BY_PROJECT},
        ("ORIGINAL_AMOUNT_ASC", "ORIGINAL_AMOUNT_DESC"),
        {"isLocked": (FLAG, "is_locked"), "originalAmount": (AMOUNT, "original_amount")}, _PROJECT,
        lines={"originalAmount": (AMOUNT, "original_amount")},
    ),
    "budgetChanges": Listing(
        "budget_change", "bch", "BudgetChange", ("budget_level",),
        {"kind": (WORD, "kind"), **_STATUS, **_BY_PROJECT, **_AMOUNT},
        _AMOUNTS, {"kind": (WORD, "kind"), "title": (WORD, "title"), **_NUMBER, **_STATUS, **_AMOUNT}, _PROJECT,
        ("number", "title"), _AMOUNT_LINE,
    ),
    "primeContracts": Listing(
        "prime_contract", "pmc", "PrimeContract", ("prime_contracts_level",),
        {**_NUMBER, **_STATUS, **_BY_PROJECT, **_BY_COMPANY, "originalAmount": (AMOUNT, "original_amount")},
        (*_NUMBERS, "ORIGINAL_AMOUNT_ASC", "ORIGINAL_AMOUNT_DESC"),
        {**_NUMBER, **_STATUS, "originalAmount": (AMOUNT, "original_amount")}, {**_PROJECT, **_COMPANY},
        ("number", "title"), _AMOUNT_LINE,
    ),
    "primeContractChangeOrders": Listing(
        "prime_contract_change_order", "pco", "PrimeContractChangeOrder", ("prime_contracts_level",),
        {**_NUMBER, **_STATUS, **_BY_PROJECT, **_BY_PRIME, **_AMOUNT},
        (*_NUMBERS, *_AMOUNTS), {**_NUMBER, **_STATUS, **_AMOUNT}, {**_PROJECT, **_PRIME},
        ("number", "title"), _AMOUNT_LINE,
    ),
    "ownerInvoices": Listing(
        "owner_invoice", "oin", "OwnerInvoice", ("prime_contracts_level",),
        {"invoiceNumber": (WORD, "invoice_number"), **_STATUS, "billingDate": (DATE, "billing_date"), **_BY_PROJECT, **_BY_PRIME,
         **_AMOUNT},
        _AMOUNTS, {"invoiceNumber": (WORD, "invoice_number"), **_STATUS, "billingDate": (DATE, "billing_date"), **_AMOUNT},
        {**_PROJECT, **_PRIME}, ("invoice_number",), _BILLED_LINE,
    ),
    "commitmentChangeOrders": Listing(
        "commitment_change_order", "cco", "CommitmentChangeOrder", ("commitments_level", "change_orders_level"),
        {**_NUMBER, **_STATUS, **_BY_PROJECT, **_BY_COMMITMENT, **_AMOUNT},
        (*_NUMBERS, *_AMOUNTS), {**_NUMBER, "title": (WORD, "title"), **_STATUS, **_AMOUNT}, {**_PROJECT, **_COMMITMENT},
        ("number", "title"), _AMOUNT_LINE,
    ),
    "subcontractorInvoices": Listing(
        "subcontractor_invoice", "inv", "SubcontractorInvoice", ("commitments_level",),
        {"invoiceNumber": (WORD, "invoice_number"), **_STATUS, "billingDate": (DATE, "billing_date"), **_BY_PROJECT,
         **_BY_COMMITMENT, **_BY_COMPANY, "paymentDueAmount": (AMOUNT, "payment_due_amount")},
        ("PAYMENT_DUE_AMOUNT_ASC", "PAYMENT_DUE_AMOUNT_DESC"),
        {"invoiceNumber": (WORD, "invoice_number"), **_STATUS, "billingDate": (DATE, "billing_date"),
         "paymentDueAmount": (AMOUNT, "payment_due_amount")},
        {**_PROJECT, **_COMMITMENT, **_COMPANY}, ("invoice_number",), _BILLED_LINE,
    ),
    "payments": Listing(
        "payment", "pay", "Payment", ("commitments_level",),
        {"paidOn": (DATE, "paid_on"), "isVoid": (FLAG, "is_void"), **_BY_PROJECT, **_BY_COMMITMENT,
         "subcontractorInvoice": (RELATION, "subcontractor_invoice_id"), **_AMOUNT},
        _AMOUNTS, {"checkNumber": (WORD, "check_number"), "paidOn": (DATE, "paid_on"), "isVoid": (FLAG, "is_void"), **_AMOUNT},
        {**_PROJECT, **_COMMITMENT, **_INVOICE}, ("invoice_number", "check_number"),
    ),
    "directCosts": Listing(
        "direct_cost", "dco", "DirectCost", ("direct_costs_level",),
        {"kind": (WORD, "kind"), **_STATUS, "costDate": (DATE, "cost_date"), **_BY_PROJECT, **_BY_COMPANY, **_AMOUNT},
        _AMOUNTS, {"kind": (WORD, "kind"), "costDate": (DATE, "cost_date"), "description": (WORD, "description"), **_AMOUNT},
        {**_PROJECT, **_COMPANY}, ("invoice_number", "description"), _AMOUNT_LINE,
    ),
}  # fmt: skip
