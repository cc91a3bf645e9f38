"""How MRI's lists are read: links, pages that move, changes, dates, and records that are spread over rows."""

import random
from datetime import UTC, date, datetime
from decimal import Decimal

import httpx
import pytest
from driving import everything
from hypothesis import given, settings
from hypothesis import strategies as st
from mri_site import HOST, Site, connector_on, said, saying, xml_of

from hub.errors import ErpUnavailable, ErpUnexpected, Refused

FORMS = pytest.mark.parametrize("form", ["json", "xml"])
PATH = f"{HOST}/mriapiservices/api.asp"


# Links


@pytest.mark.parametrize(
    "link",
    [
        f"{PATH}?$api=MRI_S-PMAP_Vendors&$format=json&$top=2&$skip=3",
        f"{PATH}?%24api=MRI_S-PMAP_Vendors&%24format=json&%24top=2&%24skip=3",
        f"{PATH}?%24api=MRI_S-PMAP_Vendors&amp;%24format=json&amp;%24top=2&amp;%24skip=3",
        f"{PATH}?%24api=MRI_S-PMAP_Vendors&amp;amp;%24format=xml&amp;amp;%24top=2&amp;amp;%24skip=3",
        f"{PATH}?%24skip=3&%24top=2",
        "https://elsewhere.example.com/other.asp?%24API=mri_s-pmap_vendors&%24Format=xml&%24skip=3&%24top=2",
    ],
)
async def test_a_link_is_followed_as_given_on_our_own_entry_point(link):
    calls = []

    def answer(request):
        calls.append(request.url)
        if len(calls) > 1:
            return said("x", [{"VendorID": "B", "VendorName": "N"}])
        body = {"value": [{"VendorID": "A", "VendorName": "N"}], "nextLink": link}
        return httpx.Response(200, json=body)

    connector = connector_on(answer, page_size=2)
    found = await everything(connector, "company", since="2026-07-01T12:00:00Z")

    assert [each.external_id for each in found] == ["A", "B"]
    assert calls[1].host == "ledger.example.com"
    assert dict(calls[1].params) == {
        "$api": "MRI_S-PMAP_Vendors",
        "$format": "json",
        "LastUpdateDate": "2026-07-01T08:00:00",
        "$skip": "3",
        "$top": "2",
    }


async def test_a_link_may_lead_to_an_empty_page_which_is_the_end():
    answers = [
        httpx.Response(200, json={"value": [{"VendorID": "A"}], "nextLink": f"{PATH}?%24skip=2"}),
        httpx.Response(200, json={"value": []}),
    ]

    found = await everything(connector_on(lambda _: answers.pop(0)), "company")

    assert [each.external_id for each in found] == ["A"]
    assert answers == []


async def test_a_short_page_with_a_link_is_not_the_end():
    answers = [
        httpx.Response(200, json={"value": [], "nextLink": f"{PATH}?%24skip=2"}),
        httpx.Response(200, json={"value": [{"VendorID": "A"}]}),
    ]

    assert len(await everything(connector_on(lambda _: answers.pop(0)), "company")) == 1


async def test_links_that_run_in_a_circle_end_with_an_error():
    def answer(request):
        skip = "2" if request.url.params.get("$skip") != "2" else "4"
        return httpx.Response(200, json={"value": [], "nextLink": f"{PATH}?%24skip={skip}"})

    with pytest.raises(ErpUnexpected, match="circle"):
        await connector_on(answer).fetch("project_cost_code", {"project": "J1"}, None)


async def test_an_api_that_does_not_page_is_not_asked_for_a_page():
    site = Site(PMAP_Vendors=[{"VendorID": "A"}])

    await everything(site.connect(apis={"company": {"paged": False}}), "company")

    assert "$top" not in site.calls[0].url.params


