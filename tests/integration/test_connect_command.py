"""An operator connects an account from the command line, sees what the test of the connection found, and no secret."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from click.testing import Result
from plant import PROCORE, WORLD, mri_credentials
from typer.testing import CliRunner

from db.session import WritePool, dsn
from hub import __main__ as program
from hub.access.door import Door
from hub.settings import Settings

ROOT = Path(__file__).parents[2]


class Terminal:
    """A hub that may reach both sandboxes, and the commands as an operator types them."""

    def __init__(self, settings: Settings, pool: WritePool, folder: Path, mri: str, procore: str) -> None:
        hosts = ",".join(url.removeprefix("http://") for url in (mri, procore))
        self.settings = settings.model_copy(update={"allowed_hosts": hosts})
        self.pool, self.folder, self.mri, self.procore = pool, folder, mri, procore
        self.name = f"Brick & Sons {uuid4().hex[:8]}"

    async def run(self, *argv: str, given: str | None = None) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, program.cli, list(argv), input=given)

    def file(self, name: str, content: Any) -> str:
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    def mri_argv(self, *more: str) -> list[str]:
        argv = ["connect", "--new-account", self.name, "--name", "MRI", "--kind", "mri", "--url", self.mri]
        return [*argv, "--credentials", self.file("mri.json", mri_credentials()), *more]

    def procore_argv(self, *more: str) -> list[str]:
        choices = {"company_id": str(WORLD.company.procore_id), "login_url": self.procore}
        argv = ["connect", "--new-account", self.name, "--name", "Procore", "--kind", "procore"]
        return [*argv, "--url", self.procore, "--settings", json.dumps(choices), "--credentials", "-", *more]

    async def value(self, account: UUID, query: str, *args: Any) -> Any:
        async with self.pool.transaction(account) as connection:
            return await connection.fetchval(query, *args)

    async def account(self) -> UUID:
        listed = await self.run("connections")
        line = next(line for line in listed.stdout.splitlines() if line.startswith(self.name))
        after = listed.stdout.splitlines()[listed.stdout.splitlines().index(line) + 1]
        return UUID(after.split()[0])


@pytest.fixture
def terminal(
    hub_settings: Settings,
    app_pool: WritePool,
    tmp_path: Path,
    mri_server: str,
    procore_server: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Terminal:
    terminal = Terminal(hub_settings, app_pool, tmp_path, mri_server, procore_server)
    monkeypatch.setattr("hub.settings.settings", lambda: terminal.settings)
    monkeypatch.setattr("hub.logs.configure", lambda _level: None)  # the process is the tests'
    return terminal


async def test_both_systems_are_connected_and_every_check_is_shown(terminal: Terminal):
    ledger = await terminal.run(*terminal.mri_argv())
    tool = await terminal.run(*terminal.procore_argv(), given=json.dumps(PROCORE))

    assert (ledger.exit_code, tool.exit_code) == (0, 0), ledger.output + tool.output
    assert f"account {terminal.name} is opened" in ledger.stderr
    assert f"MRI of {terminal.name} is created" in ledger.stderr
    assert f"account {terminal.name} is opened" not in tool.stderr
    assert "MRI_S-PMJC_Categories" in ledger.stdout
    assert "own rights" in tool.stdout or "ERP Integrations" in tool.stdout
    for shown in (ledger, tool):
        assert "passed" in shown.stdout
        assert "failed" not in shown.stdout
    listed = (await terminal.run("connections")).stdout
    assert "passed" in listed
    assert terminal.procore in listed


async def test_the_same_again_changes_nothing(terminal: Terminal):
    await terminal.run(*terminal.mri_argv())
    account = await terminal.account()
    events = await terminal.value(account, "select count(*) from event")

    again = await terminal.run(*terminal.mri_argv())

    assert f"MRI of {terminal.name} is unchanged" in again.stderr
    assert await terminal.value(account, "select count(*) from event") == events
    assert await terminal.value(account, "select version from connection") == 1
    assert await terminal.value(account, "select count(*) from system_check") >= 6


async def test_a_wrong_password_fails_the_test_with_the_systems_words(terminal: Terminal):
    wrong = terminal.file("wrong.json", mri_credentials("not-the-password"))

    result = await terminal.run(*terminal.mri_argv(), "--credentials", wrong)

    assert result.exit_code == 1
    assert "failed" in result.stdout
    assert "not-the-password" not in result.output


REFUSED = {
    "a kind nobody knows": (("--kind", "sap"), "kind: There is no connector sap"),
    "loopback": (
        ("--url", "http://127.0.0.1:8999"),
        "base_url: The address is not a public one, and HUB_ALLOWED_HOSTS does not name it.",
    ),
    "a setting": (("--settings", '{"page_size": 0}'), "settings.page_size: A positive number is expected."),
    "settings of no form": (("--settings", "{page_size}"), "settings: One JSON object is expected."),
    "a file that is not there": (("--credentials", "nowhere.json"), "credentials: The file cannot be read"),
    "a currency": (("--currency", "dollars"), "currency: A code of three letters"),
    "a time zone": (("--time-zone", "Mars/Olympus"), "time_zone: The time zone is not known"),
}


@pytest.mark.parametrize("wrong", REFUSED)
async def test_what_is_wrong_is_said_in_plain_words_with_its_field_and_no_account_is_opened(
    terminal: Terminal, wrong: str
):
    more, words = REFUSED[wrong]

    result = await terminal.run(*terminal.mri_argv(), *more)

    assert result.exit_code == 1
    assert words in result.stderr
    assert "Traceback" not in result.output
    assert terminal.name not in (await terminal.run("connections")).stdout


async def test_a_missing_credential_is_named(terminal: Terminal):
    some = terminal.file("some.json", {"client_id": "HUBCLIENT"})

    result = await terminal.run(*terminal.mri_argv(), "--credentials", some)

    assert result.exit_code == 1
    assert result.stderr.startswith("credentials.user: ")


@pytest.mark.parametrize(
    "given", ['{"password": "t0p-secret-word"', '["t0p-secret-word"]', "t0p-secret-word"]
)
async def test_credentials_that_cannot_be_read_are_not_repeated(terminal: Terminal, given: str):
    result = await terminal.run(*terminal.mri_argv(), "--credentials", "-", given=given)

    assert result.exit_code == 1
    assert result.stderr.startswith("credentials: ")
    assert "t0p-secret-word" not in result.output


async def test_credentials_are_not_taken_from_the_command_line(terminal: Terminal):
    result = await terminal.run(*terminal.mri_argv(), "--credentials", '{"password": "t0p-secret-word"}')

    assert result.exit_code == 1
    assert "command line" in result.stderr
    assert "t0p-secret-word" not in result.output


async def test_an_account_is_named_once(terminal: Terminal):
    result = await terminal.run("connect", "--name", "MRI")

    assert result.exit_code == 2


async def test_an_account_that_nobody_opened_is_not_found(terminal: Terminal):
    result = await terminal.run("connect", "--account", "Nobody", "--name", "MRI")

    assert result.exit_code == 1
    assert "There is no account Nobody" in result.stderr


async def test_a_connection_is_tested_again_by_its_name_alone(terminal: Terminal):
    await terminal.run(*terminal.mri_argv())

    result = await terminal.run("connect", "--account", terminal.name, "--name", "MRI")

    assert result.exit_code == 0, result.output
    assert "MRI_S-PMJC_Categories" in result.stdout


async def test_two_accounts_of_one_name_are_told_apart_by_their_ids(terminal: Terminal):
    await terminal.run(*terminal.mri_argv())
    first = await terminal.account()
    async with terminal.pool.transaction(other := uuid4()) as connection:
        await connection.execute(
            "insert into account (account_id, name, currency, time_zone) values ($1, $2, 'USD', 'UTC')",
            *(other, terminal.name),
        )

    unclear = await terminal.run("connect", "--account", terminal.name, "--name", "MRI")
    clear = await terminal.run("connect", "--account", str(first), "--name", "MRI")

    assert (unclear.exit_code, clear.exit_code) == (1, 0)
    assert "account: 2 accounts are called" in unclear.stderr


async def test_a_process_of_its_own_shows_no_secret_and_logs_none(terminal: Terminal):
    known, given = terminal.settings, mri_credentials()
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": known.database_url,
        "REDIS_URL": known.redis_url,
        "HUB_SECRET": known.secret.get_secret_value(),
        "HUB_ROLE_PREFIX": known.role_prefix,
        "HUB_ALLOWED_HOSTS": known.allowed_hosts,
    }
    argv = [sys.executable, "-m", "hub", *terminal.mri_argv(), "--credentials", "-"]

    done = await asyncio.to_thread(
        subprocess.run,
        argv,
        input=json.dumps(given),
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed" in done.stdout
    assert done.stderr.count("\n") == 2  # the account, the connection, and not one line of a log
    for name in ("key", "password"):
        assert given[name] not in done.stdout + done.stderr + " ".join(argv)


async def test_a_database_that_is_not_made_yet_is_told_in_plain_words(terminal: Terminal):
    owner = await asyncpg.connect(terminal.settings.database_url)
    empty = f"empty_{uuid4().hex[:8]}"
    await owner.execute(f"create database {empty}")
    url = dsn(terminal.settings.database_url, database=empty)
    terminal.settings = terminal.settings.model_copy(update={"database_url": url})

    result = await terminal.run("connections")

    await owner.execute(f"drop database {empty} with (force)")
    await owner.close()
    assert result.exit_code == 1
    assert "Has `python -m hub migrate` been run?" in result.stderr


async def test_a_hub_without_its_settings_names_them(terminal: Terminal, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("hub.settings.settings", Settings)
    for name in ("DATABASE_URL", "HUB_SECRET"):
        monkeypatch.delenv(name, raising=False)

    result = await terminal.run("connections")

    assert result.exit_code == 1
    assert "setting DATABASE_URL: Field required" in result.stderr


async def test_a_first_key_is_issued_once_to_an_administrator_that_is_made_for_it(terminal: Terminal):
    await terminal.run(*terminal.mri_argv())
    account = await terminal.account()
    argv = ("key", "--account", terminal.name, "--member", "Set-up")

    refused = await terminal.run(*argv)
    first = await terminal.run(*argv, "--administrator")
    second = await terminal.run(*argv)

    assert (refused.exit_code, first.exit_code, second.exit_code) == (1, 0, 0)
    assert "member: No active member" in refused.stderr
    assert first.stdout != second.stdout
    assert await terminal.value(account, "select count(*) from member where erp_level = 3") == 1
    door_pool = await WritePool.open(terminal.settings.url_of("door"), 1)
    for shown in (first, second):
        found = await Door(door_pool, terminal.settings).identify(f"Bearer {shown.stdout.strip()}")
        assert found is not None
        assert found.account_id == account
    await door_pool.close()


async def test_migrating_brings_what_connections_declare_up_to_this_version(terminal: Terminal):
    await terminal.run(*terminal.mri_argv())
    account = await terminal.account()
    await terminal.value(account, "update connection set capabilities = '{}'")

    result = await terminal.run("migrate")

    assert result.exit_code == 0, result.output
    query = "select capabilities -> 'identity' ->> 'key' from connection"
    assert await terminal.value(account, query) == "mri"


async def test_testing_a_connection_brings_what_it_declares_up_to_this_version(terminal: Terminal):
    await terminal.run(*terminal.mri_argv())
    account = await terminal.account()
    await terminal.value(account, "update connection set capabilities = '{}'")

    await terminal.run("connect", "--account", terminal.name, "--name", "MRI")

    query = "select capabilities -> 'identity' ->> 'key' from connection"
    assert await terminal.value(account, query) == "mri"
    last = "select action from event order by id desc limit 1"
    assert await terminal.value(account, last) == "REFRESH_CAPABILITIES"


async def test_a_person_is_led_to_the_page_and_lets_the_hub_in_by_its_code(terminal: Terminal):
    choices = {"company_id": str(WORLD.company.procore_id), "login_url": terminal.procore}
    choices |= {"grant": "authorization_code"}
    back = ("--redirect-uri", "http://127.0.0.1:9999/back")
    again = ("connect", "--account", terminal.name, "--name", "Procore", *back)
    first = terminal.procore_argv("--settings", json.dumps(choices), *back, "--authorize-url")

    page = await terminal.run(*first, given=json.dumps(PROCORE))
    early = await terminal.run(*again)
    async with httpx.AsyncClient() as browser:
        sent = await browser.get(page.stdout.strip())
    [code] = parse_qs(urlsplit(sent.headers["location"]).query)["code"]
    done = await terminal.run(*again, "--sign-in", "-", given=f"{code}\n")
    late = await terminal.run(*again, "--sign-in", code)

    assert (page.exit_code, early.exit_code, late.exit_code) == (0, 1, 1)
    assert page.stdout.count("\n") == 1, "the address stands alone on one line"
    assert "A person has to sign in again: nobody has signed in." in early.output
    assert done.stderr == "signed in\n"
    assert done.stdout.count("passed") > 10, done.output
    assert "A person has to sign in again: the code is refused." in late.stderr
    for shown in (page, early, done, late):
        assert PROCORE["client_secret"] not in shown.output
