"""The full image of an item as the event log keeps it: its record, lines, links and open conflicts.

Amounts are text, so that no reader makes floats of them."""

from sqlalchemy import Numeric, Table

from db.links import Link
from hub.core.spec import ErpObject, LineSpec, table_of


def image(spec: ErpObject, record: str = "t") -> str:
    """SQL for the image of the row `record` of the object's table, as jsonb.

    Written as text and read once: nested documents are not built anew at each level."""
    parts = [*_plain(spec.table, record), f"{_links(record)} as links"]
    if spec.lines is not None:
        parts.append(f"{_lines(spec.lines, record)} as lines")
    if spec.locked_after_send or spec.locked_after_sync:
        parts.append(f"{_conflicts(record)} as conflicts")
    return f"(select row_to_json(i)::jsonb from (select {', '.join(parts)}) i)"


def row_image(table: Table, row: str, *, without: tuple[str, ...] = ()) -> str:
    """SQL for the image of a row that has neither links nor lines."""
    return f"(select to_jsonb(i) from (select {', '.join(_plain(table, row, without))}) i)"


def _plain(table: Table, row: str, without: tuple[str, ...] = ()) -> list[str]:
    hidden = {"account_id", *without}
    return [
        f"{row}.{column.name}::text as {column.name}"
        if isinstance(column.type, Numeric)
        else f"{row}.{column.name}"
        for column in table.columns
        if column.computed is None and column.name not in hidden
    ]


def _links(record: str) -> str:
    columns = ", ".join(_plain(table_of(Link), "k", ("object_type", "object_id")))
    return _listed(
        f"{columns} from link k where k.account_id = $account and k.object_id = {record}.id order by k.connection_id"
    )


def _lines(lines: LineSpec, record: str) -> str:
    columns = ", ".join(_plain(lines.table, "k", (lines.parent,)))
    return _listed(f"""{columns} from {lines.table.name} k
        where k.account_id = $account and k.{lines.parent} = {record}.id order by k.{lines.order}, k.id""")


def _conflicts(record: str) -> str:
    return _listed(f"""k.field, k.ours, k.theirs from conflict k
        where k.account_id = $account and k.object_id = {record}.id and k.resolved_at is null order by k.field""")


def _listed(rows: str) -> str:
    return f"array(select row_to_json(x) from (select {rows}) x)"
