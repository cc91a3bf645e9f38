"""MRI under test: its sandbox, the vendors as the sample, contracts as writes."""

from datetime import date
from decimal import Decimal
from typing import Any

from hub.sandboxes import mri, world
from tests.conformance.subject import Control, Depth, Held, Listing, Subject, Write
from tests.conformance.subjects import mri_cases

WORLD, SITE = world.build(7), mri.Settings()
JOB = "24-101"
VENDOR = next(vendor for vendor in WORLD.vendors if vendor.linked and vendor.erp_active).code
CODE = next(
    code for code in WORLD.cost_codes if code.code in WORLD.job(JOB).chart and len(code.categories) > 1
)


async def _add_vendor(control: Control) -> str:
    answer = await control.post(
        "/__control/vendors", json={"VendorID": "AAAA01", "VendorName": "A new company"}
    )
    assert answer.status_code == 200, answer.text
    return "AAAA01"


async def _contracts(control: Control, number: int) -> list[Held]:
    rows = (await control.get("/__control/contracts")).json()["contracts"]
    mine = [row for row in rows if row["ContractNumber"] == f"SC-{number:03}"]
    return [Held(f"{row['JobCode']}/{row['ContractNumber']}", row["OriginalAmount"]) for row in mine]


async def _remove(control: Control, number: int) -> None:
    key = {"JobCode": JOB, "ContractNumber": f"SC-{number:03}"}
    answer = await control.post("/__control/contracts/delete", json=key)
    assert answer.status_code == 200, answer.text


def line(amount: Decimal, **changes: Any) -> dict[str, Any]:
    coded = {"line_number": 1, "cost_code": CODE.code, "cost_type": CODE.categories[0]}
    return {**coded, "description": "Forms & pours", "amount": amount, **changes}


def contract(number: int, amount: Decimal = Decimal("1000.10"), /, **changes: Any) -> dict[str, Any]:
    sound = {
        "kind": "SUBCONTRACT",
        "number": f"SC-{number:03}",
        "title": "Béton für Ebene 2",
        "status": "APPROVED",
        "contract_date": date(2026, 3, 2),
        "start_date": date(2026, 4, 1),
        "retainage_percent": Decimal("10.00"),
        "original_amount": amount,
        "job_code": JOB,
        "vendor_id": VENDOR,
        "lines": [line(amount)],
    }
    return {**sound, **changes}


def _says_no(_number: int) -> Any:
    return {"value": [{"JobCode": JOB, "Error": {"Message": "No such thing."}}]}


CONTRACTS = Write(
    name="commitment",
    object_key="commitment",
    operation="commitment.create",
    facts=contract,
    held=_contracts,
    match={"method": "POST", "api": "MRI_S-PMJC_Contracts"},
    looks={"method": "GET", "api": "MRI_S-PMJC_Contracts"},
    renamed=lambda number: contract(number, title="Something else"),
    refused=[
        ("does not exist", contract(1, vendor_id="NOBODY")),
        ("interface chart", contract(1, lines=[line(Decimal("1000.10"), cost_code="99-999")])),
        ("not the sum", contract(1, original_amount=Decimal("999.00"))),
        ("at least one line", contract(1, lines=[])),
    ],
    unfit={
        "title too long": (contract(1, title="x" * 36), "title"),
        "number too long": (contract(1, number="9" * 21), "number"),
        "vendor too long": (contract(1, vendor_id="V" * 13), "vendor_id"),
        "no title": (contract(1, title=""), "title"),
        "no vendor": (contract(1, vendor_id=None), "vendor_id"),
        "no job": (contract(1, job_code=""), "job_code"),
        "no start": (contract(1, start_date=None), "start_date"),
        "status": (contract(1, status="DRAFT"), "status"),
        "half a cent": (contract(1, original_amount=Decimal("1.005")), "original_amount"),
        "no cost code": (contract(1, lines=[line(Decimal("1000.10"), cost_code=None)]), "lines.cost_code"),
        "no cost type": (contract(1, lines=[line(Decimal("1000.10"), cost_type=None)]), "lines.cost_type"),
    },
    says_no=_says_no,
    without_id={"drop": ["value.0.ContractNumber"]},
    other_key={"set": {"value.0.ContractNumber": "SC-999"}},
    other_amount={"set": {"value.0.OriginalAmount": "1000.11"}},
    amount=contract,
    titled=lambda number, title: contract(number, title=title),
    numbered=lambda key: contract(1, number=key),
    remove=_remove,
    depth=Depth.WHOLE,
)


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
        nothing={"value": []},
        no_rows=("text", 5, None, {"value": "rows"}, {"value": [1]}, [1]),
        rows="value",
    ),
    writes=(CONTRACTS,),
    scope={"project": JOB},
    says=lambda words, status: {"error": {"code": str(status), "message": words}},
    deny=_deny,
    cases=mri_cases.CASES,
)
