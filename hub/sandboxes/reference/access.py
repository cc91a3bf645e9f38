"""Who may call, and how often: tokens for client credentials, and a rolling count of calls."""

import secrets
import time
from collections import deque
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.sandboxes.kit import note
from hub.sandboxes.reference.books import Books
from hub.sandboxes.reference.problem import Problem
from hub.sandboxes.reference.settings import Settings


class Gate:
    def __init__(self, settings: Settings, books: Books) -> None:
        self._settings, self._books = settings, books
        self._calls: deque[datetime] = deque()

    async def token(self, request: Request) -> Response:
        """`POST /oauth/token` with a form of grant_type, client_id and client_secret."""
        form = {
            name: values[0] for name, values in parse_qs((await request.body()).decode("latin-1")).items()
        }
        note(request, api="token")
        if form.get("grant_type") != "client_credentials":
            return JSONResponse({"error": "unsupported_grant_type"}, status_code=400)
        sent = (form.get("client_id", ""), form.get("client_secret", ""))
        if sent != (self._settings.client_id, self._settings.client_secret):
            return JSONResponse({"error": "invalid_client"}, status_code=401)
        token, seconds = secrets.token_urlsafe(24), self._settings.token_seconds
        until = (self._now() + timedelta(seconds=seconds)).isoformat()
        self._books.bench.store.put("token", token, {"until": until})
        return JSONResponse({"access_token": token, "token_type": "Bearer", "expires_in": seconds})

    def admit(self, request: Request) -> dict[str, str]:
        """The rate headers of the answer. Raises a 401 for a token that is not good, a 429 for too many calls."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        known = self._books.bench.store.get("token", token) if scheme.lower() == "bearer" else None
        if known is None or datetime.fromisoformat(known["until"]) <= self._now():
            raise Problem(401, "invalid_token", "The token is not known or has ended.")
        return self._count()

    def forget_calls(self) -> None:
        self._calls.clear()

    def revoke_tokens(self) -> None:
        self._books.bench.store.clear("token")

    def _count(self) -> dict[str, str]:
        """A refused call is not counted. The reset is told on the real clock, which callers compare with theirs."""
        now, limit = self._now(), self._books.calls
        length = timedelta(seconds=self._settings.window_seconds)
        while self._calls and self._calls[0] <= now - length:
            self._calls.popleft()
        refused = len(self._calls) >= limit
        if not refused:
            self._calls.append(now)
        opens = (self._calls[0] + length - now).total_seconds() if self._calls else length.total_seconds()
        headers = {
            "X-Rate-Limit-Limit": str(limit),
            "X-Rate-Limit-Remaining": str(max(limit - len(self._calls), 0)),
            "X-Rate-Limit-Reset": str(int(time.time() + opens) + 1),
        }
        if refused:
            wait = {**headers, "Retry-After": str(int(opens) + 1)}
            raise Problem(429, "rate_limited", "Too many calls.", headers=wait)
        return headers

    def _now(self) -> datetime:
        return self._books.bench.clock.now()
