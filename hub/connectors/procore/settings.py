"""What a Procore connection can be told: company, addresses, page size, the mark of our origin ids."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.codes import ErrorCode
from hub.errors import Refused


@dataclass(frozen=True, slots=True)
class Settings:
    """`login_url` is the token server; `code_list_id` the company list that belongs to the ERP."""

    company_id: str
    login_url: str
    origin_prefix: str = "MRI"
    page_size: int = 100
    batch_size: int = 500
    code_list_id: str | None = None

    @classmethod
    def read(cls, settings: Mapping[str, Any], base_url: str) -> "Settings":
        company = str(settings.get("company_id") or "")
        if not _is_id(company):
            raise Refused(ErrorCode.INVALID_VALUE, "A company id is needed.", field="settings.company_id")
        code_list = settings.get("standard_cost_code_list_id")
        return cls(
            company_id=company,
            login_url=str(settings.get("login_url") or base_url),
            origin_prefix=str(settings.get("origin_prefix") or "MRI"),
            page_size=_count(settings, "page_size", 100, 2000),
            batch_size=_count(settings, "batch_size", 500, 1000),
            code_list_id=str(code_list) if code_list else None,
        )


def _count(settings: Mapping[str, Any], name: str, usual: int, most: int) -> int:
    stated = settings.get(name, usual)
    if not isinstance(stated, int) or not 1 <= stated <= most:
        raise Refused(
            ErrorCode.INVALID_VALUE, f"A number from 1 to {most} is expected.", field=f"settings.{name}"
        )
    return stated


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 20
