"""Whatever looks like a credential is gone from a log line, and what does not is still there."""

import json
import logging

import pytest
import structlog

from hub import logs
from hub.redaction import redacted

SECRET = "c4n4ry-S3cret.value"


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {SECRET}",
        f"authorization={SECRET}",
        f"headers {{'Authorization': 'Basic {SECRET}'}}",
        f'{{"Proxy-Authorization": "Digest {SECRET}"}}',
        f"sent Bearer {SECRET} to them",
        f"sent basic {SECRET}==",
        f"postgresql://hub:{SECRET}@127.0.0.1:5432/hub",
        f"redis://:{SECRET}@127.0.0.1/0",
        f"https://{SECRET}@example.org/x",
        f"GET /x?access_token={SECRET}&page=2",
        f"GET /x?page=2&code={SECRET}",
        f"GET /x?api_key={SECRET}#top",
        f"client_secret={SECRET}&grant_type=refresh_token",
        f"grant_type=refresh_token&refresh_token={SECRET}",
        f'{{"refresh_token": "{SECRET}"}}',
        f"{{'password': '{SECRET}'}}",
        f"password={SECRET}",
        f"webhook_secret: {SECRET}",
        f"X-Api-Key: {SECRET}",
        f"Set-Cookie: session={SECRET}",
        "hub_abcdefghijkm_" + "A1b2-" * 8 + "xyz",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c4n4ry-S3cret",
    ],
)
def test_a_text_is_read_without_its_secret(text: str):
    shown = redacted(text)
    assert "***" in shown
    assert not any(part in shown for part in (SECRET, "c4n4ry", "A1b2-"))


@pytest.mark.parametrize(
    "name",
    [
        "password", "db_password", "clientSecret", "client_secret", "Authorization", "access_token", "refresh_token",
        "token", "api_key", "apiKey", "partner_key", "webhook_secret", "cookie", "Set-Cookie", "credentials", "pwd",
    ],
)  # fmt: skip
def test_a_value_is_hidden_by_its_name(name: str):
    told = {"job": {"list": [{name: SECRET, "kind": "export"}]}}
    assert redacted(told) == {"job": {"list": [{name: "***", "kind": "export"}]}}


@pytest.mark.parametrize(
    "harmless",
    [
        "a job is done",
        "/rest/v1.0/projects?page=2&per_page=100",
        "hub/access/sealing.py:45 unseal",
        "asyncpg.exceptions.UniqueViolationError 23505",
        "http://127.0.0.1:8000/graphql",
        "01a21dfb-9a3d-709f-b3cd-51a5881ab5b4",
        "SC-24-115-003 is still in MRI.",
        "the token was refused",
        "Basic rules apply",
        "mail to ana@example.org",
    ],
)
def test_what_is_no_secret_stays(harmless: str):
    assert redacted(harmless) == harmless


def test_numbers_stay_numbers():
    told = {"ms": 12, "share": 0.5, "audible": True, "run": None, "key": "cmt_1"}
    assert redacted(told) == told


def test_no_line_of_a_process_shows_a_secret_whoever_writes_it(capsys: pytest.CaptureFixture[str]):
    before = structlog.get_config()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        logs.configure(logging.DEBUG)
        structlog.get_logger("ours").warning("refused", headers={"Authorization": f"Bearer {SECRET}"})
        logging.getLogger("library").warning("GET %s", f"https://x.example/?access_token={SECRET}")
        try:
            raise ValueError(SECRET)
        except ValueError:
            structlog.get_logger("ours").exception("broke")
            logging.getLogger("library").exception("broke as well")
    finally:
        structlog.configure(**before)
        root.handlers[:] = handlers
        root.setLevel(level)
    lines = capsys.readouterr().err.strip().splitlines()
    assert [json.loads(line)["event"] for line in lines] == [
        "refused",
        "GET https://x.example/?access_token=***",
        "broke",
        "broke as well",
    ]
    assert SECRET not in "".join(lines)
