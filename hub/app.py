"""The composition root of the API: opens what the process needs and hangs the routes."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from db.session import ReadPool, WritePool
from hub.access.door import Door
from hub.api import schema
from hub.api.context import Means
from hub.api.engine import Engine
from hub.api.explorer import EXPLORER_ROUTES
from hub.api.http import GraphQLEndpoint
from hub.api.webhooks import WebhookEndpoint
from hub.api.websocket import WebSocketEndpoint
from hub.bell import ArqBell, Bell
from hub.settings import Settings


class _Endpoints:
    """What the routes lead to exists once the application has started."""

    http: GraphQLEndpoint
    websocket: WebSocketEndpoint
    webhooks: WebhookEndpoint


def create_app(settings: Settings, bell: Bell | None = None) -> Starlette:
    """The API as an ASGI application."""
    endpoints = _Endpoints()
    rings: Bell = bell or ArqBell(settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        reads = await ReadPool.open(settings.url_of("app"), settings.read_pool)
        writes = await WritePool.open(settings.url_of("app"), settings.write_pool)
        door = await WritePool.open(settings.url_of("door"), 2)
        back_door = await WritePool.open(
            settings.url_of("door"), 2
        )  # a flood of notices keeps nobody from signing in
        gql, registry = schema.build()
        means = Means(settings, reads, writes, rings)
        engine = Engine(gql, registry, introspection=not settings.production)
        keys = Door(door, settings)
        endpoints.http = GraphQLEndpoint(engine, means, keys)
        endpoints.websocket = WebSocketEndpoint(engine, means, keys)
        endpoints.webhooks = WebhookEndpoint(means, Door(back_door, settings))
        app.state.engine, app.state.means = engine, means
        gc.freeze()  # the schema lives as long as the process: the collector need not walk it again and again
        try:
            yield
        finally:
            await rings.close()
            for pool in (back_door, door, writes, reads):
                await pool.close()

    async def graphql(request: Request) -> Response:
        return await endpoints.http(request)

    async def graphql_socket(socket: WebSocket) -> None:
        await endpoints.websocket(socket)

    async def webhook(request: Request) -> Response:
        return await endpoints.webhooks(request)

    routes = [
        Route("/graphql", graphql, methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
        WebSocketRoute("/graphql", graphql_socket),
        Route("/webhooks/{prefix}", webhook, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
        Route("/health", _health),
        *([] if settings.production else EXPLORER_ROUTES),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


async def _health(_: Request) -> Response:
    return JSONResponse({"alive": True})
