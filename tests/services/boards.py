"""A board of topics, told by calling the services as the product does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from mcm_core.domain.dots import DotVote
from mcm_core.domain.visitor import Visitor
from mcm_core.services import dots, topics
from mcm_core.store.tables import TopicRow
from tests.services.people import NOW
from tests.services.stories import Group

TEXTS = ("How do we say no kindly?", "Waiting lists", "Keeping staff well", "Who else should be here?")


def a_topic(
    db: Session, by: Visitor, group: Group, text: str = TEXTS[0], *, named: bool = False, at: datetime | None = None
) -> str:
    """A topic on the board, a second after the one before; its id."""
    at = at or NOW + timedelta(seconds=db.query(TopicRow).count())
    return topics.propose(db, by, group.cohort.id, kind="question", text=text, named=named, at=at)


def a_board(db: Session, group: Group, size: int = 4) -> tuple[str, ...]:
    """So many topics, each by a member in turn; their ids in the order of the board."""
    authors = zip(group.members * 4, TEXTS[:size], strict=False)
    return tuple(a_topic(db, who, group, text) for who, text in authors)


def give(
    db: Session, vote: DotVote, members: Sequence[Visitor], placed: Sequence[Mapping[str, int]], *, at: datetime = NOW
) -> None:
    """Have each member in turn give the dots in the same place of `placed`."""
    for member, given in zip(members, placed, strict=False):
        for topic_id, count in given.items():
            dots.place(db, member, vote.id, topic_id, count, at=at)


def revealed(db: Session, group: Group, placed: Sequence[Mapping[str, int]], *, at: datetime = NOW) -> DotVote:
    """Dots asked for, given and revealed."""
    vote = dots.open_(db, group.facilitator, group.cohort.id, at=at)
    give(db, vote, group.members, placed, at=at)
    return dots.reveal(db, group.facilitator, vote.id, version=vote.version, at=at)
