"""How lists of Procore are read: to the page without a next link, across drift, in the version and form that is set."""

import httpx
import pytest
from driving import everything
from procore_double import BASE, Double

from hub.connectors import capabilities
from hub.connectors.procore.resources import RESOURCES
from hub.errors import ErpUnauthorized, ErpUnexpected

VENDORS = "/rest/v1.0/vendors"
P = "/rest/v1.0/projects/9"


def vendors(count):
    return [{"id": number, "name": f"V{number}"} for number in range(1, count + 1)]


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (5, 1), (6, 2), (10, 2), (11, 3)])
async def test_a_list_is_read_to_its_end(count, pages):
    double = Double({VENDORS: vendors(count)})
    found = await everything(double.connector(page_size=5), "company")

    assert [each.external_id for each in found] == [str(number) for number in range(1, count + 1)]
    assert [query["page"] for query in double.queries] == [str(number) for number in range(1, pages + 1)]


def drifting(first, second):
    """Two pages of a list that changes between them."""

    def answer(request):
        later = request.url.params["page"] == "2"
        link = f'<{BASE}{VENDORS}?page=2&per_page=2>; rel="next"'
        return httpx.Response(200, json=second if later else first, headers={} if later else {"link": link})

    return Double({VENDORS: answer})


def row(number, hour):
    return {"id": number, "name": "V", "updated_at": f"2026-03-02T{hour:02}:00:00Z"}


async def test_a_row_that_moved_to_the_next_page_counts_once():
    found = await everything(drifting([row(1, 9), row(2, 9)], [row(2, 9), row(3, 9)]).connector(), "company")

    assert [each.external_id for each in found] == ["1", "2", "3"]


async def test_a_row_that_changed_between_two_pages_comes_again():
    found = await everything(drifting([row(1, 9), row(2, 9)], [row(2, 10), row(3, 9)]).connector(), "company")

    assert [each.external_id for each in found] == ["1", "2", "2", "3"]


async def test_what_a_first_read_missed_a_second_one_has():
    shifted = [row(1, 9), row(2, 9)], [row(4, 9)]
    settled = [row(2, 9), row(3, 9)], [row(4, 9)]
    double = drifting(*shifted)
    connector = double.connector()
    first = await everything(connector, "company")
    double.answers = drifting(*settled).answers
    second = await everything(connector, "company")

    assert {each.external_id for each in first} == {"1", "2", "4"}
    assert {each.external_id for each in second} == {"2", "3", "4"}


async def test_a_page_asked_for_twice_has_its_records_twice():
    connector = drifting([row(1, 9)], [row(2, 9)]).connector()
    first = await connector.fetch("company", {}, None)
    again = [await connector.fetch("company", {}, first.cursor) for _ in range(2)]

    assert [each.external_id for page in again for each in page.records] == ["2", "2"]


async def test_the_two_lists_of_commitments_are_read_one_after_the_other():
    def contracts(count, start):
        return [{"id": start + number, "number": str(number), "line_items": []} for number in range(count)]

    double = Double(
        {
            "/rest/v1.0/work_order_contracts": contracts(3, 10),
            "/rest/v1.0/purchase_order_contracts": contracts(2, 20),
        }
    )
    found = await everything(double.connector(page_size=2), "commitment", project="9")

    assert [(each.external_id, each.values["kind"]) for each in found] == [
        *(("10", "SUBCONTRACT"), ("11", "SUBCONTRACT"), ("12", "SUBCONTRACT")),
        *(("20", "PURCHASE_ORDER"), ("21", "PURCHASE_ORDER")),
    ]


async def test_a_contract_deleted_since_its_list_was_read_is_left_out():
    double = Double(
        {
            "/rest/v1.0/work_order_contracts": [{"id": 1, "number": "1"}, {"id": 2, "number": "2"}],
            "/rest/v1.0/work_order_contracts/2": {"id": 2, "number": "2", "line_items": []},
            "/rest/v1.0/purchase_order_contracts": [],
        }
    )

    assert [each.external_id for each in await everything(double.connector(), "commitment", project="9")] == [
        "2"
    ]


async def test_lines_that_cannot_be_had_are_no_empty_lines():
    double = Double({f"{P}/commitment_change_orders": [{"id": 1, "number": "1"}]})

    with pytest.raises(ErpUnexpected):
        await everything(double.connector(), "commitment_change_order", project="9")


async def test_a_contract_that_does_not_show_its_lines_is_not_taken_for_an_empty_one():
    lists = "/rest/v1.0/work_order_contracts"
    double = Double({lists: [{"id": 1, "number": "1"}], f"{lists}/1": {"id": 1, "number": "1"}})

    with pytest.raises(ErpUnexpected, match="does not show its lines"):
        await everything(double.connector(), "commitment", project="9")


