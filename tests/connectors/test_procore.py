"""The Procore connector on the Procore sandbox: reading projects and people, and writing by origin id."""

from datetime import UTC, datetime
from decimal import Decimal

import httpx
import pytest
from connecting import COMPANY, WORLD, procore_side
from driving import QUICK

from hub.codes import ErrorCode
from hub.connectors import capabilities, open_connector
from hub.erp.canonical import canonical
from hub.erp.capabilities import Direction, WriteClass
from hub.errors import ErpRefused, ErpUnauthorized, ErpUnavailable, ErpUnexpected, MappingError, Refused
from hub.http import Limits
from hub.sandboxes.procore import Settings, create_app
from hub.sandboxes.world import Rule

LINKED = next(job for job in WORLD.jobs if job.linked)
PROJECT = str(LINKED.procore_id)
PATCH = {"method": "PATCH"}


@pytest.fixture
async def side():
    made = procore_side()
    yield made
    await made.close()


def answering(answer, **settings):
    """A connector whose calls get `answer(request)`; the token is given without asking."""

    def say(request):
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 5400})
        return answer(request)

    return open_connector(
        "procore",
        "https://procore.example.com",
        {"client_id": "c", "client_secret": "s3cret"},
        {"company_id": "4100", **settings},
        transport=httpx.MockTransport(say),
        limits=QUICK,
    )


async def push(side, step):
    return await side.connector.push(step, canonical(step.body))


async def test_vendors_are_read_over_all_pages_with_what_they_are_linked_to():
    side = procore_side(page_size=9)
    found = {each.external_id: each for each in await side.all("company")}
    expected = [vendor for vendor in WORLD.vendors if vendor.procore_id]

    assert len(found) == len(expected) == 170
    for vendor in expected:
        each = found[str(vendor.procore_id)]
        assert each.values["name"] == vendor.procore_name
        assert each.values["postal_code"] == vendor.zip
        assert each.values["is_active"] is vendor.procore_active
        assert each.linked_to == (vendor.code if vendor.linked else None)
        assert each.updated_at.tzinfo is not None
        assert each.problems == ()
    await side.close()


async def test_projects_are_read_with_what_they_are_linked_to(side):
    found = {each.external_id: each for each in await side.all("project")}

    for job in (job for job in WORLD.jobs if job.procore_id):
        each = found[str(job.procore_id)]
        assert (each.values["number"], each.values["name"]) == (job.code, job.name)
        assert (each.values["start_date"], each.values["completion_date"]) == (job.start, job.completion)
        assert each.values["origin_created_at"].tzinfo is not None
        assert each.linked_to == (job.code if job.linked else None)
        assert each.problems == ()
    assert len(found) == 11


async def test_another_prefix_reads_no_link_of_ours():
    side = procore_side(origin_prefix="ACME")

    assert {each.linked_to for each in await side.all("company")} == {None}
    await side.close()


async def test_codes_and_types_are_read(side):
    codes, types = await side.all("cost_code"), await side.all("cost_type")

    assert {each.values["code"]: each.values["name"] for each in codes} == {
        code.code: code.name for code in WORLD.cost_codes
    }
    assert {each.external_code: each.linked_to for each in codes} == {
        code.code: code.code for code in WORLD.cost_codes
    }
    assert {each.linked_to: (each.values["name"], each.values["base_type"]) for each in types} == {
        each.category: (each.name, each.base_type) for each in WORLD.cost_types
    }


async def test_a_projects_codes_come_with_their_types(side):
    found = {each.external_id: each for each in await side.all("project_cost_code", project=PROJECT)}
    expected = [code for code in WORLD.project_codes if code.project_id == LINKED.procore_id]

    assert len(found) == len(expected)
    for code in expected:
        each = found[str(code.procore_id)]
        assert each.values == {"code": code.code, "is_active": True}
        assert each.refs == {"cost_code": code.code if code.linked else None, "project": PROJECT}
        assert {row.external_code for row in each.lines} == set(code.categories)
        assert {row.refs["cost_type"] for row in each.lines} == set(code.categories)


