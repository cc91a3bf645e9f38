"""A small ledger of our own that has every object a project tool can send or read, over a plain REST interface."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from starlette.applications import Starlette

from hub.sandboxes.kit import Bench, build_app, serve, sow
from hub.sandboxes.reference.access import Gate
from hub.sandboxes.reference.books import Books
from hub.sandboxes.reference.catalogue import COLLECTIONS
from hub.sandboxes.reference.control import LedgerControl
from hub.sandboxes.reference.seed import seed_books, seed_of
from hub.sandboxes.reference.server import Server
from hub.sandboxes.reference.settings import Settings, Writes

__all__ = ["COLLECTIONS", "Settings", "Writes", "create_app", "main", "read_writes"]


def create_app(store: Path | None = None, seed: int = 7, settings: Settings | None = None) -> Starlette:
    """Books found in the file are kept as they are; the seed is for new ones and for a reset."""
    settings = settings or Settings()
    books = Books(Bench.open(store), settings)
    gate = Gate(settings, books)

    def begin() -> None:
        sow(books.bench.store, ("reference", seed), lambda: seed_books(books, seed))

    def reset() -> None:
        gate.forget_calls()
        begin()

    if seed_of(books) is None:
        begin()
    return build_app(
        books.bench,
        Server(settings, books, gate).routes(),
        name="reference",
        reset=reset,
        control=LedgerControl(settings, books, gate).routes(),
    )


def read_writes(given: Sequence[str]) -> dict[str, Writes]:
    """`K4` for all collections, `contracts=K3` for one. Raises `ValueError` with words for people."""
    chosen = {"*": Writes.K1}
    for text in given:
        name, _, word = text.rpartition("=")
        if name not in {*COLLECTIONS, ""}:
            raise ValueError(f"there is no collection {name}; choose one of {', '.join(COLLECTIONS)}")
        if word not in set(Writes):
            raise ValueError(f"{word} is none of {', '.join(Writes)}")
        chosen[name or "*"] = Writes(word)
    return chosen


def main(port: int, store: Path | None, seed: int, writes: Mapping[str, Writes] | None = None) -> None:
    """Serve until told to stop."""
    settings = Settings() if writes is None else Settings(writes=writes)
    sign_in = f"client id {settings.client_id}, client secret {settings.client_secret}"
    serve(create_app(store, seed, settings), name="reference", port=port, store=store, sign_in=sign_in)
