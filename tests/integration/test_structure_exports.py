"""Companies, projects and cost codes of Procore become vendors, jobs and codes of an ERP that takes them; each is one record from then on."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from desk import Desk, Item, said
from ledger import Ledger, job
from plant import WORLD, System

from hub.core.link import LinkState
from hub.sandboxes import procore, reference
from hub.sandboxes.kit import serving

ALONE = next(one for one in WORLD.vendors if one.procore_id and not one.in_erp and one.procore_active)
IN_ERP = next(one for one in WORLD.vendors if one.in_erp and one.erp_active)
INACTIVE = next(one for one in WORLD.vendors if one.in_erp and not one.erp_active)
NEW_JOB = job("26-305")


@pytest.fixture
def servers() -> Iterator[tuple[str, str]]:
    with serving(reference.create_app()) as ledger, serving(procore.create_app()) as tool:
        yield ledger, tool


@pytest_asyncio.fixture
async def plant(desk: Desk, servers: tuple[str, str]) -> AsyncIterator[Ledger]:
    ledger, tool = (System(url) for url in servers)
    yield await Ledger.begin(desk, ledger, tool)
    await ledger.control.aclose()
    await tool.control.aclose()


async def company(plant: Ledger, **values: object) -> Item:
    given = {"origin_id": str(ALONE.procore_id), "city": "Erie", **values}
    return await plant.desk.company(str(given.pop("name", ALONE.procore_name)), LinkState.NOT_SENT, **given)


async def accepted_with(plant: Ledger, item: Item, **entries: str) -> list[str]:
    """Accepting with these entries whatever a preview says of them."""
    return said(await plant.desk.ask("boss", "acceptItems", item, digest="0" * 64, entries=entries))


# --- companies --------------------------------------------------------------------------------------------------------


async def test_a_company_becomes_a_vendor_under_the_id_that_the_approver_typed(plant: Ledger):
    item = await company(plant)

    link = await plant.exported(item, erp_id="NEWV01")

    assert (link["state"], link["external_id"]) == ("LINKED", "NEWV01")
    [vendor] = await plant.kept("vendors", code="NEWV01")
    assert (vendor["name"], vendor["city"], vendor["active"]) == (ALONE.procore_name, "Erie", True)
    rows = await plant.in_tool("/rest/v1.0/vendors", company_id=WORLD.company.procore_id, per_page=500)
    [there] = [row for row in rows if row["id"] == ALONE.procore_id]
    assert (there["origin_id"], there["origin_code"]) == ("MRI:VEND:NEWV01", "NEWV01")


async def test_a_vendor_needs_an_id_that_somebody_types(plant: Ledger):
    item = await company(plant)
    assert said(await plant.desk.send("boss", item)) == []

    assert await accepted_with(plant, item) == ["ERP_ID_REQUIRED"]
    assert await plant.desk.state(item) == "READY_TO_EXPORT"


@pytest.mark.parametrize("code", [IN_ERP.code, INACTIVE.code])
async def test_an_id_that_the_erp_lists_already_is_taken_whether_its_vendor_is_active_or_not(
    plant: Ledger, code: str
):
    await plant.read("company", erp=True)
    item = await company(plant)
    assert said(await plant.desk.send("boss", item)) == []

    assert await plant.accept(item, erp_id=code) == ["ERP_ID_TAKEN"]
    assert await plant.accept(item, erp_id="NEWV01") == []


async def test_two_companies_do_not_get_one_id(plant: Ledger):
    first, second = await company(plant), await company(plant, name="Another", origin_id="77")
    for item in (first, second):
        assert said(await plant.desk.send("boss", item)) == []

    assert await plant.accept(first, erp_id="NEWV01") == []
    assert await plant.accept(second, erp_id="NEWV01") == ["ERP_ID_TAKEN"]


async def test_a_vendor_that_the_hub_made_is_not_listed_a_second_time(plant: Ledger):
    item = await company(plant)
    await plant.exported(item, erp_id="NEWV01")

    await plant.read("company", erp=True)

    found = await plant.desk.rows("select object_id, state from link where external_id = 'NEWV01'")
    assert [tuple(row) for row in found] == [(item.id, "LINKED")]


async def test_a_vendor_that_an_import_lists_before_the_answer_comes_is_the_company_that_was_sent(
    plant: Ledger,
):
    item = await company(plant)
    assert said(await plant.desk.send("boss", item)) == []
    assert await plant.accept(item, erp_id="NEWV01") == []
    script = {
        "fault": "status",
        "match": {"method": "POST", "path": "/v1/vendors"},
        "params": {"status": 503, "when": "after"},
    }
    (await plant.mri.control.post("/__control/faults", json=script)).raise_for_status()
    await plant.step("export")
    await plant.read("company", erp=True)
    assert await plant.desk.value("select state from link where external_id = 'NEWV01'") == "READY_TO_IMPORT"

    await plant.step("export")

    found = await plant.desk.rows("select object_id, state from link where external_id = 'NEWV01'")
    assert [tuple(row) for row in found] == [(item.id, "LINKED")]
    assert len(await plant.kept("vendors", code="NEWV01")) == 1
    assert await plant.desk.value("select count(*) from company where name = $1", ALONE.procore_name) == 1


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"is_active": False}, "COMPANY_INACTIVE"),
        ({"name": "N" * 31}, "NAME_TOO_LONG"),
        ({"name": "Ñ" * 30}, None),
    ],
)
async def test_a_company_is_sent_while_it_is_active_and_its_name_fits(
    plant: Ledger, values: dict[str, object], code: str | None
):
    await plant.flag("vendor_name_max", 30)

    assert said(await plant.desk.send("boss", await company(plant, **values))) == ([code] if code else [])


@pytest.mark.parametrize(
    ("who", "send", "retrieve"),
    [
        ("reader", ["FORBIDDEN"], ["FORBIDDEN"]),
        ("approver", ["FORBIDDEN"], ["FORBIDDEN"]),
        ("administrator", ["FORBIDDEN"], []),
        ("directory administrator", [], []),
    ],
)
async def test_a_company_is_sent_by_the_directorys_administrators_and_taken_back_by_those_of_the_erp_too(
    plant: Ledger, who: str, send: list[str], retrieve: list[str]
):
    first, second = await company(plant), await company(plant, name="Another", origin_id="77")
    assert said(await plant.desk.send("boss", second)) == []

    assert said(await plant.desk.send(who, first)) == send
    assert said(await plant.desk.ask(who, "retrieveItems", second)) == retrieve


# --- projects ---------------------------------------------------------------------------------------------------------


async def test_a_project_becomes_a_job_under_its_number(plant: Ledger):
    item = await plant.project(NEW_JOB, LinkState.NOT_SENT)

    link = await plant.exported(item)

    assert (link["state"], link["external_id"]) == ("LINKED", "26-305")
    [there] = await plant.kept("jobs", code="26-305")
    assert there["name"] == NEW_JOB.name
    found = await plant.in_tool(
        f"/rest/v1.0/projects/{NEW_JOB.procore_id}", company_id=WORLD.company.procore_id
    )
    assert found["origin_id"] == "MRI:JOB:26-305"


async def test_the_approver_may_give_the_job_another_id(plant: Ledger):
    item = await plant.project(NEW_JOB, LinkState.NOT_SENT)

    link = await plant.exported(item, erp_id="J-305")

    assert (link["state"], link["external_id"]) == ("LINKED", "J-305")
    assert [row["name"] for row in await plant.kept("jobs", code="J-305")] == [NEW_JOB.name]


async def test_a_job_that_the_hub_made_is_not_listed_as_a_second_project(plant: Ledger):
    item = await plant.project(NEW_JOB, LinkState.NOT_SENT)
    await plant.exported(item)

    await plant.read("project", erp=True)

    found = await plant.desk.rows("select id from project where number = '26-305'")
    assert [row["id"] for row in found] == [item.id]
    assert await plant.desk.state(item) == "LINKED"


async def test_the_id_of_a_job_that_the_erp_lists_is_taken(plant: Ledger):
    await plant.read("project", erp=True)
    item = await plant.project(NEW_JOB, LinkState.NOT_SENT)
    assert said(await plant.desk.send("boss", item)) == []

    assert await plant.accept(item, erp_id="24-102") == ["ERP_ID_TAKEN"]
    assert await plant.desk.state(item) == "READY_TO_EXPORT"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("is_active = false", "PROJECT_INACTIVE"),
        ("name = repeat('n', 26)", "NAME_TOO_LONG"),
        ("number = '26-305-0001'", "ID_TOO_LONG"),
        ("origin_deleted_at = hub_now()", "DELETED_AT_ORIGIN"),
    ],
)
async def test_each_prerequisite_of_a_project_stands_alone(plant: Ledger, change: str, code: str):
    await plant.flag("project_name_max", 26 - 1)
    await plant.flag("job_id_max", 10)
    item = await plant.project(NEW_JOB, LinkState.NOT_SENT)
    await plant.desk.change("update project set name = 'Greenhouse' where id = $1", item.id)
    await plant.desk.change(f"update project set {change} where id = $1", item.id)

    assert said(await plant.desk.send("boss", item)) == [code]


async def test_a_code_without_a_type_keeps_its_project_from_being_sent(plant: Ledger):
    """Until the code has a type."""
    body = {"project_id": NEW_JOB.procore_id, "updates": [{"code": "77-001", "name": "Bare"}]}
    item = await plant.project(NEW_JOB, LinkState.NOT_SENT)
    [bare] = await made_in_tool(plant, "77-001")
    path = "/rest/v1.0/cost_codes/sync"
    made = await plant.say_in_tool("PATCH", path, body, project_id=NEW_JOB.procore_id)
    await plant.read("project_cost_code")

    outcome = await plant.desk.send("boss", item)
    assert said(outcome) == ["CODE_WITHOUT_TYPE"]
    assert outcome.items[0].errors[0].message == "Cost codes without a cost type: 77-001."

    kind = await plant.desk.value("select origin_id from cost_type where code = 'L'")
    pair = {"cost_code_id": made["entities"][0]["id"], "line_item_type_id": int(kind)}
    path = "/rest/v1.0/cost_code_line_item_types/sync"
    await plant.say_in_tool("PATCH", path, {"updates": [pair]}, project_id=NEW_JOB.procore_id)
    await plant.read("project_cost_code")
    assert said(await plant.desk.send("boss", item)) == []
    assert await plant.desk.state(bare) == "NOT_SENT"


async def test_a_project_is_sent_by_its_own_administrators(plant: Ledger):
    item = await plant.project(NEW_JOB, LinkState.NOT_SENT)
    for who, level in (("standard", 2), ("project administrator", 3)):
        await plant.desk.change(
            "insert into project_member (account_id, member_id, project_id, admin_level) values ($1, $2, $3, $4)",
            *(plant.desk.account, plant.desk.people[who], item.id, level),
        )

    assert said(await plant.desk.send("standard", item)) == ["FORBIDDEN"]
    assert said(await plant.desk.send("project administrator", item)) == []


# --- cost codes -------------------------------------------------------------------------------------------------------


async def made_in_tool(plant: Ledger, *codes: str) -> list[Item]:
    """Standard codes that somebody adds in Procore, read from there."""
    body = {
        "company_id": WORLD.company.procore_id,
        "standard_cost_code_list_id": WORLD.company.cost_code_list_id,
        "updates": [{"code": code, "name": f"Code {code}"} for code in codes],
    }
    await plant.say_in_tool("PATCH", "/rest/v1.0/standard_cost_codes/sync", body)
    await plant.read("cost_code")
    return [await plant.item("ccd", code=code) for code in codes]


async def test_a_code_that_procore_has_enters_unsent_where_codes_may_originate_there(plant: Ledger):
    [item] = await made_in_tool(plant, "77-001")

    assert await plant.desk.state(item) == "NOT_SENT"
    assert await plant.desk.value("select name from cost_code where id = $1", item.id) == "Code 77-001"


async def test_a_code_that_procore_has_stays_out_where_codes_originate_in_the_erp(plant: Ledger):
    """There codes come from the ERP, never from the project tool."""
    await plant.flag("cost_codes_origin", "erp")
    body = {
        "company_id": WORLD.company.procore_id,
        "standard_cost_code_list_id": WORLD.company.cost_code_list_id,
        "updates": [{"code": "77-001", "name": "Own"}],
    }
    await plant.say_in_tool("PATCH", "/rest/v1.0/standard_cost_codes/sync", body)

    await plant.read("cost_code")

    assert await plant.desk.rows("select id from cost_code where code = '77-001'") == []


async def test_a_cost_code_reaches_the_erp_on_the_accounts_that_the_approver_chose(plant: Ledger):
    [item] = await made_in_tool(plant, "77-001")

    link = await plant.exported(item, income_account="5000", expense_account="2000")

    assert (link["state"], link["external_id"]) == ("LINKED", "77-001")
    [there] = await plant.kept("cost-codes", code="77-001")
    assert (there["name"], there["income_account"], there["expense_account"]) == (
        "Code 77-001",
        "5000",
        "2000",
    )
    rows = await plant.in_tool(
        "/rest/v1.0/standard_cost_codes",
        company_id=WORLD.company.procore_id,
        standard_cost_code_list_id=WORLD.company.cost_code_list_id,
        view="extended",
        per_page=500,
    )
    assert [row["origin_id"] for row in rows if row["code"] == "77-001"] == ["MRI:CODE:77-001"]


async def test_a_code_that_was_exported_is_one_code_after_imports_of_both_sides(plant: Ledger):
    [item] = await made_in_tool(plant, "77-001")
    await plant.exported(item, income_account="5000")

    await plant.read("cost_code", erp=True)
    await plant.read("cost_code")

    assert [row["id"] for row in await plant.desk.rows("select id from cost_code where code = '77-001'")] == [
        item.id
    ]
    assert await plant.desk.state(item) == "LINKED"


async def test_a_code_that_the_erp_turns_out_to_have_is_linked_without_being_sent(plant: Ledger):
    [item] = await made_in_tool(plant, "77-001")
    await plant.enter("cost-codes", code="77-001", name="Theirs", cost_types=["O"])

    await plant.read("cost_code", erp=True)

    assert await plant.desk.state(item) == "LINKED"
    assert await plant.desk.value("select name from cost_code where id = $1", item.id) == "Theirs"


async def test_a_code_waits_for_an_account_and_only_one_of_the_general_ledger_will_do(plant: Ledger):
    [item] = await made_in_tool(plant, "77-001")
    await plant.desk.change(
        "insert into erp_record (account_id, connection_id, object_key, external_id, external_code, run_id)"
        " values ($1, $2, 'gl_account', '5000', '5000', $3)",
        *(plant.desk.account, plant.desk.erp, item.id),
    )
    assert said(await plant.desk.send("boss", item)) == []

    assert await accepted_with(plant, item) == ["ACCOUNT_REQUIRED"]
    assert await plant.accept(item, income_account="4999") == ["ACCOUNT_UNKNOWN"]
    assert await plant.accept(item, income_account="5000", expense_account="9") == ["ACCOUNT_UNKNOWN"]
    assert await plant.accept(item, income_account="5000") == []


async def test_cost_codes_are_rejected_all_together_and_not_one_by_one(plant: Ledger):
    first, second, third = await made_in_tool(plant, "77-001", "77-002", "77-003")
    for item in (first, second):
        assert said(await plant.desk.send("boss", item)) == []
    alone = await plant.desk.ask("boss", "rejectItems", first, comment="No")
    assert said(alone) == ["ALL_OR_NONE"]
    assert "rejectCostCodes" in (alone.items[0].errors[0].remedy or "")

    outcome = await plant.desk.ask("boss", "rejectCostCodes", extra={"comment": "Use the old list"})

    assert said(outcome) == []
    assert [await plant.desk.state(item) for item in (first, second, third)] == [
        "REJECTED",
        "REJECTED",
        "NOT_SENT",
    ]
    assert (await plant.desk.link(first))["comment"] == "Use the old list"
    assert await plant.desk.run(outcome.run_id) == ("REJECT", "SUCCEEDED", [("DONE", None)] * 2)
    assert said(await plant.desk.send("boss", first)) == []


async def test_with_no_code_that_waits_there_is_nothing_to_reject(plant: Ledger):
    await made_in_tool(plant, "77-001")
    before = await plant.desk.trace()

    assert said(await plant.desk.ask("boss", "rejectCostCodes", extra={"comment": "No"})) == ["WRONG_STATE"]
    assert said(await plant.desk.ask("boss", "rejectCostCodes", extra={"comment": " "})) == ["INVALID_VALUE"]
    assert await plant.desk.trace() == before


@pytest.mark.parametrize(
    ("who", "verdict"),
    [
        ("reader", ["FORBIDDEN", "FORBIDDEN"]),
        ("standard", ["FORBIDDEN"]),
        ("administrator", ["FORBIDDEN"]),
        ("approver", []),
    ],
)
async def test_an_approver_rejects_cost_codes_and_nobody_else(plant: Ledger, who: str, verdict: list[str]):
    [item] = await made_in_tool(plant, "77-001")
    assert said(await plant.desk.send("boss", item)) == []

    assert said(await plant.desk.ask(who, "rejectCostCodes", extra={"comment": "No"})) == verdict
    assert await plant.desk.state(item) == ("READY_TO_EXPORT" if verdict else "REJECTED")


@pytest.mark.parametrize(("who", "verdict"), [("directory administrator", ["FORBIDDEN"]), ("boss", [])])
async def test_cost_codes_are_sent_by_the_companys_administrators(
    plant: Ledger, who: str, verdict: list[str]
):
    [item] = await made_in_tool(plant, "77-001")

    assert said(await plant.desk.send(who, item)) == verdict


async def test_a_code_that_is_too_long_for_the_erp_is_not_sent(plant: Ledger):
    await plant.flag("code_max_len", 5)
    [item] = await made_in_tool(plant, "77-001")

    assert said(await plant.desk.send("boss", item)) == ["ID_TOO_LONG"]
