"""Dots as the rules want them, and what is made of them at a reveal. For `services.dots`, which asks who acts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mcm_core.domain import dots as rules
from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.dots import DotPicture, DotState, DotVote, Earlier, LeftOut, Placed
from mcm_core.domain.errors import Conflict, Refused
from mcm_core.domain.topic import Topic, head_of, is_ahead
from mcm_core.services.topic_rows import loaded
from mcm_core.store.tables import DotRow, DotVoteRow, FacilitatorRow, MemberRow

PICTURE, LEFT_OUT = TypeAdapter(DotPicture), TypeAdapter(LeftOut)
_DONE = {DotState.OPEN: "asked for dots", DotState.REVEALED: "revealed the dots"}


def left_out(db: Session, row: DotVoteRow, sessions: Sequence[CohortSession], at: datetime) -> LeftOut:
    """Who gave no dot to anything that is planned. Raises Refused where that cannot be counted."""
    picture = as_vote(row).picture
    if picture is None or picture.counts is None:
        raise Refused("No dots are shown, so there is nothing to count. Ask everybody what is missing.")
    topics = {topic.id: topic for topic in loaded(db, row.cohort_id, None)}
    planned = {one.id for one in topics.values() if one.planned_for and is_ahead(one, sessions, at)}
    if not planned:
        raise Refused("Nothing is planned yet. Choose sessions for the topics first.")
    given = placed_in(db, [row.id])[row.id]
    now = {who: {head_of(one, topics): count for one, count in theirs.items()} for who, theirs in given.items()}
    return rules.left_out(now, planned)


def frozen(db: Session, row: DotVoteRow, topics: Sequence[Topic]) -> DotPicture:
    """What may be shown of a vote on these topics, beside what was shown of earlier ones."""
    board = dict.fromkeys(topic.id for topic in topics)
    past = db.scalars(
        select(DotVoteRow)
        .where(DotVoteRow.cohort_id == row.cohort_id, DotVoteRow.id != row.id)
        .order_by(DotVoteRow.opened_at)
    ).all()
    placed = placed_in(db, [row.id, *(one.id for one in past)])
    given = {who: {one: theirs[one] for one in theirs.keys() & board} for who, theirs in placed[row.id].items()}
    earlier = [Earlier(one.session_number, placed[one.id], PICTURE.validate_python(one.picture)) for one in past]
    return rules.freeze(
        given,
        board,
        session_number=row.session_number,
        fewest=row.threshold,
        of=members(db, row.cohort_id),
        earlier=earlier,
    )


def placed_in(db: Session, vote_ids: Collection[str]) -> Mapping[str, Placed]:
    """Dots by vote, member and topic. For the freezing, and for everybody their own."""
    found: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    columns = select(DotRow.vote_id, DotRow.member_id, DotRow.topic_id, DotRow.count)
    for vote_id, member_id, topic_id, count in db.execute(columns.where(DotRow.vote_id.in_(vote_ids))):
        found[vote_id][member_id][topic_id] = count
    return found


def members(db: Session, cohort_id: str) -> int:
    """How many members a cohort has."""
    return db.scalars(select(func.count()).where(MemberRow.cohort_id == cohort_id)).one()


def quicker(db: Session, by: str, cohort_id: str) -> Conflict:
    """What to tell the second of two facilitators, whose id is `by`."""
    latest = select(DotVoteRow).where(DotVoteRow.cohort_id == cohort_id).order_by(DotVoteRow.opened_at.desc()).limit(1)
    row = db.scalars(latest.execution_options(populate_existing=True)).one()
    name = db.scalar(select(FacilitatorRow.name).where(FacilitatorRow.id == row.moved_by)) or "Another facilitator"
    who = "You have" if row.moved_by == by else f"{name} has"
    return Conflict(f"{who} already {_DONE[DotState(row.state)]}. Look at the screen again.")


def as_vote(row: DotVoteRow) -> DotVote:
    """The domain value of a row."""
    return DotVote(
        id=row.id,
        cohort_id=row.cohort_id,
        session_number=row.session_number,
        state=DotState(row.state),
        version=row.version,
        threshold=row.threshold,
        opened_at=row.opened_at,
        picture=None if row.picture is None else PICTURE.validate_python(row.picture),
        left_out=None if row.left_out is None else LEFT_OUT.validate_python(row.left_out),
    )
