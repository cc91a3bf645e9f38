"""The twelve jobs, where each is known, and the cost codes each one carries."""

from datetime import date
from random import Random

from hub.sandboxes.world.ids import IdKind, procore_id
from hub.sandboxes.world.model import CostCode, Job, ProjectCode

# Code, name, status in the ERP, street, city, state, zip, start, completion.
JOBS = """
24-101 | Harbor Point Clinic | Active | 40 Harbor Blvd | Portland | ME | 04101 | 2024-03-04 | 2026-10-30
24-102 | Quay Street Lofts | Active | 212 Quay St | Toledo | OH | 43604 | 2024-04-15 | 2026-12-18
24-107 | Erie Transit Center | Active | 1 Depot St | Erie | PA | 16501 | 2024-08-01 | 2027-01-29
24-115 | Canal District Garage | Active | 88 Canal Ave | Worcester | MA | 01608 | 2024-09-16 | 2026-07-31
25-201 | Lakeview Elementary School | Active | 700 Ridge Rd | Duluth | MN | 55802 | 2025-02-03 | 2027-06-30
25-204 | Savannah Cold Storage | Active | 15 Dock St | Savannah | GA | 31401 | 2025-03-17 | 2026-11-20
25-209 | Foundry Row Offices | Active | 301 Foundry Rd | Providence | RI | 02903 | 2025-05-05 | 2027-03-12
25-213 | Trenton Justice Annex | Active | 9 Summit Ave | Trenton | NJ | 08608 | 2025-07-07 | 2027-09-24
25-220 | Café Zürich Tenant Fit-Out | Active | 54 Mill Ln | New Haven | CT | 06510 | 2025-09-02 | 2026-05-29
23-090 | Norfolk Pier Warehouse | Complete | 2 Dock St | Norfolk | VA | 23510 | 2023-01-09 | 2025-12-19
26-301 | Wilmington Water Works | Active | 400 Canal Ave | Wilmington | DE | 19801 | 2026-01-12 | 2028-02-25
26-305 | Albany Research Greenhouse | Active | 77 Ridge Rd | Albany | NY | 12207 | 2026-02-16 | 2027-08-27
"""
ONLY_IN_ERP = "26-301"
ONLY_IN_PROCORE = "26-305"

CHART_SIZE_AT_LEAST = 48
# A code somebody typed into Procore by hand; the ERP has never heard of it.
OWN_CODE = ("99-900", "Owner Allowance (project specific)")


def build_jobs(rng: Random, codes: tuple[CostCode, ...]) -> tuple[Job, ...]:
    return tuple(_job(rng, number, row, codes) for number, row in enumerate(JOBS.strip().splitlines()))


def _job(rng: Random, number: int, row: str, codes: tuple[CostCode, ...]) -> Job:
    code, name, status, address, city, state, zip_code, start, completion = row.split(" | ")
    in_erp, in_procore = code != ONLY_IN_PROCORE, code != ONLY_IN_ERP
    return Job(
        code=code,
        name=name,
        status=status,
        start=date.fromisoformat(start),
        completion=date.fromisoformat(completion),
        address=address,
        city=city,
        state=state,
        zip=zip_code,
        country="US",
        procore_id=procore_id(IdKind.PROJECT, number) if in_procore else None,
        linked=in_erp and in_procore,
        in_erp=in_erp,
        chart=_chart(rng, codes) if in_erp else (),
    )


def _chart(rng: Random, codes: tuple[CostCode, ...]) -> tuple[str, ...]:
    size = rng.randint(CHART_SIZE_AT_LEAST, len(codes))
    return tuple(sorted(code.code for code in rng.sample(codes, size)))


def build_project_codes(jobs: tuple[Job, ...], codes: tuple[CostCode, ...]) -> tuple[ProjectCode, ...]:
    """A linked project carries its job's chart; the one nobody linked the whole list, unlinked."""
    built: list[ProjectCode] = []
    for job in jobs:
        if job.procore_id is None:
            continue
        wanted = set(job.chart) or {code.code for code in codes}
        for code in codes:
            if code.code in wanted:
                built.append(_project_code(len(built), job, code))
        built.append(_own_code(len(built), job.procore_id))
    return tuple(built)


def _project_code(number: int, job: Job, code: CostCode) -> ProjectCode:
    return ProjectCode(
        procore_id=procore_id(IdKind.PROJECT_CODE, number),
        project_id=job.procore_id or 0,
        code=code.code,
        name=code.name,
        standard_id=code.standard_id,
        categories=code.categories,
        linked=job.linked,
    )


def _own_code(number: int, project_id: int) -> ProjectCode:
    code, name = OWN_CODE
    return ProjectCode(
        procore_id(IdKind.PROJECT_CODE, number), project_id, code, name, None, ("O",), linked=False
    )
