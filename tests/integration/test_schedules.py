"""Imports that run by themselves: when, once, in which order, and as somebody chose. Days pass by the clock port."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from desk import Desk, said

from db import sweep
from db.clock import Sources, SystemClock, new_id, now
from db.session import WritePool
from hub.connectors import capabilities
from hub.settings import Settings
from hub.sync.schedules import plant
from jobs.scheduler import Scheduler

MRI_NIGHT = [
    ("COMPANIES", "DAILY", "01:00", "EST"),
    ("EVERYTHING_ELSE", "DAILY", "01:00", "EST"),
    ("INVOICES", "DAILY", "01:00", "EST"),
    ("JOBS", "DAILY", "01:00", "EST"),
    ("JOB_COSTS", "DAILY", "01:00", "EST"),
    ("PAYMENTS", "DAILY", "03:00", "EST"),
]


class Time(SystemClock):
    """The clock port, set by hand."""

    def __init__(self) -> None:
        self.at = datetime(2026, 1, 10, 17, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def is_(self, text: str) -> None:
        self.at = datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    found = Time()
    monkeypatch.setattr(Sources, "clock", found)
    return found


@pytest_asyncio.fixture
async def narrow(hub_settings: Settings) -> AsyncIterator[WritePool]:
    pool = await WritePool.open(hub_settings.url_of("sweeper"), 2)
    yield pool
    await pool.close()


class Night:
    """An account of which MRI's lists are read by schedule, and a scheduler that looks when told to."""

    def __init__(self, desk: Desk, narrow: WritePool, time: Time) -> None:
        self.desk, self.time = desk, time
        self.scheduler = Scheduler(narrow, desk.pool, desk.bell)

    async def begin(self, kind: str = "mri", role: str = "ERP", **settings: Any) -> None:
        document = capabilities(kind, settings).document() | {"lists": None}
        await self.desk.change(
            "update connection set kind = $2, role = $3, capabilities = $4::jsonb, settings = $5::jsonb where id = $1",
            *(self.desk.erp, kind, role, json.dumps(document), json.dumps(settings)),
        )
        await self.plant()

    async def plant(self) -> None:
        async with self.desk.pool.transaction(self.desk.account) as connection:
            await plant(connection, self.desk.account, self.desk.erp, now())

    async def look(self, *moments: str) -> None:
        """Let each moment come and look at what is due then, as every worker does."""
        for moment in moments:
            self.time.is_(moment)
            await self.scheduler.step()

    async def choose(self, who: str = "administrator", **asked: Any) -> list[str]:
        extra = {"system_id": f"sys_{self.desk.erp}", "time": None, "zone": None, **asked}
        return said(await self.desk.ask(who, "configureSchedule", extra=extra))

    async def came(self) -> list[tuple[str, str]]:
        """Which groups came due for which time, in order."""
        rows = await self.desk.rows(
            "select object_group, slot from schedule_run where account_id = $1 order by created_at, object_group",
            self.desk.account,
        )
        return [(row["object_group"], row["slot"]) for row in rows]

    async def only(self, *groups: str) -> None:
        """Leave the other groups to people who ask."""
        await self.desk.change(
            "update schedule set frequency = 'NEVER', is_default = false, wake_at = null, next_at = null where object_group <> all($1)",
            list(groups),
        )

    async def reads(self) -> list[list[str]]:
        rows = await self.desk.rows("select args from job where kind = 'import' order by id")
        return [json.loads(row["args"])["objects"] for row in rows]

    async def done(self) -> None:
        await self.desk.change("update job set state = 'DONE', finished_at = now()")

    async def planned(self) -> list[tuple[str, str, str, str]]:
        rows = await self.desk.rows("select * from schedule order by object_group")
        return [(row["object_group"], row["frequency"], row["time"], row["zone"]) for row in rows]

    async def next_at(self, group: str) -> datetime | None:
        found: datetime | None = await self.desk.value(
            "select next_at from schedule where object_group = $1", group
        )
        return found


