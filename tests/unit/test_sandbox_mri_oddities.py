"""How installations differ: links, bare rows, numbers, errors, dates, filters, keys, nights."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree as ET

import pytest
from mri_caller import (
    CATEGORIES,
    CONTRACTS,
    DRAWS,
    INVOICES,
    JOB_COST_CODES,
    JOBS,
    JOURNAL,
    LISTS,
    ORDERS,
    PAYMENTS,
    PERIODS,
    USER,
    VENDORS,
    Caller,
    caller_of,
    contract,
    header_error,
    line,
    one_of_each,
    order,
)

from hub.sandboxes.mri import SANDBOX_DEVELOPER_KEY, SANDBOX_PARTNER_KEY, Settings, create_app


@pytest.fixture
async def mri() -> AsyncIterator[Caller]:
    caller = caller_of(create_app())
    async with caller.client:
        yield caller


async def odd(mri: Caller, *names: str) -> None:
    assert await mri.control("oddities", {"oddities": list(names)}) == {"oddities": sorted(names)}


def asked(link: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(link).query)


@pytest.mark.parametrize("api", LISTS)
async def test_every_list_tells_the_same_in_xml_and_json(mri: Caller, api: str) -> None:
    await one_of_each(mri)

    in_json = await mri.rows(api, JOBCODE="24-101", EntityId="HV01", _top=50)
    root = ET.fromstring((await mri.get(api, "xml", JOBCODE="24-101", EntityId="HV01", _top=50)).content)

    assert in_json
    assert root.tag == api.lower()
    assert [texts(entry) for entry in root.findall("entry")] == [flat(row) for row in in_json]


def texts(element: ET.Element) -> list[str]:
    """All values in their order, whatever is nested how."""
    return [one.text for one in element.iter() if not len(one) and one.text]


def flat(row: dict) -> list[str]:
    found: list[str] = []
    for value in row.values():
        if isinstance(value, dict):
            inner = value["entry"]
            found += [text for one in (inner if isinstance(inner, list) else [inner]) for text in flat(one)]
        elif value is not None:
            found.append(value)
    return found


async def test_a_link_may_have_dollar_signs_another_order_and_lack_parameters(mri: Caller) -> None:
    whole = (await mri.get(JOB_COST_CODES, JOBCODE="24-101", _top=2)).json()["nextLink"]
    await odd(mri, "dollar_in_link", "link_drops_parameters", "link_reorders_parameters")
    spoilt = (await mri.get(JOB_COST_CODES, JOBCODE="24-101", _top=2)).json()["nextLink"]

    assert asked(whole) == [
        ("$api", JOB_COST_CODES),
        ("$format", "json"),
        ("JOBCODE", "24-101"),
        ("$top", "2"),
        ("$skip", "3"),
    ]
    assert asked(spoilt) == [("$skip", "3"), ("$top", "2"), ("$format", "json"), ("$api", JOB_COST_CODES)]
    assert spoilt.partition("?")[2].startswith("$skip=3&")
    assert (await mri.client.get(spoilt)).status_code == 400


async def test_a_full_last_page_may_lead_to_an_empty_one(mri: Caller) -> None:
    await odd(mri, "link_to_empty_page")

    last = (await mri.get(CATEGORIES, _top=7)).json()
    empty = (await mri.client.get(last["nextLink"])).json()

    assert len(last["value"]) == 7
    assert (empty["value"], "nextLink" in empty) == ([], False)
    assert "nextLink" not in (await mri.get(CATEGORIES, _top=8)).json()


async def test_a_database_may_take_capital_and_small_letters_for_the_same(mri: Caller) -> None:
    await mri.stored(CONTRACTS, contract("SC-1"))
    before = [await mri.rows(CONTRACTS, JOBCODE="24-101", CONTRACTNUMBER="sc-1")]
    await odd(mri, "folded_keys")

    [found] = await mri.rows(CONTRACTS, JOBCODE="24-101", CONTRACTNUMBER="sc-1")

    assert before == [[]]
    assert found["ContractNumber"] == "SC-1"
    assert await mri.refusals(CONTRACTS, contract("sc-1")) == [
        "ContractNumber: Contract sc-1 already exists for job 24-101."
    ]


async def test_a_site_may_page_nothing(mri: Caller) -> None:
    await odd(mri, "unpaged")

    answer = (await mri.get(CATEGORIES, _top=2, _skip=3)).json()

    assert (len(answer["value"]), "nextLink" in answer) == (7, False)


async def test_a_list_of_one_row_may_be_that_row(mri: Caller) -> None:
    await odd(mri, "bare_row")

    bare = (await mri.get(JOBS, JOBCODE="24-101")).json()
    in_xml = ET.fromstring((await mri.get(JOBS, "xml", JOBCODE="24-101")).content)

    assert ("value" in bare, bare["JobCode"]) == (False, "24-101")
    assert (in_xml.find("entry"), in_xml.findtext("JobCode")) == (None, "24-101")
    assert len((await mri.get(JOBS)).json()["value"]) == 11
    assert (await mri.get(JOBS, JOBCODE="none")).json()["value"] == []


async def test_numbers_may_come_unquoted_to_the_cent(mri: Caller) -> None:
    amount = "90071992547409.93"
    await mri.stored(CONTRACTS, contract(OriginalAmount=amount, lines={"entry": line(1, amount)}))
    await odd(mri, "unquoted_numbers")

    text = (await mri.get(CONTRACTS)).text
    [refused] = (await mri.post(contract("B", OriginalAmount="much"))).json()["value"]

    assert '"OriginalAmount": 90071992547409.93,' in text
    assert '"LineNumber": 1,' in text
    assert '"TransactionID": "0000009006"' in text
    assert refused["OriginalAmount"] == "much"


@pytest.mark.parametrize(("oddity", "told"), [("result_root", "Success"), ("silent_result", None)])
async def test_a_write_may_be_answered_by_one_result(mri: Caller, oddity: str, told: str | None) -> None:
    await odd(mri, oddity)

    fine = (await mri.post(contract("A"))).json()
    refused = (await mri.post(contract("A"), contract("B"))).json()

    assert ("value" in fine, fine["Result"]) == (False, told)
    assert refused["Result"] == "ContractNumber: Contract A already exists for job 24-101."
    assert [row["ContractNumber"] for row in await mri.rows(CONTRACTS)] == ["A", "B"]


async def test_the_one_result_is_there_in_xml_too(mri: Caller) -> None:
    await odd(mri, "result_root")
    xml = "<mri_s-pmjc_contracts><entry><JobCode>24-101</JobCode></entry></mri_s-pmjc_contracts>"

    root = ET.fromstring((await mri.post_xml(xml)).content)

    assert root.findtext("Result") == "ContractNumber: A value is required."


async def test_an_entry_may_come_back_with_all_that_is_wrong_with_it(mri: Caller) -> None:
    wrong = contract(Description="x" * 36, ContractDate="soon", Colour="red")
    [usual] = (await mri.post(wrong)).json()["value"]
    await odd(mri, "every_error")
    [told] = (await mri.post(wrong)).json()["value"]
    xml = "<mri_s-pmjc_contracts><entry><JobCode>24-101</JobCode></entry></mri_s-pmjc_contracts>"
    in_xml = ET.fromstring((await mri.post_xml(xml)).content)

    assert header_error(usual) == "Colour: The specified field is not known to this API."
    assert told["Error"] == [
        {"Message": "Colour: The specified field is not known to this API."},
        {"Message": "Description: The specified value is longer than 35 characters."},
        {"Message": "ContractDate: The specified value soon is not a date."},
    ]
    assert [error.findtext("Message") for error in in_xml.findall("entry/Error")] == [
        "ContractNumber: A value is required.",
        "Description: A value is required.",
        "VendorID: A value is required.",
        "OriginalAmount: A value is required.",
        "ContractDate: A value is required.",
    ]


async def test_a_refused_request_may_be_a_bare_text_or_a_page(mri: Caller) -> None:
    await odd(mri, "error_as_text")
    text = await mri.get(JOBS, _top="many")
    await odd(mri, "error_as_page")
    page = await mri.get(JOBS, _top="<many>")

    assert (text.status_code, text.json()) == (400, "$top many is not a whole number.")
    assert (page.status_code, page.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert "$top &lt;many&gt; is not a whole number." in page.text


async def test_a_refused_request_is_xml_where_xml_was_asked_for(mri: Caller) -> None:
    answer = await mri.get(JOBS, "xml", _top="many")

    assert answer.status_code == 400
    assert ET.fromstring(answer.content).findtext("message") == "$top many is not a whole number."


async def test_nothing_found_may_be_an_error_on_every_list_of_documents(mri: Caller) -> None:
    await odd(mri, "empty_is_error")

    said = {
        api: header_error((await mri.rows(api))[0]) for api in (CONTRACTS, INVOICES, PAYMENTS, DRAWS, JOURNAL)
    }

    assert set(map(bool, said.values())) == {True}
    assert said[PAYMENTS] == "INVOICENUMBER: There are no payments for the specified values."


async def test_an_api_may_take_dates_in_its_own_form_only(mri: Caller) -> None:
    await odd(mri, "strict_dates")

    statuses = [
        (await mri.get(api, LastUpdateDate=day)).status_code
        for api in (VENDORS, JOURNAL)
        for day in ("2026-01-31", "01-31-2026")
    ]
    refused = (await mri.get(JOURNAL, LastUpdateDate="2026-01-31")).json()

    assert statuses == [200, 400, 400, 200]
    assert refused["error"]["message"] == "LastUpdateDate 2026-01-31 is not a date of the form mm-dd-yyyy."


async def test_some_apis_take_a_filter(mri: Caller) -> None:
    await mri.control("vendors", {"VendorID": "OHARA1", "VendorName": "O'Hara and Sons", "City": "Bath"})

    found = await mri.rows(VENDORS, _filter="VendorName eq 'O''Hara and Sons' and City eq 'Bath'")
    paged = (await mri.get(VENDORS, _filter="Active eq 'Y'", _top=1)).json()

    assert [row["VendorID"] for row in found] == ["OHARA1"]
    assert dict(asked(paged["nextLink"]))["$filter"] == "Active eq 'Y'"
    for bad in (
        "Active",
        "Active ne 'Y'",
        "Colour eq 'red'",
        "Active eq 'Y' or City eq 'Bath'",
        "Active eq 'Y'x",
    ):
        assert (await mri.get(VENDORS, _filter=bad)).status_code == 400


async def test_the_metadata_of_an_api_that_only_takes_can_be_read(mri: Caller) -> None:
    rows = await mri.rows("MRI_S-PMAP_PayInvoice", _metadata="")

    assert [row["MaxLength"] for row in rows if row["Name"] == "CheckNumber"] == ["9"]


async def test_a_developer_key_runs_what_is_not_registered_but_less_often() -> None:
    app = create_app()
    partner, developer = (
        caller_of(app),
        caller_of(app, USER.replace(SANDBOX_PARTNER_KEY, SANDBOX_DEVELOPER_KEY)),
    )
    await partner.control("site", {"partner_apis": [JOBS]})

    assert [(await partner.get(api)).status_code for api in (JOBS, VENDORS)] == [200, 401]
    statuses = [(await developer.get(VENDORS, _top=1)).status_code for _ in range(201)]
    assert statuses == [200] * 200 + [429]
    assert (await partner.get(JOBS)).status_code == 200


async def test_a_limit_can_be_set_while_it_runs_and_the_window_rolls(mri: Caller) -> None:
    await mri.control("site", {"calls": 2, "window_seconds": 60})

    async def status() -> int:
        return (await mri.get(CATEGORIES)).status_code

    first = await status()
    await mri.control("clock", {"advance_seconds": 40})
    then = [await status(), await status()]
    await mri.control("clock", {"advance_seconds": 25})
    later = [await status(), await status()]

    assert [first, *then, *later] == [200, 200, 429, 200, 429]


async def test_a_user_of_three_parts_is_let_in_only_where_the_site_takes_it() -> None:
    user = "HUBCLIENT/SANDBOX/hubsvc"

    assert (await caller_of(create_app(), user).get(JOBS)).status_code == 401
    assert (
        await caller_of(create_app(settings=Settings(takes_three_parts=True)), user).get(JOBS)
    ).status_code == 200


async def test_a_site_may_close_at_night_by_its_own_clock(mri: Caller) -> None:
    await mri.control("site", {"closed_from": "23:30", "closed_until": "02:30"})
    answers = {}
    for moment in (
        "2026-01-15T04:29:00Z",
        "2026-01-15T04:31:00Z",
        "2026-01-15T07:29:00Z",
        "2026-01-15T07:31:00Z",
    ):
        await mri.set_clock(moment)
        answers[(await mri.control("site"))["local_time"][11:16]] = await mri.get(JOBS)

    assert {time: answer.status_code for time, answer in answers.items()} == {
        "23:29": 200,
        "23:31": 503,
        "02:29": 503,
        "02:31": 200,
    }
    assert answers["23:31"].headers["content-type"] == "text/html; charset=utf-8"


async def test_stamps_are_of_the_sites_own_zone_in_winter_and_in_summer(mri: Caller) -> None:
    stamps = []
    for moment in ("2026-01-15T04:10:00Z", "2026-07-15T04:10:00Z"):
        await mri.set_clock(moment)
        stamps.append((await mri.control("vendors", {"VendorID": "OKAF01"}))["LastUpdate"][:16])

    assert stamps == ["2026-01-14T23:10", "2026-07-15T00:10"]


async def test_refused_entries_in_one_request_leave_the_others_stored(mri: Caller) -> None:
    await mri.stored(CONTRACTS, contract())

    assert await mri.refusals(ORDERS, order("A"), order("B", "0"), order("C")) == [
        None,
        "Amount: The amount of an order must not be zero.",
        None,
    ]
    assert [row["OrderNumber"] for row in await mri.rows(ORDERS)] == ["A", "C"]


async def test_periods_are_the_same_list_whatever_page_is_asked_for(mri: Caller) -> None:
    assert await mri.rows(PERIODS, _top=1) == await mri.rows(PERIODS, _skip=80)
