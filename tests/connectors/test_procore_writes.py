"""What the hub writes to Procore: the exact request of each operation, its answer, and its read-back."""

import json
from datetime import date
from decimal import Decimal

import httpx
import pytest
from driving import everything, pushed
from procore_double import Double, sent

from hub.connectors import capabilities
from hub.connectors.procore.leaving import leaving
from hub.connectors.procore.operations import OPERATIONS
from hub.errors import ErpRefused, ErpUnavailable, ErpUnexpected, MappingError, Refused

C = "/rest/v1.0/companies/4100"
P = "/rest/v1.0/projects/9"


def steps(key, facts, **settings):
    return Double({}).connector(**settings).steps(key, facts, {})


def only(key, facts, **settings):
    (step,) = steps(key, facts, **settings)
    return step


LINE = {
    "job_code": "24-101",
    "number": "SC-1",
    "line_number": 1,
    "amount": Decimal("5000.00"),
    "wbs_code_id": "77",
}
CASES = {
    "sub_job": (
        {"project": "9", "items": [{"job_code": "24-101", "code": "N1", "name": "North"}]},
        ("PATCH", "/rest/v1.0/sub_jobs/sync?project_id=9"),
        {"project_id": 9, "updates": [{"origin_id": "MRI:SUBJ:24-101:N1", "code": "N1", "name": "North"}]},
    ),
    "budget_line": (
        {"project": "9", "items": [{"wbs_code_id": "77", "original_amount": Decimal("125000.50")}]},
        ("POST", "/rest/v1.0/budget_line_items/sync"),
        {"project_id": 9, "budget_line_items": [{"wbs_code_id": 77, "original_budget_amount": "125000.50"}]},
    ),
    "commitment": (
        {
            "project": "9",
            "kind": "SUBCONTRACT",
            "items": [
                {
                    "job_code": "24-101",
                    "number": "SC-1",
                    "title": "Concrete",
                    "status": "OUT_FOR_BID",
                    "company": "61",
                    "contract_date": date(2026, 3, 2),
                    "retainage_percent": Decimal("10.00"),
                }
            ],
        },
        ("PATCH", "/rest/v1.0/work_order_contracts/sync"),
        {
            "project_id": 9,
            "updates": [
                {
                    "origin_id": "MRI:CONT:24-101:SC-1",
                    "origin_code": "SC-1",
                    "number": "SC-1",
                    "title": "Concrete",
                    "status": "Out For Bid",
                    "retainage_percent": "10.00",
                    "contract_date": "2026-03-02",
                    "vendor_id": 61,
                }
            ],
        },
    ),
    "commitment_line": (
        {"project": "9", "contract": "5", "kind": "PURCHASE_ORDER", "items": [LINE]},
        ("PATCH", "/rest/v1.0/purchase_order_contracts/5/line_items/sync?project_id=9"),
        {"updates": [{"origin_id": "MRI:LINE:24-101:1:SC-1", "amount": "5000.00", "wbs_code_id": 77}]},
    ),
    "prime_contract_line": (
        {
            "project": "9",
            "contract": "11",
            "items": [{"origin_id": "X:1", "amount": Decimal(1), "cost_code_id": "12", "cost_type_id": "5"}],
        },
        ("PATCH", "/rest/v1.0/prime_contracts/11/line_items/sync?project_id=9"),
        {"updates": [{"origin_id": "X:1", "amount": "1.00", "cost_code_id": 12, "line_item_type_id": 5}]},
    ),
    "direct_cost": (
        {
            "project": "9",
            "items": [
                {
                    "erp_id": "T-1",
                    "kind": "INVOICE",
                    "invoice_number": "77",
                    "company": "61",
                    "status": "APPROVED",
                    "cost_date": date(2026, 3, 15),
                    "paid_date": None,
                }
            ],
        },
        ("PATCH", f"{P}/direct_costs/sync"),
        {
            "updates": [
                {
                    "origin_id": "MRI:COST:T-1",
                    "direct_cost_type": "invoice",
                    "invoice_number": "77",
                    "status": "approved",
                    "direct_cost_date": "2026-03-15",
                    "payment_date": None,
                    "vendor_id": 61,
                }
            ]
        },
    ),
    "direct_cost_line": (
        {
            "project": "9",
            "items": [
                {"erp_id": "T-1-1", "direct_cost": "51", "amount": Decimal("-3.50"), "wbs_code_id": "77"}
            ],
        },
        ("PATCH", f"{P}/direct_costs/line_items/sync"),
        {
            "updates": [
                {
                    "origin_id": "MRI:CLIN:T-1-1",
                    "wbs_code_id": 77,
                    "amount": "-3.50",
                    "direct_cost_id": 51,
                }
            ]
        },
    ),
    "payment": (
        {
            "project": "9",
            "contract": "1",
            "erp_id": "P-9",
            "amount": Decimal("3690.00"),
            "paid_on": date(2026, 4, 10),
            "check_number": "100234",
            "method": "CHECK",
        },
        ("POST", "/rest/v1.0/contract_payments"),
        {
            "project_id": 9,
            "contract_payment": {
                "contract_id": 1,
                "origin_id": "MRI:PAY:P-9",
                "amount": "3690.00",
                "date": "2026-04-10",
                "check_number": "100234",
                "payment_method": "check",
            },
        },
    ),
    "invoice_payment": (
        {"items": [{"invoice": "88", "erp_id": "P-9", "amount": Decimal("3690.00")}]},
        ("PATCH", f"{C}/invoice_payments/sync"),
        {
            "updates": [
                {
                    "invoice_type": "Billings::Requisition",
                    "invoice_id": 88,
                    "origin_id": "MRI:PAY:P-9",
                    "origin_code": "P-9",
                    "amount": "3690.00",
                }
            ]
        },
    ),
    "job_cost": (
        {
            "job_code": "24-101",
            "items": [
                {"cost_code_id": "12", "cost_type_id": "5", "figures": {"job_to_date_cost": Decimal("12.50")}}
            ],
        },
        ("PATCH", "/rest/v1.0/erp_job_costs/sync"),
        {
            "company_id": 4100,
            "job_origin_id": "MRI:JOB:24-101",
            "updates": [{"job_to_date_cost": Decimal("12.50"), "cost_code_id": 12, "line_item_type_id": 5}],
        },
    ),
    "erp_transaction": (
        {"project": "9", "items": [{"id": "3", "origin_id": "MRI:REV:24-101:1"}]},
        ("PATCH", "/rest/v1.0/erp_transactions/sync"),
        {"project_id": 9, "updates": [{"id": 3, "origin_id": "MRI:REV:24-101:1", "synced": True}]},
    ),
    "request_detail": (
        {"items": [{"id": "5", "status": "success"}, {"id": "6", "status": "failed", "messages": ["No."]}]},
        ("PATCH", f"{C}/erp_request_details/sync"),
        {
            "updates": [
                {"id": 5, "status": "success", "messages": []},
                {"id": 6, "status": "failed", "messages": ["No."]},
            ]
        },
    ),
    "staged_record": (
        {
            "items": [
                {
                    "item_type": "work_order_contract",
                    "origin_id": "MRI:CONT:24-101:SC-1",
                    "origin_code": "SC-1",
                    "data": {"project_origin_id": "MRI:JOB:24-101", "title": "Concrete"},
                    "children": [
                        {"item_type": "line_item", "origin_id": "MRI:LINE:24-101:1:SC-1", "data": {}}
                    ],
                }
            ]
        },
        ("PATCH", f"{C}/staged_records/sync"),
        {
            "updates": [
                {
                    "item_type": "work_order_contract",
                    "origin_id": "MRI:CONT:24-101:SC-1",
                    "status": "staged",
                    "data": {"project_origin_id": "MRI:JOB:24-101", "title": "Concrete"},
                    "origin_code": "SC-1",
                    "children": [
                        {
                            "item_type": "line_item",
                            "origin_id": "MRI:LINE:24-101:1:SC-1",
                            "status": "staged",
                            "data": {},
                        }
                    ],
                }
            ]
        },
    ),
    "erp_connection": (
        {"service_url": "https://hub.example.com", "metadata": {"settings": {}}},
        ("POST", f"{C}/erp_connections"),
        {"connection": {"service_url": "https://hub.example.com", "metadata": {"settings": {}}}},
    ),
    "hook": (
        {"namespace": "erp-hub", "destination_url": "https://hub.example.com/in"},
        ("POST", "/rest/v1.0/webhooks/hooks"),
        {
            "company_id": 4100,
            "hook": {
                "api_version": "v2",
                "namespace": "erp-hub",
                "destination_url": "https://hub.example.com/in",
            },
        },
    ),
    "hook_trigger": (
        {"hook": "8", "resource_name": "ERP Requests", "event_type": "create"},
        ("POST", "/rest/v1.0/webhooks/hooks/8/triggers"),
        {
            "company_id": 4100,
            "api_version": "v2",
            "trigger": {"resource_name": "ERP Requests", "event_type": "create"},
        },
    ),
    "wbs_code": (
        {"project": "9", "code": "03-300.SUB", "segments": [{"segment_id": "1", "segment_item_id": "2"}]},
        ("POST", f"{P}/work_breakdown_structure/wbs_codes"),
        {"segment_items": [{"segment_id": 1, "segment_item_id": 2}]},
    ),
}


