"""Answers of which any part may be anything: a connector raises the hub's own errors, and no others.

The sandboxes' own answers, with values replaced, left out and doubled by seeded dice."""

import asyncio
import json
from random import Random
from typing import Any

import httpx
import pytest
from connecting import COMPANY, WORLD, mri_credentials
from referencing import CREDENTIALS as REFERENCE
from referencing import facts
from starlette.applications import Starlette

from hub.connectors import open_connector
from hub.connectors.procore.resources import RESOURCES
from hub.erp.canonical import canonical
from hub.errors import ErpError, MappingError, Refused
from hub.http import Limits
from hub.keepable import keepable, keepable_document
from hub.sandboxes import mri, procore, reference

ODD: list[Any] = [
    None, True, 0, -1, 10**400, 1.5, "", "null", "x", "a/b:c\n", "\x00", "\ud800", "²", "NaN", "1e400", "-0",
    "9999-12-31T23:59:59-23:59", "2026-13-99", "A" * 5000, [], {}, [[]], [None], ["x"], {"id": None},
    {"entry": [1, None]}, {"message": [{}]},
]  # fmt: skip
LINKS = ["<http://[>; rel=next", "</rest/v1.0/x>; rel=next", "<//evil.example/rest/v1.0/projects>; rel=next"]


class Spoiling(httpx.AsyncBaseTransport):
    """A sandbox whose answers are spoilt on their way."""

    def __init__(self, app: Starlette, dice: Random) -> None:
        self._inner, self._dice = httpx.ASGITransport(app), dice
        self._share = dice.choice((0.005, 0.02, 0.1))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        body = await answer.aread()
        if "/oauth" in request.url.path:
            return httpx.Response(answer.status_code, headers=answer.headers, content=body)
        kept = {name: value for name, value in answer.headers.items() if not name.startswith("content-l")}
        if self._dice.random() < self._share:
            kept["link"] = self._dice.choice(LINKS)
        return httpx.Response(answer.status_code, headers=kept, content=self._spoilt(body))

    def _spoilt(self, body: bytes) -> bytes:
        try:
            return json.dumps(self._changed(json.loads(body))).encode()
        except ValueError:
            spoilt = bytearray(body)
            for _ in range(int(len(spoilt) * self._share / 20)):
                spoilt[self._dice.randrange(len(spoilt))] = self._dice.randrange(256)
            return bytes(spoilt)

    def _changed(self, value: Any) -> Any:
        if self._dice.random() < self._share:
            return self._dice.choice(ODD)
        if isinstance(value, dict):
            left = {name: each for name, each in value.items() if self._dice.random() > self._share / 2}
            return {name: self._changed(each) for name, each in left.items()}
        if isinstance(value, list):
            return [self._changed(each) for each in value] * (1 + (self._dice.random() < self._share))
        return value


MRI_KEYS = [
    "company",
    "project",
    "cost_code",
    "cost_type",
    "project_cost_code",
    "commitment",
    "payment",
    "direct_cost",
]
REFERENCE_KEYS = [*MRI_KEYS, "prime_contract", "owner_invoice", "budget_line", "subcontractor_invoice"]
KINDS: dict[str, tuple[Any, dict[str, str], list[str], list[str]]] = {
    "procore": (
        procore,
        {"client_id": "hub-sandbox", "client_secret": "hub-sandbox-secret"},
        list(RESOURCES),
        [str(job.procore_id) for job in WORLD.jobs if job.procore_id],
    ),
    "mri": (mri, mri_credentials(), MRI_KEYS, [job.code for job in WORLD.jobs]),
    "reference": (reference, REFERENCE, REFERENCE_KEYS, [job.code for job in WORLD.jobs]),
}


def settings(kind: str, dice: Random) -> dict[str, Any]:
    of_procore = {"company_id": COMPANY, "standard_cost_code_list_id": str(WORLD.company.cost_code_list_id)}
    return {"procore": of_procore, "mri": {"format": dice.choice(["json", "xml"])}, "reference": {}}[kind]


async def heard(call: Any) -> Any:
    """The answer, or None where it ended in one of the hub's errors, which can be kept as it is."""
    words = ""
    try:
        return await call
    except (ErpError, MappingError, Refused) as error:
        words = str(error)
    assert keepable(words) == words
    return None


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("kind", KINDS)
async def test_whatever_a_server_answers_only_the_errors_of_the_hub_come_of_it(kind: str, seed: int):
    room, credentials, keys, projects = KINDS[kind]
    dice = Random(seed)
    connector = open_connector(
        kind, "https://x.example.com", credentials, settings(kind, dice),
        transport=Spoiling(room.create_app(), dice), limits=Limits(tries=1, backoff=0.0, patience=0.0),
    )  # fmt: skip
    async with asyncio.timeout(60):
        for key in dice.sample(keys, min(8, len(keys))):
            scope = {"project": dice.choice(projects)} if dice.random() < 0.7 else {}
            page = await heard(connector.fetch(key, scope, None))
            for record in page.records if page is not None else ():
                assert keepable_document(record.values) == record.values
            if page is not None and page.cursor is not None:
                await heard(connector.fetch(key, scope, page.cursor))
        await heard(connector.verify())
        if kind != "procore":
            for step in connector.steps("commitment", facts("commitment"), {"erp_id": "A1"}):
                await heard(connector.push(step, canonical(step.body)))
                await heard(connector.find(step))
                await heard(connector.obstacles(step))
    await connector.close()
