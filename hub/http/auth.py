"""How a request is signed: not at all, by user and password, or as `hub.http.oauth` does."""

import base64
from typing import Protocol


class Authorizer(Protocol):
    """Gives the Authorization header. `renew` hears which one was refused and says if there is a new one."""

    async def header(self) -> str | None: ...

    async def renew(self, refused: str | None) -> bool: ...


class Unsigned:
    """For requests that carry no credentials."""

    async def header(self) -> str | None:
        return None

    async def renew(self, refused: str | None) -> bool:  # noqa: ARG002
        return False


class Basic:
    """HTTP Basic. The pair never shows in a repr or a message."""

    def __init__(self, user: str, password: str) -> None:
        self._header = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    def __repr__(self) -> str:
        return "Basic(***)"

    async def header(self) -> str | None:
        return self._header

    async def renew(self, refused: str | None) -> bool:  # noqa: ARG002
        return False
