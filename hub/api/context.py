"""What one request carries: who asks, and the means to answer."""

import uuid
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from db.session import ReadPool, WritePool
from hub.bell import Bell
from hub.settings import Settings

if TYPE_CHECKING:
    from hub.api.engine import Engine

PAGE_LIMIT = 100
BULK_PAGE_LIMIT = 1000
COST_LIMIT = 20_000
BULK_COST_LIMIT = 200_000


@dataclass(frozen=True)
class Viewer:
    """The member behind a request, and how much the key may ask for at once."""

    account_id: uuid.UUID
    member_id: uuid.UUID
    bulk: bool = False

    @property
    def page_limit(self) -> int:
        return BULK_PAGE_LIMIT if self.bulk else PAGE_LIMIT

    @property
    def cost_limit(self) -> int:
        return BULK_COST_LIMIT if self.bulk else COST_LIMIT


@dataclass(frozen=True)
class Means:
    """What the process has, made once."""

    settings: Settings
    reads: ReadPool
    writes: WritePool
    bell: Bell

    @cached_property
    def cursor_key(self) -> bytes:
        """What the keys of cursors are made from."""
        return self.settings.key("cursor")


@dataclass
class Context:
    """One request."""

    viewer: Viewer
    means: Means
    engine: "Engine"

    @cached_property
    def request_id(self) -> str:
        """What a caller may quote; made when something goes wrong."""
        return uuid.uuid4().hex
