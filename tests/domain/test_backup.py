"""When a copy is due, and which stay: a week day by day, a month week by week."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mcm_core.domain.backup import Kept, is_due, outdated

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def copies(*ages: timedelta, aside: bool = False) -> list[Kept]:
    return [Kept(f"{'aside ' if aside else ''}{age}", NOW - age, aside) for age in ages]


def stay(found: list[Kept]) -> list[timedelta]:
    gone = {one.name for one in outdated(found, NOW)}
    return sorted(NOW - one.at for one in found if one.name not in gone)


def test_a_copy_is_due_when_there_is_none_or_a_day_has_passed() -> None:
    assert is_due(None, NOW)
    assert is_due(NOW - DAY, NOW)
    assert not is_due(NOW - 23 * HOUR, NOW)


def test_a_clock_that_was_wrong_neither_stops_the_copies_nor_makes_one_every_hour() -> None:
    assert not is_due(NOW + HOUR, NOW)
    assert is_due(NOW + 400 * DAY, NOW)


def test_after_two_months_there_are_a_week_of_days_and_a_month_of_weeks() -> None:
    every_day = copies(*(number * DAY for number in range(60)))

    # seven days back from Friday, then the Sundays that end the three weeks before this one
    assert stay(every_day) == [number * DAY for number in range(7)] + [12 * DAY, 19 * DAY]


def test_what_was_made_in_the_last_day_stays_and_older_ones_of_one_day_become_one() -> None:
    assert stay(copies(HOUR, 2 * HOUR, 3 * HOUR)) == [HOUR, 2 * HOUR, 3 * HOUR]
    assert stay(copies(HOUR, 3 * DAY, 3 * DAY + HOUR, 3 * DAY + 2 * HOUR)) == [HOUR, 3 * DAY]


def test_a_server_that_was_off_for_a_year_loses_nothing_for_lack_of_new_ones() -> None:
    a_year_ago = copies(*(365 * DAY + number * DAY for number in range(7)))

    assert stay(a_year_ago) == [365 * DAY + number * DAY for number in range(7)]
    assert outdated([], NOW) == []


def test_what_was_laid_aside_stays_four_weeks_and_takes_nobodys_place() -> None:
    found = [*copies(HOUR), *copies(2 * HOUR, 27 * DAY, 29 * DAY, aside=True)]

    assert stay(found) == [HOUR, 2 * HOUR, 27 * DAY]
