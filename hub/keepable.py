"""What of a text or a structure a database can keep: all but control characters and halves of letters."""

import re
from collections.abc import Mapping
from typing import Any

UNKEEPABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def keepable(found: str) -> str:
    """The text without them: for what is stored as it came."""
    return UNKEEPABLE.sub("", found)


def keepable_document(value: Any) -> Any:
    """The structure with every text and name in it made keepable."""
    match value:
        case str():
            return keepable(value)
        case Mapping():
            return {keepable(str(name)): keepable_document(each) for name, each in value.items()}
        case list() | tuple():
            return [keepable_document(each) for each in value]
    return value
