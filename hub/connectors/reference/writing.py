"""Writing documents: the request an item becomes, what an answer must show, how it is read back, what is in its way."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from hub.codes import ErrorCode
from hub.connectors.reference.api import Api, Row
from hub.connectors.reference.documents import BY_COLLECTION, DOCUMENTS, Document
from hub.connectors.reference.limits import checked_facts
from hub.connectors.reference.mapping import month
from hub.connectors.reference.settings import Settings
from hub.erp import values
from hub.erp.canonical import digest, money_text
from hub.erp.capabilities import Capabilities, WriteClass
from hub.erp.connector import Answer, Found, Obstacle, Step
from hub.erp.entered import one_attachment, refuse_closed
from hub.erp.incoming import quiet
from hub.errors import MappingError, Refused

Facts = Mapping[str, Any]


class Writer:
    """One way for every object: what differs is data, in `documents.py` and `mapping.py`."""

    def __init__(self, api: Api, settings: Settings, can: Capabilities) -> None:
        self._api, self._settings, self._can = api, settings, can

    def create(self, document: Document, facts: Facts, entries: Mapping[str, Any]) -> Step:
        """The request that makes the document. Pure."""
        known = checked_facts(self._can, document, self._known(document, facts, entries))
        key = {name: _needed(known, name) for name in document.key}
        body = _filled(document.table.to_erp(known)) | self._own(document, key, facts)
        if document.lines is not None:
            body["lines"] = [_filled(document.lines.to_erp(line)) for line in known.get("lines") or ()]
        return Step(
            name=f"create the {document.table.theirs}",
            operation=document.operation,
            method="POST",
            target=f"/v1/{document.collection}",
            body=body,
            natural_key=key,
            expected=_shown(document, body),
        )

    async def push(self, step: Step, body: bytes) -> Answer:
        document = _document(step)
        key = None
        if self._settings.write_class(step.operation) is WriteClass.K1:
            # The same content of the same issue has the same key, whoever sends it and whenever.
            key = digest(f"{step.method} {step.target}\n".encode() + body)
        reply = await self._api.write(step.method, step.target, body, key)
        row = reply.json()
        if not isinstance(row, dict) or not quiet(values.identifier, row.get("id")):
            raise reply.unexpected("not a document with an id")
        if row.get("void"):
            raise reply.unexpected("a void document")
        differences = _differences(step.expected, _shown(document, row))
        if differences:
            raise reply.unexpected(f"another document than was sent: {', '.join(sorted(differences))}")
        return Answer(_external_id(step), _code(step), dict(row), reply.request_id)

    async def find(self, step: Step) -> Found | None:
        """What stands under the step's key. Of several, one that equals the step; nothing where it cannot be asked."""
        document = _document(step)
        if self._unsearchable(document):
            return None
        rows = await self._api.matching(document.collection, self._asked(document, step))
        if not rows:
            return None
        compared = [(row, _compared(document, step, row)) for row in rows]
        equal = [pair for pair in compared if not pair[1]]
        row, differences = (equal or compared)[0]
        if len(equal) > 1:
            differences = {"count": ("1", str(len(equal)))}
        return Found(_external_id(step), _code(step), differences, row)

    async def obstacles(self, step: Step) -> Sequence[Obstacle]:
        """The document itself and what hangs on it, unless void. What cannot be asked may be there."""
        document = _document(step)
        asked = {document.collection: self._asked(document, step)}
        for collection, names in (document.hanging or {}).items():
            asked[collection] = {theirs: step.natural_key[ours] for theirs, ours in names.items()}
        found: list[Obstacle] = []
        for collection, query in asked.items():
            other = BY_COLLECTION.get(collection)
            if other is not None and self._unsearchable(other):
                text = f"Whether {collection} are still in the ERP cannot be asked; look there."
                found.append(Obstacle(collection, text))
                continue
            found += [
                _obstacle(collection, row)
                for row in await self._api.matching(collection, query)
                if _stands(row)
            ]
        return found

    def _known(self, document: Document, facts: Facts, entries: Mapping[str, Any]) -> dict[str, Any]:
        """The facts, with what the approver typed over them."""
        if document.object_key == "budget_change":
            return self._settings.revisions.made(facts, entries)
        known = {**facts, **{name: value for name, value in entries.items() if name in document.names}}
        if document.typed:
            number = document.key[-1]
            own = facts.get(number) if self._settings.use_procore_contract_number else None
            known[number] = str(entries.get("erp_id") or entries.get(number) or own or "").strip()
            if not known[number]:
                text = "The id that the document gets in the ERP is needed: enter it as `erpId`."
                raise Refused(ErrorCode.ERP_ID_REQUIRED, text, field="entries.erp_id")
        if document.object_key == "subcontractor_invoice":
            known["status"] = self._settings.arrival_status
            known["attachment_url"] = one_attachment(facts, entries) if self._keeps_addresses else None
            booked = quiet(month, known.get("expense_period"))
            if booked is not None:
                refuse_closed(booked, facts.get("closed_periods") or (), str)
        return known

    @property
    def _keeps_addresses(self) -> bool:
        return self._can.behaviour.attachments == "url"

    def _own(self, document: Document, key: Mapping[str, str], facts: Facts) -> dict[str, Any]:
        """What the ERP keeps for us: the item's name, and which issue of it this is."""
        issue = facts.get("export_revision")
        own: dict[str, Any] = {"external_ref": "/".join((document.object_key, *key.values()))}
        return own if issue is None else {**own, "source_revision": str(issue)}

    def _asked(self, document: Document, step: Step) -> dict[str, str]:
        """How the document is looked for: by our name for it where the ERP goes by that, else by its own key."""
        if self._settings.write_class(document.operation) is WriteClass.K2:
            return {"external_ref": str(step.body["external_ref"])}
        return {document.names[ours]: value for ours, value in step.natural_key.items()}

    def _unsearchable(self, document: Document) -> bool:
        return self._settings.write_class(document.operation) is WriteClass.K5


