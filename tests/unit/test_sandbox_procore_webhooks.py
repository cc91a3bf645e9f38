"""The Procore sandbox's webhooks: hooks, the bodies of events, and a sender that can be told to misbehave."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from procore_caller import Procore, connect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.sandboxes.kit import serving
from hub.sandboxes.procore import create_app

SECRET = "Bearer a-secret-of-ours"


class Endpoint:
    """Somebody's endpoint: remembers what came, and answers as it is told."""

    def __init__(self) -> None:
        self.url = ""
        self.status = 204
        self.bodies: list[dict[str, Any]] = []
        self.authorizations: list[str | None] = []

    async def take(self, request: Request) -> Response:
        self.bodies.append(await request.json())
        self.authorizations.append(request.headers.get("authorization"))
        return Response(status_code=self.status)


@pytest.fixture(scope="module")
def listener() -> Iterator[Endpoint]:
    endpoint = Endpoint()
    with serving(Starlette(routes=[Route("/hook", endpoint.take, methods=["POST"])])) as url:
        endpoint.url = f"{url}/hook"
        yield endpoint


@pytest.fixture
def endpoint(listener: Endpoint) -> Endpoint:
    listener.status = 204
    listener.bodies.clear()
    listener.authorizations.clear()
    return listener


@pytest.fixture
async def procore() -> AsyncIterator[Procore]:
    async with connect() as client:
        yield await Procore(client).enter()


async def hook(procore: Procore, url: str, *triggers: tuple[str, str], version: str = "v2") -> dict[str, Any]:
    settings = {
        "api_version": version,
        "namespace": "erp-hub",
        "destination_url": url,
        "destination_headers": {"Authorization": SECRET},
    }
    made = await procore.post("webhooks/hooks", company_id=procore.company, hook=settings)
    for resource_name, event_type in triggers or (("ERP Requests", "create"),):
        trigger = {"resource_name": resource_name, "event_type": event_type}
        await procore.post(
            f"webhooks/hooks/{made['id']}/triggers", company_id=procore.company, trigger=trigger
        )
    return made


async def press(procore: Procore) -> dict[str, Any]:
    """A commitment is sent to the ERP."""
    about = {
        "item_type": "work_order_contract",
        "item_id": procore.contract()["id"],
        "user": "project_manager",
    }
    return (await procore.control("erp/export", **about)).json()


async def deliver(procore: Procore) -> int:
    return (await procore.control("webhooks/deliver")).json()["requests"]


async def tries(procore: Procore, made: dict[str, Any], **query: str) -> list[dict[str, Any]]:
    return await procore.get(f"webhooks/hooks/{made['id']}/deliveries", **query)


