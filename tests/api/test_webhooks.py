"""What a system posts is proven, kept once, answered at once, and turned into work of the right account alone."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from desk import Desk
from starlette.applications import Starlette

from db.clock import new_id
from hub.access.door import issue_hook

NOTICE = {
    "id": 77120043,
    "ulid": "01K9ZC3M5V8T2Q4R6S8W0Y2A4B",
    "timestamp": "2026-03-02T09:15:27.104332Z",
    "metadata": {
        "source_user_id": 5501,
        "source_project_id": None,
        "source_company_id": 4100,
        "source_application_id": None,
        "source_operation_id": None,
    },
    "user_id": 5501,
    "company_id": 4100,
    "project_id": None,
    "api_version": "v2.0",
    "event_type": "create",
    "resource_name": "ERP Requests",
    "resource_id": 90871,
}


@dataclass
class Address:
    """A webhook of a project tool's connection."""

    desk: Desk
    client: httpx.AsyncClient
    system: UUID
    prefix: str
    secret: str

    async def post(self, body: Any = None, **more: Any) -> httpx.Response:
        headers = {"Authorization": more.pop("authorization", f"Bearer {self.secret}")}
        sent = {"content": body} if isinstance(body, bytes) else {"json": NOTICE if body is None else body}
        prefix = more.pop("prefix", self.prefix)
        return await self.client.post(f"/webhooks/{prefix}", headers=headers, **sent)

    async def jobs(self) -> list[tuple[str, dict[str, Any]]]:
        rows = await self.desk.rows("select kind, args from job order by id")
        return [(row["kind"], json.loads(row["args"])) for row in rows]


@pytest_asyncio.fixture
async def hook(desk: Desk, application: Starlette, client: httpx.AsyncClient) -> AsyncIterator[Address]:
    system = new_id()
    async with desk.pool.transaction(desk.account) as connection:
        await connection.execute(
            "insert into connection (account_id, id, name, kind, role, base_url, settings) values ($1, $2, 'Tool', 'procore',"
            " 'PROJECT_TOOL', 'https://tool.example', '{\"company_id\": \"4100\"}')",
            *(desk.account, system),
        )
        _, prefix, secret = await issue_hook(connection, desk.settings, desk.account, system)
    yield Address(desk, client, system, prefix, secret)


async def test_a_request_of_the_tool_becomes_a_job_that_reads_it(hook):
    answer = await hook.post()

    assert (answer.status_code, answer.json()) == (200, {"taken": True, "repeated": False})
    wanted = {"connection_id": str(hook.system), "request": "90871"}
    assert await hook.jobs() == [("take_request", wanted)]


async def test_what_is_told_three_times_is_done_once(hook):
    answers = [(await hook.post()).json()["repeated"] for _ in range(3)]

    assert answers == [False, True, True]
    assert len(await hook.jobs()) == 1


async def test_a_change_of_vendors_has_the_directory_read_again(hook):
    await hook.post({**NOTICE, "ulid": "01K9ZC3M5V8T2Q4R6S8W0Y2A4C", "resource_name": "Company Vendors"})
    await hook.post({**NOTICE, "ulid": "01K9ZC3M5V8T2Q4R6S8W0Y2A4D", "resource_name": "company_vendors"})

    [(kind, args)] = await hook.jobs()
    assert (kind, args["objects"], args["connection_id"]) == ("import", ["company"], str(hook.system))


async def test_an_import_that_has_read_pages_already_is_followed_by_another(hook):
    vendors = {**NOTICE, "resource_name": "Company Vendors"}
    await hook.post({**vendors, "ulid": "01K9ZC3M5V8T2Q4R6S8W0Y2A4C"})
    await hook.desk.change(
        "update job set started_at = hub_now()"
    )  # put back to wait, in the middle of its list

    await hook.post({**vendors, "ulid": "01K9ZC3M5V8T2Q4R6S8W0Y2A4D"})

    assert [kind for kind, _ in await hook.jobs()] == ["import", "import"]


async def test_a_change_of_something_else_is_kept_and_makes_no_work(hook):
    answer = await hook.post({**NOTICE, "resource_name": "Daily Logs"})

    assert answer.status_code == 200
    assert await hook.jobs() == []
    assert await hook.desk.value("select resource from notice") == "Daily Logs"


async def test_the_newest_version_of_a_notice_is_read_too(hook):
    body = {
        "id": "01K9ZC3M5V8T2Q4R6S8W0Y2A4E",
        "timestamp": "2026-03-02T09:15:27.104332Z",
        "reason": "create",
        "company_id": "4100",
        "project_id": None,
        "user_id": "5501",
        "resource_type": "ERP Requests",
        "resource_id": "9223372036854775807",
    }

    assert (await hook.post(body)).status_code == 200
    [(_, args)] = await hook.jobs()
    assert args["request"] == "9223372036854775807"


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", "Basic abc", "Bearer " + "x" * 5000])
async def test_a_sender_without_the_secret_is_turned_away(hook, authorization):
    answer = await hook.post(authorization=authorization)

    assert answer.status_code == 401
    assert await hook.jobs() == []
    assert await hook.desk.value("select count(*) from notice") == 0


async def test_an_address_that_does_not_exist_answers_as_a_wrong_secret_does(hook):
    wrong = await hook.post(authorization="Bearer wrong")
    nowhere = await hook.post(prefix="abcdefghjkmn")
    malformed = await hook.post(prefix="..%2F..")

    assert nowhere.status_code == wrong.status_code == 401
    assert nowhere.content == wrong.content
    assert malformed.status_code in (401, 404)


async def test_a_revoked_webhook_is_not_let_in(hook):
    await hook.desk.change("update webhook set revoked_at = now()")

    assert (await hook.post()).status_code == 401


async def test_a_notice_about_another_company_is_refused(hook):
    answer = await hook.post({**NOTICE, "company_id": 4101})

    assert answer.status_code == 422
    assert await hook.jobs() == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[" * 100 + b"]" * 100, 400),
        (b"[]", 422),
        (b'"text"', 422),
        (b"{}", 422),
        (b"x" * 70_000, 413),
    ],
)
async def test_a_body_that_is_no_notice_is_refused_and_nothing_kept(hook, body, status):
    assert (await hook.post(body)).status_code == status
    assert await hook.desk.value("select count(*) from notice") == 0
    assert await hook.jobs() == []


@pytest.mark.parametrize("field", ["resource_name", "resource_id", "event_type"])
async def test_a_notice_that_lacks_what_it_is_about_is_refused(hook, field):
    assert (
        await hook.post({name: value for name, value in NOTICE.items() if name != field})
    ).status_code == 422


async def test_other_methods_are_told_what_to_send(hook):
    answer = await hook.client.get(f"/webhooks/{hook.prefix}")

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_a_notice_leads_to_work_of_its_own_account_alone(hook, app_pool, hub_settings):
    other = await Desk.open(app_pool, hub_settings)

    await hook.post()

    assert await other.value("select count(*) from job") == 0
    assert await other.value("select count(*) from notice") == 0
    assert await other.value("select count(*) from webhook") == 0


async def test_the_secret_is_not_kept(hook):
    row = await hook.desk.one("select * from webhook")

    assert all(hook.secret not in str(value) for value in row.values())
    assert row["heard_at"] is None
    await hook.post()
    assert await hook.desk.value("select heard_at from webhook") is not None
