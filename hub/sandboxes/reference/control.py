"""The ledger's own control routes: what an accountant does there, and how the site is set up."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import wraps
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.sandboxes.kit import bad_request, read_json_object
from hub.sandboxes.reference.access import Gate
from hub.sandboxes.reference.books import Books
from hub.sandboxes.reference.catalogue import COLLECTIONS
from hub.sandboxes.reference.declare import Collection, Row
from hub.sandboxes.reference.problem import Problem, not_found, unfit
from hub.sandboxes.reference.seed import seed_of
from hub.sandboxes.reference.settings import Settings, Writes
from hub.sandboxes.reference.values import decimal_text, read_document
from hub.sandboxes.reference.views import shown
from hub.sandboxes.reference.writing import Writer

Act = Callable[[Collection, Row, Row], Row]


class LedgerControl:
    """Actions name a document by its id or, in the body, by fields that it alone has."""

    def __init__(self, settings: Settings, books: Books, gate: Gate) -> None:
        self._books, self._gate = books, gate
        self._writer = Writer(books, settings)
        self._acts: Mapping[str, Act] = {
            "post": lambda collection, row, _: books.change(collection.name, row, posted=True),
            "void": self._void,
            "delete": self._delete,
            "pay": self._pay,
            "open": self._setter("open", True),
            "close": self._setter("open", False),
            "activate": self._setter("active", True),
            "deactivate": self._setter("active", False),
        }

    def routes(self) -> list[Route]:
        return [
            Route("/__control/world", self.world, methods=["GET"]),
            Route("/__control/switches", self.switches, methods=["POST"]),
            Route("/__control/tokens/revoke", self.revoke, methods=["POST"]),
            Route("/__control/documents/{collection}", self._safely(self.documents), methods=["GET"]),
            Route("/__control/documents/{collection}", self._safely(self.put), methods=["POST"]),
            Route("/__control/documents/{collection}/{action}", self._safely(self.act), methods=["POST"]),
        ]

    async def world(self, _request: Request) -> Response:
        """The seed, how many documents each collection has, the classes of writes and the switches."""
        store = self._books.bench.store
        return JSONResponse(
            {
                "seed": seed_of(self._books),
                "counts": {name: store.count(name) for name in COLLECTIONS},
                "writes": {
                    name: self._books.writes(name) for name, one in COLLECTIONS.items() if one.writable
                },
                "zero_amounts": self._books.zero_amounts,
                "calls": self._books.calls,
            }
        )

    async def switches(self, request: Request) -> Response:
        """Any of `writes` (collection or `*` -> K1 to K5), `zero_amounts`, `calls` per window."""
        try:
            sent = await read_json_object(request)
            for name, value in sent.items():
                self._books.set_switch(name, _switch(name, value))
        except ValueError as error:
            return bad_request("BAD_SWITCH", str(error))
        return await self.world(request)

    async def revoke(self, _request: Request) -> Response:
        """All tokens end now."""
        self._gate.revoke_tokens()
        return Response(status_code=204)

    async def documents(self, collection: Collection, _sent: Row, _request: Request) -> Row:
        """Everything that is kept, also what cannot be searched."""
        rows = [shown(self._books, collection.name, row) for row in self._books.rows(collection.name)]
        return {"count": len(rows), "documents": rows}

    async def put(self, collection: Collection, sent: Row, _request: Request) -> Row:
        """Adds a document as an accountant would; no rule but the fields' own is looked at. With `id` it is changed."""
        known = self._books.row(collection.name, str(sent.pop("id", "")))
        if known is None:
            return self._books.add(collection, read_document(collection, sent))
        fields = {one.name for one in collection.fields} | {"lines", "external_ref", "source_revision"}
        before = {name: value for name, value in known.items() if name in fields and value is not None}
        return self._books.change(collection.name, known, **read_document(collection, {**before, **sent}))

    async def act(self, collection: Collection, sent: Row, request: Request) -> Row:
        """`{where}` names one document; action: post, void, delete, pay, open, close, activate, deactivate."""
        action = self._acts.get(request.path_params["action"])
        if action is None:
            raise not_found(f"action; choose one of {', '.join(self._acts)}")
        where = sent.pop("where", None)
        if not isinstance(where, dict) or not where:
            raise unfit("where", "must name a document by its fields")
        found = self._books.matching(collection.name, where)
        if len(found) != 1:
            raise Problem(404, "not_found", f"`where` fits {len(found)} of the {collection.name}, not one.")
        return action(collection, found[0], sent)

    def _setter(self, field: str, value: bool) -> Act:
        def act(collection: Collection, row: Row, _sent: Row) -> Row:
            if collection.field(field) is None:
                raise Problem(422, "not_possible", f"{collection.name} have no {field}.")
            return self._books.change(collection.name, row, **{field: value})

        return act

    def _void(self, collection: Collection, row: Row, _sent: Row) -> Row:
        changed = self._books.change(collection.name, row, void=True)
        if collection.name == "payments":
            self._settle(row)
        return changed

    def _delete(self, collection: Collection, row: Row, sent: Row) -> Row:
        """As through the interface, with its refusals; `{"force": true}` deletes whatever hangs on it."""
        if sent.get("force"):
            self._books.remove(collection, row)
        else:
            self._writer.remove(collection, row)
        return row

    def _pay(self, collection: Collection, row: Row, sent: Row) -> Row:
        """`amount` (all that is open where left out), `number`, `date`, `method`."""
        if collection.name != "invoices":
            raise Problem(422, "not_possible", "Only invoices are paid.")
        paid = Decimal(shown(self._books, "invoices", row)["paid_amount"])
        payments = COLLECTIONS["payments"]
        payment = {
            "job": row["job"],
            "contract": row["contract"],
            "vendor": row["vendor"],
            "invoice": row["number"],
            "number": sent.get("number") or f"CHK-{self._books.bench.store.next_number('check', first=881)}",
            "amount": decimal_text(
                "amount", sent.get("amount") or format(Decimal(row["amount"]) - paid, "f"), 2
            ),
            "date": sent.get("date") or self._books.bench.clock.now().date().isoformat(),
            "method": sent.get("method") or "check",
        }
        kept = self._books.add(payments, read_document(payments, payment))
        self._settle(kept)
        return kept

    def _settle(self, payment: Row) -> None:
        """An invoice is paid when its payments that are not void cover it."""
        named = {"vendor": payment["vendor"], "number": payment["invoice"]}
        for invoice in self._books.matching("invoices", named):
            covered = Decimal(shown(self._books, "invoices", invoice)["paid_amount"]) >= Decimal(
                invoice["amount"]
            )
            self._books.change("invoices", invoice, status="Paid" if covered else "Approved")

    def _safely(self, handle: Callable[..., Any]) -> Callable[[Request], Any]:
        @wraps(handle)
        async def answer(request: Request) -> Response:
            collection = COLLECTIONS.get(request.path_params["collection"])
            if collection is None:
                return bad_request(
                    "UNKNOWN_COLLECTION", f"choose one of {', '.join(COLLECTIONS)}", status=404
                )
            try:
                sent = await read_json_object(request) if request.method == "POST" else {}
                with self._books.bench.store.transaction():
                    found = await handle(collection, sent, request)
            except Problem as problem:
                return bad_request(problem.code.upper(), problem.message, status=problem.status)
            except ValueError as error:
                return bad_request("BAD_BODY", str(error))
            return JSONResponse(found)

        return answer


def _switch(name: str, value: Any) -> Any:
    match name, value:
        case "writes", dict() if set(value) <= {*COLLECTIONS, "*"}:
            return {collection: Writes(one) for collection, one in value.items()}
        case "zero_amounts", bool():
            return value
        case "calls", int() if value > 0:
            return value
    raise ValueError(f"{name} cannot be {value}")
