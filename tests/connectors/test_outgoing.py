"""What the client promises: limits, retries, honest errors, and secrets that stay secret."""

import asyncio
import gzip
import json
import logging
import socket
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import httpx
import pytest
import structlog

from db.clock import Sources
from hub.errors import ErpUnauthorized, ErpUnavailable, ErpUnexpected
from hub.http import Basic, Client, ClientCredentials, Limits
from hub.sandboxes.kit import serving

BASE = "https://erp.example.com"


class Answers:
    """Gives prepared answers in order, the last one for ever; keeps the requests."""

    def __init__(self, *answers):
        self.answers, self.requests = list(answers), []

    def __call__(self, request):
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer


class Waits(list):
    """Sleeps that take no time, though the clock goes on by them."""

    async def __call__(self, seconds):
        self.append(seconds)
        if isinstance(Sources.clock, Still):
            Sources.clock.seconds += seconds


class Still:
    """A clock that stands still but for the waits."""

    def __init__(self):
        self.seconds = 0.0

    def now(self):
        return datetime(2026, 3, 2, 9, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self):
        return 1000.0 + self.seconds


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    still = Still()
    monkeypatch.setattr(Sources, "clock", still)
    return still


def client_of(answers, **options):
    waits = Waits()
    options.setdefault("limits", Limits(backoff=0.0))
    made = Client(BASE, transport=httpx.MockTransport(answers), sleep=waits, **options)
    return made, waits


def say(status=200, body=b"{}", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(
        status, content=body, headers={"content-type": "application/json", **named}
    )


def stream(body, **headers):
    """As a server gives it: in pieces, and nothing decoded before the client does."""

    async def pieces():
        for start in range(0, len(body), 65536):
            yield body[start : start + 65536]

    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(200, content=pieces(), headers=named)


@pytest.mark.parametrize("failure", [say(500), say(502, b"<html>"), say(503), say(504), say(429), say(408)])
async def test_a_read_is_tried_again_after_a_passing_failure(failure):
    answers = Answers(failure, failure, say(200, b'{"ok":1}'))
    client, waits = client_of(answers)

    assert (await client.get("/x")).json() == {"ok": 1}
    assert len(answers.requests) == 3
    assert len(waits) == 2


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ReadTimeout("t"),
        httpx.RemoteProtocolError("cut"),
        httpx.ConnectError("no"),
        httpx.ReadError("r"),
    ],
)
async def test_a_read_is_tried_again_after_a_broken_connection(failure):
    answers = Answers(failure, say())
    client, _ = client_of(answers)

    assert (await client.get("/x")).status == 200


async def test_a_read_gives_up_after_its_tries():
    answers = Answers(say(503))
    client, _ = client_of(answers)

    with pytest.raises(ErpUnavailable) as gone:
        await client.get("/x")

    assert len(answers.requests) == 3
    assert gone.value.reached is True


@pytest.mark.parametrize("status", [400, 403, 404, 406, 409, 422])
async def test_a_refusal_is_never_tried_again(status):
    answers = Answers(say(status))
    client, _ = client_of(answers)

    assert (await client.get("/x")).status == status
    assert len(answers.requests) == 1


@pytest.mark.parametrize(
    ("failure", "reached"),
    [
        (say(500), True),
        (say(501), True),
        (say(520), True),
        (say(503, retry_after="1"), True),
        (say(429), True),
        (httpx.ReadTimeout("t"), True),
        (httpx.WriteTimeout("t"), True),
        (httpx.RemoteProtocolError("cut"), True),
        (httpx.ConnectError("no"), False),
        (httpx.ConnectTimeout("no"), False),
        (httpx.PoolTimeout("no"), False),
    ],
)
async def test_a_write_is_sent_once_and_says_whether_it_can_have_arrived(failure, reached):
    answers = Answers(failure)
    client, waits = client_of(answers)

    with pytest.raises(ErpUnavailable) as gone:
        await client.send("POST", "/x", b'{"a":1}')

    assert len(answers.requests) == 1
    assert waits == []
    assert gone.value.reached is reached
    assert gone.value.request_id


