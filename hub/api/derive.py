"""Columns, filters, orders and connections, derived from the descriptions of the objects. The only place that derives."""

import enum
import inspect
import re
import types
import typing
import uuid
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import strawberry
from sqlmodel import SQLModel
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from db.base import AccountTable, Record
from hub.access.rules import VISIBLE
from hub.api.plan.fields import Column, FilterField, One, Order, Paged, Plan, RowKind
from hub.core.expression import template
from hub.core.spec import ErpObject, table_of

C = TypeVar("C", bound=type)
E = TypeVar("E", bound=enum.StrEnum)
KINDS: dict[str, RowKind] = {}
ITEM_COLUMNS = frozenset(Record.model_fields)
_ENUMS: set[type] = set()


def planned(
    plan: Plan, *, description: str, arguments: Sequence[StrawberryArgument] = (), name: str | None = None
) -> Any:
    """A field that the planner reads. Its annotation is its type."""
    made = StrawberryField(
        graphql_name=name, description=description, metadata={"plan": plan}, type_annotation=None
    )
    made.arguments = list(arguments)
    return made


def argument(
    name: str, annotation: object, description: str, *, module: str = __name__
) -> StrawberryArgument:
    """An optional argument; required where the annotation admits no None."""
    namespace = vars(__import__(module, fromlist=["_"]))
    return StrawberryArgument(
        python_name=name,
        graphql_name=None,
        type_annotation=StrawberryAnnotation(annotation, namespace=namespace),
        description=description,
    )


def word(kind: type[E]) -> type[E]:
    """Makes a GraphQL enum of one of our enums, once. Annotations then name the enum itself."""
    if kind not in _ENUMS:
        _ENUMS.add(kind)
        strawberry.enum(kind, description=(kind.__doc__ or "").strip())
        for value in kind.__strawberry_definition__.values:  # type: ignore[attr-defined]  # Strawberry put it there
            value.description = getattr(kind[value.name], "meaning", None)
    return kind


def bare(annotation: Any) -> tuple[Any, bool]:
    """The type without None, and whether None was among it."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        inner = [part for part in typing.get_args(annotation) if part is not type(None)]
        return inner[0], len(inner) < len(typing.get_args(annotation))
    return annotation, False


def columns_of(record: type[SQLModel], skipped: frozenset[str]) -> dict[str, tuple[Any, Any]]:
    """Field name -> (annotation, planned field) for the columns of a record that GraphQL shows as they are."""
    found: dict[str, tuple[Any, Any]] = {}
    for name, info in record.model_fields.items():
        kind, optional = bare(info.annotation)
        if name in skipped or kind is uuid.UUID:
            continue
        if isinstance(kind, type) and issubclass(kind, enum.StrEnum):
            kind = word(kind)
        sql = f"{{t}}.{name}::text" if kind is Decimal else f"{{t}}.{name}"
        assert info.description, f"{record.__name__}.{name} has no description"
        found[name] = (kind | None if optional else kind, planned(Column(sql), description=info.description))
    return found


def _dress(cls: type, fields: dict[str, tuple[Any, Any]]) -> None:
    own = dict(inspect.get_annotations(cls))
    derived = {name: annotation for name, (annotation, _) in fields.items() if name not in own}
    for name in derived:
        setattr(cls, name, fields[name][1])
    cls.__annotations__ = {**derived, **own}


def item(spec: ErpObject) -> Callable[[C], C]:
    """Makes a GraphQL type of a described object: columns derived, relations as written on the class."""

    def make(cls: C) -> C:
        skipped = ITEM_COLUMNS | set(spec.hidden) | set(spec.references)
        _dress(cls, columns_of(spec.record, frozenset(skipped)))
        KINDS[spec.name] = RowKind(
            type_name=spec.name,
            tag=spec.tag,
            table=spec.table,
            visible=template(VISIBLE[spec.name], spec.table),
            linked=True,
            project=f"{{t}}.{spec.project_column}" if spec.project_column else None,
            orders=_orders(spec),
            filters=_filters(spec),
        )
        made: C = strawberry.type(name=spec.name, description=(spec.record.__doc__ or "").strip())(cls)
        return made

    return make


def row(
    record: type[AccountTable],
    name: str,
    *,
    tag: str | None = None,
    visible: str = "true",
    shown: tuple[str, ...] | None = None,
    **facts: Any,
) -> Callable[[C], C]:
    """Makes a GraphQL type of any other table: the columns named in `shown` derived, the rest as written on the class."""

    def make(cls: C) -> C:
        skipped = frozenset(record.model_fields) - frozenset(
            shown if shown is not None else record.model_fields
        )
        own = frozenset(inspect.get_annotations(cls))
        _dress(cls, columns_of(record, skipped | own | {"account_id", "id"}))
        KINDS[name] = RowKind(type_name=name, tag=tag, table=table_of(record), visible=visible, **facts)
        made: C = strawberry.type(name=name, description=(record.__doc__ or "").strip())(cls)
        return made

    return make


def line(spec: ErpObject) -> Callable[[C], C]:
    """Makes a GraphQL type of an object's lines."""
    lines = spec.lines
    assert lines is not None
    hidden = {*lines.hidden, *lines.references, "account_id", "id"}
    shown = tuple(name for name in lines.record.model_fields if name not in hidden)
    return row(lines.record, lines.record.__name__, shown=shown)


