"""The MRI sandbox's own control routes: what an accountant does at the ledger, and how the site is set up."""

from collections.abc import Collection
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.sandboxes.kit import bad_request, read_json_object
from hub.sandboxes.mri.apis import CATALOGUE, CONTRACTS, VENDORS
from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.declare import Row
from hub.sandboxes.mri.errors import EntryRefusedError
from hub.sandboxes.mri.incoming import read_row
from hub.sandboxes.mri.outgoing import outgoing_entry
from hub.sandboxes.mri.seed import seed_of
from hub.sandboxes.mri.settings import Oddity


class LedgerControl:
    def __init__(self, books: Books) -> None:
        self._books = books

    def routes(self) -> list[Route]:
        return [
            Route("/__control/world", self.world, methods=["GET"]),
            Route("/__control/contracts", self.contracts, methods=["GET"]),
            Route("/__control/contracts/delete", self.delete_contract, methods=["POST"]),
            Route("/__control/vendors", self.put_vendor, methods=["POST"]),
            Route("/__control/rights", self.set_rights, methods=["POST"]),
            Route("/__control/oddities", self.set_oddities, methods=["POST"]),
        ]

    async def world(self, request: Request) -> Response:
        """Counts of all collections; with `collection=Vendors` the rows of that one as they travel."""
        wanted = request.query_params.get("collection")
        apis = {api.collection: api for api in CATALOGUE.values()}
        if wanted is None:
            return JSONResponse(self._overview())
        if wanted not in apis:
            return bad_request("UNKNOWN_COLLECTION", f"collection must be one of {', '.join(sorted(apis))}")
        api = apis[wanted]
        return JSONResponse({wanted: [outgoing_entry(api, row) for row in self._books.rows(api)]})

    def _overview(self) -> dict[str, Any]:
        store = self._books.bench.store
        return {
            "seed": seed_of(self._books),
            "counts": {api.collection: store.count(api.collection) for api in CATALOGUE.values()},
            "denied": sorted(self._books.denied),
            "oddities": sorted(self._books.oddities),
        }

    async def contracts(self, _request: Request) -> Response:
        """The contracts with their lines as lists."""
        rows = [outgoing_entry(CONTRACTS, row) for row in self._books.rows(CONTRACTS)]
        return JSONResponse({"count": len(rows), "contracts": rows})

    async def delete_contract(self, request: Request) -> Response:
        """Deleting is an accountant's work in MRI itself; the web services have no verb for it."""
        try:
            key = await read_json_object(request)
        except ValueError as error:
            return bad_request("BAD_BODY", str(error))
        if not all(isinstance(key.get(name), str) for name in CONTRACTS.key_fields):
            return bad_request("BAD_KEY", f"{' and '.join(CONTRACTS.key_fields)} are required")
        if not self._books.remove(CONTRACTS, key):
            return bad_request("NOT_FOUND", f"there is no contract {CONTRACTS.key_of(key)}", status=404)
        return JSONResponse({"deleted": CONTRACTS.key_of(key)})

    async def put_vendor(self, request: Request) -> Response:
        """Adds a vendor, or changes the sent fields of one, and stamps it as updated now."""
        try:
            sent = await read_json_object(request)
            row = read_row(VENDORS, {**self._vendor_as_sent(sent), **sent})
        except EntryRefusedError as error:
            return bad_request("BAD_VENDOR", str(error))
        except ValueError as error:
            return bad_request("BAD_BODY", str(error))
        row["LastUpdate"] = self._books.now()
        self._books.keep(VENDORS, row)
        return JSONResponse(outgoing_entry(VENDORS, row))

    def _vendor_as_sent(self, sent: Row) -> Row:
        kept = self._books.row(VENDORS, {"VendorID": sent.get("VendorID")})
        return {} if kept is None else kept

    async def set_rights(self, request: Request) -> Response:
        """`{"denied": [API names]}`: what the interface user's class may not call from now on."""
        return await self._set_switch(request, "denied", {api.name for api in CATALOGUE.values()})

    async def set_oddities(self, request: Request) -> Response:
        """`{"oddities": [names]}`: which odd behaviours the site shows from now on."""
        return await self._set_switch(request, "oddities", set(Oddity))

    async def _set_switch(self, request: Request, name: str, allowed: Collection[str]) -> Response:
        try:
            values = (await read_json_object(request)).get(name)
        except ValueError as error:
            return bad_request("BAD_BODY", str(error))
        known = {one.lower() for one in allowed}
        if not isinstance(values, list) or not all(
            isinstance(one, str) and one.lower() in known for one in values
        ):
            return bad_request("BAD_SWITCH", f"{name} must be a list of {', '.join(sorted(allowed))}")
        self._books.set_switch(name, [one.lower() for one in values])
        return JSONResponse({name: sorted(one.lower() for one in values)})
