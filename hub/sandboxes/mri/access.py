"""Who may call what, and how often: one 401 for every cause, a rolling count per key."""

import base64
import binascii
from collections import deque
from datetime import datetime, timedelta

from starlette.requests import Request

from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.errors import RequestRefusedError
from hub.sandboxes.mri.settings import PartnerKey, Settings


class Gate:
    def __init__(self, settings: Settings, books: Books) -> None:
        self._settings = settings
        self._books = books
        self._windows = {key.key: _Window() for key in settings.keys}

    def admit(self, request: Request, api: str) -> None:
        """Refuses with 401 who may not call the API, whatever the cause, and with 429 who calls too often."""
        key = self._key_of(request.headers.get("authorization", ""))
        if key is None or not self._may_call(key, api.lower()):
            raise RequestRefusedError(401, "Access is denied.")
        site = self._books.site
        length = timedelta(seconds=site.window_seconds or self._settings.window_seconds)
        now = self._books.bench.clock.now()
        if not self._windows[key.key].let_in(now, site.calls or key.calls, length):
            raise RequestRefusedError(429, "Too many requests.")
        self._refuse_at_night()

    def _refuse_at_night(self) -> None:
        """Some sites close for a while each night, by their own clock, and show a page that says so."""
        site, time = self._books.site, self._books.now()[11:16]
        first, last = site.closed_from, site.closed_until
        if first is None or last is None:
            return
        if first <= time < last if first <= last else (time >= first or time < last):
            raise RequestRefusedError(503, "Nightly processing. Please try again later.", as_page=True)

    def forget_calls(self) -> None:
        for window in self._windows.values():
            window.clear()

    def _key_of(self, header: str) -> PartnerKey | None:
        """The key whose holder this is; None when any of the five parts is wrong."""
        user, password = _basic_pair(header)
        parts = user.split("/")
        settings = self._settings
        if settings.takes_three_parts and len(parts) == 3:
            parts.append(settings.keys[0].key)
        if parts[:-1] != [settings.client, settings.database, settings.user] or password != settings.password:
            return None
        return next((key for key in settings.keys if key.key == parts[-1]), None)

    def _may_call(self, key: PartnerKey, api: str) -> bool:
        registered = key.apis
        if key is self._settings.keys[0] and self._books.site.partner_apis is not None:
            registered = frozenset(self._books.site.partner_apis)
        granted = (self._settings.granted, registered)
        return api not in self._books.denied and all(
            names is None or api in {name.lower() for name in names} for names in granted
        )


class _Window:
    """Calls of the last so many seconds on the sandbox's clock; a refused call isn't counted."""

    def __init__(self) -> None:
        self._calls: deque[datetime] = deque()

    def let_in(self, now: datetime, limit: int, length: timedelta) -> bool:
        while self._calls and self._calls[0] <= now - length:
            self._calls.popleft()
        if len(self._calls) >= limit:
            return False
        self._calls.append(now)
        return True

    def clear(self) -> None:
        self._calls.clear()


def _basic_pair(header: str) -> tuple[str, str]:
    """User and password, split at the first colon; two empty texts when there is no such pair."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        pair = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    user, _, password = pair.partition(":")
    return user, password
