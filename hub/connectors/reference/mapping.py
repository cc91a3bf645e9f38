"""Our fields beside the reference ERP's. Amounts travel as decimal strings, days as `YYYY-MM-DD`, months as `YYYY-MM`."""

from datetime import date
from typing import Any

from hub.erp import values
from hub.erp.canonical import decimal_text, money_text
from hub.erp.fields import FIELDS
from hub.erp.mapping import Convert, Mapping, Row, Way

IN, OUT = Way.IMPORT, Way.EXPORT
_KINDS = {"SUBCONTRACT": "subcontract", "PURCHASE_ORDER": "purchase_order"}
_OPEN = {"active": True, "planned": True, "closed": False}


def _kind(value: Any) -> str:
    if str(value) not in _KINDS:
        raise ValueError("is neither a subcontract nor a purchase order")
    return _KINDS[str(value)]


def _is_open(value: Any) -> bool:
    found = _OPEN.get(str(value).lower())
    if found is None:
        raise ValueError("is not a known status of a job")
    return found


def _method(value: Any) -> str | None:
    word = values.text(value)
    known = {
        "check": "CHECK",
        "ach": "ACH",
        "wire": "WIRE",
        "credit card": "CREDIT_CARD",
        "electronic": "ELECTRONIC",
    }
    return None if word is None else known.get(word.lower(), "OTHER")


def _upper(value: Any) -> str | None:
    found = values.text(value)
    return found.upper().replace(" ", "_") if found else None


def month(value: Any) -> str:
    """A month from a day, `YYYY-MM` or `MM/YYYY`."""
    text = value.isoformat() if isinstance(value, date) else str(value).strip()
    month, slash, year = text.partition("/")
    found = f"{year}-{month:0>2}" if slash else text[:7]
    date.fromisoformat(f"{found}-01")
    return found


def _in(field: str, theirs: str, read: Convert = values.text, note: str = "") -> Row:
    return Row(field, IN, theirs, from_erp=read, note=note)


def _out(field: str, theirs: str, write: Convert | None = None, note: str = "") -> Row:
    return Row(field, OUT, theirs, to_erp=write, note=note)


def _table(key: str, theirs: str, *rows: Row) -> Mapping:
    return Mapping(key, theirs, FIELDS[key], rows)


_ADDRESS = {
    "address": "address",
    "city": "city",
    "state_code": "state",
    "postal_code": "zip",
    "country_code": "country",
}
_ADDRESS_IN = tuple(_in(ours, theirs) for ours, theirs in _ADDRESS.items())
_ADDRESS_OUT = tuple(_out(ours, theirs) for ours, theirs in _ADDRESS.items())
_ACTIVE = _in("is_active", "active", values.flag)
_CODED = (
    _out("line_number", "line_number"),
    _out("cost_code", "cost_code"),
    _out("cost_type", "cost_type"),
    _out("description", "description"),
    _out("amount", "amount", money_text),
)
_CODED_IN = (
    _in("line_number", "line_number", values.whole),
    _in("description", "description"),
    _in("amount", "amount", values.money),
    _in("cost_code_text", "cost_code"),
)
_UNITS = (
    _out("quantity", "quantity", decimal_text),
    _out("unit_of_measure", "unit"),
    _out("unit_cost", "unit_cost", decimal_text),
)
_UNITS_IN = (
    _in("quantity", "quantity", values.quantity),
    _in("unit_of_measure", "unit"),
    _in("unit_cost", "unit_cost", values.quantity),
)
_HELD = _out("retainage_amount", "retainage_amount", money_text)
_AMOUNT = _out("amount", "amount", money_text)
_JOB, _CONTRACT = _out("job_code", "job"), _out("contract_number", "contract")
_NUMBER, _TITLE = _out("number", "number"), _out("title", "title")
_CONTRACT_ROWS = (
    _JOB,
    _NUMBER,
    _TITLE,
    _out("status", "status", lambda _: "Approved"),
    _out("original_amount", "amount", money_text),
    _out("contract_date", "contract_date", str),
    _out("retainage_percent", "retainage_percent", money_text),
)
_ORDER_ROWS = (
    _JOB,
    _CONTRACT,
    _NUMBER,
    _TITLE,
    _out("status", "status", lambda _: "Approved"),
    _AMOUNT,
    _out("created_on", "date", str),
)
_BILL_ROWS = (
    _JOB,
    _CONTRACT,
    _out("invoice_number", "number"),
    _AMOUNT,
    _HELD,
    _out("billing_date", "date", str),
    _out("expense_period", "period", month, note="a month"),
)