# What a list is asked for


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("yyyy-mm-ddThh:mm:ss", "2026-07-01T22:30:00"),
        ("yyyy-mm-dd", "2026-07-01"),
        ("mm-dd-yyyy", "07-01-2026"),
    ],
)
async def test_changes_are_asked_for_in_the_apis_own_spelling_and_the_sites_time(form, text):
    site = Site()

    await everything(
        site.connect(apis={"company": {"date_format": form}}), "company", since="2026-07-02T02:30:00Z"
    )

    assert site.calls[0].url.params["LastUpdateDate"] == text


@pytest.mark.parametrize(
    "settings",
    [
        {"format": "yaml"},
        {"apis": {"company": {"date_format": "dd.mm.yyyy"}}},
        {"apis": {"company": {"verb": "PATCH"}}},
        {"apis": {"company": {"paged": "no"}}},
        {"apis": {"company": {"key": []}}},
        {"apis": {"journal": {"key": ["PERIOD", "GLREFERENCE"]}}},
        {"apis": {"company": {"fields": {"nmae": "VENDNAME"}}}},
        {"apis": {"payable": {"line_fields": {"colour": "X"}}}},
        {"invoice_api": "mail"},
        {"budget_verb": "PATCH"},
        {"expense_period_from": "moon"},
        {"modules": "JC"},
        {"check_number_max": 0},
    ],
)
def test_a_setting_that_mri_cannot_have_is_refused(settings):
    with pytest.raises(Refused):
        Site().connect(**settings)


async def test_deadlocked_reads_are_read_again():
    answers = [httpx.Response(500, text="Transaction was deadlocked"), said("x", [{"VendorID": "A"}])]

    assert len(await everything(connector_on(lambda _: answers.pop(0)), "company")) == 1


async def test_too_many_calls_and_a_server_that_is_down_are_tried_three_times():
    for status in (429, 503):
        calls = []
        connector = connector_on(lambda request, s=status, c=calls: (c.append(request), httpx.Response(s))[1])
        with pytest.raises(ErpUnavailable):
            await connector.fetch("company", {}, None)
        assert len(calls) == 3


# What is read back


BUDGETS = [
    {
        "JobCode": "J1",
        "CostCode": "03-100",
        "Category": "L",
        "OriginalBudget": "10.00",
        "CurrentBudget": "-5.15",
    },
    {"JobCode": "J2", "CostCode": "03-100", "Category": "L", "OriginalBudget": "7.00", "CurrentBudget": None},
]


@FORMS
async def test_budget_lines_are_read_with_what_they_have_become(form):
    found = await everything(Site(PMJC_JobBudgets=BUDGETS).connect(format=form), "budget_line", project="J1")

    (each,) = found
    assert each.external_id == "J1/03-100/L"
    assert each.values == {"original_amount": Decimal("10.00"), "revised_amount": Decimal("-5.15")}
    assert each.refs == {"project": "J1", "cost_code": "03-100", "cost_type": "L"}


def revision_rows():
    def row(number, code, value, text):
        head = {"JobCode": "J1", "RevisionNumber": number, "RevisionType": "Budget Transfer"}
        return {
            **head,
            "Description": text,
            "CostCode": code,
            "Category": "L",
            "Value": value,
            "RevisionStatus": "Approved",
        }

    return [
        row("1", "A", "-5.00", "One"),
        row("2", "A", "1.00", "Two"),
        row("1", "B", "5.00", "One"),
        row("2", "B", "-1.00", "Two"),
    ]


@FORMS
@pytest.mark.parametrize("page_size", [1, 2, 3, 300])
async def test_revisions_are_headers_with_lines_wherever_pages_fall(form, page_size):
    site = Site(PMJC_BudgetRevisions=revision_rows())

    found = await everything(site.connect(format=form, page_size=page_size), "budget_change", project="J1")

    assert [each.external_id for each in found] == ["J1/1", "J1/2"]
    assert [[line.values["amount"] for line in each.lines] for each in found] == [
        [Decimal("-5.00"), Decimal("5.00")],
        [Decimal("1.00"), Decimal("-1.00")],
    ]
    assert found[0].values["amount"] == Decimal("0.00")
    assert found[0].values["description"] == "One"
    assert found[0].lines[0].refs == {"cost_code": "A", "cost_type": "L"}


