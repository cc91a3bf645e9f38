"""NetSuite, Xero and Workday."""

from hub.erp.capabilities import Behaviour, Identity
from hub.erp.profiles.profile import BOTH, IN, OUT, profile

NETSUITE = profile(
    Identity("netsuite", "NetSuite", auth_kind="", multi_entity="one"),
    {
        "project_cost_code": OUT,
        "company": BOTH,
        "project": BOTH,
        "subcontractor_invoice": OUT,
        "payment": IN,
        "owner_invoice": OUT,
        "direct_cost": IN,
    },
    Behaviour(
        supports_custom_wbs=True,
        cost_codes_origin="procore",
        min_code_tiers=2,
        limits_note="One subsidiary per site. Only approvers export. Costs come once a day.",
    ),
)

XERO = profile(
    Identity("xero", "Xero", auth_kind="", multi_entity="one"),
    {
        "project_cost_code": OUT,
        "company": BOTH,
        "project": BOTH,
        "commitment": OUT,
        "commitment_change_order": OUT,
        "subcontractor_invoice": OUT,
        "payment": IN,
        "direct_cost": IN,
    },
    Behaviour(
        cost_codes_origin="procore",
        code_max_len=30,
        co_new_line_creates_contract_line=True,
        negative_invoice=False,
        limits_note="At most 4,000 codes. A subcontract becomes a purchase order there, where it is switched on."
        " A change order appends lines.",
    ),
)

WORKDAY = profile(
    Identity("workday", "Workday", auth_kind=""),
    {
        "project_cost_code": OUT,
        "company": IN,
        "project": BOTH,
        "sub_job": OUT,
        "commitment": OUT,
        "commitment_change_order": OUT,
        "subcontractor_invoice": OUT,
        "prime_contract": IN,
        "prime_contract_change_order": OUT,
        "direct_cost": IN,
    },
    Behaviour(
        supports_custom_wbs=True,
        cost_codes_origin="procore",
        min_code_tiers=2,
        limits_note="The contract date is required. Codes travel with budgeted lines only. A prime contract is one"
        " summary line. A change order is an amendment.",
    ),
)
