"""Choosing the weekly time: whom it suits, whom it would shut out, and what lies in the way of its six dates.

The majority decides, but nobody is shut out unseen: each choice names them before it is made (seed 002, domain.md §1C
rows 61 and 62).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from mcm_core.domain.application import Says
from mcm_core.domain.cohort import SESSION_MINUTES, WEEKDAYS, Cohort, CohortSession, held

Regions = Mapping[date, Mapping[str, tuple[str, ...]]]
"""Bank holidays by day: name → the regions that have it, () for the whole country."""


@dataclass(frozen=True)
class Slot:
    """One time of the week, and the names of those who said what about it. `silent` said nothing."""

    time: str
    prefer: tuple[str, ...]
    can: tuple[str, ...]
    shut_out: tuple[str, ...]
    silent: tuple[str, ...]


def outlook(times: Sequence[str], said: Mapping[str, Mapping[str, Says]]) -> tuple[Slot, ...]:
    """Every time of the week: the most who say that they can first, then the fewest shut out, then the most who prefer
    it, then in the order of the week.

    `said` is name → time → what they said. Silence is not “can”: a time that nobody spoke of suits nobody yet.
    """

    def who(time: str, wanted: Says | None) -> tuple[str, ...]:
        return tuple(sorted(name for name, week in said.items() if week.get(time) == wanted))

    found = [Slot(one, *(who(one, said) for said in (Says.PREFER, Says.CAN, Says.CANNOT, None))) for one in times]
    return tuple(sorted(found, key=lambda slot: (-len(slot.prefer + slot.can), len(slot.shut_out), -len(slot.prefer))))


def time_of(start: datetime, parts: Mapping[str, time]) -> str:
    """The time of the week that a start belongs to, as people are asked for it: “Tuesday afternoon”.

    `parts` are the parts of a day with their usual beginnings; the nearest one counts.
    """

    def far(part: str) -> int:
        usual = parts[part]
        return abs((start.hour - usual.hour) * 60 + start.minute - usual.minute)

    return f"{WEEKDAYS[start.weekday()]} {min(parts, key=far)}"


def moves(meeting: CohortSession, start: datetime) -> bool:
    """Whether this start is another one for a session. One that was cancelled would take place again."""
    return meeting.cancelled or meeting.starts_local != start


def on_holidays(starts: Mapping[int, datetime], holidays: Regions) -> tuple[str, ...]:
    """A sentence for every date that is a bank holiday, and where. `starts` are those of sessions, by their numbers."""
    return tuple(
        f"Session {number}, {_day(start)}, is a bank holiday: {name}{_where(regions)}."
        for number, start in starts.items()
        for name, regions in holidays.get(start.date(), {}).items()
    )


def on_clock_changes(starts: Sequence[datetime], time_zone: str) -> tuple[str, ...]:
    """A sentence for every change of the clocks between two of the dates: the time on the wall stays as it is."""
    zone = ZoneInfo(time_zone)
    said = []
    for number, (before, after) in enumerate(pairwise(starts), start=2):
        shift = _offset(after, zone) - _offset(before, zone)
        if shift:
            way = "back" if shift < timedelta(0) else "forward"
            said.append(
                f"The clocks go {way} between session {number - 1} and session {number}, {_day(after)}. It "
                f"still begins at {after:%H:%M} in {time_zone.replace('_', ' ')}; elsewhere it may be another hour."
            )
    return tuple(said)


def planned(starts: Sequence[datetime], time_zone: str, minutes: int = SESSION_MINUTES) -> tuple[CohortSession, ...]:
    """Sessions that are only thought of, numbered from 1."""
    return tuple(CohortSession("", number, start, time_zone, minutes) for number, start in enumerate(starts, start=1))


def on_other_cohorts(meetings: Sequence[CohortSession], others: Sequence[Cohort]) -> tuple[str, ...]:
    """A sentence for every session that overlaps one of another cohort."""
    return tuple(
        f"Session {meeting.number}, {_day(meeting.starts_local)}, is at the same time as a session of “{other.name}”."
        for meeting in meetings
        for other in others
        if overlapping([meeting], other)
    )


def overlapping(meetings: Sequence[CohortSession], other: Cohort) -> tuple[CohortSession, ...]:
    """Those during which the other cohort meets, too. What was cancelled is in nobody's way."""
    theirs = held(other.sessions)
    return tuple(
        meeting
        for meeting in meetings
        if any(one.starts_at < meeting.ends_at and meeting.starts_at < one.ends_at for one in theirs)
    )


def in_two_places(name: str, other: Cohort, meetings: Sequence[CohortSession]) -> str:
    """What to say of a member who is in another cohort, too, that meets during these sessions."""
    numbers = [str(meeting.number) for meeting in meetings]
    some = f"Sessions {', '.join(numbers[:-1])} and {numbers[-1]} are"
    which = f"Session {numbers[0]} is" if len(numbers) == 1 else some
    return (
        f"{name}, by their e-mail address, is in “{other.name}”, too. {which} at the same time there, and nobody can "
        "be in both. Ask which one they want, or move a date."
    )


def _offset(local: datetime, zone: ZoneInfo) -> timedelta:
    return local.replace(tzinfo=zone).utcoffset() or timedelta(0)


def _day(start: datetime) -> str:
    return f"{start:%A} {start.day} {start:%B %Y}"


def _where(regions: Sequence[str]) -> str:
    if not regions:
        return ""
    return f" (in {regions[0]})" if len(regions) == 1 else f" (in {', '.join(regions[:-1])} and {regions[-1]})"
