"""What Procore's refusals become: each shape and status, in words that say what to do."""

import httpx
import pytest
from driving import everything, pushed
from procore_double import BASE, Double

from hub.connectors import open_connector
from hub.errors import ErpRefused, ErpUnauthorized, ErpUnavailable, ErpUnexpected
from hub.http import Limits

SYNC = "/rest/v1.0/vendors/sync"
FACTS = {"erp_id": "OKAF01", "name": "Okafor"}


async def refused(response, path=SYNC, key="company", facts=FACTS):
    connector = Double({path: response}).connector()
    (step,) = connector.steps(key, facts, {})
    with pytest.raises(ErpRefused) as error:
        await pushed(connector, step)
    return error.value


async def test_a_batch_that_is_too_large_says_to_send_less_at_once():
    error = await refused(httpx.Response(413, content=b""))

    assert "too large (413)" in error.words
    assert "lower the batch size" in error.words


async def test_a_company_that_left_budget_modifications_says_so():
    path = "/rest/v1.0/projects/9/budget_modifications"
    double = Double({path: httpx.Response(405, headers={"Allow": "GET"})})

    with pytest.raises(ErpUnexpected, match="moved from budget modifications to budget changes"):
        await everything(double.connector(), "budget_modification", project="9")


async def test_a_write_that_is_not_taken_here_is_refused_as_such():
    error = await refused(httpx.Response(405, headers={"Allow": "GET"}))

    assert error.words == "Procore does not take this call here (405)."


async def test_a_conflict_is_a_duplicate_and_nothing_else_is():
    taken = {"errors": {"origin_id": ["has already been taken"]}}

    assert (await refused(httpx.Response(409, json=taken))).duplicate
    assert not (await refused(httpx.Response(422, json=taken))).duplicate


@pytest.mark.parametrize("status", [400, 404, 406, 409, 413, 422])
async def test_a_refusal_is_never_tried_again_and_keeps_its_request_id(status):
    double = Double(
        {SYNC: httpx.Response(status, json={"errors": "No."}, headers={"x-request-id": "req-77"})}
    )
    connector = double.connector()
    (step,) = connector.steps("company", FACTS, {})

    with pytest.raises(ErpRefused) as error:
        await pushed(connector, step)
    assert error.value.request_id == "req-77"
    assert len(double.asked) == 1


async def test_a_disconnected_application_has_another_remedy_than_a_missing_right():
    gone = httpx.Response(403, json={"message": "App is not connected to this company"})
    lacking = httpx.Response(403, json={"message": "You do not have permission"})
    connector = Double({"/rest/v1.0/vendors": gone, "/rest/v1.0/projects": lacking}).connector()

    with pytest.raises(ErpUnauthorized, match="Connect it in Procore's App Management"):
        await everything(connector, "company")
    with pytest.raises(ErpUnauthorized) as missing:
        await everything(connector, "project")
    assert missing.value.message == "You do not have permission"


async def test_the_words_of_a_disconnected_application_are_a_setting():
    gone = httpx.Response(403, json={"errors": "Die Anwendung ist getrennt"})
    connector = Double({SYNC: gone}).connector(disconnected_words="ist getrennt")
    (step,) = connector.steps("company", FACTS, {})

    with pytest.raises(ErpUnauthorized):
        await pushed(connector, step)


async def test_the_details_of_a_version_2_error_are_told():
    body = {
        "error": {
            "code": "UNPROCESSABLE_ENTITY",
            "message": "Invalid line.",
            "details": [{"reason_code": "missing", "message": "wbs_code_id is required", "source": "body"}],
        }
    }

    assert (await refused(httpx.Response(422, json=body))).words == "Invalid line.; wbs_code_id is required"


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
async def test_what_may_pass_is_unavailable_with_the_wait_that_was_asked_for(status):
    answer = httpx.Response(
        status, content=b"<html>", headers={"retry-after": "7", "content-type": "text/html"}
    )
    connector = Double({SYNC: answer}).connector()
    (step,) = connector.steps("company", FACTS, {})

    with pytest.raises(ErpUnavailable) as error:
        await pushed(connector, step)
    assert error.value.retry_after == 7


async def test_a_page_of_html_with_200_is_no_list():
    login = httpx.Response(200, html="<html>Sign in</html>")

    with pytest.raises(ErpUnexpected, match="not an API answer"):
        await everything(Double({"/rest/v1.0/vendors": login}).connector(), "company")


async def test_an_expired_token_is_renewed_once_and_then_a_matter_of_credentials():
    tokens = []

    def answer(request):
        if request.url.path == "/oauth/token":
            tokens.append(request)
            return httpx.Response(200, json={"access_token": f"t{len(tokens)}", "expires_in": 5400})
        return httpx.Response(401, json={"message": "The access token is invalid"})

    connector = open_connector(
        "procore",
        BASE,
        {"client_id": "c", "client_secret": "s"},
        {"company_id": "1"},
        transport=httpx.MockTransport(answer),
        limits=Limits(tries=1),
    )

    with pytest.raises(ErpUnauthorized):
        await connector.fetch("company", {}, None)
    assert len(tokens) == 2
