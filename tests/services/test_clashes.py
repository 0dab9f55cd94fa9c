"""Two cohorts of one facilitator at the same time: the dates, and people who are in both."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.visitor import Visitor
from mcm_core.services import clashes, cohorts, members
from tests.services.people import NOW, a_cohort, a_facilitator


def two_at_once(db: Session) -> tuple[Visitor, Cohort, Cohort]:
    fay = a_facilitator(db, "fay")
    one, other = a_cohort(db, fay, "One"), a_cohort(db, fay, "Other")
    members.add(db, fay, one.id, "Ada ada@example.org\nBen\nCleo cleo@example.org", at=NOW)
    return fay, one, other


def test_each_date_at_the_time_of_another_cohort_is_named(db: Session) -> None:
    fay, _, other = two_at_once(db)

    said = clashes.of_dates(db, fay, other.sessions, but=other.id)

    assert len(said) == 6
    assert all(line.endswith("is at the same time as a session of “One”.") for line in said)


def test_what_is_cancelled_and_whose_cohort_it_is_not_are_in_nobodys_way(db: Session) -> None:
    fay, one, other = two_at_once(db)
    cohorts.cancel_session(db, fay, one.session(3).id, at=NOW)

    assert len(clashes.of_dates(db, fay, other.sessions, but=other.id)) == 5
    assert clashes.of_dates(db, a_facilitator(db, "stranger"), other.sessions) == ()


def test_two_cohorts_of_one_name_are_both_in_the_way(db: Session) -> None:
    fay, _, other = two_at_once(db)
    a_cohort(db, fay, "One")

    assert len(clashes.of_dates(db, fay, other.sessions, but=other.id)) == 12


def test_a_member_of_both_is_named_by_the_address_and_nobody_else(db: Session) -> None:
    fay, _, other = two_at_once(db)
    members.add(db, fay, other.id, "Ada O. ADA@Example.org\nBen\nDev dev@example.org", at=NOW)

    (said,) = clashes.of_members(db, fay, other.id, at=NOW)

    assert said.startswith("Ada O., by their e-mail address, is in “One”, too. Sessions 1, 2, 3, 4, 5 and 6 are at the")


def test_only_sessions_that_lie_ahead_and_overlap_count(db: Session) -> None:
    fay, _, other = two_at_once(db)
    members.add(db, fay, other.id, "Ada ada@example.org", at=NOW)

    (said,) = clashes.of_members(db, fay, other.id, at=other.session(5).ends_at)
    assert "Session 6 is at the same time there" in said
    moved = other.session(6).starts_local + timedelta(hours=2)
    cohorts.move_session(db, fay, other.session(6).id, moved, 120, at=NOW)
    assert clashes.of_members(db, fay, other.id, at=other.session(5).ends_at) == ()
