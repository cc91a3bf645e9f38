"""What each exported object becomes in the reference ERP: its collection, its tables, its key, what hangs on it."""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.connectors.reference import mapping as tables
from hub.erp.mapping import Mapping as FieldMapping
from hub.erp.mapping import Row

# Fields that must come back as they were sent, beside the key: who, what it is called, how much.
_COMPARED = {"vendor_id", "customer_id", "name", "title", "kind", "amount", "original_amount"} | {
    "retainage_amount",
    "revision_type",
}


@dataclass(frozen=True, slots=True)
class Document:
    """`key` are our fields that make it the same as another; what the approver types is the last of them. `needs` are
    those that the ERP takes no document without, beside the key.

    `hanging`: collection -> its filters and our fields they are asked with."""

    object_key: str
    collection: str
    table: FieldMapping
    key: tuple[str, ...]
    lines: FieldMapping | None = None
    needs: tuple[str, ...] = ()
    hanging: Mapping[str, Mapping[str, str]] | None = None
    typed: bool = True  # whether the approver may type its number

    @property
    def operation(self) -> str:
        return f"{self.object_key}.create"

    @property
    def names(self) -> dict[str, str]:
        """Our field -> theirs."""
        return {row.field: row.theirs for row in self.table.outgoing}

    @property
    def compared(self) -> tuple[Row, ...]:
        return tuple(row for row in self.table.outgoing if row.field in {*self.key, *_COMPARED})


# What no line can do without.
LINE_NEEDS = ("cost_code", "cost_type", "amount")
_BILLED = ("amount", "billing_date")
_OF_CONTRACT = {"job": "job_code", "contract": "number"}
DOCUMENTS: Mapping[str, Document] = {
    document.object_key: document
    for document in (
        Document(
            "company",
            "vendors",
            tables.COMPANY_OUT,
            ("vendor_id",),
            needs=("name",),
            hanging={"contracts": {"vendor": "vendor_id"}, "invoices": {"vendor": "vendor_id"}},
        ),
        Document(
            "project",
            "jobs",
            tables.PROJECT_OUT,
            ("job_code",),
            needs=("name",),
            hanging={
                name: {"job": "job_code"} for name in ("sub-jobs", "budgets", "contracts", "prime-contracts")
            },
        ),
        Document("sub_job", "sub-jobs", tables.SUB_JOB_OUT, ("job_code", "code"), typed=False),
        Document("cost_code", "cost-codes", tables.COST_CODE_OUT, ("code",), typed=False),
        Document(
            "project_cost_code", "job-cost-codes", tables.COST_CODE_OUT, ("job_code", "code"), typed=False
        ),
        Document(
            "budget",
            "budgets",
            tables.BUDGET_OUT,
            ("job_code",),
            tables.BUDGET_LINE_OUT,
            hanging={"budget-revisions": {"job": "job_code"}},
            typed=False,
        ),
        Document(
            "budget_change",
            "budget-revisions",
            tables.BUDGET_CHANGE_OUT,
            ("job_code", "number"),
            tables.BUDGET_CHANGE_LINE_OUT,
            ("revision_date",),
        ),
        Document(
            "commitment",
            "contracts",
            tables.COMMITMENT_OUT,
            ("job_code", "number"),
            tables.COMMITMENT_LINE_OUT,
            ("kind", "vendor_id", "original_amount", "contract_date"),
            {"change-orders": _OF_CONTRACT, "invoices": _OF_CONTRACT},
        ),
        Document(
            "commitment_change_order",
            "change-orders",
            tables.ORDER_OUT,
            ("job_code", "contract_number", "number"),
            tables.ORDER_LINE_OUT,
            ("amount",),
        ),
        Document(
            "subcontractor_invoice",
            "invoices",
            tables.INVOICE_OUT,
            ("vendor_id", "invoice_number"),
            tables.INVOICE_LINE_OUT,
            _BILLED,
            {"payments": {"vendor": "vendor_id", "invoice": "invoice_number"}},
        ),
        Document(
            "prime_contract",
            "prime-contracts",
            tables.PRIME_OUT,
            ("job_code", "number"),
            tables.PRIME_LINE_OUT,
            ("customer_id", "original_amount", "contract_date"),
            {"prime-change-orders": _OF_CONTRACT, "owner-invoices": _OF_CONTRACT},
        ),
        Document(
            "prime_contract_change_order",
            "prime-change-orders",
            tables.PRIME_ORDER_OUT,
            ("job_code", "contract_number", "number"),
            tables.PRIME_ORDER_LINE_OUT,
            ("amount",),
        ),
        Document(
            "owner_invoice",
            "owner-invoices",
            tables.OWNER_INVOICE_OUT,
            ("job_code", "invoice_number"),
            tables.OWNER_INVOICE_LINE_OUT,
            ("customer_id", *_BILLED),
        ),
    )
}
BY_COLLECTION: Mapping[str, Document] = {document.collection: document for document in DOCUMENTS.values()}
