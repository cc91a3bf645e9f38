"""What a Procore sandbox can be started with, and can be changed to while it runs."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

ERROR_SHAPES = ("text", "list", "error", "message", "rotate")
TIERS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits are generous, so that only tests that ask for tight ones meet them.

    `under_data` names kinds whose version 1 lists stand under `data`, as some companies see them.
    `busy_seconds` above 0 is heavy load: every call is sent away for that long. `budget_changes` is a
    company that moved on from budget modifications. `extra_fields` puts fields nobody documented
    into every object. `disabled_tools` are tools that nobody has, such as change_orders.
    """

    hourly_limit: int = 100_000
    spike_limit: int = 10_000
    token_seconds: int = 5400
    code_seconds: int = 600
    page_size: int = 100
    largest_page: int = 2000
    sync_limit: int = 1000
    locks_approved_contracts: bool = True  # the company may let approved contracts be edited
    under_data: tuple[str, ...] = ()
    error_shape: str = "text"
    busy_seconds: int = 0
    disabled_tools: tuple[str, ...] = ()
    change_order_tiers: int = 1
    budget_changes: bool = False
    modifications_need_source: bool = False
    unlocks_synced_budgets: bool = False  # an accountant has let the budget go
    extra_fields: bool = False
    webhook_seconds: float = 5.0  # of real time that a webhook's endpoint may take

    def __post_init__(self) -> None:
        if self.error_shape not in ERROR_SHAPES:
            raise ValueError(f"error_shape must be one of {', '.join(ERROR_SHAPES)}")
        if self.change_order_tiers not in TIERS:
            raise ValueError("change_order_tiers must be 1, 2 or 3")


class Live:
    """The settings in force."""

    def __init__(self, initial: Settings) -> None:
        self._initial = initial
        self.now = initial

    def change(self, changes: Mapping[str, Any]) -> Mapping[str, Any]:
        """Change some of them; a ValueError says what does not fit."""
        self.now = replace(self.now, **{name: _fitting(name, value) for name, value in changes.items()})
        return self.shown()

    def shown(self) -> Mapping[str, Any]:
        return asdict(self.now)

    def reset(self) -> None:
        self.now = self._initial


_KINDS: Mapping[str, type] = {each.name: type(each.default) for each in fields(Settings)}


def _fitting(name: str, value: Any) -> Any:
    if name not in _KINDS:
        raise ValueError(f"{name} is not a setting; there are {', '.join(_KINDS)}")
    given = tuple(value) if isinstance(value, list) else value
    if _KINDS[name] is float and type(given) is int:
        given = float(given)
    if type(given) is not _KINDS[name]:
        raise ValueError(f"{name} must be a {_KINDS[name].__name__.replace('tuple', 'list')}")
    return given
