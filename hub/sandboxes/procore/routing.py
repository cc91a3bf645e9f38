"""Turns declared resources into routes, one per path, with Procore's own answer to a wrong method."""

from collections.abc import Awaitable, Callable, Iterable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from hub.sandboxes.procore.call import Operation, Sandbox, endpoint
from hub.sandboxes.procore.operations import Operations
from hub.sandboxes.procore.problem import Problem, not_found
from hub.sandboxes.procore.resource import Resource, by_kind
from hub.sandboxes.procore.sync import Sync

Methods = Mapping[str, Operation]
Table = dict[str, dict[str, Operation]]  # path -> method -> operation


def table(resources: Iterable[Resource], others: Mapping[str, Methods]) -> Table:
    """Every path with its operations. A path with a fixed last part stands before one with an id there."""
    known = by_kind(resources)
    paths: Table = {path: dict(methods) for path, methods in others.items()}
    for resource in resources:
        parent = known.get(resource.scope.kind) if resource.is_part else None
        for path, methods in _paths(Operations(resource, parent)).items():
            paths[path] = methods | paths.get(path, {})
    return dict(sorted(paths.items(), key=lambda item: item[0].rsplit("/", 1)[-1].startswith("{")))


def _paths(operations: Operations) -> Table:
    path, offered = operations.resource.path, operations.resource.operations
    every: dict[str, tuple[str, str, Operation]] = {
        "list": (path, "GET", operations.index),
        "create": (path, "POST", operations.create),
        "sync": (f"{path}/sync", "PATCH", Sync(operations)),
        "sync_known": (f"{path}/sync", "PATCH", Sync(operations, creates=False)),
        "show": (f"{path}/{{id}}", "GET", operations.show),
        "update": (f"{path}/{{id}}", "PATCH", operations.update),
        "replace": (f"{path}/{{id}}", "PUT", operations.update),
        "delete": (f"{path}/{{id}}", "DELETE", operations.delete),
    }
    found: Table = {}
    for name in offered:
        target, method, operation = every[name]
        found.setdefault(target, {})[method] = operation
    return found


def routes(sandbox: Sandbox, paths: Table) -> list[Route]:
    made = [Route(path, _Dispatch(sandbox, methods)) for path, methods in paths.items()]
    return [*made, Route("/rest/{rest:path}", _Nothing())]


class _Dispatch:
    """An ASGI endpoint would skip Starlette's own method check; this one answers it Procore's way."""

    def __init__(self, sandbox: Sandbox, methods: Methods) -> None:
        self._allowed = ", ".join(sorted(methods))
        self._endpoints: dict[str, Callable[[Request], Awaitable[Response]]] = {
            method: endpoint(sandbox, operation) for method, operation in methods.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        handle = self._endpoints.get(scope["method"])
        if handle is None:
            raise Problem(405, None, {"Allow": self._allowed})
        response = await handle(Request(scope, receive))
        await response(scope, receive, send)


class _Nothing:
    async def __call__(self, _scope: Scope, _receive: Receive, _send: Send) -> None:
        raise not_found()