class TestHooks:
    async def test_a_hook_shows_only_the_end_of_its_secret(
        self, procore: Procore, endpoint: Endpoint
    ) -> None:
        made = await hook(procore, endpoint.url)

        assert made["destination_headers"] == {"Authorization": "*****-ours"}
        assert (made["owned_by_company_id"], made["owned_by_project_id"]) == (procore.company, None)
        assert (await procore.get("webhooks/hooks", company_id=procore.company)) == [made]

    @pytest.mark.parametrize(
        ("field", "value"),
        [("namespace", "Ours!"), ("destination_url", "https://example.com/hook"), ("api_version", "v9")],
    )
    async def test_a_hook_that_does_not_fit_is_refused(
        self, procore: Procore, field: str, value: str
    ) -> None:
        settings = {"namespace": "erp-hub", "destination_url": "http://127.0.0.1:9/hook", field: value}
        body = {"company_id": procore.company, "hook": settings}

        assert (await procore.call("POST", "webhooks/hooks", json=body)).status_code == 422

    async def test_triggers_compare_event_types_without_case_and_stand_once(
        self, procore: Procore, endpoint: Endpoint
    ) -> None:
        made = await hook(procore, endpoint.url, ("Company Vendors", "UPDATE"))
        path = f"webhooks/hooks/{made['id']}/triggers"

        async def add(resource_name: str, event_type: str) -> int:
            trigger = {"resource_name": resource_name, "event_type": event_type}
            return (await procore.call("POST", path, json={"trigger": trigger})).status_code

        assert await add("Company Vendors", "update") == 422
        assert await add("Teapots", "create") == 422
        assert await add("Company Vendors", "Delete") == 201
        assert [row["event_type"] for row in await procore.get(path)] == ["UPDATE", "DELETE"]

    async def test_triggers_are_added_and_removed_in_bulk(self, procore: Procore, endpoint: Endpoint) -> None:
        made = await hook(procore, endpoint.url)
        path = f"webhooks/hooks/{made['id']}/triggers"
        wanted = [{"resource_name": "Projects", "event_type": one} for one in ("create", "update")]

        added = await procore.post(f"{path}/bulk", triggers=wanted)
        ids = [row["id"] for row in added["success"]]
        removed = await procore.call("DELETE", f"{path}/bulk", json={"trigger_ids": ids})

        assert removed.json() == {"success": ids}
        assert [row["resource_name"] for row in await procore.get(path)] == ["ERP Requests"]

    async def test_version_2_has_text_ids_a_status_and_a_count(
        self, procore: Procore, endpoint: Endpoint
    ) -> None:
        path = f"companies/{procore.company}/webhooks/hooks"
        made = (
            await procore.post(
                path, version="v2.0", payload_version="v4.0", namespace="n", destination_url=endpoint.url
            )
        )["data"]
        await procore.post(
            f"{path}/{made['id']}/triggers", version="v2.0", resource_name="Projects", event_type="update"
        )
        shown = (await procore.get(f"{path}/{made['id']}", version="v2.0"))["data"]
        gone = await procore.call("DELETE", f"{path}/{made['id']}", version="v2.0")

        assert type(made["id"]) is str
        assert (shown["status"], shown["trigger_count"], shown["payload_version"]) == ("active", 1, "v4.0")
        assert gone.status_code == 204
        assert (await procore.get(path, version="v2.0"))["data"] == []

    async def test_resources_name_the_erp_requests(self, procore: Procore) -> None:
        old = await procore.get("webhooks/resources", project_id=procore.project)
        new = await procore.get(
            f"companies/{procore.company}/webhooks/resources", version="v2.0", per_page=100
        )

        assert [row["create"] for row in old if row["tools"] == "ERP Requests"] == ["create"]
        assert {row["payload_version"] for row in new["data"]} == {"v2.0", "v3.0", "v4.0"}


