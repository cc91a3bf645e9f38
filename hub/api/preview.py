"""`preview`: the one computed field. Pure computation over facts that the statement has read already."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import strawberry
from strawberry.utils.str_converters import to_camel_case

from hub.api.scalars import Json
from hub.codes import ErrorCode
from hub.core.spec import ErpObject
from hub.erp.fields import ENTRIES
from hub.errors import MappingError, Refused
from hub.sync import payload
from hub.sync.facts import FACTS


def _typed(description: str) -> Any:
    return strawberry.field(default=strawberry.UNSET, description=description)


@strawberry.input(
    description="What an approver types when accepting. Which of it an ERP asks for is in its capabilities; the rest is not looked at."
)
class EntriesInput:
    erp_id: str | None = _typed(
        "The document's number in the ERP; where it is left out, the item's own number is used if the setting allows."
    )
    description: str | None = _typed("The document's description in the ERP.")
    number: str | None = _typed("Number of a budget revision: a whole number from 1.")
    revision_type: str | None = _typed("Type of a budget revision, in the ERP's words.")
    revision_status: str | None = _typed("Status of a budget revision, in the ERP's words.")
    revision_date: date | None = _typed("Date of a budget revision.")
    expense_period: str | None = _typed("The month an invoice is booked in, as YYYY-MM.")
    attachment_url: str | None = _typed("Which of the item's attachments goes along.")
    transaction_date: date | None = _typed("Date of the entry in the ERP.")
    income_account: str | None = _typed("General ledger account for income.")
    expense_account: str | None = _typed("General ledger account for expenses.")


def typed(entries: EntriesInput | None) -> dict[str, Any]:
    """What was typed, under the names that connectors know; days as text."""
    if entries is None:
        return {}
    given = {name: getattr(entries, name) for name in sorted(ENTRIES)}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in given.items()
        if value is not strawberry.UNSET and value is not None
    }


@strawberry.type(description="A difference between what would be sent and what the ERP held when last read.")
class Difference:
    field: str = strawberry.field(description="The field.")
    ours: str | None = strawberry.field(description="What would be sent.")
    theirs: str | None = strawberry.field(description="What the ERP held.")


@strawberry.type(description="Why no payload can be made.")
class PreviewProblem:
    code: str = strawberry.field(description="The code.")
    message: str = strawberry.field(description="In words.")
    field: str | None = strawberry.field(description="The field it is about.")


@strawberry.type(description="What would be sent. Nothing is written.")
class Preview:
    payload: Json | None = strawberry.field(description="The exact requests; null where none can be made.")
    digest: str | None = strawberry.field(description="SHA-256 of the payload; `acceptItems` names it.")
    mapping_version: str = strawberry.field(description="Version of the mapping.")
    erp_calls: int = strawberry.field(description="How many requests would change the ERP.")
    problems: list[PreviewProblem] = strawberry.field(
        description="What stands against making a payload, or against sending it."
    )
    differences: list[Difference] = strawberry.field(
        description="Differences from the last snapshot; empty where there is none."
    )
    snapshot_at: str | None = strawberry.field(description="When that snapshot was taken.")


def preview_needs(spec: ErpObject) -> Mapping[str, str]:
    """What the computation reads, over the item and what stands around it."""
    return {
        "object": f"'{spec.key}'",
        "facts": FACTS[spec.key],
        "kind": "{c}.kind",
        "base_url": "{c}.base_url",
        "settings": "{c}.settings",
        "snapshot": "{l}.snapshot",
        "snapshot_at": "{l}.snapshot_at",
    }


def _entries(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The same as `typed` makes of the input of `acceptItems`, so that both come to one digest."""
    given = arguments.get("entries") or {}
    found = {name: str(given.get(to_camel_case(name)) or "").strip() for name in sorted(ENTRIES)}
    return {name: value for name, value in found.items() if value}


async def make_preview(needs: Mapping[str, Any], _context: Any, arguments: Mapping[str, Any]) -> Preview:
    """The payload for what the approver typed, or why there is none."""
    entries = _entries(arguments)
    problems: list[PreviewProblem] = []
    made = None
    try:
        made = payload.compute(
            needs["kind"], needs["base_url"], needs["settings"], needs["object"], needs["facts"], entries
        )
        if (taken := payload.number_taken(made, needs["facts"])) is not None:
            problems.append(_problem(taken.code, taken.message, taken.field))
    except Refused as refused:
        problems.append(_problem(refused.code, refused.message, refused.field))
    except MappingError as misfit:
        message = f"{misfit.field} {misfit.message}"
        problems.append(_problem(ErrorCode.VALUE_DOES_NOT_FIT, message, misfit.field))
    return Preview(
        payload=made.document if made else None,
        digest=made.digest if made else None,
        mapping_version=payload.MAPPING_VERSION,
        erp_calls=len(made.steps) if made else 0,
        problems=problems,
        differences=_differences(made.document["steps"][0]["body"], needs["snapshot"])
        if made and needs["snapshot"]
        else [],
        snapshot_at=needs["snapshot_at"],
    )


def _problem(code: ErrorCode, message: str, about: str | None) -> PreviewProblem:
    """Fields are named as the contract names them."""
    return PreviewProblem(code=code.value, message=message, field=to_camel_case(about) if about else None)


def _differences(body: Mapping[str, Any], snapshot: Mapping[str, Any]) -> list[Difference]:
    """Field by field over what both name; nested values as JSON text."""
    sent = body["value"][0] if isinstance(body.get("value"), list) else body
    return [
        Difference(field=name, ours=_text(value), theirs=_text(snapshot[name]))
        for name, value in sent.items()
        if name in snapshot and _text(value) != _text(snapshot[name])
    ]


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, sort_keys=True)
