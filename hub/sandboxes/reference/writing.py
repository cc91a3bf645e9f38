"""Writing one document under the class its collection has: what becomes of a second write of the same thing."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.sandboxes.reference.books import Books
from hub.sandboxes.reference.declare import Collection, Row
from hub.sandboxes.reference.problem import Problem
from hub.sandboxes.reference.rules import judge
from hub.sandboxes.reference.settings import Settings, Writes
from hub.sandboxes.reference.values import read_document
from hub.sandboxes.reference.views import shown

_KEPT_OVER = ("id", "sequence", "version", "posted", "void", "created_at", "updated_at")


@dataclass(frozen=True)
class Written:
    """The answer to a write, and how it came about."""

    status: int
    body: Row
    outcome: str  # stored, updated or replayed


class Writer:
    def __init__(self, books: Books, settings: Settings) -> None:
        self._books, self._settings = books, settings
        self._ways: Mapping[Writes, Callable[[Collection, Row, str | None], Written]] = {
            Writes.K1: self._once_per_key,
            Writes.K2: self._upsert,
            Writes.K3: self._unique,
            Writes.K4: self._add,
            Writes.K5: self._add,
        }

    def write(self, collection: Collection, sent: Row, key: str | None) -> Written:
        if not collection.writable:
            raise Problem(405, "read_only", f"{collection.name} are not written through this interface.")
        with self._books.bench.store.transaction():
            return self._ways[self._books.writes(collection.name)](collection, sent, key)

    def remove(self, collection: Collection, row: Row) -> None:
        """A posted document is voided, not deleted; one that others hang on stays."""
        if row["posted"]:
            raise Problem(409, "posted", "A posted document is voided, not deleted.")
        hanging = self._books.dependents(collection.name, row)
        if hanging:
            names = ", ".join(f"{name} {found.get('number') or found['id']}" for name, found in hanging)
            raise Problem(409, "has_dependents", f"Others hang on it: {names}.")
        self._books.remove(collection, row)

    def _once_per_key(self, collection: Collection, sent: Row, key: str | None) -> Written:
        if not key:
            raise Problem(400, "idempotency_key_required", "The header Idempotency-Key is required.")
        digest = hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).hexdigest()
        store, name = self._books.bench.store, f"{collection.name} {key}"
        known = store.get("idempotency", name)
        now = self._books.bench.clock.now()
        if (
            known is not None
            and datetime.fromisoformat(known["until"]) > now
            and self._stands(collection, known)
        ):
            if known["digest"] != digest:
                text = "The key was used for other content."
                raise Problem(422, "idempotency_key_reused", text, "Idempotency-Key")
            return Written(known["status"], known["body"], "replayed")
        written = self._add(collection, sent, key)
        until = (now + timedelta(seconds=self._settings.key_seconds)).isoformat()
        answer = {"digest": digest, "until": until, "status": written.status, "body": written.body}
        store.put("idempotency", name, answer)
        return written

    def _stands(self, collection: Collection, known: Row) -> bool:
        """A key is remembered no longer than its document stands: a deleted or void one may be made again."""
        row = self._books.row(collection.name, known["body"]["id"])
        return row is not None and not row["void"]

    def _upsert(self, collection: Collection, sent: Row, key: str | None) -> Written:
        row = read_document(collection, sent)
        if not row["external_ref"]:
            raise Problem(422, "required", "external_ref is required.", "external_ref")
        named = self._books.matching(collection.name, {"external_ref": row["external_ref"]})
        known = [found for found in named if not found["void"]]
        if not known:
            return self._add(collection, sent, key)
        judge(self._books, collection, row)
        kept = {name: known[0][name] for name in _KEPT_OVER}
        if known[0] != row | kept:
            if known[0]["posted"]:
                raise Problem(409, "posted", "A posted document is not changed any more.")
            kept = self._books.change(collection.name, row | kept)
        return Written(200, shown(self._books, collection.name, row | kept), "updated")

    def _unique(self, collection: Collection, sent: Row, key: str | None) -> Written:
        row = read_document(collection, sent)
        if self._books.same(collection, row):
            named = "/".join(str(row[name]) for name in collection.key)
            raise Problem(409, "duplicate", f"There is a document {named} already.", collection.key[-1])
        return self._add(collection, sent, key)

    def _add(self, collection: Collection, sent: Row, _key: str | None) -> Written:
        row = read_document(collection, sent)
        judge(self._books, collection, row)
        kept = self._books.add(collection, row)
        return Written(201, shown(self._books, collection.name, kept), "stored")