class TestBodies:
    async def test_version_2_names_the_request_and_no_more(
        self, procore: Procore, endpoint: Endpoint
    ) -> None:
        await hook(procore, endpoint.url)
        detail = await press(procore)
        assert await deliver(procore) == 1
        (body,) = endpoint.bodies

        assert (body["resource_name"], body["event_type"]) == ("ERP Requests", "create")
        assert body["resource_id"] == detail["erp_request_id"]
        assert body["api_version"] == "v2.0"
        assert (len(body["ulid"]), type(body["id"])) == (26, int)
        assert (body["company_id"], body["project_id"]) == (procore.company, None)
        assert body["metadata"]["source_user_id"] == procore.world["users"]["project_manager"]["id"]
        assert body["metadata"]["source_application_id"] is None
        assert len(body["timestamp"].partition(".")[2]) == len("104332Z")
        assert endpoint.authorizations == [SECRET]

    async def test_version_3_names_what_a_line_belongs_to(self, procore: Procore, endpoint: Endpoint) -> None:
        await hook(procore, endpoint.url, ("Line Items", "create"), version="v3")
        contract = procore.contract(broken=["status_not_sendable"])
        line = {"line_item": {"amount": "1.00"}}
        await procore.post(f"work_order_contracts/{contract['id']}/line_items", **line)
        await deliver(procore)

        assert endpoint.bodies[0]["related_resources"] == [
            {"id": contract["id"], "name": "WorkOrderContract"}
        ]

    async def test_version_4_has_texts_for_ids(self, procore: Procore, endpoint: Endpoint) -> None:
        await hook(procore, endpoint.url, version="v4")
        detail = await press(procore)
        await deliver(procore)
        (body,) = endpoint.bodies

        assert body["resource_id"] == str(detail["erp_request_id"])
        assert (body["resource_type"], body["reason"]) == ("ERP Requests", "create")
        assert len(body["id"]) == 26
        assert "ulid" not in body

    async def test_what_the_application_did_itself_is_told_with_its_id(
        self, procore: Procore, endpoint: Endpoint
    ) -> None:
        await hook(procore, endpoint.url, ("Company Vendors", "create"))
        await procore.sync("vendors", [{"name": "Echo"}], company_id=procore.company)
        await deliver(procore)

        source = endpoint.bodies[0]["metadata"]["source_application_id"]
        assert source == procore.world["applications"]["hub-sandbox"] == 7001

    async def test_an_object_that_is_gone_is_told_of_and_then_not_found(
        self, procore: Procore, endpoint: Endpoint
    ) -> None:
        await hook(procore, endpoint.url, ("Company Vendors", "delete"), ("Company Vendors", "update"))
        vendor = procore.world["vendors"]["unlinked"][0]
        await procore.control("objects/change", kind="vendor", id=vendor, changes={"city": "Erie"})
        await procore.control("objects/delete", kind="vendor", id=vendor)
        await deliver(procore)

        assert [body["event_type"] for body in endpoint.bodies] == ["update", "delete"]
        assert (await procore.call("GET", f"vendors/{vendor}")).status_code == 404

    async def test_an_event_can_be_made_up(self, procore: Procore, endpoint: Endpoint) -> None:
        await hook(procore, endpoint.url)
        told = await procore.control(
            "webhooks/event", resource_name="ERP Requests", event_type="create", resource_id=5
        )
        await deliver(procore)

        assert told.json() == {"deliveries": 1}
        assert endpoint.bodies[0]["resource_id"] == 5

    async def test_a_hook_of_a_project_hears_of_that_project_alone(
        self, procore: Procore, endpoint: Endpoint
    ) -> None:
        settings = {"namespace": "p", "destination_url": endpoint.url}
        made = await procore.post("webhooks/hooks", project_id=procore.project, hook=settings)
        trigger = {"resource_name": "Cost Codes", "event_type": "create"}
        await procore.post(f"webhooks/hooks/{made['id']}/triggers", trigger=trigger)
        for project in procore.world["projects"][:2]:
            await procore.sync("cost_codes", [{"code": "98-1", "name": "New"}], project_id=project["id"])
        await deliver(procore)

        assert [body["project_id"] for body in endpoint.bodies] == [procore.project]


class TestMisbehaviour:
    async def test_duplicates_share_their_ulid(self, procore: Procore, endpoint: Endpoint) -> None:
        await hook(procore, endpoint.url)
        await procore.control("webhooks/script", duplicates=2)
        await press(procore)

        assert await deliver(procore) == 3
        assert len({body["ulid"] for body in endpoint.bodies}) == 1

    async def test_two_events_come_in_the_other_order(self, procore: Procore, endpoint: Endpoint) -> None:
        await hook(procore, endpoint.url, ("Company Vendors", "update"))
        await procore.control("webhooks/script", reorder=True)
        first, second = procore.world["vendors"]["unlinked"][:2]
        for vendor in (first, second):
            await procore.control("objects/change", kind="vendor", id=vendor, changes={"city": "Erie"})
        await deliver(procore)

        assert [body["resource_id"] for body in endpoint.bodies] == [second, first]

    async def test_an_event_can_be_late_on_the_sandboxs_clock(
        self, procore: Procore, endpoint: Endpoint
    ) -> None:
        await hook(procore, endpoint.url)
        await procore.control("webhooks/script", delay_seconds=3600)
        await press(procore)

        assert await deliver(procore) == 0
        await procore.advance(3601)
        assert await deliver(procore) == 1

    @pytest.mark.parametrize(
        ("kind", "header"), [("missing", None), ("wrong", "Bearer somebody-else"), ("right", SECRET)]
    )
    async def test_the_secret_can_be_wrong_or_missing(
        self, procore: Procore, endpoint: Endpoint, kind: str, header: str | None
    ) -> None:
        await hook(procore, endpoint.url)
        await procore.control("webhooks/script", authorization=kind)
        await press(procore)
        await deliver(procore)

        assert endpoint.authorizations == [header]

    async def test_a_script_that_makes_no_sense_is_refused(self, procore: Procore) -> None:
        assert (await procore.control("webhooks/script", duplicates="two")).status_code == 400
        assert (await procore.control("webhooks/script", authorization="late")).status_code == 400


