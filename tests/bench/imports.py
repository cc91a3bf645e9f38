"""How fast costs are taken in: the hub's own import job against COPY of the same rows, side by side in one run.

    python -m tests.bench.imports [--rounds 3] [--costs 200000] [--page 2000] [--memory 20000,1000000]

Half of the costs are new, a quarter has changed, a quarter is as it was. The hub starts from decoded pages and ends with
the last commit: validation, references, row-level security, records, lines, links, events and the cursor of each page.
COPY writes all records, their lines and links and the events of that import into the same tables with the same indexes
and keys, as the owner of the server; it too starts from rows in memory (`copy`), and beside it from files that hold the
very bytes of the protocol (`ready`). What it takes to make pages or to fetch rows is charged to nobody. Rounds are
interleaved and ratios are medians of the rounds' own ratios; each is told in time and in CPU, since others may use the
machine. Afterwards all have to hold the same.

Memory: the import is done once more in a process of its own for each size, with pages that are made when asked for. It is
flat where the peak of the largest is at most 1.15 times that of the smallest, both of that process and of its backend."""

import argparse
import asyncio
import json
import os
import secrets
import statistics
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import asyncpg

from db.session import dsn
from hub import migrate
from hub.embedded.local import LocalServices, local_services
from hub.settings import Settings
from tests.bench.copying import Original
from tests.bench.costs import PROJECTS, Books, Costs, found
from tests.bench.memory import Peak, peak_of_this_process
from tests.bench.state import State, state
from tests.bench.taking import Parts, Taken, take

GOAL, FLAT = 0.6, 1.15
_SHARES = (0.5, 0.25, 0.25)


class Unequal(Exception):
    """The contestants do not hold the same, or not what was read."""


