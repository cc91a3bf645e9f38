"""A rule: one SQL expression that holds or does not, with the code, the words and the remedy for when it does not."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement

from hub.codes import ErrorCode
from hub.core.level import Level


class RuleKind(StrEnum):
    """What would have to change: the person's rights, the item's state, the item's content, or the ERP itself."""

    PERMISSION = "PERMISSION"
    STATE = "STATE"
    PREREQUISITE = "PREREQUISITE"
    CAPABILITY = "CAPABILITY"


class Scope(StrEnum):
    """Where a grant would be given."""

    COMPANY = "COMPANY"
    PROJECT = "PROJECT"


@dataclass(frozen=True)
class Grant:
    """A tool level or a privilege that a rule asks for. `held` is what the viewer has: a level, or null for a privilege."""

    tool: str
    scope: Scope
    needed: Level | None
    held: ColumnElement[int] | None
    granted_by: str


@dataclass(frozen=True, eq=False)
class Rule:
    """One condition of one action.

    `holds` is true where the action may go on; unknown counts as not. `message` is words, or an expression that makes them."""

    code: ErrorCode
    kind: RuleKind
    holds: ColumnElement[bool]
    message: str | ColumnElement[str]
    remedy: str
    field: str | None = None
    grant: Grant | None = None
