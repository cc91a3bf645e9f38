"""The payload of an item: the exact requests that would leave, as one canonical text, and its digest."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.connectors import draft
from hub.erp.canonical import canonical, digest
from hub.erp.connector import Step
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
