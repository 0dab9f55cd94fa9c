"""The hours in which a room's code works: around the plan, and around a session that was begun on another day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.door import Door, door, next_door

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
STARTS = datetime(2026, 1, 13, 14, tzinfo=UTC)
PLANNED = CohortSession("a", 1, STARTS.replace(tzinfo=None), "Europe/London")
AS_PLANNED = Door(STARTS - HOUR, STARTS + 3 * HOUR)
EARLIER = STARTS - 8 * DAY
RUN = replace(PLANNED, began_at=EARLIER)


def test_a_session_that_was_not_begun_has_its_hours_and_no_others() -> None:
    assert door(PLANNED, EARLIER) == AS_PLANNED
    assert door(PLANNED, AS_PLANNED.closes) is None


def test_a_session_begun_on_another_day_is_open_while_it_is_on_and_for_some_hours_at_most() -> None:
    while_on = Door(EARLIER, EARLIER + 3 * HOUR)

    assert door(RUN, EARLIER) == while_on
    assert door(RUN, while_on.closes) == AS_PLANNED, "never ended: whoever comes on the day can still knock"
    assert door(RUN, AS_PLANNED.closes) is None


def test_one_that_was_begun_after_its_day_is_open_too() -> None:
    late = replace(PLANNED, began_at=STARTS + 2 * DAY)

    assert door(late, STARTS + 2 * DAY) == Door(STARTS + 2 * DAY, STARTS + 2 * DAY + 3 * HOUR)
    assert door(late, STARTS + 2 * DAY + 3 * HOUR) is None


def test_when_it_ends_its_door_closes_for_good() -> None:
    ended = replace(RUN, ended_at=EARLIER + HOUR)

    assert door(ended, EARLIER + HOUR / 2) == Door(EARLIER, EARLIER + HOUR)
    assert door(ended, EARLIER + HOUR) is None
    assert door(ended, STARTS) is None


def test_one_that_was_begun_on_its_day_keeps_its_hours_and_runs_late() -> None:
    in_time, late = replace(PLANNED, began_at=STARTS), replace(PLANNED, began_at=STARTS + 2 * HOUR)

    assert door(in_time, STARTS) == AS_PLANNED
    assert door(replace(in_time, ended_at=STARTS + HOUR), STARTS + 2 * HOUR) == AS_PLANNED
    assert door(late, STARTS + 2 * HOUR) == Door(STARTS - HOUR, STARTS + 5 * HOUR)


def test_of_two_that_are_open_the_one_that_is_on_is_shown() -> None:
    second = CohortSession("b", 2, (STARTS + 7 * DAY).replace(tzinfo=None), "Europe/London", began_at=STARTS)

    assert next_door([PLANNED, second], STARTS) == (second, Door(STARTS, STARTS + 3 * HOUR))
    assert next_door([PLANNED, replace(second, began_at=None)], STARTS) == (PLANNED, AS_PLANNED)
    assert next_door([replace(PLANNED, cancelled=True), second], STARTS + 8 * DAY) is None


def test_the_day_of_a_session_is_the_one_on_which_it_was_begun_on_its_own_clock() -> None:
    summer = replace(PLANNED, began_at=datetime(2026, 6, 1, 23, 30, tzinfo=UTC))

    assert f"{PLANNED.day} {summer.day}" == "2026-01-13 2026-06-02"
