"""Both sandboxes on real ports, once for all, and an account connected to them."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import pytest_asyncio
from desk import Desk
from plant import Plant, System

from hub.sandboxes import mri, procore
from hub.sandboxes.kit import serving


@pytest.fixture(scope="session")
def one_mri() -> Iterator[str]:
    with serving(mri.create_app()) as url:
        yield url


@pytest.fixture(scope="session")
def one_procore() -> Iterator[str]:
    with serving(procore.create_app()) as url:
        yield url


@pytest.fixture(scope="module")
def mri_server(one_mri: str) -> str:
    """As at the start for each file of tests: none finds what another one wrote."""
    return _as_at_the_start(one_mri)


@pytest.fixture(scope="module")
def procore_server(one_procore: str) -> str:
    return _as_at_the_start(one_procore)


def _as_at_the_start(url: str) -> str:
    httpx.post(f"{url}/__control/reset", timeout=30).raise_for_status()
    return url


@pytest_asyncio.fixture
async def plant(desk: Desk, mri_server: str, procore_server: str) -> AsyncIterator[Plant]:
    """An account connected to both systems, which keep what earlier tests wrote but nothing that disturbs."""
    systems = System(mri_server), System(procore_server)
    for system in systems:
        await system.calm()
    yield await Plant.open(desk, *systems)
    for system in systems:
        await system.calm()
        await system.control.aclose()
