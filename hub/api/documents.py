"""Documents: parsed, validated and measured once, then kept."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    specified_rules,
    validate,
)

from hub.api.text import refuse_bad_literals
from hub.codes import ErrorCode
from hub.errors import RequestRefused

MAX_TOKENS = 4000
MAX_DEPTH = 15
MAX_FIELDS = 1500
MAX_KEY = 60
V = TypeVar("V")


class Recent(Generic[V]):
    """The newest entries of a cache."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[Hashable, V] = OrderedDict()

    def get(self, key: Hashable) -> V | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: Hashable, value: V) -> None:
        self._kept[key] = value
        if len(self._kept) > self._size:
            self._kept.popitem(last=False)


class InvalidDocument(RequestRefused):
    """The document does not fit the schema. `errors` are graphql-core's, with their places."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(ErrorCode.GRAPHQL_VALIDATION_FAILED, errors[0].message)
        self.errors = errors


@dataclass(frozen=True, eq=False)
class Document:
    """A valid document."""

    node: DocumentNode
    operations: dict[str | None, OperationDefinitionNode]
    fragments: dict[str, FragmentDefinitionNode]

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation to run. Several operations need a name."""
        if name is None and len(self.operations) > 1:
            raise RequestRefused(
                ErrorCode.OPERATION_AMBIGUOUS,
                "The document holds several operations: name one in `operationName`.",
            )
        if name is None:
            return next(iter(self.operations.values()))
        if name not in self.operations:
            raise RequestRefused(ErrorCode.OPERATION_AMBIGUOUS, "The document has no operation of that name.")
        return self.operations[name]


class Documents:
    """Reads documents for one schema."""

    def __init__(self, schema: GraphQLSchema, *, introspection: bool) -> None:
        self._schema = schema
        self._rules = [*specified_rules, *([] if introspection else [NoSchemaIntrospectionCustomRule])]
        self._kept: Recent[Document] = Recent(500)

    def read(self, text: str) -> Document:
        found = self._kept.get(text)
        if found is None:
            found = self._read(text)
            self._kept.put(text, found)
        return found

    def _read(self, text: str) -> Document:
        node = _parse(text)
        refuse_bad_literals(text, node)
        _measure(node)
        errors = validate(self._schema, node, self._rules, max_errors=5, hide_suggestions=True)
        if errors:
            raise InvalidDocument(errors[:5])
        operations: dict[str | None, OperationDefinitionNode] = {}
        fragments = {}
        for definition in node.definitions:
            if isinstance(definition, OperationDefinitionNode):
                operations[definition.name.value if definition.name else None] = definition
            elif isinstance(definition, FragmentDefinitionNode):
                fragments[definition.name.value] = definition
        if not operations:
            raise RequestRefused(ErrorCode.BAD_REQUEST, "The document holds no operation.")
        return Document(node, operations, fragments)


def _parse(text: str) -> DocumentNode:
    try:
        return parse(text, max_tokens=MAX_TOKENS)
    except GraphQLSyntaxError as error:
        if "token limit" in error.message or "tokens" in error.message:
            raise RequestRefused(
                ErrorCode.COST_LIMIT, f"The document has more than {MAX_TOKENS} tokens."
            ) from error
        raise RequestRefused(ErrorCode.GRAPHQL_PARSE_FAILED, error.message, status=400) from error
    except RecursionError as error:
        raise RequestRefused(ErrorCode.COST_LIMIT, "The document is nested too deeply.") from error


def _measure(node: DocumentNode) -> None:
    """Refuses what is too deep or too wide before validation spends time on it. Fragments count where they are spread."""
    fragments = {
        known.name.value: known for known in node.definitions if isinstance(known, FragmentDefinitionNode)
    }
    measure = _Measure(fragments)
    for definition in node.definitions:
        if isinstance(definition, OperationDefinitionNode):
            measure.walk(definition.selection_set, 1, frozenset())


class _Measure:
    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._fragments, self._fields = fragments, 0

    def walk(self, selection_set: SelectionSetNode, depth: int, inside: frozenset[str]) -> None:
        if depth > MAX_DEPTH:
            raise RequestRefused(ErrorCode.COST_LIMIT, f"The document is nested deeper than {MAX_DEPTH}.")
        for selection in selection_set.selections:
            self._fields += 1
            if self._fields > MAX_FIELDS:
                raise RequestRefused(
                    ErrorCode.COST_LIMIT, f"The document selects more than {MAX_FIELDS} fields."
                )
            if isinstance(selection, FieldNode):
                key = selection.alias.value if selection.alias else selection.name.value
                if len(key) > MAX_KEY:
                    raise RequestRefused(
                        ErrorCode.COST_LIMIT, f"An alias has more than {MAX_KEY} characters."
                    )
                if selection.selection_set:
                    self.walk(selection.selection_set, depth + 1, inside)
            elif isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                fragment = self._fragments.get(name)
                if fragment is not None and name not in inside:  # circles are validation's to report
                    self.walk(fragment.selection_set, depth, inside | {name})
            elif isinstance(selection, InlineFragmentNode):
                self.walk(selection.selection_set, depth, inside)
