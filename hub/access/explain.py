"""The explanation of an action on a row, as SQL: allowed or not, and every rule that fails with its remedy."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Table

from hub.codes import ErrorCode
from hub.core.expression import template
from hub.core.level import Level
from hub.core.rule import Rule, RuleKind

LEVELS = ", ".join(f"'{level.name}'" for level in Level)


class Place(Protocol):
    """A row in a statement: turns templates into SQL, and a rule into a column that is evaluated once."""

    @property
    def table(self) -> Table: ...

    def render(self, template: str) -> str: ...

    def verdict(self, holds: str) -> str: ...


@dataclass(frozen=True)
class Text:
    """A JSON value as SQL text: constant words, or an expression."""

    sql: str


def constant(value: object) -> Text:
    return Text("'" + json.dumps(value).replace("'", "''") + "'")


def evaluated(sql: str) -> Text:
    return Text(f"coalesce(to_json({sql})::text, 'null')")


def json_object(members: Iterable[tuple[str, Text]]) -> Text:
    """A JSON object as text; constants are merged by the server's planner."""
    parts = ["'{'"]
    for position, (key, value) in enumerate(members):
        lead = "," if position else ""
        parts.append(f"'{lead}{json.dumps(key)}:'")
        parts.append(value.sql)
    return Text("(" + " || ".join([*parts, "'}'"]) + ")")


@dataclass(frozen=True)
class Reason:
    """One rule that may fail, or the plain fact that the object has no such action."""

    rule: Rule | None
    place: Place

    def member(self, name: str) -> Text:
        """One field of the reason."""
        rule = self.rule
        if rule is None:
            return constant(NO_SUCH_ACTION[name])
        match name:
            case "code":
                return constant(rule.code.value)
            case "kind":
                return constant(rule.kind.value)
            case "message":
                if isinstance(rule.message, str):
                    return constant(rule.message)
                return evaluated(self._sql(rule.message))
            case "remedy":
                return constant(rule.remedy)
            case "field":
                return constant(rule.field)
        raise KeyError(name)

    def grant(self, name: str) -> Text:
        """One field of the missing grant."""
        assert self.rule is not None
        assert self.rule.grant is not None
        grant = self.rule.grant
        match name:
            case "tool":
                return constant(grant.tool)
            case "scope":
                return constant(grant.scope.value)
            case "needed":
                return constant(grant.needed.name if grant.needed is not None else None)
            case "held":
                if grant.held is None:
                    return constant(None)
                return evaluated(f"(array[{LEVELS}])[coalesce({self._sql(grant.held)}, 0) + 1]")
            case "grantedBy":
                return constant(grant.granted_by)
        raise KeyError(name)

    @property
    def has_grant(self) -> bool:
        return self.rule is not None and self.rule.grant is not None

    def fails(self) -> str:
        """SQL that is true where the rule does not hold."""
        if self.rule is None:
            return "true"
        return f"{self.place.verdict(self._template(self.rule.holds))} is not true"

    def _sql(self, expression: ColumnElement[Any]) -> str:
        return self.place.render(self._template(expression))

    def _template(self, expression: ColumnElement[Any]) -> str:
        return template(expression, self.place.table)


NO_SUCH_ACTION: dict[str, object] = {
    "code": ErrorCode.CAPABILITY_NOT_SUPPORTED.value,
    "kind": RuleKind.CAPABILITY.value,
    "message": "This object has no such action.",
    "remedy": "Use an action that the object has.",
    "field": None,
}


def reasons(rules: tuple[Rule, ...] | None, place: Place) -> list[Reason]:
    return [Reason(None, place)] if rules is None else [Reason(rule, place) for rule in rules]


def allowed_sql(found: list[Reason]) -> str:
    return "not (" + " or ".join(reason.fails() for reason in found) + ")"


def reasons_sql(found: list[Reason], written: Callable[[Reason], Text]) -> str:
    """A JSON list of the reasons that apply, each written as the caller selects."""
    cases = ", ".join(f"case when {reason.fails()} then {written(reason).sql} end" for reason in found)
    return f"('[' || concat_ws(',', {cases}) || ']')::json"
