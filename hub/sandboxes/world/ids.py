"""Procore ids as large as the real ones: 64 bits wide, and every ninth too large for a float to hold."""

from enum import IntEnum

ORDINARY_BASE = 598_134_000_000_000
WIDE_BASE = 4_611_686_018_427_387_904  # 2**62: neighbours are 1024 apart as floats
KIND_SPAN = 1_000_000
WIDE_EVERY = 9
WIDE_AT = 4


class IdKind(IntEnum):
    COMPANY = 1
    VENDOR = 2
    PROJECT = 3
    USER = 4
    TEMPLATE = 5
    COST_TYPE = 6
    STANDARD_CODE = 7
    PROJECT_CODE = 8
    COMMITMENT = 9
    LINE = 10
    WBS_CODE = 11
    FINANCE = 12  # budgets, orders, invoices, payments and costs, numbered as one


def procore_id(kind: int, number: int) -> int:
    base = WIDE_BASE if number % WIDE_EVERY == WIDE_AT else ORDINARY_BASE
    return base + kind * KIND_SPAN + number