@pytest.mark.parametrize("page_size", [4, 100])
async def test_commitments_of_both_kinds_are_read_with_their_lines(page_size):
    side = procore_side(page_size=page_size)
    found = {}
    for job in (job for job in WORLD.jobs if job.procore_id):
        for each in await side.all("commitment", project=str(job.procore_id)):
            assert each.external_id not in found
            found[each.external_id] = each

    assert len(found) == len(WORLD.commitments) == 156
    for expected in WORLD.commitments:
        check_commitment(found[str(expected.procore_id)], expected)
    await side.close()


def check_commitment(found, expected):
    values = found.values
    kinds = {"work_order_contract": "SUBCONTRACT", "purchase_order_contract": "PURCHASE_ORDER"}
    assert values["kind"] == kinds[expected.kind]
    assert (values["number"], values["title"]) == (expected.number, expected.title)
    assert values["status"] == expected.status.upper().replace(" ", "_")
    assert values["original_amount"] == expected.total
    assert values["retainage_percent"] == expected.retainage
    assert values["contract_date"] == expected.contract_date
    assert values.get("start_date") == (expected.start if expected.kind == "work_order_contract" else None)
    assert values["is_executed"] is expected.executed
    assert found.refs == {"company": str(expected.vendor_id), "project": str(expected.project_id)}
    assert found.linked_to is None
    assert found.problems == ()
    assert [line.values["amount"] for line in found.lines] == [line.amount for line in expected.lines]
    assert [line.values["line_number"] for line in found.lines] == list(range(1, len(expected.lines) + 1))
    for line, row in zip(found.lines, expected.lines, strict=True):
        assert line.values["cost_code_text"] == row.code
        assert line.refs["cost_type"] == row.category
        assert line.refs["cost_code"] in (row.code, None)
    linked = all(line.refs["cost_code"] for line in found.lines)
    assert linked is (Rule.COST_CODE_NOT_IN_ERP not in expected.broken)


async def test_only_what_changed_is_asked_for(side):
    await side.control.post("/__control/clock", json={"advance_seconds": 40_000_000})
    now = (await side.control.get("/__control/clock")).json()["now"]
    (step,) = side.connector.steps("company", {"erp_id": "OKAF01", "name": "Okafor Concrete & Sons"}, {})
    await push(side, step)

    found = await side.all("company", since=now)

    assert [(each.linked_to, each.values["name"]) for each in found] == [("OKAF01", "Okafor Concrete & Sons")]


async def test_ids_beyond_53_bits_survive(side):
    big = [each for each in await side.all("member") if int(each.external_id) > 2**53]

    assert {int(each.external_id) for each in big} == {
        each.procore_id for each in WORLD.people if each.procore_id > 2**53
    }
    assert big


async def test_members_carry_their_company_rights(side):
    found = {each.values["name"]: each for each in await side.all("member")}

    roles = {person.role: person.name for person in WORLD.people if person.role}
    by_name = {name: found[name].values for name in roles.values()}
    assert (by_name["Ana Ruiz"]["levels"]["erp"], by_name["Ana Ruiz"]["levels"]["directory"]) == (2, 2)
    assert by_name["Ana Ruiz"]["can_push_to_accounting"] is True
    assert by_name["Abe Stone"]["can_push_to_accounting"] is True
    assert by_name["Paula Marsh"]["levels"]["erp"] == 0
    assert by_name["Paula Marsh"]["can_push_to_accounting"] is False
    assert (by_name["Erik Lund"]["levels"]["erp"], by_name["Erik Lund"]["levels"]["directory"]) == (3, 3)
    assert by_name["Erik Lund"]["can_push_to_accounting"] is False
    assert set(by_name["Rita Cole"]["levels"].values()) == {1}
    assert all(values["is_active"] and "@" in values["email"] for values in by_name.values())


