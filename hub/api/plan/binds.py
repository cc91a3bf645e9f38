"""Values of a statement: where each comes from in a request's variables, bound and never spliced."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from graphql import (
    ArgumentNode,
    FieldNode,
    GraphQLField,
    ListValueNode,
    ObjectValueNode,
    ValueNode,
    VariableNode,
)
from graphql.execution.values import VariableValues, get_argument_values

from hub.core.ids import tag_of

Arguments = Mapping[str, Any]


@dataclass(slots=True)
class Request:
    """What a plan is bound to: the coerced variables and who asks."""

    variables: VariableValues
    account: Any
    member: Any
    page_limit: int
    cursor_key: bytes


class Field:
    """The arguments of one selected field, evaluated once a request.

    Arguments that are constants, or variables and no more, are taken apart here; graphql-core does the rest."""

    def __init__(self, definition: GraphQLField, node: FieldNode) -> None:
        self._definition, self._node = definition, node
        self._variables: list[tuple[str, str]] = []
        constants: list[ArgumentNode] = []
        self._simple = all(self._take(argument, constants) for argument in node.arguments or ())
        self._constants = self._evaluated(constants) if self._simple else {}

    def arguments(self, request: Request) -> Arguments:
        if not self._simple:
            return get_argument_values(self._definition, self._node, request.variables)
        found = dict(self._constants)
        given = request.variables.coerced
        for name, variable in self._variables:
            value = given.get(variable)
            if value is None:  # absent, or null where null may not be: rare, and graphql-core's to judge
                return get_argument_values(self._definition, self._node, request.variables)
            found[name] = value
        return found

    def _take(self, argument: ArgumentNode, constants: list[ArgumentNode]) -> bool:
        """Whether the argument is a constant or a bare variable."""
        name = argument.name.value
        if isinstance(argument.value, VariableNode):
            self._variables.append((self._definition.args[name].out_name or name, argument.value.name.value))
            return True
        constants.append(argument)
        return not _holds_variable(argument.value)

    def _evaluated(self, constants: list[ArgumentNode]) -> dict[str, Any]:
        """Constants, and the defaults of arguments that the document leaves out."""
        moved = {argument.name.value for argument in self._node.arguments or ()} - {
            argument.name.value for argument in constants
        }
        rest = {name: known for name, known in self._definition.args.items() if name not in moved}
        node = FieldNode(name=self._node.name, arguments=tuple(constants), directives=())
        return get_argument_values(GraphQLField(self._definition.type, rest), node)


def _holds_variable(value: ValueNode) -> bool:
    match value:
        case VariableNode():
            return True
        case ListValueNode():
            return any(_holds_variable(inner) for inner in value.values)
        case ObjectValueNode():
            return any(_holds_variable(field.value) for field in value.fields)
    return False


Provider = Callable[[Arguments, Request], Any]


@dataclass
class Binds:
    """The parameters of one statement: $1 is the account, $2 the member, the rest come from arguments."""

    fields: list[Field] = field(default_factory=list)
    providers: list[tuple[int, Provider]] = field(default_factory=list)
    costs: list[Callable[[list[Arguments]], int]] = field(default_factory=list)

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
    """What of a coerced value can change the SQL: which keys are given, which are null, words and switches; never other values.

    Coercion makes plain dicts whose keys stand in the order of the schema."""
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is str:
        return ("text", _tag(value))
    if kind is dict:
        return tuple([(key, shape(inner)) for key, inner in value.items()])
    if kind is list:
        return ("list", tuple(sorted({_tag(item) for item in value})))
    if isinstance(value, Enum):  # our enums are texts too: an order is a word of the SQL
        return ("word", value.value)
    return kind.__name__


def _tag(value: Any) -> str:
    """The tag of a global id: the kind of row it names decides which SQL is needed. What is no id has none, however
    much it looks like one: a plan made for it answers nothing, and must not be kept for ids."""
    return tag_of(value) if type(value) is str and len(value) == 40 else ""
