"""Viewpoint Vista and Viewpoint Spectrum."""

from hub.erp.capabilities import Behaviour, Identity
from hub.erp.profiles.profile import BOTH, IN, OUT, profile

VISTA = profile(
    Identity("vista", "Viewpoint Vista", auth_kind="", multi_entity="many"),
    {
        "cost_code": IN,
        "project_cost_code": BOTH,
        "company": BOTH,
        "project": BOTH,
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
        commitment_number_max=30,
        commitment_title_max=60,
        project_name_max=60,
        co_merge_same_line=True,
        budget_zero_lines=True,
        budget_units=False,
        forecast_export="cost_at_completion",
        insurance="import",
        limits_note="Whether sub jobs travel is not known. One change per contract line in a change order.",
    ),
    {"commitment": {"id_max_len": 30, "id_charset": r"[^/\\]+"}},
)

SPECTRUM = profile(
    Identity("spectrum", "Viewpoint Spectrum", auth_kind="", multi_entity="one"),
    {
        "cost_code": IN,
        "project_cost_code": BOTH,
        "company": BOTH,
        "project": BOTH,
        "budget": BOTH,
        "budget_change": OUT,
        "commitment": OUT,
        "commitment_change_order": OUT,
        "prime_contract": IN,
        "prime_contract_change_order": OUT,
        "direct_cost": IN,
    },
    Behaviour(
        po_mode="as_subcontract",
        commitment_number_max=10,
        project_name_max=25,
        commitment_uniform_cost_type=True,
        forecast_export="export",
        limits_note="A template job is needed. Cost to date comes as a total only. One company file.",
    ),
)
