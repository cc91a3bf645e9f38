"""Fields that items share: who names them, their lines, and amounts that are summed up over other rows."""

from typing import Any

from hub.api.derive import page_arguments, planned
from hub.api.plan.fields import Column, Many, Paged
from hub.core.spec import ErpObject


def named(column: str, description: str) -> Any:
    """Items that name this one in a column of theirs."""
    return planned(
        Paged(on=f"{{t}}.{column} = {{pt}}.id"), description=description, arguments=page_arguments()
    )


def lines_of(spec: ErpObject) -> Any:
    lines = spec.lines
    assert lines is not None
    return planned(
        Many(on=f"{{t}}.{lines.parent} = {{pt}}.id", order=f"{{t}}.{lines.order}, {{t}}.id"),
        description="Its lines; the first 1000.",
    )


def amount_of(sql: str, description: str) -> Any:
    """An amount that is summed up over other rows."""
    return planned(Column(sql), description=description)


def paid(column: str) -> Any:
    """The sum of the payments that name this item in a column of theirs; what was voided counts for nothing."""
    return planned(
        Column(
            f"(select coalesce(sum(p.amount), 0.00)::text from payment p where p.account_id = {{account}}"
            f" and p.{column} = {{t}}.id and not p.is_void)"
        ),
        description="What was paid for it: the sum of its payments, those that were voided left out.",
    )