@pytest_asyncio.fixture
async def night(desk: Desk, narrow: WritePool, time: Time) -> Night:
    found = Night(desk, narrow, time)
    await found.begin()
    return found


# --- what is planted --------------------------------------------------------------------------------------------------


async def test_mri_is_read_at_one_and_payments_at_three_est_each_night(night: Night):
    assert await night.planned() == [
        row for row in MRI_NIGHT if row[0] not in ("INVOICES", "EVERYTHING_ELSE")
    ]


async def test_what_an_erp_lists_besides_has_its_turn_too(night: Night):
    lists = [*capabilities("mri", {}).imports, "subcontractor_invoice", "gl_account"]
    await night.desk.change(
        "update connection set capabilities = capabilities || jsonb_build_object('lists', $1::jsonb)",
        json.dumps(lists),
    )

    await night.plant()

    assert await night.planned() == MRI_NIGHT


async def test_where_daylight_time_was_meant_the_zone_is_a_setting(night: Night):
    await night.begin(schedule_zone="America/New_York")

    assert {zone for *_, zone in await night.planned()} == {"America/New_York"}


async def test_the_reference_erp_is_read_nightly_at_an_hour_of_choice(night: Night):
    await night.begin("reference", nightly_at="22:30", schedule_zone="Europe/London")

    planned = await night.planned()
    assert {row[1:] for row in planned} == {("DAILY", "22:30", "Europe/London")}
    assert {"COMPANIES", "JOBS", "JOB_COSTS", "PAYMENTS"} <= {row[0] for row in planned}


async def test_the_project_tool_is_read_whole_each_night_in_the_zone_of_the_account(night: Night):
    await night.begin("procore", "PROJECT_TOOL")

    assert await night.planned() == [("EVERYTHING", "DAILY", "01:00", "UTC")]
    await night.look("2026-01-11T01:00")
    [objects] = await night.reads()
    assert (objects[0], "commitment" in objects, "payment" in objects) == ("member", True, True)


async def test_what_somebody_chose_outlives_a_change_of_what_the_system_declares(night: Night):
    assert await night.choose(group="PAYMENTS", frequency="DAILY", time="05:15", zone="UTC") == []

    await night.begin(schedule_zone="America/New_York")

    planned = {row[0]: row[1:] for row in await night.planned()}
    assert planned["PAYMENTS"] == ("DAILY", "05:15", "UTC")
    assert planned["JOB_COSTS"] == ("DAILY", "01:00", "America/New_York")


async def test_a_worker_gives_connections_from_before_their_schedules(
    desk: Desk, narrow: WritePool, time: Time
):
    night = Night(desk, narrow, time)
    document = json.dumps(capabilities("mri", {}).document() | {"lists": None})
    await desk.change("update connection set capabilities = $1::jsonb", document)

    await night.scheduler.step()

    assert len(await night.planned()) == 4
    assert await night.came() == []


# --- when it runs ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2026-01-11", "2026-07-11"])
async def test_direct_costs_run_at_one_and_payments_at_three_est_summer_and_winter(night: Night, day: str):
    night.time.is_(f"{day}T00:00")
    await night.desk.change("delete from schedule")
    await night.plant()
    await night.only("JOB_COSTS", "PAYMENTS")

    await night.look(f"{day}T05:59")
    assert await night.came() == []
    await night.look(f"{day}T06:00")
    assert await night.came() == [("JOB_COSTS", f"{day} 01:00 EST")]
    await night.done()
    await night.look(f"{day}T07:59")
    assert len(await night.came()) == 1
    await night.look(f"{day}T08:00")
    assert (await night.came())[1:] == [("PAYMENTS", f"{day} 03:00 EST")]


