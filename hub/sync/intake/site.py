"""What every statement of an import needs to know of the connection that is read and of the account."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from db.accounts import SystemRole
from db.session import Connection, Row
from hub.core.spec import ErpObject
from hub.erp.origin import OriginIds
from hub.errors import HubError

_CONNECTIONS = """
    select id, kind, role, settings, capabilities from connection where account_id = $1 order by id"""


@dataclass(frozen=True)
class Site:
    """`erps` are all ERP connections of the account. `erp` is the one whose ids the records name: the connection
    itself where it is an ERP, else the one whose marks the project tool carries; None where there is none."""

    account: UUID
    connection: UUID
    role: SystemRole
    run: UUID
    settings: Mapping[str, Any]
    imports: frozenset[str]
    erps: tuple[UUID, ...]
    erp: UUID | None
    erp_settings: Mapping[str, Any]
    erp_behaviour: Mapping[str, Any]

    @property
    def from_erp(self) -> bool:
        return self.role is SystemRole.ERP

    @property
    def missing_share_cap(self) -> float:
        return float(self.settings.get("missing_share_cap", 0.2))

    def erp_leads(self, spec: ErpObject) -> bool:
        """Whether the ERP decides its fields of a linked item."""
        if not self.from_erp and spec.editable_flag and self.erp_behaviour.get(spec.editable_flag):
            return False
        setting = spec.erp_fields_setting
        return setting is None or bool(self.erp_settings.get(setting, True))


async def read_site(connection: Connection, account: UUID, connection_id: UUID, run: UUID) -> Site:
    rows = await connection.fetch(_CONNECTIONS, account)
    own = next((row for row in rows if row["id"] == connection_id), None)
    if own is None:
        raise HubError("The job names a connection that does not exist.")
    role, settings = SystemRole(own["role"]), orjson.loads(own["settings"])
    erps = [row for row in rows if row["role"] == SystemRole.ERP]
    erp = own if role is SystemRole.ERP else _marked(erps, OriginIds.of(settings))
    return Site(
        account=account,
        connection=connection_id,
        role=role,
        run=run,
        settings=settings,
        imports=frozenset(orjson.loads(own["capabilities"]).get("imports") or ()),
        erps=tuple(row["id"] for row in erps),
        erp=erp["id"] if erp else None,
        erp_settings=orjson.loads(erp["settings"]) if erp else {},
        erp_behaviour=orjson.loads(erp["capabilities"]).get("behaviour") or {} if erp else {},
    )


def _marked(erps: list[Row], ids: OriginIds) -> Row | None:
    """The ERP that the project tool's marks belong to; where none says so, the first."""
    named = [row for row in erps if OriginIds.of(orjson.loads(row["settings"])) == ids]
    return next(iter(named or erps), None)
