"""Whether an answer has the shape that its document selects, by the printed contract alone."""

from collections.abc import Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
)

KINDS: Mapping[str, type] = {
    "ID": str,
    "String": str,
    "Int": int,
    "Boolean": bool,
    "Decimal": str,
    "DateTime": str,
    "Date": str,
}


class Shape:
    """Holds an answer against the document that asked for it, by the printed contract alone."""

    def __init__(self, schema: GraphQLSchema, text: str) -> None:
        self.schema = schema
        definitions = parse(text).definitions
        self.fragments = {
            node.name.value: node for node in definitions if isinstance(node, FragmentDefinitionNode)
        }
        [self.operation] = [node for node in definitions if isinstance(node, OperationDefinitionNode)]

    def hold(self, data: Any) -> None:
        root = self.schema.get_root_type(self.operation.operation)
        assert root is not None
        self._object(
            root, self.operation.selection_set, data, self.operation.name.value if self.operation.name else ""
        )

    def _object(self, kind: GraphQLCompositeType, selected: SelectionSetNode, value: Any, path: str) -> None:
        wanted = self._fields(kind, selected)
        assert list(value) == list(wanted), f"{path} has {list(value)}"
        for key, (type_, inner) in wanted.items():
            self._value(type_, inner, value[key], f"{path}.{key}")

    def _fields(
        self, kind: GraphQLCompositeType, selected: SelectionSetNode
    ) -> dict[str, tuple[GraphQLOutputType, SelectionSetNode | None]]:
        """Fragments are taken to apply: these documents name no type that the answers are not."""
        assert not isinstance(kind, GraphQLUnionType)
        found: dict[str, tuple[GraphQLOutputType, SelectionSetNode | None]] = {}
        for node in selected.selections:
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                found[key] = (kind.fields[node.name.value].type, node.selection_set)
            elif isinstance(node, FragmentSpreadNode):
                found |= self._fields(kind, self.fragments[node.name.value].selection_set)
            elif isinstance(node, InlineFragmentNode):
                narrowed = (
                    self.schema.type_map[node.type_condition.name.value] if node.type_condition else kind
                )
                found |= self._fields(narrowed, node.selection_set)  # type: ignore[arg-type]
        return found

    def _value(
        self, type_: GraphQLOutputType, selected: SelectionSetNode | None, value: Any, path: str
    ) -> None:
        if isinstance(type_, GraphQLNonNull):
            assert value is not None, f"{path} is null"
            type_ = type_.of_type
        if value is None:
            return
        if isinstance(type_, GraphQLList):
            assert isinstance(value, list), path
            for place, each in enumerate(value):
                self._value(type_.of_type, selected, each, f"{path}[{place}]")
        elif selected is not None:
            self._object(type_, selected, value, path)  # type: ignore[arg-type]
        elif isinstance(type_, GraphQLEnumType):
            assert value in type_.values, f"{path} is {value}"
        elif str(type_) in KINDS:
            assert type(value) is KINDS[str(type_)], f"{path} is {value!r}"
