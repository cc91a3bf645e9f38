"""Sends deliveries: at least once, patient with an endpoint that fails, and for twelve hours at most."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx

from hub.sandboxes.kit import Document
from hub.sandboxes.procore.settings import Live
from hub.sandboxes.procore.webhooks.bodies import BODIES
from hub.sandboxes.procore.webhooks.keeping import ATTEMPT, DONE, HOOK, WAITING, Kept
from hub.sandboxes.procore.webhooks.script import Script

LONGEST_WAIT = 3600
GIVEN_UP_AFTER = 12 * 3600
LOOKS_EVERY = 0.25  # seconds of real time, for waits that end on the sandbox's clock
SHOWN_OF_ANSWER = 2000
RETRYING, DELIVERED, DISCARDED = "retrying", "delivered", "discarded"


class Sender:
    def __init__(self, kept: Kept, live: Live) -> None:
        self._kept = kept
        self._live = live
        self._bell: asyncio.Event | None = None
        self._at_work = asyncio.Lock()
        self.script = Script()

    def ring(self) -> None:
        if self._bell is not None:
            self._bell.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Delivers by itself for as long as this is open."""
        self._bell = asyncio.Event()
        task = asyncio.create_task(self._run(self._bell))
        try:
            yield
        finally:
            self._bell = None
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _run(self, bell: asyncio.Event) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), LOOKS_EVERY)
            bell.clear()
            await self.round()

    async def round(self) -> int:
        """Send all that is due now; how many requests that took."""
        if self.script.paused or not self._pending():
            return 0
        async with (
            self._at_work,
            httpx.AsyncClient(
                timeout=self._live.now.webhook_seconds, trust_env=False, follow_redirects=False
            ) as client,
        ):
            return sum([await self._serve(client, hook) for hook in self._kept.all(HOOK, status="active")])

    async def _serve(self, client: httpx.AsyncClient, hook: Document) -> int:
        """A hook's queue, until it is empty or a try fails, which pauses all of it."""
        now, sent = self._kept.now(), 0
        if self._is_given_up(hook, now):
            self._discard(hook)
            return 0
        if hook["paused_until"] > now:
            return 0
        for delivery in self._due(hook, now):
            for _ in range(1 + self.script.duplicates):
                sent += 1
                if not await self._try(client, hook, delivery):
                    self._pause(hook)
                    return sent
            self._kept.move(WAITING, DONE, delivery, status=DELIVERED)
            hook = self._kept.save(HOOK, hook, failures=0, paused_until=0, failing_since=None)
        return sent

    async def _try(self, client: httpx.AsyncClient, hook: Document, delivery: Document) -> bool:
        started, content = self._kept.stamp(), json.dumps(BODIES[hook["payload_version"]](delivery["event"]))
        headers = {"Content-Type": "application/json", **self.script.header(hook["authorization"])}
        answer, error = None, None
        try:
            answer = await client.post(hook["destination_url"], content=content, headers=headers)
        except httpx.HTTPError as failure:
            error = type(failure).__name__
        taken = answer is not None and answer.is_success
        self._note(hook, delivery, "ok" if taken else "retried", started, _told(answer, error))
        if not taken:
            self._kept.save(WAITING, delivery, status=RETRYING)
        return taken

    def _pending(self) -> list[Document]:
        return self._kept.all(WAITING)

    def _due(self, hook: Document, now: float) -> list[Document]:
        mine = [one for one in self._pending() if one["hook_id"] == hook["id"]]
        due = [one for one in mine if one["made"] + self.script.delay_seconds <= now]
        return list(reversed(due)) if self.script.reorder else due

    def _pause(self, hook: Document) -> None:
        """Twice as long each time, from a second to an hour."""
        now, failures = self._kept.now(), hook["failures"] + 1
        wait = min(2 ** (failures - 1), LONGEST_WAIT)
        since = hook["failing_since"] or now
        self._kept.save(HOOK, hook, failures=failures, paused_until=now + wait, failing_since=since)

    def _is_given_up(self, hook: Document, now: float) -> bool:
        return hook["failing_since"] is not None and now - hook["failing_since"] >= GIVEN_UP_AFTER

    def _discard(self, hook: Document) -> None:
        """Everything that waits is lost for good; what comes later is sent again."""
        for delivery in [one for one in self._pending() if one["hook_id"] == hook["id"]]:
            self._kept.move(WAITING, DONE, delivery, status=DISCARDED)
            self._note(hook, delivery, DISCARDED, self._kept.stamp(), _told(None, "discarded after 12 hours"))
        self._kept.save(HOOK, hook, failures=0, paused_until=0, failing_since=None)

    def _note(
        self, hook: Document, delivery: Document, outcome: str, started: str, told: dict[str, Any]
    ) -> None:
        event = delivery["event"]
        self._kept.add(
            ATTEMPT,
            {
                "hook_id": hook["id"],
                "delivery_id": delivery["id"],
                "event": dict(BODIES[hook["payload_version"]](event)),
                "event_id": event["id"],
                "outcome": outcome,
                "started_at": started,
                "completed_at": self._kept.stamp(),
                **told,
            },
        )


def _told(answer: httpx.Response | None, error: str | None) -> dict[str, Any]:
    return {
        "response_status": answer.status_code if answer else None,
        "response_headers": dict(answer.headers) if answer else None,
        "response_body": answer.text[:SHOWN_OF_ANSWER] if answer else None,
        "response_error": error,
    }
