"""Calling the reference ERP: a token, lists in pages by cursor, writes, and its coded refusals."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from hub.codes import ErrorCode
from hub.erp.paging import Trail
from hub.erp.reach import Reach
from hub.errors import ErpForbidden, ErpRefused, ErpUnauthorized, ErpUnexpected, Refused
from hub.http import ClientCredentials, Reply, refused_by
from hub.keepable import keepable

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_JSON = {"Content-Type": "application/json", "Accept": "application/json"}
# The ledger's code -> what the caller should do.
_NO_ACCESS: Mapping[str, type[ErpUnauthorized]] = {
    "invalid_token": ErpUnauthorized,
    "forbidden": ErpForbidden,
}
Row = Mapping[str, Any]


class Api:
    """One installation. Without credentials it drafts requests and makes none."""

    def __init__(self, reach: Reach) -> None:
        self._login = reach.client(base_url=reach.base_url)
        self._client = reach.client(authorizer=self._signature(reach.credentials))

    async def close(self) -> None:
        await self._client.close()
        await self._login.close()

    async def page(self, collection: str, query: Mapping[str, str]) -> tuple[list[Row], str | None]:
        """The rows of a page and the cursor of the next, None after the last."""
        reply = await self._client.get(f"/v1/{collection}?{urlencode(query)}", _JSON)
        if reply.status != 200:
            raise _refused_read(reply)
        body = reply.json()
        rows = body.get("data") if isinstance(body, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise reply.unexpected("not a page of records")
        following = body.get("next_cursor")
        if following is not None and not _is_cursor(following, query.get("cursor")):
            raise reply.unexpected("a page without a usable cursor")
        return rows, following or None

    async def matching(self, collection: str, query: Mapping[str, str]) -> list[Row]:
        """Every row with these values, letter case aside. A site may ignore filters, so rows are compared here too."""
        found, following = await self.page(collection, query)
        trail = Trail()
        while following is not None:
            more, following = await self.page(collection, {**query, "cursor": trail.on(following)})
            found = [*found, *more]
        return [row for row in found if all(_same(row.get(name), value) for name, value in query.items())]

    async def write(self, method: str, target: str, body: bytes, key: str | None) -> Reply:
        """A refusal is one only where the ERP says so in its own form; anything else leaves the outcome open."""
        reply = await self._client.send(
            method, target, body, _JSON | ({"Idempotency-Key": key} if key else {})
        )
        if reply.status >= 400:
            code, words = _said(reply)
            if code in _NO_ACCESS:
                raise _NO_ACCESS[code](words, request_id=reply.request_id)
            raise ErpRefused(words, duplicate=code == "duplicate", request_id=reply.request_id)
        return reply

    def _signature(self, given: Mapping[str, str]) -> ClientCredentials | None:
        if not given:
            return None
        for name in ("client_id", "client_secret"):
            if not given.get(name):
                text = "A part of the sign-in is missing."
                raise Refused(ErrorCode.INVALID_VALUE, text, field=f"credentials.{name}")
        return ClientCredentials(given["client_id"], given["client_secret"], self._token)

    async def _token(self, form: Mapping[str, str]) -> Mapping[str, object]:
        reply = await self._login.send("POST", "/oauth/token", urlencode(form).encode(), _FORM)
        if reply.status >= 400:
            raise refused_by(reply)
        found = reply.json()
        if not isinstance(found, dict):
            raise reply.unexpected("not a token")
        return found


def _same(theirs: Any, ours: str) -> bool:
    return isinstance(theirs, str) and theirs.strip().casefold() == ours.casefold()


def _is_cursor(following: Any, asked: str | None) -> bool:
    """A text that a request can carry, and another one than was asked for."""
    return isinstance(following, str) and following == keepable(following) and following != asked


def _refused_read(reply: Reply) -> ErpUnexpected | ErpUnauthorized:
    code, words = _said(reply)
    kind: type[ErpUnexpected | ErpUnauthorized] = _NO_ACCESS.get(code, ErpUnexpected)
    return kind(words, request_id=reply.request_id)


def _said(reply: Reply) -> tuple[str, str]:
    """The code and the words of a refusal. Raises `ErpUnexpected` for what is none of the ERP's."""
    body = reply.json()
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict) or not isinstance(error.get("code"), str):
        raise reply.unexpected("not a refusal in the form of the reference ERP")
    words = f"{error.get('message') or 'No reason is given.'} ({error['code']})"
    return error["code"], words[:1000]