async def test_contracts_and_then_purchase_orders_are_read_back_with_their_lines():
    lines = {"entry": {"LineNumber": "1", "CostCode": "A", "Category": "L", "Amount": "1.00"}}
    row = {"JobCode": "J1", "VendorID": "V1", "Description": "D", "Status": "Open", "OriginalAmount": "1.00"}
    site = Site(
        PMJC_Contracts=[
            {**row, "ContractNumber": "S1", "ContractDate": "2026-03-01T00:00:00", "ContractLines": lines}
        ],
        PMAP_PurchaseOrders=[
            {**row, "PONumber": "P1", "OrderDate": "2026-03-02", "PurchaseOrderLines": lines}
        ],
    )

    one, other = await everything(site.connect(po_module=True), "commitment")
    (alone,) = await everything(site.connect(), "commitment")

    assert (one.external_id, one.values["kind"], one.values["contract_date"]) == (
        "J1/S1",
        "SUBCONTRACT",
        date(2026, 3, 1),
    )
    assert one.values["status"] == "OPEN"
    assert one.refs == {"project": "J1", "company": "V1"}
    assert (other.external_id, other.values["kind"], other.values["number"]) == (
        "J1/P1",
        "PURCHASE_ORDER",
        "P1",
    )
    assert [line.external_id for line in other.lines] == ["J1/P1/1"]
    assert alone == one


@FORMS
async def test_orders_and_draws_are_read_back_with_what_they_are_on(form):
    lines = {"entry": [{"LineNumber": "1", "CostCode": "A", "Category": "L", "Amount": "5.00"}]}
    items = {
        "entry": [
            {
                "ItemNumber": "1",
                "CostCode": "A",
                "Category": "L",
                "Amount": "10.00",
                "RetentionAmount": "1.00",
            }
        ]
    }
    on = {"JobCode": "J1", "ContractNumber": "S1"}
    site = Site(
        PMJC_ContractOrders=[
            {**on, "OrderNumber": "2", "Title": "CO-2", "Amount": "5.00", "OrderLines": lines}
        ],
        PMJC_ContractDraws=[
            {
                **on,
                "VendorID": "V1",
                "InvoiceNumber": "007",
                "InvoiceAmount": "9.00",
                "Status": "Pending",
                "InvoiceItems": items,
            }
        ],
    )
    connector = site.connect(format=form)

    (order,) = await everything(connector, "commitment_change_order")
    (draw,) = await everything(connector, "subcontractor_invoice")

    assert (order.external_id, order.values["amount"]) == ("J1/S1/2", Decimal("5.00"))
    assert order.refs == {"project": "J1", "commitment": "J1/S1"}
    assert (draw.external_id, draw.values["payment_due_amount"]) == ("V1/007", Decimal("9.00"))
    assert draw.values["erp_status"] == "Pending"
    assert draw.refs == {"project": "J1", "company": "V1", "commitment": "J1/S1"}
    assert draw.lines[0].values["retainage_held_amount"] == Decimal("1.00")


# Direct costs


def payable(**changes):
    sound = {
        "VendorID": "V1",
        "InvoiceNumber": "B-55",
        "InvoiceDate": "2026-04-03T00:00:00",
        "ReceivedDate": "2026-04-05T00:00:00",
        "PaymentDate": None,
        "Description": "Cleaning",
        "Status": "Approved",
        "JobCode": "J100",
        "ContractNumber": None,
        "LastUpdate": "2026-04-06T10:00:00",
        "InvoiceItems": {
            "entry": [
                {"ItemNumber": "1", "CostCode": "01-900", "Category": "C", "Amount": "300.00", "Notes": "May"}
            ]
        },
    }
    return {**sound, **changes}


