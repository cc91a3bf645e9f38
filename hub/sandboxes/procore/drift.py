"""Page drift: rows that come or go between two pages of a list, so that some repeat and some are skipped."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

from hub.sandboxes.procore.records import Record, Records

INSERT, DELETE = "insert", "delete"
_UNIQUE = ("origin_id", "origin_code", "origin_data")


@dataclass(frozen=True, slots=True)
class Shift:
    """Once page `after_page` of a list on `path` was given, `count` rows come in at its front or go from it."""

    path: str
    action: str
    after_page: int = 1
    count: int = 1


class Drift:
    """The shifts that wait for their page; each happens once."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._waiting: list[Shift] = []

    def add(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            shift = Shift(**asked)
        except TypeError:
            raise ValueError("drift takes path, action, after_page and count") from None
        if shift.action not in (INSERT, DELETE) or not isinstance(shift.path, str):
            raise ValueError("drift needs a path, and as its action insert or delete")
        if type(shift.after_page) is not int or type(shift.count) is not int:
            raise ValueError("after_page and count must be whole numbers")
        self._waiting.append(shift)
        return asdict(shift)

    def clear(self) -> None:
        self._waiting.clear()

    def happen(self, path: str, page: int, kind: str, scope: int, rows: list[Record]) -> None:
        """Called once a page was cut; `rows` is the whole list as it was cut."""
        due = [one for one in self._waiting if one.after_page == page and fnmatchcase(path, one.path)]
        for shift in due:
            self._waiting.remove(shift)
            for row in rows[: shift.count]:
                if shift.action == DELETE:
                    self._records.remove(kind, row["id"], scope)
                else:
                    self._records.add_first(kind, scope, _like(row, self._records.new_id()))


def _like(row: Record, new_id: int) -> Record:
    return row | {"id": new_id, "synced": False} | {name: None for name in _UNIQUE if name in row}
