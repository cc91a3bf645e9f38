"""The reference connector reads every list of its ledger: whole, by project, by change, page by page."""

from datetime import UTC, date, datetime
from decimal import Decimal

import httpx
import pytest
from referencing import JOB, VENDOR, WORLD, reference_side

from hub.codes import ErrorCode
from hub.connectors import CONNECTORS, capabilities
from hub.errors import ErpUnauthorized, ErpUnexpected, Refused

IMPORTED = {
    "company", "project", "sub_job", "cost_code", "cost_type", "project_cost_code", "budget", "prime_contract",
    "subcontractor_invoice", "payment", "direct_cost", "accounting_period", "gl_account", "entity", "bank",
}  # fmt: skip
EXPORTED = {
    "company", "project", "sub_job", "cost_code", "project_cost_code", "budget", "budget_change", "commitment",
    "commitment_change_order", "subcontractor_invoice", "prime_contract", "prime_contract_change_order", "owner_invoice",
}  # fmt: skip
LATER = "2026-02-01T00:00:00+00:00"  # after every stamp of the seed


@pytest.fixture
async def side():
    made = reference_side()
    yield made
    await made.close()


def test_it_has_every_object_in_every_direction_there_is():
    can = capabilities("reference", {})

    assert set(can.imports) == IMPORTED
    assert set(can.exports) == EXPORTED
    assert CONNECTORS["reference"].name == "Reference ERP"


async def test_vendors_are_read_over_all_pages():
    side = reference_side(page_size=7)
    found = {each.external_id: each for each in await side.all("company")}
    expected = {vendor.code: vendor for vendor in WORLD.vendors if vendor.in_erp}

    assert set(found) == set(expected)
    for code, vendor in expected.items():
        assert found[code].values["name"] == vendor.name
        assert found[code].values["postal_code"] == vendor.zip
        assert found[code].values["is_active"] is vendor.erp_active
        assert found[code].problems == ()
    await side.close()


async def test_a_job_that_is_closed_there_is_not_active(side):
    found = {each.external_id: each for each in await side.all("project")}

    assert found["24-101"].values["is_active"] is True
    assert found["24-101"].values["start_date"] == date(2024, 3, 4)
    assert (found["23-090"].values["status"], found["23-090"].values["is_active"]) == ("Closed", False)


async def test_the_codes_of_one_job_come_with_the_types_they_may_have(side):
    found = {each.external_code: each for each in await side.all("project_cost_code", project=JOB)}
    [job] = [job for job in WORLD.jobs if job.code == JOB]

    assert set(found) == set(job.chart)
    first = found["01-100"]
    assert first.external_id == "24-101/01-100"
    assert first.refs == {"cost_code": "01-100", "project": "24-101"}
    assert [each.refs for each in first.lines] == [{"cost_type": "O"}, {"cost_type": "L"}]


async def test_a_budget_is_read_line_by_line(side):
    found = await side.all("budget_line", project=JOB)

    assert [each.object_key for each in found] == ["budget_line"] * 4
    assert [each.values["original_amount"] for each in found] == [
        Decimal("12500.00"),
        Decimal("25000.00"),
        Decimal("37500.00"),
        Decimal("50000.00"),
    ]
    assert found[0].external_id == "24-101/01-100/O"
    assert found[0].refs == {"cost_code": "01-100", "cost_type": "O", "project": "24-101"}


async def test_a_revision_shows_in_what_a_line_has_become(side):
    await side.write("budget_change")

    found = await side.all("budget_line", project=JOB)

    assert [each.values["revised_amount"] for each in found[:2]] == [Decimal("12000.00"), Decimal("25500.00")]
    assert [each.values["original_amount"] for each in found[:2]] == [
        Decimal("12500.00"),
        Decimal("25000.00"),
    ]


async def test_a_payable_is_an_invoice_and_an_entry_of_the_journal_an_expense(side):
    payable, entry = await side.all("direct_cost", project=JOB)

    assert payable.values == {
        "kind": "INVOICE",
        "invoice_number": "B-55",
        "description": "Permit copies",
        "status": "APPROVED",
        "cost_date": date(2026, 4, 3),
        "received_date": date(2026, 4, 5),
        "paid_date": None,
        "amount": Decimal("300.00"),
        "terms": None,
    }
    assert payable.refs == {"company": VENDOR, "commitment": None, "project": JOB}
    [line] = payable.lines
    assert (line.values["quantity"], line.values["amount"]) == (Decimal("1.0000"), Decimal("300.00"))
    assert line.refs == {"cost_code": "01-100", "cost_type": "O", "project": JOB}
    assert (entry.values["kind"], entry.lines[0].values["amount"]) == ("EXPENSE", Decimal("-120.00"))


