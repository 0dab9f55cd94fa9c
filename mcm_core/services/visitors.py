"""The browsers that are signed in. A browser holds a token; the database holds its SHA-256."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, or_, select
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Actor, Deed
from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.errors import NotAllowed
from mcm_core.domain.late import DAYS
from mcm_core.domain.visitor import Role, Visitor
from mcm_core.services import access, audit, invitations
from mcm_core.services.access import ANY_FACILITATOR, ANYBODY, open_to
from mcm_core.store import secret
from mcm_core.store.engine import announce
from mcm_core.store.tables import (
    CohortRow,
    CohortSessionRow,
    FacilitatorRow,
    GuestRow,
    InvitationRow,
    MemberRow,
    SignInRow,
    TicketRow,
)

FACILITATOR_HOURS = timedelta(hours=12)
FACILITATOR_IDLE = timedelta(minutes=60)
HALFWAY = timedelta(minutes=30)  # to find an app and set it up
AFTER_LAST_SESSION = timedelta(days=2 * DAYS)  # the week of the form, and one to read what was counted and decided
GRACE = timedelta(days=1)  # for somebody who comes back when the sessions are long over
WAITS = timedelta(days=1)  # a member's other phone at the door: long enough for a facilitator to look in
TOUCH_EVERY = timedelta(seconds=60)

_sign_in, _facilitator, _member, _guest = (row.__table__ for row in (SignInRow, FacilitatorRow, MemberRow, GuestRow))
#: Built once, on tables: every request asks it.
_VISITOR = (
    select(
        _sign_in,
        _facilitator.c.name.label("facilitator"),
        _member.c.name.label("member"),
        _guest.c.name.label("guest"),
        access.HAS_READ.label("has_read"),
    )
    .select_from(_sign_in)
    .outerjoin(_facilitator, _facilitator.c.id == _sign_in.c.facilitator_id)
    .outerjoin(_member, _member.c.id == _sign_in.c.member_id)
    .outerjoin(_guest, _guest.c.id == _sign_in.c.guest_id)
    .where(
        _sign_in.c.token_hash == bindparam("sign_in"),
        _sign_in.c.expires_at > bindparam("at"),
        or_(_sign_in.c.facilitator_id.is_(None), _sign_in.c.seen_at > bindparam("idle_since")),
    )
)


@dataclass(frozen=True, kw_only=True)
class Recognised(Visitor):
    """A visitor just looked up. `until` is when this sign-in ends at the latest."""

    seen_at: datetime
    until: datetime

    def touch_is_due(self, at: datetime) -> bool:
        """Whether `touch` is worth a write: the last one is more than a minute old."""
        return at - self.seen_at > TOUCH_EVERY


@open_to(ANYBODY)
def recognise(db: Session, token: str, *, at: datetime) -> Recognised | None:
    """Whose browser holds this token, in one SELECT; None when nobody's, or not any more."""
    asked = {"sign_in": secret.digest(token), "at": at, "idle_since": at - FACILITATOR_IDLE}
    row = db.execute(_VISITOR, asked).one_or_none()
    return None if row is None else _recognised(row)


def _recognised(row: Row[Any]) -> Recognised:
    if row.waiting and row.facilitator_id:
        role, name, member_id = Role.HALFWAY, row.facilitator, None
    elif row.waiting:
        # A second phone may be somebody else's: until it is let in it learns no member's name.
        role, name, member_id = Role.WAITING, row.knock_name, None
    elif row.facilitator_id:
        role, name, member_id = Role.FACILITATOR, row.facilitator, None
    elif row.guest_id:
        role, name, member_id = Role.GUEST, row.guest, None
    else:
        role, name, member_id = Role.MEMBER if row.has_read else Role.UNREAD, row.member, row.member_id
    return Recognised(
        sign_in=row.token_hash,
        role=role,
        name=name or "",
        facilitator_id=row.facilitator_id,
        member_id=member_id,
        cohort_id=row.cohort_id,
        seen_at=row.seen_at,
        until=row.expires_at,
    )


@open_to(ANYBODY)
def touch(db: Session, visitor: Visitor, *, at: datetime) -> None:
    """Note that this browser is in use. When a session was moved, members stay longer and guests as long as it says."""
    row = db.get(SignInRow, visitor.sign_in)
    if row is None:
        return
    row.seen_at = at
    if row.guest_id:
        row.expires_at = last_moment(db, row.guest_id)
    elif row.cohort_id and not row.waiting and (end := _end(db, row.cohort_id)):
        row.expires_at = max(row.expires_at, end)


@open_to(ANYBODY)
def leave(db: Session, token: str) -> None:
    """Sign the browser with this token out; does nothing when it is not signed in."""
    sign_in = secret.digest(token)
    gone = db.execute(
        delete(SignInRow)
        .where(SignInRow.token_hash == sign_in)
        .returning(SignInRow.facilitator_id, SignInRow.member_id, SignInRow.cohort_id)
    ).one_or_none()
    if gone is None:
        return
    audit.note(db, Actor.NOBODY, Deed.SIGNED_OUT, gone.facilitator_id or gone.member_id, cohort_id=gone.cohort_id)
    announce(db, f"visitor:{sign_in}")  # its other tabs
    if gone.cohort_id:
        announce(db, f"door:{gone.cohort_id}")


