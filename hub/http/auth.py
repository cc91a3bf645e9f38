"""How a request is signed: user and password, or a token that is fetched once for all who wait for it."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from db.clock import Sources
from hub.errors import ErpError, ErpUnauthorized, ErpUnavailable

_EARLY = 60.0  # seconds before its end at which a token counts as spent


class Authorizer(Protocol):
    """Gives the Authorization header. `renew` hears which one was refused and says if there is a new one."""

    async def header(self) -> str | None: ...

    async def renew(self, refused: str | None) -> bool: ...


class Unsigned:
    """For requests that carry no credentials."""

    async def header(self) -> str | None:
        return None

    async def renew(self, refused: str | None) -> bool:  # noqa: ARG002
        return False


class Basic:
    """HTTP Basic. The pair never shows in a repr or a message."""

    def __init__(self, user: str, password: str) -> None:
        self._header = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    def __repr__(self) -> str:
        return "Basic(***)"

    async def header(self) -> str | None:
        return self._header

    async def renew(self, refused: str | None) -> bool:  # noqa: ARG002
        return False


TokenRequest = Callable[[Mapping[str, str]], Awaitable[Mapping[str, object]]]


class ClientCredentials:
    """OAuth 2.0 client credentials: the token stays in memory, parallel callers share one request for it."""

    def __init__(self, client_id: str, client_secret: str, fetch: TokenRequest) -> None:
        self._form = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
        }
        self._fetch, self._lock = fetch, asyncio.Lock()
        self._token, self._good_until = "", 0.0

    def __repr__(self) -> str:
        return "ClientCredentials(***)"

    async def header(self) -> str | None:
        async with self._lock:
            if not self._token or Sources.clock.monotonic() >= self._good_until:
                await self._obtain()
            return f"Bearer {self._token}"

    async def renew(self, refused: str | None) -> bool:
        """Fetch a new token, unless somebody else has done so since `refused` was sent."""
        async with self._lock:
            if refused == f"Bearer {self._token}":
                await self._obtain()
        return True

    async def _obtain(self) -> None:
        self._token = ""
        try:
            answer = await self._fetch(self._form)
        except ErpUnauthorized:
            raise
        except ErpError as error:
            # Whatever went wrong here, the request that wanted the token has not left.
            wait = error.retry_after if isinstance(error, ErpUnavailable) else None
            raise ErpUnavailable(
                "No access token could be had.", retry_after=wait, reached=False, request_id=error.request_id
            ) from error
        token, lifetime = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not token:
            raise ErpUnavailable("The token answer holds no token.", reached=False)
        seconds = float(lifetime) if isinstance(lifetime, int) else 0.0
        self._token, self._good_until = token, Sources.clock.monotonic() + max(seconds - _EARLY, seconds / 2)
