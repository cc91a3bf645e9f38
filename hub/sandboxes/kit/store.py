"""Documents kept as JSON rows in one SQLite file, or in memory when no file is given."""

import json
import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Document = dict[str, Any]
Rows = dict[str, list[tuple[Any, ...]]]  # by table

_SCHEMA = """
CREATE TABLE IF NOT EXISTS document (
    position INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,
    UNIQUE (kind, key));
CREATE TABLE IF NOT EXISTS request (seq INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL);
"""
_TABLES = """
SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'request' AND name NOT LIKE 'sqlite_%'
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

    def rows(self) -> Rows:
        """All that is kept, of every table but the log."""
        tables = self.connection.execute(_TABLES).fetchall()
        return {name: self.connection.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in tables}

    def fill(self, rows: Rows) -> None:
        """Put rows as they were kept into tables that are empty."""
        for name, kept in rows.items():
            if kept:
                places = ", ".join("?" * len(kept[0]))
                self.connection.executemany(f'INSERT INTO "{name}" VALUES ({places})', kept)

    def next_number(self, name: str, first: int = 1) -> int:
        """The next number of a named sequence; never given twice, also after a restart."""
        with self.transaction():
            last = self.get("sequence", name)
            number = last["last"] + 1 if last else first
            self.put("sequence", name, {"last": number})
        return int(number)

    def close(self) -> None:
        self.connection.close()
