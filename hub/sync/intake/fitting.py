"""Whether what was read fits our columns: lengths, types, words, digits. A row that does not becomes an issue."""

from collections.abc import Sequence
from enum import Enum
from functools import lru_cache
from types import NoneType
from typing import Annotated, Any, Literal, get_args

from annotated_types import MaxLen
from pydantic import Field, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, SchemaValidator, core_schema

from hub.codes import ErrorCode
from hub.erp.connector import Problem
from hub.sync.intake.columns import Column
from hub.sync.intake.issues import Issue

Values = dict[str, Any]
_MARK_LENGTH = 200
_MARKS = {"their_id": "external_id", "their_code": "external_code", "their_claim": "origin_id"}
_NO_NUL = r"^[^\x00]*$"  # Postgres holds no NUL in text


class Shape:
    """Validates rows of some columns, and the marks that travel with them, all at once."""

    def __init__(self, columns: Sequence[Column], key_length: int) -> None:
        mark = Annotated[str, StringConstraints(max_length=_MARK_LENGTH, pattern=_NO_NUL)] | None
        key = Annotated[str, StringConstraints(min_length=1, max_length=key_length, pattern=_NO_NUL)]
        kinds = {
            **{column.name: _kind(column) for column in columns},
            "their_id": key,
            "their_code": mark,
            "their_claim": mark,
        }
        row = {
            name: core_schema.typed_dict_field(TypeAdapter(kind).core_schema) for name, kind in kinds.items()
        }
        self._rows = SchemaValidator(core_schema.list_schema(core_schema.typed_dict_schema(row)))

    def fit(self, rows: Sequence[Values]) -> tuple[list[Values | None], list[ErrorDetails]]:
        """The rows with exact types, None in place of each that does not fit, and why."""
        try:
            return list(self._rows.validate_python(rows)), []
        except ValidationError as error:
            reasons = error.errors(include_url=False, include_context=False)
        bad = {int(reason["loc"][0]) for reason in reasons}
        good = iter(self._rows.validate_python([row for place, row in enumerate(rows) if place not in bad]))
        return [None if place in bad else next(good) for place in range(len(rows))], reasons


@lru_cache(maxsize=256)
def shape(columns: tuple[Column, ...], key_length: int) -> Shape:
    return Shape(columns, key_length)


def _kind(column: Column) -> Any:
    kind = _fitted(_bare(column.info.annotation), column)
    return kind if column.required else kind | None


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
        longest = next((mark.max_length for mark in column.info.metadata if isinstance(mark, MaxLen)), None)
        return Annotated[str, StringConstraints(max_length=longest, pattern=_NO_NUL)]
    return kind


def issue_of(reason: ErrorDetails, external_id: str, prefix: str = "") -> Issue:
    name = str(reason["loc"][1])
    field = _MARKS.get(name, name)
    value = reason["input"]
    message = "A value is needed." if value is None else f"{reason['msg']}."
    said = None if value is None else str(value)
    return Issue(external_id, ErrorCode.VALUE_DOES_NOT_FIT, message, f"{prefix}{field}", said)


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
