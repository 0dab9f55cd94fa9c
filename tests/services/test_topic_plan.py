"""The plan: the group's word is written down, a topic whose owner is away changes places, two facilitators never undo
each other."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy.orm import Session

from mcm_core.domain.errors import Conflict, Refused
from mcm_core.services import topic_plan, topics
from mcm_core.store.engine import read, write
from tests.services.boards import a_board, revealed
from tests.services.people import NOW
from tests.services.racing import race
from tests.services.stories import Group, a_group


@pytest.fixture
def group(db: Session) -> Group:
    return a_group(db, 6)


def planned(db: Session, group: Group) -> dict[str, int]:
    standing = topics.board(db, group.members[0], group.cohort.id)
    return {one.id: one.planned_for for one in standing if one.planned_for}


def plan(db: Session, group: Group, topic: str, number: int | None, was: int | None = None) -> None:
    topic_plan.schedule(db, group.facilitator, topic, number, was=was, at=NOW)


def test_the_group_plans_what_it_likes_not_what_has_most_dots(db: Session, group: Group) -> None:
    one, two, three, _ = a_board(db, group)
    revealed(db, group, [{one: 2, two: 1}] * 6)
    assert planned(db, group) == {}, "dots plan nothing"

    plan(db, group, three, 2)
    plan(db, group, one, 5)

    assert planned(db, group) == {three: 2, one: 5}
    plan(db, group, three, None, was=2)
    assert planned(db, group) == {one: 5}


def test_sessions_one_and_six_and_those_that_are_over_take_no_topic(db: Session, group: Group) -> None:
    one, *_ = a_board(db, group)
    for number in (1, 6):
        with pytest.raises(Refused, match="sessions 2 to 5"):
            plan(db, group, one, number)
    with pytest.raises(Refused, match="Session 2 is over"):
        topic_plan.schedule(db, group.facilitator, one, 2, was=None, at=group.cohort.session(3).starts_at)


def test_a_merge_keeps_the_place_in_the_plan(db: Session, group: Group) -> None:
    one, two, three, _ = a_board(db, group)
    plan(db, group, two, 3)

    topics.merge(db, group.facilitator, two, one)

    assert planned(db, group) == {one: 3}
    with pytest.raises(Refused, match="just been merged"):
        plan(db, group, two, 4)
    plan(db, group, three, 4)


def test_a_topic_whose_owner_is_away_changes_places_with_the_next(db: Session, group: Group) -> None:
    one, two, three, _ = a_board(db, group)
    for topic, number in ((one, 2), (two, 4), (three, 4)):
        plan(db, group, topic, number)
    fay, cohort = group.facilitator, group.cohort.id

    assert topic_plan.swap(db, fay, cohort, 2, seen=[one]) == 4
    assert planned(db, group) == {two: 2, three: 2, one: 4}
    assert topic_plan.swap(db, fay, cohort, 4, seen=[one]) == 5
    assert planned(db, group)[one] == 5, "where nothing stands, it simply goes there"
    with pytest.raises(Refused, match="no later session"):
        topic_plan.swap(db, fay, cohort, 5, seen=[one])
    with pytest.raises(Refused, match="Nothing is planned"):
        topic_plan.swap(db, fay, cohort, 3, seen=[])


def test_what_was_pressed_for_an_older_plan_is_refused(db: Session, group: Group) -> None:
    one, two, *_ = a_board(db, group)
    plan(db, group, one, 2)
    plan(db, group, two, 3)
    topic_plan.swap(db, group.facilitator, group.cohort.id, 2, seen=[one])

    with pytest.raises(Conflict, match="just changed the plan"):
        topic_plan.swap(db, group.facilitator, group.cohort.id, 2, seen=[one])
    with pytest.raises(Conflict, match="planned for session 3 now"):
        plan(db, group, one, 5, was=2)
    assert planned(db, group) == {two: 2, one: 3}


def test_two_who_swap_at_once_swap_once(database: str) -> None:
    with write() as db:
        group = a_group(db, 5)
        one, two, *_ = a_board(db, group)
        plan(db, group, one, 2)
        plan(db, group, two, 3)

    def press(seen: str) -> int:
        with write() as db:
            return topic_plan.swap(db, group.facilitator, group.cohort.id, 2, seen=[seen])

    for first, then in [(one, two), (two, one)] * 3:
        made = race(partial(press, first), partial(press, first))
        assert sorted(type(one).__name__ for one in made) == ["Conflict", "int"], made
        with read() as db:
            assert planned(db, group) == {then: 2, first: 3}
