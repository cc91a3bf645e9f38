"""A token server that rotates: each refresh token and each code is good once, and every request is counted."""

import asyncio
from collections.abc import Mapping

from hub.errors import ErpUnauthorized, ErpUnavailable


class TokenServer:
    """Called as the connectors' own posting of a form. `lost` answers are made and never arrive."""

    def __init__(self, *, seconds: object = 5400) -> None:
        self.seconds = seconds
        self.requests: list[dict[str, str]] = []
        self.good: set[str] = set()  # refresh tokens and codes that were not used yet
        self.lost = 0
        self.fails: list[Exception] = []
        self.asked, self.answers = asyncio.Event(), asyncio.Event()
        self.answers.set()

    def code(self) -> str:
        self.good.add("code-1")
        return "code-1"

    async def __call__(self, form: Mapping[str, str]) -> Mapping[str, object]:
        self.requests.append(dict(form))
        count = len(self.requests)
        self.asked.set()
        await self.answers.wait()
        await asyncio.sleep(0)
        if self.fails:
            raise self.fails.pop(0)
        if form["grant_type"] != "client_credentials":
            used = form.get("refresh_token") or form["code"]
            if used not in self.good:
                raise ErpUnauthorized("invalid_grant")
            self.good.remove(used)
            self.good.add(f"refresh-{count}")
        if self.lost:
            self.lost -= 1
            raise ErpUnavailable("The connection broke.")
        answer: dict[str, object] = {"access_token": f"access-{count}", "expires_in": self.seconds}
        return answer | (
            {} if form["grant_type"] == "client_credentials" else {"refresh_token": f"refresh-{count}"}
        )
