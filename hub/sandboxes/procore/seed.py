"""Fills an empty sandbox with the part of the fictional contractor that lives in Procore."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hub.sandboxes.procore.company import tool
from hub.sandboxes.procore.finance import Finance
from hub.sandboxes.procore.records import Record, Records, stamp
from hub.sandboxes.procore.resource import Resource
from hub.sandboxes.procore.resources.codes import CODE_LISTS, COST_CODES, LINE_ITEM_TYPES, STANDARD_COST_CODES
from hub.sandboxes.procore.resources.commitments import COMMITMENT_RESOURCES
from hub.sandboxes.procore.resources.directory import PERMISSION_TEMPLATES, PROJECT_USERS, USERS, VENDORS
from hub.sandboxes.procore.resources.projects import PROJECTS
from hub.sandboxes.procore.resources.wbs import DELIMITER, WBS_CODES
from hub.sandboxes.world import Commitment, Job, Line, Person, ProjectCode, Template, Vendor, World
from hub.sandboxes.world.ids import IdKind, procore_id

FIRST_WRITE = datetime(2025, 1, 6, 14, 0, tzinfo=UTC)
BETWEEN_WRITES = timedelta(minutes=3)
COMPANY_TOOLS_TYPE, PROJECT_TYPE = "company_tools", "global"


class Seeder:
    """Writes past the locks and checks of the API, but with every field that the API would have filled."""

    def __init__(self, records: Records, world: World) -> None:
        self._records = records
        self._world = world
        self._written = 0
        self.wbs = wbs_ids(world)

    def run(self) -> None:
        company = self._world.company
        self._records.add("company", 0, self._company())
        code_list = {"id": company.cost_code_list_id, "name": "ERP Cost Codes", "is_erp_list": True}
        self.put(CODE_LISTS, company.procore_id, code_list | {"available_to_use_on_new_projects": True})
        self._directory(company.procore_id)
        self._projects(company.procore_id)
        self._codes(company.procore_id, company.cost_code_list_id)
        self._commitments()
        self._wbs_codes()
        Finance(self.put, self._world, self.wbs).run()

    def _company(self) -> Record:
        company = self._world.company
        return {"id": company.procore_id, "name": company.name, "is_active": True, "my_company": True} | {
            "logo_url": None,
            "pcn_business_experience": None,
        }

    def _directory(self, company_id: int) -> None:
        for template in self._world.templates:
            self.put(PERMISSION_TEMPLATES, company_id, template_record(template, company_id))
        for person in self._world.people:
            self.put(USERS, company_id, user_record(person))
        for vendor in self._world.vendors:
            if vendor.procore_id is not None:
                self.put(VENDORS, company_id, vendor_record(vendor))

    def _projects(self, company_id: int) -> None:
        for job in self._world.jobs:
            if job.procore_id is not None:
                self.put(PROJECTS, company_id, project_record(job))
        for person in self._world.people:
            for project_id, template_id in person.projects.items():
                member = {"id": person.procore_id, "permission_template_id": template_id}
                self.put(PROJECT_USERS, project_id, member)

    def _codes(self, company_id: int, list_id: int) -> None:
        type_ids = {found.category: found.procore_id for found in self._world.cost_types}
        for cost_type in self._world.cost_types:
            values: Record = {
                "name": cost_type.name,
                "code": cost_type.category,
                "base_type": cost_type.base_type,
            }
            values |= _origin(cost_type.origin_id, cost_type.category)
            self.put(LINE_ITEM_TYPES, company_id, {"id": cost_type.procore_id, **values})
        for code in self._world.cost_codes:
            values = {"code": code.code, "name": code.name, "standard_cost_code_list_id": list_id}
            values |= _origin(code.origin_id, code.code)
            self.put(STANDARD_COST_CODES, list_id, {"id": code.standard_id, **values})
        for project_code in self._world.project_codes:
            record = project_code_record(project_code, type_ids)
            self.put(COST_CODES, project_code.project_id, record)

    def _commitments(self) -> None:
        orders, order_lines, purchases, purchase_lines = COMMITMENT_RESOURCES
        for commitment in self._world.commitments:
            subcontract = commitment.kind == orders.kind
            self.put(orders if subcontract else purchases, commitment.project_id, contract_record(commitment))
            resource = order_lines if subcontract else purchase_lines
            for line in commitment.lines:
                pair = (line.cost_code_id, line.line_item_type_id or 0)
                record = line_record(line) | {
                    resource.scope.parameter: commitment.procore_id,
                    "wbs_code_id": self.wbs.get(pair),
                }
                self.put(resource, commitment.procore_id, record)

    def _wbs_codes(self) -> None:
        types = {found.category: found for found in self._world.cost_types}
        for code in self._world.project_codes:
            for category in code.categories:
                name, cost_type = types[category].name, types[category].procore_id
                record = {
                    "id": self.wbs[code.procore_id, cost_type],
                    "project_id": code.project_id,
                    "cost_code_id": code.procore_id,
                    "line_item_type_id": cost_type,
                    "sub_job_id": None,
                    "flat_code": f"{code.code}{DELIMITER}{category}",
                    "flat_name": f"{code.name}{DELIMITER}{name}",
                    "description": f"{code.name}{DELIMITER}{name}",
                }
                self.put(WBS_CODES, code.project_id, record)

    def put(self, resource: Resource, scope_id: int, values: Record) -> None:
        self._written += 1
        moment = stamp(FIRST_WRITE + self._written * BETWEEN_WRITES)
        blank: Record = {name: declared.default for name, declared in resource.writable.items()}
        if resource.linkable:
            blank["synced"] = bool(values.get("origin_id"))
        stamps = {"created_at": moment, "updated_at": moment}
        self._records.add(resource.kind, scope_id, blank | values | stamps)


def wbs_ids(world: World) -> dict[tuple[int, int], int]:
    """The WBS code of each cost code and cost type that may stand together on a project."""
    types = {found.category: found.procore_id for found in world.cost_types}
    pairs = [(code.procore_id, types[one]) for code in world.project_codes for one in code.categories]
    return {pair: procore_id(IdKind.WBS_CODE, number) for number, pair in enumerate(pairs, start=1)}


def _origin(origin_id: str | None, code: str | None) -> dict[str, Any]:
    return {"origin_id": origin_id, "origin_code": code if origin_id else None}


def template_record(template: Template, company_id: int) -> Record:
    in_company = template.scope == "company"
    return {
        "id": template.procore_id,
        "company_id": company_id,
        "name": template.name,
        "type": COMPANY_TOOLS_TYPE if in_company else PROJECT_TYPE,
        "project_specific": False,
        "category": "internal",
        "tools": [
            tool(place, name, level) for place, (name, level) in enumerate(template.tools.items(), start=1)
        ],
    }


def user_record(person: Person) -> Record:
    return {
        "id": person.procore_id,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email_address": person.email,
        "job_title": person.job_title,
        "is_active": True,
        "is_employee": True,
        "permission_template_id": person.company_template_id,
        "can_push_to_accounting": person.can_push_to_accounting,
    }


def vendor_record(vendor: Vendor) -> Record:
    return {
        "id": vendor.procore_id,
        "name": vendor.procore_name,
        "address": vendor.address,
        "city": vendor.city,
        "state_code": vendor.state,
        "zip": vendor.zip,
        "country_code": vendor.country,
        "business_phone": vendor.phone,
        "email_address": vendor.email,
        "is_active": vendor.procore_active,
        **_origin(vendor.origin_id, vendor.code),
    }


def project_record(job: Job) -> Record:
    return {
        "id": job.procore_id,
        "name": job.name,
        "project_number": job.code,
        "address": job.address,
        "city": job.city,
        "state_code": job.state,
        "zip": job.zip,
        "country_code": job.country,
        "time_zone": "US/Eastern",
        "active": job.status == "Active",
        "start_date": job.start.isoformat(),
        "completion_date": job.completion.isoformat(),
        **_origin(job.origin_id, job.code),
    }


def project_code_record(code: ProjectCode, type_ids: dict[str, int]) -> Record:
    return {
        "id": code.procore_id,
        "project_id": code.project_id,
        "code": code.code,
        "name": code.name,
        "standard_cost_code_id": code.standard_id,
        "line_item_type_ids": [type_ids[category] for category in code.categories],
        **_origin(code.origin_id, code.code),
    }


def contract_record(commitment: Commitment) -> Record:
    start = {
        "contract_start_date": commitment.start and commitment.start.isoformat(),
        "contract_estimated_completion_date": commitment.completion and commitment.completion.isoformat(),
    }
    return {
        "id": commitment.procore_id,
        "project_id": commitment.project_id,
        "number": commitment.number,
        "title": commitment.title,
        "description": commitment.description,
        "status": commitment.status,
        "executed": commitment.executed,
        "vendor_id": commitment.vendor_id,
        "retainage_percent": str(commitment.retainage),
        "contract_date": commitment.contract_date.isoformat(),
        **(start if commitment.kind == "work_order_contract" else {}),
    }


def line_record(line: Line) -> Record:
    return {
        "id": line.procore_id,
        "position": line.position,
        "cost_code_id": line.cost_code_id,
        "line_item_type_id": line.line_item_type_id,
        "description": line.description,
        "amount": str(line.amount),
        "quantity": str(line.quantity),
        "unit_cost": str(line.unit_cost),
        "uom": line.uom,
        "extended_type": "calculated" if line.quantity else "manual",
    }
