"""Budgets, invoices, payments and direct costs, as Procore's reference names their fields."""

from hub.connectors.procore.mapping.contracts import LINE_ROWS
from hub.connectors.procore.mapping.words import (
    BUDGET_CHANGE_STATUS,
    DIRECT_COST_KIND,
    DIRECT_COST_STATUS,
    INVOICE_STATUS,
    PAYMENT_METHOD,
    day_text,
    is_void,
    number_text,
    payment_method,
    urls,
)
from hub.erp import values
from hub.erp.canonical import money_text
from hub.erp.fields import FIELDS
from hub.erp.mapping import Mapping, Row, Way

IN, OUT, BOTH = Way.IMPORT, Way.EXPORT, Way.BOTH

BUDGET = Mapping(
    "budget",
    "budget",
    FIELDS["budget"],
    (Row("is_locked", IN, "locked", from_erp=values.flag),),
)
BUDGET_LINE = Mapping(
    "budget_line",
    "budget line item",
    FIELDS["budget_line"],
    (
        Row(
            "original_amount",
            BOTH,
            "original_budget_amount",
            to_erp=money_text,
            from_erp=values.money,
            note="a JSON number where lines are read, text in views",
        ),
        Row(
            "revised_amount",
            IN,
            "revised_budget",
            from_erp=values.money,
            note="where the view has the column",
        ),
        Row("quantity", BOTH, "quantity", to_erp=number_text, from_erp=values.quantity),
        Row("unit_of_measure", BOTH, "uom", from_erp=values.text),
        Row("unit_cost", BOTH, "unit_cost", to_erp=number_text, from_erp=values.quantity),
        Row("cost_code_text", IN, "cost_code", from_erp=values.text, note="code and name"),
    ),
)
BUDGET_MODIFICATION = Mapping(
    "budget_modification",
    "budget modification",
    FIELDS["budget_modification"],
    (
        Row("amount", IN, "transfer_amount", from_erp=values.money),
        Row("notes", IN, "notes", from_erp=values.text),
        Row("origin_created_at", IN, "created_at", from_erp=values.instant),
    ),
)
BUDGET_CHANGE = Mapping(
    "budget_change",
    "budget change",
    FIELDS["budget_change"],
    (
        Row("number", IN, "number", from_erp=values.text),
        Row("title", IN, "title", from_erp=values.text),
        Row("description", IN, "description", from_erp=values.text, note="HTML"),
        Row("status", IN, "status", from_erp=BUDGET_CHANGE_STATUS.read),
        Row("amount", IN, "amount", from_erp=values.money),
        Row("erp_status", IN, "erp_status", from_erp=values.text),
        Row("origin_created_at", IN, "created_at", from_erp=values.instant),
    ),
)
BUDGET_CHANGE_LINE = Mapping(
    "budget_change_line",
    "adjustment line item",
    FIELDS["budget_change_line"],
    (
        *(Row(row.field, IN, row.theirs, from_erp=row.from_erp) for row in LINE_ROWS[:-1]),
        Row("cost_code_text", IN, "wbs_code.flat_code", from_erp=values.text),
    ),
)

