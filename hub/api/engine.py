"""Runs operations: a query is one SQL statement, its answer the bytes Postgres made or, where Python has a part, graphql-core's."""

import json
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

import asyncpg
from graphql import (
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationType,
    execute,
    subscribe,
)
from graphql.execution.values import VariableValues

from db.session import Unreachable
from hub.api.context import Context
from hub.api.documents import Document, Documents, Operation, Recent
from hub.api.plan.binds import Binds, Request, shape
from hub.api.plan.collect import Selections
from hub.api.plan.planner import Planner, Registry, quoted
from hub.api.text import refuse_bad_text
from hub.codes import ErrorCode
from hub.errors import HubError, Refused, RequestRefused

log = logging.getLogger("hub.api")
UNAVAILABLE = "The database does not answer now. Try again; a mutation under its own idempotency key."
# Name of a selection -> the type and nodes selected, and tags and ids of the rows.
Wanted = Mapping[str, tuple[GraphQLNamedType, list[FieldNode], list[str], list[Any]]]
VIEWER = "v as materialized (select * from member where account_id = $1 and id = $2 and is_active)"


@dataclass(frozen=True)
class Plan:
    """A query ready to run: the statement and how its parameters come from variables."""

    sql: str
    binds: Binds
    completed: bool  # whether graphql-core has to complete the rows in Python


@dataclass(frozen=True)
class Answer:
    """What goes out. `text` is finished JSON of `data`; else `result` is graphql-core's."""

    text: str | None = None
    result: ExecutionResult | None = None
    cost: int | None = None
    statements: int = 0


@dataclass(frozen=True)
class Ready:
    """A compiled query bound for one viewer: what is left to do is one round trip."""

    sql: str
    params: Sequence[Any]
    cost: int


