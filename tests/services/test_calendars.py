"""A member's own calendar address: it says when the sessions are, follows what changes, and ends when they say so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import vobject
from sqlalchemy.orm import Session

from mcm_core.domain.errors import NotAllowed
from mcm_core.services import calendars, cohorts, members
from tests.services.people import NOW
from tests.services.stories import Group, a_group


@pytest.fixture
def group(db: Session) -> Group:
    return a_group(db, 2)


def events(file: bytes) -> list[Any]:
    return list(vobject.readOne(file.decode()).vevent_list)


def test_the_address_stays_the_same_until_it_is_ended(db: Session, group: Group) -> None:
    ada = group.members[0]
    assert calendars.mine(db, ada) is None

    made = calendars.begin(db, ada, at=NOW)
    assert calendars.mine(db, ada) == made
    assert len(events(calendars.followed(db, made, at=NOW))) == 6

    calendars.end(db, ada)
    with pytest.raises(NotAllowed, match="not kept up"):
        calendars.followed(db, made, at=NOW)
    assert calendars.begin(db, ada, at=NOW) != made


def test_an_address_made_anew_ends_the_earlier_one(db: Session, group: Group) -> None:
    first, second = (calendars.begin(db, group.members[0], at=NOW) for _ in range(2))

    with pytest.raises(NotAllowed):
        calendars.followed(db, first, at=NOW)
    assert calendars.followed(db, second, at=NOW)


def test_a_calendar_that_follows_hears_of_a_move_and_a_cancellation(db: Session, group: Group) -> None:
    token = calendars.begin(db, group.members[0], at=NOW)
    before = events(calendars.followed(db, token, at=NOW))
    meeting = group.cohort.session(2)
    cohorts.move_session(db, group.facilitator, meeting.id, meeting.starts_local + timedelta(days=1), 90, at=NOW)
    cohorts.cancel_session(db, group.facilitator, group.cohort.session(4).id, at=NOW)

    after = events(calendars.followed(db, token, at=NOW))

    assert [event.uid.value for event in after] == [event.uid.value for event in before]
    assert [event.sequence.value for event in after] == ["0", "1", "0", "1", "0", "0"]
    assert after[1].dtstart.value - before[1].dtstart.value == timedelta(days=1)
    assert [event.status.value for event in after] == ["CONFIRMED"] * 3 + ["CANCELLED"] + ["CONFIRMED"] * 2


def test_the_file_and_the_address_name_the_same_meetings_of_one_person(db: Session, group: Group) -> None:
    ada, ben = group.members
    token = calendars.begin(db, ada, at=NOW)

    def identities(file: bytes) -> list[str]:
        return [event.uid.value for event in events(file)]

    followed = identities(calendars.followed(db, token, at=NOW))
    taken = {who.member_id: identities(calendars.take(db, who, group.cohort.id, at=NOW)) for who in (ada, ben)}
    assert taken[ada.member_id] == followed
    assert not set(taken[ben.member_id]) & set(followed)


def test_the_address_goes_with_its_member(db: Session, group: Group) -> None:
    token = calendars.begin(db, group.members[0], at=NOW)
    members.erase(db, group.members[0], keep_notes=False)

    with pytest.raises(NotAllowed):
        calendars.followed(db, token, at=NOW)
