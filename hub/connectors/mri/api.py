"""Calling MRI: one entry point, the API named in the query, Basic in four parts, page links in the body."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from hub.codes import ErrorCode
from hub.connectors.mri.answers import Row, own_errors, rows, words_of
from hub.connectors.mri.names import Source
from hub.connectors.mri.settings import Settings
from hub.erp.paging import LinkInBody
from hub.erp.reach import Reach
from hub.errors import ErpRefused, ErpUnauthorized, ErpUnexpected, Refused
from hub.http import Basic, Limits, Reply

_USER_PARTS = ("client_id", "database", "user", "key")
_JSON = {"Content-Type": "application/json", "Accept": "application/json"}
_PAGER = LinkInBody(("nextLink", "odata.nextLink", "NextPageLink"))
# MRI says nothing of when to come back: wait, and double from five seconds.
_LIMITS = Limits(read=60, whole=90, whole_write=180, backoff=5.0, patience=20.0)


class Api:
    """One database of one installation."""

    def __init__(self, reach: Reach, settings: Settings) -> None:
        self._settings = settings
        signature = _signature(reach.credentials) if reach.credentials else None
        self._client = reach.client(authorizer=signature, limits=_LIMITS)

    async def close(self) -> None:
        await self._client.close()

    def target(self, source: Source, query: Mapping[str, str] | None = None) -> str:
        named = {"$api": source.api, "$format": "json", **(query or {})}
        return f"{self._settings.path}?{urlencode(named, quote_via=quote, safe='$')}"

    def metadata(self, source: Source) -> str:
        """The address that a JSON body names as its form."""
        name, entry = source.api.lower(), f"{self._client.base_url}{self._settings.path}"
        return f"{entry}?$api={source.api}&$metadata#MRI.{name}-container/{name}"

    async def read(
        self, source: Source, query: Mapping[str, str], cursor: str | None = None
    ) -> tuple[list[Row], str | None]:
        """One page and the path of the next, None after the last."""
        asked = cursor or self.target(source, query)
        reply = await self._client.get(asked, _JSON)
        if reply.status >= 400:
            raise _refused_read(reply)
        body = reply.json()
        found = _without_nothing_found(rows(reply, body), source, reply)
        link = _PAGER.next(body) if isinstance(body, dict) else None
        following = self._own_path(link, source, query) if link else None
        if following == asked:
            raise reply.unexpected("a page that names itself as the next")
        return found, following

    async def read_all(self, source: Source, query: Mapping[str, str]) -> list[Row]:
        found, cursor = await self.read(source, query)
        seen: set[str] = set()
        while cursor is not None:
            if cursor in seen:
                raise ErpUnexpected("The links to the next pages run in a circle.")
            seen.add(cursor)
            more, cursor = await self.read(source, query, cursor)
            found += more
        return found

    async def write(self, target: str, body: bytes) -> Reply:
        reply = await self._client.send("POST", target, body, _JSON)
        if reply.status >= 400:
            raise _refused_write(reply)
        return reply

    def _own_path(self, link: str, source: Source, query: Mapping[str, str]) -> str:
        """The link's query on our own entry point, decoded, with what it dropped put back.

        A link may be escaped once too often, ask for another format, or forget a parameter."""
        while "&amp;" in link:
            link = link.replace("&amp;", "&")
        asked = dict(parse_qsl(urlsplit(link).query, keep_blank_values=True))
        kept = {name: value for name, value in query.items() if name not in ("$top", "$skip")}
        return self.target(source, {**asked, **kept, "$api": source.api, "$format": "json"})


def _signature(credentials: Mapping[str, str]) -> Basic:
    for name in (*_USER_PARTS, "password"):
        value = credentials.get(name, "")
        if not value or (name != "password" and ("/" in value or ":" in value)):
            text = "A part of the sign-in is missing or holds a slash or a colon."
            raise Refused(ErrorCode.INVALID_VALUE, text, field=f"credentials.{name}")
    return Basic("/".join(credentials[name] for name in _USER_PARTS), credentials["password"])


def _refused_read(reply: Reply) -> ErpUnexpected | ErpUnauthorized:
    kind = ErpUnauthorized if reply.status == 403 else ErpUnexpected
    return kind(words_of(reply), request_id=reply.request_id)


def _refused_write(reply: Reply) -> ErpRefused | ErpUnauthorized:
    kind = ErpUnauthorized if reply.status == 403 else ErpRefused
    return kind(words_of(reply), request_id=reply.request_id)


def _without_nothing_found(found: Sequence[Row], source: Source, reply: Reply) -> list[Row]:
    """Some reads say "nothing found" as an error. Any other error inside a read spoils the whole page."""
    kept: list[Row] = []
    for row in found:
        said = own_errors(row)
        if not said:
            kept.append(row)
        elif not all(any(words in each.lower() for words in source.nothing_found) for each in said):
            raise ErpUnexpected("; ".join(said)[:1000], request_id=reply.request_id)
    return kept
