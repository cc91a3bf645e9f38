"""What joins a request only as it leaves, so that no step, draft or record of a write ever holds it."""

import json

from hub.codes import ErrorCode
from hub.erp.canonical import canonical
from hub.erp.connector import Step
from hub.errors import Refused


def sealed(step: Step, body: bytes, proof: str) -> bytes:
    """The bytes that leave. A hook gets the header by which its events prove to be Procore's; a deletion has no body."""
    if step.method == "DELETE":
        return b""
    if step.operation != "hook.create":
        return body
    if not proof:
        text = "The connection has no secret for webhooks."
        raise Refused(ErrorCode.INVALID_VALUE, text, field="credentials.webhook_authorization")
    whole = json.loads(body)
    return canonical({**whole, "hook": {**whole["hook"], "destination_headers": {"Authorization": proof}}})
