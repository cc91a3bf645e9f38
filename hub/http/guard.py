"""Where the hub may connect to: checked when an address is saved, at every connect and at every redirect."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Collection, Iterable

import httpcore
from httpx import URL, InvalidURL

from hub.errors import ErpUnavailable
from hub.http.addresses import CLOSED_PORTS, is_public, literal

Resolver = Callable[[str, int], Awaitable[list[str]]]
_PORTS = {"http": 80, "https": 443}
_LAST_PORT = 65535
_CLOSED_NAMES = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa")


class AddressRefused(ErpUnavailable):
    """This address is not one the hub may connect to. Nothing was sent."""

    def __init__(self, message: str) -> None:
        super().__init__(message, reached=False)


class AddressGuard:
    """Refuses loopback, private, link-local, metadata and other inner targets.

    `allowed` holds `host:port` pairs an operator opened; they pass unchecked (the sandboxes on loopback)."""

    def __init__(self, allowed: Collection[str] = (), *, resolver: Resolver | None = None) -> None:
        self._allowed = frozenset(entry.lower() for entry in allowed)
        self._resolve = resolver or _resolve

    def check_url(self, text: str) -> URL:
        """Check what can be known without a name server; returns the parsed address."""
        try:
            url = URL(text)
            host = url.host  # a name in its own letters may be none
        except (InvalidURL, UnicodeError) as error:
            raise AddressRefused("The address cannot be read.") from error
        if url.scheme not in _PORTS or not host:
            raise AddressRefused("Only http and https addresses with a host are accepted.")
        if url.userinfo:
            raise AddressRefused("An address must not carry a user name or password.")
        self._check_host(host.lower(), port_of(url))
        if url.scheme == "http" and not self._is_open(url.host.lower(), port_of(url)):
            raise AddressRefused("Nothing leaves in clear: use https, or have an operator open the host.")
        return url

    async def check(self, text: str) -> None:
        """Check as `check_url` does, and every address the host name stands for now."""
        url = self.check_url(text)
        await self.addresses(url.host, port_of(url))

    async def addresses(self, host: str, port: int) -> list[str]:
        """Resolve once and return addresses to connect to. One forbidden address refuses them all."""
        if not self._is_open(host.lower(), port):
            self._check_host(host.lower(), port)
        known = literal(host)
        found = [str(known)] if known is not None else await self._resolve(host, port)
        if not self._is_open(host.lower(), port):
            self._check_found(found)
        return found

    def _is_open(self, host: str, port: int) -> bool:
        return f"{host}:{port}" in self._allowed

    def _check_host(self, host: str, port: int) -> None:
        if self._is_open(host, port):
            return
        if port in CLOSED_PORTS or port > _LAST_PORT:
            raise AddressRefused(f"Port {port} is not accepted.")
        name = host.rstrip(".")
        if name == "localhost" or name.endswith(_CLOSED_NAMES[1:]):
            raise AddressRefused("The host name is reserved for inner networks.")
        known = literal(host)
        if known is not None and not is_public(known):
            raise AddressRefused("The address is not a public one, and HUB_ALLOWED_HOSTS does not name it.")

    @staticmethod
    def _check_found(found: Iterable[str]) -> None:
        known = [literal(text) for text in found]
        if not known or not all(address is not None and is_public(address) for address in known):
            raise AddressRefused(
                "The host name stands for an address that is not a public one, and HUB_ALLOWED_HOSTS does not name it."
            )


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects to the addresses the guard returned, so a name cannot mean something else a moment later.

    TLS still checks the certificate against the host name: httpcore takes it from the request."""

    def __init__(self, guard: AddressGuard) -> None:
        self._guard, self._inner = guard, httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            found = await asyncio.wait_for(self._guard.addresses(host, port), timeout)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("The host name was not resolved in time.") from error
        except OSError as error:
            raise httpcore.ConnectError("The host name cannot be resolved.") from error
        return await self._first(found, port, timeout, local_address, socket_options)

    async def _first(
        self,
        found: list[str],
        port: int,
        timeout: float | None,
        local_address: str | None,
        options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> httpcore.AsyncNetworkStream:
        last: Exception = httpcore.ConnectError("The host has no address.")
        for address in found[:4]:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last

    async def connect_unix_socket(
        self,
        path: str,  # noqa: ARG002
        timeout: float | None = None,  # noqa: ARG002
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        raise AddressRefused("Sockets of this machine are not accepted.")

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


def port_of(url: URL) -> int:
    return _PORTS[url.scheme] if url.port is None else url.port


async def _resolve(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
