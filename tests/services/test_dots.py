"""Dots: nobody but their giver sees one before the reveal, no service tells whose they are after it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy.orm import Session

from mcm_core.domain.dots import DotVote
from mcm_core.domain.errors import Conflict, NotAllowed, Refused
from mcm_core.domain.visitor import Standing, Visitor
from mcm_core.services import cohorts, dots, facilitators, topics
from mcm_core.store.engine import read, write
from mcm_core.store.tables import DotRow, TopicRow
from tests.services.boards import a_board, a_topic, give, revealed
from tests.services.people import NOW, a_facilitator
from tests.services.racing import race
from tests.services.stories import Group, a_group
from tests.services.test_sealed import everything_said, told
from tests.services.verbs import Scene, a_scene


@pytest.fixture
def group(db: Session) -> Group:
    return a_group(db, 6)


def opened(db: Session, group: Group) -> DotVote:
    return dots.open_(db, group.facilitator, group.cohort.id, at=NOW)


def test_three_dots_two_at_most_on_one_and_movable_until_the_reveal(db: Session, group: Group) -> None:
    ada = group.members[0]
    one, two, three, _ = a_board(db, group)
    vote = opened(db, group)
    give(db, vote, [ada], [{one: 2, two: 1}])

    for topic, count, said in ((three, 1, "all 3 dots"), (one, 3, "At most 2")):
        with pytest.raises(Refused, match=said):
            dots.place(db, ada, vote.id, topic, count, at=NOW)
    give(db, vote, [ada], [{one: 1, three: 1}])

    assert dots.mine(db, ada, vote.id) == {one: 1, two: 1, three: 1}
    assert dots.mine(db, group.members[1], vote.id) == {}
    shown = dots.reveal(db, group.facilitator, vote.id, version=vote.version, at=NOW)
    with pytest.raises(Refused, match="have been revealed"):
        dots.place(db, ada, vote.id, one, 0, at=NOW)
    assert shown.picture
    assert shown.picture.people == 1


def test_the_reveal_shows_counts_of_five_and_more(db: Session, group: Group) -> None:
    one, two, three, four = a_board(db, group)

    vote = revealed(db, group, [{one: 2, two: 1}] * 3 + [{three: 1}] * 2)

    assert vote.picture
    assert vote.picture.ranked == ((one, 6), (two, 3), (three, 2), (four, 0))
    assert (vote.picture.people, vote.picture.of) == (5, 6)
    for who in (group.facilitator, group.members[5]):
        assert dots.votes(db, who, group.cohort.id)[0].picture == vote.picture


def test_of_four_people_nothing_is_shown_and_a_group_of_four_is_not_asked(db: Session, group: Group) -> None:
    one, two, *_ = a_board(db, group)
    picture = revealed(db, group, [{one: 2, two: 1}] * 4).picture
    assert picture
    assert picture.counts is None
    assert "Talk it through" in (picture.withheld or "")

    four = a_group(db, 4, username="olga", name="Small")
    a_board(db, four)
    cohorts.set_threshold(db, four.facilitator, four.cohort.id, 3)
    with pytest.raises(Refused, match="There are 4 of you, and counts are shown of 5"):
        opened(db, four)


def test_one_who_stays_away_the_second_time_is_not_told_by_that(db: Session, group: Group) -> None:
    one, two, *_ = a_board(db, group)
    revealed(db, group, [{one: 2, two: 1}] * 6)
    group_of_five = replace(group, members=group.members[:5])

    again = revealed(db, group_of_five, [{one: 2, two: 1}] * 5, at=NOW + timedelta(days=21))

    assert again.picture
    assert again.picture.counts is None
    assert "one or two people" in (again.picture.withheld or "")


def test_what_a_session_that_is_over_was_about_takes_no_more_dots(db: Session, group: Group) -> None:
    one, two, *_ = a_board(db, group)
    db.get_one(TopicRow, one).planned_for = 2
    db.get_one(TopicRow, two).planned_for = 4
    db.flush()
    later = group.cohort.session(3).starts_at

    vote = dots.open_(db, group.facilitator, group.cohort.id, at=later)
    dots.place(db, group.members[0], vote.id, two, 1, at=later)

    assert vote.session_number == 3
    with pytest.raises(NotAllowed):
        dots.place(db, group.members[0], vote.id, one, 1, at=later)


def test_dots_go_to_topics_of_ones_own_board_that_stand_by_themselves(db: Session, group: Group) -> None:
    other = a_group(db, 5, username="olga", name="Other")
    theirs, *_ = a_board(db, other)
    one, two, *_ = a_board(db, group)
    topics.merge(db, group.facilitator, two, one)
    vote = opened(db, group)

    for topic in (theirs, two, "nowhere"):
        with pytest.raises(NotAllowed):
            dots.place(db, group.members[0], vote.id, topic, 1, at=NOW)


def test_how_many_have_given_dots_is_all_that_is_known_before(db: Session, group: Group) -> None:
    one, two, *_ = a_board(db, group)
    vote = opened(db, group)
    give(db, vote, group.members, [{one: 1}, {one: 2, two: 1}])

    for who in (group.facilitator, group.members[5]):
        assert str(dots.turnout(db, who, vote.id, at=NOW)) == "2 of 6 here are in"
        assert dots.votes(db, who, group.cohort.id)[0].picture is None


# ------------------------------------------------------------------------------------------- who is left out


def test_who_is_left_out_is_counted_once(db: Session, group: Group) -> None:
    one, two, three, _ = a_board(db, group)
    vote = revealed(db, group, [{one: 2, two: 1}] * 3 + [{three: 2}] * 3)
    fay = group.facilitator
    with pytest.raises(Refused, match="Nothing is planned yet"):
        dots.count_left_out(db, fay, vote.id, at=NOW)
    db.get_one(TopicRow, one).planned_for = 2
    db.flush()

    first = dots.count_left_out(db, fay, vote.id, at=NOW)
    db.get_one(TopicRow, three).planned_for = 3
    db.flush()

    assert first.sentence.startswith("3 of us have no dot")
    assert dots.count_left_out(db, fay, vote.id, at=NOW) == first, "for another plan it is not counted again"
    assert dots.votes(db, group.members[0], group.cohort.id)[0].left_out == first


def test_a_dot_on_what_was_merged_since_is_a_dot_on_the_whole(db: Session, group: Group) -> None:
    one, two, *_ = a_board(db, group)
    vote = revealed(db, group, [{one: 2}] * 3 + [{two: 2}] * 3)
    topics.merge(db, group.facilitator, two, one)
    db.get_one(TopicRow, one).planned_for = 2
    db.flush()

    assert dots.count_left_out(db, group.facilitator, vote.id, at=NOW).people == 0


def test_of_dots_that_stay_closed_nobody_counts_who_is_left_out(db: Session, group: Group) -> None:
    one, *_ = a_board(db, group)
    vote = revealed(db, group, [{one: 2}] * 4)
    db.get_one(TopicRow, one).planned_for = 2
    db.flush()

    with pytest.raises(Refused, match="No dots are shown"):
        dots.count_left_out(db, group.facilitator, vote.id, at=NOW)


# -------------------------------------------------------------------------------------------------- at once


def test_of_two_facilitators_one_opens_and_one_reveals(database: str) -> None:
    with write() as db:
        group = a_group(db, 5)
        tom = a_facilitator(db, "tom")
        facilitators.accept_as(db, tom, facilitators.invite(db, group.facilitator, group.cohort.id, at=NOW), at=NOW)
        a_board(db, group)

    def open_(who: Visitor, at: datetime) -> DotVote:
        with write() as db:
            return dots.open_(db, who, group.cohort.id, at=at)

    def reveal(who: Visitor, vote: DotVote) -> DotVote:
        with write() as db:
            return dots.reveal(db, who, vote.id, version=vote.version, at=NOW)

    for number in range(5):
        at = NOW + timedelta(minutes=number)
        made = race(partial(open_, group.facilitator, at), partial(open_, tom, at))
        (vote,) = (one for one in made if isinstance(one, DotVote))
        (late,) = (str(one) for one in made if isinstance(one, Conflict))
        assert "has already asked for dots" in late
        shown = race(partial(reveal, group.facilitator, vote), partial(reveal, tom, vote))
        assert sorted(type(one).__name__ for one in shown) == ["Conflict", "DotVote"], shown


def test_two_phones_of_one_member_give_three_dots_and_not_more(database: str) -> None:
    with write() as db:
        group = a_group(db, 5)
        one, two, *_ = a_board(db, group)
        vote = opened(db, group)
    ada = group.members[0]

    def place(topic: str, count: int) -> None:
        with write() as db:
            dots.place(db, ada, vote.id, topic, count, at=NOW)

    for _ in range(10):
        race(lambda: place(one, 2), lambda: place(two, 2))
        with read() as db:
            assert sum(dots.mine(db, ada, vote.id).values()) == 2
        place(one, 0)
        place(two, 0)


# -------------------------------------------------------------------------------------------------- sealed


@pytest.fixture
def sealed(db: Session) -> Scene:
    a_group(db, username="olga", name="Other group")
    return a_scene(db)


def vote_of(db: Session, scene: Scene) -> DotVote:
    return dots.votes(db, scene.group.facilitator, scene.group.cohort.id)[0]


def worlds(scene: Scene) -> tuple[list[dict[str, int]], ...]:
    one, two = str(scene.said["topic_id"]), str(scene.said["into_id"])
    return [{one: 2, two: 1}] * 6, [{two: 2}, {one: 1}, {two: 1}, {one: 1, two: 1}, {two: 2, one: 1}, {one: 2}]


def everything_told(db: Session, monkeypatch: pytest.MonkeyPatch, scene: Scene) -> dict[str, str]:
    with monkeypatch.context() as patch:
        return dict(everything_said(db, patch, scene))


def test_no_verb_tells_a_dot_before_the_reveal(db: Session, monkeypatch: pytest.MonkeyPatch, sealed: Scene) -> None:
    """Every public verb but the reveal itself is called in two worlds that differ in the dots alone."""
    vote, seen = vote_of(db, sealed), []
    for placed in worlds(sealed):
        db.query(DotRow).delete()
        give(db, vote, sealed.group.members, placed)
        seen.append(everything_told(db, monkeypatch, sealed))

    first, second = seen

    assert len(first) > 500
    assert {name for name in first if first[name] != second[name]} <= {f"{who} draft dots.reveal" for who in Standing}


def test_the_crawl_would_see_a_dot(db: Session, monkeypatch: pytest.MonkeyPatch, sealed: Scene) -> None:
    """The negative control: its giver sees it."""
    vote, seen = vote_of(db, sealed), []
    for placed in worlds(sealed):
        db.query(DotRow).delete()
        give(db, vote, sealed.group.members, placed)
        with monkeypatch.context() as patch:
            seen.append(told(db, patch, dots.mine, sealed.told_by(Standing.MEMBER)))

    assert seen[0] != seen[1]


def test_after_the_reveal_no_verb_tells_whose_a_dot_was(
    db: Session, monkeypatch: pytest.MonkeyPatch, sealed: Scene
) -> None:
    """Two members exchange their dots, and everybody else is told the same."""
    group, vote = sealed.group, vote_of(db, sealed)
    _, placed = worlds(sealed)
    give(db, vote, group.members, placed)
    dots.reveal(db, group.facilitator, vote.id, version=vote.version, at=NOW)
    seen = []
    for _ in range(2):
        seen.append(everything_told(db, monkeypatch, sealed))
        exchange(db, group.members[1], group.members[2])

    first, second = seen

    assert [name for name in first if first[name] != second[name]] == []


def exchange(db: Session, one: Visitor, other: Visitor) -> None:
    rows = db.query(DotRow).filter(DotRow.member_id.in_([one.member_id, other.member_id])).all()
    swapped = [
        {
            "vote_id": row.vote_id, "topic_id": row.topic_id, "cohort_id": row.cohort_id, "count": row.count,
            "member_id": other.member_id if row.member_id == one.member_id else one.member_id,
        }
        for row in rows
    ]  # fmt: skip
    for row in rows:
        db.delete(row)
    db.flush()
    db.add_all(DotRow(**values) for values in swapped)
    db.flush()


def test_a_new_topic_may_still_come_while_dots_are_given(db: Session, group: Group) -> None:
    a_board(db, group, 2)
    vote = opened(db, group)
    late = a_topic(db, group.members[0], group, "I have just thought of this")

    dots.place(db, group.members[1], vote.id, late, 2, at=NOW)

    assert dots.mine(db, group.members[1], vote.id) == {late: 2}
