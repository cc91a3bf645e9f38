"""The Procore sandbox lets callers in and lists what it has as Procore documents it."""

from collections.abc import AsyncIterator

import pytest
from procore_caller import HUB, Procore, connect

from hub.sandboxes.procore import Settings


@pytest.fixture
async def procore() -> AsyncIterator[Procore]:
    async with connect() as client:
        yield await Procore(client).enter()


class TestTokens:
    async def test_client_credentials_give_a_token_for_ninety_minutes(self, procore: Procore) -> None:
        answer = await procore.ask_token()

        assert answer.status_code == 200
        assert answer.json()["expires_in"] == 5400
        assert answer.json()["token_type"] == "bearer"
        assert "refresh_token" not in answer.json()

    async def test_a_wrong_secret_is_an_invalid_client(self, procore: Procore) -> None:
        answer = await procore.ask_token(client_secret="wrång")

        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")

    async def test_other_grants_are_not_supported(self, procore: Procore) -> None:
        assert (await procore.ask_token(grant_type="password")).json()["error"] == "unsupported_grant_type"

    async def test_a_token_expires_on_the_sandboxs_clock(self, procore: Procore) -> None:
        await procore.advance(5399)
        assert (await procore.call("GET", "companies")).status_code == 200

        await procore.advance(1)
        assert (await procore.call("GET", "companies")).status_code == 401

    async def test_a_revoked_token_is_refused_and_revoking_nonsense_is_fine(self, procore: Procore) -> None:
        token = procore.headers["Authorization"].removeprefix("Bearer ")

        assert (await procore.client.post("/oauth/revoke", data=HUB | {"token": "never"})).status_code == 200
        assert (await procore.client.post("/oauth/revoke", data=HUB | {"token": token})).status_code == 200
        assert (await procore.call("GET", "companies")).status_code == 401

    async def test_token_info_names_the_application(self, procore: Procore) -> None:
        info = (await procore.client.get("/oauth/token/info", headers=procore.headers)).json()

        assert info["application"] == {"uid": "hub-sandbox"}
        assert 5390 < info["expires_in_seconds"] <= 5400


class TestGate:
    async def test_every_call_names_the_company_save_two(self, procore: Procore) -> None:
        del procore.headers["Procore-Company-Id"]

        refused = await procore.call("GET", "vendors", params={"company_id": procore.company})

        assert refused.status_code == 400
        assert refused.json()["errors"].startswith("Missing Procore-Company-Id header!")
        assert (await procore.call("GET", "me")).status_code == 200
        assert (await procore.call("GET", "companies")).status_code == 200

    @pytest.mark.parametrize(("more", "status"), [(5, 404), (1, 403)], ids=["unknown", "not connected"])
    async def test_another_company_is_closed(self, procore: Procore, more: int, status: int) -> None:
        procore.headers["Procore-Company-Id"] = str(procore.company + more)

        assert (await procore.call("GET", "vendors")).status_code == status

    async def test_a_project_that_is_not_permitted_is_hidden_and_closed(self, procore: Procore) -> None:
        first, second = (project["id"] for project in procore.world["projects"][:2])
        await procore.client.post("/__control/access", json={"permitted_projects": [first]})

        assert [row["id"] for row in await procore.get("projects", company_id=procore.company)] == [first]
        assert (await procore.call("GET", f"cost_codes?project_id={second}")).status_code == 403

    async def test_a_disconnected_application_is_told_so(self, procore: Procore) -> None:
        await procore.client.post("/__control/access", json={"connected": False})

        refused = await procore.call("GET", "vendors")

        assert (refused.status_code, "not connected" in refused.text) == (403, True)

    async def test_the_nearer_limit_is_reported_and_then_enforced(self) -> None:
        async with connect(Settings(hourly_limit=5, spike_limit=2)) as client:
            procore = await Procore(client).enter()
            seen = [await procore.call("GET", "companies") for _ in range(3)]

            assert [answer.status_code for answer in seen] == [200, 200, 429]
            assert [answer.headers["X-Rate-Limit-Remaining"] for answer in seen] == ["1", "0", "0"]
            assert seen[2].headers["X-Rate-Limit-Limit"] == "2"

            await procore.advance(11)
            late = await procore.call("GET", "companies")
            assert (late.status_code, late.headers["X-Rate-Limit-Limit"]) == (200, "2")
            assert late.headers["X-Rate-Limit-Remaining"] == "1"

    async def test_the_hourly_limit_holds_after_the_spike_is_over(self) -> None:
        async with connect(Settings(hourly_limit=3, spike_limit=2)) as client:
            procore = await Procore(client).enter()
            statuses = []
            for _ in range(4):
                await procore.advance(11)
                statuses.append((await procore.call("GET", "companies")).status_code)

            assert statuses == [200, 200, 200, 429]

    async def test_every_answer_has_an_id(self, procore: Procore) -> None:
        good, bad = await procore.call("GET", "companies"), await procore.call("GET", "no/such/path")

        assert good.headers["x-request-id"] != bad.headers["x-request-id"]
        assert bad.status_code == 404

    async def test_a_wrong_method_is_answered_by_the_allowed_ones(self, procore: Procore) -> None:
        refused = await procore.call("POST", f"companies/{procore.company}/erp_requests")

        assert (refused.status_code, refused.headers["Allow"], refused.content) == (405, "GET", b"")


