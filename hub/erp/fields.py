"""The field names of the records that travel, per object: what a mapping row may name."""

from collections.abc import Mapping

_ADDRESS = frozenset({"address", "city", "state_code", "postal_code", "country_code"})

FIELDS: Mapping[str, frozenset[str]] = {
    "company": frozenset({"name", "phone", "email", "is_active"}) | _ADDRESS,
    "project": frozenset(
        {"number", "name", "is_active", "status", "start_date", "completion_date", "origin_created_at"}
    )
    | _ADDRESS,
    "cost_code": frozenset({"code", "name"}),
    "cost_type": frozenset({"code", "name", "base_type"}),
    "project_cost_code": frozenset({"code", "is_active"}),
    "commitment": frozenset(
        {
            "kind",
            "number",
            "title",
            "description",
            "status",
            "retainage_percent",
            "contract_date",
            "start_date",
        }
        | {"is_executed", "is_private", "original_amount", "origin_created_at"}
    ),
    "commitment_line": frozenset(
        {"line_number", "description", "quantity", "unit_of_measure", "unit_cost", "amount", "cost_code_text"}
    ),
    # What the hub gathers about a commitment before it is sent: the record with the ERP's ids beside it.
    "commitment_facts": frozenset(
        {"job_code", "vendor_id", "number", "title", "status", "retainage_percent", "contract_date"}
        | {"start_date", "original_amount"}
    ),
    "commitment_line_facts": frozenset(
        {"line_number", "cost_code", "cost_type", "description", "amount"}
        | {"quantity", "unit_of_measure", "unit_cost"}
    ),
    "member": frozenset({"name", "email", "is_active", "can_push_to_accounting", "levels"}),
    "project_member": frozenset({"levels", "granular"}),
}
