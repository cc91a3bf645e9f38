"""After imports, an export, refused sign-ins and refreshed tokens no secret stands in any log, in Postgres or in Redis."""

import base64
import json
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import pytest
import pytest_asyncio
from canary import Canaries, Source, files, postgres, redis
from mainjob import HASTE, MainJob, until
from redis.asyncio import Redis
from rich.console import Console
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from db.clock import new_id
from db.credentials import SecretField
from db.session import WritePool
from hub.access.door import issue_hook
from hub.access.sealing import Place
from hub.access.vault import Vault
from hub.bell import ArqBell
from hub.demo.account import PROCORE, mri_credentials
from hub.demo.scene import books, cast
from hub.demo.screen import Screen
from hub.demo.stack import running, worker
from hub.sandboxes.kit import serving
from hub.sync.enqueue import enqueue

PROGRAM = Path(__file__).with_name("signing_worker.py")
ROOT = PROGRAM.parents[2]
KEK = b"c4n4ry-key-encryption-key-32-byt"
SPENT = datetime(2026, 1, 1, tzinfo=UTC)
# What the test itself gives away. Each appears nowhere else.
SECRETS = {
    "a wrong ERP password": "c4n4ry-wrong:pass word",
    "a wrong client secret": "c4n4ry-wrong-client-secret",
    "the portal's client secret": "c4n4ry-portal-client-secret",
    "a webhook secret": "c4n4ry-webhook-secret",
    "the first access token": "c4n4ry.access-0",
    "the first refresh token": "c4n4ry.refresh-0",
    "a wrong API key": "hub_abcdefghijkm_c4n4ryAAAABBBBCCCCDDDDEEEEFFFFGGGGHHHHIIIIJ",
}


@dataclass
class Login:
    """A system that a person signs in to: rotates its tokens, and remembers which it gave."""

    access: list[str] = field(default_factory=lambda: [SECRETS["the first access token"]])
    refresh: list[str] = field(default_factory=lambda: [SECRETS["the first refresh token"]])
    grants: list[int] = field(default_factory=list)

    async def token(self, request: Request) -> Response:
        form = (await request.body()).decode()
        if f"refresh_token={self.refresh[-1]}" not in form:
            self.grants.append(401)
            return JSONResponse({"error": "invalid_grant", "error_description": form}, 401)
        count = len(self.access)
        self.access.append(f"c4n4ry.access-{count}")
        self.refresh.append(f"c4n4ry.refresh-{count}")
        self.grants.append(200)
        pair = {"access_token": self.access[-1], "refresh_token": self.refresh[-1], "expires_in": 5400}
        return JSONResponse(pair)

    async def me(self, request: Request) -> Response:
        good = request.headers.get("authorization") == f"Bearer {self.access[-1]}"
        # It repeats what it was sent, as some systems do in their errors.
        return JSONResponse({"sent": dict(request.headers)}, 200 if good else 401)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/oauth/token", self.token, methods=["POST"]),
                Route("/me", self.me, methods=["GET"]),
            ]
        )


