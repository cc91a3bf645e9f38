"""The reference connector writes every object, believes no answer too easily, reads back to the cent, names what is in the way."""

from datetime import date
from decimal import Decimal

import httpx
import pytest
from referencing import JOB, SOUND, VENDOR, facts, line, reference_side

from hub.codes import ErrorCode
from hub.connectors import capabilities, draft
from hub.erp.canonical import canonical
from hub.erp.capabilities import WriteClass
from hub.errors import ErpRefused, ErpUnauthorized, ErpUnavailable, ErpUnexpected, MappingError, Refused

# What has to be there before an object can be written, and where it is kept and under which id.
BEFORE = {
    "commitment_change_order": ("commitment",),
    "subcontractor_invoice": ("commitment",),
}
KEPT = {
    "company": ("vendors", "NEWV01"),
    "project": ("jobs", "27-001"),
    "sub_job": ("sub-jobs", "24-101/C"),
    "cost_code": ("cost-codes", "77-001"),
    "project_cost_code": ("job-cost-codes", "24-101/77-002"),
    "budget": ("budgets", "24-102"),
    "budget_change": ("budget-revisions", "24-101/1"),
    "commitment": ("contracts", "24-101/SC-001"),
    "commitment_change_order": ("change-orders", "24-101/SC-001/CO-1"),
    "subcontractor_invoice": ("invoices", "OKAF01/INV-7"),
    "prime_contract": ("prime-contracts", "24-101/PC-2"),
    "prime_contract_change_order": ("prime-change-orders", "24-101/PC-1/PCO-1"),
    "owner_invoice": ("owner-invoices", "24-101/OI-1"),
}
CLASSES = ("K1", "K2", "K3", "K4", "K5")


@pytest.fixture
async def side():
    made = reference_side()
    yield made
    await made.close()


async def ready(side, object_key):
    for before in BEFORE.get(object_key, ()):
        await side.write(before)
    return side.step("cost_code" if object_key == "project_cost_code" else object_key, **SOUND[object_key])


async def playing(write_class, **settings):
    """Connector and ledger of one class."""
    side = reference_side(write_classes={"*": write_class}, **settings)
    await side.switch(writes={"*": write_class})
    return side


def test_every_object_of_the_capabilities_has_its_facts_here():
    assert set(SOUND) == set(KEPT) == set(capabilities("reference", {}).exports)


@pytest.mark.parametrize("object_key", KEPT)
@pytest.mark.parametrize("write_class", CLASSES)
async def test_every_object_is_written_and_found_under_every_class(write_class, object_key):
    side = await playing(write_class)
    collection, external_id = KEPT[object_key]
    before = len(await side.kept(collection))
    step = await ready(side, object_key)
    unseen = await side.connector.find(step)
    answer = await side.push(step)
    found = await side.connector.find(step)
    after = await side.kept(collection)
    await side.close()

    assert unseen is None
    assert answer.external_id == external_id
    assert len(after) == before + 1
    if write_class == "K5":
        assert found is None
    else:
        assert (found.external_id, found.external_code, dict(found.differences)) == (
            external_id,
            answer.external_code,
            {},
        )


async def test_a_contract_arrives_as_the_manual_prints_it(side):
    await side.write("commitment")

    [kept] = await side.kept("contracts")
    assert {
        name: kept[name] for name in kept if name not in ("id", "version", "created_at", "updated_at")
    } == {
        "kind": "subcontract",
        "vendor": "OKAF01",
        "job": "24-101",
        "number": "SC-001",
        "title": "Béton für Ebene 2",
        "status": "Approved",
        "amount": "1000.00",
        "current_amount": "1000.00",
        "contract_date": "2026-03-02",
        "start_date": "2026-04-01",
        "retainage_percent": "10.00",
        "external_ref": "commitment/24-101/SC-001",
        "source_revision": None,
        "posted": False,
        "void": False,
        "lines": [
            {
                "line_number": 1,
                "cost_code": "01-100",
                "cost_type": "O",
                "description": "General conditions",
                "amount": "1000.00",
                "quantity": None,
                "unit": None,
                "unit_cost": None,
            }
        ],
    }


