"""Where the next page is, and which page is the last."""

from xml.etree import ElementTree as ET

import pytest

from hub.erp.paging import CursorInBody, LinkHeader, LinkInAttribute, LinkInBody, PageNumbers

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


@pytest.mark.parametrize(
    ("xml", "following"),
    [
        ('<page NextPageLink="/api?$skip=300&amp;$top=300"><entry/></page>', "/api?$skip=300&$top=300"),
        ('<m:page xmlns:m="urn:x" m:NextPageLink="/api?n=2"/>', "/api?n=2"),
        ('<page NextPageLink=""/>', None),
        ("<page><entry NextPageLink='/no'/></page>", None),
    ],
)
def test_a_link_in_an_attribute_is_read_in_any_namespace(xml: str, following: str | None):
    attributes = ET.fromstring(xml).attrib

    assert LinkInAttribute(("NextPageLink",)).next(attributes) == following


@pytest.mark.parametrize(
    ("body", "following"),
    [
        ({"meta": {"next_cursor": "abc="}}, "abc="),
        ({"meta": {"next_cursor": ""}, "cursor": 42}, "42"),
        ({"meta": {"next_cursor": None}}, None),
        ({"meta": []}, None),
        ({"cursor": True}, None),
        ({}, None),
    ],
)
def test_a_cursor_is_taken_from_its_place_in_the_body(body: dict, following: str | None):
    assert CursorInBody(("meta.next_cursor", "cursor")).next(body) == following


def test_numbered_pages_end_with_the_first_empty_one():
    pages = PageNumbers(100)

    assert [pages.next(1, 100), pages.next(2, 7), pages.next(3, 0)] == [2, 3, None]


def test_numbered_pages_that_are_always_full_end_with_the_first_that_is_not():
    pages = PageNumbers(100, whole=True)

    assert [pages.next(1, 100), pages.next(2, 99), pages.next(2, 0)] == [2, None, None]
