"""Writing to the reference ledger: its classes of writes, its rules, and what it lets nobody delete."""

import pytest
from reference_caller import JOB, VENDOR, Ledger, contract, invoice, line, order

from hub.sandboxes.reference import create_app

REF = {"external_ref": "commitment/24-101/SC-001"}


@pytest.fixture
async def ledger():
    made = await Ledger().enter()
    yield made
    await made.client.aclose()


def code_of(answer):
    return answer.status_code, answer.json()["error"]["code"]


async def under(ledger, write_class, collection="contracts"):
    await ledger.switch(writes={collection: write_class})


# --- classes


async def test_k1_gives_the_first_answer_again_to_the_same_key_and_content(ledger):
    first = await ledger.write("contracts", contract(), key="a")
    again = await ledger.write("contracts", contract(), key="a")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert len(await ledger.kept("contracts")) == 1


async def test_k1_refuses_other_content_under_a_used_key(ledger):
    await ledger.write("contracts", contract(), key="a")
    other = await ledger.write("contracts", contract(amount="2000.00"), key="a")

    assert code_of(other) == (422, "idempotency_key_reused")
    assert len(await ledger.kept("contracts")) == 1


async def test_k1_needs_a_key_and_takes_one_number_twice_under_two(ledger):
    bare = await ledger.client.post("/v1/contracts", json=contract(), headers=ledger.headers)
    await ledger.write("contracts", contract(), key="a")
    await ledger.write("contracts", contract(), key="b")

    assert code_of(bare) == (400, "idempotency_key_required")
    assert len(await ledger.rows("contracts", number="SC-001")) == 2


async def test_k1_remembers_no_refusal(ledger):
    refused = await ledger.write("contracts", contract(vendor="NOBODY"), key="a")
    stored = await ledger.write("contracts", contract(), key="a")

    assert (refused.status_code, stored.status_code) == (422, 201)


async def test_k1_forgets_a_key_after_a_day(ledger):
    await ledger.write("contracts", contract(), key="a")
    await ledger.client.post("/__control/clock", json={"advance_seconds": 86401})
    await ledger.enter()
    later = await ledger.write("contracts", contract(amount="2000.00"), key="a")

    assert later.status_code == 201


@pytest.mark.parametrize("action", ["delete", "void"])
async def test_k1_makes_anew_what_no_longer_stands(ledger, action):
    first = (await ledger.write("contracts", contract(), key="a")).json()
    await ledger.act("contracts", action, {"id": first["id"]})

    again = await ledger.write("contracts", contract(), key="a")

    assert again.json()["id"] != first["id"]


async def test_k1_remembers_its_keys_over_a_restart(tmp_path):
    first = await Ledger(create_app(tmp_path / "ledger.db")).enter()
    made = (await first.write("contracts", contract(), key="a")).json()
    await first.client.aclose()
    second = await Ledger(create_app(tmp_path / "ledger.db")).enter()
    again = await second.write("contracts", contract(), key="a")
    await second.client.aclose()

    assert again.json() == made
    assert again.headers["idempotent-replayed"] == "true"


async def test_k2_updates_the_document_that_carries_the_name(ledger):
    await under(ledger, "K2")
    first = await ledger.write("contracts", contract() | REF)
    second = await ledger.write("contracts", contract(amount="2000.00") | REF)
    same = await ledger.write("contracts", contract(amount="2000.00") | REF)

    assert [answer.status_code for answer in (first, second, same)] == [201, 200, 200]
    assert first.json()["id"] == second.json()["id"] == same.json()["id"]
    assert [answer.json()["version"] for answer in (first, second, same)] == [1, 2, 2]
    [kept] = await ledger.kept("contracts")
    assert kept["amount"] == "2000.00"


async def test_k2_needs_a_name_and_leaves_a_posted_document(ledger):
    await under(ledger, "K2")
    assert code_of(await ledger.write("contracts", contract())) == (422, "required")
    await ledger.write("contracts", contract() | REF)
    await ledger.act("contracts", "post", {"number": "SC-001"})

    assert (await ledger.write("contracts", contract() | REF)).status_code == 200
    changed = await ledger.write("contracts", contract(amount="2.00") | REF)
    assert code_of(changed) == (409, "posted")


async def test_k3_refuses_a_number_it_has_in_any_letter_case(ledger):
    await under(ledger, "K3")
    await ledger.write("contracts", contract())

    assert code_of(await ledger.write("contracts", contract("sc-001"))) == (409, "duplicate")
    elsewhere = {"job": "24-102", "lines": []}
    assert (await ledger.write("contracts", contract() | elsewhere)).status_code == 201
    assert len(await ledger.kept("contracts")) == 2


async def test_k4_takes_a_second_one_and_shows_both(ledger):
    await under(ledger, "K4")
    for _ in range(2):
        await ledger.write("contracts", contract())

    assert len(await ledger.rows("contracts", number="SC-001")) == 2


