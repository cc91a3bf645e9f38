"""Contracts posted to the MRI sandbox: what is kept, what is refused, and in which words."""

from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from mri_caller import CONTRACTS, JOBS, PATH, VENDORS, Caller, caller_of, contract, header_error, line

from hub.sandboxes import world
from hub.sandboxes.mri import create_app


@pytest.fixture
async def mri() -> AsyncIterator[Caller]:
    caller = caller_of(create_app())
    async with caller.client:
        yield caller


async def test_a_contract_is_stored_with_its_lines_and_read_back_by_its_key(mri: Caller) -> None:
    sent = contract(
        lines={"entry": [line(1, "1250.5"), line(2, "-250.50", Description="Credit")]},
        RetentionPercent="10",
        StartDate="2026-03-01",
    )

    answer = await mri.post(sent)
    [stored] = answer.json()["value"]
    await mri.post(contract("SC-OTHER"))
    found = await mri.rows(CONTRACTS, JOBCODE="24-101", CONTRACTNUMBER="SC-24-101-001")

    assert answer.status_code == 200
    assert found == [stored]
    assert (stored["TransactionID"], stored["Status"]) == ("0000009006", "Approved")
    assert (stored["OriginalAmount"], stored["CurrentAmount"]) == ("1000.00", "1000.00")
    assert (stored["ContractDate"], stored["StartDate"]) == ("2026-02-03T00:00:00", "2026-03-01T00:00:00")
    assert stored["RetentionPercent"] == "10.00"
    assert [
        (one["LineNumber"], one["Amount"], one["Description"]) for one in stored["ContractLines"]["entry"]
    ] == [
        ("1", "1250.50", None),
        ("2", "-250.50", "Credit"),
    ]
    assert len(await mri.rows(CONTRACTS, JOBCODE="24-101")) == 2
    assert await mri.rows(CONTRACTS, JOBCODE="24-102") == []


async def test_of_three_entries_the_bad_one_is_refused_and_the_others_are_kept(mri: Caller) -> None:
    answer = await mri.post(contract("A"), contract("B", VendorID="NOBODY"), contract("C"))
    entries = answer.json()["value"]

    assert answer.status_code == 200
    assert [header_error(entry) for entry in entries] == [
        None,
        "VendorID: The specified vendor NOBODY does not exist.",
        None,
    ]
    assert [entry["TransactionID"] for entry in entries] == ["0000009006", None, "0000009007"]
    assert [row["ContractNumber"] for row in (await mri.control("contracts"))["contracts"]] == ["A", "C"]
    [logged] = (await mri.control("requests?method=POST"))["requests"]
    assert (logged["api"], logged["outcome"]) == (CONTRACTS, "partly stored")
    assert logged["keys"] == ["24-101/A", "24-101/B", "24-101/C"]
    assert "24-101/B refused: VendorID" in logged["summary"]


