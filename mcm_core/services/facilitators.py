"""Accounts of facilitators: invitations, passwords, and the ticket that becomes a cookie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mcm_core.domain.account import clean_username, refuse_password
from mcm_core.domain.audit import Actor, Deed
from mcm_core.domain.cohort import clean_name
from mcm_core.domain.errors import Conflict, NotAllowed, Refused
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, audit, passwords, throttle, visitors
from mcm_core.services.access import ANY_FACILITATOR, ANYBODY, OWNER, open_to
from mcm_core.services.throttle import HOUR, Limit
from mcm_core.store import secret
from mcm_core.store.tables import FacilitationRow, FacilitatorRow, InvitationRow, TicketRow

FIRST_INVITATION = timedelta(hours=24)
INVITATION = timedelta(days=7)
TICKET = timedelta(seconds=60)
SPENT = "This link has been used or is too old. Ask the person who gave it to you for a new one."


class UsernameTaken(Conflict):
    """Somebody else has this username."""

    def __init__(self) -> None:
        super().__init__("Somebody has this username already. Choose another one.")


def first_invitation(db: Session, *, at: datetime) -> str | None:
    """A link token that makes the first facilitator, for one day; earlier ones die. None when there is one already."""
    if db.scalar(select(FacilitatorRow.id).limit(1)):
        return None
    db.execute(delete(InvitationRow).where(InvitationRow.cohort_id.is_(None), InvitationRow.used_at.is_(None)))
    return _invitation(db, None, at + FIRST_INVITATION)


@open_to(OWNER)
def invite(db: Session, visitor: Visitor, cohort_id: str, *, at: datetime) -> str:
    """A link token by which one more person facilitates this cohort; it works once, within a week."""
    # Re-authentication belongs here: giving somebody a role.
    audit.note(db, visitor, Deed.INVITED, cohort_id=cohort_id, at=at)
    return _invitation(db, cohort_id, at + INVITATION)


@open_to(ANYBODY)
def is_open(db: Session, invitation: str, *, at: datetime) -> bool:
    """Whether an invitation can still be accepted."""
    return db.scalar(select(InvitationRow.token_hash).where(*_unspent(invitation, at))) is not None


@open_to(ANYBODY)
def accept(db: Session, invitation: str, *, username: str, name: str, password: str, at: datetime) -> str:
    """Make the invited account and sign it in; returns the token. Raises Refused, UsernameTaken or NotAllowed."""
    chosen, called = clean_username(username), clean_name(name)
    refuse_password(password, chosen)
    password_hash = passwords.hashed(password)  # slow: before the first statement, so that nobody waits for us
    cohort_id = _spend(db, invitation, at)
    row = FacilitatorRow(username=chosen, name=called, password_hash=password_hash, created_at=at)
    db.add(row)
    try:
        db.flush()
    except IntegrityError as error:
        raise UsernameTaken from error
    if cohort_id:
        db.add(FacilitationRow(facilitator_id=row.id, cohort_id=cohort_id))
    audit.note(db, Actor.NOBODY, Deed.ACCOUNT_MADE, row.id, cohort_id=cohort_id, at=at)
    return visitors.admit(db, facilitator_id=row.id, at=at)


@open_to(ANY_FACILITATOR)
def accept_as(db: Session, visitor: Visitor, invitation: str, *, at: datetime) -> None:
    """Let a facilitator who has an account already facilitate the invitation's cohort too."""
    by = access.facilitator(db, visitor)
    cohort_id = _spend(db, invitation, at)
    if cohort_id and db.get(FacilitationRow, (by, cohort_id)) is None:
        db.add(FacilitationRow(facilitator_id=by, cohort_id=cohort_id))
        audit.note(db, visitor, Deed.BECAME_FACILITATOR, by, cohort_id=cohort_id, at=at)


@dataclass(frozen=True)
class Challenge:
    """A password that is being asked for. It has been counted as a wrong one until `welcome` says otherwise."""

    facilitator_id: str | None
    password_hash: str | None
    counted: tuple[str, ...]

    def is_met_by(self, password: str) -> bool:
        """Whether this is the password. Slow: call it between two transactions."""
        return passwords.matches(password, self.password_hash)


