"""Requests that name a thing twice, or two things alike: nobody gets what was not asked for, and nobody is refused for another's sake."""

import pytest
from budget_desk import as_mri, exported, made, put_lines
from desk import Desk, Item, said

from hub.core.link import LinkState
from hub.errors import MappingError

GROWN = (("03-100", "L", "41500.50"), ("03-200", "L", "2000.00"))
CHANGED = {"revision_type": "Scope Change"}


async def pair_of(desk: Desk) -> tuple[Item, Item, Item]:
    link = {"external_id": "V000200", "external_code": "V000200", "snapshot": {"name": "Okafor"}}
    vendor = await desk.company("Okafor", LinkState.READY_TO_IMPORT, origin_id=None, link=link)
    first, second = [await desk.company(name, LinkState.NOT_SENT) for name in ("Okafor Steel", "Okafor Wood")]
    return vendor, first, second


async def test_a_vendor_that_is_named_twice_is_linked_to_the_company_that_was_named_first(desk: Desk):
    vendor, first, second = await pair_of(desk)
    asked = [await desk.asked(vendor, target_id=company.name) for company in (first, second)]

    outcome = await desk.ask("administrator", "linkItems", *asked)

    assert [[error.code for error in item.errors] for item in outcome.items] == [[], ["DUPLICATE_INPUT"]]
    assert outcome.items[0].id == first.id
    assert [await desk.state(company) for company in (first, second)] == ["LINKED", "NOT_SENT"]


@pytest.mark.parametrize("mutation", ["refuseSuggestions", "allowSuggestions"])
async def test_of_a_vendor_that_is_named_twice_the_first_pair_is_meant(desk: Desk, mutation: str):
    vendor, first, second = await pair_of(desk)
    if mutation == "allowSuggestions":
        for company in (first, second):
            assert (
                said(await desk.ask("administrator", "refuseSuggestions", vendor, target_id=company.name))
                == []
            )
    asked = [await desk.asked(vendor, target_id=company.name) for company in (first, second)]

    outcome = await desk.ask("administrator", mutation, *asked)

    assert [[error.code for error in item.errors] for item in outcome.items] == [[], ["DUPLICATE_INPUT"]]
    refused = [row["company_id"] for row in await desk.rows("select company_id from refused_match")]
    assert refused == [first.id if mutation == "refuseSuggestions" else second.id]


async def revised(desk: Desk) -> Item:
    """A budget that the ERP has, sent again with what has changed."""
    item = await exported(desk)
    await put_lines(desk, item, GROWN)
    assert said(await desk.send("manager", item)) == []
    return item


async def test_a_commitment_and_a_revision_of_one_number_are_accepted_together(desk: Desk):
    await as_mri(desk)
    revision, contract = await revised(desk), await desk.subcontract("1")
    assert said(await desk.send("manager", contract)) == []
    typed = {contract: {"erp_id": "1"}, revision: {**CHANGED, "number": "1"}}
    asked = [
        await desk.asked(item, digest=(await made(desk, item, **entries)).digest, entries=entries)
        for item, entries in typed.items()
    ]

    outcome = await desk.ask("approver", "acceptItems", *asked)

    assert said(outcome) == []
    assert [await desk.state(item) for item in typed] == ["EXPORTING", "EXPORTING"]


async def test_of_two_commitments_that_get_one_number_in_one_request_one_is_accepted(desk: Desk):
    await as_mri(desk)
    items = [await desk.sent(number="SC-001"), await desk.sent(number="sc-002")]
    typed = [{"erp_id": "C-7"}, {"erp_id": "c-7"}]  # the ERP keeps letter case apart no more than we do
    asked = [
        await desk.asked(item, digest=await desk.digest(item, entries["erp_id"]), entries=entries)
        for item, entries in zip(items, typed, strict=True)
    ]

    outcome = await desk.ask("approver", "acceptItems", *asked)

    assert [[error.code for error in item.errors] for item in outcome.items] == [[], ["ERP_ID_TAKEN"]]
    assert [await desk.state(item) for item in items] == ["EXPORTING", "READY_TO_EXPORT"]


@pytest.mark.parametrize("number", ["9999999999", "9" * 5000, "0" * 5000, "1.0", "-1", "\u0661", "1e3"])
async def test_a_revision_number_that_cannot_be_kept_is_refused_with_words(desk: Desk, number: str):
    await as_mri(desk)
    item = await revised(desk)

    with pytest.raises(MappingError, match="is not a whole number from 1 of at most 9 digits"):
        await made(desk, item, **CHANGED, number=number)
    outcome = await desk.accept("approver", item, entries={**CHANGED, "number": number}, digest="0" * 64)
    assert said(outcome) == ["VALUE_DOES_NOT_FIT"]
    assert await desk.state(item) == "READY_TO_EXPORT"


async def test_a_number_of_the_erp_that_no_revision_of_ours_can_have_is_not_counted_on(desk: Desk):
    await as_mri(desk)
    item = await revised(desk)
    async with desk.books() as books:
        for number in ("7", "9" * 30):
            await books.insert(
                "erp_record", connection_id=desk.erp, object_key="budget_change", external_id=f"J100/{number}",
                external_code=number, project_code="J100", run_id=desk.ids(),
            )  # fmt: skip

    found = await made(desk, item, **CHANGED)

    assert found.steps[0].natural_key == {"job_code": "J100", "number": "8"}