async def test_a_purchase_order_arrives_with_its_units(side):
    units = line(amount="125.00", quantity=Decimal("10"), unit_of_measure="ea", unit_cost=Decimal("12.50"))
    await side.write("commitment", kind="PURCHASE_ORDER", original_amount=Decimal("125.00"), lines=[units])

    [kept] = await side.kept("contracts")
    [stored] = kept["lines"]
    assert kept["kind"] == "purchase_order"
    assert {name: stored[name] for name in ("quantity", "unit", "unit_cost", "amount")} == {
        "quantity": "10.0000",
        "unit": "ea",
        "unit_cost": "12.5000",
        "amount": "125.00",
    }


async def test_an_invoice_arrives_as_pending_or_as_the_connection_says(side):
    await side.write("commitment")
    await side.write("subcontractor_invoice")
    [pending] = await side.kept("invoices")
    assert (pending["status"], pending["period"], pending["amount"]) == ("Pending", "2026-04", "900.00")

    approved = reference_side(invoice_arrival_status="Approved")
    await approved.write("commitment")
    await approved.write("subcontractor_invoice")
    [kept] = await approved.kept("invoices")
    await approved.close()
    assert kept["status"] == "Approved"


@pytest.mark.parametrize("period", ["2026-04", "04/2026", "4/2026", date(2026, 4, 30)])
async def test_a_month_is_understood_however_it_is_written(side, period):
    step = side.step("subcontractor_invoice", expense_period=period)

    assert step.body["period"] == "2026-04"


def test_a_month_that_is_none_is_named():
    side = reference_side()

    with pytest.raises(MappingError) as wrong:
        side.step("subcontractor_invoice", expense_period="13/2026")

    assert wrong.value.field == "expense_period"


async def test_what_the_approver_types_is_the_number_and_the_date(side):
    step = side.step("commitment", {"erp_id": "C-9"})
    revision = side.step("budget_change", {"number": "4", "revision_date": "2026-05-02"})

    assert (step.body["number"], step.natural_key) == ("C-9", {"job_code": JOB, "number": "C-9"})
    assert (revision.body["number"], revision.body["date"]) == ("4", "2026-05-02")


def test_without_a_number_nothing_is_drafted():
    for settings, changes in (({}, {"number": None}), ({"use_procore_contract_number": False}, {})):
        with pytest.raises(Refused) as refused:
            reference_side(**settings).step("commitment", **changes)
        assert (refused.value.code, refused.value.field) == (ErrorCode.ERP_ID_REQUIRED, "entries.erp_id")


def test_a_draft_needs_no_credentials_and_no_socket():
    [step] = draft("reference", "http://127.0.0.1:1", {}, "commitment", facts("commitment"), {})

    assert (step.operation, step.method, step.target) == ("commitment.create", "POST", "/v1/contracts")


@pytest.mark.parametrize(
    "object_key",
    ["payment", "direct_cost", "accounting_period", "cost_type", "member", "nothing", "gl_account"],
)
async def test_what_the_ledger_does_not_take_is_refused_before_any_call(side, object_key):
    with pytest.raises(Refused) as refused:
        side.connector.steps(object_key, {}, {})

    assert refused.value.code is ErrorCode.CAPABILITY_NOT_SUPPORTED
    assert await side.requests() == []


async def test_what_the_ledger_does_not_list_is_refused_before_any_call(side):
    for resource in ("commitment", "budget_change", "owner_invoice", "member", "nothing"):
        with pytest.raises(Refused) as refused:
            await side.connector.fetch(resource, {}, None)
        assert refused.value.code is ErrorCode.CAPABILITY_NOT_SUPPORTED
    assert await side.requests() == []


# --- classes


def test_the_class_of_each_write_is_a_setting():
    plain = capabilities("reference", {}).write_classes
    mixed = capabilities("reference", {"write_classes": {"*": "K2", "budget.create": "K4"}}).write_classes

    assert set(plain.values()) == {WriteClass.K1}
    assert mixed["budget.create"] is WriteClass.K4
    assert {found for name, found in mixed.items() if name != "budget.create"} == {WriteClass.K2}