COMPANY = _table(
    "company",
    "vendor",
    _in("name", "name"),
    *_ADDRESS_IN,
    _in("phone", "phone"),
    _in("email", "email"),
    _ACTIVE,
)
COMPANY_OUT = _table(
    "company_facts",
    "vendor",
    _out("vendor_id", "code"),
    _out("name", "name"),
    *_ADDRESS_OUT,
    _out("phone", "phone"),
    _out("email", "email"),
    _out("is_active", "active"),
)
PROJECT = _table(
    "project",
    "job",
    _in("number", "code"),
    _in("name", "name"),
    _in("status", "status"),
    _in("is_active", "status", _is_open, "Closed is not active"),
    _in("start_date", "start_date", values.day),
    _in("completion_date", "completion_date", values.day),
    *_ADDRESS_IN,
)
PROJECT_OUT = _table(
    "project_facts",
    "job",
    _out("job_code", "code"),
    _out("name", "name"),
    _out("start_date", "start_date", str),
    _out("completion_date", "completion_date", str),
    *_ADDRESS_OUT,
)
SUB_JOB = _table("sub_job", "sub job", _in("code", "code"), _in("name", "name"), _ACTIVE)
SUB_JOB_OUT = _table("sub_job_facts", "sub job", _JOB, _out("code", "code"), _out("name", "name"))
COST_CODE = _table("cost_code", "cost code", _in("code", "code"), _in("name", "name"))
COST_CODE_OUT = _table(
    "cost_code_facts",
    "cost code",
    _out("job_code", "job", note="with a job it is a code of that job alone"),
    _out("code", "code"),
    _out("name", "name"),
    _out("cost_type", "cost_types", lambda value: [value]),
    _out("income_account", "income_account"),
    _out("expense_account", "expense_account"),
)
COST_TYPE = _table(
    "cost_type", "cost type", _in("code", "code"), _in("name", "name"), _in("base_type", "base_type")
)
PROJECT_COST_CODE = _table("project_cost_code", "job cost code", _in("code", "code"), _ACTIVE)
BUDGET_LINE = _table(
    "budget_line",
    "budget line",
    _in("original_amount", "amount", values.money),
    _in("revised_amount", "revised_amount", values.money),
    _in("cost_code_text", "cost_code"),
    *_UNITS_IN,
)
BUDGET_OUT = _table("budget_facts", "budget", _JOB, _out("original_amount", "amount", money_text))
BUDGET_LINE_OUT = _table("budget_line_facts", "budget line", *_CODED[1:3], _CODED[4])
BUDGET_CHANGE_OUT = _table(
    "budget_change_facts",
    "budget revision",
    _JOB,
    _NUMBER,
    _TITLE,
    _out("description", "description"),
    _out("revision_date", "date", str),
    _out("revision_type", "type"),
    _out("revision_status", "status"),
)
BUDGET_CHANGE_LINE_OUT = _table("budget_change_line_facts", "budget revision line", *_CODED)
COMMITMENT_OUT = _table(
    "commitment_facts",
    "contract",
    _out("kind", "kind", _kind),
    _out("vendor_id", "vendor"),
    *_CONTRACT_ROWS,
    _out("start_date", "start_date", str),
)
COMMITMENT_LINE_OUT = _table("commitment_line_facts", "contract line", *_CODED, *_UNITS)
ORDER_OUT = _table(
    "commitment_change_order_facts", "change order", *_ORDER_ROWS, _out("description", "description")
)
ORDER_LINE_OUT = _table("commitment_change_order_line_facts", "change order line", *_CODED)
INVOICE = _table(
    "subcontractor_invoice",
    "invoice",
    _in("invoice_number", "number"),
    _in("erp_status", "status"),
    _in("billing_date", "date", values.day),
    _in("payment_due_amount", "amount", values.money),
    _in("retainage_held_amount", "retainage_amount", values.money),
)
INVOICE_OUT = _table(
    "subcontractor_invoice_facts",
    "invoice",
    _out("vendor_id", "vendor"),
    *_BILL_ROWS,
    _out("due_date", "due_date", str),
    _out("description", "description"),
    _out("attachment_url", "attachment_url"),
    _out("status", "status", note="as the connection's invoice_arrival_status says"),
)
INVOICE_LINE_OUT = _table(
    "subcontractor_invoice_line_facts", "invoice line", *_CODED, _HELD, _out("order_number", "order_number")
)
PAYMENT = _table(
    "payment",
    "payment",
    _in("invoice_number", "invoice"),
    _in("number", "number"),
    _in("check_number", "number"),
    _in("amount", "amount", values.money),
    _in("paid_on", "date", values.day),
    _in("method", "method", _method),
    _in("is_void", "void", values.flag),
)
DIRECT_COST = _table(
    "direct_cost",
    "direct cost",
    _in("kind", "kind", note="payable without a contract, with one, journal"),
    _in("invoice_number", "number"),
    _in("description", "description"),
    _in("status", "status", note="by the setting direct_cost_statuses"),
    _in("cost_date", "date", values.day),
    _in("received_date", "received_date", values.day),
    _in("paid_date", "paid_date", values.day),
    _in("amount", "amount", values.money),
    _in("terms", "terms"),
)
DIRECT_COST_LINE = _table("direct_cost_line", "direct cost line", *_CODED_IN, *_UNITS_IN)
PRIME = _table(
    "prime_contract",
    "prime contract",
    _in("number", "number"),
    _in("title", "title"),
    _in("status", "status", _upper),
    _in("original_amount", "amount", values.money),
    _in("retainage_percent", "retainage_percent", values.percent),
    _in("contract_date", "contract_date", values.day),
    _in("start_date", "start_date", values.day),
)
PRIME_LINE = _table("prime_contract_line", "prime contract line", *_CODED_IN, *_UNITS_IN)
PRIME_OUT = _table("prime_contract_facts", "prime contract", _out("customer_id", "customer"), *_CONTRACT_ROWS)
PRIME_LINE_OUT = _table("prime_contract_line_facts", "prime contract line", *_CODED)
PRIME_ORDER_OUT = _table(
    "prime_contract_change_order_facts",
    "prime change order",
    *_ORDER_ROWS,
    _out("transaction_date", "transaction_date", str, "decides the period it is booked in"),
)
PRIME_ORDER_LINE_OUT = _table("prime_contract_change_order_line_facts", "prime change order line", *_CODED)
OWNER_INVOICE_OUT = _table(
    "owner_invoice_facts", "owner invoice", _out("customer_id", "customer"), *_BILL_ROWS
)
OWNER_INVOICE_LINE_OUT = _table("owner_invoice_line_facts", "owner invoice line", *_CODED, _HELD)
PERIOD = _table(
    "accounting_period",
    "accounting period",
    _in("code", "code"),
    _in("is_open", "open", values.flag),
    _in("starts_on", "starts_on", values.day),
    _in("ends_on", "ends_on", values.day),
)
GL_ACCOUNT = _table("gl_account", "gl account", _in("code", "code"), _in("name", "name"), _ACTIVE)
ENTITY = _table("entity", "entity", _in("code", "code"), _in("name", "name"))
BANK = _table("bank", "bank", _in("code", "code"), _in("name", "name"))

MAPPINGS = (
    COMPANY,
    COMPANY_OUT,
    PROJECT,
    PROJECT_OUT,
    SUB_JOB,
    SUB_JOB_OUT,
    COST_CODE,
    COST_CODE_OUT,
    COST_TYPE,
    PROJECT_COST_CODE,
    BUDGET_LINE,
    BUDGET_OUT,
    BUDGET_LINE_OUT,
    BUDGET_CHANGE_OUT,
    BUDGET_CHANGE_LINE_OUT,
    COMMITMENT_OUT,
    COMMITMENT_LINE_OUT,
    ORDER_OUT,
    ORDER_LINE_OUT,
    INVOICE,
    INVOICE_OUT,
    INVOICE_LINE_OUT,
    PAYMENT,
    DIRECT_COST,
    DIRECT_COST_LINE,
    PRIME,
    PRIME_LINE,
    PRIME_OUT,
    PRIME_LINE_OUT,
    PRIME_ORDER_OUT,
    PRIME_ORDER_LINE_OUT,
    OWNER_INVOICE_OUT,
    OWNER_INVOICE_LINE_OUT,
    PERIOD,
    GL_ACCOUNT,
    ENTITY,
    BANK,
)
