"""What members ask for around their catch-ups. Nobody is told who asked for what, and no reason is asked."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mcm_core.domain.catch_up import REACH_MAX, clean_line, refuse_week
from mcm_core.domain.errors import NotAllowed
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, catch_up_rows
from mcm_core.services.access import ARRIVED, MEMBERS, open_to
from mcm_core.store.tables import KeptApartRow, MemberRow, ReachRow, WeekOffRow


@dataclass(frozen=True)
class Wishes:
    """What a member asked for around their catch-ups. `apart` are the ids of people not to be put together with.

    `shared` is the week whose catch-ups were shared last, 0 for none: a later one can still be sat out.
    """

    reach: str
    weeks_off: tuple[int, ...]
    apart: tuple[str, ...]
    shared: int


@open_to(ARRIVED)
def mine(db: Session, visitor: Visitor) -> Wishes:
    """What I asked for. Nobody else is told."""
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    week = catch_up_rows.newest_shared(db, visitor.cohort_id or "")
    reach = db.get(ReachRow, member_id)
    weeks = select(WeekOffRow.number).where(WeekOffRow.member_id == member_id).order_by(WeekOffRow.number)
    apart = select(KeptApartRow.other_id).where(KeptApartRow.one_id == member_id, ~KeptApartRow.by_facilitator)
    return Wishes(
        reach.words if reach else "",
        tuple(db.scalars(weeks)),
        tuple(db.scalars(apart.order_by(KeptApartRow.other_id))),
        shared=week.number if week else 0,
    )


@open_to(MEMBERS)
def others(db: Session, visitor: Visitor) -> dict[str, str]:
    """The names of those whom I could be put together with, by their id."""
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    rows = db.execute(
        select(MemberRow.id, MemberRow.name)
        .where(MemberRow.cohort_id == visitor.cohort_id, MemberRow.id != member_id, catch_up_rows.IS_IN)
        .order_by(MemberRow.name_key)
    )
    return {id_: name for id_, name in rows}


@open_to(MEMBERS)
def set_reach(db: Session, visitor: Visitor, body: str) -> None:
    """Say in one line how the partners of the moment may reach me; no words take it back. Raises Refused."""
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    line = clean_line(body, what="This line", longest=REACH_MAX)
    db.execute(delete(ReachRow).where(ReachRow.member_id == member_id))
    if line:
        db.add(ReachRow(member_id=member_id, cohort_id=visitor.cohort_id, words=line))
        db.flush()


@open_to(MEMBERS)
def take_week_off(db: Session, visitor: Visitor, number: int, *, yes: bool) -> None:
    """Sit one week out, or not after all. Raises Refused."""
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    refuse_week(number)
    db.execute(delete(WeekOffRow).where(WeekOffRow.member_id == member_id, WeekOffRow.number == number))
    if yes:
        db.add(WeekOffRow(member_id=member_id, number=number, cohort_id=visitor.cohort_id))
        db.flush()


@open_to(MEMBERS)
def keep_apart(db: Session, visitor: Visitor, other_id: str, *, yes: bool) -> None:
    """Never be put together with somebody, or again. Nobody is told and no reason is kept. Raises NotAllowed."""
    member_id = access.member(db, visitor, visitor.cohort_id or "")
    if other_id not in others(db, visitor):
        raise NotAllowed("This person is not in your group any more.")
    said = {"one_id": member_id, "other_id": other_id, "by_facilitator": False}
    db.execute(delete(KeptApartRow).filter_by(**said))
    if yes:
        db.add(KeptApartRow(**said, cohort_id=visitor.cohort_id))
        db.flush()
