"""What the hub writes into MRI: budgets, revisions, contracts, purchase orders, contract orders and invoices."""

from datetime import date
from decimal import Decimal

import httpx
import pytest
from driving import everything, pushed
from mri_site import Site, connector_on, said

from hub.codes import ErrorCode
from hub.connectors import capabilities
from hub.connectors.mri.writing.amounts import invoice_amount, line_amount, total
from hub.connectors.mri.writing.refusals import period_of
from hub.errors import ErpRefused, ErpUnavailable, ErpUnexpected, MappingError, Refused

FORMS = pytest.mark.parametrize("form", ["json", "xml"])


def line(number=1, amount="400.00", code="03-100", kind="L", **more):
    sound = {"line_number": number, "cost_code": code, "cost_type": kind, "amount": Decimal(amount)}
    return {**sound, "description": None, **more}


BUDGET = {
    "job_code": "J100",
    "original_amount": Decimal("1000.55"),
    "lines": [line(1, "400.55"), line(2, "600.00", "03-200", "M"), line(3, "0.00", "01-900", "C")],
}
CHANGE = {
    "job_code": "J100",
    "title": "Move money",
    "status": "APPROVED",
    "lines": [line(1, "-5000.00"), line(2, "5000.00", "03-200", "M")],
}
TYPED = {
    "number": 3,
    "revision_type": "budget transfer",
    "revision_date": "2026-05-04",
    "description": "As agreed",
}
ORDER = {
    "job_code": "J100",
    "contract_number": "SC-001",
    "contract_title": "Concrete works",
    "number": "CO-1",
    "title": "Deeper footings",
    "created_on": date(2026, 5, 4),
    "status": "APPROVED",
    "amount": Decimal("1500.00"),
    "lines": [line(1, "2000.00"), line(2, "-500.00", "03-200", "M")],
}
INVOICE = {
    "job_code": "J100",
    "contract_number": "SC-001",
    "vendor_id": "V000123",
    "invoice_number": "INV-7",
    "amount": Decimal("9000.00"),
    "billing_date": date(2026, 4, 30),
    "expense_period": date(2026, 4, 30),
    "attachment_url": "https://files.example/1.pdf",
    "lines": [line(1, "10000.00", retainage_amount=Decimal("1000.00"))],
}
PURCHASE = {
    "kind": "PURCHASE_ORDER",
    "job_code": "J100",
    "number": "PO-9",
    "title": "Rebar",
    "vendor_id": "V000123",
    "status": "APPROVED",
    "contract_date": date(2026, 3, 1),
    "start_date": date(2026, 3, 15),
    "original_amount": Decimal("125.00"),
    "lines": [
        line(1, "125.00", quantity=Decimal("10.0000"), unit_of_measure="ea", unit_cost=Decimal("12.5000"))
    ],
}
EXPORTS = [
    ("budget", BUDGET, {}),
    ("budget_change", CHANGE, TYPED),
    ("commitment", PURCHASE, {}),
    ("commitment", {**PURCHASE, "kind": "SUBCONTRACT"}, {}),
    ("commitment_change_order", ORDER, {}),
    ("subcontractor_invoice", INVOICE, {}),
]


def step_of(connector, key, facts, entries=None):
    (step,) = connector.steps(key, facts, entries or {})
    return step


def refused(key, facts, entries=None, **settings):
    with pytest.raises((MappingError, Refused)) as caught:
        step_of(Site().connect(**settings), key, facts, entries)
    return caught.value


# Every document alike


def test_every_document_goes_out_under_an_operation_whose_class_is_stated_and_no_other_is():
    connector = Site().connect(po_module=True)
    sent = {step_of(connector, key, facts, entries).operation for key, facts, entries in EXPORTS}

    assert sent == set(capabilities("mri", {"po_module": True}).write_classes)


@FORMS
@pytest.mark.parametrize(("key", "facts", "entries"), EXPORTS)
async def test_a_document_is_written_once_and_reads_back_equal(form, key, facts, entries):
    site = Site()
    connector = site.connect(format=form, po_module=True, invoice_api="contract_draw")
    step = step_of(connector, key, facts, entries)

    answer = await pushed(connector, step)
    found = await connector.find(step)

    assert found.differences == {}
    assert found.external_id == answer.external_id
    assert len([call for call in site.calls if call.method != "GET"]) == 1


