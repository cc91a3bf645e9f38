"""What only the ERP integration sees: requests and their details, connections, staged records, feeds."""

from hub.sandboxes.procore.fields import Field, NotAcceptedError, as_given, choice, money, text
from hub.sandboxes.procore.filtering import STAMPS, USUAL, exact, ids
from hub.sandboxes.procore.records import Record, Records
from hub.sandboxes.procore.resource import COMPANY, PROJECT, READ_ONLY, Resource
from hub.sandboxes.procore.resources.shown import ZERO, brief, without

IN_PROGRESS = "in_progress"
STATUSES = (IN_PROGRESS, "success", "failed", "stale", "rejected")


def _messages(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(message, str) for message in value):
        raise NotAcceptedError("must be a list of texts")
    return value


def object_of(name: str, *, required: bool = False) -> Field:
    def parse(value: object) -> object:
        if not isinstance(value, dict):
            raise NotAcceptedError("must be an object")
        return value

    return Field(name, parse, required)


ERP_REQUESTS = Resource(
    kind="erp_request",
    path="/rest/v1.0/companies/{company_id}/erp_requests",
    scope=COMPANY,
    operations=READ_ONLY,
    filters={**STAMPS, "id": ids(), "request_name": exact("request_name")},
    linkable=False,
)

ERP_REQUEST_DETAILS = Resource(
    kind="erp_request_detail",
    path="/rest/v1.0/companies/{company_id}/erp_request_details",
    scope=COMPANY,
    operations=frozenset({"list", "show", "update", "replace", "sync_known"}),
    root="request_detail",
    linkable=False,
    fields=(choice("status", *STATUSES), Field("messages", _messages)),
    filters={
        **STAMPS,
        "id": ids(),
        "item_id": exact("item_id"),
        "item_type": exact("item_type"),
        "status": exact("status"),
        "erp_request_id": exact("erp_request_id"),
    },
)


def with_code_list(record: Record, records: Records) -> Record:
    """A connection brings a list of standard cost codes of its own, into which the integration syncs."""
    (company,) = records.within("company", 0)
    lists = records.within("standard_cost_code_list", company["id"])
    return record | {"standard_cost_code_list_id": next(one["id"] for one in lists if one["is_erp_list"])}


CONNECTIONS = Resource(
    kind="erp_connection",
    path="/rest/v1.0/companies/{company_id}/erp_connections",
    scope=COMPANY,
    operations=frozenset({"list", "show", "create", "update"}),
    root="connection",
    linkable=False,
    fields=(text("service_url"), object_of("metadata", required=True)),
    filters={},
    prepare=with_code_list,
)


def transaction_view(record: Record, records: Records) -> Record:
    """The extended view names the codes as well."""
    return record | {
        "cost_code": brief("cost_code", record["cost_code_id"], records, "code", "origin_id"),
        "line_item_type": brief("line_item_type", record["line_item_type_id"], records, "code", "origin_id"),
    }


TRANSACTIONS = Resource(
    kind="erp_transaction",
    path="/rest/v1.0/erp_transactions",
    scope=PROJECT,
    operations=frozenset({"list", "show", "update", "sync_known"}),
    root="transaction",
    fields=(money("amount", default=ZERO), Field("synced", bool)),
    filters={"synced": exact("synced"), "id": ids()},
    views={"default": lambda record, _records: record, "extended": transaction_view},
)


def invoice_payment_view(record: Record, _records: Records) -> Record:
    return without(record, "company_id")


INVOICE_PAYMENTS = Resource(
    kind="invoice_payment",
    path="/rest/v1.0/companies/{company_id}/invoice_payments",
    scope=COMPANY,
    operations=frozenset({"list", "show", "sync"}),
    fields=(
        choice("invoice_type", "Billings::Requisition", default="Billings::Requisition"),
        Field("invoice_id", int, required=True, target="requisition"),
        money("amount", default=ZERO),
        text("date"),
        text("check_number"),
        text("payment_method"),
        *as_given("notes", "voided"),
    ),
    filters={**USUAL, "invoice_id": exact("invoice_id")},
    views={"default": invoice_payment_view},
)
ERP_RESOURCES = (ERP_REQUESTS, ERP_REQUEST_DETAILS, CONNECTIONS, TRANSACTIONS, INVOICE_PAYMENTS)
