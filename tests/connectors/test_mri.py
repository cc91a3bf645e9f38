"""The MRI connector on the MRI sandbox: reading the ledger, and making each contract exactly once."""

from datetime import UTC, date, datetime
from decimal import Decimal

import httpx
import pytest
from connecting import WORLD, mri_credentials, mri_side
from driving import QUICK

from hub.codes import ErrorCode
from hub.connectors import capabilities, open_connector
from hub.erp.canonical import canonical
from hub.erp.capabilities import WriteClass
from hub.errors import ErpRefused, ErpUnauthorized, ErpUnavailable, ErpUnexpected, MappingError, Refused
from hub.sandboxes import mri as sandbox
from hub.sandboxes.kit import serving

JOB = "24-101"
CODE = next(
    code
    for code in WORLD.cost_codes
    if code.code in next(job for job in WORLD.jobs if job.code == JOB).chart and len(code.categories) > 1
)
VENDOR = next(vendor for vendor in WORLD.vendors if vendor.linked and vendor.erp_active).code


def line(number=1, amount="1000.00", **changes):
    sound = {
        "line_number": number,
        "cost_code": CODE.code,
        "cost_type": CODE.categories[0],
        "description": "Forms & pours",
        "amount": Decimal(amount),
    }
    return {**sound, **changes}


def facts(**changes):
    sound = {
        "number": "SC-001",
        "title": "Béton für Ebene 2",
        "status": "APPROVED",
        "contract_date": date(2026, 3, 2),
        "start_date": date(2026, 4, 1),
        "retainage_percent": Decimal("10.00"),
        "original_amount": Decimal("1000.00"),
        "job_code": JOB,
        "vendor_id": VENDOR,
        "lines": [line()],
    }
    return {**sound, **changes}


def step_of(side, entries=None, **changes):
    (step,) = side.connector.steps("commitment", facts(**changes), entries or {})
    return step


@pytest.fixture
async def side():
    made = mri_side()
    yield made
    await made.close()


async def contracts(side):
    return (await side.control.get("/__control/contracts")).json()["contracts"]


async def test_vendors_are_read_over_all_pages():
    side = mri_side(page_size=7)
    found = await side.all("company")
    expected = {vendor.code: vendor for vendor in WORLD.vendors if vendor.in_erp}

    assert [each.external_id for each in found] == sorted(expected)
    for each in found:
        vendor = expected[each.external_id]
        assert each.values["name"] == vendor.name
        assert each.values["is_active"] is vendor.erp_active
        assert each.values["postal_code"] == vendor.zip
        assert each.problems == ()
        assert each.external_code == each.external_id
        assert each.linked_to is None
    await side.close()


@pytest.mark.parametrize("oddity", ["wrong_format_in_link", "doubly_escaped_link"])
async def test_odd_links_lead_to_the_same_vendors(oddity):
    side = mri_side(page_size=50)
    answer = await side.control.post("/__control/oddities", json={"oddities": [oddity]})
    assert answer.status_code == 200, answer.text

    found = await side.all("company")

    assert len({each.external_id for each in found}) == sum(vendor.in_erp for vendor in WORLD.vendors)
    await side.close()


async def test_jobs_are_read_with_their_state(side):
    found = {each.external_id: each for each in await side.all("project")}

    assert set(found) == {job.code for job in WORLD.jobs if job.in_erp}
    for job in (job for job in WORLD.jobs if job.in_erp):
        values = found[job.code].values
        assert (values["number"], values["name"], values["start_date"]) == (job.code, job.name, job.start)
        assert values["is_active"] is (job.status.lower() in ("open", "active", "planned"))
        assert values["completion_date"] == job.completion


async def test_an_unknown_status_of_a_job_warns_and_changes_nothing():
    def answer(_):
        return httpx.Response(
            200, json={"value": [{"JobCode": "1", "Description": "D", "Status": "Dormant"}]}
        )

    connector = open_connector(
        "mri", "https://mri.example.com", mri_credentials(), {}, transport=httpx.MockTransport(answer)
    )
    (found,) = (await connector.fetch("project", {}, None)).records

    assert "is_active" not in found.values
    assert found.values["status"] == "Dormant"
    told = [(each.field, each.value, each.warns) for each in found.problems]
    assert told == [("is_active", "Dormant", "UNKNOWN_JOB_STATUS")]