def lock_account(db: Session, facilitator_id: str) -> None:
    """Queue behind whoever ends this account's sign-ins. (On SQLite every write queues anyway.)"""
    wanted = select(FacilitatorRow.id).where(FacilitatorRow.id == facilitator_id)
    db.execute(wanted.with_for_update(key_share=True))


def sign_out(db: Session, facilitator_id: str, *, keep: str = "") -> None:
    """Sign a facilitator out of every browser but the one whose sign-in is `keep`; tickets under way end, too, and so
    do their open invitations: whoever was in may have made one.

    Each is out at its next interaction, and at once where a page is open. For services; nobody else calls this.
    """
    lock_account(db, facilitator_id)
    db.execute(delete(TicketRow).where(TicketRow.facilitator_id == facilitator_id))
    gone = delete(SignInRow).where(SignInRow.facilitator_id == facilitator_id, SignInRow.token_hash != keep)
    for sign_in in db.scalars(gone.returning(SignInRow.token_hash)).all():
        announce(db, f"visitor:{sign_in}")
    invitations.end(db, InvitationRow.made_by == facilitator_id)


@open_to(ANY_FACILITATOR | access.HALFWAY)
def confirmed(db: Session, visitor: Visitor, *, at: datetime) -> None:
    """Note that a facilitator has just shown at this browser who they are. For services that have checked it."""
    row = db.get(SignInRow, visitor.sign_in, populate_existing=True)
    if row is None or row.facilitator_id is None:
        raise NotAllowed
    row.confirmed_at = at
    db.flush()


def admit(
    db: Session,
    *,
    facilitator_id: str | None = None,
    member_id: str | None = None,
    guest_id: str | None = None,
    cohort_id: str | None = None,
    waiting: bool = False,
    knock_name: str | None = None,
    until: datetime | None = None,
    at: datetime,
) -> str:
    """Sign a browser in and return its token. For services that have checked who it is; nobody else calls this.

    `until`: when it ends, where that is not the usual moment.
    """
    db.execute(delete(SignInRow).where(SignInRow.expires_at < at))
    made = secret.token()
    row = SignInRow(
        token_hash=secret.digest(made),
        facilitator_id=facilitator_id,
        member_id=member_id,
        guest_id=guest_id,
        cohort_id=cohort_id,
        waiting=waiting,
        knock_name=knock_name,
        created_at=at,
        seen_at=at,
        expires_at=until or (last_moment(db, guest_id) if guest_id else _until(db, cohort_id, at, waiting=waiting)),
        confirmed_at=at if facilitator_id and not waiting else None,
    )
    db.add(row)
    db.flush()
    return made


def last_moment(db: Session, guest_id: str) -> datetime:
    """When a guest's way in ends: at midnight of their session's day, whenever that is by now."""
    row, zone = db.execute(
        select(CohortSessionRow, CohortRow.time_zone)
        .join(CohortRow, CohortRow.id == CohortSessionRow.cohort_id)
        .join(GuestRow, GuestRow.session_id == CohortSessionRow.id)
        .where(GuestRow.id == guest_id)
    ).one()
    return as_meeting(row, zone).midnight


def as_meeting(
    row: CohortSessionRow, zone: str, ended_at: datetime | None = None, began_at: datetime | None = None
) -> CohortSession:
    """The domain value of a row; `ended_at` is its run-sheet's, for whoever asks whether it is over, and `began_at`
    that of its first block, for whoever asks when it was."""
    return CohortSession(
        row.id, row.number, row.starts_local, zone, row.minutes, row.sequence,
        cancelled=row.cancelled_at is not None, ended_at=ended_at, began_at=began_at,
    )  # fmt: skip


def _until(db: Session, cohort_id: str | None, at: datetime, *, waiting: bool) -> datetime:
    if cohort_id is None:
        return at + (HALFWAY if waiting else FACILITATOR_HOURS)
    return at + WAITS if waiting else stay_ends(db, cohort_id, at=at)


@open_to(ANYBODY)
def stay_ends(db: Session, cohort_id: str, *, at: datetime) -> datetime:
    """When the sign-in of somebody ends who is let into the cohort now."""
    return max(_end(db, cohort_id) or at, at + GRACE)


def _end(db: Session, cohort_id: str) -> datetime | None:
    """When the sign-ins of a cohort end: some days after its last session."""
    found = db.execute(
        select(CohortSessionRow, CohortRow.time_zone)
        .join(CohortRow, CohortRow.id == CohortSessionRow.cohort_id)
        .where(CohortSessionRow.cohort_id == cohort_id)
    )
    ends = [as_meeting(row, zone).ends_at for row, zone in found]
    return max(ends) + AFTER_LAST_SESSION if ends else None
