"""What no honest server says: numbers beyond every range, letters where digits stand. It ends in the hub's own errors."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from db.clock import now
from hub.erp import values
from hub.errors import ErpUnavailable, ErpUnexpected
from hub.http import Client, ClientCredentials, Limits
from hub.http.pacing import wait_asked_for
from hub.http.reply import Reply

BASE = "https://erp.example.com"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def client(status: int = 200, **headers: str | bytes) -> Client:
    named = [(name.replace("_", "-").encode(), value) for name, value in headers.items()]
    answer = httpx.MockTransport(lambda _: httpx.Response(status, headers=named, content=b"{}"))
    return Client(BASE, transport=answer, limits=Limits(tries=1, backoff=0.0, hops=2))


@pytest.mark.parametrize("header", ["retry-after", "x-rate-limit-reset"])
@pytest.mark.parametrize("text", ["²", "1²", "-5", "1e5", "nan", "inf", "Mon, 99 Foo 0000"])
def test_a_wait_that_is_no_number_is_none(header: str, text: str):
    assert wait_asked_for({header: text, "x-rate-limit-remaining": "0"}, NOW, limited=True) is None


async def test_a_wait_in_letters_of_latin_1_after_a_write_leaves_its_outcome_unknown():
    with pytest.raises(ErpUnavailable) as gone:
        await client(503, retry_after=b"\xb2").send("POST", "/x", b"{}")
    assert gone.value.reached is True


@pytest.mark.parametrize("told", ["²", "9" * 400, 10**12, 10**300, -1, True, None, [], "1e9"])
async def test_a_token_that_lives_for_an_absurd_time_is_used_for_a_while(told: object):
    async def fetch(_: object) -> dict[str, object]:
        return {"access_token": "t", "expires_in": told}

    authorizer = ClientCredentials("c", "s", fetch)

    assert await authorizer.header() == "Bearer t"
    held = authorizer._held
    assert held is not None
    assert held.expires_at < now() + timedelta(days=400)


@pytest.mark.parametrize("access", ["t\r\nX-Admin: 1", "t\x00", "tö", "t t", "", 5, None, ["t"]])
async def test_a_token_that_no_header_can_carry_is_none(access: object):
    async def fetch(_: object) -> dict[str, object]:
        return {"access_token": access, "expires_in": 3600}

    with pytest.raises(ErpUnavailable) as gone:
        await ClientCredentials("c", "s", fetch).header()
    assert gone.value.reached is False


@pytest.mark.parametrize("value", ["ö", "a\r\nX-Admin: 1", "\udc80"])
async def test_a_header_that_cannot_be_written_never_leaves(value: str):
    with pytest.raises(ErpUnavailable) as gone:
        await client().send("POST", "/x", b"{}", {"X-Key": value})
    assert gone.value.reached is False


@pytest.mark.parametrize("location", ["http://[", "https://erp.example.com:99999999/", "\x00", "//"])
async def test_a_redirect_that_cannot_be_read_is_an_error_of_the_other_side(location: str):
    with pytest.raises((ErpUnexpected, ErpUnavailable)):
        await client(302, location=location.encode()).get("/x")


@pytest.mark.parametrize("body", [b"1e99999999999999999999", b'{"a": -1e-99999999999999999999}', b"1" * 5000])
def test_a_number_that_no_decimal_holds_is_not_readable(body: bytes):
    with pytest.raises(ErpUnexpected):
        Reply(200, {"content-type": "application/json"}, body, "r").json()


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"])
def test_a_moment_beyond_the_calendar_does_not_fit(text: str):
    with pytest.raises(ValueError, match="time"):
        values.instant(text)
