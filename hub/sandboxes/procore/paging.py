"""Pages of a list and the Link, Total and Per-Page headers that tell of them."""

from collections.abc import Mapping

from starlette.datastructures import URL, QueryParams

from hub.sandboxes.procore.envelope import Envelope
from hub.sandboxes.procore.problem import bad_request
from hub.sandboxes.procore.records import Record
from hub.sandboxes.procore.settings import Settings

PREV_SHOWN_FROM = 3  # the published notes show no `prev` on the second page


def page_of(
    records: list[Record], url: URL, query: QueryParams, settings: Settings, envelope: Envelope
) -> tuple[list[Record], Mapping[str, str]]:
    """The asked page and its headers; the envelope may have sizes of its own."""
    page, largest = _count(query, "page", 1), envelope.largest_page or settings.largest_page
    per_page = min(_count(query, "per_page", envelope.page_size or settings.page_size), largest)
    last = max(1, -(-len(records) // per_page))
    headers = {"Total": str(len(records)), "Per-Page": str(per_page)}
    links = _links(url, page, per_page, last)
    if links:
        headers["Link"] = ", ".join(f'<{target}>; rel="{rel}"' for rel, target in links.items())
    return records[(page - 1) * per_page : page * per_page], headers


def _links(url: URL, page: int, per_page: int, last: int) -> Mapping[str, str]:
    pages: dict[str, int] = {}
    if page > 1:
        pages["first"] = 1
    if page >= PREV_SHOWN_FROM:
        pages["prev"] = page - 1
    if page < last:
        pages |= {"next": page + 1, "last": last}
    return {
        rel: str(url.include_query_params(page=number, per_page=per_page)) for rel, number in pages.items()
    }


def _count(query: QueryParams, name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal() or int(text) < 1:
        raise bad_request(f"{name} must be a whole number of at least 1")
    return int(text)