async def test_a_night_is_read_once_however_many_workers_look_and_however_often(
    night: Night, narrow: WritePool
):
    await night.only("JOB_COSTS")
    night.time.is_("2026-01-11T06:00")
    others = [Scheduler(narrow, night.desk.pool, night.desk.bell) for _ in range(6)]

    await asyncio.gather(*(worker.step() for worker in (night.scheduler, *others)))
    await night.done()
    await night.look("2026-01-11T06:00", "2026-01-11T06:01", "2026-01-11T23:00")

    assert await night.came() == [("JOB_COSTS", "2026-01-11 01:00 EST")]
    assert await night.reads() == [["direct_cost"]]


async def test_a_clock_that_is_set_back_reads_no_night_twice(night: Night):
    await night.only("JOB_COSTS")
    await night.look("2026-01-11T06:30")
    await night.done()

    await night.look("2026-01-11T05:30", "2026-01-11T06:00", "2026-01-11T06:30")

    assert len(await night.came()) == 1


async def test_of_nights_that_were_missed_the_newest_is_made_up_for(night: Night):
    await night.only("JOB_COSTS")

    await night.look("2026-01-15T12:00", "2026-01-15T12:01")

    assert await night.came() == [("JOB_COSTS", "2026-01-15 01:00 EST")]
    assert await night.next_at("JOB_COSTS") == datetime(2026, 1, 16, 6, tzinfo=UTC)


async def test_a_run_by_schedule_was_asked_for_by_nobody(night: Night):
    await night.only("JOB_COSTS")
    await night.look("2026-01-11T06:00")

    run = await night.desk.one("select * from sync_run")
    assert (run["action"], run["state"], run["requested_by"], run["connection_id"]) == (
        *("IMPORT", "QUEUED", None),
        night.desk.erp,
    )
    job = await night.desk.one("select * from job")
    assert (job["kind"], job["lane"], night.desk.bell.rung) == ("import", "BULK", [job["id"]])


async def test_a_daily_time_that_the_clocks_leave_out_or_repeat_comes_once(night: Night):
    await night.begin(schedule_zone="America/New_York")
    night.time.is_("2026-03-07T12:00")
    assert await night.choose(group="JOB_COSTS", frequency="DAILY", time="02:30") == []
    await night.only("JOB_COSTS")
    await night.look("2026-03-08T06:59")
    assert await night.came() == []

    await night.look("2026-03-08T07:00")
    await night.done()
    await night.look("2026-03-08T07:30", "2026-03-09T06:29")
    assert await night.came() == [("JOB_COSTS", "2026-03-08 02:30 America/New_York")]

    night.time.is_("2026-10-31T12:00")
    assert await night.choose(group="JOB_COSTS", frequency="DAILY", time="01:30") == []
    await night.look("2026-11-01T05:30")
    await night.done()
    await night.look("2026-11-01T06:30", "2026-11-01T23:00")
    assert (await night.came())[1:] == [("JOB_COSTS", "2026-11-01 01:30 America/New_York")]


async def test_every_two_hours_is_twelve_times_a_day(night: Night):
    assert await night.choose(group="JOB_COSTS", frequency="EVERY_2_HOURS") == []
    await night.only("JOB_COSTS")

    for minute in range(0, 24 * 60, 30):
        await night.look(f"2026-01-11T{minute // 60:02}:{minute % 60:02}")
        await night.done()

    assert len(await night.came()) == 12


# --- never ---------------------------------------------------------------------------------------------------------------


async def test_never_is_no_automatic_run_while_on_demand_works(night: Night):
    for group in ("COMPANIES", "JOBS", "JOB_COSTS", "PAYMENTS"):
        assert await night.choose(group=group, frequency="NEVER") == []

    await night.look("2026-01-11T06:00", "2026-01-11T08:00", "2026-01-12T12:00")
    assert (await night.came(), await night.reads()) == ([], [])

    extra = {"system_id": f"sys_{night.desk.erp}", "resources": ["payment"]}
    outcome = await night.desk.ask("administrator", "importRecords", extra=extra)
    assert (said(outcome), await night.reads()) == ([], [["payment"]])


