"""Procore's words for statuses, kinds and levels beside ours."""

import pytest

from hub.connectors.procore.mapping import words
from hub.connectors.procore.rights import level

COMMITMENT = (
    *(
        "Draft",
        "Out For Bid",
        "Out For Signature",
        "Approved",
        "Complete",
        "Terminated",
        "Void",
        "Processing",
    ),
    *("Submitted", "Partially Received", "Received", "Closed"),
)
CHANGE_ORDER = (
    *("draft", "pricing", "not_pricing", "pending", "revised", "proceeding", "not_proceeding"),
    *("pending_billable", "no_charge", "approved", "rejected", "void"),
)
INVOICE = (
    *("draft", "under_review", "revise_and_resubmit", "approved", "approved_as_noted"),
    "pending_owner_approval",
)
ALL = [
    (words.COMMITMENT_STATUS, COMMITMENT),
    (words.CHANGE_ORDER_STATUS, CHANGE_ORDER),
    (words.INVOICE_STATUS, INVOICE),
    (words.BUDGET_CHANGE_STATUS, ("draft", "under_review", "approved", "rejected", "void")),
    (words.DIRECT_COST_STATUS, ("draft", "pending", "revise_and_resubmit", "approved")),
    (words.DIRECT_COST_KIND, ("invoice", "expense", "payroll", "subcontractor_invoice")),
    (words.PAYMENT_METHOD, ("check", "credit_card", "electronic")),
]


@pytest.mark.parametrize(("vocabulary", "word"), [(each, word) for each, listed in ALL for word in listed])
def test_each_word_is_read_in_any_case_and_written_as_procore_spells_it(vocabulary, word):
    ours = word.upper().replace(" ", "_")

    assert {vocabulary.read(form) for form in (word, word.upper(), word.lower(), f" {word} ")} == {ours}
    assert vocabulary.write(ours) == word


@pytest.mark.parametrize("vocabulary", [each for each, _ in ALL])
def test_an_unknown_word_fits_neither_way_and_no_word_is_none(vocabulary):
    with pytest.raises(ValueError, match="is not a"):
        vocabulary.read("Paused")
    with pytest.raises(ValueError, match="is not a"):
        vocabulary.write("PAUSED")
    assert vocabulary.read("") is None


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ({"id": 1, "name": "None"}, 0),
        ({"name": "Read Only"}, 1),
        ("read_only", 1),
        ({"name": "STANDARD"}, 2),
        ({"name": "Admin"}, 3),
        ({"name": "Owner"}, 0),
        (None, 0),
        (4, 0),
    ],
)
def test_a_level_is_read_and_never_guessed(stated, found):
    assert level(stated) == found


@pytest.mark.parametrize(
    ("word", "active"), [("active", True), (None, True), ("inactive", False), ("gone", False)]
)
def test_a_code_is_active_unless_it_says_otherwise(word, active):
    assert words.is_active(word) is active
