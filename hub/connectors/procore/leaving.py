"""What becomes of a step's body as it leaves: a secret joins that no step or record of a write may hold, a wrapper falls away."""

import json
from collections.abc import Collection
from typing import Any

from hub.codes import ErrorCode
from hub.connectors.procore.operations import OPERATIONS
from hub.erp.canonical import canonical
from hub.erp.connector import Step
from hub.errors import Refused


def leaving(step: Step, body: bytes, *, proof: str, bare: Collection[str]) -> bytes:
    """The bytes that leave. `bare` names the operations whose entries travel without what they stand under."""
    if step.method == "DELETE":
        return b""
    if step.operation == "hook.create":
        return canonical(_proven(json.loads(body), proof))
    if step.operation in bare:
        entries = json.loads(body)[OPERATIONS[step.operation].wrapper]
        return json.dumps(entries, ensure_ascii=False, separators=(",", ":")).encode()
    return body


def _proven(whole: Any, proof: str) -> dict[str, Any]:
    """A hook with the header by which its events prove to be Procore's."""
    if not proof:
        text = "The connection has no secret for webhooks."
        raise Refused(ErrorCode.INVALID_VALUE, text, field="credentials.webhook_authorization")
    return {**whole, "hook": {**whole["hook"], "destination_headers": {"Authorization": proof}}}
