"""SQLAlchemy expressions over our tables as SQL templates, whose placeholders stand for a row's aliases.

`{t}` is the record, `{l}` its link, `{c}` the connection of that link, `{pm}` the viewer's levels on the record's project,
`{v}` the viewer. One expression so serves reading, explaining and deciding."""

import json
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Table,
    Text,
    case,
    cast,
    false,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.util import ClauseAdapter

from db.accounts import Connection
from db.links import Link
from db.people import Member, ProjectMember
from hub.core.spec import table_of

DIALECT = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
AROUND: dict[str, Table] = {
    "l": table_of(Link),
    "c": table_of(Connection),
    "pm": table_of(ProjectMember),
    "v": table_of(Member),
}
MARK = "\x01"
_capabilities = table_of(Connection).c.capabilities


def template(expression: ColumnElement[Any], record: Table) -> str:
    """The expression as SQL text with placeholders for the record and what stands around it. Constants are inlined."""
    return _template(expression, record)


@lru_cache(maxsize=4096)
def _template(expression: ColumnElement[Any], record: Table) -> str:
    around = {"t": record, **{name: table for name, table in AROUND.items() if table is not record}}
    aliases = {name: table.alias(f"{MARK}{name}{MARK}") for name, table in around.items()}
    adapted = expression
    for alias in aliases.values():
        adapted = ClauseAdapter(alias).traverse(adapted)
    # Compiled as the condition of an enclosing select, so that subqueries correlate with the row instead of joining it anew.
    enclosing = select(true()).select_from(*aliases.values()).where(adapted.self_group())
    compiled = str(enclosing.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True}))
    text = compiled.partition("WHERE ")[2].replace("{", "{{").replace("}", "}}")
    for name in aliases:
        text = text.replace(f'"{MARK}{name}{MARK}"', "{" + name + "}")
    if any(f" AS {{{name}}}" in text for name in aliases):
        raise ValueError(f"a subquery joins the row anew instead of correlating with it: {text}")
    return f"({text})"


def limit(name: str) -> ColumnElement[int]:
    """A number of the behaviour of the item's ERP connection, such as `commitment_title_max`; null where the ERP sets none."""
    return cast(_flag(name), Integer)


def flag(name: str) -> ColumnElement[bool]:
    """A yes or no of the behaviour of the item's ERP connection; no where the ERP says nothing."""
    return func.coalesce(cast(_flag(name), Boolean), false())


def codes_are_made_here() -> ColumnElement[bool]:
    """Whether cost codes of the item's ERP may originate in the project tool; not where it says nothing."""
    return func.coalesce(_flag("cost_codes_origin").in_(["procore", "either"]), false())


def word(name: str) -> ColumnElement[str]:
    """A word of the behaviour of the item's ERP connection, such as `po_mode`; null where the ERP says nothing."""
    return _flag(name)


def setting(name: str) -> ColumnElement[str]:
    """A setting of the item's ERP connection as text; null where nobody set it."""
    text: ColumnElement[str] = table_of(Connection).c.settings[name].astext
    return text


def goes_out(key: str) -> ColumnElement[bool]:
    """Whether the item's ERP takes objects of this key."""
    return func.coalesce(_direction(key).in_(["export", "both"]), false())


def comes_in(key: str) -> ColumnElement[bool]:
    """Whether the item's ERP gives objects of this key."""
    return func.coalesce(_direction(key).in_(["import", "both"]), false())


def sendable(
    key: str, status: ColumnElement[str], usual: ColumnElement[bool] | None = None
) -> ColumnElement[bool]:
    """Whether the item's ERP takes objects of this key in this status; where it names none, what is `usual`, else any."""
    named = _capabilities["objects"][key]["requires_status"]
    listed: ColumnElement[bool] = named.op("?", return_type=Boolean())(status)
    stated = func.coalesce(func.jsonb_array_length(named), 0) > 0
    return case((stated, func.coalesce(listed, false())), else_=true() if usual is None else usual)


def cuts(key: str, field: str) -> ColumnElement[bool]:
    """Whether the item's ERP cuts a text of an object that is too long, as its capabilities say."""
    declared = cast(literal(json.dumps([{"field": field, "on_overflow": "truncate"}]), Text), JSONB)
    found: ColumnElement[bool] = _capabilities["objects"][key]["fields"].op("@>", return_type=Boolean())(
        declared
    )
    return func.coalesce(found, false())


def _direction(key: str) -> ColumnElement[str]:
    text: ColumnElement[str] = _capabilities["objects"][key]["direction"].astext
    return text


def one_of_flag(
    name: str, group: ColumnElement[str], status: ColumnElement[str], usual: ColumnElement[bool] | None = None
) -> ColumnElement[bool]:
    """Whether the word is in the list that the ERP's behaviour holds for a group; where it has no list, what is `usual`, else none."""
    listed: ColumnElement[bool] = _capabilities["behaviour"][name][group].op("?", return_type=Boolean())(
        status
    )
    return func.coalesce(listed, false() if usual is None else usual)


def _flag(name: str) -> ColumnElement[str]:
    text: ColumnElement[str] = _capabilities["behaviour"][name].astext
    return text
