"""Contract orders, purchase orders, budgets and their revisions, and how they move a job's amounts."""

from collections.abc import AsyncIterator

import pytest
from mri_caller import (
    BUDGETS,
    CONTRACTS,
    ORDERS,
    PURCHASE_ORDERS,
    REVISIONS,
    Caller,
    caller_of,
    contract,
    header_error,
    line,
    order,
    purchase_order,
    revision,
)

from hub.sandboxes.mri import Settings, Site, create_app


@pytest.fixture
async def mri() -> AsyncIterator[Caller]:
    caller = caller_of(create_app())
    async with caller.client:
        yield caller


async def current(mri: Caller) -> tuple[str, str]:
    [row] = await mri.rows(CONTRACTS, JOBCODE="24-101", CONTRACTNUMBER="SC-24-101-001")
    return row["CurrentAmount"], row["LastUpdate"]


async def test_an_order_raises_the_contracts_current_amount_and_stamps_it(mri: Caller) -> None:
    await mri.stored(CONTRACTS, contract())
    before = await current(mri)
    await mri.control("clock", {"advance_seconds": 60})
    [stored] = await mri.stored(ORDERS, order())
    await mri.stored(ORDERS, order("CO-2", "-50.00"), order("CO-3", "7.00", Status="Pending"))
    after = await current(mri)

    assert (stored["TransactionID"], stored["Status"]) == ("0000009007", "Approved")
    assert (before[0], after[0]) == ("1000.00", "1200.00")
    assert after[1] > before[1]
    assert [row["OrderNumber"] for row in await mri.rows(ORDERS, JOBCODE="24-101")] == [
        "CO-1",
        "CO-2",
        "CO-3",
    ]


async def test_an_order_may_have_lines_of_its_own(mri: Caller) -> None:
    await mri.stored(CONTRACTS, contract())
    lines = {"OrderLines": {"entry": [line(1, "300.00"), line(2, "-50.00", Category="M")]}}
    bare = {"CostCode": None, "Category": None}
    short = {"OrderLines": {"entry": line(1, "249.99")}}
    unknown = {"OrderLines": {"entry": line(1, "250.00", CostCode="99-999")}}

    [stored] = await mri.stored(ORDERS, order(**bare, **lines))

    assert [one["Amount"] for one in stored["OrderLines"]["entry"]] == ["300.00", "-50.00"]
    assert await mri.refusals(ORDERS, order("CO-2", **bare, **short), order("CO-3", **bare, **unknown)) == [
        "Amount: The specified amount 250.00 is not the sum of the lines, 249.99.",
        "CostCode: The specified cost code 99-999 with category S is not on the interface chart of job 24-101.",
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Amount": "0"}, "Amount: The amount of an order must not be zero."),
        ({"JobCode": "99-999"}, "JobCode: The specified job 99-999 does not exist."),
        (
            {"ContractNumber": "SC-NONE"},
            "ContractNumber: The specified contract SC-NONE does not exist for job 24-101.",
        ),
        ({"ContractNumber": "PO-1"}, "ContractNumber: PO-1 is a purchase order; only contracts take orders."),
        ({"ContractNumber": "SC-SHUT"}, "ContractNumber: The specified contract SC-SHUT is closed."),
        (
            {"OrderNumber": "CO-0"},
            "OrderNumber: Order CO-0 already exists for contract SC-24-101-001 of job 24-101.",
        ),
        (
            {"Category": "OC"},
            "CostCode: The specified cost code 03-300 with category OC is not on the interface chart of job 24-101.",
        ),
        ({"Title": "é" * 36}, "Title: The specified value is longer than 35 characters."),
        (
            {"TaxAmount": "1.00"},
            "TaxAmount: The specified field is not known to this API. The interface does not take tax.",
        ),
    ],
)
async def test_an_order_that_breaks_a_rule_is_refused_and_moves_nothing(
    mri: Caller, change: dict, message: str
) -> None:
    await mri.stored(CONTRACTS, contract(), contract("SC-SHUT", Status="Closed"))
    await mri.stored(PURCHASE_ORDERS, purchase_order())
    await mri.stored(ORDERS, order("CO-0", "1.00"))

    assert await mri.refusals(ORDERS, order(**change)) == [message]
    assert (await current(mri))[0] == "1001.00"


async def test_an_order_number_is_taken_once_per_contract(mri: Caller) -> None:
    await mri.stored(CONTRACTS, contract(), contract("SC-2"))

    assert await mri.refusals(ORDERS, order(), order(ContractNumber="SC-2"), order()) == [
        None,
        None,
        "OrderNumber: Order CO-1 already exists for contract SC-24-101-001 of job 24-101.",
    ]


async def test_a_changed_contract_keeps_its_orders_and_its_number_of_transaction(mri: Caller) -> None:
    await mri.stored(CONTRACTS, contract())
    await mri.stored(ORDERS, order())
    key = {"JobCode": "24-101", "ContractNumber": "SC-24-101-001"}

    lines = {"ContractLines": {"entry": line(1, "1500.00")}}
    [changed] = (await mri.put({**key, "OriginalAmount": "1500", **lines}, api=CONTRACTS)).json()["value"]
    [refused] = (await mri.put({**key, "OriginalAmount": "1"}, api=CONTRACTS)).json()["value"]

    assert (changed["OriginalAmount"], changed["CurrentAmount"]) == ("1500.00", "1750.00")
    assert (changed["TransactionID"], changed["Description"]) == ("0000009006", "Concrete")
    assert (
        header_error(refused)
        == "OriginalAmount: The specified amount 1.00 is not the sum of the lines, 1500.00."
    )


