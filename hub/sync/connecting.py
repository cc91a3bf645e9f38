"""Connecting an account to a system: what is asked for is checked as a whole, then kept, once, with its event."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson

from db.accounts import SystemRole
from db.clock import new_id, now
from db.credentials import SecretField
from db.session import Connection, Row
from hub.access.keyservice import SealBroken
from hub.access.sealing import Place
from hub.access.vault import Vault
from hub.codes import ErrorCode
from hub.connectors import known
from hub.erp.capabilities import Capabilities
from hub.erp.rationing import rules
from hub.erp.reach import Reach
from hub.errors import Refused
from hub.http import AddressGuard, AddressRefused
from hub.redaction import is_secret
from hub.settings import Settings
from hub.sync.choices import check_choices, go_live_on
from hub.sync.connections import image, told
from hub.sync.requests.polling import keep_polling, poll_seconds
from hub.sync.schedules import plant

# Two who connect one account at a time take turns; nobody else waits for them.
_ACCOUNT = "select true from account where account_id = $1 for no key update"
_KEPT = """
    select id, kind, base_url, settings, capabilities from connection where account_id = $1 and name = $2
    for update"""
_OTHER = "select name from connection where account_id = $1 and role = $2 and name <> $3"
_INSERT = """
    insert into connection (account_id, id, name, kind, role, base_url, settings, capabilities, go_live_on)
    values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::jsonb, $9)"""
_UPDATE = """
    update connection set base_url = $3, settings = $4::jsonb, capabilities = $5::jsonb, go_live_on = $6, version = version + 1,
        state = case when $7 and state = 'AUTH_REQUIRED' then 'ACTIVE' else state end
    where account_id = $1 and id = $2"""
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the connection of this name shall be. None leaves what is kept; a new one takes at least kind and credentials.

    The side that it stands on follows from its kind, and neither changes: links hang on them."""

    name: str
    kind: str | None = None
    base_url: str | None = None
    settings: Mapping[str, Any] | None = None
    credentials: Mapping[str, str] | None = field(default=None, repr=False)


class Change(StrEnum):
    """What became of the connection."""

    CREATED = "created"
    CHANGED = "changed"
    NONE = "unchanged"


@dataclass(frozen=True, slots=True)
class Connected:
    id: UUID
    change: Change


async def connect(
    connection: Connection, hub: Settings, account: UUID, wanted: Wanted, *, member: UUID | None = None
) -> Connected:
    """Create or change a connection in the caller's transaction; wanted again as it is, nothing happens.

    Raises `Refused` with the field that is wrong. New credentials let a connection go on that was stopped for
    its old ones. A project tool's requests are polled from then on."""
    if not await connection.fetchval(_ACCOUNT, account):
        raise Refused(ErrorCode.NOT_FOUND, "There is no such account.", field="account")
    return await _Connecting(connection, hub, account, wanted, member).done()


@dataclass(frozen=True, slots=True)
class Fit:
    """What of a connection was checked and is to be kept; nothing of it is secret."""

    kind: str
    role: SystemRole
    base_url: str
    settings: Mapping[str, Any]
    capabilities: Capabilities

    @property
    def columns(self) -> tuple[str, str, str, date | None]:
        settings, can = orjson.dumps(self.settings), orjson.dumps(self.capabilities.document())
        return self.base_url, settings.decode(), can.decode(), go_live_on(self.settings)

    def addresses(self) -> set[str]:
        return {self.base_url, *addresses(self.settings).values()}


