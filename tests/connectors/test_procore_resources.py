"""One record of every resource in the shape Procore's reference gives it, and what it becomes."""

from datetime import UTC, date, datetime
from decimal import Decimal

import httpx
import pytest
from driving import everything
from procore_double import Double

P = "/rest/v1.0/projects/9"
V2 = "/rest/v2.0/companies/4100/projects/9"
CREATED = "2026-02-03T14:00:00Z"
STAMPS = {"created_at": CREATED, "updated_at": "2026-02-03T14:07:12Z"}
BIG = 598134325500011999


async def only(double, key, **settings):
    (found,) = await everything(double.connector(**settings), key, project="9")
    return found


async def test_a_template_is_a_name():
    found = await only(
        Double({"/rest/v1.0/project_templates": [{"id": 5, "name": "Tower"}]}), "project_template"
    )

    assert (found.external_id, found.values) == ("5", {"name": "Tower"})


async def test_a_sub_job_belongs_to_its_project():
    row = {"id": 31, "name": "North wing", "code": "N1", "origin_id": "MRI:SUBJ:24-101:N1", **STAMPS}
    found = await only(Double({"/rest/v1.0/sub_jobs": [row]}), "sub_job")

    assert found.values == {"code": "N1", "name": "North wing", "is_active": True}
    assert (found.linked_to, found.refs) == ("24-101/N1", {"project": "9"})


async def test_a_code_without_its_full_code_is_read_by_its_own():
    row = {"id": 1, "code": "100", "name": "Concrete", "line_item_types": None}
    found = await only(Double({"/rest/v1.0/cost_codes": [row]}), "project_cost_code")

    assert (found.external_code, found.values["code"]) == ("100", "100")


async def test_a_deleted_code_is_not_active():
    row = {"id": 1, "full_code": "03-100", "deleted_at": CREATED}
    found = await only(Double({"/rest/v1.0/cost_codes": [row]}), "project_cost_code")

    assert found.values["is_active"] is False


async def test_codes_of_a_sub_job_are_asked_for_by_it():
    double = Double({"/rest/v1.0/cost_codes": []})
    await everything(double.connector(), "project_cost_code", project="9", sub_job="31")

    assert (double.queries[0]["project_id"], double.queries[0]["sub_job_id"]) == ("9", "31")


WBS = {
    "id": 77,
    "flat_code": "03-300.SUB",
    "flat_name": "CIP.Subcontract",
    "description": "CIP",
    "status": "inactive",
    "segment_items": [{"id": 1, "code": "03-300"}],
    **STAMPS,
}


async def test_a_wbs_code_is_read_in_both_versions():
    first = await only(Double({f"{P}/work_breakdown_structure/wbs_codes": [WBS]}), "wbs_code")
    row = {"id": "77", "code": "03-300.SUB", "description": "CIP.Subcontract", "status": "inactive"}
    second = await only(Double({f"{V2}/wbs/codes": {"data": [row]}}), "wbs_code", variants={"wbs_code": "v2"})

    assert first.values == {"code": "03-300.SUB", "name": "CIP.Subcontract", "is_active": False}
    assert (second.external_id, second.values) == (first.external_id, first.values)


VIEWS = "/rest/v1.0/budget_views"
ROW = {
    "id": 4001,
    "wbs_code_id": 77,
    "cost_code_id": 12,
    "cost_code_origin_id": "MRI:CODE:03-300",
    "category_id": 5,
    "cost_code": "03-300 - Cast in place",
    "original_budget_amount": "125000.50",
    "currency_configuration": {"currency_iso_code": "USD"},
}


async def test_budget_lines_are_the_rows_of_a_view():
    double = Double({VIEWS: [{"id": 6, "name": "Standard"}], f"{VIEWS}/6/detail_rows": [ROW]})
    found = await only(double, "budget_line")

    assert found.values == {
        "original_amount": Decimal("125000.50"),
        "cost_code_text": "03-300 - Cast in place",
    }
    assert found.refs == {
        "wbs_code": "77",
        "project_cost_code": "12",
        "cost_code": "03-300",
        "project_cost_type": "5",
        "project": "9",
    }