def _orders(spec: ErpObject) -> dict[str, Order]:
    found = {
        "OLDEST_FIRST": Order("{t}.id", "uuid"),
        "NEWEST_FIRST": Order("{t}.id", "uuid", descending=True),
    }
    for name in spec.orders:
        cast = "bigint" if name.endswith("_cents") else "text"
        word_ = name.removesuffix("_cents").upper()
        found[f"{word_}_ASC"] = Order(f"{{t}}.{name}", cast)
        found[f"{word_}_DESC"] = Order(f"{{t}}.{name}", cast, descending=True)
    return found


@strawberry.input(description="Compares an id.")
class IdFilter:
    eq: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Is this one; null: is none."
    )
    in_: list[strawberry.ID] | None = strawberry.field(
        name="in", default=strawberry.UNSET, description="Is one of these."
    )


@strawberry.input(description="Compares a text exactly, letter case included.")
class TextFilter:
    eq: str | None = strawberry.field(default=strawberry.UNSET, description="Equals; null: is empty.")
    in_: list[str] | None = strawberry.field(
        name="in", default=strawberry.UNSET, description="Equals one of these."
    )


@strawberry.input(description="Compares a yes or no.")
class FlagFilter:
    eq: bool | None = strawberry.field(default=strawberry.UNSET, description="Equals.")


@strawberry.input(description="Compares an amount, to the cent.")
class AmountFilter:
    eq: Decimal | None = strawberry.field(default=strawberry.UNSET, description="Equals.")
    gte: Decimal | None = strawberry.field(default=strawberry.UNSET, description="At least.")
    lte: Decimal | None = strawberry.field(default=strawberry.UNSET, description="At most.")


@strawberry.input(description="Compares a date.")
class DateFilter:
    eq: date | None = strawberry.field(default=strawberry.UNSET, description="Equals; null: has none.")
    gte: date | None = strawberry.field(default=strawberry.UNSET, description="On or after.")
    lte: date | None = strawberry.field(default=strawberry.UNSET, description="On or before.")


_WORD_FILTERS: dict[type, Any] = {}


def _words(name: str) -> str:
    """`budgetChanges` as people write it."""
    return re.sub("([A-Z])", lambda found: f" {found[1].lower()}", name)


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "AEIO" else f"a {noun}"


def _by(name: str) -> str:
    words = name.replace("_", " ")
    return f"By whether it {words}." if words.startswith("is ") else f"By {words}."


def word_filter(kind: type[enum.StrEnum]) -> Any:
    """The filter input of an enum, made once."""
    if kind not in _WORD_FILTERS:
        enum_ = word(kind)
        unset = {"default": strawberry.UNSET}
        body = {
            "__annotations__": {"eq": enum_ | None, "in_": types.GenericAlias(list, (enum_,)) | None},
            "eq": strawberry.field(description="Equals.", **unset),
            "in_": strawberry.field(name="in", description="Equals one of these.", **unset),
            "__module__": __name__,
        }
        made = type(f"{kind.__name__}Filter", (), body)
        _WORD_FILTERS[kind] = strawberry.input(description=f"Compares {_a(kind.__name__)}.")(made)
    return _WORD_FILTERS[kind]


def _filter_field(spec: ErpObject, name: str) -> tuple[str, Any, FilterField]:
    """GraphQL name, input type and comparison of one filterable column."""
    if name in spec.references:
        return name.removesuffix("_id"), IdFilter, FilterField(f"{{t}}.{name}", "uuid", "id")
    kind, _ = bare(spec.record.model_fields[name].annotation)
    column = f"{{t}}.{name}"
    if isinstance(kind, type) and issubclass(kind, enum.StrEnum):
        return name, word_filter(kind), FilterField(column, "text", "word")
    if kind is Decimal:
        return name, AmountFilter, FilterField(f"{column}_cents", "bigint", "money")
    if kind is date:
        return name, DateFilter, FilterField(column, "date", "date")
    if kind is bool:
        return name, FlagFilter, FilterField(column, "boolean", "flag")
    return name, TextFilter, FilterField(column, "text", "text")


