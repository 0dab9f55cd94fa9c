"""The hours in which the code of a meeting's room works: around the meeting as planned, and around a session that was
begun on another day for as long as it is on. Between meetings nobody can knock (security-and-reliability.md §D2 3 and
threat 2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mcm_core.domain.cohort import CohortSession, held

#: How long before a meeting its code begins to work, and how long after it the code still does: people come early, and
#: meetings run late.
AROUND = timedelta(hours=1)


@dataclass(frozen=True)
class Door:
    """Hours in which one can knock."""

    opens: datetime
    closes: datetime

    def is_open(self, at: datetime) -> bool:
        return self.opens <= at < self.closes


def door(meeting: CohortSession, at: datetime) -> Door | None:
    """The hours that are on, or else come next; None when the last are over."""
    return next((one for one in _doors(meeting) if one.closes > at), None)


def next_door(sessions: Sequence[CohortSession], at: datetime) -> tuple[CohortSession, Door] | None:
    """The meeting whose door is open, or else opens next, and its hours; None when the last has closed.

    Of several that are open it is that of the session which is on.
    """
    ahead = [(meeting, found) for meeting in held(sessions) if (found := door(meeting, at))]

    def order(one: tuple[CohortSession, Door]) -> tuple[bool, bool, datetime]:
        meeting, hours = one
        is_on = meeting.began_at is not None and meeting.ended_at is None
        return not hours.is_open(at), not is_on, hours.opens

    return min(ahead, key=order, default=None)


def _doors(meeting: CohortSession) -> list[Door]:
    """All of them, the earliest first. Once a session that was begun on another day has ended, its door is closed for
    good: what was planned is over with it."""
    planned = Door(meeting.starts_at.astimezone(UTC) - AROUND, meeting.ends_at + AROUND)
    if meeting.began_at is None:
        return [planned]
    late = meeting.began_at + timedelta(minutes=meeting.minutes) + AROUND
    if planned.is_open(meeting.began_at):
        return [planned if meeting.ended_at else Door(planned.opens, max(planned.closes, late))]
    run = Door(meeting.began_at, min(meeting.ended_at or late, late))
    return [run] if meeting.ended_at else sorted([run, planned], key=lambda one: one.opens)
