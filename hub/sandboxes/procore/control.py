"""This sandbox's own control routes: the cast, what people press in Procore, what the app may reach."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.sandboxes.kit import bad_request, read_json_object
from hub.sandboxes.procore.call import Sandbox, answer
from hub.sandboxes.procore.caller import CLIENTS
from hub.sandboxes.procore.erp_requests import export
from hub.sandboxes.procore.problem import Problem
from hub.sandboxes.procore.records import id_of
from hub.sandboxes.world import Commitment, World


def control_routes(sandbox: Sandbox, world: World) -> list[Route]:
    control = Control(sandbox, world)
    return [
        Route("/__control/world", control.cast, methods=["GET"]),
        Route("/__control/erp/export", _answered(control.export), methods=["POST"]),
        Route("/__control/access", _answered(control.set_access), methods=["POST"]),
    ]


class Control:
    def __init__(self, sandbox: Sandbox, world: World) -> None:
        self._sandbox = sandbox
        self._world = world

    async def cast(self, _request: Request) -> Response:
        return answer(describe(self._world))

    async def export(self, request: Request) -> Response:
        """`{item_type, item_id, user_id}`: the user presses "Send to ERP" on the item."""
        body = await read_json_object(request)
        item_id, user_id = _whole(body, "item_id"), _whole(body, "user_id")
        with self._sandbox.bench.store.transaction():
            company_id = self._world.company.procore_id
            detail = export(self._sandbox.records, company_id, str(body.get("item_type")), item_id, user_id)
        return answer(detail, 201)

    async def set_access(self, request: Request) -> Response:
        """`{connected, permitted_projects}`: what the installing administrator lets the application reach."""
        body = await read_json_object(request)
        connected, projects = body.get("connected", True), body.get("permitted_projects")
        if not isinstance(connected, bool) or not (projects is None or _are_ids(projects)):
            raise ValueError("connected must be true or false, permitted_projects a list of ids or null")
        self._sandbox.access.set(connected=connected, projects=projects)
        return answer({"connected": connected, "permitted_projects": projects})


def _answered(handle: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Refusals in the control interface's one shape of an error."""

    async def run(request: Request) -> Response:
        try:
            return await handle(request)
        except Problem as problem:
            return bad_request("REFUSED", str(problem.body["errors"]), problem.status)
        except ValueError as error:
            return bad_request("BAD_REQUEST", str(error))

    return run


def _whole(body: dict[str, Any], name: str) -> int:
    found = id_of(body.get(name))
    if found is None:
        raise ValueError(f"{name} must be the id of something")
    return found


def _are_ids(value: Any) -> bool:
    return isinstance(value, list) and all(type(found) is int for found in value)


def describe(world: World) -> dict[str, Any]:
    """Where to find things in a freshly seeded sandbox."""
    return {
        "seed": world.seed,
        "company": {"id": world.company.procore_id, "name": world.company.name},
        "standard_cost_code_list_id": world.company.cost_code_list_id,
        "clients": list(CLIENTS),
        "users": {
            person.role: {"id": person.procore_id, "name": person.name, "email": person.email}
            for person in world.people
            if person.role
        },
        "projects": [
            {"id": job.procore_id, "job_code": job.code, "name": job.name, "linked": job.linked}
            for job in world.jobs
            if job.procore_id
        ],
        "contracts": [_contract(commitment) for commitment in world.commitments],
        "vendors": {
            "linked": [vendor.procore_id for vendor in world.vendors if vendor.linked],
            "unlinked": [
                vendor.procore_id for vendor in world.vendors if not vendor.linked and vendor.procore_id
            ],
        },
    }


def _contract(commitment: Commitment) -> dict[str, Any]:
    return {
        "id": commitment.procore_id,
        "kind": commitment.kind,
        "project_id": commitment.project_id,
        "job_code": commitment.job_code,
        "number": commitment.number,
        "total": str(commitment.total),
        "broken": list(commitment.broken),
        "traits": list(commitment.traits),
    }
