"""What an operator does from the command line: connect accounts to systems, list them, let people in. No secret is shown but
a new key, once."""

import asyncio
import json
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from db.clock import new_id
from db.session import Connection, Unreachable, WritePool
from hub import logs
from hub.access.door import issue_key
from hub.bell import hub_name
from hub.codes import ErrorCode
from hub.core.level import Level
from hub.errors import HubError, Refused
from hub.http import TrafficControl
from hub.redaction import redacted
from hub.settings import Settings
from hub.sync.accounts import Named, all_accounts, connections_of, find_account, open_account
from hub.sync.connecting import Connected, Wanted, connect
from hub.sync.signing_in import sign_in, sign_in_address
from hub.sync.verifying import verify_now

PLAIN_WIDTH = 160  # where the output is no terminal
_WITH_IDS, _ID_WIDTH = ("account", "connection"), 36  # never folded, to be copied
_MEMBERS = """
    select id, name from member
    where account_id = $1 and is_active and (id::text = $2 or lower(email) = lower($2) or name = $2)"""
_ADMINISTRATOR = "insert into member (account_id, id, name, erp_level) values ($1, $2, $3, $4)"
_CONNECTION = "select id from connection where account_id = $1 and name = $2"


@dataclass(frozen=True, slots=True)
class Asked:
    """What `connect` was asked, in the words of the command line."""

    account: str
    new_account: bool
    currency: str
    time_zone: str
    name: str
    kind: str | None
    url: str | None
    settings: str | None
    credentials: str | None
    redirect_uri: str
    authorize_url: bool = False
    code: str | None = field(default=None, repr=False)

    def wanted(self) -> Wanted:
        settings = None if self.settings is None else _read("settings", self.settings, inline=True)
        credentials = None if self.credentials is None else _read("credentials", self.credentials)
        return Wanted(self.name, self.kind, self.url, settings, credentials)

    @property
    def changes(self) -> bool:
        """Whether anything of the connection itself is stated."""
        return any(one is not None for one in (self.kind, self.url, self.settings, self.credentials))


class Operator:
    """One run of a command: its answer goes to standard output, what it has to say besides to standard error."""

    def __init__(self, settings: Settings, app: WritePool) -> None:
        self._settings, self._app = settings, app
        self._out = Console(highlight=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)

    async def connect(self, asked: Asked) -> int:
        """0 where the connection stands and every check passed, 1 where one failed."""
        if asked.code == "-" and asked.credentials == "-":
            raise _invalid("sign-in", "Standard input holds the code or the credentials, not both.")
        wanted = asked.wanted()
        account = await self._account(asked)
        fresh = account is None
        account = account or Named(new_id(), asked.account.strip())
        system = await self._connected(account, asked, wanted, fresh=fresh)
        place = (self._settings, self._app, account.id, system)
        if asked.authorize_url:
            self._print(await sign_in_address(*place, asked.redirect_uri))
            return 0
        if asked.code is not None:
            code = sys.stdin.read().strip() if asked.code == "-" else asked.code
            await sign_in(*place, code, asked.redirect_uri)
            self._say("signed in")
        return await self._verified(place)

    async def connections(self) -> int:
        """A table of every account's connections."""
        table = _table("account", "connection", "kind", "state", "address", "last test")
        for account in await all_accounts(self._settings, self._app):
            async with self._app.transaction(account.id) as connection:
                rows = await connections_of(connection, account.id)
            for row in rows or [None]:
                told = ("-", "", "", "", "") if row is None else _line(row)
                table.add_row(f"{escape(account.name)}\n{account.id}", *map(escape, told))
        self._out.print(table)
        return 0

    async def key(self, account: str, member: str, label: str, *, administrator: bool) -> int:
        """Issue a key to a member, who is made where it is to be an administrator that nobody knows yet."""
        found = await self._known(account)
        async with self._app.transaction(found.id) as connection:
            who = await _member(connection, found.id, member, administrator=administrator)
            key = await issue_key(connection, self._settings, found.id, who, label)
        self._say(f"a key of {member} on {found.name}; it is shown this once")
        self._print(key)
        return 0

    async def _account(self, asked: Asked) -> Named | None:
        """None where it is to be opened."""
        if not asked.new_account:
            return await self._known(asked.account)
        return await find_account(self._settings, self._app, asked.account)

    async def _known(self, text: str) -> Named:
        found = await find_account(self._settings, self._app, text)
        if found is None:
            text = f"There is no account {text}. `python -m hub connections` lists them."
            raise Refused(ErrorCode.NOT_FOUND, text, field="account")
        return found

    async def _connected(self, account: Named, asked: Asked, wanted: Wanted, *, fresh: bool) -> UUID:
        """The connection, created or changed as it is wanted; where nothing is stated it is only looked up.

        An account is opened with its first connection or not at all."""
        async with self._app.transaction(account.id) as connection:
            if fresh:
                zone = {"currency": asked.currency, "time_zone": asked.time_zone}
                await open_account(connection, account.name, account=account.id, **zone)
            known: UUID | None = await connection.fetchval(_CONNECTION, account.id, asked.name)
            if known is not None and not asked.changes:
                return known
            done: Connected = await connect(connection, self._settings, account.id, wanted)
        if fresh:
            self._say(f"account {account.name} is opened: {account.id}")
        self._say(f"{asked.name} of {account.name} is {done.change}: {done.id}")
        return done.id

    async def _verified(self, place: tuple[Settings, WritePool, UUID, UUID]) -> int:
        control = TrafficControl(self._settings.redis_url, hub_name(self._settings))
        try:
            checks = await verify_now(*place, control)
        finally:
            await control.close()
        table = _table("check", "", "what was said")
        for check in checks:
            mark = "[green]passed[/]" if check.ok else "[red]failed[/]"
            table.add_row(escape(check.name), mark, escape(redacted(check.message)))
        self._out.print(table)
        return 0 if all(check.ok for check in checks) else 1

    def _print(self, text: str) -> None:
        """Whole on one line, to be copied or piped."""
        self._out.print(text, soft_wrap=True, markup=False)

    def _say(self, text: str) -> None:
        _complain(text)


