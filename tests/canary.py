"""A search for secrets in everything the hub leaves behind: files, Postgres, Redis; in clear and in every usual disguise."""

import base64
import io
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import asyncpg
from redis.asyncio import Redis

SHORTEST = 8  # a secret of fewer characters would be found everywhere
_TABLES = """
    select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
    order by 1, 2"""


@dataclass(frozen=True)
class Sighting:
    """Which secret was seen, in which disguise, and where. Tells no secret."""

    name: str
    form: str
    place: str


@dataclass(frozen=True)
class Source:
    """Something that was left behind."""

    place: str
    content: bytes


class Canaries:
    """Secrets by name. All their disguises are made once."""

    def __init__(self, secrets: Mapping[str, str | bytes]) -> None:
        short = [name for name, secret in secrets.items() if len(secret) < SHORTEST]
        assert not short, f"too short to search for: {short}"
        self._forms = [
            (name, form, needle) for name, secret in secrets.items() for form, needle in forms(secret)
        ]

    def seen_in(self, sources: Iterable[Source]) -> list[Sighting]:
        return [sighting for source in sources for sighting in self._in(source)]

    def _in(self, source: Source) -> Iterator[Sighting]:
        lower = source.content.lower()
        for name, form, needle in self._forms:
            if needle in (lower if form.startswith("hex") else source.content):
                yield Sighting(name, form, source.place)


def forms(secret: str | bytes) -> Iterator[tuple[str, bytes]]:
    """Each disguise of a secret with its name. Of base64 the part that stays whatever stands before and after."""
    if isinstance(secret, bytes):
        written = {"raw": secret}
    else:
        written = {name: secret.encode(name) for name in ("utf-8", "utf-16-le", "utf-16-be")}
        plain = written["utf-8"]
        quoted = {quote(secret, safe=""), quote(secret), quote_plus(secret)} - {secret}
        yield from (("url", one.encode()) for one in quoted)
        yield "reversed", plain[::-1]
    for name, raw in written.items():
        yield name, raw
        yield f"hex of {name}", raw.hex().encode()
        for shift in range(3):
            for kind, encode in (("base64", base64.b64encode), ("base64url", base64.urlsafe_b64encode)):
                yield f"{kind} of {name}", _inner(encode(b"\0" * shift + raw), shift, len(raw))


def _inner(encoded: bytes, shift: int, length: int) -> bytes:
    """The characters that hang on the secret's own bits alone."""
    first, end = -(-shift * 8 // 6), (shift + length) * 8 // 6
    return encoded[first:end]


def files(*folders: Path) -> list[Source]:
    """Every file below the folders."""
    found = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return [Source(str(path), path.read_bytes()) for path in found]


async def postgres(url: str) -> list[Source]:
    """Every table, as Postgres copies it: texts in UTF-8, bytes as they are. `url` logs in past row-level security."""
    connection = await asyncpg.connect(url)
    try:
        assert await connection.fetchval(
            "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
        )
        return [await _copied(connection, schema, table) for schema, table in await connection.fetch(_TABLES)]
    finally:
        await connection.close()


async def _copied(connection: asyncpg.Connection, schema: str, table: str) -> Source:
    target = io.BytesIO()
    await connection.copy_from_table(table, schema_name=schema, output=target, format="binary")
    return Source(f"{schema}.{table}", target.getvalue())


async def redis(url: str) -> list[Source]:
    """Every key of every database with what it holds, whatever its type."""
    found: list[Source] = []
    async with Redis.from_url(url) as front:
        numbers = [int(name.removeprefix("db")) for name in await front.info("keyspace")]
    for number in numbers:
        async with Redis.from_url(url, db=number) as client:
            found += [source async for source in _keys(client, number)]
    return found


async def _keys(client: Redis, number: int) -> AsyncIterator[Source]:
    async for key in client.scan_iter():
        place = f"redis {number} {key!r}"
        yield Source(place, key)
        yield Source(place, b"\n".join(_bytes(await _value(client, key))))


async def _value(client: Redis, key: bytes) -> object:
    match await client.type(key):
        case b"string":
            return await client.get(key)
        case b"hash":
            return await client.hgetall(key)
        case b"list":
            return await client.lrange(key, 0, -1)
        case b"set":
            return await client.smembers(key)
        case b"zset":
            return await client.zrange(key, 0, -1)
        case b"stream":
            return await client.xrange(key)
        case b"none":  # it has run out meanwhile
            return b""
        case kind:
            raise AssertionError(f"keys of the type {kind!r} cannot be searched yet")


def _bytes(value: object) -> Iterator[bytes]:
    match value:
        case bytes():
            yield value
        case dict():
            for pair in value.items():
                yield from _bytes(pair)
        case list() | tuple() | set():
            for inner in value:
                yield from _bytes(inner)
