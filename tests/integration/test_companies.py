"""Vendors and companies of the directory: added with care, refused as one, linked all at once, put aside and taken up again."""

import asyncio

import pytest
from desk import Desk, Item, said
from plant import Plant

from hub.core.link import LinkState

MAY_PUT_ASIDE = [
    ("nobody", ["NOT_FOUND"]),
    ("reader", ["FORBIDDEN"]),
    ("manager", ["FORBIDDEN"]),
    ("standard", []),
    ("approver", []),
    ("administrator", []),
]


async def vendor(desk: Desk, name: str = "Okafor Steel", code: str = "V000200", **values: object) -> Item:
    state = values.pop("state", LinkState.READY_TO_IMPORT)
    link = {"external_id": code, "external_code": code, **values.pop("link", {})}  # type: ignore[dict-item]  # a test's own
    return await desk.company(name, state, origin_id=None, link=link, **values)  # type: ignore[arg-type]  # a test's own


async def directory(desk: Desk, name: str = "Okafor Steel", **values: object) -> Item:
    return await desk.company(name, LinkState.NOT_SENT, **values)


# --- V1: likely duplicates are warned of before a vendor is added -----------------------------------------------------


async def test_a_vendor_of_the_name_of_a_directory_company_is_not_added_unknowingly(desk: Desk):
    await directory(desk, "OKAFOR STEEL")
    one = await vendor(desk)
    before = await desk.trace()

    outcome = await desk.ask("standard", "addItems", one)

    assert said(outcome) == ["SIMILAR_COMPANY"]
    assert outcome.items[0].errors[0].message == "The directory has this already: OKAFOR STEEL."
    assert await desk.trace() == before


async def test_a_vendor_whose_id_the_directory_shows_is_not_added_unknowingly(desk: Desk):
    await directory(desk, "Steelworks Okafor", code="v000200")
    one = await vendor(desk)

    outcome = await desk.ask("standard", "addItems", one)

    assert said(outcome) == ["SIMILAR_COMPANY"]
    assert "Steelworks Okafor (same id)" in outcome.items[0].errors[0].message


async def test_a_vendor_that_is_only_near_a_company_is_added(desk: Desk):
    await directory(desk, "Okafor Steel Inc.")
    one = await vendor(desk)

    assert said(await desk.ask("standard", "addItems", one)) == []


async def test_whoever_confirms_adds_the_vendor_all_the_same(desk: Desk):
    await directory(desk)
    one = await vendor(desk)

    outcome = await desk.ask("standard", "addItems", one, confirm=True)

    assert said(outcome) == []
    assert await desk.jobs() == [("provision_company", one.id)]


async def test_a_confirmation_waives_no_other_rule(desk: Desk):
    await directory(desk)
    one = await vendor(desk)

    assert said(await desk.ask("reader", "addItems", one, confirm=True)) == ["FORBIDDEN"]


# --- V2: a vendor id has at most 12 characters ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "verdict"), [("V00012345678", []), ("V000123456789", ["VENDOR_ID_TOO_LONG"])]
)
async def test_a_vendor_id_of_13_characters_is_too_long(desk: Desk, code: str, verdict: list[str]):
    one = await vendor(desk, code=code)

    outcome = await desk.ask("standard", "addItems", one)

    assert said(outcome) == verdict
    if verdict:
        assert "at most 12 are allowed" in outcome.items[0].errors[0].message


# --- V3, V5: archiving ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "verdict"), MAY_PUT_ASIDE)
async def test_archiving_a_vendor_takes_standard_on_erp_integrations(
    desk: Desk, who: str, verdict: list[str]
):
    one = await vendor(desk)
    before = await desk.trace()

    outcome = await desk.ask(who, "archiveItems", one)

    assert said(outcome) == verdict
    assert await desk.state(one) == ("READY_TO_IMPORT" if verdict else "ARCHIVED")
    assert (await desk.trace() == before) is bool(verdict)


