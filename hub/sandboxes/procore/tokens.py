"""OAuth 2.0 client credentials: who may have a token, and how long it is good on the sandbox's clock."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.sandboxes.kit import Bench
from hub.sandboxes.procore.problem import Problem, unauthorized

_KIND = "token"


@dataclass(frozen=True, slots=True)
class Client:
    """An application registered with Procore; `user_id` is its service account in the directory."""

    id: str
    secret: str
    user_id: int
    name: str


CLIENTS: Mapping[str, Client] = {
    client.id: client
    for client in (
        Client("hub-sandbox", "hub-sandbox-secret", 9_007_199_254_740_995, "ERP Integration Hub"),
        Client("people-sandbox", "people-sandbox-secret", 598_134_004_000_901, "Simulated people"),
    )
}


class Tokens:
    """Kept in the store, so that a token outlives a restart of the sandbox."""

    def __init__(self, bench: Bench, seconds: int) -> None:
        self._store = bench.store
        self._clock = bench.clock
        self._seconds = seconds

    def grant(self, form: Mapping[str, str]) -> dict[str, object]:
        grant_type = form.get("grant_type")
        if not grant_type:
            raise _refusal(400, "invalid_request", "grant_type is missing.")
        if grant_type != "client_credentials":
            raise _refusal(400, "unsupported_grant_type", "Only client_credentials is granted here.")
        client = _authenticated(form)
        token, created = f"sbx.{secrets.token_urlsafe(32)}", int(self._now())
        self._store.put(_KIND, token, {"client": client.id, "created_at": created})
        return {
            "access_token": token,
            "token_type": "bearer",
            "expires_in": self._seconds,
            "created_at": created,
        }

    def revoke(self, form: Mapping[str, str]) -> None:
        """An unknown token is no error, a wrong secret is."""
        _authenticated(form)
        self._store.delete(_KIND, form.get("token", ""))

    def check(self, request: Request) -> tuple[Client, int, int]:
        """The client behind the bearer, when its token was made, and the seconds it has left."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        kept = self._store.get(_KIND, token) if scheme.lower() == "bearer" and token else None
        if kept is None:
            raise unauthorized("The access token is invalid.")
        left = kept["created_at"] + self._seconds - int(self._now())
        if left <= 0:
            raise unauthorized("The access token expired.")
        return CLIENTS[kept["client"]], kept["created_at"], left

    def _now(self) -> float:
        return self._clock.now().timestamp()


class TokenEndpoints:
    """`/oauth/token`, `/oauth/token/info` and `/oauth/revoke`."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    async def grant(self, request: Request) -> Response:
        return JSONResponse(self._tokens.grant(await _form(request)))

    async def revoke(self, request: Request) -> Response:
        self._tokens.revoke(await _form(request))
        return JSONResponse({})

    async def info(self, request: Request) -> Response:
        client, created, left = self._tokens.check(request)
        body = {"resource_owner_id": client.user_id, "scopes": [], "expires_in_seconds": left}
        return JSONResponse(body | {"application": {"uid": client.id}, "created_at": created})


def _authenticated(form: Mapping[str, str]) -> Client:
    client = CLIENTS.get(form.get("client_id", ""))
    if client is None or not secrets.compare_digest(
        client.secret.encode(), form.get("client_secret", "").encode()
    ):
        raise _refusal(401, "invalid_client", "Client authentication failed.")
    return client


def _refusal(status: int, code: str, text: str) -> Problem:
    return Problem(status, {"error": code, "error_description": text})


async def _form(request: Request) -> Mapping[str, str]:
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise _refusal(400, "invalid_request", "The fields are to be sent as a form.")
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
