"""Procore under test: its sandbox, the directory as the sample, what it takes as writes."""

from hub.sandboxes import procore
from tests.conformance.subject import Control, Listing, Subject
from tests.conformance.subjects import procore_cases, procore_changes, procore_lines, procore_writes
from tests.conformance.subjects.procore_seed import COMPANY, PROJECT, WORLD
from tests.conformance.subjects.procore_writes import as_people


async def _add_vendor(control: Control) -> str:
    answer = await control.post(
        "/rest/v1.0/vendors",
        json={"company_id": int(COMPANY), "vendor": {"name": "A new company"}},
        headers=await as_people(control),
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def _remove_vendor(control: Control, number: str) -> None:
    answer = await control.post("/__control/objects/delete", json={"kind": "vendor", "id": int(number)})
    assert answer.is_success, answer.text


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
        remove=_remove_vendor,
        nothing=[],
        no_rows=("text", 5, None, [1], {"vendors": []}, [[]]),
    ),
    writes=(*procore_writes.WRITES, *procore_lines.LINES),
    scope={"project": PROJECT},
    token={"method": "POST", "path": "/oauth/token"},
    token_seconds=5400,
    tells_rates=True,
    changed=procore_changes.OPERATIONS,
    cases=(*procore_cases.CASES, *procore_changes.CASES),
)
