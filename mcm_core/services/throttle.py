"""Slowing down guesses. Every try is counted before its answer is known; a right one is taken back afterwards.

Keys are keyed hashes, so that the table tells nobody who tried. Nothing locks for good: every limit passes with time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import Refused
from mcm_core.store.tables import AttemptRow

MONTH = timedelta(days=30)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
PAUSE_MAX = 25


class Throttled(Refused):
    """Too many tries. `seconds` says when the next one is welcome, `otherwise` what can be done until then."""

    def __init__(self, seconds: int, otherwise: str = "") -> None:
        super().__init__(f"That was a little too often. Please try again in {_words(seconds)}. {otherwise}".rstrip())
        self.seconds = seconds


@dataclass(frozen=True)
class Limit:
    """At most `most` tries within `within`. After `free` of them, pauses of 1, 2, 4 … 25 seconds between two."""

    key: str
    most: int
    within: timedelta
    free: int | None = None

    def wait(self, tries: Sequence[datetime], at: datetime) -> timedelta:
        """How long to wait before the next try; `tries` are the earlier ones, oldest first."""
        recent = [moment for moment in tries if moment > at - self.within]
        if len(recent) >= self.most:
            return recent[-self.most] + self.within - at
        if self.free is not None and len(recent) >= self.free:
            return recent[-1] + timedelta(seconds=min(2 ** (len(recent) - self.free), PAUSE_MAX)) - at
        return timedelta(0)


def count(db: Session, limits: Sequence[Limit], *, at: datetime) -> tuple[str, ...]:
    """Count one try against every limit; returns what `forgive` takes. Raises Throttled, and then counts nothing."""
    db.execute(delete(AttemptRow).where(AttemptRow.until < at))
    wait = max(limit.wait(_tries(db, limit.key), at) for limit in limits)
    if wait > timedelta(0):
        raise Throttled(math.ceil(wait.total_seconds()))
    rows = [AttemptRow(key=limit.key, at=at, until=at + limit.within) for limit in limits]
    db.add_all(rows)
    db.flush()
    return tuple(row.id for row in rows)


def forgive(db: Session, counted: Sequence[str]) -> None:
    """Take back a try that turned out to be right."""
    db.execute(delete(AttemptRow).where(AttemptRow.id.in_(counted)))


def _tries(db: Session, key: str) -> Sequence[datetime]:
    if db.get_bind().dialect.name == "postgresql":
        # Tries at the same moment queue here; otherwise none of them would see the others.
        db.execute(select(func.pg_advisory_xact_lock(int(key[:15], 16))))
    return db.scalars(select(AttemptRow.at).where(AttemptRow.key == key).order_by(AttemptRow.at)).all()


def _words(seconds: int) -> str:
    units = ((2 * 86400, 86400, "day"), (2 * 3600, 3600, "hour"), (60, 60, "minute"), (0, 1, "second"))
    size, unit = next((size, unit) for least, size, unit in units if seconds >= least)
    amount = math.ceil(seconds / size)
    return f"{amount} {unit}" if amount == 1 else f"{amount} {unit}s"
