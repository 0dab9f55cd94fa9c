"""Six meetings as an .ics file (RFC 5545), for one person and without a word about anybody or anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from uuid import NAMESPACE_OID, uuid5
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Calendar, Event, Timezone

from mcm_core.domain.cohort import CohortSession

NAME = "sessions.ics"
MEDIA_TYPE = "text/calendar; charset=utf-8; method=PUBLISH"
LOOK_AGAIN = timedelta(hours=6)
YEAR = timedelta(days=365)


def calendar_file(meetings: Sequence[CohortSession], person: str, *, at: datetime) -> bytes:
    """The meetings as a calendar to follow or to take in. `person` is an id that stays, and is not in the file.

    Every meeting keeps its UID for this person whatever becomes of it; a move raises SEQUENCE, and a cancelled meeting
    stays with STATUS:CANCELLED. Times are on the clocks of their zone, whose changes the file explains (VTIMEZONE). A
    zone without any change is given in UTC; of a zone that this computer does not know, the time on the wall is given.
    """
    made = Calendar()
    made.add("prodid", "-//Sessions//Sessions//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", "Sessions")
    made.add("refresh-interval", LOOK_AGAIN, parameters={"VALUE": "DURATION"})  # RFC 7986 §5.7
    for zone in sorted({meeting.time_zone for meeting in meetings}):
        if isinstance(_clock(zone, meetings), ZoneInfo):
            made.add_component(_explained(zone, meetings))
    for meeting in meetings:
        made.add_component(_event(meeting, _clock(meeting.time_zone, meetings), person, at))
    written: bytes = made.to_ical()
    return written


def _event(meeting: CohortSession, clock: tzinfo | None, person: str, at: datetime) -> Event:
    """One meeting. `clock` None: nobody here knows its zone."""
    begins = meeting.starts_local if clock is None else meeting.starts_at.astimezone(clock)
    ends = begins + timedelta(minutes=meeting.minutes) if clock is None else meeting.ends_at.astimezone(clock)
    made = Event()
    made.add("uid", str(uuid5(NAMESPACE_OID, f"{meeting.id}/{person}")))
    made.add("sequence", meeting.sequence)
    made.add("dtstamp", at)
    made.add("dtstart", begins)
    made.add("dtend", ends)
    made.add("summary", f"Session {meeting.number}")
    made.add("status", "CANCELLED" if meeting.cancelled else "CONFIRMED")
    made.add("class", "PRIVATE")
    return made


def _clock(zone: str, meetings: Sequence[CohortSession]) -> tzinfo | None:
    """The clock on which to write times of this zone: its own, UTC where it never changes, None if it is unknown."""
    try:
        own = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return None
    first = min(meeting.starts_local for meeting in meetings).replace(tzinfo=UTC)
    offsets = {(first + YEAR / 12 * month).astimezone(own).utcoffset() for month in range(13)}
    return own if len(offsets) > 1 else UTC


def _explained(zone: str, meetings: Sequence[CohortSession]) -> Timezone:
    """When the clocks of this zone change, from a year before the first meeting until a year after the last."""
    starts = [meeting.starts_local for meeting in meetings]
    return Timezone.from_tzid(zone, first_date=(min(starts) - YEAR).date(), last_date=(max(starts) + YEAR).date())
