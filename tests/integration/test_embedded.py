"""The embedded servers and the supervisor, as real processes that are really killed."""

import asyncio
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis

from hub.embedded.child import Child
from hub.embedded.errors import StartFailed
from hub.embedded.identity import Identity, as_nobody, in_namespace, leash
from hub.embedded.local import LocalServices, local_services
from hub.embedded.ports import free_port
from hub.embedded.postgres import prepare_postgres
from hub.embedded.supervisor import Supervisor

ROOT = Path(__file__).parents[2]
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")

LAUNCHER = """
import asyncio, json, sys
from pathlib import Path
from hub.embedded.child import Child
from hub.embedded.local import local_services
from hub.embedded.supervisor import Supervisor

async def main(folder):
    async with Supervisor(folder / "logs", signals=True) as supervisor:
        async with local_services(folder, durable=False, supervisor=supervisor) as services:
            await supervisor.start(Child("sleeper", [sys.executable, "-c", "import time; time.sleep(600)"]))
            names = ("postgres", "valkey", "sleeper")
            print(json.dumps({name: supervisor.pid(name) for name in names}), flush=True)
            await supervisor.until_signalled()
    print(f"stopped by {supervisor.stopped_by.name}", flush=True)

asyncio.run(main(Path(sys.argv[1])))
"""


@pytest.fixture(autouse=True)
def _no_servers_of_others(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


async def keep_a_word(services: LocalServices, word: str) -> None:
    connection = await asyncpg.connect(services.database_url)
    await connection.execute("create table if not exists kept (word text)")
    await connection.execute("insert into kept values ($1)", word)
    await connection.close()
    async with Redis.from_url(services.redis_url) as redis:
        await redis.rpush("kept", word)


async def kept_words(services: LocalServices) -> tuple[list[str], list[str]]:
    connection = await asyncpg.connect(services.database_url)
    rows = await connection.fetch("select word from kept order by word")
    await connection.close()
    async with Redis.from_url(services.redis_url, decode_responses=True) as redis:
        return [row["word"] for row in rows], await redis.lrange("kept", 0, -1)


async def test_both_servers_keep_their_data_from_one_start_to_the_next(tmp_path):
    async with local_services(tmp_path) as services:
        await keep_a_word(services, "first")

    async with local_services(tmp_path) as services:
        assert await kept_words(services) == (["first"], ["first"])


async def test_servers_killed_come_back_at_the_same_place_with_their_data(tmp_path):
    async with local_services(tmp_path) as services:
        await keep_a_word(services, "acknowledged")

        for name in ("postgres", "valkey"):
            pid = services.supervisor.pid(name)
            os.kill(pid, signal.SIGKILL)
            assert await services.supervisor.replaced(name, pid) != pid

        assert await kept_words(services) == (["acknowledged"], ["acknowledged"])


async def test_the_servers_listen_on_loopback_and_ask_for_a_password(tmp_path):
    async with local_services(tmp_path, durable=False) as services:
        place = services.database_url.rsplit("@", 1)[1]
        assert place.startswith("127.0.0.1:")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(f"postgresql://postgres:guess@{place}")
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", int(services.redis_url.rsplit(":", 1)[1][:-2])
        )
        writer.write(b"PING\r\n")
        assert (await reader.readline()).startswith(b"-NOAUTH")
        writer.close()
        await writer.wait_closed()

        for server in ("postgres", "valkey"):
            assert (tmp_path / server / "password").stat().st_mode & 0o777 == 0o600


async def test_durability_is_what_was_asked_for(tmp_path):
    async def setting(durable: bool) -> str:
        async with local_services(tmp_path, durable=durable) as services:
            connection = await asyncpg.connect(services.database_url)
            try:
                return await connection.fetchval("show fsync")
            finally:
                await connection.close()

    assert await setting(True) == "on"
    assert await setting(False) == "off"


async def test_addresses_in_the_environment_are_used_instead(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/hub")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/0")

    async with local_services(tmp_path) as services:
        assert services.database_url == "postgresql://elsewhere/hub"
        assert services.redis_url == "redis://elsewhere/0"
        assert not (tmp_path / "postgres").exists()


