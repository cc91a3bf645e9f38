"""Calling Procore: the company header, paths with their query, pages by link header, refusals as errors."""

from collections.abc import Mapping
from dataclasses import replace
from string import Formatter
from typing import Any
from urllib.parse import urlencode, urlsplit

from hub.connectors.procore.problems import refusal
from hub.connectors.procore.settings import Settings
from hub.connectors.procore.signin import authorizer
from hub.erp.paging import LinkHeader, parts_of
from hub.erp.reach import Reach
from hub.errors import ErpUnexpected
from hub.http import Reply

_JSON = {"Content-Type": "application/json"}


class Api:
    """One company on one Procore."""

    def __init__(self, reach: Reach, settings: Settings) -> None:
        self._login = reach.client(base_url=settings.login_url)
        self._client = replace(reach, base_url=settings.base_url).client(
            authorizer=authorizer(reach, settings, self._login),
            headers={"Procore-Company-Id": settings.company_id, "Accept": "application/json"},
        )
        self._base_path, self._pager = urlsplit(self._client.base_url).path, LinkHeader()
        self._settings = settings

    async def close(self) -> None:
        await self._client.close()
        await self._login.close()

    async def read(self, path: str, query: Mapping[str, str] | None = None) -> tuple[Any, str | None]:
        """The answer's JSON and the path of the next page, None after the last."""
        asked = address(path, query)
        reply = await self._client.get(asked)
        self._raise_refusal(reply, asked, write=False)
        link = self._pager.next(reply.headers)
        following = self._own_path(link) if link else None
        if following == asked:
            raise reply.unexpected("a page that names itself as the next")
        return unwrapped(reply.json()), following

    async def write(self, method: str, target: str, body: bytes) -> Reply:
        """The answer of a write. Deleting what is gone already is no refusal."""
        reply = await self._client.send(method, target, body, _JSON)
        if method == "DELETE" and reply.status == 404:
            return reply
        self._raise_refusal(reply, target, write=True)
        return reply

    def _own_path(self, link: str) -> str:
        """A link's path and query: the host is always ours, so a token never follows a link elsewhere."""
        parts = parts_of(link)
        path = parts.path.removeprefix(self._base_path)
        if not path.startswith("/rest/"):
            raise ErpUnexpected("The link to the next page leads elsewhere.")
        return f"{path}?{parts.query}" if parts.query else path

    def _raise_refusal(self, reply: Reply, path: str, *, write: bool) -> None:
        error = refusal(reply, path, self._settings, write=write)
        if error is not None:
            raise error


def address(path: str, query: Mapping[str, str] | None = None) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def path_id(value: Any) -> str:
    """An id as part of a path; anything but digits could lead the path elsewhere."""
    text = str(value)
    if not (text.isascii() and text.isdigit()):
        raise ErpUnexpected("An id of Procore is not a number.")
    return text


class _Ids(dict[str, str]):
    """Ids for a template, each looked at as it is used."""

    def __getitem__(self, name: str) -> str:
        if not self.get(name):
            raise ErpUnexpected(f"This list is read per {name}.")
        return path_id(self.get(name))


def filled(template: str, ids: Mapping[str, str]) -> str:
    """A path or query template with its ids in place."""
    return template.format_map(_Ids(ids))


def needs(template: str) -> set[str]:
    """The ids a template names."""
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def unwrapped(body: Any) -> Any:
    """What an answer holds: some operations put it under `data`, whatever their version says."""
    if isinstance(body, dict) and "id" not in body and isinstance(body.get("data"), dict | list):
        return body["data"]
    return body
