"""Dots on topics. Until the reveal the only verb that returns one returns the visitor's own; after it, counts alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, distinct, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mcm_core.domain import dots as rules
from mcm_core.domain.audit import Deed
from mcm_core.domain.cohort import CohortSession, current_session
from mcm_core.domain.dots import DotState, DotVote, LeftOut
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, audit, cohorts, reading_rows
from mcm_core.services.access import ARRIVED, COHORT, FACILITATORS, MEMBERS, open_to
from mcm_core.services.cohorts import turn
from mcm_core.services.dot_rows import LEFT_OUT, PICTURE, as_vote, frozen, left_out, members, placed_in, quicker
from mcm_core.services.readings import PRESENT, Turnout
from mcm_core.services.topic_rows import GONE, on_board
from mcm_core.store.engine import announce
from mcm_core.store.tables import CohortRow, DotRow, DotVoteRow, MemberRow, TopicRow

CLOSED = "The dots have been revealed, so this one was not moved. Those that you gave before are counted."


@dataclass(frozen=True)
class Given:
    """Dots that somebody gave to one topic, for their own eyes."""

    session_number: int
    asked_at: datetime
    topic: str
    count: int


@open_to(COHORT)
def votes(db: Session, visitor: Visitor, cohort_id: str) -> tuple[DotVote, ...]:
    """Every time that the cohort was asked for dots, newest first. An open one has no picture."""
    rows = select(DotVoteRow).where(DotVoteRow.cohort_id == cohort_id).order_by(DotVoteRow.opened_at.desc())
    return tuple(as_vote(row) for row in db.scalars(rows.execution_options(populate_existing=True)))


@open_to(FACILITATORS)
def open_(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> DotVote:
    """Ask everybody for dots. Raises Refused for too few topics or people, Conflict while another time is open."""
    by = access.facilitator(db, visitor)
    sessions = cohorts.get(db, visitor, cohort_id).sessions
    row = DotVoteRow(
        cohort_id=cohort_id,
        session_number=current_session(sessions, at).number,
        threshold=_fewest(db, cohort_id, sessions, at),
        state=DotState.OPEN,
        moved_by=by,
        opened_at=at,
    )
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        raise quicker(db, by, cohort_id) from None
    audit.note(db, visitor, Deed.DOTS_OPENED, row.id, cohort_id=cohort_id, at=at)
    turn(db, cohort_id)
    return as_vote(row)


@open_to(FACILITATORS)
def in_the_way(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> str | None:
    """Why nobody can be asked for dots now, in words; None when they can."""
    try:
        _fewest(db, cohort_id, cohorts.get(db, visitor, cohort_id).sessions, at)
    except Refused as why:
        return str(why)
    return None


@open_to(MEMBERS)
def place(db: Session, visitor: Visitor, vote_id: str, topic_id: str, count: int, *, at: datetime) -> None:
    """Give so many dots to a topic, instead of those that it had from the visitor; 0 takes them back.

    Raises Refused for more than three in all or two on one, and once they are revealed; NotAllowed for a topic that is
    not on the board.
    """
    vote = _held(db, vote_id)
    if vote.state != DotState.OPEN:
        raise Refused(CLOSED)
    cohort_id = vote.cohort_id
    member_id = _one_at_a_time(db, access.member(db, visitor, cohort_id))
    board = {topic.id for topic in on_board(db, cohort_id, cohorts.get(db, visitor, cohort_id).sessions, at)}
    if topic_id not in board:
        raise NotAllowed(GONE)
    before = placed_in(db, [vote_id])[vote_id].get(member_id, {})
    rules.refuse_dots({one: before[one] for one in before.keys() & board}, topic_id, count)
    this = (DotRow.vote_id == vote_id, DotRow.member_id == member_id, DotRow.topic_id == topic_id)
    db.execute(delete(DotRow).where(*this))
    if count:
        db.add(DotRow(vote_id=vote_id, member_id=member_id, topic_id=topic_id, cohort_id=cohort_id, count=count))
    db.flush()
    announce(db, f"count:{cohort_id}")
    announce(db, f"mine:{member_id}")


@open_to(MEMBERS)
def mine(db: Session, visitor: Visitor, vote_id: str) -> Mapping[str, int]:
    """How many dots the visitor gave to which topic."""
    cohort_id = db.get_one(DotVoteRow, vote_id).cohort_id
    return placed_in(db, [vote_id])[vote_id].get(access.member(db, visitor, cohort_id), {})


@open_to(ARRIVED)
def given(db: Session, visitor: Visitor) -> tuple[Given, ...]:
    """Every dot that the signed-in member gave, oldest vote first."""
    rows = db.execute(
        select(DotVoteRow.session_number, DotVoteRow.opened_at, TopicRow.text, DotRow.count)
        .join(DotVoteRow, DotVoteRow.id == DotRow.vote_id)
        .join(TopicRow, TopicRow.id == DotRow.topic_id)
        .where(DotRow.member_id == access.member(db, visitor, visitor.cohort_id or ""))
        .order_by(DotVoteRow.opened_at, TopicRow.created_at)
    )
    return tuple(Given(*row) for row in rows)


@open_to(COHORT)
def turnout(db: Session, visitor: Visitor, vote_id: str, *, at: datetime) -> Turnout:
    """How many have given dots: the one thing that anybody may know before the reveal."""
    cohort_id = db.get_one(DotVoteRow, vote_id).cohort_id
    given = db.scalar(select(func.count(distinct(DotRow.member_id))).where(DotRow.vote_id == vote_id)) or 0
    here = db.scalar(reading_rows.HERE, {"cohort_id": cohort_id, "since": at - PRESENT})
    return Turnout(complete=given, here=max(here or 0, given))


@open_to(FACILITATORS)
def reveal(db: Session, visitor: Visitor, vote_id: str, *, version: int, at: datetime) -> DotVote:
    """Freeze how many dots each topic has and show it on every screen. Final. Raises Conflict: somebody was quicker."""
    by = access.facilitator(db, visitor)
    moved = db.scalar(
        update(DotVoteRow)
        .where(DotVoteRow.id == vote_id, DotVoteRow.version == version, DotVoteRow.state == DotState.OPEN)
        .values(state=DotState.REVEALED, version=version + 1, moved_by=by, revealed_at=at)
        .returning(DotVoteRow.cohort_id)
        .execution_options(synchronize_session=False)
    )
    if moved is None:
        raise quicker(db, by, db.get_one(DotVoteRow, vote_id).cohort_id)
    row = db.get_one(DotVoteRow, vote_id, populate_existing=True)
    board = on_board(db, moved, cohorts.get(db, visitor, moved).sessions, at)
    row.picture = PICTURE.dump_python(frozen(db, row, board), mode="json")
    audit.note(db, visitor, Deed.DOTS_REVEALED, vote_id, cohort_id=moved, at=at)
    turn(db, moved)
    db.flush()
    return as_vote(row)


@open_to(FACILITATORS)
def count_left_out(db: Session, visitor: Visitor, vote_id: str, *, at: datetime) -> LeftOut:
    """How many gave no dot to anything that is planned, for everybody to see. Counted once for each vote.

    Asked again and again for other plans, it would tell who chose what. Raises Refused where the dots stay closed, or
    nothing is planned.
    """
    row = _held(db, vote_id, moves=True)
    if row.left_out is None:
        counted = left_out(db, row, cohorts.get(db, visitor, row.cohort_id).sessions, at)
        row.left_out = LEFT_OUT.dump_python(counted, mode="json")
        announce(db, f"topics:{row.cohort_id}")
        db.flush()
    return LEFT_OUT.validate_python(row.left_out)


def _fewest(db: Session, cohort_id: str, sessions: Sequence[CohortSession], at: datetime) -> int:
    """The smallest group of which the cohort's dots are shown. Raises Refused for too few topics or people."""
    fewest = rules.threshold(db.scalars(select(CohortRow.threshold).where(CohortRow.id == cohort_id)).one())
    rules.refuse_too_few(members(db, cohort_id), len(on_board(db, cohort_id, sessions, at)), fewest)
    return fewest


def _held(db: Session, vote_id: str, *, moves: bool = False) -> DotVoteRow:
    """The vote. A reveal waits for this transaction, and this one for it."""
    found = select(DotVoteRow).where(DotVoteRow.id == vote_id).with_for_update(read=not moves)
    return db.scalars(found.execution_options(populate_existing=True)).one()


def _one_at_a_time(db: Session, member_id: str) -> str:
    """Let two phones of a member give dots one after the other, so that they are never more than three."""
    return db.scalars(select(MemberRow.id).where(MemberRow.id == member_id).with_for_update(key_share=True)).one()