def run(settings: Callable[[], Settings], work: Callable[[Operator], Awaitable[int]]) -> int:
    """Carry out a command; what goes wrong is told in plain words, with its field."""
    logs.configure(logging.WARNING)
    try:
        return asyncio.run(_run(settings(), work))
    except Refused as refused:
        _complain(f"{refused.field or refused.code.value}: {refused.message}")
        if refused.remedy:
            _complain(refused.remedy)
    except HubError as error:
        _complain(redacted(error.message))
    except Unreachable as error:
        _complain(str(error))
    except asyncpg.PostgresError as error:
        _complain(f"Postgres refuses this: {type(error).__name__}. Has `python -m hub migrate` been run?")
    except ValidationError as error:
        for each in error.errors(include_input=False):
            _complain(f"setting {'.'.join(map(str, each['loc'])) or 'of the hub'}: {each['msg']}")
    return 1


async def _run(settings: Settings, work: Callable[[Operator], Awaitable[int]]) -> int:
    async with _pool(settings) as app:
        return await work(Operator(settings, app))


@asynccontextmanager
async def _pool(settings: Settings) -> AsyncIterator[WritePool]:
    app = await WritePool.open(settings.url_of("app"), 4)
    try:
        yield app
    finally:
        await app.close()


async def _member(connection: Connection, account: UUID, text: str, *, administrator: bool) -> UUID:
    rows = await connection.fetch(_MEMBERS, account, text)
    if len(rows) > 1:
        raise _invalid("member", f"{len(rows)} members are called {text}; give the id or the address.")
    if rows:
        found: UUID = rows[0]["id"]
        return found
    if not administrator:
        words = "No active member has this id, address or name. With --administrator one is made."
        raise Refused(ErrorCode.NOT_FOUND, words, field="member")
    made = new_id()
    await connection.execute(_ADMINISTRATOR, account, made, text, int(Level.ADMIN))
    return made


def _read(name: str, text: str, *, inline: bool = False) -> Mapping[str, Any]:
    """A JSON object from a file, from standard input where the text is `-`, or from the text itself.

    What is wrong with it is told without a word of what it holds."""
    written_out = text.lstrip().startswith("{")
    if written_out and not inline:
        words = "They are not taken from the command line, which others can read: name a file, or - for standard input."
        raise _invalid(name, words)
    try:
        found = json.loads(text if written_out else _content(text))
    except OSError as error:
        raise _invalid(name, f"The file cannot be read: {error.strerror}.") from None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _invalid(name, "One JSON object is expected.") from None
    return found


def _content(text: str) -> str:
    return sys.stdin.read() if text == "-" else Path(text).read_text()


def _line(row: Mapping[str, Any]) -> tuple[str, ...]:
    tested = f"{row['checks'] - row['failed']} of {row['checks']} passed" if row["checks"] else "never"
    return f"{row['name']}\n{row['id']}", row["kind"], row["state"], row["base_url"], tested


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for head in heads:
        table.add_column(head, overflow="fold", min_width=_ID_WIDTH if head in _WITH_IDS else None)
    return table


def _complain(text: str) -> None:
    print(text, file=sys.stderr)


def _invalid(name: str, message: str) -> Refused:
    return Refused(ErrorCode.INVALID_VALUE, message, field=name)