async def test_project_members_carry_their_project_rights(side):
    people = {person.procore_id: person for person in WORLD.people}
    found = await side.all("project_member", project=PROJECT)

    names = {people[int(each.refs["member"])].name: each.values["levels"] for each in found}
    assert names["Paula Marsh"]["commitments"] == 3
    assert names["Ana Ruiz"]["commitments"] == 3
    assert names["Rita Cole"]["commitments"] == 1
    tools = {"commitments", "change_orders", "budget", "prime_contracts", "admin", "direct_costs", "reports"}
    assert all(set(levels) == tools for levels in names.values())
    assert all(each.refs["project"] == PROJECT for each in found)


async def test_a_template_is_read_once(side):
    await side.all("member")

    paths = [entry["path"] for entry in await side.requests() if "permission_templates" in entry["path"]]
    assert len(paths) == len(set(paths))


USER = {"id": 5, "name": "U", "email_address": "u@example.com", "is_active": True}


@pytest.mark.parametrize(
    ("tools", "levels"),
    [
        ([], {"erp": 0, "directory": 0, "admin": 0, "reports": 0}),
        (
            [{"name": "erp_integrations", "user_access_level": {"id": 3, "name": "Standard"}}],
            {"erp": 2, "directory": 0, "admin": 0, "reports": 0},
        ),
        (
            [{"name": "erp_integrations", "user_access_level": {"id": 9, "name": "Owner"}}],
            {"erp": 0, "directory": 0, "admin": 0, "reports": 0},
        ),
        (
            [{"name": "directory", "user_access_level": None}],
            {"erp": 0, "directory": 0, "admin": 0, "reports": 0},
        ),
    ],
)
async def test_a_right_is_never_guessed(tools, levels):
    def answer(request):
        if "permission_templates" in request.url.path:
            return httpx.Response(200, json={"id": 7, "tools": tools})
        return httpx.Response(200, json=[{**USER, "permission_template": {"id": 7}}, {**USER, "id": 6}])

    first, second = (await answering(answer).fetch("member", {}, None)).records

    assert first.values["levels"] == levels
    assert set(second.values["levels"].values()) == {0}
    assert second.values["can_push_to_accounting"] is False


async def test_granular_permissions_are_named_with_their_tool():
    tool = {
        "name": "commitments",
        "user_access_level": {"name": "Read Only"},
        "permitted_actions": ["view_private", "create"],
    }

    def answer(request):
        if "permission_templates" in request.url.path:
            return httpx.Response(200, json={"id": 7, "tools": [tool]})
        return httpx.Response(200, json=[{**USER, "permission_template": {"id": 7}}])

    (found,) = (await answering(answer).fetch("project_member", {"project": "1"}, None)).records

    assert found.values["granular"] == ["commitments.create", "commitments.view_private"]
    assert found.values["levels"]["commitments"] == 1


ROW = {"id": 598134325500011, "name": "Okafor", "is_active": True}


@pytest.mark.parametrize("body", [[ROW], {"data": [ROW]}])
async def test_a_list_is_read_bare_or_under_data(body):
    connector = answering(lambda _: httpx.Response(200, json=body))

    page = await connector.fetch("company", {}, None)

    assert [each.external_id for each in page.records] == ["598134325500011"]
    assert page.cursor is None


@pytest.mark.parametrize("body", [{"vendors": []}, "text", None, [1], [{"name": "no id"}]])
async def test_what_is_no_list_of_records_cannot_be_read(body):
    connector = answering(lambda _: httpx.Response(200, json=body))

    with pytest.raises(ErpUnexpected):
        await connector.fetch("company", {}, None)


async def test_an_empty_page_with_a_next_link_is_not_the_end():
    def answer(request):
        first = request.url.params["page"] == "1"
        link = (
            {"link": '<https://elsewhere.example.com/rest/v1.0/vendors?page=2>; rel="next"'} if first else {}
        )
        return httpx.Response(200, json=[] if first else [ROW], headers=link)

    connector = answering(answer)
    page = await connector.fetch("company", {}, None)

    assert (page.records, page.cursor) == ([], "/rest/v1.0/vendors?page=2")
    assert len((await connector.fetch("company", {}, page.cursor)).records) == 1


