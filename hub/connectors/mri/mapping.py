"""Our fields beside MRI's, as its screens name them, in the manual's order. All values travel as text."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hub.connectors.mri.cost_mapping import COST_MAPPINGS
from hub.connectors.mri.words import capitals, one_phase
from hub.erp import values
from hub.erp.canonical import decimal_text, money_text
from hub.erp.fields import FIELDS
from hub.erp.mapping import Mapping, Row, Way

IN, OUT = Way.IMPORT, Way.EXPORT


def day_text(value: Any) -> str:
    """A day as `yyyy-mm-dd`."""
    return value.isoformat() if isinstance(value, date) else str(value)


def number_text(value: Decimal) -> str:
    """Quantities and unit costs: at most four decimals, none that says nothing."""
    return decimal_text(value.quantize(Decimal("0.0001")).normalize() + 0)


# Companies

COMPANY = Mapping(
    "company",
    "Vendor",
    FIELDS["company"],
    (
        Row("name", IN, "VendorName", from_erp=values.text),
        Row("address", IN, "Address1", from_erp=values.text, note="with Address2 and Address3 below it"),
        Row("city", IN, "City", from_erp=values.text),
        Row("state_code", IN, "State", from_erp=values.text),
        Row("postal_code", IN, "ZipCode", from_erp=values.text, note="leading zeros are kept"),
        Row("country_code", IN, "Country", from_erp=values.text),
        Row("phone", IN, "Phone", from_erp=values.text),
        Row("email", IN, "Email", from_erp=values.text),
        Row("is_active", IN, "Active", from_erp=values.flag, note="Y or N"),
    ),
)

# Jobs and their codes

PROJECT = Mapping(
    "project",
    "Job",
    FIELDS["project"],
    (
        Row("number", IN, "JobCode", from_erp=values.text),
        Row("name", IN, "Description", from_erp=values.text),
        Row("status", IN, "Status", from_erp=values.text, note="decides whether the job is active"),
        Row("phase", IN, "Phase", from_erp=one_phase, note="at most one"),
        Row("start_date", IN, "StartDate", from_erp=values.day),
        Row("completion_date", IN, "CompletionDate", from_erp=values.day),
        Row("address", IN, "Address1", from_erp=values.text),
        Row("city", IN, "City", from_erp=values.text),
        Row("state_code", IN, "State", from_erp=values.text),
        Row("postal_code", IN, "ZipCode", from_erp=values.text),
        Row("country_code", IN, "Country", from_erp=values.text),
    ),
)

COST_CODE = Mapping(
    "cost_code",
    "Cost code",
    FIELDS["cost_code"],
    (
        Row("code", IN, "CostCode", from_erp=values.text),
        Row("name", IN, "Description", from_erp=values.text),
    ),
)

COST_TYPE = Mapping(
    "cost_type",
    "Category",
    FIELDS["cost_type"],
    (
        Row("code", IN, "Category", from_erp=values.text),
        Row("name", IN, "Description", from_erp=values.text),
    ),
)

PROJECT_COST_CODE = Mapping(
    "project_cost_code",
    "Job cost code",
    FIELDS["project_cost_code"],
    (
        Row("code", IN, "CostCode", from_erp=values.text),
        Row("is_active", IN, "InterfaceChart", from_erp=values.flag, note="Y: visible to interfaces"),
    ),
)

# Original budget

BUDGET = Mapping(
    "budget_line",
    "Original budget",
    FIELDS["budget_line_facts"] | FIELDS["budget_facts"],
    (
        Row("amount", OUT, "OriginalBudget", to_erp=money_text, note="0.00 is sent too"),
        Row("job_code", OUT, "JobCode"),
        Row("cost_code", OUT, "CostCode"),
        Row("cost_type", OUT, "Category", note="the default category"),
    ),
)

BUDGET_READ = Mapping(
    "budget_line",
    "Original budget, read back",
    FIELDS["budget_line"],
    (
        Row("original_amount", IN, "OriginalBudget", from_erp=values.money),
        Row("revised_amount", IN, "CurrentBudget", from_erp=values.money),
        Row("is_posted", IN, "Posted", from_erp=values.flag, note="where the site tells it"),
    ),
)

# Budget changes

REVISION = Mapping(
    "budget_change",
    "Budget revision",
    FIELDS["budget_change_facts"],
    (
        Row("job_code", OUT, "JobCode"),
        Row("description", OUT, "Description", note="the approver may write another"),
        Row("revision_date", OUT, "RevisionDate", to_erp=day_text, note="typed by the approver"),
        Row("number", OUT, "RevisionNumber", to_erp=str, note="typed by the approver, from 1, once in a job"),
        Row("revision_type", OUT, "RevisionType", note="Scope Change, Budget Transfer or Contingency"),
        Row("revision_status", OUT, "RevisionStatus", note="typed by the approver"),
    ),
)

REVISION_LINE = Mapping(
    "budget_change_line",
    "Budget revision line",
    FIELDS["budget_change_line_facts"],
    (
        Row("cost_code", OUT, "CostCode", note="with the category it is MRI's budget type"),
        Row("cost_type", OUT, "Category"),
        Row("amount", OUT, "Value", to_erp=money_text, note="signed; a Budget Transfer sums to 0.00"),
    ),
)

REVISION_READ = Mapping(
    "budget_change",
    "Budget revision, read back",
    FIELDS["budget_change"],
    (
        Row("number", IN, "RevisionNumber", from_erp=values.text),
        Row("title", IN, "RevisionType", from_erp=values.text),
        Row("description", IN, "Description", from_erp=values.text),
        Row("erp_status", IN, "RevisionStatus", from_erp=values.text),
    ),
)

REVISION_LINE_READ = Mapping(
    "budget_change_line",
    "Budget revision line, read back",
    FIELDS["budget_change_line"],
    (Row("amount", IN, "Value", from_erp=values.money),),
)

# Commitments

CONTRACT = Mapping(
    "commitment",
    "Contract",
    FIELDS["commitment_facts"],
    (
        Row("job_code", OUT, "JobCode"),
        Row("number", OUT, "ContractNumber", note="typed by the approver, or the commitment's own"),
        Row("title", OUT, "Description"),
        Row("vendor_id", OUT, "VendorID"),
        Row("status", OUT, "Status", note="Approved and Complete are Approved there"),
        Row("original_amount", OUT, "OriginalAmount", to_erp=money_text, note="the sum of the lines"),
        Row("contract_date", OUT, "ContractDate", to_erp=day_text),
        Row("start_date", OUT, "StartDate", to_erp=day_text),
        Row("retainage_percent", OUT, "RetentionPercent", to_erp=money_text),
    ),
)

CONTRACT_LINE = Mapping(
    "commitment_line",
    "Contract line",
    FIELDS["commitment_line_facts"],
    (
        Row("line_number", OUT, "LineNumber", to_erp=str),
        Row("cost_code", OUT, "CostCode"),
        Row("cost_type", OUT, "Category", note="the default category"),
        Row("description", OUT, "Description"),
        Row("amount", OUT, "Amount", to_erp=money_text),
    ),
)

PURCHASE_ORDER = replace(
    CONTRACT.renamed({"number": "PONumber", "contract_date": "OrderDate"}), theirs="Purchase order"
)

PURCHASE_ORDER_LINE = Mapping(
    "commitment_line",
    "Purchase order line",
    FIELDS["commitment_line_facts"],
    (
        *CONTRACT_LINE.rows[:-1],
        Row("quantity", OUT, "Units", to_erp=number_text),
        Row("unit_of_measure", OUT, "UnitDescription"),
        Row("unit_cost", OUT, "UnitCost", to_erp=number_text),
        Row("amount", OUT, "Amount", to_erp=money_text, note="quantity times unit cost, half up"),
    ),
)

CONTRACT_READ = Mapping(
    "commitment",
    "Contract, read back",
    FIELDS["commitment"],
    (
        Row("number", IN, "ContractNumber", from_erp=values.text),
        Row("title", IN, "Description", from_erp=values.text),
        Row("status", IN, "Status", from_erp=capitals, note="MRI's word in capitals"),
        Row("original_amount", IN, "OriginalAmount", from_erp=values.money),
        Row("contract_date", IN, "ContractDate", from_erp=values.day),
        Row("start_date", IN, "StartDate", from_erp=values.day),
        Row("retainage_percent", IN, "RetentionPercent", from_erp=values.percent),
    ),
)

CONTRACT_LINE_READ = Mapping(
    "commitment_line",
    "Contract line, read back",
    FIELDS["commitment_line"],
    (
        Row("line_number", IN, "LineNumber", from_erp=values.whole),
        Row("description", IN, "Description", from_erp=values.text),
        Row("amount", IN, "Amount", from_erp=values.money),
    ),
)

# Change orders

ORDER = Mapping(
    "commitment_change_order",
    "Contract order",
    FIELDS["commitment_change_order_facts"],
    (
        Row("title", OUT, "Title", note="the change order's number"),
        Row("description", OUT, "Description", note="the approver may write another"),
        Row("job_code", OUT, "JobCode"),
        Row("contract_number", OUT, "ContractNumber", note="the order number's first part"),
        Row("number", OUT, "OrderNumber", note="its own part: typed by the approver, or the order's own"),
        Row("created_on", OUT, "OrderDate", to_erp=day_text),
        Row(
            "amount",
            OUT,
            "Amount",
            to_erp=money_text,
            note="never 0.00; raises the contract's current amount",
        ),
    ),
)

ORDER_LINE = Mapping(
    "commitment_change_order_line",
    "Contract order line",
    FIELDS["commitment_change_order_line_facts"],
    (
        Row("line_number", OUT, "LineNumber", to_erp=str),
        Row("cost_code", OUT, "CostCode"),
        Row("cost_type", OUT, "Category"),
        Row("amount", OUT, "Amount", to_erp=money_text, note="signed"),
        Row("description", OUT, "Description"),
    ),
)

ORDER_READ = Mapping(
    "commitment_change_order",
    "Contract order, read back",
    FIELDS["commitment_change_order"],
    (
        Row("number", IN, "OrderNumber", from_erp=values.text),
        Row("title", IN, "Title", from_erp=values.text),
        Row("description", IN, "Description", from_erp=values.text),
        Row("amount", IN, "Amount", from_erp=values.money),
    ),
)

ORDER_LINE_READ = Mapping(
    "commitment_change_order_line",
    "Contract order line, read back",
    FIELDS["commitment_change_order_line"],
    CONTRACT_LINE_READ.rows,
)

# Subcontractor invoices

INVOICE = Mapping(
    "subcontractor_invoice",
    "AP invoice or contract draw",
    FIELDS["subcontractor_invoice_facts"],
    (
        Row("vendor_id", OUT, "VendorID"),
        Row("invoice_number", OUT, "InvoiceNumber"),
        Row("amount", OUT, "InvoiceAmount", to_erp=money_text, note="work completed less retainage held"),
        Row("billing_date", OUT, "InvoiceDate", to_erp=day_text),
        Row("due_date", OUT, "DueDate", to_erp=day_text),
        Row("expense_period", OUT, "ExpensePeriod", note="YYYYMM, from the end of the billing period"),
        Row("status", OUT, "Status", note="Pending or Approved, by the setting `invoice_arrival_status`"),
        Row("attachment_url", OUT, "ScannedCopyURL", note="one address"),
        Row("description", OUT, "Description"),
        Row("job_code", OUT, "JobCode"),
        Row("contract_number", OUT, "ContractNumber"),
    ),
)

INVOICE_LINE = Mapping(
    "subcontractor_invoice_line",
    "Invoice item",
    FIELDS["subcontractor_invoice_line_facts"],
    (
        Row("line_number", OUT, "ItemNumber", to_erp=str),
        Row("cost_code", OUT, "CostCode"),
        Row("cost_type", OUT, "Category"),
        Row("amount", OUT, "Amount", to_erp=money_text, note="work completed this period"),
        Row("retainage_amount", OUT, "RetentionAmount", to_erp=money_text, note="held this period"),
        Row("order_number", OUT, "OrderNumber", note="where the item is of a contract order"),
        Row("description", OUT, "Notes"),
    ),
)

INVOICE_READ = Mapping(
    "subcontractor_invoice",
    "Contract draw, read back",
    FIELDS["subcontractor_invoice"],
    (
        Row("invoice_number", IN, "InvoiceNumber", from_erp=values.text),
        Row("payment_due_amount", IN, "InvoiceAmount", from_erp=values.money),
        Row("billing_date", IN, "InvoiceDate", from_erp=values.day),
        Row("erp_status", IN, "Status", from_erp=values.text),
    ),
)

INVOICE_LINE_READ = Mapping(
    "subcontractor_invoice_line",
    "Invoice item, read back",
    FIELDS["subcontractor_invoice_line"],
    (
        Row("line_number", IN, "ItemNumber", from_erp=values.whole),
        Row("description", IN, "Notes", from_erp=values.text),
        Row("completed_amount", IN, "Amount", from_erp=values.money),
        Row("retainage_held_amount", IN, "RetentionAmount", from_erp=values.money),
    ),
)

MAPPINGS = (
    COMPANY, PROJECT, COST_CODE, COST_TYPE, PROJECT_COST_CODE,
    BUDGET, BUDGET_READ, REVISION, REVISION_LINE, REVISION_READ, REVISION_LINE_READ,
    CONTRACT, CONTRACT_LINE, PURCHASE_ORDER, PURCHASE_ORDER_LINE, CONTRACT_READ, CONTRACT_LINE_READ,
    ORDER, ORDER_LINE, ORDER_READ, ORDER_LINE_READ, INVOICE, INVOICE_LINE, INVOICE_READ, INVOICE_LINE_READ,
    *COST_MAPPINGS,
)  # fmt: skip


def joined_address(row: Any) -> str | None:
    """The three lines of an address, empty ones left out, one below the other."""
    lines = (values.text(row.get(name)) for name in ("Address1", "Address2", "Address3"))
    return "\n".join(line for line in lines if line) or None