async def test_a_write_sends_exactly_its_bytes():
    answers = Answers(say())
    client, _ = client_of(answers)
    body = '{"b":"ä","a":1.50}'.encode()

    await client.send("POST", "/x", body, {"Content-Type": "application/json"})

    assert answers.requests[0].content == body


async def test_retry_after_is_waited_for():
    client, waits = client_of(Answers(say(503, retry_after="7"), say()))

    await client.get("/x")

    assert 7 <= waits[0] <= 8


async def test_a_wait_beyond_patience_is_left_to_the_caller():
    answers = Answers(say(503, retry_after="600"))
    client, waits = client_of(answers)

    with pytest.raises(ErpUnavailable) as gone:
        await client.get("/x")

    assert gone.value.retry_after == 600
    assert (len(answers.requests), waits) == (1, [])


DATE = "Mon, 02 Mar 2026 09:00:00 GMT"
AT = 1772442000


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"x_rate_limit_reset": str(AT + 90), "date": DATE}, 90),
        ({"x_rate_limit_reset": str((AT + 90) * 1000), "date": DATE}, 90),
        ({"x_rate_limit_reset": str(AT - 5), "date": DATE}, None),
        ({"x_rate_limit_reset": "soon", "date": DATE}, None),
        ({"x_rate_limit_reset": str(AT + 20), "retry_after": "40", "date": DATE}, 40),
        ({"x_rate_limit_reset": str(AT + 50), "retry_after": "40", "date": DATE}, 50),
        ({"retry_after": "99999999"}, 3600),
        ({"retry_after": "later"}, None),
        ({}, None),
    ],
)
async def test_the_later_of_both_headers_says_how_long_to_wait(headers, expected):
    client, _ = client_of(Answers(say(429, **headers)), limits=Limits(tries=1))

    with pytest.raises(ErpUnavailable) as gone:
        await client.get("/x")

    assert gone.value.retry_after == expected


async def test_no_call_is_made_before_a_used_up_window_opens_again():
    used_up = say(200, x_rate_limit_remaining="0", x_rate_limit_reset=str(AT + 9), date=DATE)
    answers = Answers(used_up, say())
    client, waits = client_of(answers)

    await client.get("/x")
    await client.get("/x")

    assert len(waits) == 1
    assert 8.5 < waits[0] <= 9


async def test_a_write_does_not_leave_while_the_window_is_shut_for_long():
    used_up = say(200, x_rate_limit_remaining="0", x_rate_limit_reset=str(AT + 900), date=DATE)
    answers = Answers(used_up)
    client, _ = client_of(answers)
    await client.get("/x")

    with pytest.raises(ErpUnavailable) as gone:
        await client.send("POST", "/x", b"{}")

    assert gone.value.reached is False
    assert 890 < gone.value.retry_after <= 900
    assert len(answers.requests) == 1


async def test_a_body_beyond_the_cap_is_refused():
    async def run(body, **headers):
        client, _ = client_of(Answers(stream(body, **headers)), limits=Limits(body=1000, tries=1))
        return await client.get("/x")

    assert len((await run(b" " * 1000)).body) == 1000
    assert len((await run(gzip.compress(b" " * 1000), content_encoding="gzip")).body) == 1000
    for body, headers in (
        (b" " * 1001, {}),
        (gzip.compress(b" " * 1001), {"content_encoding": "gzip"}),
        (gzip.compress(b"\0" * 900_000), {"content_encoding": "gzip"}),
    ):
        with pytest.raises(ErpUnexpected, match="larger"):
            await run(body, **headers)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(gzip.compress(b"{}")[:-6], "gzip"), (b"not gzip", "gzip"), (b"{}", "br"), (b"{}", "gzip, gzip")],
)
async def test_a_spoilt_compression_is_an_answer_that_cannot_be_read(body, encoding):
    client, _ = client_of(Answers(stream(body, content_encoding=encoding)))

    with pytest.raises(ErpUnexpected):
        await client.get("/x")


