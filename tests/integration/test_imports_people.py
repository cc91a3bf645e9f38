"""Imports of members with their rights, and of the codes of projects."""

from dataclasses import replace
from uuid import UUID

import pytest
import pytest_asyncio
from imports_bench import Bench, document, record

from db.session import WritePool
from hub.erp.connector import Incoming
from hub.settings import Settings


def person(number: str, name: str, erp: int = 0, **values) -> Incoming:
    told = {"email": f"{number}@example.org", "is_active": True, "can_push_to_accounting": False}
    return record("member", number, name=name, levels={"erp": erp, "directory": 1}, **{**told, **values})


def right(number: str, commitments: int, granular=()) -> Incoming:
    return record(
        "project_member",
        number,
        levels={"commitments": commitments},
        granular=list(granular),
        refs={"member": number, "project": "9"},
    )


@pytest_asyncio.fixture
async def bench(hub_settings: Settings, app_pool: WritePool, account: UUID) -> Bench:
    bench = await Bench.open(hub_settings, app_pool, account)
    bench.tool.put(
        "project", record("project", "9", "24-101", number="24-101", name="Harbour Tower", is_active=True)
    )
    bench.tool.put(
        "member",
        person("1", "Ana Ruiz", 2, can_push_to_accounting=True),
        person("9007199254740993", "Rita Cole", 1),
    )
    bench.tool.put(
        "project_member", right("1", 3, ["commitments.approve"]), right("9007199254740993", 1), project="9"
    )
    await bench.from_tool("member", "project", "project_member")
    return bench


async def test_members_come_in_with_their_levels(bench: Bench):
    rows = await bench.rows(
        "select name, erp_level, directory_level, can_push_to_accounting, origin_id from member order by name"
    )
    assert [tuple(row) for row in rows] == [
        ("Ana Ruiz", 2, 1, True, "1"),
        ("Rita Cole", 1, 1, False, "9007199254740993"),
    ]
    rights = await bench.rows(
        "select m.name, r.commitments_level, r.budget_level, r.granular from project_member r join member m on m.id = r.member_id order by 1"
    )
    assert [tuple(row) for row in rights] == [
        ("Ana Ruiz", 3, 0, ["commitments.approve"]),
        ("Rita Cole", 1, 0, []),
    ]
    assert (
        await bench.value("select count(*) from event where object_type in ('Member', 'ProjectMember')") == 4
    )


async def test_unchanged_rights_get_younger_without_an_event(bench: Bench):
    events = await bench.events()
    ages = await bench.value("select min(rights_imported_at) from member")

    run = await bench.from_tool("member", "project_member")

    assert await bench.events() == events
    assert await bench.value("select min(rights_imported_at) from member") > ages
    assert (run["records_unchanged"], run["records_updated"], run["proof"]) == (4, 0, "UNPROVEN")


async def test_a_changed_right_is_an_event_with_both_images(bench: Bench):
    bench.tool.put("member", person("1", "Ana Ruiz", 3), person("9007199254740993", "Rita Cole", 1))

    await bench.from_tool("member")

    row = await bench.one(
        "select erp_level, can_push_to_accounting, version from member where origin_id = '1'"
    )
    assert tuple(row) == (3, False, 2)
    event = await bench.one(
        "select before, after from event where object_type = 'Member' and before is not null"
    )
    assert (document(event["before"])["erp_level"], document(event["after"])["erp_level"]) == (2, 3)
    assert "rights_imported_at" not in document(event["after"])


async def test_who_left_the_company_may_do_nothing_any_more(bench: Bench):
    await bench.change(
        "update connection set settings = '{\"missing_share_cap\": 0.5}' where id = $1", bench.tool_id
    )
    bench.tool.put("member", person("1", "Ana Ruiz", 2, can_push_to_accounting=True))
    bench.tool.put("project_member", right("1", 3, ["commitments.approve"]), project="9")

    await bench.from_tool("member", "project_member")

    rows = await bench.rows("select name, is_active from member order by name")
    assert [tuple(row) for row in rows] == [("Ana Ruiz", True), ("Rita Cole", False)]
    assert await bench.value("select count(*) from project_member") == 1
    gone = await bench.one(
        "select before, after from event where object_type = 'ProjectMember' and after is null"
    )
    assert document(gone["before"])["commitments_level"] == 1


async def test_a_service_of_the_hub_is_left_alone(bench: Bench):
    await bench.change(
        "insert into member (account_id, id, name) values ($1, gen_random_uuid(), 'Nightly')", bench.account
    )

    await bench.from_tool("member")

    assert await bench.value("select is_active from member where name = 'Nightly'") is True


async def test_a_member_whose_row_does_not_fit_keeps_the_rights(bench: Bench):
    bench.tool.put("member", person("1", "x" * 201), person("9007199254740993", "Rita Cole", 1))

    run = await bench.from_tool("member")

    assert (run["issues_count"], run["state"]) == (1, "PARTLY")
    assert await bench.value("select is_active from member where origin_id = '1'") is True


