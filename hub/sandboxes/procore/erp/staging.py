"""Staged records becoming objects of Procore, and going back to the inbox when they are unlinked."""

from collections.abc import Mapping

from hub.sandboxes.procore.problem import InvalidFieldsError, Problem, not_found, unprocessable
from hub.sandboxes.procore.records import Record, Records
from hub.sandboxes.procore.resource import COMPANY
from hub.sandboxes.procore.resources import KNOWN
from hub.sandboxes.procore.resources.staged import IMPORTED, STAGED
from hub.sandboxes.procore.writing import Writer

ORIGIN = ("origin_id", "origin_code", "origin_data")
# The ERP's id of another object, the field that names it in Procore, and the kinds that it may be.
TRANSLATED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "vendor_origin_id": ("vendor_id", ("vendor",)),
    "cost_code_origin_id": ("cost_code_id", ("cost_code",)),
    "line_item_type_origin_id": ("line_item_type_id", ("line_item_type",)),
    "commitment_origin_id": ("contract_id", ("work_order_contract", "purchase_order_contract")),
    "parent_origin_id": ("parent_id", ("vendor",)),
}
KIND_OF: Mapping[str, str] = {"commitment_change_order": "change_order"}
PROJECT = "project_origin_id"


def bring_in(records: Records, company_id: int, staged_id: int) -> Record:
    """A person imports a staged record: the object it becomes, with its children."""
    staged = records.get("staged_record", staged_id, company_id)
    if staged is None:
        raise not_found()
    if staged["status"] != STAGED:
        raise Problem(409, {"errors": f"The record is {staged['status']}"})
    try:
        made = _made(records, company_id, staged)
    except InvalidFieldsError as error:
        raise unprocessable(error.fields) from error
    return made


def _made(records: Records, company_id: int, staged: Record) -> Record:
    item_type = str(staged["item_type"])
    kind = KIND_OF.get(item_type, item_type)
    resource = KNOWN[kind]
    scope_id = company_id if resource.scope == COMPANY else _project(records, staged)
    made = Writer(resource, None, records, scope_id, locked=False).create(_values(records, staged, scope_id))
    made = records.save(kind, made | {name: staged.get(name) for name in ORIGIN} | {"synced": True})
    records.save("staged_record", staged | {"status": IMPORTED})
    for child in records.within("staged_record", company_id):
        if child.get("parent_id") == staged["id"] and child["status"] == STAGED:
            _child(records, child, kind, made)
    return made


def _child(records: Records, child: Record, parent_kind: str, parent: Record) -> None:
    """A line, on the object that its parent became."""
    resource = KNOWN["line_item"]
    holder = {"change_order": "commitment_change_order_id"}.get(parent_kind, f"{parent_kind}_id")
    project_id = parent["project_id"]
    writer = Writer(resource, None, records, parent["id"], locked=False)
    accepted = writer.resource.writable
    values = {name: value for name, value in _values(records, child, project_id).items() if name in accepted}
    blank = {name: field.default for name, field in accepted.items()}
    line = (
        blank
        | values
        | {holder: parent["id"], "position": len(records.within("line_item", parent["id"])) + 1}
    )
    records.add(
        "line_item", parent["id"], line | {name: child.get(name) for name in ORIGIN} | {"synced": True}
    )
    records.save("staged_record", child | {"status": IMPORTED})


def _project(records: Records, staged: Record) -> int:
    project = records.by_origin("project", None, str((staged.get("data") or {}).get(PROJECT)))
    if project is None:
        raise InvalidFieldsError({f"data.{PROJECT}": ["is not synced with any project"]})
    return int(project["id"])


def _values(records: Records, staged: Record, scope_id: int) -> Record:
    """Ids of the ERP become Procore's; what the object has no field for stays behind."""
    values: Record = {}
    for name, value in (staged.get("data") or {}).items():
        if name == PROJECT:
            continue
        if name not in TRANSLATED:
            values[name] = value
            continue
        target, kinds = TRANSLATED[name]
        within = scope_id if target == "cost_code_id" else None
        found = next(filter(None, (records.by_origin(kind, within, str(value)) for kind in kinds)), None)
        if found is None:
            raise InvalidFieldsError({f"data.{name}": ["is not synced"]})
        values[target] = found["id"]
    return values


def unlinked(records: Records, kind: str, item: Record) -> Record:
    """Take the ERP's ids off an object; a staged record that it was imported from waits again."""
    if item.get("origin_id"):
        restage(records, kind, str(item["origin_id"]))
    return records.save(kind, item | dict.fromkeys(ORIGIN) | {"synced": False})


def restage(records: Records, kind: str, origin_id: str) -> None:
    names = {kind} | {name for name, becomes in KIND_OF.items() if becomes == kind}
    (company,) = records.within("company", 0)
    for staged in records.within("staged_record", company["id"]):
        same = staged["item_type"] in names and staged["origin_id"] == origin_id
        if same and staged["status"] == IMPORTED:
            records.save("staged_record", staged | {"status": STAGED})
