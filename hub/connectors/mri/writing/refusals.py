"""What MRI does not take, refused before anything leaves. All functions are pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from hub.codes import ErrorCode
from hub.connectors.mri.writing.limits import Lengths, check_fits
from hub.errors import MappingError, Refused

Facts = Mapping[str, Any]
# Fields that say a record has what MRI lacks -> what it is called.
_FOREIGN = {
    "sub_job": "a sub job",
    "sub_job_code": "a sub job",
    "tax_code": "tax",
    "tax_amount": "tax",
    "stored_retainage_amount": "retainage on stored materials",
}


def refuse_foreign(facts: Facts, lines: Iterable[Facts]) -> None:
    """Sub jobs, tax and retainage on stored materials exist in no document of MRI's."""
    for place, record in (("", facts), *(("lines.", line) for line in lines)):
        for name, words in _FOREIGN.items():
            if _is_something(record.get(name)):
                raise Refused(
                    ErrorCode.CAPABILITY_NOT_SUPPORTED,
                    f"MRI takes nothing with {words}.",
                    field=f"{place}{name}",
                )


def _is_something(value: Any) -> bool:
    return value not in (None, "", 0, False)


def need(facts: Facts, *names: str, place: str = "") -> None:
    for name in names:
        value = facts.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            raise MappingError("is missing", field=f"{place}{name}", value=value)


def check_document(key: str, facts: Facts, lines: Sequence[Facts], lengths: Lengths) -> None:
    """What holds for every document: nothing foreign, every line on a code, nothing longer than its field."""
    refuse_foreign(facts, lines)
    check_fits(facts, lengths[key])
    for line in lines:
        need(line, "cost_code", "cost_type", "amount", place="lines.")
        check_fits(line, lengths[f"{key}_line"], "lines.")


def check_total(name: str, stated: Decimal | None, total: Decimal) -> None:
    if stated is not None and stated != total:
        raise MappingError(f"is not the sum of the lines, {total}", field=name, value=stated)


def check_not_zero(name: str, amount: Decimal, words: str) -> None:
    if amount == 0:
        raise MappingError(f"is 0.00: {words}", field=name, value=amount)


def one_of(name: str, value: str, words: Collection[str]) -> str:
    """A word of a list, however its letters are cased."""
    for word in words:
        if word.casefold() == value.strip().casefold():
            return word
    raise MappingError(f"is none of {', '.join(words)}", field=name, value=value)


def as_day(name: str, value: Any) -> date:
    """A day that somebody typed or that a record has."""
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise MappingError("is not a date", field=name, value=value) from error


def period_of(value: Any) -> str:
    """An accounting month as `YYYYMM`, from a day in it or from its own spelling (`2026-04`, `04/2026`, `202604`)."""
    if isinstance(value, date):
        return f"{value.year:04d}{value.month:02d}"
    digits = str(value).strip()
    if len(digits) == 7 and digits[2] == "/":
        digits = digits[3:] + digits[:2]
    digits = digits[:7].replace("-", "")
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()) or not 1 <= int(digits[4:]) <= 12:
        raise MappingError("is not a month", field="expense_period", value=value)
    return digits
