"""Companies, projects, people and codes, as Procore's reference names their fields."""

from hub.connectors.procore.mapping.words import day_text, is_absent, is_active
from hub.connectors.procore.rights import actions, level
from hub.erp import values
from hub.erp.fields import FIELDS
from hub.erp.mapping import Mapping, Row, Way

IN, OUT, BOTH = Way.IMPORT, Way.EXPORT, Way.BOTH

COMPANY = Mapping(
    "company",
    "vendor",
    FIELDS["company"],
    (
        Row("name", BOTH, "name", from_erp=values.text),
        Row("address", BOTH, "address", from_erp=values.text),
        Row("city", BOTH, "city", from_erp=values.text),
        Row("state_code", BOTH, "state_code", from_erp=values.text),
        Row("postal_code", BOTH, "zip", from_erp=values.text),
        Row("country_code", BOTH, "country_code", from_erp=values.text, note="ISO 3166 alpha-2"),
        Row("phone", BOTH, "business_phone", from_erp=values.text),
        Row("email", BOTH, "email_address", from_erp=values.text),
        Row("is_active", BOTH, "is_active", from_erp=values.flag),
        Row("code", IN, "origin_code", from_erp=values.text, note="the ERP's id, as the directory shows it"),
    ),
)

PROJECT = Mapping(
    "project",
    "project",
    FIELDS["project"],
    (
        Row("number", BOTH, "project_number", from_erp=values.text),
        Row("name", BOTH, "name", from_erp=values.text),
        Row("is_active", BOTH, "active", from_erp=values.flag),
        Row("status", IN, "project_stage.name", from_erp=values.text, note="the stage"),
        Row("start_date", BOTH, "start_date", to_erp=day_text, from_erp=values.day),
        Row("completion_date", BOTH, "completion_date", to_erp=day_text, from_erp=values.day),
        Row("address", BOTH, "address", from_erp=values.text),
        Row("city", BOTH, "city", from_erp=values.text),
        Row("state_code", BOTH, "state_code", from_erp=values.text),
        Row("postal_code", BOTH, "zip", from_erp=values.text),
        Row("country_code", BOTH, "country_code", from_erp=values.text),
        Row("origin_created_at", IN, "created_at", from_erp=values.instant),
    ),
)

PROJECT_TEMPLATE = Mapping(
    "project_template",
    "project template",
    FIELDS["project_template"],
    (Row("name", IN, "name", from_erp=values.text),),
)

TEMPLATE_CODE = Mapping(
    "project_template_line",
    "cost code of a template",
    FIELDS["project_template_line"],
    (Row("code", IN, "full_code", from_erp=values.text),),
)

SUB_JOB = Mapping(
    "sub_job",
    "sub job",
    FIELDS["sub_job"],
    (
        Row("code", BOTH, "code", from_erp=values.text, note="unique within a project"),
        Row("name", BOTH, "name", from_erp=values.text),
    ),
)

COST_CODE = Mapping(
    "cost_code",
    "standard cost code",
    FIELDS["cost_code"],
    (
        Row("code", IN, "full_code", from_erp=values.text, note="with the code of its parent"),
        Row("code", OUT, "code"),
        Row("name", BOTH, "name", from_erp=values.text),
    ),
)

COST_TYPE = Mapping(
    "cost_type",
    "line item type",
    FIELDS["cost_type"],
    (
        Row("code", IN, "code", from_erp=values.text),
        Row("code", OUT, "csv_import_code", note="the name that sync has for the code"),
        Row("name", BOTH, "name", from_erp=values.text),
        Row("base_type", BOTH, "base_type", from_erp=values.text),
    ),
)

PROJECT_COST_CODE = Mapping(
    "project_cost_code",
    "cost code",
    FIELDS["project_cost_code"],
    (
        Row("code", IN, "full_code", from_erp=values.text),
        Row("is_active", IN, "deleted_at", from_erp=is_absent, note="while not deleted"),
    ),
)

WBS_CODE = Mapping(
    "wbs_code",
    "WBS code",
    FIELDS["wbs_code"],
    (
        Row("code", IN, "flat_code", from_erp=values.text, note="segments joined, such as 03-300.SUB"),
        Row("name", IN, "flat_name", from_erp=values.text),
        Row("is_active", IN, "status", from_erp=is_active),
    ),
)

MEMBER = Mapping(
    "member",
    "company user",
    FIELDS["member"],
    (
        Row("name", IN, "name", from_erp=values.text),
        Row("email", IN, "email_address", from_erp=values.text),
        Row("is_active", IN, "is_active", from_erp=values.flag),
        Row("can_push_to_accounting", IN, "can_push_to_accounting", from_erp=values.flag),
    ),
)

PROJECT_MEMBER = Mapping("project_member", "project user", FIELDS["project_member"], ())

OWN_PERMISSION = Mapping(
    "own_permission",
    "own permissions, per tool",
    FIELDS["own_permission"],
    (
        Row(
            "level", IN, "user_access_level", from_erp=level, note="0 none, 1 read only, 2 standard, 3 admin"
        ),
        Row("granular", IN, "permitted_actions", from_erp=actions),
    ),
)

ERP_REQUEST = Mapping(
    "erp_request",
    "ERP request",
    FIELDS["erp_request"],
    (
        Row("name", IN, "request_name", from_erp=values.text),
        Row("created_at", IN, "created_at", from_erp=values.instant),
    ),
)
