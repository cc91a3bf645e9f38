"""When a schedule comes due: typed from the zones' own calendars, and swept over nine years of them."""

from datetime import UTC, date, datetime, timedelta
from datetime import time as local_time
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from db.schedules import Frequency
from hub.errors import Refused
from hub.sync.scheduling import Rhythm, following, moment, newest, of_day

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def daily(time: str, zone: str) -> Rhythm:
    return Rhythm(Frequency.DAILY, time, zone)


# Zone, local date, local time, the moment in UTC.
MOMENTS = """
    EST                  2026-01-15  01:00  2026-01-15T06:00
    EST                  2026-07-15  01:00  2026-07-15T06:00
    EST                  2026-03-08  02:30  2026-03-08T07:30
    EST                  2026-07-15  03:00  2026-07-15T08:00
    America/New_York     2026-01-15  01:00  2026-01-15T06:00
    America/New_York     2026-07-15  01:00  2026-07-15T05:00
    America/New_York     2026-03-08  01:59  2026-03-08T06:59
    America/New_York     2026-03-08  02:00  2026-03-08T07:00
    America/New_York     2026-03-08  02:30  2026-03-08T07:00
    America/New_York     2026-03-08  03:00  2026-03-08T07:00
    America/New_York     2026-11-01  01:00  2026-11-01T05:00
    America/New_York     2026-11-01  01:30  2026-11-01T05:30
    America/New_York     2026-11-01  02:00  2026-11-01T07:00
    America/Los_Angeles  2027-03-14  02:15  2027-03-14T10:00
    America/Los_Angeles  2027-11-07  01:15  2027-11-07T08:15
    Europe/London        2026-03-29  01:30  2026-03-29T01:00
    Europe/London        2026-10-25  01:30  2026-10-25T00:30
    Europe/Berlin        2026-03-29  02:30  2026-03-29T01:00
    Europe/Berlin        2026-10-25  02:30  2026-10-25T00:30
    Australia/Sydney     2026-10-04  02:30  2026-10-03T16:00
    Australia/Sydney     2026-04-05  02:30  2026-04-04T15:30
    Australia/Lord_Howe  2026-10-04  02:15  2026-10-03T15:30
    Australia/Lord_Howe  2026-04-05  01:45  2026-04-04T14:45
    Asia/Kolkata         2026-06-01  01:00  2026-05-31T19:30
    UTC                  2028-02-29  00:00  2028-02-29T00:00
    Pacific/Auckland     2026-09-27  02:59  2026-09-26T14:00
"""
TABLE = [tuple(row.split()) for row in MOMENTS.split("\n") if row.strip()]


@pytest.mark.parametrize(("zone", "day", "time", "expected"), TABLE)
def test_a_time_left_out_is_the_next_that_exists_and_one_that_comes_twice_is_the_first(
    zone: str, day: str, time: str, expected: str
):
    found = moment(date.fromisoformat(day), local_time.fromisoformat(time), ZoneInfo(zone))

    assert found == at(expected)


ZONES = (
    "EST",
    "America/New_York",
    "Europe/London",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("time", ["00:00", "01:00", "01:30", "02:00", "02:30", "03:00"])
def test_over_nine_years_each_night_comes_once_and_in_order(zone: str, time: str):
    rhythm, now, names = daily(time, zone), at("2024-01-01T00:00"), []
    while now < at("2033-01-01T00:00"):
        slot = following(rhythm, now)
        assert slot is not None
        assert now < slot.at <= now + timedelta(hours=25.5)
        assert newest(rhythm, LONG_AGO, slot.at) == slot
        assert newest(rhythm, LONG_AGO, slot.at - timedelta(seconds=1)) != slot
        names.append(slot.name)
        now = slot.at

    days = [date.fromisoformat(name.split()[0]) for name in names]
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
    assert len(days) >= 3287


@pytest.mark.parametrize(
    ("frequency", "hours"),
    [(Frequency.HOURLY, 1), (Frequency.EVERY_2_HOURS, 2), (Frequency.EVERY_4_HOURS, 4)],
)
@pytest.mark.parametrize("zone", ZONES)
def test_hours_pass_evenly_whatever_the_clocks_do(frequency: Frequency, hours: int, zone: str):
    rhythm, slot = Rhythm(frequency, "01:00", zone), None
    for start in ("2026-03-07T23:10", "2026-10-31T23:10", "2026-10-03T10:10"):
        now, found = at(start), []
        for _ in range(20):
            slot = following(rhythm, now)
            assert slot is not None
            found.append(slot.at)
            now = slot.at
        assert {later - sooner for sooner, later in pairwise(found)} == {timedelta(hours=hours)}


def test_never_is_never():
    never = Rhythm(Frequency.NEVER, "01:00", "EST")

    assert following(never, at("2026-03-01T00:00")) is None
    assert newest(never, LONG_AGO, at("2026-03-01T00:00")) is None


def test_of_several_that_were_missed_the_newest_is_made_up_for():
    slot = newest(daily("01:00", "EST"), at("2026-03-01T00:00"), at("2026-03-20T12:00"))

    assert slot is not None
    assert (slot.at, slot.name) == (at("2026-03-20T06:00"), "2026-03-20 01:00 EST")


def test_a_time_before_the_schedule_was_made_is_not_owed():
    night = daily("01:00", "EST")

    assert newest(night, at("2026-03-20T06:00"), at("2026-03-20T12:00")) is None
    assert newest(night, at("2026-03-20T05:59"), at("2026-03-20T12:00")) == of_day(night, date(2026, 3, 20))


@pytest.mark.parametrize("time", ["24:00", "1:00", "01:60", "", "noon", "01:00:00", " 01:00", "٠١:٠٠"])
def test_a_time_that_is_none_is_refused_with_words(time: str):
    with pytest.raises(Refused) as refused:
        daily(time, "EST").checked()

    assert (refused.value.code, refused.value.field) == ("INVALID_VALUE", "time")
    assert "01:00" in refused.value.message


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "", "../etc/passwd", "/etc/passwd", "New York", "\0", "America"]
)
def test_a_zone_that_is_none_is_refused_with_words(zone: str):
    with pytest.raises(Refused) as refused:
        daily("01:00", zone).checked()

    assert (refused.value.code, refused.value.field) == ("INVALID_VALUE", "zone")
    assert "America/New_York" in refused.value.message


def test_a_time_and_a_zone_that_exist_are_taken():
    assert daily("23:59", "Europe/London").checked() == daily("23:59", "Europe/London")