async def test_k1_sends_one_key_for_one_content_and_another_for_another_issue():
    keys = []

    def answer(request):
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 60})
        keys.append(request.headers.get("idempotency-key"))
        return httpx.Response(503)

    for changes in ({}, {}, {"export_revision": 1}, {"export_revision": 2}, {"title": "Another"}):
        side = reference_side(transport=httpx.MockTransport(answer))
        with pytest.raises(ErpUnavailable):
            await side.write("commitment", **changes)
        await side.close()

    assert keys[0] == keys[1]
    assert len(set(keys)) == 4
    assert all(len(key) == 64 for key in keys)


@pytest.mark.parametrize("write_class", ["K2", "K3", "K4", "K5"])
async def test_other_classes_send_no_key(write_class):
    seen = []

    def answer(request):
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 60})
        seen.append(request.headers.get("idempotency-key"))
        return httpx.Response(503)

    side = reference_side(transport=httpx.MockTransport(answer), write_classes={"*": write_class})
    with pytest.raises(ErpUnavailable):
        await side.write("commitment")
    await side.close()

    assert seen == [None]


@pytest.mark.parametrize(("write_class", "documents"), [("K1", 1), ("K2", 1), ("K4", 2), ("K5", 2)])
async def test_a_second_push_makes_as_many_documents_as_the_class_says(write_class, documents):
    side = await playing(write_class)
    step = side.step("commitment")
    first, second = await side.push(step), await side.push(step)
    kept = await side.kept("contracts")
    await side.close()

    assert first.external_id == second.external_id == "24-101/SC-001"
    assert len(kept) == documents


async def test_k3_says_of_a_second_push_that_it_is_a_duplicate():
    side = await playing("K3")
    step = side.step("commitment")
    await side.push(step)
    with pytest.raises(ErpRefused) as refused:
        await side.push(step)
    found = await side.connector.find(step)
    await side.close()

    assert refused.value.duplicate
    assert "duplicate" in refused.value.words
    assert dict(found.differences) == {}


@pytest.mark.parametrize("write_class", ["K1", "K2", "K3", "K4"])
async def test_a_write_whose_answer_is_lost_is_found(write_class):
    side = await playing(write_class)
    step = side.step("commitment")
    await side.fault("status", match={"method": "POST", "path": "/v1/contracts"}, status=503, when="after")

    with pytest.raises(ErpUnavailable) as lost:
        await side.push(step)
    found = await side.connector.find(step)
    kept = await side.kept("contracts")
    await side.close()

    assert lost.value.reached
    assert (found.external_id, dict(found.differences), len(kept)) == ("24-101/SC-001", {}, 1)


async def test_two_equal_documents_are_told_apart_from_one():
    side = await playing("K4")
    step = side.step("commitment")
    await side.push(step)
    await side.push(step)
    found = await side.connector.find(step)
    await side.close()

    assert dict(found.differences) == {"count": ("1", "2")}


async def test_ours_is_found_beside_a_document_of_somebody_else_with_its_number():
    side = await playing("K4")
    await side.write("commitment", title="Somebody else's")
    await side.write("commitment")
    found = await side.connector.find(side.step("commitment"))
    await side.close()

    assert (found.snapshot["title"], dict(found.differences)) == ("Béton für Ebene 2", {})


async def test_where_the_ledger_cannot_be_asked_no_call_is_made():
    side = await playing("K5")
    step = side.step("commitment")

    found, obstacles = await side.connector.find(step), await side.connector.obstacles(step)
    calls = await side.requests()
    await side.close()

    assert (found, calls) == (None, [])
    assert [obstacle.external_id for obstacle in obstacles] == ["contracts", "change-orders", "invoices"]
    assert all("cannot be asked" in obstacle.message for obstacle in obstacles)


async def test_verify_leaves_out_what_cannot_be_read():
    side = await playing("K5")
    checks = await side.connector.verify()
    await side.close()

    assert all(check.ok for check in checks)
    assert "payments" in {check.name for check in checks}
    assert "budgets" not in {check.name for check in checks}


