"""What an answer is wrapped in, what its ids look like, and how long its pages are."""

from dataclasses import dataclass
from typing import Any

_NEVER_NUMBERS = frozenset({"origin_id", "parent_origin_id"})


@dataclass(frozen=True, slots=True)
class Envelope:
    """Whether the body stands under `data` and its ids are texts; page sizes where they are not the usual."""

    data: bool = False
    text_ids: bool = False
    page_size: int | None = None
    largest_page: int | None = None

    def wrap(self, content: Any) -> Any:
        shown = with_text_ids(content) if self.text_ids else content
        return {"data": shown} if self.data else shown


BARE = Envelope()
DATA = Envelope(data=True)
V2 = Envelope(data=True, text_ids=True, page_size=10, largest_page=100)


def with_text_ids(value: Any) -> Any:
    if isinstance(value, list):
        return [with_text_ids(each) for each in value]
    if isinstance(value, dict):
        return {name: _named(name, each) for name, each in value.items()}
    return value


def _named(name: str, value: Any) -> Any:
    is_id = name == "id" or (name.endswith("_id") and name not in _NEVER_NUMBERS)
    if is_id and type(value) is int:
        return str(value)
    if name.endswith("_ids") and isinstance(value, list):
        return [str(each) if type(each) is int else with_text_ids(each) for each in value]
    return with_text_ids(value)
