"""A page of a list: keys first by keyset, then what is selected of each row, its cursors and its counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import FieldNode, GraphQLField, GraphQLObjectType, get_named_type
from graphql.execution.values import get_argument_values

from hub.api.plan import cursor
from hub.api.plan.binds import Arguments, Request
from hub.api.plan.fields import Order, Paged, RowKind
from hub.api.plan.filters import conditions
from hub.api.plan.source import Source
from hub.codes import ErrorCode
from hub.errors import RequestRefused

if TYPE_CHECKING:
    from hub.api.plan.planner import Planner

COUNT_CAP = 10_001
BY_ID = Order(column="{t}.id", cast="uuid")


@dataclass(frozen=True)
class Page:
    """One list field as the document selects it."""

    definition: GraphQLField
    connection: GraphQLObjectType
    edge: GraphQLObjectType
    kind: RowKind
    nodes: list[FieldNode]
    parent: Source
    plan: Paged


def size_of(arguments: Arguments, request: Request) -> int:
    """Rows asked for. One of `first` and `last` is required, within the limit of the caller's key."""
    first: int | None = arguments.get("first")
    last: int | None = arguments.get("last")
    if (first is None) == (last is None):
        raise RequestRefused(ErrorCode.BAD_PAGE, "Give exactly one of `first` and `last`.")
    size = first if first is not None else last
    assert size is not None
    if not 1 <= size <= request.page_limit:
        raise RequestRefused(
            ErrorCode.BAD_PAGE, f"`first` or `last` lies between 1 and {request.page_limit}."
        )
    if (first is not None and arguments.get("before")) or (last is not None and arguments.get("after")):
        raise RequestRefused(ErrorCode.BAD_PAGE, "`first` goes with `after`, `last` with `before`.")
    return size


def _order(kind: RowKind, arguments: Arguments) -> Order:
    chosen: Any = arguments.get("orderBy")
    if chosen is None:
        return kind.orders.get("NEWEST_FIRST", BY_ID) if "NEWEST_FIRST" in kind.orders else BY_ID
    word: str = getattr(chosen, "value", chosen)
    return kind.orders[word]


class _Keyset:
    """The keys of the page: conditions, order, the cursor's place, and their placeholders."""

    def __init__(self, planner: "Planner", page: Page) -> None:
        self.planner, self.page, binds = planner, page, planner.binds
        given: Mapping[str, Any] = get_argument_values(
            page.definition, page.nodes[0], planner.selections.variables
        )
        self.backwards = given.get("last") is not None
        self.after = given.get("before" if self.backwards else "after") is not None
        self.order = _order(page.kind, given)
        self.of = binds.open(page.nodes[0], page.definition)
        self.size = binds.add(self.of, size_of, "int")
        self.filters = conditions(page.kind, given.get("filter"), binds, self.of)
        self.name = cursor.list_name(
            page.kind.type_name, page.plan.on, self.order.column, self.order.descending
        )
        self._key_place: str | None = None
        self._place: str | None = None
        if self.after:
            value = binds.add(self.of, lambda arguments, request: self._cursor(arguments, request)[0], "text")
            id_ = binds.add(self.of, lambda arguments, request: self._cursor(arguments, request)[1], "text")
            beyond = "<" if self.order.descending != self.backwards else ">"
            self._place = (
                f"({self.order.column}, {{t}}.id) {beyond} (({value})::{self.order.cast}, ({id_})::uuid)"
            )

    def key(self) -> str:
        """The placeholder of the key that signs this list's cursors; one for all of them."""
        if self._key_place is None:
            self._key_place = self.planner.binds.add(self.of, self._key, "bytea")
        return self._key_place

    def _key(self, arguments: Arguments, request: Request) -> bytes:
        return cursor.page_key(request.cursor_key, request.account, self.name, arguments.get("filter"))

    def _cursor(self, arguments: Arguments, request: Request) -> tuple[str, str]:
        return cursor.open_cursor(
            arguments["before" if self.backwards else "after"], self._key(arguments, request)
        )

    def select(self, columns: str, limit: str, *, placed: bool = True, ordered: bool = True) -> str:
        source = Source(kind=self.page.kind, alias=self.planner.aliases.fresh("k"), parent=self.page.parent)
        wanted = [self.page.plan.on, *self.filters, *([self._place] if placed and self._place else [])]
        where = self.planner.guard(source, *(source.render(condition) for condition in wanted))
        way = " desc" if self.order.descending != self.backwards else ""
        order = f"order by {source.render(self.order.column)}{way}, {source.alias}.id{way}" if ordered else ""
        columns = source.render(columns)
        return f"select {columns}\n{source.from_clause()}\nwhere {where}\n{order} limit {limit}"


