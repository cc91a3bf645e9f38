"""Job Cost: jobs, the company's cost codes and categories, and what of them is on a job's interface chart."""

from hub.sandboxes.mri.apis.checks import exists
from hub.sandboxes.mri.apis.ledger import ENTITIES
from hub.sandboxes.mri.declare import Api, Field, Kind, NestedSet, Param
from hub.sandboxes.mri.settings import JOB_COST

JOBS = Api(
    name="MRI_S-PMJC_Jobs",
    collection="Jobs",
    verbs=("GET", "POST", "PUT"),
    module=JOB_COST,
    fields=(
        Field("JobCode", limit=20, key=True),
        Field("Description", limit=255, required=True),
        Field("EntityID", limit=12),
        Field("Status", limit=20),
        Field("Phase", limit=20),
        Field("Address1", limit=60),
        Field("City", limit=60),
        Field("State", limit=20),
        Field("ZipCode", limit=20),
        Field("StartDate", Kind.DATE),
        Field("CompletionDate", Kind.DATE),
        Field("LastUpdate", Kind.FINE_STAMP, made_here=True),
    ),
    params=(Param("JOBCODE", "JobCode"),),
    changed="LastUpdate",
    duplicate="JobCode: Job {JobCode} already exists.",
    checks=(exists(ENTITIES, "entity", "EntityID"),),
)

_CODE_FIELDS = (
    Field("Description", limit=255, required=True),
    Field("ParentCode", limit=20),
    Field("DefaultCategory", limit=10),
    Field("InterfaceChart", Kind.FLAG, default="Y"),
    Field("LastUpdate", Kind.STAMP, made_here=True),
)

COST_CODES = Api(
    name="MRI_S-PMJC_CostCodes",
    collection="CostCodes",
    module=JOB_COST,
    fields=(Field("CostCode", limit=20, key=True), *_CODE_FIELDS),
    nested=(NestedSet("Categories", (Field("Category", limit=10), Field("Description", limit=60))),),
    params=(Param("COSTCODE", "CostCode"),),
    changed="LastUpdate",
)

# One row per code and category, for that pair is what a line of a contract must name. Codes of the company's
# list that the job does not show to interfaces are there too, with InterfaceChart N.
JOB_COST_CODES = Api(
    name="MRI_S-PMJC_JobCostCodes",
    collection="JobCostCodes",
    module=JOB_COST,
    fields=(
        Field("JobCode", limit=20, key=True),
        Field("CostCode", limit=20, key=True),
        Field("Category", limit=10, key=True),
        *_CODE_FIELDS,
    ),
    params=(Param("JOBCODE", "JobCode", required=True), Param("COSTCODE", "CostCode")),
    changed="LastUpdate",
    nothing_found="JOBCODE: There are no cost codes for the specified job.",
)

CATEGORIES = Api(
    name="MRI_S-PMJC_Categories",
    collection="Categories",
    module=JOB_COST,
    fields=(Field("Category", limit=10, key=True), Field("Description", limit=60)),
)
