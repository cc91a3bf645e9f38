"""What every call passes before an operation sees it: bearer, rate limits, company header, request id."""

import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.sandboxes.kit import Clock, note
from hub.sandboxes.procore.access import Access
from hub.sandboxes.procore.call import answer
from hub.sandboxes.procore.caller import CALLER
from hub.sandboxes.procore.problem import Problem, busy
from hub.sandboxes.procore.rates import Rates
from hub.sandboxes.procore.settings import Live
from hub.sandboxes.procore.shapes import Shapes
from hub.sandboxes.procore.tokens import Tokens

WITHOUT_COMPANY = ("/rest/v1.0/me", "/rest/v1.0/companies")
_API = "/rest/"
_VENDOR_PATHS = (_API, "/oauth/")


class Gate:
    """Also turns a Problem raised anywhere behind it into its answer."""

    def __init__(
        self, app: ASGIApp, *, tokens: Tokens, rates: Rates, access: Access, clock: Clock, live: Live
    ) -> None:
        self.app = app
        self.tokens = tokens
        self.rates = rates
        self.access = access
        self.clock = clock
        self.live = live
        self.shapes = Shapes()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_VENDOR_PATHS):
            await self.app(scope, receive, send)
            return
        extra = {"x-request-id": uuid.uuid4().hex}

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(extra)
            await send(message)

        try:
            if scope["path"].startswith(_API):
                extra |= self._admit(Request(scope))
            await self.app(scope, receive, send_marked)
        except Problem as problem:
            note(Request(scope), outcome="refused", summary=str(problem.body)[:300])
            body = self.shapes.body(problem, scope["path"], self.live.now.error_shape)
            refusal = answer(body, problem.status, problem.headers)
            await refusal(scope, receive, send_marked)

    def _admit(self, request: Request) -> dict[str, str]:
        """The headers to add to the answer of a call that may go on."""
        client, _, _ = self.tokens.check(request)
        request.scope["procore.client"] = client
        CALLER.set(client)
        if self.live.now.busy_seconds:
            raise busy(self.live.now.busy_seconds)
        headers = dict(self.rates.count(client.id, self.clock.now().timestamp()))
        if request.url.path not in WITHOUT_COMPANY:
            try:
                self.access.check_company(Headers(scope=request.scope).get("procore-company-id"))
            except Problem as problem:
                problem.headers |= headers
                raise
        return headers
