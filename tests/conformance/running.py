"""Running cases: a sandbox served once and reset for each, a limit on each, a verdict with its words."""

import asyncio
import time
import traceback
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import httpx

from hub.sandboxes.kit import serving
from tests.conformance.case import Need, NotApplicable, Run
from tests.conformance.side import Side
from tests.conformance.subject import Subject

LONGEST = 60.0  # seconds of one case


class Verdict(StrEnum):
    """What came of a case."""

    PASSED = "passed"
    FAILED = "failed"
    IDLE = "does not apply"


@dataclass(frozen=True)
class Result:
    """`words` say what was wrong, or why the case does not apply."""

    run: Run
    verdict: Verdict
    ms: int
    words: str = ""


@dataclass
class Place:
    """Where a connector is tried: an address, the control interface of a sandbox there, and leave to write.

    `touched`: somebody may have left something behind."""

    url: str
    control: httpx.AsyncClient | None
    may_write: bool
    touched: bool = True

    async def prepare(self, run: Run) -> None:
        """As seeded for a case that looks at the sandbox or writes; whoever only reads may find it as others left it."""
        needs = bool(run.case.needs)
        if self.control is not None and (needs or self.touched):
            (await self.control.post("/__control/reset")).raise_for_status()
        self.touched = needs


@asynccontextmanager
async def sandbox_of(subject: Subject) -> AsyncIterator[Place]:
    with serving(subject.sandbox()) as url:
        async with httpx.AsyncClient(base_url=url, timeout=20, trust_env=False) as control:
            yield Place(url, control, may_write=True)


async def tried(subject: Subject, place: Place, run: Run) -> Result:
    """Run one case on a fresh sandbox; whatever it raises is its verdict."""
    started = time.perf_counter()
    idle = run.idle or _out_of_reach(run, place)
    verdict, words = (Verdict.IDLE, idle) if idle else await _checked(subject, place, run)
    return Result(run, verdict, round((time.perf_counter() - started) * 1000), words)


def _out_of_reach(run: Run, place: Place) -> str | None:
    if Need.CONTROL in run.case.needs and place.control is None:
        return "It needs the control interface of a sandbox."
    if run.writes and not place.may_write:
        return "It writes."
    return None


async def _checked(subject: Subject, place: Place, run: Run) -> tuple[Verdict, str]:
    side = Side(subject, place.url, place.control)
    try:
        async with asyncio.timeout(LONGEST):
            await place.prepare(run)
            await (run.case.check(side, run.given) if run.variant else run.case.check(side))
    except NotApplicable as reason:
        return Verdict.IDLE, str(reason)
    except Exception as error:  # noqa: BLE001 - a case may fail in any way, and the others go on
        return Verdict.FAILED, described(error)
    finally:
        await side.close()
    return Verdict.PASSED, ""


def described(error: BaseException) -> str:
    """In one line: what was asserted, or which error came up, and where."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    words = " ".join(str(error).split())[:300]
    if isinstance(error, AssertionError):
        return words or f"not so: {frame.line}"
    return f"{type(error).__name__}: {words} ({Path(frame.filename).name}:{frame.lineno})"


def figures(results: Sequence[Result]) -> dict[str, int]:
    counts = {
        verdict.name.lower(): sum(result.verdict is verdict for result in results) for verdict in Verdict
    }
    return {
        **counts,
        "cases": len({result.run.case.id for result in results if result.verdict is not Verdict.IDLE}),
    }
