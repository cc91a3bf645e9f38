"""The MRI sandbox's own control routes: what an accountant does at the ledger, and how the site is set up."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.sandboxes.kit import bad_request, read_json_object
from hub.sandboxes.mri.apis import COLLECTIONS, CONTRACTS
from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.control import documents, installation, lists, money
from hub.sandboxes.mri.control.action import Action, ActionRefusedError
from hub.sandboxes.mri.control.site_view import site_view
from hub.sandboxes.mri.outgoing import outgoing_entry
from hub.sandboxes.mri.seed import seed_of

ACTIONS: tuple[Action, ...] = (
    *lists.ACTIONS,
    *documents.ACTIONS,
    *money.ACTIONS,
    *installation.ACTIONS,
)

__all__ = ["ACTIONS", "Action", "LedgerControl"]


class LedgerControl:
    def __init__(self, books: Books) -> None:
        self._books = books

    def routes(self) -> list[Route]:
        return [
            Route("/__control/world", self.world, methods=["GET"]),
            Route("/__control/contracts", self.contracts, methods=["GET"]),
            Route("/__control/site", self.site, methods=["GET"]),
            *(
                Route(f"/__control/{action.path}", self._handler(action), methods=["POST"])
                for action in ACTIONS
            ),
        ]

    async def world(self, request: Request) -> Response:
        """Counts of all collections; with `collection=Vendors` the rows of that one as they travel."""
        wanted = request.query_params.get("collection")
        if wanted is None:
            return JSONResponse(self._overview())
        if wanted not in COLLECTIONS:
            known = ", ".join(sorted(COLLECTIONS))
            return bad_request("UNKNOWN_COLLECTION", f"collection must be one of {known}")
        api = COLLECTIONS[wanted]
        return JSONResponse({wanted: [outgoing_entry(api, row) for row in self._books.rows(api)]})

    def _overview(self) -> dict[str, Any]:
        store = self._books.bench.store
        return {
            "seed": seed_of(self._books),
            "counts": {name: store.count(name) for name in COLLECTIONS},
            "denied": sorted(self._books.denied),
            "oddities": sorted(self._books.oddities),
            "site": site_view(self._books),
        }

    async def contracts(self, _request: Request) -> Response:
        """The contracts with their lines as lists."""
        rows = [outgoing_entry(CONTRACTS, row) for row in self._books.rows(CONTRACTS)]
        return JSONResponse({"count": len(rows), "contracts": rows})

    async def site(self, _request: Request) -> Response:
        """The set-up of the installation and its local time."""
        return JSONResponse(site_view(self._books))

    def _handler(self, action: Action) -> Callable[[Request], Awaitable[Response]]:
        async def carry_out(request: Request) -> Response:
            try:
                sent = await read_json_object(request)
            except ValueError as error:
                return bad_request("BAD_BODY", str(error))
            try:
                with self._books.bench.store.transaction():
                    return JSONResponse(action.does(self._books, sent))
            except ActionRefusedError as error:
                return bad_request(error.code, error.message, status=error.status)

        carry_out.__doc__ = f"{action.tells} Example: {json.dumps(action.example)}"
        return carry_out
