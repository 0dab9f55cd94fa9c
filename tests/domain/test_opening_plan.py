"""What the form of the public page proposes lies ahead, however near the first session is."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from mcm_core.domain.opening import plan_ahead, usual_plan

FIRST = date(2026, 3, 10)  # a Tuesday: usually the drop-in is on 11 February, and applications close on the 18th


def test_while_there_is_time_the_usual_dates_are_proposed() -> None:
    assert plan_ahead(FIRST, date(2026, 2, 10)) == usual_plan(FIRST)


def test_a_drop_in_that_would_be_today_or_over_is_left_out() -> None:
    found = plan_ahead(FIRST, date(2026, 2, 11))

    assert (found.drop_in, found.closes) == (None, usual_plan(FIRST).closes)


def test_applications_close_tomorrow_at_the_earliest() -> None:
    for today in (date(2026, 2, 18), date(2026, 3, 9), date(2026, 3, 30)):
        assert plan_ahead(FIRST, today).closes == datetime.combine(today + timedelta(days=1), time(9))
