"""The door: whoever waits there is let in by a facilitator, or turned away, or gone when nobody answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.errors import Conflict, Refused
from mcm_core.domain.visitor import Role, Visitor
from mcm_core.services import members, visitors
from mcm_core.store import secret
from mcm_core.store.engine import write
from tests.services.members.words import HALL, a_link, topics
from tests.services.people import NOW, a_cohort, a_facilitator, signed_in, the_code
from tests.services.racing import race

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def test_a_facilitator_matches_who_knocked_to_a_member(db: Session, fay: Visitor, cohort: Cohort) -> None:
    ada = members.add(db, fay, cohort.id, "Ada", at=NOW)[0]
    token = members.knock(db, the_code(db, fay, cohort), "ada?", network=HALL, at=NOW) or ""
    (knock,) = members.at_the_door(db, fay, cohort.id, at=NOW)

    members.let_in(db, fay, knock.id, ada.id, at=NOW)

    visitor = signed_in(db, token)
    assert (visitor.role, visitor.name, visitor.member_id) == (Role.UNREAD, "Ada", ada.id)
    assert members.roster(db, fay, cohort.id)[0].joined_at == NOW


def test_the_ids_at_the_door_are_not_made_from_tokens(db: Session, fay: Visitor, cohort: Cohort) -> None:
    token = members.knock(db, the_code(db, fay, cohort), "Ada", network=HALL, at=NOW) or ""

    (knock,) = members.at_the_door(db, fay, cohort.id, at=NOW)

    assert knock.id not in secret.digest(token)
    assert secret.digest(token) not in repr(knock)


def test_who_is_turned_away_is_signed_out_and_hears_of_it(db: Session, fay: Visitor, cohort: Cohort) -> None:
    token = members.knock(db, the_code(db, fay, cohort), "Ada", network=HALL, at=NOW) or ""
    topics(db)

    members.turn_away(db, fay, members.at_the_door(db, fay, cohort.id, at=NOW)[0].id)

    assert visitors.recognise(db, token, at=NOW) is None
    assert {f"visitor:{secret.digest(token)}", f"door:{cohort.id}"} <= topics(db)


def test_a_browser_with_adas_link_is_not_let_in_as_bo(db: Session, fay: Visitor, cohort: Cohort) -> None:
    link = a_link(db, fay, cohort)
    bo = members.add(db, fay, cohort.id, "Bo", at=NOW)[0]
    for _ in range(2):
        members.join_by_link(db, link, browser_token=None, at=NOW)

    with pytest.raises(Refused):
        members.let_in(db, fay, members.at_the_door(db, fay, cohort.id, at=NOW)[0].id, bo.id, at=NOW)


def test_two_facilitators_let_a_browser_in_once(database: str) -> None:
    with write() as db:
        fay = a_facilitator(db)
        cohort = a_cohort(db, fay)
        people = members.add(db, fay, cohort.id, "Ada, Bo", at=NOW)
        members.knock(db, the_code(db, fay, cohort), "Ada", network=HALL, at=NOW)
        (knock,) = members.at_the_door(db, fay, cohort.id, at=NOW)

    def as_(member_id: str) -> Callable[[], object]:
        def action() -> object:
            with write() as db:
                return members.let_in(db, fay, knock.id, member_id, at=NOW)

        return action

    results = race(*(as_(one.id) for one in people))

    assert sorted(isinstance(result, Conflict) for result in results) == [False, True]


def test_a_phone_that_nobody_let_in_is_gone_after_a_day(db: Session, fay: Visitor, cohort: Cohort) -> None:
    link = a_link(db, fay, cohort)
    members.join_by_link(db, link, browser_token=None, at=NOW)
    token = members.join_by_link(db, link, browser_token=None, at=NOW).token
    (knock,) = members.at_the_door(db, fay, cohort.id, at=NOW)
    soon, late = NOW + DAY - SECOND, NOW + DAY
    visitors.touch(db, signed_in(db, token, at=soon), at=soon)  # being here does not make it wait for longer

    assert len(members.at_the_door(db, fay, cohort.id, at=soon)) == 1
    assert members.at_the_door(db, fay, cohort.id, at=late) == ()
    assert visitors.recognise(db, token, at=late) is None
    with pytest.raises(Conflict, match="they have gone"):
        members.let_in(db, fay, knock.id, knock.member_id or "", at=late)
    assert members.join_by_link(db, link, browser_token=token, at=late).waiting  # and it may knock again


def test_who_is_let_in_stays_until_the_sessions_are_over(db: Session, fay: Visitor, cohort: Cohort) -> None:
    ada = members.add(db, fay, cohort.id, "Ada", at=NOW)[0]
    token = members.knock(db, the_code(db, fay, cohort), "Ada", network=HALL, at=NOW) or ""
    (knock,) = members.at_the_door(db, fay, cohort.id, at=NOW)

    members.let_in(db, fay, knock.id, ada.id, at=NOW)

    assert visitors.recognise(db, token, at=cohort.session(6).ends_at)


def test_members_phones_come_before_a_crowd_of_strangers(db: Session, fay: Visitor, cohort: Cohort) -> None:
    code, link = the_code(db, fay, cohort), a_link(db, fay, cohort)
    members.join_by_link(db, link, browser_token=None, at=NOW)
    for number in range(3):
        members.knock(db, code, f"Somebody {number}", network=HALL, at=NOW)
    members.join_by_link(db, link, browser_token=None, at=NOW + SECOND)

    names = [knock.name for knock in members.at_the_door(db, fay, cohort.id, at=NOW + SECOND)]

    assert names[0] == "Ada"
    assert len(names) == 4