class _Connecting:
    def __init__(
        self, connection: Connection, hub: Settings, account: UUID, wanted: Wanted, member: UUID | None
    ) -> None:
        self._connection, self._hub, self._account, self._wanted = connection, hub, account, wanted
        self._vault, self._member = Vault.of(hub), member

    async def done(self) -> Connected:
        row = await self._connection.fetchrow(_KEPT, self._account, self._wanted.name)
        place = Place(self._account, row["id"] if row else new_id())
        held = await self._held(place) if row else None
        fit = await self._fit(row, held)
        change = await self._changed(place, fit, row, held) if row else await self._created(place, fit)
        await plant(self._connection, *_named(place), now())
        if fit.role is SystemRole.PROJECT_TOOL:
            await keep_polling(self._connection, *_named(place))
        return Connected(place.connection_id, change)

    async def _held(self, place: Place) -> Mapping[str, str] | None:
        """The credentials that are kept; None where there are none, or none that open."""
        kept = await self._vault.find(self._connection, place)
        try:
            return await self._vault.open(kept) if kept else None
        except SealBroken:
            return None

    async def _fit(self, row: Row | None, held: Mapping[str, str] | None) -> Fit:
        wanted = self._wanted
        kind = wanted.kind or (row["kind"] if row else "")
        if row and row["kind"] != kind:
            raise _invalid("kind", f"{wanted.name} is of the kind {row['kind']}; another takes another name.")
        settings = orjson.loads(row["settings"]) if row else {}
        if wanted.settings is not None:
            settings = orjson.loads(orjson.dumps(dict(wanted.settings)))
        stated = wanted.base_url if wanted.base_url is not None else row["base_url"] if row else ""
        credentials = _credentials(wanted.credentials if wanted.credentials is not None else held)
        return await fitting(self._hub, kind, stated, settings, credentials)

    async def _created(self, place: Place, fit: Fit) -> Change:
        name = self._wanted.name
        if not name.strip() or len(name) > _LONGEST_NAME:
            raise _invalid("name", f"A name of at most {_LONGEST_NAME} characters is expected.")
        other = await self._connection.fetchval(_OTHER, self._account, fit.role.value, name)
        if other is not None:
            raise _invalid("kind", f"The account has a system on this side already: {other}.")
        named = (name, fit.kind, fit.role.value)
        await self._connection.execute(_INSERT, *_named(place), *named, *fit.columns)
        await self._vault.put(self._connection, place, self._wanted.credentials or {})
        await self._told(place, "CONNECT", None)
        return Change.CREATED

    async def _changed(self, place: Place, fit: Fit, row: Row, held: Mapping[str, str] | None) -> Change:
        new = self._wanted.credentials is not None and self._wanted.credentials != held
        kept = orjson.loads(row["settings"])
        as_it_was = (row["base_url"], kept, orjson.loads(row["capabilities"]))
        if not new and as_it_was == (fit.base_url, fit.settings, fit.capabilities.document()):
            return Change.NONE
        before = await image(self._connection, *_named(place))
        await self._connection.execute(_UPDATE, *_named(place), *fit.columns, new)
        if new:
            await self._vault.put(self._connection, place, self._wanted.credentials or {})
        elif fit.addresses() != {row["base_url"], *addresses(kept).values()}:
            # Tokens of one address are worth nothing at another, and not its business.
            await self._vault.remove(self._connection, place.of(SecretField.TOKENS))
        await self._told(place, "CHANGE_CONNECTION", before)
        return Change.CHANGED

    async def _told(self, place: Place, action: str, before: str | None) -> None:
        await told(self._connection, *_named(place), action, before, member=self._member)


async def fitting(
    hub: Settings, kind: str, stated: str, settings: Mapping[str, Any], credentials: Mapping[str, str]
) -> Fit:
    """Check all that can be checked without asking the system; the connector itself reads its settings and credentials."""
    chosen = known(kind)
    for name in settings:
        if is_secret(name):
            text = "This belongs to the credentials, which are sealed; settings are kept in clear."
            raise _invalid(f"settings.{name}", text)
    base_url = chosen.address(settings, stated).rstrip("/")
    guard = AddressGuard(hub.opened_hosts)
    for place, address in {"base_url": base_url, **addresses(settings)}.items():
        try:
            guard.check_url(address)
        except AddressRefused as refused:
            raise _invalid(place, refused.message) from refused
    await chosen.open(Reach(base_url, credentials, settings, hub.opened_hosts)).close()
    chosen.demand(settings)
    can = chosen.capabilities(settings)
    rules(can.identity.rate_limits, settings)
    check_choices(settings)
    if chosen.role is SystemRole.PROJECT_TOOL:
        poll_seconds(settings)
    return Fit(kind, chosen.role, base_url, settings, can)


def addresses(settings: Mapping[str, Any]) -> dict[str, str]:
    """Further addresses that a connection is told, by field: settings whose names end in `_url`."""
    return {f"settings.{name}": str(value) for name, value in settings.items() if name.endswith("_url")}


def _credentials(given: Mapping[str, str] | None) -> Mapping[str, str]:
    if not given:
        raise _invalid("credentials", "Credentials are needed.")
    wrong = [name for name, value in given.items() if not isinstance(value, str)]
    if wrong:
        raise _invalid(f"credentials.{wrong[0]}", "A text is expected.")
    return given


def _named(place: Place) -> tuple[UUID, UUID]:
    return place.account_id, place.connection_id


def _invalid(name: str, message: str) -> Refused:
    return Refused(ErrorCode.INVALID_VALUE, message, field=name)
