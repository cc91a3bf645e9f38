"""The installation's set-up as the control interface shows it."""

from dataclasses import asdict

from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.declare import Row


def site_view(books: Books) -> Row:
    """With the site's own time, which has no zone on the wire."""
    site = asdict(books.site)
    return {**site, "local_time": books.now()}
