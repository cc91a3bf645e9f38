"""What the hub tells Procore about one record: its facts as an entry of a bulk update, or as a body of its own.

Facts are in our field names, with the ids of both sides beside them. `origin_id` may be given outright."""

from collections.abc import Callable, Mapping
from typing import Any

from hub.connectors.procore.mapping import contracts, directory, money
from hub.erp.mapping import Mapping as FieldMapping
from hub.erp.origin import OriginIds, OriginKind
from hub.errors import MappingError

Facts = Mapping[str, Any]
Update = dict[str, Any]
Entry = Callable[[OriginIds, Facts], Update]

REQUEST_STATUSES = ("in_progress", "success", "failed", "stale", "rejected")
STAGED_STATUSES = frozenset({"staged", "imported", "archived", "invalid"})
# What may be staged -> the origin ids its data must name, so that it shows up where it belongs.
STAGED_TYPES: Mapping[str, tuple[str, ...]] = {
    "vendor": (),
    "project": (),
    "line_item": (),
    "sub_job": ("project_origin_id",),
    "prime_contract": ("project_origin_id",),
    "purchase_order_contract": ("project_origin_id",),
    "work_order_contract": ("project_origin_id",),
    "commitment_change_order": ("project_origin_id", "commitment_origin_id"),
}
ITEM_TYPES = frozenset(
    {
        *("change_order", "contract_payment", "cost_code", "department", "item", "budget", "insurance"),
        *("invoice_payment", "line_item", "line_item_type", "markup", "payment_application"),
        *("payment_application_line_item", "prime_contract", "project", "purchase_order_contract"),
        *("requisition", "requisition_change_order_item", "requisition_contract_detail_item"),
        *("requisition_contract_item", "standard_cost_code", "sub_job", "tax_code", "vendor"),
        *("work_order_contract", "company_level_direct_cost"),
    }
)
_MARKS = ("origin_id", "origin_code", "origin_data")


def company(origins: OriginIds, facts: Facts) -> Update:
    erp_id = needed(facts, "erp_id")
    return identified(
        facts, {"origin_id": origins.vendor(erp_id), "origin_code": erp_id, **directory.COMPANY.to_erp(facts)}
    )


def project(origins: OriginIds, facts: Facts) -> Update:
    job = needed(facts, "job_code")
    fields = directory.PROJECT.to_erp({"number": job, **facts})
    template = ids(facts, project_template_id="template")
    return identified(facts, {"origin_id": origins.job(job), "origin_code": job, **fields, **template})


def sub_job(origins: OriginIds, facts: Facts) -> Update:
    key = needed(facts, "job_code"), needed(facts, "code")
    marks = {"origin_id": origins.make(OriginKind.SUB_JOB, *key)}
    return identified(facts, {**marks, **directory.SUB_JOB.to_erp(facts)})


def cost_code(origins: OriginIds, facts: Facts) -> Update:
    return _code(directory.COST_CODE, origins.cost_code, facts)


def cost_type(origins: OriginIds, facts: Facts) -> Update:
    return _code(directory.COST_TYPE, origins.cost_type, facts)


def project_cost_code(origins: OriginIds, facts: Facts) -> Update:
    return {**cost_code(origins, facts), **ids(facts, standard_cost_code_id="standard_cost_code_id")}


def project_cost_code_type(_: OriginIds, facts: Facts) -> Update:
    """Marks a pair of code and type as synced; both ids are Procore's and known by then."""
    return {
        "cost_code_id": wire_id("cost_code_id", facts.get("cost_code_id")),
        "line_item_type_id": wire_id("cost_type_id", facts.get("cost_type_id")),
        "synced": bool(facts.get("synced", True)),
    }


def commitment(origins: OriginIds, facts: Facts) -> Update:
    number = needed(facts, "number")
    marks = {"origin_id": origins.contract(needed(facts, "job_code"), number), "origin_code": number}
    return identified(
        facts, {**marks, **contracts.COMMITMENT.to_erp(facts), **ids(facts, vendor_id="company")}
    )


def commitment_line(origins: OriginIds, facts: Facts) -> Update:
    number, place = needed(facts, "number"), facts.get("line_number")
    if not isinstance(place, int) or place < 1:
        raise MappingError("is missing", field="line_number", value=place)
    return _line(contracts.LINE, facts, origins.contract_line(needed(facts, "job_code"), number, place))


def given_line(_: OriginIds, facts: Facts) -> Update:
    """A line whose origin id the caller makes."""
    return _line(contracts.PRIME_LINE, facts, needed(facts, "origin_id"))


def budget_line(_: OriginIds, facts: Facts) -> Update:
    """Known by its WBS code, or by its cost code and cost type. Only by its own id is one that is there changed."""
    return identified(facts, {**_coded(facts), **money.BUDGET_LINE.to_erp(facts)})


