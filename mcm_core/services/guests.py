"""Guests: somebody from outside who helps with one session, by a link that works for one browser until midnight.

What a guest may know is what `screen` returns, and no other verb is open to them: the prompt, how many are in, and the
notes of that session whose authors wrote for the network. No name of a member, no answer, no picture (domain.md §5 32).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mcm_core.domain.audit import Actor, Deed
from mcm_core.domain.block import Block
from mcm_core.domain.cohort import CohortSession, clean_name
from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.note import Audience, Note
from mcm_core.domain.round import Round
from mcm_core.domain.run_sheet import shown_beside
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, audit, note_reading, readings, visitors
from mcm_core.services.access import ANYBODY, FACILITATORS, GUESTS, open_to
from mcm_core.services.members.rows import tell_browsers
from mcm_core.services.note_reading import Reader
from mcm_core.services.readings import Turnout
from mcm_core.services.round_rows import staged
from mcm_core.services.run_sheets import being_run
from mcm_core.services.visitors import as_meeting
from mcm_core.store.secret import digest, token
from mcm_core.store.tables import CohortRow, CohortSessionRow, GuestRow, NoteRow, RoundRow, RunSheetRow, SignInRow

OVER = "This link does not work any more. Ask the person who gave it to you for a new one."


@dataclass(frozen=True)
class Guest:
    """Somebody invited to one session. `joined_at` says whether they have come."""

    id: str
    name: str
    session_number: int
    joined_at: datetime | None
    until: datetime


@dataclass(frozen=True)
class Screen:
    """All that a guest may know. `round_` is the one on stage, and `block` what is on, if they belong to their session.

    `is_mine`: the block is the one that they help with. `over`: their session has ended.
    """

    meeting: CohortSession
    block: Block | None
    is_mine: bool
    round_: Round | None
    turnout: Turnout | None
    notes: tuple[Note, ...]
    recorded: bool = False
    over: bool = False


@open_to(FACILITATORS)
def invite(db: Session, visitor: Visitor, session_id: str, name: str, *, at: datetime) -> str:
    """A link token for one guest of one session. Raises Refused when the session's day is over, and Reconfirm."""
    access.recently(db, visitor, at=at)
    meeting = _meeting(db, session_id)
    if meeting.midnight <= at:
        raise Refused("The day of this session is over. Choose a later session.")
    made = token()
    row = db.get_one(CohortSessionRow, session_id)
    called = clean_name(name)
    guest = GuestRow(cohort_id=row.cohort_id, session_id=row.id, name=called, link_hash=digest(made), created_at=at)
    db.add(guest)
    db.flush()
    audit.note(db, visitor, Deed.GUEST_INVITED, guest.id, cohort_id=row.cohort_id, at=at)
    return made


