"""A wire that is listened to: real requests over real sockets, each kept as it left."""

import httpx


class Tapped(httpx.AsyncBaseTransport):
    """`requests` are all that left, in their order."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self._inner = httpx.AsyncHTTPTransport(trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()
