"""Until when a cohort is kept: the usual day, a chosen one, and never without a warning."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.errors import Refused
from mcm_core.domain.retention import Keeping, keeping, months_after, refuse_date

LAST = datetime(2026, 2, 17, 14, 0)  # noqa: DTZ001 -- a clock on the wall
SESSIONS = [CohortSession("s", 6, LAST, "Europe/London")]
BEGUN = datetime(2026, 3, 1, tzinfo=UTC)


def kept(at: datetime = BEGUN, **known) -> Keeping:
    given = {"chosen": None, "warned_at": None, "deleted_at": None} | known
    return keeping(SESSIONS, at=at, **given)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 2, 17), 6, date(2026, 8, 17)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last(day: date, months: int, then: date) -> None:
    assert months_after(day, months) == then


def test_six_months_after_the_last_session_unless_another_day_was_chosen() -> None:
    assert kept().until == date(2026, 8, 17)
    assert kept(chosen=date(2026, 5, 1)).until == date(2026, 5, 1)


def test_a_day_before_the_sessions_are_over_does_not_count() -> None:
    assert kept(chosen=date(2026, 2, 1)).until == date(2026, 3, 31)  # moved sessions: a month after the last, warned


def test_the_warning_is_up_for_the_last_thirty_days() -> None:
    last_quiet = datetime(2026, 7, 17, 23, tzinfo=UTC)

    assert not kept(at=last_quiet).is_warning
    assert kept(at=last_quiet + timedelta(hours=1)).is_warning


def test_a_server_that_was_off_warns_first() -> None:
    long_after = datetime(2026, 12, 1, tzinfo=UTC)

    assert kept(at=long_after).until == date(2026, 12, 31)
    assert kept(at=long_after).is_warning
    assert kept(at=long_after + timedelta(days=5), warned_at=long_after).until == date(2026, 12, 31)


@pytest.mark.parametrize("wanted", [date(2026, 3, 30), date(2027, 2, 18)])
def test_too_soon_or_too_late_is_refused(wanted: date) -> None:
    with pytest.raises(Refused, match="from 31 March 2026 to 17 February 2027"):
        refuse_date(wanted, kept())


@pytest.mark.parametrize("wanted", [date(2026, 3, 31), date(2027, 2, 17)])
def test_the_limits_themselves_are_fine(wanted: date) -> None:
    refuse_date(wanted, kept())


def test_what_is_over_has_no_date_to_choose() -> None:
    with pytest.raises(Refused, match="deleted already"):
        refuse_date(date(2026, 8, 17), kept(deleted_at=BEGUN))
