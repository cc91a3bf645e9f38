"""What the project tool did to items that accounting has: taken over where no rule forbids it, else kept as a conflict with its code."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from budget_desk import FIRST, Line, accept, accepted, as_mri, budget, change, confirm, exported, tool_site
from desk import Desk, Item, said

from db.clock import new_id
from hub.core.link import LinkState
from hub.erp.connector import Incoming
from hub.objects import BUDGET, BUDGET_CHANGE, BY_TAG, COMMITMENT
from hub.sync.intake.merge import merge_page
from hub.sync.intake.missing import mark_missing

WAITS = "The budget is with accounting: it can be neither unlocked nor changed until it is answered."


@pytest.fixture(autouse=True)
async def mri(desk: Desk) -> None:
    await as_mri(desk)
    await desk.change("update project set origin_id = '9' where id = $1", desk.job.id)


async def arrives(desk: Desk, record: Incoming) -> None:
    """One record of the project tool comes in."""
    spec = {"budget": BUDGET, "budget_change": BUDGET_CHANGE, "commitment": COMMITMENT}[record.object_key]
    async with desk.pool.transaction(desk.account) as connection:
        await merge_page(connection, tool_site(desk), spec, [record], erp_read=True)


async def goes(desk: Desk, item: Item) -> None:
    """A complete list of the project tool comes in without the item."""
    spec, run = BY_TAG[item.tag], new_id()
    async with desk.pool.transaction(desk.account) as connection:
        await connection.execute(
            """insert into sync_run (account_id, id, action, started_at) values ($1, $2, 'IMPORT', hub_now() + interval '1 hour')""",
            *(desk.account, run),
        )
        projects = [(desk.job.id, "9")] if spec.project_column else []
        await mark_missing(connection, tool_site(desk, run), spec.key, projects)


async def told(desk: Desk, item: Item, *, locked: bool = True, lines: Sequence[Line] = FIRST) -> None:
    """The project tool's budget as it is there now."""
    origin = await desk.value("select origin_id from budget where id = $1", item.id)
    made = [
        Incoming(
            "budget_line",
            f"L{place}",
            values={
                "line_number": place,
                "original_amount": Decimal(amount),
                "cost_code_text": f"{code}.{kind}",
            },
            refs={"cost_code": code, "cost_type": kind},
        )
        for place, (code, kind, amount) in enumerate(lines, 1)
    ]
    total = sum((Decimal(amount) for _, _, amount in lines), Decimal("0.00"))
    content = {"is_locked": locked, "original_amount": total}
    await arrives(desk, Incoming("budget", origin, values=content, refs={"project": "9"}, lines=made))


async def conflicts(desk: Desk, item: Item) -> list[tuple[str, str, str | None]]:
    """Field, code and message of each that is open."""
    rows = await desk.rows(
        "select field, code, message from conflict where object_id = $1 and resolved_at is null order by field",
        item.id,
    )
    return [tuple(row) for row in rows]


async def is_locked(desk: Desk, item: Item) -> bool:
    found: bool = await desk.value("select is_locked from budget where id = $1", item.id)
    return found


async def posted(desk: Desk, *flags: bool | None) -> None:
    """What the ERP lists of the job's budget."""
    await desk.change("delete from erp_record")
    async with desk.books() as books:
        for place, flag in enumerate(flags):
            fields = {} if flag is None else {"is_posted": flag}
            await books.insert(
                "erp_record", connection_id=desk.erp, object_key="budget_line", external_id=f"J100/{place}",
                project_code="J100", run_id=desk.ids(), fields=fields,
            )  # fmt: skip


async def can(desk: Desk, item: Item, action: str) -> list[str]:
    """The codes that `viewerCan` shows the approver."""
    from hub.actions.decide import lock
    from hub.core.action import Action

    async with desk.pool.transaction(desk.account) as connection:
        found = await lock(
            connection, desk.account, desk.people["approver"], BY_TAG[item.tag], Action(action), [item.id]
        )
    return [reason.code.value for reason in found[item.id].reasons]


GROWN = (("03-100", "L", "40000.00"), ("03-200", "M", "10000.00"), ("03-200", "L", "1.00"))


async def test_while_a_budget_waits_it_cannot_be_unlocked(desk: Desk):
    item = await budget(desk)
    await desk.send("manager", item)
    version = await desk.version(item)

    await told(desk, item, locked=False)

    assert await conflicts(desk, item) == [("is_locked", "BUDGET_WAITING_FOR_ACCEPTANCE", WAITS)]
    assert await is_locked(desk, item)
    assert await desk.version(item) == version + 1
    assert said(await accept(desk, item)) == ["CONTENT_CHANGED"]
    assert await can(desk, item, "UNLOCK") == ["BUDGET_WAITING_FOR_ACCEPTANCE"]
    await told(desk, item)
    assert await conflicts(desk, item) == []
    assert said(await accept(desk, item)) == []


