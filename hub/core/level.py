"""Tool levels."""

from enum import IntEnum


class Level(IntEnum):
    """A tool level, as the project tool grants them."""

    NONE = 0
    READ_ONLY = 1
    STANDARD = 2
    ADMIN = 3