async def test_one_address_in_the_environment_leaves_the_other_server_ours(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/hub")

    async with local_services(tmp_path) as services:
        assert services.database_url == "postgresql://elsewhere/hub"
        async with Redis.from_url(services.redis_url) as redis:
            assert await redis.ping()


async def test_a_folder_is_used_by_one_hub_at_a_time(tmp_path):
    async with local_services(tmp_path, durable=False):
        with pytest.raises(StartFailed, match="Another hub is at work"):
            async with local_services(tmp_path, durable=False):
                pass


async def test_a_stale_pid_file_does_not_keep_the_server_down(tmp_path):
    async with local_services(tmp_path, durable=False):
        pass
    # What is left when a container is killed as a whole: the number now belongs to somebody else.
    lines = [
        str(os.getpid()),
        str(tmp_path / "postgres" / "data"),
        "0",
        "15999",
        "",
        "127.0.0.1",
        "",
        "ready",
    ]
    (tmp_path / "postgres" / "data" / "postmaster.pid").write_text("\n".join(lines) + "\n")

    async with local_services(tmp_path, durable=False) as services:
        await keep_a_word(services, "back")


async def test_a_server_left_on_the_data_is_ended_first(tmp_path):
    server = await prepare_postgres(tmp_path / "postgres", free_port(), durable=False)
    child = server.child()
    left = await asyncio.create_subprocess_exec(
        *child.prefix,
        *leash(child.stop_signal),
        *child.argv,
        stderr=asyncio.subprocess.DEVNULL,
    )
    while not await server.is_ready():
        assert left.returncode is None

    async with local_services(tmp_path, durable=False) as services:
        await keep_a_word(services, "mine")
        assert await left.wait() == 0


def skip_where_refused(identity: Identity) -> None:
    if subprocess.run([*identity.prefix, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine refuses it")


@AS_ROOT
@pytest.mark.parametrize("identity", [in_namespace(), as_nobody()], ids=["namespace", "nobody"])
async def test_root_starts_postgres_as_somebody_else(tmp_path, identity: Identity):
    skip_where_refused(identity)
    tmp_path.chmod(0o700)

    server = await prepare_postgres(tmp_path / "postgres", free_port(), durable=False, identity=identity)
    async with Supervisor(tmp_path / "logs") as supervisor:
        await supervisor.start(server.child())
        connection = await asyncpg.connect(server.url())
        assert await connection.fetchval("select 1") == 1
        await connection.close()

    assert server.data.stat().st_uid == identity.uid
    assert tmp_path.stat().st_mode & 0o777 == 0o700


@AS_ROOT
async def test_data_made_in_a_namespace_can_be_used_by_nobody_and_back(tmp_path):
    for identity in (in_namespace(), as_nobody(), in_namespace()):
        skip_where_refused(identity)
        server = await prepare_postgres(tmp_path / "postgres", free_port(), durable=False, identity=identity)
        async with Supervisor(tmp_path / "logs") as supervisor:
            assert await supervisor.start(server.child())


async def start_launcher(folder: Path, *prefix: str) -> tuple[asyncio.subprocess.Process, dict[str, int]]:
    process = await asyncio.create_subprocess_exec(
        *(*prefix, sys.executable, "-c", LAUNCHER, str(folder)),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=asyncio.subprocess.PIPE,
    )
    return process, json.loads(await process.stdout.readline())


async def all_ended(processes: list[int]) -> bool:
    """Wait on the kernel's handles of processes that are not our children."""

    def wait() -> bool:
        return all(select.select([process], [], [], 20)[0] for process in processes)

    try:
        return await asyncio.to_thread(wait)
    finally:
        for process in processes:
            os.close(process)


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
async def test_a_launcher_that_ends_leaves_no_orphan(tmp_path, sig):
    if sig == signal.SIGKILL and shutil.which("setpriv") is None:
        pytest.skip("nothing here ties a child to its parent's life")
    launcher, pids = await start_launcher(tmp_path)
    handles = [os.pidfd_open(pid) for pid in pids.values()]

    launcher.send_signal(sig)

    output, _ = await launcher.communicate()
    assert await all_ended(handles)
    if sig == signal.SIGKILL:
        assert launcher.returncode == -signal.SIGKILL
    else:
        assert launcher.returncode == 0
        assert output.decode() == f"stopped by {sig.name}\n"


async def test_the_folder_of_a_killed_launcher_is_used_again(tmp_path):
    launcher, _ = await start_launcher(tmp_path)
    launcher.kill()
    await launcher.communicate()

    async with local_services(tmp_path, durable=False) as services:
        await keep_a_word(services, "again")


@AS_ROOT
async def test_a_plain_user_runs_it_too(tmp_path):
    skip_where_refused(in_namespace())

    launcher, pids = await start_launcher(tmp_path, *in_namespace().prefix)
    launcher.send_signal(signal.SIGTERM)
    output, _ = await launcher.communicate()

    assert set(pids) == {"postgres", "valkey", "sleeper"}
    assert output.decode() == "stopped by SIGTERM\n"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


async def test_a_child_that_ends_is_reported_and_started_again(tmp_path):
    reported: asyncio.Queue[tuple[str, int, int]] = asyncio.Queue()
    async with Supervisor(tmp_path) as supervisor:
        child = Child(
            "worker", python("import time; time.sleep(600)"), on_exit=lambda *end: reported.put(end)
        )
        first = await supervisor.start(child)

        os.kill(first, signal.SIGKILL)

        assert await reported.get() == ("worker", first, -signal.SIGKILL)
        second = await supervisor.replaced("worker", first)
        assert second != first
    assert await reported.get() == ("worker", second, -signal.SIGTERM)


async def test_a_report_that_fails_does_not_keep_the_child_down(tmp_path, caplog):
    def on_exit(name: str, pid: int, returncode: int) -> None:
        raise RuntimeError("nobody listens")

    async with Supervisor(tmp_path) as supervisor:
        first = await supervisor.start(
            Child("worker", python("import time; time.sleep(600)"), on_exit=on_exit)
        )
        os.kill(first, signal.SIGKILL)
        assert await supervisor.replaced("worker", first)
    assert "could not be reported" in caplog.text


async def test_children_are_stopped_the_last_one_first(tmp_path):
    ended: list[str] = []
    async with Supervisor(tmp_path) as supervisor:
        for name in ("database", "api", "worker"):
            child = Child(
                name, python("import time; time.sleep(600)"), on_exit=lambda name, *_: ended.append(name)
            )
            await supervisor.start(child)
    assert ended == ["worker", "api", "database"]


async def test_a_child_deaf_to_the_request_is_killed_after_its_grace(tmp_path):
    ready = tmp_path / "deaf"
    code = (
        f"import signal, time; signal.signal(15, signal.SIG_IGN); open({str(ready)!r}, 'w'); time.sleep(600)"
    )
    ends: list[int] = []

    async def is_ready() -> bool:
        return ready.exists()

    async with Supervisor(tmp_path) as supervisor:
        child = Child(
            "deaf", python(code), ready=is_ready, grace=0.1, on_exit=lambda *end: ends.append(end[2])
        )
        await supervisor.start(child)
    assert ends == [-signal.SIGKILL]


async def test_what_a_child_leaves_behind_ends_with_it(tmp_path):
    note = tmp_path / "grandchild"
    code = (
        "import pathlib, subprocess, time; child = subprocess.Popen(['sleep', '600']); "
        f"pathlib.Path({str(note)!r}).write_text(str(child.pid) + '.'); time.sleep(600)"
    )

    async def is_ready() -> bool:
        return note.exists() and note.read_text().endswith(".")

    async with Supervisor(tmp_path) as supervisor:
        await supervisor.start(Child("parent", python(code), ready=is_ready))
        handle = os.pidfd_open(int(note.read_text()[:-1]))
    assert await all_ended([handle])


async def test_a_child_that_never_gets_ready_fails_with_its_own_words(tmp_path):
    async def never() -> bool:
        return False

    async with Supervisor(tmp_path) as supervisor:
        child = Child(
            "mute",
            python("print('no licence', flush=True); raise SystemExit(3)"),
            ready=never,
            ready_within=1,
        )
        with pytest.raises(StartFailed, match="no licence"):
            await supervisor.start(child)


async def test_a_child_that_runs_once_is_not_started_again(tmp_path):
    async with Supervisor(tmp_path) as supervisor:
        with pytest.raises(StartFailed, match="has ended"):
            await supervisor.start(Child("once", python("raise SystemExit(1)"), restart=False, ready=_no))


async def _no() -> bool:
    return False


async def test_a_program_that_is_not_there_is_named(tmp_path):
    async with Supervisor(tmp_path) as supervisor:
        with pytest.raises(StartFailed, match="no program /nowhere/worker"):
            await supervisor.start(Child("worker", ["/nowhere/worker"]))


async def test_an_error_in_the_block_stops_the_children_and_is_raised(tmp_path):
    with pytest.raises(ZeroDivisionError):
        async with AsyncExitStack() as stack:
            supervisor = await stack.enter_async_context(Supervisor(tmp_path))
            handle = os.pidfd_open(
                await supervisor.start(Child("worker", python("import time; time.sleep(600)")))
            )
            _ = 1 / 0
    assert await all_ended([handle])


def test_a_free_port_can_be_listened_on():
    with socket.socket() as server:
        server.bind(("127.0.0.1", free_port()))
        server.listen()
