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
    OperationType,
    SelectionSetNode,
    parse,
    specified_rules,
    validate,
)

from hub.api.inputs import Inputs
from hub.api.text import refuse_bad_literals
from hub.codes import ErrorCode
from hub.errors import RequestRefused

MAX_TEXT = 100_000  # characters; comments and blanks are no tokens, yet they are read and kept
MAX_TOKENS = 4000
MAX_DEPTH = 15
MAX_FIELDS = 1500
MAX_KEY = 60
MAX_PAIRS = 3000
MAX_DEFINITIONS = 100
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
    operations: dict[str | None, "Operation"]
    fragments: dict[str, FragmentDefinitionNode]

    def operation(self, name: str | None) -> "Operation":
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


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation of a valid document, and how its variables are coerced."""

    node: OperationDefinitionNode
    inputs: Inputs

    @property
    def kind(self) -> OperationType:
        return self.node.operation


class Documents:
    """Reads documents for one schema."""

    def __init__(self, schema: GraphQLSchema, *, introspection: bool) -> None:
        self._schema = schema
        self._rules = [*specified_rules, *([] if introspection else [NoSchemaIntrospectionCustomRule])]
        self._kept: Recent[Document] = Recent(500)

    def read(self, text: str) -> Document:
        if len(text) > MAX_TEXT:
            raise _too_costly(f"has more than {MAX_TEXT} characters")
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
        operations: dict[str | None, Operation] = {}
        fragments = {}
        for definition in node.definitions:
            if isinstance(definition, OperationDefinitionNode):
                name = definition.name.value if definition.name else None
                operations[name] = Operation(definition, Inputs(self._schema, definition))
            elif isinstance(definition, FragmentDefinitionNode):
                fragments[definition.name.value] = definition
        if not operations:
            raise RequestRefused(ErrorCode.BAD_REQUEST, "The document holds no operation.")
        return Document(node, operations, fragments)


def _parse(text: str) -> DocumentNode:
    try:
        return parse(text, max_tokens=MAX_TOKENS)
    except GraphQLSyntaxError as error:
        if "tokens" in error.message:
            raise _too_costly(f"has more than {MAX_TOKENS} tokens") from error
        if "nested too deeply" in error.message:
            raise _too_costly("is nested too deeply") from error
        raise RequestRefused(ErrorCode.GRAPHQL_PARSE_FAILED, error.message, status=400) from error
    except RecursionError as error:
        raise _too_costly("is nested too deeply") from error


def _measure(node: DocumentNode) -> None:
    """Refuses what is too deep or too wide before validation spends time on it. Fragments count where they are spread."""
    if len(node.definitions) > MAX_DEFINITIONS:
        raise _too_costly(f"holds more than {MAX_DEFINITIONS} operations and fragments")
    fragments = {
        known.name.value: known for known in node.definitions if isinstance(known, FragmentDefinitionNode)
    }
    measure = _Measure(fragments)
    for definition in node.definitions:
        if isinstance(definition, OperationDefinitionNode):
            measure.walk(definition.selection_set, 1, frozenset(), _Scope())


class _Scope:
    """Fields that end under one object of the answer: how often each key was met, and the scope below it."""

    def __init__(self) -> None:
        self.met: dict[str, int] = {}
        self.below: dict[str, _Scope] = {}


class _Measure:
    """Counts as it walks. Validation compares every two fields that share a key, so their pairs are counted too."""

    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._fragments, self._fields, self._pairs = fragments, 0, 0

    def walk(
        self, selection_set: SelectionSetNode, depth: int, inside: frozenset[str], scope: _Scope
    ) -> None:
        if depth > MAX_DEPTH:
            raise _too_costly(f"is nested deeper than {MAX_DEPTH}")
        for selection in selection_set.selections:
            self._fields += 1
            if self._fields > MAX_FIELDS:
                raise _too_costly(f"selects more than {MAX_FIELDS} fields")
            if isinstance(selection, FieldNode):
                self._field(selection, depth, inside, scope)
            elif isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                fragment = self._fragments.get(name)
                if fragment is not None and name not in inside:  # circles are validation's to report
                    self.walk(fragment.selection_set, depth, inside | {name}, scope)
            elif isinstance(selection, InlineFragmentNode):
                self.walk(selection.selection_set, depth, inside, scope)

    def _field(self, node: FieldNode, depth: int, inside: frozenset[str], scope: _Scope) -> None:
        key = node.alias.value if node.alias else node.name.value
        if len(key) > MAX_KEY:
            raise _too_costly(f"has an alias of more than {MAX_KEY} characters")
        count = scope.met.get(key, 0)
        scope.met[key] = count + 1
        self._pairs += count
        if self._pairs > MAX_PAIRS:
            raise _too_costly("selects the same fields too often")
        if node.selection_set:
            self.walk(node.selection_set, depth + 1, inside, scope.below.setdefault(key, _Scope()))


def _too_costly(what: str) -> RequestRefused:
    return RequestRefused(ErrorCode.COST_LIMIT, f"The document {what}.")