@pytest.mark.parametrize(("who", "verdict"), MAY_PUT_ASIDE)
async def test_restoring_a_vendor_takes_standard_on_erp_integrations(
    desk: Desk, who: str, verdict: list[str]
):
    one = await vendor(desk, state=LinkState.ARCHIVED)

    outcome = await desk.ask(who, "restoreItems", one)

    assert said(outcome) == verdict
    assert await desk.state(one) == ("ARCHIVED" if verdict else "READY_TO_IMPORT")


async def test_a_linked_vendor_is_unlinked_before_it_is_archived(desk: Desk):
    before = await desk.trace()

    assert said(await desk.ask("standard", "archiveItems", desk.vendor)) == ["UNLINK_FIRST"]
    assert await desk.trace() == before


async def test_a_company_that_only_the_directory_knows_is_not_archived(desk: Desk):
    assert said(await desk.ask("standard", "archiveItems", await directory(desk))) == ["WRONG_STATE"]


async def test_a_vendor_on_its_way_into_procore_is_not_archived(desk: Desk):
    one = await vendor(desk)
    await desk.ask("standard", "addItems", one)

    assert said(await desk.ask("standard", "archiveItems", one)) == ["WRONG_STATE"]


async def test_archiving_tells_no_system_and_deletes_nothing(desk: Desk):
    one = await vendor(desk)

    outcome = await desk.ask("standard", "archiveItems", one)

    assert await desk.jobs() == []
    assert await desk.value("select name from company where id = $1", one.id) == "Okafor Steel"
    assert (await desk.link(one))["external_id"] == "V000200"
    assert await desk.run(outcome.run_id) == ("ARCHIVE", "SUCCEEDED", [("DONE", None)])
    assert await desk.history(one) == [("ARCHIVE", None)]


async def test_a_restored_vendor_is_ready_to_import_and_linked_to_nothing(desk: Desk):
    one = await vendor(desk, state=LinkState.ARCHIVED)

    await desk.ask("approver", "restoreItems", one)

    assert (await desk.state(one), await desk.version(one)) == ("READY_TO_IMPORT", 2)
    assert await desk.value("select origin_id from company where id = $1", one.id) is None
    other = await directory(desk)
    assert said(await desk.ask("administrator", "linkItems", one, target_id=other.name)) == []


async def test_what_is_not_archived_is_not_restored(desk: Desk):
    assert said(await desk.ask("standard", "restoreItems", await vendor(desk))) == ["WRONG_STATE"]


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "verdict"),
    [
        ("reader", ["FORBIDDEN"]),
        ("standard", ["FORBIDDEN"]),
        ("directory administrator", []),
        ("administrator", []),
    ],
)
async def test_who_may_link_may_say_that_a_vendor_is_no_company(desk: Desk, who: str, verdict: list[str]):
    one, other = await vendor(desk), await directory(desk)
    before = await desk.trace()

    outcome = await desk.ask(who, "refuseSuggestions", one, target_id=other.name)

    assert said(outcome) == verdict
    kept = await desk.rows("select company_id, external_id, refused_by from refused_match")
    assert [tuple(row) for row in kept] == ([] if verdict else [(other.id, "V000200", desk.people[who])])
    assert (await desk.trace() == before) is bool(verdict)


@pytest.mark.parametrize("target", ["nonsense", "prj_00000000-0000-7000-8000-000000000000"])
async def test_a_refusal_names_a_company(desk: Desk, target: str):
    one = await vendor(desk)

    assert said(await desk.ask("administrator", "refuseSuggestions", one, target_id=target)) == ["BAD_ID"]


async def test_a_refusal_names_a_company_of_the_directory(desk: Desk):
    one, other = await vendor(desk), await vendor(desk, code="V000201")

    outcome = await desk.ask("administrator", "refuseSuggestions", one, target_id=other.name)

    assert said(outcome) == ["NOT_FOUND"]