@pytest.mark.parametrize(("key", "facts", "entries"), EXPORTS)
async def test_a_document_whose_answer_was_lost_is_found(key, facts, entries):
    site = Site()
    site.lost = True
    connector = site.connect(po_module=True, invoice_api="contract_draw")
    step = step_of(connector, key, facts, entries)

    with pytest.raises(ErpUnavailable) as lost:
        await pushed(connector, step)

    assert lost.value.reached is True
    assert (await connector.find(step)).differences == {}


@pytest.mark.parametrize(("key", "facts", "entries"), EXPORTS)
async def test_a_document_that_is_not_there_is_not_found(key, facts, entries):
    connector = Site().connect(po_module=True)

    assert await connector.find(step_of(connector, key, facts, entries)) is None


@pytest.mark.parametrize(("key", "facts", "entries"), EXPORTS[1:])
async def test_a_known_number_is_refused_as_a_duplicate(key, facts, entries):
    connector = Site(lambda _: "Number: This one already exists.").connect(po_module=True)

    with pytest.raises(ErpRefused) as caught:
        await pushed(connector, step_of(connector, key, facts, entries))

    assert caught.value.duplicate is True


@pytest.mark.parametrize(("key", "facts", "entries"), EXPORTS[1:])
async def test_a_refusal_is_told_in_mris_words(key, facts, entries):
    connector = Site(lambda _: "ExpensePeriod: Period 202604 is closed.").connect(po_module=True)

    with pytest.raises(ErpRefused, match="Period 202604 is closed") as caught:
        await pushed(connector, step_of(connector, key, facts, entries))

    assert caught.value.duplicate is False


@pytest.mark.parametrize(("key", "facts", "entries"), EXPORTS)
@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"sub_job": "01"}, "sub job"),
        ({"tax_amount": Decimal("0.01")}, "tax"),
        ({"stored_retainage_amount": Decimal("5.00")}, "stored materials"),
    ],
)
def test_what_mri_does_not_have_is_refused_before_sending(key, facts, entries, more, words):
    lines = [{**facts["lines"][0], **more}, *facts["lines"][1:]]
    for spoilt in ({**facts, **more}, {**facts, "lines": lines}):
        found = refused(key, spoilt, entries, po_module=True)
        assert found.code is ErrorCode.CAPABILITY_NOT_SUPPORTED
        assert words in found.message


@pytest.mark.parametrize(("key", "facts", "entries"), EXPORTS)
def test_nothing_stored_is_no_refusal(key, facts, entries):
    quiet = {"tax_amount": Decimal("0.00"), "sub_job": None, "stored_retainage_amount": Decimal(0)}

    step_of(Site().connect(po_module=True), key, {**facts, **quiet}, entries)


@pytest.mark.parametrize(("key", "facts", "entries"), EXPORTS)
@pytest.mark.parametrize("name", ["cost_code", "cost_type", "amount"])
def test_every_line_stands_on_a_code_and_has_an_amount(key, facts, entries, name):
    spoilt = {**facts, "lines": [{**facts["lines"][0], "quantity": None, name: None}]}

    found = refused(key, {**spoilt, "original_amount": Decimal(0), "amount": None}, entries, po_module=True)
    assert found.field == f"lines.{name}"


@pytest.mark.parametrize(("key", "facts", "entries"), EXPORTS)
async def test_success_in_one_word_counts_only_when_the_document_is_there(key, facts, entries):
    site = Site()

    def answer(request):
        made = site.answer(request)
        return made if request.method == "GET" else httpx.Response(200, json={"Result": "Success!"})

    connector = connector_on(answer, po_module=True, invoice_api="contract_draw")
    step = step_of(connector, key, facts, entries)
    assert (await pushed(connector, step)).external_id

    empty = connector_on(
        lambda request: (
            said("x", []) if request.method == "GET" else httpx.Response(200, json={"Result": ""})
        ),
        po_module=True,
    )
    with pytest.raises(ErpUnexpected, match="success without"):
        await pushed(empty, step)


