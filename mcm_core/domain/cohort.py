"""Up to twenty people who meet six times, and the arithmetic of their calendar."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from mcm_core.domain.errors import Refused

MEMBERS_MAX = 20
SESSIONS = 6
SESSION_MINUTES = 120
INTERVAL_DAYS = 7
NAME_MAX = 80
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ADDRESS = re.compile(r"(?P<name>|.* )<?(?P<address>[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+)>?")
KINDS = {1: "orientation", 6: "review"}  # seed 002; the four between are topic sessions


@dataclass(frozen=True)
class CohortSession:
    """One of the six meetings. `starts_at` knows its zone; `starts_local` is the same as a clock on the wall."""

    id: str
    number: int
    starts_local: datetime
    time_zone: str
    minutes: int = SESSION_MINUTES
    #: Goes up with every change that a calendar must hear of.
    sequence: int = 0
    #: It does not run, and keeps its number (domain.md §5 row 37).
    cancelled: bool = False
    #: When it was ended in the app, if it was run there.
    ended_at: datetime | None = None
    #: When it was begun in the app, if it was.
    began_at: datetime | None = None

    @property
    def starts_at(self) -> datetime:
        return self.starts_local.replace(tzinfo=ZoneInfo(self.time_zone))

    @property
    def ends_at(self) -> datetime:
        return self.starts_at.astimezone(UTC) + timedelta(minutes=self.minutes)  # real minutes, if clocks change

    @property
    def over_at(self) -> datetime:
        """When it really ended, if it was ended early in the app; else its planned end."""
        return min(self.ended_at or self.ends_at, self.ends_at)

    @property
    def midnight(self) -> datetime:
        """The end of the day on which the meeting ends, on the clock of its own zone: when a guest's way in ends."""
        zone = ZoneInfo(self.time_zone)
        tomorrow = self.ends_at.astimezone(zone).date() + timedelta(days=1)
        return datetime.combine(tomorrow, time(0), zone).astimezone(UTC)

    @property
    def day(self) -> date:
        """The day on which it was begun, on the clock of its own zone; of any other the planned one (domain.md §5
        row 36)."""
        began = self.began_at and self.began_at.astimezone(ZoneInfo(self.time_zone))
        return (began or self.starts_local).date()

    @property
    def kind(self) -> str:
        """Orientation, topic or review."""
        return KINDS.get(self.number, "topic")


@dataclass(frozen=True)
class Cohort:
    """A cohort as its people know it. `phase` goes up whenever the screens must be drawn anew."""

    id: str
    name: str
    time_zone: str
    threshold: int
    phase: int
    sessions: tuple[CohortSession, ...]
    #: Whether the group said that who comes later reads what it wrote for itself before.
    newcomers_read: bool = False
    #: Whether it said anything, yes or no.
    newcomers_asked: bool = False

    def session(self, number: int) -> CohortSession:
        """The meeting with this number, 1 to 6."""
        return self.sessions[number - 1]

    @property
    def start_ends(self) -> datetime:
        """Until then members are asked what they hope for, and what they said is what they said at the start."""
        return self.session(2).ends_at


@dataclass(frozen=True)
class Member:
    """One of the up to twenty people. `devices` counts the browsers that are in as them."""

    id: str
    name: str
    joined_at: datetime | None
    devices: int = 0
    email: str | None = None


def six_dates(first: date, weekday: int, at: time) -> tuple[datetime, ...]:
    """Six weekly wall-clock starts: the first `weekday` (Monday = 0) on or after `first`, then every seven days."""
    start = first + timedelta(days=(weekday - first.weekday()) % 7)
    return tuple(datetime.combine(start + timedelta(days=INTERVAL_DAYS * week), at) for week in range(SESSIONS))


def held(sessions: Sequence[CohortSession]) -> list[CohortSession]:
    """Those that were not cancelled."""
    return [meeting for meeting in sessions if not meeting.cancelled]


def current_session(sessions: Sequence[CohortSession], now: datetime) -> CohortSession:
    """The meeting that is on, was last, or comes first: the latest that has begun or begins within twelve hours.

    One that was cancelled is not on.
    """
    begun = [meeting for meeting in held(sessions) if meeting.starts_at <= now + timedelta(hours=12)]
    return max(begun, key=lambda meeting: meeting.starts_at, default=(held(sessions) or sessions)[0])


def next_session(sessions: Sequence[CohortSession], now: datetime) -> CohortSession | None:
    """The first meeting that has not ended, or None after the last."""
    ahead = [meeting for meeting in held(sessions) if meeting.over_at > now]
    return min(ahead, key=lambda meeting: meeting.starts_at, default=None)


