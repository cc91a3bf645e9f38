"""Testing a connection: the sign-in, the company's reach, every list once, the hub's own rights, a line for each."""

from collections.abc import Awaitable, Mapping, Sequence

from hub.connectors.procore.api import Api
from hub.connectors.procore.people import tools_of
from hub.connectors.procore.problems import NotOffered
from hub.connectors.procore.reading import Reader
from hub.connectors.procore.rights import COMPANY_TOOLS, levels
from hub.connectors.procore.settings import Settings
from hub.erp.checking import checked
from hub.erp.connector import Check
from hub.erp.incoming import records
from hub.errors import ErpError, ErpUnauthorized

_OF_COMPANY = ("company", "project", "cost_code", "cost_type", "member")
_OF_PROJECT = (
    *("project_cost_code", "commitment", "commitment_change_order", "prime_contract"),
    *("subcontractor_invoice", "payment", "direct_cost", "budget_change", "project_member"),
)
# An ERP integration administers these tools of the company.
_NEEDED = ("admin", "directory", "erp")
_WORDS = {"admin": "Company Admin", "directory": "Directory", "erp": "ERP Integrations"}
_NAMES = ("None", "Read Only", "Standard", "Admin")


async def checks(api: Api, settings: Settings, reader: Reader) -> Sequence[Check]:
    """One line per question. Lists of a project are asked for on the first one within reach."""
    found = [await checked("reach", _reached(api, settings)), *await _asked(reader, _OF_COMPANY, {})]
    project = await _first_project(reader)
    if project is not None:
        found += await _asked(reader, _OF_PROJECT, {"project": project})
    return [*found, *await _own_rights(api, settings)]


async def _asked(reader: Reader, keys: Sequence[str], scope: Mapping[str, str]) -> list[Check]:
    """Every list of these resources, once, for one row."""
    lists = {each.name: each for key in keys for each in reader.lists(key)}
    if not scope:
        return [await checked(name, reader.try_out(each, scope)) for name, each in lists.items()]
    return [
        await _of_project(f"project: {name}", reader.try_out(each, scope)) for name, each in lists.items()
    ]


async def _of_project(name: str, call: Awaitable[None]) -> Check:
    """A tool that one project does not use is no fault of the connection."""
    try:
        await call
    except NotOffered:
        return Check(name, ok=True, message="The project that was tried does not use this.")
    except ErpError as error:
        return Check(name, ok=False, message=error.message)
    return Check(name, ok=True, message="OK")


async def _reached(api: Api, settings: Settings) -> None:
    """The company is one of those this application is connected to."""
    found, following = await api.read("/rest/v1.0/companies", {"per_page": "100", "page": "1"})
    rows = records(found, "companies")
    while following is not None:
        found, following = await api.read(following)
        rows += records(found, "companies")
    if settings.company_id not in {str(row.get("id")) for row in rows}:
        raise ErpUnauthorized(
            f"The application does not reach company {settings.company_id}: install it there, or correct the company id."
        )


async def _first_project(reader: Reader) -> str | None:
    try:
        page = await reader.fetch("project", {}, None)
    except ErpError:
        return None
    return page.records[0].external_id if page.records else None


async def _own_rights(api: Api, settings: Settings) -> list[Check]:
    try:
        found, _ = await api.read("/rest/v1.0/settings/permissions", {"company_id": settings.company_id})
        own = levels(tools_of(found), COMPANY_TOOLS)
    except ErpError as error:
        return [Check("own permissions", ok=False, message=error.message)]
    return [_right(name, own[name]) for name in _NEEDED]


def _right(name: str, level: int) -> Check:
    tool, enough = _WORDS[name], level == len(_NAMES) - 1
    lacking = (
        f"Admin is needed on {tool}, the service account has {_NAMES[level]}: raise it in its permissions."
    )
    return Check(f"own permission on {tool}", ok=enough, message="OK" if enough else lacking)