async def test_codes_and_categories_are_read(side):
    codes, types = await side.all("cost_code"), await side.all("cost_type")

    assert {each.values["code"]: each.values["name"] for each in codes} == {
        code.code: code.name for code in WORLD.cost_codes
    }
    assert {each.external_id: each.values["name"] for each in types} == {
        each.category: each.name for each in WORLD.cost_types
    }


@pytest.mark.parametrize("page_size", [3, 300])
async def test_a_jobs_codes_come_once_each_with_their_types_however_the_pages_fall(page_size):
    side = mri_side(page_size=page_size)
    found = {each.external_code: each for each in await side.all("project_cost_code", project=JOB)}
    chart = next(job for job in WORLD.jobs if job.code == JOB).chart
    categories = {code.code: set(code.categories) for code in WORLD.cost_codes}

    assert {code for code, each in found.items() if each.values["is_active"]} == set(chart)
    for code in chart:
        assert {each.external_code for each in found[code].lines} == categories[code]
        assert found[code].refs == {"cost_code": code, "project": JOB}
        assert found[code].external_id == f"{JOB}/{code}"
    assert all(each.lines == () for code, each in found.items() if code not in chart)
    await side.close()


async def test_only_what_changed_is_asked_for(side):
    await side.control.post("/__control/clock", json={"advance_seconds": 3600})
    now = datetime.fromisoformat((await side.control.get("/__control/clock")).json()["now"])
    await side.control.post("/__control/vendors", json={"VendorID": "NEWCO1", "VendorName": "New Company"})

    found = await side.all("company", since=now.isoformat())

    assert [each.external_id for each in found] == ["NEWCO1"]
    assert found[0].updated_at.tzinfo == UTC
    assert found[0].updated_at >= now.replace(microsecond=0)


async def test_nothing_found_said_as_an_error_is_an_empty_list(side):
    await side.control.post("/__control/oddities", json={"oddities": ["empty_is_error"]})

    assert await side.connector.find(step_of(side)) is None


async def test_another_error_inside_a_read_is_no_empty_list():
    def answer(_):
        return httpx.Response(200, json={"value": [{"Error": {"Message": "The table is locked."}}]})

    connector = open_connector(
        "mri",
        "https://mri.example.com",
        mri_credentials(),
        {},
        transport=httpx.MockTransport(answer),
        limits=QUICK,
    )
    with pytest.raises(ErpUnexpected, match="locked"):
        await connector.fetch("company", {}, None)


async def test_the_connection_test_names_each_api(side):
    await side.control.post("/__control/rights", json={"denied": ["MRI_S-PMJC_Contracts"]})

    checks = {each.name: each for each in await side.connector.verify()}

    assert checks["MRI_S-PMAP_Vendors"].ok
    assert checks["MRI_S-PMJC_Jobs"].ok
    assert checks["MRI_S-PMJC_JobCostCodes"].ok
    assert not checks["MRI_S-PMJC_Contracts"].ok
    assert "right to MRI_S-PMJC_Contracts" in checks["MRI_S-PMJC_Contracts"].message


async def test_wrong_credentials_are_named_as_such():
    side = mri_side(credentials=mri_credentials(password="wrong"))

    with pytest.raises(ErpUnauthorized) as refused:
        await side.connector.fetch("company", {}, None)
    assert "wrong" not in str(refused.value)
    assert not any(each.ok for each in await side.connector.verify())
    await side.close()


@pytest.mark.parametrize("part", ["client_id", "database", "user", "key", "password"])
def test_a_missing_part_of_the_credentials_is_refused_before_any_call(part):
    with pytest.raises(Refused) as refused:
        mri_side(credentials=mri_credentials(**{part: ""}))

    assert refused.value.field == f"credentials.{part}"


def test_a_slash_in_the_user_would_name_another_database():
    with pytest.raises(Refused):
        mri_side(credentials=mri_credentials(user="a/b"))


