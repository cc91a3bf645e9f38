"""The sandbox's time: real time plus an offset that the control interface can move."""

from datetime import UTC, datetime, timedelta

from hub.sandboxes.kit.store import Store


class Clock:
    """The offset is kept in the store, so that a restart doesn't turn stored dates into the future."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def offset_seconds(self) -> float:
        kept = self._store.get("clock", "offset")
        return float(kept["seconds"]) if kept else 0.0

    def now(self) -> datetime:
        """Aware, in UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.offset_seconds)

    def advance(self, seconds: float) -> datetime:
        """Move time on (or back, with a negative number) and give the new time."""
        self._store.put("clock", "offset", {"seconds": self.offset_seconds + seconds})
        return self.now()

    def reset(self) -> None:
        self._store.clear("clock")
