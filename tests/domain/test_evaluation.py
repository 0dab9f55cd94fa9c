"""When the form after the last session is open, and what it takes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.errors import Refused
from mcm_core.domain.evaluation import Question, Window, refuse_answer, refuse_closed, window
from tests.builders import text

LEVELS = Question("practice", text("How far?"), (text("Thinking"), text("Doing")))
WORDS = Question("surprised", text("What surprised you?"))
TAP = Question("interview", text("May we?"), yes=text("Yes"))


def meeting(number: int, day: date) -> CohortSession:
    return CohortSession(str(number), number, datetime.combine(day, time(14)), "Europe/London")


def meetings(last: date) -> list[CohortSession]:
    return [meeting(number, last - timedelta(weeks=6 - number)) for number in range(1, 7)]


def test_it_is_open_from_the_last_sessions_start_until_seven_days_after_its_end() -> None:
    open_ = window(meetings(date(2026, 2, 17)))

    assert open_.opens == datetime(2026, 2, 17, 14, tzinfo=UTC)
    assert open_.closes == datetime(2026, 2, 24, 16, tzinfo=UTC)
    assert not open_.is_open(open_.opens - timedelta(seconds=1))
    assert open_.is_open(open_.opens)
    assert not open_.is_open(open_.closes)


def test_seven_days_end_at_the_same_hour_when_the_clocks_change() -> None:
    """In October the hour comes back: seven days on the wall are seven days and an hour."""
    open_ = window(meetings(date(2021, 10, 25)))

    assert open_.closes == datetime(2021, 11, 1, 16, tzinfo=UTC)
    assert open_.closes - open_.opens == timedelta(days=7, hours=3)


def test_the_last_session_is_the_one_that_ends_last() -> None:
    """Sessions may run out of order (domain.md §5 row 38)."""
    moved = meetings(date(2026, 2, 17))
    moved[2] = meeting(3, date(2026, 3, 1))

    assert window(moved).opens == datetime(2026, 3, 1, 14, tzinfo=UTC)


def test_a_session_begun_early_opens_it_and_one_begun_late_does_not_keep_it_shut() -> None:
    planned = window(meetings(date(2026, 2, 17)))

    early, late = (window(meetings(date(2026, 2, 17)), planned.opens + timedelta(hours=by)) for by in (-2, 1))

    assert early == Window(planned.opens - timedelta(hours=2), planned.closes)
    assert late == planned


def test_outside_it_says_when() -> None:
    open_ = window(meetings(date(2026, 2, 17)))

    with pytest.raises(Refused, match="opens with the last session, on 17 February"):
        refuse_closed(open_, "Europe/London", open_.opens - timedelta(days=1))
    with pytest.raises(Refused, match=r"closed on Tuesday 24 February 2026, 16:00 \(Europe/London\), so this was not"):
        refuse_closed(open_, "Europe/London", open_.closes)
    refuse_closed(open_, "Europe/London", open_.opens)


@pytest.mark.parametrize(
    ("question", "level", "body"),
    [(LEVELS, 3, ""), (LEVELS, 0, ""), (LEVELS, 1, "and words"), (WORDS, 1, ""), (WORDS, None, "x" * 4001),
     (TAP, 2, ""), (TAP, -3, ""), (LEVELS, -1, ""), (TAP, None, "yes")],
)  # fmt: skip
def test_what_the_question_does_not_have_is_refused(question: Question, level: int | None, body: str) -> None:
    with pytest.raises(Refused):
        refuse_answer(question, level, body)


@pytest.mark.parametrize(
    ("question", "level", "body"), [(LEVELS, 2, ""), (LEVELS, -3, ""), (WORDS, None, "x" * 4000), (TAP, 1, "")]
)
def test_what_it_has_is_taken(question: Question, level: int | None, body: str) -> None:
    refuse_answer(question, level, body)