async def test_k5_takes_a_second_one_and_shows_none(ledger):
    await under(ledger, "K5")
    made = [(await ledger.write("contracts", contract())).json()["id"] for _ in range(2)]

    assert code_of(await ledger.get("contracts")) == (403, "not_searchable")
    assert code_of(await ledger.get(f"contracts/{made[0]}")) == (403, "not_searchable")
    assert len(await ledger.kept("contracts")) == 2


async def test_a_class_is_set_for_one_collection_and_leaves_the_others(ledger):
    await under(ledger, "K3")
    world = (await ledger.client.get("/__control/world")).json()

    assert world["writes"]["contracts"] == "K3"
    assert {word for name, word in world["writes"].items() if name != "contracts"} == {"K1"}


# --- rules


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"vendor": "NOBODY"}, "unknown_vendor", "vendor"),
        ({"job": "99-999"}, "unknown_job", "job"),
        ({"lines": [line(cost_code="99-999")]}, "unknown_cost_code", "lines[0].cost_code"),
        ({"lines": [line(cost_type="E")]}, "unknown_cost_type", "lines[0].cost_type"),
        ({"amount": "1000.01"}, "amount_mismatch", "amount"),
        ({"amount": "0.00", "lines": [line("0.00")]}, "zero_amount", "amount"),
        ({"contract_date": "2023-12-31"}, "closed_period", "contract_date"),
        ({"contract_date": "2031-01-01"}, "closed_period", "contract_date"),
        ({"number": " "}, "required", "number"),
        ({"number": None}, "required", "number"),
        ({"colour": "red"}, "unknown_field", "colour"),
        ({"lines": [line(colour="red")]}, "unknown_field", "lines[0].colour"),
        ({"amount": 1000.0}, "invalid_value", "amount"),
        ({"amount": "1000.001"}, "invalid_value", "amount"),
        ({"amount": "1e3"}, "invalid_value", "amount"),
        ({"amount": "NaN"}, "invalid_value", "amount"),
        ({"contract_date": "01/03/2026"}, "invalid_value", "contract_date"),
        ({"kind": "lease"}, "invalid_value", "kind"),
        ({"lines": "none"}, "invalid_value", "lines"),
        ({"title": "x" * 501}, "invalid_value", "title"),
    ],
)
async def test_a_contract_is_refused_by_code_and_field(ledger, changes, refusal, field):
    answer = await ledger.write("contracts", contract() | changes)

    assert code_of(answer) == (422, refusal)
    assert answer.json()["error"]["field"] == field
    assert await ledger.kept("contracts") == []


async def test_an_inactive_vendor_gets_no_contract(ledger):
    await ledger.act("vendors", "deactivate", {"code": VENDOR})
    assert code_of(await ledger.write("contracts", contract())) == (422, "inactive_vendor")

    await ledger.act("vendors", "activate", {"code": VENDOR})
    assert (await ledger.write("contracts", contract())).status_code == 201


async def test_a_closed_month_takes_nothing_until_it_is_opened(ledger):
    await ledger.act("accounting-periods", "close", {"code": "2026-03"})
    assert code_of(await ledger.write("contracts", contract())) == (422, "closed_period")

    await ledger.act("accounting-periods", "open", {"code": "2026-03"})
    assert (await ledger.write("contracts", contract())).status_code == 201


async def test_amounts_of_zero_are_taken_where_that_is_switched_on(ledger):
    nothing = contract(amount="0.00")
    assert code_of(await ledger.write("contracts", nothing)) == (422, "zero_amount")

    await ledger.switch(zero_amounts=True)
    assert (await ledger.write("contracts", nothing)).status_code == 201


async def test_an_order_and_an_invoice_need_their_contract(ledger):
    assert code_of(await ledger.write("change-orders", order())) == (422, "unknown_contract")
    assert code_of(await ledger.write("invoices", invoice())) == (422, "unknown_contract")


async def test_an_invoice_is_of_the_vendor_of_its_contract(ledger):
    await ledger.write("contracts", contract())
    other = next(
        row["code"] for row in await ledger.rows("vendors") if row["active"] and row["code"] != VENDOR
    )

    assert code_of(await ledger.write("invoices", invoice(vendor=other))) == (422, "vendor_mismatch")


async def test_the_lines_of_an_invoice_less_what_they_retain_are_its_amount(ledger):
    await ledger.write("contracts", contract())

    assert code_of(await ledger.write("invoices", invoice(amount="1000.00"))) == (422, "amount_mismatch")
    assert (await ledger.write("invoices", invoice())).status_code == 201


async def test_a_revision_needs_a_budget_and_changes_its_lines(ledger):
    revision = {"job": "24-102", "number": "1", "date": "2026-03-01", "lines": []}
    assert code_of(await ledger.write("budget-revisions", revision)) == (422, "unknown_budget")

    lines = [line("-500.00"), line("500.00", cost_code="01-300", cost_type="L")]
    await ledger.write("budget-revisions", revision | {"job": JOB, "lines": lines})

    [budget] = await ledger.rows("budgets", job=JOB)
    assert [each["revised_amount"] for each in budget["lines"][:2]] == ["12000.00", "25500.00"]


