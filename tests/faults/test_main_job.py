"""The main job while processes die: every accepted commitment is in the ledger exactly once, and everybody is told the truth."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio
from mainjob import MainJob, key, until
from redis.asyncio import Redis
from rich.console import Console

from hub.core.crash import CrashPoint
from hub.demo.scene import books, cast
from hub.demo.screen import Screen
from hub.demo.stack import running

ROOT = Path(__file__).parent.parent.parent


@pytest_asyncio.fixture(scope="module")
async def main_job(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[MainJob]:
    """Servers of its own, whatever the environment names: they are going to be killed."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DATABASE_URL", "REDIS_URL"):
            patch.delenv(name, raising=False)
        screen = Screen(Console(file=StringIO()))
        async with running(tmp_path_factory.mktemp("hub"), screen, signals=False) as stack:
            job = MainJob(stack, cast(stack), books(stack))
            await job.work_with()
            await job.bring_all()
            yield job
            await job.books.close()
            for person in job.people.values():
                await person.close()


TRIES = {
    CrashPoint.EXPORT_BEFORE_INTENT: ["CONFIRMED"],
    CrashPoint.EXPORT_AFTER_INTENT: ["ABSENT_PROVEN", "CONFIRMED"],
    CrashPoint.EXPORT_AFTER_WRITE: ["PRESENT"],
    CrashPoint.EXPORT_AFTER_COMMIT: ["CONFIRMED"],
}


def test_every_crash_point_of_an_export_is_rehearsed():
    assert set(TRIES) == {point for point in CrashPoint if point.value.startswith("export.")}


@pytest.mark.parametrize("point", TRIES, ids=lambda point: point.value)
async def test_wherever_the_worker_dies_the_commitment_is_in_the_ledger_once(
    main_job: MainJob, point: CrashPoint
):
    await main_job.work_with(point)
    [item] = await main_job.sent()
    before = main_job.stack.supervisor.pid("worker")
    main_job.stack.crash_flag.touch()

    await main_job.accept([item])
    await main_job.all_synced([item])

    async def died() -> bool:
        return not main_job.stack.crash_flag.exists() and main_job.stack.supervisor.pid("worker") not in (
            None,
            before,
        )

    await until(died)
    await main_job.quiet()
    assert await main_job.attempts(item) == TRIES[point]
    await main_job.once_in_mri([item])
    posts = [row for row in await main_job.requests(method="POST") if item["number"] in str(row["keys"])]
    assert len(posts) == 1


@pytest.mark.parametrize("reported", [True, False], ids=["reaped by its supervisor", "seen by nobody"])
async def test_a_worker_killed_while_the_ledger_answers_goes_on_within_half_a_minute(
    main_job: MainJob, reported: bool
):
    await main_job.work_with(reported=reported)
    items = await main_job.sent(3)
    await main_job.slow_ledger(3, times=3)
    stored = asyncio.create_task(main_job.writing(3))
    await asyncio.sleep(0)
    await main_job.accept(items)
    await stored

    main_job.kill("worker")

    await main_job.all_synced(items, 30)
    await main_job.once_in_mri(items)
    for item in items:
        assert await main_job.attempts(item) == ["PRESENT"]


async def test_losing_all_of_redis_loses_nothing(main_job: MainJob):
    await main_job.stack.supervisor.stop_child("worker")
    items = await main_job.sent(6)
    await main_job.accept(items)
    redis = Redis.from_url(main_job.stack.settings.redis_url)
    await redis.flushall()
    await redis.aclose()

    await main_job.work_with()

    await main_job.all_synced(items)
    await main_job.once_in_mri(items)


async def test_while_redis_is_down_people_and_work_go_on(main_job: MainJob):
    await main_job.work_with()
    await main_job.take_down("valkey")

    items = await main_job.sent(2)
    await main_job.accept(items)

    await main_job.all_synced(items)
    await main_job.bring_back("valkey")
    await main_job.once_in_mri(items)


