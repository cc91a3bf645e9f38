"""Work goes on, once, whatever dies: workers, the bell, or the whole of its memory."""

import asyncio
import os
import pickle
import signal
import time
from pathlib import Path

from redis.asyncio import Redis
from shopfloor import Bellhouse, Floor, until

from db.jobs import Lane
from hub.bell import queue_name
from jobs.sweeper import end_leases_of


async def test_a_rung_job_is_run_at_once(floor: Floor) -> None:
    worker = await floor.hire(sweep_seconds=60)
    await worker.says("listening")
    job = await floor.ask("note")
    await floor.wait(job, "DONE")
    assert await floor.steps(job) == [f"DONE {worker.pid}"]


async def test_a_job_nobody_rang_for_is_found(floor: Floor) -> None:
    worker = await floor.hire()
    job = await floor.ask("note", ring=False)
    await floor.wait(job, "DONE")
    assert await floor.steps(job) == [f"DONE {worker.pid}"]


async def test_of_two_workers_one_runs_a_job_that_was_rung_for_many_times(floor: Floor) -> None:
    workers = await asyncio.gather(floor.hire(), floor.hire())
    job = await floor.ask("note", ring=False)
    await asyncio.gather(*(floor.bell.ring(floor.account, job, turn=str(n)) for n in range(20)))
    await floor.wait(job, "DONE")
    for worker in workers:
        worker.send(signal.SIGTERM)
        assert await worker.process.wait() == 0
    assert len(await floor.steps(job)) == 1
    assert (await floor.row(job))["fence"] == 1


async def test_a_killed_workers_job_goes_on_elsewhere(floor: Floor, tmp_path: Path) -> None:
    first = await floor.hire()
    job = await floor.ask("slow", until=str(tmp_path / "go"))
    await floor.wait_for_steps(job, 1)
    second = await floor.hire()
    await first.kill()
    (tmp_path / "go").touch()
    await floor.wait(job, "DONE")
    assert await floor.steps(job) == [f"BEGAN {first.pid}", f"BEGAN {second.pid}", f"DONE {second.pid}"]
    row = await floor.row(job)
    assert (row["fence"], row["deaths"], row["tries"]) == (2, 1, 0)


async def test_killed_in_the_middle_of_its_last_transaction_nothing_of_it_stays(
    floor: Floor, tmp_path: Path
) -> None:
    first = await floor.hire()
    job = await floor.ask("long", until=str(tmp_path / "go"))
    await floor.wait_for_steps(job, 1)
    await first.kill()
    (tmp_path / "go").touch()
    second = await floor.hire()
    await floor.wait(job, "DONE")
    assert await floor.steps(job) == [f"BEGAN {first.pid}", f"BEGAN {second.pid}", f"DONE {second.pid}"]


async def test_a_supervisor_that_saw_the_death_has_the_job_run_at_once(floor: Floor, tmp_path: Path) -> None:
    first = await floor.hire(lease_seconds=600, renew_seconds=60)
    job = await floor.ask("slow", until=str(tmp_path / "go"))
    await floor.wait_for_steps(job, 1)
    second = await floor.hire(lease_seconds=600, renew_seconds=60)
    (tmp_path / "go").touch()
    first.send(signal.SIGSTOP)
    await first.kill()
    assert await end_leases_of(floor.settings, first.pid) == 1
    await floor.wait(job, "DONE")
    assert (await floor.steps(job))[-1] == f"DONE {second.pid}"
    assert await end_leases_of(floor.settings, second.pid) == 0


async def test_a_worker_that_slept_through_its_lease_writes_nothing_late(
    floor: Floor, tmp_path: Path
) -> None:
    sleeper = await floor.hire()
    job = await floor.ask("slow", until=str(tmp_path / "go"))
    await floor.wait_for_steps(job, 1)
    sleeper.send(signal.SIGSTOP)
    other = await floor.hire()
    await floor.wait_for_steps(job, 2)
    (tmp_path / "go").touch()
    await floor.wait(job, "DONE")
    sleeper.send(signal.SIGCONT)
    await sleeper.says("a lease was lost")
    assert await floor.steps(job) == [f"BEGAN {sleeper.pid}", f"BEGAN {other.pid}", f"DONE {other.pid}"]


