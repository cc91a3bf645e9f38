"""OAuth 2.0: tokens that are fetched once for all who wait for them, and kept before they are used."""

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from db.clock import now
from hub.errors import ErpError, ErpUnauthorized, ErpUnavailable
from hub.http.reply import Reply
from hub.http.tokens import MemoryTokens, Tokens, TokenStore

TokenRequest = Callable[[Mapping[str, str]], Awaitable[Mapping[str, object]]]
"""Posts a form to the token server. Raises `ErpUnauthorized` where it says no, else what the client raises."""

_EARLY = 60.0  # seconds before its end at which a token counts as spent; half of its life where that is less
_UNTOLD = 300.0  # the life of a token whose answer tells none; a refusal ends it sooner
_LONGEST = 366 * 86_400.0
_TOKEN = re.compile(r"[\x21-\x7e]+")  # what a header can carry
_WHOLE = re.compile(r"[0-9]+")
ANSWER_WITHIN = 30.0  # seconds for a token request; less than a token lease, so that none overlaps the next


_NOT_THERE = (404, 405)


def refused_by(token_server: Reply) -> ErpUnauthorized:
    """What a refusal of the token server says to the person who has to mend the connection."""
    if token_server.status in _NOT_THERE:
        text = (
            f"There is no sign-in at this address ({token_server.status}); look at the connection's address."
        )
    else:
        text = "The client credentials are not accepted."
    return ErpUnauthorized(text, request_id=token_server.request_id)


class _Bearer(ABC):
    """Signs with an access token of the store, and has it renewed when it is spent or refused."""

    def __init__(self, client_id: str, client_secret: str, fetch: TokenRequest, tokens: TokenStore) -> None:
        self._client = {"client_id": client_id, "client_secret": client_secret}
        self._fetch, self._store, self._lock = fetch, tokens, asyncio.Lock()
        self._held: Tokens | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}(***)"

    async def header(self) -> str | None:
        async with self._lock:
            held = self._held or await self._store.read()
            for _ in range(2):  # what another worker stored meanwhile may be spent as well
                if held is None or (not held.ended and now() >= held.expires_at):
                    held = await self._renewed(held)
            self._held = held
        return _signature(held)

    async def renew(self, refused: str | None) -> bool:
        """Have a new token, unless somebody else has since `refused` was sent."""
        async with self._lock:
            if self._held is not None and refused == _signature(self._held):
                self._held = await self._renewed(self._held)
        return True

    async def _renewed(self, spent: Tokens | None) -> Tokens:
        return await self._store.renewed(spent, self._obtain)

    @abstractmethod
    async def _obtain(self, current: Tokens | None) -> Tokens: ...

    async def _asked(self, **form: str) -> Mapping[str, object]:
        async with asyncio.timeout(ANSWER_WITHIN):
            return await self._fetch({**form, **self._client})


class ClientCredentials(_Bearer):
    """Asks for a token as itself, as often as one is needed. Refused once, it does not ask again."""

    def __init__(
        self, client_id: str, client_secret: str, fetch: TokenRequest, tokens: TokenStore | None = None
    ) -> None:
        super().__init__(client_id, client_secret, fetch, tokens or MemoryTokens())
        self._refused: ErpUnauthorized | None = None

    async def _obtain(self, current: Tokens | None) -> Tokens:  # noqa: ARG002
        if self._refused is not None:
            raise ErpUnauthorized(self._refused.message, request_id=self._refused.request_id)
        try:
            return _tokens(await self._asked(grant_type="client_credentials"))
        except ErpUnauthorized as error:
            self._refused = error
            raise
        except (ErpError, TimeoutError) as error:
            raise _not_now(error) from error


