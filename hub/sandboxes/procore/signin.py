"""`/oauth/authorize`: the page on which a person lets an application in, here without pressing anything."""

from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hub.sandboxes.procore.caller import CLIENTS
from hub.sandboxes.procore.problem import Problem
from hub.sandboxes.procore.tokens import Tokens
from hub.sandboxes.world import World
from hub.sandboxes.world.model import Person

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
USUAL_PERSON = "erp_administrator"


def is_loopback(url: str) -> bool:
    """Whether it leads to this machine, whoever reads it: no name before the host, no backslash, a port there is."""
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and parts.port != 0
    except ValueError:
        return False
    return whole and parts.username is None and "\\" not in url and parts.hostname in LOOPBACK


class SignIn:
    """Everybody of the cast is signed in; `login_hint` names who it is that lets the application in."""

    def __init__(self, tokens: Tokens, world: World) -> None:
        self._tokens = tokens
        self._world = world

    async def authorize(self, request: Request) -> Response:
        query = request.query_params
        code = self.allow(query)
        if query.get("redirect_uri") == OUT_OF_BAND:
            return HTMLResponse(f"<!DOCTYPE html><title>Authorized</title><code>{escape(code)}</code>")
        back = {"code": code} | ({"state": query["state"]} if "state" in query else {})
        joint = "&" if "?" in query["redirect_uri"] else "?"
        return RedirectResponse(f"{query['redirect_uri']}{joint}{urlencode(back)}", status_code=302)

    def allow(self, asked: Mapping[str, str]) -> str:
        """The code that the person's Allow gives, for the application and the address it asked for."""
        redirect_uri = asked.get("redirect_uri", "")
        if asked.get("response_type", "code") != "code":
            raise _refusal("unsupported_response_type", "response_type must be code.")
        if asked.get("client_id") not in CLIENTS:
            raise _refusal("invalid_client", "No application has this client_id.")
        if redirect_uri != OUT_OF_BAND and not is_loopback(redirect_uri):
            raise _refusal("invalid_redirect_uri", "redirect_uri must be a loopback address or out of band.")
        person = self._person(asked.get("login_hint", USUAL_PERSON))
        user = {"user_id": person.procore_id, "name": person.name}
        return self._tokens.code(asked["client_id"], redirect_uri, user)

    def _person(self, wanted: str) -> Person:
        """By the name of the part in the cast, or by email."""
        for person in self._world.people:
            if wanted in (person.role, person.email):
                return person
        raise _refusal("access_denied", "login_hint names nobody of this company.")


def _refusal(code: str, text: str) -> Problem:
    return Problem(400, {"error": code, "error_description": text})