async def test_a_link_never_leads_to_another_host_or_list():
    asked = []

    def answer(request):
        asked.append(request.url.host)
        return httpx.Response(200, json=[], headers={"link": '<https://evil.example.com/steal>; rel="next"'})

    connector = answering(answer)
    with pytest.raises(ErpUnexpected):
        await connector.fetch("company", {}, None)
    with pytest.raises(ErpUnexpected):
        await connector.fetch("company", {}, "/rest/v1.0/projects?page=2")
    assert asked == ["procore.example.com"]


async def test_a_page_that_names_itself_as_the_next_is_no_endless_list():
    def answer(request):
        return httpx.Response(200, json=[], headers={"link": f'<{request.url}>; rel="next"'})

    with pytest.raises(ErpUnexpected, match="names itself"):
        await answering(answer).fetch("company", {}, None)


@pytest.mark.parametrize("project", ["5/../6", "²", "", "x"])
async def test_a_project_id_cannot_lead_the_path_elsewhere(project):
    connector = answering(lambda _: pytest.fail("called"))

    with pytest.raises(ErpUnexpected):
        await connector.fetch("project_member", {"project": project}, None)


async def test_every_call_names_the_company():
    seen = []

    def answer(request):
        seen.append(request.headers.get("procore-company-id"))
        return httpx.Response(200, json=[])

    connector = answering(answer)
    await connector.verify()
    await connector.fetch("commitment", {"project": "9"}, None)

    assert set(seen) == {"4100"}


async def test_an_unknown_status_is_a_problem_of_that_record_alone():
    contract = {
        "id": 1,
        "number": "1",
        "status": "Paused",
        "grand_total": "10.005",
        "line_items": [{"id": 2, "amount": None}],
    }
    connector = answering(lambda _: httpx.Response(200, json=[contract]))

    (found,) = (await connector.fetch("commitment", {"project": "9"}, None)).records

    assert {each.field: each.value for each in found.problems} == {
        "status": "Paused",
        "original_amount": "10.005",
    }
    assert "status" not in found.values
    assert [each.field for each in found.lines[0].problems] == ["amount"]
    assert found.refs == {"company": None, "project": "9"}


async def test_lines_that_the_list_leaves_out_are_fetched():
    def answer(request):
        if request.url.path.endswith("/1"):
            return httpx.Response(
                200, json={"id": 1, "number": "1", "line_items": [{"id": 2, "amount": "5", "position": 0}]}
            )
        return httpx.Response(200, json=[{"id": 1, "number": "1"}])

    (found,) = (await answering(answer).fetch("commitment", {"project": "9"}, None)).records

    assert [line.values["line_number"] for line in found.lines] == [1]
    assert found.lines[0].values["amount"] == Decimal("5.00")


async def test_a_contract_knows_the_ledgers_one():
    contract = {"id": 1, "number": "1", "origin_id": "MRI:CONT:24-101:SC-1", "line_items": []}
    connector = answering(lambda _: httpx.Response(200, json=[contract, {**contract, "origin_id": "null"}]))

    first, second = (await connector.fetch("commitment", {"project": "9"}, None)).records

    assert (first.linked_to, second.linked_to) == ("24-101/SC-1", None)


async def test_a_list_per_project_needs_its_project(side):
    for resource in ("commitment", "project_cost_code", "project_member"):
        with pytest.raises(ErpUnexpected):
            await side.connector.fetch(resource, {}, None)


async def test_the_connection_test_says_what_is_missing():
    side = procore_side()
    assert [each for each in await side.connector.verify() if not each.ok] == []
    await side.control.post("/__control/access", json={"connected": False})

    checks = await side.connector.verify()

    refused = [each for each in checks if each.name != "reach"]
    assert len(refused) >= 6
    assert not any(each.ok for each in refused)
    assert all("not connected" in each.message for each in refused)
    await side.close()


