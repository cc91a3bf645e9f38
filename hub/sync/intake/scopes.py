"""Which lists of a resource there are: one, or one for each project that the other side has.

The project tool lists project by project. An ERP gives a list once for all its jobs, whose records name their job
themselves; only the codes of a job are asked for job by job."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.session import Connection
from hub.sync.intake.resources import JOB_CODES, Resource
from hub.sync.intake.site import Site

_IN_TOOL = """
    select t.id, t.origin_id as key, t.number from project t
    where t.account_id = $1 and t.origin_id is not null and t.origin_deleted_at is null and ($2::uuid is null or t.id = $2)
    order by t.number, t.id"""
_IN_ERP = """
    select t.id, k.external_id as key, t.number
    from link k join project t on t.account_id = $1 and t.id = k.object_id
    where k.account_id = $1 and k.connection_id = $3 and k.object_type = 'Project' and k.external_id is not null
        and k.snapshot is not null and k.gone_at is null and ($2::uuid is null or t.id = $2)
    order by t.number, t.id"""


@dataclass(frozen=True)
class Scope:
    """One list: the whole resource, or its part of one project. `key` names the project on the other side."""

    key: str = ""
    project: UUID | None = None
    label: str = ""

    def query(self, since: datetime | None) -> Mapping[str, str]:
        """What the list is asked with: its project, and the moment from which changes are wanted."""
        asked = {"project": self.key} if self.project is not None else {}
        return asked if since is None else {**asked, "since": since.isoformat()}


async def scopes(connection: Connection, site: Site, resource: Resource, only: UUID | None) -> list[Scope]:
    if not _is_split(site, resource, only):
        return [Scope()]
    if site.from_erp:
        rows = await connection.fetch(_IN_ERP, site.account, only, site.connection)
    else:
        rows = await connection.fetch(_IN_TOOL, site.account, only)
    return [Scope(row["key"], row["id"], row["number"]) for row in rows]


def _is_split(site: Site, resource: Resource, only: UUID | None) -> bool:
    if site.from_erp and only is None:
        return resource.key == JOB_CODES
    return resource.per_project
