"""The client every other system is called through: limits, retries of reads, httpx's errors turned into ours.

Writes are sent once. The one exception is an answer of 401 where the token can be renewed: the other side
turned the request away at the door, so it is sent again, once, with the new token."""

import asyncio
import ssl
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpcore
import httpx
import structlog

from db.clock import Sources, now
from hub.errors import ErpError, ErpUnauthorized, ErpUnavailable, ErpUnexpected
from hub.http.auth import Authorizer, Unsigned
from hub.http.body import ACCEPTED_ENCODINGS, read_body
from hub.http.control import alone
from hub.http.guard import AddressGuard, AddressRefused, GuardedBackend
from hub.http.pacing import jittered, wait_asked_for
from hub.http.reply import Reply
from hub.http.rules import BudgetRules, Rules
from hub.http.traffic import Heard, Held, Traffic, Verdict

Transport = httpx.AsyncBaseTransport
Sleep = Callable[[float], Awaitable[None]]

USER_AGENT = "erp-integration-hub/0.1"
_REFUSED_SIGN_IN = "The credentials are not accepted (401)."
_SAFE = frozenset({"GET", "HEAD"})
_LIMITED = 429
_PASSING = frozenset({408, 425, _LIMITED})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, bytes and tries. `whole` bounds one try, `patience` the wait before it."""

    connect: float = 10.0
    read: float = 60.0
    whole: float = 60.0
    whole_write: float = 180.0
    body: int = 32 * 1024 * 1024
    tries: int = 3
    patience: float = 15.0
    backoff: float = 1.0
    hops: int = 0


@cache
def _tls() -> ssl.SSLContext:
    """Loading the certificate store takes longer than many a call: once per process is enough."""
    return httpx.create_ssl_context(trust_env=False)


def _guarded_transport(guard: AddressGuard) -> Transport:
    transport = httpx.AsyncHTTPTransport(verify=_tls(), trust_env=False)
    transport._pool = httpcore.AsyncConnectionPool(  # httpx has no public way in for a network backend
        ssl_context=_tls(), max_connections=10, keepalive_expiry=15.0, network_backend=GuardedBackend(guard)
    )
    return transport


class _Sent:
    """Learns from httpcore's trace whether the first byte of a request has left."""

    def __init__(self, traced: bool) -> None:
        self.left = not traced

    async def __call__(self, event: str, _info: Mapping[str, Any]) -> None:
        self.left = self.left or event.endswith("send_request_headers.started")


