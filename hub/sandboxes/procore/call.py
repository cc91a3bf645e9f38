"""One request as the operations see it: its body, its scope, and the sandbox behind it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hub.sandboxes.kit import Bench
from hub.sandboxes.procore.access import Access
from hub.sandboxes.procore.caller import Client
from hub.sandboxes.procore.drift import Drift
from hub.sandboxes.procore.jsontext import dumps, loads
from hub.sandboxes.procore.problem import Problem, bad_request, forbidden, not_found
from hub.sandboxes.procore.records import Records, id_of
from hub.sandboxes.procore.resource import COMPANY, PROJECT, Scope
from hub.sandboxes.procore.settings import Live, Settings


@dataclass(frozen=True, slots=True)
class Sandbox:
    """What every operation works on."""

    bench: Bench
    records: Records
    live: Live
    access: Access
    drift: Drift
    rng: Random

    @property
    def settings(self) -> Settings:
        return self.live.now


@dataclass(frozen=True, slots=True)
class Call:
    sandbox: Sandbox
    request: Request
    body: Any
    named: Mapping[str, Any] = field(default_factory=dict)  # parameters that stand in for the request's own

    @property
    def client(self) -> Client:
        client: Client = self.request.scope["procore.client"]
        return client

    @property
    def records(self) -> Records:
        return self.sandbox.records

    @property
    def company_id(self) -> int:
        return int(self.request.headers["procore-company-id"])

    @property
    def fields(self) -> dict[str, Any]:
        """The body, which must be an object."""
        if not isinstance(self.body, dict):
            raise bad_request("The body must be a JSON object")
        return self.body

    def path_id(self, name: str = "id") -> int:
        found = id_of(self.named.get(name, self.request.path_params.get(name)))
        if found is None:
            raise not_found()
        return found

    def parameter(self, name: str) -> Any:
        """From the path, the query or the body, in this order."""
        if name in self.named:
            return self.named[name]
        if name in self.request.path_params:
            return self.request.path_params[name]
        if name in self.request.query_params:
            return self.request.query_params[name]
        return self.body.get(name) if isinstance(self.body, dict) else None

    def scope_id(self, scope: Scope, *, named: bool = True) -> int:
        """The id of the thing that the scope names, which must exist and be open to the caller.

        A request that is not `named` has an object's id in its path and may leave the company to the header.
        """
        given = self.parameter(scope.parameter)
        if given is None and scope == COMPANY and not named:
            return self.company_id
        if given is None:
            raise bad_request(f"{scope.parameter} is required")
        found = id_of(given)
        if found is None:
            raise bad_request(f"{scope.parameter} must be a number")
        return self._checked(scope, found)

    def _checked(self, scope: Scope, found: int) -> int:
        if scope == COMPANY:
            if found != self.company_id:
                raise forbidden("The company is not the one of the Procore-Company-Id header")
            return found
        record = next(filter(None, (self.records.get(kind, found) for kind in scope.kinds)), None)
        if record is None or record.get("deleted_at"):
            raise not_found()
        project_id = found if scope == PROJECT else record.get("project_id")
        self.check_project(project_id)
        named = None if scope == PROJECT or project_id is None else self.parameter("project_id")
        if named is not None and str(named) != str(project_id):
            raise not_found()
        return found

    def check_company_of_path(self) -> None:
        if "company_id" in self.request.path_params:
            self.scope_id(COMPANY)

    def check_project(self, project_id: int | None) -> None:
        """A service account sees only the projects that the installing administrator permitted,
        a person besides only those of which they are a member."""
        if project_id is not None and not self.may_see(project_id):
            raise forbidden("The application is not permitted on this project")

    def may_see(self, project_id: int) -> bool:
        if not self.sandbox.access.permits(project_id):
            return False
        return (
            not self.client.is_person
            or self.records.get("project_user", self.client.user_id, project_id) is not None
        )


Operation = Callable[[Call], Response]


def endpoint(sandbox: Sandbox, operation: Operation) -> Callable[[Request], Awaitable[Response]]:
    """Runs an operation as one transaction: a refusal leaves nothing behind."""

    async def handle(request: Request) -> Response:
        call = Call(sandbox, request, _parsed(await request.body()))
        call.check_company_of_path()
        with sandbox.bench.store.transaction():
            return operation(call)

    return handle


def answer(content: Any, status: int = 200, headers: Any = None) -> Response:
    """No content is an empty body, not the word null."""
    body = b"" if content is None else dumps(content)
    return Response(body, status_code=status, headers=headers, media_type="application/json")


def _parsed(body: bytes) -> Any:
    try:
        return loads(body) if body else None
    except ValueError:
        raise Problem(400, {"error": {"message": "The body is not valid JSON"}}) from None