class AuthorizationCode(_Bearer):
    """Acts for a person who signed in. Each refresh token is sent once and yields the next pair.

    The other side kills the old pair when it makes a new one, heard or not. So an answer that is refused or lost
    ends the sign-in for all workers, and a person signs in again; the refresh token is not tried a second time."""

    def __init__(self, client_id: str, client_secret: str, fetch: TokenRequest, tokens: TokenStore) -> None:
        super().__init__(client_id, client_secret, fetch, tokens)

    async def sign_in(self, code: str, redirect_uri: str) -> None:
        """Exchange the code of a person's consent, once. `ErpUnauthorized` where no tokens come of it."""
        yielded: list[Tokens] = []

        async def exchanged(_: Tokens | None) -> Tokens:
            yielded.append(await self._exchanged(code, redirect_uri))
            return yielded[0]

        while not yielded:  # somebody may have refreshed the sign-in before this one
            held = await self._kept(await self._store.read(), exchanged)
        self._held = held

    async def _renewed(self, spent: Tokens | None) -> Tokens:
        return await self._kept(spent, self._obtain)

    async def _kept(
        self, spent: Tokens | None, obtain: Callable[[Tokens | None], Awaitable[Tokens]]
    ) -> Tokens:
        """As the store has it; but a pair that was made and could not be kept is a sign-in lost."""
        made: list[Tokens] = []

        async def obtained(current: Tokens | None) -> Tokens:
            made.append(await obtain(current))
            return made[0]

        try:
            return await self._store.renewed(spent, obtained)
        except ErpError:
            raise
        except Exception as error:
            if not made:
                raise
            raise _sign_in_again("new tokens were made and could not be kept") from error

    async def _obtain(self, current: Tokens | None) -> Tokens:
        if current is None:
            raise _sign_in_again("nobody has signed in")
        if current.refresh is None:
            raise _sign_in_again("there is no refresh token")
        try:
            answer = await self._asked(grant_type="refresh_token", refresh_token=current.refresh)
            return _tokens(answer, current.refresh)
        except ErpUnauthorized:
            return Tokens.none_left("the refresh token is refused")
        except (ErpError, TimeoutError) as error:
            if _came_to_nothing(error):
                raise _not_now(error) from error
            return Tokens.none_left("the answer to the refresh token was lost")

    async def _exchanged(self, code: str, redirect_uri: str) -> Tokens:
        try:
            form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
            return _tokens(await self._asked(**form))
        except ErpUnauthorized as error:
            raise _sign_in_again("the code is refused", error.request_id) from error
        except (ErpError, TimeoutError) as error:
            if _came_to_nothing(error):
                raise _not_now(error) from error
            raise _sign_in_again("the answer to the code was lost") from error


def _signature(tokens: Tokens | None) -> str:
    if tokens is None or tokens.ended:
        raise _sign_in_again(tokens.ended if tokens else "nobody has signed in")
    return f"Bearer {tokens.access}"


def _tokens(answer: Mapping[str, object], refresh: str | None = None) -> Tokens:
    """Of a token answer. One that brings no new refresh token leaves the old one good."""
    access, told = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(access, str) or not _TOKEN.fullmatch(access):
        raise ErpUnavailable("The token answer holds no token.")
    seconds = min(float(str(told)), _LONGEST) if _WHOLE.fullmatch(str(told)) else _UNTOLD
    new = answer.get("refresh_token")
    return Tokens(
        access,
        expires_at=now() + timedelta(seconds=max(seconds - _EARLY, seconds / 2)),
        refresh=new if isinstance(new, str) and new else refresh,
    )


def _came_to_nothing(error: Exception) -> bool:
    """Whether the token server cannot have acted: nothing left, or it asked to be asked later."""
    return isinstance(error, ErpUnavailable) and (not error.reached or error.retry_after is not None)


def _not_now(error: Exception) -> ErpUnavailable:
    """Whatever went wrong here, the request that wanted the token has not left."""
    wait = error.retry_after if isinstance(error, ErpUnavailable) else None
    asked = error.request_id if isinstance(error, ErpError) else None
    return ErpUnavailable("No access token could be had.", retry_after=wait, reached=False, request_id=asked)


def _sign_in_again(why: str, request_id: str | None = None) -> ErpUnauthorized:
    return ErpUnauthorized(f"A person has to sign in again: {why}.", request_id=request_id)
