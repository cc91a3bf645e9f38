"""What a connection to the reference ERP can be told: page size, the class of its writes, how its bills arrive, a profile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.codes import ErrorCode
from hub.erp.capabilities import Behaviour, Capabilities, WriteClass
from hub.erp.profiles import PROFILES
from hub.erp.revision import TYPES, Revisions
from hub.errors import Refused

_LONGEST_PAGE = 500
_OURS = frozenset({"DRAFT", "PENDING", "REVISE_AND_RESUBMIT", "APPROVED"})
# The ledger's status of a cost, in lower case -> ours.
_COST_STATUSES: Mapping[str, str] = {
    "open": "PENDING",
    "pending": "PENDING",
    **dict.fromkeys(("approved", "posted", "paid"), "APPROVED"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """`writes` is per operation, `*` for all that are not named. `profile` narrows the connector to another system."""

    page_size: int
    writes: Mapping[str, WriteClass]
    arrival_status: str
    use_procore_contract_number: bool
    po_module: bool
    revisions: Revisions
    profile: Capabilities | None
    cost_statuses: Mapping[str, str]
    follows_deletes: bool
    costs_editable: bool

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> "Settings":
        profile = _profile(given.get("profile"))
        usual = (profile.behaviour if profile else Behaviour()).invoice_arrival_status or ("Pending",)
        return cls(
            page_size=_count(given, "page_size", 100),
            writes=_writes(given.get("write_classes") or {}),
            arrival_status=str(given.get("invoice_arrival_status") or usual[0]),
            use_procore_contract_number=bool(given.get("use_procore_contract_number", True)),
            po_module=bool(given.get("po_module", False)),
            revisions=Revisions(
                types=_words(given, "revision_types", TYPES),
                contingency_codes=_words(given, "contingency_codes", ()),
            ),
            profile=profile,
            cost_statuses={**_COST_STATUSES, **_statuses(given.get("direct_cost_statuses") or {})},
            follows_deletes=bool(
                given.get(
                    "direct_cost_follow_deletes",
                    profile.behaviour.direct_cost_follow_deletes if profile else True,
                )
            ),
            costs_editable=bool(given.get("direct_cost_editable", False)),
        )

    def write_class(self, operation: str) -> WriteClass:
        return self.writes.get(operation) or self.writes.get("*") or WriteClass.K1


def _words(given: Mapping[str, Any], name: str, usual: Sequence[str]) -> tuple[str, ...]:
    stated = given.get(name)
    if stated is not None and not isinstance(stated, list | tuple):
        raise Refused(ErrorCode.INVALID_VALUE, "A list is expected.", field=f"settings.{name}")
    return tuple(map(str, stated or usual))


def _profile(name: Any) -> Capabilities | None:
    if not name:
        return None
    if not isinstance(name, str) or name not in PROFILES:
        text = f"There is no profile {name}; choose one of {', '.join(sorted(PROFILES))}."
        raise Refused(ErrorCode.INVALID_VALUE, text, field="settings.profile")
    return PROFILES[name]


def _writes(given: Any) -> dict[str, WriteClass]:
    try:
        return {str(name): WriteClass(word) for name, word in dict(given).items()}
    except (TypeError, ValueError) as error:
        text = "A class of writes is one of K1 to K5, by operation or for all under *."
        raise Refused(ErrorCode.INVALID_VALUE, text, field="settings.write_classes") from error


def _statuses(given: Any) -> dict[str, str]:
    if not isinstance(given, Mapping) or not all(
        isinstance(one, str) and one in _OURS for one in given.values()
    ):
        text = f"Each status of the ledger is one of {', '.join(sorted(_OURS))}."
        raise Refused(ErrorCode.INVALID_VALUE, text, field="settings.direct_cost_statuses")
    return {str(word).lower(): status for word, status in given.items()}


def _count(given: Mapping[str, Any], name: str, usual: int) -> int:
    stated = given.get(name, usual)
    if not isinstance(stated, int) or isinstance(stated, bool) or not 1 <= stated <= _LONGEST_PAGE:
        text = f"A number from 1 to {_LONGEST_PAGE} is expected."
        raise Refused(ErrorCode.INVALID_VALUE, text, field=f"settings.{name}")
    return stated
