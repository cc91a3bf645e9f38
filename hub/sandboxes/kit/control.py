"""The control interface that every sandbox has under `/__control`, away from the vendor's paths."""

import inspect
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from hub.sandboxes.kit.bench import Bench
from hub.sandboxes.kit.scripts import InvalidFaultError
from hub.sandboxes.kit.store import Document

Reset = Callable[[], None]
_FILTERS = ("method", "path", "api", "outcome", "fault", "status")


class _NotAnObjectError(ValueError):
    pass


def bad_request(code: str, message: str, status: int = 400) -> JSONResponse:
    """The one shape of an error of the control interface."""
    return JSONResponse({"error": {"code": code, "message": message}}, status_code=status)


async def read_json_object(request: Request) -> Document:
    """The body as an object, no body as an empty one; a ValueError with words for people otherwise."""
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise _NotAnObjectError(f"the body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise _NotAnObjectError("the body must be a JSON object")
    return body


class Control:
    """Requests, faults, clock, health and reset; a sandbox adds routes of its own beside them.

    The first line of a handler's docstring is what the list of routes says about it."""

    def __init__(self, bench: Bench, name: str, reset: Reset) -> None:
        self._bench = bench
        self._name = name
        self._reset = reset

    def routes(self) -> list[Route]:
        return [
            Route("/__control", self.list_routes, methods=["GET"]),
            Route("/__control/health", self.health, methods=["GET"]),
            Route("/__control/requests", self.requests, methods=["GET"]),
            Route("/__control/requests", self.forget_requests, methods=["DELETE"]),
            Route("/__control/faults", self.list_faults, methods=["GET"]),
            Route("/__control/faults", self.add_fault, methods=["POST"]),
            Route("/__control/faults", self.clear_faults, methods=["DELETE"]),
            Route("/__control/late", self.let_late_ones_arrive, methods=["POST"]),
            Route("/__control/clock", self.tell_time, methods=["GET"]),
            Route("/__control/clock", self.move_clock, methods=["POST"]),
            Route("/__control/reset", self.reset, methods=["POST"]),
        ]

    async def list_routes(self, request: Request) -> Response:
        """This list."""
        listed = [line for route in request.app.routes for line in _described(route)]
        return JSONResponse({"sandbox": self._name, "routes": listed})

    async def health(self, _request: Request) -> Response:
        """Which sandbox this is, that it is up, and its time."""
        return JSONResponse({"sandbox": self._name, "status": "ok", "now": self._now()})

    async def requests(self, request: Request) -> Response:
        """The log. Filters `method`, `path`, `api`, `outcome`, `fault`, `status`; `after=<seq>` for the newer ones."""
        after = request.query_params.get("after", "0")
        if not after.isdecimal():
            return bad_request("BAD_AFTER", "after must be a sequence number")
        wanted = {name: value for name, value in request.query_params.items() if name in _FILTERS}
        entries = self._bench.log.entries(wanted, after=int(after))
        return JSONResponse({"count": len(entries), "requests": [asdict(entry) for entry in entries]})

    async def forget_requests(self, _request: Request) -> Response:
        """Empty the log."""
        self._bench.log.clear()
        return Response(status_code=204)

    async def list_faults(self, _request: Request) -> Response:
        """The faults in force, with how many requests each has seen and struck."""
        return JSONResponse({"faults": [asdict(fault) for fault in self._bench.faults.all()]})

    async def add_fault(self, request: Request) -> Response:
        """`{fault, match, nth, times, params}`: put a fault in force."""
        try:
            fault = self._bench.faults.add(await read_json_object(request))
        except (InvalidFaultError, _NotAnObjectError) as error:
            return bad_request("BAD_FAULT", str(error))
        return JSONResponse(asdict(fault), status_code=201)

    async def clear_faults(self, _request: Request) -> Response:
        """Take all faults away."""
        self._bench.faults.clear()
        return Response(status_code=204)

    async def let_late_ones_arrive(self, _request: Request) -> Response:
        """Let requests that a fault holds back as late arrive now; gives their number."""
        return JSONResponse({"arriving": self._bench.late.let_arrive(self._bench.clock.now())})

    async def tell_time(self, _request: Request) -> Response:
        """The sandbox's time and how far it is moved."""
        return JSONResponse({"now": self._now(), "offset_seconds": self._bench.clock.offset_seconds})

    async def move_clock(self, request: Request) -> Response:
        """`{advance_seconds}`: move the sandbox's time."""
        try:
            seconds: Any = (await read_json_object(request)).get("advance_seconds")
        except _NotAnObjectError as error:
            return bad_request("BAD_CLOCK", str(error))
        if not isinstance(seconds, int | float) or isinstance(seconds, bool) or abs(seconds) > 10**9:
            return bad_request("BAD_CLOCK", "advance_seconds must be a number of at most a thousand million")
        self._bench.clock.advance(seconds)
        return await self.tell_time(request)

    async def reset(self, _request: Request) -> Response:
        """Back to the seed: documents, time, log and faults."""
        # In one transaction, so that a reader never meets a half empty sandbox.
        with self._bench.store.transaction():
            self._bench.reset()
            self._reset()
        return JSONResponse({"status": "reset"})

    def _now(self) -> str:
        return self._bench.clock.now().isoformat()


async def _no_such_control(request: Request) -> Response:
    text = f"there is no {request.method} {request.url.path}; GET /__control lists what there is"
    return bad_request("NOT_FOUND", text, status=404)


# Behind all controls: for what is none of them.
NO_SUCH_CONTROL = Route(
    "/__control/{rest:path}", _no_such_control, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]
)


def _described(route: BaseRoute) -> list[str]:
    """`POST /__control/clock: what it does`, one line per method of a control route."""
    if not isinstance(route, Route) or not route.path.startswith("/__control") or route is NO_SUCH_CONTROL:
        return []
    does = (inspect.getdoc(route.endpoint) or "").partition("\n")[0]
    return [f"{method} {route.path}: {does}" for method in sorted((route.methods or set()) - {"HEAD"})]


def control_routes(bench: Bench, name: str, reset: Reset) -> list[Route]:
    """`reset` is called on an emptied bench and seeds it anew."""
    return Control(bench, name, reset).routes()
