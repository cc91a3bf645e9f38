"""How the tests ask: over HTTP as a role, or the engine twice, compiled and completed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from factories import Contractor

from hub.api.context import Context, Means, Viewer
from hub.api.engine import Answer, Engine
from hub.errors import RequestRefused

NEW = "application/graphql-response+json"


@dataclass(frozen=True)
class Caller:
    """One key at the API's door."""

    client: httpx.AsyncClient
    key: str

    async def post(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        operation_name: str | None = None,
        *,
        accept: str = NEW,
    ) -> httpx.Response:
        body = {"query": query, "variables": variables, "operationName": operation_name}
        return await self.client.post("/graphql", json=body, headers=self.headers | {"Accept": accept})

    async def data(self, query: str, **variables: Any) -> Any:
        """The answer's data; an error fails the test."""
        answer = await self.post(query, variables)
        found = answer.json()
        assert answer.status_code == 200, found
        assert "errors" not in found, found
        return found["data"]

    async def code(self, query: str, **variables: Any) -> str:
        """The code of the refusal; an answer with data fails the test."""
        found = (await self.post(query, variables)).json()
        assert "data" not in found, found
        code: str = found["errors"][0]["extensions"]["code"]
        return code

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


@dataclass(frozen=True)
class BothWays:
    """Runs a document compiled and completed by graphql-core, and holds the two answers against each other."""

    engine: Engine
    means: Means

    def context(self, who: Contractor, role: str) -> Context:
        viewer = Viewer(who.account, who.members[role], bulk=role == "bi_reader")
        return Context(viewer, self.means, self.engine)

    async def ask(
        self,
        who: Contractor,
        role: str,
        text: str,
        variables: Mapping[str, Any] | None = None,
        operation_name: str | None = None,
    ) -> Any:
        """The data, or the code of the refusal: the same, to the order of keys, on both ways."""
        compiled = await self._once(who, role, text, variables, operation_name, complete=False)
        completed = await self._once(who, role, text, variables, operation_name, complete=True)
        assert compiled == completed, f"{role}\n{text}\n{variables}"
        return json.loads(compiled) if compiled.startswith(("{", "[")) else compiled

    async def _once(
        self,
        who: Contractor,
        role: str,
        text: str,
        variables: Mapping[str, Any] | None,
        name: str | None,
        *,
        complete: bool,
    ) -> str:
        try:
            answer = await self.engine.run(self.context(who, role), text, variables, name, complete=complete)
        except RequestRefused as refused:
            return refused.code.value
        assert complete or answer.text is not None, f"a document of planned fields was not compiled:\n{text}"
        return written(answer)


def written(answer: Answer) -> str:
    """The data as JSON text, keys in the order of the answer."""
    if answer.text is not None:
        return json.dumps(json.loads(answer.text))
    assert answer.result is not None
    assert not answer.result.errors, answer.result.errors
    return json.dumps(answer.result.data)
