"""Tokens are fetched once for all who wait, kept before they are used, and never fetched twice with one refresh token."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from token_server import TokenServer

from db.clock import Sources
from hub.errors import ErpUnauthorized, ErpUnavailable, ErpUnexpected
from hub.http import AuthorizationCode, ClientCredentials, MemoryTokens, Tokens

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
REDIRECT = "https://hub.example.com/signed-in"


class Hand:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - START).total_seconds()

    def turn(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Hand:
    hand = Hand()
    monkeypatch.setattr(Sources, "clock", hand)
    return hand


@pytest.fixture
def server() -> TokenServer:
    return TokenServer()


class Watched(MemoryTokens):
    """Notes what was stored when; may fail to store."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Tokens] = []
        self.broken = False

    async def renewed(self, spent, obtain):
        async def noted(current):
            tokens = await obtain(current)
            if self.broken:
                raise ConnectionError("the disk is full")
            self.kept.append(tokens)
            return tokens

        return await super().renewed(spent, noted)


async def signed_in(server: TokenServer, store: MemoryTokens | None = None) -> AuthorizationCode:
    person = AuthorizationCode("hub", "s3cret", server, store or MemoryTokens())
    await person.sign_in(server.code(), REDIRECT)
    return person


# --- client credentials ----------------------------------------------------------------------------------------------


async def test_two_authorizers_with_one_store_share_a_token(server: TokenServer):
    store = MemoryTokens()
    one, two = (ClientCredentials("hub", "s3cret", server, store) for _ in range(2))

    headers = {await one.header(), await two.header()}

    assert headers == {"Bearer access-1"}
    assert server.requests == [
        {"grant_type": "client_credentials", "client_id": "hub", "client_secret": "s3cret"}
    ]


async def test_without_a_store_each_has_its_own(server: TokenServer):
    one, two = (ClientCredentials("hub", "s3cret", server) for _ in range(2))
    assert (await one.header(), await two.header()) == ("Bearer access-1", "Bearer access-2")


@pytest.mark.parametrize(
    ("seconds", "good_for"), [(5400, 5340), (100, 50), (60, 30), (None, 240), ("5400", 5340), ("soon", 240)]
)
async def test_a_token_counts_as_spent_a_minute_or_half_its_life_early(
    clock: Hand, seconds: object, good_for: int
):
    server = TokenServer(seconds=seconds)
    authorizer = ClientCredentials("hub", "s3cret", server)
    await authorizer.header()
    clock.turn(good_for - 1)
    assert await authorizer.header() == "Bearer access-1"
    clock.turn(1)
    assert await authorizer.header() == "Bearer access-2"


async def test_refused_client_credentials_are_sent_once_by_ten_who_wait(server: TokenServer):
    server.fails = [ErpUnauthorized("no")] * 10
    authorizer = ClientCredentials("hub", "s3cret", server)

    told = await asyncio.gather(*(authorizer.header() for _ in range(10)), return_exceptions=True)

    assert [type(error) for error in told] == [ErpUnauthorized] * 10
    assert len(server.requests) == 1


# --- a person's sign-in ----------------------------------------------------------------------------------------------


async def test_a_code_is_exchanged_once_and_its_tokens_are_kept(server: TokenServer):
    store = Watched()
    person = await signed_in(server, store)

    assert await person.header() == "Bearer access-1"
    assert server.requests == [
        {
            "grant_type": "authorization_code", "code": "code-1", "redirect_uri": REDIRECT,
            "client_id": "hub", "client_secret": "s3cret",
        }
    ]  # fmt: skip
    assert [(tokens.access, tokens.refresh) for tokens in store.kept] == [("access-1", "refresh-1")]


async def test_a_used_code_is_refused_with_what_to_do(server: TokenServer):
    await signed_in(server)
    again = AuthorizationCode("hub", "s3cret", server, MemoryTokens())

    with pytest.raises(ErpUnauthorized, match="sign in again"):
        await again.sign_in("code-1", REDIRECT)
    assert len(server.requests) == 2


async def test_a_code_whose_answer_is_lost_is_not_sent_again(server: TokenServer):
    server.lost = 1
    with pytest.raises(ErpUnauthorized, match="lost"):
        await signed_in(server)
    assert len(server.requests) == 1


async def test_signing_in_anew_takes_the_place_of_a_sign_in_that_ended(server: TokenServer):
    store = MemoryTokens()
    person = await signed_in(server, store)
    server.good.clear()
    assert await person.renew("Bearer access-1")
    with pytest.raises(ErpUnauthorized):
        await person.header()

    person = await signed_in(server, store)

    assert await person.header() == "Bearer access-3"


async def test_without_a_sign_in_nothing_is_asked(server: TokenServer):
    nobody = AuthorizationCode("hub", "s3cret", server, MemoryTokens())
    with pytest.raises(ErpUnauthorized, match="sign in again"):
        await nobody.header()
    assert server.requests == []


