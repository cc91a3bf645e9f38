"""How a control is declared, and the list of all of them at `GET /__control`."""

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

# The controls that every sandbox has.
COMMON = (
    ("GET", "/__control", "this list"),
    ("GET", "/__control/health", "is it up, and what time is it there"),
    (
        "GET",
        "/__control/requests",
        "every request so far; filters method, path, outcome, fault, status, after",
    ),
    ("DELETE", "/__control/requests", "forget them"),
    ("GET", "/__control/faults", "the scripted faults"),
    ("POST", "/__control/faults", "script one: {match: {method, path, contains}, nth, times, fault, params}"),
    ("DELETE", "/__control/faults", "take all of them away"),
    ("GET", "/__control/clock", "the sandbox's time"),
    ("POST", "/__control/clock", "move it: {advance_seconds}"),
    ("POST", "/__control/reset", "back to the seed: objects, tokens, hooks, settings, faults, time"),
)


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
    declared = list(controls)
    rows = [*COMMON, *((one.method, one.path, one.does) for one in declared)]
    listed = [f"{method} {path}: {does}" for method, path, does in rows]
    index = Control("GET", "/__control", "this list", lambda _body: {"sandbox": "procore", "routes": listed})
    return [one.route(store) for one in (index, *declared)]


def whole(body: Body, name: str) -> int:
    found = id_of(body.get(name))
    if found is None:
        raise ValueError(f"{name} must be the id of something")
    return found


def _words(body: Any) -> str:
    if isinstance(body, dict):
        return str(body.get("errors") or body.get("error_description") or body)
    return "refused"