@pytest.mark.parametrize("trouble", [401, 403, 429, 503, "gone"])
@pytest.mark.parametrize(("key", "facts", "entries"), EXPORTS)
async def test_a_look_that_fails_after_success_in_one_word_leaves_the_outcome_open(
    key, facts, entries, trouble
):
    step = step_of(Site().connect(po_module=True), key, facts, entries)

    def answer(request):
        if request.method != "GET":
            return httpx.Response(200, json={"Result": "Success"})
        if trouble == "gone":
            raise httpx.ConnectError("nobody is there")
        return httpx.Response(trouble, json={"Message": "No."}, headers={"Retry-After": "900"})

    with pytest.raises(ErpUnexpected, match="cannot be read"):
        await pushed(connector_on(answer, po_module=True), step)


async def test_success_in_one_word_over_another_document_leaves_the_outcome_open():
    other = step_of(Site().connect(), "commitment_change_order", {**ORDER, "title": "x", "number": "CO-1"})
    (there,) = other.body["value"]
    connector = connector_on(
        lambda request: (
            said("x", [{**there, "Amount": "1499.99"}])
            if request.method == "GET"
            else httpx.Response(200, json={"Result": "Success"})
        )
    )

    with pytest.raises(ErpUnexpected, match="success without"):
        await pushed(connector, step_of(connector, "commitment_change_order", ORDER))


async def test_a_result_that_is_no_success_is_a_refusal():
    connector = connector_on(lambda _: httpx.Response(200, json={"Result": "Invoice already exists"}))

    with pytest.raises(ErpRefused, match="Invoice already exists") as caught:
        await pushed(connector, step_of(connector, "subcontractor_invoice", INVOICE))
    assert caught.value.duplicate is True


# Budgets


def test_an_original_budget_is_an_entry_for_each_line_also_of_nothing():
    step = step_of(Site().connect(), "budget", BUDGET)

    assert (step.method, step.operation) == ("PUT", "budget.export")
    assert "$api=MRI_S-PMJC_JobBudgets&" in step.target
    assert step.body["value"] == [
        {"OriginalBudget": "400.55", "JobCode": "J100", "CostCode": "03-100", "Category": "L"},
        {"OriginalBudget": "600.00", "JobCode": "J100", "CostCode": "03-200", "Category": "M"},
        {"OriginalBudget": "0.00", "JobCode": "J100", "CostCode": "01-900", "Category": "C"},
    ]
    assert step.natural_key == {"job_code": "J100"}
    assert step.expected == {"03-100/L": "400.55", "03-200/M": "600.00", "01-900/C": "0.00"}
    assert step_of(Site().connect(budget_verb="POST"), "budget", BUDGET).method == "POST"


@FORMS
async def test_of_three_entries_the_second_is_refused_by_itself(form):
    site = Site(lambda entry: "CostCode: Not on the chart." if entry["CostCode"] == "03-200" else None)
    connector = site.connect(format=form)
    step = step_of(connector, "budget", BUDGET)

    answer = await pushed(connector, step)

    assert answer.entries == {"03-100/L": "J100/03-100/L", "01-900/C": "J100/01-900/C"}
    assert answer.errors == {"03-200/M": "CostCode: Not on the chart."}
    assert await connector.find(step) is None


async def test_an_entry_that_is_there_already_with_our_amount_counts_as_stored():
    site = Site(lambda _: "A budget already exists.", PMJC_JobBudgets=[dict(row) for row in _kept("400.55")])
    connector = site.connect(budget_verb="POST")

    answer = await pushed(connector, step_of(connector, "budget", BUDGET))

    assert answer.entries == {"03-100/L": "J100/03-100/L"}
    assert set(answer.errors) == {"03-200/M", "01-900/C"}


def _kept(amount):
    return [{"JobCode": "J100", "CostCode": "03-100", "Category": "L", "OriginalBudget": amount}]


async def test_somebody_elses_budget_is_a_difference_and_an_empty_one_is_none():
    for amount, expected in (("0.00", None), (None, None), ("399.00", ("400.55", "399.00"))):
        connector = Site(PMJC_JobBudgets=_kept(amount)).connect()
        found = await connector.find(step_of(connector, "budget", BUDGET))
        assert (found and found.differences.get("03-100/L")) == expected


