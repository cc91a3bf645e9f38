"""Signing in to Procore by both grants, over the wire."""

from datetime import timedelta
from urllib.parse import parse_qsl

import httpx
import pytest
from driving import QUICK
from procore_double import BASE

from db.clock import now
from hub.connectors import open_connector
from hub.errors import ErpUnauthorized
from hub.http import MemoryTokens, Tokens


class Stored(MemoryTokens):
    """Holds a person's pair from the start."""

    def __init__(self, *, minutes: int) -> None:
        super().__init__()
        self._tokens = Tokens("first", now() + timedelta(minutes=minutes), refresh="r1")


def procore(tokens, settings, *, answer=None):
    """A connector, the forms its token server got and the signatures its API saw."""
    forms, signed = [], []

    def say(request):
        if request.url.path != "/oauth/token":
            signed.append(request.headers["authorization"])
            return httpx.Response(200, json=[])
        forms.append(dict(parse_qsl(request.content.decode())))
        return answer or httpx.Response(
            200, json={"access_token": "second", "expires_in": 5400, "refresh_token": "r2"}
        )

    connector = open_connector(
        "procore",
        BASE,
        {"client_id": "c", "client_secret": "s"},
        {"company_id": "1", **settings},
        tokens=tokens,
        transport=httpx.MockTransport(say),
        limits=QUICK,
    )
    return connector, forms, signed


async def test_a_spent_token_of_a_person_is_refreshed_and_the_new_pair_kept():
    tokens = Stored(minutes=-1)
    connector, forms, signed = procore(tokens, {"grant": "authorization_code"})
    await connector.fetch("company", {}, None)

    assert forms == [
        {"grant_type": "refresh_token", "refresh_token": "r1", "client_id": "c", "client_secret": "s"}
    ]
    assert signed == ["Bearer second"]
    assert (await tokens.read()).refresh == "r2"


async def test_a_good_token_of_a_person_is_used_as_it_is():
    connector, forms, signed = procore(Stored(minutes=60), {"grant": "authorization_code"})
    await connector.fetch("company", {}, None)

    assert (forms, signed) == ([], ["Bearer first"])


@pytest.mark.parametrize(
    "answer", [httpx.Response(401, json={"error": "invalid_grant"}), httpx.Response(502)]
)
async def test_a_lost_or_refused_refresh_asks_for_a_new_sign_in_and_does_not_loop(answer):
    connector, forms, signed = procore(Stored(minutes=-1), {"grant": "authorization_code"}, answer=answer)

    for _ in range(2):
        with pytest.raises(ErpUnauthorized, match="sign in again"):
            await connector.fetch("company", {}, None)
    assert (len(forms), signed) == (1, [])


async def test_two_connectors_of_one_connection_share_a_token():
    tokens = MemoryTokens()
    (one, first, _), (two, second, _) = (procore(tokens, {}) for _ in range(2))
    await one.fetch("company", {}, None)
    await two.fetch("company", {}, None)

    assert [form["grant_type"] for form in first] == ["client_credentials"]
    assert second == []


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "The client credentials are not accepted."),
        (401, "The credentials are not accepted (401)."),
        (404, "There is no sign-in at this address (404); look at the connection's address."),
        (405, "There is no sign-in at this address (405); look at the connection's address."),
    ],
)
async def test_a_sign_in_that_is_not_there_is_told_from_one_that_is_refused(status: int, words: str):
    connector, _, signed = procore(None, {}, answer=httpx.Response(status, text="No."))

    with pytest.raises(ErpUnauthorized) as told:
        await connector.fetch("company", {}, None)

    assert (str(told.value), signed) == (words, [])
