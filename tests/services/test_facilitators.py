"""Invitations, and the accounts that come of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.visitor import Role
from mcm_core.services import cohorts, facilitators
from mcm_core.store import secret
from mcm_core.store.engine import read, write
from mcm_core.store.tables import FacilitatorRow, InvitationRow
from tests.services.people import NOW, PASSWORD, a_cohort, a_facilitator, a_member, an_invitation, signed_in, through
from tests.services.racing import race


def accept(db: Session, invitation: str, username: str = "gil", *, at: datetime = NOW) -> str:
    return facilitators.accept(db, invitation, username=username, name="Gil", password=PASSWORD, at=at)


def test_the_first_facilitator_sets_up_an_account_and_is_signed_in(db: Session) -> None:
    invitation = facilitators.first_invitation(db, at=NOW)

    visitor = signed_in(db, accept(db, invitation or ""))

    assert (visitor.role, visitor.name) == (Role.HALFWAY, "Gil")
    assert signed_in(db, through(db, visitor)).role is Role.FACILITATOR


def test_every_field_of_a_new_account_gets_its_own_sentence() -> None:
    assert facilitators.mistakes(name="Fay", username="fay", password="four unrelated words here") == {}
    assert facilitators.mistakes(name="Fay", username="fay", password=None) == {}
    assert set(facilitators.mistakes(name=" ", username="?", password="short")) == {"name", "username", "password"}
    assert set(facilitators.mistakes(name="Fay", username="fay", password="password password")) == {"password"}


def test_there_is_no_first_invitation_once_somebody_is_there(db: Session) -> None:
    a_facilitator(db)

    assert facilitators.first_invitation(db, at=NOW) is None


def test_a_new_first_invitation_replaces_the_one_before(db: Session) -> None:
    before = facilitators.first_invitation(db, at=NOW) or ""
    after = facilitators.first_invitation(db, at=NOW) or ""

    assert not facilitators.is_open(db, before, at=NOW)
    assert facilitators.is_open(db, after, at=NOW)


def test_a_first_invitation_is_good_for_a_day_and_a_later_one_for_a_week(db: Session) -> None:
    first = facilitators.first_invitation(db, at=NOW) or ""
    fay = a_facilitator(db)
    later = facilitators.invite(db, fay, a_cohort(db, fay).id, at=NOW)

    assert [days for days in range(9) if facilitators.is_open(db, first, at=NOW + timedelta(days=days))] == [0]
    assert not facilitators.is_open(db, later, at=NOW + timedelta(days=7))
    assert facilitators.is_open(db, later, at=NOW + timedelta(days=6, hours=23))


def test_a_co_facilitator_gets_the_cohort_and_only_that(db: Session) -> None:
    fay = a_facilitator(db)
    cohort = a_cohort(db, fay)
    a_cohort(db, fay, "Another group")

    halfway = signed_in(db, accept(db, facilitators.invite(db, fay, cohort.id, at=NOW)))

    assert [one.id for one in cohorts.of_visitor(db, signed_in(db, through(db, halfway)))] == [cohort.id]


def test_a_facilitator_with_an_account_adds_the_cohort_to_it(db: Session) -> None:
    fay, gil = a_facilitator(db), a_facilitator(db, "gil")
    cohort = a_cohort(db, fay)
    invitation = facilitators.invite(db, fay, cohort.id, at=NOW)

    facilitators.accept_as(db, gil, invitation, at=NOW)

    assert [one.id for one in cohorts.of_visitor(db, gil)] == [cohort.id]
    assert not facilitators.is_open(db, invitation, at=NOW)


def test_accepting_into_a_cohort_that_one_facilitates_already_changes_nothing(db: Session) -> None:
    fay = a_facilitator(db)
    cohort = a_cohort(db, fay)

    facilitators.accept_as(db, fay, facilitators.invite(db, fay, cohort.id, at=NOW), at=NOW)

    assert [one.id for one in cohorts.of_visitor(db, fay)] == [cohort.id]


def test_only_facilitators_of_the_cohort_invite(db: Session) -> None:
    fay = a_facilitator(db)
    cohort = a_cohort(db, fay)
    for stranger in (a_facilitator(db, "gil"), a_member(db, fay, cohort)):
        with pytest.raises(NotAllowed):
            facilitators.invite(db, stranger, cohort.id, at=NOW)


def test_a_member_cannot_accept_as_themself(db: Session) -> None:
    fay = a_facilitator(db)
    cohort = a_cohort(db, fay)
    invitation = facilitators.invite(db, fay, cohort.id, at=NOW)

    with pytest.raises(NotAllowed):
        facilitators.accept_as(db, a_member(db, fay, cohort), invitation, at=NOW)
    assert facilitators.is_open(db, invitation, at=NOW)


def test_an_invitation_is_not_stored(db: Session) -> None:
    invitation = an_invitation(db)

    assert db.get(InvitationRow, invitation) is None
    assert db.get(InvitationRow, secret.digest(invitation)) is not None


@pytest.mark.parametrize("usernames", [("gil", "hal"), ("gil", "gil")])
def test_of_two_people_with_one_invitation_at_once_one_gets_an_account(
    database: str, usernames: tuple[str, str]
) -> None:
    with write() as db:
        invitation = an_invitation(db)

    def use(username: str) -> Callable[[], object]:
        def action() -> object:
            with write() as db:
                return accept(db, invitation, username)

        return action

    results = race(*(use(username) for username in usernames))

    assert sorted(isinstance(result, NotAllowed) for result in results) == [False, True]
    with read() as db:
        assert db.scalar(select(func.count()).select_from(FacilitatorRow)) == 1


def test_a_taken_username_is_refused_in_any_spelling_and_the_invitation_stays_good(database: str) -> None:
    with write() as db:
        a_facilitator(db, "fay")
        invitation = an_invitation(db)

    with pytest.raises(facilitators.UsernameTaken), write() as db:
        accept(db, invitation, " FAY ")

    with write() as db:
        assert accept(db, invitation, "gil")


def test_a_weak_password_makes_no_account(db: Session) -> None:
    invitation = an_invitation(db)

    with pytest.raises(Refused):
        facilitators.accept(db, invitation, username="gil", name="Gil", password="short", at=NOW)

    assert facilitators.is_open(db, invitation, at=NOW)
