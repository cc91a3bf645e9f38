"""The reference ERP under test: its sandbox, the vendors as the sample, every object written under each class."""

from typing import Any

from hub.sandboxes import reference, world
from tests.conformance.subject import Control, Listing, Subject
from tests.conformance.subjects import reference_writes

WORLD, SITE = world.build(7), reference.Settings()


async def _add_vendor(control: Control) -> str:
    vendor = {"code": "AAAA01", "name": "A new company"}
    answer = await control.post("/__control/documents/vendors", json=vendor)
    assert answer.status_code == 200, answer.text
    return "AAAA01"


async def _remove_vendor(control: Control, code: str) -> None:
    named = {"where": {"code": code}, "force": True}
    answer = await control.post("/__control/documents/vendors/delete", json=named)
    assert answer.status_code == 200, answer.text


def _says(words: str, status: int) -> Any:
    return {"error": {"code": "forbidden" if status == 403 else "refused", "message": words, "field": None}}


SUBJECT = Subject(
    name="reference",
    sandbox=reference.create_app,
    credentials={"client_id": SITE.client_id, "client_secret": SITE.client_secret},
    secret=SITE.client_secret,
    settings={},
    listing=Listing(
        resource="company",
        match={"method": "GET", "path": "/v1/vendors"},
        truth=lambda: {str(one.code): one.name for one in WORLD.vendors if one.in_erp},
        id_field="code",
        spoilt=("active", "perhaps", "is_active"),
        add=_add_vendor,
        remove=_remove_vendor,
        nothing={"data": [], "next_cursor": None},
        no_rows=("text", 5, None, [1], {"data": "rows"}, {"data": [1]}),
        rows="data",
    ),
    writes=reference_writes.WRITES,
    scope={"project": reference_writes.JOB},
    token={"method": "POST", "path": "/oauth/token"},
    token_seconds=SITE.token_seconds,
    tells_rates=True,
    says=_says,
)
