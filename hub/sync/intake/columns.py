"""The columns of a record that an import may fill, as validation and SQL need to know them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from sqlalchemy import ARRAY, DefaultClause, Numeric, String, Table
from sqlalchemy import Column as TableColumn
from sqlalchemy.dialects import postgresql

from db.base import AccountTable, Record
from hub.core.spec import ErpObject, LineSpec, table_of

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
_OWN = frozenset(Record.model_fields)  # written by the hub itself
_CURRENCY = "(select a.currency from account a where a.account_id = $account)"


@dataclass(frozen=True, slots=True)
class Column:
    """`default` is SQL for a new record that lacks the value; `required` has neither null nor default."""

    name: str
    sql_type: str
    nullable: bool
    default: str | None
    info: FieldInfo
    digits: tuple[int, int] | None  # of a decimal: all, and after the point

    @property
    def required(self) -> bool:
        return not self.nullable and self.default is None


def columns_of(spec: ErpObject | LineSpec) -> Mapping[str, Column]:
    """All columns that come from the other side, references included, by name."""
    parent = spec.parent if isinstance(spec, LineSpec) else None
    return {name: column for name, column in columns_of_record(spec.record).items() if name != parent}


@lru_cache(maxsize=64)
def columns_of_record(record: type[AccountTable]) -> Mapping[str, Column]:
    """All its columns but those that the hub writes itself."""
    plain = (column for column in table_of(record).columns if column.computed is None)
    return {column.name: _column(record, column) for column in plain if column.name not in _OWN}


def _column(record: type[AccountTable], column: TableColumn[Any]) -> Column:
    info = record.model_fields[column.name]
    kind = column.type
    digits = (kind.precision or 0, kind.scale or 0) if isinstance(kind, Numeric) else None
    sql_type = "text" if isinstance(kind, String) else kind.compile(dialect=_DIALECT)
    return Column(column.name, sql_type, bool(column.nullable), _default(column, info), info, digits)


def _default(column: TableColumn[Any], info: FieldInfo) -> str | None:
    """Nullable columns need none."""
    if column.name == "currency":
        return _CURRENCY
    if isinstance(column.type, ARRAY):
        return "'{}'"
    value = info.default
    if column.nullable or value is None or value is PydanticUndefined:
        return None
    return literal(value)


def literal(value: object) -> str:
    """A declared default as SQL."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return str(value)
        case Enum():
            return literal(value.value)
        case str():
            return "'" + value.replace("'", "''") + "'"
    raise TypeError(f"a column cannot default to a {type(value).__name__}")


def server_default(table: Table, column: str) -> str:
    """SQL for what Postgres would put into a column by itself."""
    default = table.columns[column].server_default
    assert isinstance(default, DefaultClause), column
    return str(default.arg)