async def test_a_step_is_the_contract_in_mris_words(side):
    step = step_of(side)

    assert step.body["value"] == [
        {
            "JobCode": JOB,
            "ContractNumber": "SC-001",
            "Description": "Béton für Ebene 2",
            "VendorID": VENDOR,
            "Status": "Approved",
            "OriginalAmount": "1000.00",
            "ContractDate": "2026-03-02",
            "StartDate": "2026-04-01",
            "RetentionPercent": "10.00",
            "ContractLines": {
                "entry": [
                    {
                        "LineNumber": "1",
                        "CostCode": CODE.code,
                        "Category": CODE.categories[0],
                        "Description": "Forms & pours",
                        "Amount": "1000.00",
                    }
                ]
            },
        }
    ]
    assert step.natural_key == {"job_code": JOB, "number": "SC-001"}
    assert step.operation == "commitment.create"
    assert capabilities("mri", {}).write_classes[step.operation] is WriteClass.K3
    assert canonical(step.body) == canonical(step_of(side).body)


async def test_a_contract_is_made_and_confirmed(side):
    lines = [line(1, "1250.55"), line(2, "0.00", cost_type=CODE.categories[1]), line(3, "-250.55")]
    step = step_of(side, lines=lines)

    answer = await side.connector.push(step, canonical(step.body))

    assert (answer.external_id, answer.external_code) == (f"{JOB}/SC-001", "SC-001")
    (stored,) = await contracts(side)
    assert stored["OriginalAmount"] == "1000.00"
    assert stored["Description"] == "Béton für Ebene 2"
    assert answer.snapshot["TransactionID"] == stored["TransactionID"]


async def test_every_sound_commitment_of_the_world_fits(side):
    projects = {job.procore_id: job.code for job in WORLD.jobs}
    vendors = {vendor.procore_id: vendor.code for vendor in WORLD.vendors}
    sound = [each for each in WORLD.sendable if each.kind == "work_order_contract"]

    for each in sound:
        lines = [
            line(
                row.position,
                str(row.amount),
                cost_code=row.code,
                cost_type=row.category,
                description=row.description,
            )
            for row in each.lines
        ]
        step = step_of(
            side,
            number=each.number,
            title=each.title,
            status=each.status.upper(),
            contract_date=each.contract_date,
            start_date=each.start,
            retainage_percent=each.retainage,
            original_amount=each.total,
            job_code=projects[each.project_id],
            vendor_id=vendors[each.vendor_id],
            lines=lines,
        )
        await side.connector.push(step, canonical(step.body))
        found = await side.connector.find(step)
        assert found is not None
        assert found.differences == {}

    assert len(sound) >= 90
    assert len(await contracts(side)) == len(sound)


async def test_the_typed_number_wins(side):
    step = step_of(side, {"erp_id": "K-77"})

    assert (await side.connector.push(step, canonical(step.body))).external_code == "K-77"
    assert (await contracts(side))[0]["ContractNumber"] == "K-77"


async def test_a_site_that_numbers_itself_needs_a_typed_number():
    side = mri_side(use_procore_contract_number=False)

    with pytest.raises(Refused) as refused:
        step_of(side)
    assert refused.value.code is ErrorCode.ERP_ID_REQUIRED
    assert step_of(side, {"erp_id": "K-1"}).natural_key["number"] == "K-1"
    await side.close()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "x" * 36}, "title"),
        ({"title": ""}, "title"),
        ({"number": "9" * 21}, "number"),
        ({"vendor_id": "V" * 13}, "vendor_id"),
        ({"vendor_id": None}, "vendor_id"),
        ({"start_date": None}, "start_date"),
        ({"contract_date": None}, "contract_date"),
        ({"status": "DRAFT"}, "status"),
        ({"job_code": ""}, "job_code"),
        ({"original_amount": Decimal("1.005")}, "original_amount"),
        ({"lines": [line(cost_code=None)]}, "lines.cost_code"),
        ({"lines": [line(cost_type=None)]}, "lines.cost_type"),
    ],
)
async def test_what_does_not_fit_never_leaves(side, changes, field):
    with pytest.raises(MappingError) as refused:
        step_of(side, **changes)

    assert refused.value.field == field
    assert await side.requests() == []


async def test_a_purchase_order_is_not_sent_as_a_contract(side):
    with pytest.raises(Refused) as refused:
        step_of(side, kind="PURCHASE_ORDER")

    assert refused.value.code is ErrorCode.CAPABILITY_NOT_SUPPORTED