async def test_a_payable_with_a_contract_is_a_subcontractors_invoice(side):
    row = {"job": JOB, "kind": "payable", "contract": "SC-9", "number": "B-70", "amount": "5.00"}
    await side.control.post("/__control/documents/direct-costs", json=row)

    kinds = {each.external_code: each.values["kind"] for each in await side.all("direct_cost")}

    assert kinds["B-70"] == "SUBCONTRACTOR_INVOICE"


async def test_a_payment_names_its_invoice_and_a_later_void_shows(side):
    await side.write("commitment")
    await side.write("subcontractor_invoice")
    await side.act(
        "invoices", "pay", {"number": "INV-7"}, amount="400.00", number="CHK-881", date="2026-05-10"
    )

    [paid] = await side.all("payment")
    assert paid.values == {
        "invoice_number": "INV-7",
        "number": "CHK-881",
        "check_number": "CHK-881",
        "amount": Decimal("400.00"),
        "paid_on": date(2026, 5, 10),
        "method": "CHECK",
        "is_void": False,
    }
    assert paid.refs["subcontractor_invoice"] == "OKAF01/INV-7"
    assert paid.refs["commitment"] == "24-101/SC-001"

    await side.act("payments", "void", {"number": "CHK-881"})
    [void] = await side.all("payment")
    assert (void.external_id, void.values["is_void"]) == (paid.external_id, True)


async def test_the_state_of_an_invoice_is_read_back(side):
    await side.write("commitment")
    await side.write("subcontractor_invoice")
    await side.act("invoices", "pay", {"number": "INV-7"})

    [found] = await side.all("subcontractor_invoice", project=JOB)

    assert (found.external_id, found.values["erp_status"]) == ("OKAF01/INV-7", "Paid")
    assert found.values["payment_due_amount"] == Decimal("900.00")
    assert await side.all("subcontractor_invoice", project="24-102") == []


async def test_a_prime_contract_comes_with_its_lines(side):
    [found] = await side.all("prime_contract")

    assert found.external_id == "24-101/PC-1"
    assert found.values["original_amount"] == Decimal("125000.00")
    assert [line.values["cost_code_text"] for line in found.lines] == ["01-100", "01-300", "01-310", "01-450"]


async def test_months_are_read_with_their_state(side):
    found = {each.external_code: each.values for each in await side.all("accounting_period")}

    assert found["2023-12"]["is_open"] is False
    assert found["2024-02"] == {
        "code": "2024-02",
        "is_open": True,
        "starts_on": date(2024, 2, 1),
        "ends_on": date(2024, 2, 29),
    }


@pytest.mark.parametrize(
    ("name", "count"), [("cost_code", 60), ("cost_type", 7), ("gl_account", 3), ("entity", 1), ("bank", 2)]
)
async def test_the_ledgers_own_lists_are_read(side, name, count):
    found = await side.all(name)

    assert len(found) == count
    assert all(each.object_key == name and each.external_id and not each.problems for each in found)


@pytest.mark.parametrize(
    ("name", "collection", "where", "external_id"),
    [
        ("company", "vendors", {"code": "OKAF01"}, "OKAF01"),
        ("cost_code", "cost-codes", {"code": "01-100"}, "01-100"),
        ("sub_job", "sub-jobs", {"job": JOB, "code": "A"}, "24-101/A"),
        ("project_cost_code", "job-cost-codes", {"job": JOB, "code": "01-100"}, "24-101/01-100"),
    ],
)
async def test_only_what_has_changed_since_is_read(side, name, collection, where, external_id):
    assert await side.all(name, since=LATER) == []

    await side.act(collection, "deactivate", where)

    [changed] = await side.all(name, since=LATER)
    assert changed.external_id == external_id
    assert changed.updated_at > datetime(2026, 2, 1, tzinfo=UTC)