@open_to(ANYBODY)
def challenge(db: Session, username: str, *, network: str, at: datetime) -> Challenge:
    """Begin to check a password: count the try, look the account up. Raises Throttled."""
    account = username.strip().casefold()
    limits = [
        Limit(secret.keyed("password", account, network), most=15, within=HOUR, free=4),
        Limit(secret.keyed("passwords from", network), most=60, within=HOUR),
    ]
    counted = throttle.count(db, limits, at=at)
    row = db.scalar(select(FacilitatorRow).where(FacilitatorRow.username == account))
    return Challenge(row.id if row else None, row.password_hash if row else None, counted)


@open_to(ANYBODY)
def welcome(db: Session, met: Challenge, *, at: datetime) -> str:
    """Finish a challenge that was met: take the counted try back and return a ticket. Raises NotAllowed."""
    if met.facilitator_id is None:
        raise NotAllowed
    throttle.forgive(db, met.counted)
    return issue_ticket(db, met.facilitator_id, at=at)


@open_to(ANYBODY)
def turn_down(db: Session, missed: Challenge, *, at: datetime) -> None:
    """Finish a challenge that was not met: it stays counted, and is written down without what was typed."""
    audit.note(db, Actor.NOBODY, Deed.SIGN_IN_FAILED, missed.facilitator_id, at=at)


@open_to(ANYBODY)
def check_password(db: Session, username: str, password: str, *, network: str, at: datetime) -> str | None:
    """The facilitator's id, or None for a wrong username or password, which stays counted. Raises Throttled.

    It hashes inside the transaction. Where others wait to write, take the steps one by one, as ui/sign_in.py does.
    """
    asked = challenge(db, username, network=network, at=at)
    if not asked.is_met_by(password):
        turn_down(db, asked, at=at)
        return None
    throttle.forgive(db, asked.counted)
    return asked.facilitator_id


def issue_ticket(db: Session, facilitator_id: str, *, at: datetime) -> str:
    """What a browser exchanges, once and within a minute, for its cookie."""
    db.execute(delete(TicketRow).where(TicketRow.expires_at < at))
    made = secret.token()
    db.add(TicketRow(token_hash=secret.digest(made), facilitator_id=facilitator_id, expires_at=at + TICKET))
    return made


@open_to(ANYBODY)
def redeem_ticket(db: Session, ticket: str, *, at: datetime) -> str:
    """Sign the ticket's facilitator in for twelve hours and return the token. Raises Refused the second time."""
    spent = delete(TicketRow).where(TicketRow.token_hash == secret.digest(ticket), TicketRow.expires_at > at)
    facilitator_id = db.scalar(spent.returning(TicketRow.facilitator_id))
    if facilitator_id is None:
        raise Refused("Signing in took too long. Please sign in again.")
    audit.note(db, Actor.NOBODY, Deed.SIGNED_IN, facilitator_id, at=at)
    return visitors.admit(db, facilitator_id=facilitator_id, at=at)


def _invitation(db: Session, cohort_id: str | None, expires_at: datetime) -> str:
    made = secret.token()
    db.add(InvitationRow(token_hash=secret.digest(made), cohort_id=cohort_id, expires_at=expires_at))
    db.flush()
    return made


def _unspent(invitation: str, at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        InvitationRow.token_hash == secret.digest(invitation),
        InvitationRow.used_at.is_(None),
        InvitationRow.expires_at > at,
    )


def _spend(db: Session, invitation: str, at: datetime) -> str | None:
    """Use the invitation up and return its cohort. One UPDATE, so two people at once make one account."""
    used = update(InvitationRow).where(*_unspent(invitation, at)).values(used_at=at)
    cohorts = db.scalars(used.returning(InvitationRow.cohort_id)).all()
    if not cohorts:
        raise NotAllowed(SPENT)
    return cohorts[0]
