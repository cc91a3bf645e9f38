"""A Procore of a few hand-written answers: paths to rows, in pages, and what was asked of it."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx
from driving import QUICK

from hub.connectors import open_connector
from hub.connectors.procore.connector import ProcoreConnector

BASE = "https://procore.example.com"


@dataclass
class Double:
    """`answers` are by path: a list is cut into pages where the caller asks for them, anything else goes out as it is.

    A callable gets the request. What has no answer is 404 in Procore's words."""

    answers: dict[str, Any]
    asked: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 5400})
        self.asked.append(request)
        answer = self.answers.get(request.url.path)
        if callable(answer):
            return answer(request)
        if isinstance(answer, httpx.Response):
            return answer
        if answer is None:
            return httpx.Response(404, json={"errors": "Not found"})
        return page(request, answer) if isinstance(answer, list) else httpx.Response(200, json=answer)

    @property
    def paths(self) -> list[str]:
        return [request.url.path for request in self.asked]

    @property
    def queries(self) -> list[dict[str, str]]:
        return [dict(request.url.params) for request in self.asked]

    def connector(self, **settings: Any) -> ProcoreConnector:
        opened = open_connector(
            "procore",
            BASE,
            {"client_id": "c", "client_secret": "s3cret", "webhook_authorization": "Bearer h00k"},
            {"company_id": "4100", **settings},
            transport=httpx.MockTransport(self),
            limits=QUICK,
        )
        assert isinstance(opened, ProcoreConnector)
        return opened


def page(request: httpx.Request, rows: list[Any]) -> httpx.Response:
    """A page of the rows with its link to the next, all of them where no page is asked for."""
    asked = {name: values[0] for name, values in parse_qs(request.url.query.decode()).items()}
    if "per_page" not in asked:
        return httpx.Response(200, json=rows)
    number, size = int(asked.get("page", "1")), int(asked["per_page"])
    following = f"{BASE}{request.url.path}?{urlencode({**asked, 'page': str(number + 1)})}"
    more = number * size < len(rows)
    headers = {"link": f'<{following}>; rel="next"'} if more else {}
    return httpx.Response(200, json=rows[(number - 1) * size : number * size], headers=headers)


def sent(double: Double) -> Any:
    """The body of the last request."""
    return json.loads(double.asked[-1].content)
