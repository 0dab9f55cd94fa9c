"""Offers and needs by topic. Whoever says one shows their name with it: that is the one way to say it themselves.

A name that nobody sees could not be kept: in a group that sits together, whose tap made the number go up is plain. Who
would rather not be named says it to a facilitator, who writes it down for the group.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from mcm_core.domain.errors import Refused
from mcm_core.domain.offer import Exchange, Offer, Side
from mcm_core.domain.topic import FROM_THE_GROUP, heads
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access
from mcm_core.services.access import ARRIVED, COHORT, open_to
from mcm_core.services.members.rows import lock
from mcm_core.services.topic_rows import GONE, hand, loaded, named_in, tell
from mcm_core.store.tables import MemberRow, OfferRow, TopicRow

OF_THE_GROUP_MAX = 20


@dataclass(frozen=True)
class Own:
    """What a member said of a topic, for My data."""

    side: Side
    topic: str
    said_at: datetime


@open_to(COHORT)
def of_cohort(db: Session, visitor: Visitor, cohort_id: str) -> tuple[Exchange, ...]:
    """Every topic on the board with its offers and needs; those on a merged topic stand with the whole, each once."""
    member_id = hand(db, visitor, cohort_id)
    rows = db.execute(
        select(OfferRow, MemberRow.name)
        .outerjoin(MemberRow, MemberRow.id == OfferRow.member_id)
        .where(OfferRow.cohort_id == cohort_id)
        .order_by(OfferRow.said_at, OfferRow.id)
    )
    said: dict[str, list[tuple[OfferRow, str | None]]] = defaultdict(list)
    for row, name in rows:
        said[row.topic_id].append((row, name))
    found = []
    for topic in heads(loaded(db, cohort_id, member_id)):
        if not topic.aside:
            its = [one for part in (topic, *topic.parts) for one in said[part.id]]
            offers, needs = (_once(its, side, member_id) for side in Side)
            found.append(Exchange(topic, offers, needs))
    return tuple(found)


@open_to(ARRIVED)
def mine(db: Session, visitor: Visitor) -> tuple[Own, ...]:
    """Every offer and need of the signed-in member, oldest first."""
    rows = db.execute(
        select(OfferRow.side, TopicRow.text, OfferRow.said_at)
        .join(TopicRow, TopicRow.id == OfferRow.topic_id)
        .where(OfferRow.member_id == access.member(db, visitor, visitor.cohort_id or ""))
        .order_by(OfferRow.said_at, OfferRow.id)
    )
    return tuple(Own(Side(side), text, said_at) for side, text, said_at in rows)


@open_to(COHORT, otherwise=GONE)
def say(db: Session, visitor: Visitor, topic_id: str, side: str, *, at: datetime) -> None:
    """Say that one can offer something on a topic, or would like something; a member's name shows with it.

    A second tap changes nothing. What a facilitator writes counts one person of the group. Raises Refused.
    """
    cohort_id = db.get_one(TopicRow, topic_id).cohort_id
    member_id = hand(db, visitor, cohort_id)
    lock(db, cohort_id)
    if named_in(db, cohort_id, topic_id).aside:
        raise Refused("This topic is set aside just now. Look at the board again.")
    if side not in set(Side):
        raise Refused("That choice is not on the list. Choose again.")
    same = select(func.count()).where(
        OfferRow.topic_id == topic_id, OfferRow.side == side, OfferRow.member_id == member_id
    )
    if (db.scalar(same) or 0) >= (OF_THE_GROUP_MAX if member_id is None else 1):
        return
    db.add(OfferRow(cohort_id=cohort_id, topic_id=topic_id, member_id=member_id, side=side, said_at=at))
    db.flush()
    tell(db, cohort_id)


@open_to(COHORT, otherwise=GONE)
def unsay(db: Session, visitor: Visitor, offer_id: str) -> None:
    """Take one's own offer or need back, and the name with it; a facilitator, what was written for the group."""
    row = db.get_one(OfferRow, offer_id)
    if row.member_id != hand(db, visitor, row.cohort_id):
        raise Refused("Only the person who said this can take it back.")
    tell(db, row.cohort_id)
    db.execute(delete(OfferRow).where(OfferRow.id == offer_id))


def _once(its: Iterable[tuple[OfferRow, str | None]], side: Side, member_id: str | None) -> tuple[Offer, ...]:
    """One side of a topic, everybody once. Whose words stand on two merged topics is in the first."""
    found = {row.member_id or row.id: (row, name) for row, name in reversed(list(its)) if row.side == side}
    return tuple(
        Offer(row.id, side, name or FROM_THE_GROUP, member_id is not None and row.member_id == member_id, name is None)
        for row, name in reversed(found.values())
    )
