"""Writing to the Procore sandbox: single writes, sync actions, external data, locks, ERP requests."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from procore_caller import Procore, connect

from hub.sandboxes.kit import serving
from hub.sandboxes.procore import Settings, create_app

LINE = {"amount": "10.00", "description": "More"}


@pytest.fixture
async def procore() -> AsyncIterator[Procore]:
    async with connect() as client:
        yield await Procore(client).enter()


class TestSync:
    async def test_good_and_bad_entries_in_one_call(self, procore: Procore) -> None:
        blank = {"origin_id": "MRI:VEND:BLNK", "name": ""}
        updates = [
            {"origin_id": "MRI:VEND:NEW1", "name": "New One"},
            {"id": 999999999, "name": "Ghost"},
            blank,
        ]

        result = await procore.sync("vendors", updates, company_id=procore.company)

        assert [row["origin_id"] for row in result["entities"]] == ["MRI:VEND:NEW1"]
        assert result["errors"] == [
            {"id": 999999999, "name": "Ghost", "errors": {"id": ["Entity with this ID not found"]}},
            blank | {"errors": {"name": ["can't be blank"]}},
        ]

    async def test_the_same_body_twice_makes_nothing_new(self, procore: Procore) -> None:
        updates = [{"origin_id": f"MRI:VEND:TW{number}", "name": f"Twice {number}"} for number in range(5)]

        first = await procore.sync("vendors", updates, company_id=procore.company)
        second = await procore.sync("vendors", updates, company_id=procore.company)

        assert {row["id"] for row in first["entities"]} == {row["id"] for row in second["entities"]}
        assert (await procore.call("GET", f"vendors?company_id={procore.company}")).headers["Total"] == "175"

    async def test_entities_come_back_in_another_order(self, procore: Procore) -> None:
        updates = [{"origin_id": f"MRI:VEND:OR{number:02d}", "name": "Order"} for number in range(30)]

        result = await procore.sync("vendors", updates, company_id=procore.company)

        returned = [row["origin_id"] for row in result["entities"]]
        assert returned != sorted(returned)
        assert sorted(returned) == [update["origin_id"] for update in updates]

    async def test_only_by_id_can_an_origin_id_change(self, procore: Procore) -> None:
        made = await procore.sync(
            "vendors", [{"origin_id": "A", "name": "Moves"}], company_id=procore.company
        )
        vendor_id = made["entities"][0]["id"]

        await procore.sync("vendors", [{"id": vendor_id, "origin_id": "B"}], company_id=procore.company)

        assert (await procore.get(f"vendors/{vendor_id}"))["origin_id"] == "B"

    async def test_an_origin_id_has_one_owner(self, procore: Procore) -> None:
        twice = [{"origin_id": "C", "name": "One"}, {"origin_id": "C", "name": "Two"}]
        result = await procore.sync("vendors", twice, company_id=procore.company)
        other = procore.world["vendors"]["unlinked"][0]
        stolen = await procore.link("vendor", other, "C")

        assert [row["name"] for row in result["entities"]] == ["One"]
        assert result["errors"][0]["errors"] == {"origin_id": ["has already been taken"]}
        assert stolen["errors"][0]["errors"] == {"origin_id": ["has already been taken"]}

    async def test_more_than_a_thousand_entries_are_too_many(self, procore: Procore) -> None:
        body = {"company_id": procore.company, "updates": [{"name": "x"}] * 1001}

        assert (await procore.call("PATCH", "vendors/sync", json=body)).status_code == 413

    async def test_cost_codes_types_and_their_pairing(self, procore: Procore) -> None:
        project = procore.world["projects"][0]["id"]
        cost_type = await procore.sync(
            "line_item_types",
            [{"origin_id": "MRI:CAT:X", "name": "Extra", "csv_import_code": "X", "base_type": "other"}],
            company_id=procore.company,
        )
        code = await procore.sync(
            "cost_codes", [{"origin_id": "MRI:CODE:X", "code": "98-100", "name": "Extra"}], project_id=project
        )
        pair = {
            "cost_code_id": code["entities"][0]["id"],
            "line_item_type_id": cost_type["entities"][0]["id"],
        }

        paired = await procore.sync(
            "cost_code_line_item_types", [pair | {"synced": True}], project_id=project
        )
        shown = await procore.get(f"cost_codes/{pair['cost_code_id']}", project_id=project)

        assert paired["entities"] == [pair | {"synced": True}]
        assert [found["code"] for found in shown["line_item_types"]] == ["X"]

    async def test_standard_codes_go_into_the_named_list(self, procore: Procore) -> None:
        lists = await procore.get("standard_cost_code_lists", company_id=procore.company)
        scope = {"company_id": procore.company, "standard_cost_code_list_id": lists[0]["id"]}

        entry = {"origin_id": "MRI:CODE:97-1", "code": "97-1", "name": "New"}
        made = await procore.sync("standard_cost_codes", [entry], **scope)
        found = await procore.get(
            "standard_cost_codes", **scope, view="extended", **{"filters[origin_id]": "MRI:CODE:97-1"}
        )

        assert found[0]["id"] == made["entities"][0]["id"]
        assert found[0]["full_code"] == "97-1"

    async def test_the_hub_may_sync_lines_of_a_locked_contract(self, procore: Procore) -> None:
        contract = procore.contract()
        line = (await procore.show(contract))["line_items"][0]

        path = f"work_order_contracts/{contract['id']}/line_items"
        result = await procore.sync(path, [{"id": line["id"], "amount": "1.005", "origin_id": "MRI:LINE:1"}])

        assert result["entities"][0]["amount"] == "1.01"
        assert result["entities"][0]["origin_id"] == "MRI:LINE:1"


class TestSingleWrites:
    async def test_a_vendor_is_made_changed_and_read(self, procore: Procore) -> None:
        body = {"company_id": procore.company, "vendor": {"name": "Ødegård & Søn <AS>", "zip": "04101"}}
        made = await procore.call("POST", "vendors", json=body)
        vendor_id = made.json()["id"]
        changed = {"company_id": procore.company, "vendor": {"is_active": False}}
        await procore.call("PATCH", f"vendors/{vendor_id}", json=changed)

        shown = await procore.get(f"vendors/{vendor_id}")

        assert made.status_code == 201
        assert (shown["name"], shown["zip"], shown["is_active"]) == ("Ødegård & Søn <AS>", "04101", False)

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"vendor": {"name": ""}}, 422),
            ({"vendor": {"name": "x", "country_code": "USA"}}, 422),
            ({"vendor": {"name": "x", "colour": "red"}}, 406),
            ({"name": "x"}, 400),
            ([], 400),
        ],
    )
    async def test_a_vendor_that_does_not_fit_is_refused(
        self, procore: Procore, body: Any, status: int
    ) -> None:
        named = body | {"company_id": procore.company} if isinstance(body, dict) else body

        assert (await procore.call("POST", "vendors", json=named)).status_code == status
        assert (await procore.call("GET", f"vendors?company_id={procore.company}")).headers["Total"] == "170"

    async def test_a_body_that_is_not_json_is_refused(self, procore: Procore) -> None:
        assert (await procore.call("POST", "vendors", content=b"{")).status_code == 400

    async def test_a_contract_and_its_lines(self, procore: Procore) -> None:
        model = procore.contract()
        seeded = await procore.show(model)
        header = {"number": "SC-9", "title": "Roof", "vendor_id": seeded["vendor"]["id"], "status": "Draft"}
        body = {"project_id": model["project_id"], "work_order_contract": header}
        made = await procore.call("POST", "work_order_contracts", json=body)
        contract = {"id": made.json()["id"], "project_id": model["project_id"]}
        path = f"work_order_contracts/{contract['id']}/line_items"
        code = seeded["line_items"][0]["cost_code"]["id"]
        counted = {
            "extended_type": "calculated",
            "quantity": "3",
            "unit_cost": "33.335",
            "cost_code_id": code,
        }
        await procore.call("POST", path, json={"line_item": LINE})
        line = (await procore.call("POST", path, json={"line_item": counted})).json()

        shown = await procore.show(contract)

        assert made.status_code == 201
        assert (line["amount"], line["position"], line["cost_code"]["id"]) == ("100.01", 2, code)
        assert (shown["grand_total"], len(shown["line_items"])) == ("110.01", 2)

        gone = await procore.call("DELETE", f"{path}/{line['id']}")
        assert (gone.status_code, (await procore.show(contract))["grand_total"]) == (204, "10.00")

    async def test_a_line_takes_only_codes_of_its_own_project(self, procore: Procore) -> None:
        contract = procore.contract(broken=["status_not_sendable"])
        other = next(row["id"] for row in procore.world["projects"] if row["id"] != contract["project_id"])
        foreign = (await procore.get("cost_codes", project_id=other))[0]["id"]

        path = f"work_order_contracts/{contract['id']}/line_items"
        refused = await procore.call("POST", path, json={"line_item": LINE | {"cost_code_id": foreign}})

        assert (refused.status_code, refused.json()) == (422, {"errors": {"cost_code_id": ["is invalid"]}})

    async def test_a_contracts_stamp_moves_when_it_or_its_lines_change(self, procore: Procore) -> None:
        contract = procore.contract(broken=["status_not_sendable"])
        stamps = [(await procore.show(contract))["updated_at"]]
        await procore.patch(contract, title="Another title")
        stamps.append((await procore.show(contract))["updated_at"])
        await procore.call(
            "POST", f"work_order_contracts/{contract['id']}/line_items", json={"line_item": LINE}
        )
        stamps.append((await procore.show(contract))["updated_at"])

        assert stamps == sorted(set(stamps))
        assert len(stamps) == 3

    async def test_a_deleted_contract_is_seen_only_when_asked_for(self, procore: Procore) -> None:
        contract = procore.contract(broken=["status_not_sendable"])
        project = {"project_id": contract["project_id"]}
        path = f"work_order_contracts/{contract['id']}"

        assert (await procore.call("DELETE", path, params=project)).status_code == 204
        assert (await procore.call("GET", path, params=project)).status_code == 404
        only = await procore.get("work_order_contracts", **project, **{"filters[include_deleted]": "only"})
        assert [row["id"] for row in only] == [contract["id"]]


class TestExternalDataAndLocks:
    async def test_a_linked_contract_refuses_edits_until_it_is_unlinked(self, procore: Procore) -> None:
        contract = procore.contract(broken=["status_not_sendable"])
        path = f"work_order_contracts/{contract['id']}"
        await procore.link("work_order_contract", contract["id"], "MRI:CON:77")

        refused = await procore.patch(contract, title="New", description="New")
        line = await procore.call("POST", f"{path}/line_items", json={"line_item": LINE})
        deleted = await procore.call("DELETE", path, params={"project_id": contract["project_id"]})
        allowed = await procore.patch(contract, description="New")

        assert [answer.status_code for answer in (refused, line, deleted, allowed)] == [422, 422, 422, 200]
        assert list(refused.json()["errors"]) == ["title"]
        assert (allowed.json()["origin_id"], allowed.json()["synced"]) == ("MRI:CON:77", True)

        await procore.link("work_order_contract", contract["id"], None)
        freed = await procore.patch(contract, title="New")
        assert (freed.status_code, freed.json()["synced"], freed.json()["origin_code"]) == (200, False, None)

    async def test_an_approved_contract_holds_its_vendor_and_lines(self, procore: Procore) -> None:
        contract = procore.contract()
        vendor = procore.world["vendors"]["linked"][0]

        assert (await procore.patch(contract, title="Shorter")).status_code == 200
        assert (await procore.patch(contract, vendor_id=vendor)).status_code == 422
        path = f"work_order_contracts/{contract['id']}/line_items"
        assert (await procore.call("POST", path, json={"line_item": LINE})).status_code == 422
        whole = f"work_order_contracts/{contract['id']}?project_id={contract['project_id']}"
        assert (await procore.call("DELETE", whole)).status_code == 422

    async def test_a_company_may_let_approved_contracts_be_edited(self) -> None:
        async with connect(Settings(locks_approved_contracts=False)) as client:
            procore = await Procore(client).enter()
            vendor = procore.world["vendors"]["linked"][0]

            assert (await procore.patch(procore.contract(), vendor_id=vendor)).status_code == 200

    async def test_external_data_answers_for_every_entry(self, procore: Procore) -> None:
        contract = procore.contract()
        line = (await procore.show(contract))["line_items"][0]
        entries = [
            {"item_type": "line_item", "item_id": line["id"], "origin_id": "L1", "origin_code": "1"},
            {"item_type": "line_item", "item_id": 5, "origin_id": "L2"},
            {"item_type": "teapot", "item_id": line["id"], "origin_id": "L3"},
            {"item_type": "vendor", "item_id": procore.world["vendors"]["unlinked"][0]},
        ]

        result = await procore.sync(f"companies/{procore.company}/external_data", entries)

        assert [row["item_id"] for row in result["entities"]] == [line["id"]]
        assert [list(row["errors"]) for row in result["errors"]] == [
            ["item_id"],
            ["item_type"],
            ["origin_id"],
        ]
        assert (await procore.show(contract))["line_items"][0]["origin_id"] == "L1"


class TestErpRequests:
    async def press(self, procore: Procore, contract: dict[str, Any], role: str) -> httpx.Response:
        user = procore.world["users"][role]["id"]
        body = {"item_type": "work_order_contract", "item_id": contract["id"], "user_id": user}
        return await procore.client.post("/__control/erp/export", json=body)

    async def test_sending_makes_a_request_and_a_detail_to_close(self, procore: Procore) -> None:
        contract = procore.contract()
        detail = (await self.press(procore, contract, "project_manager")).json()
        base = f"companies/{procore.company}"
        found = await procore.get(f"{base}/erp_request_details", **{"filters[item_id]": contract["id"]})
        request = await procore.get(f"{base}/erp_requests/{detail['erp_request_id']}")

        assert [(row["id"], row["status"]) for row in found] == [(detail["id"], "in_progress")]
        assert request["request_name"] == "create_commitment"
        assert request["request_data"]["request_detail_id"] == detail["id"]
        assert request["request_data"]["commitment"]["number"] == contract["number"]
        assert request["request_data"]["commitment_items"]

        closed = {"request_detail": {"status": "failed", "messages": ["Title is too long"]}}
        answer = await procore.call("PATCH", f"{base}/erp_request_details/{detail['id']}", json=closed)
        assert (answer.json()["status"], answer.json()["messages"]) == ("failed", ["Title is too long"])

    async def test_an_open_detail_blocks_until_a_sync_closes_it(self, procore: Procore) -> None:
        contract = procore.contract()
        detail = (await self.press(procore, contract, "project_manager")).json()
        assert (await self.press(procore, contract, "project_manager")).status_code == 409

        path = f"companies/{procore.company}/erp_request_details"
        entries = [{"id": detail["id"], "status": "rejected", "messages": []}, {"status": "success"}]
        answer = await procore.call("PATCH", f"{path}/sync", json=entries)

        assert [row["status"] for row in answer.json()["entities"]] == ["rejected"]
        assert len(answer.json()["errors"]) == 1
        assert (await self.press(procore, contract, "project_manager")).status_code == 201

    async def test_only_who_may_edit_commitments_may_send_them(self, procore: Procore) -> None:
        refused = await self.press(procore, procore.contract(), "read_only")

        assert refused.status_code == 403
        assert await procore.get(f"companies/{procore.company}/erp_requests") == []


class TestWhole:
    async def test_ids_survive_as_they_are(self, procore: Procore) -> None:
        wide = next(one for one in procore.world["contracts"] if one["id"] > 2**53)

        answer = await procore.call("GET", f"{wide['kind']}s/{wide['id']}?project_id={wide['project_id']}")

        assert json.loads(answer.text)["id"] == wide["id"]
        assert f'"id": {wide["id"]}' in answer.text

    async def test_a_restart_finds_what_was_stored(self, tmp_path: Path) -> None:
        async with connect(store=tmp_path / "procore.db") as client:
            before = await Procore(client).enter()
            await before.sync("vendors", [{"origin_id": "KEPT", "name": "Kept"}], company_id=before.company)
        async with connect(store=tmp_path / "procore.db") as client:
            after = await Procore(client).enter()
            after.headers = before.headers

            found = await after.get("vendors", company_id=after.company, **{"filters[origin_id]": "KEPT"})
            assert [row["name"] for row in found] == ["Kept"]

    async def test_a_reset_brings_the_seed_back(self, procore: Procore) -> None:
        await procore.sync("vendors", [{"name": "Fresh"}], company_id=procore.company)
        await procore.client.post("/__control/reset")
        await procore.enter()

        assert (await procore.call("GET", f"vendors?company_id={procore.company}")).headers["Total"] == "170"

    async def test_a_write_whose_answer_is_lost_is_stored_once(self) -> None:
        with serving(create_app()) as url:
            async with httpx.AsyncClient(base_url=url) as client:
                procore = await Procore(client).enter()
                lost = {"match": {"method": "POST", "path": "/rest/v1.0/vendors"}, "fault": "drop_after"}
                await client.post("/__control/faults", json=lost)
                body = {"company_id": procore.company, "vendor": {"name": "Lost", "origin_id": "LOST"}}

                with pytest.raises(httpx.RemoteProtocolError):
                    await procore.call("POST", "vendors", json=body)

                found = await procore.get(
                    "vendors", company_id=procore.company, **{"filters[origin_id]": "LOST"}
                )
                assert [row["name"] for row in found] == ["Lost"]
