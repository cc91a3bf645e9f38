"""The reference ledger: sign-in, lists, pages, marks, rate, its seed and what its control does."""

from datetime import datetime, timedelta

import httpx
import pytest
from reference_caller import JOB, SIGN_IN, VENDOR, Ledger, contract, invoice, order

from hub.sandboxes.kit import serving
from hub.sandboxes.reference import Settings, Writes, create_app, read_writes


@pytest.fixture
async def ledger():
    made = await Ledger().enter()
    yield made
    await made.client.aclose()


async def test_nobody_reads_without_a_token(ledger):
    ledger.headers = {"Authorization": "Bearer made-up"}

    answer = await ledger.get("vendors")

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "invalid_token"


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
async def test_a_wrong_sign_in_gives_no_token(ledger, changes, status, error):
    answer = await ledger.client.post("/oauth/token", data={**SIGN_IN, **changes})

    assert (answer.status_code, answer.json()) == (status, {"error": error})


async def test_a_token_ends_after_an_hour(ledger):
    await ledger.client.post("/__control/clock", json={"advance_seconds": 3599})
    assert (await ledger.get("vendors")).status_code == 200

    await ledger.client.post("/__control/clock", json={"advance_seconds": 2})
    assert (await ledger.get("vendors")).status_code == 401


async def test_revoked_tokens_are_good_no_more(ledger):
    await ledger.client.post("/__control/tokens/revoke")

    assert (await ledger.get("vendors")).status_code == 401


async def test_a_list_is_read_to_its_end_by_cursors(ledger):
    found, query = [], {"limit": 7}
    while True:
        page = (await ledger.get("accounting-periods", **query)).json()
        found += [row["code"] for row in page["data"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]

    assert found == [f"{year}-{month:02d}" for year in range(2023, 2030) for month in range(1, 13)]


async def test_a_page_that_ends_the_list_exactly_names_no_next(ledger):
    page = (await ledger.get("accounting-periods", limit=84)).json()

    assert (len(page["data"]), page["next_cursor"]) == (84, None)


async def test_a_row_that_goes_between_two_pages_moves_no_other(ledger):
    for number in range(1, 7):
        await ledger.write("contracts", contract(f"SC-{number}"))
    first = (await ledger.get("contracts", limit=3)).json()

    await ledger.delete(f"contracts/{first['data'][0]['id']}")
    second = (await ledger.get("contracts", limit=3, cursor=first["next_cursor"])).json()

    assert [row["number"] for row in second["data"]] == ["SC-4", "SC-5", "SC-6"]


@pytest.mark.parametrize("cursor", ["%%%", "bm9uc2Vuc2U"])
async def test_a_cursor_that_is_none_is_refused(ledger, cursor):
    answer = await ledger.get("vendors", cursor=cursor)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_cursor")


async def test_fields_filter_in_any_letter_case(ledger):
    [found] = await ledger.rows("vendors", code=VENDOR.lower())

    assert found["name"] == "Okafor Concrete"


async def test_an_unknown_filter_is_refused(ledger):
    answer = await ledger.get("vendors", colour="red")

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "unknown_filter")


async def test_only_what_has_changed_since_is_listed(ledger):
    since = (datetime.fromisoformat("2026-01-05T08:00:00+00:00") + timedelta(days=1)).isoformat()
    assert await ledger.rows("vendors", updated_since=since) == []

    await ledger.act("vendors", "deactivate", {"code": VENDOR})

    [changed] = await ledger.rows("vendors", updated_since=since)
    assert (changed["code"], changed["active"], changed["version"]) == (VENDOR, False, 2)


async def test_a_change_order_changes_its_contract(ledger):
    made = (await ledger.write("contracts", contract())).json()
    await ledger.write("change-orders", order())

    [found] = await ledger.rows("contracts", updated_since=made["updated_at"])

    assert (found["amount"], found["current_amount"], found["version"]) == ("1000.00", "1500.00", 2)


async def test_a_document_that_has_not_changed_is_not_sent_again(ledger):
    made = (await ledger.write("contracts", contract())).json()
    mark = (await ledger.get(f"contracts/{made['id']}")).headers["etag"]

    unchanged = await ledger.get(f"contracts/{made['id']}", headers={"If-None-Match": mark})
    await ledger.act("contracts", "post", {"id": made["id"]})
    changed = await ledger.get(f"contracts/{made['id']}", headers={"If-None-Match": mark})

    assert (unchanged.status_code, unchanged.content, changed.status_code) == (304, b"", 200)


