"""Text that can be kept: Postgres keeps no NUL, and a lone surrogate is no text."""

from collections.abc import Mapping
from typing import Any

from graphql import DocumentNode, StringValueNode, Visitor, visit

from hub.codes import ErrorCode
from hub.errors import RequestRefused


def refuse_bad_text(value: Any) -> None:
    """Refuses a value of JSON that holds such a text anywhere."""
    if isinstance(value, str):
        if "\x00" in value or not (value.isascii() or _is_text(value)):
            raise RequestRefused(ErrorCode.BAD_STRING, "A text holds a character that cannot be kept.")
    elif isinstance(value, Mapping):
        for inner in value.values():
            refuse_bad_text(inner)
    elif isinstance(value, list):
        for inner in value:
            refuse_bad_text(inner)


def refuse_bad_literals(text: str, document: DocumentNode) -> None:
    """The same for what a document writes out; the parser has refused surrogates, so only an escape can be bad."""
    if "\\u" in text:
        visit(document, _Literals())


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


class _Literals(Visitor):
    @staticmethod
    def enter_string_value(node: StringValueNode, *_: object) -> None:
        refuse_bad_text(node.value)
