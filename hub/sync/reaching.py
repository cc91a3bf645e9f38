"""A connection as it is kept, and what its opened secrets make of it: the reach of a connector."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from db.accounts import ConnectionState
from db.credentials import SecretField
from db.session import Connection, WritePool
from hub.access.sealing import Place
from hub.access.vault import Kept, Vault
from hub.erp.reach import Reach
from hub.settings import Settings
from hub.sync.tokens import StoredTokens
from hub.sync.traffic import JobTraffic

_READ = "select kind, state, base_url, settings from connection where account_id = $1 and id = $2"


@dataclass(frozen=True, slots=True)
class System:
    """One connection. `proof` is what its webhooks are signed with; both secrets are still sealed."""

    place: Place
    kind: str
    state: ConnectionState
    base_url: str
    settings: Mapping[str, Any]
    credentials: Kept | None = field(repr=False)
    proof: Kept | None = field(repr=False)


class Reaching:
    """Reads connections in the caller's transaction, and opens them outside of it."""

    def __init__(self, settings: Settings, pool: WritePool) -> None:
        self._settings, self._pool, self._vault = settings, pool, Vault.of(settings)

    async def find(self, connection: Connection, account: UUID, system: UUID) -> System | None:
        row = await connection.fetchrow(_READ, account, system)
        if row is None:
            return None
        place = Place(account, system)
        return System(
            place=place,
            kind=row["kind"],
            state=ConnectionState(row["state"]),
            base_url=row["base_url"],
            settings=orjson.loads(row["settings"]),
            credentials=await self._vault.find(connection, place),
            proof=await self._vault.find(connection, place.of(SecretField.WEBHOOK)),
        )

    async def reach(self, system: System, traffic: JobTraffic | None = None) -> Reach:
        """`SealBroken` where a secret does not open, `KeyMissing` where that is for want of a key."""
        secrets: dict[str, str] = {}
        for kept in (system.proof, system.credentials):
            secrets |= await self._vault.open(kept) if kept else {}
        wait = self._settings.token_lease_seconds
        edition = system.credentials.version if system.credentials else None
        id_, kind, choices = system.place.connection_id, system.kind, system.settings
        return Reach(
            system.base_url,
            secrets,
            choices,
            self._settings.opened_hosts,
            traffic=traffic.of(id_, kind, choices, str(edition or "")) if traffic else None,
            tokens=StoredTokens(self._pool, self._vault, system.place, lease_seconds=wait, edition=edition),
        )