async def test_a_refusal_outlives_the_vendors_record(desk: Desk):
    """A vendor that is linked and parted again has a new record and its old id in the ERP."""
    one, refused, other = await vendor(desk), await directory(desk), await directory(desk, "Okafor")
    await desk.ask("administrator", "refuseSuggestions", one, target_id=refused.name)
    await desk.ask("administrator", "linkItems", one, target_id=other.name)
    await desk.ask("administrator", "unlinkItems", other)

    assert await desk.rows("select 1 from company where id = $1", one.id) == []
    kept = await desk.one("select company_id, external_id from refused_match")
    assert tuple(kept) == (refused.id, "V000200")


async def test_a_refusal_taken_back_is_gone(desk: Desk):
    one, other = await vendor(desk), await directory(desk)
    await desk.ask("administrator", "refuseSuggestions", one, target_id=other.name)

    await desk.ask("administrator", "allowSuggestions", one, target_id=other.name)

    assert await desk.rows("select 1 from refused_match") == []
    assert [action for action, _ in await desk.history(one)] == ["REFUSE_MATCH", "ALLOW_MATCH"]


async def test_a_person_may_link_what_was_refused(desk: Desk):
    one, other = await vendor(desk), await directory(desk)
    await desk.ask("administrator", "refuseSuggestions", one, target_id=other.name)

    assert said(await desk.ask("administrator", "linkItems", one, target_id=other.name)) == []


# --- linking all ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "verdict"),
    [
        ("nobody", ["FORBIDDEN"]),
        ("reader", ["FORBIDDEN"]),
        ("standard", ["FORBIDDEN"]),
        ("approver", ["FORBIDDEN"]),
        ("directory administrator", []),
        ("administrator", []),
    ],
)
async def test_linking_all_takes_what_linking_one_takes(desk: Desk, who: str, verdict: list[str]):
    await vendor(desk)
    await directory(desk)
    before = await desk.trace()

    assert said(await desk.ask(who, "linkAll")) == verdict
    assert (await desk.trace() == before) is bool(verdict)


async def test_linking_all_links_every_certain_match_and_nothing_else(plant: Plant):
    desk = plant.desk
    certain, company = await vendor(desk, "OKAFOR STEEL", "V1"), await directory(desk, "Okafor Steel")
    near, _ = await vendor(desk, "Ross & Co", "V2"), await directory(desk, "Ross and Co")
    double, _, _ = (
        await vendor(desk, "Twin", "V3"),
        await directory(desk, "Twin"),
        await directory(desk, "twin"),
    )
    rival, other, _ = (
        await vendor(desk, "Two", "V4"),
        await vendor(desk, "two", "V5"),
        await directory(desk, "Two"),
    )
    inactive, _ = await vendor(desk, "Sleeper", "V6"), await directory(desk, "Sleeper", is_active=False)
    refused, no = await vendor(desk, "Namesake", "V7"), await directory(desk, "Namesake")
    aside, _ = await vendor(desk, "Aside", "V8", state=LinkState.ARCHIVED), await directory(desk, "Aside")
    await desk.ask("administrator", "refuseSuggestions", refused, target_id=no.name)

    outcome = await desk.ask("administrator", "linkAll")
    job = await plant.step("link_all")

    assert job["state"] == "DONE"
    link = await desk.link(company)
    assert (link["state"], link["external_id"]) == ("LINKED", "V1")
    assert await desk.state(certain) is None
    for item in (near, double, rival, other, inactive, refused):
        assert await desk.state(item) == "READY_TO_IMPORT"
    assert await desk.state(aside) == "ARCHIVED"
    assert await desk.run(outcome.run_id) == ("LINK_ALL", "RUNNING", [("WAITING", None)])
    assert await desk.history(company) == [("LINK", "linked to vendor V1")]
    assert [kind for kind, of in await desk.jobs() if of == company.id] == ["mark_origin"]


