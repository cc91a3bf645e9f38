"""What the facts of many objects are made of: SQL over the record `{t}` and its lines `n`."""

from collections.abc import Iterable


def erp_id(column: str) -> str:
    """The ERP's id of the item that a column of the record names; null where it is not linked."""
    return (
        "(select k.external_id from link k where k.account_id = {t}.account_id"
        f" and k.object_id = {{t}}.{column} and k.state in ('LINKED', 'SYNCED'))"
    )


def erp_code(column: str) -> str:
    """What people call, in the ERP, the contract that a column of the record names. One on its way there has the number that
    its approver typed, else its own."""
    return (
        "(select case when k.state in ('LINKED', 'SYNCED') then k.external_code"
        " when k.state in ('READY_TO_EXPORT', 'EXPORTING', 'FAILED') then coalesce(k.entries ->> 'erp_id', p.number) end"
        f" from link k join {column.removesuffix('_id')} p on p.account_id = k.account_id and p.id = k.object_id"
        f" where k.account_id = {{t}}.account_id and k.object_id = {{t}}.{column})"
    )


def own_id() -> str:
    """The ERP's id of the item itself, from whatever state it is in; null where it never had one."""
    return "(select k.external_id from link k where k.account_id = {t}.account_id and k.object_id = {t}.id)"


# Which export of the item this is: sending it for the first time or after an unlink asks for another document.
REVISION = """(select case when k.export_revision = 0 or k.state = 'UNLINKED' then k.export_revision + 1 else k.export_revision end
        from link k where k.account_id = {t}.account_id and k.object_id = {t}.id)"""


def day_of(column: str) -> str:
    """The day of a moment, in the account's own time zone."""
    return f"""({{t}}.{column} at time zone
        (select a.time_zone from account a where a.account_id = {{t}}.account_id))::date"""


# The day it is for the account: what a date is that nobody typed.
TODAY = """(hub_now() at time zone (select a.time_zone from account a where a.account_id = {t}.account_id))::date"""


def code(table: str, column: str) -> str:
    """The code that a column of the line `n` names."""
    return f"(select k.code from {table} k where k.account_id = n.account_id and k.id = n.{column})"


COST_CODE, COST_TYPE = code("cost_code", "cost_code_id"), code("cost_type", "cost_type_id")


def lines(table: str, parent: str, fields: Iterable[str], *, where: str = "true") -> str:
    """The lines in order, as a JSON list of the given columns of `n`."""
    return f"""(select coalesce(json_agg(row_to_json(x)), '[]'::json) from (
        select {", ".join(fields)}
        from {table} n where n.account_id = {{t}}.account_id and n.{parent} = {{t}}.id and {where}
        order by n.line_number, n.id) x)"""


def numbers_in_erp(table: str, column: str, owner: str) -> str:
    """Ids, in small letters, under which the ERP holds other documents of this kind: by links of ours (`ours`), and by its own
    list as last read (`theirs`). Only those of the same owner, whom `column` names: `owner` is the ERP id that leads theirs.

    Where the item was on its way before, its own lost try may stand in that list: nothing is read from it then."""
    return f"""(select json_build_object(
        'ours', (select coalesce(json_agg(lower(o.external_id)), '[]'::json)
            from {table} q join link o on o.account_id = q.account_id and o.object_id = q.id
            where q.account_id = k.account_id and q.{column} = {{t}}.{column} and q.id <> k.object_id
                and o.connection_id = k.connection_id and o.state in ('SYNCED', 'ORPHANED')),
        'theirs', (select coalesce(json_agg(lower(r.external_id)), '[]'::json) from erp_record r
            where r.account_id = k.account_id and r.connection_id = k.connection_id and r.object_key = '{table}'
                and r.gone_at is null and starts_with(lower(r.external_id), lower({owner}) || '/')
                and not exists (select from attempt a where a.account_id = k.account_id
                    and a.object_id = k.object_id and a.connection_id = k.connection_id)))
        from link k where k.account_id = {{t}}.account_id and k.object_id = {{t}}.id)"""


# Accounting periods that the ERP had closed when they were last read, in its spelling.
CLOSED_PERIODS = """(select coalesce(json_agg(coalesce(r.fields ->> 'code', r.external_code, r.external_id)), '[]'::json)
        from link k join erp_record r on r.account_id = k.account_id and r.connection_id = k.connection_id
        where k.account_id = {t}.account_id and k.object_id = {t}.id and r.object_key = 'accounting_period'
            and r.gone_at is null and r.fields ->> 'is_open' = 'false')"""

CODED = (f"{COST_CODE} as cost_code", f"{COST_TYPE} as cost_type")


def facts(*fields: str) -> str:
    """One JSON object of the given fields."""
    return f"(select row_to_json(f) from (select {', '.join(fields)}) f)"
