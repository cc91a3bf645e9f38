"""What each system is said to do is what its connector does: every list can be asked for, every object that goes out becomes
requests, each under an operation whose class is known, and nothing else does."""

from typing import Any

import httpx
import pytest

from hub.codes import ErrorCode
from hub.connectors import CONNECTORS, capabilities, open_connector
from hub.erp.capabilities import Capabilities
from hub.erp.connector import Connector
from hub.erp.fields import FIELDS, LISTED_AS, RECORDS
from hub.errors import HubError, Refused
from hub.http import Limits

SETTINGS: dict[str, dict[str, Any]] = {"mri": {}, "procore": {"company_id": "4100"}, "reference": {}}
CREDENTIALS = {
    "mri": {"client_id": "C", "database": "D", "user": "u", "key": "k", "password": "p"},
    "procore": {"client_id": "c", "client_secret": "s"},
    "reference": {"client_id": "c", "client_secret": "s"},
}
# What the project tool can be told beside records: which of them are linked, what was asked, where it posts to.
NOT_RECORDS = {
    "procore": {
        "erp_connection", "erp_transaction", "external_data", "hook", "hook_trigger", "invoice_payment", "job_cost",
        "project_cost_code_type", "request_detail", "staged_record",
    }
}  # fmt: skip


def _nobody(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody is there", request=request)


def _opened(kind: str) -> Connector:
    return open_connector(
        kind,
        "https://system.example",
        CREDENTIALS[kind],
        SETTINGS[kind],
        transport=httpx.MockTransport(_nobody),
        limits=Limits(tries=1),
    )


def _can(kind: str) -> Capabilities:
    return capabilities(kind, SETTINGS[kind])


def _words(kind: str) -> set[str]:
    """All that somebody could ask a connector for."""
    return {*FIELDS, *LISTED_AS, *_can(kind).objects, "something else"}


def _is_not_supported(error: HubError) -> bool:
    return isinstance(error, Refused) and error.code is ErrorCode.CAPABILITY_NOT_SUPPORTED


async def _is_listed(connector: Connector, key: str) -> bool:
    try:
        await connector.fetch(key, {}, None)
    except HubError as error:
        return not _is_not_supported(error)
    return True


def _is_written(connector: Connector, key: str) -> bool:
    try:
        connector.steps(key, {}, {"erp_id": "1"})
    except (HubError, KeyError) as error:
        return isinstance(error, KeyError) or not _is_not_supported(error)
    return True


@pytest.mark.parametrize("kind", CONNECTORS)
async def test_what_is_said_to_be_listed_can_be_asked_for_and_nothing_else(kind: str):
    connector = _opened(kind)

    found = {key for key in _words(kind) if await _is_listed(connector, key)}

    assert found == _can(kind).lists
    await connector.close()


@pytest.mark.parametrize("kind", CONNECTORS)
async def test_what_is_said_to_go_out_becomes_requests_and_nothing_else(kind: str):
    connector = _opened(kind)

    found = {key for key in _words(kind) if _is_written(connector, key)}

    assert found == _can(kind).exports
    await connector.close()


@pytest.mark.parametrize("kind", CONNECTORS)
def test_an_object_is_a_record_that_the_hub_knows_or_one_that_is_told(kind: str):
    objects = {LISTED_AS.get(key, key) for key in _can(kind).objects}

    assert objects - set(RECORDS) == NOT_RECORDS.get(kind, set())


@pytest.mark.parametrize("kind", CONNECTORS)
def test_what_can_be_asked_for_changes_is_a_list(kind: str):
    can = _can(kind)

    assert can.incremental
    assert set(can.incremental) <= can.lists


@pytest.mark.parametrize("kind", CONNECTORS)
def test_a_field_says_a_direction_that_its_object_has(kind: str):
    """A line comes in with its document, whatever is said of it alone."""
    wrong = [
        (key, each.field)
        for key, found in _can(kind).objects.items()
        for each in found.fields
        if not key.endswith("_line")
        if (each.direction.goes_out and not found.direction.goes_out)
        or (each.direction.comes_in and not found.direction.comes_in)
    ]

    assert wrong == []
