"""The field names of the records that travel, per object: what a mapping row may name.

A key with `_line` is a line of its object. A key with `_facts` is what the hub gathers about an item before it is
written to the ERP: the record with the ERP's own ids beside it. Amounts are Decimals, days are dates."""

from collections.abc import Mapping

_ADDRESS = frozenset({"address", "city", "state_code", "postal_code", "country_code"})
_QUANTITY = frozenset({"quantity", "unit_of_measure", "unit_cost"})
_LINE = frozenset({"line_number", "description", "amount", "cost_code_text"}) | _QUANTITY
_CONTRACT = frozenset(
    {"number", "title", "description", "status", "retainage_percent", "contract_date", "start_date"}
    | {"is_executed", "is_private", "original_amount", "origin_created_at"}
)
_CHANGE_ORDER = frozenset(
    {"number", "title", "description", "status", "amount", "is_executed", "is_private", "due_date"}
    | {"origin_created_at"}
)
_BILLED = frozenset(
    {
        "line_number",
        "contract_line_id",
        "description",
        "scheduled_amount",
        "completed_amount",
        "net_amount",
        "cost_code_text",
    }
    | {"retainage_held_amount", "retainage_released_amount"}
    | {"stored_materials_amount", "stored_retainage_amount"}
)
_CODED = frozenset({"line_number", "cost_code", "cost_type", "description", "amount"})

RECORDS: Mapping[str, frozenset[str]] = {
    # Directory and structure
    "company": frozenset({"name", "code", "phone", "email", "is_active"}) | _ADDRESS,
    "project": frozenset(
        {"number", "name", "is_active", "status", "phase", "start_date", "completion_date"}
        | {"origin_created_at"}
    )
    | _ADDRESS,
    "project_template": frozenset({"name"}),
    "project_template_line": frozenset({"code"}),
    "sub_job": frozenset({"code", "name", "is_active"}),
    "cost_code": frozenset({"code", "name"}),
    "cost_type": frozenset({"code", "name", "base_type"}),
    "project_cost_code": frozenset({"code", "is_active"}),
    "wbs_code": frozenset({"code", "name", "is_active"}),
    # Budget
    "budget": frozenset({"is_locked", "original_amount"}),
    "budget_line": frozenset({"line_number"})
    | frozenset({"original_amount", "revised_amount", "cost_code_text", "is_posted"})
    | _QUANTITY,
    "budget_modification": frozenset({"amount", "notes", "origin_created_at"}),
    "budget_change": frozenset(
        {"kind", "number", "title", "description", "status", "amount", "erp_status", "origin_created_at"}
    ),
    "budget_change_line": _LINE,
    # Commitments
    "commitment": _CONTRACT | {"kind"},
    "commitment_line": _LINE | {"custom_segment"},
    "commitment_change_order": _CHANGE_ORDER,
    "commitment_change_order_line": _LINE | {"custom_segment"},
    # Prime side
    "prime_contract": _CONTRACT | {"completion_date"},
    "prime_contract_line": _LINE,
    "prime_contract_change_order": _CHANGE_ORDER,
    "prime_contract_change_order_line": _LINE,
    "owner_invoice": frozenset(
        {"number", "invoice_number", "status", "billing_date", "period_start", "period_end", "amount"}
        | {"paid_amount", "percent_complete"}
    ),
    "owner_invoice_line": _BILLED,
    # Money
    "subcontractor_invoice": frozenset(
        {"number", "invoice_number", "status", "billing_date", "period_start", "period_end", "payment_date"}
        | {"payment_due_amount", "completed_amount", "retainage_held_amount", "retainage_released_amount"}
        | {"stored_materials_amount", "stored_retainage_amount", "tax_amount", "percent_complete"}
        | {"is_final", "erp_status", "submitted_at", "attachment_urls"}
    ),
    "subcontractor_invoice_line": _BILLED,
    "payment": frozenset(
        {"invoice_number", "number", "check_number", "amount", "paid_on", "method", "is_void", "notes"}
    ),
    "direct_cost": frozenset(
        {"kind", "invoice_number", "description", "status", "cost_date", "received_date", "paid_date"}
        | {"amount", "terms"}
    ),
    "direct_cost_line": _LINE,
    # The ledger's own lists
    "accounting_period": frozenset({"code", "is_open", "starts_on", "ends_on"}),
    "gl_account": frozenset({"code", "name", "is_active"}),
    "entity": frozenset({"code", "name"}),
    "bank": frozenset({"code", "name"}),
    # People and what they asked for
    "member": frozenset({"name", "email", "is_active", "can_push_to_accounting", "levels"}),
    "project_member": frozenset({"levels", "granular"}),
    "own_permission": frozenset({"level", "granular"}),
    "erp_request": frozenset({"name", "details", "items", "requested_by", "created_at"}),
}

