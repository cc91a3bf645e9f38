"""The Procore sandbox lets people in as Procore does, and refuses in all of its shapes."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from procore_caller import HUB, Procore, connect

from hub.sandboxes import procore as sandbox
from hub.sandboxes.procore import Settings

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
BACK = "http://127.0.0.1:9999/back"


@pytest.fixture
async def procore() -> AsyncIterator[Procore]:
    async with connect() as client:
        yield await Procore(client).enter()


async def code(procore: Procore, **asked: str) -> str:
    answer = await procore.control("oauth/code", client_id="hub-sandbox", **asked)
    assert answer.status_code == 201, answer.text
    return answer.json()["code"]


async def exchange(procore: Procore, code: str, redirect_uri: str = OUT_OF_BAND) -> httpx.Response:
    return await procore.ask_token(grant_type="authorization_code", code=code, redirect_uri=redirect_uri)


async def refresh(procore: Procore, token: str) -> httpx.Response:
    return await procore.ask_token(grant_type="refresh_token", refresh_token=token)


class TestPeopleLettingTheAppIn:
    async def test_a_code_gives_a_pair_of_tokens_once(self, procore: Procore) -> None:
        given = await code(procore)

        first, second = await exchange(procore, given), await exchange(procore, given)

        assert first.status_code == 200
        assert {"access_token", "refresh_token", "expires_in", "created_at"} <= set(first.json())
        assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")

    async def test_a_code_is_good_for_ten_minutes(self, procore: Procore) -> None:
        early, late = await code(procore), await code(procore)
        await procore.advance(590)
        assert (await exchange(procore, early)).status_code == 200

        await procore.advance(11)
        assert (await exchange(procore, late)).status_code == 400

    async def test_a_code_belongs_to_the_address_it_was_asked_for(self, procore: Procore) -> None:
        assert (await exchange(procore, await code(procore), BACK)).status_code == 400

    async def test_the_page_sends_the_person_back_with_code_and_state(self, procore: Procore) -> None:
        asked = {"response_type": "code", "client_id": "hub-sandbox", "redirect_uri": BACK, "state": "s1"}
        sent = await procore.client.get("/oauth/authorize", params=asked)
        query = parse_qs(urlsplit(sent.headers["location"]).query)

        assert (sent.status_code, query["state"]) == (302, ["s1"])
        assert (await exchange(procore, query["code"][0], BACK)).status_code == 200

    async def test_the_page_never_sends_anybody_off_this_machine(self, procore: Procore) -> None:
        asked = {"response_type": "code", "client_id": "hub-sandbox", "redirect_uri": "https://example.com/"}

        assert (await procore.client.get("/oauth/authorize", params=asked)).status_code == 400

    async def test_a_refresh_token_works_once_and_kills_the_old_pair(self, procore: Procore) -> None:
        old = (await exchange(procore, await code(procore))).json()
        new = (await refresh(procore, old["refresh_token"])).json()

        assert (await refresh(procore, old["refresh_token"])).json()["error"] == "invalid_grant"
        procore.headers["Authorization"] = f"Bearer {old['access_token']}"
        assert (await procore.call("GET", "me")).status_code == 401
        procore.headers["Authorization"] = f"Bearer {new['access_token']}"
        assert (await procore.call("GET", "me")).status_code == 200

    async def test_a_refresh_whose_answer_is_lost_has_rotated_all_the_same(self, procore: Procore) -> None:
        pair = (await exchange(procore, await code(procore))).json()
        lost = {"match": {"path": "/oauth/token", "contains": "refresh_token"}, "fault": "drop_after"}
        await procore.client.post("/__control/faults", json=lost)

        with pytest.raises(httpx.RemoteProtocolError):
            await refresh(procore, pair["refresh_token"])

        assert (await refresh(procore, pair["refresh_token"])).json()["error"] == "invalid_grant"

    async def test_revoking_either_token_kills_both(self, procore: Procore) -> None:
        pair = (await exchange(procore, await code(procore))).json()
        await procore.client.post("/oauth/revoke", data=HUB | {"token": pair["refresh_token"]})
        procore.headers["Authorization"] = f"Bearer {pair['access_token']}"

        assert (await procore.call("GET", "me")).status_code == 401
        assert (await refresh(procore, pair["refresh_token"])).status_code == 400

    async def test_a_person_has_their_own_name_and_rights(self, procore: Procore) -> None:
        pair = (await exchange(procore, await code(procore, login_hint="project_manager"))).json()
        procore.headers["Authorization"] = f"Bearer {pair['access_token']}"

        tools = (await procore.get("settings/permissions", company_id=procore.company))["tools"]
        mine = {tool["name"]: tool["user_access_level"]["name"] for tool in tools}
        there = (await procore.get("settings/permissions", project_id=procore.project))["tools"]

        assert (await procore.get("me"))["name"] == "Paula Marsh"
        assert mine["erp_integrations"] == "None"
        assert {tool["name"]: tool["user_access_level"]["name"] for tool in there}["commitments"] == "Admin"

    async def test_a_person_reads_and_writes_only_what_their_level_lets_them(self, procore: Procore) -> None:
        async def as_person(role: str) -> None:
            pair = (await exchange(procore, await code(procore, login_hint=role))).json()
            procore.headers["Authorization"] = f"Bearer {pair['access_token']}"

        async def statuses() -> list[int]:
            body = {"project_id": procore.project, "work_order_contract": {"title": "Roof"}}
            scope = {"project_id": procore.project}
            read = await procore.call("GET", "work_order_contracts", params=scope)
            tool = await procore.call("GET", f"companies/{procore.company}/erp_requests")
            written = await procore.call("POST", "work_order_contracts", json=body)
            return [read.status_code, tool.status_code, written.status_code]

        await as_person("project_manager")
        assert await statuses() == [200, 403, 201]
        await as_person("read_only")
        assert await statuses() == [200, 200, 403]

    async def test_a_tool_that_is_off_is_closed_to_everybody(self, procore: Procore) -> None:
        path = f"projects/{procore.project}/commitment_change_orders"
        await procore.set(disabled_tools=["change_orders"])
        assert (await procore.call("GET", path)).status_code == 403

        await procore.set(disabled_tools=[])
        assert (await procore.call("GET", path)).status_code == 200

    async def test_only_an_approver_is_permitted_to_push(self, procore: Procore) -> None:
        async def permitted(role: str) -> list[str]:
            pair = (await exchange(procore, await code(procore, login_hint=role))).json()
            procore.headers["Authorization"] = f"Bearer {pair['access_token']}"
            tools = (await procore.get("settings/permissions", company_id=procore.company))["tools"]
            return next(tool["permitted_actions"] for tool in tools if tool["name"] == "erp_integrations")

        assert await permitted("accounting_approver") == ["push_to_accounting"]
        assert await permitted("erp_administrator") == []


class TestRefusals:
    @pytest.mark.parametrize(
        ("shape", "body"),
        [
            ("text", {"errors": "company_id is required"}),
            ("list", {"errors": ["company_id is required"]}),
            ("error", {"error": {"message": "company_id is required"}}),
            ("message", {"message": "company_id is required"}),
        ],
    )
    async def test_version_1_has_four_shapes(self, procore: Procore, shape: str, body: Any) -> None:
        await procore.set(error_shape=shape)

        refused = await procore.call("GET", "vendors")

        assert (refused.status_code, refused.json()) == (400, body)

    async def test_a_client_may_meet_them_all_one_after_the_other(self, procore: Procore) -> None:
        await procore.set(error_shape="rotate")
        bodies = [(await procore.call("GET", "vendors")).json() for _ in range(4)]

        assert [sorted(body) for body in bodies] == [["errors"], ["errors"], ["error"], ["message"]]

    async def test_version_2_has_one_shape_that_names_the_fields(self, procore: Procore) -> None:
        path = f"{procore.v2}/prime_contracts"
        refused = await procore.call("POST", path, version="v2.0", json={"status": "Signed"})
        error = refused.json()["error"]

        assert (refused.status_code, error["code"]) == (422, "UNPROCESSABLE_ENTITY")
        assert [(one["source"], one["message"]) for one in error["details"]] == [
            ("status", "is not included in the list")
        ]

    async def test_version_2_says_not_found_in_its_shape(self, procore: Procore) -> None:
        refused = await procore.call("GET", f"{procore.v2}/prime_contracts/1", version="v2.0")

        assert (refused.status_code, refused.json()["error"]["code"]) == (404, "NOT_FOUND")

    async def test_heavy_load_is_told_with_the_seconds_to_wait(self, procore: Procore) -> None:
        await procore.set(busy_seconds=7)
        refused = await procore.call("GET", "me")
        await procore.set(busy_seconds=0)

        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "7")
        assert (await procore.call("GET", "me")).status_code == 200

    async def test_a_limit_can_be_tightened_while_it_runs(self, procore: Procore) -> None:
        now = float((await procore.call("GET", "me")).headers["X-Rate-Limit-Reset"])
        await procore.set(spike_limit=1)
        refused = await procore.call("GET", "me")

        assert refused.status_code == 429
        assert refused.headers["X-Rate-Limit-Remaining"] == "0"
        assert float(refused.headers["X-Rate-Limit-Reset"]) >= now - 1

    async def test_the_company_of_the_path_is_the_one_of_the_header(self, procore: Procore) -> None:
        path = f"companies/{procore.company + 1}/projects/{procore.project}/prime_contracts"

        assert (await procore.call("GET", path, version="v2.0")).status_code == 403

    @pytest.mark.parametrize(
        "settings",
        [{"colour": "red"}, {"busy_seconds": "7"}, {"error_shape": "odd"}, {"change_order_tiers": 4}],
    )
    async def test_a_setting_that_does_not_fit_is_refused(self, procore: Procore, settings: Any) -> None:
        assert (await procore.control("settings", **settings)).status_code == 400


class TestPages:
    async def test_version_2_gives_ten_and_at_most_a_hundred_under_data(self, procore: Procore) -> None:
        path = f"{procore.v2}/wbs/codes"
        usual = await procore.call("GET", path, version="v2.0")
        most = await procore.call("GET", f"{path}?per_page=500", version="v2.0")

        assert len(usual.json()["data"]) == 10
        assert len(most.json()["data"]) == 100
        assert most.headers["Per-Page"] == "100"
        assert all(type(row["id"]) is str for row in most.json()["data"])

    async def test_version_2_keeps_a_wide_id_as_it_is(self, procore: Procore) -> None:
        rows = await procore.get(f"{procore.v2}/wbs/codes", version="v2.0", per_page=100)

        assert any(len(row["id"]) == 19 and int(row["id"]) > 2**53 for row in rows["data"])

    async def test_requisitions_page_by_thirty(self, procore: Procore) -> None:
        answer = await procore.call("GET", f"requisitions?project_id={procore.project}", version="v1.1")

        assert answer.headers["Per-Page"] == "30"

    async def test_a_row_that_goes_between_two_pages_makes_the_reader_skip_one(
        self, procore: Procore
    ) -> None:
        before = await self.ids(procore)
        await procore.control("drift", path="/rest/v1.0/vendors", action="delete", after_page=1)

        read = await self.ids(procore)

        assert len(read) == len(set(read)) == 169
        assert set(before) - set(read) == {before[100]}

    async def test_a_row_that_comes_between_two_pages_makes_the_reader_meet_one_twice(
        self, procore: Procore
    ) -> None:
        before = await self.ids(procore)
        await procore.control("drift", path="/rest/v1.0/vendors", action="insert", after_page=1)

        read = await self.ids(procore)

        assert len(read) == 171
        assert [one for one in set(read) if read.count(one) == 2] == [before[99]]
        assert (await self.ids(procore))[1:] == before

    async def ids(self, procore: Procore) -> list[int]:
        pages = [await procore.get("vendors", company_id=procore.company, page=page) for page in (1, 2)]
        return [row["id"] for page in pages for row in page]

    async def test_fields_nobody_told_of_may_turn_up(self, procore: Procore) -> None:
        await procore.set(extra_fields=True)

        row = (await procore.get("vendors", company_id=procore.company))[0]

        assert row["x_unannounced"] is None
        assert row["x_rollout"] == {"flags": ["a", 1, None], "ratio": 0.5}

    async def test_some_companies_see_change_orders_under_data(self, procore: Procore) -> None:
        path = f"projects/{procore.project}/commitment_change_orders"
        bare = await procore.get(path)
        await procore.set(under_data=["change_order"])

        assert await procore.get(path) == {"data": bare}
        assert isinstance(bare, list)


class TestControl:
    async def test_the_control_interface_lists_itself(self, procore: Procore) -> None:
        routes = (await procore.client.get("/__control")).json()["routes"]
        calls = [route.partition(": ")[0] for route in routes]

        assert all(route.partition(": ")[2] for route in routes)
        assert "POST /__control/webhooks/script" in calls
        assert "POST /__control/faults" in calls

    async def test_the_readme_has_an_example_for_every_control(self, procore: Procore) -> None:
        routes = (await procore.client.get("/__control")).json()["routes"]
        readme = (Path(sandbox.__file__).parent / "README.md").read_text()
        settings = (await procore.client.get("/__control/settings")).json()

        assert [one for one in routes if f"`{one.partition(': ')[0]}`" not in readme] == []
        assert [name for name in settings if f"`{name}`" not in readme] == []

    async def test_a_reset_brings_settings_and_scripts_back(self) -> None:
        async with connect(Settings(spike_limit=77)) as client:
            procore = await Procore(client).enter()
            await procore.set(busy_seconds=9, spike_limit=5)
            await procore.control("webhooks/script", paused=True)
            await procore.control("reset")

            settings = (await client.get("/__control/settings")).json()
            hooks = (await client.get("/__control/webhooks")).json()
            assert (settings["busy_seconds"], settings["spike_limit"]) == (0, 77)
            assert hooks["script"]["paused"] is False

    async def test_somebody_may_edit_what_is_locked(self, procore: Procore) -> None:
        contract = procore.contract()
        await procore.link("work_order_contract", contract["id"], "MRI:CON:1")
        edit = {"kind": "work_order_contract", "id": contract["id"], "changes": {"title": "Edited"}}

        assert (await procore.control("objects/change", **edit)).status_code == 200
        assert (await procore.show(contract))["title"] == "Edited"


class TestUploads:
    async def announce(self, procore: Procore, **changes: Any) -> httpx.Response:
        body = {
            "file_name": "lien.pdf",
            "file_size": 5,
            "content_type": "application/pdf",
            "segments": [{"size": 5, "sha256": None}],
        }
        path = f"companies/{procore.company}/uploads"
        return await procore.call("POST", path, version="v2.1", json=body | changes)

    async def test_a_file_is_put_without_a_bearer_completed_and_then_available(
        self, procore: Procore
    ) -> None:
        made = (await self.announce(procore)).json()["data"]
        path = f"companies/{procore.company}/uploads/{made['upload_id']}"
        put = await procore.client.put(made["segments"][0]["url"], content=b"%PDF-")
        tags = {"part_etags": [put.headers["ETag"]]}

        async def status() -> str:
            return (await procore.get(path, version="v2.1"))["data"]["status"]

        assert (made["status"], await status()) == ("ready", "receiving")
        done = await procore.call("PATCH", path, version="v2.1", json=tags)
        assert done.json()["data"]["status"] == "complete"
        assert [await status(), await status()] == ["complete", "available"]

    async def test_what_was_not_announced_is_not_taken(self, procore: Procore) -> None:
        made = (await self.announce(procore)).json()["data"]
        path = f"companies/{procore.company}/uploads/{made['upload_id']}"

        assert (await procore.client.put(made["segments"][0]["url"], content=b"other")).status_code == 200
        assert (await procore.client.put(made["segments"][0]["url"], content=b"longer")).status_code == 400
        wrong = await procore.call("PATCH", path, version="v2.1", json={"part_etags": ["x"]})
        assert wrong.status_code == 422

    @pytest.mark.parametrize(
        "changes",
        [{"file_size": 6}, {"segments": []}, {"file_name": ""}, {"segments": [{"size": 2}, {"size": 3}]}],
    )
    async def test_segments_must_add_up(self, procore: Procore, changes: dict[str, Any]) -> None:
        assert (await self.announce(procore, **changes)).status_code == 422

    async def test_what_nobody_attached_is_gone_after_a_day(self, procore: Procore) -> None:
        made = (await self.announce(procore)).json()["data"]
        await procore.advance(24 * 3600)
        await procore.enter()

        path = f"companies/{procore.company}/uploads/{made['upload_id']}"
        assert (await procore.call("GET", path, version="v2.1")).status_code == 404