async def test_a_budget_answer_that_shows_another_amount_leaves_the_outcome_open():
    connector = connector_on(lambda _: said("x", [*_kept("1.00"), *_kept("1.00"), *_kept("1.00")]))

    with pytest.raises(ErpUnexpected, match="another entry"):
        await pushed(connector, step_of(connector, "budget", BUDGET))


def test_a_budget_is_the_sum_of_its_lines_and_names_each_code_once():
    assert refused("budget", {**BUDGET, "original_amount": Decimal("1.00")}).field == "original_amount"
    twice = {"job_code": "J100", "lines": [line(1, "1.00"), line(2, "1.00")]}
    assert "two lines" in refused("budget", twice).message
    assert refused("budget", {**BUDGET, "lines": []}).field == "lines"
    assert "0.00" in refused("budget", BUDGET, budget_zero_lines=False).message


# Revisions


def test_a_revision_carries_what_the_approver_typed_on_every_line():
    step = step_of(Site().connect(), "budget_change", CHANGE, TYPED)

    head = {
        "JobCode": "J100",
        "Description": "As agreed",
        "RevisionDate": "2026-05-04",
        "RevisionNumber": "3",
        "RevisionType": "Budget Transfer",
        "RevisionStatus": "Approved",
    }
    assert step.body["value"] == [
        {**head, "CostCode": "03-100", "Category": "L", "Value": "-5000.00"},
        {**head, "CostCode": "03-200", "Category": "M", "Value": "5000.00"},
    ]
    assert step.natural_key == {"job_code": "J100", "number": "3"}
    assert step.expected["line 03-100/L"] == "-5000.00"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"number": None}, "entries.number"),
        ({"number": 0}, "number"),
        ({"number": "1.5"}, "number"),
        ({"number": "II"}, "number"),
        ({"revision_type": None}, "entries.revision_type"),
        ({"revision_type": "Gift"}, "revision_type"),
        ({"revision_status": "Draft"}, "revision_status"),
        ({"revision_date": None}, "revision_date"),
        ({"revision_date": "soon"}, "revision_date"),
        ({"description": "x" * 256}, "description"),
    ],
)
def test_what_the_approver_has_to_type_is_asked_for(typed, field):
    assert refused("budget_change", CHANGE, {**TYPED, **typed}).field == field


def test_a_transfer_sums_to_nothing_and_a_change_of_scope_need_not():
    lines = [line(1, "-5000.00"), line(2, "4000.00", "03-200", "M")]
    found = refused("budget_change", {**CHANGE, "lines": lines}, TYPED)

    assert "-1000.00" in found.message
    for kind in ("Scope Change", "Contingency"):
        step_of(
            Site().connect(), "budget_change", {**CHANGE, "lines": lines}, {**TYPED, "revision_type": kind}
        )
    assert refused("budget_change", {**CHANGE, "lines": [line(1, "0.00")]}, TYPED).field == "lines.amount"


async def test_a_revision_of_which_one_line_was_refused_and_the_other_kept_is_open():
    site = Site(lambda entry: "No such code." if entry["CostCode"] == "03-200" else None)
    connector = site.connect()
    step = step_of(connector, "budget_change", CHANGE, TYPED)

    with pytest.raises(ErpUnexpected, match="in part"):
        await pushed(connector, step)

    found = await connector.find(step)
    assert found.differences["lines_count"] == ("2", "1")
    assert found.differences["line 03-200/M"] == ("5000.00", "")


async def test_a_line_that_came_twice_because_pages_moved_counts_once():
    site = Site()
    connector = site.connect()
    step = step_of(connector, "budget_change", CHANGE, TYPED)
    await pushed(connector, step)
    site.tables["MRI_S-PMJC_BudgetRevisions"] += site.tables["MRI_S-PMJC_BudgetRevisions"][:1]

    assert (await connector.find(step)).differences == {}


# Commitments


