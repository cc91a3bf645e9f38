"""How fast the API reads: the hub against a bare route that runs the same SQL, side by side in one run.

    python -m tests.bench.reads [--rounds 5] [--seconds 3] [--shapes point,page] [--commitments 20000] [--vary]

Rounds are interleaved and ratios are medians of the rounds' own ratios, so that a noisy moment weighs on both. A burst
repeats one request, as load programs do, and the hub parses and binds a request that it knows to the byte no second
time; with --vary no two bodies are the same. Answers are never kept: every request runs its statement."""

import argparse
import asyncio
import json
import os
import secrets
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import httpx

from db.session import dsn
from hub import migrate
from hub.embedded.child import Child
from hub.embedded.local import LocalServices, local_services
from hub.embedded.ports import free_port
from hub.settings import Settings
from tests.bench.cpu import used
from tests.bench.load import Burst, LoadFailed, Post, burst, tool
from tests.bench.seeding import Seeded, seed
from tests.bench.shapes import Shape, shapes

GOAL = 0.8
CONNECTIONS = (1, 32)
NEW = "application/graphql-response+json"


@dataclass(frozen=True)
class Target:
    """A server under load."""

    name: str
    address: str
    pid: int
    path: Callable[[Shape], str]

    def url(self, shape: Shape) -> str:
        return f"{self.address}{self.path(shape)}"


@dataclass
class Series:
    """The rounds of one shape at one concurrency: for each target its bursts and its CPU in ms a request."""

    bursts: dict[str, list[Burst]] = field(default_factory=dict)
    server: dict[str, list[float]] = field(default_factory=dict)
    postgres: dict[str, list[float]] = field(default_factory=dict)

    def ratio(self) -> float:
        pairs = zip(self.bursts["hub"], self.bursts["bare"], strict=True)
        return statistics.median(hub.rate / bare.rate for hub, bare in pairs)

    def figures(self) -> dict[str, Any]:
        return {
            "ratio": round(self.ratio(), 3),
            **{
                name: {
                    "per_second": round(statistics.median(made.rate for made in bursts), 1),
                    "p50_ms": round(statistics.median(made.p50 for made in bursts), 2),
                    "p99_ms": round(statistics.median(made.p99 for made in bursts), 2),
                    "server_cpu_ms": round(statistics.median(self.server[name]), 3),
                    "postgres_cpu_ms": round(statistics.median(self.postgres[name]), 3),
                }
                for name, bursts in self.bursts.items()
            },
        }


