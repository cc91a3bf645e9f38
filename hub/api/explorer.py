"""The API explorer: one page and its few files, served from the package and locked to this origin."""

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

FOLDER = Path(__file__).parent / "assets" / "explorer"
PAGE = "index.html"
ASSETS = {
    "explorer.js": "text/javascript",
    "explorer.css": "text/css",
    "examples.js": "text/javascript",
    "LICENSES.txt": "text/plain",
}

# While a dialog is open the bundle adds one style element, always the same text: this is its hash.
DIALOG_STYLE = "'sha256-nzTgYzXYDNe6BAHiiI7NNlfK8n/auuOAhh2t92YvuXo='"
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        f"style-src 'self' {DIALOG_STYLE}",
        "img-src data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Names carry no version, so a browser asks each time and mostly hears 304.
    "Cache-Control": "no-cache",
    "Vary": "Accept-Encoding",
}


class Asset(NamedTuple):
    body: bytes
    packed: bytes
    etag: str
    media_type: str


def page(request: Request) -> Response:
    return _answer(request, _load(PAGE, "text/html"))


def asset(request: Request) -> Response:
    name: str = request.path_params["name"]
    if name not in ASSETS:
        raise HTTPException(404)
    return _answer(request, _load(name, ASSETS[name]))


@cache
def _load(name: str, media_type: str) -> Asset:
    body = (FOLDER / name).read_bytes()
    etag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
    return Asset(body, gzip.compress(body, mtime=0), etag, media_type)


def _answer(request: Request, found: Asset) -> Response:
    headers = {**HEADERS, "ETag": found.etag}
    if found.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
    body = found.packed if "Content-Encoding" in headers else found.body
    return Response(body, headers=headers, media_type=found.media_type)


# Plain functions: Starlette runs them in a thread, so packing a file for the first time holds up nobody.
EXPLORER_ROUTES = [
    Route("/explorer", page, methods=["GET"], name="explorer"),
    Route("/explorer/assets/{name}", asset, methods=["GET"], name="explorer-asset"),
]
