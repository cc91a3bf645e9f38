"""A whole request turned away, in the forms in which MRI does it: object, XML, bare text, HTML page."""

import json
from html import escape
from xml.etree import ElementTree as ET

from starlette.responses import Response

from hub.sandboxes.mri.errors import RequestRefusedError
from hub.sandboxes.mri.settings import Oddity

_JSON, _XML, _HTML = (
    f"{kind}; charset=utf-8" for kind in ("application/json", "application/xml", "text/html")
)


def refusal(error: RequestRefusedError, wanted: str, oddities: frozenset[Oddity]) -> Response:
    """A 401 by a bare page, the same for all; the others in the caller's format, unless the site is odd."""
    if error.status == 401:
        return _page(error, {"WWW-Authenticate": 'Basic realm="MRIAPIServices"'})
    if Oddity.ERROR_AS_PAGE in oddities or error.as_page:
        return _page(error, {})
    if Oddity.ERROR_AS_TEXT in oddities:
        return Response(json.dumps(error.message), error.status, media_type=_JSON)
    if wanted == "json":
        body = json.dumps({"error": {"code": str(error.status), "message": error.message}})
        return Response(body, error.status, media_type=_JSON)
    return Response(_xml(error), error.status, media_type=_XML)


def _page(error: RequestRefusedError, headers: dict[str, str]) -> Response:
    page = f"<html><head><title>{error.status}</title></head><body>{escape(error.message)}</body></html>"
    return Response(page, error.status, headers, media_type=_HTML)


def _xml(error: RequestRefusedError) -> str:
    root = ET.Element("error")
    ET.SubElement(root, "code").text = str(error.status)
    ET.SubElement(root, "message").text = error.message
    return ET.tostring(root, encoding="unicode")
