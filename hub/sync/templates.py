"""Project templates: which one a new project starts from, and whether the job has every code that the template would bring.

The company's switch decides whether a template's codes are copied at all: the ERP connection's setting
`copy_template_codes`, else what its connector says of itself. Sources: the connector's page on things to know, and the project
tool's page on project templates."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from db.session import Connection
from hub.codes import ErrorCode
from hub.errors import Refused

_DEFAULT = """
    select c.settings ->> 'default_project_template' from connection c where c.account_id = $1 and c.role = 'ERP'"""
_FIND = """
    select id, origin_id, name from project_template
    where account_id = $1 and origin_deleted_at is null and (id = $2 or $2 is null and (origin_id = $3 or lower(name) = lower($3)))
    order by origin_id = $3 desc nulls last, id limit 1"""
_COPIES = """
    select coalesce(
        case when jsonb_typeof(settings -> 'copy_template_codes') = 'boolean' then (settings ->> 'copy_template_codes')::boolean end,
        (capabilities -> 'behaviour' ->> 'copy_codes_from_template')::boolean, false)
    from connection where account_id = $1 and role = 'ERP'"""
_MISSING = """
    select distinct c.code from project_template_code c
    where c.account_id = $1 and c.project_template_id = $2 and not exists (
        select from project_cost_code p join cost_code k on k.account_id = $1 and k.id = p.cost_code_id
        where p.account_id = $1 and p.project_id = $3 and p.in_erp and k.code = c.code)
    order by c.code"""

# A template over a project template {t}, and the job {pt} on the ERP connection {pc} for which it is the usual one.
_OTHER = "select o.id from project_template o where o.account_id = {account} and o.origin_deleted_at is null"
_NAMED = "{pc}.settings ->> 'default_project_template'"
USUAL_TEMPLATE = (
    f"{{pt}}.origin_id is null and {{t}}.id = ({_OTHER} and (o.origin_id = {_NAMED} or lower(o.name) = lower({_NAMED}))"
    f" order by o.origin_id = {_NAMED} desc nulls last, o.id limit 1)"
)


@dataclass(frozen=True, slots=True)
class Template:
    id: uuid.UUID
    origin_id: str
    name: str


async def template_named(connection: Connection, account: uuid.UUID, id_: uuid.UUID) -> Template | None:
    row = await connection.fetchrow(_FIND, account, id_, None)
    return None if row is None else Template(**row)


async def usual_template(connection: Connection, account: uuid.UUID) -> Template | None:
    """The one that the setting `default_project_template` names, by its id in the project tool or by its name."""
    named = await connection.fetchval(_DEFAULT, account)
    if not named:
        return None
    row = await connection.fetchrow(_FIND, account, None, named)
    if row is None:
        raise Refused(
            ErrorCode.NOT_FOUND,
            f"The project tool has no template {named}, which the connection's setting `default_project_template` names.",
            field="templateId",
            remedy="Import project templates, mend the setting, or give `templateId: null` for none.",
        )
    return Template(**row)


async def against(
    connection: Connection, account: uuid.UUID, template: Template, project: uuid.UUID
) -> Refused | None:
    """What stands against the template on the job, asked before anything is copied."""
    if not await connection.fetchval(_COPIES, account):
        return None
    missing = [row["code"] for row in await connection.fetch(_MISSING, account, template.id, project)]
    return _lacks(template, missing) if missing else None


def _lacks(template: Template, missing: Sequence[str]) -> Refused:
    return Refused(
        ErrorCode.TEMPLATE_CODES_MISSING,
        f"The job has not every cost code of the template {template.name}; it lacks {', '.join(missing)}.",
        field="templateId",
        remedy="Add the codes to the job in the ERP and import its codes, or choose another template or none.",
    )