class Client:
    """Calls one system below `base_url`. Close it after use."""

    def __init__(
        self,
        base_url: str,
        *,
        authorizer: Authorizer | None = None,
        allowed_hosts: Collection[str] = (),
        headers: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        transport: Transport | None = None,
        traffic: Traffic | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.guard = AddressGuard(allowed_hosts)
        self.base_url = str(self.guard.check_url(base_url)).rstrip("/")
        self.authorizer: Authorizer = authorizer or Unsigned()
        self._limits, self._sleep, self._traced = limits or Limits(), sleep, transport is None
        self._traffic = traffic or _own_traffic(self._limits)
        self._headers = dict(headers or {})
        self._http = httpx.AsyncClient(
            transport=transport or _guarded_transport(self.guard),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": ACCEPTED_ENCODINGS},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            trust_env=False,
        )

    def __repr__(self) -> str:
        return f"Client({self.base_url})"

    async def close(self) -> None:
        await self._http.aclose()

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Read; tried again where the failure may pass."""
        for attempt in range(1, self._limits.tries + 1):
            try:
                return await self._signed("GET", path, None, headers or {})
            except (AddressRefused, Held):
                raise
            except ErpUnavailable as error:
                wait = self._wait_before_next(error, attempt)
                if wait is None or not await self._traffic.may_retry():
                    raise
                await self._sleep(wait)
        raise AssertionError("a client has at least one try")

    async def send(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Write once, exactly these bytes. An error without `reached=False` leaves the outcome unknown."""
        return await self._signed(method, path, body, headers or {})

    def _wait_before_next(self, error: ErpUnavailable, attempt: int) -> float | None:
        """Seconds until the next try of a read, or None where waiting is the caller's business."""
        limits = self._limits
        if attempt >= limits.tries or (error.retry_after or 0.0) > limits.patience:
            return None
        jitter = jittered(attempt, base=limits.backoff, cap=limits.patience)
        return jitter if error.retry_after is None else error.retry_after + min(jitter, 1.0)

    async def _signed(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        for last_try in (False, True):
            await self._leave()  # before the sign-in, which may lock the account where the circuit is open
            async with self._signing_in():
                signature = await self.authorizer.header()
            signed = {**self._headers, **headers}
            if signature:
                signed["Authorization"] = signature
            reply = await self._followed(method, self._absolute(path), body, signed)
            if reply.status != 401:
                return reply
            async with self._signing_in():
                renewed = not last_try and await self.authorizer.renew(signature)
            verdict = Verdict.STALE_SIGN_IN if renewed else Verdict.REFUSED_SIGN_IN
            await self._traffic.heard(Heard(verdict, reply.headers, words=_REFUSED_SIGN_IN))
            if not renewed:
                break
        raise ErpUnauthorized(_REFUSED_SIGN_IN, request_id=reply.request_id)

    @asynccontextmanager
    async def _signing_in(self) -> AsyncIterator[None]:
        try:
            yield
        except ErpUnauthorized as error:
            await self._traffic.heard(Heard(Verdict.REFUSED_SIGN_IN, {}, words=error.message))
            raise

    async def _leave(self) -> None:
        """Wait until the call may leave; where that takes long, waiting is the caller's business."""
        waited = 0.0
        while (wait := await self._traffic.admit()) > 0:
            waited += wait
            if waited > self._limits.patience:
                raise Held("The rate limit is used up.", wait)
            await self._sleep(wait)

    def _absolute(self, path: str) -> str:
        if not path.startswith("/") or path.startswith("//"):
            raise ErpUnexpected("A path must start with one slash.")
        return self.base_url + path

    async def _followed(self, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> Reply:
        """One request, and its redirects where the limits allow any. Nothing of ours follows to another origin."""
        for hop in range(self._limits.hops + 1):
            if hop:
                await self._leave()
            reply = await self._once(method, url, body, headers)
            if reply.status not in _REDIRECTS:
                return reply
            if method not in _SAFE or hop == self._limits.hops or "location" not in reply.headers:
                break
            target = self.guard.check_url(_joined(url, reply))
            if url.startswith("https:") and target.scheme != "https":
                raise AddressRefused("A redirect to an address without TLS is not followed.")
            headers = headers if _origin(target) == _origin(httpx.URL(url)) else {}
            url = str(target)
        raise reply.unexpected("a redirect, which is not followed")

    async def _once(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        self.guard.check_url(url)
        request_id, sent, started = uuid.uuid4().hex, _Sent(self._traced), Sources.clock.monotonic()
        request = self._request(method, url, body, {**headers, "X-Request-Id": request_id}, sent)
        try:
            reply = await self._answered(request, sent, request_id)
        except ErpError as error:
            await self._note_failure(request, error, Sources.clock.monotonic() - started)
            raise
        await self._note_answer(request, reply, Sources.clock.monotonic() - started)
        if reply.status >= 500 or reply.status in _PASSING:
            raise ErpUnavailable(_words(reply), retry_after=_asked(reply), request_id=reply.request_id)
        return reply

    async def _answered(self, request: httpx.Request, sent: _Sent, request_id: str) -> Reply:
        whole = self._limits.whole if request.method in _SAFE else self._limits.whole_write
        async with _translated(sent, request_id):
            async with asyncio.timeout(whole):
                return await self._exchange(request, request_id)

    async def _note_answer(self, request: httpx.Request, reply: Reply, took: float) -> None:
        _log.debug("erp_call", method=request.method, host=request.url.host, path=request.url.path,
                   status=reply.status, ms=round(took * 1000), request_id=reply.request_id)  # fmt: skip
        if reply.status != 401:  # whether a sign-in is refused for good is known when it was renewed
            heard = Heard(_verdict(reply.status), reply.headers, _asked(reply), took, _words(reply))
            await self._traffic.heard(heard)

    async def _note_failure(self, request: httpx.Request, error: ErpError, took: float) -> None:
        _log.info("erp_call_failed", method=request.method, host=request.url.host, path=request.url.path,
                  error=error.message, ms=round(took * 1000), request_id=error.request_id)  # fmt: skip
        if isinstance(error, AddressRefused):
            return  # the other side has no part in it
        verdict = Verdict.FAILED if isinstance(error, ErpUnavailable) else Verdict.FINE
        await self._traffic.heard(Heard(verdict, {}, took=took, words=error.message))

    def _request(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], sent: _Sent
    ) -> httpx.Request:
        limits = self._limits
        read = limits.read if method in _SAFE else max(limits.read, limits.whole_write)
        timeout = httpx.Timeout(read, connect=limits.connect, pool=limits.connect)
        extensions: dict[str, Any] = {"timeout": timeout.as_dict()}
        if self._traced:
            extensions["trace"] = sent
        if not all(value.isascii() and value.isprintable() for value in headers.values()):
            raise ErpUnavailable("A header of the request cannot be written.", reached=False)
        return self._http.build_request(method, url, content=body, headers=headers, extensions=extensions)

    async def _exchange(self, request: httpx.Request, request_id: str) -> Reply:
        response = await self._http.send(request, stream=True, follow_redirects=False)
        try:
            stream = response.stream
            assert isinstance(stream, httpx.AsyncByteStream)
            encoding = response.headers.get("content-encoding", "")
            # The stream itself: httpx's decoded iterator unfolds a bomb before it can be counted.
            body = await read_body(stream, encoding, self._limits.body)
        finally:
            await response.aclose()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, headers, body, headers.get("x-request-id", request_id)[:100])


def _own_traffic(limits: Limits) -> Traffic:
    """For a client that was given none: it keeps what answers tell it, and counts no windows."""
    return alone(Rules(BudgetRules(limited_first=limits.backoff, limited_most=limits.patience)))


def _verdict(status: int) -> Verdict:
    if status == _LIMITED:
        return Verdict.LIMITED
    return Verdict.FAILED if status >= 500 or status in _PASSING else Verdict.FINE


def _asked(reply: Reply) -> float | None:
    if reply.status < 500 and reply.status not in _PASSING:
        return None
    return wait_asked_for(reply.headers, now(), limited=reply.status == _LIMITED)


def _words(reply: Reply) -> str:
    return f"The other system answers {reply.status}."


def _joined(url: str, reply: Reply) -> str:
    try:
        return str(httpx.URL(url).join(reply.headers["location"]))
    except httpx.InvalidURL as error:
        raise reply.unexpected("a redirect that cannot be read") from error


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


@asynccontextmanager
async def _translated(sent: _Sent, request_id: str) -> AsyncIterator[None]:
    """Turn what httpx raises into what the hub knows; `reached` is false only where no byte can have left."""
    try:
        yield
    except ErpError as error:
        error.request_id = error.request_id or request_id
        raise
    except _NEVER_LEFT as error:
        raise ErpUnavailable("No connection could be made.", reached=False, request_id=request_id) from error
    except (TimeoutError, httpx.TimeoutException) as error:
        text = "The other system took too long."
        raise ErpUnavailable(text, reached=sent.left, request_id=request_id) from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
        text = "The request could not be formed."
        raise ErpUnavailable(text, reached=sent.left, request_id=request_id) from error
    except httpx.HTTPError as error:
        text = "The connection broke."
        raise ErpUnavailable(text, reached=sent.left, request_id=request_id) from error
