"""Procore under test: its sandbox, the directory as the sample, bulk updates as writes."""

from collections.abc import Sequence
from typing import Any

from hub.sandboxes import procore, world
from tests.conformance.subject import Batch, Control, Depth, Held, Listing, Subject, Write
from tests.conformance.subjects import procore_cases

WORLD = world.build(7)
COMPANY = str(WORLD.company.procore_id)
PROJECT = str(next(job for job in WORLD.jobs if job.linked).procore_id)
PEOPLE = {
    "grant_type": "client_credentials",
    "client_id": "people-sandbox",
    "client_secret": "people-sandbox-secret",
}


async def _as_people(control: Control) -> dict[str, str]:
    """The headers of somebody who works in Procore, beside the hub."""
    answer = await control.post("/oauth/token", data=PEOPLE)
    return {"Authorization": f"Bearer {answer.json()['access_token']}", "Procore-Company-Id": COMPANY}


async def _add_vendor(control: Control) -> str:
    answer = await control.post(
        "/rest/v1.0/vendors",
        json={"company_id": int(COMPANY), "vendor": {"name": "A new company"}},
        headers=await _as_people(control),
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _held(path: str, origin: str, **query: str) -> Any:
    async def held(control: Control, number: int) -> list[Held]:
        asked = {
            "company_id": COMPANY,
            "filters[origin_id]": origin.format(number),
            "per_page": "500",
            **query,
        }
        answer = await control.get(path, params=asked, headers=await _as_people(control))
        assert answer.status_code == 200, answer.text
        return [
            Held(str(row["id"])) for row in answer.json() if row["origin_id"] == asked["filters[origin_id]"]
        ]

    return held


def _says_no(origin: str) -> Any:
    def answer(number: int) -> Any:
        refused = {"origin_id": origin.format(number), "errors": {"base": ["No such thing."]}}
        return {"entities": [], "errors": [refused]}

    return answer


def company(number: int, **changes: Any) -> dict[str, Any]:
    code = f"CONF{number:03}"
    sound = {"name": f"Conformance & Söhne {number}", "city": "Toledo", "is_active": True}
    return {"erp_id": code, "vendor_id": code, **sound, **changes}


def _companies(numbers: Sequence[int]) -> dict[str, Any]:
    return {"items": [company(number) for number in numbers]}


COMPANIES = Write(
    name="company",
    object_key="company",
    operation="company.sync",
    facts=company,
    held=_held("/rest/v1.0/vendors", "MRI:VEND:CONF{:03}", view="extended"),
    match={"method": "PATCH", "path": "/rest/v1.0/vendors/sync"},
    looks={"method": "GET", "path": "/rest/v1.0/vendors"},
    renamed=lambda number: company(number, name="Somebody else"),
    refused=[("name", company(1, name="")), ("ID not found", company(1, external_id="999999999"))],
    unfit={
        "no id": (company(1, erp_id="", vendor_id=""), "_id"),
        "the same twice": (_companies([1, 1]), "items"),
        "no number": (company(1, external_id="1/2"), "external_id"),
    },
    says_no=_says_no("MRI:VEND:CONF{:03}"),
    without_id={"drop": ["entities.0.id"]},
    other_key={"set": {"entities.0.origin_id": "MRI:VEND:OTHER", "entities.0.id": 999999999}},
    titled=lambda number, title: company(number, name=title),
    numbered=lambda key: company(1, erp_id=key, vendor_id=key),
    depth=Depth.WHOLE,
    batch=Batch(_companies, lambda number: company(number, name=""), "MRI:VEND:CONF{:03}".format),
)


def project(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "job_code": f"26-{number:03}",
        "name": f"Conformance Tower {number}",
        "city": "Toledo",
        "is_active": True,
        **changes,
    }


def _projects(numbers: Sequence[int]) -> dict[str, Any]:
    return {"items": [project(number) for number in numbers]}


PROJECTS = Write(
    name="project",
    object_key="project",
    operation="project.sync",
    facts=project,
    held=_held("/rest/v1.0/projects", "MRI:JOB:26-{:03}", **{"filters[by_status]": "All"}),
    match={"method": "PATCH", "path": "/rest/v1.0/projects/sync"},
    looks={"method": "GET", "path": "/rest/v1.0/projects"},
    renamed=lambda number: project(number, name="Another tower"),
    refused=[("name", project(1, name=""))],
    unfit={"no code": (project(1, job_code=""), "job_code"), "the same twice": (_projects([2, 2]), "items")},
    says_no=_says_no("MRI:JOB:26-{:03}"),
    without_id={"drop": ["entities.0.id"]},
    other_key={"set": {"entities.0.origin_id": "MRI:JOB:OTHER", "entities.0.id": 999999999}},
    titled=lambda number, title: project(number, name=title),
    numbered=lambda key: project(1, job_code=key),
    batch=Batch(_projects, lambda number: project(number, name=""), "MRI:JOB:26-{:03}".format),
)


SUBJECT = Subject(
    name="procore",
    sandbox=procore.create_app,
    credentials={"client_id": "hub-sandbox", "client_secret": "hub-sandbox-secret"},
    secret="hub-sandbox-secret",
    settings={"company_id": COMPANY},
    listing=Listing(
        resource="company",
        match={"method": "GET", "path": "/rest/v1.0/vendors"},
        truth=lambda: {str(one.procore_id): one.procore_name for one in WORLD.vendors if one.procore_id},
        id_field="id",
        spoilt=("is_active", "perhaps", "is_active"),
        add=_add_vendor,
        nothing=[],
        no_rows=("text", 5, None, [1], {"vendors": []}, [[]]),
    ),
    writes=(COMPANIES, PROJECTS),
    scope={"project": PROJECT},
    token={"method": "POST", "path": "/oauth/token"},
    token_seconds=5400,
    tells_rates=True,
    cases=procore_cases.CASES,
)
