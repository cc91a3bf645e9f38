"""Companies, projects and cost codes that people send from Procore: with accounting where the ERP takes them, refused with words where not."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from desk import Desk, Item
from ledger import Ledger, job
from plant import WORLD, Plant, System

from db.clock import new_id
from hub.core.link import LinkState
from hub.sandboxes import procore, reference
from hub.sandboxes.kit import serving
from hub.sync.enqueue import enqueue
from hub.sync.runs import open_run

ALONE = next(one for one in WORLD.vendors if one.procore_id and not one.in_erp and one.procore_active)
NEW_JOB = job("26-305")
BOSS = "991002"


@pytest.fixture
def servers() -> Iterator[tuple[str, str]]:
    with serving(reference.create_app()) as ledger, serving(procore.create_app()) as tool:
        yield ledger, tool


@pytest_asyncio.fixture
async def ledger(desk: Desk, servers: tuple[str, str]) -> AsyncIterator[Ledger]:
    books, tool = (System(url) for url in servers)
    yield await Ledger.begin(desk, books, tool)
    await books.control.aclose()
    await tool.control.aclose()


async def pressed(plant: Plant, item_type: str, *ids: int, user: str = "erp_administrator") -> Any:
    """Sent from Procore; the request is read, read up on and answered."""
    desk, body = plant.desk, {"item_type": item_type, "item_ids": list(ids), "user": user}
    answer = await plant.procore.control.post("/__control/erp/export", json=body)
    assert answer.status_code == 201, answer.text
    detail = answer.json()
    args = {"connection_id": plant.tool, "request": str(detail["erp_request_id"])}
    async with desk.pool.transaction(desk.account) as connection:
        await enqueue(connection, desk.account, "take_request", args=args)
    for kind in ("take_request", "answer_request", "import", "answer_request"):
        done = await plant.step(kind)
        assert done["state"] in ("DONE", "QUEUED"), done["error_message"]
    return detail


async def the(plant: Plant, tag: str, table: str, origin: int) -> Item:
    found = await plant.desk.value(f"select id from {table} where origin_id = $1", str(origin))
    return Item(tag, found)


async def code_of(plant: Plant, code: str) -> int:
    """Somebody adds a standard code in Procore."""
    form = {
        "grant_type": "client_credentials",
        "client_id": "people-sandbox",
        "client_secret": "people-sandbox-secret",
    }
    token = (await plant.procore.control.post("/oauth/token", data=form)).json()["access_token"]
    body = {
        "company_id": WORLD.company.procore_id,
        "standard_cost_code_list_id": WORLD.company.cost_code_list_id,
        "updates": [{"code": code, "name": f"Code {code}"}],
    }
    headers = {"Authorization": f"Bearer {token}", "Procore-Company-Id": str(WORLD.company.procore_id)}
    made = await plant.procore.control.patch(
        "/rest/v1.0/standard_cost_codes/sync", json=body, headers=headers
    )
    found: int = made.raise_for_status().json()["entities"][0]["id"]
    return found


async def test_a_company_that_is_sent_from_the_tool_waits_and_its_request_ends_with_its_export(
    ledger: Ledger,
):
    detail = await pressed(ledger, "vendor", ALONE.procore_id)

    item = await the(ledger, "com", "company", ALONE.procore_id)
    assert await ledger.desk.state(item) == "READY_TO_EXPORT"
    assert (await ledger.detail(detail["id"]))["status"] == "in_progress"
    assert await ledger.accept(item, erp_id="NEWV01") == []
    for kind in ("export", "mark_origin", "tell_request"):
        assert (await ledger.step(kind))["state"] == "DONE"
    assert await ledger.desk.state(item) == "LINKED"
    assert (await ledger.detail(detail["id"]))["status"] == "success"


async def test_a_standard_code_that_is_sent_from_the_tool_waits_for_its_account(ledger: Ledger):
    made = await code_of(ledger, "77-001")

    detail = await pressed(ledger, "standard_cost_code", made)

    item = await ledger.item("ccd", code="77-001")
    assert await ledger.desk.state(item) == "READY_TO_EXPORT"
    assert (await ledger.detail(detail["id"]))["status"] == "in_progress"
    assert await ledger.accept(item, income_account="5000") == []


async def test_a_project_that_is_sent_from_the_tool_waits_for_an_approver(ledger: Ledger):
    desk, item, request = ledger.desk, await ledger.project(NEW_JOB, LinkState.NOT_SENT), new_id()
    await desk.change("update member set origin_id = $2 where id = $1", desk.people["boss"], BOSS)
    async with desk.pool.transaction(desk.account) as connection:
        run = await open_run(
            connection, desk.account, "IMPORT", None, [], connection_id=ledger.tool, done=True
        )
        await connection.execute(
            "insert into erp_request (account_id, id, connection_id, external_id, name, requested_by, run_id)"
            " values ($1, $2, $3, '8100007', 'create_or_update_job', $4, $5)",
            *(desk.account, request, ledger.tool, BOSS, run),
        )
        await connection.execute(
            "insert into erp_request_detail (account_id, connection_id, external_id, request_id, item_id)"
            " values ($1, $2, '8100008', $3, $4)",
            *(desk.account, ledger.tool, request, str(NEW_JOB.procore_id)),
        )
        await enqueue(connection, desk.account, "answer_request", args={"request": request})

    await ledger.step("answer_request")

    assert await desk.state(item) == "READY_TO_EXPORT"
    assert await desk.value("select state from erp_request where id = $1", request) == "TAKEN"
    assert await ledger.accept(item) == []


async def test_a_project_is_sent_from_the_tool_by_its_own_administrators_alone(ledger: Ledger):
    """Who may press the button of the ERP tool may lack the right on the project."""
    detail = await pressed(ledger, "project", NEW_JOB.procore_id)
    await ledger.step("tell_request")

    told = await ledger.detail(detail["id"])
    assert told["status"] == "failed"
    assert "This takes level Admin on the project's Admin tool." in told["messages"]


async def test_mri_takes_no_company_and_says_so_in_the_tool(plant: Plant):
    detail = await pressed(plant, "vendor", ALONE.procore_id)
    await plant.step("tell_request")

    told = await plant.detail(detail["id"])
    assert told["status"] == "failed"
    assert told["messages"][0] == "This ERP takes no companies from the project tool."
    item = await the(plant, "com", "company", ALONE.procore_id)
    assert await plant.desk.state(item) == "NOT_SENT"


async def test_mri_takes_no_project_and_says_so_in_the_tool(plant: Plant):
    detail = await pressed(plant, "project", NEW_JOB.procore_id)
    await plant.step("tell_request")

    told = await plant.detail(detail["id"])
    assert (told["status"], told["messages"][0]) == (
        "failed",
        "This ERP takes no projects from the project tool.",
    )


async def test_mri_takes_no_cost_code_and_says_so_in_the_tool(plant: Plant):
    detail = await pressed(plant, "standard_cost_code", await code_of(plant, "77-002"))
    await plant.step("tell_request")

    told = await plant.detail(detail["id"])
    assert (told["status"], told["messages"]) == (
        "failed",
        ["This ERP takes no cost codes from the project tool."],
    )