async def test_wrong_client_credentials_are_named_as_such():
    app = create_app()
    connector = open_connector(
        "procore",
        "https://procore.example.com",
        {"client_id": "hub-sandbox", "client_secret": "wr0ng"},
        {"company_id": COMPANY},
        transport=httpx.ASGITransport(app),
    )

    with pytest.raises(ErpUnauthorized) as refused:
        await connector.fetch("company", {}, None)
    assert "wr0ng" not in str(refused.value)


@pytest.mark.parametrize(
    ("credentials", "settings"),
    [
        ({"client_id": "c"}, {"company_id": "1"}),
        ({"client_secret": "s"}, {"company_id": "1"}),
        ({"client_id": "c", "client_secret": "s"}, {}),
        ({"client_id": "c", "client_secret": "s"}, {"company_id": "1/2"}),
        ({"client_id": "c", "client_secret": "s"}, {"company_id": "1", "page_size": "many"}),
        ({"client_id": "c", "client_secret": "s"}, {"company_id": "1", "batch_size": 5000}),
    ],
)
def test_an_incomplete_connection_is_refused_before_any_call(credentials, settings):
    with pytest.raises(Refused):
        open_connector("procore", "https://procore.example.com", credentials, settings)


async def test_an_expired_token_is_renewed_unseen(side):
    await side.all("cost_type")
    await side.control.post("/__control/clock", json={"advance_seconds": 6000})

    assert len(await side.all("cost_type")) == 7
    assert len(await side.requests(path="/oauth/token")) == 2


async def test_the_rate_limit_is_kept_without_meeting_it():
    app = create_app(settings=Settings(spike_limit=3))
    side = procore_side(app, Limits(backoff=0.0, patience=0.0))
    for _ in range(3):
        await side.connector.fetch("cost_type", {}, None)

    with pytest.raises(ErpUnavailable) as held:
        await side.connector.fetch("cost_type", {}, None)

    assert held.value.reached is False
    assert 0 < held.value.retry_after <= 11
    assert {entry["status"] for entry in await side.requests()} == {200}
    await side.close()


# Writing.


async def test_vendors_are_written_by_origin_id_and_a_second_time_changes_nothing(side):
    items = [
        {"erp_id": "NEWCO1", "name": "New & Company", "state_code": "OH", "is_active": True},
        {"erp_id": "OKAF01", "name": "Okafor Concrete"},
    ]
    (step,) = side.connector.steps("company", {"items": items}, {})

    first, second = await push(side, step), await push(side, step)

    assert set(first.entries) == {"MRI:VEND:NEWCO1", "MRI:VEND:OKAF01"}
    assert first.entries == second.entries
    assert first.errors == {}
    stored = {each.linked_to: each for each in await side.all("company")}
    assert stored["NEWCO1"].external_id == first.entries["MRI:VEND:NEWCO1"]
    assert stored["NEWCO1"].values["name"] == "New & Company"
    assert stored["NEWCO1"].external_code == "NEWCO1"
    assert len(stored) - 1 == 111


async def test_a_known_vendor_is_linked_by_its_own_id(side):
    vendor = next(each for each in WORLD.vendors if each.in_erp and each.procore_id and not each.linked)
    facts = {"external_id": str(vendor.procore_id), "erp_id": vendor.code}
    (step,) = side.connector.steps("company", facts, {})

    answer = await push(side, step)

    assert answer.external_id == str(vendor.procore_id)
    stored = {each.external_id: each for each in await side.all("company")}[str(vendor.procore_id)]
    assert stored.linked_to == vendor.code
    assert stored.values["name"] == vendor.procore_name