async def test_an_outage_of_postgres_is_told_as_such_and_everything_ends_well(main_job: MainJob):
    await main_job.work_with()
    items, later = await main_job.sent(3), await main_job.sent(1)
    await main_job.slow_ledger(1, times=3)
    stored = asyncio.create_task(main_job.writing(1))
    await asyncio.sleep(0)
    await main_job.accept(items)
    await stored

    await main_job.take_down("postgres")
    entry = {"id": later[0]["id"], "expectedVersion": later[0]["version"], "digest": later[0]["digest"]}
    mutation = {"key": key(), "items": [entry]}
    answers = [
        await main_job.post(main_job.approver, "Commitment", id=items[0]["id"]),
        await main_job.post(main_job.approver, "AcceptItems", **mutation),
        await main_job.post(main_job.manager, "Viewer"),
    ]
    for answer in answers:
        assert answer is not None
        assert answer.status_code == 503, answer.text
        [error] = answer.json()["errors"]
        assert error["extensions"]["code"] == "UNAVAILABLE"
    await main_job.bring_back("postgres")

    async def answers_again() -> bool:
        answer = await main_job.post(main_job.approver, "AcceptItems", **mutation)
        assert answer is not None
        assert answer.status_code in (200, 503), answer.text
        return answer.status_code == 200

    await until(answers_again)
    await main_job.all_synced([*items, *later], 60)
    await main_job.once_in_mri([*items, *later])
    accepted = "select count(*) from event where object_id = $1 and action = 'ACCEPT'"
    assert await main_job.value(accepted, UUID(later[0]["id"].removeprefix("cmt_"))) == 1


async def test_an_outage_of_the_ledger_delays_exports_and_fails_none(main_job: MainJob):
    await main_job.work_with()
    items = await main_job.sent(3)
    await main_job.take_down("mri")
    await main_job.accept(items)

    async def all_tried() -> bool:
        return (
            await main_job.value(
                "select count(*) from job where kind = 'export' and state = 'QUEUED' and tries > 0"
            )
            == 3
        )

    await until(all_tried)
    assert {await main_job.state(item) for item in items} == {"EXPORTING"}
    await main_job.bring_back("mri")

    await main_job.all_synced(items)
    await main_job.once_in_mri(items)


async def test_a_client_whose_api_died_asks_again_under_its_key_and_it_is_done_once(main_job: MainJob):
    await main_job.work_with()
    [item] = await main_job.sent()
    entry = {"id": item["id"], "expectedVersion": item["version"], "digest": item["digest"]}
    mutation = {"key": key(), "items": [entry]}
    asking = asyncio.create_task(main_job.post(main_job.approver, "AcceptItems", **mutation))
    await asyncio.sleep(0.01)
    killed = main_job.kill("api")
    await asking
    await main_job.stack.supervisor.replaced("api", killed)

    first, second = [await main_job.post(main_job.approver, "AcceptItems", **mutation) for _ in range(2)]

    assert first is not None
    assert second is not None
    payloads = [answer.json()["data"]["acceptItems"] for answer in (first, second)]
    assert payloads[0]["run"] == payloads[1]["run"] != None  # noqa: E711 - both, and there is one
    assert payloads[0]["items"][0]["userErrors"] == []
    await main_job.all_synced([item])
    await main_job.once_in_mri([item])
    jobs = "select count(*) from job where kind = 'export' and object_id = $1"
    assert await main_job.value(jobs, UUID(item["id"].removeprefix("cmt_"))) == 1


async def test_in_the_end_both_sides_hold_the_same_contracts_each_once(main_job: MainJob):
    await main_job.quiet()

    there = [f"{row['JobCode']}/{row['ContractNumber']}" for row in await main_job.books.contracts()]
    found = await main_job.people["ERP administrator"].ask(
        "FindCommitments", first=100, filter={"linkState": {"eq": "SYNCED"}}
    )

    assert len(there) == len(set(there)) > 15
    assert sorted(there) == sorted(node["link"]["externalId"] for node in found["commitments"]["nodes"])
    assert await main_job.value("select count(*) from job where state in ('FAILED', 'PARKED')") == 0
    assert (
        await main_job.value("select count(*) from attempt where state in ('SENDING', 'UNKNOWN', 'IN_DOUBT')")
        == 0
    )


async def test_the_demonstrated_hub_is_told_of_changes_by_its_sandbox(main_job: MainJob):
    await main_job.work_with()
    administrator = main_job.people["ERP administrator"]
    systems = (await administrator.ask("Systems"))["systems"]
    [tool] = [system["id"] for system in systems if system["kind"] == "procore"]

    run = (await administrator.change("WatchSystem", system=tool))["run"]["id"]
    async for state in administrator.follow(run):
        last = state

    assert (last["state"], last["errorMessage"]) == ("SUCCEEDED", None)


async def test_the_demonstration_holds_from_an_empty_folder(tmp_path: Path):
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    command = ["-m", "hub", "demo", "--once", "--fresh", "--folder", str(tmp_path / "demo")]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        cwd=ROOT,
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(240):
        out, _ = await process.communicate()

    assert process.returncode == 0, out.decode()[-4000:]
    figures = json.loads(out.decode().strip().splitlines()[-1])
    assert (figures["held"], figures["duplicates"], figures["contracts_in_mri"]) == (True, 0, 2)