@FORMS
async def test_a_payable_without_a_contract_is_an_invoice(form):
    (found,) = await everything(Site(PMAP_Invoices=[payable()]).connect(format=form), "direct_cost")

    assert found.external_id == "V1/B-55"
    assert found.values == {
        "kind": "INVOICE",
        "invoice_number": "B-55",
        "description": "Cleaning",
        "status": "APPROVED",
        "cost_date": date(2026, 4, 3),
        "received_date": date(2026, 4, 5),
        "paid_date": None,
        "amount": Decimal("300.00"),
    }
    assert found.refs == {"project": "J100", "company": "V1"}
    (line,) = found.lines
    assert line.external_id == "V1/B-55/1"
    assert line.values == {
        "line_number": 1,
        "description": "May",
        "amount": Decimal("300.00"),
        "quantity": Decimal("1"),
        "unit_cost": Decimal("300.00"),
    }
    assert line.refs == {"cost_code": "01-900", "cost_type": "C"}
    assert found.updated_at == datetime(2026, 4, 6, 14, tzinfo=UTC)


async def test_a_site_may_name_the_fields_of_its_rows_and_items_itself():
    row = payable(
        JobCode=None, JOBID="J9", InvoiceItems={"entry": {"ITEMNO": "4", "CCODE": "A", "AMT": "1.00"}}
    )
    own = {
        "aliases": {"JobCode": "JOBID", "CostCode": "CCODE", "ItemNumber": "ITEMNO"},
        "line_fields": {"amount": "AMT"},
    }
    (found,) = await everything(Site(PMAP_Invoices=[row]).connect(apis={"payable": own}), "direct_cost")

    assert found.refs["project"] == "J9"
    assert (found.lines[0].external_id, found.lines[0].refs["cost_code"]) == ("V1/B-55/4", "A")
    assert found.values["amount"] == Decimal("1.00")


async def test_a_payable_with_a_contract_is_a_subcontractors_invoice_under_the_exported_ones_id():
    (found,) = await everything(Site(PMAP_Invoices=[payable(ContractNumber="SC-1")]).connect(), "direct_cost")

    assert found.values["kind"] == "SUBCONTRACTOR_INVOICE"
    assert found.external_id == "V1/B-55"
    assert found.refs["commitment"] == "J100/SC-1"


async def test_a_payable_on_two_jobs_is_a_cost_of_each():
    items = {
        "entry": [
            {"ItemNumber": "1", "JobCode": "J100", "CostCode": "A", "Category": "C", "Amount": "1.00"},
            {"ItemNumber": "2", "JobCode": "J200", "CostCode": "A", "Category": "C", "Amount": "2.00"},
            {"ItemNumber": "3", "JobCode": None, "CostCode": "B", "Category": "C", "Amount": "4.00"},
        ]
    }
    site = Site(PMAP_Invoices=[payable(InvoiceItems=items)])

    found = {
        each.external_id: each.values["amount"] for each in await everything(site.connect(), "direct_cost")
    }

    assert found == {"V1/B-55": Decimal("5.00"), "V1/B-55/J200": Decimal("2.00")}
    (alone,) = await everything(site.connect(), "direct_cost", project="J200")
    assert alone.refs["project"] == "J200"


@pytest.mark.parametrize(
    ("word", "status"), [("Pending", "PENDING"), ("paid", "APPROVED"), ("Void", "DRAFT"), (None, "APPROVED")]
)
async def test_the_state_of_a_cost_is_translated(word, status):
    (found,) = await everything(Site(PMAP_Invoices=[payable(Status=word)]).connect(), "direct_cost")

    assert found.values["status"] == status


async def test_an_unknown_state_of_a_cost_is_a_problem_until_a_setting_knows_it():
    site = Site(PMAP_Invoices=[payable(Status="Parked")])
    (found,) = await everything(site.connect(), "direct_cost")
    (known,) = await everything(site.connect(direct_cost_statuses={"Parked": "PENDING"}), "direct_cost")

    assert "status" not in found.values
    assert [each.field for each in found.problems] == ["status"]
    assert known.values["status"] == "PENDING"


def entry(period, reference, item, amount, job="J100", source="GL", **more):
    return {
        "PERIOD": period,
        "GLREFERENCE": reference,
        "ITEM": str(item),
        "GLSOURCE": source,
        "AMOUNT": amount,
        "DESCRIPTION": f"Line {item}",
        "ENTRYDATE": "2026-04-30T00:00:00",
        "JOBCODE": job,
        "COSTCODE": "01-900",
        "CATEGORY": "C",
        "STATUS": "Posted",
        "LASTUPDATE": "2026-05-01T09:00:00.1234567",
        **more,
    }


