"""Prime contracts with their lines, and the invoices to the owner (payment applications)."""

from dataclasses import replace

from starlette.responses import Response

from hub.sandboxes.procore.call import Call
from hub.sandboxes.procore.envelope import V2
from hub.sandboxes.procore.fields import Field, as_given, choice, day, money, text, whole
from hub.sandboxes.procore.operations import Operations
from hub.sandboxes.procore.problem import bad_request
from hub.sandboxes.procore.records import Record, Records
from hub.sandboxes.procore.resource import FULL, PROJECT, Locks, Resource, Scope
from hub.sandboxes.procore.resources.commitments import (
    CONTRACT_FILTERS,
    HELD_WHEN_APPROVED,
    HELD_WHEN_SYNCED,
    compact,
    extended,
    header_fields,
)
from hub.sandboxes.procore.resources.lines import lines, lines_of, lines_v2
from hub.sandboxes.procore.resources.shown import DOLLARS, ZERO, brief, total, wbs_brief, without

STATUSES = ("Draft", "Out For Bid", "Out For Signature", "Approved", "Complete", "Terminated")
INVOICE_STATUSES = ("draft", "under_review", "revise_and_resubmit", "approved")
OF_CONTRACT = Scope("prime_contract_id", "prime_contract")

PRIME_FIELDS: tuple[Field, ...] = (
    *header_fields(*STATUSES),
    day("contract_start_date"),
    day("contract_estimated_completion_date"),
    day("contract_termination_date"),
    day("substantial_completion_date"),
    day("actual_completion_date"),
    text("inclusions", limit=65535),
    text("exclusions", limit=65535),
    *as_given("architect_id", "contractor_id"),
)


def people(record: Record, records: Records) -> Record:
    """Architect and contractor are companies of the directory."""
    names = ("architect", "contractor")
    return {name: brief("vendor", record.get(f"{name}_id"), records, "name") for name in names}


def prime_compact(record: Record, records: Records) -> Record:
    shown = without(compact(record, records), "architect_id", "contractor_id")
    return shown | people(record, records)


def prime_extended(record: Record, records: Records) -> Record:
    shown = without(extended(record, records), "architect_id", "contractor_id")
    return shown | people(record, records)


PRIME_CONTRACTS = Resource(
    kind="prime_contract",
    path="/rest/v1.0/prime_contract",
    scope=PROJECT,
    operations=FULL - {"sync"},
    fields=PRIME_FIELDS,
    filters=CONTRACT_FILTERS,
    views={"compact": prime_compact, "extended": prime_extended},
    list_view="compact",
    show_view="extended",
    soft_delete=True,
    locks=Locks(HELD_WHEN_SYNCED, dict.fromkeys(("Approved", "Complete"), HELD_WHEN_APPROVED), lines=True),
)
PRIME_LIST = replace(PRIME_CONTRACTS, path="/rest/v1.0/prime_contracts", operations=frozenset({"list"}))
PRIME_V2 = replace(
    PRIME_CONTRACTS,
    path="/rest/v2.0/companies/{company_id}/projects/{project_id}/prime_contracts",
    bare_body=True,
    takes_origin=False,
    envelope=V2,
    views={"default": prime_compact, "extended": prime_extended},
    list_view="default",
    show_view="default",
)


def invoice_view(record: Record, records: Records) -> Record:
    return without(record, "project_id", "contract_id") | {
        "contract": brief("prime_contract", record["contract_id"], records, "number", "title"),
        "total_amount_accrued_this_period": record["amount"],
        "total_amount_paid": ZERO,
        "percent_complete": _percent(record, records),
        "currency_configuration": DOLLARS,
    }


