"""A job of the ERP as a project of the project tool: made, or linked to one that is there, with the job's cost codes."""

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from hub.codes import ErrorCode
from hub.core.link import LinkState
from hub.core.spec import ErpObject
from hub.erp.connector import Connector
from hub.errors import ErpRefused, Refused
from hub.objects import COST_TYPE, PROJECT
from hub.sync.intake.imports import Import
from hub.sync.items import read_item
from hub.sync.log import happened
from hub.sync.provision import LINKED, Provision, one, some
from hub.sync.runs import progress
from hub.sync.templates import Template, against, template_named
from hub.sync.tool import origins
from hub.sync.work import Work

Rows = Sequence[Mapping[str, Any]]
# The codes that the job carries, each with its type. What the ERP has put out of use is not on the job.
_CODES = """
    select p.id, c.id as code_id, c.code, c.name, c.origin_id as standard_id, y.id as type_id, y.code as type_code, y.name as type_name,
        y.origin_id as type_origin
    from project_cost_code p
    join cost_code c on c.account_id = $1 and c.id = p.cost_code_id
    join cost_type y on y.account_id = $1 and y.id = p.cost_type_id
    where p.account_id = $1 and p.project_id = $2 and p.in_erp order by c.code, y.code"""
_CARRIED = "update project_cost_code set origin_id = $3 where account_id = $1 and id = $2"
_LIMIT_WORDS = "project limit"
_FIELDS = (
    "name",
    "address",
    "city",
    "state_code",
    "postal_code",
    "country_code",
    "is_active",
    "start_date",
    "completion_date",
)


async def provision_project(work: Work) -> None:
    """A job becomes a project with its cost codes; a refresh reads them again, carries new ones over and takes none away."""
    args = work.job.args
    if args.get("codes_only"):
        await Import(work).read()
    it = Provision(work, PROJECT)
    connector = await it.begin(_begun(args))
    template = await _template(it, args)
    if args.get("codes_only"):
        origin = str(it.record["origin_id"])
    elif args.get("linked"):
        origin = await _marked(it, connector)
    else:
        origin = await _made(it, connector, template)
    async with work.transaction() as connection:
        rows = [dict(row) for row in await connection.fetch(_CODES, work.job.account_id, it.id)]
        await progress(
            connection, work.job.account_id, work.job.run_id, f"adding {len(rows)} codes to the project"
        )
    there = await _there(connector, origin) if args.get("linked") or template else {}
    known = await _codes(it, connector, origin, rows, there)
    async with work.final() as connection:
        carried = [row for row in rows if row["code"] in known]
        await connection.executemany(
            _CARRIED, [(work.job.account_id, row["id"], known[row["code"]]) for row in carried]
        )
        await it.linked(connection, origin)


def _begun(args: Mapping[str, Any]) -> str:
    if args.get("linked"):
        return "linking the project in the project tool"
    return (
        "refreshing the project's codes"
        if args.get("codes_only")
        else "adding the project to the project tool"
    )


async def _template(it: Provision, args: Mapping[str, Any]) -> Template | None:
    """The template of the request, checked once more before anything is made: the job's codes may have changed since."""
    if not args.get("template_id"):
        return None
    account = it.work.job.account_id
    async with it.work.transaction() as connection:
        found = await template_named(connection, account, uuid.UUID(args["template_id"]))
        refused = await against(connection, account, found, it.id) if found else None
    if found is None:
        raise Refused(ErrorCode.NOT_FOUND, "The project template is gone.", field="templateId")
    if refused:
        raise refused
    return found


async def _made(it: Provision, connector: Connector, template: Template | None) -> str:
    job_code = it.row["external_id"]
    facts = {"job_code": job_code, **some(it.record, _FIELDS)}
    if template is not None:
        facts["template"] = template.origin_id
    try:
        entries = await it.push(connector, PROJECT.key, facts)
    except ErpRefused as refused:
        raise _limit(it, refused) or refused from refused
    return one(entries, origins(it.tool).job(job_code))


