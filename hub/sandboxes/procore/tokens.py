"""OAuth 2.0: which grants give a token, and how long it is good on the sandbox's clock."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.sandboxes.kit import Bench
from hub.sandboxes.procore.caller import CLIENTS, Client
from hub.sandboxes.procore.problem import Problem, unauthorized
from hub.sandboxes.procore.settings import Live

_TOKEN, _CODE, _REFRESH = "token", "oauth_code", "refresh_token"
Form = Mapping[str, str]


class Tokens:
    """Kept in the store, so that a token outlives a restart of the sandbox."""

    def __init__(self, bench: Bench, live: Live) -> None:
        self._store = bench.store
        self._clock = bench.clock
        self._live = live
        self._grants: Mapping[str, Callable[[Client, Form], Mapping[str, Any]]] = {
            "client_credentials": self._for_the_service_account,
            "authorization_code": self._for_a_code,
            "refresh_token": self._for_a_refresh_token,
        }

    def grant(self, form: Form) -> Mapping[str, Any]:
        grant_type = form.get("grant_type")
        if not grant_type:
            raise _refusal(400, "invalid_request", "grant_type is missing.")
        if grant_type not in self._grants:
            raise _refusal(400, "unsupported_grant_type", f"{grant_type} is not granted here.")
        return self._grants[grant_type](_authenticated(form), form)

    def code(self, client_id: str, redirect_uri: str, user: Mapping[str, Any]) -> str:
        """A code as it is given when the person lets the application in: good once, for ten minutes."""
        code = f"code.{secrets.token_urlsafe(24)}"
        kept = {"client": client_id, "redirect_uri": redirect_uri, "user": dict(user), "made": self._now()}
        self._store.put(_CODE, code, kept)
        return code

    def revoke(self, form: Form) -> None:
        """An unknown token is no error, a wrong secret is. The token's companion goes with it."""
        _authenticated(form)
        token = form.get("token", "")
        kept = self._store.get(_TOKEN, token) or self._store.get(_REFRESH, token) or {}
        for kind in (_TOKEN, _REFRESH):
            self._store.delete(kind, token)
            self._store.delete(kind, kept.get("companion") or "")

    def check(self, request: Request) -> tuple[Client, int, int]:
        """The client behind the bearer, when its token was made, and the seconds it has left."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        kept = self._store.get(_TOKEN, token) if scheme.lower() == "bearer" and token else None
        if kept is None:
            raise unauthorized("The access token is invalid.")
        left = kept["created_at"] + self._live.now.token_seconds - self._now()
        if left <= 0:
            raise unauthorized("The access token expired.")
        client, user = CLIENTS[kept["client"]], kept.get("user")
        return (client.acting_for(**user) if user else client), kept["created_at"], left

    def _for_the_service_account(self, client: Client, _form: Form) -> Mapping[str, Any]:
        return self._issued(client, None)

    def _for_a_code(self, client: Client, form: Form) -> Mapping[str, Any]:
        kept = self._taken(_CODE, form.get("code", ""))
        late = kept is not None and self._now() - kept["made"] >= self._live.now.code_seconds
        if (
            kept is None
            or late
            or (kept["client"], kept["redirect_uri"])
            != (
                client.id,
                form.get("redirect_uri"),
            )
        ):
            raise _refusal(400, "invalid_grant", "The authorization code is invalid, expired or used.")
        return self._issued(client, kept["user"])

    def _for_a_refresh_token(self, client: Client, form: Form) -> Mapping[str, Any]:
        """The old pair dies here, also when the caller never sees the answer."""
        kept = self._taken(_REFRESH, form.get("refresh_token", ""))
        if kept is None or kept["client"] != client.id:
            raise _refusal(400, "invalid_grant", "The refresh token is invalid, revoked or used.")
        self._store.delete(_TOKEN, kept["companion"])
        return self._issued(client, kept["user"])

    def _taken(self, kind: str, key: str) -> dict[str, Any] | None:
        kept = self._store.get(kind, key)
        self._store.delete(kind, key)
        return kept

    def _issued(self, client: Client, user: Mapping[str, Any] | None) -> Mapping[str, Any]:
        token, created = f"sbx.{secrets.token_urlsafe(32)}", self._now()
        refresh = f"ref.{secrets.token_urlsafe(32)}" if user else None
        kept = {"client": client.id, "created_at": created, "user": user, "companion": refresh}
        self._store.put(_TOKEN, token, kept)
        shown = {
            "access_token": token,
            "token_type": "bearer",
            "expires_in": self._live.now.token_seconds,
            "created_at": created,
        }
        if refresh is None:
            return shown
        self._store.put(_REFRESH, refresh, {"client": client.id, "user": user, "companion": token})
        return shown | {"refresh_token": refresh}

    def _now(self) -> int:
        return int(self._clock.now().timestamp())


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


def _authenticated(form: Form) -> Client:
    client = CLIENTS.get(form.get("client_id", ""))
    if client is None or not secrets.compare_digest(
        client.secret.encode(), form.get("client_secret", "").encode()
    ):
        raise _refusal(401, "invalid_client", "Client authentication failed.")
    return client


def _refusal(status: int, code: str, text: str) -> Problem:
    return Problem(status, {"error": code, "error_description": text})


async def _form(request: Request) -> Form:
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise _refusal(400, "invalid_request", "The fields are to be sent as a form.")
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
