"""Who a browser is signed in as, for how long, and how it ends."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.evaluation import window
from mcm_core.domain.visitor import Role
from mcm_core.services import cohorts, facilitators, members, visitors
from mcm_core.store.tables import SignInRow
from tests.services.people import (
    NOW,
    PASSWORD,
    a_cohort,
    a_facilitator,
    a_member,
    an_invitation,
    invited,
    signed_in,
    through,
)
from tests.services.racing import statements

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def a_facilitators_token(db: Session, username: str = "gil") -> str:
    return through(db, invited(db, username, name="Gil"))


def test_a_token_leads_to_its_own_visitor_with_one_select(db: Session) -> None:
    token, other = a_facilitators_token(db), a_facilitators_token(db, "hal")

    with statements(db) as seen:
        visitor = visitors.recognise(db, token, at=NOW)

    assert visitor is not None
    assert (visitor.role, visitor.name) == (Role.FACILITATOR, "Gil")
    assert visitor.sign_in not in (token, other)
    assert len(seen) == 1


@pytest.mark.parametrize("token", ["", "unknown", "\ud800", "x" * 5000, "' OR 1=1 --", "a\x00b"])
def test_a_token_of_nobody_leads_nowhere(db: Session, token: str) -> None:
    a_facilitators_token(db)

    assert visitors.recognise(db, token, at=NOW) is None


def test_a_facilitator_who_was_away_for_an_hour_has_to_sign_in_again(db: Session) -> None:
    token = a_facilitators_token(db)

    assert visitors.recognise(db, token, at=NOW + 59 * MINUTE)
    assert visitors.recognise(db, token, at=NOW + HOUR) is None


def test_a_facilitator_is_signed_out_after_twelve_hours_however_busy(db: Session) -> None:
    token = a_facilitators_token(db)
    for half_hours in range(1, 24):
        at = NOW + half_hours * 30 * MINUTE
        visitors.touch(db, signed_in(db, token, at=at), at=at)

    assert visitors.recognise(db, token, at=NOW + 12 * HOUR - MINUTE)
    assert visitors.recognise(db, token, at=NOW + 12 * HOUR) is None


def test_a_touch_is_due_only_when_the_last_one_is_over_a_minute_old(db: Session) -> None:
    visitor = visitors.recognise(db, a_facilitators_token(db), at=NOW)

    assert visitor is not None
    assert not visitor.touch_is_due(NOW + MINUTE)
    assert visitor.touch_is_due(NOW + MINUTE + timedelta(seconds=1))


def test_a_touch_after_signing_out_does_nothing(db: Session) -> None:
    token = a_facilitators_token(db)
    visitor = signed_in(db, token)
    visitors.leave(db, token)

    visitors.touch(db, visitor, at=NOW)

    assert db.get(SignInRow, visitor.sign_in) is None


def test_a_member_stays_signed_in_until_two_weeks_after_the_last_session(db: Session) -> None:
    fay = a_facilitator(db)
    cohort = a_cohort(db, fay)
    ada = a_member(db, fay, cohort)
    end = cohort.sessions[-1].ends_at + timedelta(days=14)

    assert until(db, ada.sign_in) == end


@pytest.mark.parametrize("last", [date(2026, 2, 17), date(2021, 10, 25), date(2021, 3, 22)])
def test_a_member_has_a_week_to_read_what_was_counted_after_the_form_closed(last: date) -> None:
    """Also where the clocks change meanwhile, which moves the one and not the other by an hour."""
    meeting = CohortSession("s", 6, datetime.combine(last, time(14)), "Europe/London")

    left = meeting.ends_at + visitors.AFTER_LAST_SESSION - window([meeting]).closes

    assert left >= timedelta(days=7, hours=-1)


def test_a_member_who_comes_back_after_the_end_is_signed_in_for_a_day(db: Session) -> None:
    fay = a_facilitator(db)
    cohort = a_cohort(db, fay)
    late = cohort.sessions[-1].ends_at + timedelta(days=60)
    member = members.add(db, fay, cohort.id, "Ada", at=NOW)[0]
    link = members.link_token(db, fay, member.id, at=NOW)

    token = members.join_by_link(db, link, browser_token=None, at=late).token

    assert signed_in(db, token, at=late + timedelta(hours=23))
    assert visitors.recognise(db, token, at=late + timedelta(hours=24)) is None


def test_a_member_in_use_stays_signed_in_when_the_last_session_moves_to_later(db: Session) -> None:
    fay = a_facilitator(db)
    cohort = a_cohort(db, fay)
    ada = a_member(db, fay, cohort)
    last = cohort.sessions[-1]
    later = last.starts_local + timedelta(days=30)
    cohorts.move_session(db, fay, last.id, later, 120, at=NOW)

    visitors.touch(db, ada, at=NOW + MINUTE)

    assert until(db, ada.sign_in) == last.ends_at + timedelta(days=30 + 14)


def test_leaving_signs_out_this_browser_and_no_other(db: Session) -> None:
    fay = a_facilitator(db)
    token = a_facilitators_token(db)

    visitors.leave(db, token)
    visitors.leave(db, "unknown")

    assert visitors.recognise(db, token, at=NOW) is None
    assert db.get(SignInRow, fay.sign_in) is not None


def test_somebody_waiting_learns_neither_a_members_name_nor_id(db: Session) -> None:
    fay = a_facilitator(db)
    cohort = a_cohort(db, fay)
    a_member(db, fay, cohort, "Ada")
    link = members.link_token(db, fay, members.roster(db, fay, cohort.id)[0].id, at=NOW)

    second = signed_in(db, members.join_by_link(db, link, browser_token=None, at=NOW).token)

    assert second.role is Role.WAITING
    assert (second.name, second.member_id) == ("", None)


def test_no_token_is_ever_stored(db: Session) -> None:
    token = a_facilitators_token(db)

    stored = [str(value) for row in db.execute(select(SignInRow.__table__)) for value in row]

    assert token not in " ".join(stored)


def test_sign_ins_that_are_over_are_swept_away(db: Session) -> None:
    gone = signed_in(db, a_facilitators_token(db))
    later = NOW + timedelta(days=2)

    facilitators.accept(db, an_invitation(db, at=later), username="hal", name="Hal", password=PASSWORD, at=later)

    assert db.scalar(select(SignInRow).where(SignInRow.token_hash == gone.sign_in)) is None


def until(db: Session, sign_in: str) -> datetime:
    return db.get_one(SignInRow, sign_in).expires_at
