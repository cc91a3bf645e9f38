"""The kinds of fields a resource may declare, and what each accepts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

CENT = Decimal("0.01")
Parse = Callable[[Any], Any]


class NotAcceptedError(ValueError):
    """The value is refused; the text is the reason that the caller is shown."""


@dataclass(frozen=True, slots=True)
class Field:
    """`target` is the kind of object that is referred to by id; `same_project` narrows the choice to it."""

    name: str
    parse: Parse
    required: bool = False
    default: Any = None
    target: str | None = None
    same_project: bool = False

    def accept(self, value: Any) -> Any:
        """The value as it is stored."""
        if self.required and (value is None or (isinstance(value, str) and not value.strip())):
            raise NotAcceptedError("can't be blank")
        if value is None and self.default is not None:
            raise NotAcceptedError("can't be blank")
        return None if value is None else self.parse(value)


def text(name: str, *, required: bool = False, limit: int = 255) -> Field:
    def parse(value: Any) -> str:
        if isinstance(value, bool | list | dict) or not _is_text(str(value)):
            raise NotAcceptedError("is invalid")
        if len(str(value)) > limit:
            raise NotAcceptedError(f"is too long (maximum is {limit} characters)")
        return str(value)

    return Field(name, parse, required)


def choice(name: str, *options: str, default: str | None = None) -> Field:
    def parse(value: Any) -> str:
        if value not in options:
            raise NotAcceptedError("is not included in the list")
        return str(value)

    return Field(name, parse, default=default)


def flag(name: str, *, default: bool | None = None) -> Field:
    def parse(value: Any) -> bool:
        if not isinstance(value, bool):
            raise NotAcceptedError("is invalid")
        return value

    return Field(name, parse, default=default)


def day(name: str) -> Field:
    def parse(value: Any) -> str:
        try:
            return date.fromisoformat(str(value)).isoformat()
        except ValueError:
            raise NotAcceptedError("is not a valid date") from None

    return Field(name, parse)


def money(name: str, *, default: str | None = None) -> Field:
    return Field(name, lambda value: str(in_cents(_decimal(value))), default=default)


def number(name: str, *, default: str | None = None) -> Field:
    """A decimal of any precision, as quantities and unit costs are."""
    return Field(name, lambda value: format(_decimal(value), "f"), default=default)


def whole(name: str, *, required: bool = False) -> Field:
    return Field(name, _integer, required)


def ref(name: str, target: str, *, required: bool = False, same_project: bool = False) -> Field:
    return Field(name, _integer, required, target=target, same_project=same_project)


def in_cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def as_given(*names: str) -> tuple[Field, ...]:
    """Documented fields that nothing here depends on: kept and shown as they came."""
    return tuple(Field(name, lambda value: value) for name in names)


def _is_text(value: str) -> bool:
    """JSON can carry halves of characters, which no store or answer can hold."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool):
        raise NotAcceptedError("is not a number")
    try:
        parsed = Decimal(str(value))
    except InvalidOperation:
        raise NotAcceptedError("is not a number") from None
    if not parsed.is_finite() or abs(parsed) >= Decimal(10) ** 15:
        raise NotAcceptedError("is not a number")
    return parsed


def _integer(value: Any) -> int:
    """Ids arrive as numbers or as strings of digits."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 20:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise NotAcceptedError("is not a number")
    return value
