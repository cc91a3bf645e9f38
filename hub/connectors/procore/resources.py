"""Every list that Procore is read by, as data: where it is, what it takes, and how its rows become records.

A path or a query names its scope in braces: `company` is the connection's, `project` and others come from the
scope, `code_list` and `view` are looked up. `contract` stands for each record of the lists in `under`."""

from collections.abc import Mapping
from dataclasses import replace

from hub.connectors.procore.erp_tool import OF_THE_TOOL
from hub.connectors.procore.lists import Lines, List, Resource, Rights
from hub.connectors.procore.mapping import contracts, directory, money
from hub.connectors.procore.rights import COMPANY_TOOLS, PROJECT_TOOLS
from hub.connectors.procore.shapes import Ref, Shape
from hub.erp.mapping import Mapping as FieldMapping
from hub.erp.origin import OriginKind as Kind

_P = "/rest/{version}/projects/{project}"
V2 = "/rest/{version}/companies/{company}/projects/{project}"
_BY_PROJECT = {"project_id": "{project}"}
_BY_COMPANY = {"company_id": "{company}"}


_CODE = {
    "cost_code": Ref("cost_code.origin_id|breakdown.cost_code", Kind.COST_CODE),
    "cost_type": Ref("line_item_type.origin_id|breakdown.cost_type", Kind.COST_TYPE),
}
_WBS = Ref("wbs_code.id|wbs_code_id")
_FLAT = {"cost_code_text": "wbs_code.flat_code|breakdown.flat_code"}
_SEGMENT = {"custom_segment": "breakdown.custom"}
_NO_SEGMENT = dict.fromkeys(
    _SEGMENT
)  # told of every line, so that one that leaves its segment is known to have left


def _line(mapping: FieldMapping, origin: Kind | None = None, **refs: Ref) -> Shape:
    segmented = "custom_segment" in mapping.fields
    return Shape(
        mapping,
        origin=origin,
        refs={**_CODE, "wbs_code": _WBS, **refs},
        texts={**_FLAT, **(_SEGMENT if segmented else {})},
        defaults=_NO_SEGMENT if segmented else {},
        required=("amount",),
        on_breakdown=True,
    )


_CONTRACT_STATE = {"is_executed": False, "is_private": False}
_COMMITMENT = Shape(
    contracts.COMMITMENT,
    code="number",
    origin=Kind.CONTRACT,
    refs={"company": Ref("vendor.id|vendor_id")},
    scoped=("project",),
    defaults=_CONTRACT_STATE,
    lines="line_items",
    line=Shape(
        contracts.LINE,
        refs=_CODE,
        texts={**_FLAT, **_SEGMENT},
        defaults=_NO_SEGMENT,
        required=("amount",),
        on_breakdown=True,
    ),
)
_WORK_ORDERS = List(
    "/rest/{version}/work_order_contracts",
    query={**_BY_PROJECT, "view": "extended"},
    changes=True,
    given={"kind": "SUBCONTRACT"},
)
_PURCHASE_ORDERS = List(
    "/rest/{version}/purchase_order_contracts",
    query={**_BY_PROJECT, "view": "extended"},
    changes=True,
    given={"kind": "PURCHASE_ORDER"},
)


def _change_order(mapping: FieldMapping, line: FieldMapping, origin: Kind, contract: str) -> Shape:
    return Shape(
        mapping,
        code="number",
        origin=origin,
        refs={contract: Ref("contract_id|contract.id")},
        scoped=("project",),
        defaults=_CONTRACT_STATE,
        lines="line_items",
        line=_line(line, contract_line=Ref("commitment_line_item_id|prime_line_item_id")),
    )


_CHANGE_ORDER = _change_order(contracts.CHANGE_ORDER, contracts.CHANGE_ORDER_LINE, Kind.ORDER, "commitment")
_BILLED_REFS = {
    "project_cost_code": Ref("cost_code_id|cost_code.id"),
    "wbs_code": _WBS,
    **_CODE,  # where it shows none, its codes are those of the line that it bills
}
PACKAGES = Resource(
    _CHANGE_ORDER,
    (List("/rest/{version}/change_order_packages", query=_BY_PROJECT, changes=True),),
    Lines(
        "line_items",
        holders=List(
            "/rest/{version}/potential_change_orders",
            query={**_BY_PROJECT, "filters[contract_id]": "{contract}"},
        ),
        named="change_order_package_id|change_order_package.id|package_id",
        lists=(List("/rest/{version}/potential_change_orders/{id}/line_items", query=_BY_PROJECT),),
    ),
    only=("type", "CommitmentContractChangeOrder"),
)

TEMPLATES = List("/rest/{version}/project_templates", query=_BY_COMPANY)

