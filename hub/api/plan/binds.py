"""Values of a statement: where each comes from in a request's variables, bound and never spliced."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from graphql import FieldNode, GraphQLField
from graphql.execution.values import VariableValues, get_argument_values

Arguments = Mapping[str, Any]


@dataclass(frozen=True)
class Request:
    """What a plan is bound to: the coerced variables and who asks."""

    variables: VariableValues
    account: Any
    member: Any
    page_limit: int
    cursor_key: bytes


@dataclass
class Field:
    """The arguments of one selected field, evaluated once a request."""

    definition: GraphQLField
    node: FieldNode

    def arguments(self, request: Request) -> Arguments:
        return get_argument_values(self.definition, self.node, request.variables)


Provider = Callable[[Arguments, Request], Any]


@dataclass
class Binds:
    """The parameters of one statement: $1 is the account, $2 the member, the rest come from arguments."""

    fields: list[Field] = field(default_factory=list)
    providers: list[tuple[int, Provider]] = field(default_factory=list)
    costs: list[Callable[[list[Arguments]], int]] = field(default_factory=list)
    owner: object = None  # the document the plan was made from

    def open(self, node: FieldNode, definition: GraphQLField) -> int:
        """Registers a field; the number stands for its arguments."""
        self.fields.append(Field(definition, node))
        return len(self.fields) - 1

    def add(self, of: int, provider: Provider, cast: str) -> str:
        """A placeholder whose value the provider takes from the arguments of a field."""
        self.providers.append((of, provider))
        return f"${len(self.providers) + 2}::{cast}"

    def values(self, request: Request) -> tuple[list[Any], list[Arguments]]:
        """All parameters of one request. Raises `RequestRefused` for what cannot be bound."""
        arguments = [known.arguments(request) for known in self.fields]
        bound = [provider(arguments[of], request) for of, provider in self.providers]
        return [request.account, request.member, *bound], arguments


def shape(value: Any) -> Any:
    """What of a coerced value can change the SQL: which keys are given, which are null, words and switches; never other values."""
    match value:
        case None | bool():
            return value
        case Enum():  # before `str`, which our enums are too: an order is a word of the SQL
            return ("word", value.value)
        case Mapping():
            return tuple(sorted((str(key), shape(inner)) for key, inner in value.items()))
        case list():
            return ("list", tuple(sorted({_tag(item) for item in value})))
        case str():
            return ("text", _tag(value))
        case int() | float():
            return "number"
    return type(value).__name__


def _tag(value: Any) -> str:
    """The prefix of a global id: the kind of row it names decides which SQL is needed."""
    text = str(value)
    return text[:4] if isinstance(value, str) and len(text) == 40 and text[3] == "_" else ""
