"""The company's smaller lists: departments, tax codes and types, units of measure, insurances, markups."""

from dataclasses import replace

from hub.sandboxes.procore.fields import as_given, day, flag, number, text
from hub.sandboxes.procore.filtering import USUAL
from hub.sandboxes.procore.resource import COMPANY, READ_ONLY, Resource, Scope

OF_VENDOR = Scope("vendor_id", "vendor")
KEPT = frozenset({"list", "show", "create", "update", "sync"})

DEPARTMENTS = Resource(
    kind="department", path="/rest/v1.0/departments", scope=COMPANY, operations=READ_ONLY, filters={}
)
TAX_CODES = Resource(
    kind="tax_code",
    path="/rest/v1.0/tax_codes",
    scope=COMPANY,
    operations=KEPT,
    fields=(
        text("code", required=True),
        text("description"),
        number("rate1", default="0.0"),
        flag("archived", default=False),
        flag("default_tax_code", default=False),
    ),
    filters={},
)
TAX_TYPES = Resource(
    kind="tax_type",
    path="/rest/v1.0/tax_types",
    scope=COMPANY,
    operations=KEPT,
    fields=(text("name", required=True), *as_given("tax_code_ids")),
    filters={},
)
UOMS = Resource(
    kind="uom",
    path="/rest/v1.0/companies/{company_id}/uoms",
    scope=COMPANY,
    operations=KEPT,
    fields=(text("name", required=True), text("description"), *as_given("uom_category_id")),
    filters={},
)
INSURANCES = Resource(
    kind="insurance",
    path="/rest/v1.0/companies/{company_id}/vendors/{vendor_id}/insurances",
    scope=OF_VENDOR,
    operations=KEPT,
    fields=(
        text("insurance_type"),
        text("policy_number"),
        text("insurance_provider"),
        number("limit"),
        day("effective_date"),
        day("expiration_date"),
        flag("exempt", default=False),
        *as_given("status", "notes", "enable_expired_insurance_notifications"),
    ),
    filters=USUAL,
)
COMPANY_INSURANCES = replace(
    INSURANCES, path="/rest/v1.0/companies/{company_id}/insurances", scope=COMPANY, operations=KEPT
)
INSURANCE_SYNC = replace(
    INSURANCES, path="/rest/v1.0/insurances", scope=COMPANY, operations=frozenset({"sync"})
)
MARKUPS = Resource(
    kind="markup", path="/rest/v1.0/financials/markups", scope=COMPANY, operations=READ_ONLY, filters={}
)
LIST_RESOURCES = (
    DEPARTMENTS,
    TAX_CODES,
    TAX_TYPES,
    UOMS,
    INSURANCES,
    COMPANY_INSURANCES,
    INSURANCE_SYNC,
    MARKUPS,
)
