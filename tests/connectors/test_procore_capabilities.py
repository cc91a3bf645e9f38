"""What the Procore connector says of itself, and that it is what it does."""

import pytest

from hub.connectors import capabilities
from hub.connectors.procore.operations import OPERATIONS
from hub.erp.capabilities import Direction, Verb, WriteClass
from hub.erp.fields import RECORDS

FOUND = capabilities("procore", {})


def test_every_object_that_procore_has_is_read():
    ledgers_own = {"accounting_period", "gl_account", "entity", "bank"}
    lines = {key for key in RECORDS if key.endswith("_line") and key != "budget_line"}
    listed_by_its_lines = {"budget"}

    assert FOUND.imports >= set(RECORDS) - ledgers_own - lines - listed_by_its_lines
    assert not FOUND.imports & ledgers_own


@pytest.mark.parametrize(
    ("key", "direction", "exports"),
    [
        ("company", Direction.BOTH, (Verb.CREATE, Verb.UPDATE)),
        ("payment", Direction.BOTH, (Verb.CREATE, Verb.UPDATE, Verb.DELETE)),
        ("subcontractor_invoice", Direction.IMPORT, ()),
        ("budget_modification", Direction.IMPORT, ()),
        ("budget_change", Direction.IMPORT, ()),
        ("external_data", Direction.EXPORT, (Verb.CREATE, Verb.UPDATE)),
        ("hook", Direction.BOTH, (Verb.CREATE, Verb.DELETE)),
    ],
)
def test_an_object_says_which_way_it_travels(key, direction, exports):
    assert (FOUND.objects[key].direction, FOUND.objects[key].exports) == (direction, exports)


@pytest.mark.parametrize(
    ("operation", "write_class"),
    [
        ("company.sync", WriteClass.K2),
        ("direct_cost.sync", WriteClass.K2),
        ("budget_line.sync", WriteClass.K5),
        ("payment.create", WriteClass.K4),
        ("hook.create", WriteClass.K4),
        ("staged_record.create", WriteClass.K5),
        ("erp_connection.create", WriteClass.K5),
    ],
)
def test_each_write_has_the_class_that_its_endpoint_allows(operation, write_class):
    assert FOUND.write_classes[operation] is write_class


def test_what_can_be_searched_has_a_list_to_search_in():
    assert [
        name for name, each in OPERATIONS.items() if each.write_class is WriteClass.K4 and each.lists is None
    ] == []


def test_fields_stand_beside_procores_names():
    fields = {each.field: (each.theirs, each.direction) for each in FOUND.objects["payment"].fields}

    assert fields["paid_on"] == ("date", Direction.BOTH)
    assert fields["is_void"] == ("status", Direction.IMPORT)


def test_what_is_written_names_what_must_be_there_first():
    assert FOUND.objects["direct_cost_line"].requires_synced == ("direct_cost", "wbs_code")
    assert FOUND.objects["payment"].locked_after_send == ("*",)


def test_the_document_is_plain():
    document = FOUND.document()

    assert "payment" in document["imports"]
    assert document["objects"]["company"]["fields"][0]["theirs"] == "name"