async def test_one_bad_entry_spoils_no_other(side):
    items = [{"erp_id": "GOOD1", "name": "Good"}, {"erp_id": "BLANK1", "name": ""}]
    ghost = {"erp_id": "GHOST1", "name": "Ghost", "external_id": "999999999"}
    (step,) = side.connector.steps("company", {"items": [*items, ghost]}, {})

    answer = await push(side, step)

    assert set(answer.entries) == {"MRI:VEND:GOOD1"}
    assert set(answer.errors) == {"MRI:VEND:BLANK1", "MRI:VEND:GHOST1"}
    assert "Entity with this ID not found" in answer.errors["MRI:VEND:GHOST1"]


async def test_the_only_entry_refused_is_a_refusal(side):
    (step,) = side.connector.steps("company", {"erp_id": "BLANK1", "name": ""}, {})

    with pytest.raises(ErpRefused, match="name"):
        await push(side, step)


async def test_many_entries_go_in_batches_and_match_in_any_order(side):
    items = [{"erp_id": f"BULK{number}", "name": f"Company {number}"} for number in range(1100)]
    steps = side.connector.steps("company", {"items": items}, {})

    assert [len(step.body["updates"]) for step in steps] == [500, 500, 100]
    ids = {}
    for step in steps:
        ids |= (await push(side, step)).entries
    stored = {each.linked_to: each.external_id for each in await side.all("company")}
    assert all(stored[f"BULK{number}"] == ids[f"MRI:VEND:BULK{number}"] for number in range(1100))


async def test_a_project_is_written_with_its_dates(side):
    job = next(job for job in WORLD.jobs if job.in_erp and not job.procore_id)
    facts = {
        "job_code": job.code,
        "name": job.name,
        "start_date": job.start,
        "completion_date": job.completion,
        "is_active": True,
        "city": job.city,
    }
    (step,) = side.connector.steps("project", facts, {})

    answer = await push(side, step)

    stored = {each.linked_to: each for each in await side.all("project")}[job.code]
    assert stored.external_id == answer.external_id
    assert stored.values["number"] == job.code
    assert stored.values["start_date"] == job.start


async def test_codes_types_and_pairs_are_written_onto_a_new_project(side):
    (project_step,) = side.connector.steps("project", {"job_code": "26-900", "name": "New"}, {})
    project = (await push(side, project_step)).external_id
    listed = str(WORLD.company.cost_code_list_id)
    (standard,) = side.connector.steps(
        "cost_code", {"list": listed, "items": [{"code": "99-100", "name": "Odds"}]}, {}
    )
    (kind,) = side.connector.steps(
        "cost_type", {"items": [{"code": "Z", "name": "Zeal", "base_type": "other"}]}, {}
    )
    standard_id = (await push(side, standard)).entries["MRI:CODE:99-100"]
    type_id = (await push(side, kind)).entries["MRI:CAT:Z"]
    item = {"code": "99-100", "name": "Odds", "standard_cost_code_id": standard_id}
    (codes,) = side.connector.steps("project_cost_code", {"project": project, "items": [item]}, {})
    code_id = (await push(side, codes)).entries["MRI:CODE:99-100"]
    pair = {"cost_code_id": code_id, "cost_type_id": type_id}
    (pairs,) = side.connector.steps("project_cost_code_type", {"project": project, "items": [pair]}, {})

    answer = await push(side, pairs)

    assert answer.entries == {f"{code_id}:{type_id}": f"{code_id}:{type_id}"}
    (stored,) = await side.all("project_cost_code", project=project)
    assert (stored.external_id, stored.linked_to, stored.external_code) == (code_id, "99-100", "99-100")
    assert [(line.external_code, line.linked_to) for line in stored.lines] == [("Z", "Z")]