@pytest.mark.parametrize("key", CASES)
def test_each_object_is_written_by_its_own_request(key):
    facts, (method, target), body = CASES[key]
    step = only(key, facts)

    assert (step.method, step.target, dict(step.body)) == (method, target, body)
    assert step.operation in OPERATIONS


def test_every_operation_has_a_class_and_every_object_says_that_it_is_written():
    found = capabilities("procore", {})

    assert found.write_classes.keys() == OPERATIONS.keys()
    assert set(CASES) <= found.exports


@pytest.mark.parametrize(
    ("key", "facts", "target"),
    [
        ("hook", {"id": "8"}, "/rest/v1.0/webhooks/hooks/8?company_id=4100"),
        ("hook_trigger", {"hook": "8", "id": "9"}, "/rest/v1.0/webhooks/hooks/8/triggers/9?company_id=4100"),
    ],
)
@pytest.mark.parametrize("status", [200, 204, 404])
async def test_what_is_deleted_is_gone_also_when_it_was_gone_before(key, facts, target, status):
    path = target.split("?")[0]
    double = Double({path: httpx.Response(status, content=b"")})
    step = only(key, {**facts, "verb": "delete"})

    answer = await pushed(double.connector(), step)

    assert (step.method, step.target, answer.external_id) == ("DELETE", target, facts["id"])
    assert double.asked[0].content == b""


