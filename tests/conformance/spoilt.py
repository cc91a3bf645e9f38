"""Connectors with one fault each, made of sound ones: at the port, or on the wire."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx

from hub.erp.connector import Answer, Check, Connector, Found, Obstacle, Page, Step
from hub.erp.reach import Reach
from hub.errors import ErpError, ErpRefused, ErpUnauthorized, ErpUnavailable, ErpUnexpected, Refused

Facts = Mapping[str, Any]


class Spoilt:
    """All of a sound connector's calls, and nothing wrong with them; each fault below changes one."""

    def __init__(self, sound: Connector, secret: Callable[[], str]) -> None:
        self.kind, self.sound, self._secret = sound.kind, sound, secret

    @staticmethod
    def reaching(reach: Reach) -> Reach:
        """What the sound connector is opened with."""
        return reach

    async def verify(self) -> Sequence[Check]:
        return await self.sound.verify()

    async def fetch(self, resource: str, scope: Mapping[str, str], cursor: str | None) -> Page:
        return await self.sound.fetch(resource, scope, cursor)

    def steps(self, object_key: str, facts: Facts, entries: Facts) -> Sequence[Step]:
        return self.sound.steps(object_key, facts, entries)

    async def find(self, step: Step) -> Found | None:
        return await self.sound.find(step)

    async def push(self, step: Step, body: bytes) -> Answer:
        return await self.sound.push(step, body)

    async def obstacles(self, step: Step) -> Sequence[Obstacle]:
        return await self.sound.obstacles(step)

    async def close(self) -> None:
        await self.sound.close()


class FirstPageOnly(Spoilt):
    async def fetch(self, resource: str, scope: Mapping[str, str], cursor: str | None) -> Page:
        return replace(await self.sound.fetch(resource, scope, cursor), cursor=None)


class ShortPageEnds(Spoilt):
    _longest = 0

    async def fetch(self, resource: str, scope: Mapping[str, str], cursor: str | None) -> Page:
        page = await self.sound.fetch(resource, scope, cursor)
        full = self._longest = max(self._longest, len(page.records), 40)
        return page if len(page.records) >= full else replace(page, cursor=None)


class SkipsBadRows(Spoilt):
    async def fetch(self, resource: str, scope: Mapping[str, str], cursor: str | None) -> Page:
        page = await self.sound.fetch(resource, scope, cursor)
        return replace(page, records=[record for record in page.records if not record.problems])


class LocalTimes(Spoilt):
    async def fetch(self, resource: str, scope: Mapping[str, str], cursor: str | None) -> Page:
        page = await self.sound.fetch(resource, scope, cursor)
        naive = [
            replace(one, updated_at=one.updated_at and one.updated_at.replace(tzinfo=None))
            for one in page.records
        ]
        return replace(page, records=naive)


class SwallowsUnauthorized(Spoilt):
    async def fetch(self, resource: str, scope: Mapping[str, str], cursor: str | None) -> Page:
        try:
            return await self.sound.fetch(resource, scope, cursor)
        except ErpUnauthorized:
            return Page([], None)


class LeaksInErrors(Spoilt):
    async def fetch(self, resource: str, scope: Mapping[str, str], cursor: str | None) -> Page:
        try:
            return await self.sound.fetch(resource, scope, cursor)
        except ErpUnavailable as error:
            raise ErpUnavailable(
                f"{error} (signed in with {self._secret()})", reached=error.reached
            ) from error


class LeaksInLogs(Spoilt):
    async def fetch(self, resource: str, scope: Mapping[str, str], cursor: str | None) -> Page:
        logging.getLogger("spoilt").debug("signing in with %s", self._secret())
        return await self.sound.fetch(resource, scope, cursor)


class MoneyByFloat(Spoilt):
    def steps(self, object_key: str, facts: Facts, entries: Facts) -> Sequence[Step]:
        return self.sound.steps(object_key, _changed(facts, _by_float), entries)


def _by_float(name: str, value: Any) -> Any:
    return (
        Decimal(int(float(value) * 100)) / 100 if isinstance(value, Decimal) and "amount" in name else value
    )


class CutsTitles(Spoilt):
    def steps(self, object_key: str, facts: Facts, entries: Facts) -> Sequence[Step]:
        return self.sound.steps(object_key, _changed(facts, _cut), entries)


def _cut(name: str, value: Any) -> Any:
    return value[:35] if name == "title" else value


class LosesZeros(Spoilt):
    def steps(self, object_key: str, facts: Facts, entries: Facts) -> Sequence[Step]:
        return self.sound.steps(object_key, _changed(facts, _without_zeros), entries)


def _without_zeros(name: str, value: Any) -> Any:
    return value.lstrip("0") if name == "number" and isinstance(value, str) else value


