"""Two accounts over one small pool: whatever is asked in whichever order, nobody meets a row of the other."""

import asyncio
import json
from dataclasses import replace
from random import Random

import asyncpg
import pytest
import pytest_asyncio
from calling import Caller
from factories import Contractor, Ids
from graphql import GraphQLObjectType, get_named_type
from starlette.applications import Starlette

from db.session import ReadPool
from hub.api.context import Context, Viewer
from hub.api.schema import build

WHOLE = """
query ($ids: [ID!]!) { viewer { id name } systems { id } members { id projects { project { id } } }
  commitments(first: 100) { totalCount nodes { id company { id } project { id } lines { costCode { id } } lastRun { id }
    link { system { id } } history(first: 2) { nodes { id actor { id } } } attempts { id } } }
  companies(first: 100) { nodes { id suggestions { company { id } } commitments(first: 50) { nodes { id } } } }
  projects(first: 100) { nodes { id costCodes { costCode { id } costType { id } } } }
  subcontractorInvoices(first: 100) { nodes { id commitment { id } company { id } lines { costCode { id } } payments(first: 9) { nodes { id } } } }
  primeContracts(first: 9) { nodes { id changeOrders(first: 9) { nodes { id lines { costType { id } } } } invoices(first: 9) { nodes { id } } } }
  budgets(first: 9) { nodes { id project { id } lines { costCode { id } } } } directCosts(first: 50) { nodes { id company { id } } }
  costCodes(first: 100) { nodes { id } } costTypes(first: 100) { nodes { id } }
  syncRuns(first: 100) { nodes { id jobs { id } items { item { id } } issues(first: 5) { nodes { id } } } }
  nodes(ids: $ids) { id } }
"""
SMALL = (
    "{ viewer { id } }",
    "{ systems { id } }",
    "{ commitments(first: 5) { nodes { id company { id } } } }",
)
ROLES = ("approver", "project_manager", "read_only", "bi_reader", "erp_administrator")


def own_ids(who: Contractor) -> set[str]:
    return {id_ for tag in who.known for id_ in who.ids(tag)}


def met(text: str) -> set[str]:
    """Every global id in an answer."""
    words = text.replace('"', " ").split()
    return {word for word in words if len(word) == 40 and word[3] == "_"}


@pytest_asyncio.fixture(scope="module")
async def small_pool(hub_settings):
    pool = await ReadPool.open(hub_settings.url_of("app"), 3)
    yield pool
    await pool.close()


async def test_random_interleavings_leak_nothing(
    application: Starlette, small_pool, ours: Contractor, theirs: Contractor
):
    """Each answer holds what its account owns and nothing else; connections change accounts all the while."""
    engine, dice = application.state.engine, Random(11)
    means = replace(application.state.means, reads=small_pool)
    foreign = {id(ours): own_ids(theirs), id(theirs): own_ids(ours)}
    seen: dict[int, int] = {id(ours): 0, id(theirs): 0}

    async def one(who: Contractor, role: str, text: str, give_up: bool) -> None:
        context = Context(Viewer(who.account, who.members[role], bulk=role == "bi_reader"), means, engine)
        asked = {"ids": dice.sample(sorted(foreign[id(who)]), 5)} if text is WHOLE else {}
        try:
            async with asyncio.timeout(0.001 if give_up else 60):
                answer = await engine.run(context, text, asked)
        except TimeoutError:
            return
        found = met(answer.text)
        assert not found & foreign[id(who)]
        seen[id(who)] += len(found)

    asks = [
        (
            dice.choice((ours, theirs)),
            dice.choice(ROLES),
            WHOLE if dice.random() < 0.1 else dice.choice(SMALL),
            dice.random() < 0.1,
        )
        for _ in range(1200)
    ]
    for start in range(0, len(asks), 25):
        async with asyncio.TaskGroup() as group:
            for ask in asks[start : start + 25]:
                group.create_task(one(*ask))

    assert min(seen.values()) > 1000


@pytest.mark.parametrize("role", ROLES)
async def test_every_root_holds_rows_of_its_own_account_alone(by, ours, theirs, role):
    answer = await by(role).post(WHOLE, {"ids": sorted(own_ids(theirs))[:100]})

    data = answer.json()["data"]
    assert data["nodes"] == [None] * 100
    assert len(met(answer.text)) > 50
    assert not met(answer.text) & own_ids(theirs)


FIELD = "query ($id: ID!) { %s(id: $id) { id __typename } }"
BY_ID = sorted(name for name, field in build()[0].query_type.fields.items() if "id" in field.args)


def test_the_roots_by_id_are_these():
    assert {"node", "commitment", "company", "project", "syncRun"} <= set(BY_ID)


