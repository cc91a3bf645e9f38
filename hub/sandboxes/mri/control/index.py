"""What can be asked of the control interface: every route, one line about it, and a body to try."""

from collections.abc import Iterator, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from hub.sandboxes.mri.control.action import Action

_PREFIX = "/__control"

# The routes that every sandbox has.
_COMMON = {
    "GET /__control/health": "Whether the sandbox is there, and its time.",
    "GET /__control/requests": "The request log; filters method, path, api, outcome, fault, status, after.",
    "DELETE /__control/requests": "Forgets the request log.",
    "GET /__control/faults": "The faults in force.",
    "POST /__control/faults": "Scripts a fault: which requests, from the nth on, how often, and what happens.",
    "DELETE /__control/faults": "Ends all faults.",
    "GET /__control/clock": "The sandbox's time, in UTC.",
    "POST /__control/clock": "Moves the clock by advance_seconds, back with a negative number.",
    "POST /__control/reset": "Back to the seed: rows, clock, log, faults and set-up.",
}
_EXAMPLES: dict[str, Mapping[str, object]] = {
    "POST /__control/faults": {
        "fault": "drop_after",
        "match": {"api": "MRI_S-PMJC_Contracts", "method": "POST"},
        "nth": 1,
        "times": 1,
    },
    "POST /__control/clock": {"advance_seconds": 3600},
    "POST /__control/reset": {},
}


class Index:
    def __init__(self, actions: tuple[Action, ...]) -> None:
        posts = {f"POST {_PREFIX}/{action.path}": action for action in actions}
        self._words = {**_COMMON, **{name: action.tells for name, action in posts.items()}}
        self._examples: dict[str, Mapping[str, object]] = {
            **_EXAMPLES,
            **{name: action.example for name, action in posts.items()},
        }

    async def show(self, request: Request) -> Response:
        """This list."""
        return JSONResponse({"routes": list(self._lines(request.app.routes))})

    def _lines(self, routes: list[BaseRoute]) -> Iterator[dict[str, Any]]:
        for route in routes:
            if not isinstance(route, Route) or not route.path.startswith(_PREFIX):
                continue
            for method in sorted((route.methods or {"GET"}) - {"HEAD"}):
                yield self._line(f"{method} {route.path}", route)

    def _line(self, name: str, route: Route) -> dict[str, Any]:
        described = (route.endpoint.__doc__ or "").strip().partition("\n")[0]
        words = self._words.get(name) or described or route.name.replace("_", " ")
        example = self._examples.get(name)
        return {"route": name, "tells": words} | ({} if example is None else {"example": example})