async def test_an_answer_without_end_is_cut_off_at_the_cap():
    async def endless():
        while True:
            yield b"x" * 4096

    client, _ = client_of(
        Answers(lambda _: httpx.Response(200, content=endless())), limits=Limits(body=100_000, tries=1)
    )

    with pytest.raises(ErpUnexpected, match="larger"):
        await client.get("/x")


async def test_the_whole_call_has_a_limit_even_where_bytes_keep_coming():
    started = asyncio.Event()

    async def hanging(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b" ", "more_body": True})
        started.set()
        await receive()
        await receive()

    with serving(hanging) as address:
        limits = Limits(whole_write=0.2, tries=1)
        client = Client(address, allowed_hosts={address.removeprefix("http://")}, limits=limits)
        with pytest.raises(ErpUnavailable) as gone:
            await client.send("POST", "/x", b"{}")
        await client.close()

    assert gone.value.reached is True


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<html>Sign in</html>", "text/html"),
        (b'{"a": ', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"a": NaN}', "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"", "application/json"),
    ],
)
async def test_what_is_no_json_cannot_be_read(body, content_type):
    client, _ = client_of(Answers(say(200, body, content_type=content_type)))
    reply = await client.get("/x")

    with pytest.raises(ErpUnexpected):
        reply.json()


async def test_numbers_keep_every_digit():
    client, _ = client_of(
        Answers(say(200, b'{"id": 9223372036854775999, "amount": 0.1, "big": 12345678901234567.89}'))
    )

    found = (await client.get("/x")).json()

    assert found == {
        "id": 9223372036854775999,
        "amount": Decimal("0.1"),
        "big": Decimal("12345678901234567.89"),
    }


async def test_a_closed_port_means_that_nothing_left():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    client = Client(f"http://127.0.0.1:{port}", allowed_hosts={f"127.0.0.1:{port}"})

    with pytest.raises(ErpUnavailable) as gone:
        await client.send("POST", "/x", b"{}")
    await client.close()

    assert gone.value.reached is False