class Engine:
    """Answers documents against one schema."""

    def __init__(self, schema: GraphQLSchema, registry: Registry, *, introspection: bool) -> None:
        self.schema, self.registry = schema, registry
        self.documents = Documents(schema, introspection=introspection)
        self._plans: Recent[Plan] = Recent(1000)

    # --- entry --------------------------------------------------------------------------------------------------------

    async def run(
        self,
        context: Context,
        text: str,
        variables: Mapping[str, Any] | None = None,
        operation_name: str | None = None,
        *,
        complete: bool = False,
    ) -> Answer:
        """One query or mutation. Raises `RequestRefused`. `complete` takes the way through graphql-core for any query."""
        document = self.documents.read(text)
        operation = document.operation(operation_name)
        coerced = operation.inputs.coerce(variables)
        refuse_bad_text(variables)
        if operation.kind is OperationType.QUERY:
            return await self._query(
                context, document, operation, operation_name, coerced, variables, complete=complete
            )
        if operation.kind is OperationType.MUTATION:
            return Answer(result=await self._execute(context, document, operation_name, variables, None))
        raise RequestRefused(
            ErrorCode.BAD_REQUEST,
            "A subscription needs a stream: ask for text/event-stream, or use a WebSocket.",
        )

    async def stream(
        self,
        context: Context,
        text: str,
        variables: Mapping[str, Any] | None = None,
        operation_name: str | None = None,
    ) -> AsyncIterator[ExecutionResult]:
        """The events of one subscription. Raises `RequestRefused`; what goes wrong later is an event, the last."""
        document = self.documents.read(text)
        operation = document.operation(operation_name)
        if operation.kind is not OperationType.SUBSCRIPTION:
            raise RequestRefused(ErrorCode.BAD_REQUEST, "Only a subscription can be streamed.")
        operation.inputs.coerce(variables)
        refuse_bad_text(variables)
        started = subscribe(
            self.schema,
            document.node,
            None,
            context,
            dict(variables or {}),
            operation_name,
            hide_suggestions=True,
        )
        return _told(await started if isawaitable(started) else started, context)

    def ready(
        self,
        context: Context,
        text: str,
        variables: Mapping[str, Any] | None = None,
        operation_name: str | None = None,
    ) -> Ready | None:
        """The query bound, or None where it is none, or Python has a part in it. Raises `RequestRefused`.

        It may be kept for the same request of the same viewer: rights are part of the statement, not of this."""
        document = self.documents.read(text)
        operation = document.operation(operation_name)
        if operation.kind is not OperationType.QUERY:
            return None
        coerced = operation.inputs.coerce(variables)
        refuse_bad_text(variables)
        plan = self.plan(document, operation, coerced, complete=False)
        return None if plan.completed else Ready(plan.sql, *self._bind(context, plan, coerced))

    async def answer(self, context: Context, ready: Ready) -> Answer:
        """Sends a bound query off."""
        return Answer(text=await self._fetch(context, ready.sql, ready.params), cost=ready.cost, statements=1)

    def kind_of(self, text: str, operation_name: str | None) -> OperationType:
        return self.documents.read(text).operation(operation_name).kind

    # --- queries ------------------------------------------------------------------------------------------------------

    async def _query(
        self,
        context: Context,
        document: Document,
        operation: Operation,
        name: str | None,
        coerced: VariableValues,
        raw: Mapping[str, Any] | None,
        *,
        complete: bool,
    ) -> Answer:
        plan = self.plan(document, operation, coerced, complete=complete)
        params, cost = self._bind(context, plan, coerced)
        text = await self._fetch(context, plan.sql, params)
        if not plan.completed:
            return Answer(text=text, cost=cost, statements=1)
        result = await self._execute(context, document, name, raw, json.loads(text))
        return Answer(result=result, cost=cost, statements=1)

    def plan(
        self,
        document: Document,
        operation: Operation,
        coerced: VariableValues,
        *,
        complete: bool,
    ) -> Plan:
        """The plan of an operation under the shape of these variables."""
        key = (operation, shape(coerced.coerced), complete)
        found = self._plans.get(key)
        if found is None:
            found = self._make(document, operation, coerced, typed=complete)
            self._plans.put(key, found)
        return found

    def _make(
        self, document: Document, operation: Operation, coerced: VariableValues, *, typed: bool
    ) -> Plan:
        selections = Selections(self.schema, document.fragments, coerced)
        root = self.schema.query_type
        assert root is not None
        planner = Planner(self.registry, selections, computed_types=typed)
        items = planner.roots(root, selections.roots(root, operation.node.selection_set))
        if planner.computed and not typed:
            return self._make(document, operation, coerced, typed=True)
        columns = ", ".join(f"{sql} as {quoted(key)}" for key, sql in items)
        sql = f"with {VIEWER}\nselect row_to_json(o)::text from (select {columns} from v) o"
        return Plan(sql, planner.binds, completed=typed)

    def _bind(self, context: Context, plan: Plan, coerced: VariableValues) -> tuple[list[Any], int]:
        viewer = context.viewer
        request = Request(
            coerced,
            viewer.account_id,
            viewer.member_id,
            viewer.page_limit,
            context.means.cursor_key,
        )
        try:
            params, arguments = plan.binds.values(request)
        except GraphQLError as error:
            raise RequestRefused(ErrorCode.BAD_VARIABLES, error.message) from error
        cost = 1 + sum(weigh(arguments) for weigh in plan.binds.costs)
        if cost > viewer.cost_limit:
            raise RequestRefused(
                ErrorCode.COST_LIMIT,
                f"The query may touch {cost} rows; at most {viewer.cost_limit} are allowed. Ask for smaller pages.",
            )
        return params, cost

    async def _fetch(self, context: Context, sql: str, params: Sequence[Any]) -> str:
        try:
            async with context.means.reads.account(context.viewer.account_id) as connection:
                text: str | None = await connection.fetchval(sql, *params)
        except Unreachable as error:
            raise RequestRefused(ErrorCode.UNAVAILABLE, UNAVAILABLE, status=503) from error
        except asyncpg.DataError as error:
            raise RequestRefused(ErrorCode.BAD_VARIABLES, "A value does not fit its type.") from error
        if text is None:
            raise RequestRefused(
                ErrorCode.UNAUTHENTICATED, "The member of this key is not active.", status=401
            )
        return text

    async def _execute(
        self,
        context: Context,
        document: Document,
        name: str | None,
        variables: Mapping[str, Any] | None,
        root: Any,
    ) -> ExecutionResult:
        outcome = execute(
            self.schema,
            document.node,
            root,
            context,
            dict(variables or {}),
            name,
            hide_suggestions=True,
            max_coercion_errors=5,
        )
        return masked(await outcome if isawaitable(outcome) else outcome, context)

    # --- what mutations and subscriptions hand on ---------------------------------------------------------------------

    async def load(
        self,
        context: Context,
        info: GraphQLResolveInfo[Context],
        wanted: Wanted,
    ) -> dict[str, list[Any]]:
        """Rows by tag and id for several selections at once, in one statement. Keys name the selections."""
        sql, params = self.loading(context, info, wanted)
        found = json.loads(await self._fetch(context, sql, params))
        return {key: found[f"c{position}"] for position, key in enumerate(wanted)}

    def loading(
        self, context: Context, info: GraphQLResolveInfo[Context], wanted: Wanted
    ) -> tuple[str, list[Any]]:
        """The statement of `load` with its parameters. Raises `RequestRefused` for a selection that cannot be answered."""
        selections = Selections(self.schema, info.fragments, info.variable_values)
        planner = Planner(self.registry, selections, computed_types=True)
        columns: list[str] = []
        extra: list[list[Any]] = []
        for position, (named, nodes, tags, ids) in enumerate(wanted.values()):
            first = len(extra)
            extra += [tags, ids]
            tag_place, id_place = f"#{first}#", f"#{first + 1}#"
            columns.append(f"{planner.rows(named, nodes, tag_place, id_place, len(ids))} as c{position}")
        sql = f"with {VIEWER}\nselect row_to_json(o)::text from (select {', '.join(columns)} from v) o"
        coerced = info.variable_values
        params, _ = self._bind(context, Plan(sql, planner.binds, completed=True), coerced)
        for position, value in enumerate(extra):
            params.append(value)
            sql = sql.replace(
                f"#{position}#", f"${len(params)}::{'text[]' if position % 2 == 0 else 'uuid[]'}"
            )
        return sql, params

    def fields_of(
        self, info: GraphQLResolveInfo[Context], named: GraphQLObjectType, nodes: Sequence[FieldNode]
    ) -> dict[str, list[FieldNode]]:
        return Selections(self.schema, info.fragments, info.variable_values).fields(named, nodes)


