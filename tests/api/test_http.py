"""GraphQL over HTTP: statuses, media types and coded bodies; bad bodies are refused before anything is read."""

import asyncio
import json
from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest
from calling import NEW, Caller

from hub.api import http, wire
from hub.api.engine import Engine
from hub.codes import ErrorCode

OLD = "application/json"
CODES = {code.value for code in ErrorCode}


async def send(
    by, body: bytes | str, *, accept: str = NEW, kind: str = "application/json", **headers: str
) -> httpx.Response:
    caller: Caller = by("approver")
    return await caller.client.post(
        "/graphql", content=body, headers=caller.headers | {"Accept": accept, "Content-Type": kind} | headers
    )


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal that is told in the right form."""
    assert answer.headers["content-type"] in (f"{NEW}; charset=utf-8", f"{OLD}; charset=utf-8")
    assert len(answer.content) <= 4096
    body = answer.json()
    assert list(body) == ["errors"]
    assert 1 <= len(body["errors"]) <= 5
    codes = {error["extensions"]["code"] for error in body["errors"]}
    assert codes <= CODES
    text = answer.text.lower()
    assert not any(
        word in text
        for word in ("traceback", "asyncpg", "postgres", "select ", "python", "127.0.0.1", "did you mean")
    )
    return answer.status_code, codes.pop()


BODIES = {
    "null": (b"null", 422),
    "a string": (b'"x"', 422),
    "a number": (b"1", 422),
    "true": (b"true", 422),
    "a list": (b'[{"query": "{ viewer { id } }"}]', 422),
    "an empty object": (b"{}", 422),
    "an empty query": (b'{"query": ""}', 422),
    "a blank query": (b'{"query": " \\n"}', 422),
    "a query of null": (b'{"query": null}', 422),
    "a query that is a number": (b'{"query": 1}', 422),
    "variables in a list": (b'{"query": "{ viewer { id } }", "variables": []}', 422),
    "variables in a string": (b'{"query": "{ viewer { id } }", "variables": "{}"}', 422),
    "a name that is a number": (b'{"query": "{ viewer { id } }", "operationName": 1}', 422),
    "extensions in a string": (b'{"query": "{ viewer { id } }", "extensions": "x"}', 422),
    "nothing": (b"", 400),
    "no JSON": (b"query", 400),
    "truncated JSON": (b'{"query": "{ viewer', 400),
    "two documents": (b'{"query": "{ viewer { id } }"} {}', 400),
    "bytes that are not UTF-8": (b'{"query": "\xff\xfe"}', 400),
    "UTF-16": ('{"query": "{ viewer { id } }"}'.encode("utf-16"), 400),
    "lists a hundred thousand deep": (
        b'{"query": "x", "variables": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        400,
    ),
    "objects a thousand deep": (
        b'{"query": "{ viewer { id } }", "variables": ' + b'{"a":' * 1000 + b"1" + b"}" * 1000 + b"}",
        400,
    ),
    "lists as deep as the parser goes": (
        b'{"query": "{ viewer { id } }", "variables": {"a": ' + b"[" * 1000 + b"]" * 1000 + b"}}",
        400,
    ),
    "NaN": (b'{"query": "{ viewer { id } }", "variables": {"a": NaN}}', 400),
    "Infinity": (b'{"query": "{ viewer { id } }", "variables": {"a": Infinity}}', 400),
    "a lone surrogate": (b'{"query": "{ viewer { id } }", "variables": {"a": "\\ud800"}}', 400),
}


@pytest.mark.parametrize("body", BODIES)
async def test_a_body_that_is_no_request_is_refused(by, body):
    content, status = BODIES[body]

    for accept in (NEW, OLD):
        assert refusal(await send(by, content, accept=accept)) == (status, "BAD_REQUEST")


@pytest.mark.parametrize("number", ["9" * 5000, "1e999", "-1e999", "1e308", "0.1", "99999999999999999999"])
async def test_a_number_that_is_no_int_is_refused(by, number):
    body = (
        '{"query": "query ($n: Int!) { commitments(first: $n) { totalCount } }", "variables": {"n": %s}}'
        % number
    )

    status, code = refusal(await send(by, body))
    assert (status, code) in {(422, "BAD_VARIABLES"), (400, "BAD_REQUEST")}


async def test_a_text_with_nul_is_refused(by):
    body = {
        "query": "query ($s: String) { companies(first: 1, filter: {search: $s}) { totalCount } }",
        "variables": {"s": "a\x00"},
    }

    assert refusal(await send(by, json.dumps(body))) == (422, "BAD_STRING")


async def test_keys_that_nobody_knows_are_ignored(by):
    answer = await send(by, b'{"query": "{ __typename }", "extensions": {"x": 1}, "colour": "red", "id": 5}')

    assert (answer.status_code, answer.json()["data"]) == (200, {"__typename": "Query"})


async def test_a_body_too_large_is_refused(by):
    assert refusal(await send(by, b'{"query": "' + b" " * wire.MAX_BODY + b'"}')) == (413, "BAD_REQUEST")


async def test_a_body_that_never_ends_is_refused(by, monkeypatch):
    monkeypatch.setattr(http, "BODY_SECONDS", 0.02)

    async def drip() -> AsyncIterator[bytes]:
        yield b'{"query":'
        await asyncio.Event().wait()

    assert refusal(await send(by, drip())) == (408, "BAD_REQUEST")


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "",
        "application/graphql",
    ],
)
async def test_other_kinds_of_body_are_refused(by, kind):
    assert refusal(await send(by, b'{"query": "{ __typename }"}', kind=kind)) == (415, "BAD_REQUEST")


async def test_other_alphabets_are_refused(by):
    assert refusal(await send(by, b"{}", kind="application/json; charset=utf-16")) == (415, "BAD_REQUEST")
    assert (
        await send(by, b'{"query": "{ __typename }"}', kind='application/json; charset="UTF-8"')
    ).status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "query",
    ["", "?query={viewer{id}}", '?query=mutation{sendItems(input:{idempotencyKey:"k",items:[]}){run{id}}}'],
)
async def test_only_post_is_answered(by, method, query):
    caller: Caller = by("approver")
    answer = await caller.client.request(method, f"/graphql{query}", headers=caller.headers)

    assert refusal(answer) == (405, "BAD_REQUEST")
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (NEW, NEW),
        (OLD, OLD),
        ("*/*", OLD),
        ("application/*", OLD),
        (f"{OLD};q=0.5, {NEW}", NEW),
        (f"{NEW}, {OLD};q=0.9, */*;q=0.1", NEW),
        (f"text/event-stream, {OLD}", OLD),
        ("text/html, */*;q=0.8", OLD),
    ],
)
async def test_the_answer_is_of_the_kind_that_is_accepted(by, accept, kind):
    answer = await send(by, b'{"query": "{ __typename }"}', accept=accept)

    assert (answer.status_code, answer.headers["content-type"]) == (200, f"{kind}; charset=utf-8")


@pytest.mark.parametrize("accept", ["text/css", "text/html", "image/*", "application/xml"])
async def test_a_kind_that_is_not_served_is_refused(by, accept):
    assert refusal(await send(by, b'{"query": "{ __typename }"}', accept=accept)) == (406, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("{ viewer {", 400, "GRAPHQL_PARSE_FAILED"),
        ("{ viewer { nmae } }", 422, "GRAPHQL_VALIDATION_FAILED"),
        ("query ($n: Int!) { commitments(first: $n) { totalCount } }", 422, "BAD_VARIABLES"),
        ("{ commitments(first: 0) { totalCount } }", 422, "BAD_PAGE"),
        ('{ commitments(first: 1, after: "x") { totalCount } }', 422, "BAD_CURSOR"),
        ('{ commitments(first: 1, filter: {project: {eq: "x"}}) { totalCount } }', 422, "BAD_ID"),
        ("query A { viewer { id } } query B { viewer { id } }", 422, "OPERATION_AMBIGUOUS"),
        ("fragment F on Member { id }", 422, "GRAPHQL_VALIDATION_FAILED"),
        ('subscription { runProgress(id: "x") { id } }', 422, "BAD_REQUEST"),
    ],
)
async def test_a_refused_document_has_its_status_by_the_media_type(by, query, status, code):
    body = json.dumps({"query": query})

    assert refusal(await send(by, body)) == (status, code)
    older = await send(by, body, accept=OLD)
    assert refusal(older) == (200 if code != "BAD_REQUEST" else 422, code)


@pytest.mark.parametrize("name", [None, "", "C"])
async def test_several_operations_without_a_name_run_nothing(by, ours, app_pool, name):
    item = '{id: "%s", expectedVersion: 1}' % ours.ids("cmt")[30]
    text = 'mutation %s { sendItems(input: {idempotencyKey: "%s", items: [%s]}) { run { id } } }'
    two = text % ("A", "two-a", item) + text % ("B", "two-b", item)

    assert refusal(await by("project_manager").post(two, operation_name=name)) == (422, "OPERATION_AMBIGUOUS")
    async with app_pool.transaction(ours.account) as connection:
        count = await connection.fetchval("select count(*) from sync_run where account_id = $1", ours.account)
    assert count == 3


async def test_the_named_operation_of_several_is_run(by):
    answer = await by("approver").post(
        "query A { a: __typename } query B { b: __typename }", operation_name="B"
    )

    assert answer.json()["data"] == {"b": "Query"}


# --- what goes wrong on our side --------------------------------------------------------------------------------------


@pytest.mark.parametrize("accept", [NEW, OLD])
async def test_a_fault_of_ours_is_masked(by, monkeypatch, accept, caplog):
    async def broken(*_: object) -> str:
        raise RuntimeError("select * from secrets at 10.0.0.7")

    monkeypatch.setattr(Engine, "_fetch", broken)

    assert refusal(await send(by, b'{"query": "{ viewer { id } }"}', accept=accept)) == (500, "INTERNAL")
    assert "10.0.0.7" in caplog.text


async def test_a_fault_while_completing_is_masked(by, monkeypatch, ours):
    from hub.api import preview

    def broken(*_: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(preview.payload, "compute", broken)
    answer = await by("approver").post(
        "query ($id: ID!) { commitment(id: $id) { number preview { digest } } }", {"id": ours.ids("cmt")[0]}
    )

    body = answer.json()
    assert body["data"]["commitment"]["preview"] is None
    assert body["data"]["commitment"]["number"]
    assert body["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert body["errors"][0]["path"] == ["commitment", "preview"]
    assert "secret" not in answer.text


class Away:
    """A pool whose Postgres does not answer."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def acquire(self, **_: object) -> "Away":
        return self

    async def __aenter__(self) -> None:
        raise self.error

    async def __aexit__(self, *_: object) -> None:
        """Nothing was taken."""


@pytest.mark.parametrize(
    "error", [OSError("10.0.0.7 refused"), asyncpg.ConnectionDoesNotExistError("gone"), TimeoutError()]
)
async def test_a_database_that_is_away_is_said_to_be_away(by, application, monkeypatch, error):
    monkeypatch.setattr(application.state.means.reads, "_pool", Away(error))
    answer = await send(by, b'{"query": "{ viewer { id } }"}')

    assert refusal(answer) == (503, "UNAVAILABLE")
    assert answer.headers["retry-after"] == "1"


async def test_the_page_of_the_explorer_is_not_served_at_the_api(by):
    answer = await send(by, b'{"query": "{ __typename }"}', accept="text/html")

    assert "<html" not in answer.text.lower()
