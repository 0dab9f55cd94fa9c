"""The board: whose words are whose, one out of two with both authors kept, and names only while their owners like."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.topic import Topic
from mcm_core.domain.visitor import Visitor
from mcm_core.services import dots, members, retention, topics
from mcm_core.store.engine import read, write
from mcm_core.store.tables import DotRow, DotVoteRow, TopicRow
from tests.services.boards import a_board, a_topic, give, revealed
from tests.services.people import NOW
from tests.services.racing import race
from tests.services.stories import Group, a_group


@pytest.fixture
def group(db: Session) -> Group:
    return a_group(db, 6)


def seen(db: Session, who: Visitor, group: Group) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.text, one.authors) for one in topics.board(db, who, group.cohort.id)]


def only(db: Session, group: Group, who: Visitor | None = None) -> Topic:
    (topic,) = topics.board(db, who or group.facilitator, group.cohort.id)
    return topic


def test_a_name_stands_there_only_when_its_owner_said_so(db: Session, group: Group) -> None:
    ada, ben, _ = group.members[:3]
    a_topic(db, ada, group, "Named", named=True)
    a_topic(db, ben, group, "Not named")
    a_topic(db, group.facilitator, group, "Said aloud", named=True)

    for who in (group.facilitator, ben):
        assert seen(db, who, group) == [
            ("Named", ("Ada",)), ("Not named", ("from the group",)), ("Said aloud", ("from the group",)),
        ]  # fmt: skip
    assert [one.mine for one in topics.board(db, ben, group.cohort.id)] == [False, True, False]


def test_the_name_can_be_taken_away_at_any_time_and_the_words_not_while_dots_are_given(
    db: Session, group: Group
) -> None:
    ada = group.members[0]
    first, _ = a_topic(db, ada, group, named=True), a_topic(db, ada, group, "Another")
    dots.open_(db, group.facilitator, group.cohort.id, at=NOW)

    topics.reword(db, ada, first, kind="question", text="How do we say no kindly?", named=False)
    with pytest.raises(Refused, match="giving their dots"):
        topics.reword(db, ada, first, kind="question", text="Something else", named=False)

    assert seen(db, ada, group)[0] == ("How do we say no kindly?", ("from the group",))


def test_only_its_author_changes_a_topic_and_takes_it_away(db: Session, group: Group) -> None:
    ada, ben = group.members[:2]
    hers, ours = a_topic(db, ada, group), a_topic(db, group.facilitator, group, "Ours")

    with pytest.raises(NotAllowed):
        topics.reword(db, ben, hers, kind="question", text="Mine now", named=True)
    for who, topic in ((ben, hers), (group.facilitator, hers), (ada, ours)):
        with pytest.raises(Refused, match="Only its author"):
            topics.withdraw(db, who, topic)
    topics.withdraw(db, ada, hers)
    topics.withdraw(db, group.facilitator, ours)

    assert seen(db, ada, group) == []


def test_a_double_tap_is_one_topic_and_a_flood_is_stopped(db: Session, group: Group) -> None:
    ada = group.members[0]
    assert a_topic(db, ada, group, " Twice ") == a_topic(db, ada, group, "Twice")

    for number in range(topics.TOPICS_A_MINUTE - 1):
        a_topic(db, ada, group, f"Number {number}")
    with pytest.raises(Refused, match="within a minute"):
        a_topic(db, ada, group, "One more")
    for number in range(topics.TOPICS_MAX - topics.TOPICS_A_MINUTE):
        a_topic(db, ada, group, f"Later {number}", at=NOW + timedelta(minutes=2 * number + 2))
    with pytest.raises(Refused, match="as many as fit"):
        a_topic(db, ada, group, "The last straw", at=NOW + timedelta(days=1))


@pytest.mark.parametrize(("kind", "text"), [("question", "  "), ("question", "x" * 201), ("moan", "Words")])
def test_what_cannot_be_stored_is_refused(db: Session, group: Group, kind: str, text: str) -> None:
    with pytest.raises(Refused):
        topics.propose(db, group.members[0], group.cohort.id, kind=kind, text=text, named=False, at=NOW)


def test_the_question_of_an_application_comes_with_the_member(db: Session, group: Group) -> None:
    ada = group.members[0].member_id or ""

    topics.bring(db, group.cohort.id, ada, "What I asked when I applied", named=True, at=NOW)

    assert seen(db, group.members[1], group) == [("What I asked when I applied", ("Ada",))]


# ------------------------------------------------------------------------------------------------- one out of two


def test_a_merge_keeps_both_authors_and_can_be_undone(db: Session, group: Group) -> None:
    ada, ben, cleo = group.members[:3]
    one, two, three = (a_topic(db, who, group, f"of {who.name}", named=True) for who in (ada, ben, cleo))

    assert topics.merge(db, group.facilitator, two, one)
    assert topics.merge(db, group.facilitator, one, three)
    assert seen(db, ada, group) == [("of Cleo", ("Cleo", "Ada", "Ben"))]

    topics.part(db, group.facilitator, one)
    assert seen(db, ada, group) == [("of Ada", ("Ada", "Ben")), ("of Cleo", ("Cleo",))]
    topics.part(db, ben, two)
    assert [text for text, _ in seen(db, ada, group)] == ["of Ada", "of Ben", "of Cleo"]


def test_authors_suggest_and_it_is_done_when_both_do(db: Session, group: Group) -> None:
    ada, ben, cleo = group.members[:3]
    hers, his = a_topic(db, ada, group, "Hers"), a_topic(db, ben, group, "His")

    assert not topics.merge(db, ada, hers, his)
    assert not topics.merge(db, ada, his, hers), "once more, the other way round, is the same wish"
    assert [one.wish_id for one in topics.board(db, cleo, group.cohort.id)] == [his, None]
    with pytest.raises(Refused, match="You wrote neither"):
        topics.merge(db, cleo, hers, his)

    assert topics.merge(db, ben, his, hers)
    assert [part.id for part in only(db, group).parts] == [his]
    assert only(db, group).wish_id is None
    with pytest.raises(Refused, match="Only its author"):
        topics.part(db, ada, his)


def test_a_wish_can_be_taken_back_and_ones_own_two_need_nobody(db: Session, group: Group) -> None:
    ada, ben = group.members[:2]
    hers, his, another = (
        a_topic(db, ada, group, "Hers"),
        a_topic(db, ben, group, "His"),
        a_topic(db, ada, group, "Other"),
    )
    topics.merge(db, ada, hers, his)

    topics.drop_wish(db, ada, hers)

    assert not topics.merge(db, ben, his, hers), "so Ben's is the first wish"
    assert topics.merge(db, ada, another, hers)


def test_a_topic_is_not_merged_with_itself_nor_with_what_is_merged_nor_while_dots_are_given(
    db: Session, group: Group
) -> None:
    one, two, three, four = a_board(db, group)
    topics.merge(db, group.facilitator, two, one)

    for part, into, said in (
        (one, one, "with itself"),
        (three, two, "just been merged"),
        (two, three, "just been merged"),
    ):
        with pytest.raises(Refused, match=said):
            topics.merge(db, group.facilitator, part, into)
    dots.open_(db, group.facilitator, group.cohort.id, at=NOW)
    for verb in (
        lambda: topics.merge(db, group.facilitator, three, four),
        lambda: topics.part(db, group.facilitator, two),
    ):
        with pytest.raises(Refused, match="giving their dots"):
            verb()


def test_when_the_head_is_withdrawn_its_parts_stand_again(db: Session, group: Group) -> None:
    one, two, *_ = a_board(db, group, 2)
    topics.merge(db, group.facilitator, two, one)

    topics.withdraw(db, group.members[0], one)
    db.expire_all()

    assert only(db, group).id == two


def test_two_merges_at_once_never_make_a_circle(database: str) -> None:
    with write() as db:
        group = a_group(db, 2)
        one, two = a_board(db, group, 2)

    def merged(part: str, into: str) -> None:
        with write() as db:
            topics.merge(db, group.facilitator, part, into)

    for _ in range(10):
        race(lambda: merged(one, two), lambda: merged(two, one))
        with write() as db:
            (head,) = topics.board(db, group.facilitator, group.cohort.id)
            topics.part(db, group.facilitator, head.parts[0].id)


# ------------------------------------------------------------------------------------------------- aside and away


def test_what_is_set_aside_is_seen_by_its_author_and_facilitators_and_its_dots_go_back(
    db: Session, group: Group
) -> None:
    ada, ben = group.members[:2]
    one, two, *_ = a_board(db, group)
    vote = dots.open_(db, group.facilitator, group.cohort.id, at=NOW)
    give(db, vote, [ben], [{one: 2, two: 1}])

    topics.set_aside(db, group.facilitator, one, aside=True)

    for who, count in ((ada, 4), (ben, 3), (group.facilitator, 4)):
        assert len(topics.board(db, who, group.cohort.id)) == count
    assert dots.mine(db, ben, vote.id) == {two: 1}
    with pytest.raises(NotAllowed):
        dots.place(db, ben, vote.id, one, 1, at=NOW)
    topics.set_aside(db, group.facilitator, one, aside=False)
    assert len(topics.board(db, ben, group.cohort.id)) == 4


@pytest.mark.parametrize("keep", [True, False])
def test_an_erasure_takes_dots_away_and_words_or_the_name_with_them(database: str, keep: bool) -> None:
    with write() as db:
        group = a_group(db, 6)
        hers = a_topic(db, group.members[0], group, "Hers", named=True)
        his = a_topic(db, group.members[1], group, "His")
        topics.merge(db, group.facilitator, his, hers)
        a_topic(db, group.members[2], group, "Another")
        shown = revealed(db, group, [{hers: 1}] * 6).picture
    with write() as db:
        members.erase(db, group.members[0], keep_notes=keep)

    with read() as db:
        board = seen(db, group.facilitator, group)
        assert board[0] == (("Hers", ("from the group",)) if keep else ("His", ("from the group",)))
        assert dots.votes(db, group.facilitator, group.cohort.id)[0].picture == shown, "what was revealed stays"
        left = set(db.scalars(select(DotRow.member_id)))
        assert left == ({who.member_id for who in group.members[1:]} if keep else set())


def test_at_the_end_of_its_time_no_topic_and_no_dot_is_left(database: str) -> None:
    with write() as db:
        group = a_group(db, 6)
        one, *_ = a_board(db, group)
        revealed(db, group, [{one: 1}] * 6)
    for days in (200, 230):
        retention.keep_house(at=NOW + timedelta(days=days))

    with read() as db:
        assert [db.scalars(select(table)).all() for table in (TopicRow, DotRow, DotVoteRow)] == [[], [], []]