async def test_a_worker_that_fell_asleep_in_a_transaction_is_cut_off(floor: Floor, tmp_path: Path) -> None:
    sleeper = await floor.hire()
    job = await floor.ask("long", until=str(tmp_path / "go"))
    await floor.wait_for_steps(job, 1)
    await until_in_transaction(floor)
    sleeper.send(signal.SIGSTOP)
    (tmp_path / "go").touch()
    other = await floor.hire()
    await floor.wait(job, "DONE")
    sleeper.send(signal.SIGCONT)
    await sleeper.says("a lease was lost")
    assert await floor.steps(job) == [f"BEGAN {sleeper.pid}", f"BEGAN {other.pid}", f"DONE {other.pid}"]
    assert (await floor.row(job))["fence"] == 2


async def until_in_transaction(floor: Floor) -> None:
    query = """
        select count(*) from pg_stat_activity
        where datname = current_database() and state = 'idle in transaction' and query like '%event%'"""

    async def there() -> bool:
        return await floor.value(query) == 1

    await until(there)


async def test_a_worker_asked_to_end_finishes_what_it_has(floor: Floor, tmp_path: Path) -> None:
    worker = await floor.hire()
    job = await floor.ask("slow", until=str(tmp_path / "go"))
    await floor.wait_for_steps(job, 1)
    worker.send(signal.SIGTERM)
    later = await floor.ask("note")
    (tmp_path / "go").touch()
    assert await worker.process.wait() == 0
    assert (await floor.row(job))["state"] == "DONE"
    assert (await floor.row(later))["state"] == "QUEUED"


async def test_a_worker_asked_to_end_gives_back_what_takes_too_long(floor: Floor, tmp_path: Path) -> None:
    worker = await floor.hire(drain_seconds=0.1)
    job = await floor.ask("slow", until=str(tmp_path / "never"))
    await floor.wait_for_steps(job, 1)
    worker.send(signal.SIGTERM)
    assert await worker.process.wait() == 0
    row = await floor.row(job)
    assert (row["state"], row["lease_owner"], row["deaths"], row["tries"]) == ("QUEUED", None, 0, 0)


async def test_a_job_that_kills_its_worker_is_parked_and_the_others_go_on(floor: Floor) -> None:
    poison = await floor.ask("die")
    others = await floor.ask("note", times=5)
    deaths = 0
    worker = await floor.hire(lease_seconds=0.6, renew_seconds=0.2)
    async with asyncio.timeout(60):
        while (await floor.row(poison))["state"] != "PARKED":
            await asyncio.sleep(0.05)
            if worker.process.returncode is not None:
                deaths += 1
                worker = await floor.start(lease_seconds=0.6, renew_seconds=0.2)
    await floor.wait_for_all()
    assert deaths == 3
    assert (await floor.row(others))["state"] == "DONE"
    assert (await floor.steps(poison))[-1] == "FAILED JOB_PARKED"


async def test_a_kind_nobody_knows_fails_with_a_code_that_says_so(floor: Floor) -> None:
    await floor.hire(sweep_seconds=0.1)
    job = await floor.ask("dance")
    await floor.wait(job, "FAILED")
    row = await floor.row(job)
    assert (row["error_code"], row["tries"]) == ("UNKNOWN_JOB_KIND", 8)
    assert await floor.steps(job) == ["FAILED UNKNOWN_JOB_KIND"]


# The bell.


async def test_losing_all_rings_loses_no_job(floor: Floor, bellhouse: Bellhouse) -> None:
    await floor.ask("note", times=300)
    await bellhouse.empty()
    await asyncio.gather(floor.hire(), floor.hire())
    await floor.ask("note", times=100)
    await bellhouse.empty()
    await floor.wait_for_all()
    assert await done_once(floor) == 400