async def test_a_staged_record_is_made_and_changed_alone():
    facts = {"item_type": "vendor", "origin_id": "MRI:VEND:A", "data": {"name": "A"}}
    double = Double(
        {f"{C}/staged_records": {"id": 3}, f"{C}/staged_records/3": {"id": 3, "status": "archived"}}
    )
    connector = double.connector()
    made = only("staged_record", {**facts, "verb": "create"})
    changed = only("staged_record", {**facts, "verb": "update", "id": "3", "status": "archived"})

    assert (await pushed(connector, made)).external_id == "3"
    assert (await pushed(connector, changed)).external_id == "3"
    assert [(each.method, each.url.path) for each in double.asked] == [
        ("POST", f"{C}/staged_records"),
        ("PUT", f"{C}/staged_records/3"),
    ]


async def test_metadata_is_pushed_again_to_the_connection_that_there_is():
    facts = {
        "verb": "update",
        "id": "7",
        "service_url": "https://hub.example.com",
        "metadata": {"settings": {}},
    }
    double = Double({f"{C}/erp_connections/7": {"id": 7, "standard_cost_code_list_id": 3}})

    assert (await pushed(double.connector(), only("erp_connection", facts))).external_id == "7"
    assert double.asked[0].method == "PATCH"
    assert sent(double) == {
        "connection": {"service_url": "https://hub.example.com", "metadata": {"settings": {}}}
    }


async def test_the_secret_of_a_hook_joins_as_the_request_leaves():
    double = Double({"/rest/v1.0/webhooks/hooks": {"id": 8, "namespace": "erp-hub"}})
    step = only("hook", CASES["hook"][0])

    await pushed(double.connector(), step)

    assert "h00k" not in repr(step)
    assert sent(double)["hook"]["destination_headers"] == {"Authorization": "Bearer h00k"}


async def test_a_hook_without_a_secret_is_not_made():
    with pytest.raises(Refused, match="no secret"):
        leaving(only("hook", CASES["hook"][0]), b"{}", proof="", bare=())


