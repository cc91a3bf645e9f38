"""MRI under test, at a site that speaks JSON and at one that speaks XML: the vendors as the sample."""

from dataclasses import replace

from hub.sandboxes import mri
from tests.conformance.subject import Control, Listing, Subject
from tests.conformance.subjects import mri_cases, mri_writes
from tests.conformance.subjects.mri_writes import JOB, WORLD, told

SITE = mri.Settings()


async def _add_vendor(control: Control) -> str:
    answer = await control.post(
        "/__control/vendors", json={"VendorID": "AAAA01", "VendorName": "A new company"}
    )
    assert answer.status_code == 200, answer.text
    return "AAAA01"


async def _remove_vendor(control: Control, number: str) -> None:
    await told(control, "rows/delete", {"collection": "Vendors", "key": {"VendorID": number}})


async def _deny(control: Control) -> str:
    await control.post("/__control/rights", json={"denied": ["MRI_S-PMJC_Contracts"]})
    return "Contracts"


SUBJECT = Subject(
    name="mri",
    sandbox=mri.create_app,
    credentials={
        "client_id": SITE.client,
        "database": SITE.database,
        "user": SITE.user,
        "key": SITE.keys[0].key,
        "password": SITE.password,
    },
    secret=SITE.password,
    settings={},
    listing=Listing(
        resource="company",
        match={"method": "GET", "api": "MRI_S-PMAP_Vendors"},
        truth=lambda: {str(one.code): one.name for one in WORLD.vendors if one.in_erp},
        id_field="VendorID",
        spoilt=("Active", "perhaps", "is_active"),
        add=_add_vendor,
        remove=_remove_vendor,
        nothing={"value": []},
        no_rows=("text", 5, None, {"value": "rows"}, {"value": [1]}, [1]),
        rows="value",
    ),
    writes=mri_writes.WRITES,
    scope={"project": JOB},
    says=lambda words, status: {"error": {"code": str(status), "message": words}},
    deny=_deny,
    cases=mri_cases.CASES,
)
XML = replace(
    SUBJECT,
    name="mri-xml",
    kind="mri",
    settings={"format": "xml"},
    writes=tuple(replace(write, as_approved=False) for write in SUBJECT.writes),
    cases=mri_cases.IN_XML,
)
