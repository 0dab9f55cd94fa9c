"""Personal links. The first browser that uses one is in; every later one waits for a facilitator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Actor, Deed
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, audit, visitors
from mcm_core.services.access import ANYBODY, FACILITATORS, open_to
from mcm_core.services.members.arrivals import came_in
from mcm_core.services.members.door import sign_out_devices
from mcm_core.services.members.rows import derived_link, lock, tell_door
from mcm_core.store.secret import digest
from mcm_core.store.tables import MemberRow, SignInRow

PHONES_WAITING = 3  # of one member at a time


@dataclass(frozen=True)
class Joined:
    """What a browser is after it used a personal link: signed in with this token, or waiting with it."""

    token: str
    waiting: bool


@open_to(FACILITATORS)
def link_token(db: Session, visitor: Visitor, member_id: str, *, at: datetime) -> str:
    """The token of a member's personal link, for the address /j/<token>. Raises Reconfirm: it opens their door."""
    access.recently(db, visitor, at=at)
    row = db.get_one(MemberRow, member_id)
    audit.note_once(db, visitor, Deed.LINK_SHOWN, member_id, cohort_id=row.cohort_id)
    return token_of(row)


@open_to(FACILITATORS)
def link_tokens(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> dict[str, str]:
    """The link tokens of a whole cohort by member id, for a page of cards. Raises Reconfirm."""
    access.recently(db, visitor, at=at)
    audit.note_once(db, visitor, Deed.LINKS_PRINTED, cohort_id=cohort_id)
    rows = db.scalars(select(MemberRow).where(MemberRow.cohort_id == cohort_id).order_by(MemberRow.name_key))
    return {row.id: token_of(row) for row in rows}


@open_to(FACILITATORS)
def reissue(db: Session, visitor: Visitor, member_id: str, *, keep_phones: bool = False, at: datetime) -> None:
    """Make the member's old link worthless. Who waits with it is sent away, and their phones are signed out.

    `keep_phones` leaves those that are in as they are; then the next phone waits, while otherwise it is in.
    Raises Reconfirm: the new link opens their door.
    """
    access.recently(db, visitor, at=at)
    _renew(db, visitor, db.get_one(MemberRow, member_id), keep_phones=keep_phones, at=at)


def renew_unused(db: Session, by: Visitor, cohort_id: str, *, at: datetime) -> None:
    """Make every link worthless that would let the next browser in at once. For services that have checked who asks."""
    lock(db, cohort_id)
    unused = select(MemberRow).where(MemberRow.cohort_id == cohort_id, MemberRow.joined_at.is_(None))
    for row in db.scalars(unused.with_for_update().execution_options(populate_existing=True)).all():
        _renew(db, by, row, keep_phones=False, at=at)


def _renew(db: Session, by: Visitor, row: MemberRow, *, keep_phones: bool, at: datetime) -> None:
    row.link_version += 1
    row.link_hash = digest(derived_link(row.id, row.link_version))
    audit.note(db, by, Deed.LINK_RENEWED, row.id, cohort_id=row.cohort_id, at=at)
    if not keep_phones:
        row.joined_at = None
    sign_out_devices(db, row, only_waiting=keep_phones)


@open_to(ANYBODY)
def join_by_link(db: Session, token: str, *, browser_token: str | None, at: datetime) -> Joined:
    """Let a browser in as the link's member, or have it wait. Raises NotAllowed when the link is unknown, and Refused
    when several wait with it. Who knocks with the room's code is not counted: no crowd keeps a member out.

    `browser_token` is the token that the browser holds already; a browser that is this member's stays as it is.
    """
    # Locked, so that of two browsers at the same moment one is the first.
    row = db.scalar(select(MemberRow).where(MemberRow.link_hash == digest(token)).with_for_update())
    if row is None:
        raise NotAllowed("This link does not work any more. Ask the person who gave it to you for a new one.")
    if browser_token and (known := _known(db, row.id, browser_token, at)):
        return known
    waiting = row.joined_at is not None
    if waiting:
        _refuse_many(db, row.id, at)
    else:
        row.joined_at = at
    made = visitors.admit(db, member_id=row.id, cohort_id=row.cohort_id, waiting=waiting, at=at)
    if not waiting:
        came_in(db, db.get_one(SignInRow, digest(made)), at=at)
    audit.note(db, Actor.NOBODY, Deed.AT_THE_DOOR if waiting else Deed.JOINED, row.id, cohort_id=row.cohort_id, at=at)
    tell_door(db, row.cohort_id)
    return Joined(made, waiting)


@open_to(ANYBODY)
def has_used_link(db: Session, token: str, *, browser_token: str, at: datetime) -> bool:
    """Whether this browser has used this very link, and is in or waits."""
    member_id = db.scalar(select(MemberRow.id).where(MemberRow.link_hash == digest(token)))
    return member_id is not None and _known(db, member_id, browser_token, at) is not None


def _known(db: Session, member_id: str, browser_token: str, at: datetime) -> Joined | None:
    waiting = db.scalar(
        select(SignInRow.waiting).where(
            SignInRow.token_hash == digest(browser_token), SignInRow.member_id == member_id, SignInRow.expires_at > at
        )
    )
    return None if waiting is None else Joined(browser_token, waiting)


def _refuse_many(db: Session, member_id: str, at: datetime) -> None:
    wanted = (SignInRow.member_id == member_id, SignInRow.waiting, SignInRow.expires_at > at)
    if db.scalars(select(func.count()).where(*wanted)).one() >= PHONES_WAITING:
        raise Refused(
            "Several phones wait with this link already. Ask your facilitator to let yours in, or for a new link if "
            "the others are not yours."
        )


def token_of(row: MemberRow) -> str:
    """The token of a personal link. For services that have checked who asks. Raises Refused."""
    made = derived_link(row.id, row.link_version)
    if digest(made) != row.link_hash:
        # Cards printed before the secret changed still work: only their digest is compared.
        raise Refused("This server has a new secret, so old links cannot be shown again. Make a new link instead.")
    return made
