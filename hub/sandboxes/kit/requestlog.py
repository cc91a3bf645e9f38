"""The record of every request on the vendor's path space and of what came of it."""

import json
from collections.abc import Mapping, MutableMapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from hub.sandboxes.kit.store import Store

SCOPE_KEY = "sandbox.entry"
_KEPT = 50_000


@dataclass
class LogEntry:
    """`status` is the one the client was to see; None when the connection was dropped on it.

    `body_sha256` tells whether the bytes that arrived are those that were meant to be sent."""

    at: str
    method: str
    path: str
    query: str
    api: str | None = None
    status: int | None = None
    outcome: str | None = None
    summary: str | None = None
    keys: list[str] = field(default_factory=list)
    fault: str | None = None
    body_sha256: str | None = None
    seq: int | None = None


class _HasScope(Protocol):
    @property
    def scope(self) -> MutableMapping[str, Any]: ...


def note(request: _HasScope, **facts: Any) -> None:
    """Add what the handler knows (api, outcome, summary, keys) to the log entry of its request."""
    entry: LogEntry | None = request.scope.get(SCOPE_KEY)
    if entry is None:
        return
    for name, value in facts.items():
        if not hasattr(entry, name):
            raise AttributeError(f"the request log has no field {name!r}")
        setattr(entry, name, value)


class RequestLog:
    """Kept in the store, oldest first; the last fifty thousand requests are remembered."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, entry: LogEntry) -> None:
        body = {name: value for name, value in asdict(entry).items() if name != "seq"}
        done = self._store.connection.execute("INSERT INTO request (body) VALUES (?)", (json.dumps(body),))
        entry.seq = done.lastrowid
        if entry.seq and entry.seq % 1000 == 0:
            self._store.connection.execute("DELETE FROM request WHERE seq <= ?", (entry.seq - _KEPT,))

    def entries(self, wanted: Mapping[str, str] | None = None, after: int = 0) -> list[LogEntry]:
        """The entries after a sequence number whose fields equal the wanted texts in any letter case."""
        rows = self._store.connection.execute(
            "SELECT seq, body FROM request WHERE seq > ? ORDER BY seq", (after,)
        )
        entries = (LogEntry(**json.loads(body), seq=seq) for seq, body in rows)
        return [entry for entry in entries if _is_wanted(entry, wanted or {})]

    def clear(self) -> None:
        self._store.connection.execute("DELETE FROM request")


def _is_wanted(entry: LogEntry, wanted: Mapping[str, str]) -> bool:
    return all(str(getattr(entry, name)).lower() == value.lower() for name, value in wanted.items())
