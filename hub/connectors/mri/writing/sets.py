"""Sets of entries in one request, each answered by itself: some may be stored while others are refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hub.connectors.mri.settings import Settings
from hub.connectors.mri.wire.answers import Row, all_errors, result_of, seen_after
from hub.connectors.mri.wire.api import Api
from hub.connectors.mri.wire.names import Source
from hub.connectors.mri.writing.documents import check_writable
from hub.connectors.mri.writing.shape import amount_text, filled, key_of, named, theirs
from hub.erp.connector import Answer, Found, Step
from hub.erp.mapping import Mapping as Table
from hub.http import Reply

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SetKind:
    """`scope` is the field that all entries share and that names the set, `key` what tells them apart."""

    operation: str
    noun: str
    source: str
    table: Table
    scope: str
    key: Sequence[str]
    value: str


class EntrySets:
    """Writes one kind of set. An entry that is there already with our value counts as stored."""

    def __init__(self, api: Api, settings: Settings, kind: SetKind, verb: str) -> None:
        self._kind, self._api, self._verb, self._form = kind, api, verb, settings.form
        self._source: Source = settings.sources[kind.source]
        self._table = named(kind.table, self._source.fields)

    @property
    def noun(self) -> str:
        return self._kind.noun

    def step(self, scope: str, entries: Sequence[Facts]) -> Step:
        rows = [filled({**self._source.constants, **self._table.to_erp(entry)}) for entry in entries]
        body = {"odata.metadata": self._api.metadata(self._source), "value": rows}
        check_writable(self._form, self._source.api, body)
        return Step(
            name=f"send the {self._kind.noun}",
            operation=self._kind.operation,
            method=self._verb,
            target=self._api.target(self._source),
            body=body,
            natural_key={self._kind.scope: scope},
            expected={self._name(Row(row)): self._value(Row(row)) for row in rows},
        )

    async def find(self, step: Step) -> Found | None:
        """What is there of the set. Without another's values in it, a set that is not all there may be sent again."""
        rows = await self._there(step)
        held = {self._name(row): self._value(row) for row in rows}
        unequal = {
            name: (ours, held.get(name, "")) for name, ours in step.expected.items() if held.get(name) != ours
        }
        if any(_is_something(other) for _, other in unequal.values()):
            return self._found(step, rows, unequal)
        return None if unequal else self._found(step, rows, {})

    async def push(self, step: Step, body: bytes) -> Answer:
        reply, document = await self._api.write(step.method, step.target, self._source.api, body)
        if result_of(document) is not None:
            return await self._confirmed_by_look(step, reply)
        sent = [Row(entry) for entry in step.body["value"]]
        if document.error is not None or len(document.rows) != len(sent):
            raise reply.unexpected(f"not an answer to each of {len(sent)} entries")
        pairs = list(zip(sent, map(Row, document.rows), strict=True))
        return await self._judged(step, pairs, reply)

    async def _judged(self, step: Step, pairs: Sequence[tuple[Row, Row]], reply: Reply) -> Answer:
        entries, errors, known = dict[str, str](), dict[str, str](), set[str]()
        for mine, answered in pairs:
            name, said = self._name(mine), "; ".join(all_errors(answered.plain))
            if said:
                errors[name] = said[:1000]
                known |= {name} if self._api.is_duplicate(said) else set()
            elif self._name(answered) != name or self._value(answered) != self._value(mine):
                raise reply.unexpected(f"another entry than was sent: {name}")
            else:
                entries[name] = self._id(step, name)
        for name in await self._ours_already(step, known):
            entries[name] = self._id(step, name)
            del errors[name]
        scope = step.natural_key[self._kind.scope]
        return Answer(
            scope, scope, {"value": [row.plain for _, row in pairs]}, reply.request_id, entries, errors
        )

    async def _ours_already(self, step: Step, names: set[str]) -> set[str]:
        """Of the entries that MRI knew, those that hold what we sent."""
        if not names:
            return set()
        held = {self._name(row): self._value(row) for row in await seen_after(self._there(step))}
        return {name for name in names if held.get(name) == step.expected[name]}

    async def _confirmed_by_look(self, step: Step, reply: Reply) -> Answer:
        found = await seen_after(self.find(step))
        if found is None or found.differences:
            raise reply.unexpected(f"a success without the {self._kind.noun}")
        entries = {name: self._id(step, name) for name in step.expected}
        return Answer(found.external_id, found.external_code, found.snapshot, reply.request_id, entries)

    async def _there(self, step: Step) -> list[Row]:
        scope, known = step.natural_key[self._kind.scope], self._source.parameters
        query = {known[self._kind.scope]: scope} if self._kind.scope in known else {}
        rows = await self._api.read_all(self._source, query)
        mine = theirs(self._table, self._kind.scope)
        return [row for row in rows if key_of(row, [mine])[0] == scope and self._name(row) in step.expected]

    def _found(self, step: Step, rows: Sequence[Row], unequal: Mapping[str, tuple[str, str]]) -> Found:
        scope = step.natural_key[self._kind.scope]
        return Found(scope, scope, unequal, {"value": [row.plain for row in rows]})

    def _name(self, row: Row) -> str:
        return "/".join(key_of(row, [theirs(self._table, name) for name in self._kind.key]))

    def _value(self, row: Row) -> str:
        return amount_text(row.get(theirs(self._table, self._kind.value)))

    def _id(self, step: Step, name: str) -> str:
        return f"{step.natural_key[self._kind.scope]}/{name}"


def _is_something(amount: str) -> bool:
    """Whether somebody has put an amount there: a line that a job merely has stands at zero."""
    return bool(amount) and Decimal(amount) != 0
