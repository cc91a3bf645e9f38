"""What a fresh Procore sandbox holds that writes hang on: its project, a vendor, a contract, codes."""

from hub.sandboxes import world
from hub.sandboxes.kit import Bench
from hub.sandboxes.procore.records import Record, Records
from hub.sandboxes.procore.seed import Seeder

WORLD = world.build(7)
_RECORDS = Records(Bench.open())
Seeder(_RECORDS, WORLD).run()
_JOB = next(job for job in WORLD.jobs if job.linked)
JOB, _ID = _JOB.code, _JOB.procore_id or 0
COMPANY, PROJECT = str(WORLD.company.procore_id), str(_ID)
CODE_LIST = str(WORLD.company.cost_code_list_id)
HOOK = "7100001"  # the first that is made
FIRST_MADE = "598134050000001"  # the first record that is made of any other kind


def _within(kind: str) -> list[Record]:
    return _RECORDS.within(kind, _ID)


VENDOR = str(next(one.procore_id for one in WORLD.vendors if one.linked and one.procore_active))
FREE_VENDOR = str(next(one.procore_id for one in WORLD.vendors if one.procore_id and not one.linked))
CONTRACT = str(_within("work_order_contract")[0]["id"])
PRIME = str(_within("prime_contract")[0]["id"])
ORDER = str(next(row["id"] for row in _within("potential_change_order") if row["status"] == "draft"))
WBS_CODE = str(_within("wbs_code")[0]["id"])
DIRECT_COST = str(_within("item")[0]["id"])
INVOICE = str(_within("requisition")[0]["id"])
# Codes and types that stand together nowhere in the project: ids, and what the pair would be called.
FREE_PAIRS = tuple(
    (str(code.procore_id), str(cost_type.procore_id), f"{code.code}.{cost_type.category}")
    for code in WORLD.project_codes
    if code.project_id == _ID
    for cost_type in WORLD.cost_types
    if cost_type.category not in code.categories
)