async def test_what_was_never_and_is_daily_again_owes_nothing_of_the_time_between(night: Night):
    await night.choose(group="JOB_COSTS", frequency="NEVER")
    night.time.is_("2026-01-20T12:00")
    await night.choose(group="JOB_COSTS", frequency="DAILY")
    await night.only("JOB_COSTS")

    await night.look("2026-01-20T12:00", "2026-01-21T05:59")
    assert await night.came() == []
    await night.look("2026-01-21T06:00")
    assert await night.came() == [("JOB_COSTS", "2026-01-21 01:00 EST")]


# --- joining -------------------------------------------------------------------------------------------------------------


async def test_a_request_made_while_the_nightly_import_runs_joins_it(night: Night):
    await night.only("JOB_COSTS")
    await night.look("2026-01-11T06:00")

    extra = {"system_id": f"sys_{night.desk.erp}", "resources": ["direct_cost"]}
    outcome = await night.desk.ask("administrator", "importRecords", extra=extra)

    assert outcome.run_id == await night.desk.value("select run_id from schedule_run")
    assert len(await night.reads()) == 1


@pytest.mark.parametrize("resources", [["company"], None])
async def test_the_schedule_joins_an_import_that_reads_the_same_and_more(
    night: Night, resources: list[str] | None
):
    await night.only("COMPANIES")
    night.time.is_("2026-01-11T05:59")
    extra = {"system_id": f"sys_{night.desk.erp}", "resources": resources}
    asked = await night.desk.ask("administrator", "importRecords", extra=extra)

    await night.look("2026-01-11T06:00")

    row = await night.desk.one("select * from schedule_run")
    assert (row["run_id"], row["joined"]) == (asked.run_id, True)
    assert len(await night.reads()) == 1


async def test_an_import_of_one_project_is_not_joined_by_the_schedule(night: Night):
    await night.only("JOB_COSTS")
    await night.look("2026-01-11T06:00")
    await night.desk.change("""update job set args = args || '{"scope": {"project_id": "1"}}'""")

    await night.look("2026-01-12T06:00")

    assert len(await night.reads()) == 2


# --- payments after direct costs -----------------------------------------------------------------------------------------


async def test_payments_never_run_before_direct_costs_finished_for_the_same_night(night: Night):
    await night.only("JOB_COSTS", "PAYMENTS")
    await night.look("2026-01-11T06:00", "2026-01-11T08:00", "2026-01-11T08:01", "2026-01-11T09:30")
    assert [group for group, _ in await night.came()] == ["JOB_COSTS"]
    assert await night.next_at("PAYMENTS") == datetime(2026, 1, 11, 8, tzinfo=UTC)

    await night.done()
    await night.look("2026-01-11T09:31")

    assert await night.came() == [
        ("JOB_COSTS", "2026-01-11 01:00 EST"),
        ("PAYMENTS", "2026-01-11 03:00 EST"),
    ]


async def test_direct_costs_that_failed_have_finished_too(night: Night):
    await night.only("JOB_COSTS", "PAYMENTS")
    await night.look("2026-01-11T06:00")
    await night.desk.change("update job set state = 'FAILED'")

    await night.look("2026-01-11T08:00")

    assert [group for group, _ in await night.came()] == ["JOB_COSTS", "PAYMENTS"]


async def test_after_a_night_without_workers_direct_costs_still_go_first(night: Night):
    await night.only("JOB_COSTS", "PAYMENTS")

    await night.look("2026-01-11T12:00", "2026-01-11T12:01")
    assert [group for group, _ in await night.came()] == ["JOB_COSTS"]

    await night.done()
    await night.look("2026-01-11T12:02")
    assert [group for group, _ in await night.came()] == ["JOB_COSTS", "PAYMENTS"]


