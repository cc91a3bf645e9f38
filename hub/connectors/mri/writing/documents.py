"""Documents that MRI refuses to keep twice: writing one, what an answer must show, and reading one back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.connectors.mri.settings import Settings
from hub.connectors.mri.wire import forms
from hub.connectors.mri.wire.answers import Row, all_errors, own_errors, result_of, seen_after
from hub.connectors.mri.wire.api import Api
from hub.connectors.mri.wire.forms import Document
from hub.connectors.mri.writing.shape import Gathered, View, differences, gathered, snapshot
from hub.erp.canonical import canonical
from hub.erp.connector import Answer, Found, Step
from hub.erp.mapping import Mapping as Table
from hub.errors import ErpError, ErpRefused, ErpUnexpected, MappingError
from hub.http import Reply

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document. `writes` and `reads` are logical names of APIs; `key` are our fields that name one,
    the last of them what people call it; `texts` must read back alike, `amount` too."""

    operation: str
    noun: str
    writes: str
    reads: str
    header: Table
    line: Table
    key: Sequence[str]
    texts: Sequence[str]
    amount: str | None


class Documents:
    """Writes one kind. MRI refuses a second document with the same key (K3)."""

    def __init__(self, api: Api, settings: Settings, kind: Kind) -> None:
        self.kind, self._api, self._form = kind, api, settings.form
        self._source, self._kept = settings.sources[kind.writes], settings.sources[kind.reads]
        self._sent_view, self._kept_view = self._view(self._source), self._view(self._kept)

    @property
    def noun(self) -> str:
        return self.kind.noun

    def _view(self, source: Any) -> View:
        kind = self.kind
        return View.of(source, kind.header, kind.line, kind.texts, kind.amount)

    def step(self, facts: Facts, lines: Sequence[Facts]) -> Step:
        """The request that makes the document. Its body is the canonical record also where XML leaves: see `rendered`."""
        entries = self._sent_view.entries(facts, lines)
        body = {"odata.metadata": self._api.metadata(self._source), "value": entries}
        check_writable(self._form, self._source.api, body)
        return Step(
            name=f"create the {self.kind.noun}",
            operation=self.kind.operation,
            method=self._source.verb,
            target=self._api.target(self._source),
            body=body,
            natural_key={name: str(facts[name]) for name in self.kind.key},
            expected=self._sent_view.shown(self._only(entries, self._sent_view)),
        )

    async def find(self, step: Step) -> Found | None:
        """Read back by the key. A site may ignore parameters, so rows are compared here too.

        Letter case is not: a ledger that refuses a number for its other spelling must be seen to have it."""
        known = self._kept.parameters
        query = {known[name]: value for name, value in step.natural_key.items() if name in known}
        key = self._key(step)
        rows = await self._api.read_all(self._kept, query)
        mine = [row for row in rows if _folded(self._kept_view.key(row, self.kind.key)) == _folded(key)]
        found = gathered(mine, self._kept)
        if not found:
            return None
        unequal = differences(step.expected, self._kept_view.shown(found[0]))
        unequal.update(_spelled_otherwise(self.kind, key, self._kept_view.key(found[0].head, self.kind.key)))
        if len(found) > 1:
            unequal["count"] = ("1", str(len(found)))
        return Found("/".join(key), key[-1], unequal, snapshot(found[0], self._kept.lines))

    async def push(self, step: Step, body: bytes) -> Answer:
        reply, document = await self._api.write(step.method, step.target, self._source.api, body)
        if result_of(document) is not None:
            return await self._confirmed_by_look(step, reply)
        rows = self._rows(reply, document, len(step.body["value"]))
        await self._raise_refusal(step, rows, reply)
        return self._confirmed(step, rows, reply)

    def _rows(self, reply: Reply, document: Document, sent: int) -> list[Row]:
        if document.error is not None or len(document.rows) != sent:
            raise reply.unexpected(f"not one {self.kind.noun}")
        return [Row(row) for row in document.rows]

    async def _raise_refusal(self, step: Step, rows: Sequence[Row], reply: Reply) -> None:
        """An error on the document means it is not there. One on some lines leaves that open: look it up."""
        said = [words for row in rows for words in all_errors(row.plain)]
        if not said:
            return
        words, own = "; ".join(said)[:2000], [own_errors(row) for row in rows]
        if not all(own) and await self._may_be_there(step):
            raise ErpUnexpected(f"Perhaps stored in part: {words}", request_id=reply.request_id)
        duplicate = any(self._api.is_duplicate(each) for errors in own for each in errors)
        raise ErpRefused(words, duplicate=duplicate, request_id=reply.request_id)

    async def _may_be_there(self, step: Step) -> bool:
        """A look-up that fails must not pass for a request that never left, so it counts as yes."""
        try:
            return await self.find(step) is not None
        except ErpError:
            return True

    def _confirmed(self, step: Step, rows: Sequence[Row], reply: Reply) -> Answer:
        """Only an answer that shows the ids and amounts that were sent counts."""
        key = self._key(step)
        answered = self._only([row.plain for row in rows], self._sent_view)
        unequal = differences(step.expected, self._sent_view.shown(answered))
        if self._sent_view.key(answered.head, self.kind.key) != key or unequal:
            named = ", ".join(sorted(unequal)) or "its key"
            raise reply.unexpected(f"another {self.kind.noun} than was sent: {named}")
        return Answer("/".join(key), key[-1], snapshot(answered, self._source.lines), reply.request_id)

    async def _confirmed_by_look(self, step: Step, reply: Reply) -> Answer:
        """An answer that only says "Success" names nothing: what is there now has to."""
        found = await seen_after(self.find(step))
        if found is None or found.differences:
            raise reply.unexpected(f"a success without the {self.kind.noun} that was sent")
        return Answer(found.external_id, found.external_code, found.snapshot, reply.request_id)

    def _only(self, entries: Sequence[Mapping[str, Any]], view: View) -> Gathered:
        """The one document that these rows are; rows of several would be a mistake of ours or theirs."""
        rows = [Row(entry, tuple(view.source.aliases.items())) for entry in entries]
        if view.source.lines is None:
            return Gathered(rows[0], rows)
        return gathered(rows[:1], view.source)[0]

    def _key(self, step: Step) -> tuple[str, ...]:
        return tuple(step.natural_key[name] for name in self.kind.key)


def check_writable(form: forms.Form, api: str, body: Mapping[str, Any]) -> None:
    """What has no spelling in the site's form is refused while somebody can still mend it."""
    try:
        forms.rendered(form, api, canonical(body))
    except ValueError as error:
        raise MappingError(str(error), field="body") from error


def _spelled_otherwise(kind: Kind, ours: Sequence[str], theirs: Sequence[str]) -> dict[str, tuple[str, str]]:
    pairs = zip(kind.key, ours, theirs, strict=True)
    return {name: (mine, other) for name, mine, other in pairs if mine != other}


def _folded(key: Sequence[str]) -> tuple[str, ...]:
    return tuple(part.casefold() for part in key)
