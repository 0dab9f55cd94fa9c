"""Who is a member of a cohort. Only its facilitators see and change this."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Deed
from mcm_core.domain.cohort import Member, clean_name, people_from, refuse_members
from mcm_core.domain.errors import Refused
from mcm_core.domain.message import clean_email
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, audit, messages
from mcm_core.services.access import FACILITATORS, open_to
from mcm_core.services.members.erasure import rub_out
from mcm_core.services.members.rows import derived_link, lock, name_key, tell_door
from mcm_core.store.secret import digest
from mcm_core.store.tables import CohortRow, MemberRow, SignInRow, new_id

OVER = "This cohort is over: what was linked to people has been deleted. Make a new cohort instead."


@open_to(FACILITATORS)
def roster(db: Session, visitor: Visitor, cohort_id: str) -> tuple[Member, ...]:
    """The members by name, with how many browsers each is signed in on."""
    devices = func.count(case((SignInRow.waiting.is_(False), 1)))
    found = db.execute(
        select(MemberRow.id, MemberRow.name, MemberRow.joined_at, devices, MemberRow.email)
        .outerjoin(SignInRow, SignInRow.member_id == MemberRow.id)
        .where(MemberRow.cohort_id == cohort_id)
        .group_by(MemberRow.id, MemberRow.name, MemberRow.joined_at, MemberRow.email, MemberRow.name_key)
        .order_by(MemberRow.name_key)
    )
    return tuple(Member(*row) for row in found)


@open_to(FACILITATORS)
def add(db: Session, visitor: Visitor, cohort_id: str, pasted: str, *, at: datetime) -> tuple[Member, ...]:
    """Add everybody on a pasted list and return them in its order. Raises Refused, and then adds nobody.

    An e-mail address may stand behind a name.
    """
    people = people_from(pasted)
    names = [name for name, _ in people]
    if not names:
        raise Refused("The list is empty. Write one name on each line.")
    lock(db, cohort_id)
    if db.get_one(CohortRow, cohort_id).deleted_at:
        raise Refused(OVER)
    refuse_members(_names(db, cohort_id), names)
    rows = [_row(cohort_id, name, clean_email(email), at) for name, email in people]
    db.add_all(rows)
    db.flush()
    audit.note(db, visitor, Deed.MEMBERS_ADDED, cohort_id=cohort_id, at=at)
    tell_door(db, cohort_id)
    return tuple(Member(row.id, row.name, None, email=row.email) for row in rows)


def accept(db: Session, by: Visitor, cohort_id: str, name: str, email: str, *, at: datetime) -> str:
    """Put one person on the list who applied, and return their id. For services that have checked who asks, and hold
    the cohort's lock. Raises Refused when somebody else has the name, or twenty are members already."""
    if db.get_one(CohortRow, cohort_id).deleted_at:
        raise Refused(OVER)
    called = clean_name(name)
    refuse_members(_names(db, cohort_id), [called])
    row = _row(cohort_id, called, clean_email(email), at)
    db.add(row)
    db.flush()
    audit.note(db, by, Deed.MEMBERS_ADDED, cohort_id=cohort_id, at=at)
    tell_door(db, cohort_id)
    return row.id


@open_to(FACILITATORS)
def rename(db: Session, visitor: Visitor, member_id: str, name: str) -> None:
    """Call a member by another name. Raises Refused when somebody else in the cohort has it."""
    row = db.get_one(MemberRow, member_id)
    cleaned = clean_name(name)
    lock(db, row.cohort_id)
    refuse_members(_names(db, row.cohort_id, other_than=member_id), [cleaned])
    row.name, row.name_key = cleaned, name_key(cleaned)
    audit.note(db, visitor, Deed.MEMBER_RENAMED, member_id, cohort_id=row.cohort_id)
    tell_door(db, row.cohort_id)


@open_to(FACILITATORS)
def set_email(db: Session, visitor: Visitor, member_id: str, email: str, *, at: datetime) -> None:
    """Keep the address to which a member is written, or none where it is empty. Raises Refused.

    Messages that have not gone yet go to the new address.
    """
    row = db.get_one(MemberRow, member_id)
    row.email = clean_email(email)
    messages.readdress(db, member_id, row.email)
    audit.note(db, visitor, Deed.EMAIL_SET, member_id, cohort_id=row.cohort_id, at=at)


@open_to(FACILITATORS)
def remove(db: Session, visitor: Visitor, member_id: str, *, keep_notes: bool = False, at: datetime) -> None:
    """Take a member and everything of theirs away. Pictures that were revealed stay as they were.

    `keep_notes` leaves the notes that others could read and the topics, without any name. Raises Reconfirm.
    """
    access.recently(db, visitor, at=at)
    row = db.get_one(MemberRow, member_id)
    audit.note(db, visitor, Deed.MEMBER_REMOVED, member_id, cohort_id=row.cohort_id)
    rub_out(db, row, keep_notes=keep_notes)


def _names(db: Session, cohort_id: str, *, other_than: str = "") -> list[str]:
    wanted = select(MemberRow.name).where(MemberRow.cohort_id == cohort_id, MemberRow.id != other_than)
    return list(db.scalars(wanted))


def _row(cohort_id: str, name: str, email: str | None, at: datetime) -> MemberRow:
    made = new_id()
    return MemberRow(
        id=made,
        cohort_id=cohort_id,
        name=name,
        name_key=name_key(name),
        email=email,
        link_hash=digest(derived_link(made, 1)),
        link_version=1,
        created_at=at,
    )