async def test_payments_wait_where_direct_costs_were_put_behind_them(night: Night):
    await night.choose(group="JOB_COSTS", frequency="DAILY", time="05:00")
    await night.only("JOB_COSTS", "PAYMENTS")

    await night.look("2026-01-11T08:00", "2026-01-11T09:59", "2026-01-11T10:00")
    assert [group for group, _ in await night.came()] == ["JOB_COSTS"]
    await night.done()
    await night.look("2026-01-11T10:01")

    assert [group for group, _ in await night.came()] == ["JOB_COSTS", "PAYMENTS"]


async def test_direct_costs_that_never_run_by_themselves_keep_no_payment_waiting(night: Night):
    await night.choose(group="JOB_COSTS", frequency="NEVER")
    await night.only("PAYMENTS")

    await night.look("2026-01-11T08:00")

    assert await night.came() == [("PAYMENTS", "2026-01-11 03:00 EST")]


async def test_one_import_of_everything_reads_direct_costs_before_payments(desk: Desk):
    extra = {"system_id": f"sys_{desk.erp}", "resources": ["payment", "direct_cost"]}
    await desk.ask("administrator", "importRecords", extra=extra)

    assert json.loads(await desk.value("select args from job"))["objects"] == ["direct_cost", "payment"]


# --- systems that cannot be asked ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["PAUSED", "AUTH_REQUIRED"])
async def test_a_system_that_cannot_be_asked_is_read_once_it_can(night: Night, state: str):
    await night.only("COMPANIES")
    await night.desk.change("update connection set state = $1", state)
    await night.look("2026-01-11T06:00", "2026-01-11T07:00")
    assert await night.reads() == []

    await night.desk.change("update connection set state = 'ACTIVE'")
    await night.look("2026-01-11T07:01")

    assert await night.came() == [("COMPANIES", "2026-01-11 01:00 EST")]


async def test_a_zone_that_this_machine_does_not_know_keeps_no_other_schedule_waiting(night: Night):
    await night.only("COMPANIES", "JOB_COSTS")
    await night.desk.change(
        "update schedule set zone = 'Mars/Olympus', is_default = false where object_group = 'COMPANIES'"
    )

    await night.look("2026-01-11T06:00")

    assert await night.came() == [("JOB_COSTS", "2026-01-11 01:00 EST")]
    later = await night.desk.value("select wake_at from schedule where object_group = 'COMPANIES'")
    assert later == datetime(2026, 1, 11, 6, 5, tzinfo=UTC)


async def test_a_connection_whose_settings_make_no_schedule_keeps_no_other_from_its_own(night: Night):
    """Its settings were written past the hub: a connection is refused with them."""
    tool = {
        "id": new_id(),
        "capabilities": json.dumps(capabilities("procore", {}).document() | {"lists": None}),
    }
    await night.desk.change(
        "insert into connection (account_id, id, name, kind, role, base_url, capabilities)"
        " values ($1, $2, 'Tool', 'procore', 'PROJECT_TOOL', 'https://tool.example', $3)",
        *(night.desk.account, *tool.values()),
    )
    await night.desk.change(
        """update connection set settings = '{"nightly_at": "noon"}' where role = 'ERP'"""
    )
    await night.desk.change(
        "update connection set capabilities = capabilities - 'objects' where role = 'ERP'"
    )
    await night.desk.change("delete from schedule")

    await night.scheduler.step()

    assert [row[0] for row in await night.planned()] == ["EVERYTHING"]


# --- choosing ------------------------------------------------------------------------------------------------------------

MAY_CHOOSE = [
    ("nobody", ["FORBIDDEN"]),
    ("reader", ["FORBIDDEN"]),
    ("standard", ["FORBIDDEN"]),
    ("approver", ["FORBIDDEN"]),
    ("administrator", []),
    ("other approver", []),
]


