"""Every way the hub changes Procore, as data: where it goes, what a second try does, how it is answered and read back.

`path`, `query` and `scope` name ids in braces: `company` is the connection's, others come from the facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hub.erp.capabilities import WriteClass

_COMPANY, _PROJECT = {"company_id": "{company}"}, {"project_id": "{project}"}
_C = "/rest/v1.0/companies/{company}"


class Answered(StrEnum):
    """What a success looks like."""

    SYNC = "sync"  # entities and errors, in any order, always 200
    ARRAY = "array"  # the bare list of what was stored
    ONE = "one"  # the record
    GONE = "gone"  # nothing, or that it is not there


@dataclass(frozen=True, slots=True)
class Operation:
    """`wrapper` is what entries, or the one record, stand under; empty means that the body is the record itself.

    `key` are the paths whose values tell one entry from another, each with its alternatives. `fixed` stands beside
    the entries, as does the job's origin id where the operation `names_job`. `lists` is the query that the list
    above the operation is read back with, None where it cannot be; `unread` are keys it does not show;
    `by_origin` says that it filters by origin id. `proves` are fields that the one record must show as they were sent."""

    path: str
    write_class: WriteClass
    method: str = "PATCH"
    wrapper: str = "updates"
    answered: Answered = Answered.SYNC
    query: Mapping[str, str] = field(default_factory=dict)
    scope: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    names_job: bool = False
    key: tuple[str, ...] = ("origin_id|id",)
    lists: Mapping[str, str] | None = None
    unread: frozenset[str] = frozenset()
    proves: tuple[str, ...] = ()
    by_origin: bool = True


def _one(path: str, write_class: WriteClass, wrapper: str, key: tuple[str, ...], **more: object) -> Operation:
    return Operation(path, write_class, "POST", wrapper, Answered.ONE, key=key, **more)  # type: ignore[arg-type] # the named rest


def _gone(path: str, query: Mapping[str, str]) -> Operation:
    return Operation(path, WriteClass.K2, "DELETE", "", Answered.GONE, query=query, key=("id",))


def _lines(path: str) -> Operation:
    return Operation(
        f"{path}/sync", WriteClass.K2, query=_PROJECT, lists={}, unread=_LINE_UNREAD, by_origin=False
    )


_LINE_UNREAD = frozenset({"cost_code_id", "line_item_type_id", "wbs_code_id", "tax_code_id"})
_PAIR = ("cost_code_id", "line_item_type_id")
_HOOKS = "/rest/v1.0/webhooks/hooks"

OPERATIONS: Mapping[str, Operation] = {
    # Directory and codes
    "company.sync": Operation(
        "/rest/v1.0/vendors/sync", WriteClass.K2, scope=_COMPANY, lists={"view": "extended"}
    ),
    "project.sync": Operation(
        "/rest/v1.0/projects/sync", WriteClass.K2, scope=_COMPANY, lists={"filters[by_status]": "All"}
    ),
    "sub_job.sync": Operation(
        "/rest/v1.0/sub_jobs/sync",
        WriteClass.K2,
        query=_PROJECT,
        scope=_PROJECT,
        lists={},
        by_origin=False,
    ),
    "cost_code.sync": Operation(
        "/rest/v1.0/standard_cost_codes/sync",
        WriteClass.K2,
        scope={**_COMPANY, "standard_cost_code_list_id": "{list}"},
        lists={"view": "extended"},
    ),
    "cost_type.sync": Operation(
        "/rest/v1.0/line_item_types/sync",
        WriteClass.K2,
        scope=_COMPANY,
        lists={},
        unread=frozenset({"csv_import_code"}),
    ),
    "project_cost_code.sync": Operation(
        "/rest/v1.0/cost_codes/sync", WriteClass.K2, query=_PROJECT, lists={}
    ),
    "project_cost_code_type.sync": Operation(
        "/rest/v1.0/cost_code_line_item_types/sync", WriteClass.K2, query=_PROJECT, key=_PAIR
    ),
    "wbs_code.create": _one(
        "/rest/v1.0/projects/{project}/work_breakdown_structure/wbs_codes",
        WriteClass.K4,
        "",
        ("flat_code|code",),
        lists={"query": "{flat_code}"},
        unread=frozenset({"segment_items"}),
    ),
    # Budget
    # No origin id tells its lines: one that is there is refused, unless it comes with its own id.
    "budget_line.sync": Operation(
        "/rest/v1.0/budget_line_items/sync",
        WriteClass.K5,
        "POST",
        "budget_line_items",
        Answered.ARRAY,
        scope=_PROJECT,
        key=("wbs_code_id|wbs_code.id|cost_code_id|cost_code.id", "line_item_type_id|line_item_type.id"),
    ),
    # Contracts and their lines
    "work_order_contract.sync": Operation(
        "/rest/v1.0/work_order_contracts/sync",
        WriteClass.K2,
        scope=_PROJECT,
        lists={"view": "extended"},
        unread=frozenset({"vendor_id"}),
    ),
    "purchase_order_contract.sync": Operation(
        "/rest/v1.0/purchase_order_contracts/sync",
        WriteClass.K2,
        scope=_PROJECT,
        lists={"view": "extended"},
        unread=frozenset({"vendor_id"}),
    ),
    "work_order_contract_line.sync": _lines("/rest/v1.0/work_order_contracts/{contract}/line_items"),
    "purchase_order_contract_line.sync": _lines("/rest/v1.0/purchase_order_contracts/{contract}/line_items"),
    "prime_contract_line.sync": _lines("/rest/v1.0/prime_contracts/{contract}/line_items"),
    "potential_change_order_line.sync": _lines("/rest/v1.0/potential_change_orders/{contract}/line_items"),
    # Money
    "direct_cost.sync": Operation(
        "/rest/v1.0/projects/{project}/direct_costs/sync",
        WriteClass.K2,
        lists={},
        unread=frozenset({"vendor_id", "employee_id"}),
    ),
    "direct_cost_line.sync": Operation(
        "/rest/v1.0/projects/{project}/direct_costs/line_items/sync",
        WriteClass.K2,
        lists={},
        unread=_LINE_UNREAD | {"direct_cost_id"},
        by_origin=False,
    ),
    "payment.create": _one(
        "/rest/v1.0/contract_payments",
        WriteClass.K4,
        "contract_payment",
        ("contract_id", "origin_id"),
        scope=_PROJECT,
        lists={"contract_id": "{contract_id}"},
        proves=("amount",),
    ),
    # A payment with a mark cannot be changed or deleted: the mark goes first.
    "payment.free": Operation(
        "/rest/v1.0/contract_payments/{id}",
        WriteClass.K2,
        wrapper="contract_payment",
        answered=Answered.ONE,
        scope=_PROJECT,
        key=("id",),
    ),
    "payment.delete": _gone("/rest/v1.0/contract_payments/{id}", _PROJECT),
    "invoice_payment.sync": Operation(f"{_C}/invoice_payments/sync", WriteClass.K2),
    "job_cost.sync": Operation(
        "/rest/v1.0/erp_job_costs/sync", WriteClass.K2, scope=_COMPANY, names_job=True, key=_PAIR
    ),
    "erp_transaction.sync": Operation(
        "/rest/v1.0/erp_transactions/sync", WriteClass.K2, scope=_PROJECT, key=("id",)
    ),
    # The ERP tool
    "external_data.sync": Operation(f"{_C}/external_data/sync", WriteClass.K2, key=("item_type", "item_id")),
    "request_detail.close": Operation(
        f"{_C}/erp_request_details/{{id}}",
        WriteClass.K2,
        wrapper="request_detail",
        answered=Answered.ONE,
        key=("id",),
        proves=("status",),
    ),
    "request_detail.sync": Operation(f"{_C}/erp_request_details/sync", WriteClass.K2, key=("id",)),
    "staged_record.create": _one(f"{_C}/staged_records", WriteClass.K5, "staged_record", ("origin_id",)),
    "staged_record.update": Operation(
        f"{_C}/staged_records/{{id}}",
        WriteClass.K2,
        "PUT",
        "staged_record",
        Answered.ONE,
        key=("origin_id",),
    ),
    "staged_record.sync": Operation(f"{_C}/staged_records/sync", WriteClass.K2),
    "erp_connection.create": _one(f"{_C}/erp_connections", WriteClass.K5, "connection", ("service_url",)),
    "erp_connection.update": Operation(
        f"{_C}/erp_connections/{{id}}",
        WriteClass.K2,
        wrapper="connection",
        answered=Answered.ONE,
        key=("id",),
    ),
    # Webhooks
    "hook.create": _one(
        _HOOKS,
        WriteClass.K4,
        "hook",
        ("namespace", "destination_url"),
        scope=_COMPANY,
        lists={"namespace": "{namespace}"},
    ),
    "hook.delete": _gone(f"{_HOOKS}/{{id}}", _COMPANY),
    "hook_trigger.create": _one(
        f"{_HOOKS}/{{hook}}/triggers",
        WriteClass.K4,
        "trigger",
        ("resource_name", "event_type"),
        scope=_COMPANY,
        fixed={"api_version": "v2"},
        lists={},
    ),
    "hook_trigger.delete": _gone(f"{_HOOKS}/{{hook}}/triggers/{{id}}", _COMPANY),
}
