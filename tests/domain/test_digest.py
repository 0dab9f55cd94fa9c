"""What the week is counted from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.digest import last_begun

START = datetime(2026, 1, 13, 14, tzinfo=UTC).replace(tzinfo=None)


def test_a_session_that_was_run_before_its_time_is_one_that_began() -> None:
    first = CohortSession("a", 1, START, "Europe/London", ended_at=datetime(2026, 1, 12, 12, tzinfo=UTC))
    second = CohortSession("b", 2, START + timedelta(days=7), "Europe/London")
    at = datetime(2026, 1, 12, 13, tzinfo=UTC)

    assert last_begun([first, second], at) == first
    assert last_begun([first, second], at - timedelta(days=1)) is None


def test_one_that_was_ended_a_little_early_began_when_it_was_planned() -> None:
    first = CohortSession("a", 1, START, "Europe/London", ended_at=datetime(2026, 1, 13, 15, tzinfo=UTC))

    assert last_begun([first], datetime(2026, 1, 13, 13, 59, tzinfo=UTC)) is None
    assert last_begun([first], datetime(2026, 1, 13, 14, tzinfo=UTC)) == first