async def test_a_number_is_taken_once_per_job(mri: Caller) -> None:
    await mri.post(contract("SC-1"))

    [again, elsewhere] = (await mri.post(contract("SC-1"), contract("SC-1", JobCode="24-102"))).json()[
        "value"
    ]

    assert header_error(again) == "ContractNumber: Contract SC-1 already exists for job 24-101."
    assert header_error(elsewhere) is None
    assert (await mri.control("contracts"))["count"] == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"JobCode": "99-999"}, "JobCode: The specified job 99-999 does not exist."),
        ({"JobCode": None}, "JobCode: A value is required."),
        ({"VendorID": "NOBODY"}, "VendorID: The specified vendor NOBODY does not exist."),
        ({"ContractNumber": ""}, "ContractNumber: A value is required."),
        ({"ContractNumber": "x" * 21}, "ContractNumber: The specified value is longer than 20 characters."),
        ({"Description": "é" * 36}, "Description: The specified value is longer than 35 characters."),
        (
            {"Description": "a\x00b"},
            "Description: The specified value holds a character that is not allowed.",
        ),
        ({"Description": ["a"]}, "Description: The specified value is not text or a number."),
        ({"Description": True}, "Description: The specified value is not text or a number."),
        ({"ContractDate": "2026-13-01"}, "ContractDate: The specified value 2026-13-01 is not a date."),
        ({"ContractDate": "03.02.2026"}, "ContractDate: The specified value 03.02.2026 is not a date."),
        ({"ContractDate": None}, "ContractDate: A value is required."),
        (
            {"OriginalAmount": "1,000.00"},
            "OriginalAmount: The specified value 1,000.00 is not an amount with at most",
        ),
        ({"OriginalAmount": "1000.001"}, "OriginalAmount: The specified value 1000.001 is not an amount"),
        (
            {"OriginalAmount": "999.99"},
            "OriginalAmount: The specified amount 999.99 is not the sum of the lines, 1000",
        ),
        (
            {"RetentionPercent": "101"},
            "RetentionPercent: The specified value 101 is not a percentage between 0",
        ),
        ({"Status": "Draft"}, "Status: The specified value Draft does not match one of Approved"),
        ({"ContractLines": None}, "ContractLines: A contract needs at least one line."),
        ({"ContractLines": {"entry": []}}, "ContractLines: A contract needs at least one line."),
        ({"ContractLines": [line()]}, "ContractLines: The specified value is not a set of entries."),
        ({"ContractLines": {"entry": ["x"]}}, "ContractLines: The specified value is not a set of entries."),
        ({"TaxCode": "OH"}, "TaxCode: The specified field is not known to this API."),
    ],
)
async def test_a_contract_that_breaks_a_rule_is_refused_inside_a_200(
    mri: Caller, change: dict, message: str
) -> None:
    answer = await mri.post(contract(**change))

    assert answer.status_code == 200
    assert header_error(answer.json()["value"][0]).startswith(message)
    assert (await mri.control("contracts"))["count"] == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"CostCode": "99-999"},
            "CostCode: The specified cost code 99-999 with category S is not on the interface",
        ),
        (
            {"Category": "OC"},
            "CostCode: The specified cost code 03-300 with category OC is not on the interface chart",
        ),
        ({"Category": None}, "Category: A value is required."),
        ({"Amount": "ten"}, "Amount: The specified value ten is not an amount with at most two decimals."),
        ({"LineNumber": "0"}, "LineNumber: The specified value 0 is not a positive whole number."),
        ({"LineNumber": "1"}, "LineNumber: The specified line number 1 is used twice."),
        ({"TaxAmount": "1.00"}, "TaxAmount: The specified field is not known to this API."),
    ],
)
async def test_a_line_that_breaks_a_rule_has_the_error_in_its_own_entry(
    mri: Caller, change: dict, message: str
) -> None:
    answer = await mri.post(contract(lines={"entry": [line(1), {**line(2, "0"), **change}]}))
    [entry] = answer.json()["value"]

    assert answer.status_code == 200
    assert "Error" not in entry
    assert [header_error(one) is None for one in entry["ContractLines"]["entry"]] == [True, False]
    assert header_error(entry["ContractLines"]["entry"][1]).startswith(message)
    assert (await mri.control("contracts"))["count"] == 0
    assert [row["outcome"] for row in (await mri.control("requests?method=POST"))["requests"]] == ["refused"]


async def test_a_code_that_is_on_the_list_but_not_on_the_jobs_chart_is_refused(mri: Caller) -> None:
    contractor = world.build(7)
    job = next(one for one in contractor.jobs if one.in_erp and len(one.chart) < 60)
    code = next(one for one in contractor.cost_codes if one.code not in job.chart)

    answer = await mri.post(
        contract(JobCode=job.code, lines={"entry": line(CostCode=code.code, Category=code.default_category)})
    )

    message = header_error(answer.json()["value"][0]["ContractLines"]["entry"])
    assert message.endswith(f"is not on the interface chart of job {job.code}.")


async def test_a_vendor_made_inactive_gets_no_contract(mri: Caller) -> None:
    await mri.control("vendors", {"VendorID": "OKAF01", "Active": "N"})

    answer = await mri.post(contract())

    assert header_error(answer.json()["value"][0]) == "VendorID: The specified vendor OKAF01 is not active."


