"""Calling MRI: one entry point, the API named in the query, Basic in four parts, page links in the body."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from hub.codes import ErrorCode
from hub.connectors.mri.settings import Settings
from hub.connectors.mri.wire import forms
from hub.connectors.mri.wire.answers import Row, all_errors, messages, own_errors, result_of, words_of
from hub.connectors.mri.wire.forms import Document
from hub.connectors.mri.wire.names import Source
from hub.erp.paging import Trail, parts_of
from hub.erp.reach import Reach
from hub.errors import ErpForbidden, ErpRefused, ErpUnexpected, Refused
from hub.http import Basic, Limits, Reply

_USER_PARTS = ("client_id", "database", "user", "key")
# MRI says nothing of when to come back: wait, and double from five seconds.
_LIMITS = Limits(read=60, whole=90, whole_write=180, backoff=5.0, patience=20.0)


class Api:
    """One database of one installation."""

    def __init__(self, reach: Reach, settings: Settings) -> None:
        self._settings = settings
        signature = _signature(reach.credentials) if reach.credentials else None
        self._client = reach.client(authorizer=signature, limits=_LIMITS)
        kind = settings.form.content_type
        self._reading, self._writing = {"Accept": kind}, {"Content-Type": kind, "Accept": kind}

    async def close(self) -> None:
        await self._client.close()

    def target(self, source: Source, query: Mapping[str, str] | None = None) -> str:
        named = {"$api": source.api, "$format": str(self._settings.form), **source.fixed, **(query or {})}
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
        reply = await self._client.get(asked, self._reading)
        if reply.status >= 400:
            raise self._refused_read(reply)
        document = forms.read(reply, self._settings.form)
        found = _rows_found(reply, document, source)
        following = self._own_path(document.link, source, query) if document.link else None
        if following == asked:
            raise reply.unexpected("a page that names itself as the next")
        return found, following

    async def read_all(self, source: Source, query: Mapping[str, str], start: str | None = None) -> list[Row]:
        found, cursor = await self.read(source, query, start)
        trail = Trail()
        while cursor is not None:
            more, cursor = await self.read(source, query, trail.on(cursor))
            found += more
        return found

    def is_of(self, source: Source, cursor: str) -> bool:
        """Whether a cursor is a page of this API."""
        return dict(parse_qsl(urlsplit(cursor).query)).get("$api") == source.api

    async def ask(self, source: Source) -> None:
        """Whether an API that only takes writes lets us in: it is asked for its form, and may say that it is not read."""
        reply = await self._client.get(self.target(source) + "&$metadata", self._reading)
        if reply.status >= 400 and reply.status != 405:
            raise self._refused_read(reply)
        if reply.status < 400:
            forms.form_of(reply, self._settings.form)

    async def write(self, method: str, target: str, api: str, body: bytes) -> tuple[Reply, Document]:
        """Sends a body once, in the site's form, and reads the answer."""
        sent = forms.rendered(self._settings.form, api, body)
        reply = await self._client.send(method, target, sent, self._writing)
        if reply.status >= 400:
            raise self._refused_write(reply)
        document = forms.read(reply, self._settings.form)
        said = result_of(document)
        if said:
            raise ErpRefused(said, duplicate=self.is_duplicate(said), request_id=reply.request_id)
        return reply, document

    def is_duplicate(self, said: str) -> bool:
        """Whether MRI's words say that it knows the number already."""
        return any(word in said.lower() for word in self._settings.duplicate_words)

    def _refused_write(self, reply: Reply) -> ErpRefused | ErpForbidden:
        said = words_of(reply, self._settings.form)
        if reply.status == 403:
            return ErpForbidden(said, request_id=reply.request_id)
        return ErpRefused(said, duplicate=self.is_duplicate(said), request_id=reply.request_id)

    def _refused_read(self, reply: Reply) -> ErpUnexpected | ErpForbidden:
        kind = ErpForbidden if reply.status == 403 else ErpUnexpected
        return kind(words_of(reply, self._settings.form), request_id=reply.request_id)

    def _own_path(self, link: str, source: Source, query: Mapping[str, str]) -> str:
        """The link's query on our own entry point, decoded, with what it dropped put back.

        A link may be escaped once too often, ask for another format, or forget a parameter."""
        while "&amp;" in link:
            link = link.replace("&amp;", "&")
        asked = dict(parse_qsl(parts_of(link).query, keep_blank_values=True))
        known = {"$api", "$format", *(name.lower() for name in query if name not in ("$top", "$skip"))}
        moved = {name: value for name, value in asked.items() if name.lower() not in known}
        kept = {name: value for name, value in query.items() if name.lower() in known}
        return self.target(source, {**kept, **moved})


def _signature(credentials: Mapping[str, str]) -> Basic:
    if not credentials.get("user"):
        raise Refused(
            ErrorCode.INTERFACE_USER_MISSING,
            "No user of MRI is recorded whom the hub signs in as.",
            field="credentials.user",
            remedy="Have an interface user made in MRI, and enter it with its password.",
        )
    for name in (*_USER_PARTS, "password"):
        value = credentials.get(name, "")
        if not value or (name != "password" and ("/" in value or ":" in value)):
            text = "A part of the sign-in is missing or holds a slash or a colon."
            raise Refused(ErrorCode.INVALID_VALUE, text, field=f"credentials.{name}")
    return Basic("/".join(credentials[name] for name in _USER_PARTS), credentials["password"])


def _rows_found(reply: Reply, document: Document, source: Source) -> list[Row]:
    """Some reads say "nothing found" as an error. Any other error inside a read spoils the whole page."""
    whole = [*messages(document.error)] or [result_of(document) or ""]
    if any(whole):
        _raise_unless_nothing(whole, source, reply)
        return []
    if result_of(document) is not None:
        return []
    found = [Row(row, tuple(source.aliases.items())) for row in document.rows]
    for row in found:
        _raise_unless_nothing(list(all_errors(row.plain)), source, reply)
    return [row for row in found if not own_errors(row)]


def _raise_unless_nothing(said: Sequence[str], source: Source, reply: Reply) -> None:
    if not all(any(words in each.lower() for words in source.nothing_found) for each in said):
        raise ErpUnexpected("; ".join(said)[:1000], request_id=reply.request_id)
