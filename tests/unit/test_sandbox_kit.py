"""The parts that every sandbox is built with, on a sandbox of three lines."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.sandboxes.kit import Bench, Fault, build_app, note, serving
from hub.sandboxes.kit.answer import Answer, spoil


def little_app(bench: Bench) -> Starlette:
    """Keeps what is posted; a GET lists it, `/crash` raises."""

    async def keep(request: Request) -> Response:
        body = await request.json()
        bench.store.put("thing", str(bench.store.next_number("thing")), body)
        note(request, summary=f"kept {body['name']}", keys=[body["name"]])
        return JSONResponse(body, status_code=201)

    async def show(_request: Request) -> Response:
        return JSONResponse(bench.store.all("thing"))

    async def crash(_request: Request) -> Response:
        raise RuntimeError("a fault of the sandbox itself")

    routes = [
        Route("/things", keep, methods=["POST"]),
        Route("/things", show, methods=["GET"]),
        Route("/crash", crash),
    ]
    return build_app(bench, routes, name="little", reset=lambda: None)


@pytest.fixture
def bench() -> Bench:
    return Bench.open()


@pytest.fixture
def address(bench: Bench) -> Iterator[str]:
    with serving(little_app(bench)) as served:
        yield served


async def in_process(bench: Bench) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(little_app(bench)), base_url="http://sandbox")


def post(address: str, name: str = "one") -> httpx.Response:
    return httpx.post(f"{address}/things", json={"name": name})


def set_fault(address: str, fault: str, **script: object) -> None:
    httpx.post(f"{address}/__control/faults", json={"fault": fault, **script}).raise_for_status()


def requests_logged(address: str, **filters: str) -> list[dict]:
    return httpx.get(f"{address}/__control/requests", params=filters).json()["requests"]


def names_kept(address: str) -> list[str]:
    return [thing["name"] for thing in httpx.get(f"{address}/things").json()]


def test_drop_before_and_drop_after_look_the_same_and_differ_in_what_is_stored(address: str) -> None:
    errors = []

    for fault, name in [("drop_before", "lost"), ("drop_after", "applied")]:
        set_fault(address, fault, match={"method": "POST", "path": "/things"})
        with pytest.raises(httpx.RemoteProtocolError) as error:
            post(address, name)
        errors.append(str(error.value))

    assert errors == ["Server disconnected without sending a response."] * 2
    assert names_kept(address) == ["applied"]
    assert [
        (row["fault"], row["status"], row["outcome"]) for row in requests_logged(address, method="post")
    ] == [
        ("drop_before", None, "not seen"),
        ("drop_after", None, "stored"),
    ]


async def test_a_drop_in_process_raises_what_a_dropped_connection_raises(bench: Bench) -> None:
    bench.faults.add({"fault": "drop_after"})

    async with await in_process(bench) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post("/things", json={"name": "applied"})

    assert bench.store.all("thing") == [{"name": "applied"}]


def test_a_large_body_is_read_whole_before_the_connection_is_dropped(address: str) -> None:
    set_fault(address, "drop_before")

    with pytest.raises(httpx.RemoteProtocolError):
        post(address, "x" * 3_000_000)


def test_other_connections_go_on_after_a_drop(address: str) -> None:
    with httpx.Client(base_url=address) as client:
        client.get("/things")
        set_fault(address, "drop_before", match={"path": "/things"})
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/things")

        assert client.get("/things").status_code == 200


def test_a_delay_after_storing_outlives_the_clients_patience(address: str) -> None:
    set_fault(address, "delay", params={"seconds": 0.5, "when": "after"}, match={"method": "POST"})

    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{address}/things", json={"name": "late"}, timeout=0.15)

    assert names_kept(address) == ["late"]
    assert [row["status"] for row in requests_logged(address, fault="delay")] == [201]


def test_a_request_that_is_held_up_during_a_reset_leaves_no_trace(address: str) -> None:
    set_fault(address, "delay", params={"seconds": 0.2}, match={"method": "POST"})
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{address}/things", json={"name": "late"}, timeout=0.1)
    httpx.post(f"{address}/__control/reset").raise_for_status()

    set_fault(address, "delay", params={"seconds": 0.3}, match={"method": "GET"})
    assert names_kept(address) == []
    assert requests_logged(address, method="post") == []


async def test_status_html_and_truncated_answers(bench: Bench) -> None:
    async with await in_process(bench) as client:
        bench.faults.add({"fault": "status", "params": {"status": 503, "headers": {"Retry-After": 7}}})
        refused = await client.post("/things", json={"name": "one"})
        bench.faults.add({"fault": "status", "params": {"status": 500, "body": {"a": 1}, "when": "after"}})
        stored = await client.post("/things", json={"name": "two"})
        bench.faults.add({"fault": "html"})
        page = await client.get("/things")
        bench.faults.add({"fault": "truncate", "params": {"bytes": 9}})
        cut = await client.get("/things")

    assert (refused.status_code, refused.headers["retry-after"]) == (503, "7")
    assert (stored.status_code, stored.json()) == (500, {"a": 1})
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert cut.text == '[{"name":'
    assert [thing["name"] for thing in bench.store.all("thing")] == ["two"]


async def test_a_compressed_answer_says_the_same(bench: Bench) -> None:
    bench.store.put("thing", "1", {"name": "one"})
    bench.faults.add({"fault": "gzip"})

    async with await in_process(bench) as client:
        answer = await client.get("/things")

    assert answer.headers["content-encoding"] == "gzip"
    assert answer.json() == [{"name": "one"}]


async def test_a_small_body_unfolds_beyond_any_cap_to_an_empty_list(bench: Bench) -> None:
    bench.faults.add({"fault": "gzip_bomb", "params": {"megabytes": 3}})

    async with await in_process(bench) as client, client.stream("GET", "/things") as answer:
        packed = b"".join([piece async for piece in answer.aiter_raw()])

    unfolded = gzip.decompress(packed)
    assert len(packed) < 10_000
    assert len(unfolded) == 3_000_002
    assert json.loads(unfolded) == []


async def test_an_entity_bomb_is_well_formed_and_declares_entities_of_entities(bench: Bench) -> None:
    bench.faults.add({"fault": "entity_bomb", "params": {"when": "after"}})

    async with await in_process(bench) as client:
        answer = await client.post("/things", json={"name": "applied"})

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml; charset=utf-8")
    assert len(answer.content) < 2000
    assert '<!ENTITY e9 "&e8;&e8;' in answer.text
    assert bench.store.all("thing") == [{"name": "applied"}]


def test_a_dripping_answer_is_slow_bounded_and_whole(address: str) -> None:
    post(address)
    set_fault(address, "drip", times=2, params={"seconds": 0.001, "bytes": 12})

    assert httpx.get(f"{address}/things").json() == [{"name": "one"}]
    with httpx.stream("GET", f"{address}/things") as answer:
        assert next(answer.iter_raw()) == b"["


def test_a_client_that_leaves_ends_a_dripping_answer(address: str) -> None:
    post(address, "x" * 200)
    set_fault(address, "drip", params={"seconds": 30, "bytes": 200})

    with httpx.stream("GET", f"{address}/things") as answer:
        assert next(answer.iter_raw()) == b"["

    assert names_kept(address) == ["x" * 200]


def test_an_answer_cut_off_though_its_length_was_declared_breaks_the_connection(address: str) -> None:
    post(address)
    set_fault(address, "truncate", params={"bytes": 5, "declared": "whole"})

    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        httpx.get(f"{address}/things")
    assert names_kept(address) == ["one"]


async def test_a_cut_off_answer_in_process_raises_what_a_broken_connection_raises(bench: Bench) -> None:
    bench.faults.add({"fault": "truncate", "params": {"bytes": 1, "declared": "whole"}})

    async with await in_process(bench) as client:
        with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
            await client.get("/things")


def test_a_late_request_arrives_when_its_seconds_have_passed(address: str) -> None:
    set_fault(address, "late", match={"method": "POST"}, params={"seconds": 60})

    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        post(address, "late")

    assert names_kept(address) == []
    httpx.post(f"{address}/__control/clock", json={"advance_seconds": 61})
    assert names_kept(address) == ["late"]
    assert [(row["fault"], row["outcome"]) for row in requests_logged(address, method="post")] == [
        ("late", "not seen"),
        ("late", "stored"),
    ]


def test_a_late_request_without_seconds_waits_until_it_is_let_in(address: str) -> None:
    set_fault(address, "late", match={"method": "POST"}, times=2)
    for name in ("one", "two"):
        with pytest.raises(httpx.RemoteProtocolError):
            post(address, name)
    httpx.post(f"{address}/__control/clock", json={"advance_seconds": 1_000_000})
    assert names_kept(address) == []

    assert httpx.post(f"{address}/__control/late").json() == {"arriving": 2}

    assert names_kept(address) == ["one", "two"]
    assert httpx.post(f"{address}/__control/late").json() == {"arriving": 0}


@pytest.mark.parametrize("told", [{}, {"answer": "first"}, {"answer": "second"}])
async def test_a_request_applied_twice_is_logged_twice(bench: Bench, told: dict) -> None:
    bench.faults.add({"fault": "twice", "match": {"method": "POST"}, "params": told})

    async with await in_process(bench) as client:
        answer = await client.post("/things", json={"name": "doubled"})

    assert answer.status_code == 201
    assert bench.store.all("thing") == [{"name": "doubled"}] * 2
    assert [(entry.fault, entry.status) for entry in bench.log.entries()] == [("twice", 201)] * 2


async def test_a_lie_changes_and_drops_what_it_names_and_nothing_that_is_kept(bench: Bench) -> None:
    bench.store.put("thing", "1", {"name": "one", "lines": [{"amount": "5.00", "id": 1}]})
    lie = {"set": {"0.lines.0.amount": "4.99"}, "drop": ["0.lines.0.id"]}
    bench.faults.add({"fault": "lie", "params": lie})

    async with await in_process(bench) as client:
        told, true = await client.get("/things"), await client.get("/things")

    assert told.json() == [{"name": "one", "lines": [{"amount": "4.99"}]}]
    assert true.json() == [{"name": "one", "lines": [{"amount": "5.00", "id": 1}]}]


def test_a_lie_in_xml_is_told_by_the_paths_of_the_same_answer_in_json() -> None:
    said = b"<rows><entry><Number>1</Number><Amount>10.00</Amount></entry><entry><Number>2</Number></entry></rows>"
    lie = Fault("lie", params={"set": {"value.0.Amount": "9.99"}, "drop": ["value.1.Number"]})
    told = spoil(Answer(200, [(b"Content-Type", b"application/xml")], said), lie)

    assert told is not None
    assert told.body.split(b"\n", 1)[1] == (
        b"<rows><entry><Number>1</Number><Amount>9.99</Amount></entry><entry /></rows>"
    )


def test_a_lie_about_what_xml_does_not_hold_is_a_mistake_that_shows() -> None:
    lie = Fault("lie", params={"drop": ["value.0.Amount"]})
    told = spoil(Answer(200, [(b"content-type", b"text/xml")], b"<rows><entry/></rows>"), lie)

    assert told is not None
    assert told.status == 500


async def test_a_lie_about_what_is_not_there_is_a_mistake_that_shows(bench: Bench) -> None:
    bench.faults.add({"fault": "lie", "params": {"set": {"0.amount": "1"}}})

    async with await in_process(bench) as client:
        answer = await client.get("/things")

    assert answer.status_code == 500
    assert "The lie does not fit" in answer.text


async def test_the_log_knows_the_bytes_that_arrived(bench: Bench) -> None:
    async with await in_process(bench) as client:
        await client.post("/things", content=b'{"name":"one"}')
        await client.get("/things")

    assert [entry.body_sha256 for entry in bench.log.entries()] == [
        "af6bf43bb7b4c96ee01f4c4b676ca365b4a0148cb1f60e5a81e0f354e772282c",
        None,
    ]


async def test_the_control_interface_lists_its_routes(bench: Bench) -> None:
    async with await in_process(bench) as client:
        listed = (await client.get("/__control")).json()

    assert listed["sandbox"] == "little"
    assert "POST /__control/clock: `{advance_seconds}`: move the sandbox's time." in listed["routes"]
    assert "GET /__control: This list." in listed["routes"]
    assert all(
        line.split(" ")[1].startswith("/__control") and line.split(": ")[1] for line in listed["routes"]
    )


@pytest.mark.parametrize(("method", "path"), [("POST", "/__control/clocks"), ("GET", "/__control/reset")])
async def test_what_is_no_control_is_told_where_to_look(bench: Bench, method: str, path: str) -> None:
    async with await in_process(bench) as client:
        refused = await client.request(method, path)
        listed = (await client.get("/__control")).json()["routes"]

    text = f"there is no {method} {path}; GET /__control lists what there is"
    assert (refused.status_code, refused.json()) == (404, {"error": {"code": "NOT_FOUND", "message": text}})
    assert [line for line in listed if "rest:path" in line] == []


async def test_a_fault_strikes_the_nth_request_and_as_often_as_told(bench: Bench) -> None:
    bench.faults.add(
        {"fault": "status", "params": {"status": 500}, "match": {"path": "/th*"}, "nth": 2, "times": 2}
    )

    async with await in_process(bench) as client:
        statuses = [(await client.get("/things")).status_code for _ in range(4)]

    assert statuses == [200, 500, 500, 200]


async def test_a_fault_can_be_bound_to_what_a_request_says(bench: Bench) -> None:
    bench.faults.add({"fault": "drop_after", "match": {"method": "POST", "contains": "24-101"}})

    async with await in_process(bench) as client:
        assert (await client.post("/things", json={"name": "24-102"})).status_code == 201
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post("/things", json={"name": "24-101"})


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ({"fault": "explode"}, "fault must be one of"),
        ({"fault": "delay"}, "params.seconds"),
        ({"fault": "status", "params": {"status": 99}}, "params.status"),
        ({"fault": "html", "nth": 0}, "nth must be"),
        ({"fault": "html", "match": {"colour": "red"}}, "match takes only"),
        ({"fault": "html", "when": "now"}, "unknown field: when"),
        ({"fault": "html", "params": {"when": "later"}}, "params.when"),
        ({"fault": "html", "params": []}, "params must be"),
        ({"fault": "truncate", "params": {"bytes": "all"}}, "params.bytes"),
        ({"fault": "truncate", "params": {"declared": "twice"}}, "params.declared"),
        ({"fault": "delay", "params": {"seconds": -1}}, "params.seconds"),
        ({"fault": "late", "params": {"seconds": "soon"}}, "params.seconds"),
        ({"fault": "gzip_bomb", "params": {"megabytes": 0}}, "params.megabytes"),
        ({"fault": "twice", "params": {"answer": "third"}}, "params.answer"),
        ({"fault": "lie"}, "a lie needs"),
        ({"fault": "lie", "params": {"drop": "id"}}, "params.drop"),
    ],
)
async def test_a_script_that_makes_no_sense_is_refused(bench: Bench, script: dict, words: str) -> None:
    async with await in_process(bench) as client:
        answer = await client.post("/__control/faults", json=script)

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "BAD_FAULT"
    assert words in answer.json()["error"]["message"]
    assert bench.faults.all() == []


async def test_control_bodies_that_are_not_objects_are_refused(bench: Bench) -> None:
    async with await in_process(bench) as client:
        for path in ("faults", "clock"):
            for body in (b"{", b"[]", b"\xff"):
                assert (await client.post(f"/__control/{path}", content=body)).status_code == 400
        assert (await client.get("/__control/requests?after=x")).status_code == 400


async def test_the_log_tells_what_came_of_each_request_and_not_of_control_requests(bench: Bench) -> None:
    async with await in_process(bench) as client:
        await client.post("/things", json={"name": "one"})
        await client.get("/things?x=%241")
        await client.get("/nowhere")
        logged = (await client.get("/__control/requests")).json()
        newer = (await client.get("/__control/requests?after=2")).json()
        reads = (await client.get("/__control/requests?method=get&path=/things")).json()
        await client.delete("/__control/requests")
        emptied = (await client.get("/__control/requests")).json()

    assert [(row["method"], row["query"], row["status"], row["outcome"]) for row in logged["requests"]] == [
        ("POST", "", 201, "stored"),
        ("GET", "x=$1", 200, "read"),
        ("GET", "", 404, "refused"),
    ]
    assert (logged["requests"][0]["summary"], logged["requests"][0]["keys"]) == ("kept one", ["one"])
    assert (newer["count"], reads["count"], emptied["count"]) == (1, 1, 0)


async def test_a_crash_of_the_sandbox_is_logged_as_one(bench: Bench) -> None:
    transport = httpx.ASGITransport(little_app(bench), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        await client.get("/crash")

    assert [(entry.status, entry.outcome) for entry in bench.log.entries()] == [(500, "crashed")]


async def test_the_clock_moves_and_stays_moved_after_a_restart(tmp_path: Path) -> None:
    first = Bench.open(tmp_path / "little.db")
    async with await in_process(first) as client:
        before = (await client.get("/__control/health")).json()["now"]
        await client.post("/things", json={"name": "kept"})
        moved = (await client.post("/__control/clock", json={"advance_seconds": 86400})).json()
    first.store.close()

    second = Bench.open(tmp_path / "little.db")

    assert (moved["offset_seconds"], second.clock.offset_seconds) == (86400, 86400)
    assert moved["now"][:10] > before[:10]
    assert second.store.all("thing") == [{"name": "kept"}]
    assert [entry.outcome for entry in second.log.entries()] == ["stored"]


async def test_reset_forgets_everything(bench: Bench) -> None:
    async with await in_process(bench) as client:
        await client.post("/things", json={"name": "one"})
        bench.clock.advance(60)
        bench.faults.add({"fault": "html", "match": {"path": "/elsewhere"}})
        await client.post("/__control/reset")

    assert bench.store.all("thing") == []
    assert (bench.log.entries(), bench.faults.all(), bench.clock.offset_seconds) == ([], [], 0)


def test_a_transaction_is_all_or_nothing_and_numbers_are_never_given_twice() -> None:
    store = Bench.open().store

    with pytest.raises(RuntimeError), store.transaction():
        store.put("thing", "1", {"name": "one"})
        with store.transaction():
            store.put("thing", "2", {"name": "two"})
        raise RuntimeError

    assert store.count("thing") == 0
    assert [store.next_number("thing", first=100), store.next_number("thing", first=100)] == [100, 101]


def test_a_document_is_replaced_in_its_place_and_can_be_deleted_once() -> None:
    store = Bench.open().store
    for key in ("b", "a"):
        store.put("thing", key, {"key": key})

    store.put("thing", "b", {"key": "b", "new": True})

    assert store.all("thing") == [{"key": "b", "new": True}, {"key": "a"}]
    assert store.get("thing", "c") is None
    assert (store.delete("thing", "a"), store.delete("thing", "a")) == (True, False)
    store.clear("thing")
    assert store.count("thing") == 0


def test_a_note_with_an_unknown_field_is_a_mistake_of_ours() -> None:
    scope = {"type": "http", "sandbox.entry": Bench}

    with pytest.raises(AttributeError):
        note(Request(scope), colour="red")
    note(Request({"type": "http"}), colour="nobody listens")
