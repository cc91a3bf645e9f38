"""Contracts of both sides, their change orders and their lines, as Procore's reference names their fields."""

from hub.connectors.procore.mapping.words import (
    CHANGE_ORDER_STATUS,
    COMMITMENT_KIND,
    COMMITMENT_STATUS,
    day_text,
    number_text,
)
from hub.erp import values
from hub.erp.canonical import money_text
from hub.erp.fields import FIELDS
from hub.erp.mapping import Mapping, Row, Way

IN, BOTH = Way.IMPORT, Way.BOTH

_CONTRACT = (
    Row("number", BOTH, "number", from_erp=values.text),
    Row("title", BOTH, "title", from_erp=values.text),
    Row("description", BOTH, "description", from_erp=values.text),
    Row("status", BOTH, "status", to_erp=COMMITMENT_STATUS.write, from_erp=COMMITMENT_STATUS.read),
    Row("retainage_percent", BOTH, "retainage_percent", to_erp=number_text, from_erp=values.percent),
    Row("contract_date", BOTH, "contract_date", to_erp=day_text, from_erp=values.day),
)
_STATE = (
    Row("is_executed", BOTH, "executed", from_erp=values.flag),
    Row("is_private", BOTH, "private", from_erp=values.flag),
    Row("original_amount", IN, "grand_total", from_erp=values.money, note="before change orders"),
    Row("origin_created_at", IN, "created_at", from_erp=values.instant),
)
_CHANGE_ORDER = (
    Row("number", IN, "number", from_erp=values.text),
    Row("title", IN, "title", from_erp=values.text),
    Row("description", IN, "description", from_erp=values.text),
    Row("status", IN, "status", from_erp=CHANGE_ORDER_STATUS.read),
    Row("amount", IN, "grand_total", from_erp=values.money),
    Row("is_executed", IN, "executed", from_erp=values.flag),
    Row("is_private", IN, "private", from_erp=values.flag),
    Row("due_date", IN, "due_date", from_erp=values.day),
    Row("origin_created_at", IN, "created_at", from_erp=values.instant),
)
# Lines of every document, but for billed ones.
LINE_ROWS = (
    Row("description", BOTH, "description", from_erp=values.text),
    Row("quantity", BOTH, "quantity", to_erp=number_text, from_erp=values.quantity),
    Row("unit_of_measure", BOTH, "uom", from_erp=values.text),
    Row("unit_cost", BOTH, "unit_cost", to_erp=number_text, from_erp=values.quantity),
    Row("amount", BOTH, "amount", to_erp=money_text, from_erp=values.money),
    Row("cost_code_text", IN, "cost_code.full_code", from_erp=values.text, note="or wbs_code.flat_code"),
)
_READ_LINE = tuple(Row(row.field, IN, row.theirs, from_erp=row.from_erp, note=row.note) for row in LINE_ROWS)

COMMITMENT = Mapping(
    "commitment",
    "commitment contract",
    FIELDS["commitment"],
    (
        *_CONTRACT,
        Row(
            "start_date",
            BOTH,
            "contract_start_date",
            to_erp=day_text,
            from_erp=values.day,
            note="work orders only",
        ),
        *_STATE,
        Row("kind", IN, "type", from_erp=COMMITMENT_KIND.read, note="version 2; elsewhere the list says it"),
    ),
)
LINE = Mapping("commitment_line", "line item", FIELDS["commitment_line"], LINE_ROWS)
CHANGE_ORDER = Mapping(
    "commitment_change_order", "commitment change order", FIELDS["commitment_change_order"], _CHANGE_ORDER
)
CHANGE_ORDER_LINE = Mapping(
    "commitment_change_order_line", "line item", FIELDS["commitment_change_order_line"], _READ_LINE
)
PRIME_CONTRACT = Mapping(
    "prime_contract",
    "prime contract",
    FIELDS["prime_contract"],
    (
        *(Row(row.field, IN, row.theirs, from_erp=row.from_erp, note=row.note) for row in _CONTRACT),
        Row("start_date", IN, "contract_start_date", from_erp=values.day),
        Row("completion_date", IN, "contract_estimated_completion_date", from_erp=values.day),
        *(Row(row.field, IN, row.theirs, from_erp=row.from_erp, note=row.note) for row in _STATE),
    ),
)
PRIME_LINE = Mapping("prime_contract_line", "line item", FIELDS["prime_contract_line"], LINE_ROWS)
PRIME_CHANGE_ORDER = Mapping(
    "prime_contract_change_order",
    "prime change order",
    FIELDS["prime_contract_change_order"],
    _CHANGE_ORDER,
)
PRIME_CHANGE_ORDER_LINE = Mapping(
    "prime_contract_change_order_line", "line item", FIELDS["prime_contract_change_order_line"], _READ_LINE
)
