"""Which companies of the directory are suggested for a vendor, with what speaks for and against each. Asked over both ways of answering."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from calling import BothWays
from desk import Desk, Item, said

from hub.core.link import LinkState

QUERY = """query Suggested($id: ID!) { node(id: $id) { ... on Company {
    isActiveInErp suggestions { company { id name } score isExact reasonsFor reasonsAgainst } } } }"""
LISTED = """{ companies(first: 50, filter: { linkState: { eq: ARCHIVED } }) { totalCount nodes { name } } }"""


@dataclass
class Reader:
    """Somebody of the desk, as both ways of answering want them."""

    account: Any
    members: dict[str, Any]


Ask = Callable[..., Awaitable[Any]]


@pytest.fixture
def ask(desk: Desk, both_ways: BothWays) -> Ask:
    async def asked(text: str, who: str = "other approver", **variables: Any) -> Any:
        reader: Any = Reader(desk.account, desk.people)
        return await both_ways.ask(reader, who, text, variables)

    return asked


async def vendor(desk: Desk, name: str = "Okafor Steel", **values: Any) -> Item:
    link = {"external_id": "V000200", "external_code": "V000200", **values.pop("link", {})}
    return await desk.company(
        name, values.pop("state", LinkState.READY_TO_IMPORT), origin_id=None, link=link, **values
    )


async def directory(desk: Desk, name: str, **values: Any) -> Item:
    return await desk.company(name, values.pop("state", LinkState.NOT_SENT), **values)


async def suggested(ask: Ask, item: Item) -> list[Any]:
    found: list[Any] = (await ask(QUERY, id=item.name))["node"]["suggestions"]
    return found


@pytest.mark.parametrize(
    ("theirs", "certain"),
    [("OKAFOR steel", True), ("Okafor Steel", True), ("Okafor Steel Inc", False), ("Okafor & Steel", False)],
)
async def test_names_are_certain_when_they_are_equal_but_for_letter_case(
    desk: Desk, ask: Ask, theirs: str, certain: bool
):
    one, other = await vendor(desk), await directory(desk, theirs)

    [found] = await suggested(ask, one)

    assert found["company"] == {"id": other.name, "name": theirs}
    assert (found["isExact"], found["score"] == 100) == (certain, certain)
    assert found["reasonsFor"] == ["SAME_NAME" if certain else "SIMILAR_NAME"]


async def test_a_and_b_is_not_certainly_a_ampersand_b(desk: Desk, ask: Ask):
    one = await vendor(desk, "A & B")
    await directory(desk, "A and B")

    assert not any(found["isExact"] for found in await suggested(ask, one))


async def test_names_that_have_little_in_common_are_not_suggested(desk: Desk, ask: Ask):
    one = await vendor(desk)
    await directory(desk, "Ross & Co")

    assert await suggested(ask, one) == []


async def test_how_near_a_name_must_be_is_a_setting(desk: Desk, ask: Ask):
    one = await vendor(desk, "Okafor Steel")
    await directory(desk, "Okafor Steel Erection and Rigging of Toledo")
    assert await suggested(ask, one) == []

    await desk.change("update connection set settings = settings || '{\"suggestion_likeness\": 0.2}'")

    [found] = await suggested(ask, one)
    assert not found["isExact"]


async def test_certain_matches_stand_first_then_the_likeliest(desk: Desk, ask: Ask):
    one = await vendor(desk, "Okafor Steel")
    for name in ("Okafor Steel Works", "okafor steel", "Okafor Steels"):
        await directory(desk, name)

    assert [found["company"]["name"] for found in await suggested(ask, one)] == [
        "okafor steel",
        "Okafor Steels",
        "Okafor Steel Works",
    ]


async def test_other_facts_speak_for_and_against(desk: Desk, ask: Ask):
    one = await vendor(
        desk, city="Erie", state_code="PA", postal_code="16501", country_code="US", phone="(814) 555-0100",
        email="ap@okafor.example",
    )  # fmt: skip
    await directory(
        desk, "Okafor Steel", city="ERIE", state_code="OH", postal_code="16501", country_code="CA", phone="814 555 0100",
        email="AP@okafor.example",
    )  # fmt: skip

    [found] = await suggested(ask, one)

    assert found["reasonsFor"] == ["SAME_NAME", "SAME_CITY", "SAME_POSTAL_CODE", "SAME_PHONE", "SAME_EMAIL"]
    assert found["reasonsAgainst"] == ["OTHER_COUNTRY", "OTHER_STATE"]


async def test_what_is_not_known_on_both_sides_says_nothing(desk: Desk, ask: Ask):
    one = await vendor(desk, city="Erie")
    await directory(desk, "Okafor Steel", country_code="CA")

    [found] = await suggested(ask, one)

    assert (found["reasonsFor"], found["reasonsAgainst"]) == (["SAME_NAME"], [])


async def test_a_company_that_shows_the_vendors_id_is_suggested_whatever_its_name(desk: Desk, ask: Ask):
    one = await vendor(desk)
    await directory(desk, "Quay Street Holdings", code="v000200")

    [found] = await suggested(ask, one)

    assert (found["reasonsFor"], found["isExact"]) == (["SAME_ID"], False)


async def test_an_inactive_and_a_linked_company_are_shown_with_what_stands_against_them(desk: Desk, ask: Ask):
    one = await vendor(desk)
    await directory(desk, "Okafor Steel", is_active=False)
    await directory(desk, "okafor steel", state=LinkState.LINKED, link={"external_id": "V9"})

    found = {each["company"]["name"]: each["reasonsAgainst"] for each in await suggested(ask, one)}

    assert found == {"Okafor Steel": ["INACTIVE"], "okafor steel": ["ALREADY_LINKED"]}


async def test_a_refused_pair_is_suggested_no_more_until_the_refusal_is_taken_back(desk: Desk, ask: Ask):
    one, other = await vendor(desk), await directory(desk, "Okafor Steel")
    assert said(await desk.ask("administrator", "refuseSuggestions", one, target_id=other.name)) == []
    assert await suggested(ask, one) == []

    await desk.ask("administrator", "allowSuggestions", one, target_id=other.name)

    assert len(await suggested(ask, one)) == 1


@pytest.mark.parametrize("state", [LinkState.ARCHIVED, LinkState.LINKED])
async def test_only_what_is_ready_to_import_has_suggestions(desk: Desk, ask: Ask, state: LinkState):
    one = await vendor(desk, state=state)
    await directory(desk, "Okafor Steel")

    assert await suggested(ask, one) == []


async def test_companies_that_the_reader_may_not_see_are_not_suggested(desk: Desk, ask: Ask):
    one = await vendor(desk)
    await directory(desk, "Okafor Steel")

    assert (await ask(QUERY, "nobody", id=one.name))["node"] is None


async def test_a_vendor_that_turned_inactive_in_the_erp_says_so(desk: Desk, ask: Ask):
    one = await vendor(desk, link={"snapshot": {"is_active": False}})
    other = await vendor(desk, link={"external_id": "V9", "snapshot": {"is_active": True}})
    third = await directory(desk, "Nobody's")

    found = [(await ask(QUERY, id=item.name))["node"]["isActiveInErp"] for item in (one, other, third)]

    assert found == [False, True, None]


@pytest.mark.parametrize(
    ("who", "seen"),
    [("standard", False), ("administrator", False), ("directory administrator", False), ("approver", True),
     ("other approver", True)],
)  # fmt: skip
async def test_archived_companies_are_shown_to_accounting_approvers_alone(
    desk: Desk, ask: Ask, who: str, seen: bool
):
    await vendor(desk, state=LinkState.ARCHIVED)

    found = (await ask(LISTED, who))["companies"]

    assert found == {"totalCount": int(seen), "nodes": [{"name": "Okafor Steel"}] if seen else []}


async def test_a_vendor_that_is_gone_from_the_erp_is_like_no_company_until_it_is_back(desk: Desk, ask: Ask):
    one = await vendor(desk, link={"gone_at": datetime(2026, 3, 1, 12, tzinfo=UTC)})
    await directory(desk, "Okafor Steel")

    assert await suggested(ask, one) == []
    asked = "query Gone($id: ID!) { node(id: $id) { ... on Company { link { goneAt } } } }"
    shown = await ask(asked, id=one.name)
    assert shown["node"]["link"]["goneAt"].startswith("2026-03-01T12:00:00")

    await desk.change("update link set gone_at = null where object_id = $1", one.id)
    assert len(await suggested(ask, one)) == 1
