"""The ledger's own lists, the journal, and vendors and jobs that come in through the web services."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from mri_caller import (
    ACCOUNTS,
    BANK_MAPPING,
    BANKS,
    ENTITIES,
    JOBS,
    JOURNAL,
    PERIODS,
    PROPERTIES,
    SYSTEM,
    VENDORS,
    Caller,
    caller_of,
    header_error,
    journal_line,
)

from hub.sandboxes.mri import create_app


@pytest.fixture
async def mri() -> AsyncIterator[Caller]:
    caller = caller_of(create_app())
    async with caller.client:
        yield caller


async def test_the_ledger_has_entities_accounts_banks_and_properties(mri: Caller) -> None:
    entities = await mri.rows(ENTITIES)
    accounts = {row["AccountNumber"]: row["AccountType"] for row in await mri.rows(ACCOUNTS)}
    banks = await mri.rows(BANKS)
    mapped = await mri.rows(BANK_MAPPING, EntityId="HV01")
    found = await mri.rows(PROPERTIES, PROPERTYNAME="Vale Yard")

    assert [(row["EntityID"], row["EntityName"]) for row in entities] == [
        ("HV01", "Harbour & Vale Builders"),
        ("HV99", "Harbour & Vale Builders Holdings"),
    ]
    assert (len(accounts), accounts["2010-000"], accounts["5030-000"]) == (16, "Liability", "Expense")
    assert [row["BankID"] for row in banks] == ["OPER", "PAYR"]
    assert [(row["BankID"], row["AccountNumber"]) for row in mapped] == [
        ("OPER", "1010-000"),
        ("PAYR", "1020-000"),
    ]
    assert [(row["PropertyID"], row["EntityId"]) for row in found] == [("YD01", "HV01")]
    assert (await mri.get(BANK_MAPPING)).status_code == 400


async def test_periods_are_closed_until_the_end_of_2025_and_come_all_at_once(mri: Caller) -> None:
    answer = (await mri.get(PERIODS, _top=10)).json()
    [december] = await mri.rows(PERIODS, PERIOD="202512")
    [february] = await mri.rows(PERIODS, PERIOD="202802")

    assert ("nextLink" in answer, len(answer["value"])) == (False, 84)
    assert december["Status"] == "Closed"
    assert (february["Status"], february["EndDate"]) == ("Open", "2028-02-29T00:00:00")


async def test_the_installation_tells_its_version_and_modules_in_one_bare_row(mri: Caller) -> None:
    system = (await mri.get(SYSTEM)).json()
    in_xml = (await mri.get(SYSTEM, "xml")).text
    await mri.control("site", {"version": "4.1", "modules": ["JC", "AP"]})
    changed = (await mri.get(SYSTEM)).json()

    assert "value" not in system
    assert (system["Database"], system["Version"]) == ("SANDBOX", "10.5.2")
    assert [row["Module"] for row in system["Modules"]["entry"]] == ["JC", "AP", "GL", "PO"]
    assert "<mri_s-pmsy_systeminformation><Database>SANDBOX</Database>" in in_xml
    assert (changed["Version"], len(changed["Modules"]["entry"])) == ("4.1", 2)


async def test_without_its_module_an_api_says_so_inside_a_200(mri: Caller) -> None:
    await mri.control("site", {"modules": ["JC", "AP"]})

    read = (await mri.get(JOURNAL)).json()["value"]
    written = (await mri.post(journal_line(), api=JOURNAL)).json()["value"]

    assert [header_error(row) for row in read + written] == [
        "The module General Ledger is not installed."
    ] * 2
    assert (await mri.control("world"))["counts"]["JournalEntries"] == 0


async def test_a_journal_reference_is_used_again_in_another_period_and_once_in_its_own(mri: Caller) -> None:
    lines = [journal_line(1), journal_line(2, amount="-250.00"), journal_line(1, "202604", "9.00")]
    stored = await mri.stored(JOURNAL, *lines)
    again = await mri.refusals(JOURNAL, journal_line(1), journal_line(1, GLSOURCE="AP"))

    assert [(row["PERIOD"], row["ITEM"], row["AMOUNT"], row["STATUS"]) for row in stored] == [
        ("202603", "1", "250.00", "Posted"),
        ("202603", "2", "-250.00", "Posted"),
        ("202604", "1", "9.00", "Posted"),
    ]
    assert again == [
        "GLREFERENCE: Line 1 of reference JE-1, source GL, already exists in period 202603.",
        None,
    ]
    assert len(await mri.rows(JOURNAL, GLREFERENCE="JE-1", PERIOD="202603")) == 3


async def test_a_journal_line_without_a_source_is_of_the_general_ledger(mri: Caller) -> None:
    [stored] = await mri.stored(JOURNAL, {**journal_line(), "GLSOURCE": None})

    assert (stored["GLSOURCE"], stored["BASIS"]) == ("GL", "A")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"PERIOD": "202512"}, "PERIOD: The specified period 202512 is not open for posting."),
        ({"PERIOD": "202613"}, "PERIOD: The specified value 202613 is not a period of the form YYYYMM."),
        ({"PERIOD": "209901"}, "PERIOD: The specified period 209901 is not open for posting."),
        ({"ENTITYID": "XX"}, "ENTITYID: The specified entity XX does not exist."),
        ({"ACCOUNTNUMBER": "1"}, "ACCOUNTNUMBER: The specified account 1 does not exist."),
        ({"GLSOURCE": "GLX"}, "GLSOURCE: The specified value is longer than 2 characters."),
        ({"BASIS": "X"}, "BASIS: The specified value X does not match one of A, C."),
        ({"JOBCODE": "24-101"}, "JOBCODE: A job, a cost code and a category are needed together."),
        ({"COSTCODE": "03-300"}, "COSTCODE: A job, a cost code and a category are needed together."),
        (
            {"JOBCODE": "99-999", "COSTCODE": "03-300", "CATEGORY": "S"},
            "JOBCODE: The specified job 99-999 does not exist.",
        ),
        (
            {"JOBCODE": "24-101", "COSTCODE": "03-300", "CATEGORY": "OC"},
            "COSTCODE: The specified cost code 03-300 with category OC is not on the interface chart of job 24-101.",
        ),
    ],
)
async def test_a_journal_line_that_breaks_a_rule_is_refused(mri: Caller, change: dict, message: str) -> None:
    assert await mri.refusals(JOURNAL, journal_line(**change)) == [message]


async def test_journal_lines_are_found_by_entry_date_and_by_last_change(mri: Caller) -> None:
    await mri.stored(
        JOURNAL, journal_line(1, ENTRYDATE="2026-03-01"), journal_line(2, ENTRYDATE="2026-03-31")
    )

    late = await mri.rows(JOURNAL, StartDate="03-02-2026", EndDate="03-31-2026")
    early = await mri.rows(JOURNAL, EndDate="2026-03-01")

    assert [row["ITEM"] for row in late] == ["2"]
    assert [row["ITEM"] for row in early] == ["1"]
    assert len(await mri.rows(JOURNAL, LastUpdateDate=early[0]["LASTUPDATE"][:19])) == 2
    assert await mri.rows(JOURNAL, LastUpdateDate="2126-01-01") == []


async def test_a_vendor_is_made_once_and_changed_by_a_put_that_sends_only_what_is_new(mri: Caller) -> None:
    vendor = {"VendorID": "NEWCO1", "VendorName": "New Company", "City": "Toledo"}
    [made] = await mri.stored(VENDORS, vendor)
    [again] = await mri.refusals(VENDORS, vendor)
    [changed] = (await mri.put({"VendorID": "NEWCO1", "Active": "N"}, api=VENDORS)).json()["value"]
    [missing] = (await mri.put({"VendorID": "NOBODY", "Active": "N"}, api=VENDORS)).json()["value"]

    assert (made["Active"], made["Separate1099"]) == ("Y", "N")
    assert again == "VendorID: Vendor NEWCO1 already exists."
    assert (changed["VendorName"], changed["City"], changed["Active"]) == ("New Company", "Toledo", "N")
    assert header_error(missing) == "VendorID: There is no row NOBODY to change."
    assert len(await mri.rows(VENDORS, VENDORID="NEWCO1")) == 1


async def test_a_job_is_made_in_an_entity_that_there_is(mri: Caller) -> None:
    job = {"JobCode": "26-900", "Description": "Pier Shed", "EntityID": "HV01", "Status": "Open"}

    assert await mri.refusals(JOBS, {**job, "EntityID": "XX"}, {**job, "SubJob": "01"}, job, job) == [
        "EntityID: The specified entity XX does not exist.",
        "SubJob: The specified field is not known to this API. The interface does not take sub jobs.",
        None,
        "JobCode: Job 26-900 already exists.",
    ]
    [closed] = (await mri.put({"JobCode": "26-900", "Status": "Closed"}, api=JOBS)).json()["value"]
    assert (closed["Status"], closed["Description"]) == ("Closed", "Pier Shed")


async def test_books_of_an_earlier_sandbox_get_the_lists_that_it_did_not_have(tmp_path: Path) -> None:
    app = create_app(tmp_path / "mri.db")
    first = caller_of(app)
    [vendor] = await first.rows(VENDORS, VENDORID="OKAF01")
    changed = await first.control("vendors", {"VendorID": "OKAF01", "Phone": "1"})
    app.state.bench.store.clear("Periods")
    app.state.bench.store.clear("Banks")
    app.state.bench.store.close()

    second = caller_of(create_app(tmp_path / "mri.db"))

    assert vendor["Phone"] != "1"
    assert await second.rows(VENDORS, VENDORID="OKAF01") == [changed]
    assert (len(await second.rows(PERIODS)), len(await second.rows(BANKS))) == (84, 2)
