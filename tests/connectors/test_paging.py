"""Where the next page is, and which page is the last."""

import pytest

from hub.erp.paging import LinkHeader, LinkInBody

SECOND = "https://x.example/rest?page=2&per_page=100"


@pytest.mark.parametrize(
    ("header", "following"),
    [
        (f'<{SECOND}>; rel="next", <https://x.example/rest?page=9>; rel="last"', SECOND),
        (f'<https://x.example/rest?page=1>; rel="first",<{SECOND}>;rel=next', SECOND),
        (f'<{SECOND}>; title="a"; REL="prev next"', SECOND),
        ('<https://x.example/rest?page=9>; rel="last"', None),
        (f'<{SECOND}>; rel="nextish"', None),
        ("", None),
    ],
)
def test_a_link_header_names_the_next_page_until_the_last(header: str, following: str | None):
    assert LinkHeader().next({"link": header}) == following


def test_without_a_link_header_a_page_is_the_last():
    assert LinkHeader().next({}) is None


@pytest.mark.parametrize(
    ("body", "following"),
    [
        ({"nextLink": "/a?$skip=300"}, "/a?$skip=300"),
        ({"odata.nextLink": " /b ", "nextLink": ""}, "/b"),
        ({"nextLink": None, "value": []}, None),
        ({"nextLink": {"href": "/c"}}, None),
        ({}, None),
    ],
)
def test_a_link_in_the_body_may_have_several_names(body: dict, following: str | None):
    assert LinkInBody(("nextLink", "odata.nextLink")).next(body) == following
