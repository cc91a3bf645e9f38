"""How a collection is described: its fields, what makes two documents the same, what they point to, what they are held to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Row = dict[str, Any]


class Kind(StrEnum):
    TEXT = "text"
    MONEY = "money"  # a decimal string with two decimals
    NUMBER = "number"  # a decimal string with up to four
    WHOLE = "whole"
    DAY = "day"  # YYYY-MM-DD
    PERIOD = "period"  # YYYY-MM
    FLAG = "flag"
    TEXTS = "texts"


@dataclass(frozen=True)
class Field:
    """`words` are the only values taken, in any letter case; `usual` stands where nothing is sent."""

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    words: tuple[str, ...] = ()
    usual: Any = None


@dataclass(frozen=True)
class Collection:
    """`key` makes a document the same as another. `points` are the fields that name a document elsewhere:
    field -> (collection, the fields of its key as they are called here)."""

    name: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    prefix: str
    lines: tuple[Field, ...] = ()
    points: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    writable: bool = True
    amount: str | None = None  # the field that is the sum of the lines, less what they retain
    zero_refused: bool = False
    dated: tuple[str, ...] = ()  # the first of these that is filled decides the accounting period
    coded: bool = False  # every line stands on a code of the job

    def field(self, name: str) -> Field | None:
        return next((one for one in self.fields if one.name == name), None)
