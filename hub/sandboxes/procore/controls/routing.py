"""How a control is declared."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.sandboxes.kit import Store, bad_request, read_json_object
from hub.sandboxes.procore.call import answer
from hub.sandboxes.procore.caller import CALLER
from hub.sandboxes.procore.problem import Problem
from hub.sandboxes.procore.records import id_of

Body = dict[str, Any]
Handle = Callable[[Body], Any | Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Control:
    """`does` is its line in the list; `handle` takes the body, and gives the content of the answer."""

    method: str
    path: str
    does: str
    handle: Handle
    status: int = 200

    def route(self, store: Store) -> Route:
        async def run(request: Request) -> Response:
            CALLER.set(None)
            try:
                body = await read_json_object(request)
                with store.transaction():
                    content = self.handle(body)
                return answer(await content if isawaitable(content) else content, self.status)
            except Problem as problem:
                return bad_request("REFUSED", _words(problem.body), problem.status)
            except ValueError as error:
                return bad_request("BAD_REQUEST", str(error))

        run.__doc__ = self.does
        return Route(self.path, run, methods=[self.method])


def control_routes(store: Store, controls: Iterable[Control]) -> list[Route]:
    return [one.route(store) for one in controls]


def whole(body: Body, name: str) -> int:
    found = id_of(body.get(name))
    if found is None:
        raise ValueError(f"{name} must be the id of something")
    return found


def _words(body: Any) -> str:
    if isinstance(body, dict):
        return str(body.get("errors") or body.get("error_description") or body)
    return "refused"