def _limit(it: Provision, refused: ErpRefused) -> Refused | None:
    """The project tool says in words alone that the account has all the projects it may have."""
    said = json.loads(it.tool["settings"]).get("project_limit_words") or _LIMIT_WORDS
    if str(said).lower() not in refused.words.lower():
        return None
    text = "The project tool takes no further project of this account."
    remedy = "Close projects there or have the limit raised, then add the job again."
    return Refused(ErrorCode.PROJECT_LIMIT_REACHED, text, remedy=remedy, erp_message=refused.words)


async def _marked(it: Provision, connector: Connector) -> str:
    """The project that is there already is told which job it is."""
    job_code, origin = it.row["external_id"], str(it.record["origin_id"])
    mark = {
        "object": PROJECT.key,
        "item_id": origin,
        "origin_id": origins(it.tool).job(job_code),
        "origin_code": it.row["external_code"] or job_code,
    }
    await it.push(connector, "external_data", {"items": [mark]})
    return origin


async def _there(connector: Connector, project: str) -> dict[str, str]:
    """Codes that the project has already, with their ids: they are taken on, not made a second time."""
    found: dict[str, str] = {}
    cursor: str | None = None
    while True:
        page = await connector.fetch("project_cost_code", {"project": project}, cursor)
        found |= {
            str(record.values["code"]): record.external_id
            for record in page.records
            if record.values.get("code") and record.values.get("is_active") is not False
        }
        cursor = page.cursor
        if cursor is None:
            return found


async def _codes(
    it: Provision, connector: Connector, project: str, rows: Rows, there: Mapping[str, str]
) -> dict[str, str]:
    """Types, standard codes, the project's codes and which type goes with which code; returns code -> id on the project."""
    types = await _types(it, connector, rows)
    codes = {row["code"]: row for row in rows}
    if not codes:
        return {}
    items = [
        {
            "code": code,
            "name": row["name"],
            "standard_cost_code_id": row["standard_id"],
            "external_id": there.get(code),
        }
        for code, row in codes.items()
    ]
    made = await it.push(connector, "project_cost_code", {"project": project, "items": items})
    known = {code: one(made, origins(it.tool).cost_code(code)) for code in codes}
    pairs = [{"cost_code_id": known[row["code"]], "cost_type_id": types[row["type_code"]]} for row in rows]
    await it.push(connector, "project_cost_code_type", {"project": project, "items": pairs})
    return known


async def _types(it: Provision, connector: Connector, rows: Rows) -> dict[str, str]:
    """The ids of the types in the project tool, each marked there with its key: lines name their type by that mark.

    A type that the project tool had before the ERP came carries none, or that of another ERP."""
    types = {row["type_code"]: row for row in rows}
    if not types:
        return {}
    known = {code: str(row["type_origin"]) for code, row in types.items() if row["type_origin"]}
    items = [
        {"code": code, "name": row["type_name"], "external_id": known.get(code)}
        for code, row in types.items()
    ]
    made = await it.push(connector, COST_TYPE.key, {"items": items})
    ids = {code: one(made, origins(it.tool).cost_type(code)) for code in types}
    await _remember(
        it, COST_TYPE, {row["type_id"]: ids[code] for code, row in types.items() if code not in known}
    )
    return ids


async def _remember(it: Provision, spec: ErpObject, origin_ids: Mapping[uuid.UUID, str]) -> None:
    """A type that the project tool has learned of is linked from now on."""
    account = it.work.job.account_id
    async with it.work.transaction() as connection:
        for id_, origin in origin_ids.items():
            item = await read_item(connection, account, spec, id_, lock=True)
            if item["state"] != LinkState.READY_TO_IMPORT:
                continue
            await connection.execute(
                f'update "{spec.table.name}" set origin_id = $3 where account_id = $1 and id = $2',
                account,
                id_,
                origin,
            )
            await connection.execute(LINKED, account, id_)
            await happened(connection, account, spec, "ADD", [(id_, item["image"])], run=it.work.job.run_id)