JOURNAL = [
    entry("202604", "JE1", 1, "-120.00"),
    entry("202605", "JE1", 1, "40.00"),
    entry("202604", "JE1", 2, "20.00"),
    entry("202604", "JE1", 3, "100.00", job=None),
    entry("202604", "JE1", 1, "7.00", source="AP"),
    entry("202605", "JE1", 2, "-0.01", job="J200"),
]


@FORMS
@pytest.mark.parametrize("page_size", [1, 2, 5, 300])
async def test_journal_entries_are_grouped_by_period_reference_and_source_wherever_pages_fall(
    form, page_size
):
    site = Site(PMGL_JournalEntries=JOURNAL)

    found = await everything(site.connect(format=form, page_size=page_size), "direct_cost")

    assert {each.external_id: each.values["amount"] for each in found} == {
        "202604/JE1/GL/J100": Decimal("-100.00"),
        "202605/JE1/GL/J100": Decimal("40.00"),
        "202604/JE1/AP/J100": Decimal("7.00"),
        "202605/JE1/GL/J200": Decimal("-0.01"),
    }
    first = found[0]
    assert first.values["kind"] == "EXPENSE"
    assert first.values["cost_date"] == date(2026, 4, 30)
    assert first.external_code == "JE1"
    assert [line.external_id for line in first.lines] == ["202604/JE1/GL/J100/1", "202604/JE1/GL/J100/2"]
    assert first.updated_at == datetime(2026, 5, 1, 13, 0, 0, 123456, tzinfo=UTC)


@given(st.randoms(use_true_random=False), st.integers(1, 7))
@settings(max_examples=40, deadline=None)
async def test_entries_are_the_same_in_whatever_order_and_pages_their_lines_come(
    shuffling: random.Random, size
):
    rows = [entry("202604", f"JE{n % 5}", n, f"{n}.15") for n in range(20)]
    shuffling.shuffle(rows)
    rows += rows[:3]

    found = await everything(Site(PMGL_JournalEntries=rows).connect(page_size=size), "direct_cost")

    assert {each.external_id: each.values["amount"] for each in found} == {
        "202604/JE0/GL/J100": Decimal("30.60"),
        "202604/JE1/GL/J100": Decimal("34.60"),
        "202604/JE2/GL/J100": Decimal("38.60"),
        "202604/JE3/GL/J100": Decimal("42.60"),
        "202604/JE4/GL/J100": Decimal("46.60"),
    }


async def test_of_an_entry_one_line_of_which_has_changed_all_lines_are_read():
    """The list of changes holds the changed line alone; its entry is read again within its period."""
    asked = []

    def answer(request):
        asked.append(dict(request.url.params))
        if "Journal" not in asked[-1]["$api"]:
            return said("x", [])
        changed = [JOURNAL[2]] if "LastUpdateDate" in asked[-1] else JOURNAL
        period = asked[-1].get("PERIOD")
        return said("x", [row for row in changed if period in (None, row["PERIOD"])])

    (found,) = await everything(connector_on(answer), "direct_cost", since="2026-05-01T00:00:00Z")

    assert found.external_id == "202604/JE1/GL/J100"
    assert found.values["amount"] == Decimal("-100.00")
    assert asked[-1]["PERIOD"] == "202604"
    assert "LastUpdateDate" not in asked[-1]


async def test_a_cost_of_which_one_amount_cannot_be_read_has_no_total():
    rows = [entry("202604", "JE1", 1, "1.00"), entry("202604", "JE1", 2, "1,00")]

    (found,) = await everything(Site(PMGL_JournalEntries=rows).connect(), "direct_cost")

    assert found.values["amount"] is None
    assert [problem.field for line in found.lines for problem in line.problems] == ["amount"]


# Payments


