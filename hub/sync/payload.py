"""The payload of an item: the exact requests that would leave, as one canonical text, and its digest."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.codes import ErrorCode
from hub.connectors import draft
from hub.erp.canonical import canonical, digest
from hub.erp.connector import Step
from hub.errors import Refused
from hub.sync.facts import typed

MAPPING_VERSION = "2"


@dataclass(frozen=True)
class Payload:
    """What is shown, approved and sent: the text holds every request with target and body, byte for byte."""

    text: str
    digest: str
    mapping_version: str
    steps: Sequence[Step]

    @property
    def document(self) -> Any:
        return json.loads(self.text)


def compute(
    kind: str,
    base_url: str,
    settings: Mapping[str, Any],
    object_key: str,
    facts: Mapping[str, Any],
    entries: Mapping[str, Any],
) -> Payload:
    """The payload for these facts and entries. Raises `Refused` or `MappingError` where none can be made."""
    steps = draft(kind, base_url, settings, object_key, typed(facts), entries)
    return of_steps(steps)


def number_taken(made: Payload, facts: Mapping[str, Any]) -> Refused | None:
    """Whether the ERP holds another document under the number that this one would get, as far as the hub has read."""
    number = "/".join(made.steps[0].natural_key.values())
    known = facts.get("numbers_in_erp") or {}
    if number.lower() in (known.get("ours") or ()):
        return Refused(
            ErrorCode.ERP_ID_TAKEN,
            "Another item has this number in the ERP already.",
            field="entries.erp_id",
            remedy="Enter another number.",
        )
    if number.lower() in (known.get("theirs") or ()):
        return Refused(
            ErrorCode.NUMBER_IN_USE,
            f"The ERP held a document {number} when it was last read.",
            field="entries.erp_id",
            remedy="Enter another number; or delete the document in the ERP and import its list again.",
        )
    return None


def of_steps(steps: Sequence[Step]) -> Payload:
    document = {
        "steps": [
            {
                "name": step.name,
                "operation": step.operation,
                "method": step.method,
                "target": step.target,
                "body": step.body,
                "natural_key": step.natural_key,
                "expected": step.expected,
            }
            for step in steps
        ]
    }
    text = canonical(document)
    return Payload(text.decode(), digest(text), MAPPING_VERSION, steps)


def steps_of(text: str) -> list[Step]:
    """The steps that a stored payload holds."""
    return [Step(**step) for step in json.loads(text)["steps"]]


def body_of(step: Step) -> bytes:
    """The bytes that leave: the canonical spelling of the step's body, the same that the payload was digested from."""
    return canonical(step.body)
