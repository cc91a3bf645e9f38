"""The committed contract is what the code serves, and says of everything what it is."""

from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    is_specified_scalar_type,
    parse,
    validate,
)
from tree import ROOT

from hub import printed
from hub.api.schema import sdl

CONTRACT = ROOT / "graphql" / "schema.graphql"
OPERATIONS = sorted((ROOT / "graphql" / "operations").glob("*.graphql"))
EXPLAINED_WORDS = ("ErrorCode", "LinkState")  # enums whose every word is explained


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema(CONTRACT.read_text())


def test_the_contract_is_fresh():
    assert CONTRACT.read_text() == sdl(), "run: make schema"


def test_the_table_of_codes_is_fresh():
    assert printed.stale(printed.codes()) == [], "run: make schema"


def test_there_are_operations():
    assert OPERATIONS


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.stem)
def test_an_operation_file_holds_one_valid_operation_of_its_name(schema: GraphQLSchema, path: Path):
    document = parse(path.read_text())

    named = [
        node.name.value
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode) and node.name
    ]
    assert validate(schema, document) == []
    assert named == [path.stem]


def _own(schema: GraphQLSchema) -> list[GraphQLNamedType]:
    known = (named for name, named in schema.type_map.items() if not name.startswith("__"))
    return [named for named in known if not is_specified_scalar_type(named)]


def test_everything_is_described(schema: GraphQLSchema):
    silent: list[str] = []
    for named in _own(schema):
        silent += [named.name] * (not named.description)
        if isinstance(named, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for name, field in named.fields.items():
                silent += [f"{named.name}.{name}"] * (not field.description)
                arguments = getattr(field, "args", {})
                silent += [
                    f"{named.name}.{name}({key})" for key, arg in arguments.items() if not arg.description
                ]

    assert silent == []


def test_every_word_of_the_enums_that_explain_themselves_is_explained(schema: GraphQLSchema):
    silent = []
    for name in EXPLAINED_WORDS:
        named = schema.type_map[name]
        assert isinstance(named, GraphQLEnumType)
        silent += [f"{name}.{word}" for word, value in named.values.items() if not value.description]

    assert silent == []


def test_nothing_in_the_contract_is_a_float(schema: GraphQLSchema):
    assert "Float" not in schema.type_map
