"""Whatever is sent, the API answers with data or with codes of its own list: never with a fault.

HUB_FUZZ multiplies how many requests are tried."""

import io
import os
from collections.abc import Iterator
from itertools import count

import pytest
import pytest_asyncio
import schemathesis
from factories import Contractor, seeded
from generated import scalars
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes

from hub.api.schema import sdl
from hub.app import create_app
from hub.bell import SilentBell
from hub.codes import ErrorCode
from hub.sandboxes.kit import serving

CODES = {code.value for code in ErrorCode} - {ErrorCode.INTERNAL.value, ErrorCode.UNAVAILABLE.value}
ROLES = ("erp_administrator", "project_manager", "bi_reader", "approver")
EXAMPLES = 20 * int(os.environ.get("HUB_FUZZ", "1"))
asked = count()


ids: list[str] = ["junk", ""]  # and those of the seeded account, once it is there

schemathesis.graphql.scalar("ID", st.integers(0, 999).map(lambda n: nodes.String(ids[n % len(ids)])))
for name, strategy in scalars(ids).items():
    if name != "ID":
        schemathesis.graphql.scalar(name, strategy)
schema = schemathesis.graphql.from_file(io.StringIO(sdl()))


@pytest_asyncio.fixture(scope="module")
async def victim(app_pool, hub_settings) -> Contractor:
    """An account that nobody else looks at: what is generated may change it."""
    made = await seeded(app_pool, hub_settings, 3)
    ids.extend(id_ for tag in made.known for id_ in made.ids(tag)[:5])
    return made


@pytest.fixture(scope="module")
def address(hub_settings) -> Iterator[str]:
    with serving(create_app(hub_settings, SilentBell())) as address:
        yield address


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_nothing_that_is_sent_is_a_fault(case: schemathesis.Case, victim: Contractor, address: str):
    role = ROLES[next(asked) % len(ROLES)]

    answer = case.call(
        base_url=f"{address}/graphql", headers={"Authorization": f"Bearer {victim.keys[role]}"}
    )

    assert answer.status_code in (200, 422), answer.text
    found = answer.json()
    codes = {error["extensions"]["code"] for error in found.get("errors", ())}
    assert codes <= CODES, (codes, case.body)
    assert "data" in found or codes, found
