"""Documents made by chance from the schema itself: the same ones in every run, as awkward as clients write them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    REMOVE,
    ArgumentNode,
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldDefinitionNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    NamedTypeNode,
    NameNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    build_ast_schema,
    parse,
    print_ast,
    print_schema,
    value_from_ast_untyped,
    visit,
)
from growing import Grower
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema, nodes, queries  # noqa: F401

PAGING = frozenset({"first", "last", "after", "before"})
COMPUTED = frozenset({"preview"})
DECIMALS = ("0.00", "-25000.00", "250000.50", "0", "-0", "9999999999999999.99")
DATES = ("2026-03-01", "2026-06-15", "1999-12-31")
MOMENTS = ("2026-03-15T14:00:00Z",)


@dataclass(frozen=True)
class Asked:
    """A document with its variables."""

    text: str
    variables: dict[str, Any]


def scalars(ids: Sequence[str]) -> dict[str, st.SearchStrategy[Any]]:
    """A strategy for each scalar of the schema; most ids are real ones."""
    return {
        "ID": st.sampled_from([*ids, *ids, "junk", ""]).map(nodes.String),
        "Decimal": st.sampled_from(DECIMALS).map(nodes.String),
        "Date": st.sampled_from(DATES).map(nodes.String),
        "DateTime": st.sampled_from(MOMENTS).map(nodes.String),
        "JSON": st.just("x").map(nodes.String),
    }


def documents(
    schema: GraphQLSchema, ids: Sequence[str], count: int, *, roots: Sequence[str] | None = None
) -> list[Asked]:
    """`count` documents of planned fields, each with sizes for its pages, some of its values moved into variables,
    some of its selections into fragments, and switches on some of its fields."""
    narrowed = build_ast_schema(_Narrowing.of(schema))
    made: list[DocumentNode] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(queries(narrowed, fields=roots, custom_scalars=scalars(ids), print_ast=print_ast, allow_x00=False))
    def collect(text: str) -> None:
        made.append(parse(text))

    collect()
    return [_awkward(schema, narrowed, document, Random(number)) for number, document in enumerate(made)]


def _awkward(schema: GraphQLSchema, narrowed: GraphQLSchema, document: DocumentNode, dice: Random) -> Asked:
    if dice.random() < 0.6:
        document = Grower(narrowed, dice).grown(document)
    return Shaker(schema, dice).shaken(document)


class _Narrowing(Visitor):
    """The schema without what would make most documents fail, or be completed in Python."""

    @classmethod
    def of(cls, schema: GraphQLSchema) -> DocumentNode:
        narrowed: DocumentNode = visit(parse(print_schema(schema)), cls())
        return narrowed

    @staticmethod
    def enter_field_definition(node: FieldDefinitionNode, *_: object) -> Any:
        if node.name.value in COMPUTED:
            return REMOVE
        kept = tuple(argument for argument in node.arguments or () if argument.name.value not in PAGING)
        return FieldDefinitionNode(name=node.name, arguments=kept, directives=(), type=node.type)


def named(text: str) -> NameNode:
    return NameNode(value=text)


def argument(name: str, value: ValueNode) -> ArgumentNode:
    return ArgumentNode(name=named(name), value=value)


@dataclass
class Shaker(Visitor):
    """Rewrites one document into one that means something alike and is harder to compile."""

    schema: GraphQLSchema
    dice: Random
    variables: dict[str, Any] = field(default_factory=dict)
    definitions: list[VariableDefinitionNode] = field(default_factory=list)
    fragments: list[FragmentDefinitionNode] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.types = TypeInfo(self.schema)

    def shaken(self, document: DocumentNode) -> Asked:
        shaken = visit(document, TypeInfoVisitor(self.types, self))
        operation = next(d for d in shaken.definitions if isinstance(d, OperationDefinitionNode))
        whole = OperationDefinitionNode(
            operation=operation.operation,
            name=named("Shaken"),
            variable_definitions=tuple(self.definitions),
            directives=(),
            selection_set=operation.selection_set,
        )
        rest = [d for d in shaken.definitions if d is not operation]
        return Asked(print_ast(DocumentNode(definitions=(whole, *rest, *self.fragments))), self.variables)

    # --- arguments ----------------------------------------------------------------------------------------------------

    def enter_field(self, node: FieldNode, *_: object) -> FieldNode:
        definition = self.types.get_field_def()
        given = [self._moved(known, definition) for known in node.arguments or ()]
        if definition is not None and "first" in definition.args:
            given.append(self._sized(definition))
        return FieldNode(
            alias=node.alias,
            name=node.name,
            arguments=tuple(given),
            directives=(*(node.directives or ()), *self._switch()),
            selection_set=node.selection_set,
        )

    def _sized(self, definition: GraphQLField) -> ArgumentNode:
        size = argument(
            self.dice.choice(("first", "first", "last")), IntValueNode(value=str(self.dice.choice((1, 2, 5))))
        )
        return self._moved(size, definition)

    def _moved(self, known: ArgumentNode, definition: GraphQLField | None) -> ArgumentNode:
        """The argument, now and then as a variable: given, or left to its default."""
        if definition is None or self.dice.random() > 0.35 or known.name.value not in definition.args:
            return known
        name = f"v{len(self.definitions)}"
        type_ = parse(f"query (${name}: {definition.args[known.name.value].type}) {{ x }}").definitions[0]
        assert isinstance(type_, OperationDefinitionNode)
        kind = (type_.variable_definitions or ())[0].type
        by_default = self.dice.random() < 0.4
        if not by_default:
            self.variables[name] = value_from_ast_untyped(known.value)
        self._define(name, kind, known.value if by_default else None)
        return argument(known.name.value, VariableNode(name=named(name)))

    def _define(self, name: str, kind: Any, default: ValueNode | None) -> None:
        self.definitions.append(
            VariableDefinitionNode(
                variable=VariableNode(name=named(name)), type=kind, default_value=default, directives=()
            )
        )

    # --- switches and fragments ---------------------------------------------------------------------------------------

    def _switch(self) -> Iterator[DirectiveNode]:
        if self.dice.random() > 0.08:
            return
        word, truth = self.dice.choice(("skip", "include")), self.dice.random() < 0.5
        value: ValueNode = BooleanValueNode(value=truth)
        if self.dice.random() < 0.5:
            name = f"v{len(self.definitions)}"
            boolean = NonNullTypeNode(type=NamedTypeNode(name=named("Boolean")))
            self._define(name, boolean, None)
            self.variables[name] = truth
            value = VariableNode(name=named(name))
        yield DirectiveNode(name=named(word), arguments=(argument("if", value),))

    def leave_selection_set(self, node: SelectionSetNode, *_: object) -> Any:
        parent = self.types.get_parent_type()
        if parent is None or len(node.selections) < 2 or self.dice.random() > 0.25:
            return None
        cut = self.dice.randrange(1, len(node.selections))
        kept, moved = node.selections[:cut], SelectionSetNode(selections=node.selections[cut:])
        return SelectionSetNode(selections=(*kept, *self._elsewhere(parent.name, moved)))

    def _elsewhere(self, on: str, moved: SelectionSetNode) -> Iterator[Any]:
        condition = NamedTypeNode(name=named(on))
        if self.dice.random() < 0.5:
            yield InlineFragmentNode(
                type_condition=condition, directives=tuple(self._switch()), selection_set=moved
            )
            return
        name = f"F{len(self.fragments)}"
        self.fragments.append(
            FragmentDefinitionNode(
                name=named(name),
                type_condition=condition,
                directives=(),
                selection_set=moved,
                variable_definitions=(),
            )
        )
        for _ in range(self.dice.choice((1, 1, 2))):
            yield FragmentSpreadNode(name=named(name), directives=tuple(self._switch()), arguments=())
