"""Global ids: a tag of three letters, an underscore and the UUID. Free of the account, which comes from the key."""

import re
import uuid

_GLOBAL_ID = re.compile(r"([a-z]{3})_([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")


def global_id(tag: str, id_: uuid.UUID) -> str:
    return f"{tag}_{id_}"


def tag_of(text: str) -> str:
    """The tag of a global id; empty where the text is none of ours."""
    found = _GLOBAL_ID.fullmatch(text)
    return found[1] if found else ""


def parse_id(text: str) -> tuple[str, uuid.UUID] | None:
    """Tag and UUID, or None where the text is no global id of ours."""
    found = _GLOBAL_ID.fullmatch(text)
    return (found[1], uuid.UUID(found[2])) if found else None
