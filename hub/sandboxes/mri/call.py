"""One call as MRI reads it: the API's name, the format, the page, and parameters in any letter case."""

import re
from dataclasses import dataclass, field

from starlette.requests import Request

from hub.sandboxes.mri.errors import RequestRefusedError
from hub.sandboxes.mri.settings import Settings

FORMATS = ("xml", "json")
_API_IN_QUERY = re.compile(r"(?:^|&)\$api=([^&]*)", re.IGNORECASE)


@dataclass(frozen=True)
class Call:
    """`sent` holds what asks for rows as it came, for the next link; `params` the API's own in lower case."""

    api: str
    format: str
    top: int
    skip: int
    wants_metadata: bool
    base_url: str
    filter: str | None = None
    sent: tuple[tuple[str, str], ...] = ()
    params: dict[str, str] = field(default_factory=dict)


def api_named_in(query: str) -> str | None:
    """The name in a decoded query, for the request log."""
    found = _API_IN_QUERY.search(query)
    return found[1] if found else None


def format_of(request: Request) -> str:
    """The wanted format, XML when none or an unknown one is given; good enough to refuse in."""
    wanted = _lower(request).get("$format", "").lower()
    return wanted if wanted in FORMATS else "xml"


def name_of(request: Request) -> str:
    return _lower(request).get("$api", "")


def read_call(request: Request, settings: Settings) -> Call:
    """Refuses what can't be read, by a 400."""
    params = _lower(request)
    wanted = params.get("$format", "xml").lower()
    if wanted not in FORMATS:
        raise RequestRefusedError(400, f"$format {wanted} is not one of xml and json.")
    return Call(
        api=name_of(request),
        format=wanted,
        top=min(max(_whole(params, "$top", settings.page_size), 1), settings.page_limit),
        skip=max(_whole(params, "$skip", 1), 1),
        wants_metadata="$metadata" in params,
        base_url=f"{request.url.scheme}://{request.url.netloc}",
        filter=params.get("$filter"),
        sent=tuple(pair for pair in request.query_params.multi_items() if _travels_on(pair[0])),
        params={name: value.strip() for name, value in params.items() if not name.startswith("$")},
    )


def _travels_on(name: str) -> bool:
    return not name.startswith("$") or name.lower() == "$filter"


def _lower(request: Request) -> dict[str, str]:
    return {name.lower(): value for name, value in request.query_params.multi_items()}


def _whole(params: dict[str, str], name: str, default: int) -> int:
    text = params.get(name, "")
    if not text:
        return default
    if not re.fullmatch(r"\d{1,9}", text):
        raise RequestRefusedError(400, f"{name} {text} is not a whole number.")
    return int(text)
