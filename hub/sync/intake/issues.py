"""Rows of the other side that did not fit: kept with the run, shown to people, and the rest goes on."""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from db.clock import new_id
from db.session import Connection
from hub.codes import ErrorCode
from hub.sync.intake.site import Site

_INSERT = """
    insert into sync_issue (account_id, id, run_id, object_type, external_id, code, field, value, message, details)
    select $1, i.id, $2, $3, i.external_id, i.code, i.field, i.value, i.message, i.details::jsonb
    from unnest($4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
        as i(id, external_id, code, field, value, message, details)"""

# What may stand in a row's way while it stays as it is: the row is read again until it fits.
PASSING = frozenset(
    {
        ErrorCode.UNRESOLVED_REFERENCE,
        ErrorCode.ERP_ID_TAKEN,
        ErrorCode.ALREADY_LINKED,
        ErrorCode.CODE_NOT_ON_PROJECT,
        ErrorCode.PROJECT_NOT_LINKED,
        ErrorCode.CODE_FORMAT_NOT_APPROVED,
    }
)
_PASSING = """
    select distinct external_id from sync_issue
    where account_id = $1 and run_id = $2 and external_id = any($3::text[]) and code = any($4::text[])"""


@dataclass(frozen=True, slots=True)
class Issue:
    external_id: str
    code: ErrorCode
    message: str
    field: str | None = None
    value: str | None = None
    details: Mapping[str, Any] = dataclasses.field(
        default_factory=dict
    )  # what is known of the record, as JSON has it


async def keep(connection: Connection, site: Site, object_type: str, issues: Sequence[Issue]) -> None:
    await keep_of_run(connection, site.account, site.run, object_type, issues)


async def keep_of_run(
    connection: Connection, account: UUID, run: UUID, object_type: str, issues: Sequence[Issue]
) -> None:
    if not issues:
        return
    await connection.execute(
        _INSERT,
        account,
        run,
        object_type,
        [new_id() for _ in issues],
        [_clean(issue.external_id) for issue in issues],
        [issue.code.value for issue in issues],
        [issue.field and issue.field[:60] for issue in issues],
        [None if issue.value is None else _clean(issue.value) for issue in issues],
        [issue.message for issue in issues],
        [orjson.dumps(issue.details).decode().replace("\\u0000", "") for issue in issues],
    )


def _clean(text: str) -> str:
    """Text as Postgres can hold it, cut to what a person can read."""
    return text[:200].replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


async def passing(connection: Connection, site: Site, external_ids: Collection[str]) -> set[str]:
    """Of these rows, those that this run had an issue with that may pass by itself."""
    codes = [code.value for code in PASSING]
    rows = await connection.fetch(
        _PASSING, site.account, site.run, [_clean(one) for one in external_ids], codes
    )
    return {row["external_id"] for row in rows}
