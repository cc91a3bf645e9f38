"""Who may call the MRI sandbox, in which forms it answers, and what faults on the way look like."""

import base64
from collections.abc import AsyncIterator, Iterator
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest
from mri_caller import (
    ALL_APIS,
    CATEGORIES,
    CONTRACTS,
    COST_CODES,
    JOB_COST_CODES,
    JOBS,
    PASSWORD,
    PATH,
    USER,
    VENDORS,
    Caller,
    caller_of,
    contract,
    header_error,
    line,
)

from hub.sandboxes.kit import serving
from hub.sandboxes.mri import SANDBOX_PARTNER_KEY, PartnerKey, Settings, create_app


@pytest.fixture
async def mri() -> AsyncIterator[Caller]:
    caller = caller_of(create_app())
    async with caller.client:
        yield caller


@pytest.mark.parametrize(
    ("user", "password"),
    [
        (USER.replace("HUBCLIENT", "OTHER"), PASSWORD),
        (USER.replace("SANDBOX", "LIVE"), PASSWORD),
        (USER.replace("hubsvc", "somebody"), PASSWORD),
        (USER.replace("0", "1"), PASSWORD),
        ("HUBCLIENT/SANDBOX/hubsvc", PASSWORD),
        (USER + "/more", PASSWORD),
        ("", ""),
        (USER, "sandbox"),
        (USER, "password"),
    ],
)
async def test_every_wrong_part_of_the_credentials_gives_the_same_401(user: str, password: str) -> None:
    app = create_app(settings=Settings(granted=frozenset({JOBS})))
    refused = await caller_of(app, user, password).get(JOBS)
    not_granted = await caller_of(app).get(VENDORS)
    unknown = await caller_of(app).get("MRI_S-PMJC_Nothing")

    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Basic")
    assert refused.content == not_granted.content == unknown.content
    assert refused.headers["content-type"] == not_granted.headers["content-type"]
    assert (await caller_of(app).get(JOBS)).status_code == 200


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic !!!", "Bearer abc", "Basic " + base64.b64encode(b"\xff").decode()]
)
async def test_a_header_that_is_no_basic_pair_is_a_401(mri: Caller, header: str) -> None:
    answer = await mri.client.get(
        PATH, params={"$api": JOBS}, headers={"Authorization": header}, auth=lambda r: r
    )

    assert answer.status_code == 401


async def test_a_key_runs_only_the_apis_registered_for_it() -> None:
    keys = (PartnerKey(), PartnerKey("b" * 64, apis=frozenset({JOBS})))
    app = create_app(settings=Settings(keys=keys))
    other = caller_of(app, USER.replace(SANDBOX_PARTNER_KEY, "b" * 64))

    assert (await other.get(JOBS)).status_code == 200
    assert (await other.get(VENDORS)).status_code == 401
    assert (await caller_of(app).get(VENDORS)).status_code == 200


async def test_a_right_can_be_taken_away_and_given_back(mri: Caller) -> None:
    await mri.control("rights", {"denied": [VENDORS]})
    assert [(await mri.get(api, JOBCODE="24-101")).status_code for api in (VENDORS, JOBS)] == [401, 200]

    await mri.control("rights", {"denied": []})
    assert (await mri.get(VENDORS)).status_code == 200


async def test_the_thousand_and_first_call_in_five_minutes_is_a_429_without_a_reset_header() -> None:
    mri = caller_of(create_app(settings=Settings(keys=(PartnerKey(calls=3),))))

    statuses = [(await mri.get(CATEGORIES)).status_code for _ in range(4)]
    refused = await mri.get(CATEGORIES)
    await mri.control("clock", {"advance_seconds": 301})

    assert statuses == [200, 200, 200, 429]
    assert {name for name in refused.headers if "retry" in name or "rate" in name} == set()
    assert refused.json() == {"error": {"code": "429", "message": "Too many requests."}}
    assert (await mri.get(CATEGORIES)).status_code == 200


