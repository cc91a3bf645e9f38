"""The explorer page works by its own files alone and lets nothing else in."""

import hashlib
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser

import httpx
import pytest
from graphql import OperationDefinitionNode, parse, validate
from starlette.applications import Starlette

from hub.api.explorer import ASSETS, EXPLORER_ROUTES, FOLDER, PAGE
from hub.api.schema import build

SOURCE = FOLDER / "source"


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=Starlette(routes=EXPLORER_ROUTES))
    async with httpx.AsyncClient(transport=transport, base_url="http://hub.test") as client:
        yield client


class References(HTMLParser):
    """What a page would load, and what a strict policy would refuse to run."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.addresses += [v for k, v in attrs if k in {"src", "href", "action", "srcset", "data"} and v]
        self.inline += [k for k in found if k.startswith("on") or k == "style"]
        self.inline += [tag] if tag == "style" or (tag == "script" and "src" not in found) else []


def references() -> References:
    page = References()
    page.feed((FOLDER / PAGE).read_text())
    return page


async def test_the_page_is_html_with_its_title(browser):
    answer = await browser.get("/explorer")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<title>ERP integration hub: explorer</title>" in answer.text


@pytest.mark.parametrize("name", sorted(ASSETS))
async def test_every_asset_is_served_as_what_it_is(browser, name):
    answer = await browser.get(f"/explorer/assets/{name}")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{ASSETS[name]}; charset=utf-8"
    assert answer.content == (FOLDER / name).read_bytes()


@pytest.mark.parametrize("path", ["/explorer", *(f"/explorer/assets/{name}" for name in sorted(ASSETS))])
async def test_every_answer_carries_the_security_headers(browser, path):
    headers = (await browser.get(path)).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-cache"


async def test_the_policy_lets_in_this_origin_alone(browser):
    header = (await browser.get("/explorer")).headers["content-security-policy"]
    policy = {rule.split()[0]: rule.split()[1:] for rule in header.split("; ")}

    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == ["'self'"]
    assert policy["connect-src"] == ["'self'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert "unsafe" not in header
    assert "http" not in header


async def test_an_unchanged_file_is_not_sent_again(browser):
    first = await browser.get("/explorer/assets/explorer.js")
    second = await browser.get(
        "/explorer/assets/explorer.js", headers={"If-None-Match": first.headers["etag"]}
    )

    assert second.status_code == 304
    assert second.content == b""
    assert second.headers["etag"] == first.headers["etag"]


async def test_a_file_is_packed_for_those_who_can_unpack(browser):
    packed = await browser.get("/explorer/assets/explorer.js", headers={"Accept-Encoding": "gzip"})
    plain = await browser.get("/explorer/assets/explorer.js", headers={"Accept-Encoding": "identity"})

    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    assert packed.content == plain.content
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "name", ["README.md", "index.html", "source", "source/package.json", "../explorer.py", "..%2Fexplorer.py"]
)
async def test_no_other_file_is_served(browser, name):
    assert (await browser.get(f"/explorer/assets/{name}")).status_code == 404


async def test_the_page_only_reads(browser):
    assert (await browser.post("/explorer")).status_code == 405


async def test_all_the_page_refers_to_is_served(browser):
    addresses = [each for each in references().addresses if not each.startswith("data:")]

    assert addresses
    for address in addresses:
        assert address.startswith("/explorer/assets/")
        assert (await browser.get(address)).status_code == 200


def test_the_page_has_nothing_inline():
    assert references().inline == []


def test_the_stylesheet_loads_nothing():
    style = (FOLDER / "explorer.css").read_text()

    assert "@import" not in style
    assert all(address.startswith("data:") for address in re.findall(r"url\(([^)]+)\)", style))


def test_the_bundle_imports_only_its_neighbour():
    code = (FOLDER / "explorer.js").read_text()
    imports = set(re.findall(r'(?:\bimport\(|\bimport|\}from)"([\w./@-]+)"', code))

    # GraphiQL's own WebSocket client is asked for only where a page names a WebSocket address.
    assert imports == {"./examples.js", "graphql-ws"}
    assert "new Worker" not in code
    assert "importScripts" not in code


def test_the_token_is_kept_in_the_tab_alone():
    code = "".join((SOURCE / name).read_text() for name in ("explorer.jsx", "fetcher.js", "token.js"))

    assert "sessionStorage" in code
    assert "localStorage" not in code
    assert "cookie =" not in code


def test_each_example_is_one_named_operation():
    texts = re.findall(r"= `([^`]+)`", (FOLDER / "examples.js").read_text())
    documents = [parse(text) for text in texts]
    schema, _ = build()
    assert [error.message for document in documents for error in validate(schema, document)] == []
    operations = [each for document in documents for each in document.definitions]

    assert len(operations) == len(texts) >= 4
    assert all(isinstance(each, OperationDefinitionNode) and each.name for each in operations)


def test_the_bundle_is_built_from_the_source_beside_it():
    listed = re.search(r"const SOURCES = \[(.*?)\]", (SOURCE / "build.mjs").read_text())
    assert listed
    names = re.findall(r'"([^"]+)"', listed[1])
    ours = {path.name for path in SOURCE.iterdir() if path.suffix in {".js", ".jsx", ".mjs", ".css"}}
    expected = hashlib.sha256(b"".join((SOURCE / name).read_bytes() for name in names)).hexdigest()

    assert ours < set(names)
    for bundle in ("explorer.js", "explorer.css"):
        assert f"print {expected};" in (FOLDER / bundle).read_text().partition("\n")[0]


def test_the_lock_names_hashes_and_no_address():
    lock = (SOURCE / "package-lock.json").read_text()

    assert '"integrity": "sha512-' in lock
    assert '"resolved"' not in lock
    assert "registry" not in lock
