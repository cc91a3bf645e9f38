"""The unified ERP objects, one file each, and `OBJECTS`: all of them in order of dependency."""

from hub.core.spec import ErpObject
from hub.objects.budget import BUDGET
from hub.objects.budget_change import BUDGET_CHANGE
from hub.objects.commitment import COMMITMENT
from hub.objects.commitment_change_order import COMMITMENT_CHANGE_ORDER
from hub.objects.company import COMPANY
from hub.objects.cost_code import COST_CODE
from hub.objects.cost_type import COST_TYPE
from hub.objects.direct_cost import DIRECT_COST
from hub.objects.owner_invoice import OWNER_INVOICE
from hub.objects.payment import PAYMENT
from hub.objects.prime_contract import PRIME_CONTRACT
from hub.objects.prime_contract_change_order import PRIME_CONTRACT_CHANGE_ORDER
from hub.objects.project import PROJECT
from hub.objects.project_template import PROJECT_TEMPLATE
from hub.objects.sub_job import SUB_JOB
from hub.objects.subcontractor_invoice import SUBCONTRACTOR_INVOICE

__all__ = [
    "BUDGET",
    "BUDGET_CHANGE",
    "BY_KEY",
    "BY_NAME",
    "BY_TAG",
    "COMMITMENT",
    "COMMITMENT_CHANGE_ORDER",
    "COMPANY",
    "COST_CODE",
    "COST_TYPE",
    "DIRECT_COST",
    "EXPORTED",
    "OBJECTS",
    "OWNER_INVOICE",
    "PAYMENT",
    "PRIME_CONTRACT",
    "PRIME_CONTRACT_CHANGE_ORDER",
    "PROJECT",
    "PROJECT_TEMPLATE",
    "SUBCONTRACTOR_INVOICE",
    "SUB_JOB",
]

OBJECTS: tuple[ErpObject, ...] = (
    COST_TYPE,
    COST_CODE,
    COMPANY,
    PROJECT_TEMPLATE,
    PROJECT,
    SUB_JOB,
    BUDGET,
    BUDGET_CHANGE,
    PRIME_CONTRACT,
    PRIME_CONTRACT_CHANGE_ORDER,
    OWNER_INVOICE,
    COMMITMENT,
    COMMITMENT_CHANGE_ORDER,
    SUBCONTRACTOR_INVOICE,
    DIRECT_COST,
    PAYMENT,
)
BY_KEY: dict[str, ErpObject] = {spec.key: spec for spec in OBJECTS}
BY_NAME: dict[str, ErpObject] = {spec.name: spec for spec in OBJECTS}
BY_TAG: dict[str, ErpObject] = {spec.tag: spec for spec in OBJECTS}
EXPORTED: tuple[ErpObject, ...] = tuple(spec for spec in OBJECTS if spec.goes_out)