async def test_linking_all_says_of_each_company_what_came_of_it(plant: Plant):
    desk = plant.desk
    await vendor(desk, "Okafor Steel", "V1")
    gone = await vendor(desk, "Ross", "V2")
    first, second = await directory(desk, "Okafor Steel"), await directory(desk, "Ross")
    outcome = await desk.ask("administrator", "linkAll")
    await desk.ask("approver", "archiveItems", gone)

    await plant.step("link_all")

    items = await desk.rows(
        "select object_id, outcome, code from sync_run_item where run_id = $1", outcome.run_id
    )
    assert {(row["object_id"], row["outcome"], row["code"]) for row in items} == {
        (first.id, "WAITING", None),
        (second.id, "REFUSED", "WRONG_STATE"),
    }
    assert await desk.state(second) == "NOT_SENT"


async def test_linking_all_goes_on_where_it_was_cut_off(plant: Plant):
    """A job that died after its first batch has linked what it linked, and links the rest once."""
    desk = plant.desk
    pairs = [
        (await vendor(desk, f"Firm {n}", f"V{n}"), await directory(desk, f"firm {n}")) for n in range(60)
    ]
    outcome = await desk.ask("administrator", "linkAll")
    before = await desk.value("select count(*) from link where state = 'LINKED' and object_type = 'Company'")
    await plant.step("link_all")
    await desk.change("update job set state = 'QUEUED' where kind = 'link_all'")

    await plant.step("link_all")

    linked = await desk.value("select count(*) from link where state = 'LINKED' and object_type = 'Company'")
    assert linked - before == 60
    assert await desk.value("select count(*) from job where kind = 'mark_origin'") == 60
    assert await desk.value("select items_total from sync_run where id = $1", outcome.run_id) == 60
    assert [await desk.history(company) for _, company in pairs[:2]] == [
        [("LINK", "linked to vendor V0")],
        [("LINK", "linked to vendor V1")],
    ]


@pytest.mark.parametrize("turn", range(3))
async def test_a_vendor_that_a_person_links_while_all_are_linked_is_linked_once(plant: Plant, turn: int):
    desk = plant.desk
    one, certain, chosen = (
        await vendor(desk, "Okafor Steel", "V1"),
        await directory(desk, "Okafor Steel"),
        await directory(desk, "Okafor Group"),
    )
    await desk.ask("administrator", "linkAll")

    _, outcome = await asyncio.gather(
        plant.step("link_all"),
        desk.ask("administrator", "linkItems", one, version=1, target_id=chosen.name),
    )

    by_hand = said(outcome) == []
    assert said(outcome) in ([], ["NOT_FOUND"])
    states = [await desk.state(company) for company in (certain, chosen)]
    assert states == (["NOT_SENT", "LINKED"] if by_hand else ["LINKED", "NOT_SENT"])
    assert await desk.value("select count(*) from link where external_id = 'V1'") == 1


async def test_linking_all_where_there_is_nothing_to_link_is_a_run_that_has_ended(desk: Desk):
    outcome = await desk.ask("administrator", "linkAll")

    assert await desk.run(outcome.run_id) == ("LINK_ALL", "SUCCEEDED", [])
    assert await desk.jobs() == []


# --- V6, V7, V8 -------------------------------------------------------------------------------------------------------


async def test_unlinking_a_company_with_a_synced_commitment_is_refused_with_its_number(desk: Desk):
    await desk.subcontract("SC-7", LinkState.SYNCED)

    outcome = await desk.ask("standard", "unlinkItems", desk.vendor)

    assert said(outcome) == ["COMPANY_HAS_SYNCED_COMMITMENTS"]
    assert outcome.items[0].errors[0].message == "In the ERP hang on it: commitment SC-7."


async def test_an_unlinked_company_is_linked_again(desk: Desk):
    await desk.ask("standard", "unlinkItems", desk.vendor)
    alone = await desk.one(
        "select t.id from company t join link l on l.object_id = t.id where l.external_id = 'V000123'"
    )

    again = await desk.ask("administrator", "linkItems", Item("com", alone["id"]), target_id=desk.vendor.name)

    assert said(again) == []
    assert (await desk.link(desk.vendor))["external_id"] == "V000123"