async def test_a_code_of_one_job_is_good_on_that_job_alone(ledger):
    code = {"job": JOB, "code": "77-001", "name": "Own", "cost_types": ["O"]}
    await ledger.write("job-cost-codes", code)

    own = contract() | {"lines": [line(cost_code="77-001")]}
    assert (await ledger.write("contracts", own)).status_code == 201
    elsewhere = await ledger.write("contracts", own | {"job": "24-102"})
    assert code_of(elsewhere) == (422, "unknown_cost_code")


async def test_vendors_jobs_and_codes_are_taken_too(ledger):
    for collection, body in (
        ("vendors", {"code": "NEWV01", "name": "New Vendor"}),
        ("jobs", {"code": "27-001", "name": "New Job"}),
        ("sub-jobs", {"job": "27-001", "code": "A"}),
        ("cost-codes", {"code": "77-002", "name": "New Code"}),
    ):
        answer = await ledger.write(collection, body)
        assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    "collection", ["payments", "direct-costs", "accounting-periods", "banks", "customers"]
)
async def test_what_the_ledger_makes_itself_is_not_written(ledger, collection):
    assert code_of(await ledger.write(collection, {})) == (405, "read_only")


async def test_a_body_that_is_no_object_of_json_is_refused(ledger):
    headers = {**ledger.headers, "Content-Type": "application/json", "Idempotency-Key": "a"}
    for content, status in ((b"{", 400), (b"[]", 400), (b"[" * 100_000, 400)):
        answer = await ledger.client.post("/v1/contracts", content=content, headers=headers)
        assert code_of(answer) == (status, "not_json")
    plain = await ledger.client.post(
        "/v1/contracts", content=b"{}", headers={**headers, "Content-Type": "text/plain"}
    )
    assert code_of(plain) == (415, "not_json")
    large = await ledger.client.post("/v1/contracts", content=b" " * (1024 * 1024 + 1), headers=headers)
    assert code_of(large) == (413, "too_large")


# --- deletions


async def test_a_contract_with_orders_or_invoices_is_not_deleted(ledger):
    made = (await ledger.write("contracts", contract())).json()
    for collection, body in (("change-orders", order()), ("invoices", invoice())):
        hanging = (await ledger.write(collection, body)).json()

        refused = await ledger.delete(f"contracts/{made['id']}")
        assert code_of(refused) == (409, "has_dependents")
        assert hanging["number"] in refused.json()["error"]["message"]

        assert (await ledger.delete(f"{collection}/{hanging['id']}")).status_code == 204

    assert (await ledger.delete(f"contracts/{made['id']}")).status_code == 204
    assert await ledger.kept("contracts") == []


async def test_what_is_void_holds_nothing(ledger):
    made = (await ledger.write("contracts", contract())).json()
    await ledger.write("change-orders", order())
    await ledger.act("change-orders", "void", {"number": "CO-1"})

    [found] = await ledger.rows("contracts")
    assert found["current_amount"] == "1000.00"
    assert (await ledger.delete(f"contracts/{made['id']}")).status_code == 204


async def test_a_posted_document_is_not_deleted(ledger):
    made = (await ledger.write("contracts", contract())).json()
    await ledger.act("contracts", "post", {"id": made["id"]})

    assert code_of(await ledger.delete(f"contracts/{made['id']}")) == (409, "posted")


async def test_a_document_that_has_changed_since_it_was_read_is_not_deleted(ledger):
    made = (await ledger.write("contracts", contract())).json()
    mark = (await ledger.get(f"contracts/{made['id']}")).headers["etag"]
    await ledger.client.post("/__control/documents/contracts", json={"id": made["id"], "title": "Another"})

    refused = await ledger.delete(f"contracts/{made['id']}", **{"If-Match": mark})

    assert code_of(refused) == (412, "changed_meanwhile")


async def test_lists_of_the_ledger_itself_lose_nothing_through_the_interface(ledger):
    [bank, _] = await ledger.rows("banks")

    assert code_of(await ledger.delete(f"banks/{bank['id']}")) == (405, "read_only")
    assert code_of(await ledger.delete("banks/nothing")) == (404, "not_found")


async def test_a_lost_answer_leaves_one_document_for_one_key(ledger):
    fault = {"fault": "status", "params": {"status": 503, "when": "after"}, "match": {"method": "POST"}}
    await ledger.client.post("/__control/faults", json=fault)

    lost = await ledger.write("contracts", contract(), key="a")
    again = await ledger.write("contracts", contract(), key="a")

    assert (lost.status_code, again.headers["idempotent-replayed"]) == (503, "true")
    assert len(await ledger.kept("contracts")) == 1
