"""The demonstration's account: opened once, its connections pointed at this start's sandboxes, five keys for five people."""

import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg

from db.clock import new_id
from hub.access.door import issue_key
from hub.settings import Settings
from hub.sync import accounts
from hub.sync.connecting import Wanted, connect

PROCORE = {"client_id": "hub-sandbox", "client_secret": "hub-sandbox-secret"}
SANDBOX_PASSWORD = "sandbox:password"  # noqa: S105  the sandbox's own, known to everybody
# Role in the cast -> what the demonstration calls it.
PEOPLE = {
    "project_manager": "project manager",
    "accounting_approver": "accounting approver",
    "erp_administrator": "ERP administrator",
    "read_only": "read-only user",
}
READER = "BI reader"


def mri_credentials() -> dict[str, str]:
    from hub.sandboxes.mri import SANDBOX_PARTNER_KEY

    return {
        "client_id": "HUBCLIENT",
        "database": "SANDBOX",
        "user": "hubsvc",
        "key": SANDBOX_PARTNER_KEY,
        "password": SANDBOX_PASSWORD,
    }


async def open_account(
    settings: Settings, folder: Path, world: Mapping[str, Any], procore: str, mri: str
) -> dict[str, str]:
    """Role -> bearer key. The account and its keys are kept between demonstrations; addresses are those of this start."""
    kept = folder / "account.json"
    connection = await asyncpg.connect(settings.url_of("app"))
    try:
        known: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {"account": str(new_id())}
        account = uuid.UUID(known["account"])
        await connection.execute("select set_config('app.account', $1, false)", str(account))
        async with connection.transaction():
            if await connection.fetchval("select 1 from account where account_id = $1", account) is None:
                known["keys"] = await _open(connection, settings, account, world)
            await _connect(connection, settings, account, world, procore, mri)
    finally:
        await connection.close()
    kept.touch(mode=0o600)
    kept.write_text(json.dumps(known))
    keys: dict[str, str] = known["keys"]
    return keys


async def _open(
    connection: asyncpg.Connection, settings: Settings, account: uuid.UUID, world: Mapping[str, Any]
) -> dict[str, str]:
    await accounts.open_account(connection, world["company"]["name"], account=account)
    keys = {}
    for role, title in PEOPLE.items():
        person = world["users"][role]
        member = await _member(
            connection,
            account,
            person["name"],
            str(person["id"]),
            erp_level=3 if role == "erp_administrator" else 0,
        )
        keys[title] = await issue_key(connection, settings, account, member, "demonstration")
    reader = await _member(connection, account, "Business intelligence", None, bulk=True)
    keys[READER] = await issue_key(connection, settings, account, reader, "demonstration", bulk=True)
    return keys


async def _member(
    connection: asyncpg.Connection,
    account: uuid.UUID,
    name: str,
    origin: str | None,
    *,
    erp_level: int = 0,
    bulk: bool = False,
) -> uuid.UUID:
    member = new_id()
    await connection.execute(
        "insert into member (account_id, id, name, origin_id, erp_level, is_bulk_reader) values ($1, $2, $3, $4, $5, $6)",
        account,
        member,
        name,
        origin,
        erp_level,
        bulk,
    )
    return member


# A Procore sandbox lets more calls in than Procore itself, and nobody watches a demonstration that waits.
SANDBOX_LIMITS = [{"count": 100_000, "window_s": 3600}, {"count": 10_000, "window_s": 10}]


async def _connect(
    connection: asyncpg.Connection,
    settings: Settings,
    account: uuid.UUID,
    world: Mapping[str, Any],
    procore: str,
    mri: str,
) -> None:
    tool = {
        "company_id": str(world["company"]["id"]),
        "standard_cost_code_list_id": str(world["standard_cost_code_list_id"]),
        "login_url": procore,
        "rate_limits": SANDBOX_LIMITS,
    }
    erp = {"use_procore_contract_number": True, "use_procore_change_order_number": True}
    for wanted in (
        Wanted("Procore", "procore", procore, tool, PROCORE),
        Wanted("MRI Platform X", "mri", mri, erp, mri_credentials()),
    ):
        await connect(connection, settings, account, wanted)
