"""Ids for rows that one statement makes by the thousand: UUIDv7 in the order of the rows, from one draw of chance."""

from collections.abc import Mapping

from db.clock import Sources, now

_VERSION, _VARIANT = 0x7000, 0x8000  # of UUIDv7, in front of twelve bits each


def seed() -> Mapping[str, str]:
    """What `new_id` draws on; one per page, so that no two pages ever make the same id."""
    millis = int(now().timestamp() * 1000)
    return {"moment": millis.to_bytes(6, "big").hex(), "seed": Sources.chance.bits(16).hex()}


def new_id(purpose: str, ordinal: str) -> str:
    """SQL for the id of row `ordinal` (0 to 16 million); `purpose` keeps two kinds of rows apart."""
    return (
        f"($moment::text || to_hex({_VERSION} + {ordinal} / 4096) || to_hex({_VARIANT} + {ordinal} % 4096)"
        f" || left(md5($seed::text || '{purpose}' || ({ordinal})::text), 12))::uuid"
    )