@pytest.mark.parametrize(
    ("views", "stated", "chosen"),
    [
        ([{"id": 6, "name": "Standard"}, {"id": 7, "name": "ERP Budget"}], None, "7"),
        ([{"id": 6, "name": "Standard"}, {"id": 7, "name": "Other"}], "standard", "6"),
        ([], "88", "88"),
    ],
)
async def test_the_view_is_the_one_set_or_named_for_the_erp(views, stated, chosen):
    double = Double({VIEWS: views, f"{VIEWS}/{chosen}/detail_rows": [ROW]})
    settings = {"budget_view": stated} if stated else {}

    assert (await only(double, "budget_line", **settings)).external_id == "4001"


async def test_one_budget_line_is_read_by_its_id_with_numbers_as_amounts():
    line = {
        "id": 4001,
        "original_budget_amount": 125000.5,
        "uom": "cy",
        "quantity": 10.0,
        "unit_cost": 12500.05,
        "wbs_code": {"id": 77, "flat_code": "03-300.SUB", "description": "CIP"},
    }
    double = Double({VIEWS: [{"id": 6, "name": "Standard"}], "/rest/v1.1/budget_line_items/4001": line})
    (found,) = await everything(double.connector(), "budget_line", project="9", id="4001")

    assert found.values == {
        "original_amount": Decimal("125000.50"),
        "unit_of_measure": "cy",
        "quantity": Decimal("10.0000"),
        "unit_cost": Decimal("12500.0500"),
        "cost_code_text": "03-300.SUB",
    }
    assert found.problems == ()


async def test_a_budget_modification_names_its_two_lines():
    row = {
        "id": 21,
        "from_budget_line_item_id": None,
        "to_budget_line_item_id": 4001,
        "transfer_amount": "250.00",
        "notes": "Fees",
        **STAMPS,
    }
    found = await only(Double({f"{P}/budget_modifications": [row]}), "budget_modification")

    assert found.values["amount"] == Decimal("250.00")
    assert found.refs == {"from_line": None, "to_line": "4001", "project": "9"}


CHANGE = {
    "id": 812,
    "number": 4,
    "status": "approved",
    "title": "Move steel",
    "erp_status": None,
    "amount": 0.0,
}
ADJUSTMENTS = [
    {
        "id": 1,
        "type": "change_event",
        "wbs_code": {"id": 77, "flat_code": "03-300.SUB"},
        "amount": 4500.0,
        "quantity": None,
    },
    {"id": 2, "type": "budget_change", "wbs_code": {"id": 79, "flat_code": "05-100.SUB"}, "amount": -4500.0},
]


# What tells the ERP's codes: types of the company, codes of the project, and what WBS codes are made of.
CODES = {
    "/rest/v1.0/line_item_types": [
        {"id": 5, "code": "SUB", "origin_id": "MRI:CAT:S"},
        {"id": 6, "code": "X", "origin_id": None},
    ],
    "/rest/v1.0/cost_codes": [
        {"id": 12, "code": "03-300", "origin_id": "MRI:CODE:03-300"},
        {"id": 13, "code": "05-100", "origin_id": None},
    ],
    f"{P}/work_breakdown_structure/wbs_codes": [
        {
            "id": number,
            "flat_code": flat,
            "segment_items": [
                {"id": code, "segment": {"type": "cost_code"}},
                {"id": 5, "segment": {"type": "line_item_type"}},
            ],
        }
        for number, flat, code in ((77, "03-300.SUB", 12), (79, "05-100.SUB", 13))
    ],
}


@pytest.mark.parametrize("summary", [CHANGE, {**CHANGE, "adjustment_line_items": []}])
async def test_a_budget_change_is_fetched_for_its_lines_that_the_list_leaves_out(summary):
    full = {"data": {**CHANGE, "adjustment_line_items": ADJUSTMENTS}}
    double = Double({f"{P}/budget_changes": {"data": [summary]}, f"{P}/budget_changes/812": full, **CODES})
    found = await only(double, "budget_change")

    assert (found.values["number"], found.values["status"], found.values["amount"]) == (
        "4",
        "APPROVED",
        Decimal("0.00"),
    )
    assert [(line.values["amount"], line.values["cost_code_text"]) for line in found.lines] == [
        (Decimal("4500.00"), "03-300.SUB"),
        (Decimal("-4500.00"), "05-100.SUB"),
    ]
    assert [line.refs for line in found.lines] == [
        {"cost_code": "03-300", "cost_type": "S"},
        {"cost_code": None, "cost_type": "S"},  # a code that the ERP does not have
    ]
    assert found.values["kind"] == "CHANGE"
    assert "per_page" not in double.queries[0]


