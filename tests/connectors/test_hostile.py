"""Answers of a server that is broken, slow or hostile, over real connections: each has one outcome, soon."""

import asyncio
import gzip
from contextlib import asynccontextmanager

import httpcore
import httpx
import pytest
import structlog

from hub.errors import ErpUnauthorized, ErpUnavailable, ErpUnexpected
from hub.http import AddressRefused, Basic, Client, Held, Limits
from hub.http import client as client_module

BASE = "https://erp.example.com"
TRUNCATED = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a":'


@asynccontextmanager
async def raw(answer):
    """A server that does to each connection what `answer` says, and a client for it."""
    made = []

    async def on_connection(reader, writer):
        made.append(writer)
        try:
            await reader.readuntil(b"\r\n\r\n")
            await answer(writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(on_connection, "127.0.0.1", 0)
    host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"

    def client(**limits):
        limits = Limits(**{"tries": 1, "backoff": 0.0, **limits})
        return Client(f"http://{host}", allowed_hosts={host}, limits=limits)

    try:
        yield client, made
    finally:
        server.close()
        for writer in made:
            writer.transport.abort()


def saying(*pieces, every=0.0):
    async def answer(writer):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(every)

    return answer


def head(*lines):
    return b"HTTP/1.1 200 OK\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n"


async def test_a_truncated_answer_to_a_write_leaves_its_outcome_unknown():
    async with raw(saying(TRUNCATED)) as (client, _):
        caller = client()
        with pytest.raises(ErpUnavailable) as gone:
            await caller.send("POST", "/x", b"{}")
        await caller.close()

    assert gone.value.reached is True
    assert gone.value.request_id


async def test_a_truncated_answer_to_a_read_is_asked_for_again():
    async with raw(saying(TRUNCATED)) as (client, connections):
        caller = client(tries=3)
        with pytest.raises(ErpUnavailable):
            await caller.get("/x")
        await caller.close()

    assert len(connections) == 3


async def test_a_cut_chunk_is_not_taken_for_the_end():
    cut = head(b"Transfer-Encoding: chunked", b"Content-Type: application/json") + b"2\r\n{}\r\n"
    async with raw(saying(cut)) as (client, _):
        caller = client()
        with pytest.raises(ErpUnavailable):
            await caller.get("/x")
        await caller.close()


async def test_an_answer_that_drips_is_cut_off_by_the_limit_of_the_whole_call():
    drops = [head(b"Content-Length: 100000")] + [b"x"] * 100_000
    async with raw(saying(*drops, every=0.01)) as (client, _):
        caller = client(whole=0.3, read=30.0)
        with pytest.raises(ErpUnavailable, match="too long"):
            await caller.get("/x")
        await caller.close()


async def test_an_answer_that_never_begins_is_cut_off_by_the_limit_of_reading():
    async def silent(writer):
        await asyncio.Event().wait()

    async with raw(silent) as (client, _):
        caller = client(read=0.2, whole=30.0)
        with pytest.raises(ErpUnavailable, match="too long") as gone:
            await caller.get("/x")
        await caller.close()

    assert gone.value.reached is True


async def test_a_gzip_bomb_is_seen_and_not_unfolded():
    bomb = gzip.compress(b"\0" * 50_000_000)
    named = head(
        b"Content-Encoding: gzip",
        b"Content-Type: application/json",
        f"Content-Length: {len(bomb)}".encode(),
    )
    async with raw(saying(named + bomb)) as (client, _):
        caller = client(body=1_000_000)
        with pytest.raises(ErpUnexpected, match="larger than 1000000 bytes"):
            await caller.get("/x")
        await caller.close()


async def test_headers_without_end_are_refused():
    flood = b"HTTP/1.1 200 OK\r\n" + b"X-A: " + b"a" * 2_000_000
    async with raw(saying(flood)) as (client, _):
        caller = client()
        with pytest.raises(ErpUnavailable):
            await caller.get("/x")
        await caller.close()


async def test_what_is_no_http_is_a_broken_connection():
    async with raw(saying(b"220 mail.example.com ESMTP\r\n")) as (client, _):
        caller = client()
        with pytest.raises(ErpUnavailable):
            await caller.get("/x")
        await caller.close()


async def test_a_page_of_html_with_200_is_no_answer():
    page = b"<html><form>Please sign in</form></html>"
    named = head(b"Content-Type: text/html; charset=utf-8", f"Content-Length: {len(page)}".encode())
    async with raw(saying(named + page)) as (client, _):
        caller = client()
        reply = await caller.get("/x")
        with pytest.raises(ErpUnexpected, match="text/html"):
            reply.json()
        await caller.close()


async def test_a_host_that_does_not_take_the_connection_is_given_up(monkeypatch):
    class Deaf(httpcore.AsyncNetworkBackend):
        async def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
            assert timeout == 0.5
            raise httpcore.ConnectTimeout

    class Public:
        def __init__(self, _):
            self.connect_tcp = Deaf().connect_tcp

    monkeypatch.setattr(client_module, "GuardedBackend", Public)
    caller = Client(BASE, limits=Limits(connect=0.5, tries=1))
    with pytest.raises(ErpUnavailable) as gone:
        await caller.send("POST", "/x", b"{}")
    await caller.close()

    assert gone.value.reached is False


class Heads:
    """Answers by path, and keeps what was sent where."""

    def __init__(self, **moves):
        self.moves, self.sent = moves, []

    def __call__(self, request):
        self.sent.append((request.url.host, dict(request.headers)))
        target = self.moves.get(request.url.path.strip("/"))
        return httpx.Response(302, headers={"location": target}) if target else httpx.Response(200, json={})

    def client(self, **options):
        transport = httpx.MockTransport(self)
        options.setdefault("limits", Limits(tries=1, hops=3))
        return Client(BASE, transport=transport, authorizer=Basic("user", "s3cret"), **options)


async def test_no_header_of_the_account_follows_a_redirect_to_another_origin():
    heads = Heads(a="https://elsewhere.example.com/b", b="https://erp.example.com/c")
    await heads.client(headers={"X-Api-Key": "k3y"}).get("/a", {"X-Session": "s3ssion"})

    first, second, third = heads.sent
    assert {"authorization", "x-api-key", "x-session"} <= set(first[1])
    for host, headers in (second, third):  # also not back at home: the other side chose the address
        assert not {"authorization", "x-api-key", "x-session"} & set(headers), host


async def test_headers_stay_where_the_origin_stays():
    heads = Heads(a="/b")
    await heads.client(headers={"X-Api-Key": "k3y"}).get("/a")

    assert [headers["x-api-key"] for _, headers in heads.sent] == ["k3y", "k3y"]


@pytest.mark.parametrize(
    "target",
    [
        "http://erp.example.com/b",
        "https://127.0.0.1/b",
        "https://u:p@erp.example.com/b",
        "https://erp.example.com:99999/",
    ],
)
async def test_each_hop_is_guarded_and_none_leaves_tls(target):
    heads = Heads(a=target)

    with pytest.raises(AddressRefused):
        await heads.client().get("/a")
    assert len(heads.sent) == 1


async def test_redirects_in_a_circle_come_to_an_end():
    heads = Heads(a="/b", b="/a")

    with pytest.raises(ErpUnexpected, match="redirect"):
        await heads.client().get("/a")
    assert len(heads.sent) == 4


async def test_a_write_follows_no_redirect():
    heads = Heads(a="/b")

    with pytest.raises(ErpUnexpected, match="redirect"):
        await heads.client().send("POST", "/a", b"{}")
    assert len(heads.sent) == 1


def failing(*answers):
    left = list(answers)

    def answer(_):
        return httpx.Response(left.pop(0) if left else 200, json={})

    return answer


async def test_wrong_credentials_are_tried_five_times_and_then_held_back():
    asked = []

    def refusing(request):
        asked.append(request)
        return httpx.Response(401)

    caller = Client(BASE, transport=httpx.MockTransport(refusing), authorizer=Basic("user", "s3cret"))
    for _ in range(5):
        with pytest.raises(ErpUnauthorized):
            await caller.get("/x")
    for _ in range(3):
        with pytest.raises(Held):
            await caller.get("/x")

    assert len(asked) == 5


async def test_reads_are_tried_again_for_a_tenth_of_all_calls_beyond_the_first_ten():
    asked, failures = [], 0

    def shaky(request):
        asked.append(request)
        return httpx.Response(500 if len(asked) % 3 == 1 else 200, json={})

    caller = Client(BASE, transport=httpx.MockTransport(shaky), limits=Limits(backoff=0.0))
    for _ in range(200):
        try:
            await caller.get("/x")
        except ErpUnavailable as error:
            failures += not isinstance(error, Held)

    retries = len(asked) - 200
    assert 20 < retries <= 10 + 0.1 * len(asked)
    assert failures > 20


async def test_every_call_is_logged_with_its_request_id_and_without_secrets():
    with structlog.testing.capture_logs() as logs:
        caller = Client(
            BASE,
            transport=httpx.MockTransport(failing(200, 500)),
            authorizer=Basic("user", "s3cret"),
            headers={"X-Api-Key": "k3y"},
            limits=Limits(tries=1),
        )
        good = await caller.get("/x?token=qu3ry")
        with pytest.raises(ErpUnavailable) as bad:
            await caller.get("/x?token=qu3ry")

    ids = [entry["request_id"] for entry in logs if entry["event"].startswith("erp_call")]
    assert ids == [good.request_id, bad.value.request_id]
    assert not any(secret in str(logs) for secret in ("s3cret", "k3y", "qu3ry", "dXNlcjpzM2NyZXQ"))


async def test_a_broken_connection_is_logged_with_its_request_id():
    async with raw(saying(TRUNCATED)) as (client, _):
        caller = client()
        with structlog.testing.capture_logs() as logs, pytest.raises(ErpUnavailable) as gone:
            await caller.get("/x")
        await caller.close()

    [entry] = [entry for entry in logs if entry["event"] == "erp_call_failed"]
    assert entry["request_id"] == gone.value.request_id
