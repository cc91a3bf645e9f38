"""Ids for rows that one statement makes by the thousand: UUIDv7 in the order of the rows, from one draw of chance."""

from collections.abc import Mapping

from db.clock import Sources, now


def seed() -> Mapping[str, str]:
    """What `new_id` draws on; one per page, so that no two pages ever make the same id."""
    millis = int(now().timestamp() * 1000)
    return {"moment": millis.to_bytes(6, "big").hex(), "seed": Sources.chance.bits(16).hex()}


def new_id(purpose: str, ordinal: str) -> str:
    """SQL for the id of row `ordinal` (0 to 16 million); `purpose` keeps two kinds of rows apart."""
    return (
        f"($moment::text || '7' || lpad(to_hex({ordinal} / 4096), 3, '0') || '8'"
        f" || lpad(to_hex({ordinal} % 4096), 3, '0')"
        f" || left(md5($seed::text || '{purpose}' || ({ordinal})::text), 12))::uuid"
    )
