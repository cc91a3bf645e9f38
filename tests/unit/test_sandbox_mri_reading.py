"""What the MRI sandbox has to read, page by page."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pytest
from mri_caller import CATEGORIES, CONTRACTS, COST_CODES, JOB_COST_CODES, JOBS, VENDORS, Caller, caller_of

from hub.sandboxes import world
from hub.sandboxes.mri import Settings, create_app


@pytest.fixture
async def mri() -> AsyncIterator[Caller]:
    caller = caller_of(create_app())
    async with caller.client:
        yield caller


async def test_the_default_page_is_300_rows_and_the_link_begins_with_the_301st(mri: Caller) -> None:
    whole = await mri.rows(JOB_COST_CODES, JOBCODE="24-101", _top=1000)
    many = caller_of(create_app(settings=Settings(page_size=60)))

    first = (await many.get(JOB_COST_CODES, JOBCODE="24-101")).json()
    second = (await many.client.get(first["nextLink"])).json()

    assert (
        "%24api=MRI_S-PMJC_JobCostCodes&%24format=json&JOBCODE=24-101&%24top=60&%24skip=61"
        in first["nextLink"]
    )
    assert "nextLink" not in second
    assert len(first["value"]) == 60
    assert first["value"] + second["value"] == whole


async def test_three_hundred_of_more_vendors_come_by_default(mri: Caller) -> None:
    for number in range(200):
        await mri.control("vendors", {"VendorID": f"ZZ{number:04d}", "VendorName": "Another"})

    first = (await mri.get(VENDORS)).json()

    assert len(first["value"]) == 300
    assert "%24top=300&%24skip=301" in first["nextLink"]
    assert (await mri.client.get(first["nextLink"])).json()["value"][0]["VendorID"] > first["value"][-1][
        "VendorID"
    ]


async def test_top_is_lowered_to_its_limit_and_skip_counts_from_one() -> None:
    mri = caller_of(create_app(settings=Settings(page_limit=5)))

    lowered = (await mri.get(CATEGORIES, _top=50)).json()
    from_first = await mri.rows(CATEGORIES, _skip=1, _top=2)
    from_third = await mri.rows(CATEGORIES, _skip=3, _top=2)

    assert len(lowered["value"]) == 5
    assert "%24top=5&%24skip=6" in lowered["nextLink"]
    assert from_first + from_third == lowered["value"][:4]


async def test_a_page_that_ends_with_the_last_row_has_no_link_and_beyond_it_is_an_empty_one(
    mri: Caller,
) -> None:
    assert "nextLink" not in (await mri.get(CATEGORIES, _top=7)).json()
    assert "nextLink" in (await mri.get(CATEGORIES, _top=6)).json()
    assert await mri.rows(CATEGORIES, _skip=8) == []


async def test_in_xml_the_link_is_an_attribute_of_the_root(mri: Caller) -> None:
    answer = await mri.get(CATEGORIES, "xml", _top=4)
    link = ET.fromstring(answer.content).get("NextPageLink")

    assert "&amp;%24format=xml&amp;" in answer.text
    assert parse_qs(urlsplit(link).query)["$skip"] == ["5"]
    assert len(ET.fromstring((await mri.client.get(link)).content).findall("entry")) == 3


async def test_a_row_put_between_two_pages_moves_those_after_it(mri: Caller) -> None:
    first = (await mri.get(VENDORS, _top=10)).json()
    await mri.control("vendors", {"VendorID": "AAAA01", "VendorName": "First of all"})

    second = (await mri.client.get(first["nextLink"])).json()

    assert second["value"][0] == first["value"][-1]


async def test_odd_sites_can_be_had(mri: Caller) -> None:
    await mri.control(
        "oddities", {"oddities": ["wrong_format_in_link", "doubly_escaped_link", "empty_is_error"]}
    )

    in_json = (await mri.get(CATEGORIES, _top=2)).json()
    in_xml = (await mri.get(CATEGORIES, "xml", _top=2)).text
    [nothing] = await mri.rows(JOB_COST_CODES, JOBCODE="none")

    assert "%24format=xml" in in_json["nextLink"]
    assert "&amp;amp;%24top" in in_xml
    assert nothing == {"Error": {"Message": "JOBCODE: There are no cost codes for the specified job."}}


async def test_a_site_with_an_old_code_page_loses_letters(mri: Caller) -> None:
    await mri.control("vendors", {"VendorID": "STEP99", "VendorName": "Štěpánek"})
    await mri.control("oddities", {"oddities": ["windows_1252"]})

    assert [row["VendorName"] for row in await mri.rows(VENDORS, VENDORID="STEP99")] == ["Št?pánek"]


async def test_the_books_hold_the_contractors_vendors_jobs_and_codes(mri: Caller) -> None:
    contractor = world.build(7)

    vendors = await mri.rows(VENDORS)
    jobs = await mri.rows(JOBS)

    assert {row["VendorID"] for row in vendors} == {one.code for one in contractor.vendors if one.in_erp}
    assert {row["JobCode"] for row in jobs} == {one.code for one in contractor.jobs if one.in_erp}
    assert {row["Active"] for row in vendors} == {"Y", "N"}
    assert len(await mri.rows(COST_CODES)) == 60
    assert await mri.rows(CONTRACTS) == []


async def test_a_jobs_codes_say_which_of_them_are_on_its_interface_chart(mri: Caller) -> None:
    job = next(one for one in world.build(7).jobs if one.in_erp and len(one.chart) < 60)

    rows = await mri.rows(JOB_COST_CODES, JOBCODE=job.code)

    assert {row["CostCode"] for row in rows if row["InterfaceChart"] == "Y"} == set(job.chart)
    assert {row["CostCode"] for row in rows if row["InterfaceChart"] == "N"}
    assert {row["JobCode"] for row in rows} == {job.code}
    assert await mri.rows(JOB_COST_CODES, JOBCODE="none") == []


@pytest.mark.parametrize("form", ["{0}", "{0:.10}", "{0:.10}T00:00:00", "{0:.19}.0000000"])
async def test_a_last_update_date_leaves_older_rows_out(mri: Caller, form: str) -> None:
    changed = await mri.control("vendors", {"VendorID": "OKAF01", "Active": "N"})

    rows = await mri.rows(VENDORS, LastUpdateDate=form.format(changed["LastUpdate"]))

    assert [(row["VendorID"], row["Active"]) for row in rows] == [("OKAF01", "N")]


async def test_a_last_update_date_may_have_its_year_last(mri: Caller) -> None:
    await mri.control("vendors", {"VendorID": "OKAF01", "Phone": "1"})

    assert len(await mri.rows(VENDORS, LastUpdateDate="02-01-2026")) == 1
    assert await mri.rows(VENDORS, LastUpdateDate="02-01-2126") == []
