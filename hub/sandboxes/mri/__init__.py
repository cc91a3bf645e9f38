"""A local MRI Platform X: its web services over the books of a fictional contractor."""

from pathlib import Path

from starlette.applications import Starlette

from hub.sandboxes.kit import Bench, build_app, serve, sow
from hub.sandboxes.mri.access import Gate
from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.call import api_named_in
from hub.sandboxes.mri.control import LedgerControl
from hub.sandboxes.mri.seed import complete_books, seed_books, seed_of
from hub.sandboxes.mri.server import Server
from hub.sandboxes.mri.settings import (
    SANDBOX_DEVELOPER_KEY,
    SANDBOX_PARTNER_KEY,
    Oddity,
    PartnerKey,
    Settings,
    Site,
)

__all__ = [
    "SANDBOX_DEVELOPER_KEY",
    "SANDBOX_PARTNER_KEY",
    "Oddity",
    "PartnerKey",
    "Settings",
    "Site",
    "create_app",
    "main",
]


def create_app(store: Path | None = None, seed: int = 7, settings: Settings | None = None) -> Starlette:
    """Books found in the file are kept as they are; the seed is for new ones and for a reset."""
    settings = settings or Settings()
    books = Books(Bench.open(store), settings)
    gate = Gate(settings, books)

    def begin() -> None:
        sow(books.bench.store, ("mri", seed), lambda: seed_books(books, seed))

    def reset() -> None:
        gate.forget_calls()
        begin()

    begun_with = seed_of(books)
    if begun_with is None:
        begin()
    else:
        complete_books(books, begun_with)
    return build_app(
        books.bench,
        Server(settings, books, gate).routes(),
        name="mri",
        reset=reset,
        control=LedgerControl(books).routes(),
        api_of=api_named_in,
    )


def main(port: int, store: Path | None, seed: int) -> None:
    """Serve until told to stop."""
    site = Settings()
    sign_in = f"Basic, user {site.basic_user}, password {site.password}"
    serve(create_app(store, seed, site), name="mri", port=port, store=store, sign_in=sign_in)
