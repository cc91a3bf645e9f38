"""What a Procore connection can be told, and what it refuses to be told."""

import re
from dataclasses import fields
from pathlib import Path

import httpx
import pytest
from procore_double import BASE

from hub.connectors import draft, open_connector, procore
from hub.connectors.procore.settings import Settings
from hub.errors import Refused


@pytest.mark.parametrize(
    ("environment", "login", "api"),
    [
        ("production", "https://login.procore.com", "https://api.procore.com"),
        ("sandbox", "https://login-sandbox.procore.com", "https://sandbox.procore.com"),
        ("monthly", "https://login-sandbox-monthly.procore.com", "https://api-monthly.procore.com"),
    ],
)
def test_an_environment_brings_its_two_addresses(environment, login, api):
    stated = Settings.read({"company_id": "1", "environment": environment}, "")
    known = Settings.read({"company_id": "1"}, api)

    assert (stated.login_url, stated.base_url) == (login, api)
    assert (known.login_url, known.base_url) == (login, api)


def test_addresses_of_ones_own_beat_the_environment():
    found = Settings.read(
        {"company_id": "1", "login_url": "https://login.example.com"}, "https://a.example.com"
    )

    assert (found.login_url, found.base_url) == ("https://login.example.com", "https://a.example.com")
    assert Settings.read({"company_id": "1"}, "https://a.example.com").login_url == "https://a.example.com"


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"company_id": None}, "company_id"),
        ({"environment": "test"}, "environment"),
        ({"environment": "sandbox"}, "environment"),
        ({"grant": "password"}, "grant"),
        ({"page_size": 0}, "page_size"),
        ({"page_size": True}, "page_size"),
        ({"batch_size": 1001}, "batch_size"),
        ({"overlap_seconds": -1}, "overlap_seconds"),
        ({"quoted_ranges": "yes"}, "quoted_ranges"),
        ({"push_action": 5}, "push_action"),
        ({"bare_arrays": "external_data.sync"}, "bare_arrays"),
        ({"not_offered": ["405"]}, "not_offered"),
        ({"paths": []}, "paths"),
        ({"paged": {"vendors": "no"}}, "paged"),
        ({"versions": {"vendors": 1}}, "versions"),
    ],
)
def test_a_wrong_setting_is_named(settings, field):
    with pytest.raises(Refused) as refused:
        Settings.read({"company_id": "1", **settings}, "https://api.procore.com")

    assert refused.value.field == f"settings.{field}"


def test_every_setting_is_explained():
    readme = (Path(procore.__file__).parent / "README.md").read_text()
    told = set(re.findall(r"^\| `(\w+)` \|", readme, re.MULTILINE))
    read = {known.name for known in fields(Settings)} - {"base_url", "code_list_id"}

    assert told == read | {"environment", "standard_cost_code_list_id"}


async def test_the_token_comes_from_the_login_address_and_every_call_goes_to_the_api():
    hosts = []

    def answer(request):
        hosts.append((request.url.host, request.url.path))
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 5400})
        return httpx.Response(200, json=[])

    connector = open_connector(
        "procore",
        "",
        {"client_id": "c", "client_secret": "s"},
        {"company_id": "1", "environment": "sandbox"},
        transport=httpx.MockTransport(answer),
    )
    await connector.fetch("company", {}, None)

    assert hosts == [
        ("login-sandbox.procore.com", "/oauth/token"),
        ("sandbox.procore.com", "/rest/v1.0/vendors"),
    ]


def test_requests_are_drafted_without_credentials():
    (step,) = draft("procore", BASE, {"company_id": "1"}, "company", {"erp_id": "A", "name": "A"}, {})

    assert step.target == "/rest/v1.0/vendors/sync"


def test_no_credential_shows_in_a_connector():
    connector = open_connector(
        "procore", BASE, {"client_id": "c", "client_secret": "s3cr3t-canary"}, {"company_id": "1"}
    )

    assert "s3cr3t-canary" not in repr(connector) + repr(vars(connector))
