"""What an MRI connection can be told: form, names, limits, words, modules, the zone of the site."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hub.codes import ErrorCode
from hub.connectors.mri import words
from hub.connectors.mri.wire.forms import Form
from hub.connectors.mri.wire.names import Source, sources
from hub.connectors.mri.writing.limits import Lengths, count, lengths
from hub.erp.revision import STATUSES, TRANSFER, TYPES, Revisions
from hub.errors import Refused

INVOICE_APIS = ("create_invoice", "contract_draw")


@dataclass(frozen=True, slots=True)
class Settings:
    """`zone` is meant where MRI's times name none. `modules` and `version` are what somebody declared, None where nobody did."""

    path: str
    form: Form
    sources: Mapping[str, Source]
    zone: ZoneInfo
    page_size: int
    lengths: Lengths
    modules: frozenset[str] | None
    version: str | None
    po_module: bool
    start_date_required: bool
    use_procore_contract_number: bool
    use_procore_change_order_number: bool
    contract_statuses: Mapping[str, str]
    job_statuses: Mapping[str, bool]
    cost_statuses: Mapping[str, str]
    revisions: Revisions
    budget_zero_lines: bool
    budget_verb: str
    invoice_api: str
    invoice_arrival_status: str
    expense_period_from: str
    negative_invoice: bool
    duplicate_words: tuple[str, ...]

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> "Settings":
        return cls(
            path=str(given.get("path") or "/MRIAPIServices/api.asp"),
            form=Form(choice(given, "format", "json", tuple(Form))),
            sources=sources(table(given, "apis")),
            zone=_zone(str(given.get("time_zone") or "America/New_York")),
            page_size=count(given, "page_size", 300),
            lengths=lengths(given),
            modules=None if given.get("modules") is None else frozenset(listed(given, "modules", ())),
            version=None if given.get("platform_version") is None else str(given["platform_version"]),
            po_module=bool(given.get("po_module", False)),
            start_date_required=bool(given.get("start_date_required", True)),
            use_procore_contract_number=bool(given.get("use_procore_contract_number", True)),
            use_procore_change_order_number=bool(given.get("use_procore_change_order_number", True)),
            contract_statuses={**words.CONTRACT, **table(given, "contract_statuses")},
            job_statuses={
                **words.JOB_IS_ACTIVE,
                **{key.lower(): bool(value) for key, value in table(given, "job_statuses").items()},
            },
            cost_statuses={
                **words.COST,
                **({} if follows_deletes(given) else dict.fromkeys(words.VOID, "APPROVED")),
                **{key.lower(): str(value) for key, value in table(given, "direct_cost_statuses").items()},
            },
            revisions=Revisions(
                types=listed(given, "revision_types", TYPES),
                statuses=listed(given, "revision_statuses", STATUSES),
                zero_sum=listed(given, "zero_sum_revision_types", (TRANSFER,)),
                contingency_codes=listed(given, "contingency_codes", ()),
            ),
            budget_zero_lines=bool(given.get("budget_zero_lines", True)),
            budget_verb=choice(given, "budget_verb", "PUT", ("PUT", "POST")),
            invoice_api=choice(given, "invoice_api", "create_invoice", INVOICE_APIS),
            invoice_arrival_status=str(given.get("invoice_arrival_status", "Pending")),
            expense_period_from=choice(given, "expense_period_from", "period", ("period", "billing_date")),
            negative_invoice=bool(given.get("negative_invoice", True)),
            duplicate_words=listed(given, "duplicate_words", ("already exists", "duplicate")),
        )


def follows_deletes(given: Mapping[str, Any]) -> bool:
    """Whether a cost that MRI has voided stops counting. Not wanted where the site books a row that takes it back instead."""
    return bool(given.get("direct_cost_follow_deletes", True))


def choice(given: Mapping[str, Any], name: str, usual: str, words: Sequence[str]) -> str:
    stated = str(given.get(name) or usual)
    if stated not in words:
        text = f"One of {', '.join(words)} is expected."
        raise Refused(ErrorCode.INVALID_VALUE, text, field=f"settings.{name}")
    return stated


def table(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    stated = given.get(name) or {}
    if not isinstance(stated, Mapping):
        raise Refused(ErrorCode.INVALID_VALUE, "An object is expected.", field=f"settings.{name}")
    return stated


def listed(given: Mapping[str, Any], name: str, usual: Sequence[str]) -> tuple[str, ...]:
    stated = given.get(name)
    if stated is not None and not isinstance(stated, list | tuple):
        raise Refused(ErrorCode.INVALID_VALUE, "A list is expected.", field=f"settings.{name}")
    return tuple(map(str, stated or usual))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        text = "The time zone is not known."
        raise Refused(ErrorCode.INVALID_VALUE, text, field="settings.time_zone") from error
