"""Amounts that are sums over other rows, as SQL templates over the row `{t}`: to the cent, as text."""

_IN_ERP = "'SYNCED', 'LINKED', 'ORPHANED'"
_LINES = """(select coalesce(sum({what}), 0) from subcontractor_invoice_line n
    where n.account_id = {row}.account_id and n.subcontractor_invoice_id = {row}.id)"""


def _orders(condition: str) -> str:
    return f"""(select coalesce(sum(o.amount), 0) from commitment_change_order o
        join link k on k.account_id = o.account_id and k.object_id = o.id
        where o.account_id = {{t}}.account_id and o.commitment_id = {{t}}.id and {condition})"""


def _sent(row: str) -> str:
    return _LINES.format(what="n.completed_amount - n.retainage_held_amount", row=row)


def _text(sql: str) -> str:
    return f"({sql})::numeric(18, 2)::text"


APPROVED_CHANGES = _text(_orders("o.status = 'APPROVED' and o.origin_deleted_at is null"))
CURRENT = _text(f"{{t}}.original_amount + {_orders(f'k.state in ({_IN_ERP})')}")
BILLED = _text(
    f"""select coalesce(sum({_sent("i")}), 0) from subcontractor_invoice i
    join link k on k.account_id = i.account_id and k.object_id = i.id and k.state in ({_IN_ERP})
    where i.account_id = {{t}}.account_id and i.commitment_id = {{t}}.id"""
)
SENT = _text(_sent("{t}"))
DIFFERENCE = _text(f"{{t}}.payment_due_amount - {_sent('{t}')}")
