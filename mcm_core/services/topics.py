"""The board of topics: members write, say what is one with another, and take their own back; facilitators help.

Whose words a topic holds never changes by a merge: every part keeps its text and its author, and can be parted again.
A name stands beside a topic only while its author wants it there.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from mcm_core.domain.dots import DotState
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.topic import Kind, Topic, clean_text, heads
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access
from mcm_core.services.access import ARRIVED, COHORT, FACILITATORS, MEMBERS, open_to
from mcm_core.services.members.rows import lock
from mcm_core.services.throttle import MINUTE
from mcm_core.services.topic_rows import GONE, hand, loaded, named_in, refuse_while_dots, tell
from mcm_core.store.tables import DotRow, DotVoteRow, TopicRow, new_id

TOPICS_MAX = 20  # of one author: a limit for floods, not for people
OF_THE_GROUP_MAX = 60
TOPICS_A_MINUTE = 10
TWO_TAPS = timedelta(minutes=1)


@open_to(COHORT)
def board(db: Session, visitor: Visitor, cohort_id: str) -> tuple[Topic, ...]:
    """The topics that stand by themselves, oldest first, each with those that were merged into it."""
    return heads(loaded(db, cohort_id, hand(db, visitor, cohort_id)))


@open_to(ARRIVED)
def mine(db: Session, visitor: Visitor) -> tuple[Topic, ...]:
    """Everything that the signed-in member brought, oldest first, as they wrote it."""
    cohort_id = visitor.cohort_id or ""
    return tuple(one for one in loaded(db, cohort_id, access.member(db, visitor, cohort_id)) if one.mine)


@open_to(COHORT)
def propose(db: Session, visitor: Visitor, cohort_id: str, *, kind: str, text: str, named: bool, at: datetime) -> str:
    """Put a topic on the board; returns its id. What a facilitator writes comes from the group, without a name.

    The same words twice within a minute are a double tap, and one topic. Raises Refused when there are no words or too
    many, or for a flood.
    """
    member_id = hand(db, visitor, cohort_id)
    lock(db, cohort_id)  # so that two taps at once are two taps, too
    return _put(db, cohort_id, member_id, kind=kind, text=text, named=named, at=at)


def bring(db: Session, cohort_id: str, member_id: str, text: str, *, named: bool, at: datetime) -> str:
    """Put the question of an application on the board; returns its id. Raises Refused as `propose` does.

    For services that have checked who asks, and that the applicant said yes to this (domain.md §1C row 72).
    """
    return _put(db, cohort_id, member_id, kind=Kind.QUESTION, text=text, named=named, at=at)


@open_to(MEMBERS, otherwise=GONE)
def reword(db: Session, visitor: Visitor, topic_id: str, *, kind: str, text: str, named: bool) -> None:
    """Change one's own topic. Author only. Whether the name stands beside it may be changed at any time, and nothing
    else while people give dots. Raises Refused."""
    row = _own(db, visitor, topic_id)
    words, sort = clean_text(text), _kind(kind)
    if (row.text, row.kind) != (words, sort):
        refuse_while_dots(db, row.cohort_id)
    row.text, row.kind, row.named = words, sort, named
    tell(db, row.cohort_id)


@open_to(COHORT, otherwise=GONE)
def withdraw(db: Session, visitor: Visitor, topic_id: str) -> None:
    """Take a topic off the board for good, with the dots that it has in an open vote. Its author only, or a facilitator
    where it has none. Parts that were merged into it stand by themselves again."""
    row = db.get_one(TopicRow, topic_id)
    if row.member_id != hand(db, visitor, row.cohort_id):
        raise Refused("Only its author can take this away. A facilitator can set it aside for now.")
    tell(db, row.cohort_id)
    db.delete(row)
    db.flush()


@open_to(FACILITATORS)
def set_aside(db: Session, visitor: Visitor, topic_id: str, *, aside: bool) -> None:
    """Hide a topic from everybody but its author and the facilitators, at once, or show it again (§5 row 28).

    Dots that it has in an open vote go back to those who gave them.
    """
    row = db.get_one(TopicRow, topic_id)
    row.aside = aside
    asked = select(DotVoteRow.id).where(DotVoteRow.cohort_id == row.cohort_id, DotVoteRow.state == DotState.OPEN)
    if aside:
        db.execute(delete(DotRow).where(DotRow.topic_id == topic_id, DotRow.vote_id.in_(asked)))
    tell(db, row.cohort_id)


@open_to(COHORT, otherwise=GONE)
def merge(db: Session, visitor: Visitor, topic_id: str, into_id: str) -> bool:
    """Make a topic part of another one; both keep their words and author. Returns whether it is done.

    A facilitator does it at once. An author suggests it, and it is done when the other author suggests the same, or
    when both are theirs. Raises Refused while people give dots, and for somebody who wrote neither.
    """
    cohort_id = db.get_one(TopicRow, topic_id).cohort_id
    member_id = hand(db, visitor, cohort_id)
    lock(db, cohort_id)
    part, into = (named_in(db, cohort_id, one) for one in (topic_id, into_id))
    if part is into:
        raise Refused("A topic cannot be merged with itself. Choose another one.")
    refuse_while_dots(db, cohort_id)
    if member_id is not None and (wishing := _wishes(part, into, member_id)):
        mine, other = wishing
        mine.wish_id = other.id
        tell(db, cohort_id)
        return False
    into.planned_for = into.planned_for or part.planned_for
    part.head_id, part.wish_id, part.planned_for = into.id, None, None
    if into.wish_id == part.id:
        into.wish_id = None
    tell(db, cohort_id)
    return True


@open_to(COHORT, otherwise=GONE)
def part(db: Session, visitor: Visitor, topic_id: str) -> None:
    """Undo a merge: the topic stands by itself again. A facilitator, or its author. Raises Refused."""
    row = db.get_one(TopicRow, topic_id)
    member_id = hand(db, visitor, row.cohort_id)
    if member_id not in (None, row.member_id):
        raise Refused("Only its author or a facilitator can part this from the other topic.")
    refuse_while_dots(db, row.cohort_id)
    row.head_id = row.wish_id = None
    tell(db, row.cohort_id)


@open_to(MEMBERS, otherwise=GONE)
def drop_wish(db: Session, visitor: Visitor, topic_id: str) -> None:
    """Take back the suggestion that one's own topic be merged. Author only."""
    row = _own(db, visitor, topic_id)
    row.wish_id = None
    tell(db, row.cohort_id)