async def test_while_a_budget_waits_a_line_cannot_be_added(desk: Desk):
    item = await budget(desk)
    await desk.send("manager", item)

    await told(desk, item, lines=GROWN)

    assert await conflicts(desk, item) == [
        ("lines", "BUDGET_WAITING_FOR_ACCEPTANCE", WAITS),
        ("original_amount", "BUDGET_WAITING_FOR_ACCEPTANCE", WAITS),
    ]
    assert await desk.value("select count(*) from budget_line where budget_id = $1", item.id) == 2
    assert said(await accept(desk, item)) == ["CONTENT_CHANGED"]
    await desk.ask("approver", "rejectItems", item, comment="Look again")
    await told(desk, item, lines=GROWN)
    assert await conflicts(desk, item) == []
    assert await desk.value("select count(*) from budget_line where budget_id = $1", item.id) == 3


def modification(desk: Desk, key: str, **values: Any) -> Incoming:
    line = Incoming(
        "budget_change_line",
        f"{key}/to",
        values={"line_number": 1, "amount": Decimal("5.00")},
        refs={"cost_code": "03-100", "cost_type": "L"},
    )
    content = {
        "kind": "MODIFICATION",
        "title": f"Move {key}",
        "status": "APPROVED",
        "amount": Decimal("5.00"),
    }
    return Incoming("budget_change", key, values={**content, **values}, refs={"project": "9"}, lines=[line])


async def test_while_a_budget_waits_it_cannot_be_modified(desk: Desk):
    item = await budget(desk)
    await arrives(desk, modification(desk, "m1"))
    await desk.send("manager", item)
    await arrives(desk, modification(desk, "m1", title="Move m1 more"))
    assert await conflicts(desk, item) == []

    await arrives(desk, modification(desk, "m2"))
    await arrives(desk, modification(desk, "m3", status="DRAFT"))

    assert await conflicts(desk, item) == [("budget_changes", "BUDGET_WAITING_FOR_ACCEPTANCE", WAITS)]
    assert await desk.value("select theirs from conflict") == "Move m2"
    assert said(await accept(desk, item)) == ["CONTENT_CHANGED"]
    await desk.ask("manager", "retrieveItems", item)
    await arrives(desk, modification(desk, "m2"))
    assert await conflicts(desk, item) == []


@pytest.mark.parametrize("flags", [(), (False,), (True, False), (None,)])
async def test_after_the_export_a_budget_is_unlocked_only_when_the_erp_has_posted_its_entries(
    desk: Desk, flags: tuple[bool | None, ...]
):
    item = await exported(desk)
    await posted(desk, *flags)

    await told(desk, item, locked=False)
    assert await conflicts(desk, item) == [
        (
            "is_locked",
            "ERP_ENTRIES_NOT_POSTED",
            "The ERP has not posted the exported entries, or does not tell.",
        )
    ]
    assert await is_locked(desk, item)
    assert await can(desk, item, "UNLOCK") == ["ERP_ENTRIES_NOT_POSTED"]

    await posted(desk, True, True)
    assert await can(desk, item, "UNLOCK") == []
    await told(desk, item, locked=False)
    assert await conflicts(desk, item) == []
    assert not await is_locked(desk, item)
    await told(desk, item, lines=GROWN)  # locked again, with another line
    assert await conflicts(desk, item) == []
    assert await is_locked(desk, item)
    assert said(await desk.send("manager", item)) == []


async def test_a_budget_that_holds_changes_cannot_be_unlocked(desk: Desk):
    item = await exported(desk)
    await posted(desk, True)
    await change(desk)

    await told(desk, item, locked=False)

    assert await conflicts(desk, item) == [
        ("is_locked", "BUDGET_HAS_CHANGES", "The budget holds approved changes.")
    ]
    assert await is_locked(desk, item)


async def test_even_when_it_was_retrieved_a_budget_with_changes_cannot_be_unlocked(desk: Desk):
    item = await budget(desk, LinkState.RETRIEVED)
    assert await can(desk, item, "UNLOCK") == []
    await change(desk)

    assert await can(desk, item, "UNLOCK") == ["BUDGET_HAS_CHANGES"]


async def test_a_synced_change_can_be_neither_edited_nor_deleted(desk: Desk):
    await exported(desk)
    item = await accepted(desk, await change(desk), revision_type="Budget Transfer")
    await confirm(desk, item, "J100/1")
    origin = await desk.value("select origin_id from budget_change where id = $1", item.id)

    await arrives(desk, modification(desk, origin, amount=Decimal("0.00")))
    locked = "The field is locked while the item is with accounting."
    assert await conflicts(desk, item) == [
        ("lines", "FIELD_LOCKED", locked),
        ("title", "FIELD_LOCKED", locked),
    ]
    assert (
        await desk.value("select title from budget_change where id = $1", item.id) == "Move steel to concrete"
    )

    await goes(desk, item)
    words = "It is in the ERP or on its way there, or was just unlinked and is no draft."
    assert ("origin_deleted_at", "DELETE_NOT_ALLOWED", words) in await conflicts(desk, item)