def test_a_purchase_order_is_one_where_the_site_has_the_module():
    step = step_of(Site().connect(po_module=True), "commitment", PURCHASE)

    (entry,) = step.body["value"]
    assert "$api=MRI_S-PMAP_PurchaseOrders&" in step.target
    assert (entry["PONumber"], entry["OrderDate"]) == ("PO-9", "2026-03-01")
    assert entry["PurchaseOrderLines"]["entry"] == [
        {
            "LineNumber": "1",
            "CostCode": "03-100",
            "Category": "L",
            "Units": "10",
            "UnitDescription": "ea",
            "UnitCost": "12.5",
            "Amount": "125.00",
        }
    ]
    found = refused("commitment", PURCHASE)
    assert found.code is ErrorCode.CAPABILITY_NOT_SUPPORTED
    assert "make it a subcontract" in found.message


def test_an_amount_is_quantity_times_price_half_up():
    assert line_amount(Decimal("2.5"), Decimal("0.33")) == Decimal("0.83")
    assert line_amount(Decimal("2.5"), Decimal("-0.33")) == Decimal("-0.83")
    assert line_amount(Decimal("1"), Decimal("0.004")) == Decimal("0.00")
    assert total([line(1, "1.10"), line(2, "2.20"), {"amount": None}]) == Decimal("3.30")
    held = [line(1, "10.00", retainage_amount=Decimal("1.00")), line(2, "5.00")]
    assert invoice_amount(held) == Decimal("14.00")
    unpriced = [{**PURCHASE["lines"][0], "amount": None}]
    step = step_of(Site().connect(po_module=True), "commitment", {**PURCHASE, "lines": unpriced})
    assert step.expected["lines_amount"] == "125.00"
    wrong = {**PURCHASE, "lines": [{**PURCHASE["lines"][0], "amount": Decimal("124.99")}]}
    assert refused("commitment", wrong, po_module=True).field == "lines.amount"


async def test_the_same_sum_on_other_lines_is_a_difference():
    site = Site()
    connector = site.connect()
    other = {**ORDER, "lines": [line(1, "1999.00"), line(2, "-499.00", "03-200", "M")]}
    await pushed(connector, step_of(connector, "commitment_change_order", other))

    found = await connector.find(step_of(connector, "commitment_change_order", ORDER))

    assert found.differences == {
        "line 1": ("03-100/L 2000.00", "03-100/L 1999.00"),
        "line 2": ("03-200/M -500.00", "03-200/M -499.00"),
    }


# Change orders


def test_a_change_order_is_a_further_order_of_the_contract():
    step = step_of(Site().connect(), "commitment_change_order", ORDER, {"erp_id": "2", "description": "Mine"})

    (entry,) = step.body["value"]
    lines = entry.pop("OrderLines")["entry"]
    assert entry == {
        "Title": "CO-1",
        "Description": "Mine",
        "JobCode": "J100",
        "ContractNumber": "SC-001",
        "OrderNumber": "2",
        "OrderDate": "2026-05-04",
        "Amount": "1500.00",
    }
    assert [each["Amount"] for each in lines] == ["2000.00", "-500.00"]
    assert step.natural_key == {"job_code": "J100", "contract_number": "SC-001", "number": "2"}


@FORMS
async def test_a_site_may_want_a_row_for_each_line_of_an_order(form):
    site = Site()
    connector = site.connect(format=form, apis={"commitment_change_order": {"lines": None}})
    step = step_of(connector, "commitment_change_order", ORDER)

    answer = await pushed(connector, step)

    assert len(step.body["value"]) == 2
    assert answer.external_id == "J100/SC-001/CO-1"
    (read,) = await everything(connector, "commitment_change_order", project="J100")
    assert read.values["amount"] == Decimal("1500.00")
    assert len(read.lines) == 2


@pytest.mark.parametrize(
    ("changes", "entries", "field"),
    [
        ({"lines": [line(1, "500.00"), line(2, "-500.00")], "amount": None}, {}, "amount"),
        ({"amount": Decimal("1.00")}, {}, "amount"),
        ({"lines": []}, {}, "lines"),
        ({"contract_number": None}, {}, "contract_number"),
        ({"created_on": None}, {}, "created_on"),
        ({}, {"erp_id": "9" * 21}, "number"),
        ({"number": "9" * 36}, {"erp_id": "1"}, "title"),
        ({}, {"description": "x" * 256}, "description"),
    ],
)
def test_an_order_that_mri_would_refuse_never_leaves(changes, entries, field):
    assert refused("commitment_change_order", {**ORDER, **changes}, entries).field == field


