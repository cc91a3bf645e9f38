"""What a system says by itself when something changes in it: a hint to read again, never the content. And what it is asked to say."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class News:
    """One event as a webhook brought it. `id` is the sender's own, the same however often it is sent.

    `asks` says that somebody asked for something: `resource_id` is the request. `lists` are to be read again, in order
    of dependency. `source` names who caused it, where the sender says so: an application's or user's id there."""

    id: str
    resource: str
    event: str
    resource_id: str
    company_id: str | None = None
    project_id: str | None = None
    occurred_at: datetime | None = None
    source: frozenset[str] = frozenset()
    asks: bool = False
    lists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Triggers:
    """What a webhook is asked to tell of, as pairs of what changes and what happens to it, in the system's words."""

    requests: tuple[str, str]
    changes: tuple[tuple[str, str], ...]


class NotNews(ValueError):
    """The body is none that this system sends."""
