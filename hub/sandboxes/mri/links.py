"""The link to the next page, in all the shapes in which installations give it."""

from urllib.parse import quote, urlencode

from hub.sandboxes.mri.call import Call
from hub.sandboxes.mri.settings import Oddity

_OTHER_FORMAT = {"json": "xml", "xml": "json"}
ENTRY_POINT = "/mriapiservices/api.asp"


def next_link(api: str, call: Call, next_row: int, oddities: frozenset[Oddity]) -> str:
    """An absolute address; in XML it is escaped once more by whoever writes the attribute."""
    safe = "$/" if Oddity.DOLLAR_IN_LINK in oddities else "/"
    query = urlencode(_query(api, call, next_row, oddities), quote_via=quote, safe=safe)
    link = f"{call.base_url}{ENTRY_POINT}?{query}"
    doubly = Oddity.DOUBLY_ESCAPED_LINK in oddities
    return link.replace("&", "&amp;") if doubly and call.format == "xml" else link


def _query(api: str, call: Call, next_row: int, oddities: frozenset[Oddity]) -> list[tuple[str, str]]:
    wrong = Oddity.WRONG_FORMAT_IN_LINK in oddities
    sent = () if Oddity.LINK_DROPS_PARAMETERS in oddities else call.sent
    query = [
        ("$api", api),
        ("$format", _OTHER_FORMAT[call.format] if wrong else call.format),
        *sent,
        ("$top", str(call.top)),
        ("$skip", str(next_row)),
    ]
    return query[::-1] if Oddity.LINK_REORDERS_PARAMETERS in oddities else query
