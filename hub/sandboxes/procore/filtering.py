"""`filters[...]` and `sort` on lists, as Procore documents them."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from starlette.datastructures import QueryParams

from hub.sandboxes.procore.problem import bad_request
from hub.sandboxes.procore.records import Record

Keep = Callable[[Record], bool]
# A filter takes the values it was given and makes the test that a record must pass.
Filter = Callable[[Sequence[str]], Keep]

_PARAMETER = re.compile(r"filters\[(\w+)\](\[\])?")


def exact(field: str) -> Filter:
    return lambda values: lambda record: str(record.get(field)) in values


def ids(field: str = "id") -> Filter:
    return lambda values: lambda record: str(record.get(field)) in _listed(values)


def search(*fields: str) -> Filter:
    def make(values: Sequence[str]) -> Keep:
        wanted = values[-1].casefold()
        return lambda record: any(wanted in str(record.get(field) or "").casefold() for field in fields)

    return make


def between(field: str) -> Filter:
    """Two dates or moments joined by three dots, with or without quotes around them; both ends count."""

    def make(values: Sequence[str]) -> Keep:
        start, end = _range(field, values[-1])
        return lambda record: start <= _moment(record[field]) <= end

    return make


def yes_no(test: Keep) -> Filter:
    def make(values: Sequence[str]) -> Keep:
        if values[-1] not in ("true", "false"):
            raise bad_request("a yes/no filter takes true or false")
        return lambda record: test(record) == (values[-1] == "true")

    return make


def origin(values: Sequence[str]) -> Keep:
    return lambda record: record.get("origin_id") in values


STAMPS: Mapping[str, Filter] = {"created_at": between("created_at"), "updated_at": between("updated_at")}
USUAL: Mapping[str, Filter] = {"id": ids(), "origin_id": origin, **STAMPS}


def asked(query: QueryParams, filters: Mapping[str, Filter], besides: str) -> list[Keep]:
    """The tests that the query asks for, save one parameter; an unknown filter is refused, not ignored."""
    given: dict[str, list[str]] = {}
    for name, value in query.multi_items():
        if name == besides:
            continue
        found = _PARAMETER.fullmatch(name)
        if found is not None:
            given.setdefault(found[1], []).append(value)
        elif name.startswith("filters"):
            raise bad_request(f"{name} is not a filter")
    unknown = sorted(set(given) - set(filters))
    if unknown:
        raise bad_request(f"filters[{unknown[0]}] is not supported here")
    return [filters[name](values) for name, values in given.items()]


def ordered(records: list[Record], query: QueryParams, sorts: Sequence[str]) -> list[Record]:
    keys = [key for key in query.get("sort", "").split(",") if key]
    for key in reversed(keys):
        name = key.removeprefix("-")
        if name not in sorts:
            raise bad_request(f"sort by {name} is not supported here")
        records = sorted(records, key=_sort_value(name), reverse=key.startswith("-"))
    return records


def _sort_value(name: str) -> Callable[[Record], tuple[bool, Any]]:
    def value(record: Record) -> tuple[bool, Any]:
        found = record.get(name)
        return (found is not None, found.casefold() if isinstance(found, str) else found)

    return value


def _listed(values: Sequence[str]) -> set[str]:
    return {part.strip() for value in values for part in value.strip("[]").split(",")}


def _range(field: str, text: str) -> tuple[datetime, datetime]:
    parts = text.strip('"').split("...")
    try:
        start, end = parts
        return _moment(start.strip('"')), _moment(end.strip('"'), end_of_day=True)
    except ValueError:
        raise bad_request(f"filters[{field}] must be two dates joined by three dots") from None


def _moment(text: str, *, end_of_day: bool = False) -> datetime:
    if len(text) == len("YYYY-MM-DD"):
        return datetime.combine(date.fromisoformat(text), time.max if end_of_day else time.min, UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