async def test_an_item_is_marked_as_synced_and_freed_again(side):
    contract = next(each for each in WORLD.sendable if each.kind == "work_order_contract")
    item = {"item_type": "work_order_contract", "item_id": str(contract.procore_id)}
    mark = {
        **item,
        "origin_id": f"MRI:CONT:{contract.job_code}:{contract.number}",
        "origin_code": contract.number,
    }
    (marked,) = side.connector.steps("external_data", mark, {})
    (freed,) = side.connector.steps("external_data", {**item, "origin_id": None, "origin_code": None}, {})

    async def link():
        found = await side.all("commitment", project=str(contract.project_id))
        return next(each.linked_to for each in found if each.external_id == str(contract.procore_id))

    answer = await push(side, marked)
    assert answer.entries == {f"work_order_contract:{contract.procore_id}": str(contract.procore_id)}
    assert await link() == f"{contract.job_code}/{contract.number}"
    await push(side, freed)
    assert await link() is None


async def test_a_request_of_procore_is_closed_with_its_message(side):
    contract = next(each for each in WORLD.sendable if each.kind == "work_order_contract")
    sender = WORLD.person(next(person.role for person in WORLD.people if person.name == "Paula Marsh"))
    pressed = {"item_type": contract.kind, "item_id": contract.procore_id, "user_id": sender.procore_id}
    detail = (await side.control.post("/__control/erp/export", json=pressed)).json()
    facts = {"id": str(detail["id"]), "status": "failed", "messages": ["SC-1: the vendor is not active."]}
    (step,) = side.connector.steps("request_detail", facts, {})

    answer = await push(side, step)

    assert answer.external_id == str(detail["id"])
    assert answer.snapshot["messages"] == ["SC-1: the vendor is not active."]


async def test_what_a_lost_answer_stored_is_found_by_its_origin_id(side):
    await side.fault("drop_after", match=PATCH)
    (step,) = side.connector.steps("company", {"erp_id": "LOST1", "name": "Lost & Found"}, {})
    assert await side.connector.find(step) is None

    with pytest.raises(ErpUnavailable) as lost:
        await push(side, step)

    assert lost.value.reached is True
    found = await side.connector.find(step)
    assert found.differences == {}
    assert (await push(side, step)).external_id == found.external_id
    assert [each.linked_to for each in await side.all("company")].count("LOST1") == 1


async def test_a_difference_is_shown_by_field(side):
    (written,) = side.connector.steps("company", {"erp_id": "DIFF1", "name": "One", "city": "Toledo"}, {})
    await push(side, written)
    (wanted,) = side.connector.steps("company", {"erp_id": "DIFF1", "name": "Two", "city": "Toledo"}, {})

    assert (await side.connector.find(wanted)).differences == {"MRI:VEND:DIFF1.name": ("Two", "One")}


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        {"entities": None},
        {"entities": [], "errors": []},
        {"entities": [{"name": "Okafor"}]},
        {"entities": [{"origin_id": "MRI:VEND:OKAF01"}]},
        {"entities": [{"id": 5, "origin_id": "MRI:VEND:OTHER"}]},
    ],
)
async def test_a_200_that_proves_nothing_leaves_the_outcome_open(answer):
    connector = answering(lambda _: httpx.Response(200, json=answer))
    (step,) = connector.steps("company", {"erp_id": "OKAF01", "name": "Okafor"}, {})

    with pytest.raises(ErpUnexpected):
        await connector.push(step, canonical(step.body))


@pytest.mark.parametrize("fault", ["drop_before", "html", "truncate"])
async def test_a_write_is_sent_once_whatever_comes_back(side, fault):
    await side.fault(fault, match=PATCH)
    (step,) = side.connector.steps("company", {"erp_id": "ONCE1", "name": "Once"}, {})

    with pytest.raises((ErpUnavailable, ErpUnexpected)):
        await push(side, step)

    assert len(await side.requests(method="PATCH")) == 1


