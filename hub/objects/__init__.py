"""The unified ERP objects, one file each, and `OBJECTS`: all of them in order of dependency."""

from hub.core.spec import ErpObject
from hub.objects.commitment import COMMITMENT
from hub.objects.company import COMPANY
from hub.objects.cost_code import COST_CODE
from hub.objects.cost_type import COST_TYPE
from hub.objects.project import PROJECT

__all__ = [
    "BY_KEY",
    "BY_NAME",
    "BY_TAG",
    "COMMITMENT",
    "COMPANY",
    "COST_CODE",
    "COST_TYPE",
    "OBJECTS",
    "PROJECT",
]

OBJECTS: tuple[ErpObject, ...] = (COST_TYPE, COST_CODE, COMPANY, PROJECT, COMMITMENT)
BY_KEY: dict[str, ErpObject] = {spec.key: spec for spec in OBJECTS}
BY_NAME: dict[str, ErpObject] = {spec.name: spec for spec in OBJECTS}
BY_TAG: dict[str, ErpObject] = {spec.tag: spec for spec in OBJECTS}
