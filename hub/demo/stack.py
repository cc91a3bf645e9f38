"""All processes of the demonstration: both servers, both sandboxes, the API, the worker. Nothing is left when it ends."""

import asyncio
import secrets
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from db import sweep
from hub.core.crash import CrashPoint
from hub.demo.account import open_account
from hub.demo.screen import Screen
from hub.embedded.child import Child
from hub.embedded.local import local_services
from hub.embedded.ports import free_port
from hub.embedded.supervisor import Supervisor
from hub.settings import Settings

PYTHON = [sys.executable, "-m", "hub"]


@dataclass
class Stack:
    """What runs, and where."""

    folder: Path
    settings: Settings
    supervisor: Supervisor
    api_url: str
    procore_url: str
    mri_url: str
    world: Mapping[str, Any] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def crash_flag(self) -> Path:
        """While this file exists, a worker dies at the point it was given, and takes the file with it."""
        return self.folder / "crash"


@asynccontextmanager
async def running(folder: Path, screen: Screen, *, signals: bool = True) -> AsyncIterator[Stack]:
    """Starts everything in `folder`, where data of earlier demonstrations is kept."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    async with (
        Supervisor(folder / "logs", signals=signals) as supervisor,
        local_services(folder, durable=True, supervisor=supervisor) as services,
    ):
        screen.progress("PostgreSQL and Valkey are up")
        procore, mri, api = free_port(), free_port(), free_port()
        settings = Settings(
            DATABASE_URL=services.database_url,
            REDIS_URL=services.redis_url,
            secret=_secret(folder),
            allowed_hosts=f"127.0.0.1:{procore},127.0.0.1:{mri}",
            public_url=f"http://127.0.0.1:{api}",
            lease_seconds=6,
            renew_seconds=2,
        )
        stack = Stack(
            folder=folder,
            settings=settings,
            supervisor=supervisor,
            api_url=f"http://127.0.0.1:{api}",
            procore_url=f"http://127.0.0.1:{procore}",
            mri_url=f"http://127.0.0.1:{mri}",
        )
        starting = [_api(stack, api), _sandbox("procore", procore, folder), _sandbox("mri", mri, folder)]
        await asyncio.gather(_prepared(stack), *(supervisor.start(child) for child in starting))
        screen.progress("the two systems answer: Procore and MRI, as sandboxes")
        await _open(stack)
        screen.progress("the hub is up: one API, one worker")
        yield stack


async def _prepared(stack: Stack) -> None:
    """The newest schema, then the worker, while the other processes are starting."""
    await asyncio.sleep(0)  # the children are spawned first
    migrate = await asyncio.to_thread(import_module, "hub.migrate")  # slow to import, so not before them
    await migrate.upgrade(stack.settings)
    stack.crash_flag.unlink(missing_ok=True)
    await stack.supervisor.start(worker(stack))


async def _open(stack: Stack) -> None:
    async with httpx.AsyncClient() as http:
        stack.world = (await http.get(f"{stack.procore_url}/__control/world")).json()
    stack.keys = await open_account(
        stack.settings, stack.folder, stack.world, stack.procore_url, stack.mri_url
    )


def _environment(stack: Stack) -> dict[str, str]:
    known = stack.settings
    return {
        "DATABASE_URL": known.database_url,
        "REDIS_URL": known.redis_url,
        "HUB_SECRET": known.secret.get_secret_value(),
        "HUB_ALLOWED_HOSTS": known.allowed_hosts,
        "HUB_PUBLIC_URL": known.public_url,
        "HUB_LEASE_SECONDS": str(known.lease_seconds),
        "HUB_RENEW_SECONDS": str(known.renew_seconds),
    }


def worker(stack: Stack, crash_at: CrashPoint = CrashPoint.EXPORT_AFTER_WRITE) -> Child:
    """It dies at this point while the crash flag is there, and is started again."""
    crash = {"HUB_CRASH_AT": crash_at.value, "HUB_CRASH_FLAG": str(stack.crash_flag)}
    env = {**_environment(stack), **crash}
    return Child(
        name="worker", argv=[*PYTHON, "worker"], env=env, on_exit=_ends_leases(stack.settings), grace=20
    )


def _api(stack: Stack, port: int) -> Child:
    argv = [*PYTHON, "serve", "--port", str(port)]
    return Child(name="api", argv=argv, env=_environment(stack), ready=_answers(f"{stack.api_url}/health"))


def _sandbox(name: str, port: int, folder: Path) -> Child:
    argv = [*PYTHON, "sandbox", name, "--port", str(port), "--store", str(folder / f"{name}.sqlite")]
    return Child(name=name, argv=argv, ready=_answers(f"http://127.0.0.1:{port}/__control/health"))


def _secret(folder: Path) -> str:
    file = folder / "secret"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32))
    return file.read_text()


def _answers(url: str) -> Any:
    async def probe() -> bool:
        try:
            async with httpx.AsyncClient(timeout=1) as http:
                return (await http.get(url)).is_success
        except httpx.HTTPError:
            return False

    return probe


def _ends_leases(settings: Settings) -> Any:
    """Whoever sees a worker die ends its leases, so that its jobs go on at once."""

    async def ended(_name: str, pid: int, _code: int) -> None:
        connection = await asyncpg.connect(settings.url_of("sweeper"))
        try:
            await sweep.end_of(connection, f"{_host()}:{pid}:")
        finally:
            await connection.close()

    return ended


def _host() -> str:
    from socket import gethostname

    return gethostname()[:50]
