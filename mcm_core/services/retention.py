"""How long a cohort is kept. When its time is over, everything that is linked to people goes; frozen pictures stay."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, delete, select, update
from sqlalchemy.orm import Session

from mcm_core.domain import retention as rules
from mcm_core.domain.audit import Actor, Deed
from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.note import Attribution, Audience
from mcm_core.domain.retention import Keeping
from mcm_core.domain.round import RoundState
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, audit, not_joined
from mcm_core.services.access import FACILITATORS, INSIDE, open_to
from mcm_core.services.cohorts import turn
from mcm_core.store import bag
from mcm_core.store.engine import afterwards, read, write
from mcm_core.store.scrub import scrub
from mcm_core.store.tables import (
    AgreementRow,
    ApplicationRow,
    BagRow,
    CohortRow,
    CohortSessionRow,
    CommentsRow,
    ConsentRow,
    DocumentRow,
    DotVoteRow,
    EvaluationPictureRow,
    GuestRow,
    InterestRow,
    InvitationRow,
    KeptTextRow,
    MemberRow,
    MessageRow,
    NewsLineRow,
    NoteRow,
    OpeningRow,
    PairingRow,
    PauseRow,
    ReleaseRow,
    RoundRow,
    RunSheetRow,
    SignInRow,
    SignpostingRow,
    SkillsSharedRow,
    TopicRow,
)

#: Whose rows go with the people, and whatever refers to them or names them. (What else goes, `_delete` says.)
GONE = (
    *(RunSheetRow, PairingRow, DotVoteRow, TopicRow, NewsLineRow),
    *(SignInRow, ConsentRow, MessageRow, MemberRow, InvitationRow, GuestRow, SignpostingRow, PauseRow, CommentsRow),
    *(AgreementRow, DocumentRow, SkillsSharedRow),
    *(OpeningRow, InterestRow, ApplicationRow),
)
SHOWN = ("current", "desired", "current_shares", "desired_shares")


@dataclass(frozen=True)
class Due:
    """One cohort that something is due for: a warning, or the deletion."""

    cohort_id: str
    until: date
    is_over: bool


@open_to(INSIDE)
def of_cohort(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> Keeping:
    """Until when the visitor's cohort is kept."""
    return _keeping(db, db.get_one(CohortRow, cohort_id), at)


@open_to(FACILITATORS)
def set_date(db: Session, visitor: Visitor, cohort_id: str, until: date | None, *, at: datetime) -> None:
    """Choose the day of the deletion, or None for the usual one. A warning that was up comes again.

    Raises Refused, and Reconfirm: what is deleted is gone.
    """
    access.recently(db, visitor, at=at)
    row = db.get_one(CohortRow, cohort_id)
    now = _keeping(db, row, at)
    rules.refuse_date(until or max(now.default, now.earliest), now)
    row.keep_until, row.warned_at = until, None
    audit.note(db, visitor, Deed.KEEPING_SET, cohort_id, cohort_id=cohort_id, at=at)
    turn(db, cohort_id)


def due(db: Session, *, at: datetime) -> tuple[Due, ...]:
    """What `keep_house` would do now: whom to warn, what to delete. For the server and its console."""
    found = []
    for row in db.scalars(select(CohortRow).where(CohortRow.deleted_at.is_(None)).order_by(CohortRow.created_at)):
        now = _keeping(db, row, at)
        is_over = at.date() >= now.until
        if is_over or (now.is_warning and row.warned_at is None):
            found.append(Due(row.id, now.until, is_over))
    return tuple(found)


def keep_house(*, at: datetime) -> tuple[Due, ...]:
    """Put warnings up and delete what is over, cohort by cohort; returns what was done. Any number of servers may."""
    not_joined.forget(at=at)
    with read() as db:
        waiting = due(db, at=at)
    return tuple(one for one in waiting if _do(one.cohort_id, _delete if one.is_over else _warn, at))