class TestLists:
    async def test_following_next_reads_everything_once(self, procore: Procore) -> None:
        ids: list[int] = []
        url: str | None = f"/rest/v1.0/vendors?company_id={procore.company}&per_page=60"
        while url:
            page = await procore.client.get(url, headers=procore.headers)
            ids += [row["id"] for row in page.json()]
            url = page.links.get("next", {}).get("url")

        assert len(ids) == len(set(ids)) == int(page.headers["Total"]) == 170
        assert page.headers["Per-Page"] == "60"

    async def test_links_of_first_second_third_and_last_page(self, procore: Procore) -> None:
        async def rels(page: int) -> list[str]:
            query = {"company_id": procore.company, "per_page": 43, "page": page}
            return sorted((await procore.call("GET", "vendors", params=query)).links)

        assert await rels(1) == ["last", "next"]
        assert await rels(2) == ["first", "last", "next"]
        assert await rels(3) == ["first", "last", "next", "prev"]
        assert await rels(4) == ["first", "prev"]

    async def test_a_list_that_does_not_page_sends_no_headers(self, procore: Procore) -> None:
        answer = await procore.call("GET", f"companies/{procore.company}/permission_templates")

        assert len(answer.json()) == 12
        assert "Link" not in answer.headers
        assert "Total" not in answer.headers

    async def test_lists_filter_by_origin_id(self, procore: Procore) -> None:
        found = await procore.get(
            "vendors", company_id=procore.company, **{"filters[origin_id]": "MRI:VEND:OKAF01"}
        )

        assert [(row["name"], row["synced_to_erp"]) for row in found] == [("Okafor Concrete", True)]

    @pytest.mark.parametrize("quote", ["", '"'])
    async def test_lists_filter_by_a_range_of_moments(self, procore: Procore, quote: str) -> None:
        await procore.sync("vendors", [{"name": "Fresh"}], company_id=procore.company)
        asked = f"{quote}2025-06-01T00:00:00Z...2099-01-01{quote}"

        found = await procore.get("vendors", company_id=procore.company, **{"filters[updated_at]": asked})

        assert [row["name"] for row in found] == ["Fresh"]

    @pytest.mark.parametrize(
        "query",
        [
            "filters[updated_at]=2025-01-01",
            "filters[colour]=red",
            "page=0",
            "per_page=x",
            "sort=zip",
            "view=odd",
        ],
    )
    async def test_what_a_list_cannot_do_is_refused(self, procore: Procore, query: str) -> None:
        answer = await procore.call("GET", f"vendors?company_id={procore.company}&{query}")

        assert answer.status_code == 400

    async def test_lines_come_only_with_the_extended_view(self, procore: Procore) -> None:
        project = {"project_id": procore.contract()["project_id"]}

        short = await procore.get("work_order_contracts", **project)
        long = await procore.get("work_order_contracts", **project, view="extended")

        assert [row["grand_total"] for row in short] == [row["grand_total"] for row in long]
        assert not any("line_items" in row for row in short)
        assert all("line_items" in row for row in long)

    async def test_purchase_orders_show_units_on_their_lines(self, procore: Procore) -> None:
        order = next(one for one in procore.world["contracts"] if one["kind"] == "purchase_order_contract")
        project = {"project_id": order["project_id"]}

        shown = await procore.get(f"purchase_order_contracts/{order['id']}", **project)

        assert shown["grand_total"] == order["total"]
        assert {(line["uom"], line["extended_type"]) for line in shown["line_items"]} == {
            ("ea", "calculated")
        }
        assert (
            await procore.call("GET", f"work_order_contracts/{order['id']}", params=project)
        ).status_code == 404

    async def test_a_list_asks_for_its_project(self, procore: Procore) -> None:
        assert (await procore.call("GET", "work_order_contracts")).status_code == 400
        assert (await procore.call("GET", "work_order_contracts?project_id=12")).status_code == 404

    async def test_people_carry_their_templates_and_templates_their_levels(self, procore: Procore) -> None:
        path = f"/rest/v1.3/companies/{procore.company}/users"
        people = (await procore.client.get(path, headers=procore.headers)).json()
        ana = next(row for row in people if row["name"] == "Ana Ruiz")
        template = await procore.get(
            f"companies/{procore.company}/permission_templates/{ana['permission_template']['id']}"
        )

        levels = {tool["name"]: tool["user_access_level"] for tool in template["tools"]}
        assert ana["can_push_to_accounting"] is True
        assert levels["erp_integrations"] == {"id": 3, "name": "Standard"}

    async def test_a_project_shows_its_people_with_the_template_they_have_there(
        self, procore: Procore
    ) -> None:
        rows = await procore.get(f"projects/{procore.world['projects'][0]['id']}/users")

        assert {row["name"]: row["permission_template"]["name"] for row in rows}[
            "Paula Marsh"
        ] == "Project Manager"
        assert any(row["id"] > 2**53 for row in rows)
