"""What the hub writes to Procore, as steps: which operation an object's facts become, in slices where many go at once.

Facts describe one record, or many under `items`. `verb` chooses where an object has more than one operation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.connectors.procore import entries
from hub.connectors.procore.api import address
from hub.connectors.procore.entries import Entry, Facts, Update, needed, wire_id
from hub.connectors.procore.operations import OPERATIONS, Answered, Operation
from hub.connectors.procore.settings import Settings
from hub.connectors.procore.shapes import at
from hub.erp.connector import Step
from hub.erp.origin import OriginIds
from hub.erp.refusing import not_written
from hub.errors import MappingError


@dataclass(frozen=True, slots=True)
class Write:
    """An operation by name, or by what the facts say, and how each of its entries is made."""

    operation: str | Callable[[Facts], str]
    entry: Entry

    def name(self, facts: Facts) -> str:
        return self.operation if isinstance(self.operation, str) else self.operation(facts)


def _by_kind(suffix: str) -> Callable[[Facts], str]:
    kinds = {"SUBCONTRACT": "work_order_contract", "PURCHASE_ORDER": "purchase_order_contract"}

    def operation(facts: Facts) -> str:
        if facts.get("kind") not in kinds:
            raise MappingError("is not a kind of commitment", field="kind", value=facts.get("kind"))
        return f"{kinds[facts['kind']]}{suffix}"

    return operation


# Object -> verb -> how. The first verb is meant where the facts name none.
WRITES: Mapping[str, Mapping[str, Write]] = {
    "company": {"sync": Write("company.sync", entries.company)},
    "project": {"sync": Write("project.sync", entries.project)},
    "sub_job": {"sync": Write("sub_job.sync", entries.sub_job)},
    "cost_code": {"sync": Write("cost_code.sync", entries.cost_code)},
    "cost_type": {"sync": Write("cost_type.sync", entries.cost_type)},
    "project_cost_code": {"sync": Write("project_cost_code.sync", entries.project_cost_code)},
    "project_cost_code_type": {"sync": Write("project_cost_code_type.sync", entries.project_cost_code_type)},
    "wbs_code": {"create": Write("wbs_code.create", entries.wbs_code)},
    "budget_line": {"sync": Write("budget_line.sync", entries.budget_line)},
    "commitment": {"sync": Write(_by_kind(".sync"), entries.commitment)},
    "commitment_line": {"sync": Write(_by_kind("_line.sync"), entries.commitment_line)},
    "prime_contract_line": {"sync": Write("prime_contract_line.sync", entries.given_line)},
    "commitment_change_order_line": {"sync": Write("potential_change_order_line.sync", entries.given_line)},
    "direct_cost": {"sync": Write("direct_cost.sync", entries.direct_cost)},
    "direct_cost_line": {"sync": Write("direct_cost_line.sync", entries.direct_cost_line)},
    "payment": {
        "create": Write("payment.create", entries.payment),
        "free": Write("payment.free", entries.freed),
        "delete": Write("payment.delete", entries.nothing),
    },
    "invoice_payment": {"sync": Write("invoice_payment.sync", entries.invoice_payment)},
    "job_cost": {"sync": Write("job_cost.sync", entries.job_cost)},
    "erp_transaction": {"sync": Write("erp_transaction.sync", entries.erp_transaction)},
    "external_data": {"sync": Write("external_data.sync", entries.external_data)},
    "request_detail": {
        "close": Write("request_detail.close", entries.request_detail),
        "sync": Write("request_detail.sync", entries.request_details),
    },
    "staged_record": {
        "sync": Write("staged_record.sync", entries.staged_record),
        "create": Write("staged_record.create", entries.staged_record),
        "update": Write("staged_record.update", entries.staged_record),
    },
    "erp_connection": {
        "create": Write("erp_connection.create", entries.erp_connection),
        "update": Write("erp_connection.update", entries.erp_connection),
    },
    "hook": {
        "create": Write("hook.create", entries.hook),
        "delete": Write("hook.delete", entries.nothing),
    },
    "hook_trigger": {
        "create": Write("hook_trigger.create", entries.hook_trigger),
        "delete": Write("hook_trigger.delete", entries.nothing),
    },
}


class Writer:
    """Makes steps from facts. No call leaves from here."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._origins = settings, OriginIds(settings.origin_prefix)

    def steps(self, object_key: str, facts: Facts) -> list[Step]:
        write = _chosen(object_key, facts)
        name = write.name(facts)
        operation = OPERATIONS[name]
        items = facts.get("items", [facts])
        if operation.answered in (Answered.SYNC, Answered.ARRAY):
            return self._slices(
                object_key, name, operation, facts, [write.entry(self._origins, i) for i in items]
            )
        return [self._single(object_key, name, operation, {**facts, **item}, write.entry) for item in items]

    def _slices(
        self, key: str, name: str, operation: Operation, facts: Facts, updates: Sequence[Update]
    ) -> list[Step]:
        """One step per batch; a key that stands twice would be stored twice over itself."""
        target, scope = self._target(name, operation, facts), self._scope(operation, facts)
        keys = [key_of(operation, update) for update in updates]
        if len(keys) != len(set(keys)):
            raise MappingError("Two records carry the same origin id.", field="items")
        size = self._settings.batch_size
        slices = [updates[start : start + size] for start in range(0, len(updates), size)]
        return [
            Step(
                name=f"{key} {number} of {len(slices)}",
                operation=name,
                method=operation.method,
                target=target,
                body={**scope, operation.wrapper: [self._spelled(each) for each in batch]},
                natural_key={"origin_id": key_of(operation, batch[0])} if len(batch) == 1 else {},
                expected={"count": str(len(batch))},
            )
            for number, batch in enumerate(slices, 1)
        ]

    def _single(self, key: str, name: str, operation: Operation, facts: Facts, entry: Entry) -> Step:
        target, scope = self._target(name, operation, facts), self._scope(operation, facts)
        record = self._spelled(entry(self._origins, facts))
        known = {**facts, **record}
        parts = {path.split("|")[0]: at(known, path) for path in operation.key}
        body = {} if operation.answered is Answered.GONE else record
        return Step(
            name=f"{name.rpartition('.')[2]} the {key.replace('_', ' ')}",
            operation=name,
            method=operation.method,
            target=target,
            body={**scope, operation.wrapper: body} if operation.wrapper else body,
            natural_key={part: str(value) for part, value in parts.items() if value is not None},
            expected={part: str(record[part]) for part in operation.proves},
        )

    def _target(self, name: str, operation: Operation, facts: Facts) -> str:
        path = self._settings.paths.get(name, operation.path)
        query = {part: self._fill(value, facts) for part, value in operation.query.items()}
        return address(self._fill(path, facts), query)

    def _scope(self, operation: Operation, facts: Facts) -> dict[str, Any]:
        """What stands beside the entries."""
        named = {part: int(self._fill(value, facts)) for part, value in operation.scope.items()}
        job = {"job_origin_id": self._origins.job(needed(facts, "job_code"))} if operation.names_job else {}
        return {**named, **operation.fixed, **job}

    def _fill(self, template: str, facts: Facts) -> str:
        usual = {"company": self._settings.company_id, "list": self._settings.code_list_id}
        return template.format_map(_Filling({**usual, **{k: v for k, v in facts.items() if v is not None}}))

    def _spelled(self, update: Update) -> Update:
        """A status in the spelling this Procore has for it."""
        spelled = self._settings.request_statuses.get(str(update.get("status")))
        return {**update, "status": spelled} if spelled and "messages" in update else update


class _Filling(dict[str, Any]):
    """Ids for a template; one that is missing or no id is the facts' fault."""

    def __getitem__(self, name: str) -> int:
        return wire_id(name, self.get(name))


def _chosen(object_key: str, facts: Facts) -> Write:
    verbs = WRITES.get(object_key, {})
    usual = next(iter(verbs), "")
    if object_key == "request_detail" and "items" in facts:
        usual = "sync"
    verb = facts.get("verb", usual)
    if verb not in verbs:
        raise not_written("Procore", f"{object_key} by {verb}" if verbs else object_key)
    return verbs[verb]


def key_of(operation: Operation, row: Mapping[str, Any]) -> str:
    """What an entry of a bulk update, or the row that answers it, is called: its origin id, or the ids it is known by."""
    parts = [at(row, path) for path in operation.key]
    return ":".join(str(part) for part in parts if part is not None)
