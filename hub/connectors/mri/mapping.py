"""Our fields beside MRI's, as its screens name them. All values travel as text."""

from typing import Any

from hub.erp import values
from hub.erp.canonical import money_text
from hub.erp.fields import FIELDS
from hub.erp.mapping import Mapping, Row, Way

IN, OUT = Way.IMPORT, Way.EXPORT

COMPANY = Mapping(
    "company",
    "Vendor",
    FIELDS["company"],
    (
        Row("name", IN, "VendorName", from_erp=values.text),
        Row("address", IN, "Address1", from_erp=values.text, note="with Address2 and Address3 below it"),
        Row("city", IN, "City", from_erp=values.text),
        Row("state_code", IN, "State", from_erp=values.text),
        Row("postal_code", IN, "ZipCode", from_erp=values.text),
        Row("country_code", IN, "Country", from_erp=values.text),
        Row("phone", IN, "Phone", from_erp=values.text),
        Row("email", IN, "Email", from_erp=values.text),
        Row("is_active", IN, "Active", from_erp=values.flag, note="Y or N"),
    ),
)

PROJECT = Mapping(
    "project",
    "Job",
    FIELDS["project"],
    (
        Row("number", IN, "JobCode", from_erp=values.text),
        Row("name", IN, "Description", from_erp=values.text),
        Row("status", IN, "Status", from_erp=values.text, note="decides whether the job is active"),
        Row("start_date", IN, "StartDate", from_erp=values.day),
        Row("completion_date", IN, "CompletionDate", from_erp=values.day),
        Row("address", IN, "Address1", from_erp=values.text),
        Row("city", IN, "City", from_erp=values.text),
        Row("state_code", IN, "State", from_erp=values.text),
        Row("postal_code", IN, "ZipCode", from_erp=values.text),
        Row("country_code", IN, "Country", from_erp=values.text),
    ),
)

COST_CODE = Mapping(
    "cost_code",
    "Cost code",
    FIELDS["cost_code"],
    (
        Row("code", IN, "CostCode", from_erp=values.text),
        Row("name", IN, "Description", from_erp=values.text),
    ),
)

COST_TYPE = Mapping(
    "cost_type",
    "Category",
    FIELDS["cost_type"],
    (
        Row("code", IN, "Category", from_erp=values.text),
        Row("name", IN, "Description", from_erp=values.text),
    ),
)

PROJECT_COST_CODE = Mapping(
    "project_cost_code",
    "Job cost code",
    FIELDS["project_cost_code"],
    (
        Row("code", IN, "CostCode", from_erp=values.text),
        Row("is_active", IN, "InterfaceChart", from_erp=values.flag, note="Y: visible to interfaces"),
    ),
)

CONTRACT = Mapping(
    "commitment",
    "Contract",
    FIELDS["commitment_facts"],
    (
        Row("job_code", OUT, "JobCode"),
        Row("number", OUT, "ContractNumber"),
        Row("title", OUT, "Description"),
        Row("vendor_id", OUT, "VendorID"),
        Row("status", OUT, "Status", note="Approved and Complete are Approved there"),
        Row("original_amount", OUT, "OriginalAmount", to_erp=money_text),
        Row("contract_date", OUT, "ContractDate", to_erp=str),
        Row("start_date", OUT, "StartDate", to_erp=str),
        Row("retainage_percent", OUT, "RetentionPercent", to_erp=money_text),
    ),
)

CONTRACT_LINE = Mapping(
    "commitment_line",
    "Contract line",
    FIELDS["commitment_line_facts"],
    (
        Row("line_number", OUT, "LineNumber", to_erp=str),
        Row("cost_code", OUT, "CostCode"),
        Row("cost_type", OUT, "Category"),
        Row("description", OUT, "Description"),
        Row("amount", OUT, "Amount", to_erp=money_text),
    ),
)

LINES = "ContractLines"
MAPPINGS = (COMPANY, PROJECT, COST_CODE, COST_TYPE, PROJECT_COST_CODE, CONTRACT, CONTRACT_LINE)


def joined_address(row: Any) -> str | None:
    """The three lines of an address, empty ones left out, one below the other."""
    lines = (values.text(row.get(name)) for name in ("Address1", "Address2", "Address3"))
    return "\n".join(line for line in lines if line) or None
