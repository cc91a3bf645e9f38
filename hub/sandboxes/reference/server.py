"""The routes of the ledger: sign-in, lists, single documents, writes and deletions."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.sandboxes.kit import note
from hub.sandboxes.reference.access import Gate
from hub.sandboxes.reference.books import Books
from hub.sandboxes.reference.catalogue import COLLECTIONS
from hub.sandboxes.reference.declare import Collection, Row
from hub.sandboxes.reference.problem import Problem, not_found
from hub.sandboxes.reference.reading import read_list, searchable
from hub.sandboxes.reference.settings import Settings
from hub.sandboxes.reference.views import etag, shown
from hub.sandboxes.reference.writing import Writer

Handle = Callable[[Request, Collection], Awaitable[Response]]


class Server:
    def __init__(self, settings: Settings, books: Books, gate: Gate) -> None:
        self._settings, self._books, self._gate = settings, books, gate
        self._writer = Writer(books, settings)

    def routes(self) -> list[Route]:
        one = "/v1/{collection}/{id}"
        return [
            Route("/oauth/token", self._gate.token, methods=["POST"]),
            Route("/v1/{collection}", self._guarded(self._list), methods=["GET"]),
            Route("/v1/{collection}", self._guarded(self._write), methods=["POST"]),
            Route(one, self._guarded(self._read), methods=["GET"]),
            Route(one, self._guarded(self._delete), methods=["DELETE"]),
        ]

    def _guarded(self, handle: Handle) -> Callable[[Request], Awaitable[Response]]:
        """Sign-in, rate and the collection's name before anything else; a problem becomes an answer."""

        async def answer(request: Request) -> Response:
            headers = {"X-Request-Id": uuid4().hex}
            try:
                headers |= self._gate.admit(request)
                response = await handle(request, _collection(request))
            except Problem as problem:
                note(request, outcome="refused", summary=problem.code)
                response = problem.answer()
            response.headers.update(headers)
            return response

        return answer

    async def _list(self, request: Request, collection: Collection) -> Response:
        searchable(self._books, collection)
        page = read_list(self._books, self._settings, collection, request)
        note(request, summary=f"{len(page['data'])} rows")
        return JSONResponse(page)

    async def _read(self, request: Request, collection: Collection) -> Response:
        searchable(self._books, collection)
        row = self._found(request, collection)
        mark = {"ETag": etag(row)}
        if request.headers.get("if-none-match") == mark["ETag"]:
            return Response(status_code=304, headers=mark)
        return JSONResponse(shown(self._books, collection.name, row), headers=mark)

    async def _write(self, request: Request, collection: Collection) -> Response:
        sent = await self._body(request)
        written = self._writer.write(collection, sent, request.headers.get("idempotency-key"))
        note(request, outcome=written.outcome, keys=[written.body["id"]])
        headers = {"Idempotent-Replayed": "true"} if written.outcome == "replayed" else None
        return JSONResponse(written.body, status_code=written.status, headers=headers)

    async def _delete(self, request: Request, collection: Collection) -> Response:
        row = self._found(request, collection)
        if not collection.writable:
            raise Problem(405, "read_only", f"{collection.name} are not deleted through this interface.")
        wanted = request.headers.get("if-match")
        if wanted not in (None, "*", etag(row)):
            raise Problem(412, "changed_meanwhile", "The document is no longer the one that was read.")
        self._writer.remove(collection, row)
        note(request, outcome="deleted", keys=[row["id"]])
        return Response(status_code=204)

    def _found(self, request: Request, collection: Collection) -> Row:
        row = self._books.row(collection.name, request.path_params["id"])
        if row is None:
            raise not_found(f"{collection.name} {request.path_params['id']}")
        return row

    async def _body(self, request: Request) -> Row:
        body = await request.body()
        if len(body) > self._settings.body_limit:
            raise Problem(413, "too_large", "The body is too large.")
        if "json" not in request.headers.get("content-type", ""):
            raise Problem(415, "not_json", "A body is sent as application/json.")
        try:
            sent: Any = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise Problem(400, "not_json", "The body is not JSON.") from error
        if not isinstance(sent, dict):
            raise Problem(400, "not_json", "The body must be an object.")
        return sent


def _collection(request: Request) -> Collection:
    name = request.path_params["collection"]
    if name not in COLLECTIONS:
        raise not_found(f"collection {name}")
    note(request, api=name)
    return COLLECTIONS[name]
