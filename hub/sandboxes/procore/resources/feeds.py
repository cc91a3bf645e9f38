"""What an ERP feeds into Procore without it becoming an object of its own: job costs by code and type."""

from typing import Any

from starlette.responses import Response

from hub.sandboxes.procore.call import Call
from hub.sandboxes.procore.problem import InvalidFieldsError, bad_request, not_found
from hub.sandboxes.procore.records import Record, id_of
from hub.sandboxes.procore.resource import COMPANY
from hub.sandboxes.procore.sync import NOT_FOUND, Entry, synced, updates_of

JOB_COST = "erp_job_cost"
PAIR = ("cost_code_id", "line_item_type_id")
FIGURES = frozenset(
    {
        "original_estimate", "approved_estimate_changes", "estimate", "original_commitment",
        "approved_commitment_changes", "revised_commitment", "commitment_invoiced", "committed_costs",
        "job_to_date_cost", "job_to_date_dollars_paid", "job_to_date_units", "month_to_date_cost",
        "month_to_date_dollars_paid", "month_to_date_units", "open_balance", "paid_amount",
        "percentage_complete",
    }
)  # fmt: skip


def sync_job_costs(call: Call) -> Response:
    """`{company_id, job_origin_id, updates}`: one row for each code and type of the job's project."""
    call.scope_id(COMPANY)
    origin_id = call.fields.get("job_origin_id")
    if not isinstance(origin_id, str):
        raise bad_request("job_origin_id is required")
    project = call.records.by_origin("project", None, origin_id)
    if project is None:
        raise not_found()
    call.check_project(project["id"])
    return synced(call, updates_of(call), lambda entry: _apply(call, project["id"], entry))


def _apply(call: Call, project_id: int, entry: Entry) -> Record:
    unknown = sorted(set(entry) - FIGURES - set(PAIR))
    if unknown:
        raise InvalidFieldsError({name: ["is not a known field"] for name in unknown})
    pair = {name: id_of(entry.get(name)) for name in PAIR}
    if call.records.get("cost_code", pair["cost_code_id"] or 0, project_id) is None:
        raise InvalidFieldsError({"cost_code_id": [NOT_FOUND]})
    if call.records.get("line_item_type", pair["line_item_type_id"] or 0) is None:
        raise InvalidFieldsError({"line_item_type_id": [NOT_FOUND]})
    figures: dict[str, Any] = {name: entry[name] for name in FIGURES if name in entry}
    for known in call.records.within(JOB_COST, project_id):
        if all(known[name] == pair[name] for name in PAIR):
            return call.records.save(JOB_COST, known | figures)
    return call.records.add(JOB_COST, project_id, {"project_id": project_id, **pair, **figures})


FEED_OPERATIONS = {"/rest/v1.0/erp_job_costs/sync": {"PATCH": sync_job_costs}}
