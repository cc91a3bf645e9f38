"""Acumatica, by the two builders of its connectors, and MYOB Advanced Construction, which is built on it."""

from hub.erp.capabilities import Behaviour, Identity, IdSource
from hub.erp.profiles.profile import BOTH, IN, OUT, profile

_APPROVER = {"id_source": IdSource.APPROVER}

EDGE = profile(
    Identity("acumatica_edge", "Acumatica (Edge)", auth_kind=""),
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
        "prime_contract": OUT,
        "prime_contract_change_order": OUT,
        "direct_cost": IN,
    },
    Behaviour(
        project_name_max=30,
        invoice_arrival_status=("On Hold",),
        direct_cost_types=("invoice", "expense", "payroll"),
        limits_note="Sub jobs are tasks there. An older version took owner invoices.",
    ),
    {"company": _APPROVER, "prime_contract": {"id_max_len": 7}},
)

VISION = profile(
    Identity("acumatica_vision", "Acumatica (Vision)", auth_kind=""),
    {
        "cost_code": IN,
        "project_cost_code": OUT,
        "company": BOTH,
        "project": OUT,
        "sub_job": OUT,
        "budget": BOTH,
        "budget_change": OUT,
        "commitment": OUT,
        "commitment_change_order": OUT,
        "subcontractor_invoice": OUT,
        "payment": BOTH,
        "prime_contract": IN,
        "prime_contract_change_order": OUT,
        "owner_invoice": OUT,
        "direct_cost": IN,
    },
    Behaviour(
        project_name_max=30,
        commitment_title_max=60,
        invoice_arrival_status=("On Hold",),
        limits_note="Budget changes arrive on hold.",
    ),
    {"company": _APPROVER},
)

MYOB = profile(
    Identity("myob", "MYOB Advanced Construction", auth_kind=""),
    {
        "cost_code": IN,
        "project_cost_code": IN,
        "company": BOTH,
        "project": BOTH,
        "sub_job": BOTH,
        "budget": BOTH,
        "budget_change": OUT,
        "commitment": OUT,
        "commitment_change_order": OUT,
        "subcontractor_invoice": OUT,
        "payment": IN,
        "prime_contract": OUT,
        "prime_contract_change_order": OUT,
        "direct_cost": IN,
    },
    Behaviour(supports_custom_wbs=False, limits_note="Sub jobs are tasks there."),
    {"company": _APPROVER, "commitment_change_order": {"id_source": IdSource.ERP}},
)