# What goes out as one document and is listed by its lines.
LISTED_AS: Mapping[str, str] = {"budget": "budget_line"}

FACTS: Mapping[str, frozenset[str]] = {
    "company_facts": frozenset({"vendor_id", "name", "phone", "email", "is_active"}) | _ADDRESS,
    "project_facts": frozenset({"job_code", "name", "status", "start_date", "completion_date"}) | _ADDRESS,
    "sub_job_facts": frozenset({"job_code", "code", "name"}),
    "cost_code_facts": frozenset({"job_code", "code", "name", "cost_type"})
    | {"income_account", "expense_account"},
    "budget_facts": frozenset(
        {"job_code", "original_amount", "number", "status", "description"}
        | {"revision_date", "revision_type", "revision_status"}
    ),
    "budget_line_facts": frozenset({"cost_code", "cost_type", "amount"}),
    "budget_change_facts": frozenset(
        {"job_code", "number", "title", "description", "status"}
        | {"revision_date", "revision_type", "revision_status"}
    ),
    "budget_change_line_facts": _CODED,
    "commitment_facts": frozenset(
        {"job_code", "vendor_id", "number", "title", "status", "retainage_percent", "contract_date"}
        | {"start_date", "original_amount", "kind"}
    ),
    "commitment_line_facts": _CODED | _QUANTITY,
    "commitment_change_order_facts": frozenset(
        {"job_code", "contract_number", "contract_title", "number", "title", "description", "created_on"}
        | {"status", "amount"}
    ),
    "commitment_change_order_line_facts": _CODED,
    "subcontractor_invoice_facts": frozenset(
        {"job_code", "contract_number", "vendor_id", "invoice_number", "amount", "billing_date", "due_date"}
        | {"expense_period", "status", "attachment_url", "attachment_urls", "description", "retainage_amount"}
    ),
    "subcontractor_invoice_line_facts": _CODED | {"retainage_amount", "order_number"},
    "prime_contract_facts": frozenset(
        {"job_code", "customer_id", "number", "title", "status", "retainage_percent", "contract_date"}
        | {"original_amount"}
    ),
    "prime_contract_line_facts": _CODED,
    "prime_contract_change_order_facts": frozenset(
        {"job_code", "contract_number", "number", "title", "created_on", "status", "amount"}
        | {"transaction_date"}
    ),
    "prime_contract_change_order_line_facts": _CODED,
    "owner_invoice_facts": frozenset(
        {"job_code", "contract_number", "customer_id", "invoice_number", "amount", "billing_date"}
        | {"expense_period", "status", "retainage_amount"}
    ),
    "owner_invoice_line_facts": _CODED | {"retainage_amount"},
}

# What an approver may type at acceptance, whatever the object and the ERP.
ENTRIES: frozenset[str] = frozenset(
    {"erp_id", "description", "number", "revision_type", "revision_status", "revision_date", "expense_period"}
    | {"attachment_url", "transaction_date", "income_account", "expense_account"}
)

FIELDS: Mapping[str, frozenset[str]] = {**RECORDS, **FACTS}