def direct_cost(origins: OriginIds, facts: Facts) -> Update:
    erp_id = needed(facts, "erp_id")
    fields = money.DIRECT_COST.to_erp(facts)
    if fields.get("direct_cost_type") == "invoice":
        needed(facts, "invoice_number"), wire_id("company", facts.get("company"))
    marks = {"origin_id": origins.make(OriginKind.DIRECT_COST, erp_id)}
    return identified(facts, {**marks, **fields, **ids(facts, vendor_id="company", employee_id="employee")})


def direct_cost_line(origins: OriginIds, facts: Facts) -> Update:
    origin = origins.make(OriginKind.DIRECT_COST_LINE, needed(facts, "erp_id"))
    line = _line(money.DIRECT_COST_LINE, facts, origin)
    return {**line, "direct_cost_id": wire_id("direct_cost", facts.get("direct_cost"))}


def payment(origins: OriginIds, facts: Facts) -> Update:
    erp_id = needed(facts, "erp_id")
    if facts.get("amount") is None:
        raise MappingError("is missing", field="amount")
    marks = {
        "origin_id": origins.make(OriginKind.PAYMENT, erp_id),
        **_some(facts, "origin_code", "origin_data"),
    }
    told = {name: value for name, value in money.PAYMENT.to_erp(facts).items() if value is not None}
    return {"contract_id": wire_id("contract", facts.get("contract")), **marks, **told}


def freed(_: OriginIds, facts: Facts) -> Update:
    """Takes the mark away: the record is nobody's then, and may be deleted."""
    wire_id("id", facts.get("id"))
    return {"origin_id": None}


def invoice_payment(origins: OriginIds, facts: Facts) -> Update:
    """A notice that an invoice is paid; the names of amount, day and check are those of contract payments."""
    erp_id = needed(facts, "erp_id")
    return {
        "invoice_type": facts.get("invoice_type", "Billings::Requisition"),
        "invoice_id": wire_id("invoice", facts.get("invoice")),
        "origin_id": origins.make(OriginKind.PAYMENT, erp_id),
        "origin_code": facts.get("origin_code", erp_id),
        **money.PAYMENT.to_erp(facts),
    }


def job_cost(_: OriginIds, facts: Facts) -> Update:
    """`figures` are the ERP's totals under the names that Procore's job costs have."""
    pair = {
        "cost_code_id": wire_id("cost_code_id", facts.get("cost_code_id")),
        "line_item_type_id": wire_id("cost_type_id", facts.get("cost_type_id")),
    }
    return {**facts.get("figures", {}), **pair}


def erp_transaction(_: OriginIds, facts: Facts) -> Update:
    return {
        "id": wire_id("id", facts.get("id")),
        "origin_id": facts.get("origin_id"),
        "synced": bool(facts.get("synced", True)),
    }


def external_data(_: OriginIds, facts: Facts) -> Update:
    """Marks an item as synced under an origin id, or frees it with nulls."""
    kind = _item_type(facts)
    if kind not in ITEM_TYPES:
        raise MappingError(
            "is not a type of item that external data is kept for", field="item_type", value=kind
        )
    marks = {name: facts.get(name) for name in _MARKS}
    return {"item_type": kind, "item_id": wire_id("item_id", facts.get("item_id")), **marks}


# What Procore calls each of our objects where it keeps marks.
_TYPE_OF: Mapping[str, str] = {
    "company": "vendor",
    "project": "project",
    "sub_job": "sub_job",
    "cost_code": "standard_cost_code",
    "cost_type": "line_item_type",
    "budget": "budget",
    "prime_contract": "prime_contract",
    "prime_contract_change_order": "change_order",
    "owner_invoice": "payment_application",
    "commitment_line": "line_item",
    "commitment_change_order": "change_order",
    "subcontractor_invoice": "requisition",
    "payment": "contract_payment",
    "direct_cost": "item",
}
_COMMITMENT_TYPES: Mapping[str, str] = {
    "SUBCONTRACT": "work_order_contract",
    "PURCHASE_ORDER": "purchase_order_contract",
}


def _item_type(facts: Facts) -> str:
    """By our object, or as Procore says it."""
    found = _TYPE_OF.get(str(facts.get("object")))
    if facts.get("object") == "commitment":
        found = _COMMITMENT_TYPES.get(str(facts.get("kind")))
    return found or needed(facts, "item_type")


def request_detail(_: OriginIds, facts: Facts) -> Update:
    status = needed(facts, "status")
    if status not in REQUEST_STATUSES:
        raise MappingError("is not a status of an ERP request", field="status", value=status)
    return {"status": status, "messages": [str(message) for message in facts.get("messages") or ()]}


