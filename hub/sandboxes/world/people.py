"""The contractor's people and what each may do, per tool, in the company and on the projects."""

from collections.abc import Mapping
from random import Random

from hub.sandboxes.world.ids import WIDE_AT, IdKind, procore_id
from hub.sandboxes.world.model import Access, Job, Person, Template
from hub.sandboxes.world.names import FIRST_NAMES, SURNAMES

COMPANY_TOOLS = ("erp_integrations", "directory", "admin", "reports")
PROJECT_TOOLS = (
    "commitments",
    "change_orders",
    "budget",
    "prime_contracts",
    "project_admin",
    "direct_costs",
    "reports",
)
LEVELS = {"N": Access.NONE, "R": Access.READ_ONLY, "S": Access.STANDARD, "A": Access.ADMIN}

# A template's name and one letter per tool, in the order of the tools above.
COMPANY_TEMPLATES = (
    ("Project Staff", "NRNR"),
    ("Accounting Approver", "SSNS"),
    ("ERP Administrator", "AAAA"),
    ("Company Read Only", "RRRR"),
    ("Accounts Payable", "RSNS"),
    ("No Company Tools", "NNNN"),
)
PROJECT_TEMPLATES = (
    ("Project Manager", "AAAAASA"),
    ("Project Accountant", "AAARNAS"),
    ("Project Engineer", "SSRRNRS"),
    ("Superintendent", "RRRNNNR"),
    ("Project Read Only", "RRRRRRR"),
    ("No Project Tools", "NNNNNNN"),
)

# role, first name, last name, title, company template, project template, may push to accounting
CAST = (
    ("project_manager", "Paula", "Marsh", "Project Manager", "Project Staff", "Project Manager", False),
    (
        "accounting_approver",
        "Ana",
        "Ruiz",
        "Senior Accountant",
        "Accounting Approver",
        "Project Accountant",
        True,
    ),
    ("second_approver", "Abe", "Stone", "Controller", "Accounting Approver", "Project Accountant", True),
    (
        "erp_administrator",
        "Erik",
        "Lund",
        "ERP Administrator",
        "ERP Administrator",
        "Project Read Only",
        False,
    ),
    ("read_only", "Rita", "Cole", "Auditor", "Company Read Only", "Project Read Only", False),
)
OTHERS = 20
FIRST_USER = WIDE_AT  # Paula's id is one that a float cannot hold


def build_templates() -> tuple[Template, ...]:
    rows = [("company", *row) for row in COMPANY_TEMPLATES] + [("project", *row) for row in PROJECT_TEMPLATES]
    return tuple(
        Template(procore_id(IdKind.TEMPLATE, number), name, scope, _levels(scope, letters))
        for number, (scope, name, letters) in enumerate(rows, start=1)
    )


def _levels(scope: str, letters: str) -> Mapping[str, Access]:
    tools = COMPANY_TOOLS if scope == "company" else PROJECT_TOOLS
    return {tool: LEVELS[letter] for tool, letter in zip(tools, letters, strict=True)}


def build_people(rng: Random, jobs: tuple[Job, ...], templates: tuple[Template, ...]) -> tuple[Person, ...]:
    ids = {template.name: template.procore_id for template in templates}
    projects = [job.procore_id for job in jobs if job.procore_id is not None]
    cast = [_cast_member(number, row, ids, projects) for number, row in enumerate(CAST)]
    others = [_extra(rng, number, ids, projects) for number in range(OTHERS)]
    return tuple(cast + others)


def _cast_member(
    number: int, row: tuple[str, str, str, str, str, str, bool], ids: Mapping[str, int], projects: list[int]
) -> Person:
    role, first, last, title, company, project, push = row
    return Person(
        procore_id=procore_id(IdKind.USER, FIRST_USER + number),
        role=role,
        first_name=first,
        last_name=last,
        email=f"{first}.{last}@harbourvale.example".lower(),
        job_title=title,
        company_template_id=ids[company],
        can_push_to_accounting=push,
        projects=dict.fromkeys(projects, ids[project]),
    )


def _extra(rng: Random, number: int, ids: Mapping[str, int], projects: list[int]) -> Person:
    first, last = FIRST_NAMES[number], rng.choice(SURNAMES)
    company, _ = rng.choice(COMPANY_TEMPLATES)
    chosen = sorted(rng.sample(projects, rng.randint(1, 6)))
    return Person(
        procore_id=procore_id(IdKind.USER, FIRST_USER + len(CAST) + number),
        role=None,
        first_name=first,
        last_name=last,
        email=f"user{number:02d}@harbourvale.example",
        job_title=rng.choice(("Project Engineer", "Superintendent", "Estimator", "Accounts Payable Clerk")),
        company_template_id=ids[company],
        can_push_to_accounting=company == "Accounting Approver" and rng.random() < 0.5,
        projects={project: ids[rng.choice(PROJECT_TEMPLATES)[0]] for project in chosen},
    )
