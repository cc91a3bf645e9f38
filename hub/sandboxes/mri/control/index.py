"""What can be asked of the control interface: a line for every route, from its handler's docstring."""

import inspect

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route


async def list_routes(request: Request) -> Response:
    """This list."""
    lines = [line for route in request.app.routes for line in _described(route)]
    return JSONResponse({"sandbox": "mri", "routes": lines})


def _described(route: BaseRoute) -> list[str]:
    if not isinstance(route, Route) or not route.path.startswith("/__control"):
        return []
    does = (inspect.getdoc(route.endpoint) or route.name.replace("_", " ")).partition("\n")[0]
    return [f"{method} {route.path}: {does}" for method in sorted((route.methods or {"GET"}) - {"HEAD"})]
