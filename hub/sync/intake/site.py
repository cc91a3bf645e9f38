"""What every statement of an import needs to know of the connection that is read and of the account."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson

from db.accounts import SystemRole
from db.session import Connection, Row
from hub.codes import ErrorCode
from hub.core.spec import ErpObject
from hub.erp.origin import OriginIds
from hub.errors import HubError, Refused

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
    capabilities: Mapping[str, Any]
    erps: tuple[UUID, ...]
    erp: UUID | None
    erp_settings: Mapping[str, Any]
    erp_behaviour: Mapping[str, Any]

    @property
    def from_erp(self) -> bool:
        return self.role is SystemRole.ERP

    @property
    def missing_share_cap(self) -> float:
        """Which share of a list may be gone at once and be believed."""
        return self._number("missing_share_cap", 0.2, 1)

    @property
    def overlap(self) -> timedelta:
        """How far before the latest known change a list of changes begins: the other side may write late."""
        return timedelta(minutes=self._number("overlap_minutes", 10, 10_080))

    @property
    def full_crawl_days(self) -> float:
        """After how many days a list that can be asked for changes is read in full all the same."""
        return self._number("full_crawl_days", 7, 365)

    @property
    def reads_twice(self) -> bool:
        """Whether what was read is proven by a second read."""
        return bool(self.settings.get("second_read", True))

    def gives_changes(self, resource: str) -> bool:
        """Whether the list can be asked for what has changed since a moment."""
        return resource in (self.capabilities.get("incremental") or ())

    def _number(self, name: str, usual: float, most: float) -> float:
        stated = self.settings.get(name, usual)
        if isinstance(stated, bool) or not isinstance(stated, int | float) or not 0 <= stated <= most:
            text = f"A number from 0 to {most} is expected."
            raise Refused(ErrorCode.INVALID_VALUE, text, field=f"settings.{name}")
        return float(stated)

    def erp_leads(self, spec: ErpObject) -> bool:
        """Whether the ERP decides its fields of a linked item."""
        if not self.from_erp and spec.editable_flag and self.erp_behaviour.get(spec.editable_flag):
            return False
        setting = spec.erp_fields_setting
        return setting is None or bool(self.erp_settings.get(setting, True))

    def tool_makes(self, spec: ErpObject) -> bool:
        """Whether the project tool may be the first to know an object whose list the ERP keeps."""
        flag = spec.origin_flag
        return flag is not None and self.erp_behaviour.get(flag) in ("procore", "either")


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
        capabilities=orjson.loads(own["capabilities"]),
        erps=tuple(row["id"] for row in erps),
        erp=erp["id"] if erp else None,
        erp_settings=orjson.loads(erp["settings"]) if erp else {},
        erp_behaviour=orjson.loads(erp["capabilities"]).get("behaviour") or {} if erp else {},
    )


def _marked(erps: list[Row], ids: OriginIds) -> Row | None:
    """The ERP that the project tool's marks belong to; where none says so, the first."""
    named = [row for row in erps if OriginIds.of(orjson.loads(row["settings"])) == ids]
    return next(iter(named or erps), None)
