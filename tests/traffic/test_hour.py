"""An hour at the edge of what the other side allows: no call is refused, and an import leaves room for exports."""

import random
from dataclasses import dataclass, field

import httpx
import pytest

from db.clock import Sources
from hub.errors import ErpUnavailable
from hub.http import (
    Basic,
    BudgetRules,
    Client,
    ClientCredentials,
    Held,
    Lane,
    Limits,
    Rules,
    Window,
)
from hub.sandboxes import mri, procore
from hub.sandboxes.kit.clock import Clock
from hub.sandboxes.mri.settings import PartnerKey

HOUR = 3600
KEY = "account:connection"
VENDOR_LIST = "/MRIAPIServices/api.asp?$api=MRI_S-PMAP_Vendors&$format=json&$top=1"


@dataclass
class Road:
    """The way to a sandbox: calls take their time on it, each another one, and every answer is counted."""

    inner: httpx.AsyncBaseTransport
    clock: object
    chance: random.Random
    statuses: list[int] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self.clock.sleep(self.chance.uniform(0.02, 0.45))
        answer = await self.inner.handle_async_request(request)
        self.statuses.append(answer.status_code)
        await self.clock.sleep(self.chance.uniform(0.02, 0.2))
        return answer


@pytest.fixture
def clock(clock, monkeypatch):
    """The sandboxes live in the same time."""
    monkeypatch.setattr(Clock, "now", lambda _: Sources.clock.now())
    return clock


def road(app, clock, seed):
    made = Road(httpx.ASGITransport(app), clock, random.Random(seed))

    class Transport(httpx.AsyncBaseTransport):
        handle_async_request = staticmethod(made.handle_async_request)

    return made, Transport()


def client(base, transport, clock, authorizer, traffic=None, **headers):
    limits = Limits(patience=120.0)
    return Client(base, transport=transport, sleep=clock.sleep, authorizer=authorizer, traffic=traffic,
                  limits=limits, headers=headers)  # fmt: skip


def to_procore(app, clock, road_, traffic):
    base = "https://procore.example.com"
    login = client(base, httpx.ASGITransport(app), clock, None)

    async def fetch(form):
        found = await login.send(
            "POST", "/oauth/token", str(httpx.QueryParams(form)).encode(),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )  # fmt: skip
        return found.json()

    signed = ClientCredentials("hub-sandbox", "hub-sandbox-secret", fetch)
    return client(base, road_, clock, signed, traffic)


def to_mri(clock, road_, traffic, settings):
    return client(
        "https://mri.example.com", road_, clock, Basic(settings.basic_user, settings.password), traffic
    )


@dataclass
class Demand:
    """Exports that come at even moments, and how long each of their calls waited to leave."""

    waits: list[float] = field(default_factory=list)
    done: int = 0

    async def exports(self, clock, reader, traffic, path, every, first):
        await clock.sleep(first)
        while clock.seconds < HOUR:
            began, admitted = clock.seconds, traffic.left
            await reader.get(path)
            self.done += traffic.left - admitted
            self.waits += traffic.waited
            traffic.waited.clear()
            await clock.sleep(max(0.0, every - (clock.seconds - began)))

    async def importing(self, clock, reader, path):
        """As fast as it is let; where the budget asks for patience, it comes back when it may."""
        while clock.seconds < HOUR:
            try:
                await reader.get(path)
            except Held as held:
                await clock.sleep(held.retry_after)
            else:
                self.done += 1


class Seen:
    """Traffic that notes how long each call had to wait."""

    def __init__(self, inner):
        self.inner, self.waited, self.left, self._sum = inner, [], 0, 0.0

    async def admit(self):
        wait = await self.inner.admit()
        self._sum += wait
        if wait == 0:
            self.waited.append(self._sum)
            self.left, self._sum = self.left + 1, 0.0
        return wait

    async def heard(self, heard):
        await self.inner.heard(heard)

    async def may_retry(self):
        return await self.inner.may_retry()


