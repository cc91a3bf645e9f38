"""The schema: Strawberry is its single source; the planner's registry is read from it."""

from functools import lru_cache
from typing import Any

import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLUnionType,
    lexicographic_sort_schema,
    print_schema,
)
from strawberry.schema.config import StrawberryConfig

from hub.api.context import Context
from hub.api.derive import KINDS
from hub.api.items import ITEM_TYPES
from hub.api.mutation import Mutation
from hub.api.plan.fields import Computed, Plan
from hub.api.plan.planner import TYPE_KEY, Registry
from hub.api.query import Query
from hub.api.scalars import SCALARS
from hub.api.subscription import Subscription

OUR_OWN = frozenset({"Mutation", "Subscription"})


@lru_cache(maxsize=1)
def strawberry_schema() -> strawberry.Schema:
    config = StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True)
    return strawberry.Schema(
        query=Query, mutation=Mutation, subscription=Subscription, types=list(ITEM_TYPES), config=config
    )


@lru_cache(maxsize=1)
def build() -> tuple[GraphQLSchema, Registry]:
    """graphql-core's schema with rows resolved by response key, and what the planner knows of it."""
    schema: GraphQLSchema = strawberry_schema()._schema
    plans: dict[tuple[str, str], Plan] = {}
    for named in schema.type_map.values():
        if isinstance(named, GraphQLInterfaceType | GraphQLUnionType):
            named.resolve_type = _concrete
        elif isinstance(named, GraphQLEnumType):
            _take_words(named)
        elif isinstance(named, GraphQLObjectType) and not named.name.startswith("__"):
            named.is_type_of = None
            for name, field in named.fields.items():
                plan = _plan_of(field)
                if plan is not None:
                    plans[named.name, name] = plan
                if named.name not in OUR_OWN:
                    field.resolve = _resolver(plan, field)
    return schema, Registry(schema, plans, KINDS)


def _plan_of(field: GraphQLField) -> Plan | None:
    definition = field.extensions.get("strawberry-definition")
    metadata = getattr(definition, "metadata", None) or {}
    plan: Plan | None = metadata.get("plan")
    return plan


def _take_words(named: GraphQLEnumType) -> None:
    """Rows hold an enum's names, finished by SQL; resolvers of mutations give its members."""
    original = named.coerce_output_value

    def word(output_value: Any) -> str:
        finished = type(output_value) is str and output_value in named.values
        return output_value if finished else original(output_value)

    named.coerce_output_value = named.serialize = word  # type: ignore[method-assign]  # an enum is told how its words arrive


def _concrete(value: Any, _info: GraphQLResolveInfo[Context], _type: object) -> str | None:
    name: str | None = value[TYPE_KEY]
    return name


def _resolver(plan: Plan | None, field: GraphQLField) -> Any:
    original = field.resolve
    if isinstance(plan, Computed):
        compute, needs = plan.compute, tuple(plan.needs)

        async def computed(source: Any, info: GraphQLResolveInfo[Context], **arguments: Any) -> Any:
            return await compute({name: source[f"#{name}"] for name in needs}, info.context, arguments)

        return computed

    def by_key(source: Any, info: GraphQLResolveInfo[Context], **arguments: Any) -> Any:
        if isinstance(source, dict):
            return source[info.path.key]
        assert original is not None
        return original(source, info, **arguments)

    return by_key


def sdl() -> str:
    """The contract as text: sorted, with every description."""
    return print_schema(lexicographic_sort_schema(build()[0])) + "\n"