@pytest.mark.parametrize(
    ("status", "settings", "falls_back"),
    [
        (404, {}, True),
        (405, {}, True),
        (422, {}, True),
        (400, {}, False),
        (400, {"not_offered": [400]}, True),
    ],
)
async def test_a_list_that_is_not_offered_is_replaced_and_one_that_fails_is_not(status, settings, falls_back):
    answers = {
        f"{P}/commitment_change_orders": httpx.Response(status, json={"errors": "Three tiers."}),
        "/rest/v1.0/change_order_packages": [],
    }
    connector = Double(answers).connector(**settings)

    if falls_back:
        assert await everything(connector, "commitment_change_order", project="9") == []
    else:
        with pytest.raises(ErpUnexpected, match="Three tiers"):
            await everything(connector, "commitment_change_order", project="9")


async def test_a_show_call_that_is_not_taken_drops_no_record():
    lists = "/rest/v1.0/work_order_contracts"
    double = Double({lists: [{"id": 1, "number": "1"}], f"{lists}/1": httpx.Response(405)})

    with pytest.raises(ErpUnexpected):
        await everything(double.connector(), "commitment", project="9")


@pytest.mark.parametrize("status", [401, 403])
async def test_a_list_that_may_not_be_read_is_not_replaced_by_another(status):
    double = Double({f"{P}/commitment_change_orders": httpx.Response(status, json={"message": "No."})})

    with pytest.raises(ErpUnauthorized):
        await everything(double.connector(), "commitment_change_order", project="9")
    assert not any("change_order_packages" in path for path in double.paths)


async def test_pages_of_version_2_are_never_larger_than_it_allows():
    codes = "/rest/v2.0/companies/4100/projects/9/wbs/codes"
    double = Double({codes: {"data": []}, "/rest/v1.0/vendors": []})
    connector = double.connector(page_size=2000, variants={"wbs_code": "v2"})
    await everything(connector, "wbs_code", project="9")
    await everything(connector, "company")

    assert [query["per_page"] for query in double.queries] == ["100", "2000"]


async def test_a_setting_says_which_lists_page():
    double = Double({"/rest/v1.0/sub_jobs": [], f"{P}/budget_changes": []})
    connector = double.connector(paged={"sub_jobs": False, "budget_changes": True})
    await everything(connector, "sub_job", project="9")
    await everything(connector, "budget_change", project="9")

    assert ["per_page" in query for query in double.queries] == [False, True]


async def test_paths_and_versions_are_settings():
    double = Double({"/rest/v1.0/companies/4100/erp/requests": [], "/rest/v1.1/vendors": []})
    connector = double.connector(
        paths={"erp_requests": "/rest/{version}/companies/{company}/erp/requests"},
        versions={"vendors": "v1.1"},
    )
    await everything(connector, "erp_request")
    await everything(connector, "company")

    assert double.paths == ["/rest/v1.0/companies/4100/erp/requests", "/rest/v1.1/vendors"]


async def test_an_unknown_variant_names_the_setting():
    with pytest.raises(ErpUnexpected, match="setting variants"):
        await everything(Double({}).connector(variants={"commitment": "v3"}), "commitment", project="9")


@pytest.mark.parametrize(
    ("settings", "asked"),
    [
        ({}, "2026-03-02T08:55:00Z...2100-01-01T00:00:00Z"),
        ({"overlap_seconds": 0}, "2026-03-02T09:00:00Z...2100-01-01T00:00:00Z"),
        ({"quoted_ranges": True}, '"2026-03-02T08:55:00Z...2100-01-01T00:00:00Z"'),
    ],
)
async def test_changes_are_asked_for_with_an_overlap(settings, asked):
    double = Double({VENDORS: []})
    await everything(double.connector(**settings), "company", since="2026-03-02T02:00:00-07:00")

    assert double.queries[0]["filters[updated_at]"] == asked


async def test_a_list_without_that_filter_is_not_asked_for_changes():
    double = Double({"/rest/v1.0/sub_jobs": []})
    await everything(double.connector(), "sub_job", project="9", since="2026-03-02T02:00:00Z")

    assert "filters[updated_at]" not in double.queries[0]


async def test_one_record_is_read_by_its_id_from_whichever_list_has_it():
    double = Double({"/rest/v1.0/purchase_order_contracts/7": {"id": 7, "number": "7", "line_items": []}})
    connector = double.connector()

    (found,) = await everything(connector, "commitment", project="9", id="7")
    assert found.values["kind"] == "PURCHASE_ORDER"
    assert double.queries[-1] == {"project_id": "9", "view": "extended"}
    assert await everything(connector, "commitment", project="9", id="8") == []


def test_whatever_is_read_is_declared():
    assert set(RESOURCES) == capabilities("procore", {}).imports


@pytest.mark.parametrize("key", sorted(set(RESOURCES) - {"hook_trigger"}))
async def test_a_list_of_a_project_needs_its_project(key):
    first = RESOURCES[key].lists[0]
    needs = "{project}" in f"{first.path}{first.query}"
    double = Double({})

    with pytest.raises(ErpUnexpected, match="per project" if needs else "Not found"):
        await double.connector(standard_cost_code_list_id="3", budget_view="6").fetch(key, {}, None)
    assert (double.asked == []) is needs