def request_details(origins: OriginIds, facts: Facts) -> Update:
    return {"id": wire_id("id", facts.get("id")), **request_detail(origins, facts)}


def staged_record(_: OriginIds, facts: Facts) -> Update:
    """A record in the import inbox, with its children where it has any."""
    kind, status, data = needed(facts, "item_type"), facts.get("status", "staged"), facts.get("data") or {}
    if kind not in STAGED_TYPES:
        raise MappingError("is not a type of record that can be staged", field="item_type", value=kind)
    if status not in STAGED_STATUSES:
        raise MappingError("is not a status of a staged record", field="status", value=status)
    for name in STAGED_TYPES[kind]:
        needed(data, name)
    children = [staged_record(_, each) for each in facts.get("children") or ()]
    return {
        "item_type": kind,
        "origin_id": needed(facts, "origin_id"),
        "status": status,
        "data": dict(data),
        **_some(facts, "origin_code", "origin_data", "parent_id", "parent_origin_id"),
        **({"children": children} if children else {}),
    }


def erp_connection(_: OriginIds, facts: Facts) -> Update:
    return {"service_url": needed(facts, "service_url"), "metadata": dict(facts.get("metadata") or {})}


def hook(_: OriginIds, facts: Facts) -> Update:
    """Without the header that proves an event to be Procore's: it joins when the request leaves."""
    namespace = needed(facts, "namespace")
    if not all(
        letter.isascii() and (letter.islower() or letter.isdigit() or letter == "-") for letter in namespace
    ):
        raise MappingError("holds other signs than a-z, 0-9 and -", field="namespace", value=namespace)
    url = needed(facts, "destination_url")
    return {"api_version": facts.get("api_version", "v2"), "namespace": namespace, "destination_url": url}


def hook_trigger(_: OriginIds, facts: Facts) -> Update:
    return {
        "resource_name": needed(facts, "resource_name"),
        "event_type": needed(facts, "event_type"),
    }


def wbs_code(_: OriginIds, facts: Facts) -> Update:
    """`segments` are pairs of Procore's ids: a segment and the item of it that the code is made of."""
    pairs = facts.get("segments") or ()
    if not pairs:
        raise MappingError("is missing", field="segments")
    items = [
        {
            "segment_id": wire_id("segments", pair.get("segment_id")),
            "segment_item_id": wire_id("segments", pair.get("segment_item_id")),
        }
        for pair in pairs
    ]
    needed(facts, "code")
    return {"segment_items": items, **_some(facts, "description")}


def nothing(_: OriginIds, facts: Facts) -> Update:
    """For what is named by its address alone."""
    wire_id("id", facts.get("id"))
    return {}


def _code(mapping: FieldMapping, origin: Callable[[str], str], facts: Facts) -> Update:
    return identified(facts, {"origin_id": origin(needed(facts, "code")), **mapping.to_erp(facts)})


def _line(mapping: FieldMapping, facts: Facts, origin_id: str) -> Update:
    return identified(facts, {"origin_id": origin_id, **mapping.to_erp(facts), **_coded(facts)})


def _coded(facts: Facts) -> Update:
    """The codes of a line; one without any would be stored where nobody finds it."""
    if facts.get("wbs_code_id"):
        return {"wbs_code_id": wire_id("wbs_code_id", facts["wbs_code_id"])}
    if not facts.get("cost_code_id"):
        raise MappingError("is missing; find or create the WBS code first", field="wbs_code_id")
    return {
        "cost_code_id": wire_id("cost_code_id", facts["cost_code_id"]),
        "line_item_type_id": wire_id("cost_type_id", facts.get("cost_type_id")),
    }


def wire_id(field: str, value: Any) -> int:
    """Ids travel as integers in version 1; Python's have no upper end."""
    text = str(value if value is not None else "")
    if not (text.isascii() and text.isdigit()):
        raise MappingError("is not an id of Procore", field=field, value=value)
    return int(text)


def ids(facts: Facts, **names: str) -> Update:
    """Their name for each id of ours that is there."""
    return {theirs: wire_id(ours, facts[ours]) for theirs, ours in names.items() if facts.get(ours)}


def identified(facts: Facts, update: Update) -> Update:
    """With Procore's own id where it is known: Procore then matches by that, and takes on the origin id."""
    return {**ids(facts, id="external_id"), **update}


def needed(facts: Facts, name: str) -> str:
    value = facts.get(name)
    if not isinstance(value, str) or not value.strip():
        raise MappingError("is missing", field=name, value=value)
    return value


def _some(facts: Facts, *names: str) -> Update:
    return {name: facts[name] for name in names if facts.get(name) is not None}
