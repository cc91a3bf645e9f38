"""A desk whose project has a budget: written as imports would bring it, sent and accepted as the people ask for it."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from desk import TABLES, TYPES, Desk, Item, said

from db.accounts import SystemRole
from db.clock import new_id
from hub.connectors import capabilities
from hub.core.link import LinkState
from hub.objects import BY_TAG
from hub.sync import payload
from hub.sync.budgets import standing
from hub.sync.facts import FACTS
from hub.sync.intake.site import Site

TABLES |= {"bud": "budget", "bch": "budget_change"}
TYPES |= {"bud": "Budget", "bch": "BudgetChange"}
Line = tuple[str, str, str]  # code, type, amount
FIRST: Sequence[Line] = (("03-100", "L", "40000.00"), ("03-200", "M", "10000.00"))
MOVED: Sequence[Line] = (("03-100", "L", "-5000.00"), ("03-200", "M", "5000.00"))
TRANSFER = {"revision_type": "Budget Transfer"}


async def as_mri(desk: Desk, **settings: Any) -> None:
    """The ERP connection can what MRI can; everybody has Commitments' level on Budget too."""
    can = json.dumps(capabilities("mri", settings).document())
    await desk.change(
        "update connection set capabilities = $1::jsonb, settings = $2::jsonb where role = 'ERP'",
        *(can, json.dumps(settings)),
    )
    await desk.change(
        "update project_member set budget_level = commitments_level where commitments_level > 0"
    )


async def budget(
    desk: Desk,
    state: LinkState = LinkState.NOT_SENT,
    lines: Sequence[Line] = FIRST,
    *,
    link: Mapping[str, Any] | None = None,
    **values: Any,
) -> Item:
    """A locked budget of the desk's job that breaks no rule unless `values` or `lines` say so."""
    total = sum((Decimal(amount) for _, _, amount in lines), Decimal("0.00"))
    given = {
        "project_id": desk.job.id,
        "is_locked": True,
        "original_amount": total,
        "currency": "USD",
        **values,
    }
    async with desk.books() as books:
        made = await books.item("budget", "Budget", state, dict(link or {}), **given)
    item = Item("bud", made)
    await put_lines(desk, item, lines)
    return item


async def put_lines(desk: Desk, item: Item, lines: Sequence[Line]) -> None:
    """The lines of an item, instead of those that it has."""
    table = TABLES[item.tag]
    amount = "original_amount" if item.tag == "bud" else "amount"
    await desk.change(f"delete from {table}_line where {table}_id = $1", item.id)
    async with desk.books() as books:
        for place, (code, kind, money) in enumerate(lines, 1):
            await books.row(
                f"{table}_line",
                **{f"{table}_id": item.id, amount: Decimal(money)},
                line_number=place,
                origin_id=f"L{place}",
                cost_code_id=desk.codes.get(code),
                cost_type_id=desk.types.get(kind),
                cost_code_text=f"{code}.{kind}",
            )
    total = sum((Decimal(money) for _, _, money in lines), Decimal("0.00"))
    await desk.change(f"update {table} set {amount} = $2 where id = $1", item.id, total)


async def change(
    desk: Desk,
    lines: Sequence[Line] = MOVED,
    state: LinkState = LinkState.NOT_SENT,
    *,
    link: Mapping[str, Any] | None = None,
    **values: Any,
) -> Item:
    """A budget change that is approved, unless `values` say otherwise."""
    given = {
        "project_id": desk.job.id,
        "title": "Move steel to concrete",
        "status": "APPROVED",
        "amount": Decimal("0.00"),
        "currency": "USD",
    }
    async with desk.books() as books:
        made = await books.item(
            "budget_change", "BudgetChange", state, dict(link or {}), **{**given, **values}
        )
    item = Item("bch", made)
    await put_lines(desk, item, lines)
    return item


async def exported(desk: Desk, **more: Any) -> Item:
    """A budget that the ERP holds as it stands."""
    item = await accepted(desk, await budget(desk, **more))
    await confirm(desk, item, "J100")
    return item


async def accepted(desk: Desk, item: Item, **entries: Any) -> Item:
    """Sent by the manager and accepted by the approver with the entries."""
    sent = await desk.send("manager", item)
    assert said(sent) == [], sent
    outcome = await accept(desk, item, **entries)
    assert said(outcome) == [], outcome
    return item


async def confirm(desk: Desk, item: Item, external_id: str) -> None:
    """What the export job writes when the ERP has said yes."""
    async with desk.pool.transaction(desk.account) as connection:
        await connection.execute(
            """update link set state = 'SYNCED', external_id = coalesce(external_id, $2), external_code = coalesce(external_code, $2)
            where account_id = $3 and object_id = $1""",
            *(item.id, external_id, desk.account),
        )
        if item.tag == "bud":
            await standing.exported(connection, desk.account, item.id)


async def accept(desk: Desk, item: Item, *, digest: str | None = None, **entries: Any) -> Any:
    """With the digest of what these entries make, unless another is given."""
    approved = digest or (await made(desk, item, **entries)).digest
    return await desk.ask("approver", "acceptItems", item, entries=entries, digest=approved)


async def made(desk: Desk, item: Item, **entries: Any) -> payload.Payload:
    """What a preview shows: the payload that the facts and entries make now."""
    row = await desk.one("select kind, base_url, settings from connection where id = $1", desk.erp)
    known = row["kind"], row["base_url"], json.loads(row["settings"])
    return payload.compute(*known, BY_TAG[item.tag].key, await facts(desk, item), entries)


async def facts(desk: Desk, item: Item) -> Any:
    text = FACTS[BY_TAG[item.tag].key].format(t="t")
    return json.loads(await desk.value(f"select {text} from {TABLES[item.tag]} t where t.id = $1", item.id))


def rows(found: payload.Payload) -> list[dict[str, Any]]:
    """The rows that leave for MRI."""
    body: list[dict[str, Any]] = found.steps[0].body["value"]
    return body


def refused(outcome: Any) -> list[tuple[str, str]]:
    """Code and message of all that stands against the items."""
    return [(error.code.value, error.message) for item in outcome.items for error in item.errors]


def tool_site(desk: Desk, run: UUID | None = None) -> Site:
    """The project tool, whose list is read in a run."""
    return Site(
        account=desk.account,
        connection=desk.ids(),
        role=SystemRole.PROJECT_TOOL,
        run=run or new_id(),
        settings={"missing_share_cap": 1.0},
        capabilities={},
        erps=(desk.erp,),
        erp=desk.erp,
        erp_settings={},
        erp_behaviour={},
    )