@open_to(FACILITATORS)
def of_cohort(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> tuple[Guest, ...]:
    """The guests whose day is not over, by session and name."""
    rows = db.execute(
        select(GuestRow, CohortSessionRow, CohortRow.time_zone)
        .join(CohortSessionRow, CohortSessionRow.id == GuestRow.session_id)
        .join(CohortRow, CohortRow.id == GuestRow.cohort_id)
        .where(GuestRow.cohort_id == cohort_id)
        .order_by(CohortSessionRow.number, GuestRow.name, GuestRow.id)
    )
    known = (
        Guest(row.id, row.name, meeting.number, row.joined_at, as_meeting(meeting, zone).midnight)
        for row, meeting, zone in rows
    )
    return tuple(guest for guest in known if guest.until > at)


@open_to(FACILITATORS)
def revoke(db: Session, visitor: Visitor, guest_id: str) -> None:
    """Make a guest's link worthless and sign their browser out at once."""
    tell_browsers(db, db.scalars(select(SignInRow.token_hash).where(SignInRow.guest_id == guest_id)))
    cohort_id = db.scalar(delete(GuestRow).where(GuestRow.id == guest_id).returning(GuestRow.cohort_id))
    audit.note(db, visitor, Deed.GUEST_REVOKED, guest_id, cohort_id=cohort_id)


def revoke_unused(db: Session, by: Visitor, cohort_id: str, *, at: datetime) -> None:
    """Make the links of guests worthless who have not come yet. For services that have checked who asks."""
    gone = delete(GuestRow).where(GuestRow.cohort_id == cohort_id, GuestRow.joined_at.is_(None))
    for guest_id in db.scalars(gone.returning(GuestRow.id)).all():
        audit.note(db, by, Deed.GUEST_REVOKED, guest_id, cohort_id=cohort_id, at=at)


@open_to(ANYBODY)
def refuse_over(db: Session, link: str, *, at: datetime) -> None:
    """Raise NotAllowed for a link that lets nobody in: unknown, taken back or past its midnight, told alike."""
    guest_id = db.scalar(select(GuestRow.id).where(GuestRow.link_hash == digest(link)))
    if guest_id is None or visitors.last_moment(db, guest_id) <= at:
        raise NotAllowed(OVER)


@open_to(ANYBODY)
def come_in(db: Session, link: str, *, browser_token: str | None, at: datetime) -> str:
    """Let the first browser in that uses a link, and return its token. Raises NotAllowed for any other, and too late.

    `browser_token` is the token that the browser holds already; a browser that is this guest's stays as it is.
    """
    row = db.scalar(select(GuestRow).where(GuestRow.link_hash == digest(link)).with_for_update())
    if row is None or visitors.last_moment(db, row.id) <= at:
        raise NotAllowed(OVER)
    if row.joined_at is not None:
        if browser_token and is_guest(db, link, browser_token=browser_token, at=at):
            return browser_token
        raise NotAllowed("This link is in use on another device. Ask the person who gave it to you for a new one.")
    row.joined_at = at
    audit.note(db, Actor.NOBODY, Deed.GUEST_CAME, row.id, cohort_id=row.cohort_id, at=at)
    return visitors.admit(db, guest_id=row.id, cohort_id=row.cohort_id, at=at)


@open_to(ANYBODY)
def is_guest(db: Session, link: str, *, browser_token: str, at: datetime) -> bool:
    """Whether this browser has used this very link and is in."""
    return bool(
        db.scalar(
            select(SignInRow.id)
            .join(GuestRow, GuestRow.id == SignInRow.guest_id)
            .where(
                GuestRow.link_hash == digest(link),
                SignInRow.token_hash == digest(browser_token),
                SignInRow.expires_at > at,
            )
        )
    )


@open_to(GUESTS)
def screen(db: Session, visitor: Visitor, *, at: datetime) -> Screen:
    """What a guest sees now. Raises NotAllowed from midnight on."""
    browser = db.get_one(SignInRow, visitor.sign_in)
    guest = db.get_one(GuestRow, browser.guest_id)
    meeting = _meeting(db, guest.session_id)
    if meeting.midnight <= at:
        raise NotAllowed(OVER)
    on_stage = staged(db, guest.cohort_id, at=at)
    on = being_run(db, guest.cohort_id, at=at)
    block = on.block if on and on.session_id == guest.session_id else None
    round_ = on_stage if on_stage and on_stage.session_id == guest.session_id else None
    round_ = shown_beside(block, round_)
    return Screen(
        meeting=meeting,
        block=block,
        is_mine=bool(block and block.guest_id == guest.id),
        round_=round_,
        turnout=readings.counted(db, db.get_one(RoundRow, round_.id), at=at) if round_ else None,
        notes=_public(db, guest),
        recorded=bool(block and on and on.recorded),
        over=bool((sheet := db.get(RunSheetRow, guest.session_id)) and sheet.ended_at),
    )


def _public(db: Session, guest: GuestRow) -> tuple[Note, ...]:
    """The notes of the guest's session that their authors wrote for the network, too."""
    wanted = [
        NoteRow.cohort_id == guest.cohort_id,
        NoteRow.session_id == guest.session_id,
        NoteRow.audience == Audience.NETWORK,
        note_reading.SHOWN,
    ]
    return note_reading.notes(db, Reader(None, None), wanted)


def _meeting(db: Session, session_id: str) -> CohortSession:
    row = db.get_one(CohortSessionRow, session_id)
    return as_meeting(row, db.get_one(CohortRow, row.cohort_id).time_zone)
