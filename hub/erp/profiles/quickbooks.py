"""QuickBooks Online and QuickBooks Desktop."""

from hub.erp.capabilities import Behaviour, Identity
from hub.erp.profiles.profile import BOTH, IN, OUT, profile

ONLINE = profile(
    Identity("quickbooks_online", "QuickBooks Online", auth_kind="", multi_entity="one"),
    {
        "cost_code": OUT,
        "project_cost_code": OUT,
        "company": BOTH,
        "project": IN,
        "subcontractor_invoice": OUT,
        "payment": BOTH,
        "owner_invoice": OUT,
        "direct_cost": IN,
    },
    Behaviour(
        supports_custom_wbs=True,
        cost_codes_origin="procore",
        min_code_tiers=2,
        invoice_number_max=21,
        negative_invoice=False,
        direct_cost_editable=False,
        limits_note="An item is named from project number, code and type. Costs that come in are read only;"
        " bills that were sent are not among them.",
    ),
)

DESKTOP = profile(
    Identity("quickbooks_desktop", "QuickBooks Desktop", auth_kind="", delivery="agent"),
    {
        "cost_code": OUT,
        "project_cost_code": OUT,
        "company": BOTH,
        "project": BOTH,
        "budget": OUT,
        "budget_change": OUT,
        "commitment": OUT,
        "commitment_change_order": OUT,
        "subcontractor_invoice": OUT,
        "payment": BOTH,
        "direct_cost": IN,
    },
    Behaviour(
        cost_codes_origin="procore",
        code_max_len=96,
        commitment_number_max=11,
        co_new_line_creates_contract_line=True,
        negative_invoice=False,
        limits_note="A subcontract becomes a purchase order there. The agent runs in a session somebody has"
        " logged in to. Records that exist on both sides cannot be linked.",
    ),
    {key: {"allows_link_existing": False} for key in ("company", "project")},
)