@dataclass
class Leaks:
    """The hub as processes, and everything that must not be seen of it."""

    job: MainJob
    pool: WritePool
    account: UUID
    login: Login
    url: str
    secrets: dict[str, str | bytes] = field(default_factory=dict)

    @property
    def vault(self) -> Vault:
        return Vault.of(self.job.stack.settings)

    async def connection(self, kind: str) -> UUID:
        found = await self.job.value("select id from connection where kind = $1", kind)
        assert isinstance(found, UUID)
        return found

    async def keep(
        self, id_: UUID, values: dict[str, str], field: SecretField = SecretField.CREDENTIALS
    ) -> None:
        async with self.pool.transaction(self.account) as connection:
            await self.vault.put(connection, Place(self.account, id_, field), values)

    async def note_tokens(self, name: str, id_: UUID) -> None:
        """Remember the token that workers share now, to look for it later."""
        place = Place(self.account, id_, SecretField.TOKENS)
        async with self.pool.transaction(self.account) as connection:
            kept = await self.vault.find(connection, place)
        assert kept is not None, "the worker has stored no token"
        self.secrets[name] = (await self.vault.open(kept))["access"]

    async def state(self, id_: UUID) -> object:
        return await self.job.value("select state from connection where id = $1", id_)

    async def stopped(self, id_: UUID) -> None:
        async def there() -> bool:
            return await self.state(id_) == "AUTH_REQUIRED"

        await until(there)

    async def portal(self) -> UUID:
        """A connection whose person signed in a while ago."""
        id_ = new_id()
        async with self.pool.transaction(self.account) as connection:
            await connection.execute(
                "insert into connection (account_id, id, name, kind, role, base_url)"
                " values ($1, $2, 'Portal', 'portal', 'PROJECT_TOOL', $3)",
                *(self.account, id_, self.url),
            )
        await self.keep(id_, {"client_id": "hub", "client_secret": SECRETS["the portal's client secret"]})
        pair = {"access": self.login.access[0], "refresh": self.login.refresh[0], "ended": ""}
        await self.keep(id_, {**pair, "expires_at": SPENT.isoformat()}, SecretField.TOKENS)
        return id_

    async def look(self, id_: UUID) -> UUID:
        async with self.pool.transaction(self.account) as connection:
            job = await enqueue(connection, self.account, "look", args={"connection_id": str(id_)})
        bell = ArqBell(self.job.stack.settings)
        await bell.ring(self.account, job)
        await bell.close()
        return job

    async def done(self, job: UUID) -> None:
        async def there() -> bool:
            return await self.job.value("select state from job where id = $1", job) == "DONE"

        await until(there)

    def canaries(self) -> Canaries:
        settings, given = self.job.stack.settings, mri_credentials()
        tokens = {f"access token {number}": text for number, text in enumerate(self.login.access)}
        tokens |= {f"refresh token {number}": text for number, text in enumerate(self.login.refresh)}
        keys = {f"API key of the {who}": key.split("_", 2)[2] for who, key in self.job.stack.keys.items()}
        own = {
            "HUB_SECRET": settings.secret.get_secret_value(),
            "the logins' password": settings.logins.password,
            "the key-encryption key": KEK,
            "the derived key": settings.key("sealing"),
        }
        systems = {
            "the ERP password": given["password"],
            "the partner key": given["key"],
            "the client secret": PROCORE["client_secret"],
        }
        return Canaries({**SECRETS, **self.secrets, **tokens, **keys, **own, **systems})

    async def left_behind(self) -> list[Source]:
        stack = self.job.stack
        return [
            *files(stack.folder / "logs"),
            *await postgres(stack.settings.database_url),
            *await redis(stack.settings.redis_url),
        ]


@pytest.fixture(scope="module")
def login() -> Iterator[tuple[Login, str]]:
    login = Login()
    with serving(login.app()) as url:
        yield login, url


