"""Procore's objects in the store: found by kind, scope, id or origin id, and stamped on every write."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from hub.sandboxes.kit import Bench
from hub.sandboxes.procore.jsontext import dumps, loads
from hub.sandboxes.world.ids import procore_id

Record = dict[str, Any]
# Told of every change: the kind of object, what happened, the object.
Listener = Callable[[str, str, Record], None]
CREATE, UPDATE, DELETE = "create", "update", "delete"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
    position INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, scope INTEGER NOT NULL,
    id INTEGER NOT NULL, origin_id TEXT, body TEXT NOT NULL, UNIQUE (kind, scope, id));
CREATE INDEX IF NOT EXISTS record_id ON record (kind, id);
CREATE INDEX IF NOT EXISTS record_origin ON record (kind, origin_id);
"""
_NEW_IDS = 50  # beside the kinds that the seeded world numbers
MOST_DIGITS = 19
_ONE_SECOND = timedelta(seconds=1)


def id_of(value: Any) -> int | None:
    """The id in a number or in a string of digits; None when it can't be the id of anything."""
    text = str(value)
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Records:
    """`scope` is the id of the company, project or contract that an object belongs to."""

    def __init__(self, bench: Bench) -> None:
        self.store = bench.store
        self.clock = bench.clock
        self._connection = bench.store.connection
        self._connection.executescript(_SCHEMA)
        self.listeners: list[Listener] = []

    def new_id(self) -> int:
        return procore_id(_NEW_IDS, self.store.next_number("procore"))

    def add(self, kind: str, scope: int, record: Record) -> Record:
        """Store a new object; an id and the two stamps are given to it unless it brings its own."""
        now = stamp(self.clock.now())
        complete = {"id": record.get("id") or self.new_id(), "created_at": now, "updated_at": now} | record
        self._connection.execute(
            "INSERT INTO record (kind, scope, id, origin_id, body) VALUES (?, ?, ?, ?, ?)",
            (kind, scope, complete["id"], complete.get("origin_id"), dumps(complete)),
        )
        self._tell(kind, CREATE, complete)
        return complete

    def add_first(self, kind: str, scope: int, record: Record) -> Record:
        """A new object that stands before all others in lists."""
        added = self.add(kind, scope, record)
        self._connection.execute(
            "UPDATE record SET position = (SELECT min(position) FROM record) - 1 WHERE kind = ? AND id = ?",
            (kind, added["id"]),
        )
        return added

    def save(self, kind: str, record: Record) -> Record:
        """Store a changed object. Its `updated_at` always moves, if need be a second ahead of the clock.

        Stamps have no fractions, and a reader who trusts them must not take two writes for one.
        """
        moved = record | {"updated_at": self._moved(record["updated_at"])}
        self._connection.execute(
            "UPDATE record SET origin_id = ?, body = ? WHERE kind = ? AND id = ?",
            (moved.get("origin_id"), dumps(moved), kind, moved["id"]),
        )
        self._tell(kind, DELETE if moved.get("deleted_at") else UPDATE, moved)
        return moved

    def touch(self, kind: str, record_id: int) -> None:
        record = self.get(kind, record_id)
        if record is not None:
            self.save(kind, record)

    def remove(self, kind: str, record_id: int, scope: int) -> None:
        record = self.get(kind, record_id, scope)
        if record is None:
            return
        self._tell(kind, DELETE, record)
        self._connection.execute(
            "DELETE FROM record WHERE kind = ? AND id = ? AND scope = ?", (kind, record_id, scope)
        )

    def get(self, kind: str, record_id: int, scope: int | None = None) -> Record | None:
        if abs(record_id) >= 2**63:
            return None
        rows = self._select("kind = ? AND id = ? AND (? IS NULL OR scope = ?)", kind, record_id, scope, scope)
        return next(rows, None)

    def scope_of(self, kind: str, record_id: int) -> int | None:
        query = "SELECT scope FROM record WHERE kind = ? AND id = ?"
        row = self._connection.execute(query, (kind, record_id)).fetchone()
        return int(row[0]) if row else None

    def by_origin(self, kind: str, scope: int | None, origin_id: str) -> Record | None:
        """In the scope, or in the whole company when none is given."""
        where = "kind = ? AND origin_id = ? AND (? IS NULL OR scope = ?)"
        return next(self._select(where, kind, origin_id, scope, scope), None)

    def within(self, kind: str, scope: int) -> list[Record]:
        """Everything of a kind in a scope, oldest first."""
        return list(self._select("kind = ? AND scope = ?", kind, scope))

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Inside a transaction: undo only what was written here when it fails."""
        self._connection.execute("SAVEPOINT entry")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK TO entry")
            raise
        finally:
            self._connection.execute("RELEASE entry")

    def clear(self) -> None:
        self._connection.execute("DELETE FROM record")

    def is_empty(self) -> bool:
        return self._connection.execute("SELECT 1 FROM record LIMIT 1").fetchone() is None

    def _select(self, where: str, *values: Any) -> Iterator[Record]:
        rows = self._connection.execute(f"SELECT body FROM record WHERE {where} ORDER BY position", values)
        return (loads(body) for (body,) in rows)

    def _tell(self, kind: str, what: str, record: Record) -> None:
        for listener in self.listeners:
            listener(kind, what, record)

    def _moved(self, last: str) -> str:
        return max(stamp(self.clock.now()), stamp(datetime.fromisoformat(last) + _ONE_SECOND))