def nearest(cohorts: Sequence[Cohort], now: datetime) -> Cohort:
    """The one that meets today, in its own zone; else the one with the meeting nearest to now. Of equals the first."""

    def far(cohort: Cohort) -> tuple[bool, timedelta]:
        today = now.astimezone(ZoneInfo(cohort.time_zone)).date()
        is_today = any(meeting.starts_local.date() == today for meeting in held(cohort.sessions))
        apart = (max(meeting.starts_at - now, now - meeting.ends_at) for meeting in cohort.sessions)
        return not is_today, min(max(gap, timedelta(0)) for gap in apart)

    return min(cohorts, key=far)


def refuse_past(starts: Sequence[datetime], time_zone: str, now: datetime) -> None:
    """Raise Refused if any wall-clock start lies on a day before today, in the cohort's zone."""
    today = now.astimezone(ZoneInfo(time_zone)).date()
    for start in starts:
        if start.date() < today:
            raise Refused(f"{start:%d %B %Y} is in the past. Choose today or a later day.")


@cache
def time_zones() -> frozenset[str]:
    """The IANA names. Kept: the standard library looks through hundreds of files for them every time."""
    return frozenset(available_timezones())


def refuse_zone(time_zone: str) -> None:
    """Raise Refused unless the zone is one of the IANA names."""
    if time_zone not in time_zones():
        raise Refused("That time zone is not known. Choose one from the list, such as Europe/London.")


def clean_name(name: str, *, what: str = "name") -> str:
    """A name for storing: one line, no control characters, single spaces. Raises Refused when empty or too long."""
    printable = "".join(" " if unicodedata.category(mark)[0] == "C" else mark for mark in name)
    cleaned = " ".join(printable.split())
    if not cleaned:
        raise Refused(f"The {what} is empty. Write one first.")
    if len(cleaned) > NAME_MAX:
        raise Refused(f"“{cleaned[:30]}…” is too long for a {what} (at most {NAME_MAX} characters). Shorten it.")
    return cleaned


def folded(words: str) -> str:
    """Words for comparing and searching: lower case, accents off, single spaces."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    return " ".join("".join(mark for mark in plain if not unicodedata.combining(mark)).split())


def people_from(pasted: str) -> list[tuple[str, str]]:
    """Names and e-mail addresses ("" for none) from a pasted list: as `names_from`, and an address behind its name,
    or on its own after it, as spreadsheets and address books have it."""
    people: list[tuple[str, str]] = []
    for entry in names_from(pasted):
        name, address = _parted(entry)
        if not name and people and not people[-1][1]:
            people[-1] = (people[-1][0], address)
        else:
            people.append((name or entry, address if name else ""))
    return people


def _parted(entry: str) -> tuple[str, str]:
    found = _ADDRESS.fullmatch(entry)
    return (found["name"].strip(' "'), found["address"]) if found else (entry, "")


def names_from(pasted: str) -> list[str]:
    """The lines of a pasted list: one a line, or parted by commas or semicolons; leading numbers and bullets go."""
    parts = re.split(r"[\n\r,;]+", pasted)
    bare = (re.sub(r"^\s*(?:\d+[.)]\s*|[-–•*]\s*)", "", part) for part in parts)
    return [clean_name(part) for part in bare if part.strip()]


def refuse_members(present: Sequence[str], added: Sequence[str]) -> None:
    """Raise Refused when a name stands twice or the cohort would pass twenty members."""
    seen = {folded(name): "is already a member" for name in present}
    for name in added:
        if twice := seen.get(folded(name)):
            raise Refused(f"“{name}” {twice}. Add a surname or initial to tell two people apart.")
        seen[folded(name)] = "is in your list twice"
    if len(seen) > MEMBERS_MAX:
        room = MEMBERS_MAX - len(present)
        raise Refused(
            f"A cohort has at most {MEMBERS_MAX} members, so that people can get to know each other. "
            f"There is room for {room} more and you added {len(added)}; nobody was added. Shorten the list."
        )


def elsewhere(moment: datetime, local: datetime, zone: str | None) -> datetime | None:
    """A moment on the clock of another zone, such as that of somebody's phone. None where that is the same as `local`
    on the cohort's clock, and where the zone is not known (domain.md §5 row 39)."""
    try:
        there = moment.astimezone(ZoneInfo(zone or ""))
    except (KeyError, OSError, ValueError):  # what a browser says may be anything, and there is no list to look it up
        return None
    return None if there.replace(tzinfo=None) == local else there


def days_until(meeting: CohortSession, now: datetime) -> str:
    """How far off a meeting is, in words of its own time zone: "now", "today", "tomorrow", "in 5 days"."""
    if meeting.starts_at <= now < meeting.ends_at:
        return "now"
    days = (meeting.starts_local.date() - now.astimezone(ZoneInfo(meeting.time_zone)).date()).days
    if days < 0:
        return "over"
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