_BILLED = (
    Row("contract_line_id", IN, "line_item_id", from_erp=values.identifier, note="the line that it bills"),
    Row("description", IN, "description_of_work", from_erp=values.text),
    Row("scheduled_amount", IN, "scheduled_value", from_erp=values.money),
    Row("completed_amount", IN, "work_completed_this_period", from_erp=values.money),
    Row("retainage_held_amount", IN, "work_completed_retainage_retained_this_period", from_erp=values.money),
    Row(
        "retainage_released_amount",
        IN,
        "work_completed_retainage_released_this_period",
        from_erp=values.money,
    ),
    Row("stored_materials_amount", IN, "materials_presently_stored", from_erp=values.money),
    Row(
        "stored_retainage_amount",
        IN,
        "materials_stored_retainage_retained_this_period",
        from_erp=values.money,
    ),
    Row("net_amount", IN, "net_amount", from_erp=values.money),
    Row("cost_code_text", IN, "wbs_code.flat_code", from_erp=values.text),
)
INVOICE = Mapping(
    "subcontractor_invoice",
    "requisition",
    FIELDS["subcontractor_invoice"],
    (
        Row("number", IN, "number", from_erp=values.text),
        Row("invoice_number", IN, "invoice_number", from_erp=values.text),
        Row("status", IN, "status", from_erp=INVOICE_STATUS.read),
        Row("billing_date", IN, "billing_date", from_erp=values.day),
        Row("period_start", IN, "requisition_start", from_erp=values.day),
        Row("period_end", IN, "requisition_end", from_erp=values.day),
        Row("payment_date", IN, "payment_date", from_erp=values.day),
        Row("payment_due_amount", IN, "summary.current_payment_due", from_erp=values.money, note="or g702"),
        Row("tax_amount", IN, "summary.tax_applicable_to_this_payment", from_erp=values.money),
        Row("percent_complete", IN, "percent_complete", from_erp=values.percent, note="text such as 96.36%"),
        Row("is_final", IN, "final", from_erp=values.flag),
        Row("erp_status", IN, "erp_status", from_erp=values.text),
        Row("submitted_at", IN, "submitted_at", from_erp=values.instant),
        Row("attachment_urls", IN, "attachments", from_erp=urls),
    ),
)
INVOICE_LINE = Mapping(
    "subcontractor_invoice_line", "requisition item", FIELDS["subcontractor_invoice_line"], _BILLED
)
OWNER_INVOICE = Mapping(
    "owner_invoice",
    "payment application",
    FIELDS["owner_invoice"],
    (
        Row("number", IN, "number", from_erp=values.text),
        Row("invoice_number", IN, "invoice_number", from_erp=values.text),
        Row("status", IN, "status", from_erp=INVOICE_STATUS.read),
        Row("billing_date", IN, "billing_date", from_erp=values.day),
        Row("period_start", IN, "period_start", from_erp=values.day),
        Row("period_end", IN, "period_end", from_erp=values.day),
        Row("amount", IN, "g702.current_payment_due", from_erp=values.money),
        Row("paid_amount", IN, "total_amount_paid", from_erp=values.money),
        Row("percent_complete", IN, "percent_complete", from_erp=values.percent),
    ),
)
OWNER_INVOICE_LINE = Mapping("owner_invoice_line", "G703 line", FIELDS["owner_invoice_line"], _BILLED)

PAYMENT = Mapping(
    "payment",
    "contract payment",
    FIELDS["payment"],
    (
        Row("invoice_number", BOTH, "invoice_number", from_erp=values.text),
        Row("number", BOTH, "payment_number", from_erp=values.text),
        Row("check_number", BOTH, "check_number", from_erp=values.text),
        Row("amount", BOTH, "amount", to_erp=money_text, from_erp=values.money),
        Row("paid_on", BOTH, "date", to_erp=day_text, from_erp=values.day),
        Row("method", BOTH, "payment_method", to_erp=payment_method, from_erp=PAYMENT_METHOD.read),
        Row("is_void", IN, "status", from_erp=is_void),
        Row("notes", BOTH, "notes", from_erp=values.text),
    ),
)
DIRECT_COST = Mapping(
    "direct_cost",
    "direct cost",
    FIELDS["direct_cost"],
    (
        Row("kind", BOTH, "direct_cost_type", to_erp=DIRECT_COST_KIND.write, from_erp=DIRECT_COST_KIND.read),
        Row("invoice_number", BOTH, "invoice_number", from_erp=values.text),
        Row("description", BOTH, "description", from_erp=values.text),
        Row("status", BOTH, "status", to_erp=DIRECT_COST_STATUS.write, from_erp=DIRECT_COST_STATUS.read),
        Row("cost_date", BOTH, "direct_cost_date", to_erp=day_text, from_erp=values.day),
        Row("received_date", BOTH, "received_date", to_erp=day_text, from_erp=values.day),
        Row("paid_date", BOTH, "payment_date", to_erp=day_text, from_erp=values.day),
        Row("amount", IN, "grand_total", from_erp=values.money, note="the sum of its lines"),
        Row("terms", BOTH, "terms", from_erp=values.text),
    ),
)
DIRECT_COST_LINE = Mapping("direct_cost_line", "line item", FIELDS["direct_cost_line"], LINE_ROWS)
