"""Budgets, contracts of both versions, change orders, invoices, payments and costs in the Procore sandbox."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from procore_caller import Procore, connect


@pytest.fixture
async def procore() -> AsyncIterator[Procore]:
    async with connect() as client:
        yield await Procore(client).enter()


async def wbs_codes(procore: Procore) -> list[dict[str, Any]]:
    return await procore.get(f"projects/{procore.project}/work_breakdown_structure/wbs_codes")


async def rows_of_budget(procore: Procore) -> list[dict[str, Any]]:
    views = await procore.get("budget_views", project_id=procore.project)
    return await procore.get(f"budget_views/{views[0]['id']}/detail_rows", project_id=procore.project)


async def invoice(procore: Procore) -> dict[str, Any]:
    (found,) = await procore.get("requisitions", version="v1.1", project_id=procore.project, view="extended")
    return found


class TestWorkBreakdown:
    async def test_a_code_is_put_together_from_items_of_its_segments(self, procore: Procore) -> None:
        base = f"projects/{procore.project}/work_breakdown_structure"
        segments = await procore.get(f"{base}/segments")
        codes = await procore.get(f"{base}/segments/{segments[0]['id']}/segment_items")
        types = await procore.get(f"{base}/segments/{segments[1]['id']}/segment_items")
        code = next(one for one in codes if one["code"] == "02-740")
        cost_type = next(one for one in types if one["code"] == "E")
        items = [
            {"segment_id": segments[0]["id"], "segment_item_id": code["id"]},
            {"segment_id": segments[1]["id"], "segment_item_id": cost_type["id"]},
        ]

        made = await procore.post(f"{base}/wbs_codes", segment_items=items)
        twice = await procore.call("POST", f"{base}/wbs_codes", json={"segment_items": items})
        half = await procore.call("POST", f"{base}/wbs_codes", json={"segment_items": items[:1]})

        assert (made["flat_code"], made["description"]) == ("02-740.E", "Asphalt Paving.Equipment")
        assert [one["code"] for one in made["segment_items"]] == ["02-740", "E"]
        assert (twice.status_code, half.status_code) == (422, 422)
        assert [(one["type"], one["required"]) for one in segments] == [
            ("cost_code", True),
            ("line_item_type", True),
            ("sub_job", False),
        ]

    async def test_many_codes_are_switched_off_at_once(self, procore: Procore) -> None:
        base = f"projects/{procore.project}/work_breakdown_structure/wbs_codes"
        ids = [one["id"] for one in (await wbs_codes(procore))[:2]]
        body = {"ids": ids, "attributes": {"status": "inactive"}}

        assert (await procore.call("PATCH", f"{base}/update_all", json=body)).status_code == 204
        off = await procore.get(base, **{"filters[status][]": "inactive"})
        assert [one["id"] for one in off] == ids

    async def test_seeded_lines_carry_their_code(self, procore: Procore) -> None:
        line = (await procore.show(procore.contract()))["line_items"][0]

        assert (
            line["wbs_code"]["flat_code"] == f"{line['cost_code']['code']}.{line['line_item_type']['code']}"
        )


class TestBudget:
    async def test_lines_are_read_through_a_view_and_shown_as_numbers(self, procore: Procore) -> None:
        rows = await rows_of_budget(procore)
        line = await procore.get(
            f"budget_line_items/{rows[0]['id']}", version="v1.1", project_id=procore.project
        )
        old = await procore.get(f"budget_line_items/{rows[0]['id']}", project_id=procore.project)

        assert type(rows[0]["original_budget_amount"]) is str
        assert type(line["original_budget_amount"]) is float
        assert line["wbs_code"]["id"] == rows[0]["wbs_code_id"]
        assert old["cost_code"]["id"] == rows[0]["cost_code_id"]
        assert "wbs_code" not in old
        listed = await procore.call("GET", "budget_line_items", version="v1.1")
        assert listed.status_code == 405

    async def test_summary_rows_add_up_to_the_detail_rows(self, procore: Procore) -> None:
        details = await rows_of_budget(procore)
        view = (await procore.get("budget_views", project_id=procore.project))[0]["id"]
        sums = await procore.get(f"budget_views/{view}/summary_rows", project_id=procore.project)
        cents = lambda rows: sum(int(row["original_budget_amount"].replace(".", "")) for row in rows)  # noqa: E731

        assert cents(details) == cents(sums) > 0
        assert len(sums) < len(details)

    async def test_the_sync_of_budget_lines_is_a_post_that_answers_with_a_bare_list(
        self, procore: Procore
    ) -> None:
        used = {row["wbs_code_id"] for row in await rows_of_budget(procore)}
        free = next(one["id"] for one in await wbs_codes(procore) if one["id"] not in used)
        line = {"wbs_code_id": free, "original_budget_amount": 1200.5, "origin_id": "MRI:BUD:1"}
        body = {"project_id": procore.project, "budget_line_items": [line]}

        first = await procore.call("POST", "budget_line_items/sync", json=body)
        second = await procore.call("POST", "budget_line_items/sync", json=body)
        patched = await procore.call("PATCH", "budget_line_items/sync", json=body)

        assert (first.status_code, patched.status_code) == (200, 405)
        assert [row["original_budget_amount"] for row in first.json()] == [1200.5]
        assert [row["id"] for row in first.json()] == [row["id"] for row in second.json()]

    async def test_a_foreign_currency_is_refused_in_a_shape_of_its_own(self, procore: Procore) -> None:
        line = {"wbs_code_id": (await wbs_codes(procore))[0]["id"], "currency_iso_code": "CAD"}
        body = {"project_id": procore.project, "budget_line_items": [line]}

        refused = await procore.call("POST", "budget_line_items/sync", json=body)

        assert (refused.status_code, sorted(refused.json())) == (422, ["error", "message"])

    async def test_a_locked_budget_keeps_its_lines(self, procore: Procore) -> None:
        lock = f"projects/{procore.project}/budget/lock"
        row = (await rows_of_budget(procore))[0]["id"]
        line = f"{procore.v2}/budget_line_items/{row}"

        assert (await procore.call("POST", lock)).json() == {"locked": True}
        assert (await procore.get(f"projects/{procore.project}/budget")) == {"locked": True}
        assert (await procore.call("DELETE", line, version="v2.0")).status_code == 422
        assert (await procore.call("DELETE", lock)).json() == {"locked": False}
        assert (await procore.call("DELETE", line, version="v2.0")).status_code == 204

    async def test_a_synced_budget_cannot_be_unlocked(self, procore: Procore) -> None:
        lock = f"projects/{procore.project}/budget/lock"
        await procore.call("POST", lock)
        await procore.link("budget", (await rows_of_budget(procore))[0]["id"], "MRI:BUD:1")

        assert (await procore.call("DELETE", lock)).status_code == 403

    async def test_a_modification_moves_money_between_two_lines(self, procore: Procore) -> None:
        path = f"projects/{procore.project}/budget_modifications"
        first, second = (row["id"] for row in (await rows_of_budget(procore))[2:4])
        move = {"from_budget_line_item_id": first, "to_budget_line_item_id": second, "transfer_amount": "10"}

        made = await procore.post(path, budget_modification=move)
        same = await procore.call(
            "POST", path, json={"budget_modification": move | {"to_budget_line_item_id": first}}
        )
        after = {row["id"]: row["budget_modifications"] for row in await rows_of_budget(procore)}

        assert made["transfer_amount"] == "10.00"
        assert same.status_code == 422
        assert (after[first], after[second]) == ("-10.00", "10.00")

    async def test_a_migrated_company_only_reads_its_modifications(self, procore: Procore) -> None:
        path = f"projects/{procore.project}/budget_modifications"
        await procore.set(budget_changes=True)

        refused = await procore.call("POST", path, json={"budget_modification": {}})

        assert (refused.status_code, refused.headers["Allow"], refused.content) == (405, "GET", b"")
        assert len(await procore.get(path)) == 1

    async def test_a_project_may_ask_where_the_money_comes_from(self, procore: Procore) -> None:
        await procore.set(modifications_need_source=True)
        row = (await rows_of_budget(procore))[0]["id"]
        body = {"budget_modification": {"to_budget_line_item_id": row, "transfer_amount": "10"}}

        refused = await procore.call("POST", f"projects/{procore.project}/budget_modifications", json=body)

        assert list(refused.json()["errors"]) == ["from_budget_line_item_id"]

    async def test_budget_changes_stand_under_data_and_lists_leave_the_lines_out(
        self, procore: Procore
    ) -> None:
        path = f"projects/{procore.project}/budget_changes"
        to, source = (one["id"] for one in (await wbs_codes(procore))[:2])
        lines = [
            {"type": "change_event", "wbs_code_id": to, "amount": 40, "adjustment_number": 1},
            {"type": "budget_change", "wbs_code_id": source, "amount": -40, "adjustment_number": 1},
        ]
        made = await procore.post(path, status="draft", title="Move", adjustment_line_items=lines)
        listed = await procore.get(path)

        assert [line["amount"] for line in made["data"]["adjustment_line_items"]] == [40.0, -40.0]
        assert made["data"]["adjustment_line_items"][0]["wbs_code"]["id"] == to
        assert "adjustment_line_items" not in listed["data"][0]
        assert listed["data"][0]["amount"] == 0.0


class TestContractsOfVersion2:
    async def test_both_kinds_are_in_one_list(self, procore: Procore) -> None:
        order = next(one for one in procore.world["contracts"] if one["kind"] == "purchase_order_contract")
        path = f"companies/{procore.company}/projects/{order['project_id']}/commitment_contracts"
        rows = await procore.get(path, version="v2.0", per_page=100)
        merged = await procore.get("commitments", project_id=order["project_id"])

        assert {row["type"] for row in rows["data"]} == {"WorkOrderContract", "PurchaseOrderContract"}
        assert [int(row["id"]) for row in rows["data"]] == [row["id"] for row in merged]

    async def test_a_contract_is_made_by_its_type_and_takes_lines_only_with_a_wbs_code(
        self, procore: Procore
    ) -> None:
        path = f"{procore.v2}/commitment_contracts"
        made = await procore.post(
            path, version="v2.0", type="PurchaseOrderContract", number="PO-9", title="Pipe"
        )
        lines = f"{path}/{made['data']['id']}/line_items"
        code = (await wbs_codes(procore))[0]

        bare = await procore.call("POST", lines, version="v2.0", json={"amount": "5.00"})
        line = await procore.post(
            lines, version="v2.0", wbs_code_id=str(code["id"]), quantity="3", unit_cost="2.50", uom="ea"
        )
        old = await procore.get(f"purchase_order_contracts/{made['data']['id']}", project_id=procore.project)

        assert bare.status_code == 422
        assert (line["data"]["amount"], line["data"]["quantity"]) == ("7.50", 3.0)
        assert line["data"]["wbs_code"] == {
            "id": str(code["id"]),
            "flat_code": code["flat_code"],
            "description": code["description"],
        }
        assert old["line_items"][0]["cost_code"]["code"] == code["flat_code"].partition(".")[0]

    async def test_ids_of_an_erp_are_not_among_its_fields(self, procore: Procore) -> None:
        body = {"type": "WorkOrderContract", "origin_id": "X"}
        refused = await procore.call("POST", f"{procore.v2}/commitment_contracts", version="v2.0", json=body)

        assert refused.status_code == 406


class TestChangeOrders:
    async def test_an_order_is_flat_a_package_and_a_hidden_potential_one(self, procore: Procore) -> None:
        contract = procore.contract()
        path = f"projects/{contract['project_id']}/commitment_change_orders"
        made = await procore.post(path, change_order={"contract_id": contract["id"], "title": "Extra"})
        code = (await procore.show(contract))["line_items"][0]["wbs_code"]["id"]
        lines = f"companies/{procore.company}/projects/{contract['project_id']}/commitment_change_orders"
        await procore.post(
            f"{lines}/{made['id']}/line_items", version="v2.0", wbs_code_id=str(code), amount="55.00"
        )
        project = {"project_id": contract["project_id"]}
        package = await procore.get(f"change_order_packages/{made['id']}", **project)
        potential = await procore.get(f"potential_change_orders/{made['id']}", **project)

        assert (made["status"], made["legacy_package_id"]) == ("draft", made["id"])
        assert package["grand_total"] == "55.00"
        assert [line["amount"] for line in potential["line_items"]] == ["55.00"]
        assert (await procore.show(contract))["draft_change_orders_amount"] == "55.00"

    async def test_approved_orders_raise_the_revised_contract(self, procore: Procore) -> None:
        orders = await procore.get(f"projects/{procore.project}/commitment_change_orders")
        contract = await procore.get(
            f"work_order_contracts/{orders[0]['contract_id']}", project_id=procore.project
        )

        assert [(row["status"], row["grand_total"]) for row in orders] == [
            ("approved", "1200.00"),
            ("draft", "2400.00"),
        ]
        assert contract["approved_change_orders"] == "1200.00"
        assert contract["draft_change_orders_amount"] == "2400.00"
        revised = int(contract["revised_contract"].replace(".", ""))
        assert revised == int(contract["grand_total"].replace(".", "")) + 120000

    async def test_three_tiers_close_the_flat_list_and_open_requests(self, procore: Procore) -> None:
        orders = await procore.get(f"projects/{procore.project}/commitment_change_orders")
        body = {"project_id": procore.project, "contract_id": orders[0]["contract_id"], "change_order": {}}
        assert (await procore.call("POST", "change_order_requests", json=body)).status_code == 403

        await procore.set(change_order_tiers=3)

        path = f"projects/{procore.project}/commitment_change_orders"
        assert (await procore.call("GET", path)).status_code == 403
        assert (await procore.call("POST", "change_order_requests", json=body)).status_code == 201
        assert await procore.get("potential_change_orders", project_id=procore.project) == []

    async def test_prime_orders_and_those_of_commitments_are_two_lists(self, procore: Procore) -> None:
        prime = await procore.get(f"projects/{procore.project}/prime_change_orders")
        other = await procore.get(f"projects/{procore.project}/commitment_change_orders")

        assert [row["type"] for row in prime] == ["PrimeContractChangeOrder"]
        assert {row["id"] for row in prime}.isdisjoint(row["id"] for row in other)

    async def test_a_synced_order_holds_its_fields(self, procore: Procore) -> None:
        path = f"projects/{procore.project}/commitment_change_orders"
        order = (await procore.get(path))[0]
        await procore.link("change_order", order["id"], "MRI:CO:1")

        refused = await procore.call(
            "PATCH", f"{path}/{order['id']}", json={"change_order": {"title": "New"}}
        )

        assert refused.status_code == 422

    async def test_potential_orders_are_synced_by_origin_id(self, procore: Procore) -> None:
        contract = procore.contract()
        entry = {"origin_id": "ERP:PCO:1", "contract_id": contract["id"], "title": "From the ERP"}

        first = await procore.sync("potential_change_orders", [entry], project_id=contract["project_id"])
        again = await procore.sync("potential_change_orders", [entry], project_id=contract["project_id"])

        assert first["errors"] == []
        assert [row["id"] for row in first["entities"]] == [row["id"] for row in again["entities"]]


class TestPrime:
    async def test_the_same_contract_in_both_versions(self, procore: Procore) -> None:
        (old,) = await procore.get("prime_contract", project_id=procore.project)
        new = await procore.get(f"{procore.v2}/prime_contracts", version="v2.0")

        assert new["data"][0]["id"] == str(old["id"])
        assert new["data"][0]["grand_total"] == old["grand_total"] == "1500000.00"
        assert old["approved_change_orders"] == "12500.00"

    async def test_owner_invoices_are_listed_by_project_and_made_under_the_contract(
        self, procore: Procore
    ) -> None:
        (contract,) = await procore.get("prime_contracts", project_id=procore.project)
        path = f"prime_contracts/{contract['id']}/payment_applications"
        body = {"project_id": procore.project, "payment_application": {"billing_date": "2026-02-28"}}

        made = await procore.call("POST", path, json=body)
        changed = await procore.call(
            "PATCH", f"{path}/{made.json()['id']}", json={"payment_application": {"status": "under_review"}}
        )
        listed = await procore.get("payment_applications", project_id=procore.project)

        assert (made.status_code, made.json()["number"]) == (201, 2)
        assert changed.json()["status"] == "under_review"
        assert [row["number"] for row in listed] == [1, 2]
        assert {"g702", "g703"} <= set(made.json())


class TestRequisitions:
    async def test_an_invoice_gets_an_item_for_every_line_and_adds_up(self, procore: Procore) -> None:
        contract = procore.contract(trait="complete")
        line = (await procore.show(contract))["line_items"][0]
        item = {
            "item_type": "contract_item",
            "line_item_id": line["id"],
            "work_completed_this_period": "100.00",
            "work_completed_retainage_retained_this_period": "10.00",
        }
        made = await procore.post(
            "requisitions",
            version="v1.1",
            project_id=contract["project_id"],
            commitment_id=contract["id"],
            requisition={"invoice_number": "A-1", "items": [item]},
        )

        assert len(made["items"]) == len((await procore.show(contract))["line_items"])
        assert made["summary"]["current_payment_due"] == "90.00"
        assert made["summary"]["total_retainage"] == "10.00"
        assert made["number"] == 1
        assert made["commitment_type"] == "WorkOrderContract"

    async def test_version_1_0_names_the_summary_after_the_form(self, procore: Procore) -> None:
        found = await invoice(procore)
        old = await procore.get(f"requisitions/{found['id']}", project_id=procore.project)

        assert old["g702"] == found["summary"]
        assert "summary" not in old

    async def test_what_was_billed_before_is_carried_on(self, procore: Procore) -> None:
        first = await invoice(procore)
        second = await procore.post(
            "requisitions",
            version="v1.1",
            project_id=procore.project,
            commitment_id=first["commitment_id"],
            requisition={"invoice_number": "A-2"},
        )
        carried = {
            row["line_item_id"]: row["work_completed_from_previous_application"] for row in second["items"]
        }

        assert second["previous_requisition_id"] == first["id"]
        for row in first["items"]:
            assert carried[row["line_item_id"]] == row["work_completed_this_period"]
        path = f"requisitions/{first['id']}?project_id={procore.project}"
        assert (await procore.call("DELETE", path, version="v1.1")).status_code == 422
        last = await procore.get(
            "requisitions", version="v1.1", project_id=procore.project, **{"filters[is_last]": "true"}
        )
        assert [row["id"] for row in last] == [second["id"]]

    async def test_items_are_changed_in_bulk_until_the_invoice_is_synced(self, procore: Procore) -> None:
        found = await invoice(procore)
        path = f"requisitions/{found['id']}/bulk_item_update"
        items = [{"id": found["items"][0]["id"], "work_completed_this_period": "1.00"}]

        changed = await procore.call("PATCH", path, json={"requisition_items": items})
        await procore.link("requisition", found["id"], "MRI:INV:1")
        refused = await procore.call("PATCH", path, json={"requisition_items": items})

        assert changed.json()["items"][0]["work_completed_this_period"] == "1.00"
        assert refused.status_code == 422

    async def test_a_synced_invoice_is_immutable_save_its_payment_details(self, procore: Procore) -> None:
        found = await invoice(procore)
        await procore.link("requisition", found["id"], "MRI:INV:1")
        path = f"requisitions/{found['id']}"
        body = {"project_id": procore.project, "requisition": {"invoice_number": "other"}}
        due = f"{procore.v2}/requisitions/{found['id']}/payment_details"

        refused = await procore.call("PATCH", path, version="v1.1", json=body)
        told = await procore.call("PATCH", due, version="v2.0", json={"due_date": "2026-03-31"})

        assert refused.status_code == 422
        assert told.json() == {"data": {"due_date": "2026-03-31"}}
        assert (await invoice(procore))["erp_status"] == "synced"


class TestPayments:
    async def test_a_synced_payment_takes_only_its_origin_and_attachments(self, procore: Procore) -> None:
        contract = procore.contract()
        scope = {"project_id": contract["project_id"], "contract_id": contract["id"]}
        payment = {"amount": "120.5", "date": "2026-02-01", "check_number": "77", "origin_id": "MRI:PAY:1"}
        made = await procore.post("contract_payments", **scope, contract_payment=payment)
        path = f"contract_payments/{made['id']}"

        async def patch(**values: Any) -> int:
            return (await procore.call("PATCH", path, json=scope | {"contract_payment": values})).status_code

        assert made["amount"] == "120.50"
        assert await patch(amount="1.00") == 422
        assert await patch(origin_data="voided") == 200
        assert await patch(attachments=[]) == 200
        assert (await procore.call("DELETE", path, params=scope)).status_code == 422
        assert [row["id"] for row in await procore.get("contract_payments", **scope)] == [made["id"]]

    async def test_a_list_of_payments_names_its_contract(self, procore: Procore) -> None:
        refused = await procore.call("GET", "contract_payments", params={"project_id": procore.project})

        assert refused.status_code == 400

    async def test_payments_have_no_sync(self, procore: Procore) -> None:
        body = {"project_id": procore.project, "updates": []}
        refused = await procore.call("PATCH", "contract_payments/sync", json=body)

        assert refused.status_code == 404


class TestDirectCosts:
    async def cost(self, procore: Procore, **values: Any) -> Any:
        code = (await wbs_codes(procore))[0]["id"]
        line = {"ref": "a", "wbs_code_id": code, "manual_amount": "12.30", "description": "Nails"}
        cost = {"direct_cost_type": "expense", "line_items": [line]} | values
        return await procore.call(
            "POST", f"projects/{procore.project}/direct_costs", version="v1.1", json={"direct_cost": cost}
        )

    async def test_a_cost_comes_with_its_lines(self, procore: Procore) -> None:
        made = await self.cost(procore)

        assert made.status_code == 201
        assert (made.json()["grand_total"], made.json()["line_items_count"]) == ("12.30", 1)
        assert "ref" not in made.json()["line_items"][0]

    async def test_an_invoice_needs_its_vendor_and_number(self, procore: Procore) -> None:
        refused = await self.cost(procore, direct_cost_type="invoice")

        assert sorted(refused.json()["errors"]) == ["invoice_number", "vendor_id"]

    async def test_the_type_is_said_once_and_a_synced_cost_is_immutable(self, procore: Procore) -> None:
        made = (await self.cost(procore)).json()
        path = f"projects/{procore.project}/direct_costs/{made['id']}"

        async def patch(**values: Any) -> int:
            answer = await procore.call("PATCH", path, version="v1.1", json={"direct_cost": values})
            return answer.status_code

        assert await patch(direct_cost_type="payroll") == 422
        assert await patch(description="More") == 200
        await procore.link("item", made["id"], "MRI:DC:1")
        assert await patch(description="Less") == 422
        line = await procore.call("POST", f"{path}/line_items", json={"line_item": {"amount": "1.00"}})
        assert line.status_code == 422

    async def test_costs_and_their_lines_are_synced(self, procore: Procore) -> None:
        base = f"projects/{procore.project}/direct_costs"
        entry = {"origin_id": "MRI:DC:9", "direct_cost_type": "expense", "direct_cost_date": "2026-01-31"}
        cost = (await procore.sync(base, [entry]))["entities"][0]
        line = {"direct_cost_id": cost["id"], "origin_id": "MRI:DCL:9", "amount": "8.00"}

        first = await procore.sync(f"{base}/line_items", [line])
        again = await procore.sync(f"{base}/line_items", [line])
        rows = await procore.get(f"{base}/line_items", **{"filters[direct_cost_id]": cost["id"]})

        assert [row["amount"] for row in first["entities"]] == ["8.00"]
        assert [row["id"] for row in rows] == [row["id"] for row in again["entities"]]

    async def test_too_many_costs_in_one_call_are_a_conflict(self, procore: Procore) -> None:
        path = f"projects/{procore.project}/direct_costs/sync"
        refused = await procore.call("PATCH", path, json={"updates": [{}] * 1001})

        assert refused.status_code == 409


class TestDirectory:
    async def test_a_register_entry_belongs_to_one_vendor(self, procore: Procore) -> None:
        first, second = procore.world["vendors"]["linked"][:2]
        body = {"business_register": {"type": "EIN", "identifier": "12-3456789"}}

        made = await procore.call("POST", f"vendors/{first}/business_register", json=body)
        taken = await procore.call("POST", f"vendors/{second}/business_register", json=body)

        assert (made.status_code, taken.status_code) == (201, 409)
        assert (await procore.get(f"vendors/{first}"))["business_register"] == body["business_register"]

    async def test_one_origin_id_may_stand_on_objects_of_two_kinds(self, procore: Procore) -> None:
        vendor = procore.world["vendors"]["unlinked"][0]

        on_vendor = await procore.link("vendor", vendor, "SAME:1")
        on_project = await procore.link("project", procore.project, "SAME:1")

        assert (on_vendor["errors"], on_project["errors"]) == ([], [])

    async def test_codes_are_found_by_their_text_and_by_when_they_changed(self, procore: Procore) -> None:
        path = f"projects/{procore.project}/work_breakdown_structure/wbs_codes"
        found = await procore.get(path, query="03-300.S")
        later = await procore.get(path, **{"filters[updated_at]": "2030-01-01...2031-01-01"})

        assert [one["flat_code"] for one in found] == ["03-300.S"]
        assert later == []

    async def test_companies_come_and_go_on_a_project(self, procore: Procore) -> None:
        path = f"projects/{procore.project}/vendors"
        there = {row["id"] for row in await procore.get(path)}
        new = next(one for one in procore.world["vendors"]["linked"] if one not in there)

        assert (await procore.call("POST", f"{path}/{new}/actions/add")).status_code == 201
        assert new in {row["id"] for row in await procore.get(path)}
        assert (await procore.call("DELETE", f"{path}/{new}/actions/remove")).status_code == 204
        assert (await procore.call("DELETE", f"{path}/{new}/actions/remove")).status_code == 404

    async def test_sub_jobs_and_templates_are_there_to_be_read(self, procore: Procore) -> None:
        unlinked = next(one for one in procore.world["projects"] if not one["linked"])

        assert [one["code"] for one in await procore.get("sub_jobs", project_id=unlinked["id"])] == ["A", "B"]
        assert len(await procore.get("project_templates", company_id=procore.company)) == 2