async def test_a_budget_is_its_lock_and_the_rows_of_the_view_with_the_erps_codes():
    second = {**ROW, "id": 4002, "category_id": 6, "original_budget_amount": "0.00"}
    answers = {VIEWS: [{"id": 6, "name": "Standard"}], f"{VIEWS}/6/detail_rows": [ROW, second], **CODES}
    found = await only(Double({**answers, f"{P}/budget": {"locked": True}}), "budget")

    assert (found.external_id, found.refs) == ("9", {"project": "9"})
    assert found.values == {"is_locked": True, "original_amount": Decimal("125000.50")}
    assert [
        (line.external_id, line.values["line_number"], line.values["original_amount"]) for line in found.lines
    ] == [
        ("4001", 1, Decimal("125000.50")),
        ("4002", 2, Decimal("0.00")),
    ]
    assert [line.refs for line in found.lines] == [
        {"cost_code": "03-300", "cost_type": "S", "wbs_code": "77"},
        {"cost_code": "03-300", "cost_type": None, "wbs_code": "77"},  # a type that the ERP does not have
    ]


async def test_a_project_without_a_budget_tool_has_no_budget():
    assert await everything(Double({}).connector(), "budget", project="9") == []


MODIFICATIONS = [
    {
        "id": 41,
        "from_budget_line_item_id": 4001,
        "to_budget_line_item_id": 4002,
        "transfer_amount": "4500.00",
        "notes": "Move steel",
        "created_at": "2026-03-01T08:00:00Z",
    },
    {
        "id": 42,
        "from_budget_line_item_id": None,
        "to_budget_line_item_id": 4001,
        "transfer_amount": "10.00",
        "notes": None,
        "created_at": "2026-03-02T08:00:00Z",
    },
]


async def test_a_modification_is_a_change_of_two_lines_from_one_budget_line_to_another():
    second = {**ROW, "id": 4002, "cost_code_origin_id": "MRI:CODE:05-100"}
    double = Double(
        {
            VIEWS: [{"id": 6, "name": "Standard"}],
            f"{VIEWS}/6/detail_rows": [ROW, second],
            f"{P}/budget_modifications": MODIFICATIONS,
            **CODES,
        }
    )
    moved, added = await everything(
        double.connector(budget_form="modifications"), "budget_change", project="9"
    )

    assert (moved.external_id, moved.refs) == ("budget_modification/41", {"project": "9"})
    named = ("kind", "title", "status", "amount")
    assert [moved.values[name] for name in named] == [
        "MODIFICATION",
        "Move steel",
        "APPROVED",
        Decimal("0.00"),
    ]
    assert [(line.values["amount"], line.refs) for line in moved.lines] == [
        (Decimal("-4500.00"), {"cost_code": "03-300", "cost_type": "S"}),
        (Decimal("4500.00"), {"cost_code": "05-100", "cost_type": "S"}),
    ]
    assert [(line.external_id, line.values["amount"]) for line in added.lines] == [
        ("42/to", Decimal("10.00"))
    ]
    assert [added.values[name] for name in named] == ["MODIFICATION", None, "APPROVED", Decimal("10.00")]


@pytest.mark.parametrize(
    ("form", "asked"),
    [
        ("changes", {f"{P}/budget_changes"}),
        ("modifications", {f"{P}/budget_modifications"}),
        ("both", {f"{P}/budget_changes", f"{P}/budget_modifications"}),
    ],
)
async def test_which_form_is_read_is_the_connections_to_say(form, asked):
    double = Double({f"{P}/budget_changes": {"data": []}, f"{P}/budget_modifications": []})

    assert await everything(double.connector(budget_form=form), "budget_change", project="9") == []
    assert set(double.paths) == asked


LINE_V2 = {
    "id": "900",
    "amount": "5000.0",
    "quantity": 1,
    "unit_cost": "5000.0",
    "description": "Rebar",
    "wbs_code_id": "77",
    "wbs_code": {"id": "77", "flat_code": "03-300.SUB"},
    "commitment_line_item_id": "55",
    "position": 1,
}


