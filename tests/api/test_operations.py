"""Every document of `graphql/operations`, asked as a person would: the answer has the shape it selects, and holds what is true."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from decimal import Decimal

import httpx
import pytest
import pytest_asyncio
from asking import FOLDER, OPERATIONS, Asking
from desk import TABLES, Desk, Item
from graphql import GraphQLObjectType, GraphQLSchema, build_schema
from paper_cases import PAPER_CASES
from shape import Shape

from db.clock import new_id, now
from db.schedules import ScheduleGroup
from hub.core.link import LinkState
from hub.http import View, Window
from hub.http.budget import Usage
from hub.http.circuit import Circuit, Phase
from hub.sync.schedules import fire
from hub.sync.traffic import keep


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema((FOLDER / "schema.graphql").read_text())


@pytest_asyncio.fixture
async def ask(desk: Desk, client: httpx.AsyncClient, schema: GraphQLSchema) -> Asking:
    return Asking(desk, client, schema)


async def viewer(desk: Desk, ask: Asking) -> None:
    found = await ask("approver", "Viewer")
    assert (found["name"], found["isAccountingApprover"], found["erpLevel"]) == ("Approver", True, "STANDARD")
    assert not (await ask("manager", "Viewer"))["isAccountingApprover"]


async def systems(desk: Desk, ask: Asking) -> None:
    assert await ask("manager", "Systems") == [
        {"id": f"sys_{desk.erp}", "name": "MRI", "kind": "mri", "role": "ERP", "state": "ACTIVE"}
    ]


async def system_traffic(desk: Desk, ask: Asking) -> None:
    [before] = await ask("reader", "SystemTraffic")
    circuit = Circuit(Phase.OPEN, opened_at=1772442000.0, probe_at=1772442030.0, words="It took too long.")
    usage = [Usage(Window(3600, 3600), 612, 1772445000.5), Usage(Window(25, 10), 0, None)]
    async with desk.pool.transaction(desk.account) as connection:
        await keep(connection, desk.account, desk.erp, View([], Circuit()))
        await keep(connection, desk.account, desk.erp, View(usage, circuit))
    [after] = await ask("reader", "SystemTraffic")
    assert before["traffic"] is None
    assert after["traffic"].pop("updatedAt")
    assert after["traffic"] == {
        "breaker": "OPEN",
        "openedAt": "2026-03-02T09:00:00+00:00",
        "nextProbeAt": "2026-03-02T09:00:30+00:00",
        "lastFailure": "It took too long.",
        "windows": [
            {"seconds": 10, "count": 25, "used": 0, "remaining": 25, "resetsAt": None},
            {
                "seconds": 3600,
                "count": 3600,
                "used": 612,
                "remaining": 2988,
                "resetsAt": "2026-03-02T09:50:00.5+00:00",
            },
        ],
    }
    [unseen] = await ask("manager", "SystemTraffic")
    assert unseen["traffic"] is None


async def activity(desk: Desk, ask: Asking) -> None:
    item = await desk.sent()
    await desk.accept("approver", item)
    found = await ask("administrator", "Activity")
    assert (found["jobs"], found["attempts"], found["events"]) == (1, 0, 2)


async def find_commitments(desk: Desk, ask: Asking) -> None:
    item = await desk.subcontract()
    await desk.subcontract("SC-002", title="x" * 36)
    found = await ask("manager", "FindCommitments", filter={"number": {"eq": "SC-001"}})
    assert (found["totalCount"], [node["id"] for node in found["nodes"]]) == (1, [item.name])
    assert found["nodes"][0]["viewerCan"]["send"] == {"allowed": True, "reasons": []}
    both = await ask("manager", "FindCommitments", first=10)
    assert [node["viewerCan"]["send"]["reasons"] for node in both["nodes"]] == [
        [],
        [{"code": "TITLE_TOO_LONG"}],
    ]


async def commitment(desk: Desk, ask: Asking) -> None:
    item = await desk.sent()
    found = await ask("standard", "Commitment", id=item.name)
    assert (found["number"], found["linkState"], found["originalAmount"]) == (
        "SC-001",
        "READY_TO_EXPORT",
        "40000.00",
    )
    assert found["lines"] == [
        {"lineNumber": 1, "amount": "40000.00", "costCode": {"code": "03-100"}, "costType": {"code": "L"}}
    ]
    [reason] = found["viewerCan"]["accept"]["reasons"]
    assert (reason["code"], reason["kind"]) == ("FORBIDDEN", "PERMISSION")
    assert reason["grant"] == {
        "tool": "Can Push to Accounting", "scope": "COMPANY", "needed": None, "held": None,
        "grantedBy": "a company Directory administrator who has the privilege",
    }  # fmt: skip
    assert await ask("nobody", "Commitment", id=item.name) is None


async def preview_commitment(desk: Desk, ask: Asking) -> None:
    item = await desk.sent()
    plain = (await ask("approver", "PreviewCommitment", id=item.name))["preview"]
    assert (plain["digest"], plain["erpCalls"], plain["problems"]) == (
        (await desk.link(item))["digest"],
        1,
        [],
    )
    typed = (await ask("approver", "PreviewCommitment", id=item.name, entries={"erpId": "C-9"}))["preview"]
    assert typed["digest"] == await desk.digest(item, "C-9") != plain["digest"]
    assert typed["payload"]["steps"][0]["body"]["value"][0]["ContractNumber"] == "C-9"
    long = (await ask("approver", "PreviewCommitment", id=item.name, entries={"erpId": "N" * 21}))["preview"]
    assert (long["payload"], long["digest"], [problem["code"] for problem in long["problems"]]) == (
        None, None, ["VALUE_DOES_NOT_FIT"],
    )  # fmt: skip


async def test_a_refusal_names_its_field_as_the_contract_does(desk: Desk, ask: Asking):
    await desk.change("update connection set settings = '{\"use_procore_contract_number\": false}'")
    item = await desk.sent()
    shown = (await ask("approver", "PreviewCommitment", id=item.name))["preview"]
    assert [(problem["code"], problem["field"]) for problem in shown["problems"]] == [
        ("ERP_ID_REQUIRED", "entries.erpId")
    ]
    found = await ask.change("approver", "AcceptItems", item, digest="0" * 64)
    [refused] = found["items"][0]["userErrors"]
    assert (refused["code"], refused["field"]) == ("ERP_ID_REQUIRED", "entries.erpId")


async def send_items(desk: Desk, ask: Asking) -> None:
    item, long = await desk.subcontract(), await desk.subcontract("SC-002", title="x" * 36)
    found = await ask.change("manager", "SendItems", item, long)
    good, bad = found["items"]
    assert (good["item"]["linkState"], good["item"]["version"], good["userErrors"]) == (
        "READY_TO_EXPORT",
        2,
        [],
    )
    assert good["item"]["link"]["digest"] == (await desk.link(item))["digest"]
    assert (bad["item"]["linkState"], bad["userErrors"][0]["code"]) == ("NOT_SENT", "TITLE_TOO_LONG")
    assert found["run"]["id"].startswith("run_")


async def retrieve_items(desk: Desk, ask: Asking) -> None:
    item = await desk.sent()
    found = await ask.change("manager", "RetrieveItems", item)
    assert found["items"][0]["item"] == {"id": item.name, "version": 3, "linkState": "RETRIEVED"}


async def reject_items(desk: Desk, ask: Asking) -> None:
    item = await desk.sent()
    silent = await ask.change("approver", "RejectItems", item)
    assert silent["items"][0]["userErrors"][0]["code"] == "INVALID_VALUE"
    found = await ask.change("approver", "RejectItems", item, comment="Mend the title.")
    assert found["items"][0]["item"]["linkState"] == "REJECTED"
    assert (await ask("approver", "Commitment", id=item.name))["link"]["comment"] == "Mend the title."


async def accept_items(desk: Desk, ask: Asking) -> None:
    item = await desk.sent()
    forged = await ask.change("approver", "AcceptItems", item, digest="0" * 64)
    assert (forged["run"], forged["items"][0]["userErrors"][0]["code"]) == (None, "DIGEST_MISMATCH")
    entries = {"erpId": "C-9"}
    found = await ask.change(
        "approver", "AcceptItems", item, digest=await desk.digest(item, "C-9"), entries=entries
    )
    assert found["items"][0]["item"] == {"id": item.name, "version": 3, "linkState": "EXPORTING"}
    assert (await ask("approver", "Commitment", id=item.name))["link"]["answeredBy"] == {"name": "Approver"}


async def unlink_items(desk: Desk, ask: Asking) -> None:
    await desk.subcontract("SC-001", LinkState.SYNCED)
    held = await ask.change("standard", "UnlinkItems", desk.vendor)
    assert held["items"][0]["userErrors"][0]["message"] == "In the ERP hang on it: commitment SC-001."
    free = await desk.company("Other", LinkState.LINKED, link={"external_id": "V9"})
    found = await ask.change("standard", "UnlinkItems", free)
    assert found["items"][0]["item"] == {"id": free.name, "version": 2, "linkState": "NOT_SENT"}


async def _to_link(desk: Desk) -> tuple[Item, Item]:
    vendor = await desk.company(
        "OKAFOR STEEL", LinkState.READY_TO_IMPORT, origin_id=None, link={"external_id": "V9"}
    )
    return vendor, await desk.company("Okafor Steel", LinkState.NOT_SENT, city="Erie")


async def companies_to_link(desk: Desk, ask: Asking) -> None:
    vendor, known = await _to_link(desk)
    found = await ask("administrator", "CompaniesToLink")
    assert found["totalCount"] == 1
    [node] = found["nodes"]
    assert (node["id"], node["suggestions"]) == (
        vendor.name,
        [
            {
                "company": {"id": known.name, "name": "Okafor Steel", "city": "Erie"},
                "score": 100,
                "isExact": True,
                "reasonsFor": ["SAME_NAME"],
                "reasonsAgainst": [],
            }
        ],
    )
    assert node["viewerCan"]["link"]["allowed"]
    assert not (await ask("standard", "CompaniesToLink"))["nodes"][0]["viewerCan"]["link"]["allowed"]


async def link_items(desk: Desk, ask: Asking) -> None:
    vendor, known = await _to_link(desk)
    found = await ask.change("administrator", "LinkItems", vendor, targetId=known.name)
    assert found["items"][0]["item"] == {
        "id": known.name, "version": 2, "linkState": "LINKED", "link": {"externalId": "V9"},
    }  # fmt: skip


async def link_all(desk: Desk, ask: Asking) -> None:
    _, known = await _to_link(desk)
    denied = await ask("standard", "LinkAll", key="a")
    assert (denied["run"], denied["userErrors"][0]["code"]) == (None, "FORBIDDEN")
    found = await ask("administrator", "LinkAll", key="a")
    assert (found["run"]["state"], found["run"]["itemsTotal"]) == ("QUEUED", 1)
    assert await desk.state(known) == "NOT_SENT"


async def refuse_suggestions(desk: Desk, ask: Asking) -> None:
    vendor, known = await _to_link(desk)
    found = await ask.change("administrator", "RefuseSuggestions", vendor, targetId=known.name)
    assert found["items"][0]["item"] == {"id": vendor.name, "version": 2, "suggestions": []}
    pair = {"id": vendor.name, "expectedVersion": 2, "targetId": known.name}
    again = await ask("administrator", "RefuseSuggestions", key="b", items=[pair], undo=True)
    assert again["items"][0]["item"]["suggestions"] == [{"company": {"id": known.name}}]


async def archive_items(desk: Desk, ask: Asking) -> None:
    vendor, _ = await _to_link(desk)
    found = await ask.change("approver", "ArchiveItems", vendor)
    assert found["items"][0]["item"] == {"id": vendor.name, "version": 2, "linkState": "ARCHIVED"}
    assert found["run"]["state"] == "SUCCEEDED"


async def restore_items(desk: Desk, ask: Asking) -> None:
    vendor = await desk.company("Okafor", LinkState.ARCHIVED, origin_id=None, link={"external_id": "V9"})
    found = await ask.change("standard", "RestoreItems", vendor)
    assert found["items"][0]["item"] == {"id": vendor.name, "version": 2, "linkState": "READY_TO_IMPORT"}


async def assign_cost_types(desk: Desk, ask: Asking) -> None:
    code, kind = Item("ccd", desk.codes["03-100"]), f"cty_{desk.types['L']}"
    denied = await ask.change("reader", "AssignCostTypes", code, costTypeIds=[kind])
    assert denied["items"][0]["userErrors"][0]["code"] == "FORBIDDEN"
    found = await ask.change("standard", "AssignCostTypes", code, costTypeIds=[kind])
    assert found["items"][0]["item"] == {
        "id": code.name, "version": 2, "code": "03-100", "defaultCostTypes": [{"code": "L"}],
    }  # fmt: skip


async def jobs_to_add(desk: Desk, ask: Asking) -> None:
    job = await desk.project("J200", LinkState.READY_TO_IMPORT, origin_id=None, link={"external_id": "J200"})
    [node] = (await ask("administrator", "JobsToAdd"))["nodes"]
    assert (node["id"], node["number"], node["costCodes"], node["viewerCan"]["add"]["allowed"]) == (
        job.name,
        "J200",
        [],
        True,
    )


async def add_items(desk: Desk, ask: Asking) -> None:
    job = await desk.project("J200", LinkState.READY_TO_IMPORT, origin_id=None, link={"external_id": "J200"})
    denied = await ask.change("standard", "AddItems", job)
    assert (denied["run"], denied["items"][0]["userErrors"][0]["code"]) == (None, "FORBIDDEN")
    found = await ask.change("administrator", "AddItems", job)
    assert found["run"] is not None
    assert found["items"][0]["item"] == {"id": job.name, "linkState": "READY_TO_IMPORT"}


async def import_budgets(desk: Desk, ask: Asking) -> None:
    """This ERP gives no budgets; the amounts are shown all the same."""
    TABLES["bud"] = "budget"
    async with desk.books() as books:
        values = {
            "project_id": desk.job.id,
            "is_locked": False,
            "original_amount": Decimal("5.00"),
            "currency": "USD",
        }
        item = Item("bud", await books.item("budget", "Budget", LinkState.NOT_SENT, **values))
        for number, amount in enumerate(("10.00", "-4.00")):
            await books.insert(
                "erp_record", connection_id=desk.erp, object_key="budget_line", external_id=str(number), project_code="J100",
                amount=Decimal(amount), run_id=desk.ids(),
            )  # fmt: skip
    found = await ask.change("administrator", "ImportBudgets", item)
    assert found["items"][0]["userErrors"][0]["code"] == "CAPABILITY_NOT_SUPPORTED"
    assert found["items"][0]["item"] == {
        "id": item.name,
        "originalAmount": "5.00",
        "erpAmount": "6.00",
        "amountAfterImport": "10.00",
        "isLocked": False,
    }


async def reject_cost_codes(desk: Desk, ask: Asking) -> None:
    async with desk.books() as books:
        code = await books.item(
            "cost_code", "CostCode", LinkState.READY_TO_EXPORT, code="77-001", name="Own code"
        )
    denied = await ask("standard", "RejectCostCodes", key="a", comment="No")
    assert (denied["run"], denied["items"][0]["userErrors"][0]["code"]) == (None, "FORBIDDEN")
    found = await ask("approver", "RejectCostCodes", key="b", comment="Use the old list")
    assert found["items"][0]["item"] == {"id": f"ccd_{code}", "version": 2, "linkState": "REJECTED"}


async def import_prime_contracts(desk: Desk, ask: Asking) -> None:
    link = {"external_id": "J100/PC-1", "snapshot": {"original_amount": "101.00"}}
    async with desk.books() as books:
        contract = Item(
            "pmc",
            await books.item(
                "prime_contract", "PrimeContract", LinkState.LINKED, link,
                project_id=desk.job.id, number="PC-1", title="With the owner", status="APPROVED",
                currency="USD", is_executed=False, original_amount=Decimal("100.00"),
            ),
        )  # fmt: skip
    items = [{"id": contract.name, "expectedVersion": 1}]
    denied = await ask("administrator", "ImportPrimeContracts", key="a", items=items)
    assert (denied["run"], denied["items"][0]["userErrors"][0]["code"]) == (None, "CAPABILITY_NOT_SUPPORTED")
    await desk.change(
        "update connection set capabilities = jsonb_set(capabilities, '{objects,prime_contract}', '{\"direction\": \"both\"}')"
    )
    found = await ask("administrator", "ImportPrimeContracts", key="b", items=items)
    assert found["run"] is not None
    assert found["items"][0]["item"] == {"id": contract.name, "version": 1, "linkState": "LINKED"}


async def refresh_items(desk: Desk, ask: Asking) -> None:
    found = await ask.change("project administrator", "RefreshItems", desk.job)
    assert found["run"] is not None
    assert found["items"][0]["item"] == {"id": desk.job.name, "linkState": "LINKED"}


async def set_job_cost_sync(desk: Desk, ask: Asking) -> None:
    each = {"id": desk.job.name, "expectedVersion": await desk.version(desk.job), "enabled": False}
    denied = await ask("manager", "SetJobCostSync", key="a", items=[each])
    assert (denied["run"], denied["items"][0]["userErrors"][0]["code"]) == (None, "FORBIDDEN")
    found = await ask("project administrator", "SetJobCostSync", key="a", items=[each])
    assert found["run"] is not None
    assert found["items"][0]["item"] == {"id": desk.job.name, "syncsJobCosts": False}
    assert await desk.history(desk.job) == [("SYNC_COSTS", "Costs of the ERP are not taken in")]


async def project(desk: Desk, ask: Asking) -> None:
    found = await ask("manager", "Project", id=desk.job.name)
    assert (found["number"], found["linkState"], found["link"]) == ("J100", "LINKED", {"externalId": "J100"})
    pairs = {(row["costCode"]["code"], row["costType"]["code"], row["inErp"]) for row in found["costCodes"]}
    assert pairs == {(code, kind, True) for code in ("03-100", "03-200") for kind in ("L", "M")}


async def import_records(desk: Desk, ask: Asking) -> None:
    denied = await ask("approver", "ImportRecords", key="a", system=f"sys_{desk.erp}")
    assert (denied["run"], denied["userErrors"][0]["code"]) == (None, "FORBIDDEN")
    found = await ask(
        "administrator", "ImportRecords", key="a", system=f"sys_{desk.erp}", resources=["company"]
    )
    assert (found["run"]["state"], found["userErrors"]) == ("QUEUED", [])


async def verify_system(desk: Desk, ask: Asking) -> None:
    denied = await ask("approver", "VerifySystem", key="a", system=f"sys_{desk.erp}")
    assert (denied["run"], denied["userErrors"][0]["code"]) == (None, "FORBIDDEN")
    found = await ask("administrator", "VerifySystem", key="a", system=f"sys_{desk.erp}")
    assert (found["run"]["state"], found["userErrors"]) == ("QUEUED", [])
    again = await ask("administrator", "VerifySystem", key="b", system=f"sys_{desk.erp}")
    assert again["run"]["id"] == found["run"]["id"]


async def watch_system(desk: Desk, ask: Asking) -> None:
    denied = await ask("approver", "WatchSystem", key="a", system=f"sys_{desk.erp}")
    assert (denied["run"], denied["userErrors"][0]["code"]) == (None, "FORBIDDEN")
    found = await ask("administrator", "WatchSystem", key="b", system=f"sys_{desk.erp}")
    assert (found["run"], found["userErrors"][0]["code"]) == (None, "CAPABILITY_NOT_SUPPORTED")
    await desk.change("update connection set role = 'PROJECT_TOOL' where id = $1", desk.erp)
    found = await ask("administrator", "WatchSystem", key="c", system=f"sys_{desk.erp}")
    assert (found["run"]["state"], found["userErrors"]) == ("QUEUED", [])
    assert {kind for kind, _ in await desk.jobs()} == {"watch_system", "poll_requests"}


async def configure_schedule(desk: Desk, ask: Asking) -> None:
    asked = {"system": f"sys_{desk.erp}", "group": "PAYMENTS", "frequency": "EVERY_4_HOURS"}
    denied = await ask("approver", "ConfigureSchedule", key="a", **asked)
    assert (denied["run"], denied["userErrors"][0]["code"]) == (None, "FORBIDDEN")
    wrong = await ask("administrator", "ConfigureSchedule", key="b", **asked, zone="Mars")
    assert (wrong["run"], wrong["userErrors"][0]["field"]) == (None, "zone")
    found = await ask("administrator", "ConfigureSchedule", key="c", **asked)
    assert (found["run"]["action"], found["run"]["state"]) == ("CONFIGURE_SCHEDULE", "SUCCEEDED")


async def schedules(desk: Desk, ask: Asking) -> None:
    asked = {"system": f"sys_{desk.erp}", "group": "JOB_COSTS", "frequency": "DAILY", "time": "01:00"}
    await ask("administrator", "ConfigureSchedule", key="a", **asked, zone="EST")
    asked = {"system": f"sys_{desk.erp}", "group": "COMPANIES", "frequency": "NEVER"}
    await ask("administrator", "ConfigureSchedule", key="b", **asked)
    async with desk.pool.transaction(desk.account) as connection:
        later = now() + timedelta(days=2)
        assert await fire(connection, desk.account, desk.erp, ScheduleGroup.JOB_COSTS, later) is not None
    [found] = await ask("reader", "Schedules")
    never, costs = found["schedules"]
    assert (never["group"], never["frequency"], never["nextRunAt"], never["lastRun"]) == (
        *("COMPANIES", "NEVER"),
        *(None, None),
    )
    assert (costs["group"], costs["time"], costs["zone"]) == ("JOB_COSTS", "01:00", "EST")
    assert costs["nextRunAt"][11:16] == "06:00"
    last = {"state": "QUEUED", "trigger": "SCHEDULE", "requestedBy": None}
    assert last.items() <= costs["lastRun"].items()
    [hidden] = await ask("manager", "Schedules")
    assert hidden["schedules"] == []


async def system_checks(desk: Desk, ask: Asking) -> None:
    await desk.change(
        "insert into system_check (account_id, connection_id, position, name, ok, message)"
        " values ($1, $2, 1, 'vendors', false, 'no right'), ($1, $2, 0, 'jobs', true, 'OK')",
        *(desk.account, desk.erp),
    )
    await desk.change(
        "insert into erp_request (account_id, id, connection_id, external_id, name) values ($1, $2, $3, '7', 'sync_jobs')",
        *(desk.account, new_id(), desk.erp),
    )
    [found] = await ask("administrator", "SystemChecks")
    assert [(check["name"], check["ok"]) for check in found["checks"]] == [("jobs", True), ("vendors", False)]
    [request] = found["requests"]["nodes"]
    assert (request["name"], request["state"], request["details"]) == ("sync_jobs", "OPEN", [])
    [hidden] = await ask("manager", "SystemChecks")
    assert (hidden["checks"], hidden["requests"]["nodes"]) == ([], [])


async def _run(desk: Desk, ask: Asking) -> tuple[Item, str]:
    item = await desk.subcontract()
    run: str = (await ask.change("manager", "SendItems", item))["run"]["id"]
    return item, run


async def sync_run(desk: Desk, ask: Asking) -> None:
    item, run = await _run(desk, ask)
    found = await ask("manager", "SyncRun", id=run)
    assert (found["action"], found["state"], found["requestedBy"]) == (
        "SEND",
        "SUCCEEDED",
        {"name": "Manager"},
    )
    assert found["items"] == [
        {
            "position": 0, "outcome": "DONE", "code": None, "message": None, "erpMessage": None,
            "item": {"id": item.name, "linkState": "READY_TO_EXPORT"},
        }
    ]  # fmt: skip
    assert (found["jobs"], found["issues"]) == ([], {"totalCount": 0, "nodes": []})
    assert (found["errorCode"], found["errorMessage"], found["finishedAt"] is None) == (None, None, False)


async def recent_runs(desk: Desk, ask: Asking) -> None:
    _, run = await _run(desk, ask)
    [node] = (await ask("manager", "RecentRuns"))["nodes"]
    assert (node["id"], node["itemsDone"], node["itemsTotal"]) == (run, 1, 1)
    assert (node["errorCode"], node["errorMessage"]) == (None, None)


async def run_progress(desk: Desk, ask: Asking) -> None:
    _, run = await _run(desk, ask)
    states = await ask.follow("manager", run)
    assert (states[-1]["id"], states[-1]["state"], states[-1]["itemsDone"]) == (run, "SUCCEEDED", 1)
    assert states[-1]["finishedAt"] is not None


async def item_history(desk: Desk, ask: Asking) -> None:
    item = await desk.sent()
    await desk.ask("approver", "rejectItems", item, comment="Mend the title.")
    found = await ask("approver", "ItemHistory", id=item.name)
    assert (found["linkState"], found["attempts"], found["lastRun"]["action"]) == ("REJECTED", [], "REJECT")
    assert found["history"]["totalCount"] == 2
    told = sorted(
        (node["action"], node["cause"], node["actor"]["name"]) for node in found["history"]["nodes"]
    )
    assert told == [("REJECT", "Mend the title.", "Approver"), ("SEND", None, "Manager")]


CASES: Mapping[str, Callable[[Desk, Asking], Awaitable[None]]] = {
    "Viewer": viewer,
    "Systems": systems,
    "SystemTraffic": system_traffic,
    "Activity": activity,
    "FindCommitments": find_commitments,
    "Commitment": commitment,
    "PreviewCommitment": preview_commitment,
    "SendItems": send_items,
    "RetrieveItems": retrieve_items,
    "RejectItems": reject_items,
    "RejectCostCodes": reject_cost_codes,
    "ImportPrimeContracts": import_prime_contracts,
    "AcceptItems": accept_items,
    "UnlinkItems": unlink_items,
    "CompaniesToLink": companies_to_link,
    "LinkItems": link_items,
    "LinkAll": link_all,
    "RefuseSuggestions": refuse_suggestions,
    "ArchiveItems": archive_items,
    "RestoreItems": restore_items,
    "AssignCostTypes": assign_cost_types,
    "JobsToAdd": jobs_to_add,
    "AddItems": add_items,
    "ImportBudgets": import_budgets,
    "RefreshItems": refresh_items,
    "SetJobCostSync": set_job_cost_sync,
    "Project": project,
    "ImportRecords": import_records,
    "VerifySystem": verify_system,
    "WatchSystem": watch_system,
    "SystemChecks": system_checks,
    "ConfigureSchedule": configure_schedule,
    "Schedules": schedules,
    "SyncRun": sync_run,
    "RecentRuns": recent_runs,
    "RunProgress": run_progress,
    "ItemHistory": item_history,
    **PAPER_CASES,
}


def test_every_operation_is_asked_here():
    assert set(CASES) == set(OPERATIONS)


@pytest.mark.parametrize("name", CASES)
async def test_an_operation_answers_in_its_shape_and_truly(desk: Desk, ask: Asking, name: str):
    await CASES[name](desk, ask)

    assert name in ask.asked


def test_the_check_of_shapes_sees_what_is_wrong(schema: GraphQLSchema):
    shape = Shape(schema, "query Viewer { viewer { name isAccountingApprover erpLevel } }")
    good = {"name": "A", "isAccountingApprover": True, "erpLevel": "ADMIN"}
    shape.hold({"viewer": good})

    wrong = [
        {**good, "name": None},
        {**good, "name": 1},
        {**good, "isAccountingApprover": 1},
        {**good, "erpLevel": "KING"},
        {**good, "more": 1},
        {"name": "A", "isAccountingApprover": True},
        dict(reversed(good.items())),
    ]
    for answer in wrong:
        with pytest.raises(AssertionError):
            shape.hold({"viewer": answer})
    assert isinstance(schema.type_map["Query"], GraphQLObjectType)
