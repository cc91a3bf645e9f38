"""Who asks: the member behind a bearer key, whichever way the request came."""

from db.clock import Sources
from db.session import Unreachable
from hub.access.door import Door
from hub.api.context import Context, Viewer
from hub.api.engine import UNAVAILABLE
from hub.codes import ErrorCode
from hub.errors import RequestRefused
from hub.settings import Settings


async def viewer_of(door: Door, authorization: str | None) -> Viewer:
    """The viewer of an `Authorization` value. Raises `RequestRefused`, which tells nothing about why."""
    try:
        identity = await door.identify(authorization)
    except Unreachable as error:
        raise RequestRefused(ErrorCode.UNAVAILABLE, UNAVAILABLE, status=503) from error
    if identity is None:
        text = "Send a valid key as `Authorization: Bearer ...`."
        raise RequestRefused(ErrorCode.UNAUTHENTICATED, text, status=401)
    return Viewer(identity.account_id, identity.member_id, bulk=identity.bulk)


class Watch:
    """Looks now and then whether the key of a long request still opens, and its member is still there."""

    def __init__(self, door: Door, context: Context, authorization: str | None) -> None:
        self._door, self._context, self._authorization = door, context, authorization
        self._due = Sources.clock.monotonic() + self.settings.recheck_seconds

    @property
    def settings(self) -> Settings:
        return self._context.means.settings

    async def look(self) -> None:
        """Raises `RequestRefused` where it is time to look, and the caller may not go on."""
        if Sources.clock.monotonic() >= self._due:
            await self.look_now()
            self._due = Sources.clock.monotonic() + self.settings.recheck_seconds

    async def look_now(self) -> None:
        await viewer_of(self._door, self._authorization)
        await self._context.engine.run(self._context, "{ __typename }")