async def test_a_contract_of_version_2_says_its_kind_and_has_lines_of_its_own():
    contract = {
        "id": str(BIG),
        "type": "PurchaseOrderContract",
        "number": "PO-7",
        "title": "Steel",
        "status": "Partially Received",
        "retainage_percent": "10.0",
        "grand_total": "5000.0",
        "vendor": {"id": "61"},
        **STAMPS,
    }
    lists = f"{V2}/commitment_contracts"
    double = Double({lists: {"data": [contract]}, f"{lists}/{BIG}/line_items": {"data": [LINE_V2]}})
    found = await only(double, "commitment", variants={"commitment": "v2"})

    assert found.external_id == "598134325500011999"
    assert (found.values["kind"], found.values["status"]) == ("PURCHASE_ORDER", "PARTIALLY_RECEIVED")
    assert found.values["original_amount"] == Decimal("5000.00")
    assert found.refs == {"company": "61", "project": "9"}
    assert [line.values["cost_code_text"] for line in found.lines] == ["03-300.SUB"]


ORDER = {
    "id": 301,
    "contract_id": BIG,
    "number": "001",
    "title": "Extra rebar",
    "status": "not_proceeding",
    "grand_total": "5000.0",
    "executed": True,
    "due_date": "2026-04-01",
    **STAMPS,
}


@pytest.mark.parametrize("body", [[ORDER], {"data": [ORDER]}])
async def test_a_change_order_is_read_bare_or_under_data_with_its_lines(body):
    double = Double(
        {
            f"{P}/commitment_change_orders": body,
            f"{V2}/commitment_change_orders/301/line_items": {"data": [LINE_V2]},
        }
    )
    found = await only(double, "commitment_change_order")

    assert found.values == {
        "number": "001",
        "title": "Extra rebar",
        "status": "NOT_PROCEEDING",
        "amount": Decimal("5000.00"),
        "is_executed": True,
        "is_private": False,
        "due_date": date(2026, 4, 1),
        "origin_created_at": datetime(2026, 2, 3, 14, tzinfo=UTC),
    }
    assert found.refs == {"commitment": "598134325500011999", "project": "9"}
    assert found.lines[0].refs["contract_line"] == "55"
    assert found.lines[0].values["amount"] == Decimal("5000.00")


PACKAGES = {
    "/rest/v1.0/change_order_packages": [
        {**ORDER, "origin_id": "MRI:ORDR:24-101:SC-1:001", "origin_code": "001"}
    ],
    "/rest/v1.0/potential_change_orders": [
        {"id": 41, "contract_id": BIG, "change_order_package_id": 301},
        {"id": 42, "contract_id": BIG, "change_order_package_id": 999},
    ],
    "/rest/v1.0/potential_change_orders/41/line_items": [{"id": 7, "amount": "5000.0"}],
}


@pytest.mark.parametrize("variants", [{}, {"commitment_change_order": "legacy"}])
async def test_packages_are_read_with_the_lines_of_their_potential_change_orders(variants):
    double = Double(PACKAGES)
    found = await only(double, "commitment_change_order", variants=variants)

    assert (found.external_id, found.linked_to) == ("301", "24-101/SC-1/001")
    assert [line.external_id for line in found.lines] == ["7"]
    assert (f"{P}/commitment_change_orders" in double.paths) is (variants == {})


async def test_a_prime_contract_has_lines_of_its_own():
    contract = {
        "id": 11,
        "number": "1",
        "title": "Tower",
        "status": "Approved",
        "grand_total": "900000.00",
        "retainage_percent": "5.0",
        "contract_start_date": "2026-01-05",
        "contract_estimated_completion_date": "2027-06-30",
        "vendor": {"id": 3},
        **STAMPS,
    }
    lists = "/rest/v1.0/prime_contracts"
    line = {
        "id": 12,
        "amount": "900000.00",
        "cost_code": {"full_code": "03-300", "origin_id": "MRI:CODE:03-300"},
    }
    found = await only(Double({lists: [contract], f"{lists}/11/line_items": [line]}), "prime_contract")

    assert (found.values["status"], found.values["completion_date"]) == ("APPROVED", date(2027, 6, 30))
    assert found.values["retainage_percent"] == Decimal("5.00")
    assert [(each.values["amount"], each.refs["cost_code"]) for each in found.lines] == [
        (Decimal("900000.00"), "03-300")
    ]


async def test_a_change_order_of_the_prime_contract_names_it():
    double = Double(
        {
            f"{P}/prime_change_orders": [{**ORDER, "contract_id": 11}],
            f"{V2}/prime_change_orders/301/line_items": {"data": []},
        }
    )
    found = await only(double, "prime_contract_change_order")

    assert found.refs == {"prime_contract": "11", "project": "9"}
    assert found.lines == ()