async def test_ten_parallel_calls_with_an_expired_token_refresh_once(server: TokenServer, clock: Hand):
    store = MemoryTokens()
    people = [await signed_in(server, store)]
    people += [AuthorizationCode("hub", "s3cret", server, store) for _ in range(9)]
    for person in people:
        await person.header()
    clock.turn(5400)

    headers = await asyncio.gather(*(person.header() for person in people))

    assert set(headers) == {"Bearer access-2"}
    assert [form["grant_type"] for form in server.requests] == ["authorization_code", "refresh_token"]
    assert server.requests[1]["refresh_token"] == "refresh-1"


async def test_each_refresh_uses_the_token_of_the_one_before(server: TokenServer, clock: Hand):
    person = await signed_in(server)
    for _ in range(3):
        clock.turn(5400)
        await person.header()
    sent = [form["refresh_token"] for form in server.requests[1:]]
    assert sent == ["refresh-1", "refresh-2", "refresh-3"]


async def test_the_rotated_pair_is_kept_before_it_is_used(server: TokenServer, clock: Hand):
    store = Watched()
    person = await signed_in(server, store)
    clock.turn(5400)
    header = await person.header()
    assert header == f"Bearer {store.kept[-1].access}"
    assert store.kept[-1].refresh == "refresh-2"


async def test_a_refused_token_is_refreshed_and_one_that_is_no_longer_in_use_is_not(server: TokenServer):
    person = await signed_in(server)
    assert await person.renew("Bearer access-1")
    assert await person.renew("Bearer access-1")
    assert await person.header() == "Bearer access-2"
    assert len(server.requests) == 2


async def test_an_answer_without_a_refresh_token_leaves_the_old_one_good(clock: Hand):
    asked = []

    async def keeps(form):
        asked.append(form.get("refresh_token"))
        first = {"refresh_token": "stays"} if form["grant_type"] == "authorization_code" else {}
        return {"access_token": f"a{len(asked)}", "expires_in": 5400, **first}

    person = AuthorizationCode("hub", "s3cret", keeps, MemoryTokens())
    await person.sign_in("c", REDIRECT)
    for _ in range(2):
        clock.turn(5400)
        await person.header()
    assert asked == [None, "stays", "stays"]


@pytest.mark.parametrize(
    ("failure", "why"),
    [
        (ErpUnauthorized("invalid_grant"), "refused"),
        (ErpUnavailable("The connection broke."), "lost"),
        (ErpUnavailable("The other system answers 502."), "lost"),
        (ErpUnexpected("html"), "lost"),
        (TimeoutError(), "lost"),
    ],
    ids=["refused", "cut off", "502", "html", "too slow"],
)
async def test_a_refused_or_lost_refresh_ends_the_sign_in_for_all_and_is_never_sent_again(
    server: TokenServer, clock: Hand, failure: Exception, why: str
):
    store = MemoryTokens()
    person = await signed_in(server, store)
    clock.turn(5400)
    server.fails = [failure]

    for other in (person, person, AuthorizationCode("hub", "s3cret", server, store)):
        with pytest.raises(ErpUnauthorized, match=f"sign in again: .*{why}"):
            await other.header()

    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "failure",
    [ErpUnavailable("No connection.", reached=False), ErpUnavailable("Busy.", retry_after=7)],
    ids=["never left", "asked to wait"],
)
async def test_a_refresh_that_cannot_have_been_done_may_be_tried_later(
    server: TokenServer, clock: Hand, failure: ErpUnavailable
):
    person = await signed_in(server)
    clock.turn(5400)
    server.fails = [failure]

    with pytest.raises(ErpUnavailable) as later:
        await person.header()

    assert (later.value.reached, later.value.retry_after) == (False, failure.retry_after)
    assert await person.header() == "Bearer access-3"


async def test_a_pair_that_cannot_be_kept_is_told_as_a_sign_in_lost(server: TokenServer, clock: Hand):
    store = Watched()
    person = await signed_in(server, store)
    clock.turn(5400)
    store.broken = True

    with pytest.raises(ErpUnauthorized, match="could not be kept"):
        await person.header()
    store.broken = False
    with pytest.raises(ErpUnauthorized, match="refused"):
        await person.header()

    assert [form.get("refresh_token") for form in server.requests] == [None, "refresh-1", "refresh-1"]


async def test_a_store_that_is_away_before_anything_was_asked_loses_nothing(server: TokenServer):
    class Away(MemoryTokens):
        async def renewed(self, spent, obtain):
            raise ConnectionError("away")

    person = AuthorizationCode("hub", "s3cret", server, Away())
    with pytest.raises(ConnectionError):
        await person.header()


async def test_no_secret_shows(server: TokenServer):
    store = MemoryTokens()
    person = await signed_in(server, store)
    tokens = await store.read()
    shown = repr([person, ClientCredentials("hub", "s3cret", server), tokens])
    assert "access-1" not in shown
    assert "refresh-1" not in shown
    assert "s3cret" not in shown