@pytest_asyncio.fixture(scope="module")
async def leaks(tmp_path_factory: pytest.TempPathFactory, login: tuple[Login, str]) -> AsyncIterator[Leaks]:
    """Servers of its own, with a key-encryption key of its own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DATABASE_URL", "REDIS_URL"):
            patch.delenv(name, raising=False)
        patch.setenv("HUB_SEALING_KEYS", f"canary:{base64.b64encode(KEK).decode()}")
        screen = Screen(Console(file=StringIO()))
        async with running(tmp_path_factory.mktemp("leaks"), screen, signals=False) as stack:
            job = MainJob(stack, cast(stack), books(stack))
            await stack.supervisor.stop_child("worker")
            child = worker(stack)
            hosts = f"{stack.settings.allowed_hosts},{login[1].removeprefix('http://')}"
            env = {**child.env, **HASTE, "HUB_ALLOWED_HOSTS": hosts, "PYTHONPATH": str(ROOT)}
            await stack.supervisor.start(
                replace(child, name="talkative-worker", argv=[sys.executable, str(PROGRAM)], env=env)
            )
            account = UUID(json.loads((stack.folder / "account.json").read_text())["account"])
            pool = await WritePool.open(stack.settings.url_of("app"), 3)
            yield Leaks(job, pool, account, *login)
            await pool.close()
            await job.books.close()
            for person in job.people.values():
                await person.close()


async def test_the_hub_works_is_refused_and_signs_in_anew(leaks: Leaks):
    """Not yet the proof, but what it is about: each secret is used."""
    job, tool, erp = leaks.job, await leaks.connection("procore"), await leaks.connection("mri")
    await leaks.keep(tool, {"secret": SECRETS["a webhook secret"]}, SecretField.WEBHOOK)

    await job.bring_all()
    await leaks.note_tokens("an access token of Procore", tool)
    items = await job.sent()
    await job.accept(items)
    await job.all_synced(items)
    await job.once_in_mri(items)
    await job.quiet()

    await leaks.keep(erp, {**mri_credentials(), "password": SECRETS["a wrong ERP password"]})
    await leaks.keep(tool, {**PROCORE, "client_secret": SECRETS["a wrong client secret"]})
    administrator = job.people["ERP administrator"]
    for system in (await administrator.ask("Systems"))["systems"]:
        await administrator.change("ImportRecords", system=system["id"], resources=None)
    await leaks.stopped(erp)
    await leaks.stopped(tool)


async def test_a_persons_sign_in_is_refreshed_and_then_refused(leaks: Leaks):
    portal = await leaks.portal()

    await leaks.done(await leaks.look(portal))
    assert leaks.login.grants == [200]
    await leaks.note_tokens("an access token of the portal", portal)
    assert leaks.secrets["an access token of the portal"] == "c4n4ry.access-1"

    leaks.login.access[-1], leaks.login.refresh[-1] = "c4n4ry.access-2", "c4n4ry.refresh-2"
    leaks.secrets |= {
        "a revoked access token": "c4n4ry.access-1",
        "a revoked refresh token": "c4n4ry.refresh-1",
    }
    await leaks.look(portal)
    await leaks.stopped(portal)
    assert leaks.login.grants == [200, 401]


async def test_keys_at_the_door_are_right_wrong_and_misplaced(leaks: Leaks):
    right = next(iter(leaks.job.stack.keys.values()))
    async with httpx.AsyncClient(base_url=leaks.job.stack.api_url) as http:
        for header in (f"Bearer {right}", f"Bearer {SECRETS['a wrong API key']}", right, f"Basic {right}"):
            await http.post(
                "/graphql", json={"query": "{ viewer { name } }"}, headers={"Authorization": header}
            )
        await http.get(f"/graphql?access_token={right}")
        answer = await http.post("/graphql", content=right.encode(), headers={"Authorization": "Bearer"})
    assert answer.status_code >= 400


async def test_webhooks_are_proven_by_a_right_secret_and_refused_with_a_wrong_one(leaks: Leaks):
    tool, settings = await leaks.connection("procore"), leaks.job.stack.settings
    async with leaks.pool.transaction(leaks.account) as connection:
        _, prefix, secret = await issue_hook(connection, settings, leaks.account, tool)
    leaks.secrets["the webhook's own secret"] = secret
    leaks.secrets["a wrong webhook secret"] = wrong = "c4n4ry-wrong-webhook-secret"

    async with httpx.AsyncClient(base_url=leaks.job.stack.api_url) as http:
        sent = [("Bearer", secret), ("Bearer", wrong), ("Basic", secret)]
        answers = [
            (
                await http.post(f"/webhooks/{prefix}", json={}, headers={"Authorization": f"{scheme} {word}"})
            ).status_code
            for scheme, word in sent
        ]

    assert answers == [422, 401, 401]


async def test_no_secret_is_left_behind(leaks: Leaks):
    left = await leaks.left_behind()

    sizes = {source.place.rpartition("/")[2]: len(source.content) for source in left}
    assert sizes["talkative-worker.log"] > 10_000
    assert min(sizes[f"public.{table}"] for table in ("credential", "data_key", "event", "job")) > 100
    assert {"api.log", "procore.log", "mri.log", "postgres.log", "valkey.log"} <= set(sizes)
    log = leaks.job.stack.supervisor.log("talkative-worker").read_text()
    assert all(told in log for told in ('"erp_call"', '"a job is done"', "ERP_AUTH_FAILED", '"debug"'))
    assert leaks.canaries().seen_in(left) == []


async def test_the_same_search_finds_one_that_is_planted(leaks: Leaks):
    stack, planted = leaks.job.stack, mri_credentials()["password"]
    written = base64.b64encode(f"HUBCLIENT/SANDBOX/hubsvc/x:{planted}".encode()).decode()
    leaf = stack.folder / "logs" / "planted.log"
    leaf.write_text(f'{{"event": "sent", "headers": "Basic {written}"}}')
    owner = await asyncpg.connect(stack.settings.database_url)
    await owner.execute(
        "update connection set settings = settings || jsonb_build_object('x', $1::text)", planted
    )
    await owner.close()
    async with Redis.from_url(stack.settings.redis_url) as client:
        await client.set("planted", planted.encode("utf-16-le"))

    seen = leaks.canaries().seen_in(await leaks.left_behind())

    assert {sighting.name for sighting in seen} == {"the ERP password"}
    places = {sighting.place.rpartition("/")[2] for sighting in seen}
    assert places == {"planted.log", "public.connection", "redis 0 b'planted'"}