def test_an_order_on_a_purchase_order_is_refused_and_a_number_is_asked_for():
    found = refused("commitment_change_order", {**ORDER, "commitment_kind": "PURCHASE_ORDER"}, po_module=True)
    assert found.code is ErrorCode.CAPABILITY_NOT_SUPPORTED
    found = refused("commitment_change_order", ORDER, use_procore_change_order_number=False)
    assert found.code is ErrorCode.ERP_ID_REQUIRED


# Invoices


@pytest.mark.parametrize(
    ("api", "name"),
    [("create_invoice", "MRI_S-PMAP_CreateInvoice"), ("contract_draw", "MRI_S-PMJC_ContractDraws")],
)
def test_an_invoice_is_work_completed_less_retainage_held(api, name):
    step = step_of(Site().connect(invoice_api=api), "subcontractor_invoice", INVOICE)

    (entry,) = step.body["value"]
    assert f"$api={name}&" in step.target
    assert entry == {
        "VendorID": "V000123",
        "InvoiceNumber": "INV-7",
        "InvoiceAmount": "9000.00",
        "InvoiceDate": "2026-04-30",
        "ExpensePeriod": "202604",
        "Status": "Pending",
        "ScannedCopyURL": "https://files.example/1.pdf",
        "JobCode": "J100",
        "ContractNumber": "SC-001",
        "InvoiceItems": {
            "entry": [
                {
                    "ItemNumber": "1",
                    "CostCode": "03-100",
                    "Category": "L",
                    "Amount": "10000.00",
                    "RetentionAmount": "1000.00",
                }
            ]
        },
    }
    assert step.natural_key == {"vendor_id": "V000123", "invoice_number": "INV-7"}


async def test_an_invoice_is_read_back_where_all_payables_are():
    site = Site()
    connector = site.connect()
    step = step_of(connector, "subcontractor_invoice", INVOICE)
    await pushed(connector, step)
    site.tables["MRI_S-PMAP_Invoices"] = site.tables.pop("MRI_S-PMAP_CreateInvoice")

    found = await connector.find(step)

    assert (found.external_id, found.differences) == ("V000123/INV-7", {})
    assert dict(site.calls[-1].url.params)["INVOICENUMBER"] == "INV-7"


@pytest.mark.parametrize(
    ("changes", "entries", "settings", "field"),
    [
        ({"amount": None, "lines": [line(1, "5.00", retainage_amount=Decimal("5.00"))]}, {}, {}, "amount"),
        ({"amount": None, "lines": []}, {}, {}, "amount"),
        ({"amount": Decimal("1.00")}, {}, {}, "amount"),
        ({"amount": None, "lines": [line(1, "-5.00")]}, {}, {"negative_invoice": False}, "amount"),
        ({"invoice_number": None}, {}, {}, "invoice_number"),
        ({"invoice_number": "9" * 21}, {}, {}, "invoice_number"),
        ({"description": "x" * 31}, {}, {}, "description"),
        ({"check_number": "1234567890"}, {}, {}, "check_number"),
        ({"expense_period": None}, {}, {}, "expense_period"),
        ({"expense_period": "2026-13"}, {}, {}, "expense_period"),
        (
            {"attachment_url": None, "attachment_urls": ["https://a", "https://b"]},
            {},
            {},
            "entries.attachment_url",
        ),
        ({}, {"attachment_url": "https://files.example/2.pdf"}, {}, "entries.attachment_url"),
        ({"attachment_url": "https://" + "x" * 500}, {}, {}, "attachment_url"),
        ({"vendor_id": "V" * 13}, {}, {}, "vendor_id"),
        ({"contract_number": ""}, {}, {}, "contract_number"),
    ],
)
def test_an_invoice_that_mri_would_refuse_never_leaves(changes, entries, settings, field):
    assert refused("subcontractor_invoice", {**INVOICE, **changes}, entries, **settings).field == field


def test_a_limit_is_named_where_something_is_too_long():
    found = refused("subcontractor_invoice", {**INVOICE, "check_number": "1234567890"})

    assert found.message == "has more than 9 characters"


