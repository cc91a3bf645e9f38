"""Accounts of the general ledger that an approver chose: they stand in the ERP's list, as far as it was read."""

import uuid
from collections.abc import Mapping

from db.session import Connection
from hub.codes import ErrorCode
from hub.errors import Refused

_TYPED = ("income_account", "expense_account")
_KNOWN = """
    select external_code from erp_record
    where account_id = $1 and connection_id = $2 and object_key = 'gl_account' and gone_at is null
        and coalesce(fields ->> 'is_active', 'true') = 'true'"""


async def check_accounts(
    connection: Connection, account: uuid.UUID, erp: uuid.UUID, entries: Mapping[str, str]
) -> None:
    """Raises `Refused` for one that is not there. While no list was read the ERP alone knows."""
    chosen = {name: entries[name] for name in _TYPED if name in entries}
    if not chosen:
        return
    known = {row["external_code"] for row in await connection.fetch(_KNOWN, account, erp)}
    for name, code in chosen.items():
        if known and code not in known:
            raise Refused(
                ErrorCode.ACCOUNT_UNKNOWN,
                f"The general ledger has no active account {code}.",
                field=f"entries.{name}",
                remedy="Choose an account of the ERP, or import its accounts again.",
            )