def _search(spec: ErpObject) -> FilterField:
    texts = (
        f"coalesce({{t}}.{name}, '')" if spec.table.columns[name].nullable else f"{{t}}.{name}"
        for name in spec.search
    )
    joined = " || ' ' || ".join(texts)
    return FilterField(f"({joined})", "text", "search")


def _link_state() -> tuple[Any, FilterField]:
    from hub.core.link import LinkState

    return word_filter(LinkState), FilterField("{l}.state", "text", "word")


def _filters(spec: ErpObject) -> dict[str, FilterField]:
    fields = [_filter_field(spec, name) for name in spec.filters]
    found = {_camel(name): field for name, _, field in fields}
    search = {"search": _search(spec)} if spec.search else {}
    return {**found, "linkState": _link_state()[1], **search}


def filter_input(spec: ErpObject) -> Any:
    """The filter input of an object's list. All that is given must hold."""
    described: dict[str, tuple[Any, str]] = {
        name: (kind, _by(name)) for name, kind, _ in (_filter_field(spec, name) for name in spec.filters)
    }
    described["link_state"] = (_link_state()[0], "By where it stands with the ERP.")
    if spec.search:
        described["search"] = (
            str,
            f"Text anywhere in {' or '.join(spec.search)}, letter case ignored, taken literally.",
        )
    body: dict[str, Any] = {
        name: strawberry.field(default=strawberry.UNSET, description=text)
        for name, (_, text) in described.items()
    }
    body["__annotations__"] = {name: kind | None for name, (kind, _) in described.items()}
    body["__module__"] = __name__
    made = type(f"{spec.name}Filter", (), body)
    return strawberry.input(description=f"Which {_words(spec.plural)} to list; all that is given must hold.")(
        made
    )


def order_enum(spec: ErpObject) -> Any:
    """The orders of an object's list."""
    made = enum.StrEnum(f"{spec.name}Order", {name: name for name in _orders(spec)})  # type: ignore[misc]  # named here
    return strawberry.enum(made, description=f"Orders of {_words(spec.plural)}; ties are broken by id.")


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether rows follow.")
    has_previous_page: bool = strawberry.field(description="Whether rows come before.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first row shown.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last row shown.")


def connection(node: str, module: str) -> type:
    """The Relay connection type of a list of `node`, a type of the module."""
    edge = type(
        f"{node}Edge",
        (),
        {
            "__annotations__": {"cursor": str, "node": node},
            "__module__": module,
            "cursor": strawberry.field(description="Where the row stands; goes into `after` or `before`."),
            "node": strawberry.field(description="The row."),
        },
    )
    edge = strawberry.type(description=f"A{_a(node)[1:]} in its list.")(edge)
    made = type(
        f"{node}Connection",
        (),
        {
            "__annotations__": {
                "edges": types.GenericAlias(list, (edge,)),
                "nodes": f"list[{node}]",
                "page_info": PageInfo,
                "total_count": int,
            },
            "__module__": module,
            "edges": strawberry.field(description="The rows with their cursors."),
            "nodes": strawberry.field(description="The rows."),
            "page_info": strawberry.field(description="Where the page stands."),
            "total_count": strawberry.field(
                description="How many rows there are, counted up to 10001, which means more than 10000."
            ),
        },
    )
    return strawberry.type(description=f"A page of a list of {node}.")(made)


def page_arguments(spec: ErpObject | None = None) -> list[StrawberryArgument]:
    """The arguments of a list."""
    found = [
        argument("first", int | None, "How many rows from the start; one of `first` and `last` is required."),
        argument("after", str | None, "Rows after this cursor."),
        argument("last", int | None, "How many rows from the end."),
        argument("before", str | None, "Rows before this cursor."),
    ]
    if spec is not None:
        found.append(argument("filter", filter_input(spec) | None, "Which rows."))
        found.append(
            argument(
                "order_by", order_enum(spec) | None, "In which order; newest first where nothing is said."
            )
        )
    return found


def listed(spec: ErpObject) -> Any:
    """The root field of an object's list."""
    return planned(
        Paged(),
        description=f"The account's {_words(spec.plural)} that you may see.",
        arguments=page_arguments(spec),
    )


def belongs_to(column: str, description: str) -> Any:
    """The row of another kind that a column of this row names."""
    return planned(One(on=f"{{t}}.id = {{pt}}.{column}"), description=description)
