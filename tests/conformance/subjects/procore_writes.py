"""What is written to Procore: companies through the whole suite, every other record through its core."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from tests.conformance.subject import Batch, Control, Depth, Facts, Held, Write
from tests.conformance.subjects import procore_seed as seed

PEOPLE = {
    "grant_type": "client_credentials",
    "client_id": "people-sandbox",
    "client_secret": "people-sandbox-secret",
}
COMPANY, PROJECT, JOB = seed.COMPANY, seed.PROJECT, seed.JOB
OF_COMPANY, OF_PROJECT = {"company_id": COMPANY}, {"project_id": PROJECT}
V1, IN_PROJECT, TOOL = "/rest/v1.0", f"/rest/v1.0/projects/{PROJECT}", f"/rest/v1.0/companies/{COMPANY}"
AMOUNT = Decimal("1000.10")
Named = Callable[[int], str]
HeldBy = Callable[[Control, int], Awaitable[list[Held]]]


async def as_people(control: Control) -> dict[str, str]:
    """The headers of somebody who works in Procore, beside the hub."""
    answer = await control.post("/oauth/token", data=PEOPLE)
    return {"Authorization": f"Bearer {answer.json()['access_token']}", "Procore-Company-Id": COMPANY}


async def rows_at(control: Control, path: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
    answer = await control.get(path, params={**query, "per_page": "500"}, headers=await as_people(control))
    assert answer.status_code == 200, answer.text
    return list(answer.json())


def held_under(path: str, origin: Named, query: Mapping[str, str], name: str = "origin_id") -> HeldBy:
    """The records of a list whose field of that name holds the nth key."""

    async def held(control: Control, number: int) -> list[Held]:
        rows = await rows_at(control, path, query)
        mine = [row for row in rows if row.get(name) == origin(number)]
        return [Held(str(row["id"]), row.get("amount")) for row in mine]

    return held


def company(number: int, /, **changes: Any) -> dict[str, Any]:
    code = f"CONF{number:03}"
    sound = {"name": f"Conformance & Söhne {number}", "city": "Toledo", "is_active": True}
    return {"erp_id": code, "vendor_id": code, **sound, **changes}


def project(number: int, /, **changes: Any) -> dict[str, Any]:
    sound = {"name": f"Conformance Tower {number}", "city": "Toledo", "is_active": True}
    return {"job_code": f"26-{number:03}", **sound, **changes}


def sub_job(number: int, /, **changes: Any) -> dict[str, Any]:
    return {"project": PROJECT, "job_code": JOB, "code": f"N{number:02}", "name": "North & South", **changes}


def cost_code(number: int, /, **changes: Any) -> dict[str, Any]:
    return {"list": seed.CODE_LIST, "code": f"77-{number:03}", "name": "Code of ours", **changes}


def cost_type(number: int, /, **changes: Any) -> dict[str, Any]:
    return {"code": f"Z{number}", "name": f"Type of ours {number}", "base_type": "other", **changes}


def project_cost_code(number: int, /, **changes: Any) -> dict[str, Any]:
    return {"project": PROJECT, "code": f"78-{number:03}", "name": "Code of ours", **changes}


def commitment(number: int, /, **changes: Any) -> dict[str, Any]:
    named = {"project": PROJECT, "job_code": JOB, "kind": "SUBCONTRACT", "number": f"CF-{number:03}"}
    told = {"title": "Béton für Ebene 2", "status": "DRAFT", "company": seed.VENDOR}
    dated = {"contract_date": date(2026, 3, 2), "retainage_percent": Decimal("10.00")}
    return {**named, **told, **dated, **changes}


def purchase_order(number: int, /, **changes: Any) -> dict[str, Any]:
    return commitment(number, **{"kind": "PURCHASE_ORDER", "number": f"CP-{number:03}", **changes})


def direct_cost(number: int, /, **changes: Any) -> dict[str, Any]:
    named = {"project": PROJECT, "erp_id": f"T-{number}", "kind": "INVOICE", "invoice_number": f"B-{number}"}
    told = {"company": seed.VENDOR, "status": "APPROVED", "cost_date": date(2026, 3, 15)}
    return {**named, **told, "description": "Gravel & sand", **changes}


def direct_cost_line(number: int, amount: Decimal = AMOUNT, /, **changes: Any) -> dict[str, Any]:
    named = {"project": PROJECT, "erp_id": f"T-9-{number}", "direct_cost": seed.DIRECT_COST}
    return {**named, "wbs_code_id": seed.WBS_CODE, "amount": amount, **changes}


def payment(number: int, amount: Decimal = AMOUNT, /, **changes: Any) -> dict[str, Any]:
    named = {"project": PROJECT, "contract": seed.CONTRACT, "erp_id": f"P-{number}", "amount": amount}
    return {**named, "paid_on": date(2026, 4, 10), "check_number": "100234", "method": "CHECK", **changes}


def invoice_payment(number: int, amount: Decimal = AMOUNT, /, **changes: Any) -> dict[str, Any]:
    return {"invoice": seed.INVOICE, "erp_id": f"IP-{number}", "amount": amount, **changes}


def wbs_code(number: int) -> dict[str, Any]:
    code, cost_type_id, words = seed.FREE_PAIRS[number - 1]
    segments = [
        {"segment_id": "301", "segment_item_id": code},
        {"segment_id": "302", "segment_item_id": cost_type_id},
    ]
    return {"project": PROJECT, "code": words, "flat_code": words, "segments": segments}


def staged_record(number: int, /, **changes: Any) -> dict[str, Any]:
    origin = f"MRI:VEND:STG{number}"
    return {"item_type": "vendor", "origin_id": origin, "data": {"name": "Not yet & here"}, **changes}


def erp_connection(number: int, /, **changes: Any) -> dict[str, Any]:
    return {"service_url": f"http://127.0.0.1:9/{number}", "metadata": {"books": "Brick & Sons"}, **changes}


def hook(number: int) -> dict[str, Any]:
    return {"namespace": f"conformance-{number}", "destination_url": "http://127.0.0.1:9/in"}


EVENTS = ("create", "update", "delete")


def hook_trigger(number: int) -> dict[str, Any]:
    return {"hook": seed.HOOK, "resource_name": "ERP Requests", "event_type": EVENTS[number - 1]}


async def _hook_triggers(control: Control, number: int) -> list[Held]:
    path, wanted = f"{V1}/webhooks/hooks/{seed.HOOK}/triggers", EVENTS[number - 1].upper()
    rows = await rows_at(control, path, OF_COMPANY)
    return [Held(str(row["id"])) for row in rows if row["event_type"] == wanted]


async def _stand(control: Control) -> None:
    """The hook that triggers hang on."""
    body = {"company_id": int(COMPANY), "hook": {"api_version": "v2", **hook(900)}}
    headers = await as_people(control)
    if not await rows_at(control, f"{V1}/webhooks/hooks", OF_COMPANY):
        answer = await control.post(f"{V1}/webhooks/hooks", json=body, headers=headers)
        assert (answer.status_code, str(answer.json()["id"])) == (201, seed.HOOK), answer.text


def _many(facts: Callable[[int], Facts]) -> Callable[[Sequence[int]], Facts]:
    """Many records at once; what they share, such as their project, stands beside them."""
    return lambda numbers: {**facts(1), "items": [facts(number) for number in numbers]}


def _says_no(origin: Named) -> Callable[[int], Any]:
    def answer(number: int) -> Any:
        refused = {"origin_id": origin(number), "errors": {"base": ["No such thing."]}}
        return {"entities": [], "errors": [refused]}

    return answer


def synced(
    name: str,
    facts: Callable[[int], dict[str, Any]],
    origin: Named,
    path: str,
    query: Mapping[str, str],
    **more: Any,
) -> Write:
    """A bulk update of the list at `path`, which is read back with `query`."""
    usual: dict[str, Any] = {
        "object_key": name,
        "operation": f"{name}.sync",
        "looks": {"method": "GET", "path": path},
        "without_id": {"drop": ["entities.0.id"]},
        "other_key": {"set": {"entities.0.origin_id": "MRI:VEND:OTHER", "entities.0.id": 999999999}},
    }  # fmt: skip
    return Write(
        name=name,
        facts=facts,
        held=held_under(path, origin, query),
        match={"method": "PATCH", "path": f"{path}/sync"},
        says_no=_says_no(origin),
        **{**usual, **more},
    )


WHOLE: dict[str, Any] = {"depth": Depth.WHOLE}
COMPANIES = synced(
    "company", company, "MRI:VEND:CONF{:03}".format, f"{V1}/vendors", {**OF_COMPANY, "view": "extended"},
    **WHOLE,
    renamed=lambda number: company(number, name="Somebody else"),
    refused=[("name", company(1, name="")), ("ID not found", company(1, external_id="999999999"))],
    unfit={
        "no id": (company(1, erp_id="", vendor_id=""), "_id"),
        "the same twice": (_many(company)([1, 1]), "items"),
        "no number": (company(1, external_id="1/2"), "external_id"),
    },
    titled=lambda number, title: company(number, name=title),
    numbered=lambda key: company(1, erp_id=key, vendor_id=key),
    batch=Batch(_many(company), lambda number: company(number, name=""), "MRI:VEND:CONF{:03}".format),
)  # fmt: skip
PROJECTS = synced(
    "project", project, "MRI:JOB:26-{:03}".format, f"{V1}/projects",
    {**OF_COMPANY, "filters[by_status]": "All"},
    renamed=lambda number: project(number, name="Another tower"),
    refused=[("name", project(1, name=""))],
    unfit={
        "no code": (project(1, job_code=""), "job_code"),
        "the same twice": (_many(project)([2, 2]), "items"),
    },
    batch=Batch(_many(project), lambda number: project(number, name=""), "MRI:JOB:26-{:03}".format),
)  # fmt: skip
SUB_JOBS = synced(
    "sub_job", sub_job, f"MRI:SUBJ:{JOB}:N{{:02}}".format, f"{V1}/sub_jobs", OF_PROJECT,
    renamed=lambda number: sub_job(number, name="South"),
    refused=[("ID not found", sub_job(1, external_id="999999999"))],
    unfit={"no project": (sub_job(1, project=None), "project"), "no code": (sub_job(1, code=""), "code")},
)  # fmt: skip
CODES = (
    synced(
        "cost_code", cost_code, "MRI:CODE:77-{:03}".format, f"{V1}/standard_cost_codes",
        {"standard_cost_code_list_id": seed.CODE_LIST, "view": "extended"},
        renamed=lambda number: cost_code(number, name="Another"),
        refused=[("name", cost_code(1, name=""))],
        unfit={"no code": (cost_code(1, code=""), "code")},
    ),
    synced(
        "cost_type", cost_type, "MRI:CAT:Z{}".format, f"{V1}/line_item_types", OF_COMPANY,
        renamed=lambda number: cost_type(number, name="Another"),
        refused=[("name", cost_type(1, name=""))],
    ),
    synced(
        "project_cost_code", project_cost_code, "MRI:CODE:78-{:03}".format, f"{V1}/cost_codes", OF_PROJECT,
        renamed=lambda number: project_cost_code(number, name="Another"),
        refused=[("name", project_cost_code(1, name=""))],
        batch=Batch(
            _many(project_cost_code), lambda number: project_cost_code(number, name=""), "MRI:CODE:78-{:03}".format
        ),
    ),
)  # fmt: skip
CONTRACTS = (
    synced(
        "commitment", commitment, f"MRI:CONT:{JOB}:CF-{{:03}}".format, f"{V1}/work_order_contracts",
        {**OF_PROJECT, "view": "extended"},
        operation="work_order_contract.sync",
        renamed=lambda number: commitment(number, title="Something else"),
        refused=[("ID not found", commitment(1, external_id="999999999"))],
        unfit={
            "kind": (commitment(1, kind="OTHER"), "kind"),
            "status": (commitment(1, status="PAUSED"), "status"),
            "no number": (commitment(1, number=""), "number"),
        },
    ),
    synced(
        "purchase_order", purchase_order, f"MRI:CONT:{JOB}:CP-{{:03}}".format, f"{V1}/purchase_order_contracts",
        {**OF_PROJECT, "view": "extended"},
        object_key="commitment",
        operation="purchase_order_contract.sync",
        renamed=lambda number: purchase_order(number, title="Something else"),
    ),
)  # fmt: skip
COSTS = (
    synced(
        "direct_cost", direct_cost, "MRI:COST:T-{}".format, f"{IN_PROJECT}/direct_costs", {},
        renamed=lambda number: direct_cost(number, description="Something else"),
        unfit={
            "no number": (direct_cost(1, invoice_number=None), "invoice_number"),
            "no vendor": (direct_cost(1, company=None), "company"),
            "kind": (direct_cost(1, kind="GIFT"), "kind"),
        },
    ),
    synced(
        "direct_cost_line", direct_cost_line, "MRI:CLIN:T-9-{}".format,
        f"{IN_PROJECT}/direct_costs/line_items", {},
        renamed=lambda number: direct_cost_line(number, Decimal("77.77")),
        unfit={"no code": (direct_cost_line(1, wbs_code_id=None), "wbs_code_id")},
        other_amount={"set": {"entities.0.amount": "1000.11"}},
    ),
    synced(
        "invoice_payment", invoice_payment, "MRI:PAY:IP-{}".format, f"{TOOL}/invoice_payments", {},
        looks=None,
        other_amount={"set": {"entities.0.amount": "1000.11"}},
    ),
)  # fmt: skip
PAYMENTS = Write(
    name="payment",
    object_key="payment",
    operation="payment.create",
    facts=payment,
    held=held_under(
        f"{V1}/contract_payments", "MRI:PAY:P-{}".format, {**OF_PROJECT, "contract_id": seed.CONTRACT}
    ),
    match={"method": "POST", "path": f"{V1}/contract_payments"},
    looks={"method": "GET", "path": f"{V1}/contract_payments"},
    renamed=lambda number: payment(number, Decimal("77.77")),
    refused=[("contract_id", payment(1, contract="999999999"))],
    unfit={
        "no amount": (payment(1, amount=None), "amount"),
        "no project": (payment(1, project=None), "project"),
        "no contract": (payment(1, contract=None), "contract"),
    },
    without_id={"drop": ["id"]},
    other_amount={"set": {"amount": "1000.11"}},
)
WBS_CODES = Write(
    name="wbs_code",
    object_key="wbs_code",
    operation="wbs_code.create",
    facts=wbs_code,
    held=held_under(
        f"{IN_PROJECT}/work_breakdown_structure/wbs_codes",
        lambda number: str(wbs_code(number)["code"]),
        {},
        "flat_code",
    ),
    match={"method": "POST", "path": f"{IN_PROJECT}/work_breakdown_structure/wbs_codes"},
    looks={"method": "GET", "path": f"{IN_PROJECT}/work_breakdown_structure/wbs_codes"},
    unfit={"no segments": ({**wbs_code(1), "segments": []}, "segments")},
    without_id={"drop": ["id"]},
)
STAGED = (
    synced(
        "staged_record", staged_record, "MRI:VEND:STG{}".format, f"{TOOL}/staged_records", {},
        looks=None,
        unfit={
            "type": (staged_record(1, item_type="member"), "item_type"),
            "status": (staged_record(1, status="gone"), "status"),
        },
    ),
    Write(
        name="staged_record alone",
        object_key="staged_record",
        operation="staged_record.create",
        facts=lambda number: staged_record(number, verb="create"),
        held=held_under(f"{TOOL}/staged_records", "MRI:VEND:STG{}".format, {}),
        match={"method": "POST", "path": f"{TOOL}/staged_records"},
        looks=None,
        without_id={"drop": ["id"]},
    ),
)  # fmt: skip
HOOKS = (
    Write(
        name="hook",
        object_key="hook",
        operation="hook.create",
        facts=hook,
        held=held_under(f"{V1}/webhooks/hooks", "conformance-{}".format, OF_COMPANY, "namespace"),
        match={"method": "POST", "path": f"{V1}/webhooks/hooks"},
        looks={"method": "GET", "path": f"{V1}/webhooks/hooks"},
        unfit={"namespace": ({**hook(1), "namespace": "ERP Hub"}, "namespace")},
        without_id={"drop": ["id"]},
        credentials={"webhook_authorization": "Bearer of-events"},
        as_approved=False,
    ),
    Write(
        name="hook_trigger",
        object_key="hook_trigger",
        operation="hook_trigger.create",
        facts=hook_trigger,
        held=_hook_triggers,
        match={"method": "POST", "path": f"{V1}/webhooks/hooks/{seed.HOOK}/triggers"},
        looks={"method": "GET", "path": f"{V1}/webhooks/hooks/{seed.HOOK}/triggers"},
        without_id={"drop": ["id"]},
        prepare=_stand,
    ),
)
CONNECTIONS = Write(
    name="erp_connection",
    object_key="erp_connection",
    operation="erp_connection.create",
    facts=erp_connection,
    held=held_under(f"{TOOL}/erp_connections", "http://127.0.0.1:9/{}".format, {}, "service_url"),
    match={"method": "POST", "path": f"{TOOL}/erp_connections"},
    looks=None,
    unfit={"no address": (erp_connection(1, service_url=""), "service_url")},
    without_id={"drop": ["id"]},
)
WRITES = (
    COMPANIES, PROJECTS, SUB_JOBS, *CODES, WBS_CODES, *CONTRACTS, *COSTS, PAYMENTS, *STAGED, CONNECTIONS, *HOOKS
)  # fmt: skip
