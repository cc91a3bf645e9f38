"""The floor: a route that runs the SQL of one query with fixed parameters and sends what comes. Run as a module, it serves."""

import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from db.session import ReadPool, WritePool
from hub.api import schema
from hub.api.context import Context, Means, Viewer
from hub.api.engine import Engine
from hub.bell import SilentBell
from hub.settings import Settings, settings


def statements(
    given: Settings, asked: list[dict[str, Any]], reads: ReadPool, writes: WritePool
) -> dict[str, tuple[UUID, str, list[Any]]]:
    """By name: account, SQL and parameters, as the hub's own engine plans and binds them."""
    engine = Engine(*schema.build(), introspection=False)
    means = Means(given, reads, writes, SilentBell())
    found = {}
    for ask in asked:
        viewer = Viewer(UUID(ask["account"]), UUID(ask["member"]), bulk=ask["bulk"])
        ready = engine.ready(Context(viewer, means, engine), ask["query"], ask["variables"])
        assert ready is not None, "a shape that is not compiled"
        found[ask["name"]] = (viewer.account_id, ready.sql, list(ready.params))
    return found


def create_app(given: Settings, asked: list[dict[str, Any]]) -> Starlette:
    known: dict[str, tuple[UUID, str, list[Any]]] = {}
    pools: list[ReadPool] = []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        reads = await ReadPool.open(given.url_of("app"), given.read_pool)
        writes = await WritePool.open(given.url_of("app"), 1)
        pools.append(reads)
        known.update(statements(given, asked, reads, writes))
        yield
        await writes.close()
        await reads.close()

    async def answer(request: Request) -> Response:
        account, sql, params = known[request.path_params["name"]]
        async with pools[0].account(account) as connection:
            text: str = await connection.fetchval(sql, *params)
        return Response('{"data":' + text + "}", media_type="application/json")

    async def health(_: Request) -> Response:
        return Response("{}", media_type="application/json")

    return Starlette(
        routes=[Route("/health", health), Route("/{name}", answer, methods=["POST"])], lifespan=lifespan
    )


if __name__ == "__main__":
    app = create_app(settings(), json.loads(os.environ["BENCH_ASKED"]))
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
