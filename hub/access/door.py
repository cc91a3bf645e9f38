"""The door: which account and member a bearer key stands for, and whose webhook is called."""

import hashlib
import hmac
import re
import secrets
import uuid
from collections import OrderedDict
from dataclasses import dataclass

from db.clock import Sources, new_id, now
from db.session import Connection, WritePool
from hub.settings import Settings

_PREFIX = re.compile(r"[a-z0-9]{12,32}")
_KEY = re.compile(r"hub_([a-z0-9]{12})_([A-Za-z0-9_-]{43})")
_FIND = "select account_id, member_id, digest, bulk, expires_at, revoked_at from api_key where prefix = $1"
_HOOK = """
    select w.account_id, w.id, w.connection_id, w.digest, w.revoked_at from webhook w where w.prefix = $1"""
KEPT_SECONDS = 5.0  # how long a revoked key may still be let in
KEPT_KEYS = 10_000


@dataclass(frozen=True)
class Identity:
    """Who is behind a key. Their rights are read with each request, not kept here."""

    account_id: uuid.UUID
    member_id: uuid.UUID
    bulk: bool = False


@dataclass(frozen=True)
class Hook:
    """Whose webhook was called."""

    account_id: uuid.UUID
    id: uuid.UUID
    connection_id: uuid.UUID


class Door:
    """Looks keys up through a login that sees nothing but keys."""

    def __init__(self, pool: WritePool, settings: Settings) -> None:
        self._pool, self._pepper = pool, settings.key("api-keys")
        self._hook_pepper = settings.key("webhooks")
        self._kept: OrderedDict[bytes, tuple[float, Identity | None]] = OrderedDict()

    async def identify(self, header: str | None) -> Identity | None:
        """The identity of an Authorization header, or None: missing, malformed, unknown, expired and revoked look alike."""
        scheme, _, key = (header or "").partition(" ")
        found = _KEY.fullmatch(key.strip()) if scheme.lower() == "bearer" else None
        if found is None:
            return None
        name = hashlib.sha256(key.encode()).digest()
        kept = self._kept.get(name)
        if kept is None or kept[0] < Sources.clock.monotonic():
            kept = (Sources.clock.monotonic() + KEPT_SECONDS, await self._look_up(found[1], found[2]))
            self._kept[name] = kept
            if len(self._kept) > KEPT_KEYS:
                self._kept.popitem(last=False)
        return kept[1]

    async def _look_up(self, prefix: str, secret: str) -> Identity | None:
        async with self._pool.plain() as connection:
            row = await connection.fetchrow(_FIND, prefix)
        digest = key_digest(self._pepper, secret)
        if row is None or not hmac.compare_digest(row["digest"], digest) or row["revoked_at"] is not None:
            return None
        if row["expires_at"] is not None and row["expires_at"] < now():
            return None
        return Identity(row["account_id"], row["member_id"], row["bulk"])

    async def hook(self, prefix: str, header: str | None) -> Hook | None:
        """The webhook of this address where the header proves its sender, or None, whatever is wrong."""
        scheme, _, secret = (header or "").partition(" ")
        if scheme.lower() != "bearer" or not _PREFIX.fullmatch(prefix):
            return None
        async with self._pool.plain() as connection:
            row = await connection.fetchrow(_HOOK, prefix)
        digest = key_digest(self._hook_pepper, secret.strip())
        known = row["digest"] if row else b""
        if not hmac.compare_digest(known, digest) or row is None or row["revoked_at"] is not None:
            return None
        return Hook(row["account_id"], row["id"], row["connection_id"])


def key_digest(pepper: bytes, secret: str) -> bytes:
    """What is kept of a secret of 256 random bits: a keyed digest; the pepper is not in the database."""
    return hmac.new(pepper, secret.encode(), hashlib.sha256).digest()


async def issue_key(
    connection: Connection,
    settings: Settings,
    account: uuid.UUID,
    member: uuid.UUID,
    label: str,
    *,
    bulk: bool = False,
) -> str:
    """Makes a key for a member. It is shown once, here."""
    prefix, secret = _prefix(), secrets.token_urlsafe(32)
    await connection.execute(
        "insert into api_key (account_id, id, member_id, prefix, digest, label, bulk) values ($1, $2, $3, $4, $5, $6, $7)",
        account,
        new_id(),
        member,
        prefix,
        key_digest(settings.key("api-keys"), secret),
        label,
        bulk,
    )
    return f"hub_{prefix}_{secret}"


async def issue_hook(
    connection: Connection, settings: Settings, account: uuid.UUID, system: uuid.UUID
) -> tuple[uuid.UUID, str, str]:
    """Makes an address for one connection's webhooks: its id, its prefix, and the secret, which is not kept."""
    hook, prefix, secret = new_id(), _prefix(), secrets.token_urlsafe(32)
    await connection.execute(
        "insert into webhook (account_id, id, connection_id, prefix, digest) values ($1, $2, $3, $4, $5)",
        account,
        hook,
        system,
        prefix,
        key_digest(settings.key("webhooks"), secret),
    )
    return hook, prefix, secret


def _prefix() -> str:
    return "".join(secrets.choice("abcdefghijkmnpqrstuvwxyz23456789") for _ in range(12))