def page_sql(planner: "Planner", page: Page) -> str:
    """The connection as JSON."""
    keyset = _Keyset(planner, page)
    keys = planner.aliases.fresh("keys")
    items: list[tuple[str, str]] = []
    with planner.weights.times(
        lambda arguments: int(arguments[keyset.of].get("first") or arguments[keyset.of].get("last") or 1)
    ):
        for key, nodes in planner.selections.fields(page.connection, page.nodes).items():
            match nodes[0].name.value:
                case "__typename":
                    items.append((key, f"'{page.connection.name}'::text"))
                case "edges":
                    items.append((key, _edges(planner, page, keyset, keys, nodes)))
                case "nodes":
                    items.append((key, _aggregate(planner.node_rows(page.kind, nodes, keys), keyset, keys)))
                case "pageInfo":
                    items.append((key, _page_info(planner, page, keyset, keys, nodes)))
                case "totalCount":
                    counted = keyset.select("1", str(COUNT_CAP), placed=False, ordered=False)
                    items.append((key, f"(select count(*) from ({counted}) {planner.aliases.fresh('n')})"))
    columns = ", ".join(f'{sql} as "{key}"' for key, sql in items)
    chosen = keyset.select(f"{{t}}.id as id, {keyset.order.column} as o", f"{keyset.size} + 1")
    numbered = f"select q.*, row_number() over () as n from ({chosen}) q"
    alias = planner.aliases.fresh("o")
    return f"(with {keys} as materialized ({numbered}) select row_to_json({alias}) from (select {columns}) {alias})"


def _aggregate(row: str, keyset: _Keyset, keys: str) -> str:
    way = " desc" if keyset.backwards else ""
    return f"(select coalesce(json_agg({row} order by {keys}.n{way}), '[]'::json) from {keys} where {keys}.n <= {keyset.size})"


def _edges(planner: "Planner", page: Page, keyset: _Keyset, keys: str, nodes: list[FieldNode]) -> str:
    items: list[tuple[str, str]] = []
    for key, merged in planner.selections.fields(page.edge, nodes).items():
        match merged[0].name.value:
            case "__typename":
                items.append((key, f"'{page.edge.name}'::text"))
            case "cursor":
                items.append((key, cursor.cursor_sql(keyset.key(), f"{keys}.o", f"{keys}.id")))
            case "node":
                items.append((key, planner.node_rows(page.kind, merged, keys)))
    columns = ", ".join(f'{sql} as "{key}"' for key, sql in items)
    alias = planner.aliases.fresh("o")
    return _aggregate(f"(select row_to_json({alias}) from (select {columns}) {alias})", keyset, keys)


def _page_info(planner: "Planner", page: Page, keyset: _Keyset, keys: str, nodes: list[FieldNode]) -> str:
    type_ = get_named_type(page.connection.fields["pageInfo"].type)
    assert isinstance(type_, GraphQLObjectType)
    more = f"exists (select from {keys} where {keys}.n > {keyset.size})"
    came = "true" if keyset.after else "false"
    forward, back = (came, more) if keyset.backwards else (more, came)
    items: list[tuple[str, str]] = []
    for key, merged in planner.selections.fields(type_, nodes).items():
        match merged[0].name.value:
            case "__typename":
                items.append((key, f"'{type_.name}'::text"))
            case "hasNextPage":
                items.append((key, forward))
            case "hasPreviousPage":
                items.append((key, back))
            case "startCursor" | "endCursor" as name:
                first_shown = (name == "startCursor") != keyset.backwards
                place = "asc" if first_shown else "desc"
                made = cursor.cursor_sql(keyset.key(), f"{keys}.o", f"{keys}.id")
                items.append(
                    (
                        key,
                        f"(select {made} from {keys} where {keys}.n <= {keyset.size} order by {keys}.n {place} limit 1)",
                    )
                )
    columns = ", ".join(f'{sql} as "{key}"' for key, sql in items)
    alias = planner.aliases.fresh("o")
    return f"(select row_to_json({alias}) from (select {columns}) {alias})"