def invoice_extended(record: Record, records: Records) -> Record:
    """With the two forms that an owner is sent: the certificate's sums (g702) and its lines (g703)."""
    contract = records.get("prime_contract", record["contract_id"])
    rows = lines_of(contract, records) if contract else []
    original = total(line["amount"] for line in rows)
    share = total([record["amount"]]) / original if original else total([])
    return invoice_view(record, records) | {
        "g702": {
            "original_contract_sum": str(original),
            "contract_sum_to_date": str(original),
            "current_payment_due": record["amount"],
        },
        "g703": [
            {
                "id": line["id"],
                "line_item_id": line["id"],
                "wbs_code": wbs_brief(line.get("wbs_code_id"), records),
                "description_of_work": line["description"],
                "scheduled_value": line["amount"],
                "work_completed_this_period": str(round(total([line["amount"]]) * share, 2)),
            }
            for line in rows
        ],
    }


def _percent(record: Record, records: Records) -> str:
    contract = records.get("prime_contract", record["contract_id"])
    original = total(line["amount"] for line in lines_of(contract, records)) if contract else 0
    return f"{total([record['amount']]) * 100 / original:.2f}%" if original else "0.00%"


def numbered(record: Record, records: Records) -> Record:
    before = records.within("payment_application", record["project_id"])
    return record | {"number": record.get("number") or len(before) + 1, "amount": record["amount"] or ZERO}


PAYMENT_APPLICATIONS = Resource(
    kind="payment_application",
    path="/rest/v1.0/payment_applications",
    scope=PROJECT,
    operations=frozenset({"list", "show", "delete"}),
    fields=(
        whole("contract_id", required=True),
        text("invoice_number"),
        day("billing_date"),
        day("period_start"),
        day("period_end"),
        whole("period_id"),
        choice("status", *INVOICE_STATUSES, default="draft"),
        money("amount", default=ZERO),
        *as_given("commitment_billing_period_id", "include_attachments"),
    ),
    filters={},
    views={"default": invoice_view, "extended": invoice_extended},
    show_view="extended",
    locks=Locks(
        frozenset({"invoice_number", "billing_date", "period_start", "period_end", "status", "amount"})
    ),
    prepare=numbered,
)
PRIME_RESOURCES = (
    PRIME_CONTRACTS,
    PRIME_LIST,
    PRIME_V2,
    lines("prime_contract_id", "prime_contract", "/rest/v1.0/prime_contracts/{prime_contract_id}/line_items"),
    lines_v2(
        "prime_contract_id",
        "prime_contract",
        "/rest/v2.0/companies/{company_id}/projects/{project_id}/prime_contracts/{prime_contract_id}/line_items",
    ),
    PAYMENT_APPLICATIONS,
)


def invoices_of(call: Call) -> Response:
    contract_id = call.scope_id(OF_CONTRACT)
    within = replace(PAYMENT_APPLICATIONS, only=lambda row, _settings: row["contract_id"] == contract_id)
    return Operations(within).index(_in_project(call))


def create_invoice(call: Call) -> Response:
    """Invoices belong to the project, and are made under the contract that they bill."""
    contract_id, values = call.scope_id(OF_CONTRACT), call.fields.get("payment_application")
    if not isinstance(values, dict):
        raise bad_request("param is missing or the value is empty: payment_application")
    body = {"payment_application": values | {"contract_id": contract_id}}
    return Operations(PAYMENT_APPLICATIONS).create(replace(_in_project(call), body=body))


def update_invoice(call: Call) -> Response:
    call.scope_id(OF_CONTRACT)
    return Operations(PAYMENT_APPLICATIONS).update(_in_project(call))


def _in_project(call: Call) -> Call:
    contract = call.records.get("prime_contract", call.path_id("prime_contract_id"))
    return replace(call, named={"project_id": contract["project_id"] if contract else 0})


PRIME_OPERATIONS = {
    "/rest/v1.0/prime_contracts/{prime_contract_id}/payment_applications": {
        "GET": invoices_of,
        "POST": create_invoice,
    },
    "/rest/v1.0/prime_contracts/{prime_contract_id}/payment_applications/{id}": {"PATCH": update_invoice},
}
