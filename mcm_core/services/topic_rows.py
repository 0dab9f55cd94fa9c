"""Topics as domain values, for services that have declared who asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.dots import DotState
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.topic import Kind, Topic, heads, is_ahead
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access
from mcm_core.services.access import COHORT, open_to
from mcm_core.store.engine import announce
from mcm_core.store.tables import DotVoteRow, MemberRow, TopicRow

GONE = "This topic is not on the board any more. Look at the board again."


@open_to(COHORT)
def hand(db: Session, visitor: Visitor, cohort_id: str) -> str | None:
    """The id of a member of this cohort, or None for a facilitator; as the database knows them. Raises NotAllowed."""
    if visitor.facilitates:
        access.facilitating(db, visitor, cohort_id)
        return None
    return access.member(db, visitor, cohort_id)


def loaded(db: Session, cohort_id: str, member_id: str | None) -> tuple[Topic, ...]:
    """Every topic of a cohort as a member, or for None a facilitator, may see it, oldest first, merged ones apart."""
    rows = db.execute(
        select(TopicRow, MemberRow.name)
        .outerjoin(MemberRow, MemberRow.id == TopicRow.member_id)
        .where(TopicRow.cohort_id == cohort_id)
        .order_by(TopicRow.created_at, TopicRow.id)
        .execution_options(populate_existing=True)
    )
    found = (_topic(row, name, member_id) for row, name in rows)
    return tuple(topic for topic in found if topic.mine or member_id is None or not topic.aside)


def on_board(db: Session, cohort_id: str, sessions: Sequence[CohortSession], at: datetime) -> tuple[Topic, ...]:
    """What dots can be given to: the topics that stand by themselves and that the group has still to come to."""
    standing = heads(topic for topic in loaded(db, cohort_id, None) if not topic.aside)
    return tuple(topic for topic in standing if is_ahead(topic, sessions, at))


def named_in(db: Session, cohort_id: str, topic_id: str) -> TopicRow:
    """A topic that stands by itself in this cohort. Raises NotAllowed for a foreign one, Refused for a merged one."""
    row = db.get(TopicRow, topic_id, populate_existing=True)
    if row is None or row.cohort_id != cohort_id:
        raise NotAllowed(GONE)
    if row.head_id:
        raise Refused("This has just been merged into another topic. Look at the board again.")
    return row


def refuse_while_dots(db: Session, cohort_id: str) -> None:
    """Raise Refused while people give dots: what they chose must stay what they chose."""
    asked = select(DotVoteRow.id).where(DotVoteRow.cohort_id == cohort_id, DotVoteRow.state == DotState.OPEN)
    if db.scalar(asked.limit(1)):
        raise Refused("People are giving their dots just now, so topics stay as they are until the reveal.")


def tell(db: Session, cohort_id: str) -> None:
    """The screens that show the board."""
    announce(db, f"topics:{cohort_id}")


def _topic(row: TopicRow, name: str | None, member_id: str | None) -> Topic:
    return Topic(
        id=row.id,
        kind=Kind(row.kind),
        text=row.text,
        by=name if row.named and name else "",
        named=row.named,
        mine=member_id is not None and row.member_id == member_id,
        created_at=row.created_at,
        head_id=row.head_id,
        wish_id=row.wish_id,
        planned_for=row.planned_for,
        aside=row.aside,
    )
