"""The body that a hook is sent, in the version that it was made for."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from hub.sandboxes.procore.envelope import with_text_ids

Event = Mapping[str, Any]
ULID_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def ulid(seconds: float, rng: Random) -> str:
    """26 digits: the millisecond, then chance."""
    number = (int(seconds * 1000) << 80) | rng.getrandbits(80)
    return "".join(ULID_DIGITS[number >> shift & 31] for shift in range(125, -1, -5))


def version_2(event: Event) -> Mapping[str, Any]:
    return {
        "id": event["id"],
        "ulid": event["ulid"],
        "timestamp": event["timestamp"],
        "metadata": {
            "source_user_id": event["user_id"],
            "source_project_id": event["project_id"],
            "source_company_id": event["company_id"],
            "source_application_id": event["application_id"],
            "source_operation_id": None,
        },
        "user_id": event["user_id"],
        "company_id": event["company_id"],
        "project_id": event["project_id"],
        "api_version": "v2.0",
        "event_type": event["event_type"],
        "resource_name": event["resource_name"],
        "resource_id": event["resource_id"],
    }


def version_3(event: Event) -> Mapping[str, Any]:
    return {**version_2(event), "api_version": "v3.0", "related_resources": event["related"]}


def version_4(event: Event) -> Mapping[str, Any]:
    names = ("timestamp", "company_id", "project_id", "user_id", "resource_id")
    shown: Mapping[str, Any] = with_text_ids({name: event[name] for name in names})
    return {
        "id": event["ulid"],
        "reason": event["event_type"],
        "resource_type": event["resource_name"],
        **shown,
    }


BODIES: Mapping[str, Callable[[Event], Mapping[str, Any]]] = {
    "v2.0": version_2,
    "v3.0": version_3,
    "v4.0": version_4,
}
