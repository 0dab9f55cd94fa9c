"""Whatever ends a sign-in ends it in every browser, at the next thing that is done there, and tells open pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import McmError, NotAllowed, Refused
from mcm_core.domain.visitor import Role, Visitor
from mcm_core.services import (
    cohorts,
    facilitators,
    invitations,
    my_sign_ins,
    passwords,
    resets,
    second_step,
    signing_in,
    tickets,
    visitors,
)
from mcm_core.services.throttle import Throttled
from mcm_core.store.engine import read, write
from mcm_core.store.tables import FacilitatorRow, InvitationRow
from tests.services.people import NOW, PASSWORD, a_cohort, a_facilitator, code_of, key_of, signed_in, through
from tests.services.racing import race

MINUTE = timedelta(minutes=1)
NEW = "quite another four words"
HERE, THERE = "203.0.113.0/24", "198.51.100.0/24"


def another_browser(db: Session, visitor: Visitor) -> Visitor:
    return signed_in(db, visitors.admit(db, facilitator_id=visitor.facilitator_id, at=NOW))


def challenge(db: Session, visitor: Visitor, *, at=NOW) -> signing_in.Challenge:
    return signing_in.challenge_again(db, visitor, at=at)


def change_password(db: Session, fay: Visitor) -> None:
    signing_in.change_password(db, fay, challenge(db, fay), NEW, at=NOW)


def new_app(db: Session, fay: Visitor) -> None:
    at = NOW + MINUTE
    second_step.set_up(db, fay, code_of(key_of(db, fay, at=at), at), at=at)


def reset(db: Session, fay: Visitor) -> None:
    resets.use(db, resets.link(db, "fay", at=NOW), NEW, at=NOW)


ENDS: dict[str, tuple[Callable[[Session, Visitor], None], bool]] = {
    "signing out everywhere else": (lambda db, fay: my_sign_ins.end_elsewhere(db, fay, at=NOW), True),
    "another password": (change_password, True),
    "another app": (new_app, True),
    "an account switched off": (lambda db, _fay: facilitators.switch(db, "Fay", on=False, at=NOW), False),
    "a link from the console": (reset, False),
}


@pytest.mark.parametrize("end", ENDS)
def test_all_other_browsers_are_out_at_once(db: Session, end: str) -> None:
    fay, gil = a_facilitator(db), a_facilitator(db, "gil")
    laptop, phone = another_browser(db, fay), another_browser(db, fay)
    under_way = tickets.issue(db, fay.facilitator_id or "", at=NOW)
    act, stays = ENDS[end]

    act(db, fay)

    for gone in (laptop, phone, *([] if stays else [fay])):
        with pytest.raises(NotAllowed):
            cohorts.of_visitor(db, gone)
    with pytest.raises(Refused):
        tickets.redeem(db, under_way, at=NOW)
    topics = db.info["topics"]
    assert {f"visitor:{laptop.sign_in}", f"visitor:{phone.sign_in}"} <= topics
    assert f"visitor:{gil.sign_in}" not in topics
    assert cohorts.of_visitor(db, gil) == ()
    if stays:
        assert cohorts.of_visitor(db, fay) == ()
        assert f"visitor:{fay.sign_in}" not in topics


@pytest.mark.parametrize("end", ENDS)
def test_a_deed_that_forgot_the_other_browsers_would_leave_them_in(
    db: Session, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    """The negative control: each of these deeds, without the one line that signs others out."""
    fay = a_facilitator(db)
    laptop = another_browser(db, fay)
    monkeypatch.setattr(visitors, "sign_out", lambda *_args, **_more: None)

    ENDS[end][0](db, fay)

    assert cohorts.of_visitor(db, laptop) == ()
    assert f"visitor:{laptop.sign_in}" not in db.info.get("topics", ())


def a_link(db: Session, fay: Visitor) -> str:
    """An invitation that Fay, or whoever was signed in as her, made."""
    return facilitators.invite(db, fay, a_cohort(db, fay).id, at=NOW)


@pytest.mark.parametrize("end", ENDS)
def test_an_invitation_ends_with_them_for_a_new_account_and_for_one_that_exists(db: Session, end: str) -> None:
    fay, gil = a_facilitator(db), a_facilitator(db, "gil")
    link, hers = a_link(db, fay), a_link(db, gil)

    ENDS[end][0](db, fay)

    assert not facilitators.is_open(db, link, at=NOW)
    with pytest.raises(NotAllowed):
        facilitators.accept(db, link, username="kay2", name="Kay", password=PASSWORD, at=NOW)
    with pytest.raises(NotAllowed):
        facilitators.accept_as(db, gil, link, at=NOW)
    assert facilitators.is_open(db, hers, at=NOW)


@pytest.mark.parametrize("end", ENDS)
def test_an_invitation_that_was_forgotten_would_stay_open_unless_the_account_was_taken_back(
    db: Session, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    """The negative control of ending it; that the use of one asks again finds the two worst of them."""
    fay = a_facilitator(db)
    link = a_link(db, fay)
    monkeypatch.setattr(invitations, "end", lambda *_args: None)
    act, stays = ENDS[end]

    act(db, fay)

    assert facilitators.is_open(db, link, at=NOW) is stays
    row = db.get_one(FacilitatorRow, fay.facilitator_id)
    row.active, row.taken_back_at = True, None
    db.flush()
    assert facilitators.is_open(db, link, at=NOW), "it was dead for another reason"


def test_whoever_comes_back_by_the_consoles_link_invites_anew(db: Session) -> None:
    fay = a_facilitator(db)
    cohort = a_cohort(db, fay)
    reset(db, fay)
    back = signed_in(db, through(db, signed_in(db, resets.use(db, resets.link(db, "fay", at=NOW), NEW, at=NOW))))

    assert facilitators.is_open(db, facilitators.invite(db, back, cohort.id, at=NOW + MINUTE), at=NOW + MINUTE)


def test_an_invitation_made_while_one_signs_out_everywhere_else_does_not_stay(database: str) -> None:
    with write() as db:
        fay = a_facilitator(db)
        thief, cohort = another_browser(db, fay), a_cohort(db, fay)

    def invite() -> object:
        with write() as db:
            return facilitators.invite(db, thief, cohort.id, at=NOW)

    def end() -> None:
        with write() as db:
            my_sign_ins.end_elsewhere(db, fay, at=NOW)

    race(invite, end)

    with read() as db:
        assert invitations.of_cohort(db, fay, cohort.id, at=NOW) == ()


def test_signing_out_tells_the_other_tabs_of_that_browser(db: Session) -> None:
    token = visitors.admit(db, facilitator_id=a_facilitator(db).facilitator_id, at=NOW)
    tab = signed_in(db, token)

    visitors.leave(db, token)

    assert f"visitor:{tab.sign_in}" in db.info["topics"]


def test_a_facilitator_sees_where_they_are_signed_in_and_nobody_elses(db: Session) -> None:
    fay = a_facilitator(db)
    a_facilitator(db, "gil")
    visitors.admit(db, facilitator_id=fay.facilitator_id, at=NOW)
    later = NOW + 5 * MINUTE
    visitors.admit(db, facilitator_id=fay.facilitator_id, waiting=True, at=later)

    found = my_sign_ins.everywhere(db, fay, at=later)

    assert [(one.is_this, one.halfway) for one in found] == [(True, False), (False, True), (False, False)]
    my_sign_ins.end_elsewhere(db, fay, at=NOW)
    assert [one.is_this for one in my_sign_ins.everywhere(db, fay, at=later)] == [True]


def test_the_new_password_works_and_the_old_one_does_not(db: Session) -> None:
    fay = a_facilitator(db)
    change_password(db, fay)

    assert signing_in.check_password(db, "fay", PASSWORD, network=HERE, at=NOW) is None
    assert signing_in.check_password(db, "fay", NEW, network=HERE, at=NOW) == fay.facilitator_id


def test_a_weak_new_password_is_refused_and_a_wrong_old_one_meets_nothing(db: Session) -> None:
    fay = a_facilitator(db)

    with pytest.raises(Refused):
        signing_in.change_password(db, fay, challenge(db, fay), "short", at=NOW)

    assert not challenge(db, fay).is_met_by(NEW)
    assert signing_in.check_password(db, "fay", PASSWORD, network=HERE, at=NOW)


def test_somebody_elses_challenge_changes_nothing(db: Session) -> None:
    fay, gil = a_facilitator(db), a_facilitator(db, "gil")

    with pytest.raises(NotAllowed):
        signing_in.change_password(db, gil, challenge(db, fay), NEW, at=NOW)
    with pytest.raises(NotAllowed):
        signing_in.confirm(db, gil, challenge(db, fay), at=NOW)


def test_a_password_that_was_changed_while_it_was_being_checked_lets_nobody_in(db: Session) -> None:
    fay = a_facilitator(db)
    begun = signing_in.challenge(db, "fay", network=THERE, at=NOW)
    assert begun.is_met_by(PASSWORD)
    change_password(db, fay)

    with pytest.raises(NotAllowed):
        signing_in.welcome(db, begun, at=NOW)


def test_an_account_that_is_switched_off_looks_like_none_and_comes_back_whole(db: Session) -> None:
    fay = a_facilitator(db)
    begun = signing_in.challenge(db, "fay", network=HERE, at=NOW)
    facilitators.switch(db, "fay", on=False, at=NOW)

    assert signing_in.check_password(db, "fay", PASSWORD, network=HERE, at=NOW) is None
    assert signing_in.challenge(db, "fay", network=THERE, at=NOW).password_hash is None
    with pytest.raises(NotAllowed):
        signing_in.welcome(db, begun, at=NOW)
    facilitators.switch(db, "fay", on=True, at=NOW)
    assert signing_in.check_password(db, "fay", PASSWORD, network=HERE, at=NOW) == fay.facilitator_id


def test_a_ticket_of_an_account_switched_off_at_that_moment_is_worth_nothing(db: Session) -> None:
    fay = a_facilitator(db)
    ticket = tickets.issue(db, fay.facilitator_id or "", at=NOW)
    db.get_one(FacilitatorRow, fay.facilitator_id).active = False
    db.flush()

    with pytest.raises(Refused):
        tickets.redeem(db, ticket, at=NOW)


def test_a_reset_link_gives_a_new_password_and_asks_for_a_new_app(db: Session) -> None:
    fay = a_facilitator(db)
    token = resets.link(db, " FAY ", at=NOW)
    assert resets.username_of(db, token, at=NOW) == "fay"
    assert db.get(InvitationRow, token) is None, "the link itself is stored"
    assert not facilitators.is_open(db, token, at=NOW), "it would make an account"

    half = signed_in(db, resets.use(db, token, NEW, at=NOW))

    assert half.role is Role.HALFWAY
    assert not second_step.is_set_up(db, half)
    assert signing_in.check_password(db, "fay", PASSWORD, network=HERE, at=NOW) is None
    assert signing_in.check_password(db, "fay", NEW, network=HERE, at=NOW) == fay.facilitator_id


def test_a_reset_link_works_once_within_a_day_and_a_new_one_ends_the_old(db: Session) -> None:
    a_facilitator(db)
    first = resets.link(db, "fay", at=NOW)
    second = resets.link(db, "fay", at=NOW)
    assert resets.username_of(db, first, at=NOW) is None
    assert resets.username_of(db, second, at=NOW + timedelta(hours=23, minutes=59))
    assert resets.username_of(db, second, at=NOW + timedelta(days=1)) is None

    with pytest.raises(Refused):
        resets.use(db, second, "short", at=NOW)
    resets.use(db, second, NEW, at=NOW)

    with pytest.raises(NotAllowed):
        resets.use(db, second, "and a third four words", at=NOW)
    with pytest.raises(Refused, match="no facilitator"):
        resets.link(db, "nobody", at=NOW)


def test_of_two_people_with_one_reset_link_at_once_one_gets_in(database: str) -> None:
    with write() as db:
        a_facilitator(db)
        token = resets.link(db, "fay", at=NOW)

    def use(password: str) -> object:
        with write() as db:
            return resets.use(db, token, password, at=NOW)

    results = race(lambda: use(NEW), lambda: use("and a third four words"))

    assert sorted(isinstance(result, McmError) for result in results) == [False, True]
    with read() as db:
        stored = db.scalars(select(FacilitatorRow.password_hash)).one()
    winner = NEW if isinstance(results[0], str) else "and a third four words"
    assert passwords.matches(winner, stored)


def test_checking_again_has_as_many_tries_as_the_door_and_neither_uses_up_the_others(db: Session) -> None:
    fay = a_facilitator(db)
    for _ in range(4):
        assert not challenge(db, fay).is_met_by("a guess at an open laptop")

    with pytest.raises(Throttled):
        challenge(db, fay)
    assert signing_in.challenge(db, "fay", network=HERE, at=NOW).is_met_by(PASSWORD)
