"""The real worker at its most talkative, with one more kind of system: one that a person signed in to."""

import asyncio
import logging
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from hub import logs
from hub.connectors import open_connector
from hub.errors import ErpUnauthorized
from hub.handlers import FAILURES, HANDLERS
from hub.http import AuthorizationCode, Client, TokenStore
from hub.settings import settings
from hub.sync.work import Work
from jobs.worker import run_worker

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Portal:
    """Reads one thing in the name of the person."""

    kind = "portal"

    def __init__(
        self, url: str, credentials: Mapping[str, str], hosts: Any, tokens: TokenStore | None
    ) -> None:
        assert tokens is not None
        self._login = Client(url, allowed_hosts=hosts)
        known = credentials["client_id"], credentials["client_secret"]
        self._client = Client(
            url, allowed_hosts=hosts, authorizer=AuthorizationCode(*known, self._token, tokens)
        )

    async def _token(self, form: Mapping[str, str]) -> Mapping[str, object]:
        reply = await self._login.send("POST", "/oauth/token", urlencode(form).encode(), _FORM)
        if reply.status >= 400:
            raise ErpUnauthorized("The sign-in is not accepted.", request_id=reply.request_id)
        found = reply.json()
        assert isinstance(found, dict)
        return found

    async def verify(self) -> list[Any]:
        assert (await self._client.get("/me")).status == 200
        return []

    async def close(self) -> None:
        await self._client.close()
        await self._login.close()


def opened(
    kind: str,
    url: str,
    credentials: Mapping[str, str],
    choices: Mapping[str, Any],
    hosts: Any = (),
    **shared: Any,
) -> Any:
    if kind == Portal.kind:
        return Portal(url, credentials, hosts, shared["tokens"])
    return open_connector(kind, url, credentials, choices, hosts, **shared)


async def look(work: Work) -> None:
    await (await work.connector(UUID(work.job.args["connection_id"]))).verify()


async def told(*_: object) -> None: ...


if __name__ == "__main__":
    logs.configure = partial(logs.configure, logging.DEBUG)
    handlers, failures = {**HANDLERS, "look": look}, {**FAILURES, "look": told}
    asyncio.run(run_worker(settings(), handlers, failures, opener=opened))
