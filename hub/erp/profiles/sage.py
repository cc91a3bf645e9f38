"""Sage 300 Construction and Real Estate, Sage 100 Contractor, Sage Intacct."""

from hub.erp.capabilities import Behaviour, Direction, FieldCapability, Identity, Overflow
from hub.erp.profiles.profile import BOTH, IN, OUT, profile

SAGE_300 = profile(
    Identity("sage_300", "Sage 300 CRE", auth_kind="", delivery="agent"),
    {
        "cost_code": IN,
        "project_cost_code": BOTH,
        "company": BOTH,
        "project": BOTH,
        "sub_job": BOTH,
        "budget": BOTH,
        "budget_change": OUT,
        "commitment": OUT,
        "commitment_change_order": OUT,
        "subcontractor_invoice": OUT,
        "payment": OUT,
        "prime_contract": IN,
        "prime_contract_change_order": OUT,
        "owner_invoice": OUT,
        "direct_cost": IN,
    },
    Behaviour(
        commitment_title_max=30,
        co_number_max=5,
        co_title_max=30,
        co_description_max=1000,
        tax="code",
        forecast_export="export",
        insurance="import",
        timecards="export",
        limits_note="A client on their side polls. Payments go through their own payment product."
        " Billed rates come in. A job made in both places cannot be linked.",
    ),
    {
        "commitment_change_order": {
            "id_max_len": 5,
            "fields": (
                FieldCapability("description", "description", Direction.EXPORT, 1000, Overflow.TRUNCATE),
            ),
        },
        "project": {"allows_link_existing": False},
    },
)

SAGE_100 = profile(
    Identity("sage_100", "Sage 100 Contractor", auth_kind="", delivery="agent"),
    {
        "cost_code": IN,
        "project_cost_code": BOTH,
        "company": BOTH,
        "project": BOTH,
        "sub_job": IN,
        "budget": BOTH,
        "budget_change": OUT,
        "commitment": OUT,
        "commitment_change_order": OUT,
        "subcontractor_invoice": OUT,
        "direct_cost": IN,
    },
    Behaviour(
        retainage_release=False,
        limits_note="Purchase orders must be by quantity. Not for Canadian invoices."
        " Its agent runs every 5 minutes, the other side polls every 30.",
    ),
)

INTACCT = profile(
    Identity("sage_intacct", "Sage Intacct", auth_kind="", multi_entity="many"),
    {
        "cost_code": IN,
        "project_cost_code": BOTH,
        "company": BOTH,
        "project": BOTH,
        "sub_job": BOTH,
        "budget": BOTH,
        "budget_change": OUT,
        "commitment": OUT,
        "commitment_change_order": OUT,
        "subcontractor_invoice": OUT,
        "payment": BOTH,
        "prime_contract": IN,
        "prime_contract_change_order": OUT,
        "direct_cost": IN,
    },
    Behaviour(
        commitment_title_max=35,
        start_date_required=True,
        co_title_max=35,
        co_description_max=400,
        project_name_max=200,
        zero_invoice=False,
        direct_cost_follow_deletes=True,
        limits_note="Vendors live at the top entity only. Change orders need a due date.",
    ),
)