async def test_a_budget_is_answered_by_the_bare_list_in_any_order():
    items = [
        {"wbs_code_id": "77", "original_amount": Decimal(5)},
        {"wbs_code_id": "79", "original_amount": Decimal(6)},
    ]
    rows = [
        {"id": 2, "wbs_code": {"id": 79}, "original_budget_amount": 6.0},
        {"id": 1, "wbs_code": {"id": 77}, "original_budget_amount": 5.0},
    ]
    double = Double({"/rest/v1.0/budget_line_items/sync": rows})

    answer = await pushed(double.connector(), only("budget_line", {"project": "9", "items": items}))

    assert answer.entries == {"77": "1", "79": "2"}


async def test_a_budget_line_may_be_known_by_code_and_type():
    item = {"cost_code_id": "12", "cost_type_id": "5", "original_amount": Decimal(5)}
    rows = [{"id": 1, "cost_code": {"id": 12}, "line_item_type": {"id": 5}, "original_budget_amount": 5}]
    double = Double({"/rest/v1.0/budget_line_items/sync": rows})

    answer = await pushed(double.connector(), only("budget_line", {"project": "9", "items": [item]}))

    assert answer.entries == {"12:5": "1"}


@pytest.mark.parametrize("amount", ["4999.99", "0"])
async def test_an_amount_that_comes_back_otherwise_proves_nothing(amount):
    facts, (_, target), _ = CASES["commitment_line"]
    stored = {"id": 1, "origin_id": "MRI:LINE:24-101:1:SC-1", "amount": amount}
    double = Double({target.split("?")[0]: {"entities": [stored], "errors": []}})

    with pytest.raises(ErpUnexpected, match="silent about 1"):
        await pushed(double.connector(), only("commitment_line", facts))


def payment_server(rows):
    return Double(
        {
            "/rest/v1.0/contract_payments": lambda request: (
                httpx.Response(200, json=rows)
                if request.method == "GET"
                else httpx.Response(201, json={"id": 15, **json.loads(request.content)["contract_payment"]})
            )
        }
    )


async def test_a_payment_is_made_and_proves_its_amount():
    answer = await pushed(payment_server([]).connector(), only("payment", CASES["payment"][0]))

    assert (answer.external_id, answer.snapshot["amount"]) == ("15", "3690.00")


async def test_a_payment_whose_answer_was_lost_is_found_by_contract_and_origin_id():
    rows = [
        {"id": 14, "contract_id": 1, "origin_id": "MRI:PAY:P-8", "amount": "3690.00"},
        {
            "id": 15,
            "contract_id": 1,
            "origin_id": "MRI:PAY:P-9",
            "amount": "3690.0",
            "check_number": "100235",
        },
    ]
    double, step = payment_server(rows), only("payment", CASES["payment"][0])
    found = await double.connector().find(step)

    assert (found.external_id, found.differences) == ("15", {"check_number": ("100234", "100235")})
    assert (double.queries[0]["project_id"], double.queries[0]["contract_id"]) == ("9", "1")
    assert await payment_server(rows[:1]).connector().find(step) is None


async def test_a_synced_payment_takes_no_new_amount():
    locked = httpx.Response(422, json={"errors": {"amount": ["is locked by the ERP"]}})
    double = Double({"/rest/v1.0/contract_payments": locked})

    with pytest.raises(ErpRefused, match="amount: is locked by the ERP"):
        await pushed(double.connector(), only("payment", CASES["payment"][0]))


async def test_a_wbs_code_is_found_before_it_is_made():
    step = only("wbs_code", CASES["wbs_code"][0])
    path = f"{P}/work_breakdown_structure/wbs_codes"
    double = Double({path: [{"id": 76, "flat_code": "03-300.SUBX"}, {"id": 77, "flat_code": "03-300.SUB"}]})

    assert (await double.connector().find(step)).external_id == "77"
    assert double.queries[0]["query"] == "03-300.SUB"


async def test_hooks_and_triggers_are_found_whatever_the_case_of_the_event():
    hooks = "/rest/v1.0/webhooks/hooks"
    double = Double(
        {
            hooks: [{"id": 8, "namespace": "erp-hub", "destination_url": "https://hub.example.com/in"}],
            f"{hooks}/8/triggers": [{"id": 9, "resource_name": "ERP Requests", "event_type": "CREATE"}],
        }
    )
    connector = double.connector()

    assert (await connector.find(only("hook", CASES["hook"][0]))).external_id == "8"
    assert (await connector.find(only("hook_trigger", CASES["hook_trigger"][0]))).external_id == "9"
    assert double.queries[0]["namespace"] == "erp-hub"


