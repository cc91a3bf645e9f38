"""Yardi Voyager and CMiC."""

from hub.erp.capabilities import Behaviour, Direction, FieldCapability, Identity, Overflow, Schedule
from hub.erp.profiles.profile import BOTH, IN, OUT, profile

_NIGHTLY = {"default_schedule": Schedule("05:00", "EST")}

YARDI = profile(
    Identity("yardi_voyager", "Yardi Voyager", auth_kind="", multi_entity="one"),
    {
        "cost_code": IN,
        "company": IN,
        "project": BOTH,
        "sub_job": IN,
        "budget": BOTH,
        "budget_change": OUT,
        "commitment": OUT,
        "commitment_change_order": OUT,
        "subcontractor_invoice": OUT,
        "payment": IN,
        "direct_cost": IN,
    },
    Behaviour(
        po_mode="by_module",
        job_id_max=16,
        code_delimiters=("-",),
        limits_note="A job is made there before its project is sent. Credit card vendors are refused. Invoices go"
        " out for subcontracts only. The version of the plug-in decides on retainage.",
    ),
    {
        "cost_code": _NIGHTLY,
        "company": _NIGHTLY,
        "project": {**_NIGHTLY, "id_max_len": 16},
        "commitment": {
            "fields": (FieldCapability("title", "title", Direction.EXPORT, 30, Overflow.TRUNCATE),)
        },
    },
)

CMIC = profile(
    Identity("cmic", "CMiC", auth_kind=""),
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
        "payment": BOTH,
        "prime_contract": IN,
        "prime_contract_change_order": OUT,
        "direct_cost": IN,
    },
    Behaviour(
        po_mode="none",
        co_title_max=200,
        forecast_export="export",
        limits_note="A sent project becomes a project; its job is made by hand. A prime change order is one change"
        " item or many. Customers travel both ways. Most syncs are started by hand.",
    ),
)
