"""An account is connected to a system: what is wrong is named, what is secret is sealed, what is the same changes nothing."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from canary import Canaries, Source

from db.clock import new_id
from db.credentials import SecretField
from db.session import Row, WritePool
from hub.access.sealing import Place
from hub.access.vault import Vault
from hub.codes import ErrorCode
from hub.errors import Refused
from hub.settings import Settings
from hub.sync.connecting import Change, Connected, Wanted, connect
from hub.sync.refreshing import refresh_all

PASSWORD, SECRET = "p4ssw0rd-of-the-ledger", "s3cret-of-the-application"
MRI_CREDENTIALS = {"client_id": "c", "database": "d", "user": "u", "key": "partner-key", "password": PASSWORD}
MRI = Wanted("MRI", "mri", "https://mri.example.com", {}, MRI_CREDENTIALS)
PROCORE = Wanted(
    "Procore",
    "procore",
    "https://api.procore.com",
    {"company_id": "7"},
    {"client_id": "hub", "client_secret": SECRET},
)


class Office:
    """One account as an operator connects it."""

    def __init__(self, settings: Settings, pool: WritePool, account: UUID) -> None:
        self.settings, self.pool, self.account = settings, pool, account

    async def connect(self, wanted: Wanted, **changes: Any) -> Connected:
        given = {
            name: getattr(wanted, name) for name in ("name", "kind", "base_url", "settings", "credentials")
        }
        async with self.pool.transaction(self.account) as connection:
            return await connect(connection, self.settings, self.account, Wanted(**{**given, **changes}))

    async def refused(self, wanted: Wanted, **changes: Any) -> tuple[str | None, str]:
        with pytest.raises(Refused) as caught:
            await self.connect(wanted, **changes)
        return caught.value.field, caught.value.message

    async def rows(self, query: str, *args: Any) -> list[Row]:
        async with self.pool.transaction(self.account) as connection:
            return list(await connection.fetch(query, *args))

    async def one(self, id_: UUID) -> Row:
        [row] = await self.rows("select * from connection where id = $1", id_)
        return row

    async def events(self) -> list[tuple[str, Any, Any]]:
        rows = await self.rows("select action, before, after from event order by id")
        return [
            (row["action"], json.loads(row["before"] or "null"), json.loads(row["after"])) for row in rows
        ]

    async def kept(self, id_: UUID, field: SecretField = SecretField.CREDENTIALS) -> Mapping[str, str] | None:
        vault = Vault.of(self.settings)
        async with self.pool.transaction(self.account) as connection:
            found = await vault.find(connection, Place(self.account, id_, field))
        return await vault.open(found) if found else None

    async def signed_in(self, id_: UUID) -> None:
        """As after a sign-in: tokens are kept."""
        place = Place(self.account, id_, SecretField.TOKENS)
        async with self.pool.transaction(self.account) as connection:
            await Vault.of(self.settings).put(connection, place, {"access": "a"})


@pytest.fixture
def office(hub_settings: Settings, app_pool: WritePool, account: UUID) -> Office:
    return Office(hub_settings, app_pool, account)


async def test_a_new_connection_stands_with_what_its_system_can_do_and_its_secrets_sealed(office: Office):
    made = await office.connect(MRI)

    row = await office.one(made.id)
    assert made.change is Change.CREATED
    assert (row["kind"], row["role"], row["state"], row["version"]) == ("mri", "ERP", "ACTIVE", 1)
    assert row["base_url"] == "https://mri.example.com"
    assert json.loads(row["capabilities"])["identity"]["display_name"] == "MRI Platform X"
    assert await office.kept(made.id) == MRI_CREDENTIALS


async def test_a_project_tool_stands_on_its_own_side_and_is_polled(office: Office):
    made = await office.connect(PROCORE)

    assert (await office.one(made.id))["role"] == "PROJECT_TOOL"
    jobs = await office.rows("select kind, args ->> 'connection_id' as system from job")
    assert [(job["kind"], job["system"]) for job in jobs] == [("poll_requests", str(made.id))]


async def test_an_erp_is_not_polled(office: Office):
    await office.connect(MRI)

    assert await office.rows("select 1 from job") == []


async def test_the_same_again_changes_nothing(office: Office):
    for wanted in (MRI, PROCORE):
        made = await office.connect(wanted)
        before = await office.rows("select * from connection order by id")
        events, secrets = await office.events(), await office.rows("select * from credential")
        jobs = await office.rows("select * from job")

        again = await office.connect(wanted)

        assert (again.id, again.change) == (made.id, Change.NONE)
        assert await office.rows("select * from connection order by id") == before
        assert (await office.events(), await office.rows("select * from credential")) == (events, secrets)
        assert await office.rows("select * from job") == jobs


async def test_what_is_left_out_stays_as_it_is(office: Office):
    made = await office.connect(MRI, settings={"page_size": 50})

    for wanted in (Wanted("MRI"), Wanted("MRI", "mri"), Wanted("MRI", base_url="https://mri.example.com/")):
        assert await office.connect(wanted) == Connected(made.id, Change.NONE)


async def test_changed_settings_change_the_capabilities_and_leave_a_whole_event(office: Office):
    made = await office.connect(MRI)

    changed = await office.connect(Wanted("MRI", settings={"calls_per_5_minutes": 200}))

    row = await office.one(made.id)
    assert changed == Connected(made.id, Change.CHANGED)
    assert (row["version"], json.loads(row["settings"])) == (2, {"calls_per_5_minutes": 200})
    [limit] = json.loads(row["capabilities"])["identity"]["rate_limits"]
    assert limit == {"count": 200, "window_s": 300}
    (first, nothing, new), (second, before, after) = await office.events()
    assert (first, nothing, second) == ("CONNECT", None, "CHANGE_CONNECTION")
    assert (new["name"], new["kind"], new["state"], new["version"]) == ("MRI", "mri", "ACTIVE", 1)
    assert before == new
    assert (after["version"], after["settings"]) == (2, {"calls_per_5_minutes": 200})
    assert (before["credentials_version"], after["credentials_version"]) == (1, 1)


async def test_the_day_of_going_live_is_a_setting_that_the_rule_of_linking_reads(office: Office):
    made = await office.connect(MRI, settings={"go_live_on": "2026-01-31"})
    assert (await office.one(made.id))["go_live_on"] == date(2026, 1, 31)

    await office.connect(Wanted("MRI", settings={"go_live_on": "2026-03-01"}))
    assert (await office.one(made.id))["go_live_on"] == date(2026, 3, 1)

    await office.connect(Wanted("MRI", settings={}))
    assert (await office.one(made.id))["go_live_on"] is None


async def test_new_credentials_are_seen_in_the_event_by_their_version_and_end_the_old_sign_in(office: Office):
    made = await office.connect(PROCORE)
    await office.signed_in(made.id)
    new = {"client_id": "hub", "client_secret": "another-secret"}

    changed = await office.connect(PROCORE, credentials=new)

    assert changed.change is Change.CHANGED
    assert await office.kept(made.id) == new
    assert await office.kept(made.id, SecretField.TOKENS) is None
    _, (action, before, after) = await office.events()
    assert (action, before["credentials_version"], after["credentials_version"]) == (
        "CHANGE_CONNECTION",
        1,
        2,
    )


@pytest.mark.parametrize(
    "moved",
    [
        {"base_url": "https://procore.example.com"},
        {"settings": {"company_id": "7", "login_url": "https://login.example.com"}},
    ],
)
async def test_tokens_of_one_address_are_not_shown_to_another(office: Office, moved: dict[str, Any]):
    made = await office.connect(PROCORE)
    await office.signed_in(made.id)

    await office.connect(PROCORE, **moved)

    assert await office.kept(made.id, SecretField.TOKENS) is None


async def test_a_change_at_the_same_address_leaves_the_sign_in(office: Office):
    made = await office.connect(PROCORE)
    await office.signed_in(made.id)

    await office.connect(PROCORE, settings={"company_id": "7", "page_size": 50})

    assert await office.kept(made.id, SecretField.TOKENS) == {"access": "a"}


@pytest.mark.parametrize(("state", "after"), [("AUTH_REQUIRED", "ACTIVE"), ("PAUSED", "PAUSED")])
async def test_new_credentials_let_go_on_what_was_stopped_for_the_old_ones(
    office: Office, state: str, after: str
):
    made = await office.connect(MRI)
    await office.rows("update connection set state = $1", state)

    await office.connect(MRI, credentials={**MRI_CREDENTIALS, "password": "another"})

    assert (await office.one(made.id))["state"] == after


async def test_credentials_that_are_the_same_do_not_let_go_on_what_they_stopped(office: Office):
    made = await office.connect(MRI)
    await office.rows("update connection set state = 'AUTH_REQUIRED'")

    assert (await office.connect(MRI)).change is Change.NONE
    assert (await office.one(made.id))["state"] == "AUTH_REQUIRED"


async def test_an_environment_brings_the_address(office: Office):
    made = await office.connect(
        PROCORE, base_url=None, settings={"company_id": "7", "environment": "sandbox"}
    )

    assert (await office.one(made.id))["base_url"] == "https://sandbox.procore.com"


WRONG: dict[str, tuple[Wanted, dict[str, Any], str]] = {
    "no kind": (MRI, {"kind": None}, "kind"),
    "an unknown kind": (MRI, {"kind": "sap"}, "kind"),
    "no name": (MRI, {"name": " "}, "name"),
    "a long name": (MRI, {"name": "x" * 101}, "name"),
    "no address": (MRI, {"base_url": None}, "base_url"),
    "loopback": (MRI, {"base_url": "http://127.0.0.1:8000"}, "base_url"),
    "a name of loopback": (MRI, {"base_url": "https://localhost"}, "base_url"),
    "a private network": (MRI, {"base_url": "https://10.1.2.3"}, "base_url"),
    "a metadata service": (MRI, {"base_url": "http://169.254.169.254"}, "base_url"),
    "another scheme": (MRI, {"base_url": "file:///etc/passwd"}, "base_url"),
    "a port of a data store": (MRI, {"base_url": "https://mri.example.com:5432"}, "base_url"),
    "a password in the address": (MRI, {"base_url": "https://me:pw@mri.example.com"}, "base_url"),
    "a login server on loopback": (
        PROCORE,
        {"settings": {"company_id": "7", "login_url": "http://127.0.0.1:1"}},
        "settings.login_url",
    ),
    "no company": (PROCORE, {"settings": {}}, "settings.company_id"),
    "an unknown environment": (
        PROCORE,
        {"settings": {"company_id": "7", "environment": "moon"}},
        "settings.environment",
    ),
    "another environment's address": (
        PROCORE,
        {"settings": {"company_id": "7", "environment": "sandbox"}},
        "settings.environment",
    ),
    "an unknown grant": (PROCORE, {"settings": {"company_id": "7", "grant": "password"}}, "settings.grant"),
    "a page size of nothing": (MRI, {"settings": {"page_size": 0}}, "settings.page_size"),
    "an unknown zone": (MRI, {"settings": {"time_zone": "Mars/Olympus"}}, "settings.time_zone"),
    "an API of another name": (
        MRI,
        {"settings": {"apis": {"company": {"fields": {"x": "y"}}}}},
        "settings.apis",
    ),
    "a limit of the wrong form": (MRI, {"settings": {"rate_limits": 5}}, "settings.rate_limits"),
    "polling by words": (
        PROCORE,
        {"settings": {"company_id": "7", "request_poll_seconds": "often"}},
        "settings.request_poll_seconds",
    ),
    "a secret among the settings": (MRI, {"settings": {"password": PASSWORD}}, "settings.password"),
    "no credentials": (MRI, {"credentials": None}, "credentials"),
    "empty credentials": (MRI, {"credentials": {}}, "credentials"),
    "no password": (
        MRI,
        {"credentials": {**MRI_CREDENTIALS, "password": ""}},
        "credentials.password",
    ),
    "no client secret": (PROCORE, {"credentials": {"client_id": "hub"}}, "credentials.client_secret"),
    "a number for a password": (
        MRI,
        {"credentials": {**MRI_CREDENTIALS, "password": 5}},
        "credentials.password",
    ),
}


LACKING = {
    "the general ledger": ({"modules": ["JC", "AP"]}, "MODULE_MISSING", "General Ledger (GL)"),
    "two modules": ({"modules": ["GL"]}, "MODULE_MISSING", "Job Cost (JC), Accounts Payable (AP)"),
    "all modules": ({"modules": ["PO"]}, "MODULE_MISSING", "General Ledger (GL)"),
    "an old version": ({"platform_version": "4.5"}, "ERP_VERSION_TOO_OLD", "4.5"),
}


@pytest.mark.parametrize("lacking", LACKING)
async def test_an_installation_that_is_declared_to_lack_what_is_needed_is_not_connected(
    office: Office, lacking: str
):
    settings, code, words = LACKING[lacking]

    with pytest.raises(Refused) as caught:
        await office.connect(MRI, settings=settings)

    assert (caught.value.code, words in caught.value.message) == (code, True)
    assert await office.rows("select 1 from connection") == []


@pytest.mark.parametrize(
    "settings",
    [{}, {"modules": ["GL", "JC", "AP"]}, {"modules": ["GL", "JC", "AP", "PO"], "platform_version": "5"}],
)
async def test_an_installation_that_has_the_three_modules_in_version_5_is_connected(
    office: Office, settings: dict[str, Any]
):
    await office.connect(MRI, settings=settings)

    assert len(await office.rows("select 1 from connection")) == 1


async def test_without_an_interface_user_nothing_is_connected(office: Office):
    with pytest.raises(Refused) as caught:
        await office.connect(MRI, credentials={**MRI_CREDENTIALS, "user": ""})

    assert (caught.value.code, caught.value.field) == ("INTERFACE_USER_MISSING", "credentials.user")


@pytest.mark.parametrize("wrong", WRONG)
async def test_what_is_wrong_is_named_and_nothing_is_kept(office: Office, wrong: str):
    wanted, changes, field = WRONG[wrong]

    named, message = await office.refused(wanted, **changes)

    assert named is not None
    assert named.startswith(field)
    assert message
    assert PASSWORD not in message
    assert SECRET not in message
    for table in ("connection", "credential", "event", "job"):
        assert await office.rows(f"select 1 from {table}") == []


@pytest.mark.parametrize("wrong", ["loopback", "an unknown zone", "no password", "an unknown kind"])
async def test_a_wrong_change_leaves_the_connection_as_it_was(office: Office, wrong: str):
    await office.connect(MRI)
    before = await office.rows("select * from connection"), await office.rows("select * from credential")

    wanted, changes, _ = WRONG[wrong]
    await office.refused(wanted, **changes)

    assert (
        await office.rows("select * from connection"),
        await office.rows("select * from credential"),
    ) == before
    assert len(await office.events()) == 1


async def test_an_address_that_an_operator_has_opened_is_taken(office: Office):
    office.settings = office.settings.model_copy(update={"allowed_hosts": "127.0.0.1:8000"})

    made = await office.connect(MRI, base_url="http://127.0.0.1:8000")

    assert (await office.one(made.id))["base_url"] == "http://127.0.0.1:8000"


async def test_a_connection_does_not_become_one_of_another_kind(office: Office):
    await office.connect(MRI)

    field, message = await office.refused(
        MRI, kind="reference", credentials={"client_id": "c", "client_secret": "s"}
    )

    assert (field, "mri" in message) == ("kind", True)


async def test_an_account_has_one_system_on_each_side(office: Office):
    await office.connect(MRI)
    await office.connect(PROCORE)

    for wanted, name in ((MRI, "MRI"), (PROCORE, "Procore")):
        field, message = await office.refused(wanted, name="Another")
        assert (field, message) == ("kind", f"The account has a system on this side already: {name}.")


async def test_the_connection_of_another_account_is_neither_found_nor_changed(
    office: Office, hub_settings: Settings, app_pool: WritePool
):
    made = await office.connect(MRI)
    other = Office(hub_settings, app_pool, new_id())
    await other.rows(
        "insert into account (account_id, name, currency, time_zone) values ($1, 'Other', 'USD', 'UTC')",
        other.account,
    )

    theirs = await other.connect(MRI, settings={"page_size": 50})

    assert theirs.change is Change.CREATED
    assert theirs.id != made.id
    assert json.loads((await office.one(made.id))["settings"]) == {}
    assert len(await office.events()) == 1


async def test_an_account_that_is_not_there_is_not_connected(hub_settings: Settings, app_pool: WritePool):
    nowhere = Office(hub_settings, app_pool, new_id())

    with pytest.raises(Refused, match="no such account") as caught:
        await nowhere.connect(MRI)

    assert (caught.value.code, caught.value.field) == (ErrorCode.NOT_FOUND, "account")


async def test_no_secret_is_in_an_event_or_a_row(office: Office):
    await office.connect(MRI)
    await office.connect(MRI, credentials={**MRI_CREDENTIALS, "password": f"{PASSWORD}-2"})
    await office.connect(PROCORE)

    left = [
        Source(table, json.dumps([[str(value) for value in row.values()] for row in rows]).encode())
        for table in ("connection", "event", "job", "credential")
        if (rows := await office.rows(f"select * from {table}"))
    ]

    assert len(left) == 4
    assert Canaries({"password": PASSWORD, "client secret": SECRET}).seen_in(left) == []
    assert PASSWORD not in repr(MRI)


async def test_what_a_newer_hub_declares_is_brought_to_every_account(office: Office, hub_settings: Settings):
    made = await office.connect(MRI)
    fresh = (await office.one(made.id))["capabilities"]
    await office.rows("update connection set capabilities = '{\"imports\": []}'")

    await refresh_all(hub_settings)
    row = await office.one(made.id)
    again = await refresh_all(hub_settings)

    assert (row["capabilities"], row["version"]) == (fresh, 2)
    assert again.changed == 0
    assert (await office.one(made.id))["version"] == 2
    action, before, after = (await office.events())[-1]
    assert (action, before["capabilities"]) == ("REFRESH_CAPABILITIES", {"imports": []})
    assert after["capabilities"] == json.loads(fresh)


async def test_a_connection_that_this_hub_cannot_read_is_named_and_stands_in_nobodys_way(
    office: Office, hub_settings: Settings
):
    tool = await office.connect(PROCORE)
    erp = await office.connect(MRI)
    await office.rows("update connection set capabilities = '{}'")
    await office.rows("update connection set settings = '{\"page_size\": 0}' where id = $1", erp.id)

    done = await refresh_all(hub_settings)

    named = [left for left in done.left if str(office.account) in left]
    assert named == [f"MRI of account {office.account}: settings.page_size: A positive number is expected."]
    assert json.loads((await office.one(tool.id))["capabilities"])["identity"]["key"] == "procore"