def test_settings_and_typing_decide_period_status_and_attachment():
    several = {**INVOICE, "attachment_url": None, "attachment_urls": ["https://a", "https://b"]}
    typed = {"attachment_url": "https://b", "expense_period": "05/2026"}
    (entry,) = step_of(
        Site().connect(invoice_arrival_status="Approved"), "subcontractor_invoice", several, typed
    ).body["value"]
    assert (entry["Status"], entry["ExpensePeriod"], entry["ScannedCopyURL"]) == (
        "Approved",
        "202605",
        "https://b",
    )

    billed = {**INVOICE, "billing_date": date(2026, 6, 1)}
    made = step_of(Site().connect(expense_period_from="billing_date"), "subcontractor_invoice", billed)
    assert made.body["value"][0]["ExpensePeriod"] == "202606"
    bare = step_of(Site().connect(invoice_arrival_status=""), "subcontractor_invoice", INVOICE)
    assert "Status" not in bare.body["value"][0]


@pytest.mark.parametrize("spelled", [date(2026, 4, 1), "202604", "2026-04", "04/2026", "2026-04-30"])
def test_a_month_has_one_spelling(spelled):
    assert period_of(spelled) == "202604"


def test_a_month_that_is_known_to_be_closed_is_refused_by_name():
    found = refused("subcontractor_invoice", {**INVOICE, "closed_periods": ["202603", "202604"]})

    assert (found.code, found.field) == ("PERIOD_CLOSED", "entries.expense_period")
    assert "202604" in found.message
    open_month = {**INVOICE, "closed_periods": ["202603", "202604"]}
    typed = step_of(Site().connect(), "subcontractor_invoice", open_month, {"expense_period": "2026-05"})
    assert typed.body["value"][0]["ExpensePeriod"] == "202605"


def test_an_invoice_line_of_an_order_names_it():
    lines = [line(1, "9000.00", order_number="CO-1")]
    step = step_of(Site().connect(), "subcontractor_invoice", {**INVOICE, "lines": lines})

    assert step.body["value"][0]["InvoiceItems"]["entry"][0]["OrderNumber"] == "CO-1"


# What stands in the way


async def test_a_contract_is_held_by_itself_its_orders_and_its_invoices():
    site = Site()
    connector = site.connect()
    contract = {**PURCHASE, "kind": "SUBCONTRACT", "number": "SC-001"}
    step = step_of(connector, "commitment", contract)
    assert await connector.obstacles(step) == ()
    await pushed(connector, step)
    await pushed(connector, step_of(connector, "commitment_change_order", ORDER))
    invoice = {"VendorID": "V000123", "InvoiceNumber": "INV-7", "JobCode": "J100", "ContractNumber": "SC-001"}
    site.tables["MRI_S-PMAP_Invoices"] = [
        invoice,
        {**invoice, "InvoiceNumber": "X", "ContractNumber": "SC-002"},
    ]

    assert [(each.external_id, each.message) for each in await connector.obstacles(step)] == [
        ("J100/SC-001", "The contract SC-001 is still in the ERP."),
        ("J100/SC-001/CO-1", "The contract order CO-1 on SC-001 is still in the ERP."),
        ("V000123/INV-7", "The invoice INV-7 on SC-001 is still in the ERP."),
    ]


async def test_an_invoice_is_held_by_its_payments():
    site = Site()
    connector = site.connect(invoice_api="contract_draw")
    step = step_of(connector, "subcontractor_invoice", INVOICE)
    await pushed(connector, step)
    paid = {"VendorID": "V000123", "InvoiceNumber": "INV-7", "CheckNumber": "881", "AmountPaid": "9000.00"}
    site.tables["MRI_S-PMAP_Payments"] = [paid]

    found = await connector.obstacles(step)

    assert [each.external_id for each in found] == ["V000123/INV-7", "V000123/INV-7/881"]


def test_a_site_may_want_constants_beside_what_the_hub_knows():
    apis = {"create_invoice": {"constants": {"PartnerName": "HUB"}, "line_constants": {"EntityID": "100"}}}
    step = step_of(Site().connect(apis=apis), "subcontractor_invoice", INVOICE)

    (entry,) = step.body["value"]
    assert entry["PartnerName"] == "HUB"
    assert entry["InvoiceItems"]["entry"][0]["EntityID"] == "100"
