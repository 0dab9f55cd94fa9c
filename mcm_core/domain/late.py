"""Until when somebody who missed a vote answers it for themselves: seven days (domain.md §5 rows 2 to 4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from mcm_core.domain.cohort import CohortSession

DAYS = 7


def a_week_after(moment: datetime, time_zone: str) -> datetime:
    """Seven days later at the same hour on the wall, also when the clocks change meanwhile; in UTC."""
    zone = ZoneInfo(time_zone)
    later = moment.astimezone(zone).replace(tzinfo=None) + timedelta(days=DAYS)
    return later.replace(tzinfo=zone).astimezone(UTC)


def ended(meeting: CohortSession, revealed_at: datetime) -> datetime:
    """When a session is over for a vote of it: the session's end, or the reveal where that came after it."""
    return max(meeting.ends_at, revealed_at)


def closes(meeting: CohortSession, revealed_at: datetime) -> datetime:
    """The first moment at which a vote of this session is not answered afterwards any more."""
    return a_week_after(ended(meeting, revealed_at), meeting.time_zone)
