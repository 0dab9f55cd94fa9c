"""When a copy of the database is due, and which copies have had their time.

The numbers are ours: a week back day by day and a month back week by week. Nothing that somebody erased lies in a copy
for much longer than that month.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

EVERY = timedelta(days=1)
DAYS, WEEKS = 7, 4
ASIDE = timedelta(weeks=WEEKS)
TOO_OLD = timedelta(days=2)


@dataclass(frozen=True)
class Kept:
    """A copy that lies in the folder. `aside`: made before an upgrade or a restore, not because a day had passed."""

    name: str
    at: datetime
    aside: bool = False


@dataclass(frozen=True)
class Failed:
    """A try that came to nothing, and why, in words for whoever runs the server."""

    at: datetime
    why: str


def is_due(newest: datetime | None, at: datetime) -> bool:
    """Whether it is time for a copy. One from the future, by a clock that was wrong, counts for a day as well."""
    return newest is None or abs(at - newest) >= EVERY


def outdated(copies: Collection[Kept], at: datetime) -> list[Kept]:
    """The copies to delete. Stays: all of the last 24 hours, the newest of each of the last 7 days and 4 weeks that
    have one, and those laid aside for 4 weeks. The newest of all is never among the outdated ones.
    """
    regular = sorted((one for one in copies if not one.aside), key=lambda one: one.at, reverse=True)
    stays = {one.name for one in regular if at - one.at < EVERY}
    stays |= _newest_of_each(regular, lambda one: one.at.date(), DAYS)
    stays |= _newest_of_each(regular, lambda one: one.at.isocalendar()[:2], WEEKS)
    stays |= {one.name for one in copies if one.aside and at - one.at < ASIDE}
    return [one for one in copies if one.name not in stays]


def _newest_of_each(newest_first: list[Kept], period: Callable[[Kept], object], most: int) -> set[str]:
    first: dict[object, str] = {}
    for one in newest_first:
        first.setdefault(period(one), one.name)
    return set(list(first.values())[:most])
