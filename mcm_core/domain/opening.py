"""How a cohort finds its people: the public page, its stages, and the moments at which they change.

Source: seed 002 (timeline and deadline), domain.md §1C rows 60 to 72. Times are a clock on the wall of the cohort's
zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.errors import Refused
from mcm_core.domain.retention import months_after

TEXT_MAX = 4000
DROP_IN_MINUTES = 60  # seed 002: 3 to 4 pm
#: Counted from the Monday of session one (domain.md §4.7 `timeline_offsets_days`, from the dates of seed 002).
DROP_IN_DAYS, DROP_IN_TIME = -26, time(15)
CLOSES_DAYS, CLOSES_TIME = -19, time(9)
#: How long what people wrote is kept who did not become members. Ours.
MONTHS_KEPT = 3


class Stage(StrEnum):
    """Where an opening stands. `DROP_IN`: the drop-in has begun, and one can still apply."""

    DRAFT = "draft"
    OPEN = "open"
    DROP_IN = "drop-in"
    CLOSED = "closed"
    CONFIRMED = "confirmed"


#: The stages in which the public page takes applications from everybody.
TAKES = frozenset({Stage.OPEN, Stage.DROP_IN})


@dataclass(frozen=True)
class Plan:
    """When the drop-in is and when applications close, as a facilitator writes it down. No drop-in is fine."""

    closes: datetime
    drop_in: datetime | None = None
    drop_in_minutes: int = DROP_IN_MINUTES
    drop_in_link: str = ""


@dataclass(frozen=True)
class Opening:
    """A cohort's public page. `words` are its texts by the key of the section; `slug` is the end of its address."""

    cohort_id: str
    slug: str
    time_zone: str
    plan: Plan
    words: Mapping[str, str]
    takes_late: bool = False
    published_at: datetime | None = None
    confirmed_at: datetime | None = None
    dates_fixed_at: datetime | None = None

    @property
    def closes_at(self) -> datetime:
        """The first moment that is too late."""
        return moment(self.plan.closes, self.time_zone)

    @property
    def drop_in_at(self) -> datetime | None:
        return moment(self.plan.drop_in, self.time_zone) if self.plan.drop_in else None

    @property
    def drop_in_ends(self) -> datetime | None:
        return self.drop_in_at + timedelta(minutes=self.plan.drop_in_minutes) if self.drop_in_at else None

    @property
    def kept_until(self) -> date:
        """The day on which everything goes that people wrote who did not become members."""
        return months_after(self.plan.closes.date(), MONTHS_KEPT)

    def stage(self, at: datetime) -> Stage:
        """Where it stands at a moment."""
        if self.published_at is None:
            return Stage.DRAFT
        if self.confirmed_at:
            return Stage.CONFIRMED
        if at >= self.closes_at:
            return Stage.CLOSED
        return Stage.DROP_IN if self.drop_in_at and at >= self.drop_in_at else Stage.OPEN


def moment(local: datetime, time_zone: str) -> datetime:
    """A clock on the wall as a moment in UTC. An hour that comes twice ends with its second: nobody is a minute late
    because the clocks were put back."""
    return local.replace(tzinfo=ZoneInfo(time_zone), fold=1).astimezone(UTC)


def spoken(local: datetime, time_zone: str) -> str:
    """A day and time as a sentence has it: Wednesday 21 July 2021, 09:00 (Europe/London)."""
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M} ({time_zone.replace('_', ' ')})"


def date_line(meeting: CohortSession) -> str:
    """One session in a list of dates: Session 1: Tuesday 13 January 2026, 14:00 (Europe/London)."""
    when = "will not take place" if meeting.cancelled else spoken(meeting.starts_local, meeting.time_zone)
    return f"Session {meeting.number}: {when}"


def usual_plan(first_session: date) -> Plan:
    """The template of seed 002 for a first session in this week: close on the Wednesday 19 days before its Monday."""
    monday = first_session - timedelta(days=first_session.weekday())
    return Plan(
        closes=datetime.combine(monday + timedelta(days=CLOSES_DAYS), CLOSES_TIME),
        drop_in=datetime.combine(monday + timedelta(days=DROP_IN_DAYS), DROP_IN_TIME),
    )


def plan_ahead(first_session: date, today: date) -> Plan:
    """What a form proposes: the usual plan as far as it lies ahead. Applications close tomorrow at the earliest, and a
    drop-in that would be over is left out."""
    usual = usual_plan(first_session)
    closes = max(usual.closes, datetime.combine(today + timedelta(days=1), CLOSES_TIME))
    return Plan(closes, usual.drop_in if usual.drop_in and usual.drop_in.date() > today else None)


def drop_in_before(closes: datetime, today: date) -> datetime:
    """What a form proposes for a drop-in where there was none: as long before the close as usual, or on the day before
    where that is over."""
    day = closes.date() + timedelta(days=DROP_IN_DAYS - CLOSES_DAYS)
    return datetime.combine(day if day > today else closes.date() - timedelta(days=1), DROP_IN_TIME)


def next_plan(first: datetime, time_zone: str, at: datetime) -> Plan:
    """When applications close for a cohort that is prepared in advance, and meets first at `first` on its wall: as
    usual, or at that moment where the usual one is over."""
    usual = usual_plan(first.date())
    return Plan(usual.closes if moment(usual.closes, time_zone) > at else first)


def refuse_plan(plan: Plan, time_zone: str) -> None:
    """Raise Refused for an hour that the clocks skip, a drop-in after the deadline or too long, or too long a link."""
    for local in (plan.closes, plan.drop_in):
        if local and _is_skipped(local, time_zone):
            raise Refused(
                f"On {local.day} {local:%B %Y} the clocks go forward, and there is no {local:%H:%M}. "
                "Choose another time."
            )
    if plan.drop_in and plan.drop_in >= plan.closes:
        raise Refused("The drop-in comes after applications have closed. Choose an earlier drop-in or a later close.")
    if plan.drop_in and not 10 <= plan.drop_in_minutes <= 240:
        raise Refused("A drop-in lasts between 10 minutes and 4 hours.")
    if len(plan.drop_in_link) > 400 or any(ord(mark) < 32 for mark in plan.drop_in_link):
        raise Refused("The link to the drop-in is too long, or holds a line break. Copy it once more.")


def refuse_past(plan: Plan, time_zone: str, at: datetime) -> None:
    """Raise Refused when applications would have closed before the page is published."""
    if moment(plan.closes, time_zone) <= at:
        raise Refused(
            f"{plan.closes.day} {plan.closes:%B %Y, %H:%M} is in the past: nobody could apply. Choose a later day."
        )


def clean_words(words: Mapping[str, str], keys: frozenset[str]) -> dict[str, str]:
    """The texts of the page for storing. Raises Refused for one that is too long, or a section that there is not."""
    if not words.keys() <= keys:
        raise Refused("One of these sections is not on the page. Load the page again.")
    cleaned = {key: text.replace("\x00", "").replace("\r\n", "\n").strip() for key, text in words.items()}
    for text in cleaned.values():
        if len(text) > TEXT_MAX:
            raise Refused(f"“{text[:30]}…” is too long for one section (at most {TEXT_MAX:,} characters). Shorten it.")
    return cleaned


def _is_skipped(local: datetime, time_zone: str) -> bool:
    zone = ZoneInfo(time_zone)
    return local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local