@dataclass
class Series:
    """Seconds and seconds of CPU of each contestant, a round each."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, seconds: float, cpu: float) -> None:
        self.seconds.setdefault(name, []).append(seconds)
        self.cpu.setdefault(name, []).append(cpu)

    def ratios(self, against: str) -> dict[str, float]:
        return {"time": _ratio(self.seconds, against), "cpu": _ratio(self.cpu, against)}

    def rates(self, rows: int) -> dict[str, float]:
        return {name: round(rows / statistics.median(told)) for name, told in self.seconds.items()}


def _ratio(told: dict[str, list[float]], against: str) -> float:
    return round(
        statistics.median(theirs / ours for theirs, ours in zip(told[against], told["hub"], strict=True)), 3
    )


class Bench:
    """Databases that are copies of two: `ground` has all that costs name, `seeded` half of the costs as well."""

    def __init__(self, options: argparse.Namespace, folder: Path, services: LocalServices) -> None:
        self.options, self.folder, self.services = options, folder, services
        self.name = f"bench_{secrets.token_hex(4)}"
        self.made: list[str] = []
        self.secret = secrets.token_hex(16)
        self.owner: asyncpg.Connection = None
        self.books: Books

    def settings(self, which: str) -> Settings:
        return Settings(  # type: ignore[call-arg]  # the rest comes from the environment
            DATABASE_URL=dsn(self.services.database_url, database=f"{self.name}_{which}"),
            REDIS_URL=self.services.redis_url,
            secret=self.secret,
            role_prefix=self.name,
        )

    async def run(self) -> dict[str, Any]:
        self.owner = await asyncpg.connect(self.services.database_url)
        try:
            await self.database("ground")
            await migrate.upgrade(self.settings("ground"))
            self.books = await found(self.settings("ground"))
            figures = await self.speed() if self.options.rounds else {}
            return figures | (await self.memory() if self.options.memory else {})
        finally:
            for which in list(self.made):
                await self.drop(which)
            for role in ("app", "sweeper", "door"):
                await self.owner.execute(f"drop role if exists {self.name}_{role}")
            await self.owner.close()

    async def database(self, which: str, like: str | None = None) -> Settings:
        """A new one, and nothing left to be written when it is used."""
        template = f" template {self.name}_{like} strategy file_copy" if like else ""
        await self.owner.execute(f"create database {self.name}_{which}{template}")
        self.made.append(which)
        await self.owner.execute("checkpoint")
        return self.settings(which)

    async def drop(self, which: str) -> None:
        await self.owner.execute(f"drop database {self.name}_{which} with (force)")
        self.made.remove(which)

    # --- speed ----------------------------------------------------------------------------------------------------

    def costs(self, edition: int) -> Costs:
        return Costs(self.options.costs, self.options.page, edition)

    async def speed(self) -> dict[str, Any]:
        seeded = await self.database("seeded", "ground")
        first = await take(seeded, self.books, costs := self.costs(1))
        say(f"{costs.read} costs were there before, taken in in {first.seconds:.1f} s")
        await self._vacuumed(seeded)
        original, wanted, parts = await self._original()
        series = Series()
        for number in range(self.options.rounds):
            order = ("hub", "copy", "ready") if number % 2 == 0 else ("ready", "copy", "hub")
            for name in order:
                await self._turn(name, original, wanted, series)
            say(self._line(number, series))
        return {
            "ratio": series.ratios("copy"),
            "ratio_ready": series.ratios("ready"),
            "rows_per_second": series.rates(self.options.costs),
            "cpu_seconds": {name: round(statistics.median(told), 2) for name, told in series.cpu.items()},
            "state": {name: asdict(part) for name, part in wanted.items()},
            "parts": parts,
        }

    async def _original(self) -> tuple[Original, State, dict[str, float]]:
        """The import whose rows COPY gets; it also tells where the time goes, and is not counted."""
        settings, parts = await self.database("original", "seeded"), Parts()
        taken = await take(settings, self.books, costs := self.costs(2), parts=parts)
        wanted = await state(settings, self.books.account, taken.run)
        await self._is_right(settings, taken, costs, wanted)
        told = {name: round(seconds, 2) for name, seconds in parts.seconds.most_common(16)}
        for name, seconds in told.items():
            say(f"  {seconds:7.2f} s  {name}")
        original = await Original.of(settings, self.books.account, taken.run, self.folder)
        return original, wanted, told

    async def _is_right(self, settings: Settings, taken: Taken, costs: Costs, wanted: State) -> None:
        """As many of each kind as there should be, and the sum of what was read."""
        owner = await asyncpg.connect(settings.database_url)
        run = await owner.fetchrow("select * from sync_run where id = $1", taken.run)
        await owner.close()
        told = (run["records_created"], run["records_updated"], run["records_unchanged"], run["issues_count"])
        expected = (*(round(share * self.options.costs) for share in _SHARES), 0)
        if told != expected:
            raise Unequal(f"The run tells of {told}, and {expected} were to be read.")
        records = wanted["records"]
        if (records.count, records.sum) != (costs.read, costs.total):
            raise Unequal(f"The books hold {records}, and {costs.read} of {costs.total} were read.")

    async def _turn(self, name: str, original: Original, wanted: State, series: Series) -> None:
        settings = await self.database(name, "seeded" if name == "hub" else "ground")
        if name == "hub":
            taken = await take(settings, self.books, self.costs(2))
            run = taken.run
            series.add(name, taken.seconds, taken.cpu)
        else:
            copied = await (original.copy(settings) if name == "copy" else original.copy_ready(settings))
            run = original.run
            series.add(name, copied.seconds, copied.cpu)
        held = await state(settings, self.books.account, run)
        if held != wanted:
            raise Unequal(f"{name} holds {held}, and {wanted} was to be held.")
        await self.drop(name)

    @staticmethod
    async def _vacuumed(settings: Settings) -> None:
        owner = await asyncpg.connect(settings.database_url)
        await owner.execute("vacuum analyze")
        await owner.close()

    def _line(self, number: int, series: Series) -> str:
        told = [
            f"{name} {self.options.costs / seconds[-1]:7.0f}/s (CPU {series.cpu[name][-1]:.1f} s)"
            for name, seconds in series.seconds.items()
        ]
        hub, copy = series.seconds["hub"][-1], series.seconds["copy"][-1]
        cpu = series.cpu["copy"][-1] / series.cpu["hub"][-1]
        return f"round {number + 1}  {'  '.join(told)}  ratio {copy / hub:.2f}, of CPU {cpu:.2f}"

    # --- memory ---------------------------------------------------------------------------------------------------

    async def memory(self) -> dict[str, Any]:
        peaks = {}
        for count in self.options.memory:
            settings = await self.database("memory", "ground")
            peaks[count] = peak = await self._alone(settings, count)
            backend = "unknown" if peak["backend"] is None else f"{peak['backend'] >> 20} MiB"
            say(
                f"memory  {count:>8} costs  import {peak['import'] >> 20} MiB  backend {backend}  in {peak['seconds']:.0f} s"
            )
            await self.drop("memory")
        growth = {
            name: round(peaks[self.options.memory[-1]][name] / peaks[self.options.memory[0]][name], 3)
            for name in ("import", "backend")
            if all(peak[name] is not None for peak in peaks.values())
        }
        return {"memory": peaks, "growth": growth}

    async def _alone(self, settings: Settings, count: int) -> dict[str, Any]:
        """One import of new costs in a process of its own, which tells what it and its backend held."""
        given = {
            "DATABASE_URL": settings.database_url,
            "REDIS_URL": settings.redis_url,
            "HUB_SECRET": self.secret,
            "HUB_ROLE_PREFIX": self.name,
            "BENCH_BOOKS": f"{self.books.account} {self.books.erp}",
        }
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.imports", "--alone", str(count)),
            *("--page", str(self.options.page)),
            env={**os.environ, **given},
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await child.communicate()
        if child.returncode:
            raise Unequal(f"The import of {count} costs ended with {child.returncode}.")
        told: dict[str, Any] = json.loads(output)
        return told


async def alone(count: int, page: int) -> None:
    """In the process of its own."""
    account, erp = os.environ["BENCH_BOOKS"].split()
    given = Settings()  # type: ignore[call-arg]  # from the environment
    watched: list[Peak] = []
    costs = Costs(count, page, 2)
    taken = await take(
        given, Books(UUID(account), UUID(erp)), costs, started=lambda pids: watched.append(Peak(pids[0]))
    )
    print(
        json.dumps({"import": peak_of_this_process(), "backend": watched[0].stop(), "seconds": taken.seconds})
    )


def say(text: str) -> None:
    print(text, flush=True)


def sizes(text: str) -> list[int]:
    return sorted(int(part) for part in text.split(",")) if text != "none" else []


def options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench-import", description="The hub's import against COPY of the same rows."
    )
    parser.add_argument("--rounds", type=int, default=3, help="0 measures memory alone")
    parser.add_argument("--costs", type=int, default=200_000, help=f"a multiple of {4 * PROJECTS}")
    parser.add_argument("--page", type=int, default=2000, help="costs on a page of the ERP")
    parser.add_argument(
        "--memory", type=sizes, default=[20_000, 1_000_000], help="sizes to measure memory at, or none"
    )
    parser.add_argument("--alone", type=int, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def holds(figures: dict[str, Any]) -> bool:
    fast = "ratio" not in figures or figures["ratio"]["time"] >= GOAL
    return fast and all(growth <= FLAT for growth in figures.get("growth", {}).values())


async def main(arguments: list[str]) -> int:
    given = options(arguments)
    if given.alone:
        await alone(given.alone, given.page)
        return 0
    began = time.monotonic()
    try:
        with TemporaryDirectory(prefix="bench-") as name:
            os.chmod(name, 0o755)
            async with local_services(Path(name) / "servers") as services:
                figures = await Bench(given, Path(name), services).run()
    except Unequal as unequal:
        say(str(unequal))
        say(json.dumps({"command": "bench-import", "ok": False, "error": str(unequal)}))
        return 1
    ok = holds(figures)
    seconds = round(time.monotonic() - began, 1)
    said = {"command": "bench-import", "ok": ok, "goal": GOAL, "flat": FLAT, "costs": given.costs}
    say(json.dumps({**said, "page": given.page, "seconds": seconds, **figures}, default=str))
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