async def test_a_purchase_order_is_stored_once_per_job(mri: Caller) -> None:
    [stored] = await mri.stored(PURCHASE_ORDERS, purchase_order())

    assert stored["PurchaseOrderLines"]["entry"]["UnitCost"] == "10.00"
    assert await mri.refusals(
        PURCHASE_ORDERS,
        purchase_order(),
        purchase_order("PO-2", OriginalAmount="1"),
        purchase_order("PO-3", VendorID="X"),
    ) == [
        "PONumber: Purchase order PO-1 already exists for job 24-101.",
        "OriginalAmount: The specified amount 1.00 is not the sum of the lines, 1000.00.",
        "VendorID: The specified vendor X does not exist.",
    ]


async def test_a_site_without_the_purchase_order_module_takes_none() -> None:
    mri = caller_of(create_app(settings=Settings(site=Site(modules=("JC", "AP", "GL")))))

    assert await mri.refusals(PURCHASE_ORDERS, purchase_order()) == [
        "The module Purchase Order is not installed."
    ]


def budget(amount: str, code: str = "03-300") -> dict:
    return {"JobCode": "24-101", "CostCode": code, "Category": "S", "OriginalBudget": amount}


async def budgets(mri: Caller) -> dict[str, tuple[str, str]]:
    rows = await mri.rows(BUDGETS, JOBCODE="24-101")
    return {row["CostCode"]: (row["OriginalBudget"], row["CurrentBudget"]) for row in rows}


async def test_a_budget_is_made_once_by_a_post_and_made_or_changed_by_a_put(mri: Caller) -> None:
    await mri.stored(BUDGETS, budget("5000"))
    again = await mri.refusals(BUDGETS, budget("1"), budget("1", "99-999"))
    await mri.put(budget("6000"), budget("100", "09-900"), api=BUDGETS)

    assert again == [
        "CostCode: A budget for cost code 03-300 with category S already exists for job 24-101.",
        "CostCode: The specified cost code 99-999 with category S is not on the interface chart of job 24-101.",
    ]
    assert await budgets(mri) == {"03-300": ("6000.00", "6000.00"), "09-900": ("100.00", "100.00")}


async def test_an_approved_revision_moves_the_budgets_and_a_pending_one_waits(mri: Caller) -> None:
    await mri.stored(BUDGETS, budget("5000"))
    await mri.stored(REVISIONS, revision("-300.00"), revision("300.00", "09-900"))
    await mri.stored(REVISIONS, revision("40.00", number="2", RevisionStatus="Pending"))
    before = await budgets(mri)
    change = {"JobCode": "24-101", "RevisionNumber": "2", "LineNumber": "1", "RevisionStatus": "Approved"}
    await mri.put(change, api=REVISIONS)

    assert before == {"03-300": ("5000.00", "4700.00"), "09-900": ("0.00", "300.00")}
    assert (await budgets(mri))["03-300"] == ("5000.00", "4740.00")
    assert [row["LineNumber"] for row in await mri.rows(REVISIONS, REVISIONNUMBER="1")] == ["1", "2"]


async def test_the_lines_of_one_revision_stand_or_fall_together(mri: Caller) -> None:
    refused = await mri.refusals(
        REVISIONS,
        revision("10.00", number="1"),
        revision("10.00", "99-999", number="1"),
        revision("5.00", number="2"),
    )

    assert refused == [
        "Another line of the same document is refused, so this one is not stored.",
        "CostCode: The specified cost code 99-999 with category S is not on the interface chart of job 24-101.",
        None,
    ]
    assert [row["RevisionNumber"] for row in await mri.rows(REVISIONS)] == ["2"]
    assert await budgets(mri) == {"03-300": ("0.00", "5.00")}


async def test_a_revision_number_is_taken_once_per_job(mri: Caller) -> None:
    await mri.stored(REVISIONS, revision("10.00"))

    assert (
        await mri.refusals(REVISIONS, revision("10.00"), revision("10.00", "09-900"))
        == ["RevisionNumber: Revision 1 already exists for job 24-101."] * 2
    )


async def test_a_transfer_adds_up_to_zero_unless_the_site_does_not_mind(mri: Caller) -> None:
    transfer = [
        revision("-10.00", RevisionType="Budget Transfer"),
        revision("9.99", "09-900", RevisionType="Budget Transfer"),
    ]
    refused = await mri.refusals(REVISIONS, *transfer)
    await mri.control("site", {"transfers_sum_to_zero": False})

    assert refused == ["Value: The lines of a Budget Transfer must add up to zero, not -0.01."] * 2
    assert await mri.refusals(REVISIONS, *transfer) == [None, None]


async def test_a_revision_needs_one_of_three_types(mri: Caller) -> None:
    assert await mri.refusals(REVISIONS, revision("1.00", RevisionType="Other")) == [
        "RevisionType: The specified value Other does not match one of Scope Change, Budget Transfer, Contingency."
    ]