def code_in_tool(
    external_id: str, code: str, *types: str, linked: bool = True, active: bool = True
) -> Incoming:
    return record(
        "project_cost_code",
        external_id,
        code if linked else None,
        code=code,
        is_active=active,
        refs={"cost_code": code if linked else None, "project": "9"},
        lines=tuple(record("cost_type", f"t{kind}", kind, code=kind) for kind in types),
    )


def code_in_erp(code: str, *types: str) -> Incoming:
    return record(
        "project_cost_code",
        f"24-101/{code}",
        code=code,
        is_active=True,
        refs={"cost_code": code, "project": "24-101"},
        lines=tuple(record("cost_type", f"24-101/{code}/{k}", code=k, refs={"cost_type": k}) for k in types),
    )


@pytest_asyncio.fixture
async def coded(bench: Bench) -> Bench:
    """A linked project and the ERP's list of codes and types."""
    bench.erp.put(
        "project", record("project", "24-101", number="24-101", name="Harbour Tower", is_active=True)
    )
    bench.erp.put("cost_code", *(record("cost_code", c, code=c, name=c) for c in ("03-300", "05-100")))
    bench.erp.put("cost_type", *(record("cost_type", c, code=c, name=c) for c in ("S", "M")))
    await bench.from_erp("cost_type", "cost_code", "project")
    return bench


async def pairs(bench: Bench) -> list[tuple]:
    rows = await bench.rows(
        "select c.code, y.code as kind, p.origin_id, p.in_erp from project_cost_code p"
        " join cost_code c on c.id = p.cost_code_id join cost_type y on y.id = p.cost_type_id order by 1, 2"
    )
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("first", ["erp", "tool"])
async def test_pairs_of_a_project_know_both_sides(coded: Bench, first: str):
    coded.erp.put(
        "project_cost_code", code_in_erp("03-300", "S", "M"), code_in_erp("05-100", "S"), project="24-101"
    )
    coded.tool.put(
        "project_cost_code",
        code_in_tool("71", "03-300", "S", "M"),
        code_in_tool("72", "99-999", "S", linked=False),
        code_in_tool("73", "05-100", "M", linked=False),
        project="9",
    )

    for side in ("erp", "tool") if first == "erp" else ("tool", "erp"):
        await (coded.from_erp if side == "erp" else coded.from_tool)("project_cost_code")

    assert await pairs(coded) == [
        ("03-300", "M", "71", True),
        ("03-300", "S", "71", True),
        ("05-100", "M", "73", False),
        ("05-100", "S", None, True),
    ]


async def test_changes_of_pairs_are_one_event_of_the_project_per_page(coded: Bench):
    coded.erp.put(
        "project_cost_code", code_in_erp("03-300", "S", "M"), code_in_erp("05-100", "S"), project="24-101"
    )
    version = await coded.value("select version from project")
    events = await coded.events()

    await coded.from_erp("project_cost_code")

    assert await coded.value("select version from project") == version + 1
    event = await coded.one(
        "select before, after from event where object_type = 'Project' order by id desc limit 1"
    )
    assert (len(document(event["before"])["lines"]), len(document(event["after"])["lines"])) == (0, 3)
    assert await coded.events() == events + 1
    run = await coded.from_erp("project_cost_code")
    assert await coded.events() == events + 1
    assert run["records_unchanged"] == 3


async def test_pairs_that_left_the_job_are_marked_and_go_when_neither_side_has_them(coded: Bench):
    await coded.change("update connection set settings = '{\"missing_share_cap\": 1}'")
    coded.erp.put("project_cost_code", code_in_erp("03-300", "S", "M"), project="24-101")
    coded.tool.put("project_cost_code", code_in_tool("71", "03-300", "S"), project="9")
    await coded.from_erp("project_cost_code")
    await coded.from_tool("project_cost_code")
    coded.erp.put("project_cost_code", project="24-101")

    await coded.from_erp("project_cost_code")

    assert await pairs(coded) == [("03-300", "S", "71", False)]
    coded.tool.put("project_cost_code", code_in_tool("71", "03-300", "S", active=False), project="9")
    await coded.from_tool("project_cost_code")
    assert await pairs(coded) == []


async def test_a_job_that_goes_up_in_a_project_brings_its_codes(bench: Bench):
    bench.tool.put("project", replace(bench.tool.lists["project", ""][0], linked_to=None))
    await bench.from_tool("project")
    bench.erp.put("cost_code", record("cost_code", "03-300", code="03-300", name="c"))
    bench.erp.put("cost_type", record("cost_type", "S", code="S", name="s"))
    bench.erp.put(
        "project", record("project", "24-101", number="24-101", name="Harbour Tower", is_active=True)
    )
    bench.erp.put("project_cost_code", code_in_erp("03-300", "S"), project="24-101")
    await bench.from_erp("cost_code", "cost_type", "project", "project_cost_code")
    assert await bench.links("Project") == [("NOT_SENT", None, "9"), ("READY_TO_IMPORT", "24-101", None)]
    bench.tool.put(
        "project", record("project", "9", "24-101", number="24-101", name="Harbour Tower", is_active=True)
    )

    await bench.from_tool("project")

    assert await bench.links("Project") == [("LINKED", "24-101", "9")]
    assert await pairs(bench) == [("03-300", "S", None, True)]
    assert await bench.value("select count(*) from project_member") == 2
