"""What a request of the project tool is about, from data whose parts stand in many places."""

from hub.connectors.procore.wishes import MEANINGS, meaning_of
from hub.erp.request import Wish
from hub.sync.requests.taking import about


def paired(name, details, items):
    found = about({"details": details, "items": items}, meaning_of(name).item)
    return [(detail["id"], item) for detail, item in found]


def test_a_detail_that_names_its_item_is_believed():
    details = [{"id": "7", "item_type": "work_order_contract", "item_id": "500"}]

    assert paired("create_commitment", details, [{"commitment": {"id": 501}}]) == [("7", "500")]


def test_a_detail_without_an_item_is_about_the_one_thing_in_the_data():
    assert paired("create_commitment", [{"id": "7"}], [{"commitment": {"id": 4611686018427387905}}]) == [
        ("7", "4611686018427387905")
    ]


def test_an_id_without_a_type_may_be_a_lines_and_gives_way_to_the_thing_in_the_data():
    details = [{"id": "7", "item_type": None, "item_id": "900"}]

    assert paired("create_commitment", details, [{"commitment": {"id": 501}}]) == [("7", "501")]
    assert paired("create_commitment", details, []) == [("7", "900")]


def test_as_many_details_as_things_pair_up_in_order():
    items = [{"commitment": {"id": "1"}}, {"commitment": {"id": "2"}}]

    assert paired("create_commitment", [{"id": "7"}, {"id": "8"}], items) == [("7", "1"), ("8", "2")]


def test_nothing_is_guessed_where_they_do_not_pair_up():
    items = [{"commitment": {"id": "1"}}, {"commitment": {"id": "2"}}]

    assert paired("create_commitment", [{"id": "7"}], items) == [("7", None)]
    assert paired("create_commitment", [{"id": "7"}], []) == [("7", None)]
    assert paired("create_commitment", [{"id": "7"}], ["text", {"commitment": "text"}]) == [("7", None)]


def test_a_request_without_details_has_nothing_to_close():
    assert paired("sync_standard_categories", [], []) == []


def test_a_request_that_nobody_knows_is_answered_with_words():
    found = meaning_of("dance")

    assert (found.wish, found.words) == (Wish.NOT_SUPPORTED, "The hub does not know requests named dance.")


def test_every_event_that_the_project_tool_publishes_has_a_meaning():
    assert set(MEANINGS) == {
        "sync_standard_cost_codes", "sync_standard_categories", "create_standard_cost_codes", "create_vendor", "sync_vendors",
        "create_vendor_in_procore", "link_vendor", "link_all_vendors", "unlink_vendor", "merge_vendors", "create_or_update_job",
        "sync_jobs", "create_job_in_procore", "sync_single_job", "reset_job", "delete_cost_codes", "delete_cost_type_assignments",
        "create_budget", "update_budget", "create_commitment", "unlink_commitment", "sync_commitments",
        "create_commitment_change_order", "unlink_commitment_change_order", "create_requisitions", "sync_contract_payments",
        "create_contract_payment", "reset_payment", "reset_requisition", "create_company_level_direct_cost",
        "unlink_company_level_direct_cost", "reset_company_level_direct_cost", "sync_metadata",
    }  # fmt: skip
