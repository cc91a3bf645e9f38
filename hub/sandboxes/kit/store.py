"""Documents kept as JSON rows in one SQLite file, or in memory when no file is given."""

import json
import sqlite3
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Document = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS document (
    position INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,
    UNIQUE (kind, key));
CREATE TABLE IF NOT EXISTS request (seq INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL);
"""


class Store:
    """One connection, for the server's event loop only; outside a transaction each statement is committed."""

    def __init__(self, path: Path | None = None) -> None:
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
        self.connection = sqlite3.connect(
            str(path) if path else ":memory:", isolation_level=None, check_same_thread=False
        )
        weakref.finalize(self, self.connection.close)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = NORMAL")
        self.connection.executescript(_SCHEMA)
        self._copied: list[str] = []

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; inside another transaction it is part of that one."""
        if self.connection.in_transaction:
            yield
            return
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def put(self, kind: str, key: str, document: Document) -> None:
        """Add the document, or replace it in its place."""
        self.connection.execute(
            "INSERT INTO document (kind, key, body) VALUES (?, ?, ?)"
            " ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
            (kind, key, json.dumps(document)),
        )

    def get(self, kind: str, key: str) -> Document | None:
        row = self.connection.execute(
            "SELECT body FROM document WHERE kind = ? AND key = ?", (kind, key)
        ).fetchone()
        return json.loads(row[0]) if row else None

    def all(self, kind: str) -> list[Document]:
        """Every document of the kind, in the order in which they were first put."""
        rows = self.connection.execute("SELECT body FROM document WHERE kind = ? ORDER BY position", (kind,))
        return [json.loads(body) for (body,) in rows]

    def count(self, kind: str) -> int:
        row = self.connection.execute("SELECT count(*) FROM document WHERE kind = ?", (kind,)).fetchone()
        return int(row[0])

    def delete(self, kind: str, key: str) -> bool:
        """Whether there was such a document."""
        done = self.connection.execute("DELETE FROM document WHERE kind = ? AND key = ?", (kind, key))
        return done.rowcount > 0

    def clear(self, kind: str | None = None) -> None:
        """Forget all documents of the kind, or all documents."""
        if kind is None:
            self.connection.execute("DELETE FROM document")
        else:
            self.connection.execute("DELETE FROM document WHERE kind = ?", (kind,))

    def refill(self, fill: Callable[[], None]) -> None:
        """What `fill` puts into emptied tables. From the second time on it comes from a copy, which takes a moment."""
        if self._copied:
            for table in self._copied:
                self.connection.execute(f"INSERT INTO main.{table} SELECT * FROM temp.filled_{table}")
            return
        fill()
        tables = self.connection.execute(
            "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            " AND name <> 'request'"
        )
        for (table,) in tables.fetchall():
            self.connection.execute(f"CREATE TEMP TABLE filled_{table} AS SELECT * FROM main.{table}")
            self._copied.append(table)

    def next_number(self, name: str, first: int = 1) -> int:
        """The next number of a named sequence; never given twice, also after a restart."""
        with self.transaction():
            last = self.get("sequence", name)
            number = last["last"] + 1 if last else first
            self.put("sequence", name, {"last": number})
        return int(number)

    def close(self) -> None:
        self.connection.close()
