"""A member's phones: who else is in as me, who waits with my link, and being rid of them at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.visitor import Visitor
from mcm_core.services import members, visitors
from tests.services.members.words import topics
from tests.services.people import NOW, a_member

LATER = NOW + timedelta(minutes=5)


def another_phone(db: Session, fay: Visitor, ada: Visitor) -> str:
    """A second browser that comes with her link, and waits; its token."""
    link = members.link_token(db, fay, ada.member_id or "", at=NOW)
    return members.join_by_link(db, link, browser_token=None, at=LATER).token


@pytest.fixture
def ada(db: Session, fay: Visitor, cohort: Cohort) -> Visitor:
    return a_member(db, fay, cohort, "Ada")


def test_a_member_sees_another_phone_that_waits_with_her_link(db: Session, fay: Visitor, ada: Visitor) -> None:
    another_phone(db, fay, ada)

    found = members.my_phones(db, ada, at=LATER)

    assert [(phone.is_this, phone.waiting) for phone in found] == [(True, False), (False, True)]


def test_she_turns_it_away_herself_and_it_is_gone_at_once(db: Session, fay: Visitor, ada: Visitor) -> None:
    token = another_phone(db, fay, ada)
    stranger = members.my_phones(db, ada, at=LATER)[1]
    topics(db)

    members.remove_phone(db, ada, stranger.id)

    assert visitors.recognise(db, token, at=LATER) is None
    assert [phone.is_this for phone in members.my_phones(db, ada, at=LATER)] == [True]
    assert {topic.partition(":")[0] for topic in topics(db)} == {"visitor", "door"}
    with pytest.raises(NotAllowed, match="signed out already"):
        members.remove_phone(db, ada, stranger.id)


def test_the_phone_in_the_hand_is_left_and_not_removed(db: Session, ada: Visitor) -> None:
    with pytest.raises(Refused, match="Leave this phone"):
        members.remove_phone(db, ada, members.my_phones(db, ada, at=LATER)[0].id)

    assert visitors.recognise(db, "whatever", at=LATER) is None
    assert len(members.my_phones(db, ada, at=LATER)) == 1


def test_nobody_elses_phone_can_be_seen_or_removed(db: Session, fay: Visitor, ada: Visitor, cohort: Cohort) -> None:
    ben = a_member(db, fay, cohort, "Ben")
    hers = members.my_phones(db, ada, at=LATER)[0]

    for stranger in (ben, fay):
        with pytest.raises(NotAllowed):
            members.remove_phone(db, stranger, hers.id)
    with pytest.raises(NotAllowed):
        members.my_phones(db, fay, at=LATER)
    assert members.my_phones(db, ada, at=LATER) == (hers,)