async def test_thirty_five_characters_are_counted_as_characters(side):
    step = step_of(side, title="ü" * 35)

    await side.connector.push(step, canonical(step.body))

    assert (await contracts(side))[0]["Description"] == "ü" * 35


async def test_a_second_push_is_refused_as_a_duplicate_and_found_equal(side):
    step = step_of(side)
    await side.connector.push(step, canonical(step.body))

    with pytest.raises(ErpRefused) as refused:
        await side.connector.push(step, canonical(step.body))

    assert refused.value.duplicate is True
    assert "already exists" in refused.value.words
    found = await side.connector.find(step)
    assert (found.external_id, found.external_code, found.differences) == (f"{JOB}/SC-001", "SC-001", {})
    assert len(await contracts(side)) == 1


async def test_somebody_elses_contract_shows_every_difference(side):
    theirs = step_of(
        side, title="Something else", original_amount=Decimal("5.00"), lines=[line(amount="5.00")]
    )
    await side.connector.push(theirs, canonical(theirs.body))

    found = await side.connector.find(step_of(side))

    assert found.differences == {
        "title": ("Béton für Ebene 2", "Something else"),
        "original_amount": ("1000.00", "5.00"),
        "lines_amount": ("1000.00", "5.00"),
        "line 1": (f"{CODE.code}/{CODE.categories[0]} 1000.00", f"{CODE.code}/{CODE.categories[0]} 5.00"),
    }


async def test_a_contract_of_another_job_is_not_found(side):
    other = next(job.code for job in WORLD.jobs if job.in_erp and job.code != JOB and CODE.code in job.chart)
    theirs = step_of(side, job_code=other)
    await side.connector.push(theirs, canonical(theirs.body))

    assert await side.connector.find(step_of(side)) is None


async def test_a_number_in_another_letter_case_is_found_and_differs(side):
    theirs = step_of(side, number="sc-001")
    await side.connector.push(theirs, canonical(theirs.body))
    stored = (await side.connector.find(theirs)).snapshot
    connector = open_connector(
        "mri",
        "https://mri.example.com",
        mri_credentials(),
        {},
        transport=httpx.MockTransport(lambda _: httpx.Response(200, json={"value": [stored]})),
    )

    assert (await connector.find(step_of(side))).differences == {"number": ("SC-001", "sc-001")}


async def test_a_page_that_names_itself_as_the_next_is_no_endless_list():
    def answer(request):
        return httpx.Response(200, json={"value": [], "nextLink": str(request.url)})

    connector = open_connector(
        "mri", "https://mri.example.com", mri_credentials(), {}, transport=httpx.MockTransport(answer)
    )
    with pytest.raises(ErpUnexpected, match="names itself"):
        await connector.fetch("company", {}, None)


async def test_letters_that_the_site_cannot_keep_are_no_difference(side):
    await side.control.post("/__control/oddities", json={"oddities": ["windows_1252"]})
    step = step_of(side, title="Łódź façade")

    await side.connector.push(step, canonical(step.body))

    assert (await side.connector.find(step)).differences == {}


async def test_a_contract_stands_in_the_way_of_unlinking_until_it_is_deleted(side):
    step = step_of(side)
    await side.connector.push(step, canonical(step.body))

    (obstacle,) = await side.connector.obstacles(step)
    assert obstacle.external_id == f"{JOB}/SC-001"
    gone = {"JobCode": JOB, "ContractNumber": "SC-001"}
    assert (await side.control.post("/__control/contracts/delete", json=gone)).status_code == 200
    assert await side.connector.obstacles(step) == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"vendor_id": "NOBODY"}, "does not exist"),
        ({"job_code": "99-999"}, "does not exist"),
        ({"lines": []}, "at least one line"),
        ({"original_amount": Decimal("999.00")}, "not the sum"),
        ({"lines": [line(cost_code="99-999")]}, "interface chart"),
        ({"lines": [line(), line(amount="0.00")]}, "used twice"),
    ],
)
async def test_a_refusal_inside_a_200_is_a_refusal_in_mris_words(side, changes, words):
    step = step_of(side, **changes)

    with pytest.raises(ErpRefused, match=words) as refused:
        await side.connector.push(step, canonical(step.body))

    assert refused.value.duplicate is False
    assert await contracts(side) == []


