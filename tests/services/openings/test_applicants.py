"""Reading applications: a verdict, never a score; at most twenty places; a waiting list that fills gaps before S2."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.application import Decision
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.services import applicants, applying, facilitators, members, openings, slots
from mcm_core.store.engine import read, write
from mcm_core.store.tables import ApplicationRow, MemberRow, MessageRow
from tests.services.openings.applying_people import IN_TIME, Opened, an_opening, applies, the_id
from tests.services.people import NOW, a_facilitator, signed_in
from tests.services.racing import race

LATER = NOW + timedelta(days=3)


def decide(db: Session, opened: Opened, name: str, decision: Decision, **more: str) -> Decision:
    return applicants.decide(db, opened.fay, the_id(db, opened, name), decision=decision, at=LATER, **more)


def roster(db: Session, opened: Opened) -> list[str]:
    return [one.name for one in members.roster(db, opened.fay, opened.cohort.id)]


def test_acceptance_makes_the_member_and_nothing_is_typed_twice(db: Session) -> None:
    opened = an_opening(db)
    applies(db, opened, "Ada Okafor", {"hope": "Less alone"})

    assert decide(db, opened, "Ada Okafor", Decision.ACCEPTED) is Decision.ACCEPTED

    (ada,) = members.roster(db, opened.fay, opened.cohort.id)
    row = db.get_one(MemberRow, ada.id)
    assert (row.name, row.email) == ("Ada Okafor", "ada@example.org")
    link = members.link_token(db, opened.fay, ada.id, at=NOW)
    phone = signed_in(db, members.join_by_link(db, link, browser_token=None, at=LATER).token, at=LATER)
    mine = applicants.my_application(db, phone)
    assert mine
    assert mine[0].said("hope") == "Less alone"


def test_of_two_with_one_name_the_second_gets_another(db: Session) -> None:
    opened = an_opening(db)
    applies(db, opened, "Ada")
    decide(db, opened, "Ada", Decision.ACCEPTED)
    second = applying.mine(db, applies(db, opened, "Ada"), at=IN_TIME).application.id

    with pytest.raises(Refused, match="Add a surname"):
        applicants.decide(db, opened.fay, second, decision="accepted", at=LATER)
    applicants.decide(db, opened.fay, second, decision="accepted", name="Ada B.", at=LATER)

    assert roster(db, opened) == ["Ada", "Ada B."]


def test_the_twenty_first_goes_on_the_waiting_list(db: Session) -> None:
    opened = an_opening(db)
    names = [f"Person {number:02}" for number in range(22)]
    for name in names:
        applies(db, opened, name)

    found = [decide(db, opened, name, Decision.ACCEPTED) for name in names]

    assert found == [Decision.ACCEPTED] * 20 + [Decision.WAITING] * 2
    assert len(roster(db, opened)) == 20
    places = [one.place for one in applicants.of_cohort(db, opened.fay, opened.cohort.id)]
    assert sorted(place for place in places if place) == [1, 2]


def test_two_facilitators_who_give_the_last_place_away_at_once(database: str) -> None:
    with write() as db:
        opened = an_opening(db)
        for number in range(21):
            applies(db, opened, f"Person {number:02}")
        for number in range(19):
            decide(db, opened, f"Person {number:02}", Decision.ACCEPTED)

    def accept(name: str) -> Decision:
        with write() as db:
            return decide(db, opened, name, Decision.ACCEPTED)

    found = race(lambda: accept("Person 19"), lambda: accept("Person 20"))

    assert sorted(map(str, found)) == ["accepted", "waiting"]
    with read() as db:
        assert len(roster(db, opened)) == 20


def test_the_waiting_list_fills_a_gap_before_session_two_only(db: Session) -> None:
    opened = an_opening(db)
    for name in ("Ada", "Ben"):
        applies(db, opened, name)
        decide(db, opened, name, Decision.WAITING)
    second = opened.cohort.session(2).starts_at
    ada, ben = the_id(db, opened, "Ada"), the_id(db, opened, "Ben")

    applicants.decide(db, opened.fay, ada, decision="accepted", at=second - timedelta(seconds=1))
    with pytest.raises(Refused, match="Offer the next group instead"):
        applicants.decide(db, opened.fay, ben, decision="accepted", at=second)
    assert applicants.decide(db, opened.fay, ben, decision="next", at=second) is Decision.NEXT

    assert roster(db, opened) == ["Ada"]


def test_what_others_think_is_shown_once_one_has_said_ones_own(db: Session) -> None:
    opened = an_opening(db)
    applies(db, opened, "Ada")
    ada = the_id(db, opened, "Ada")
    co = a_facilitator(db, "co")
    facilitators.accept_as(db, co, facilitators.invite(db, opened.fay, opened.cohort.id, at=NOW), at=NOW)
    applicants.judge(db, opened.fay, ada, says="yes", note="Brings chat", at=IN_TIME)

    before = applicants.one(db, co, ada)
    applicants.judge(db, co, ada, says="abstain", note="I know her", at=IN_TIME)
    after = applicants.one(db, co, ada)

    assert (before.mine, before.fits, before.others) == (None, (), 1)
    assert [(one.by, one.says, one.note) for one in after.fits] == [("Fay", "yes", "Brings chat")]
    assert after.mine
    assert after.mine.says == "abstain"


def test_access_expenses_and_pairing_are_for_the_coordinator_alone(db: Session) -> None:
    opened = an_opening(db)
    applies(db, opened, "Ada", {"access": "Captions please", "apart": "My manager"})
    ada = the_id(db, opened, "Ada")
    co = a_facilitator(db, "co")
    facilitators.accept_as(db, co, facilitators.invite(db, opened.fay, opened.cohort.id, at=NOW), at=NOW)

    assert [one.said for one in applicants.one(db, opened.fay, ada).application.aside] == [
        "Captions please",
        "My manager",
    ]
    assert applicants.one(db, co, ada).application.aside == ()
    assert "Captions" not in repr(applicants.one(db, co, ada))


def test_two_from_one_organisation_are_told_to_the_coordinator_alone(db: Session) -> None:
    opened = an_opening(db)
    co = a_facilitator(db, "co")
    facilitators.accept_as(db, co, facilitators.invite(db, opened.fay, opened.cohort.id, at=NOW), at=NOW)
    for name in ("Ada", "Ben", "Cleo"):
        token = applies(db, opened, name)
        row = db.scalars(select(ApplicationRow).where(ApplicationRow.name == name)).one()
        row.organisation = "  harbour TRUST " if name == "Ben" else "Harbour Trust" if name == "Ada" else "Elsewhere"
        decide(db, opened, name, Decision.ACCEPTED)
        assert token

    assert applicants.from_one_place(db, opened.fay, opened.cohort.id) == (("Harbour Trust", ("Ada", "Ben")),)
    assert applicants.from_one_place(db, co, opened.cohort.id) == ()


def test_confirming_writes_kindly_to_everybody_and_only_once(db: Session) -> None:
    opened = an_opening(db)
    wanted = {"Ada": Decision.ACCEPTED, "Ben": Decision.WAITING, "Cleo": Decision.DECLINED, "Dev": Decision.NEXT}
    for name in wanted:
        applies(db, opened, name)
    with pytest.raises(Refused, match="4 applications wait"):
        openings.confirm(db, opened.fay, opened.cohort.id, at=LATER)
    for name, decision in wanted.items():
        decide(db, opened, name, decision)
    with pytest.raises(Refused, match="six dates are not fixed"):
        openings.confirm(db, opened.fay, opened.cohort.id, at=LATER)
    slots.fix_as_they_are(db, opened.fay, opened.cohort.id, at=LATER)

    assert openings.confirm(db, opened.fay, opened.cohort.id, at=LATER) == 4
    assert openings.confirm(db, opened.fay, opened.cohort.id, at=LATER) == 4

    rows = db.scalars(select(MessageRow).where(MessageRow.state == "draft")).all()
    assert sorted((row.to_name, row.kind) for row in rows) == [
        ("Ada", "accepted"), ("Ada", "document"), ("Ben", "waiting_list"), ("Cleo", "not_this_time"),
        ("Dev", "next_group"),
    ]  # fmt: skip
    ada = next(row for row in rows if row.kind == "accepted")
    assert "Session 1: Tuesday 13 January 2026, 14:00 (Europe/London)" in ada.body
    assert ada.member_id

    decide(db, opened, "Ben", Decision.ACCEPTED)
    drafts = db.scalars(select(MessageRow).where(MessageRow.to_name == "Ben", MessageRow.state == "draft")).all()
    assert sorted(row.kind for row in drafts) == ["accepted", "document"]


def test_a_place_that_is_taken_back_is_free_again(db: Session) -> None:
    opened = an_opening(db)
    token = applies(db, opened, "Ada")
    decide(db, opened, "Ada", Decision.ACCEPTED)

    applying.take_back(db, token, at=LATER)

    assert roster(db, opened) == []
    assert db.scalars(select(ApplicationRow)).all() == []


def test_who_has_joined_leaves_by_my_data(db: Session) -> None:
    opened = an_opening(db)
    token = applies(db, opened, "Ada")
    decide(db, opened, "Ada", Decision.ACCEPTED)
    (ada,) = members.roster(db, opened.fay, opened.cohort.id)
    link = members.link_token(db, opened.fay, ada.id, at=NOW)
    phone = signed_in(db, members.join_by_link(db, link, browser_token=None, at=LATER).token, at=LATER)

    with pytest.raises(Refused, match="Open My data"):
        applying.take_back(db, token, at=LATER)
    members.erase(db, phone, keep_notes=False)

    with pytest.raises(NotAllowed):
        applying.mine(db, token, at=LATER)
    assert db.scalars(select(MessageRow)).all() == []  # those about the application went, too


def test_a_decision_about_what_was_taken_back_meanwhile_is_refused(db: Session) -> None:
    opened = an_opening(db)
    token = applies(db, opened, "Ada")
    ada = the_id(db, opened, "Ada")
    applying.take_back(db, token, at=LATER)

    with pytest.raises(NotAllowed):
        applicants.decide(db, opened.fay, ada, decision="accepted", at=LATER)