@pytest.mark.parametrize(("who", "verdict"), MAY_CHOOSE)
async def test_choosing_takes_admin_on_erp_integrations(night: Night, who: str, verdict: list[str]):
    before = await night.planned()

    assert await night.choose(who, group="PAYMENTS", frequency="HOURLY") == verdict
    assert (await night.planned() == before) is bool(verdict)


WRONG = [
    ({"time": "25:00"}, "INVALID_VALUE", "time"),
    ({"time": "0\u0663:00"}, "INVALID_VALUE", "time"),
    ({"time": "01:00\n"}, "INVALID_VALUE", "time"),
    ({"zone": "Mars/Olympus"}, "INVALID_VALUE", "zone"),
    ({"zone": "../../etc/passwd"}, "INVALID_VALUE", "zone"),
    ({"zone": "America"}, "INVALID_VALUE", "zone"),
    ({"zone": "Z" * 5000}, "INVALID_VALUE", "zone"),
    ({"zone": "localtime"}, "INVALID_VALUE", "zone"),
    ({"zone": "posixrules"}, "INVALID_VALUE", "zone"),
    ({"zone": "right/UTC"}, "INVALID_VALUE", "zone"),
    ({"group": "EVERYTHING"}, "CAPABILITY_NOT_SUPPORTED", "group"),
]


@pytest.mark.parametrize(("asked", "code", "field"), WRONG)
async def test_what_makes_no_schedule_is_refused_with_words(
    night: Night, asked: dict[str, str], code: str, field: str
):
    before, trace = await night.planned(), await night.desk.trace()
    extra = {"system_id": f"sys_{night.desk.erp}", "time": None, "zone": None}
    given = {**extra, "group": "PAYMENTS", "frequency": "DAILY", **asked}

    outcome = await night.desk.ask("administrator", "configureSchedule", extra=given)

    [refused] = outcome.errors
    assert (refused.code, refused.field) == (code, field)
    assert len(refused.message) > 20
    assert (await night.planned(), await night.desk.trace()) == (before, trace)


async def test_a_choice_leaves_a_run_and_an_event_that_shows_it(night: Night):
    await night.choose(group="PAYMENTS", frequency="DAILY", time="04:45", zone="Europe/London")

    run = await night.desk.one("select * from sync_run")
    assert (run["action"], run["state"], run["requested_by"]) == (
        *("CONFIGURE_SCHEDULE", "SUCCEEDED"),
        night.desk.people["administrator"],
    )
    event = await night.desk.one("select * from event where object_type = 'Connection'")
    assert (event["action"], json.loads(event["before"])["schedules"]) == ("CONFIGURE_SCHEDULE", None)
    chosen = {"frequency": "DAILY", "time": "04:45", "zone": "Europe/London"}
    assert json.loads(event["after"])["schedules"] == {"PAYMENTS": chosen}


async def test_a_new_time_counts_from_now_on(night: Night):
    night.time.is_("2026-01-11T05:00")

    await night.choose(group="JOB_COSTS", frequency="DAILY", time="12:00", zone="UTC")

    assert await night.next_at("JOB_COSTS") == datetime(2026, 1, 11, 12, tzinfo=UTC)


async def test_the_schedules_of_another_account_are_not_touched(night: Night, narrow: WritePool):
    """Both systems have the same id, each in its account."""
    other = Night(await Desk.open(night.desk.pool, night.desk.settings), narrow, night.time)
    await other.begin()
    before = await other.planned()

    assert await night.choose(group="PAYMENTS", frequency="NEVER") == []

    assert night.desk.erp == other.desk.erp
    assert await other.planned() == before


async def test_one_look_takes_in_all_that_is_due_however_much_it_is(
    night: Night, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sweep, "_LIMIT", 1)

    await night.look("2026-01-11T06:00")

    assert {group for group, _ in await night.came()} >= {"COMPANIES", "JOBS", "JOB_COSTS"}
