"""Refusing before any call what a system has no way to do."""

from hub.codes import ErrorCode
from hub.errors import Refused


def not_read(system: str, object_key: str) -> Refused:
    return _not_supported(f"{_words(object_key)} is not read from {system}.")


def not_written(system: str, object_key: str) -> Refused:
    return _not_supported(f"{_words(object_key)} is not written to {system}.")


def _words(object_key: str) -> str:
    return object_key.replace("_", " ")


def _not_supported(text: str) -> Refused:
    return Refused(ErrorCode.CAPABILITY_NOT_SUPPORTED, text)