class TestPatience:
    async def test_a_failing_endpoint_is_tried_again_after_ever_longer_waits(
        self, procore: Procore, endpoint: Endpoint
    ) -> None:
        endpoint.status = 500
        made = await hook(procore, endpoint.url)
        await press(procore)
        for wait in (0, 1, 2, 4, 8, 16, 32, 64, 128):
            await procore.advance(wait)
            assert await deliver(procore) == 1
        assert await deliver(procore) == 0  # the next try is four minutes away

        endpoint.status = 204
        await procore.advance(256)
        assert await deliver(procore) == 1
        log = await tries(procore, made)

        assert [row["outcome"] for row in log] == ["retried"] * 9 + ["ok"]
        assert [row["response_status"] for row in log] == [500] * 9 + [204]
        assert len({row["event"]["ulid"] for row in log}) == 1

    async def test_after_twelve_hours_all_that_waits_is_discarded(
        self, procore: Procore, endpoint: Endpoint
    ) -> None:
        endpoint.status = 503
        made = await hook(procore, endpoint.url)
        await press(procore)
        await deliver(procore)
        await procore.advance(12 * 3600 + 1)
        endpoint.status = 204

        assert await deliver(procore) == 0
        await procore.advance(3600)
        assert await deliver(procore) == 0
        await procore.enter()
        gone = await tries(procore, made, **{"filter[status]": "discarded"})
        same = await tries(procore, made, **{"filters[status]": "discarded"})
        assert [row["outcome"] for row in gone] == [row["outcome"] for row in same] == ["discarded"]
        assert len(await procore.get(f"companies/{procore.company}/erp_requests")) == 1

    async def test_one_failure_holds_the_whole_queue(self, procore: Procore, endpoint: Endpoint) -> None:
        endpoint.status = 500
        await hook(procore, endpoint.url, ("Company Vendors", "update"))
        for vendor in procore.world["vendors"]["unlinked"][:3]:
            await procore.control("objects/change", kind="vendor", id=vendor, changes={"city": "Erie"})

        assert await deliver(procore) == 1
        hooks = (await procore.client.get("/__control/webhooks")).json()["hooks"]
        assert (hooks[0]["waiting"], hooks[0]["failures"]) == (3, 1)

    async def test_an_endpoint_that_nobody_listens_at_is_noted(self, procore: Procore) -> None:
        made = await hook(procore, "http://127.0.0.1:9/hook")
        await press(procore)
        await deliver(procore)
        (row,) = await tries(procore, made)

        assert (row["response_status"], row["outcome"]) == (None, "retried")
        assert row["response_error"] == "ConnectError"

    async def test_deliveries_page_by_the_last_id_seen(self, procore: Procore, endpoint: Endpoint) -> None:
        made = await hook(procore, endpoint.url)
        await procore.control("webhooks/script", duplicates=2)
        await press(procore)
        await deliver(procore)

        first = await tries(procore, made, page_size="2")
        rest = await tries(procore, made, page_size="2", page_start=str(first[-1]["id"]))

        assert (len(first), len(rest)) == (2, 1)

    async def test_version_2_lists_an_event_with_its_tries(
        self, procore: Procore, endpoint: Endpoint
    ) -> None:
        made = await hook(procore, endpoint.url)
        await press(procore)
        await deliver(procore)
        path = f"companies/{procore.company}/webhooks/hooks/{made['id']}/deliveries"
        (row,) = (await procore.get(path, version="v2.0"))["data"]

        assert (row["status"], len(row["delivery_attempts"])) == ("delivered", 1)


async def test_a_served_sandbox_delivers_by_itself() -> None:
    arrived: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    async def take(request: Request) -> Response:
        loop.call_soon_threadsafe(arrived.put_nowait, await request.json())
        return Response(status_code=204)

    receiver = Starlette(routes=[Route("/hook", take, methods=["POST"])])
    with serving(receiver) as url, serving(create_app()) as sandbox:
        async with httpx.AsyncClient(base_url=sandbox) as client:
            procore = await Procore(client).enter()
            await hook(procore, f"{url}/hook")
            detail = await press(procore)
            body = await asyncio.wait_for(arrived.get(), 30)

    assert body["resource_id"] == detail["erp_request_id"]