BILLED = {
    "id": 5,
    "item_type": "contract_item",
    "cost_code_id": 12,
    "line_item_id": 55,
    "wbs_code": {"id": 77, "flat_code": "03-300.SUB"},
    "description_of_work": "Footings",
    "scheduled_value": "10000.00",
    "work_completed_this_period": "4000.00",
    "work_completed_retainage_retained_this_period": "400.00",
    "work_completed_retainage_released_this_period": "0.00",
    "materials_presently_stored": "100.00",
    "materials_stored_retainage_retained_this_period": "10.00",
    "net_amount": "3690.00",
}


async def test_an_owner_invoice_is_fetched_for_its_lines():
    head = {
        "id": 71,
        "number": 3,
        "invoice_number": "A-3",
        "billing_date": "2026-03-31",
        "period_start": "2026-03-01",
        "period_end": "2026-03-31",
        "status": "approved",
        "percent_complete": "12.5",
        "total_amount_paid": "0.00",
        "contract": {"id": 11},
        "g702": {"current_payment_due": "3690.00"},
    }
    lists = "/rest/v1.0/payment_applications"
    found = await only(Double({lists: [head], f"{lists}/71": {**head, "g703": [BILLED]}}), "owner_invoice")

    assert (found.values["number"], found.values["invoice_number"]) == ("3", "A-3")
    assert (found.values["amount"], found.values["period_end"]) == (Decimal("3690.00"), date(2026, 3, 31))
    assert found.refs["prime_contract"] == "11"
    assert found.lines[0].values["completed_amount"] == Decimal("4000.00")


INVOICE = {
    "id": 88,
    "number": 2,
    "invoice_number": "INV-2",
    "commitment_id": BIG,
    "vendor_id": 61,
    "requisition_start": "2026-03-01",
    "requisition_end": "2026-03-31",
    "billing_date": "2026-03-31",
    "payment_date": None,
    "status": "approved_as_noted",
    "erp_status": None,
    "percent_complete": "96.36%",
    "final": False,
    "submitted_at": "2026-04-01T08:00:00-07:00",
    "attachments": [{"id": 1, "url": "https://files.example.com/1", "filename": "a.pdf"}],
    "origin_id": None,
    "items": [BILLED, {**BILLED, "id": 6, "work_completed_this_period": "1000.00"}],
    **STAMPS,
}
SUMMARY = {"current_payment_due": "4590.00", "tax_applicable_to_this_payment": "0.00"}


@pytest.mark.parametrize(("name", "version"), [("summary", "v1.1"), ("g702", "v1.0")])
async def test_a_subcontractor_invoice_comes_with_its_items_and_their_sums(name, version):
    double = Double({f"/rest/{version}/requisitions": [{**INVOICE, name: SUMMARY}]})
    found = await only(double, "subcontractor_invoice", versions={"requisitions": version})

    values = found.values
    assert (values["number"], values["invoice_number"]) == ("2", "INV-2")
    assert values["status"] == "APPROVED_AS_NOTED"
    assert values["payment_due_amount"] == Decimal("4590.00")
    assert values["percent_complete"] == Decimal("96.36")
    assert (values["completed_amount"], values["retainage_held_amount"]) == (
        Decimal("5000.00"),
        Decimal("800.00"),
    )
    assert values["stored_materials_amount"] == Decimal("200.00")
    assert values["attachment_urls"] == ["https://files.example.com/1"]
    assert values["submitted_at"] == datetime(2026, 4, 1, 15, tzinfo=UTC)
    assert found.refs == {"commitment": "598134325500011999", "company": "61", "project": "9"}
    assert found.lines[0].refs == {
        "project_cost_code": "12",
        "wbs_code": "77",
        "cost_code": None,
        "cost_type": None,
    }
    assert found.lines[0].values["contract_line_id"] == "55"
    assert found.problems == ()
    assert double.queries[0]["view"] == "items"


async def test_items_that_the_invoice_leaves_out_are_read_from_their_lists():
    bare = {key: value for key, value in INVOICE.items() if key != "items"}
    below = "/rest/v1.0/requisitions/88"
    double = Double(
        {
            "/rest/v1.1/requisitions": [bare],
            f"{below}/contract_items": [BILLED],
            f"{below}/contract_detail_items": [],
            f"{below}/change_order_items": [{**BILLED, "id": 8}],
        }
    )

    assert [line.external_id for line in (await only(double, "subcontractor_invoice")).lines] == ["5", "8"]


