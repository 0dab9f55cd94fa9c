"""When the pulse of a session is open, on the clock on the wall; and what may be left out of somebody's words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.errors import Refused
from mcm_core.domain.news import LINE_MAX, Line, Outcome, clean_line, redacted, window


def local(words: str) -> datetime:
    """A moment as a clock on the wall shows it."""
    return datetime.fromisoformat(words)


def meetings(*starts: datetime, zone: str = "Europe/London") -> list[CohortSession]:
    return [CohortSession(f"s{number}", number, start, zone) for number, start in enumerate(starts, start=1)]


TUESDAYS = meetings(*(local("2021-09-28 14:00") + timedelta(weeks=week) for week in range(6)))


def test_it_opens_for_the_last_ten_minutes_and_closes_two_days_before_the_next_session():
    open_ = window(TUESDAYS, 1)

    assert open_.opens_at == datetime(2021, 9, 28, 14, 50, tzinfo=UTC)  # 15:50 in London, ten minutes before the end
    assert open_.closes_at == datetime(2021, 10, 3, 13, tzinfo=UTC)
    assert open_.closes_local == local("2021-10-03 14:00")
    assert not open_.is_open(open_.opens_at - timedelta(seconds=1))
    assert open_.is_open(open_.opens_at)
    assert not open_.is_open(open_.closes_at)


@pytest.mark.parametrize(("ended", "opens"), [((15, 4), (15, 4)), ((15, 55), (15, 50)), ((16, 15), (15, 50))])
def test_a_session_that_ended_early_opens_it_at_once_and_changes_nothing_of_its_end(ended, opens):
    first, *rest = TUESDAYS
    over = replace(first, ended_at=datetime(2021, 9, 28, ended[0] - 1, ended[1], tzinfo=UTC))

    assert window([over, *rest], 1).opens_at == datetime(2021, 9, 28, opens[0] - 1, opens[1], tzinfo=UTC)
    assert window([over, *rest], 1).closes_at == window(TUESDAYS, 1).closes_at


def test_it_closes_at_the_hour_of_the_session_on_both_sides_of_the_end_of_summer_time():
    """Session 6 is on Tuesday 2 November at 14:00; clocks go back on 31 October, at its closing day."""
    before, across = window(TUESDAYS, 4), window(TUESDAYS, 5)

    assert (before.closes_local, across.closes_local) == (local("2021-10-24 14:00"), local("2021-10-31 14:00"))
    assert before.closes_at == datetime(2021, 10, 24, 13, tzinfo=UTC)
    assert across.closes_at == datetime(2021, 10, 31, 14, tzinfo=UTC), "an hour later in UTC, the same on the wall"


def test_48_hours_on_the_wall_may_be_47_or_49_real_ones():
    spring = meetings(local("2022-03-22 09:00"), local("2022-03-29 09:00"))  # clocks go forward on 27 March
    late = meetings(local("2021-10-25 09:00"), local("2021-11-01 09:00"))  # and back on 31 October

    gaps = [two[1].starts_at.astimezone(UTC) - window(two, 1).closes_at for two in (spring, late)]

    assert gaps == [timedelta(hours=48), timedelta(hours=49)]
    assert window(late, 1).closes_local == local("2021-10-30 09:00")


def test_the_last_one_stays_open_for_five_days():
    assert window(TUESDAYS, 6).closes_local == local("2021-11-07 16:00")


def test_of_sessions_close_together_it_closes_half_way():
    two = meetings(local("2021-09-28 14:00"), local("2021-09-30 14:00"))

    assert window(two, 1).closes_at == datetime(2021, 9, 29, 14, tzinfo=UTC)
    at_once = meetings(local("2021-09-28 14:00"), local("2021-09-28 15:00"))
    assert window(at_once, 1).closes_at == at_once[0].ends_at, "sessions that overlap leave the last ten minutes"


def test_the_session_that_comes_next_in_time_counts_whatever_its_number():
    swapped = meetings(local("2021-09-28 14:00"), local("2021-10-12 14:00"), local("2021-10-05 14:00"))

    assert window(swapped, 1).closes_local == local("2021-10-03 14:00")
    assert window(swapped, 3).closes_local == local("2021-10-10 14:00")


WORDS = "Taking away: Maria from Harbour helped me a lot, thank you Maria"


@pytest.mark.parametrize(
    "edited",
    [
        WORDS,
        "Taking away: […] helped me a lot, thank you […]",
        "Taking away: [...] helped me a lot, thank you […]",
        "Taking away: […] helped me a lot",
        "[…] helped me a lot […]",
        "[…]thank you Maria",
    ],
)
def test_words_may_be_left_out(edited):
    if edited.endswith("a lot"):
        with pytest.raises(Refused):
            redacted(WORDS, edited)  # nothing says that something was left out
        return
    assert redacted(WORDS, edited) == edited.replace("[...]", "[…]")


@pytest.mark.parametrize(
    "edited",
    [
        "",
        "Taking away: somebody helped me a lot, thank you Maria",
        "Taking away: […] helped me very much […]",
        "thank you […] helped me",
        "[…] helped me a lot […] helped me a lot […]",
        "Taking away: Maria from Harbour helped me a lot, thank you Maria […] Maria",
        WORDS + " […] and Ben",
    ],
)
def test_nobody_else_may_put_words_in(edited):
    with pytest.raises(Refused, match="leave words out"):
        redacted(WORDS, edited)


def test_a_line_says_what_came_of_it():
    changed = Line("a", 1, "Too fast", Outcome.CHANGED, "one activity less", datetime(2021, 9, 30, tzinfo=UTC))
    could_not = Line("b", 1, "Later", Outcome.COULD_NOT, "the room is taken", datetime(2021, 9, 30, tzinfo=UTC))

    assert changed.answer == "We changed: one activity less"
    assert could_not.answer == "We could not, because the room is taken"


def test_a_line_is_one_line_and_not_empty():
    assert clean_line(" Too \n fast\x00 ", "You said") == "Too fast"
    for wrong in (" \x00", "x" * (LINE_MAX + 1)):
        with pytest.raises(Refused, match="You said"):
            clean_line(wrong, "You said")