def test_the_documented_limits_are_the_defaults() -> None:
    settings = Settings()

    assert (settings.keys[0].calls, settings.window_seconds) == (1000, 300)
    assert (settings.page_size, settings.page_limit) == (300, 1000)
    assert settings.basic_user == USER
    assert len(SANDBOX_PARTNER_KEY) == 64


@pytest.mark.parametrize(
    "address",
    [
        f"/mriapiservices/API.ASP?$api={JOBS}&$format=json",
        f"/MRIAPIServices/api.asp?%24API={JOBS.lower()}&%24FORMAT=JSON",
    ],
)
async def test_path_names_and_dollar_signs_are_taken_in_every_spelling(mri: Caller, address: str) -> None:
    answer = await mri.client.get(address)

    assert answer.status_code == 200
    assert len(answer.json()["value"]) == 11


async def test_json_has_its_envelope_and_all_values_are_text_or_null(mri: Caller) -> None:
    answer = await mri.get(VENDORS)
    body = answer.json()
    okafor = next(row for row in body["value"] if row["VendorID"] == "OKAF01")

    assert answer.headers["content-type"].startswith("application/json")
    assert body["odata.metadata"] == (
        f"http://mri.example/mriapiservices/api.asp?$api={VENDORS}&$metadata"
        "#MRI.mri_s-pmap_vendors-container/mri_s-pmap_vendors"
    )
    assert okafor["VendorName"] == "Okafor Concrete"
    assert (okafor["Address2"], okafor["Active"], okafor["ZipCode"]) == (None, "Y", "04101")
    assert {type(value) for row in body["value"] for value in row.values()} == {str, type(None)}


async def test_dates_have_no_zone_and_on_some_apis_seven_fraction_digits(mri: Caller) -> None:
    [job] = await mri.rows(JOBS, JOBCODE="24-101")
    vendor = (await mri.rows(VENDORS))[0]

    assert (job["StartDate"], job["CompletionDate"]) == ("2024-03-04T00:00:00", "2026-10-30T00:00:00")
    assert len(job["LastUpdate"].partition(".")[2]) == 7
    assert len(vendor["LastUpdate"]) == len("2026-02-03T14:00:00")


async def test_without_a_format_the_answer_is_xml(mri: Caller) -> None:
    answer = await mri.client.get(PATH, params={"$api": CATEGORIES})

    assert answer.headers["content-type"].startswith("application/xml")
    assert ET.fromstring(answer.content).tag == "mri_s-pmjc_categories"


@pytest.mark.parametrize("api", ALL_APIS)
async def test_xml_and_json_tell_the_same(mri: Caller, api: str) -> None:
    await mri.post(contract(), contract("SC-2", [], ContractLines={"entry": [line(), line(2, "0.00")]}))

    in_json = await mri.rows(api, JOBCODE="24-101", _top=50)
    root = ET.fromstring((await mri.get(api, "xml", JOBCODE="24-101", _top=50)).content)

    assert root.tag == api.lower()
    assert [_from_xml(entry) for entry in root.findall("entry")] == [_flat(row) for row in in_json]
    assert in_json


def _from_xml(entry: ET.Element) -> dict:
    return {
        child.tag: [_from_xml(one) for one in child.findall("entry")] if len(child) else child.text
        for child in entry
    }


def _flat(row: dict) -> dict:
    """Nested sets as lists, whatever their form; an empty set and an empty value look alike in XML."""
    return {
        name: _as_list(value["entry"]) if isinstance(value, dict) else value for name, value in row.items()
    }


def _as_list(value: Any) -> list:
    return value if isinstance(value, list) else [value]


async def test_a_nested_set_has_three_forms(mri: Caller) -> None:
    codes = {row["CostCode"]: row["Categories"] for row in await mri.rows(COST_CODES)}
    await mri.control("contracts")

    assert codes["01-310"] == {"entry": {"Category": "L", "Description": "Labor"}}
    assert [one["Category"] for one in codes["01-300"]["entry"]] == ["L", "O"]
    refused = (await mri.post(contract(lines=""))).json()["value"][0]
    assert refused["ContractLines"] is None


