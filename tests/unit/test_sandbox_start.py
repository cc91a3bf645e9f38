"""What somebody meets who starts a sandbox by hand: where it is, how to sign in, what it can be told."""

import asyncio
import os
import pty
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from hub.__main__ import cli

ROOT = Path(__file__).parents[2]
SYSTEMS = ("procore", "mri", "reference")


@asynccontextmanager
async def started(*arguments: str, **where: Any) -> AsyncIterator[asyncio.subprocess.Process]:
    argv = [sys.executable, "-m", "hub", "sandbox", *arguments]
    process = await asyncio.create_subprocess_exec(*argv, cwd=ROOT, **where)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.wait(), 20)


async def greeting(said: asyncio.StreamReader) -> str:
    async with asyncio.timeout(30):
        return b"".join([await said.readline() for _ in range(5)]).decode()


async def served(told: str) -> None:
    """It answers, so it is ready to be told to end as well."""
    [address] = re.findall(r"sandbox at (http://127\.0\.0\.1:\d+)", told)
    async with httpx.AsyncClient() as client:
        (await client.get(f"{address}/__control/health", timeout=30)).raise_for_status()


@pytest.mark.parametrize("system", SYSTEMS)
async def test_a_sandbox_says_where_it_is_and_lists_every_control_with_a_line(system: str, tmp_path: Path):
    store = tmp_path / "data.db"
    arguments = (system, "--port", "0", "--store", str(store))
    async with started(*arguments, stdout=asyncio.subprocess.PIPE) as process:
        assert process.stdout is not None
        told = await greeting(process.stdout)
        [address] = re.findall(rf"^{system} sandbox at (http://127\.0\.0\.1:\d+)$", told, re.MULTILINE)
        async with httpx.AsyncClient() as client:
            listed = (await client.get(f"{address}/__control")).json()

    assert f"{address}/__control lists" in told
    assert f"in {store}" in told
    assert (ROOT / "hub" / "sandboxes" / system / "README.md").is_file()
    assert f"hub/sandboxes/{system}/README.md" in told
    assert listed["sandbox"] == system
    assert [line for line in listed["routes"] if not line.partition(": ")[2].strip()] == []


@pytest.mark.parametrize(
    ("system", "shown"),
    [
        ("procore", "client id hub-sandbox, client secret hub-sandbox-secret, company 598134001000001"),
        ("mri", "password sandbox:password"),
        ("reference", "client id reference-hub, client secret reference-secret"),
    ],
)
async def test_the_sign_in_is_shown_to_a_person_and_kept_out_of_a_log(system: str, shown: str):
    async with started(system, "--port", "0", stdout=asyncio.subprocess.PIPE) as process:
        assert process.stdout is not None
        logged = await greeting(process.stdout)
        await served(logged)

    ours, theirs = pty.openpty()
    try:
        with os.fdopen(ours) as terminal:
            async with started(system, "--port", "0", stdout=theirs):
                lines = asyncio.to_thread(lambda: [terminal.readline() for _ in range(5)])
                watched = "".join(await asyncio.wait_for(lines, 30))
                await served(watched)
    finally:
        os.close(theirs)

    assert shown in watched
    assert shown not in logged


async def test_a_port_that_is_taken_is_named_with_what_to_do():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with started("mri", "--port", str(port), stderr=asyncio.subprocess.PIPE) as process:
            assert process.stderr is not None
            told = (await asyncio.wait_for(process.stderr.read(), 30)).decode()
            await asyncio.wait_for(process.wait(), 30)

    assert process.returncode == 1
    assert told == f"Port {port} cannot be listened on (Address already in use). Choose another: --port.\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["mri", "--port", "99999"], "less than or equal to 65535"),
        (["mri", "--writes", "K4"], "the writes of mri are as its system has them"),
        (["sap"], "there is no sandbox sap; choose one of procore, mri, reference"),
        (["mri", "--port", "0", "--store", __file__], "file is not a database"),
    ],
)
def test_what_a_sandbox_cannot_be_started_with_is_named(arguments: list[str], words: str):
    told = CliRunner().invoke(cli, ["sandbox", *arguments])

    assert told.exit_code == 2
    assert words in " ".join(told.output.replace("│", " ").split())
