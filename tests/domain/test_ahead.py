"""What may still come of the six sessions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from mcm_core.domain.ahead import may_vote_again, meets_again
from mcm_core.domain.cohort import Cohort, CohortSession

START = datetime.combine(date(2026, 1, 13), time(14))
MEETINGS = tuple(CohortSession(str(n), n, START + timedelta(weeks=n - 1), "Europe/London") for n in range(1, 7))
COHORT = Cohort("c", "Ours", "Europe/London", 5, 0, MEETINGS)
LAST = MEETINGS[-1].starts_at.astimezone(UTC)


def test_in_the_last_session_a_theme_of_an_earlier_one_may_be_asked_again_and_its_own_may_not() -> None:
    assert may_vote_again(COHORT, {1}, LAST)
    assert not may_vote_again(COHORT, {6}, LAST)
    assert not may_vote_again(COHORT, {1}, MEETINGS[-1].ends_at)


def test_nobody_meets_again_once_the_last_has_begun_or_is_cancelled() -> None:
    before = LAST - timedelta(seconds=1)
    cancelled = replace(COHORT, sessions=(*MEETINGS[:5], replace(MEETINGS[5], cancelled=True)))

    assert meets_again(COHORT, before)
    assert not meets_again(COHORT, LAST)
    assert not meets_again(cancelled, before)
