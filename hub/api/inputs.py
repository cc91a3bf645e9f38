"""Variables of one operation, coerced by graphql-core's own rules; what only depends on the document is made once."""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLNonNull, GraphQLSchema, OperationDefinitionNode, Undefined
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, get_variable_values
from graphql.utilities.coerce_input_value import coerce_default_value, coerce_input_value

from hub.codes import ErrorCode
from hub.errors import RequestRefused


class Inputs:
    """Coerces the variables of each request for one operation. Values are nested no deeper than requests may be."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._schema, self._definitions = schema, operation.variable_definitions or ()
        self._known: list[tuple[GraphQLVariableSignature, VariableValueSource, Any]] = []
        for definition in self._definitions:
            signature = get_variable_signature(schema, definition)
            assert isinstance(signature, GraphQLVariableSignature)  # validated
            default = coerce_default_value(signature) if signature.default else Undefined
            self._known.append((signature, VariableValueSource(signature), default))

    def coerce(self, given: Mapping[str, Any] | None) -> VariableValues:
        """Raises `RequestRefused` with graphql-core's words where a value is missing or does not fit."""
        values = given or {}
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        for signature, absent, default in self._known:
            value = values.get(signature.name, Undefined)
            if value is Undefined:
                sources[signature.name] = absent
                if default is not Undefined:
                    coerced[signature.name] = default
                elif isinstance(signature.type, GraphQLNonNull):
                    raise self._refusal(values)
                continue
            fitting = coerce_input_value(value, signature.type)
            if fitting is Undefined:
                raise self._refusal(values)
            sources[signature.name] = VariableValueSource(signature, value)
            coerced[signature.name] = fitting
        return VariableValues(sources, coerced)

    def _refusal(self, values: Mapping[str, Any]) -> RequestRefused:
        found = get_variable_values(
            self._schema, self._definitions, dict(values), max_errors=5, hide_suggestions=True
        )
        message = found[0].message if isinstance(found, list) else "A variable does not fit."
        return RequestRefused(ErrorCode.BAD_VARIABLES, message)