SHAPES = [
    {"errors": "No such thing."},
    {"errors": ["No such thing."]},
    {"error": {"message": "No such thing."}},
    {"message": "No such thing."},
    {"errors": {"base": ["No such thing."]}},
    {"error": {"code": "BAD_REQUEST", "message": "No such thing.", "details": []}},
    {"message": "No such thing.", "error": "currency"},
    "No such thing.",
]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("status", [400, 404, 406, 409, 422])
async def test_every_shape_of_a_refusal_means_the_same(shape, status):
    calls = []

    def answer(request):
        calls.append(request)
        return httpx.Response(status, json=shape)

    connector = answering(answer)
    (step,) = connector.steps("company", {"erp_id": "OKAF01", "name": "Okafor"}, {})

    with pytest.raises(ErpRefused, match="No such thing") as refused:
        await connector.push(step, canonical(step.body))
    assert refused.value.duplicate is (status == 409)
    with pytest.raises(ErpUnexpected, match="No such thing"):
        await connector.fetch("company", {}, None)
    assert len(calls) == 2


async def test_a_disconnected_app_is_a_matter_of_credentials_also_for_a_write(side):
    await side.control.post("/__control/access", json={"connected": False})
    (step,) = side.connector.steps("company", {"erp_id": "OKAF01", "name": "Okafor"}, {})

    with pytest.raises(ErpUnauthorized, match="not connected"):
        await push(side, step)


@pytest.mark.parametrize(
    ("key", "facts", "field"),
    [
        ("company", {"name": "No id"}, "erp_id"),
        ("project", {"name": "No code"}, "job_code"),
        ("cost_code", {"items": [{"code": "1", "name": "x"}]}, "list"),
        ("project_cost_code", {"items": []}, "project"),
        ("external_data", {"item_type": "vendor", "item_id": "x", "origin_id": None}, "item_id"),
        ("request_detail", {"id": "5", "status": "done"}, "status"),
        ("company", {"items": [{"erp_id": "A", "name": "1"}, {"erp_id": "A", "name": "2"}]}, "items"),
    ],
)
async def test_facts_that_lack_something_never_leave(side, key, facts, field):
    with pytest.raises(MappingError) as refused:
        side.connector.steps(key, facts, {})

    assert refused.value.field == field
    assert await side.requests() == []


async def test_what_procore_does_not_take_is_refused(side):
    with pytest.raises(Refused) as refused:
        side.connector.steps("accounting_period", {}, {})

    assert refused.value.code is ErrorCode.CAPABILITY_NOT_SUPPORTED


def test_capabilities_say_what_procore_can_do():
    found = capabilities("procore", {})

    assert {"company", "project", "commitment", "member"} <= found.imports
    assert found.write_classes["company.sync"] is WriteClass.K2
    assert found.write_classes["payment.create"] is WriteClass.K4
    assert {"company", "project", "payment", "direct_cost", "external_data"} <= found.exports
    assert found.objects["budget_modification"].direction is Direction.IMPORT
    assert {"company", "commitment", "subcontractor_invoice", "direct_cost"} <= set(found.incremental)
    assert {"sub_job", "payment", "owner_invoice"}.isdisjoint(found.incremental)


async def test_a_token_that_cannot_be_had_means_that_a_write_has_not_left():
    transport = httpx.MockTransport(lambda _: httpx.Response(503))
    connector = open_connector(
        "procore",
        "https://procore.example.com",
        {"client_id": "c", "client_secret": "s"},
        {"company_id": "1"},
        transport=transport,
        limits=Limits(tries=1),
    )
    (step,) = connector.steps("company", {"erp_id": "OKAF01", "name": "Okafor"}, {})

    with pytest.raises(ErpUnavailable) as gone:
        await connector.push(step, canonical(step.body))

    assert gone.value.reached is False


async def test_a_moment_for_changes_is_told_in_utc_with_five_minutes_of_overlap():
    asked = []

    def answer(request):
        asked.append(request.url.params["filters[updated_at]"])
        return httpx.Response(200, json=[])

    moment = datetime(2026, 3, 2, 9, tzinfo=UTC).isoformat()
    await answering(answer).fetch("project", {"since": moment}, None)

    assert asked == ["2026-03-02T08:55:00Z...2100-01-01T00:00:00Z"]