def _document(step: Step) -> Document:
    return DOCUMENTS[step.operation.removesuffix(".create")]


def _external_id(step: Step) -> str:
    """The parts of the key in the document's order: a step that was kept has them sorted."""
    return "/".join(step.natural_key[name] for name in _document(step).key)


def _code(step: Step) -> str:
    return step.natural_key[_document(step).key[-1]]


def _shown(document: Document, row: Row) -> dict[str, str]:
    """What makes two documents equal: key, party, title and amount of the head, code and amount of every line."""
    found = {
        one.field: (_amount if one.to_erp is money_text else _text)(row.get(one.theirs))
        for one in document.compared
        if one.theirs in row
    }
    if document.lines is None:
        return found
    held = row.get("lines")
    lines = [line for line in held if isinstance(line, dict)] if isinstance(held, list) else []
    total = sum((quiet(values.money, line.get("amount")) or Decimal(0) for line in lines), Decimal(0))
    numbered = {f"lines.{number}": _line(line) for number, line in enumerate(lines, start=1)}
    return found | numbered | {"lines_count": str(len(lines)), "lines_amount": money_text(total)}


def _line(line: Row) -> str:
    names = (_text(line.get("cost_code")), _text(line.get("cost_type")))
    amounts = (_amount(line.get("amount")), _amount(line.get("retainage_amount")))
    return " ".join(text for text in names + amounts if text)


def _text(value: Any) -> str:
    return quiet(values.text, value) or ""


def _amount(value: Any) -> str:
    """One spelling for an amount; nothing for what is none, so that it differs from any."""
    amount = quiet(values.money, value)
    return "" if amount is None else money_text(amount)


def _compared(document: Document, step: Step, row: Row) -> dict[str, tuple[str, str]]:
    differences = _differences(step.expected, _shown(document, row))
    return differences if not row.get("void") else {**differences, "void": ("no", "yes")}


def _differences(ours: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    names = [*ours, *(name for name in theirs if name.startswith("lines.") and name not in ours)]
    return {
        name: (ours.get(name, ""), theirs.get(name, ""))
        for name in names
        if ours.get(name, "") != theirs.get(name, "")
    }


def _stands(row: Row) -> bool:
    return not row.get("void")


def _obstacle(collection: str, row: Row) -> Obstacle:
    name = _text(row.get("number")) or _text(row.get("code")) or _text(row.get("job")) or _text(row.get("id"))
    return Obstacle(_text(row.get("id")), f"{collection} {name} is still in the ERP.")


def _filled(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}


def _needed(known: Facts, name: str) -> str:
    value = known.get(name)
    if not isinstance(value, str) or not value.strip():
        raise MappingError("is missing", field=name, value=value)
    return value.strip()