def delete_again(db: Session, cohort_ids: Collection[str], *, at: datetime) -> None:
    """Delete what an older copy brought back of cohorts whose time was over already. For the restoring."""
    for row in db.scalars(select(CohortRow).where(CohortRow.id.in_(cohort_ids), CohortRow.deleted_at.is_(None))):
        _delete(db, row, at)


def _do(cohort_id: str, what: Callable[[Session, CohortRow, datetime], None], at: datetime) -> bool:
    """Do it unless another server was quicker: the row is locked, and looked at again."""
    with write() as db:
        row = db.scalar(select(CohortRow).where(CohortRow.id == cohort_id).with_for_update())
        still = {one.cohort_id: one for one in due(db, at=at)}.get(cohort_id)
        if row is None or still is None or still.is_over != (what is _delete):
            return False
        what(db, row, at)
        return True


def _warn(db: Session, row: CohortRow, at: datetime) -> None:
    row.warned_at = at
    audit.note(db, Actor.SERVER, Deed.WARNED, row.id, cohort_id=row.id, at=at)
    turn(db, row.id)


def _delete(db: Session, row: CohortRow, at: datetime) -> None:
    """Whatever leads to a person goes. What stays: pictures of groups that were large enough, and notes that were
    written for the network and are not paused, without a name (domain.md §5 row 60)."""
    row.deleted_at = at
    for_others = and_(NoteRow.audience == Audience.NETWORK.value, NoteRow.paused_at.is_(None))
    published = and_(NoteRow.cohort_id == row.id, for_others)
    of_cohort = select(NoteRow.id).where(NoteRow.cohort_id == row.id)
    db.execute(delete(KeptTextRow).where(KeptTextRow.note_id.in_(of_cohort)))
    db.execute(
        update(NoteRow)
        .where(published)
        .values(member_id=None, facilitator_id=None, attribution=Attribution.NONE.value)
        .execution_options(synchronize_session=False)
    )
    db.execute(delete(NoteRow).where(NoteRow.cohort_id == row.id, ~for_others))
    _empty_bags(db, row.id)
    for table in GONE:
        db.execute(delete(table).where(table.cohort_id == row.id))
    db.execute(delete(RoundRow).where(RoundRow.cohort_id == row.id, RoundRow.state != RoundState.REVEALED.value))
    _forget_closed_pictures(db, row.id)
    audit.note(db, Actor.SERVER, Deed.DELETED, row.id, cohort_id=row.id, at=at)
    turn(db, row.id)
    afterwards(db, scrub)


def _empty_bags(db: Session, cohort_id: str) -> None:
    """Ids of who answered a round that is still open, and comments that nobody has shared."""
    for round_id in db.scalars(select(BagRow.round_id).where(BagRow.cohort_id == cohort_id)).all():
        bag.hold(db, round_id)
        bag.replace(db, round_id, None)


def _forget_closed_pictures(db: Session, cohort_id: str) -> None:
    """A picture that stayed closed tells how many answered, and nothing else worth keeping. Nor is any picture compared
    with a next one again, so the exact counts behind anonymous ones go."""
    closed = [ReleaseRow.picture[asked].as_string().is_(None) for asked in SHOWN]
    db.execute(delete(ReleaseRow).where(ReleaseRow.cohort_id == cohort_id, *closed))
    db.execute(update(ReleaseRow).where(ReleaseRow.cohort_id == cohort_id).values(counts=None))
    empty = EvaluationPictureRow.picture["current"].as_string().is_(None)
    db.execute(delete(EvaluationPictureRow).where(EvaluationPictureRow.cohort_id == cohort_id, empty))


def _keeping(db: Session, row: CohortRow, at: datetime) -> Keeping:
    sessions = db.scalars(select(CohortSessionRow).where(CohortSessionRow.cohort_id == row.id)).all()
    return rules.keeping(
        _meetings(sessions, row.time_zone),
        chosen=row.keep_until,
        warned_at=row.warned_at,
        deleted_at=row.deleted_at,
        at=at,
    )


def _meetings(rows: Sequence[CohortSessionRow], zone: str) -> list[CohortSession]:
    return [CohortSession(row.id, row.number, row.starts_local, zone, row.minutes) for row in rows]