POST = {"method": "POST"}


@pytest.mark.parametrize("fault", ["drop_after", "html", "truncate"])
async def test_an_answer_lost_after_storing_leaves_the_outcome_open_and_is_found(side, fault):
    params = {"when": "after"} if fault == "html" else {}
    await side.fault(fault, match=POST, **params)
    step = step_of(side)

    with pytest.raises((ErpUnavailable, ErpUnexpected)) as lost:
        await side.connector.push(step, canonical(step.body))

    assert getattr(lost.value, "reached", True) is True
    assert (await side.connector.find(step)).differences == {}
    assert len(await contracts(side)) == 1
    assert len(await side.requests(method="POST")) == 1


@pytest.mark.parametrize("fault", ["drop_before", "html"])
async def test_a_request_lost_before_storing_looks_the_same_and_is_not_found(side, fault):
    await side.fault(fault, match=POST)
    step = step_of(side)

    with pytest.raises((ErpUnavailable, ErpUnexpected)) as lost:
        await side.connector.push(step, canonical(step.body))

    assert getattr(lost.value, "reached", True) is True
    assert await side.connector.find(step) is None


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_a_write_is_not_repeated_and_a_read_is(side, status):
    await side.fault("status", match=POST, status=status, body="Transaction was deadlocked")
    await side.fault(
        "status", match={"method": "GET"}, times=2, status=status, body="Transaction was deadlocked"
    )
    step = step_of(side)

    with pytest.raises(ErpUnavailable):
        await side.connector.push(step, canonical(step.body))

    assert await side.connector.find(step) is None
    assert len(await side.requests(method="POST")) == 1
    assert len(await side.requests(method="GET")) == 3


def pushing(answer, status=200):
    """A connector whose every write is answered so, and whose every read finds nothing."""

    def say(request):
        return (
            httpx.Response(status, json=answer)
            if request.method == "POST"
            else httpx.Response(200, json={"value": []})
        )

    return open_connector(
        "mri",
        "https://mri.example.com",
        mri_credentials(),
        {},
        transport=httpx.MockTransport(say),
        limits=QUICK,
    )


def echoed(**changes):
    (row,) = pushing({}).steps("commitment", facts(), {})[0].body["value"]
    return {**row, **changes}


@pytest.mark.parametrize(
    "answer",
    [
        {"value": []},
        {"value": [echoed(), echoed()]},
        {"value": [echoed(ContractNumber="SC-002")]},
        {"value": [echoed(ContractNumber=None)]},
        {"value": [echoed(OriginalAmount="1000.01")]},
        {"value": [echoed(OriginalAmount=None)]},
        {"value": [echoed(ContractLines=None)]},
        {"value": [echoed(ContractLines={"entry": {"Amount": "999.99"}})]},
        {"value": [echoed(VendorID="OTHER")]},
        {"value": "stored"},
        "stored",
        [],
        {},
    ],
)
async def test_a_200_that_proves_nothing_leaves_the_outcome_open(answer):
    connector = pushing(answer)
    (step,) = connector.steps("commitment", facts(), {})

    with pytest.raises(ErpUnexpected):
        await connector.push(step, canonical(step.body))


@pytest.mark.parametrize(
    "error",
    [
        {"Error": {"Message": "No."}},
        {"Error": [{"Message": "No."}, {"Message": "And no."}]},
        {"Error": "No."},
        {"Error": {}},
        {"ContractLines": {"entry": [{"Amount": "1000.00", "Error": {"Message": "No."}}]}},
        {"ContractLines": {"entry": {"Deep": {"entry": [{"Error": {"Message": "No."}}]}}}},
    ],
)
async def test_an_error_at_any_depth_is_no_success(error):
    connector = pushing({"value": [echoed(**error)]})
    (step,) = connector.steps("commitment", facts(), {})

    with pytest.raises(ErpRefused):
        await connector.push(step, canonical(step.body))


async def test_an_error_on_a_line_with_a_failing_look_up_never_passes_for_unsent():
    spoilt = echoed(ContractLines={"entry": {"Amount": "1000.00", "Error": {"Message": "No."}}})

    def say(request):
        if request.method == "POST":
            return httpx.Response(200, json={"value": [spoilt]})
        raise httpx.ConnectError("gone")

    connector = open_connector(
        "mri",
        "https://mri.example.com",
        mri_credentials(),
        {},
        transport=httpx.MockTransport(say),
        limits=QUICK,
    )
    (step,) = connector.steps("commitment", facts(), {})

    with pytest.raises(ErpUnexpected, match="Perhaps stored"):
        await connector.push(step, canonical(step.body))


