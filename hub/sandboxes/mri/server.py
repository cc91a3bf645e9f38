"""The entry point `/MRIAPIServices/api.asp`, in any letter case, that all APIs are called through."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.sandboxes.kit import note
from hub.sandboxes.mri.access import Gate
from hub.sandboxes.mri.apis import CATALOGUE
from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.call import Call, format_of, name_of, read_call
from hub.sandboxes.mri.declare import Api
from hub.sandboxes.mri.drift import drift_after
from hub.sandboxes.mri.errors import RequestRefusedError
from hub.sandboxes.mri.incoming import read_entries
from hub.sandboxes.mri.links import ENTRY_POINT
from hub.sandboxes.mri.outgoing import Page, Renderer, error_entry
from hub.sandboxes.mri.reading import asked_for, describe, read
from hub.sandboxes.mri.refusals import refusal
from hub.sandboxes.mri.settings import MODULES, Oddity, Settings
from hub.sandboxes.mri.writing import Written, write

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


class Server:
    def __init__(self, settings: Settings, books: Books, gate: Gate) -> None:
        self._settings = settings
        self._books = books
        self._gate = gate

    def routes(self) -> list[Route]:
        """One route for every path: Starlette's own are particular about letter case."""
        return [Route("/{path:path}", self.handle, methods=_METHODS)]

    async def handle(self, request: Request) -> Response:
        try:
            return await self._answer(request)
        except RequestRefusedError as error:
            note(request, outcome="refused", summary=f"{error.status}: {error.message}")
            return refusal(error, format_of(request), self._books.oddities)

    async def _answer(self, request: Request) -> Response:
        if request.url.path.lower() != ENTRY_POINT:
            raise RequestRefusedError(404, "There is nothing at this address.")
        name = name_of(request)
        if not name:
            raise RequestRefusedError(400, "The parameter $api is required.")
        api = CATALOGUE.get(name.lower())
        self._gate.admit(request, name)
        if api is None:
            # A right to an API that isn't there can't have been granted.
            raise RequestRefusedError(401, "Access is denied.")
        call = read_call(request, self._settings)
        page = await self._carry_out(request, api, call)
        return Renderer(api, call, self._books.oddities).render(page)

    async def _carry_out(self, request: Request, api: Api, call: Call) -> Page:
        note(request, api=api.name)
        if request.method == "GET" and call.wants_metadata:
            return describe(api)
        if request.method not in api.verbs:
            raise RequestRefusedError(405, f"{api.name} does not support {request.method}.")
        if api.module and api.module not in self._books.site.modules:
            return Page([error_entry(f"The module {MODULES[api.module]} is not installed.")])
        if request.method == "GET":
            return self._read(request, api, call)
        return await self._write(request, api)

    def _read(self, request: Request, api: Api, call: Call) -> Page:
        page = read(self._books, api, call)
        note(request, keys=list(asked_for(api, call).values()), summary=f"{len(page.entries)} rows")
        drift_after(self._books, api)
        return page

    async def _write(self, request: Request, api: Api) -> Page:
        content_type = request.headers.get("content-type", "")
        entries = read_entries(api, content_type, await request.body(), self._settings.entries_limit)
        written = write(self._books, api, entries, request.method)
        note(request, keys=written.keys, outcome=written.outcome, summary=written.summary)
        return Page(written.entries, result=_result(written, self._books.oddities))


def _result(written: Written, oddities: frozenset[Oddity]) -> str | None:
    """What the one Result of some sites says; None where the rows themselves are the answer."""
    if not oddities & {Oddity.RESULT_ROOT, Oddity.SILENT_RESULT}:
        return None
    if written.refusals:
        return "; ".join(message for _key, message in written.refusals)
    return "" if Oddity.SILENT_RESULT in oddities else "Success"