@pytest.mark.parametrize("root", BY_ID)
async def test_a_foreign_id_and_a_missing_one_are_answered_with_the_same_bytes(by, theirs, root):
    missing = Ids(99)

    for tag in theirs.known:
        foreign = await by("erp_administrator").post(FIELD % root, {"id": theirs.ids(tag)[0]})
        absent = await by("erp_administrator").post(FIELD % root, {"id": f"{tag}_{missing()}"})
        assert foreign.content == absent.content
        assert foreign.json()["data"] == {root: None}
        assert dict(foreign.headers) == dict(absent.headers)


async def test_a_filter_by_a_foreign_id_finds_nothing(by, theirs):
    text = """query ($c: ID!, $p: ID!) { a: commitments(first: 5, filter: {company: {eq: $c}}) { totalCount }
        b: commitments(first: 5, filter: {project: {in: [$p]}}) { totalCount } }"""

    data = await by("bi_reader").data(text, c=theirs.ids("com")[0], p=theirs.ids("prj")[0])

    assert data == {"a": {"totalCount": 0}, "b": {"totalCount": 0}}


MUTATIONS = {
    "sendItems": "",
    "retrieveItems": "",
    "acceptItems": ', digest: "%s"' % ("0" * 64),
    "rejectItems": ', comment: "no"',
    "unlinkItems": "",
    "addItems": "",
    "refreshItems": "",
    "archiveItems": "",
    "restoreItems": "",
    "assignCostTypes": ", costTypeIds: []",
    "importBudgets": "",
    "importPrimeContracts": "",
    "setJobCostSync": ", enabled: false",
}
PAIRS = {"linkItems", "refuseSuggestions"}


def items_mutations() -> set[str]:
    mutation = build()[0].mutation_type
    assert mutation is not None
    return {name for name, field in mutation.fields.items() if _takes_items(field)}


def _takes_items(field) -> bool:
    asked = get_named_type(field.args["input"].type) if "input" in field.args else None
    return asked is not None and not isinstance(asked, GraphQLObjectType) and "items" in asked.fields


def test_every_mutation_of_items_is_tried():
    assert items_mutations() <= {*MUTATIONS, *PAIRS}


@pytest.mark.parametrize("name", sorted(MUTATIONS))
async def test_a_mutation_of_a_foreign_item_is_that_of_a_missing_one(by, app_pool, ours, theirs, name):
    text = (
        "mutation ($id: ID!, $key: String!) { %s(input: {idempotencyKey: $key, items: [{id: $id, expectedVersion: 1%s}]})"
        % (
            name,
            MUTATIONS[name],
        )
    )
    text += " { run { id } items { item { id } userErrors { code message field } } userErrors { code } } }"
    before = await _written(app_pool, theirs)

    for tag in (
        "cmt",
        "com",
        "prj",
        "ccd",
        "bud",
        "bch",
        "cco",
        "inv",
        "pay",
        "dco",
        "pmc",
        "pco",
        "oin",
        "sub",
        "tpl",
    ):
        asked = {"foreign": theirs.ids(tag)[0], "missing": f"{tag}_{Ids(99)()}"}
        answers = {
            how: (await by("erp_administrator").data(text, id=id_, key=f"{name}-{tag}-{how}"))
            for how, id_ in asked.items()
        }
        assert json.dumps(answers["foreign"]) == json.dumps(answers["missing"])
        assert answers["foreign"][name]["run"] is None
        assert answers["foreign"][name]["items"][0]["item"] is None

    assert await _written(app_pool, theirs) == before


@pytest.mark.parametrize("name", sorted(PAIRS))
async def test_a_pair_with_a_foreign_half_is_that_with_a_missing_one(by, app_pool, ours, theirs, name):
    text = (
        """mutation ($id: ID!, $version: Int!, $target: ID!, $key: String!) { %s(input: { idempotencyKey: $key, items: [
        { id: $id, expectedVersion: $version, targetId: $target }] }) {
        run { id } items { item { id } userErrors { code message field } } userErrors { code } } }"""
        % name
    )
    ready = "{ companies(first: 1, filter: { linkState: { eq: READY_TO_IMPORT } }) { nodes { id version } } }"
    [vendor] = (await by("erp_administrator").data(ready))["companies"]["nodes"]
    before = [await _written(app_pool, who) for who in (ours, theirs)]

    foreign, missing = theirs.ids("com")[0], f"com_{Ids(99)()}"
    for halves in (
        [{"id": each, "version": 1, "target": ours.ids("com")[0]} for each in (foreign, missing)],
        [{"id": vendor["id"], "version": vendor["version"], "target": each} for each in (foreign, missing)],
    ):
        first, second = [
            await by("erp_administrator").data(text, **half, key=f"{name}-{half['id']}-{half['target']}")
            for half in halves
        ]
        assert json.dumps(first) == json.dumps(second)
        assert first[name]["run"] is None
        assert [error["code"] for error in first[name]["items"][0]["userErrors"]] == ["NOT_FOUND"]

    assert [await _written(app_pool, who) for who in (ours, theirs)] == before