class Bench:
    """Servers, an account and the bursts."""

    def __init__(self, options: argparse.Namespace, folder: Path, services: LocalServices) -> None:
        self.options, self.folder, self.services = options, folder, services
        name = f"bench_{secrets.token_hex(4)}"
        self.settings = Settings(  # type: ignore[call-arg]
            DATABASE_URL=dsn(services.database_url, database=name),
            REDIS_URL=services.redis_url,
            secret=secrets.token_hex(16),
            role_prefix=name,
        )
        self.database = name

    async def run(self) -> dict[str, Any]:
        owner = await asyncpg.connect(self.services.database_url)
        await owner.execute(f"create database {self.database}")
        try:
            await migrate.upgrade(self.settings)
            return await self._measured(owner)
        finally:
            for child in ("hub", "bare"):
                if self.services.supervisor.pid(child):
                    await self.services.supervisor.stop_child(child)
            await owner.execute(f"drop database {self.database} with (force)")
            for role in ("app", "sweeper", "door"):
                await owner.execute(f"drop role {self.database}_{role}")
            await owner.close()

    async def _measured(self, owner: asyncpg.Connection) -> dict[str, Any]:
        began = time.monotonic()
        seeded = await seed(self.settings, self.options.commitments)
        say(f"{self.options.commitments} commitments seeded in {time.monotonic() - began:.1f} s")
        chosen = [s for s in shapes(seeded.commitment, seeded.project) if s.name in self.options.shapes]
        targets = await self._targets(seeded, chosen)
        for shape in chosen:
            await self._same(seeded, shape, targets)
        backends = _backends(owner, self.database)
        series = {(shape.name, count): Series() for shape in chosen for count in CONNECTIONS}
        for number in range(self.options.rounds):
            for shape in chosen:
                for count in CONNECTIONS:
                    one = series[shape.name, count]
                    for target in targets if number % 2 == 0 else targets[::-1]:
                        await self._burst(seeded, shape, count, target, one, backends)
                    say(self._line(number, shape, count, one))
        return {f"{name} c{count}": one.figures() for (name, count), one in series.items()}

    @staticmethod
    def _line(number: int, shape: Shape, count: int, one: Series) -> str:
        hub, bare = one.bursts["hub"][-1], one.bursts["bare"][-1]
        rates = f"hub {hub.rate:8.1f}/s  bare {bare.rate:8.1f}/s  ratio {hub.rate / bare.rate:.2f}"
        return f"round {number + 1}  {shape.name:9} c{count:<3} {rates}"

    # --- servers ------------------------------------------------------------------------------------------------------

    async def _targets(self, seeded: Seeded, chosen: list[Shape]) -> list[Target]:
        asked = [
            {
                "name": shape.name,
                "query": shape.query,
                "variables": shape.variables,
                "account": str(seeded.account),
                "member": str(seeded.reader if shape.bulk else seeded.approver),
                "bulk": shape.bulk,
            }
            for shape in chosen
        ]
        hub = await self._server("hub", lambda port: ["-m", "hub", "serve", "--port", str(port)], {})
        bare = await self._server(
            "bare", lambda port: ["-m", "tests.bench.bare", str(port)], {"BENCH_ASKED": json.dumps(asked)}
        )
        return [
            Target("hub", hub[0], hub[1], lambda _: "/graphql"),
            Target("bare", bare[0], bare[1], lambda shape: f"/{shape.name}"),
        ]

    async def _server(
        self, name: str, argv: Callable[[int], list[str]], env: dict[str, str]
    ) -> tuple[str, int]:
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        given = {
            "DATABASE_URL": self.settings.database_url,
            "REDIS_URL": self.settings.redis_url,
            "HUB_SECRET": self.settings.secret.get_secret_value(),
            "HUB_ROLE_PREFIX": self.settings.role_prefix,
        }
        pid = await self.services.supervisor.start(
            Child(
                name,
                [sys.executable, *argv(port)],
                env={**given, **env},
                ready=_answers(address),
                restart=False,
            )
        )
        return address, pid

    async def _same(self, seeded: Seeded, shape: Shape, targets: list[Target]) -> None:
        """Both must answer the same before either is timed."""
        found = []
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            for target in targets:
                headers = {
                    "Authorization": _key(seeded, shape),
                    "Accept": NEW,
                    "Content-Type": "application/json",
                }
                answer = await client.post(target.url(shape), content=_body(shape), headers=headers)
                if answer.status_code != 200 or not answer.json().get("data"):
                    raise LoadFailed(
                        f"{target.name} answers {shape.name} with {answer.status_code}: {answer.text[:300]}"
                    )
                found.append(answer.json()["data"])
        if found[0] != found[1]:
            raise LoadFailed(f"{shape.name}: the answers differ.")

    async def _burst(
        self,
        seeded: Seeded,
        shape: Shape,
        count: int,
        target: Target,
        series: Series,
        backends: Callable[[], Awaitable[list[int]]],
    ) -> None:
        post = Post(target.url(shape), _body(shape), _key(seeded, shape), varied=self.options.vary)
        await burst(post, connections=count, seconds=1, folder=self.folder)  # warm, and settled
        pids = await backends()
        before = used([target.pid]), used(pids)
        made = await burst(post, connections=count, seconds=self.options.seconds, folder=self.folder)
        after = used([target.pid]), used(pids)
        series.bursts.setdefault(target.name, []).append(made)
        series.server.setdefault(target.name, []).append((after[0] - before[0]) * 1000 / made.requests)
        series.postgres.setdefault(target.name, []).append((after[1] - before[1]) * 1000 / made.requests)


def _body(shape: Shape) -> str:
    return json.dumps({"query": shape.query, "variables": shape.variables})


def _key(seeded: Seeded, shape: Shape) -> str:
    return f"Bearer {seeded.bulk_key if shape.bulk else seeded.key}"


def _answers(address: str) -> Callable[[], Awaitable[bool]]:
    async def ready() -> bool:
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=2) as client:
                return (await client.get(f"{address}/health")).status_code == 200
        except httpx.HTTPError:
            return False

    return ready


def _backends(owner: asyncpg.Connection, database: str) -> Callable[[], Awaitable[list[int]]]:
    async def pids() -> list[int]:
        rows = await owner.fetch("select pid from pg_stat_activity where datname = $1", database)
        return [row["pid"] for row in rows]

    return pids


def say(text: str) -> None:
    print(text, flush=True)


def options(arguments: list[str]) -> argparse.Namespace:
    names = [shape.name for shape in shapes("", "")]
    parser = argparse.ArgumentParser(
        prog="bench-reads", description="The hub against a bare route with the same SQL."
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="length of one burst")
    parser.add_argument("--commitments", type=int, default=20_000)
    parser.add_argument(
        "--shapes", type=lambda text: text.split(","), default=names, help=f"some of {','.join(names)}"
    )
    parser.add_argument("--vary", action="store_true", help="let no two bodies be the same")
    return parser.parse_args(arguments)


async def main(arguments: list[str]) -> int:
    given = options(arguments)
    began = time.monotonic()
    try:
        say(f"load by {tool()}")
        with TemporaryDirectory(prefix="bench-") as name:
            os.chmod(name, 0o755)
            async with local_services(Path(name) / "servers", durable=False) as services:
                figures = await Bench(given, Path(name), services).run()
    except LoadFailed as failed:
        say(str(failed))
        return 1
    lowest = min(one["ratio"] for one in figures.values())
    ok = lowest >= GOAL
    for name, one in figures.items():
        say(f"{name:13} ratio {one['ratio']:.2f}  hub {one['hub']}  bare {one['bare']}")
    seconds = round(time.monotonic() - began, 1)
    say(
        json.dumps(
            {
                "command": "bench-reads",
                "ok": ok,
                "goal": GOAL,
                "lowest": lowest,
                "seconds": seconds,
                "shapes": figures,
            }
        )
    )
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