async def done_once(floor: Floor) -> object:
    """How many jobs are done, if each wrote its step exactly once."""
    query = """
        select count(*) filter (where steps = 1) - count(*) filter (where steps <> 1) from (
            select job.id, count(event.id) as steps from job left join event on event.object_id = job.id
            where job.state = 'DONE' group by job.id) as each"""
    return await floor.value(query)


async def test_while_the_bell_is_away_jobs_run_all_the_same_and_the_worker_stays(
    floor: Floor, bellhouse: Bellhouse
) -> None:
    worker = await floor.hire()
    await worker.says('"listening"', times=2)
    await bellhouse.stop()
    try:
        await worker.says("the bell is out of order")
        asked = time.monotonic()
        await floor.ask("note", times=40)
        assert time.monotonic() - asked < 10, "whoever asks does not wait for a bell that is away"
        await floor.wait_for_all()
    finally:
        await bellhouse.start()
    assert await done_once(floor) == 40
    assert worker.process.returncode is None


async def test_a_bell_that_comes_back_is_heard_again(floor: Floor, bellhouse: Bellhouse) -> None:
    worker = await floor.hire()
    await worker.says('"listening"', times=2)  # each lane for itself
    await bellhouse.stop()
    try:
        await worker.says("the bell is out of order", times=2)
    finally:
        await bellhouse.start()
    await worker.says('"listening"', times=4)
    job = await floor.ask("note")
    await floor.wait(job, "DONE")
    assert worker.process.returncode is None


async def test_a_worker_starts_without_a_bell(floor: Floor, bellhouse: Bellhouse) -> None:
    await bellhouse.stop()
    try:
        job = await floor.ask("note")
        await floor.hire()
        await floor.wait(job, "DONE")
    finally:
        await bellhouse.start()


class Boobytrap:
    """Unpickled, it leaves a file."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __reduce__(self) -> object:
        return os.mkdir, (self._path,)


async def test_a_poisoned_bell_harms_nobody(floor: Floor, bellhouse: Bellhouse, tmp_path: Path) -> None:
    queue = queue_name(floor.settings, Lane.INTERACTIVE)
    rings = {
        "pickle": pickle.dumps(
            {"t": 1, "f": "run_job", "a": (Boobytrap(str(tmp_path / "trap")),), "k": {}, "et": 1}
        ),
        "wrong-function": b'{"t":null,"f":"os.system","a":["touch x"],"k":{},"et":1}',
        "no-id": b'{"t":null,"f":"run_job","a":["nonsense"],"k":{},"et":1}',
        "no-arguments": b'{"t":null,"f":"run_job","a":[],"k":{},"et":1}',
        "many-arguments": b'{"t":null,"f":"run_job","a":["a/b/c",1,2],"k":{"x":1},"et":1}',
        "unknown-job": b'{"t":null,"f":"run_job","a":["%s/%s"],"k":{},"et":1}' % (2 * (b"0" * 32,)),
        "not-json": b"\x00\xff",
        "not-a-ring": b"[]",
    }
    async with Redis.from_url(bellhouse.url) as client:
        for name, ring in rings.items():
            await client.set(f"arq:job:{name}", ring)
        await client.zadd(queue, dict.fromkeys([*rings, *(f"junk-{n}" for n in range(500))], 1))
        worker = await floor.hire()
        job = await floor.ask("note")
        await floor.wait(job, "DONE")

        async def swallowed() -> bool:
            return await client.zcard(queue) == 0

        await until(swallowed)
    assert not (tmp_path / "trap").exists()
    assert worker.process.returncode is None


async def test_the_log_is_json_with_ids_and_without_contents(floor: Floor) -> None:
    worker = await floor.hire()
    job = await floor.ask("note", secret="hunter2")
    await floor.wait(job, "DONE")
    await worker.says(str(job))
    assert "hunter2" not in worker.log()
    assert all(line.startswith("{") for line in worker.log().splitlines())