async def test_what_is_not_there_is_said_in_the_form_of_the_ledger(ledger):
    for path in ("contracts/CON999999", "nothing"):
        answer = await ledger.get(path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


async def test_calls_are_counted_and_the_last_one_too_many_is_refused_until_the_window_has_passed():
    ledger = await Ledger(create_app(settings=Settings(calls=3, window_seconds=60))).enter()
    left = [(await ledger.get("banks")).headers["x-rate-limit-remaining"] for _ in range(3)]
    refused = await ledger.get("banks")
    await ledger.client.post("/__control/clock", json={"advance_seconds": 61})
    later = await ledger.get("banks")
    await ledger.client.aclose()

    assert left == ["2", "1", "0"]
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "rate_limited")
    assert 0 < int(refused.headers["retry-after"]) <= 61
    assert later.status_code == 200


async def test_the_same_seed_gives_the_same_books_and_a_reset_brings_them_back(ledger):
    before = await ledger.kept("vendors")
    await ledger.write("contracts", contract())
    await ledger.act("vendors", "deactivate", {"code": VENDOR})

    await ledger.client.post("/__control/reset")

    assert await ledger.kept("vendors") == before
    assert await ledger.kept("contracts") == []


async def test_books_in_a_file_are_found_again(tmp_path):
    with serving(create_app(tmp_path / "ledger.db")) as address:
        async with httpx.AsyncClient(base_url=address) as client:
            sent = {"code": "NEWV01", "name": "New Vendor"}
            await client.post("/__control/documents/vendors", json=sent)
    with serving(create_app(tmp_path / "ledger.db")) as address:
        async with httpx.AsyncClient(base_url=address) as client:
            rows = (await client.get("/__control/documents/vendors")).json()["documents"]

    assert [row["name"] for row in rows if row["code"] == "NEWV01"] == ["New Vendor"]


async def test_the_seed_has_books_for_one_job(ledger):
    [budget] = await ledger.rows("budgets", job=JOB)
    costs = await ledger.rows("direct-costs", job=JOB)

    assert budget["amount"] == "125000.00"
    assert [line["amount"] for line in budget["lines"]] == ["12500.00", "25000.00", "37500.00", "50000.00"]
    assert [(cost["number"], cost["kind"], cost["amount"]) for cost in costs] == [
        ("B-55", "payable", "300.00"),
        ("JE-7", "journal", "-120.00"),
    ]


async def test_an_invoice_is_paid_in_part_in_full_and_opened_by_a_void(ledger):
    await ledger.write("contracts", contract())
    await ledger.write("invoices", invoice())
    where = {"number": "INV-7"}

    part = (await ledger.act("invoices", "pay", where, amount="400.00", number="CHK-1")).json()
    [after_part] = await ledger.rows("invoices")
    await ledger.act("invoices", "pay", where, number="CHK-2")
    [after_all] = await ledger.rows("invoices")
    await ledger.act("payments", "void", {"number": "CHK-2"})
    [after_void] = await ledger.rows("invoices")

    assert (part["amount"], part["invoice"], part["contract"]) == ("400.00", "INV-7", "SC-001")
    assert (after_part["status"], after_part["paid_amount"]) == ("Approved", "400.00")
    assert (after_all["status"], after_all["paid_amount"]) == ("Paid", "900.00")
    assert (after_void["status"], after_void["paid_amount"]) == ("Approved", "400.00")


async def test_an_action_names_one_document_or_none_is_changed(ledger):
    many = await ledger.act("vendors", "deactivate", {"country": "US"})
    none = await ledger.act("vendors", "deactivate", {"code": "NOBODY"})
    unknown = await ledger.act("vendors", "explode", {"code": VENDOR})
    nameless = await ledger.act("vendors", "deactivate", {})

    assert [answer.status_code for answer in (many, none, unknown, nameless)] == [404, 404, 404, 422]


async def test_an_accountant_adds_and_changes_rows_without_the_rules(ledger):
    row = {"job": JOB, "kind": "payable", "number": "B-60", "date": "1999-01-01", "amount": "5.00"}
    added = (await ledger.client.post("/__control/documents/direct-costs", json=row)).json()
    change = {"id": added["id"], "amount": "6.00"}
    changed = (await ledger.client.post("/__control/documents/direct-costs", json=change)).json()

    assert (changed["id"], changed["amount"], changed["number"]) == (added["id"], "6.00", "B-60")


@pytest.mark.parametrize(
    "switch",
    [{"writes": {"contracts": "K9"}}, {"writes": {"nothing": "K1"}}, {"calls": 0}, {"colour": "red"}],
)
async def test_a_switch_that_does_not_exist_is_refused(ledger, switch):
    answer = await ledger.client.post("/__control/switches", json=switch)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BAD_SWITCH")


def test_classes_are_read_from_the_command_line():
    assert read_writes([]) == {"*": Writes.K1}
    assert read_writes(["K4", "contracts=K3"]) == {"*": Writes.K4, "contracts": Writes.K3}


@pytest.mark.parametrize(
    ("wrong", "words"), [("K9", "K9 is none of K1"), ("nothing=K1", "no collection nothing")]
)
def test_a_class_or_collection_that_does_not_exist_is_named(wrong, words):
    with pytest.raises(ValueError, match=words):
        read_writes([wrong])
