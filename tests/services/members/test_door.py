"""The door: the room's code only knocks, and a facilitator lets in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.errors import Conflict, NotAllowed, Refused
from mcm_core.domain.visitor import Role, Visitor
from mcm_core.services import members, visitors
from mcm_core.services.throttle import Throttled
from mcm_core.store import secret
from mcm_core.store.engine import write
from tests.services.members.words import HALL, a_link, topics
from tests.services.people import NOW, a_cohort, a_facilitator, signed_in
from tests.services.racing import race


@pytest.mark.parametrize("spell", [str, str.lower, lambda code: f" {code[:4]}-{code[4:]} "])
def test_whoever_has_the_code_waits_and_sees_nobody(
    db: Session, fay: Visitor, cohort: Cohort, spell: Callable[[str], str]
) -> None:
    members.add(db, fay, cohort.id, "Ada", at=NOW)

    token = members.knock(db, spell(cohort.code), " Ada  L. ", network=HALL, at=NOW)

    waiting = signed_in(db, token or "")
    assert (waiting.role, waiting.name, waiting.member_id) == (Role.WAITING, "Ada L.", None)
    with pytest.raises(NotAllowed):
        members.roster(db, waiting, cohort.id)
    with pytest.raises(NotAllowed):
        members.at_the_door(db, waiting, cohort.id)


def test_a_facilitator_matches_who_knocked_to_a_member(db: Session, fay: Visitor, cohort: Cohort) -> None:
    ada = members.add(db, fay, cohort.id, "Ada", at=NOW)[0]
    token = members.knock(db, cohort.code, "ada?", network=HALL, at=NOW) or ""
    (knock,) = members.at_the_door(db, fay, cohort.id)

    members.let_in(db, fay, knock.id, ada.id, at=NOW)

    visitor = signed_in(db, token)
    assert (visitor.role, visitor.name, visitor.member_id) == (Role.MEMBER, "Ada", ada.id)
    assert members.roster(db, fay, cohort.id)[0].joined_at == NOW


def test_the_ids_at_the_door_are_not_made_from_tokens(db: Session, fay: Visitor, cohort: Cohort) -> None:
    token = members.knock(db, cohort.code, "Ada", network=HALL, at=NOW) or ""

    (knock,) = members.at_the_door(db, fay, cohort.id)

    assert knock.id not in secret.digest(token)
    assert secret.digest(token) not in repr(knock)


def test_who_is_turned_away_is_signed_out_and_hears_of_it(db: Session, fay: Visitor, cohort: Cohort) -> None:
    token = members.knock(db, cohort.code, "Ada", network=HALL, at=NOW) or ""
    topics(db)

    members.turn_away(db, fay, members.at_the_door(db, fay, cohort.id)[0].id)

    assert visitors.recognise(db, token, at=NOW) is None
    assert {f"visitor:{secret.digest(token)}", f"door:{cohort.id}"} <= topics(db)


def test_a_browser_with_adas_link_is_not_let_in_as_bo(db: Session, fay: Visitor, cohort: Cohort) -> None:
    link = a_link(db, fay, cohort)
    bo = members.add(db, fay, cohort.id, "Bo", at=NOW)[0]
    for _ in range(2):
        members.join_by_link(db, link, browser_token=None, at=NOW)

    with pytest.raises(Refused):
        members.let_in(db, fay, members.at_the_door(db, fay, cohort.id)[0].id, bo.id, at=NOW)


def test_two_facilitators_let_a_browser_in_once(database: str) -> None:
    with write() as db:
        fay = a_facilitator(db)
        cohort = a_cohort(db, fay)
        people = members.add(db, fay, cohort.id, "Ada, Bo", at=NOW)
        members.knock(db, cohort.code, "Ada", network=HALL, at=NOW)
        (knock,) = members.at_the_door(db, fay, cohort.id)

    def as_(member_id: str) -> Callable[[], object]:
        def action() -> object:
            with write() as db:
                return members.let_in(db, fay, knock.id, member_id, at=NOW)

        return action

    results = race(*(as_(one.id) for one in people))

    assert sorted(isinstance(result, Conflict) for result in results) == [False, True]


def test_a_wrong_code_gives_nothing_and_ten_a_minute_are_enough(db: Session, fay: Visitor, cohort: Cohort) -> None:
    for number in range(10):
        assert members.knock(db, f"WRONG{number}", "Ada", network=HALL, at=NOW) is None

    with pytest.raises(Throttled) as refused:
        members.knock(db, cohort.code, "Ada", network=HALL, at=NOW)

    assert cohort.name not in str(refused.value)
    assert members.knock(db, cohort.code, "Ada", network="198.51.100.0/24", at=NOW)
    assert members.knock(db, cohort.code, "Ada", network=HALL, at=NOW + timedelta(minutes=1))


def test_sixty_wrong_codes_a_minute_are_enough_for_the_whole_world(db: Session, fay: Visitor, cohort: Cohort) -> None:
    for number in range(60):
        assert members.knock(db, "WRONG", "Ada", network=f"10.0.{number}.0/24", at=NOW) is None

    with pytest.raises(Throttled):
        members.knock(db, cohort.code, "Ada", network=HALL, at=NOW)


def test_a_hall_of_twenty_behind_one_address_gets_in_and_then_the_door_is_full(
    db: Session, fay: Visitor, cohort: Cohort
) -> None:
    for number in range(40):
        assert members.knock(db, cohort.code, f"Name {number}", network=HALL, at=NOW)

    with pytest.raises(Refused, match="Many people"):
        members.knock(db, cohort.code, "Ada", network=HALL, at=NOW)


def test_a_name_is_asked_for_before_the_code_is_looked_at(db: Session, fay: Visitor, cohort: Cohort) -> None:
    for code in (cohort.code, "WRONG"):
        with pytest.raises(Refused, match="name is empty"):
            members.knock(db, code, "\x00 \u200b", network=HALL, at=NOW)