PAYMENT = {
    "id": 15,
    "contract_id": 1,
    "amount": "3690.00",
    "date": "2026-04-10",
    "invoice_number": "INV-2",
    "check_number": "100234",
    "payment_number": 1,
    "payment_method": "check",
    "requisition_id": 88,
    "status": "void",
    "origin_id": "MRI:PAY:P-9",
    **STAMPS,
}


async def test_payments_are_read_below_each_contract_of_both_kinds():
    def payments(request):
        rows = {"1": [PAYMENT], "2": [], "3": [{**PAYMENT, "id": 16, "contract_id": 3, "status": None}]}
        return httpx.Response(200, json=rows[request.url.params["contract_id"]])

    double = Double(
        {
            "/rest/v1.0/work_order_contracts": [{"id": 1}, {"id": 2}],
            "/rest/v1.0/purchase_order_contracts": [{"id": 3}],
            "/rest/v1.0/contract_payments": payments,
        }
    )
    first, second = await everything(double.connector(), "payment", project="9")

    assert first.values == {
        "invoice_number": "INV-2",
        "number": "1",
        "check_number": "100234",
        "amount": Decimal("3690.00"),
        "paid_on": date(2026, 4, 10),
        "method": "CHECK",
        "is_void": True,
    }
    assert first.linked_to == "P-9"
    assert first.refs == {"commitment": "1", "subcontractor_invoice": "88", "project": "9"}
    assert (second.external_id, second.refs["commitment"], second.values["is_void"]) == ("16", "3", False)


async def test_payments_are_looked_for_below_contracts_that_did_not_change_too():
    double = Double(
        {
            "/rest/v1.0/work_order_contracts": [{"id": 1}],
            "/rest/v1.0/purchase_order_contracts": [],
            "/rest/v1.0/contract_payments": [PAYMENT],
        }
    )
    found = await everything(double.connector(), "payment", project="9", since="2026-03-02T09:00:00Z")

    assert len(found) == 1
    assert not any("filters[updated_at]" in query for query in double.queries)


async def test_one_payment_is_read_by_its_id():
    double = Double({"/rest/v1.0/contract_payments/15": PAYMENT})
    (found,) = await everything(double.connector(), "payment", project="9", id="15")

    assert (found.external_id, double.queries) == ("15", [{"project_id": "9"}])


async def test_payments_of_one_contract_are_read_by_it():
    double = Double({"/rest/v1.0/contract_payments": [PAYMENT]})
    (found,) = await everything(double.connector(), "payment", project="9", contract="1")

    assert found.external_id == "15"
    assert double.paths == ["/rest/v1.0/contract_payments"]


COST = {
    "id": 51,
    "direct_cost_type": "subcontractor_invoice",
    "direct_cost_date": "2026-03-15",
    "description": "Pump hire",
    "invoice_number": "77",
    "vendor": {"id": 61, "name": "Okafor"},
    "status": "approved",
    "received_date": None,
    "payment_date": None,
    "grand_total": "120.00",
    "origin_id": "MRI:COST:T-1",
    **STAMPS,
}
COST_LINE = {
    "id": 52,
    "amount": "120.00",
    "quantity": "1.0",
    "cost_code": {"full_code": "03-300", "origin_id": "MRI:CODE:03-300"},
    "line_item_type": {"origin_id": "MRI:CAT:MAT"},
    "origin_id": "MRI:CLIN:T-1-1",
}


@pytest.mark.parametrize("inline", [True, False])
async def test_a_direct_cost_has_its_lines_inline_or_below_it(inline):
    row = {**COST, "line_items": [COST_LINE]} if inline else COST
    double = Double(
        {"/rest/v1.1/projects/9/direct_costs": [row], f"{P}/direct_costs/51/line_items": [COST_LINE]}
    )
    found = await only(double, "direct_cost")

    assert (found.values["kind"], found.values["amount"]) == ("SUBCONTRACTOR_INVOICE", Decimal("120.00"))
    assert (found.linked_to, found.refs["company"]) == ("T-1", "61")
    (line,) = found.lines
    assert (line.linked_to, line.refs["cost_code"], line.refs["cost_type"]) == ("T-1-1", "03-300", "MAT")