# --- answers


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"amount": "1000.01"},
        {"amount": None},
        {"number": "SC-002"},
        {"vendor": "OTHER"},
        {"title": "Something else"},
        {"lines": []},
        {"lines": [line() | {"amount": "999.99"}]},
        {"lines": [line() | {"amount": "1000.00", "cost_code": "01-300"}]},
        {"void": True},
    ],
)
async def test_an_answer_that_shows_something_else_leaves_the_outcome_open(side, changes):
    step = side.step("commitment")
    body = {**step.body, "id": "CON1", **changes}
    for each in body["lines"]:
        each.setdefault("line_number", 1)
    await side.fault("status", match={"method": "POST", "path": "/v1/contracts"}, status=201, body=body)

    with pytest.raises(ErpUnexpected):
        await side.push(step)


async def test_an_amount_without_its_last_zero_is_the_same_amount(side):
    step = side.step("commitment")
    body = {**step.body, "id": "CON1", "amount": "1000.0"}
    await side.fault("status", match={"method": "POST", "path": "/v1/contracts"}, status=201, body=body)

    assert (await side.push(step)).external_id == "24-101/SC-001"


@pytest.mark.parametrize(
    ("fault", "params"),
    [
        ("html", {}),
        ("html", {"status": 404}),
        ("truncate", {"when": "after"}),
        ("status", {"status": 201, "body": []}),
        ("status", {"status": 400, "body": "no"}),
        ("status", {"status": 422, "body": {"error": "no code"}}),
        ("status", {"status": 409, "body": {}}),
    ],
)
async def test_what_is_neither_an_answer_nor_a_refusal_of_the_ledger_leaves_the_outcome_open(
    side, fault, params
):
    await side.fault(fault, match={"method": "POST", "path": "/v1/contracts"}, **params)

    with pytest.raises(ErpUnexpected):
        await side.write("commitment")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"vendor_id": "NOBODY"}, "unknown_vendor"),
        ({"job_code": "99-999"}, "unknown_job"),
        ({"lines": [line(cost_code="99-999")]}, "unknown_cost_code"),
        ({"contract_date": date(2023, 12, 31)}, "closed_period"),
        ({"original_amount": Decimal("1000.01")}, "amount_mismatch"),
        ({"original_amount": Decimal(0), "lines": [line(amount="0.00")]}, "zero_amount"),
    ],
)
async def test_a_refusal_comes_in_the_ledgers_words_with_its_code(side, changes, code):
    with pytest.raises(ErpRefused) as refused:
        await side.write("commitment", **changes)

    assert refused.value.words.endswith(f"({code})")
    assert not refused.value.duplicate
    assert await side.kept("contracts") == []


async def test_a_right_that_was_taken_away_is_no_refusal_of_the_document(side):
    body = {"error": {"code": "forbidden", "message": "No."}}
    await side.fault("status", match={"method": "POST", "path": "/v1/contracts"}, status=403, body=body)

    with pytest.raises(ErpUnauthorized):
        await side.write("commitment")


async def test_an_answer_and_a_refusal_are_known_by_the_ledgers_own_number(side):
    answer = await side.write("commitment")
    with pytest.raises(ErpRefused) as refused:
        await side.write("commitment", vendor_id="NOBODY")

    assert len(answer.request_id) == len(refused.value.request_id) == 32
    assert answer.request_id != refused.value.request_id


# --- read-back


@pytest.mark.parametrize(
    ("changes", "differences"),
    [
        ({"title": "Other"}, {"title": ("Béton für Ebene 2", "Other")}),
        ({"vendor": "MARS01"}, {"vendor_id": ("OKAF01", "MARS01")}),
        ({"amount": "1000.01"}, {"original_amount": ("1000.00", "1000.01")}),
        (
            {"lines": [{"cost_code": "01-100", "cost_type": "O", "amount": "1000.01"}]},
            {"lines.1": ("01-100 O 1000.00", "01-100 O 1000.01"), "lines_amount": ("1000.00", "1000.01")},
        ),
        (
            {"lines": []},
            {
                "lines.1": ("01-100 O 1000.00", ""),
                "lines_count": ("1", "0"),
                "lines_amount": ("1000.00", "0.00"),
            },
        ),
    ],
)
async def test_a_document_with_other_content_shows_each_difference_to_the_cent(side, changes, differences):
    step = side.step("commitment")
    made = (await side.push(step)).snapshot
    await side.control.post("/__control/documents/contracts", json={"id": made["id"], **changes})

    assert dict((await side.connector.find(step)).differences) == differences


