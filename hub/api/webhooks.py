"""Where other systems post what has changed: checked, kept, answered at once; the work comes later."""

import asyncio
import logging
from uuid import UUID

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from db.session import Unreachable
from hub.access.door import Door, Hook
from hub.api.context import Means
from hub.api.pace import Pace
from hub.api.wire import parsed
from hub.bell import ring_all
from hub.connectors import news
from hub.erp.notice import News, NotNews
from hub.errors import RequestRefused
from hub.sync.requests.notices import keep

log = logging.getLogger("hub.api.webhooks")
MAX_BODY = 64 * 1024
BODY_SECONDS = 3.0  # a sender gives up after five
PER_SECOND, BURST = 100.0, 1000.0  # notices of one webhook; beyond them the sender waits and comes again
_KIND = "select kind, settings ->> 'company_id' as company from connection where account_id = $1 and id = $2"


class WebhookEndpoint:
    """POST /webhooks/{prefix}."""

    def __init__(self, means: Means, door: Door) -> None:
        self._means, self._door = means, door
        self._room = asyncio.Semaphore(max(1, means.settings.write_pool // 2))  # the rest is for people
        self._pace = Pace(PER_SECOND, BURST)

    async def __call__(self, request: Request) -> Response:
        if request.method != "POST":
            return _said(405, "Send a POST.", {"Allow": "POST"})
        try:
            hook = await self._door.hook(request.path_params["prefix"], request.headers.get("authorization"))
            if hook is None:
                return _said(401, "This address and this Authorization header do not go together.")
            if not self._pace.lets(hook.id):
                return _said(429, "These are too many at once; send it again later.", {"Retry-After": "5"})
            try:
                body = await _bytes(request)
            except TimeoutError:
                return _said(408, "The body did not arrive in time.")
            if body is None:
                return _said(413, f"A notice has at most {MAX_BODY} bytes.")
            async with self._room:
                return await self._take(hook, body)
        except (Unreachable, TimeoutError):
            return _said(503, "Try again in a moment.", {"Retry-After": "1"})
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception:  # the edge: logged, and masked to the caller
            log.exception("a notice could not be taken")
            return _said(500, "Something failed on our side.")

    async def _take(self, hook: Hook, body: bytes) -> Response:
        async with self._means.writes.transaction(hook.account_id, timeout=2.0) as connection:
            row = await connection.fetchrow(_KIND, hook.account_id, hook.connection_id)
            try:
                told = news(row["kind"], parsed(body))
            except RequestRefused as refused:
                return _said(400, refused.message)
            except NotNews as refused:
                return _said(422, str(refused))
            if not _is_ours(told, row["company"]):
                return _said(422, "The notice is about another company.")
            jobs = await keep(connection, hook.account_id, hook.connection_id, hook.id, told)
        await self._ring(hook.account_id, jobs or [])
        return JSONResponse({"taken": True, "repeated": jobs is None})

    async def _ring(self, account: UUID, jobs: list[UUID]) -> None:
        await ring_all(self._means.bell, account, jobs)


def _is_ours(told: News, company: str | None) -> bool:
    return told.company_id is None or company is None or told.company_id == company


async def _bytes(request: Request) -> bytes | None:
    """The body, or None where it is too long."""
    found = b""
    async with asyncio.timeout(BODY_SECONDS):
        async for chunk in request.stream():
            found += chunk
            if len(found) > MAX_BODY:
                return None
    return found


def _said(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"taken": False, "message": message}, status_code=status, headers=headers)
