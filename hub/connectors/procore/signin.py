"""How the hub signs in to Procore: which authorizer a grant gets, and what the token server says."""

from collections.abc import Mapping
from urllib.parse import urlencode

from hub.codes import ErrorCode
from hub.connectors.procore.settings import AUTHORIZATION_CODE, CLIENT_CREDENTIALS, Settings
from hub.erp.reach import Reach
from hub.erp.signin import SignIn
from hub.errors import Refused
from hub.http import (
    AuthorizationCode,
    Authorizer,
    Client,
    ClientCredentials,
    MemoryTokens,
    Unsigned,
    refused_by,
)

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_NEEDED = ("client_id", "client_secret")


def authorizer(reach: Reach, settings: Settings, login: Client) -> Authorizer:
    """What signs each request, by grant. Raises `Refused` where a credential is missing."""
    given = reach.credentials
    if not given:
        return Unsigned()  # requests are only drafted
    missing = [name for name in _NEEDED if not given.get(name)]
    if missing:
        raise Refused(ErrorCode.INVALID_VALUE, "A credential is missing.", field=f"credentials.{missing[0]}")
    client, fetch = (given["client_id"], given["client_secret"]), TokenServer(login).token
    if settings.grant == CLIENT_CREDENTIALS:
        return ClientCredentials(*client, fetch, reach.tokens)
    return AuthorizationCode(*client, fetch, reach.tokens or MemoryTokens())


def _address(reach: Reach, redirect_uri: str) -> str:
    """The page on which a person lets the application in."""
    settings = _by_a_person(reach)
    asked = {
        "response_type": "code",
        "client_id": reach.credentials["client_id"],
        "redirect_uri": redirect_uri,
    }
    return f"{settings.login_url.rstrip('/')}/oauth/authorize?{urlencode(asked)}"


async def _exchange(reach: Reach, code: str, redirect_uri: str) -> None:
    settings = _by_a_person(reach)
    login = reach.client(base_url=settings.login_url)
    try:
        signer = authorizer(reach, settings, login)
        assert isinstance(signer, AuthorizationCode), "the grant says so"
        await signer.sign_in(code, redirect_uri)
    finally:
        await login.close()


def _by_a_person(reach: Reach) -> Settings:
    settings = Settings.read(reach.settings, reach.base_url)
    if settings.grant != AUTHORIZATION_CODE:
        text = "This connection signs in as itself. For a person's sign-in the grant is authorization_code."
        raise Refused(ErrorCode.INVALID_VALUE, text, field="settings.grant")
    return settings


SIGN_IN = SignIn(_address, _exchange)


class TokenServer:
    """The one call of the login server."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def token(self, form: Mapping[str, str]) -> Mapping[str, object]:
        reply = await self._client.send("POST", "/oauth/token", urlencode(form).encode(), _FORM)
        if 400 <= reply.status < 500:
            raise refused_by(reply)
        found = reply.json()
        if not isinstance(found, dict):
            raise reply.unexpected("not a token")
        return found
