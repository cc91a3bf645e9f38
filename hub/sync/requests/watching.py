"""The job that sets up a project tool's webhooks: an address and a secret of the hub's, then the hook and its triggers there.

The secret is sealed with the connection's before anything leaves, so that a job that dies goes on with the same one.
Once the new hook stands, older addresses are revoked; a sender that still uses one is turned away."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from db.credentials import SecretField
from db.session import Connection
from hub.access.door import issue_hook
from hub.access.sealing import Place
from hub.access.vault import Vault
from hub.codes import ErrorCode
from hub.connectors import triggers
from hub.erp.connector import Connector, Step
from hub.errors import ErpRefused, Refused
from hub.sync.attempts import Target, carry_out_now, close_tries, write_class
from hub.sync.runs import run_ended
from hub.sync.work import JobRow, Work

_NAMESPACE = "erp-integration-hub"
_MINE = """
    select id, prefix, external_id from webhook
    where account_id = $1 and connection_id = $2 and job_id = $3 and revoked_at is null"""
_NAME_JOB = "update webhook set job_id = $3 where account_id = $1 and id = $2"
_STANDS = "update webhook set external_id = $3 where account_id = $1 and id = $2"
_REVOKE = """
    update webhook set revoked_at = hub_now()
    where account_id = $1 and connection_id = $2 and id <> $3 and revoked_at is null"""
_OLDER = """
    select external_id from webhook
    where account_id = $1 and connection_id = $2 and id <> $3 and revoked_at is null and external_id is not null"""
_SYSTEM = "select kind, capabilities, settings -> 'webhook_triggers' as triggers from connection where account_id = $1 and id = $2"


async def watch_system(work: Work) -> None:
    """Handler of the job kind `watch_system`."""
    base = work.settings.public_url
    if not base:
        text = "The hub has no public address that others can post to; requests are polled all the same."
        raise Refused(
            ErrorCode.INVALID_VALUE,
            text,
            field="HUB_PUBLIC_URL",
            remedy="Have an operator set HUB_PUBLIC_URL.",
        )
    await _Watch(work, base.rstrip("/")).run()


async def watch_failed(
    connection: Connection, job: JobRow, code: str, message: str, erp_message: str | None
) -> None:
    """The run says why; polling goes on."""
    await close_tries(connection, job)
    said = f"{message} {erp_message}" if erp_message and erp_message != message else message
    await run_ended(connection, job.account_id, job.run_id, "FAILED", code=code, message=said)


class _Watch:
    """One set-up on its way."""

    def __init__(self, work: Work, base: str) -> None:
        self.work, self.base, self.account = work, base, work.job.account_id
        self.system = UUID(str(work.job.args["connection_id"]))
        self.capabilities = ""
        self.first: tuple[str, str] = ("", "")
        self.wanted: Sequence[tuple[str, str]] = ()
        self.hook = UUID(int=0)

    async def run(self) -> None:
        prefix = await self._address()
        connector = await self.work.connector(self.system)
        facts = {"namespace": _NAMESPACE, "destination_url": f"{self.base}/webhooks/{prefix}"}
        hook = await self._made(connector, "hook", facts)
        # From here on a set-up that fails leaves no hook unknown.
        async with self.work.transaction() as connection:
            await connection.execute(_STANDS, self.account, self.hook, hook)
        await self._trigger(connector, hook, self.first)
        refused = [told for told in self.wanted if not await self._may_trigger(connector, hook, told)]
        await self._take_older_away(connector)
        async with self.work.final() as connection:
            said = ", ".join(f"{resource} {event}" for resource, event in refused)
            words = f"The project tool does not tell of: {said}." if refused else None
            await connection.execute(_REVOKE, self.account, self.system, self.hook)
            await run_ended(connection, self.account, self.work.job.run_id, "SUCCEEDED", message=words)

    async def _take_older_away(self, connector: Connector) -> None:
        """Hooks of earlier set-ups; one that is gone there already is no trouble."""
        async with self.work.transaction() as connection:
            old = await connection.fetch(_OLDER, self.account, self.system, self.hook)
        for row in old:
            [step] = connector.steps("hook", {"verb": "delete", "id": row["external_id"]}, {})
            with suppress(ErpRefused):
                await carry_out_now(self.work, connector, self._target(step), step)

    async def _address(self) -> str:
        """This job's own address, made once: its secret is sealed in the transaction that makes it."""
        vault, place = Vault.of(self.work.settings), Place(self.account, self.system, SecretField.WEBHOOK)
        async with self.work.transaction() as connection:
            known = await connection.fetchrow(_SYSTEM, self.account, self.system)
            self.capabilities = known["capabilities"]
            usual = triggers(known["kind"])
            self.first = usual.requests
            self.wanted = _stated(json.loads(known["triggers"])) if known["triggers"] else usual.changes
            row = await connection.fetchrow(_MINE, self.account, self.system, self.work.job.id)
            if row is not None:
                self.hook = row["id"]
                return str(row["prefix"])
            self.hook, prefix, secret = await issue_hook(
                connection, self.work.settings, self.account, self.system
            )
            await connection.execute(_NAME_JOB, self.account, self.hook, self.work.job.id)
            await vault.put(connection, place, {"webhook_authorization": f"Bearer {secret}"})
        return prefix

    async def _trigger(self, connector: Connector, hook: str, told: tuple[str, str]) -> None:
        resource, event = told
        named = {"hook": hook, "resource_name": resource, "event_type": event}
        await self._made(connector, "hook_trigger", named)

    async def _may_trigger(self, connector: Connector, hook: str, told: tuple[str, str]) -> bool:
        try:
            await self._trigger(connector, hook, told)
        except ErpRefused:
            return False
        return True

    async def _made(self, connector: Connector, key: str, facts: Mapping[str, Any]) -> str:
        """The id there of what the facts describe; an earlier run of this job may have made it already."""
        [step] = connector.steps(key, facts, {})
        found = await connector.find(step)
        if found is None:
            return (await carry_out_now(self.work, connector, self._target(step), step)).external_id
        return found.external_id

    def _target(self, step: Step) -> Target:
        return Target(
            connection_id=self.system,
            object_type="Webhook",
            object_id=self.hook,
            export_revision=0,
            write_class=write_class(self.capabilities, step.operation),
        )


def _stated(setting: Any) -> Sequence[tuple[str, str]]:
    """The setting `webhook_triggers`: pairs of what changes and what happens to it, in the project tool's words."""
    pairs: list[Any] = setting if isinstance(setting, list) else [setting]
    if not all(isinstance(pair, list) and [type(word) for word in pair] == [str, str] for pair in pairs):
        text = 'A list of pairs is expected, such as [["Company Vendors", "update"]].'
        raise Refused(ErrorCode.INVALID_VALUE, text, field="settings.webhook_triggers")
    return [(name, event) for name, event in pairs]
