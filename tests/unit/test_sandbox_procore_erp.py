"""People at the ERP Integrations tool of the Procore sandbox, and what an integration answers them with."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from procore_caller import Procore, connect


@pytest.fixture
async def procore() -> AsyncIterator[Procore]:
    async with connect() as client:
        yield await Procore(client).enter()


async def press(procore: Procore, event: str, **about: Any) -> httpx.Response:
    return await procore.control("erp/press", event=event, **({"user": "accounting_approver"} | about))


async def requests(procore: Procore) -> list[dict[str, Any]]:
    return await procore.get(f"companies/{procore.company}/erp_requests")


async def details(procore: Procore, **filters: Any) -> list[dict[str, Any]]:
    query = {f"filters[{name}]": value for name, value in filters.items()}
    return await procore.get(f"companies/{procore.company}/erp_request_details", **query)


async def close(procore: Procore, detail: dict[str, Any], status: str = "success") -> None:
    path = f"companies/{procore.company}/erp_request_details/{detail['id']}"
    body = {"request_detail": {"status": status, "messages": []}}
    assert (await procore.call("PATCH", path, json=body)).status_code == 200


async def stage(procore: Procore, *updates: Any) -> dict[str, Any]:
    return await procore.sync(f"companies/{procore.company}/staged_records", list(updates))


class TestShapesOfRequests:
    async def test_the_detail_of_a_commitment_is_named_inside(self, procore: Procore) -> None:
        contract = procore.contract()
        (detail,) = (
            await press(procore, "create_commitment", item_type="work_order_contract", item_id=contract["id"])
        ).json()
        (request,) = await requests(procore)

        assert request["request_data"]["request_detail_id"] == detail["id"]
        assert "request_detail_id" not in request
        assert request["integration_app_name"] == "ERP Integration Hub"

    async def test_the_detail_of_a_job_stands_beside_the_data(self, procore: Procore) -> None:
        (detail,) = (
            await press(procore, "create_or_update_job", item_type="project", item_id=procore.project)
        ).json()
        (request,) = await requests(procore)

        assert request["request_detail_id"] == detail["id"]
        assert sorted(request["request_data"]) == ["cost_codes", "project"]
        assert request["request_data"]["project"]["created_at"].endswith("-07:00")

    async def test_standard_codes_come_as_an_array_with_a_detail_each(self, procore: Procore) -> None:
        codes = await procore.get(
            "standard_cost_codes",
            standard_cost_code_list_id=procore.world["standard_cost_code_list_id"],
        )
        await procore.link("standard_cost_code", codes[0]["id"], None)
        await procore.link("standard_cost_code", codes[1]["id"], None)
        ids = [codes[0]["id"], codes[1]["id"]]

        made = (await press(procore, "create_standard_cost_codes", item_ids=ids)).json()
        (request,) = await requests(procore)

        assert [row["request_detail_id"] for row in request["request_data"]] == [row["id"] for row in made]
        assert [row["standard_cost_code_id"] for row in request["request_data"]] == ids

    async def test_categories_are_asked_for_without_anything(self, procore: Procore) -> None:
        await press(procore, "sync_standard_categories")
        (request,) = await requests(procore)

        assert request["request_data"] == {}
        assert await details(procore) == []

    async def test_resets_come_without_a_wrapper_and_with_the_word_null(self, procore: Procore) -> None:
        (invoice,) = await procore.get("requisitions", version="v1.1", project_id=procore.project)
        await press(procore, "reset_requisition", item_id=invoice["id"], reset_override=True)
        (request,) = await requests(procore)

        assert "request_data" not in request
        assert request["origin_id"] == "null"
        assert (request["requisition_id"], request["reset_override"]) == (invoice["id"], True)

    async def test_invoices_come_in_a_batch_whose_details_are_not_named(self, procore: Procore) -> None:
        (invoice,) = await procore.get("requisitions", version="v1.1", project_id=procore.project)
        await press(procore, "create_requisitions", item_ids=[invoice["id"]])
        (request,) = await requests(procore)

        assert "request_detail_id" not in str(request)
        (row,) = request["request_data"]["requisitions"]
        assert (row["id"], row["item_count"]) == (invoice["id"], len(row["line_items"]))
        assert [one["item_id"] for one in await details(procore, item_type="requisition")] == [invoice["id"]]

    async def test_a_budget_brings_its_costs_as_numbers_and_its_transactions_as_texts(
        self, procore: Procore
    ) -> None:
        await press(procore, "create_budget", item_type="budget", item_id=procore.project)
        (request,) = await requests(procore)
        data = request["request_data"]

        assert type(data["job_costs"][0]["original_budget_amount"]) is float
        assert type(data["transactions"][0]["amount"]) is str
        # one for each line, and two for the one modification
        assert len(data["transactions"]) == len(data["job_costs"]) + 2

    async def test_an_update_of_the_budget_brings_only_what_was_not_synced(self, procore: Procore) -> None:
        about = {"item_type": "budget", "item_id": procore.project, "user": "accounting_approver"}
        await procore.control("erp/export", **about)
        rows = await procore.get("erp_transactions", company_id=procore.company, project_id=procore.project)
        updates = [{"id": row["id"], "origin_id": f"MRI:TR:{row['id']}", "synced": True} for row in rows]
        await procore.sync("erp_transactions", updates[:-1], project_id=procore.project)
        for detail in await details(procore):
            await close(procore, detail)

        await procore.control("erp/export", **about)
        last = (await requests(procore))[-1]

        assert last["request_name"] == "update_budget"
        assert [row["id"] for row in last["request_data"]["transactions"]] == [rows[-1]["id"]]

    async def test_a_change_order_names_the_line_of_its_commitment(self, procore: Procore) -> None:
        order = (await procore.get(f"projects/{procore.project}/commitment_change_orders"))[0]
        await press(procore, "create_commitment_change_order", item_id=order["id"])
        (request,) = await requests(procore)
        data = request["request_data"]
        contract = await procore.get(
            f"work_order_contracts/{order['contract_id']}", project_id=procore.project
        )

        assert data["commitment"]["id"] == order["contract_id"]
        assert data["change_order"]["id"] == order["id"]
        assert data["change_order_items"][0]["commitment_line_item_id"] == contract["line_items"][0]["id"]

    async def test_every_event_of_the_list_can_be_looked_up(self, procore: Procore) -> None:
        rows = (await procore.client.get("/__control/erp/events")).json()

        assert len(rows) == 33
        assert {row["detail"] for row in rows} >= {"in request_data", "beside request_data", "there is none"}


class TestPressing:
    async def test_what_is_not_closed_blocks_the_next_of_its_kind(self, procore: Procore) -> None:
        first = await press(procore, "sync_vendors")
        blocked = await press(procore, "sync_vendors")
        other = await press(procore, "sync_jobs")
        await close(procore, first.json()[0])

        assert (blocked.status_code, other.status_code) == (409, 201)
        assert (await press(procore, "sync_vendors")).status_code == 201

    async def test_who_has_nothing_at_the_tool_presses_nothing(self, procore: Procore) -> None:
        refused = await press(procore, "sync_vendors", user="project_manager")

        assert refused.status_code == 403
        assert await requests(procore) == []

    async def test_an_approver_rejects_what_waits(self, procore: Procore) -> None:
        about = {"item_type": "work_order_contract", "item_id": procore.contract()["id"]}
        await press(procore, "create_commitment", **about)

        rejected = await procore.control("erp/reject", **about)

        assert rejected.json()["status"] == "rejected"
        assert await details(procore, status="in_progress") == []

    async def test_unlinking_a_commitment_waits_for_the_integration(self, procore: Procore) -> None:
        contract = procore.contract()
        await procore.link("work_order_contract", contract["id"], "MRI:CON:5")
        pressed = await procore.control(
            "erp/unlink", item_type="work_order_contract", item_id=contract["id"], user="accounting_approver"
        )

        assert pressed.json()[0]["status"] == "in_progress"
        assert (await procore.show(contract))["origin_id"] == "MRI:CON:5"
        await procore.link("work_order_contract", contract["id"], None)
        assert (await procore.show(contract))["synced"] is False

    async def test_unlinking_a_vendor_happens_at_once(self, procore: Procore) -> None:
        vendor = procore.world["vendors"]["linked"][0]
        await procore.control("erp/unlink", item_type="vendor", item_id=vendor, user="accounting_approver")

        assert (await procore.get(f"vendors/{vendor}"))["synced_to_erp"] is False

    async def test_merging_leaves_the_master_and_retires_the_sources(self, procore: Procore) -> None:
        master, source = procore.world["vendors"]["unlinked"][:2]
        await press(procore, "merge_vendors", item_ids=[master, source])
        (request,) = await requests(procore)

        assert request["request_data"]["sources"] == [{"vendor_id": source, "origin_id": "null"}]
        assert (await procore.get(f"vendors/{source}"))["is_active"] is False

    @pytest.mark.parametrize("wrong", [{"event": "brew_tea"}, {"event": "create_vendor", "item_id": "x"}])
    async def test_a_press_that_makes_no_sense_is_refused(
        self, procore: Procore, wrong: dict[str, Any]
    ) -> None:
        answer = await procore.control("erp/press", **wrong)

        assert answer.status_code in (400, 422)
        assert answer.json()["error"]["message"]


class TestExternalData:
    @pytest.mark.parametrize("kind", ["change_order", "requisition", "item", "contract_payment", "budget"])
    async def test_ids_of_an_erp_go_on_and_come_off_objects_of_every_kind(
        self, procore: Procore, kind: str
    ) -> None:
        item_id = await self.one_of(procore, kind)

        on = await procore.link(kind, item_id, "MRI:X:1")
        off = await procore.link(kind, item_id, None)

        assert [(row["origin_id"], row["synced"]) for row in on["entities"]] == [("MRI:X:1", True)]
        assert [(row["origin_id"], row["synced"]) for row in off["entities"]] == [(None, False)]

    async def one_of(self, procore: Procore, kind: str) -> int:
        project = {"project_id": procore.project}
        if kind == "change_order":
            return (await procore.get(f"projects/{procore.project}/commitment_change_orders"))[0]["id"]
        if kind == "item":
            return (await procore.get(f"projects/{procore.project}/direct_costs"))[0]["id"]
        if kind == "budget":
            views = await procore.get("budget_views", **project)
            return (await procore.get(f"budget_views/{views[0]['id']}/detail_rows", **project))[0]["id"]
        (invoice,) = await procore.get("requisitions", version="v1.1", **project)
        if kind == "requisition":
            return invoice["id"]
        payments = await procore.get("contract_payments", contract_id=invoice["commitment_id"], **project)
        return payments[0]["id"]

    async def test_the_bare_list_is_taken_as_well(self, procore: Procore) -> None:
        entry = {"item_type": "project", "item_id": procore.project, "origin_id": "MRI:JOB:X"}
        path = f"companies/{procore.company}/external_data/sync"

        answer = await procore.call("PATCH", path, json=[entry])

        assert [row["origin_id"] for row in answer.json()["entities"]] == ["MRI:JOB:X"]

    async def test_a_line_that_is_linked_moves_its_contract(self, procore: Procore) -> None:
        contract = procore.contract()
        before = await procore.show(contract)
        await procore.link("line_item", before["line_items"][0]["id"], "MRI:LINE:1")

        assert (await procore.show(contract))["updated_at"] > before["updated_at"]


class TestStagedRecords:
    async def test_a_vendor_waits_is_imported_and_waits_again_when_unlinked(self, procore: Procore) -> None:
        entry = {"item_type": "vendor", "origin_id": "MRI:VEND:NEW9", "data": {"name": "New Nine"}}
        (staged,) = (await stage(procore, entry))["entities"]
        made = await procore.control("erp/import", staged_record_id=staged["id"])
        path = f"companies/{procore.company}/staged_records/{staged['id']}"

        assert (made.json()["origin_id"], made.json()["name"]) == ("MRI:VEND:NEW9", "New Nine")
        assert (await procore.get(path))["status"] == "imported"
        assert [row["request_name"] for row in await requests(procore)] == ["create_vendor_in_procore"]

        await procore.link("vendor", made.json()["id"], None)
        assert (await procore.get(path))["status"] == "staged"

    async def test_the_same_record_is_staged_once(self, procore: Procore) -> None:
        entry = {"item_type": "vendor", "origin_id": "MRI:VEND:TWIN", "data": {"name": "Twin"}}
        first, second = await stage(procore, entry), await stage(procore, entry)

        assert first["entities"][0]["id"] == second["entities"][0]["id"]

    async def test_a_commitment_brings_its_lines_and_the_ids_of_the_erp_are_translated(
        self, procore: Procore
    ) -> None:
        vendor = await procore.get(f"vendors/{procore.world['vendors']['linked'][0]}")
        line = {
            "origin_id": "MRI:CON:1:L1",
            "data": {
                "cost_code_origin_id": "MRI:CODE:01-100",
                "line_item_type_origin_id": "MRI:CAT:O",
                "amount": "50.00",
            },
        }
        entry = {
            "item_type": "work_order_contract",
            "origin_id": "MRI:CON:1",
            "data": {
                "project_origin_id": "MRI:JOB:24-101",
                "vendor_origin_id": vendor["origin_id"],
                "number": "C-1",
            },
            "children": [line],
        }
        (staged,) = (await stage(procore, entry))["entities"]
        made = (await procore.control("erp/import", staged_record_id=staged["id"])).json()
        shown = await procore.get(f"work_order_contracts/{made['id']}", project_id=procore.project)

        assert [child["parent_id"] for child in staged["children"]] == [staged["id"]]
        assert (shown["number"], shown["vendor"]["id"], shown["grand_total"]) == (
            "C-1",
            vendor["id"],
            "50.00",
        )
        assert shown["line_items"][0]["cost_code"]["code"] == "01-100"
        assert shown["line_items"][0]["origin_id"] == "MRI:CON:1:L1"

    async def test_what_belongs_to_an_unknown_project_is_not_shown_to_people(self, procore: Procore) -> None:
        entry = {
            "item_type": "sub_job",
            "origin_id": "MRI:SUB:1",
            "data": {"project_origin_id": "MRI:JOB:99-999", "name": "A", "code": "A"},
        }
        (staged,) = (await stage(procore, entry))["entities"]

        assert staged["visible"] is False
        assert (await procore.control("erp/import", staged_record_id=staged["id"])).status_code == 422

    async def test_a_change_order_must_name_its_project_and_commitment(self, procore: Procore) -> None:
        result = await stage(procore, {"item_type": "commitment_change_order", "origin_id": "MRI:CO:1"})

        assert sorted(result["errors"][0]["errors"]) == [
            "data.commitment_origin_id",
            "data.project_origin_id",
        ]

    async def test_a_record_is_made_replaced_and_archived_one_by_one(self, procore: Procore) -> None:
        path = f"companies/{procore.company}/staged_records"
        record = {"item_type": "vendor", "origin_id": "MRI:VEND:ONE", "data": {"name": "One"}}
        made = await procore.post(path, staged_record=record)
        body = {"staged_record": {"status": "archived"}}

        replaced = await procore.call("PUT", f"{path}/{made['id']}", json=body)

        assert (made["status"], replaced.json()["status"]) == ("staged", "archived")
        assert (await procore.control("erp/import", staged_record_id=made["id"])).status_code == 409


class TestFeeds:
    async def test_a_connection_names_the_list_that_codes_go_into(self, procore: Procore) -> None:
        connection = {"service_url": "http://127.0.0.1:1/", "metadata": {"settings": {"labels": {}}}}
        path = f"companies/{procore.company}/erp_connections"
        made = await procore.post(path, connection=connection)
        changed = {"connection": {"metadata": {"settings": {"labels": {"erp": "MRI"}}}}}

        again = await procore.call("PATCH", f"{path}/{made['id']}", json=changed)

        assert made["standard_cost_code_list_id"] == procore.world["standard_cost_code_list_id"]
        assert again.json()["metadata"] == changed["connection"]["metadata"]

    async def test_job_costs_are_kept_by_code_and_type(self, procore: Procore) -> None:
        code = (await procore.get("cost_codes", project_id=procore.project))[0]
        pair = {"cost_code_id": code["id"], "line_item_type_id": code["line_item_types"][0]["id"]}
        scope = {"company_id": procore.company, "job_origin_id": "MRI:JOB:24-101"}

        first = await procore.sync("erp_job_costs", [pair | {"job_to_date_cost": "10.00"}], **scope)
        again = await procore.sync("erp_job_costs", [pair | {"job_to_date_cost": "11.00"}], **scope)
        odd = await procore.sync("erp_job_costs", [pair | {"mood": "good"}], **scope)

        assert [row["job_to_date_cost"] for row in again["entities"]] == ["11.00"]
        assert first["entities"][0]["id"] == again["entities"][0]["id"]
        assert list(odd["errors"][0]["errors"]) == ["mood"]

    async def test_paid_notices_are_upserted_by_origin_id(self, procore: Procore) -> None:
        (invoice,) = await procore.get("requisitions", version="v1.1", project_id=procore.project)
        path = f"companies/{procore.company}/invoice_payments"
        notice = {
            "invoice_type": "Billings::Requisition",
            "invoice_id": invoice["id"],
            "origin_id": "MRI:PAY:1",
            "amount": "5.00",
            "check_number": "1001",
        }

        first = await procore.sync(path, [notice])
        again = await procore.sync(path, [notice | {"amount": "6.00"}])
        lost = await procore.sync(path, [notice | {"invoice_id": 5, "origin_id": "MRI:PAY:2"}])

        assert first["entities"][0]["id"] == again["entities"][0]["id"]
        assert again["entities"][0]["amount"] == "6.00"
        assert list(lost["errors"][0]["errors"]) == ["invoice_id"]

    async def test_sub_jobs_have_a_code_of_their_own_in_the_project(self, procore: Procore) -> None:
        entry = {"origin_id": "MRI:SUB:1", "code": "A", "name": "Annex"}
        first = await procore.sync("sub_jobs", [entry], project_id=procore.project)
        twice = await procore.sync(
            "sub_jobs", [entry | {"origin_id": "MRI:SUB:2"}], project_id=procore.project
        )

        assert first["entities"][0]["project"]["id"] == procore.project
        assert list(twice["errors"][0]["errors"]) == ["code"]

    @pytest.mark.parametrize(
        ("path", "entry"),
        [
            ("tax_codes", {"code": "VAT"}),
            ("tax_types", {"name": "Sales"}),
            ("insurances", {"policy_number": "P1"}),
            ("companies/{company}/uoms", {"name": "ton"}),
            ("companies/{company}/insurances", {"policy_number": "P2"}),
        ],
    )
    async def test_the_smaller_lists_sync_too(
        self, procore: Procore, path: str, entry: dict[str, Any]
    ) -> None:
        target = path.format(company=procore.company)
        updates = [entry | {"origin_id": "X:1"}]

        first = await procore.sync(target, updates, company_id=procore.company)
        again = await procore.sync(target, updates, company_id=procore.company)

        assert first["errors"] == []
        assert [row["id"] for row in first["entities"]] == [row["id"] for row in again["entities"]]
