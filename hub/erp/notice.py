"""What a system says by itself when something changes in it: a hint to read again, never the content."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class News:
    """One event as a webhook brought it. `id` is the sender's own, the same however often it is sent.

    `source` names who caused it, where the sender says so: an application's or user's id there."""

    id: str
    resource: str
    event: str
    resource_id: str
    company_id: str | None = None
    project_id: str | None = None
    occurred_at: datetime | None = None
    source: frozenset[str] = frozenset()


class NotNews(ValueError):
    """The body is none that this system sends."""