def copy(db: Session, of: str, to: str) -> None:
    """Let another cohort's board begin with what this one did not come to, with what was merged into it, and without
    a name (domain.md §5 row 43). For services that have checked who asks."""
    rows = db.scalars(
        select(TopicRow)
        .where(TopicRow.cohort_id == of, TopicRow.aside.is_(False), TopicRow.planned_for.is_(None))
        .order_by(TopicRow.created_at, TopicRow.id)
    ).all()
    made = {row.id: new_id() for row in rows if row.head_id is None}
    for row in rows:
        if row.id in made or row.head_id in made:
            copied = TopicRow(
                id=made.get(row.id) or new_id(), cohort_id=to, kind=row.kind, text=row.text,
                head_id=made.get(row.head_id or ""), created_at=row.created_at,
            )  # fmt: skip
            db.add(copied)
    db.flush()


def _wishes(part: TopicRow, into: TopicRow, member_id: str) -> tuple[TopicRow, TopicRow] | None:
    """Whose wish to keep and for what, or None when both authors agree already."""
    ours = [one for one in (part, into) if one.member_id == member_id]
    if not ours:
        raise Refused("You wrote neither of these. Tell the group or a facilitator that the two belong together.")
    if len(ours) == 2:
        return None
    (mine,) = ours
    other = into if mine is part else part
    return None if other.wish_id == mine.id else (mine, other)


def _put(db: Session, cohort_id: str, member_id: str | None, *, kind: str, text: str, named: bool, at: datetime) -> str:
    wanted = {
        "cohort_id": cohort_id,
        "member_id": member_id,
        "kind": _kind(kind),
        "text": clean_text(text),
        "named": named and member_id is not None,
    }
    tapped = select(TopicRow.id).filter_by(**wanted).where(TopicRow.created_at > at - TWO_TAPS)
    if same := db.scalar(tapped.limit(1)):
        return same
    _refuse_flood(db, cohort_id, member_id, at)
    row = TopicRow(**wanted, created_at=at)
    db.add(row)
    db.flush()
    tell(db, cohort_id)
    return row.id


def _own(db: Session, visitor: Visitor, topic_id: str) -> TopicRow:
    """The visitor's own topic. A foreign one and one that does not exist look the same."""
    row = db.get_one(TopicRow, topic_id, populate_existing=True)
    if row.member_id != access.member(db, visitor, row.cohort_id):
        raise NotAllowed(GONE)
    return row


def _kind(sent: str) -> str:
    try:
        return Kind(sent).value
    except ValueError:
        raise Refused("That choice is not on the list. Choose again; your text is still in the box.") from None


def _refuse_flood(db: Session, cohort_id: str, member_id: str | None, at: datetime) -> None:
    theirs = select(func.count()).where(TopicRow.cohort_id == cohort_id, TopicRow.member_id == member_id)
    most = OF_THE_GROUP_MAX if member_id is None else TOPICS_MAX
    if (db.scalar(theirs) or 0) >= most:
        raise Refused(f"There are {most} of these already, which is as many as fit. Take one away first.")
    if (db.scalar(theirs.where(TopicRow.created_at > at - MINUTE)) or 0) >= TOPICS_A_MINUTE:
        raise Refused(f"That were {TOPICS_A_MINUTE} topics within a minute. Wait a minute; your text is still there.")
