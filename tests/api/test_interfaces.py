"""Interfaces: `node`, `nodes`, the items of a run, and fragments on what they may be."""

import pytest
from calling import BothWays

KINDS = {
    "cmt": "Commitment",
    "com": "Company",
    "prj": "Project",
    "ccd": "CostCode",
    "cty": "CostType",
    "mbr": "Member",
    "sys": "System",
    "job": "Job",
    "att": "Attempt",
    "evt": "Event",
    "iss": "SyncIssue",
    "run": "SyncRun",
}
ANY = """
query ($id: ID!) { node(id: $id) { __typename id ...Item ... on Commitment { number company { name } }
    ... on Company { name suggestions { company { name } } } ... on Project { number costCodes { inErp } } ... on CostCode { code }
    ... on CostType { code } ... on Member { name erpLevel projects { commitmentsLevel } } ... on System { role }
    ... on Job { state } ... on Attempt { step system { name } } ... on Event { action } ... on SyncIssue { code }
    ... on SyncRun { items { position item { __typename id } } jobs { kind } issues(first: 2) { nodes { id } } } } }
fragment Item on ErpItem { linkState link { exportRevision } viewerCan { send { allowed } } origin { id } }
"""
NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on ErpItem { linkState } ... on Member { name } } }"


@pytest.mark.parametrize("tag", KINDS)
async def test_a_node_is_of_its_kind(both_ways: BothWays, ours, tag):
    for role in ("approver", "read_only"):
        for id_ in ours.ids(tag)[:4]:
            node = (await both_ways.ask(ours, role, ANY, {"id": id_}))["node"]
            assert (node["__typename"], node["id"]) == (KINDS[tag], id_)


@pytest.mark.parametrize(
    "id_",
    ["", "x", "cmt_", "cmt_1", "zzz_019b8e07-4c74-78d8-ba0e-ceacac153076", "cmt_" + "g" * 36, "9" * 10_000],
)
async def test_an_id_that_is_none_of_ours_names_nothing(both_ways: BothWays, ours, id_):
    assert await both_ways.ask(ours, "approver", ANY, {"id": id_}) == {"node": None}


async def test_an_id_of_another_type_names_nothing(both_ways: BothWays, ours):
    text = "query ($id: ID!) { commitment(id: $id) { id } company(id: $id) { id } project(id: $id) { id } syncRun(id: $id) { id } }"

    for tag, name in (("cmt", "commitment"), ("com", "company"), ("prj", "project"), ("run", "syncRun")):
        data = await both_ways.ask(ours, "approver", text, {"id": ours.ids(tag)[0]})
        assert {key for key, value in data.items() if value is not None} == {name}


async def test_the_uuid_of_one_kind_under_the_tag_of_another_names_nothing(both_ways: BothWays, ours):
    swapped = "com_" + ours.ids("cmt")[0].partition("_")[2]

    assert await both_ways.ask(ours, "approver", ANY, {"id": swapped}) == {"node": None}


async def test_one_document_serves_every_kind_in_turn(both_ways: BothWays, ours):
    for tag in (*KINDS, *reversed(KINDS)):
        node = (await both_ways.ask(ours, "approver", ANY, {"id": ours.ids(tag)[0]}))["node"]
        assert node["__typename"] == KINDS[tag]


async def test_nodes_come_in_the_order_asked_with_nulls_between(both_ways: BothWays, ours):
    asked = [
        ours.ids("cmt")[3],
        "junk",
        ours.ids("com")[0],
        ours.ids("cmt")[3],
        ours.ids("mbr")[0],
        "cmt_" + "0" * 36,
    ]

    nodes = (await both_ways.ask(ours, "approver", NODES, {"ids": asked}))["nodes"]

    assert [node and node["id"] for node in nodes] == [asked[0], None, asked[2], asked[3], asked[4], None]
    assert [node and node["__typename"] for node in nodes] == [
        "Commitment",
        None,
        "Company",
        "Commitment",
        "Member",
        None,
    ]


async def test_nodes_of_none_of_one_and_of_too_many(both_ways: BothWays, ours):
    one = ours.ids("prj")[0]

    assert await both_ways.ask(ours, "approver", NODES, {"ids": []}) == {"nodes": []}
    assert len((await both_ways.ask(ours, "approver", NODES, {"ids": one}))["nodes"]) == 1
    assert len((await both_ways.ask(ours, "approver", NODES, {"ids": [one] * 100}))["nodes"]) == 100
    assert await both_ways.ask(ours, "approver", NODES, {"ids": [one] * 101}) == "TOO_MANY_ITEMS"
    assert await both_ways.ask(ours, "approver", NODES, {"ids": [one, None]}) == "BAD_VARIABLES"