async def test_default_cost_types_of_another_account_are_none_that_there_are(by, app_pool, ours, theirs):
    text = """mutation ($id: ID!, $version: Int!, $type: ID!, $key: String!) { assignCostTypes(input: { idempotencyKey: $key,
        items: [{ id: $id, expectedVersion: $version, costTypeIds: [$type] }] }) {
        run { id } items { userErrors { code message field } } } }"""
    [code] = (await by("erp_administrator").data("{ costCodes(first: 1) { nodes { id version } } }"))[
        "costCodes"
    ]["nodes"]
    before = await _written(app_pool, ours)

    answers = [
        await by("erp_administrator").data(
            text, id=code["id"], version=code["version"], type=each, key=f"types-{each}"
        )
        for each in (theirs.ids("cty")[0], f"cty_{Ids(99)()}")
    ]

    assert answers[0] == answers[1]
    assert answers[0]["assignCostTypes"]["run"] is None
    assert answers[0]["assignCostTypes"]["items"][0]["userErrors"][0]["code"] == "BAD_ID"
    assert await _written(app_pool, ours) == before


async def test_an_id_of_another_type_is_a_bad_id(by: Caller, ours):
    text = """mutation ($id: ID!, $target: ID!) { linkItems(input: {idempotencyKey: "bad", items: [
        {id: $id, expectedVersion: 1, targetId: $target}]}) { run { id } items { userErrors { code field } } } }"""

    data = await by("erp_administrator").data(text, id=ours.ids("com")[10], target=ours.ids("cmt")[0])

    assert data["linkItems"]["run"] is None
    assert data["linkItems"]["items"][0]["userErrors"][0]["code"] == "BAD_ID"


async def _written(app_pool, who: Contractor) -> list[int]:
    async with app_pool.transaction(who.account) as connection:
        return [
            await connection.fetchval(f"select count(*) from {table} where account_id = $1", who.account)
            for table in ("sync_run", "job", "event", "idempotent_answer")
        ]


async def test_row_level_security_alone_keeps_accounts_apart(app_pool, hub_settings, ours, theirs):
    """Were a statement to forget the account, the connection's own account would still stand."""
    pool = await ReadPool.open(hub_settings.url_of("app"), 1)
    for who in (ours, theirs, ours):
        async with pool.account(who.account) as connection:
            accounts = await connection.fetch("select distinct account_id from commitment")
            assert [row["account_id"] for row in accounts] == [who.account]
    await pool.close()


async def test_every_statement_keeps_to_its_account_where_nothing_else_does(
    hub_settings, both_ways, ours, theirs
):
    """Run by a login that row-level security does not bind, a statement answers what it answers anyway."""
    owner = await asyncpg.connect(hub_settings.database_url)
    free = await owner.fetchval("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
    try:
        for role in ROLES:
            context = both_ways.context(ours, role)
            asked = {"ids": [*sorted(own_ids(theirs))[:50], *sorted(own_ids(ours))[:50]]}
            ready = both_ways.engine.ready(context, WHOLE, asked)
            answer = await both_ways.engine.answer(context, ready)
            if free:
                await owner.execute("set time zone 'UTC'")
                assert await owner.fetchval(ready.sql, *ready.params) == answer.text
            assert len(met(answer.text)) > 50
    finally:
        await owner.close()


async def test_the_same_bytes_from_different_people_are_different_requests(client, ours, theirs, app_pool):
    """A request that is known is not parsed again, yet it is answered for whoever sends it, as their rights stand then."""
    body = json.dumps({"query": "{ viewer { id } commitments(first: 100) { totalCount nodes { id } } }"})

    async def ask(who: Contractor, role: str) -> dict:
        headers = {"Authorization": f"Bearer {who.keys[role]}", "Content-Type": "application/json"}
        answer = (await client.post("/graphql", content=body, headers=headers)).json()["data"]
        assert answer["viewer"]["id"] == f"mbr_{who.members[role]}"
        return answer

    for _ in range(2):
        assert (await ask(ours, "outsider"))["commitments"]["totalCount"] == 8
        assert (await ask(theirs, "approver"))["commitments"]["totalCount"] == 40
        mine = await ask(ours, "approver")
        assert {node["id"] for node in mine["commitments"]["nodes"]} == set(ours.ids("cmt"))

    async def grant(level: int) -> None:
        async with app_pool.transaction(ours.account) as connection:
            await connection.execute(
                "update project_member set commitments_level = $3 where account_id = $1 and member_id = $2",
                *(ours.account, ours.members["outsider"], level),
            )

    await grant(0)
    assert (await ask(ours, "outsider"))["commitments"]["totalCount"] == 0
    await grant(1)
    assert (await ask(ours, "outsider"))["commitments"]["totalCount"] == 8
