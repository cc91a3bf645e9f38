"""Calling Procore: the company header, paths with their query, pages by link header, refusals as errors."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from hub.codes import ErrorCode
from hub.connectors.procore.problems import refusal
from hub.connectors.procore.settings import Settings
from hub.erp.paging import LinkHeader
from hub.erp.reach import Reach
from hub.errors import ErpUnauthorized, ErpUnexpected, Refused
from hub.http import ClientCredentials, Reply

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_JSON = {"Content-Type": "application/json"}


class Api:
    """One company on one Procore."""

    def __init__(self, reach: Reach, settings: Settings) -> None:
        given = reach.credentials
        missing = [name for name in ("client_id", "client_secret") if not given.get(name)]
        if missing:
            raise Refused(
                ErrorCode.INVALID_VALUE, "A credential is missing.", field=f"credentials.{missing[0]}"
            )
        self._login = reach.client(base_url=settings.login_url)
        self._client = reach.client(
            authorizer=ClientCredentials(
                given["client_id"], given["client_secret"], self._token, reach.tokens
            ),
            headers={"Procore-Company-Id": settings.company_id, "Accept": "application/json"},
        )
        self._base_path, self._pager = urlsplit(self._client.base_url).path, LinkHeader()

    async def close(self) -> None:
        await self._client.close()
        await self._login.close()

    async def read(self, path: str, query: Mapping[str, str] | None = None) -> tuple[Any, str | None]:
        """The answer's JSON and the path of the next page, None after the last."""
        asked = address(path, query)
        reply = await self._client.get(asked)
        _raise_refusal(reply, write=False)
        link = self._pager.next(reply.headers)
        following = self._own_path(link) if link else None
        if following == asked:
            raise reply.unexpected("a page that names itself as the next")
        return unwrapped(reply.json()), following

    async def write(self, method: str, target: str, body: bytes) -> Reply:
        reply = await self._client.send(method, target, body, _JSON)
        _raise_refusal(reply, write=True)
        return reply

    def _own_path(self, link: str) -> str:
        """A link's path and query: the host is always ours, so a token never follows a link elsewhere."""
        parts = urlsplit(link)
        path = parts.path.removeprefix(self._base_path)
        if not path.startswith("/rest/"):
            raise ErpUnexpected("The link to the next page leads elsewhere.")
        return f"{path}?{parts.query}" if parts.query else path

    async def _token(self, form: Mapping[str, str]) -> Mapping[str, object]:
        reply = await self._login.send("POST", "/oauth/token", urlencode(form).encode(), _FORM)
        if 400 <= reply.status < 500:
            raise ErpUnauthorized("The client credentials are not accepted.", request_id=reply.request_id)
        found = reply.json()
        if not isinstance(found, dict):
            raise reply.unexpected("not a token")
        return found


def address(path: str, query: Mapping[str, str] | None = None) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def path_id(value: Any) -> str:
    """An id as part of a path; anything but digits could lead the path elsewhere."""
    text = str(value)
    if not (text.isascii() and text.isdigit()):
        raise ErpUnexpected("An id of Procore is not a number.")
    return text


def unwrapped(body: Any) -> Any:
    """Some operations put their answer under `data`, whatever their version says."""
    return body["data"] if isinstance(body, dict) and set(body) == {"data"} else body


def _raise_refusal(reply: Reply, *, write: bool) -> None:
    error = refusal(reply, write=write)
    if error is not None:
        raise error