TOOLS = [
    {
        "id": 1,
        "name": "erp_integrations",
        "friendly_name": "ERP Integrations",
        "user_access_level": {"id": 4, "name": "Admin"},
        "permitted_actions": ["can_push_to_accounting"],
    },
    {"id": 2, "name": "directory", "user_access_level": {"name": "Read Only"}, "permitted_actions": None},
]


@pytest.mark.parametrize(
    ("scope", "query"), [({}, {"company_id": "4100"}), ({"project": "9"}, {"project_id": "9"})]
)
async def test_own_permissions_come_per_tool(scope, query):
    double = Double({"/rest/v1.0/settings/permissions": {"tools": TOOLS}})
    first, second = await everything(double.connector(), "own_permission", **scope)

    assert (first.external_id, first.external_code) == ("erp_integrations", "ERP Integrations")
    assert first.values == {"level": 3, "granular": ["can_push_to_accounting"]}
    assert second.values == {"level": 1, "granular": []}
    assert double.queries == [query]


async def test_the_privilege_to_push_may_come_with_the_template():
    user = {"id": BIG, "name": "Ana", "email_address": "a@example.com", "is_active": True}
    double = Double(
        {
            "/rest/v1.3/companies/4100/users": [{**user, "permission_template": {"id": 7}}],
            "/rest/v1.0/companies/4100/permission_templates/7": {"id": 7, "tools": TOOLS},
        }
    )
    found = await only(double, "member")

    assert found.values["can_push_to_accounting"] is True
    assert found.values["levels"] == {"erp": 3, "directory": 1, "admin": 0, "reports": 0}


async def test_a_request_of_the_erp_tool_is_read_alone_or_in_its_list():
    row = {
        "id": 90871,
        "request_name": "create_vendor",
        "request_data": {"request_detail_id": 5},
        "created_at": CREATED,
    }
    lists = "/rest/v1.0/companies/4100/erp_requests"
    double = Double({lists: [row], f"{lists}/90871": row})
    (listed,) = await everything(double.connector(), "erp_request")
    (alone,) = await everything(double.connector(), "erp_request", id="90871")

    assert listed == alone
    assert alone.values["details"] == [{"id": "5", "item_type": None, "item_id": None}]
    assert await everything(double.connector(), "erp_request", id="4") == []


async def test_tickets_are_read_by_their_item():
    row = {
        "id": 5,
        "erp_request_id": 90871,
        "status": "failed",
        "item_type": "vendor",
        "item_id": BIG,
        "messages": "No.",
    }
    double = Double({"/rest/v1.0/companies/4100/erp_request_details": [row]})
    (found,) = await everything(double.connector(), "request_detail", item=str(BIG))

    assert found.values == {
        "status": "failed",
        "item_type": "vendor",
        "item_id": "598134325500011999",
        "messages": ["No."],
    }
    assert found.refs == {"erp_request": "90871"}
    assert double.queries[0]["filters[item_id]"] == str(BIG)


async def test_webhooks_and_their_triggers_are_read_back():
    hooks = "/rest/v1.0/webhooks/hooks"
    hook = {
        "id": 8,
        "api_version": "v2",
        "namespace": "erp-hub",
        "destination_url": "https://hub.example.com/in",
    }
    trigger = {"id": 9, "resource_name": "ERP Requests", "event_type": "CREATE"}
    connector = Double({hooks: [hook], f"{hooks}/8/triggers": [trigger]}).connector()
    (first,) = await everything(connector, "hook")
    (second,) = await everything(connector, "hook_trigger", hook="8")

    assert first.values == {
        "namespace": "erp-hub",
        "destination_url": "https://hub.example.com/in",
        "api_version": "v2",
    }
    assert second.values == {"resource_name": "ERP Requests", "event_type": "CREATE"}


async def test_budget_transactions_say_whether_they_are_synced():
    rows = [{"id": 3, "origin_id": "MRI:REV:24-101:1", "synced": True}, {"id": 4, "synced": False}]
    double = Double({"/rest/v1.0/erp_transactions": rows})
    found = await everything(double.connector(), "erp_transaction", project="9")

    assert [(each.external_id, each.values["is_synced"]) for each in found] == [("3", True), ("4", False)]
    assert double.queries[0]["view"] == "extended"
