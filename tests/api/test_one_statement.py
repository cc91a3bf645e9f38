"""However many rows it shows and however deep it goes, a query is one SQL statement."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from uuid import UUID

import pytest
import pytest_asyncio
from factories import Books, Ids

from db.session import ReadPool
from hub.api.context import Context, Viewer
from hub.core.link import LinkState

LIST = """query ($first: Int!) { commitments(first: $first, orderBy: NUMBER_ASC) { totalCount pageInfo { endCursor hasNextPage }
    nodes { id number linkState link { state digest system { name } } company { name commitments(first: 5) { nodes { id } } }
        project { number } lines { amount costCode { code } } history(first: 1) { nodes { action actor { name } } }
        viewerCan { send { allowed reasons { code message grant { held } } } accept { allowed } } } } }"""
MANY_ROOTS = """{ viewer { name } systems { name } members { id } companies(first: 10) { nodes { name } } projects(first: 10) {
    nodes { number } } syncRuns(first: 5) { nodes { items { item { id } } } } a: commitments(first: 3) { nodes { id } } }"""


@dataclass
class Counted:
    """A reading pool of one connection, and the statements that were sent over it."""

    pool: ReadPool
    account: UUID
    statements: list[str] = field(default_factory=list)

    def note(self, query: object) -> None:
        self.statements.append(str(query.query))  # type: ignore[attr-defined]

    def taken(self) -> list[str]:
        found, self.statements = self.statements, []
        return found


@pytest_asyncio.fixture(scope="module")
async def hundred(app_pool) -> tuple[UUID, UUID]:
    """An account with a hundred commitments of three lines, and its approver."""
    ids = Ids(77)
    async with app_pool.transaction(account := ids()) as connection:
        books = Books(connection, account, ids)
        await books.open("A hundred")
        company = await books.company("Acme", LinkState.LINKED, link={"external_id": "V1"})
        project = await books.project("24-001", LinkState.LINKED, link={"external_id": "J1"})
        for n in range(100):
            commitment = await books.commitment(f"SC-{n:03}", project, company)
            for line in (1, 2, 3):
                await books.line(commitment, line, "10.00")
        member = await books.member(name="Ana", erp_level=2, can_push_to_accounting=True, on={project: 3})
    return account, member


@pytest_asyncio.fixture
async def counted(hub_settings, hundred) -> AsyncIterator[Counted]:
    pool = await ReadPool.open(hub_settings.url_of("app"), 1)
    found = Counted(pool, hundred[0])
    async with pool.account(hundred[0]) as connection:  # opened, and set to the account
        connection.add_query_logger(found.note)
    yield found
    await pool.close()


@pytest.fixture
def context(application, hundred, counted) -> Context:
    means = replace(application.state.means, reads=counted.pool)
    return Context(Viewer(*hundred), means, application.state.engine)


@pytest.mark.parametrize("rows", [1, 10, 100])
async def test_a_list_with_relations_and_explanations_is_one_statement(context, counted, rows):
    answer = await context.engine.run(context, LIST, {"first": rows})

    assert answer.text is not None
    assert answer.text.count('"number":"SC-') == rows
    assert len(counted.taken()) == 1


async def test_many_roots_are_one_statement(context, counted):
    await context.engine.run(context, MANY_ROOTS)

    assert len(counted.taken()) == 1


async def test_computed_fields_add_no_statement(context, counted):
    text = "query ($first: Int!) { commitments(first: $first) { nodes { preview { digest problems { code } } } } }"

    for rows in (1, 10, 100):
        answer = await context.engine.run(context, text, {"first": rows})
        assert len(answer.result.data["commitments"]["nodes"]) == rows
        assert len(counted.taken()) == 1


async def test_another_account_on_the_connection_costs_one_statement_more(context, counted, ours):
    theirs = replace(context, viewer=Viewer(ours.account, ours.members["approver"]))

    for asking, count in ((context, 1), (theirs, 2), (theirs, 1), (context, 2)):
        await asking.engine.run(asking, "{ viewer { id } }")
        assert len(counted.taken()) == count


async def test_what_is_refused_before_reading_sends_nothing(context, counted):
    for text in (
        "{ commitments(first: 0) { totalCount } }",
        "{ nothing }",
        "{ commitments(first: 101) { totalCount } }",
    ):
        with pytest.raises(Exception, match=r"."):
            await context.engine.run(context, text)
    assert counted.taken() == []
