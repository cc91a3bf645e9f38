"""The fictional contractor, Harbour & Vale Builders, that seeds both sandboxes: one seed, one world."""

from functools import cache
from random import Random

from hub.sandboxes.world.codes import build_cost_codes, build_cost_types
from hub.sandboxes.world.commitments import build_commitments
from hub.sandboxes.world.ids import IdKind, procore_id
from hub.sandboxes.world.jobs import build_jobs, build_project_codes
from hub.sandboxes.world.lines import LineMaker
from hub.sandboxes.world.model import (
    Access,
    Commitment,
    Company,
    CostCode,
    CostType,
    Job,
    Line,
    Person,
    ProjectCode,
    Rule,
    Template,
    Vendor,
    World,
)
from hub.sandboxes.world.people import build_people, build_templates
from hub.sandboxes.world.vendors import build_vendors

__all__ = [
    "Access",
    "Commitment",
    "Company",
    "CostCode",
    "CostType",
    "Job",
    "Line",
    "Person",
    "ProjectCode",
    "Rule",
    "Template",
    "Vendor",
    "World",
    "build",
]


@cache
def build(seed: int = 7) -> World:
    rng = Random(seed)
    codes, types = build_cost_codes(), build_cost_types()
    vendors = build_vendors(rng)
    jobs = build_jobs(rng, codes)
    project_codes = build_project_codes(jobs, codes)
    templates = build_templates()
    return World(
        seed=seed,
        company=Company(
            procore_id=procore_id(IdKind.COMPANY, 1),
            name="Harbour & Vale Builders",
            erp_entity="HV01",
            cost_code_list_id=procore_id(IdKind.STANDARD_CODE, 900),
        ),
        vendors=vendors,
        cost_types=types,
        cost_codes=codes,
        jobs=jobs,
        project_codes=project_codes,
        commitments=build_commitments(rng, jobs, vendors, LineMaker(rng, project_codes, types)),
        templates=templates,
        people=build_people(rng, jobs, templates),
    )
