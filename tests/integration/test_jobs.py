"""Jobs of the ERP and projects: started from a template, linked to what is there, put aside, parted; and default cost types."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from desk import Desk, Item, said

from hub.actions.ask import ItemAsk
from hub.core.link import LinkState

YOUNG, OLD = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 2, 27, 12, tzinfo=UTC)
ADMINISTRATORS = [
    ("nobody", ["NOT_FOUND"]),
    ("reader", ["FORBIDDEN"]),
    ("standard", ["FORBIDDEN"]),
    ("approver", ["FORBIDDEN"]),
    ("directory administrator", ["FORBIDDEN"]),
    ("administrator", []),
]


async def job(desk: Desk, number: str = "J200", *codes: tuple[str, str], **values: Any) -> Item:
    state = values.pop("state", LinkState.READY_TO_IMPORT)
    item = await desk.project(
        number, state, origin_id=None, link={"external_id": number, "snapshot": {"number": number}}, **values
    )
    async with desk.books() as books:
        for code, kind in codes:
            pair = {"cost_code_id": desk.codes[code], "cost_type_id": desk.types[kind], "in_erp": True}
            await books.row("project_cost_code", project_id=item.id, **pair)
    return item


async def template(desk: Desk, name: str, *codes: str, origin_id: str = "71") -> Item:
    async with desk.books() as books:
        made = await books.item(
            "project_template", "ProjectTemplate", LinkState.NOT_SENT, name=name, origin_id=origin_id
        )
        for place, code in enumerate(codes):
            await books.row(
                "project_template_code", project_template_id=made, code=code, origin_id=f"{origin_id}{place}"
            )
    return Item("tpl", made)


async def project(desk: Desk, number: str = "P-7", **values: Any) -> Item:
    return await desk.project(number, values.pop("state", LinkState.NOT_SENT), **values)


async def copying(desk: Desk, *, capable: bool = True, setting: bool | None = None) -> None:
    said_ = "true" if capable else "false"
    await desk.change(
        "update connection set capabilities = jsonb_set(capabilities, '{behaviour,copy_codes_from_template}', $1::jsonb)",
        said_,
    )
    if setting is not None:
        word = "true" if setting else "false"
        await desk.change(
            "update connection set settings = jsonb_set(settings, '{copy_template_codes}', $1::jsonb)", word
        )


async def arguments(desk: Desk) -> dict[str, Any]:
    import json

    found: dict[str, Any] = json.loads(await desk.value("select args from job order by id desc limit 1"))
    return found


# --- X1, X2, X3: template codes ---------------------------------------------------------------------------------------


async def test_a_template_whose_codes_the_job_lacks_is_refused_with_them_and_nothing_is_made(desk: Desk):
    await copying(desk)
    one = await job(desk, "J200", ("03-100", "L"))
    chosen = await template(desk, "Ground-up", "03-100", "09-999", "03-200")
    before = await desk.trace()

    outcome = await desk.ask("administrator", "addItems", one, template_id=chosen.name)

    assert said(outcome) == ["TEMPLATE_CODES_MISSING"]
    [refused] = outcome.items[0].errors
    assert refused.message == (
        "The job has not every cost code of the template Ground-up; it lacks 03-200, 09-999."
    )
    assert refused.field == "templateId"
    assert await desk.trace() == before


async def test_a_template_whose_codes_are_all_on_the_job_is_taken(desk: Desk):
    await copying(desk)
    one = await job(desk, "J200", ("03-100", "L"), ("03-200", "M"))
    chosen = await template(desk, "Ground-up", "03-100", "03-200")

    assert said(await desk.ask("administrator", "addItems", one, template_id=chosen.name)) == []
    assert await arguments(desk) == {"template_id": str(chosen.id)}


@pytest.mark.parametrize(
    ("capable", "setting", "checked"),
    [(True, None, True), (True, False, False), (False, True, True), (False, None, False)],
)
async def test_the_companys_switch_decides_whether_a_templates_codes_are_copied_and_so_checked(
    desk: Desk, capable: bool, setting: bool | None, checked: bool
):
    await copying(desk, capable=capable, setting=setting)
    one, chosen = await job(desk), await template(desk, "Ground-up", "09-999")

    outcome = await desk.ask("administrator", "addItems", one, template_id=chosen.name)

    assert said(outcome) == (["TEMPLATE_CODES_MISSING"] if checked else [])


# --- C7: the usual template -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("named", ["71", "ground-UP"])
async def test_the_usual_template_is_taken_where_none_is_named(desk: Desk, named: str):
    chosen = await template(desk, "Ground-up")
    await desk.change(
        "update connection set settings = settings || jsonb_build_object('default_project_template', $1::text)",
        named,
    )

    assert said(await desk.ask("administrator", "addItems", await job(desk))) == []
    assert await arguments(desk) == {"template_id": str(chosen.id)}


async def test_whoever_wants_no_template_says_so(desk: Desk):
    await template(desk, "Ground-up")
    await desk.change('update connection set settings = settings || \'{"default_project_template": "71"}\'')

    assert said(await desk.ask("administrator", "addItems", await job(desk), template_id=None)) == []
    assert await arguments(desk) == {}


async def test_a_usual_template_that_there_is_not_is_told_with_the_setting_that_names_it(desk: Desk):
    await desk.change('update connection set settings = settings || \'{"default_project_template": "72"}\'')

    outcome = await desk.ask("administrator", "addItems", await job(desk))

    assert said(outcome) == ["NOT_FOUND"]
    assert "default_project_template" in outcome.items[0].errors[0].message


@pytest.mark.parametrize(
    ("named", "code"),
    [("nonsense", "BAD_ID"), ("tpl_00000000-0000-7000-8000-000000000000", "NOT_FOUND")],
)
async def test_a_template_that_is_none_is_told(desk: Desk, named: str, code: str):
    assert said(await desk.ask("administrator", "addItems", await job(desk), template_id=named)) == [code]


async def test_a_vendor_starts_from_no_template(desk: Desk):
    vendor = await desk.company(
        "Okafor", LinkState.READY_TO_IMPORT, origin_id=None, link={"external_id": "V2"}
    )
    chosen = await template(desk, "Ground-up")

    assert said(await desk.ask("administrator", "addItems", vendor, template_id=chosen.name)) == ["BAD_ID"]


# --- P1, P3: linking to a project that is there -----------------------------------------------------------------------


@pytest.mark.parametrize(("who", "verdict"), ADMINISTRATORS)
async def test_linking_a_job_takes_admin_on_erp_integrations(desk: Desk, who: str, verdict: list[str]):
    one, other = await job(desk), await project(desk)
    before = await desk.trace()

    outcome = await desk.ask(who, "linkItems", one, target_id=other.name)

    assert said(outcome) == verdict
    assert await desk.state(other) == ("NOT_SENT" if verdict else "LINKED")
    assert (await desk.trace() == before) is bool(verdict)


async def test_a_linked_project_takes_over_the_job_with_its_codes(desk: Desk):
    one, other = await job(desk, "J200", ("03-100", "L"), ("03-200", "M")), await project(desk)

    outcome = await desk.ask("administrator", "linkItems", one, target_id=other.name)

    assert (await desk.link(other))["external_id"] == "J200"
    assert await desk.state(one) is None
    codes = await desk.rows("select in_erp from project_cost_code where project_id = $1", other.id)
    assert [row["in_erp"] for row in codes] == [True, True]
    assert await desk.jobs() == [("provision_project", other.id)]
    assert await arguments(desk) == {"linked": True}
    assert await desk.history(other) == [("LINK", "linked to job J200")]
    assert await desk.run(outcome.run_id) == ("LINK", "QUEUED", [("WAITING", None)])


async def test_one_job_is_one_project_so_a_project_that_has_its_job_takes_no_other(desk: Desk):
    outcome = await desk.ask("administrator", "linkItems", await job(desk), target_id=desk.job.name)

    assert said(outcome) == ["ALREADY_LINKED"]
    assert outcome.items[0].errors[0].field == "targetId"


async def test_one_job_is_one_project_so_a_job_that_has_its_project_takes_no_other(desk: Desk):
    outcome = await desk.ask("administrator", "linkItems", desk.job, target_id=(await project(desk)).name)

    assert said(outcome) == ["WRONG_STATE", "ALREADY_LINKED"]


async def test_a_project_is_not_taken_twice_in_a_request(desk: Desk):
    one, two, other = await job(desk), await job(desk, "J201"), await project(desk)
    asks = [ItemAsk(item.name, 1, {"target_id": other.name}) for item in (one, two)]

    outcome = await desk.ask("administrator", "linkItems", *asks)

    assert [[refused.code for refused in item.errors] for item in outcome.items] == [[], ["ALREADY_LINKED"]]


@pytest.mark.parametrize(
    ("made", "verdict"), [(YOUNG, []), (OLD, ["PROJECT_TOO_OLD"]), (None, ["PROJECT_TOO_OLD"])]
)
async def test_a_project_older_than_go_live_is_not_linked(
    desk: Desk, made: datetime | None, verdict: list[str]
):
    await desk.change("update connection set go_live_on = $1", date(2026, 3, 1))
    one, other = await job(desk), await project(desk, origin_created_at=made)
    before = await desk.trace()

    outcome = await desk.ask("administrator", "linkItems", one, target_id=other.name)

    assert said(outcome) == verdict
    assert (await desk.trace() == before) is bool(verdict)


async def test_an_administrator_may_override_go_live(desk: Desk):
    await desk.change("update connection set go_live_on = $1", date(2026, 3, 1))
    one, other = await job(desk), await project(desk, origin_created_at=OLD)

    assert said(await desk.ask("administrator", "linkItems", one, target_id=other.name, override=True)) == []


async def test_without_a_go_live_day_no_project_is_too_old(desk: Desk):
    one, other = await job(desk), await project(desk, origin_created_at=OLD)

    assert said(await desk.ask("administrator", "linkItems", one, target_id=other.name)) == []


async def test_a_job_and_a_company_are_not_linked(desk: Desk):
    company = await desk.company("Okafor", LinkState.NOT_SENT)

    assert said(await desk.ask("administrator", "linkItems", await job(desk), target_id=company.name)) == [
        "BAD_ID"
    ]


async def test_a_project_that_was_deleted_in_procore_is_not_linked(desk: Desk):
    one, other = await job(desk), await project(desk)
    await desk.change("update project set origin_deleted_at = hub_now() where id = $1", other.id)

    assert said(await desk.ask("administrator", "linkItems", one, target_id=other.name)) == [
        "DELETED_AT_ORIGIN"
    ]


async def test_a_job_on_its_way_into_procore_is_not_linked(desk: Desk):
    one, other = await job(desk), await project(desk)
    await desk.ask("administrator", "addItems", one)

    assert said(await desk.ask("administrator", "linkItems", one, target_id=other.name)) == ["WRONG_STATE"]


# --- P4: putting a job aside ------------------------------------------------------------------------------------------


async def test_an_archived_job_leaves_the_list_and_is_restored(desk: Desk):
    one = await job(desk)

    assert said(await desk.ask("standard", "archiveItems", one)) == []
    assert await desk.state(one) == "ARCHIVED"
    assert said(await desk.ask("administrator", "addItems", one)) == ["WRONG_STATE"]
    assert said(await desk.ask("standard", "restoreItems", one)) == []
    assert await desk.state(one) == "READY_TO_IMPORT"


async def test_a_linked_job_is_not_archived(desk: Desk):
    assert said(await desk.ask("administrator", "archiveItems", desk.job)) == ["UNLINK_FIRST"]


# --- P6: the limit of projects ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("most", "verdict"), [(2, []), (1, ["PROJECT_LIMIT_REACHED"])])
async def test_an_account_at_its_limit_of_projects_gets_no_more(desk: Desk, most: int, verdict: list[str]):
    """J100 is there already."""
    async with desk.books() as books:
        await books.row(
            "connection", name="Procore", kind="procore", role="PROJECT_TOOL", base_url="https://tool.example",
            settings={"project_limit": most},
        )  # fmt: skip

    outcome = await desk.ask("administrator", "addItems", await job(desk))

    assert said(outcome) == verdict
    if verdict:
        assert outcome.items[0].errors[0].message == "The project tool has 1 of at most 1 projects."


# --- unlinking a project ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "verdict"), [("reader", ["FORBIDDEN"]), ("manager", ["FORBIDDEN"]), ("standard", [])]
)
async def test_unlinking_a_project_takes_standard_on_erp_integrations(
    desk: Desk, who: str, verdict: list[str]
):
    assert said(await desk.ask(who, "unlinkItems", desk.job)) == verdict
    assert await desk.state(desk.job) == ("LINKED" if verdict else "NOT_SENT")


async def test_a_project_with_synced_commitments_is_not_unlinked_and_they_are_named(desk: Desk):
    await desk.subcontract("SC-7", LinkState.SYNCED)
    await desk.subcontract("SC-8")
    before = await desk.trace()

    outcome = await desk.ask("standard", "unlinkItems", desk.job)

    assert said(outcome) == ["PROJECT_HAS_SYNCED_ITEMS"]
    assert outcome.items[0].errors[0].message == "In the ERP hang on it: commitment SC-7."
    assert await desk.trace() == before


async def test_a_project_whose_budget_is_in_the_erp_is_not_unlinked(desk: Desk):
    async with desk.books() as books:
        await books.item(
            "budget",
            "Budget",
            LinkState.SYNCED,
            project_id=desk.job.id,
            is_locked=True,
            original_amount=1,
            currency="USD",
        )

    outcome = await desk.ask("standard", "unlinkItems", desk.job)

    assert outcome.items[0].errors[0].message == "In the ERP hang on it: budget."


async def test_an_unlinked_project_leaves_the_job_alone_with_its_codes(desk: Desk):
    await desk.ask("standard", "unlinkItems", desk.job)

    alone: UUID = await desk.value("select object_id from link where external_id = 'J100'")
    assert alone != desk.job.id
    assert await desk.state(Item("prj", alone)) == "READY_TO_IMPORT"
    carried = await desk.value(
        "select count(*) from project_cost_code where project_id = $1 and in_erp", alone
    )
    left = await desk.value(
        "select count(*) from project_cost_code where project_id = $1 and in_erp", desk.job.id
    )
    assert (carried, left) == (4, 0)
    assert await desk.jobs() == [("mark_origin", desk.job.id)]


async def test_an_unlinked_project_is_linked_to_its_job_again(desk: Desk):
    await desk.ask("standard", "unlinkItems", desk.job)
    alone = Item("prj", await desk.value("select object_id from link where external_id = 'J100'"))

    assert said(await desk.ask("administrator", "linkItems", alone, target_id=desk.job.name)) == []
    codes = "select count(*) from project_cost_code where project_id = $1 and in_erp"
    assert await desk.value(codes, desk.job.id) == 4


# --- K7: default cost types -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "verdict"),
    [("reader", ["FORBIDDEN"]), ("manager", ["FORBIDDEN"]), ("standard", []), ("administrator", [])],
)
async def test_assigning_cost_types_takes_standard_on_erp_integrations(
    desk: Desk, who: str, verdict: list[str]
):
    code, kind = Item("ccd", desk.codes["03-100"]), f"cty_{desk.types['L']}"

    assert said(await desk.ask(who, "assignCostTypes", code, cost_type_ids=[kind])) == verdict
    assert await desk.value("select count(*) from default_cost_type") == (0 if verdict else 1)


async def test_a_code_has_exactly_the_types_that_were_assigned_last(desk: Desk):
    code, labour, material = Item("ccd", desk.codes["03-100"]), desk.types["L"], desk.types["M"]
    await desk.ask("standard", "assignCostTypes", code, cost_type_ids=[f"cty_{labour}"])

    await desk.ask("standard", "assignCostTypes", code, cost_type_ids=[f"cty_{material}", f"cty_{material}"])

    kept = await desk.rows("select cost_type_id from default_cost_type")
    assert [row["cost_type_id"] for row in kept] == [material]
    assert await desk.history(code) == [("ASSIGN", "cost types L"), ("ASSIGN", "cost types M")]


async def test_a_project_that_carried_the_code_without_a_type_can_book_on_it_at_once(desk: Desk):
    await desk.change("update project set codes_without_type = '{03-100,05-100}' where id = $1", desk.job.id)
    await desk.change("delete from project_cost_code where project_id = $1", desk.job.id)

    code, kind = Item("ccd", desk.codes["03-100"]), f"cty_{desk.types['M']}"
    await desk.ask("standard", "assignCostTypes", code, cost_type_ids=[kind])

    [pair] = await desk.rows("select cost_code_id, cost_type_id, in_erp from project_cost_code")
    assert tuple(pair) == (desk.codes["03-100"], desk.types["M"], True)
    assert await desk.value("select codes_without_type from project where id = $1", desk.job.id) == ["05-100"]
    assert await desk.history(desk.job) == [("ASSIGN", "default cost types of 03-100")]


@pytest.mark.parametrize(
    "named",
    ["nonsense", "ccd_00000000-0000-7000-8000-000000000000", "cty_00000000-0000-7000-8000-000000000000"],
)
async def test_a_cost_type_that_is_none_is_told(desk: Desk, named: str):
    code = Item("ccd", desk.codes["03-100"])

    assert said(await desk.ask("standard", "assignCostTypes", code, cost_type_ids=[named])) == ["BAD_ID"]