def of_lanes(worker, rules):
    """Two processes that export, two that import; each with a connection of its own to the shared budget."""
    return [Seen(worker().traffic(KEY, rules, lane)) for lane in [Lane.INTERACTIVE] * 2 + [Lane.BULK] * 2]


async def test_an_hour_at_procore_at_95_percent_of_its_limits(worker, clock):
    """600 calls an hour, 25 in ten seconds: imports take what they are let, exports a quarter of the hour."""
    app = procore.create_app(settings=procore.Settings(hourly_limit=600, spike_limit=25))
    rules = Rules(BudgetRules((Window(600, HOUR), Window(25, 10))))
    made, transport = road(app, clock, 7)
    lanes = of_lanes(worker, rules)
    clients = [to_procore(app, clock, transport, traffic) for traffic in lanes]
    exporting, importing = Demand(), Demand()

    await clock.run(
        exporting.exports(clock, clients[0], lanes[0], "/rest/v1.0/me", 48.0, 1.0),
        exporting.exports(clock, clients[1], lanes[1], "/rest/v1.0/me", 48.0, 17.0),
        importing.importing(clock, clients[2], "/rest/v1.0/me"),
        importing.importing(clock, clients[3], "/rest/v1.0/companies"),
    )

    assert set(made.statuses) == {200}
    assert len(made.statuses) >= 570  # 95 percent of the hour
    assert exporting.done == 150
    assert max(exporting.waits) == 0.0
    for one in clients:
        await one.close()


async def test_an_hour_at_mri_at_95_percent_of_its_limit(worker, clock):
    """60 calls in five minutes and no header that tells what is left."""
    settings = mri.Settings(keys=(PartnerKey(calls=60),))
    app = mri.create_app(settings=settings)
    rules = Rules(BudgetRules((Window(60, 300),)))
    made, transport = road(app, clock, 11)
    lanes = of_lanes(worker, rules)
    clients = [to_mri(clock, transport, traffic, settings) for traffic in lanes]
    exporting, importing = Demand(), Demand()

    await clock.run(
        exporting.exports(clock, clients[0], lanes[0], VENDOR_LIST, 40.0, 1.0),
        exporting.exports(clock, clients[1], lanes[1], VENDOR_LIST, 40.0, 9.0),
        importing.importing(clock, clients[2], VENDOR_LIST),
        importing.importing(clock, clients[3], VENDOR_LIST),
    )

    assert set(made.statuses) == {200}
    assert len(made.statuses) >= 684
    assert exporting.done == 180
    assert max(exporting.waits) == 0.0
    for one in clients:
        await one.close()


async def test_exports_alone_may_use_the_whole_limit(worker, clock):
    """Four workers ask for more than there is: they get all of it, and are refused none."""
    settings = mri.Settings(keys=(PartnerKey(calls=25),))
    app = mri.create_app(settings=settings)
    made, transport = road(app, clock, 13)
    rules = Rules(BudgetRules((Window(25, 300),)))
    clients = [
        to_mri(clock, transport, worker().traffic(KEY, rules, Lane.INTERACTIVE), settings) for _ in range(4)
    ]
    demand = Demand()

    await clock.run(*(demand.importing(clock, one, VENDOR_LIST) for one in clients))

    assert set(made.statuses) == {200}
    assert 295 <= len(made.statuses) <= 325
    for one in clients:
        await one.close()


async def test_the_limit_is_strict_where_nobody_counts(clock):
    """The same hour without a budget: the sandbox refuses, so the tests above can fail."""
    settings = mri.Settings(keys=(PartnerKey(calls=25),))
    made, transport = road(mri.create_app(settings=settings), clock, 17)
    caller = to_mri(clock, transport, None, settings)

    async def flat_out():
        with pytest.raises(ErpUnavailable, match="429"):
            for _ in range(30):
                await caller.get(VENDOR_LIST)

    await clock.run(flat_out())

    assert made.statuses.index(429) == 25
    await caller.close()