async def _told(
    started: AsyncIterator[ExecutionResult] | ExecutionResult, context: Context
) -> AsyncIterator[ExecutionResult]:
    """Each result masked; an error of the stream itself as a result of its own."""
    if isinstance(started, ExecutionResult):
        yield masked(started, context)
        return
    try:
        async for result in started:
            yield masked(result, context)
    except Exception as error:  # noqa: BLE001  told to the caller as far as it is theirs, and logged
        failed = error if isinstance(error, GraphQLError) else GraphQLError("", original_error=error)
        yield masked(ExecutionResult(data=None, errors=[failed]), context)
    finally:
        await started.aclose()  # type: ignore[attr-defined]  # graphql-core gives a generator and calls it an iterator


def masked(result: ExecutionResult, context: Context) -> ExecutionResult:
    """Errors that are ours to explain keep their code and words; all others are logged and say nothing."""
    if result.errors:
        result.errors = [_mask(error, context) for error in result.errors]
    return result


def _mask(error: GraphQLError, context: Context) -> GraphQLError:
    cause = error.original_error
    code, message = (
        ErrorCode.INTERNAL,
        f"Something failed on our side. Quote {context.request_id} when you report it.",
    )
    match cause:
        case RequestRefused():
            code, message = cause.code, cause.message
        case Refused():
            code, message = cause.code, cause.message
        case None:
            code, message = ErrorCode.BAD_VARIABLES, error.message
        case Unreachable():
            code, message = ErrorCode.UNAVAILABLE, UNAVAILABLE
        case HubError() | Exception():
            log.error("unexpected error, request %s", context.request_id, exc_info=cause)
    return GraphQLError(message, nodes=error.nodes, path=error.path, extensions={"code": code.value})
