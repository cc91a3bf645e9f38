"""What mutations answer: the run, and per item its present state and what stood against it."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import strawberry
from graphql import FieldNode, GraphQLObjectType, GraphQLResolveInfo, get_named_type
from strawberry.utils.str_converters import to_camel_case

from hub.actions.ask import ItemOutcome, Outcome
from hub.api.context import Context
from hub.api.item import ErpItem
from hub.api.records import SyncRun
from hub.codes import ErrorCode
from hub.errors import Refused

NOBODY = uuid.UUID(int=0)
Loaded = Mapping[tuple[str, ...], list[Any]]


@strawberry.type(description="Something the caller can mend, or lacks the right for.")
class UserError:
    code: ErrorCode = strawberry.field(description="The code; it never changes its meaning.")
    field: str | None = strawberry.field(description="The field it is about.")
    message: str = strawberry.field(description="What is the matter, in words.")
    erp_message: str | None = strawberry.field(description="The ERP's own words, where it spoke.")
    remedy: str | None = strawberry.field(description="What to do about it.")
    retryable: bool = strawberry.field(description="Whether the same request may succeed later.")

    @classmethod
    def of(cls, refused: Refused) -> "UserError":
        return cls(
            code=refused.code,
            field=to_camel_case(refused.field) if refused.field else None,
            message=refused.message,
            erp_message=refused.erp_message,
            remedy=refused.remedy,
            retryable=refused.retryable,
        )


def loaded_item(root: "ItemResult", info: strawberry.Info) -> ErpItem | None:
    path = info.path
    assert path.prev is not None
    assert path.prev.prev is not None
    rows = root.loaded.get((str(path.prev.prev.key), str(path.key)), ())
    return rows[root.position] if root.position < len(rows) else None


def loaded_run(root: "ItemsPayload", info: strawberry.Info) -> SyncRun | None:
    rows = root.loaded.get((str(info.path.key),), ())
    return rows[0] if rows else None


@strawberry.type(description="What came of one item, in input order.")
class ItemResult:
    position: strawberry.Private[int]
    loaded: strawberry.Private[Loaded]
    item: ErpItem | None = strawberry.field(
        resolver=loaded_item, description="The item as it is now; null where there is none that you may see."
    )
    user_errors: list[UserError] = strawberry.field(
        description="What stood against it; empty where it was done or is on its way."
    )


@strawberry.type(description="What came of a request.")
class ItemsPayload:
    loaded: strawberry.Private[Loaded]
    run: SyncRun | None = strawberry.field(
        resolver=loaded_run, description="The run to follow; null where nothing was done."
    )
    items: list[ItemResult] = strawberry.field(description="One result per item, in input order.")
    user_errors: list[UserError] = strawberry.field(description="What stood against the whole request.")


def rehearse(context: Context, info: strawberry.Info, count: int) -> None:
    """Refuses a selection that could not be answered, before anything is done. Raises `RequestRefused`."""
    raw, named = _raw(info)
    nobody = [ItemOutcome("", None) for _ in range(count)]
    wanted = _wanted(context, raw, named, Outcome(items=nobody, run_id=NOBODY))
    context.engine.loading(
        context, raw, {str(position): rows for position, rows in enumerate(wanted.values())}
    )


def _raw(info: strawberry.Info) -> tuple[GraphQLResolveInfo[Context], GraphQLObjectType]:
    raw: GraphQLResolveInfo[Context] = info._raw_info
    named = get_named_type(raw.return_type)
    assert isinstance(named, GraphQLObjectType)
    return raw, named


async def payload(context: Context, info: strawberry.Info, outcome: Outcome) -> ItemsPayload:
    """Reads what the document selects of run and items after the change, in one statement."""
    raw, named = _raw(info)
    wanted = _wanted(context, raw, named, outcome)
    keys = {str(position): key for position, key in enumerate(wanted)}
    found = (
        await context.engine.load(context, raw, {name: wanted[key] for name, key in keys.items()})
        if wanted
        else {}
    )
    loaded = {keys[name]: rows for name, rows in found.items()}
    return ItemsPayload(
        loaded=loaded,
        items=[
            ItemResult(
                position=position, loaded=loaded, user_errors=[UserError.of(error) for error in item.errors]
            )
            for position, item in enumerate(outcome.items)
        ],
        user_errors=[UserError.of(error) for error in outcome.errors],
    )


def _wanted(
    context: Context, raw: GraphQLResolveInfo[Context], named: GraphQLObjectType, outcome: Outcome
) -> dict[tuple[str, ...], Any]:
    """Response keys -> the rows that they show."""
    wanted: dict[tuple[str, ...], Any] = {}
    fields = context.engine.fields_of(raw, named, raw.field_nodes)
    for key, nodes in fields.items():
        name = nodes[0].name.value
        if name == "run" and outcome.run_id is not None:
            wanted[(key,)] = (get_named_type(named.fields["run"].type), nodes, ["run"], [outcome.run_id])
        elif name == "items" and outcome.items:
            wanted |= _wanted_items(context, raw, named, key, nodes, outcome)
    return wanted


def _wanted_items(
    context: Context,
    raw: GraphQLResolveInfo[Context],
    named: GraphQLObjectType,
    key: str,
    nodes: Sequence[FieldNode],
    outcome: Outcome,
) -> dict[tuple[str, ...], Any]:
    result = get_named_type(named.fields["items"].type)
    assert isinstance(result, GraphQLObjectType)
    tags = [item.tag for item in outcome.items]
    ids = [item.id for item in outcome.items]
    item_type = get_named_type(result.fields["item"].type)
    inner = context.engine.fields_of(raw, result, nodes)
    return {
        (key, name): (item_type, merged, tags, ids)
        for name, merged in inner.items()
        if merged[0].name.value == "item"
    }
