"""How long MRI's fields are, in characters. MRI publishes few of these, so each is a setting of the connection."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.codes import ErrorCode
from hub.errors import MappingError, Refused


@dataclass(frozen=True, slots=True)
class Length:
    """The setting that states it, and what is taken where nobody does."""

    setting: str
    usual: int


_JOB, _VENDOR = Length("job_code_max", 20), Length("vendor_id_max", 12)
_NUMBER, _LINE_TEXT = Length("commitment_number_max", 20), Length("line_description_max", 255)
_CODE, _TYPE = Length("code_max_len", 20), Length("cost_type_max", 10)
_CODED = {"cost_code": _CODE, "cost_type": _TYPE, "description": _LINE_TEXT}

LENGTHS: Mapping[str, Mapping[str, Length]] = {
    "commitment": {
        "job_code": _JOB,
        "number": _NUMBER,
        "title": Length("commitment_title_max", 35),
        "vendor_id": _VENDOR,
    },
    "commitment_line": _CODED,
    "commitment_change_order": {
        "job_code": _JOB,
        "contract_number": _NUMBER,
        "number": Length("co_number_max", 20),
        "title": Length("co_title_max", 35),
        "description": Length("co_description_max", 255),
    },
    "commitment_change_order_line": _CODED,
    "budget_line": {"job_code": _JOB, "cost_code": _CODE, "cost_type": _TYPE},
    "budget_change": {"job_code": _JOB, "description": Length("revision_description_max", 255)},
    "budget_change_line": _CODED,
    "subcontractor_invoice": {
        "job_code": _JOB,
        "contract_number": _NUMBER,
        "vendor_id": _VENDOR,
        "invoice_number": Length("invoice_number_max", 20),
        "description": Length("invoice_description_max", 30),
        "attachment_url": Length("attachment_url_max", 500),
        "check_number": Length("check_number_max", 9),
    },
    "subcontractor_invoice_line": _CODED,
}

Lengths = Mapping[str, Mapping[str, int]]


def lengths(given: Mapping[str, Any]) -> Lengths:
    """The limits that hold for a connection: object -> field -> characters."""
    return {
        key: {name: count(given, length.setting, length.usual) for name, length in fields.items()}
        for key, fields in LENGTHS.items()
    }


def count(given: Mapping[str, Any], name: str, usual: int) -> int:
    """A setting that is a positive whole number."""
    stated = given.get(name, usual)
    if not isinstance(stated, int) or isinstance(stated, bool) or stated < 1:
        raise Refused(ErrorCode.INVALID_VALUE, "A positive number is expected.", field=f"settings.{name}")
    return stated


def check_fits(values: Mapping[str, Any], most: Mapping[str, int], place: str = "") -> None:
    """Nothing is ever cut: what is too long is refused, with its limit. `place` leads a line's field name."""
    for name, limit in most.items():
        value = values.get(name)
        if isinstance(value, str) and len(value) > limit:
            raise MappingError(f"has more than {limit} characters", field=f"{place}{name}", value=value)
