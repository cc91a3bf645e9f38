"""A person lets the hub into Procore, over real HTTP: the page, the code, tokens shared by all workers, and what ends a sign-in."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from plant import PROCORE, WORLD, Plant

from db.credentials import SecretField
from db.session import WritePool
from hub.access.sealing import Place
from hub.access.vault import Vault
from hub.connectors import known
from hub.erp.connector import Connector
from hub.errors import ErpUnauthorized, Refused
from hub.http import TrafficControl
from hub.sandboxes import procore
from hub.sandboxes.kit import serving
from hub.sync.reaching import Reaching
from hub.sync.signing_in import sign_in, sign_in_address
from hub.sync.verifying import verify_now

BACK = "http://127.0.0.1:9999/back"
LIFE = 5400  # seconds that Procore's access tokens are good


@pytest.fixture(scope="module")
def procore_server() -> Iterator[str]:
    """One whose clock these tests may move."""
    with serving(procore.create_app()) as url:
        yield url


@pytest.fixture
async def person(plant: Plant) -> "Person":
    """An account whose Procore asks for a person, and that person."""
    person = Person(plant)
    await person.connect({"grant": "authorization_code"})
    return person


class Person:
    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        self.place = (plant.settings, plant.desk.pool, plant.desk.account, plant.tool)

    async def connect(self, choices: dict[str, str]) -> None:
        url = self.plant.procore.url
        settings = {"company_id": str(WORLD.company.procore_id), "login_url": url, **choices}
        await self.plant.connect("Procore", "procore", url, PROCORE, settings)

    async def code(self) -> str:
        """Open the page that the hub names, let it in, and read the code where the page leads."""
        async with httpx.AsyncClient() as browser:
            sent = await browser.get(await sign_in_address(*self.place, BACK))
        assert sent.status_code == 302, sent.text
        [code] = parse_qs(urlsplit(sent.headers["location"]).query)["code"]
        return code

    async def signs_in(self) -> None:
        await sign_in(*self.place, await self.code(), BACK)

    async def tokens_age(self) -> None:
        """Let the access token be past its end on the other side."""
        moved = await self.plant.procore.control.post("/__control/clock", json={"advance_seconds": LIFE + 1})
        moved.raise_for_status()
        await self.plant.procore.control.delete("/__control/requests")

    async def answer_is_lost(self) -> None:
        lost = {"match": {"path": "/oauth/token", "contains": "refresh_token"}, "fault": "drop_after"}
        (await self.plant.procore.control.post("/__control/faults", json=lost)).raise_for_status()

    async def token_requests(self) -> list[int | None]:
        return [row["status"] for row in await self.plant.procore.requests(path="/oauth/token")]

    async def state(self) -> str:
        found: str = await self.plant.desk.value(
            "select state from connection where id = $1", self.plant.tool
        )
        return found

    async def events(self) -> list[tuple[str, str | None]]:
        rows = await self.plant.desk.rows(
            "select action, cause from event where object_id = $1 order by id", self.plant.tool
        )
        return [(row["action"], row["cause"]) for row in rows if "CONNECT" not in row["action"]]

    @asynccontextmanager
    async def workers(self, count: int) -> AsyncIterator[list[Connector]]:
        """Connectors of as many workers, each with a pool of its own."""
        async with AsyncExitStack() as stack:
            opened = []
            for _ in range(count):
                pool = await WritePool.open(self.plant.desk.settings.url_of("app"), 2)
                stack.push_async_callback(pool.close)
                reaching = Reaching(self.plant.settings, pool)
                async with pool.transaction(self.plant.desk.account) as connection:
                    system = await reaching.find(connection, self.plant.desk.account, self.plant.tool)
                assert system is not None
                opened.append(known("procore").open(await reaching.reach(system)))
                stack.push_async_callback(opened[-1].close)
            yield opened


async def test_the_page_is_the_login_servers_and_names_the_application(person: Person):
    address = urlsplit(await sign_in_address(*person.place, BACK))

    assert (
        f"{address.scheme}://{address.netloc}{address.path}" == f"{person.plant.procore.url}/oauth/authorize"
    )
    assert parse_qs(address.query) == {
        "response_type": ["code"],
        "client_id": ["hub-sandbox"],
        "redirect_uri": [BACK],
    }


async def test_until_somebody_signs_in_work_waits_and_says_so_and_then_goes_on(person: Person):
    waiting = await person.plant.step("poll_requests")

    words = "A person has to sign in again: nobody has signed in."
    assert (waiting["state"], waiting["error_code"], waiting["error_message"]) == (
        "QUEUED",
        "ERP_AUTH_FAILED",
        words,
    )
    assert (await person.state(), await person.events()) == (
        "AUTH_REQUIRED",
        [("REQUIRE_CREDENTIALS", words)],
    )

    await person.signs_in()

    assert await person.state() == "ACTIVE"
    assert (await person.plant.step("poll_requests"))["state"] == "DONE"


async def test_an_expired_token_is_refreshed_once_whoever_needs_it(person: Person):
    await person.signs_in()
    async with person.workers(6) as workers:
        for worker in workers:
            await worker.fetch("cost_type", {}, None)
        await person.tokens_age()

        pages = await asyncio.gather(*(worker.fetch("cost_type", {}, None) for worker in workers))

    assert all(page.records for page in pages)
    assert await person.token_requests() == [200]
    assert await person.state() == "ACTIVE"


async def test_a_lost_refresh_stops_the_connection_and_a_new_sign_in_resumes_it(person: Person):
    await person.signs_in()
    await person.tokens_age()
    await person.answer_is_lost()

    stopped = await person.plant.step("poll_requests")

    words = "A person has to sign in again: the answer to the refresh token was lost."
    assert (stopped["state"], stopped["error_message"]) == ("QUEUED", words)
    assert await person.state() == "AUTH_REQUIRED"
    assert len(await person.token_requests()) == 1, "a refresh token is sent once"

    await person.signs_in()

    assert await person.state() == "ACTIVE"
    assert (await person.plant.step("poll_requests"))["state"] == "DONE"
    assert await person.events() == [("SIGN_IN", None), ("REQUIRE_CREDENTIALS", words), ("SIGN_IN", None)]


async def test_a_circuit_that_a_lost_sign_in_has_opened_does_not_hold_the_next_one(person: Person):
    settings, pool, account, tool = person.place
    control = TrafficControl(settings.redis_url, f"test:{tool}")
    early = await verify_now(settings, pool, account, tool, control)
    held = await verify_now(settings, pool, account, tool, control)

    await person.signs_in()
    late = await verify_now(settings, pool, account, tool, control)

    await control.close()
    assert "nobody has signed in" in early[0].message
    assert not any(check.ok for check in held)
    assert any(check.ok for check in late), [check.message for check in late]


async def test_workers_that_meet_a_lost_refresh_together_send_it_once(person: Person):
    await person.signs_in()
    async with person.workers(4) as workers:
        await person.tokens_age()
        await person.answer_is_lost()

        came = await asyncio.gather(
            *(worker.fetch("cost_type", {}, None) for worker in workers), return_exceptions=True
        )

    assert {type(each) for each in came} == {ErpUnauthorized}
    assert all("sign in again" in str(each) for each in came)
    assert len(await person.token_requests()) == 1


async def test_a_sign_in_that_was_taken_back_in_procore_stops_the_connection(person: Person):
    await person.signs_in()
    held = await tokens(person)
    gone = {**PROCORE, "token": held["refresh"]}
    (await person.plant.procore.control.post("/oauth/revoke", data=gone)).raise_for_status()

    stopped = await person.plant.step("poll_requests")

    assert stopped["error_message"] == "A person has to sign in again: the refresh token is refused."
    assert await person.state() == "AUTH_REQUIRED"


async def test_a_code_is_good_once_and_a_second_try_harms_nothing(person: Person):
    code = await person.code()
    await sign_in(*person.place, code, BACK)
    held, events = await tokens(person), await person.events()

    with pytest.raises(ErpUnauthorized, match="sign in again: the code is refused"):
        await sign_in(*person.place, code, BACK)

    assert (await tokens(person), await person.events()) == (held, events)
    assert await person.state() == "ACTIVE"


async def test_signing_in_leaves_an_event_without_a_token(person: Person):
    await person.signs_in()

    [row] = await person.plant.desk.rows("select before, after from event where action = 'SIGN_IN'")
    before, after = json.loads(row["before"]), json.loads(row["after"])
    assert after["version"] == before["version"] + 1
    assert after["credentials_version"] == before["credentials_version"] + 1
    for value in (await tokens(person)).values():
        assert not value or value not in row["before"] + row["after"]


async def test_new_credentials_take_a_new_sign_in(person: Person):
    await person.signs_in()
    plant = person.plant
    settings = {"company_id": str(WORLD.company.procore_id), "login_url": plant.procore.url}
    settings |= {"grant": "authorization_code"}
    people = {"client_id": "people-sandbox", "client_secret": "people-sandbox-secret"}

    await plant.connect("Procore", "procore", plant.procore.url, people, settings)

    assert (await plant.step("poll_requests"))["error_message"].endswith("nobody has signed in.")


async def test_nobody_signs_in_where_the_application_signs_in_as_itself(person: Person):
    await person.connect({})

    with pytest.raises(Refused, match="signs in as itself") as caught:
        await sign_in_address(*person.place, BACK)

    assert caught.value.field == "settings.grant"


async def test_nobody_signs_in_to_a_ledger(person: Person):
    settings, pool, account, _ = person.place

    with pytest.raises(Refused, match="No person signs in to this system"):
        await sign_in(settings, pool, account, person.plant.desk.erp, "code", BACK)


async def test_a_connection_of_another_account_cannot_be_signed_in_to(person: Person, account):
    settings, pool, _, tool = person.place

    with pytest.raises(Refused, match="no such connection"):
        await sign_in(settings, pool, account, tool, await person.code(), BACK)

    assert await person.state() == "ACTIVE"
    assert await person.events() == []


async def tokens(person: Person) -> dict[str, str]:
    """What the last sign-in has yielded."""
    desk = person.plant.desk
    vault = Vault.of(desk.settings)
    async with desk.pool.transaction(desk.account) as connection:
        kept = await vault.find(connection, Place(desk.account, person.plant.tool, SecretField.TOKENS))
    assert kept is not None
    return {name: str(value or "") for name, value in (await vault.open(kept)).items()}