async def test_a_line_more_than_was_sent_is_a_difference(side):
    step = side.step("commitment")
    made = (await side.push(step)).snapshot
    lines = [{"cost_code": "01-100", "cost_type": "O", "amount": amount} for amount in ("1000.00", "0.00")]
    await side.control.post("/__control/documents/contracts", json={"id": made["id"], "lines": lines})

    differences = dict((await side.connector.find(step)).differences)

    assert differences == {"lines.2": ("", "01-100 O 0.00"), "lines_count": ("1", "2")}


async def test_a_void_document_is_not_what_was_sent(side):
    step = side.step("commitment")
    await side.push(step)
    await side.act("contracts", "void", {"number": "SC-001"})

    assert dict((await side.connector.find(step)).differences) == {"void": ("no", "yes")}


async def test_a_paid_invoice_is_still_the_invoice_that_was_sent(side):
    await side.write("commitment")
    step = side.step("subcontractor_invoice")
    await side.push(step)
    await side.act("invoices", "pay", {"number": "INV-7"})

    assert dict((await side.connector.find(step)).differences) == {}


async def test_a_site_that_ignores_filters_is_not_believed_to_hold_what_it_does_not():
    others = [
        {"id": "CON1", "job": "24-101", "number": "SC-002"},
        {"id": "CON2", "job": "24-102", "number": "SC-001"},
    ]

    def answer(request):
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 60})
        return httpx.Response(200, json={"data": others, "next_cursor": None})

    side = reference_side(transport=httpx.MockTransport(answer))
    step = side.step("commitment")
    found, obstacles = await side.connector.find(step), await side.connector.obstacles(step)
    await side.close()

    assert (found, obstacles) == (None, [])


async def test_a_number_that_stands_there_in_other_letters_is_seen(side):
    await side.write("commitment", number="sc-001")

    found = await side.connector.find(side.step("commitment"))

    assert dict(found.differences) == {"number": ("SC-001", "sc-001")}


# --- obstacles


async def test_a_contract_and_what_hangs_on_it_are_in_the_way_until_they_are_gone(side):
    step = side.step("commitment")
    assert await side.connector.obstacles(step) == []
    for object_key in ("commitment", "commitment_change_order", "subcontractor_invoice"):
        await side.write(object_key)

    said = [obstacle.message for obstacle in await side.connector.obstacles(step)]
    assert said == [
        "contracts SC-001 is still in the ERP.",
        "change-orders CO-1 is still in the ERP.",
        "invoices INV-7 is still in the ERP.",
    ]

    for collection, number in (("invoices", "INV-7"), ("change-orders", "CO-1"), ("contracts", "SC-001")):
        await side.act(collection, "delete", {"number": number})
    assert await side.connector.obstacles(step) == []


async def test_what_is_void_is_not_in_the_way(side):
    step = side.step("commitment")
    await side.push(step)
    await side.act("contracts", "void", {"number": "SC-001"})

    assert await side.connector.obstacles(step) == []


async def test_a_payment_is_in_the_way_of_its_invoice(side):
    await side.write("commitment")
    step = side.step("subcontractor_invoice")
    await side.push(step)
    await side.act("invoices", "pay", {"number": "INV-7"}, number="CHK-881")

    said = [obstacle.message for obstacle in await side.connector.obstacles(step)]

    assert said == ["invoices INV-7 is still in the ERP.", "payments CHK-881 is still in the ERP."]


async def test_contracts_are_in_the_way_of_their_vendor(side):
    await side.write("commitment")
    step = side.step("company", vendor_id=VENDOR)

    said = [obstacle.message for obstacle in await side.connector.obstacles(step)]

    assert said == ["vendors OKAF01 is still in the ERP.", "contracts SC-001 is still in the ERP."]


async def test_a_payload_is_the_same_bytes_each_time_it_is_drafted(side):
    for object_key in KEPT:
        asked = "cost_code" if object_key == "project_cost_code" else object_key
        first, second = (side.step(asked, **SOUND[object_key]) for _ in range(2))
        assert canonical(first.body) == canonical(second.body)