async def test_the_items_of_a_run_are_each_of_their_kind(both_ways: BothWays, ours):
    text = """query ($id: ID!) { syncRun(id: $id) { items { position item { __typename linkState
        ... on Commitment { number } ... on Company { name } ... on ErpItem { version } ... on Node { id } } } } }"""

    items = (await both_ways.ask(ours, "approver", text, {"id": ours.ids("run")[0]}))["syncRun"]["items"]

    kinds = ["Commitment"] * 5 + ["Company", "Project", "CostCode"]
    assert [item["item"]["__typename"] for item in items] == kinds
    assert list(items[0]["item"]) == ["__typename", "linkState", "number", "version", "id"]
    assert list(items[5]["item"]) == ["__typename", "linkState", "name", "version", "id"]


async def test_a_fragment_that_cannot_apply_adds_nothing(both_ways: BothWays, ours):
    text = "query ($id: ID!) { node(id: $id) { ... on Company { name } ... on ErpItem { ... on Company { id } } } }"

    assert await both_ways.ask(ours, "approver", text, {"id": ours.ids("cmt")[0]}) == {"node": {}}


async def test_one_key_means_another_field_in_each_kind(both_ways: BothWays, ours):
    text = """query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Commitment { label: number } ... on Company { label: name }
        ... on Member { label: name } } }"""

    asked = [ours.ids("cmt")[0], ours.ids("com")[0], ours.ids("mbr")[1]]
    nodes = (await both_ways.ask(ours, "approver", text, {"ids": asked}))["nodes"]

    assert nodes[1:] == [{"label": "Acme Concrete"}, {"label": "Ana Ruiz"}]


async def test_what_a_person_may_not_see_is_null_by_node_and_absent_from_lists(both_ways: BothWays, ours):
    text = "query ($id: ID!) { node(id: $id) { id } commitments(first: 100) { totalCount nodes { id project { id } } } }"
    off_project = ours.ids("cmt")[3]  # on the fourth project, where the project manager has no place

    seen = await both_ways.ask(ours, "project_manager", text, {"id": off_project})

    assert seen["node"] is None
    assert seen["commitments"]["totalCount"] == 24
    assert off_project not in [node["id"] for node in seen["commitments"]["nodes"]]
    assert all(node["project"] for node in seen["commitments"]["nodes"])
    assert (await both_ways.ask(ours, "approver", text, {"id": off_project}))["node"] == {"id": off_project}


async def test_an_event_by_its_id_is_shown_to_those_who_may_see_its_item(both_ways: BothWays, ours, app_pool):
    async with app_pool.transaction(ours.account) as connection:
        ours.books.connection = connection
        hidden, shown = [
            f"evt_{await ours.books.row('event', action='SEND', object_type='Commitment', object_id=id_)}"
            for id_ in (ours.known["cmt"][8], ours.known["cmt"][5])
        ]

    async def seen(role: str, id_: str) -> bool:
        return (await both_ways.ask(ours, role, "query ($id: ID!) { node(id: $id) { id } }", {"id": id_}))[
            "node"
        ] is not None

    assert [await seen("project_manager", id_) for id_ in (hidden, shown)] == [False, True]
    assert [await seen("read_only", id_) for id_ in (hidden, shown)] == [True, True]


async def test_people_by_id_are_shown_to_those_who_may_list_them(both_ways: BothWays, ours):
    text = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } members { id } }"

    for role in ("bi_reader", "project_manager"):
        data = await both_ways.ask(ours, role, text, {"ids": ours.ids("mbr")})
        listed = {member["id"] for member in data["members"]}
        assert {node["id"] for node in data["nodes"] if node} == listed & set(ours.ids("mbr"))
    assert len(listed) >= 5


async def test_an_item_names_the_one_that_has_to_get_into_the_erp_before_it(both_ways: BothWays, ours):
    text = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ErpItem { id waitsFor } } }"
    waiting, free, late = ours.ids("cco")[9], ours.ids("cco")[8], ours.ids("cmt")[9]

    for role in ("approver", "bi_reader"):
        answer = await both_ways.ask(ours, role, text, {"ids": [waiting, free]})

        assert answer["nodes"] == [{"id": waiting, "waitsFor": late}, {"id": free, "waitsFor": None}]