async def test_metadata_names_the_fields(mri: Caller) -> None:
    rows = await mri.rows(CONTRACTS, _metadata="")

    assert next(row for row in rows if row["Name"] == "Description") == {
        "Name": "Description",
        "Type": "text",
        "MaxLength": "35",
        "Key": "N",
        "Required": "Y",
    }
    assert "ContractLines/CostCode" in [row["Name"] for row in rows]


@pytest.mark.parametrize(
    "params",
    [
        {"$api": ""},
        {"$api": JOBS, "$format": "csv"},
        {"$api": JOBS, "$top": "many"},
        {"$api": JOBS, "$skip": "-1"},
        {"$api": JOBS, "$filter": "JobCode eq '1'"},
        {"$api": JOBS, "LastUpdateDate": "yesterday"},
        {"$api": JOB_COST_CODES},
    ],
)
async def test_bad_parameters_are_a_400(mri: Caller, params: dict) -> None:
    answer = await mri.client.get(PATH, params=params)

    assert answer.status_code == 400
    assert ET.fromstring(answer.content).findtext("message")


async def test_unknown_parameters_are_ignored_and_unknown_verbs_and_paths_are_refused(mri: Caller) -> None:
    assert len(await mri.rows(CATEGORIES, COLOUR="red")) == 7
    assert (await mri.client.request("DELETE", PATH, params={"$api": CONTRACTS})).status_code == 405
    assert (await mri.post({}, api=CATEGORIES)).status_code == 405
    assert (await mri.client.get("/MRIAPIServices/other.asp", params={"$api": JOBS})).status_code == 404


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with serving(create_app()) as address, httpx.Client(base_url=address, auth=(USER, PASSWORD)) as client:
        yield client


def _post(client: httpx.Client, entry: dict) -> httpx.Response:
    return client.post(PATH, params={"$api": CONTRACTS, "$format": "json"}, json={"value": [entry]})


def _count(client: httpx.Client) -> int:
    return client.get("/__control/contracts").json()["count"]


@pytest.mark.parametrize(
    ("fault", "stored", "outcome"), [("drop_before", 0, "not seen"), ("drop_after", 1, "stored")]
)
def test_a_lost_answer_may_or_may_not_have_stored_the_contract(
    client: httpx.Client, fault: str, stored: int, outcome: str
) -> None:
    match = {"api": CONTRACTS, "method": "POST"}
    client.post("/__control/faults", json={"fault": fault, "match": match}).raise_for_status()

    with pytest.raises(httpx.RemoteProtocolError):
        _post(client, contract("SC-1"))

    assert _count(client) == stored
    [logged] = client.get("/__control/requests", params={"api": CONTRACTS}).json()["requests"]
    assert (logged["fault"], logged["status"], logged["outcome"]) == (fault, None, outcome)
    repeated = _post(client, contract("SC-1")).json()["value"][0]
    assert ("already exists" in (header_error(repeated) or "")) is bool(stored)
    assert _count(client) == 1


def test_a_deadlock_once_then_fine_and_a_login_page_with_a_200(client: httpx.Client) -> None:
    deadlock = {"fault": "status", "params": {"status": 500, "body": "Transaction was deadlocked."}}
    client.post("/__control/faults", json={**deadlock, "match": {"api": JOBS}}).raise_for_status()
    client.post(
        "/__control/faults", json={"fault": "html", "match": {"api": VENDORS.lower()}}
    ).raise_for_status()

    jobs = [client.get(PATH, params={"$api": JOBS, "$format": "json"}) for _ in range(2)]
    vendors = client.get(PATH, params={"$api": VENDORS, "$format": "json"})

    assert [answer.status_code for answer in jobs] == [500, 200]
    assert "deadlocked" in jobs[0].text
    assert (vendors.status_code, vendors.headers["content-type"]) == (200, "text/html; charset=utf-8")