async def test_a_locked_field_that_was_edited_is_a_conflict_by_its_code(desk: Desk):
    item = await desk.sent()
    origin = await desk.value("select origin_id from commitment where id = $1", item.id)

    values = {
        "kind": "SUBCONTRACT",
        "number": "SC-001",
        "title": "Other works",
        "description": "Free to edit",
    }
    refs = {
        "project": "9",
        "company": await desk.value("select origin_id from company where id = $1", desk.vendor.id),
    }
    content = {**values, "status": "APPROVED", "original_amount": Decimal("40000.00"), "is_executed": False}
    line = Incoming(
        "commitment_line",
        "L1",
        values={"line_number": 1, "amount": Decimal("40000.00")},
        refs={"cost_code": "03-100", "cost_type": "L"},
    )
    await arrives(desk, Incoming("commitment", origin, values=content, refs=refs, lines=[line]))

    found = await conflicts(desk, item)
    assert ("title", "FIELD_LOCKED", "The field is locked while the item is with accounting.") in found
    assert "description" not in {field for field, _, _ in found}
    assert await desk.value("select description from commitment where id = $1", item.id) == "Free to edit"
    assert said(await desk.accept("approver", item)) == ["CONTENT_CHANGED"]
    assert await can(desk, item, "EDIT") == ["FIELD_LOCKED"]


@pytest.mark.parametrize(
    ("state", "status", "verdict"),
    [
        (LinkState.NOT_SENT, "APPROVED", []),
        (LinkState.REJECTED, "APPROVED", []),
        (LinkState.READY_TO_EXPORT, "APPROVED", ["DELETE_NOT_ALLOWED"]),
        (LinkState.SYNCED, "APPROVED", ["DELETE_NOT_ALLOWED"]),
        (LinkState.UNLINKED, "APPROVED", ["DELETE_NOT_ALLOWED"]),
        (LinkState.UNLINKED, "DRAFT", []),
    ],
)
async def test_a_commitment_is_deleted_only_when_it_is_unlinked_and_a_draft(
    desk: Desk, state: LinkState, status: str, verdict: list[str]
):
    item = await desk.subcontract(state=state, status=status)
    assert await can(desk, item, "DELETE") == verdict

    await goes(desk, item)

    assert [code for _, code, _ in await conflicts(desk, item)] == verdict
    assert await desk.value("select origin_deleted_at is not null from commitment where id = $1", item.id)


async def test_a_linked_company_is_not_deleted_and_one_that_comes_back_is_no_conflict(desk: Desk):
    await goes(desk, desk.vendor)
    assert [code for _, code, _ in await conflicts(desk, desk.vendor)] == ["DELETE_NOT_ALLOWED"]

    await desk.change("update company set origin_deleted_at = null where id = $1", desk.vendor.id)
    free = await desk.company("Free Company", LinkState.NOT_SENT)
    await goes(desk, free)
    assert await conflicts(desk, free) == []


async def test_a_project_that_is_linked_to_a_job_is_not_deleted_and_one_that_is_not_may_be(desk: Desk):
    await goes(desk, desk.job)
    assert [code for _, code, _ in await conflicts(desk, desk.job)] == ["DELETE_NOT_ALLOWED"]

    free = await desk.project("J200", LinkState.NOT_SENT)
    await goes(desk, free)
    assert await conflicts(desk, free) == []


@pytest.mark.parametrize("state", [LinkState.LINKED, LinkState.NOT_SENT])
@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("kind", ["cost", "payment"])
async def test_what_came_from_the_erp_and_counts_there_is_not_deleted(
    desk: Desk, kind: str, counts: bool, state: LinkState
):
    shared = {"project_id": desk.job.id, "amount": Decimal("5.00"), "currency": "USD"}
    contract = await desk.subcontract()
    async with desk.books() as books:
        if kind == "cost":
            status = "APPROVED" if counts else "DRAFT"
            made = await books.item(
                "direct_cost", "DirectCost", state, kind="EXPENSE", status=status, **shared
            )
        else:
            paid = {"commitment_id": contract.id, "is_void": not counts}
            made = await books.item("payment", "Payment", state, **paid, **shared)
    item = Item("dco" if kind == "cost" else "pay", made)

    await goes(desk, item)

    verdict = ["DELETE_NOT_ALLOWED"] if counts and state is LinkState.LINKED else []
    assert [code for _, code, _ in await conflicts(desk, item)] == verdict


async def test_conflicts_keep_both_values(desk: Desk):
    item = await budget(desk)
    await desk.send("manager", item)
    await told(desk, item, lines=GROWN)

    row = await desk.one("select ours, theirs from conflict where field = 'lines'")
    assert len(json.loads(row["ours"])) == 2
    assert len(json.loads(row["theirs"])) == 3