async def test_thirty_five_letters_of_more_than_a_byte_fit(mri: Caller) -> None:
    [stored] = (await mri.post(contract(Description="é" * 35))).json()["value"]

    assert (header_error(stored), stored["Description"]) == (None, "é" * 35)


async def test_numbers_may_come_unquoted_and_keep_their_cents(mri: Caller) -> None:
    body = (
        '{"value":[{"JobCode":"24-101","ContractNumber":"N","Description":"d","VendorID":"OKAF01",'
        '"OriginalAmount":90071992547409.93,"ContractDate":"02-03-2026","ContractLines":{"entry":'
        '{"LineNumber":1,"CostCode":"03-300","Category":"S","Amount":90071992547409.93}}}]}'
    )
    answer = await mri.client.post(
        f"{PATH}?$api={CONTRACTS}&$format=json", content=body, headers={"Content-Type": "application/json"}
    )

    [stored] = answer.json()["value"]
    assert (stored["OriginalAmount"], stored["ContractDate"]) == ("90071992547409.93", "2026-02-03T00:00:00")


async def test_every_sound_commitment_of_the_contractor_is_taken(mri: Caller) -> None:
    contractor = world.build(7)
    vendors = {vendor.procore_id: vendor.code for vendor in contractor.vendors}
    sound = [one for one in contractor.sendable if one.kind == "work_order_contract"]

    entries = [
        contract(
            one.number,
            JobCode=one.job_code,
            Description=one.title,
            VendorID=vendors[one.vendor_id],
            OriginalAmount=str(one.total),
            ContractDate=one.contract_date.isoformat(),
            lines={
                "entry": [
                    line(row.position, str(row.amount), CostCode=row.code, Category=row.category)
                    for row in one.lines
                ]
            },
        )
        for one in sound
    ]
    refused = [entry for entry in (await mri.post(*entries)).json()["value"] if "Error" in str(entry)]

    assert len(sound) > 80
    assert refused == []
    assert (await mri.control("contracts"))["count"] == len(sound)


_XML_CONTRACT = """<mri_s-pmjc_contracts><entry><JobCode>24-101</JobCode><ContractNumber>X-1</ContractNumber>
<Description>Stone &amp; steel &lt;A&gt;</Description><VendorID>OKAF01</VendorID>
<OriginalAmount>1000.00</OriginalAmount><ContractDate>2026-02-03T00:00:00</ContractDate><RetentionPercent/>
<ContractLines>{lines}</ContractLines></entry></mri_s-pmjc_contracts>"""
_XML_LINE = (
    "<entry><LineNumber>{0}</LineNumber><CostCode>03-300</CostCode><Category>S</Category>"
    "<Amount>{1}</Amount></entry>"
)


@pytest.mark.parametrize(
    "content_type", ["application/xml", "text/xml; charset=utf-8", "application/x-www-form-urlencoded"]
)
async def test_a_contract_can_be_posted_in_xml(mri: Caller, content_type: str) -> None:
    lines = _XML_LINE.format(1, "400.00") + _XML_LINE.format(2, "600.00")

    answer = await mri.post_xml(_XML_CONTRACT.format(lines=lines), content_type)
    entry = ET.fromstring(answer.content).find("entry")
    [stored] = await mri.rows(CONTRACTS, JOBCODE="24-101", CONTRACTNUMBER="X-1")

    assert entry.findtext("TransactionID") == "0000009006"
    assert len(entry.findall("ContractLines/entry")) == 2
    assert (stored["Description"], stored["RetentionPercent"]) == ("Stone & steel <A>", None)


