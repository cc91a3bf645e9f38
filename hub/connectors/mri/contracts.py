"""Contracts: the one entry that a commitment becomes, what an answer must show, and how one is read back."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hub.codes import ErrorCode
from hub.connectors.mri.answers import Row, all_errors, nested, own_errors, rows
from hub.connectors.mri.api import Api
from hub.connectors.mri.mapping import CONTRACT, CONTRACT_LINE, LINES
from hub.connectors.mri.settings import Settings
from hub.erp import values
from hub.erp.canonical import money_text
from hub.erp.connector import Answer, Found, Step
from hub.erp.incoming import quiet
from hub.erp.origin import contract_key
from hub.errors import ErpError, ErpRefused, ErpUnexpected, MappingError, Refused
from hub.http import Reply

Facts = Mapping[str, Any]


class Contracts:
    """A contract's key is its job and its number; MRI refuses a second one with the same key (K3)."""

    def __init__(self, api: Api, settings: Settings) -> None:
        self._api, self._settings, self._source = api, settings, settings.sources["commitment"]
        self._table = CONTRACT.renamed(self._source.fields)
        self._names = {row.field: row.theirs for row in self._table.rows}

    def create(self, facts: Facts, entries: Mapping[str, Any]) -> Step:
        """The request that makes the contract. Nothing is cut: what is too long is refused here."""
        if facts.get("kind") == "PURCHASE_ORDER":
            text = "A purchase order goes to MRI's purchase order module only; make it a subcontract."
            raise Refused(ErrorCode.CAPABILITY_NOT_SUPPORTED, text)
        key = {"job_code": _needed(facts, "job_code").strip(), "number": self._number(facts, entries)}
        known = {**facts, **key, "status": self._status(facts)}
        self._check_fits(known)
        lines = [_line(line) for line in facts.get("lines") or ()]
        entry = {**_filled(self._table.to_erp(known)), LINES: {"entry": lines}}
        return Step(
            name="create the contract",
            operation="commitment.create",
            method="POST",
            target=self._api.target(self._source),
            body={"odata.metadata": self._api.metadata(self._source), "value": [entry]},
            natural_key=key,
            expected=self._shown(entry),
        )

    async def find(self, step: Step) -> Found | None:
        """Read back by job and number. A site may ignore parameters, so rows are compared here too.

        Letter case is not: a ledger that refuses a number for its other spelling must be seen to have it."""
        job, number = step.natural_key["job_code"], step.natural_key["number"]
        parameters = self._source.parameters
        query = {parameters["job"]: job, parameters["number"]: number}
        there = await self._api.read_all(self._source, query)
        found = [row for row in there if _folded(*self._key(row)) == _folded(job, number)]
        if not found:
            return None
        differences = _differences(step.expected, self._shown(found[0]))
        stored = self._key(found[0])[1] or ""
        if stored != number:
            differences["number"] = (number, stored)
        if len(found) > 1:
            differences["count"] = ("1", str(len(found)))
        return Found(contract_key(job, number), number, differences, found[0])

    async def push(self, step: Step, body: bytes) -> Answer:
        reply = await self._api.write(step.target, body)
        found = rows(reply, reply.json())
        if len(found) != 1:
            raise reply.unexpected("not one contract")
        await self._raise_refusal(step, found[0], reply)
        return self._confirmed(step, found[0], reply)

    async def _raise_refusal(self, step: Step, row: Row, reply: Reply) -> None:
        """An error on the contract means it is not there. One on a line leaves that open: look it up."""
        said = list(all_errors(row))
        if not said:
            return
        words, own = "; ".join(said)[:2000], "; ".join(own_errors(row)).lower()
        if not own and await self._may_be_there(step):
            raise ErpUnexpected(f"Perhaps stored in part: {words}", request_id=reply.request_id)
        duplicate = any(word in own for word in self._settings.duplicate_words)
        raise ErpRefused(words, duplicate=duplicate, request_id=reply.request_id)

    async def _may_be_there(self, step: Step) -> bool:
        """A look-up that fails must not pass for a request that never left, so it counts as yes."""
        try:
            return await self.find(step) is not None
        except ErpError:
            return True

    def _confirmed(self, step: Step, row: Row, reply: Reply) -> Answer:
        """Only an answer that shows the ids and amounts that were sent counts."""
        key = (step.natural_key["job_code"], step.natural_key["number"])
        differences = _differences(step.expected, self._shown(row))
        if self._key(row) != key or differences:
            named = ", ".join(sorted(differences)) or "its key"
            raise reply.unexpected(f"another contract than was sent: {named}")
        return Answer(contract_key(*key), key[1], dict(row), reply.request_id)

    def _key(self, row: Row) -> tuple[str | None, str | None]:
        job, number = row.get(self._names["job_code"]), row.get(self._names["number"])
        return quiet(values.text, job), quiet(values.text, number)

    def _shown(self, row: Row) -> dict[str, str]:
        """What makes two contracts equal: vendor, title, amount, and the sum and number of the lines."""
        lines = nested(row, LINES)
        amounts = [quiet(values.money, line.get("Amount")) for line in lines]
        total = sum((amount for amount in amounts if amount is not None), Decimal(0))
        original = quiet(values.money, row.get(self._names["original_amount"]))
        return {
            "vendor_id": quiet(values.text, row.get(self._names["vendor_id"])) or "",
            "title": quiet(values.text, row.get(self._names["title"])) or "",
            "original_amount": "" if original is None else money_text(original),
            "lines_amount": "" if None in amounts else money_text(total),
            "lines_count": str(len(lines)),
        }

    def _number(self, facts: Facts, entries: Mapping[str, Any]) -> str:
        """What the approver typed, else Procore's number where the site takes it."""
        typed = str(entries.get("erp_id") or "").strip()
        own = str(facts.get("number") or "").strip() if self._settings.use_procore_contract_number else ""
        if not typed and not own:
            raise Refused(ErrorCode.ERP_ID_REQUIRED, "A contract number is needed.", field="entries.erp_id")
        return typed or own

    def _status(self, facts: Facts) -> str:
        found = self._settings.contract_statuses.get(str(facts.get("status")))
        if found is None:
            raise MappingError("is not a status that is sent", field="status", value=facts.get("status"))
        return found

    def _check_fits(self, facts: Facts) -> None:
        limits = {
            "number": self._settings.number_max,
            "title": self._settings.title_max,
            "vendor_id": self._settings.vendor_id_max,
        }
        for name, most in limits.items():
            if len(_needed(facts, name)) > most:
                raise MappingError(f"has more than {most} characters", field=name, value=facts[name])
        needed = ["contract_date", "original_amount"]
        for name in [*needed, "start_date"] if self._settings.start_date_required else needed:
            if facts.get(name) in (None, ""):
                raise MappingError("is missing", field=name)


def _line(line: Facts) -> dict[str, Any]:
    for name in ("line_number", "cost_code", "cost_type", "amount"):
        if line.get(name) in (None, ""):
            raise MappingError("is missing", field=f"lines.{name}")
    return _filled(CONTRACT_LINE.to_erp(line))


def _filled(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if value is not None}


def _needed(facts: Facts, name: str) -> str:
    value = facts.get(name)
    if not isinstance(value, str) or not value.strip():
        raise MappingError("is missing", field=name, value=value)
    return value


def _folded(*key: str | None) -> tuple[str, ...]:
    return tuple((part or "").casefold() for part in key)


def _differences(ours: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    return {
        name: (value, theirs.get(name, ""))
        for name, value in ours.items()
        if not _same_text(value, theirs.get(name, ""))
    }


def _same_text(ours: str, theirs: str) -> bool:
    """Some sites keep Windows-1252 only: what that lacks comes back as a question mark."""
    return theirs in (ours.strip(), ours.strip().encode("cp1252", "replace").decode("cp1252"))