def paid(**changes):
    sound = {
        "VendorID": "V1",
        "InvoiceNumber": "INV-7",
        "ItemNumber": "1",
        "CheckNumber": "CHK-881",
        "PaymentDate": "2026-05-10T00:00:00",
        "AmountPaid": "9000.00",
        "JobCode": "J100",
        "ContractNumber": "SC-1",
        "Voided": "N",
    }
    return {**sound, **changes}


@FORMS
async def test_a_payment_names_its_invoice_and_its_check(form):
    (found,) = await everything(Site(PMAP_Payments=[paid()]).connect(format=form), "payment")

    assert found.external_id == "V1/INV-7/CHK-881"
    assert found.values == {
        "invoice_number": "INV-7",
        "number": "CHK-881",
        "check_number": "CHK-881",
        "amount": Decimal("9000.00"),
        "paid_on": date(2026, 5, 10),
        "is_void": False,
    }
    assert found.refs == {
        "subcontractor_invoice": "V1/INV-7",
        "company": "V1",
        "commitment": "J100/SC-1",
        "project": "J100",
    }


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("1", "100.00", "N")], (Decimal("100.00"), False)),
        ([("1", "60.00", "N"), ("2", "40.00", "N")], (Decimal("100.00"), False)),
        ([("1", "100.00", "Y")], (Decimal("100.00"), True)),
        ([("1", "100.00", "N"), ("1", "-100.00", "Y")], (Decimal("100.00"), True)),
        ([("1", "60.00", "N"), ("2", "40.00", "Y")], (Decimal("60.00"), False)),
        ([("1", "-5.00", "N")], (Decimal("-5.00"), False)),
        ([("1", "100.00", "N"), ("1", "100.00", "N")], (Decimal("100.00"), False)),
    ],
)
@pytest.mark.parametrize("page_size", [1, 300])
async def test_a_check_pays_its_items_and_a_void_takes_it_back(rows, expected, page_size):
    listed = [paid(ItemNumber=item, AmountPaid=amount, Voided=void) for item, amount, void in rows]

    (found,) = await everything(Site(PMAP_Payments=listed).connect(page_size=page_size), "payment")

    assert (found.values["amount"], found.values["is_void"]) == expected


async def test_what_is_paid_without_a_check_is_a_payment_for_each_day():
    rows = [
        paid(CheckNumber=None, AmountPaid="1.00"),
        paid(CheckNumber=None, AmountPaid="2.00", PaymentDate="2026-05-11T00:00:00"),
        paid(CheckNumber=None, AmountPaid="4.00", PaymentDate="2026-05-11T00:00:00", ItemNumber="2"),
    ]

    found = await everything(Site(PMAP_Payments=rows).connect(), "payment")

    assert [(each.external_id, each.values["amount"]) for each in found] == [
        ("V1/INV-7/2026-05-10", Decimal("1.00")),
        ("V1/INV-7/2026-05-11", Decimal("6.00")),
    ]


async def test_a_journal_entry_without_a_source_is_of_the_general_ledger():
    (found,) = await everything(
        Site(PMGL_JournalEntries=[entry("202604", "JE1", 1, "1.00", source=None)]).connect(), "direct_cost"
    )

    assert found.external_id == "202604/JE1/GL/J100"


async def test_of_payments_that_changed_all_items_of_the_check_are_read():
    asked = []

    def answer(request):
        asked.append(dict(request.url.params))
        rows = [paid(AmountPaid="60.00"), paid(ItemNumber="2", AmountPaid="40.00")]
        return said("x", rows[:1] if "LastUpdateDate" in asked[-1] else rows)

    (found,) = await everything(connector_on(answer), "payment", since="2026-05-01T00:00:00Z")

    assert found.values["amount"] == Decimal("100.00")
    assert (asked[-1]["VENDORID"], asked[-1]["INVOICENUMBER"]) == ("V1", "INV-7")