LISTS: Mapping[str, Resource] = {
    "company": Resource(
        Shape(directory.COMPANY, code="origin_code", origin=Kind.VENDOR),
        (List("/rest/{version}/vendors", query={**_BY_COMPANY, "view": "extended"}, changes=True),),
    ),
    "project": Resource(
        Shape(directory.PROJECT, code="project_number", origin=Kind.JOB),
        (List("/rest/{version}/projects", query={**_BY_COMPANY, "filters[by_status]": "All"}, changes=True),),
    ),
    "project_template": Resource(
        Shape(
            directory.PROJECT_TEMPLATE,
            lines="cost_codes",
            line=Shape(
                directory.TEMPLATE_CODE,
                code="full_code|code",
                aliases={"full_code": "code"},
                required=("code",),
            ),
        ),
        (TEMPLATES,),
        # A template is a project of its own: its codes are read as a project's are. Not every site gives them.
        Lines(
            "cost_codes",
            lists=(List("/rest/{version}/cost_codes", query={"project_id": "{id}"}),),
            may_lack=True,
        ),
    ),
    "sub_job": Resource(
        Shape(
            directory.SUB_JOB,
            code="code",
            origin=Kind.SUB_JOB,
            scoped=("project",),
            defaults={"is_active": True},
        ),
        (List("/rest/{version}/sub_jobs", query=_BY_PROJECT),),
    ),
    "cost_code": Resource(
        Shape(
            directory.COST_CODE, code="full_code|code", origin=Kind.COST_CODE, aliases={"full_code": "code"}
        ),
        (
            List(
                "/rest/{version}/standard_cost_codes",
                query={**_BY_COMPANY, "standard_cost_code_list_id": "{code_list}", "view": "extended"},
            ),
        ),
    ),
    "cost_type": Resource(
        Shape(directory.COST_TYPE, code="code", origin=Kind.COST_TYPE),
        (List("/rest/{version}/line_item_types", query=_BY_COMPANY),),
    ),
    "project_cost_code": Resource(
        Shape(
            directory.PROJECT_COST_CODE,
            code="full_code|code",
            origin=Kind.COST_CODE,
            aliases={"full_code": "code"},
            refs={"cost_code": Ref("origin_id", Kind.COST_CODE)},
            scoped=("project",),
            defaults={"is_active": True},
            lines="line_item_types",
            line=Shape(
                directory.COST_TYPE,
                code="code",
                origin=Kind.COST_TYPE,
                refs={"cost_type": Ref("origin_id", Kind.COST_TYPE)},
            ),
        ),
        (
            List(
                "/rest/{version}/cost_codes",
                query=_BY_PROJECT,
                within={"sub_job": {**_BY_PROJECT, "sub_job_id": "{sub_job}"}},
            ),
        ),
    ),
    "wbs_code": Resource(
        Shape(directory.WBS_CODE, code="flat_code", scoped=("project",)),
        (List(f"{_P}/work_breakdown_structure/wbs_codes", changes=True),),
    ),
    # `budget` and `budget_change` are put together from these and others: see `budgets.py`.
    "budget": Resource(
        Shape(money.BUDGET, scoped=("project",)),
        (List(f"{_P}/budget", show="/rest/v1.0/projects/{project}/budget", paged=False),),
    ),
    "budget_line": Resource(
        Shape(
            money.BUDGET_LINE,
            origin=Kind.BUDGET,
            refs={
                "wbs_code": _WBS,
                "project_cost_code": Ref("cost_code_id"),
                "cost_code": Ref("cost_code_origin_id", Kind.COST_CODE),
                "project_cost_type": Ref("category_id"),
            },
            scoped=("project",),
            texts=_FLAT,
            required=("original_amount",),
        ),
        (
            List(
                "/rest/{version}/budget_views/{view}/detail_rows",
                query={**_BY_PROJECT, "budget_row_type": "budgeted"},
                show="/rest/v1.1/budget_line_items/{id}",
            ),
        ),
    ),
    "budget_modification": Resource(
        Shape(
            money.BUDGET_MODIFICATION,
            origin=Kind.REVISION,
            refs={"from_line": Ref("from_budget_line_item_id"), "to_line": Ref("to_budget_line_item_id")},
            scoped=("project",),
            required=("amount",),
        ),
        (List(f"{_P}/budget_modifications"),),
    ),
    "budget_change": Resource(
        Shape(
            money.BUDGET_CHANGE,
            code="number",
            scoped=("project",),
            lines="adjustment_line_items",
            line=Shape(money.BUDGET_CHANGE_LINE, refs={"wbs_code": _WBS}, required=("amount",)),
        ),
        (List(f"{_P}/budget_changes", paged=False),),
        Lines("adjustment_line_items", show=True, summaries=True),
    ),
    "commitment": Resource(_COMMITMENT, (_WORK_ORDERS, _PURCHASE_ORDERS), Lines("line_items", show=True)),
    "commitment_change_order": Resource(
        _CHANGE_ORDER,
        (List(f"{_P}/commitment_change_orders", changes=True, paged=False),),
        Lines(
            "line_items",
            lists=(List(f"{V2}/commitment_change_orders/{{id}}/line_items", version="v2.0", most=100),),
        ),
        instead=PACKAGES,
    ),
    "prime_contract": Resource(
        Shape(
            contracts.PRIME_CONTRACT,
            code="number",
            origin=Kind.PRIME_CONTRACT,
            refs={"company": Ref("vendor.id|vendor_id")},
            scoped=("project",),
            defaults=_CONTRACT_STATE,
            lines="line_items",
            line=_line(contracts.PRIME_LINE),
        ),
        (List("/rest/{version}/prime_contracts", query=_BY_PROJECT, changes=True),),
        Lines(
            "line_items", lists=(List("/rest/{version}/prime_contracts/{id}/line_items", query=_BY_PROJECT),)
        ),
    ),
    "prime_contract_change_order": Resource(
        _change_order(
            contracts.PRIME_CHANGE_ORDER,
            contracts.PRIME_CHANGE_ORDER_LINE,
            Kind.PRIME_ORDER,
            "prime_contract",
        ),
        (List(f"{_P}/prime_change_orders", changes=True, paged=False),),
        Lines(
            "line_items",
            lists=(List(f"{V2}/prime_change_orders/{{id}}/line_items", version="v2.0", most=100),),
        ),
    ),
    "owner_invoice": Resource(
        Shape(
            money.OWNER_INVOICE,
            code="invoice_number|number",
            origin=Kind.OWNER_INVOICE,
            refs={"prime_contract": Ref("contract.id|contract_id")},
            scoped=("project",),
            aliases={"g702": "summary"},
            lines="g703",
            line=Shape(money.OWNER_INVOICE_LINE, refs=_BILLED_REFS),
        ),
        (List("/rest/{version}/payment_applications", query=_BY_PROJECT),),
        Lines("g703", show=True),
    ),
    "subcontractor_invoice": Resource(
        Shape(
            money.INVOICE,
            code="invoice_number",
            origin=Kind.INVOICE,
            refs={"commitment": Ref("commitment_id"), "company": Ref("vendor_id|vendor.id")},
            scoped=("project",),
            aliases={"summary": "g702"},
            defaults={"is_final": False},
            sums=(
                "completed_amount",
                "retainage_held_amount",
                "retainage_released_amount",
                "stored_materials_amount",
                "stored_retainage_amount",
            ),
            lines="items",
            line=Shape(
                money.INVOICE_LINE,
                refs=_BILLED_REFS,
                aliases={
                    "materials_stored_retainage_retained_this_period": "materials_stored_retainage_currently_retained"
                },
            ),
        ),
        (
            List(
                "/rest/{version}/requisitions",
                version="v1.1",
                query={**_BY_PROJECT, "view": "items"},
                changes=True,
            ),
        ),
        Lines(
            "items",
            lists=tuple(
                List(f"/rest/v1.0/requisitions/{{id}}/{name}", query=_BY_PROJECT)
                for name in ("contract_items", "contract_detail_items", "change_order_items")
            ),
        ),
    ),
    "payment": Resource(
        Shape(
            money.PAYMENT,
            code="check_number",
            origin=Kind.PAYMENT,
            refs={
                "commitment": Ref("contract_id"),
                "subcontractor_invoice": Ref("requisition_id"),
            },
            scoped=("project",),
            defaults={"is_void": False},
            required=("amount",),
        ),
        (List("/rest/{version}/contract_payments", query={**_BY_PROJECT, "contract_id": "{contract}"}),),
        under=tuple(
            replace(each, query=_BY_PROJECT, changes=False) for each in (_WORK_ORDERS, _PURCHASE_ORDERS)
        ),
    ),
    "direct_cost": Resource(
        Shape(
            money.DIRECT_COST,
            code="invoice_number",
            origin=Kind.DIRECT_COST,
            refs={"company": Ref("vendor.id|vendor_id")},
            scoped=("project",),
            lines="line_items",
            line=_line(money.DIRECT_COST_LINE, Kind.DIRECT_COST_LINE),
        ),
        (List(f"{_P}/direct_costs", version="v1.1", changes=True),),
        Lines(
            "line_items",
            lists=(List("/rest/v1.0/projects/{project}/direct_costs/{id}/line_items"),),
        ),
    ),
    "member": Resource(
        Shape(directory.MEMBER, defaults={"can_push_to_accounting": False}),
        (List("/rest/{version}/companies/{company}/users", version="v1.3"),),
        rights=Rights(COMPANY_TOOLS, granular=False),
    ),
    "project_member": Resource(
        Shape(directory.PROJECT_MEMBER, refs={"member": Ref("id")}, scoped=("project",)),
        (List(f"{_P}/users"),),
        rights=Rights(PROJECT_TOOLS, granular=True),
    ),
}

RESOURCES: Mapping[str, Resource] = {**LISTS, **OF_THE_TOOL}
