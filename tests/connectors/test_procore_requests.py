"""Reading what people asked for in Procore's ERP tool, wherever an event put its parts."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.connectors.procore.requests import erp_request
from hub.errors import ErpUnexpected

HEAD = {"id": 90871, "company_id": 4100, "created_at": "2026-03-02T02:15:27-07:00"}


def values(**row):
    return erp_request({**HEAD, **row}).values


def ids(**row):
    return [each["id"] for each in values(**row)["details"]]


def test_a_request_names_its_event_its_person_and_its_moment():
    found = erp_request(
        {**HEAD, "request_name": "create_vendor", "request_data": {"request_detail_id": 5, "user_id": 5501}}
    )

    assert (found.object_key, found.external_id) == ("erp_request", "90871")
    assert found.values["name"] == "create_vendor"
    assert found.values["requested_by"] == "5501"
    assert found.values["created_at"] == datetime(2026, 3, 2, 9, 15, 27, tzinfo=UTC)
    assert found.problems == ()


@pytest.mark.parametrize(
    "row",
    [
        {"request_name": "create_vendor", "request_data": {"request_detail_id": 5}},
        {"request_name": "create_vendor", "request_data": {"request_detail_id": "5"}},
        {"request_name": "create_or_update_job", "request_detail_id": 5, "request_data": {"name": "Tower"}},
        {
            "request_name": "create_standard_cost_codes",
            "request_data": [{"request_detail_id": 5, "code": "1"}],
        },
        {"request_name": "create_commitment", "request_data": {"commitment": {"request_detail_id": 5}}},
        {"request_name": "create_vendor", "request_data": '{"request_detail_id": 5}'},
        {"request_detail_id": 5, "origin_id": "null"},
        {"erp_request": {"request_name": "create_vendor", "request_data": {"request_detail_id": 5}}},
        {"request_detail_id": 5, "request_data": {"request_detail_id": 5}},
    ],
)
def test_the_ticket_is_found_wherever_it_stands(row):
    assert ids(**row) == ["5"]


def test_each_code_of_a_list_has_its_own_ticket_and_item():
    data = [
        {"request_detail_id": 5, "id": 12, "item_type": "standard_cost_code", "code": "01"},
        {"request_detail_id": 6, "id": 13, "code": "02"},
    ]

    assert values(request_name="create_standard_cost_codes", request_data=data)["details"] == [
        {"id": "5", "item_type": "standard_cost_code", "item_id": "12"},
        {"id": "6", "item_type": None, "item_id": "13"},
    ]


@pytest.mark.parametrize(
    "data", [{}, [], None, "", {"request_detail_id": None}, {"request_detail_id": "null"}]
)
def test_categories_are_asked_for_without_any_ticket(data):
    found = values(request_name="sync_standard_categories", request_data=data)

    assert (found["name"], found["details"], found["items"]) == ("sync_standard_categories", [], [])


@pytest.mark.parametrize("stated", ["../5", "5/6", 0, -5, 5.5, True, {"id": 5}, "²", "five", "9" * 5000])
def test_what_is_no_id_is_no_ticket(stated):
    assert ids(request_data={"request_detail_id": stated}) == []


def test_items_have_decimals_no_null_words_and_their_origin_data_opened():
    data = {
        "request_detail_id": 5,
        "commitment": {"id": 598134325500011999, "origin_id": "null", "origin_data": '{"job": "24-101"}'},
        "commitment_items": [{"amount": "12.50", "number": "007"}, {"amount": 3}],
    }
    (item,) = values(request_name="create_commitment", request_data=data)["items"]

    assert item["commitment"] == {
        "id": 598134325500011999,
        "origin_id": None,
        "origin_data": {"job": "24-101"},
    }
    assert item["commitment_items"] == [
        {"amount": Decimal("12.50"), "number": "007"},
        {"amount": Decimal(3)},
    ]


def test_a_batch_of_invoices_is_one_item_with_all_of_them():
    data = {"requisitions": [{"id": 88, "line_items": []}, {"id": 89, "line_items": []}]}
    (item,) = values(request_name="create_requisitions", request_data=data)["items"]

    assert [each["id"] for each in item["requisitions"]] == [88, 89]


def test_without_a_wrapper_everything_that_is_not_the_requests_own_is_its_data():
    found = values(item_type="requisition", item_id=88, reset_override=True)

    assert found.get("name") is None
    assert found["items"] == [{"item_type": "requisition", "item_id": 88, "reset_override": True}]


def test_a_request_without_an_id_is_none():
    with pytest.raises(ErpUnexpected):
        erp_request({"request_name": "create_vendor"})


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
NAMES = st.sampled_from(
    [
        *("request_detail_id", "request_data", "request_name", "id", "item_type", "item_id", "amount"),
        *("origin_id", "origin_data", "created_at", "created_by", "user_id", "erp_request", "data", "x"),
    ]
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=12,
)


def numbers(value):
    """Every id that a payload holds anywhere, also inside texts."""
    match value:
        case dict():
            return {found for each in value.values() for found in numbers(each)}
        case list():
            return {found for each in value for found in numbers(each)}
    return {str(value).strip()}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(NAMES, ANYTHING, max_size=6))
def test_no_payload_crashes_the_parser_and_no_id_is_made_up(row):
    found = erp_request({**row, "id": 7})

    known = numbers(row) | {"7"}
    for ticket in found.values["details"]:
        assert ticket["id"] in known
        assert ticket["item_id"] is None or ticket["item_id"] in known
    assert found.values["requested_by"] is None or found.values["requested_by"] in known


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet='{}[]":,0123456789 request_detail_id', max_size=60))
def test_no_text_in_place_of_data_crashes_the_parser(text):
    assert isinstance(values(request_name="x", request_data=text)["details"], list)


def test_a_payload_as_deep_as_a_well_is_cut_off():
    data = {"request_detail_id": 5}
    for _ in range(500):
        data = {"inner": data}

    assert ids(request_data=data) == []


def test_who_made_the_item_is_not_taken_for_who_asked():
    data = {"commitment": {"id": 7, "created_by": {"id": 1}}, "created_by": {"id": 2}, "user_id": 3}

    found = values(request_name="create_commitment", created_by_id=5501, request_data=data)

    assert found["requested_by"] == "5501"


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "a\x1bb"])
def test_no_letter_that_cannot_be_kept_is_handed_on(text):
    data = {
        "commitment": {
            "id": 7,
            text: text,
            "origin_data": '{"n": ["%s"]}' % text.encode("unicode_escape").decode(),
        }
    }

    kept = json.dumps(values(request_name="create_commitment", request_data=data)["items"], default=str)

    assert "ab" in kept
    assert not any(bad in kept for bad in ("\\u0000", "\\ud800", "\\u001b"))
