"""`preview`: the one computed field. Pure computation over facts that the statement has read already."""

import json
from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.utils.str_converters import to_camel_case

from hub.api.scalars import Json
from hub.codes import ErrorCode
from hub.errors import MappingError, Refused
from hub.sync import payload
from hub.sync.facts import FACTS


@strawberry.input(description="What an approver types when accepting.")
class EntriesInput:
    erp_id: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The document's number in the ERP; where it is left out, the item's own number is used if the setting allows.",
    )


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
    problems: list[PreviewProblem] = strawberry.field(description="What stands against making a payload.")
    differences: list[Difference] = strawberry.field(
        description="Differences from the last snapshot; empty where there is none."
    )
    snapshot_at: str | None = strawberry.field(description="When that snapshot was taken.")


PREVIEW_NEEDS: Mapping[str, str] = {
    "facts": FACTS["commitment"],
    "kind": "{c}.kind",
    "base_url": "{c}.base_url",
    "settings": "{c}.settings",
    "snapshot": "{l}.snapshot",
    "snapshot_at": "{l}.snapshot_at",
}


async def make_preview(needs: Mapping[str, Any], _context: Any, arguments: Mapping[str, Any]) -> Preview:
    """The payload for what the approver typed, or why there is none."""
    entries = {
        key: value
        for key, value in {"erp_id": (arguments.get("entries") or {}).get("erpId")}.items()
        if value
    }
    problems: list[PreviewProblem] = []
    made = None
    try:
        made = payload.compute(
            needs["kind"], needs["base_url"], needs["settings"], "commitment", needs["facts"], entries
        )
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
