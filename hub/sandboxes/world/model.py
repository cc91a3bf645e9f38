"""What the fictional contractor is made of: people, vendors, jobs, codes, and commitments, some broken."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum


class Rule(StrEnum):
    """A rule that a commitment breaks, so that it cannot be sent to the ERP as it stands."""

    TITLE_TOO_LONG = "title_too_long"
    NO_START_DATE = "no_start_date"
    VENDOR_NOT_LINKED = "vendor_not_linked"  # in both systems, nobody has linked it yet
    VENDOR_ONLY_IN_PROCORE = "vendor_only_in_procore"
    STATUS_NOT_SENDABLE = "status_not_sendable"
    NO_LINES = "no_lines"
    ONLY_ZERO_LINES = "only_zero_lines"
    COST_CODE_NOT_IN_ERP = "cost_code_not_in_erp"
    LINE_WITHOUT_COST_TYPE = "line_without_cost_type"
    NUMBER_TOO_LONG = "number_too_long"
    PROJECT_NOT_LINKED = "project_not_linked"


class Access(IntEnum):
    """Access level of a Procore tool; the number is the level's id on the wire."""

    NONE = 1
    READ_ONLY = 2
    STANDARD = 3
    ADMIN = 4

    @property
    def label(self) -> str:
        return {1: "None", 2: "Read Only", 3: "Standard", 4: "Admin"}[self.value]


@dataclass(frozen=True, slots=True)
class Company:
    """The contractor itself and the ids its Procore company hangs on."""

    procore_id: int
    name: str
    erp_entity: str
    cost_code_list_id: int


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor as both systems know it: no `code`, not in the ERP; no `procore_id`, not in Procore."""

    code: str | None
    name: str
    procore_name: str  # differs from `name` in letter case at most
    address: str
    city: str
    state: str
    zip: str
    country: str
    phone: str
    email: str
    erp_active: bool
    procore_id: int | None
    procore_active: bool
    linked: bool

    @property
    def in_erp(self) -> bool:
        return self.code is not None

    @property
    def origin_id(self) -> str | None:
        return f"MRI:VEND:{self.code}" if self.linked else None


@dataclass(frozen=True, slots=True)
class CostType:
    """A cost type: a category in the ERP, a line item type in Procore."""

    category: str
    name: str
    base_type: str
    procore_id: int

    @property
    def origin_id(self) -> str:
        return f"MRI:CAT:{self.category}"


@dataclass(frozen=True, slots=True)
class CostCode:
    """A code of the company's one list, with the categories it may be used with."""

    code: str
    name: str
    division: str
    default_category: str
    categories: tuple[str, ...]
    standard_id: int  # id in Procore's company list

    @property
    def origin_id(self) -> str:
        return f"MRI:CODE:{self.code}"


@dataclass(frozen=True, slots=True)
class Job:
    """A job in the ERP, a project in Procore; `chart` is its interface chart, empty when not in the ERP."""

    code: str
    name: str
    status: str
    start: date
    completion: date
    address: str
    city: str
    state: str
    zip: str
    country: str
    procore_id: int | None
    linked: bool
    in_erp: bool
    chart: tuple[str, ...]

    @property
    def origin_id(self) -> str | None:
        return f"MRI:JOB:{self.code}" if self.linked else None


@dataclass(frozen=True, slots=True)
class ProjectCode:
    """A cost code on one Procore project; `linked` is false when the ERP does not know it there."""

    procore_id: int
    project_id: int
    code: str
    name: str
    standard_id: int | None
    categories: tuple[str, ...]
    linked: bool

    @property
    def origin_id(self) -> str | None:
        return f"MRI:CODE:{self.code}" if self.linked else None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a commitment's schedule of values."""

    procore_id: int
    position: int
    code: str
    cost_code_id: int
    category: str | None
    line_item_type_id: int | None
    description: str
    amount: Decimal
    quantity: Decimal = Decimal(0)
    unit_cost: Decimal = Decimal(0)
    uom: str | None = None


@dataclass(frozen=True, slots=True)
class Commitment:
    """A subcontract or purchase order of Procore; `broken` lists the rules that keep it from being sent."""

    procore_id: int
    kind: str  # "work_order_contract" or "purchase_order_contract"
    project_id: int
    job_code: str
    vendor_id: int
    number: str
    title: str
    description: str
    status: str
    executed: bool
    contract_date: date
    start: date | None
    completion: date | None
    retainage: Decimal
    lines: tuple[Line, ...]
    broken: tuple[Rule, ...] = ()
    traits: tuple[str, ...] = ()  # what makes a sound one worth testing

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))


@dataclass(frozen=True, slots=True)
class Template:
    """A permission template: an access level for every tool of the company or of a project."""

    procore_id: int
    name: str
    scope: str  # "company" or "project"
    tools: Mapping[str, Access]


@dataclass(frozen=True, slots=True)
class Person:
    """A Procore user; `projects` maps a project's id to the id of the template the user has there."""

    procore_id: int
    role: str | None  # name of the part played in tests and demonstrations
    first_name: str
    last_name: str
    email: str
    job_title: str
    company_template_id: int
    can_push_to_accounting: bool
    projects: Mapping[int, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True)
class World:
    """Everything both sandboxes are seeded from."""

    seed: int
    company: Company
    vendors: tuple[Vendor, ...]
    cost_types: tuple[CostType, ...]
    cost_codes: tuple[CostCode, ...]
    jobs: tuple[Job, ...]
    project_codes: tuple[ProjectCode, ...]
    commitments: tuple[Commitment, ...]
    templates: tuple[Template, ...]
    people: tuple[Person, ...]

    def job(self, code: str) -> Job:
        return next(job for job in self.jobs if job.code == code)

    def person(self, role: str) -> Person:
        return next(person for person in self.people if person.role == role)

    def breaking(self, rule: Rule) -> tuple[Commitment, ...]:
        return tuple(commitment for commitment in self.commitments if rule in commitment.broken)

    @property
    def sendable(self) -> tuple[Commitment, ...]:
        return tuple(commitment for commitment in self.commitments if not commitment.broken)
