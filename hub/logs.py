"""How the hub's processes log: one JSON object a line on stderr, with ids and places, never with contents."""

import logging
import sys
import traceback
from typing import Any

import structlog

from hub.redaction import redacted

_QUIET = {
    "arq": logging.ERROR,
    "asyncio": logging.ERROR,
    "httpx": logging.WARNING,
    "alembic": logging.WARNING,
}


def configure(level: int = logging.INFO) -> None:
    """Send our own and the libraries' records the same way. Call once, when the process starts."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _where,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _without_credentials,
                structlog.processors.JSONRenderer(sort_keys=True, default=str),
            ],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, quiet in _QUIET.items():
        logging.getLogger(name).setLevel(quiet)


def _where(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Replace an exception by its types and places: its text may hold a record, an address or a secret."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    elif isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = kinds(error)
        event["at"] = places(error)
    return event


def _without_credentials(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The last step before a line is written, for our own and the libraries' records alike."""
    hidden: structlog.typing.EventDict = redacted(event)
    return hidden


def kinds(error: BaseException) -> list[str]:
    """The types of an error and of those it came from, with Postgres' codes."""
    names: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(names) < 10:
        state = getattr(seen, "sqlstate", None)
        names.append(f"{type(seen).__module__}.{type(seen).__qualname__}" + (f" {state}" if state else ""))
        if isinstance(seen, BaseExceptionGroup):
            names += [name for inner in seen.exceptions for name in kinds(inner)]
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return names


def places(error: BaseException) -> list[str]:
    """File, line and function of each frame, the innermost last."""
    frames = traceback.extract_tb(error.__traceback__)
    found = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    if isinstance(error, BaseExceptionGroup):
        found += [place for inner in error.exceptions for place in places(inner)]
    return found
