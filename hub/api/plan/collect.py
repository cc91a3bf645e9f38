"""Which fields a selection asks of a concrete type: fragments opened, switches applied, equal keys merged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
)
from graphql.execution.values import VariableValues, get_directive_values


@dataclass(frozen=True)
class Selections:
    """Opens selections of one document under one set of variables."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: VariableValues

    def fields(self, runtime: GraphQLObjectType, nodes: Iterable[FieldNode]) -> dict[str, list[FieldNode]]:
        """Response key -> the field nodes merged under it, in the order of the answer."""
        found: dict[str, list[FieldNode]] = {}
        visited: set[str] = set()
        for node in nodes:
            if node.selection_set is not None:
                self._open(runtime, node.selection_set, found, visited)
        return found

    def roots(
        self, runtime: GraphQLObjectType, selection_set: SelectionSetNode
    ) -> dict[str, list[FieldNode]]:
        found: dict[str, list[FieldNode]] = {}
        self._open(runtime, selection_set, found, set())
        return found

    def _open(
        self,
        runtime: GraphQLObjectType,
        selection_set: SelectionSetNode,
        found: dict[str, list[FieldNode]],
        visited: set[str],
    ) -> None:
        for selection in selection_set.selections:
            if not self._included(selection):
                continue
            match selection:
                case FieldNode():
                    key = selection.alias.value if selection.alias else selection.name.value
                    found.setdefault(key, []).append(selection)
                case InlineFragmentNode():
                    condition = selection.type_condition.name.value if selection.type_condition else None
                    if self._applies(condition, runtime):
                        self._open(runtime, selection.selection_set, found, visited)
                case FragmentSpreadNode():
                    name = selection.name.value
                    if name in visited:
                        continue
                    fragment = self.fragments[name]
                    if self._applies(fragment.type_condition.name.value, runtime):
                        visited.add(name)
                        self._open(runtime, fragment.selection_set, found, visited)

    def _included(self, node: SelectionNode) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self.variables)
        if skip and skip["if"] is True:
            return False
        include = get_directive_values(GraphQLIncludeDirective, node, self.variables)
        return not (include and include["if"] is False)

    def _applies(self, condition: str | None, runtime: GraphQLObjectType) -> bool:
        if condition is None or condition == runtime.name:
            return True
        named = self.schema.type_map[condition]
        return isinstance(named, GraphQLAbstractType) and self.schema.is_sub_type(named, runtime)
