"""Whether what was read fits our columns: lengths, types, words, digits. A row that does not becomes an issue."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from types import NoneType
from typing import Annotated, Any, Literal, get_args

from annotated_types import MaxLen
from pydantic import Field, StringConstraints, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, SchemaValidator, core_schema

from hub.codes import ErrorCode
from hub.erp.connector import Problem
from hub.sync.intake.columns import Column
from hub.sync.intake.issues import Issue
from hub.sync.intake.staging import Row


@dataclass(frozen=True, slots=True)
class Misfit:
    """A value that does not fit, and the place of the record that answers for it."""

    place: int
    field: str
    message: str
    value: Any


_MARK_LENGTH = 200
_NO_NUL = r"^[^\x00]*$"  # Postgres holds no NUL in text
_MARK = Annotated[str, StringConstraints(max_length=_MARK_LENGTH, pattern=_NO_NUL)] | None


class Shape:
    """Validates rows of a stage all at once. A row has the place of its record, then `known`, `columns` and whatever is
    not looked at; `known` are what every row has, under the names by which people know them."""

    def __init__(self, known: Sequence[str], columns: Sequence[Column], rest: int, key_length: int) -> None:
        key = Annotated[str, StringConstraints(min_length=1, max_length=key_length, pattern=_NO_NUL)]
        kinds: dict[str, Any] = {"external_id": key, "external_code": _MARK, "origin_id": _MARK}
        free = core_schema.any_schema()
        row = [
            free,
            *(TypeAdapter(kinds[name]).core_schema if name in kinds else free for name in known),
            *(_schema(column) for column in columns),
            *(free for _ in range(rest)),
        ]
        self._names = ["", *known, *(column.name for column in columns)]
        self._rows = SchemaValidator(core_schema.list_schema(core_schema.tuple_schema(row)))

    def fit(self, rows: Sequence[Row]) -> tuple[list[Row], list[Misfit]]:
        """The rows that fit, as they go into the stage, and what does not fit of the others."""
        try:
            return list(self._rows.validate_python(rows)), []
        except ValidationError as error:
            reasons = error.errors(include_url=False, include_context=False)
        bad = {int(reason["loc"][0]) for reason in reasons}
        good = self._rows.validate_python([row for place, row in enumerate(rows) if place not in bad])
        return list(good), [self._misfit(rows, reason) for reason in reasons]

    def _misfit(self, rows: Sequence[Row], reason: ErrorDetails) -> Misfit:
        row, column = int(reason["loc"][0]), int(reason["loc"][1])
        return Misfit(rows[row][0], self._names[column], reason["msg"], reason["input"])


@lru_cache(maxsize=256)
def shape(known: tuple[str, ...], columns: tuple[Column, ...], rest: int, key_length: int) -> Shape:
    return Shape(known, columns, rest, key_length)


def _schema(column: Column) -> core_schema.CoreSchema:
    schema = TypeAdapter(_fitted(_bare(column.info.annotation), column)).core_schema
    if column.digits is not None:
        schema = core_schema.no_info_after_validator_function(str, schema)
    return schema if column.required else core_schema.nullable_schema(schema)


def _bare(annotation: Any) -> Any:
    """The type without its `| None`."""
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    return kinds[0] if NoneType in get_args(annotation) else annotation


def _fitted(kind: Any, column: Column) -> Any:
    if column.digits is not None:
        whole, places = column.digits
        return Annotated[kind, Field(max_digits=whole, decimal_places=places, strict=True)]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return Literal[tuple(word.value for word in kind)]
    if kind is str:
        return Annotated[str, StringConstraints(max_length=longest(column.info), pattern=_NO_NUL)]
    return kind


def longest(info: FieldInfo) -> int | None:
    """The length that a text is declared with."""
    return next((mark.max_length for mark in info.metadata if isinstance(mark, MaxLen)), None)


def issue_of(misfit: Misfit, external_id: str, prefix: str = "") -> Issue:
    value = misfit.value
    message = "A value is needed." if value is None else f"{misfit.message}."
    said = None if value is None else str(value)
    return Issue(external_id, ErrorCode.VALUE_DOES_NOT_FIT, message, f"{prefix}{misfit.field}", said)


def issues_of(problems: Sequence[Problem], external_id: str, prefix: str = "") -> list[Issue]:
    return [
        Issue(
            external_id,
            p.warns or ErrorCode.VALUE_DOES_NOT_FIT,
            f"The value {p.message}.",
            f"{prefix}{p.field}",
            p.value,
        )
        for p in problems
    ]