async def test_changes_are_kept_to_the_project_and_the_page_they_were_asked_for():
    side = reference_side(page_size=1)
    for where in ({"job": JOB, "code": "A"}, {"job": JOB, "code": "B"}):
        await side.act("sub-jobs", "deactivate", where)

    found = await side.all("sub_job", project=JOB, since=LATER)
    asked = [entry["query"] for entry in await side.requests(path="/v1/sub-jobs")]
    await side.close()

    assert [each.external_code for each in found] == ["A", "B"]
    assert len(asked) == 2
    assert all("job=24-101" in query and "updated_since=2026-02-01" in query for query in asked)


async def test_a_job_of_an_unknown_state_is_a_problem_and_not_inactive(side):
    def answer(request):
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 60})
        row = {"id": "1", "code": "J", "name": "N", "status": "Dormant"}
        return httpx.Response(200, json={"data": [row], "next_cursor": None})

    odd = reference_side(transport=httpx.MockTransport(answer))
    [found] = await odd.all("project")
    await odd.close()

    assert "is_active" not in found.values
    assert [problem.field for problem in found.problems] == ["is_active"]


async def test_verify_asks_every_list_once(side):
    checks = await side.connector.verify()

    assert [check.name for check in checks if not check.ok] == []
    assert {check.name for check in checks} == {
        "vendors", "jobs", "sub-jobs", "cost-codes", "cost-types", "job-cost-codes", "budgets", "invoices", "payments",
        "prime-contracts", "direct-costs", "accounting-periods", "gl-accounts", "entities", "banks",
    }  # fmt: skip


async def test_verify_says_of_each_list_that_the_sign_in_is_not_accepted():
    side = reference_side(credentials={"client_id": "reference-hub", "client_secret": "wrong-secret"})
    checks = await side.connector.verify()
    await side.close()

    assert checks
    assert {(check.ok, check.message) for check in checks} == {
        (False, "The credentials are not accepted (401).")
    }


async def test_a_token_that_has_ended_is_renewed_without_a_word(side):
    await side.all("bank")
    await side.control.post("/__control/tokens/revoke")

    assert len(await side.all("bank")) == 2
    assert len(await side.requests(path="/oauth/token")) == 2


async def test_a_missing_credential_is_named_and_no_secret_is_told():
    with pytest.raises(Refused) as refused:
        reference_side(credentials={"client_id": "", "client_secret": "canary"})

    assert refused.value.field == "credentials.client_id"
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"page_size": 0}, "settings.page_size"),
        ({"page_size": 501}, "settings.page_size"),
        ({"page_size": "many"}, "settings.page_size"),
        ({"write_classes": {"*": "K9"}}, "settings.write_classes"),
        ({"write_classes": "K1"}, "settings.write_classes"),
        ({"profile": "abacus"}, "settings.profile"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(settings, field):
    with pytest.raises(Refused) as refused:
        capabilities("reference", settings)

    assert (refused.value.code, refused.value.field) == (ErrorCode.INVALID_VALUE, field)


@pytest.mark.parametrize(
    ("fault", "params"),
    [
        ("html", {}),
        ("truncate", {}),
        ("status", {"status": 200, "body": []}),
        ("status", {"status": 200, "body": {}}),
    ],
)
async def test_an_answer_that_is_no_page_is_not_an_empty_one(side, fault, params):
    await side.fault(fault, match={"path": "/v1/vendors"}, **params)

    with pytest.raises(ErpUnexpected):
        await side.connector.fetch("company", {}, None)


@pytest.mark.parametrize(
    "body",
    [{"data": [], "next_cursor": 5}, {"data": [], "next_cursor": "same"}, {"data": [1]}, {"data": [{}]}],
)
async def test_a_page_that_leads_nowhere_or_holds_no_records_is_not_believed(side, body):
    await side.fault("status", match={"path": "/v1/vendors"}, status=200, body=body)

    with pytest.raises(ErpUnexpected):
        await side.connector.fetch("company", {}, "same")


async def test_a_page_that_answers_503_once_is_asked_again(side):
    await side.fault("status", match={"path": "/v1/vendors"}, status=503)

    assert len((await side.connector.fetch("company", {}, None)).records) == 100


async def test_a_right_that_was_taken_away_is_a_matter_of_credentials(side):
    body = {"error": {"code": "forbidden", "message": "No."}}
    await side.fault("status", match={"path": "/v1/vendors"}, status=403, body=body)

    with pytest.raises(ErpUnauthorized):
        await side.connector.fetch("company", {}, None)
