"""Selections grown by chance, as deep as people's documents go: generated ones alone are shallow."""

from random import Random
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    NameNode,
    SelectionNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    is_leaf_type,
    visit,
)

DEEPEST = 6  # levels that are added below a generated selection
WIDEST = 4  # fields that are added to one object


class Grower(Visitor):
    """Adds fields to the selections of a document, and to what it adds, until it is deep enough."""

    def __init__(self, schema: GraphQLSchema, dice: Random) -> None:
        super().__init__()
        self.schema, self.dice = schema, dice
        self.types = TypeInfo(schema)
        self._names = 0

    def grown(self, document: DocumentNode) -> DocumentNode:
        found: DocumentNode = visit(document, TypeInfoVisitor(self.types, self))
        return found

    def leave_selection_set(self, node: SelectionSetNode, *_: object) -> Any:
        parent = self.types.get_parent_type()
        if parent is None or parent is self.schema.query_type or self.dice.random() < 0.3:
            return None
        return SelectionSetNode(selections=(*node.selections, *self._added(parent, DEEPEST)))

    def _added(self, parent: GraphQLNamedType, left: int) -> list[SelectionNode]:
        if not isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
            return []
        open_ = [(name, field) for name, field in sorted(parent.fields.items()) if self._may(field, left)]
        chosen = self.dice.sample(open_, min(len(open_), self.dice.randint(1, WIDEST)))
        found: list[SelectionNode] = [self._field(name, field, left) for name, field in chosen]
        if isinstance(parent, GraphQLInterfaceType):
            found += [self._fragment(kind, left) for kind in self._kinds(parent)]
        return found

    @staticmethod
    def _may(field: GraphQLField, left: int) -> bool:
        """Sizes of pages are given later; other arguments are not, so none may be required."""
        if any(str(known.type).endswith("!") for known in field.args.values()):
            return False
        return left > 0 or is_leaf_type(get_named_type(field.type))

    def _field(self, name: str, field: GraphQLField, left: int) -> FieldNode:
        """Under an alias of its own: the same field may stand beside it with other arguments."""
        self._names += 1
        named = get_named_type(field.type)
        inner = (
            None if is_leaf_type(named) else SelectionSetNode(selections=tuple(self._inside(named, left - 1)))
        )
        return FieldNode(
            alias=NameNode(value=f"g{self._names}"),
            name=NameNode(value=name),
            arguments=(),
            directives=(),
            selection_set=inner,
        )

    def _inside(self, named: GraphQLNamedType, left: int) -> list[SelectionNode]:
        return self._added(named, left) or [_typename()]

    def _fragment(self, kind: GraphQLObjectType, left: int) -> InlineFragmentNode:
        inner = SelectionSetNode(selections=tuple(self._inside(kind, left - 1)))
        return InlineFragmentNode(
            type_condition=NamedTypeNode(name=NameNode(value=kind.name)), directives=(), selection_set=inner
        )

    def _kinds(self, parent: GraphQLInterfaceType) -> list[GraphQLObjectType]:
        possible = sorted(self.schema.get_possible_types(parent), key=lambda kind: kind.name)
        return self.dice.sample(possible, self.dice.randint(0, 2))


def _typename() -> FieldNode:
    return FieldNode(name=NameNode(value="__typename"), arguments=(), directives=(), selection_set=None)
