"""The moves a link may make, typed by hand from the workflow, and that the database refuses every other."""

from uuid import UUID

import asyncpg
import pytest

from db.clock import new_id
from db.session import WritePool
from hub.core.link import LOCKED, Event, LinkState, move, pairs, sources

# From state, event, state after it. An empty state is a link that is not there yet.
ALLOWED = """
    -                KNOWN_HERE      NOT_SENT
    -                KNOWN_IN_ERP    READY_TO_IMPORT
    NOT_SENT         SEND            READY_TO_EXPORT
    UNLINKED         SEND            READY_TO_EXPORT
    REJECTED         SEND            READY_TO_EXPORT
    RETRIEVED        SEND            READY_TO_EXPORT
    READY_TO_EXPORT  RETRIEVE        RETRIEVED
    READY_TO_EXPORT  REJECT          REJECTED
    READY_TO_EXPORT  ACCEPT          EXPORTING
    EXPORTING        CONFIRM         SYNCED
    EXPORTING        FAIL            FAILED
    EXPORTING        LOSE_SIGHT      IN_DOUBT
    FAILED           REJECT          REJECTED
    FAILED           ACCEPT          EXPORTING
    IN_DOUBT         CONFIRM         SYNCED
    IN_DOUBT         RESOLVE_ABSENT  FAILED
    EXPORTING        LINK            LINKED
    IN_DOUBT         LINK            LINKED
    SYNCED           REVISE          READY_TO_EXPORT
    READY_TO_EXPORT  STAND           SYNCED
    FAILED           STAND           SYNCED
    SYNCED           UNLINK          UNLINKED
    SYNCED           VANISH          ORPHANED
    ORPHANED         UNLINK          UNLINKED
    ORPHANED         REAPPEAR        SYNCED
    READY_TO_IMPORT  LINK            LINKED
    NOT_SENT         LINK            LINKED
    UNLINKED         LINK            LINKED
    REJECTED         LINK            LINKED
    RETRIEVED        LINK            LINKED
    LINKED           UNLINK          NOT_SENT
    READY_TO_IMPORT  ARCHIVE         ARCHIVED
    ARCHIVED         RESTORE         READY_TO_IMPORT
"""
MOVES = {
    (before, event): after
    for before, event, after in (row.split() for row in ALLOWED.split("\n") if row.strip())
}
STATES = """NOT_SENT READY_TO_EXPORT EXPORTING SYNCED FAILED IN_DOUBT REJECTED RETRIEVED UNLINKED ORPHANED
    READY_TO_IMPORT LINKED ARCHIVED""".split()
EVERY = [(before, event.value) for before in ["-", *STATES] for event in Event]


def after(before: str, event: str) -> str | None:
    found = move(None if before == "-" else LinkState(before), Event(event))
    return found.value if found else None


def test_there_are_these_states_and_no_others():
    assert [state.value for state in LinkState] == STATES


def test_every_allowed_move_leads_where_the_workflow_says():
    assert {(before, event): after(before, event) for before, event in MOVES} == MOVES


def test_every_other_move_is_refused():
    assert [
        (before, event) for before, event in EVERY if (before, event) not in MOVES and after(before, event)
    ] == []


def test_an_item_can_be_sent_from_four_states():
    assert set(sources(Event.SEND)) == {"NOT_SENT", "REJECTED", "RETRIEVED", "UNLINKED"}


def test_fields_are_locked_from_sending_until_the_item_comes_back():
    assert {state.value for state in LOCKED} == {
        "READY_TO_EXPORT", "EXPORTING", "SYNCED", "FAILED", "IN_DOUBT", "ORPHANED",
    }  # fmt: skip


def test_the_database_is_given_the_pairs_of_the_table():
    assert pairs() == sorted({("" if before == "-" else before, to) for (before, _), to in MOVES.items()})


PAIRS = {("" if before == "-" else before, to) for (before, _), to in MOVES.items()}
# A way to each state over allowed moves, typed by hand.
WAYS = {
    "": (),
    "NOT_SENT": ("NOT_SENT",),
    "READY_TO_EXPORT": ("NOT_SENT", "READY_TO_EXPORT"),
    "EXPORTING": ("NOT_SENT", "READY_TO_EXPORT", "EXPORTING"),
    "SYNCED": ("NOT_SENT", "READY_TO_EXPORT", "EXPORTING", "SYNCED"),
    "FAILED": ("NOT_SENT", "READY_TO_EXPORT", "EXPORTING", "FAILED"),
    "IN_DOUBT": ("NOT_SENT", "READY_TO_EXPORT", "EXPORTING", "IN_DOUBT"),
    "REJECTED": ("NOT_SENT", "READY_TO_EXPORT", "REJECTED"),
    "RETRIEVED": ("NOT_SENT", "READY_TO_EXPORT", "RETRIEVED"),
    "UNLINKED": ("NOT_SENT", "READY_TO_EXPORT", "EXPORTING", "SYNCED", "UNLINKED"),
    "ORPHANED": ("NOT_SENT", "READY_TO_EXPORT", "EXPORTING", "SYNCED", "ORPHANED"),
    "READY_TO_IMPORT": ("READY_TO_IMPORT",),
    "LINKED": ("READY_TO_IMPORT", "LINKED"),
    "ARCHIVED": ("READY_TO_IMPORT", "ARCHIVED"),
}
_INSERT = """
    insert into link (account_id, id, connection_id, object_type, object_id, state)
    values ($1, $2, $3, 'Commitment', $4, $5)"""


async def try_move(pool: WritePool, account: UUID, erp: UUID, before: str, to: str) -> bool:
    """Whether a link that stands at `before` is let to `to`; nothing of it is kept."""
    ways, link = [*WAYS[before], to], new_id()
    async with pool._pool.acquire() as connection:  # a transaction of its own that is always rolled back
        transaction = connection.transaction()
        await transaction.start()
        try:
            await connection.execute("select set_config('app.account', $1, true)", str(account))
            for place, state in enumerate(ways):
                if place == 0:
                    await connection.execute(_INSERT, account, link, erp, new_id(), state)
                else:
                    await connection.execute("update link set state = $2 where id = $1", link, state)
        except asyncpg.CheckViolationError:
            assert place == len(ways) - 1, f"the way to {before} is refused at {ways[place]}"
            return False
        finally:
            await transaction.rollback()
    return True


@pytest.mark.parametrize("before", WAYS)
async def test_the_database_lets_a_link_make_these_moves_and_refuses_all_others(
    app_pool: WritePool, account: UUID, erp: UUID, before: str
):
    allowed = {to for to in STATES if to != before and await try_move(app_pool, account, erp, before, to)}

    assert allowed == {to for known, to in PAIRS if known == before}


async def test_a_link_may_stay_where_it_is(app_pool: WritePool, account: UUID, erp: UUID):
    assert await try_move(app_pool, account, erp, "SYNCED", "SYNCED")
