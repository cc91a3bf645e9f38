"""Puts a sandbox together: the vendor's routes behind log and faults, the control interface beside them."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from hub.sandboxes.kit.bench import Bench
from hub.sandboxes.kit.control import NO_SUCH_CONTROL, Reset, control_routes
from hub.sandboxes.kit.middleware import ApiOf, SandboxMiddleware

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


class _Sandbox(Starlette):
    """Starlette keeps its error middleware outermost; here the sandbox middleware stands before that one."""

    def __init__(
        self,
        bench: Bench,
        api_of: ApiOf | None,
        routes: Sequence[BaseRoute],
        middleware: Sequence[Middleware],
        lifespan: Lifespan,
    ) -> None:
        super().__init__(routes=routes, middleware=middleware, lifespan=lifespan)
        self.state.bench = bench
        self._api_of = api_of

    def build_middleware_stack(self) -> ASGIApp:
        bench: Bench = self.state.bench
        inner = super().build_middleware_stack()
        return SandboxMiddleware(inner, bench=bench, api_of=self._api_of)


def build_app(
    bench: Bench,
    routes: Sequence[BaseRoute],
    *,
    name: str,
    reset: Reset,
    control: Sequence[BaseRoute] = (),
    api_of: ApiOf | None = None,
    middleware: Sequence[Middleware] = (),
    lifespan: Lifespan | None = None,
) -> Starlette:
    """`control` are the sandbox's own control routes; `reset` seeds an emptied bench (`app.state.bench`).

    An answer leaves when its handler is wholly done, so work that shall outlive the answer (a webhook)
    belongs in a task started by `lifespan`, not in a background task of the response. Handlers are
    `async def`: the store belongs to the event loop's thread.
    """
    all_routes = [*control_routes(bench, name, reset), *control, NO_SUCH_CONTROL, *routes]
    return _Sandbox(bench, api_of, all_routes, middleware, _closing_store(bench, lifespan))


def _closing_store(bench: Bench, lifespan: Lifespan | None) -> Lifespan:
    @asynccontextmanager
    async def run(app: Starlette) -> AsyncIterator[None]:
        try:
            if lifespan is None:
                yield
            else:
                async with lifespan(app):
                    yield
        finally:
            bench.store.close()

    return run
