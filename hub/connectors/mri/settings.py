"""What an MRI connection can be told: names, limits, words, the zone of the site."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hub.codes import ErrorCode
from hub.connectors.mri.names import Source, sources
from hub.errors import Refused

# Our status of a commitment -> the word its contract carries.
_STATUSES = {"APPROVED": "Approved", "COMPLETE": "Approved"}
_ACTIVE = {"open": True, "active": True, "planned": True, "closed": False, "complete": False}


@dataclass(frozen=True, slots=True)
class Settings:
    """Lengths are in characters. `zone` is meant where MRI's times name none."""

    path: str
    sources: Mapping[str, Source]
    zone: ZoneInfo
    page_size: int
    title_max: int
    number_max: int
    vendor_id_max: int
    start_date_required: bool
    use_procore_contract_number: bool
    contract_statuses: Mapping[str, str]
    job_statuses: Mapping[str, bool]
    duplicate_words: tuple[str, ...]

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> "Settings":
        return cls(
            path=str(given.get("path") or "/MRIAPIServices/api.asp"),
            sources=sources(given.get("apis") or {}),
            zone=_zone(str(given.get("time_zone") or "America/New_York")),
            page_size=count(given, "page_size", 300),
            title_max=count(given, "commitment_title_max", 35),
            number_max=count(given, "commitment_number_max", 20),
            vendor_id_max=count(given, "vendor_id_max", 12),
            start_date_required=bool(given.get("start_date_required", True)),
            use_procore_contract_number=bool(given.get("use_procore_contract_number", True)),
            contract_statuses={**_STATUSES, **(given.get("contract_statuses") or {})},
            job_statuses={
                **_ACTIVE,
                **{key.lower(): bool(value) for key, value in (given.get("job_statuses") or {}).items()},
            },
            duplicate_words=tuple(given.get("duplicate_words") or ("already exists", "duplicate")),
        )


def count(given: Mapping[str, Any], name: str, usual: int) -> int:
    stated = given.get(name, usual)
    if not isinstance(stated, int) or isinstance(stated, bool) or stated < 1:
        raise Refused(ErrorCode.INVALID_VALUE, "A positive number is expected.", field=f"settings.{name}")
    return stated


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        text = "The time zone is not known."
        raise Refused(ErrorCode.INVALID_VALUE, text, field="settings.time_zone") from error