def _changed(facts: Any, change: Any) -> Any:
    """The facts and their lines with each value changed by its name."""
    return {
        name: [_changed(one, change) for one in value] if isinstance(value, list) else change(name, value)
        for name, value in facts.items()
    }


class SendsWhatNobodyAsked(Spoilt):
    def steps(self, object_key: str, facts: Facts, entries: Facts) -> Sequence[Step]:
        try:
            return self.sound.steps(object_key, facts, entries)
        except Refused:
            return [Step(object_key, f"{object_key}.create", "POST", "/", {}, {}, {})]


class SendsOtherBytes(Spoilt):
    async def push(self, step: Step, body: bytes) -> Answer:
        return await self.sound.push(step, json.dumps(json.loads(body), indent=1).encode())


class TakesErrorsForSuccess(Spoilt):
    async def push(self, step: Step, body: bytes) -> Answer:
        try:
            return await self.sound.push(step, body)
        except ErpRefused:
            return _believed(step)


class TakesAnyAnswerForSuccess(Spoilt):
    async def push(self, step: Step, body: bytes) -> Answer:
        try:
            return await self.sound.push(step, body)
        except ErpUnexpected:
            return _believed(step)


def _believed(step: Step) -> Answer:
    return Answer("/".join(step.natural_key.values()), None, {})


class RepeatsWrites(Spoilt):
    async def push(self, step: Step, body: bytes) -> Answer:
        try:
            return await self.sound.push(step, body)
        except ErpUnavailable:
            return await self.sound.push(step, body)


class CallsLostUnsent(Spoilt):
    async def push(self, step: Step, body: bytes) -> Answer:
        try:
            return await self.sound.push(step, body)
        except ErpUnavailable as error:
            raise ErpUnavailable(error.message, reached=False) from error


class CallsLostRefused(Spoilt):
    async def push(self, step: Step, body: bytes) -> Answer:
        try:
            return await self.sound.push(step, body)
        except (ErpUnavailable, ErpUnexpected) as error:
            raise ErpRefused(error.message) from error


class FindsNothingInTrouble(Spoilt):
    async def find(self, step: Step) -> Found | None:
        try:
            return await self.sound.find(step)
        except ErpError:
            return None


class IgnoresDifferences(Spoilt):
    async def find(self, step: Step) -> Found | None:
        there = await self.sound.find(step)
        return None if there is None else replace(there, differences={})


class IgnoresDuplicates(Spoilt):
    async def find(self, step: Step) -> Found | None:
        there = await self.sound.find(step)
        if there is None:
            return None
        return replace(there, differences={k: v for k, v in there.differences.items() if k != "count"})


class IgnoresObstacles(Spoilt):
    async def obstacles(self, step: Step) -> Sequence[Obstacle]:
        del step
        return ()


class ForgetsTraffic(Spoilt):
    @staticmethod
    def reaching(reach: Reach) -> Reach:
        return replace(reach, traffic=None)


class NeverFinds(Spoilt):
    async def find(self, step: Step) -> Found | None:
        del step
        return None


class NamesAnother(Spoilt):
    async def push(self, step: Step, body: bytes) -> Answer:
        answer = await self.sound.push(step, body)
        return replace(answer, external_id=f"{answer.external_id}0")


class RepeatsRows(Spoilt):
    async def fetch(self, resource: str, scope: Mapping[str, str], cursor: str | None) -> Page:
        page = await self.sound.fetch(resource, scope, cursor)
        return replace(page, records=[*page.records, *page.records[:1]])


class Wire(httpx.AsyncBaseTransport):
    """Real requests over real sockets, and nothing wrong with them; each fault below changes what comes or goes."""

    def __init__(self, inner: httpx.AsyncBaseTransport | None = None) -> None:
        self.inner = inner or httpx.AsyncHTTPTransport(trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self.inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self.inner.aclose()


class FollowsRedirects(Wire):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.inner.handle_async_request(request)
        if "location" not in response.headers:
            return response
        await response.aclose()
        target = request.url.join(response.headers["location"])
        headers = {**request.headers, "host": target.netloc.decode()}
        return await self.inner.handle_async_request(httpx.Request(request.method, target, headers=headers))


class AsksRefusalsAgain(Wire):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.inner.handle_async_request(request)
        if request.method != "GET" or not 400 <= response.status_code < 500:
            return response
        await response.aclose()
        return await self.inner.handle_async_request(request)


class MatchesByPosition(Wire):
    """A bulk update whose entities are taken in the order in which they were sent, whatever they say."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.inner.handle_async_request(request)
        if request.method != "PATCH" or response.status_code != 200:
            return response
        sent, body = json.loads(request.content), json.loads(await response.aread())
        for update, entity in zip(sent["updates"], body["entities"], strict=False):
            entity["origin_id"] = update["origin_id"]
        return httpx.Response(200, json=body)
