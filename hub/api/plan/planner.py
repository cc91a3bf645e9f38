"""Turns selections into SQL that builds the finished JSON. One planner serves the compiled answer and the completed one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
)
from graphql.execution.values import get_argument_values

from hub.access import explain
from hub.access.rules import RULES
from hub.api.plan import pages
from hub.api.plan.binds import Arguments, Binds, Request
from hub.api.plan.collect import Selections
from hub.api.plan.fields import (
    ById,
    ByIds,
    Column,
    Composite,
    Computed,
    Explained,
    Inlined,
    Many,
    Named,
    One,
    Paged,
    Plan,
    RowKind,
)
from hub.api.plan.source import ACCOUNT, Aliases, Source
from hub.api.plan.weights import Weights
from hub.codes import ErrorCode
from hub.core.action import Action
from hub.core.ids import parse_id
from hub.errors import RequestRefused

TYPE_KEY = "#type"  # no GraphQL name; tells the completing path the concrete type of a row
MANY_COST = 10
COMPUTED_COST = 50  # in rows: while Python computes for one, nobody else is served
MAX_IDS = 100

Items = list[tuple[str, str]]


def quoted(key: str) -> str:
    return '"' + key.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def row_json(items: Items, from_clause: str, where: str, alias: str) -> str:
    """A scalar subquery: one row as a JSON object, or null."""
    columns = ", ".join(f"{sql} as {quoted(key)}" for key, sql in items)
    return f"(select row_to_json({alias}) from (select {columns}\n{from_clause}\nwhere {where}) {alias})"


@dataclass(frozen=True)
class Registry:
    """What the planner knows of the schema: the plan of each field and the kind of row behind each type."""

    schema: GraphQLSchema
    plans: Mapping[tuple[str, str], Plan]
    kinds: Mapping[str, RowKind]

    def plan(self, parent: GraphQLNamedType, name: str) -> Plan | None:
        return self.plans.get((parent.name, name))

    def kinds_of(self, named: GraphQLNamedType) -> list[RowKind]:
        """The kinds of row that a field of this type may yield."""
        if isinstance(named, GraphQLInterfaceType | GraphQLUnionType):
            possible = self.schema.get_possible_types(named)
            return [self.kinds[known.name] for known in possible if known.name in self.kinds]
        return [self.kinds[named.name]] if named.name in self.kinds else []


@dataclass
class Planner:
    """Plans the selections of one document under one shape of variables."""

    registry: Registry
    selections: Selections
    binds: Binds = field(default_factory=Binds)
    aliases: Aliases = field(default_factory=Aliases)
    computed: bool = False  # whether a field was met that Python has to complete
    computed_types: bool = (
        False  # whether rows tell their concrete type, which only the completing path needs
    )
    weights: Weights = field(init=False)

    def __post_init__(self) -> None:
        self.weights = Weights(self.binds.costs)

    # --- roots --------------------------------------------------------------------------------------------------------

    def roots(self, type_: GraphQLObjectType, fields: Mapping[str, list[FieldNode]]) -> Items:
        """The root fields of a query. Introspection and unplanned fields are left to graphql-core."""
        items: Items = []
        root = Source(kind=None, alias="v")
        for key, nodes in fields.items():
            name = nodes[0].name.value
            if name == "__typename":
                items.append((key, f"{literal(type_.name)}::text"))
            elif name.startswith("__"):
                self.computed = True
            else:
                self._field(type_, key, nodes, root, items)
        return items

    def rows(
        self, named: GraphQLNamedType, nodes: Sequence[FieldNode], tags: str, ids: str, count: int
    ) -> str:
        """`count` rows by tag and id, in order, for what a mutation or a subscription hands on; placeholders stand for them."""
        with self.weights.times(lambda _: count):
            return self._by_ids(named, nodes, tags, ids)

    # --- objects ------------------------------------------------------------------------------------------------------

    def _object(self, type_: GraphQLObjectType, nodes: Iterable[FieldNode], source: Source) -> Items:
        items: Items = [(TYPE_KEY, literal(type_.name))] if self.computed_types else []
        for key, merged in self.selections.fields(type_, nodes).items():
            if merged[0].name.value == "__typename":
                items.append((key, f"{literal(type_.name)}::text"))
            else:
                self._field(type_, key, merged, source, items)
        return items

    def _field(  # noqa: C901  one case for each kind of plan
        self, parent: GraphQLObjectType, key: str, nodes: list[FieldNode], source: Source, items: Items
    ) -> None:
        definition = parent.fields[nodes[0].name.value]
        plan = self.registry.plan(parent, nodes[0].name.value)
        named = get_named_type(definition.type)
        match plan:
            case Column(sql):
                items.append((key, source.render(sql)))
            case Composite(null_when):
                items.append((key, self._composite(named, nodes, source, null_when)))
            case Inlined():
                items.append((key, self._composite(named, nodes, source, None)))
            case One(on):
                items.append((key, self._one(named, nodes, source, on)))
            case Many():
                items.append((key, self._many(named, nodes, source, plan)))
            case Paged():
                items.append((key, self._paged(definition, named, nodes, source, plan)))
            case ById():
                items.append((key, self._by_id(definition, named, nodes)))
            case ByIds():
                items.append((key, self._listed(definition, named, nodes)))
            case Named(type_sql, id_sql):
                items.append((key, self._named(named, nodes, source, type_sql, id_sql)))
            case Explained(action):
                items.append((key, self._explained(named, nodes, source, Action(action))))
            case Computed(needs, _):
                self.computed = True
                known = {name for name, _ in items}  # another alias may have asked for them
                items += [
                    (f"#{name}", source.render(sql)) for name, sql in needs.items() if f"#{name}" not in known
                ]
                self.weights.add(COMPUTED_COST)
            case None:
                self.computed = True

    def _composite(
        self, named: GraphQLNamedType, nodes: list[FieldNode], source: Source, null_when: str | None
    ) -> str:
        assert isinstance(named, GraphQLObjectType)
        items = self._object(named, nodes, source)
        columns = ", ".join(f"{sql} as {quoted(key)}" for key, sql in items)
        alias = self.aliases.fresh("o")
        made = f"(select row_to_json({alias}) from (select {columns}) {alias})"
        return (
            made if null_when is None else f"(case when {source.render(null_when)} then null else {made} end)"
        )

    # --- relations ----------------------------------------------------------------------------------------------------

    def _row(
        self,
        kind: RowKind,
        nodes: Iterable[FieldNode],
        parent: Source | None,
        on: str,
        driver: str | None = None,
    ) -> str:
        """One row of a kind as JSON, or null: only of this account, only what the viewer may see."""
        source = Source(kind=kind, alias=self.aliases.fresh(), parent=parent)
        items = self._object(self._type(kind), nodes, source)
        where = self.guard(source, source.render(on))
        return row_json(items, source.from_clause(driver), where, self.aliases.fresh("o"))

    def guard(self, source: Source, *conditions: str) -> str:
        assert source.kind is not None
        own = f"{source.alias}.account_id = {ACCOUNT}"
        return " and ".join(
            [
                own,
                source.render(source.kind.visible),
                *(condition for condition in conditions if condition != "true"),
            ]
        )

    def _type(self, kind: RowKind) -> GraphQLObjectType:
        found = self.registry.schema.type_map[kind.type_name]
        assert isinstance(found, GraphQLObjectType)
        return found

    def _one(self, named: GraphQLNamedType, nodes: list[FieldNode], source: Source, on: str) -> str:
        return self._row(self.registry.kinds[named.name], nodes, source, on)

    def _many(self, named: GraphQLNamedType, nodes: list[FieldNode], source: Source, plan: Many) -> str:
        kind = self.registry.kinds[named.name]
        child = Source(kind=kind, alias=self.aliases.fresh(), parent=source)
        with self.weights.times(lambda _: MANY_COST):
            items = self._object(self._type(kind), nodes, child)
        where, order = self.guard(child, child.render(plan.on)), child.render(plan.order)
        columns = ", ".join(f"{sql} as {quoted(key)}" for key, sql in items)
        row, listed = self.aliases.fresh("o"), self.aliases.fresh("m")
        rows = (
            f"select (select row_to_json({row}) from (select {columns}) {row}) as j, row_number() over (order by {order}) as n\n"
            f"{child.from_clause()}\nwhere {where}\norder by {order} limit {plan.limit}"
        )
        return (
            f"(select coalesce(json_agg({listed}.j order by {listed}.n), '[]'::json) from ({rows}) {listed})"
        )

    def _by_id(self, definition: GraphQLField, named: GraphQLNamedType, nodes: list[FieldNode]) -> str:
        given = get_argument_values(definition, nodes[0], self.selections.variables)["id"]
        parsed = parse_id(given)
        kinds = [kind for kind in self.registry.kinds_of(named) if parsed and kind.tag == parsed[0]]
        if not kinds:
            return "null::json"
        of = self.binds.open(nodes[0], definition)
        id_ = self.binds.add(of, _id_of_argument, "uuid")
        return self._row(kinds[0], nodes, None, f"{kinds[0].id_sql} = {id_} and {kinds[0].alone}")

    def _listed(self, definition: GraphQLField, named: GraphQLNamedType, nodes: list[FieldNode]) -> str:
        of = self.binds.open(nodes[0], definition)
        tags = self.binds.add(
            of, lambda arguments, _: [tag for tag, _id in _ids_of_argument(arguments)], "text[]"
        )
        ids = self.binds.add(
            of, lambda arguments, _: [id_ for _tag, id_ in _ids_of_argument(arguments)], "uuid[]"
        )
        given = get_argument_values(definition, nodes[0], self.selections.variables)["ids"]
        wanted = {parsed[0] for parsed in map(parse_id, given) if parsed}
        with self.weights.times(lambda arguments: len(arguments[of]["ids"])):
            return self._by_ids(named, nodes, tags, ids, wanted)

    def _by_ids(
        self,
        named: GraphQLNamedType,
        nodes: Sequence[FieldNode],
        tags: str,
        ids: str,
        wanted: set[str] | None = None,
    ) -> str:
        listed = self.aliases.fresh("i")
        branches = []
        for kind in self.registry.kinds_of(named):
            if wanted is None or kind.tag in wanted:
                row = self._row(kind, nodes, None, f"{kind.id_sql} = {listed}.id and {kind.alone}")
                branches.append(f"when {literal(kind.tag or '')} then {row}")
        chosen = f"case {listed}.tag {' '.join(branches)} end" if branches else "null::json"
        return (
            f"(select coalesce(json_agg({chosen} order by {listed}.n), '[]'::json)"
            f" from unnest({tags}, {ids}) with ordinality {listed}(tag, id, n))"
        )

    def _named(
        self, named: GraphQLNamedType, nodes: list[FieldNode], source: Source, type_sql: str, id_sql: str
    ) -> str:
        branches = [
            f"when {literal(kind.type_name)} then {self._row(kind, nodes, source, f'{kind.id_sql} = {source.render(id_sql)}')}"
            for kind in self.registry.kinds_of(named)
        ]
        return f"(case {source.render(type_sql)} {' '.join(branches)} end)"

    # --- lists --------------------------------------------------------------------------------------------------------

    def _paged(
        self,
        definition: GraphQLField,
        named: GraphQLNamedType,
        nodes: list[FieldNode],
        source: Source,
        plan: Paged,
    ) -> str:
        assert isinstance(named, GraphQLObjectType)
        edge = get_named_type(named.fields["edges"].type)
        assert isinstance(edge, GraphQLObjectType)
        kind = self.registry.kinds[get_named_type(edge.fields["node"].type).name]
        return pages.page_sql(self, pages.Page(definition, named, edge, kind, nodes, source, plan))

    def node_rows(self, kind: RowKind, nodes: Iterable[FieldNode], keys: str) -> str:
        """The row that a key of a page names."""
        return self._row(kind, nodes, None, "true" if not keys else f"{{t}}.id = {keys}.id")

    # --- explanations -------------------------------------------------------------------------------------------------

    def _explained(
        self, named: GraphQLNamedType, nodes: list[FieldNode], source: Source, action: Action
    ) -> str:
        assert isinstance(named, GraphQLObjectType)
        assert source.kind is not None
        found = explain.reasons(RULES.get(source.kind.type_name, {}).get(action), source)
        items: Items = []
        for key, merged in self.selections.fields(named, nodes).items():
            match merged[0].name.value:
                case "__typename":
                    items.append((key, f"{literal(named.name)}::text"))
                case "allowed":
                    items.append((key, explain.allowed_sql(found)))
                case "reasons":
                    type_ = get_named_type(named.fields["reasons"].type)
                    items.append((key, explain.reasons_sql(found, self._reason_writer(type_, merged))))
        columns = ", ".join(f"{sql} as {quoted(key)}" for key, sql in items)
        alias = self.aliases.fresh("o")
        return f"(select row_to_json({alias}) from (select {columns}) {alias})"

    def _reason_writer(
        self, type_: GraphQLNamedType, nodes: list[FieldNode]
    ) -> Callable[[explain.Reason], explain.Text]:
        assert isinstance(type_, GraphQLObjectType)
        fields = self.selections.fields(type_, nodes)
        grant_type = get_named_type(type_.fields["grant"].type)
        assert isinstance(grant_type, GraphQLObjectType)

        def write(reason: explain.Reason) -> explain.Text:
            members = []
            for key, merged in fields.items():
                name = merged[0].name.value
                if name == "__typename":
                    members.append((key, explain.constant(type_.name)))
                elif name != "grant":
                    members.append((key, reason.member(name)))
                elif reason.has_grant:
                    inner = self.selections.fields(grant_type, merged)
                    members.append(
                        (
                            key,
                            explain.json_object(
                                (k, self._grant_member(reason, n, grant_type)) for k, n in inner.items()
                            ),
                        )
                    )
                else:
                    members.append((key, explain.constant(None)))
            return explain.json_object(members)

        return write

    @staticmethod
    def _grant_member(
        reason: explain.Reason, nodes: list[FieldNode], type_: GraphQLObjectType
    ) -> explain.Text:
        name = nodes[0].name.value
        return explain.constant(type_.name) if name == "__typename" else reason.grant(name)


def _id_of_argument(arguments: Arguments, _: Request) -> object:
    parsed = parse_id(arguments["id"])
    return parsed[1] if parsed else None


def _ids_of_argument(arguments: Arguments) -> list[tuple[str, object]]:
    ids = arguments["ids"]
    if len(ids) > MAX_IDS:
        raise RequestRefused(ErrorCode.TOO_MANY_ITEMS, f"At most {MAX_IDS} ids are looked up at once.")
    return [parse_id(text) or ("", None) for text in ids]
