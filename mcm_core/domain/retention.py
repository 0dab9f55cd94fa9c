"""How long a cohort is kept, and when people are warned.

Source: domain.md §5 row 60 (six months after the evaluation, which is the sixth session; a warning 30 days before).
The limits are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.errors import Refused

MONTHS, MONTHS_MIN, MONTHS_MAX = 6, 1, 12
WARNING = timedelta(days=30)


@dataclass(frozen=True)
class Keeping:
    """Until when a cohort is kept. `deleted_on` once it is over: then only what holds no person is left."""

    until: date
    default: date
    earliest: date
    latest: date
    is_warning: bool = False
    deleted_on: date | None = None


def keeping(
    sessions: Sequence[CohortSession],
    *,
    chosen: date | None,
    warned_at: datetime | None,
    deleted_at: datetime | None,
    at: datetime,
) -> Keeping:
    """When this cohort is deleted: the chosen date or the default, but nobody's data unwarned.

    A cohort that was not looked after for months (the server was off) is warned first and kept 30 days more.
    """
    last = max(meeting.ends_at for meeting in sessions).date()
    today = at.astimezone(UTC).date()
    until = max(chosen or months_after(last, MONTHS), months_after(last, MONTHS_MIN))
    if warned_at:
        until = max(until, (warned_at + WARNING).date())
    elif until < today + WARNING:
        until = max(until, today + WARNING)
    return Keeping(
        until=until,
        default=months_after(last, MONTHS),
        earliest=max(months_after(last, MONTHS_MIN), today + WARNING),
        latest=max(months_after(last, MONTHS_MAX), today + WARNING),
        is_warning=deleted_at is None and today >= until - WARNING,
        deleted_on=deleted_at.date() if deleted_at else None,
    )


def refuse_date(wanted: date, now: Keeping) -> None:
    """Raise Refused for a date that leaves no time to warn people, or keeps them longer than a year."""
    if now.deleted_on:
        raise Refused("This cohort has been deleted already, so there is no date to choose.")
    if not now.earliest <= wanted <= now.latest:
        raise Refused(
            f"Choose a day from {now.earliest:%d %B %Y} to {now.latest:%d %B %Y}: people are told 30 days before, "
            f"and nothing is kept for longer than {MONTHS_MAX} months after the last session."
        )


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(year, month + 1, 1)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))