async def test_a_connection_dropped_without_an_answer_means_it_may_have_arrived():
    async def dropping(reader, writer):
        await reader.read(10)
        writer.close()

    server = await asyncio.start_server(dropping, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = Client(f"http://127.0.0.1:{port}", allowed_hosts={f"127.0.0.1:{port}"})

    async with server:
        with pytest.raises(ErpUnavailable) as gone:
            await client.send("POST", "/x", b"{}")
        await client.close()

    assert gone.value.reached is True


async def test_cookies_are_not_kept():
    answers = Answers(say(200, set_cookie="session=1; Path=/"))
    client, _ = client_of(answers)

    await client.get("/x")
    await client.get("/x")

    assert "cookie" not in answers.requests[1].headers


async def test_every_request_names_the_hub_and_carries_an_id_of_its_own():
    answers = Answers(say())
    client, _ = client_of(answers)

    first, second = await client.get("/x"), await client.get("/x")

    sent = [request.headers["x-request-id"] for request in answers.requests]
    assert [first.request_id, second.request_id] == sent
    assert sent[0] != sent[1]
    assert answers.requests[0].headers["user-agent"].startswith("erp-integration-hub/")


async def test_the_other_sides_request_id_is_reported():
    client, _ = client_of(Answers(say(200, x_request_id="theirs")))

    assert (await client.get("/x")).request_id == "theirs"


class TokenServer:
    def __init__(self, *failures):
        self.forms, self.failures = [], list(failures)

    async def __call__(self, form):
        self.forms.append(form)
        await asyncio.sleep(0)
        if self.failures:
            raise self.failures.pop(0)
        return {"access_token": f"token-{len(self.forms)}", "expires_in": 5400}


def bearer(*good):
    def answer(request):
        return httpx.Response(200 if request.headers["authorization"] in good else 401, json={})

    return answer


async def test_ten_parallel_calls_with_a_spent_token_cause_one_token_request():
    tokens = TokenServer()
    authorizer = ClientCredentials("hub", "s3cret", tokens)
    answers = Answers(bearer("Bearer token-1"))
    client, _ = client_of(answers, authorizer=authorizer)
    await client.get("/x")
    answers.answers = [bearer("Bearer token-2")]

    await asyncio.gather(*(client.get("/x") for _ in range(10)))

    assert len(tokens.forms) == 2


async def test_a_refused_token_is_renewed_once_also_for_a_write():
    tokens = TokenServer()
    answers = Answers(bearer("Bearer token-2"))
    client, _ = client_of(answers, authorizer=ClientCredentials("hub", "s3cret", tokens))

    assert (await client.send("PATCH", "/x", b"{}")).status == 200
    answers.answers = [bearer()]
    with pytest.raises(ErpUnauthorized):
        await client.send("PATCH", "/x", b"{}")

    assert len(tokens.forms) == 3
    assert len(answers.requests) == 4


@pytest.mark.parametrize(
    "failure", [ErpUnavailable("down"), ErpUnexpected("html"), ErpUnavailable("slow", retry_after=5)]
)
async def test_without_a_token_a_write_has_not_left(failure):
    answers = Answers(say())
    client, _ = client_of(answers, authorizer=ClientCredentials("hub", "s3cret", TokenServer(failure)))

    with pytest.raises(ErpUnavailable) as gone:
        await client.send("PATCH", "/x", b"{}")

    assert gone.value.reached is False
    assert answers.requests == []


async def test_refused_client_credentials_are_not_tried_again():
    tokens = TokenServer(ErpUnauthorized("no"), ErpUnauthorized("no"))
    client, _ = client_of(Answers(say()), authorizer=ClientCredentials("hub", "s3cret", tokens))

    with pytest.raises(ErpUnauthorized):
        await client.get("/x")

    assert len(tokens.forms) == 1


async def test_a_wrong_password_is_asked_once():
    answers = Answers(say(401))
    client, _ = client_of(answers, authorizer=Basic("user", "s3cret"))

    with pytest.raises(ErpUnauthorized):
        await client.get("/x")

    assert len(answers.requests) == 1


async def test_secrets_show_nowhere(caplog):
    caplog.set_level(logging.DEBUG)
    tokens = TokenServer()
    signed = [Basic("someone", "s3cret"), ClientCredentials("someone", "s3cret", tokens)]
    with structlog.testing.capture_logs() as logs:
        for authorizer in signed:
            client, _ = client_of(Answers(say(500)), authorizer=authorizer)
            with pytest.raises(ErpUnavailable) as gone:
                await client.get("/x")
            texts = [repr(authorizer), repr(client), str(gone.value), repr(gone.value)]
            assert not any(
                secret in text for text in texts for secret in ("s3cret", "token-1", "c29tZW9uZTpzM2NyZXQ")
            )
    said = json.dumps(logs) + caplog.text
    assert logs
    assert not any(secret in said for secret in ("s3cret", "token-1", "c29tZW9uZTpzM2NyZXQ"))


async def test_a_signature_does_not_follow_a_redirect_to_another_origin():
    away = {"location": "https://elsewhere.example.com/y"}
    answers = Answers(lambda _: httpx.Response(302, headers=away), say())
    client, _ = client_of(answers, authorizer=Basic("user", "s3cret"), limits=Limits(hops=1))

    await client.get("/x")

    assert "authorization" in answers.requests[0].headers
    assert "authorization" not in answers.requests[1].headers


async def test_a_path_cannot_leave_the_base_address():
    client, _ = client_of(Answers(say()))

    for path in ("//evil.example.com/", "https://evil.example.com/", "x"):
        with pytest.raises(ErpUnexpected):
            await client.get(path)