async def test_refusals_in_xml_stand_where_they_belong(mri: Caller) -> None:
    no_lines = await mri.post_xml(_XML_CONTRACT.format(lines="\n"))
    bad_line = await mri.post_xml(_XML_CONTRACT.format(lines=_XML_LINE.format(1, "much")))

    assert ET.fromstring(no_lines.content).findtext("entry/Error/Message").startswith("ContractLines:")
    assert ET.fromstring(bad_line.content).find("entry/Error") is None
    assert (
        ET.fromstring(bad_line.content)
        .findtext("entry/ContractLines/entry/Error/Message")
        .startswith("Amount:")
    )


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "<a>",
        "<other><entry/></other>",
        "<mri_s-pmjc_contracts/>",
        '<!DOCTYPE a [<!ENTITY b "c">]><mri_s-pmjc_contracts><entry/></mri_s-pmjc_contracts>',
        '<?xml version="1.0" encoding="nonsense"?><mri_s-pmjc_contracts><entry/></mri_s-pmjc_contracts>',
        "<mri_s-pmjc_contracts>" + "<entry>" * 5000 + "</entry>" * 5000 + "</mri_s-pmjc_contracts>",
    ],
)
async def test_xml_that_cannot_be_read_is_a_400(mri: Caller, xml: str) -> None:
    assert (await mri.post_xml(xml)).status_code == 400


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "{}", '{"value":{}}', '{"value":[]}', '{"value":["a"]}', "[" * 100_000, '{"value":"x"}'],
)
async def test_json_that_cannot_be_read_is_a_400(mri: Caller, body: str) -> None:
    answer = await mri.client.post(
        f"{PATH}?$api={CONTRACTS}&$format=json", content=body, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


async def test_other_content_types_and_too_many_entries_are_a_400(mri: Caller) -> None:
    assert (await mri.post_xml("a=b", "text/plain")).status_code == 400
    assert (await mri.post(*[contract()] * 501)).status_code == 400


async def test_an_accountant_can_delete_a_contract_and_its_number_is_free_again(mri: Caller) -> None:
    await mri.post(contract("SC-1"))
    key = {"JobCode": "24-101", "ContractNumber": "SC-1"}

    assert await mri.control("contracts/delete", key) == {"deleted": "24-101/SC-1"}
    assert (await mri.control("contracts/delete", key))["error"]["code"] == "NOT_FOUND"
    assert (await mri.control("contracts/delete", {"JobCode": "24-101"}))["error"]["code"] == "BAD_KEY"
    assert await mri.rows(CONTRACTS, JOBCODE="24-101", CONTRACTNUMBER="SC-1") == []
    assert header_error((await mri.post(contract("SC-1"))).json()["value"][0]) is None


async def test_control_refuses_what_makes_no_sense(mri: Caller) -> None:
    refusals = [
        await mri.control("vendors", {"VendorID": "NEW01"}),
        await mri.control("vendors", {"VendorID": "OKAF01", "Active": "maybe"}),
        await mri.control("rights", {"denied": ["nothing"]}),
        await mri.control("oddities", {"oddities": "all"}),
        await mri.control("vendors", [1]),
        await mri.control("world?collection=Cats"),
    ]

    assert [refusal["error"]["code"] for refusal in refusals] == [
        "BAD_VENDOR",
        "BAD_VENDOR",
        "BAD_SWITCH",
        "BAD_SWITCH",
        "BAD_BODY",
        "UNKNOWN_COLLECTION",
    ]


async def test_the_world_can_be_looked_at(mri: Caller) -> None:
    overview = await mri.control("world")
    jobs = (await mri.control("world?collection=Jobs"))["Jobs"]

    assert (overview["seed"], overview["counts"]["Jobs"], overview["counts"]["Contracts"]) == (7, 11, 0)
    assert jobs == await mri.rows(JOBS)


async def test_books_outlive_a_restart_and_a_reset_begins_them_anew(tmp_path: Path) -> None:
    file = tmp_path / "new" / "mri.db"
    first = caller_of(app := create_app(file))
    await first.post(contract("SC-1"))
    await first.control("vendors", {"VendorID": "OKAF01", "Active": "N"})
    app.state.bench.store.close()

    second = caller_of(create_app(file))
    kept = await second.rows(CONTRACTS)
    [vendor] = await second.rows(VENDORS, VENDORID="OKAF01")
    await second.control("reset", {})

    assert [row["ContractNumber"] for row in kept] == ["SC-1"]
    assert vendor["Active"] == "N"
    assert await second.rows(CONTRACTS) == []
    assert (await second.rows(VENDORS, VENDORID="OKAF01"))[0]["Active"] == "Y"
