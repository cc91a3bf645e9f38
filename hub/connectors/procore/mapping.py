"""Our fields beside Procore's, as its reference names them."""

from datetime import date
from decimal import Decimal
from typing import Any

from hub.erp import values
from hub.erp.fields import FIELDS
from hub.erp.mapping import Mapping, Row, Way

# Status words of both contract kinds; ours are theirs in capitals.
_STATUSES = frozenset(
    {"Draft", "Out For Bid", "Out For Signature", "Approved", "Complete", "Terminated", "Void"}
    | {"Processing", "Submitted", "Partially Received", "Received", "Closed"}
)
_BY_WORD = {word.upper(): word.upper().replace(" ", "_") for word in _STATUSES}


def status(value: Any) -> str | None:
    word = values.text(value)
    if word is None:
        return None
    found = _BY_WORD.get(" ".join(word.upper().split()))
    if found is None:
        raise ValueError("is not a status of a commitment")
    return found


def _is_absent(value: Any) -> bool:
    return value is None


def _day_text(value: date) -> str:
    return value.isoformat()


def _decimal_text(value: Decimal) -> str:
    return format(value, "f")


IN, OUT, BOTH = Way.IMPORT, Way.EXPORT, Way.BOTH

COMPANY = Mapping(
    "company",
    "vendor",
    FIELDS["company"],
    (
        Row("name", BOTH, "name", from_erp=values.text),
        Row("address", BOTH, "address", from_erp=values.text),
        Row("city", BOTH, "city", from_erp=values.text),
        Row("state_code", BOTH, "state_code", from_erp=values.text),
        Row("postal_code", BOTH, "zip", from_erp=values.text),
        Row("country_code", BOTH, "country_code", from_erp=values.text, note="ISO 3166 alpha-2"),
        Row("phone", BOTH, "business_phone", from_erp=values.text),
        Row("email", BOTH, "email_address", from_erp=values.text),
        Row("is_active", BOTH, "is_active", from_erp=values.flag),
    ),
)

PROJECT = Mapping(
    "project",
    "project",
    FIELDS["project"],
    (
        Row("number", BOTH, "project_number", from_erp=values.text),
        Row("name", BOTH, "name", from_erp=values.text),
        Row("is_active", BOTH, "active", from_erp=values.flag),
        Row("status", IN, "project_stage.name", from_erp=values.text, note="the stage"),
        Row("start_date", BOTH, "start_date", to_erp=_day_text, from_erp=values.day),
        Row("completion_date", BOTH, "completion_date", to_erp=_day_text, from_erp=values.day),
        Row("address", BOTH, "address", from_erp=values.text),
        Row("city", BOTH, "city", from_erp=values.text),
        Row("state_code", BOTH, "state_code", from_erp=values.text),
        Row("postal_code", BOTH, "zip", from_erp=values.text),
        Row("country_code", BOTH, "country_code", from_erp=values.text),
        Row("origin_created_at", IN, "created_at", from_erp=values.instant),
    ),
)

COST_CODE = Mapping(
    "cost_code",
    "standard cost code",
    FIELDS["cost_code"],
    (
        Row("code", IN, "full_code", from_erp=values.text, note="with the code of its parent"),
        Row("code", OUT, "code"),
        Row("name", BOTH, "name", from_erp=values.text),
    ),
)

COST_TYPE = Mapping(
    "cost_type",
    "line item type",
    FIELDS["cost_type"],
    (
        Row("code", IN, "code", from_erp=values.text),
        Row("code", OUT, "csv_import_code", note="the name that sync has for the code"),
        Row("name", BOTH, "name", from_erp=values.text),
        Row("base_type", BOTH, "base_type", from_erp=values.text),
    ),
)

PROJECT_COST_CODE = Mapping(
    "project_cost_code",
    "cost code",
    FIELDS["project_cost_code"],
    (
        Row("code", IN, "full_code", from_erp=values.text),
        Row("is_active", IN, "deleted_at", from_erp=_is_absent, note="while not deleted"),
    ),
)

COMMITMENT = Mapping(
    "commitment",
    "commitment contract",
    FIELDS["commitment"],
    (
        Row("number", IN, "number", from_erp=values.text),
        Row("title", IN, "title", from_erp=values.text),
        Row("description", IN, "description", from_erp=values.text),
        Row("status", IN, "status", from_erp=status),
        Row("retainage_percent", IN, "retainage_percent", from_erp=values.percent),
        Row("contract_date", IN, "contract_date", from_erp=values.day),
        Row("start_date", IN, "contract_start_date", from_erp=values.day, note="work orders only"),
        Row("is_executed", IN, "executed", from_erp=values.flag),
        Row("is_private", IN, "private", from_erp=values.flag),
        Row("original_amount", IN, "grand_total", from_erp=values.money, note="before change orders"),
        Row("origin_created_at", IN, "created_at", from_erp=values.instant),
    ),
)

LINE = Mapping(
    "commitment_line",
    "line item",
    FIELDS["commitment_line"],
    (
        Row("description", IN, "description", from_erp=values.text),
        Row("quantity", IN, "quantity", from_erp=values.quantity),
        Row("unit_of_measure", IN, "uom", from_erp=values.text),
        Row("unit_cost", IN, "unit_cost", from_erp=values.quantity),
        Row("amount", IN, "amount", from_erp=values.money),
        Row("cost_code_text", IN, "cost_code.full_code", from_erp=values.text),
    ),
)

MEMBER = Mapping(
    "member",
    "company user",
    FIELDS["member"],
    (
        Row("name", IN, "name", from_erp=values.text),
        Row("email", IN, "email_address", from_erp=values.text),
        Row("is_active", IN, "is_active", from_erp=values.flag),
        Row("can_push_to_accounting", IN, "can_push_to_accounting", from_erp=values.flag),
    ),
)

PROJECT_MEMBER = Mapping("project_member", "project user", FIELDS["project_member"], ())

MAPPINGS = (
    COMPANY,
    PROJECT,
    COST_CODE,
    COST_TYPE,
    PROJECT_COST_CODE,
    COMMITMENT,
    LINE,
    MEMBER,
    PROJECT_MEMBER,
)