async def test_an_error_on_a_line_of_a_contract_that_is_there_leaves_the_outcome_open():
    spoilt = echoed(ContractLines={"entry": {"Amount": "1000.00", "Error": {"Message": "No."}}})
    connector = open_connector(
        "mri",
        "https://mri.example.com",
        mri_credentials(),
        {},
        transport=httpx.MockTransport(lambda _: httpx.Response(200, json={"value": [spoilt]})),
        limits=QUICK,
    )
    (step,) = connector.steps("commitment", facts(), {})

    with pytest.raises(ErpUnexpected, match="in part"):
        await connector.push(step, canonical(step.body))


@pytest.mark.parametrize(
    "body", [{"error": {"code": 1, "message": "Bad date."}}, "Bad date.", {"Error": {"Message": "Bad date."}}]
)
async def test_a_refused_request_is_a_refusal_in_mris_words(body):
    connector = pushing(body, 400)
    (step,) = connector.steps("commitment", facts(), {})

    with pytest.raises(ErpRefused, match="Bad date"):
        await connector.push(step, canonical(step.body))


async def test_a_site_may_use_names_of_its_own():
    asked = []

    def answer(request):
        asked.append(dict(request.url.params))
        return httpx.Response(200, json={"value": {"VENDID": "A1", "VENDNAME": "Okafor", "Active": "N"}})

    apis = {
        "company": {
            "api": "SITE_Vendors",
            "key": "VENDID",
            "fields": {"name": "VENDNAME"},
            "parameters": {"since": "CHG"},
        }
    }
    connector = open_connector(
        "mri",
        "https://mri.example.com",
        mri_credentials(),
        {"apis": apis, "path": "/mriapiservices/api.asp"},
        transport=httpx.MockTransport(answer),
    )

    (found,) = (await connector.fetch("company", {"since": "2026-07-01T12:00:00Z"}, None)).records

    assert (found.external_id, found.values["name"], found.values["is_active"]) == ("A1", "Okafor", False)
    assert asked == [{"$api": "SITE_Vendors", "$format": "json", "$top": "300", "CHG": "2026-07-01T08:00:00"}]


@pytest.mark.parametrize(
    "settings",
    [
        {"apis": {"nothing": {}}},
        {"apis": {"company": {"colour": "x"}}},
        {"apis": {"company": "x"}},
        {"commitment_title_max": 0},
        {"vendor_id_max": "12"},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
    ],
)
def test_a_setting_that_means_nothing_is_refused(settings):
    with pytest.raises(Refused):
        mri_side(**settings)


async def test_what_mri_does_not_have_is_refused_before_any_call(side):
    for name in ("prime_contract", "sub_job", "owner_invoice", "prime_contract_change_order"):
        with pytest.raises(Refused) as refused:
            side.connector.steps(name, {}, {})
        assert refused.value.code is ErrorCode.CAPABILITY_NOT_SUPPORTED
        with pytest.raises(Refused) as refused:
            await side.connector.fetch(name, {}, None)
        assert refused.value.code is ErrorCode.CAPABILITY_NOT_SUPPORTED
    assert await side.requests() == []


async def test_over_a_real_connection_a_lost_answer_is_found_and_the_guard_lets_the_opened_port_pass():
    with serving(sandbox.create_app()) as address:
        opened = {address.removeprefix("http://")}
        connector = open_connector("mri", address, mri_credentials(), {}, opened, limits=QUICK)
        async with httpx.AsyncClient(base_url=address) as control:
            await control.post("/__control/faults", json={"fault": "drop_after", "match": POST})
            (step,) = connector.steps("commitment", facts(), {})

            with pytest.raises(ErpUnavailable) as lost:
                await connector.push(step, canonical(step.body))
            found = await connector.find(step)
            stored = (await control.get("/__control/contracts")).json()["count"]
        await connector.close()

    assert lost.value.reached is True
    assert found.differences == {}
    assert stored == 1