@pytest.mark.parametrize(
    ("key", "path"),
    [("sub_job", "/rest/v1.0/sub_jobs"), ("direct_cost_line", f"{P}/direct_costs/line_items")],
)
async def test_a_list_that_does_not_filter_by_origin_id_is_read_whole(key, path):
    step = only(key, CASES[key][0])
    (entry,) = step.body["updates"]
    rows = [{"id": number, "origin_id": f"X:{number}"} for number in range(3)] + [{"id": 7, **entry}]
    double = Double({path: rows})
    found = await double.connector().find(step)

    assert (found.external_id, found.differences) == ("7", {})
    assert "filters[origin_id]" not in double.queries[0]


async def test_a_contract_whose_answer_was_lost_is_found_by_its_origin_id_and_made_once():
    stored = []

    def contracts(request):
        if request.method == "GET":
            wanted = request.url.params["filters[origin_id]"]
            return httpx.Response(200, json=[each for each in stored if each["origin_id"] == wanted])
        stored.extend({"id": 7, **each} for each in json.loads(request.content)["updates"])
        raise httpx.ReadError("gone")

    paths = ("/rest/v1.0/work_order_contracts/sync", "/rest/v1.0/work_order_contracts")
    connector = Double(dict.fromkeys(paths, contracts)).connector()
    step = only("commitment", CASES["commitment"][0])
    assert await connector.find(step) is None
    with pytest.raises(ErpUnavailable) as lost:
        await pushed(connector, step)

    found = await connector.find(step)
    assert lost.value.reached
    assert (found.external_id, found.differences, len(stored)) == ("7", {}, 1)


def test_2300_updates_go_in_slices_of_500():
    items = [{"id": str(number), "status": "success"} for number in range(2300)]

    sizes = [len(step.body["updates"]) for step in steps("request_detail", {"items": items})]

    assert sizes == [500, 500, 500, 500, 300]


async def test_one_lost_slice_is_sent_again_alone():
    items = [{"erp_id": f"V{number}", "name": "V"} for number in range(5)]
    calls = []

    def vendors(request):
        updates = json.loads(request.content)["updates"]
        calls.append([each["origin_id"] for each in updates])
        if len(calls) == 2:
            return httpx.Response(502, html="<html>")
        stored = [{"id": int(each["origin_code"][1:]) + 1, **each} for each in reversed(updates)]
        return httpx.Response(200, json={"entities": stored, "errors": []})

    connector = Double({"/rest/v1.0/vendors/sync": vendors}).connector(batch_size=2)
    entries = {}
    for step in connector.steps("company", {"items": items}, {}):
        try:
            entries |= (await pushed(connector, step)).entries
        except ErpUnavailable:
            entries |= (await pushed(connector, step)).entries

    assert [len(call) for call in calls] == [2, 2, 2, 1]
    assert calls[1] == calls[2]
    assert entries == {f"MRI:VEND:V{number}": str(number + 1) for number in range(5)}


async def test_good_and_bad_entries_of_the_published_example_are_told_apart():
    items = [
        {"erp_id": "OKAF01", "name": "Okafor Concrete"},
        {"erp_id": "GHST", "external_id": "999999999", "name": "Ghost"},
        {"erp_id": "BLNK", "name": ""},
    ]
    answer = {
        "entities": [{"id": 598134325500011, "name": "Okafor Concrete", "origin_id": "MRI:VEND:OKAF01"}],
        "errors": [
            {"origin_id": "MRI:VEND:BLNK", "name": "", "errors": {"name": ["can't be blank"]}},
            {"id": 999999999, "name": "Ghost", "errors": {"id": ["Entity with this ID not found"]}},
        ],
    }
    connector = Double({"/rest/v1.0/vendors/sync": answer}).connector()
    (step,) = connector.steps("company", {"items": items}, {})

    found = await pushed(connector, step)

    assert found.entries == {"MRI:VEND:OKAF01": "598134325500011"}
    assert found.errors == {
        "MRI:VEND:GHST": "id: Entity with this ID not found",
        "MRI:VEND:BLNK": "name: can't be blank",
    }


