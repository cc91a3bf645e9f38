"""When a schedule comes due: local times of a zone through both changes of its clocks, and what was missed meanwhile. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as local_time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from db.schedules import Frequency
from hub.codes import ErrorCode
from hub.errors import Refused

_HOURS: Mapping[Frequency, int] = {
    Frequency.HOURLY: 1,
    Frequency.EVERY_2_HOURS: 2,
    Frequency.EVERY_4_HOURS: 4,
}
_DAY = timedelta(days=1)
_OF_THIS_MACHINE = ("localtime", "posix", "right/")  # files beside the IANA zones


@dataclass(frozen=True)
class Rhythm:
    """How often, and for a daily schedule when. `time` is HH:MM of the day in `zone`, an IANA name."""

    frequency: Frequency
    time: str
    zone: str

    def checked(self, time: str = "time", zone: str = "zone") -> "Rhythm":
        """Itself. Raises `Refused` with the field that is wrong, under the names that it was asked for."""
        if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", self.time):
            text = "A time of day from 00:00 to 23:59 is expected, such as 01:00."
            raise Refused(ErrorCode.INVALID_VALUE, text, field=time)
        if not _is_zone(self.zone):
            text = "A time zone of the IANA list is expected, such as America/New_York, or EST for five hours behind UTC all year."
            raise Refused(ErrorCode.INVALID_VALUE, text, field=zone)
        return self


def _is_zone(name: str) -> bool:
    """Whether the name means the same on every machine."""
    try:
        return bool(ZoneInfo(name).key) and not name.startswith(_OF_THIS_MACHINE)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


@dataclass(frozen=True, order=True)
class Slot:
    """One time of a schedule: the moment in UTC, and its name, under which it happens once."""

    at: datetime
    name: str


def newest(rhythm: Rhythm, since: datetime, now: datetime) -> Slot | None:
    """The last time after `since` that has come. Of many that were missed only this one is made up for."""
    come = [slot for slot in _around(rhythm, now) if since < slot.at <= now]
    return max(come, default=None)


def following(rhythm: Rhythm, after: datetime) -> Slot | None:
    """The first time after a moment; None where there is none."""
    return min((slot for slot in _around(rhythm, after) if slot.at > after), default=None)


def of_day(rhythm: Rhythm, day: date) -> Slot:
    """The time of a daily schedule on a local date."""
    hour, minute = map(int, rhythm.time.split(":"))
    at = moment(day, local_time(hour, minute), ZoneInfo(rhythm.zone))
    return Slot(at, f"{day} {rhythm.time} {rhythm.zone}")


def local_day(rhythm: Rhythm, at: datetime) -> date:
    return at.astimezone(ZoneInfo(rhythm.zone)).date()


def moment(day: date, time: local_time, zone: ZoneInfo) -> datetime:
    """A local time in UTC. One that comes twice is meant the first time; in place of one that is left out comes the next that exists."""
    wanted = datetime.combine(day, time, zone)
    found = wanted.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wanted.replace(tzinfo=None):
        return found
    return _change(wanted.replace(fold=1).astimezone(UTC), found, zone)


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The moment between the two at which the clocks of the zone are set forward, to the second."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def _around(rhythm: Rhythm, moment_: datetime) -> Iterator[Slot]:
    """The times just before and after a moment, in no order."""
    if rhythm.frequency is Frequency.NEVER:
        return
    if rhythm.frequency is Frequency.DAILY:
        today = local_day(rhythm, moment_)
        yield from (of_day(rhythm, today + _DAY * step) for step in (-2, -1, 0, 1, 2))
        return
    hours = _HOURS[rhythm.frequency]
    start = moment_.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    start -= timedelta(hours=start.hour % hours)
    for step in (-1, 0, 1):
        at = start + timedelta(hours=hours * step)
        yield Slot(at, f"{at:%Y-%m-%dT%H}Z")