@pytest.mark.parametrize(
    ("word", "method"), [("Check", "CHECK"), ("ACH", "ELECTRONIC"), ("wire", "ELECTRONIC"), (None, None)]
)
async def test_how_something_was_paid_is_told_where_the_site_tells_it(word, method):
    (found,) = await everything(Site(PMAP_Payments=[paid(PaymentMethod=word)]).connect(), "payment")

    assert found.values["method"] == method


async def test_two_checks_to_one_invoice_are_two_payments():
    rows = [paid(AmountPaid="4000.00"), paid(CheckNumber="CHK-882", AmountPaid="5000.00")]

    found = await everything(Site(PMAP_Payments=rows).connect(), "payment", project="J100")

    assert [(each.external_id, each.values["amount"]) for each in found] == [
        ("V1/INV-7/CHK-881", Decimal("4000.00")),
        ("V1/INV-7/CHK-882", Decimal("5000.00")),
    ]


# The ledger's lists


@FORMS
async def test_the_ledgers_own_lists_are_read(form):
    site = Site(
        PMGL_Periods=[
            {"Period": "202604", "StartDate": "2026-04-01", "EndDate": "2026-04-30", "Status": "Closed"},
            {"Period": "202605", "StartDate": "2026-05-01", "EndDate": "2026-05-31", "Status": "Open"},
        ],
        PMGL_ChartOfAccounts=[{"AccountNumber": "0050", "AccountName": "Costs", "Active": "Y"}],
        PMGL_Entities=[{"EntityID": "100", "EntityName": "Main"}],
        PMAP_Bank=[{"BankID": "B1", "BankName": "First"}],
        PMAP_BankAccountMapping=[{"EntityId": "100", "BankID": "B2"}],
    )
    connector = site.connect(format=form)

    closed, is_open = await everything(connector, "accounting_period")
    (account,) = await everything(connector, "gl_account")
    (entity,) = await everything(connector, "entity")
    (bank,) = await everything(connector, "bank")
    (mapped,) = await everything(connector, "bank", entity="100")

    assert (closed.values["code"], closed.values["is_open"], closed.values["ends_on"]) == (
        "202604",
        False,
        date(2026, 4, 30),
    )
    assert is_open.values["is_open"] is True
    assert account.values == {"code": "0050", "name": "Costs", "is_active": True}
    assert (entity.external_id, entity.values["name"]) == ("100", "Main")
    assert (bank.external_id, bank.values["name"]) == ("B1", "First")
    assert mapped.external_id == "B2"
    assert site.calls[-1].url.params["EntityId"] == "100"


@pytest.mark.parametrize(
    ("row", "expected"),
    [({"IsOpen": "Y"}, True), ({"Open": "N"}, False), ({"Closed": "Y"}, False), ({"Status": "O"}, True)],
)
async def test_a_period_may_say_so_by_a_flag(row, expected):
    (found,) = await everything(
        Site(PMGL_Periods=[{"Period": "202604", **row}]).connect(), "accounting_period"
    )

    assert found.values["is_open"] is expected


async def test_a_period_that_does_not_say_is_a_problem():
    (found,) = await everything(
        saying({"value": [{"Period": "202604", "Status": "??"}]}), "accounting_period"
    )

    assert [each.field for each in found.problems] == ["is_open"]


@given(
    st.lists(
        st.tuples(st.integers(1, 10**19), st.decimals("-99999999", "99999999", places=2)),
        max_size=5,
        unique_by=lambda x: x[0],
    )
)
@settings(max_examples=40, deadline=None)
async def test_generated_contracts_are_the_same_records_in_both_forms(pairs):
    rows = [
        {
            "JobCode": "007",
            "ContractNumber": f"{number:019d}",
            "Description": "A & B",
            "OriginalAmount": f"{amount:.2f}",
        }
        for number, amount in pairs
    ]
    one = await everything(saying({"value": rows}), "commitment")
    body = xml_of("MRI_S-PMJC_Contracts", rows)
    other = await everything(saying(body, "application/xml", format="xml"), "commitment")

    assert one == other
    assert [each.external_id for each in one] == [f"007/{number:019d}" for number, _ in pairs]
    assert [each.values["original_amount"] for each in one] == [amount for _, amount in pairs]