def test_words_and_paths_of_the_erp_tool_are_settings():
    spelled = only(
        "request_detail",
        {"id": "5", "status": "in_progress"},
        request_statuses={"in_progress": "in progress"},
        paths={"request_detail.close": "/rest/v1.1/companies/{company}/details/{id}"},
    )

    assert spelled.body == {"request_detail": {"status": "in progress", "messages": []}}
    assert spelled.expected == {"status": "in progress"}
    assert spelled.target == "/rest/v1.1/companies/4100/details/5"


@pytest.mark.parametrize(
    ("settings", "body"),
    [
        ({}, [{"id": 5, "status": "success", "messages": ["Grüße"]}]),
        ({"bare_arrays": []}, {"updates": [{"id": 5, "status": "success", "messages": ["Grüße"]}]}),
    ],
)
async def test_tickets_are_closed_by_a_bare_list_unless_set_otherwise(settings, body):
    answer = {"entities": [{"id": 5, "status": "success"}], "errors": []}
    double = Double({f"{C}/erp_request_details/sync": answer})
    items = [{"id": "5", "status": "success", "messages": ["Grüße"]}]
    connector = double.connector(**settings)
    (step,) = connector.steps("request_detail", {"items": items}, {})

    assert (await pushed(connector, step)).entries == {"5": "5"}
    assert sent(double) == body


@pytest.mark.parametrize(
    ("key", "facts", "field"),
    [
        ("commitment", {"project": "9", "kind": "OTHER", "number": "1", "job_code": "1"}, "kind"),
        (
            "commitment_line",
            {"project": "9", "contract": "5", "kind": "SUBCONTRACT", **LINE, "wbs_code_id": None},
            "wbs_code_id",
        ),
        ("commitment_line", {"project": "9", "contract": "x", "kind": "SUBCONTRACT", **LINE}, "contract"),
        (
            "commitment_line",
            {"project": "9", "contract": "5", "kind": "SUBCONTRACT", **LINE, "line_number": 0},
            "line_number",
        ),
        (
            "prime_contract_line",
            {"project": "9", "contract": "5", "origin_id": "X", "cost_code_id": "1"},
            "cost_type_id",
        ),
        ("direct_cost", {"project": "9", "erp_id": "T", "kind": "INVOICE"}, "invoice_number"),
        ("direct_cost", {"project": "9", "erp_id": "T", "kind": "INVOICE", "invoice_number": "1"}, "company"),
        ("direct_cost", {"project": "9", "erp_id": "T", "kind": "GIFT"}, "kind"),
        ("payment", {"project": "9", "contract": "1", "erp_id": "P"}, "amount"),
        ("payment", {"contract": "1", "erp_id": "P", "amount": Decimal(1)}, "project"),
        ("external_data", {"item_type": "poem", "item_id": "1"}, "item_type"),
        ("staged_record", {"item_type": "member", "origin_id": "X"}, "item_type"),
        ("staged_record", {"item_type": "sub_job", "origin_id": "X", "data": {}}, "project_origin_id"),
        ("staged_record", {"item_type": "vendor", "origin_id": "X", "status": "gone"}, "status"),
        (
            "commitment",
            {"project": "9", "kind": "SUBCONTRACT", "number": "1", "job_code": "1", "status": "PAUSED"},
            "status",
        ),
        ("hook", {"namespace": "ERP Hub", "destination_url": "https://hub.example.com"}, "namespace"),
        ("wbs_code", {"project": "9", "code": "1", "segments": []}, "segments"),
        ("hook", {"verb": "delete", "id": "all"}, "id"),
    ],
)
def test_what_lacks_something_never_becomes_a_request(key, facts, field):
    with pytest.raises(MappingError) as refused:
        steps(key, facts)

    assert refused.value.field == field


def test_a_verb_that_procore_lacks_is_refused():
    with pytest.raises(Refused, match="company by delete is not written to Procore"):
        steps("company", {"verb": "delete", "erp_id": "A"})


async def test_an_id_of_19_digits_survives_from_reading_to_writing():
    vendor = {"id": 5981343255000119999, "name": "Okafor"}
    connector = Double({"/rest/v1.0/vendors": [vendor]}).connector()
    (found,) = await everything(connector, "company")
    (step,) = connector.steps("company", {"erp_id": "A", "external_id": found.external_id}, {})

    assert step.body["updates"][0]["id"] == 5981343255000119999
