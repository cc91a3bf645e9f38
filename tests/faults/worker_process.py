"""A worker as a process of its own, with jobs whose steps can be seen in the event log."""

import asyncio
import os
import signal
from pathlib import Path

from db.clock import new_id
from db.session import Connection
from hub.settings import settings
from hub.sync.work import JobRow, Work
from jobs.worker import run_worker

WRITE = """
    insert into event (account_id, id, action, object_type, object_id, cause)
    values ($1, $2, $3, 'Job', $4, $5)"""


async def write(connection: Connection, job: JobRow, action: str, cause: str = "") -> None:
    await connection.execute(WRITE, job.account_id, new_id(), action, job.id, cause or str(os.getpid()))


async def note(work: Work) -> None:
    """One step, written together with the end of the job."""
    async with work.final() as connection:
        await write(connection, work.job, "DONE")


async def wait_for(path: str) -> None:
    while not Path(path).exists():  # noqa: ASYNC110, ASYNC240 - another process makes it
        await asyncio.sleep(0.01)


async def slow(work: Work) -> None:
    """Say that it began, wait for a file, end."""
    async with work.transaction() as connection:
        await write(connection, work.job, "BEGAN")
    await wait_for(work.job.args["until"])
    await note(work)


async def long(work: Work) -> None:
    """Say that it began; then wait for the file inside the last transaction."""
    async with work.transaction() as connection:
        await write(connection, work.job, "BEGAN")
    async with work.final() as connection:
        await write(connection, work.job, "DONE")
        await wait_for(work.job.args["until"])


async def die(work: Work) -> None:
    """Take the process with it."""
    async with work.transaction() as connection:
        await write(connection, work.job, "BEGAN")
    os.kill(os.getpid(), signal.SIGKILL)


async def failed(
    connection: Connection, job: JobRow, code: str, message: str, erp_message: str | None
) -> None:
    del message, erp_message
    await write(connection, job, "FAILED", code)


HANDLERS = {"note": note, "slow": slow, "long": long, "die": die}

if __name__ == "__main__":
    asyncio.run(run_worker(settings(), HANDLERS, dict.fromkeys([*HANDLERS, "dance"], failed)))
